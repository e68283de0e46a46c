/// A redirect that was followed, as far as it is kept for captures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RedirectHop {
    /// The address that it came from; empty unless addresses were wanted.
    pub url: String,
    /// Its head as it came.
    pub head: Vec<u8>,
}
