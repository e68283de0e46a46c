/// Name resolution of targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dns {
    /// A name is looked up again after this time; `None` for once, before the run.
    pub ttl_us: Option<u64>,
    /// The order of addresses for new connections.
    pub policy: AddressPolicy,
}

/// Which of several addresses a new connection tries first. Those that take no
/// connection are tried last for a while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AddressPolicy {
    /// Each connection the next one.
    #[default]
    RoundRobin,
    /// Always the first, in the order of the resolver.
    First,
}

impl Dns {
    /// How long a resolved name is used by default.
    pub const TTL_US: u64 = 30_000_000;
}

impl Default for Dns {
    fn default() -> Self {
        Self {
            ttl_us: Some(Self::TTL_US),
            policy: AddressPolicy::default(),
        }
    }
}
