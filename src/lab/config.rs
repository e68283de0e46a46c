use super::{Fault, Latency};

/// How the lab answers.
#[derive(Clone, Debug)]
pub struct LabConfig {
    /// How long each API request takes to be served, at least.
    pub latency: Latency,
    /// The password of every account.
    pub password: String,
    /// Injected faults, in the order in which a request meets them.
    pub faults: Vec<Fault>,
    /// Takes the lines that a backend with these faults would log, one a call.
    pub log: Option<fn(&str)>,
}

impl Default for LabConfig {
    fn default() -> Self {
        Self {
            latency: Latency::NONE,
            password: "test123".to_owned(),
            faults: Vec::new(),
            log: None,
        }
    }
}
