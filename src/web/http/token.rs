use std::fmt;

/// The secret that opens a dashboard which is reachable from elsewhere.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A new random token of 128 bits, from the operating system.
    ///
    /// # Errors
    /// The operating system gives no random numbers.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(
            bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        ))
    }

    /// The token as it stands in an address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True if `candidate` is this token; compares in constant time.
    pub(crate) fn is(&self, candidate: &str) -> bool {
        let same_len = candidate.len() == self.0.len();
        let differences = self
            .0
            .bytes()
            .zip(candidate.bytes())
            .fold(0, |sum, (a, b)| sum | (a ^ b));
        same_len && differences == 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
