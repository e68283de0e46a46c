use super::Latency;

/// How the lab answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabConfig {
    /// How long each API request takes to be served, at least.
    pub latency: Latency,
    /// The password of every account.
    pub password: String,
}

impl Default for LabConfig {
    fn default() -> Self {
        Self {
            latency: Latency::NONE,
            password: "test123".to_owned(),
        }
    }
}
