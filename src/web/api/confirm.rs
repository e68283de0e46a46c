use serde::Deserialize;

use crate::run::Consent;

/// The public hosts that a request confirms: one, or a list.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "`confirm` must be a host name or a list of host names"
)]
pub(super) enum Confirm {
    One(String),
    All(Vec<String>),
}

impl From<Option<Confirm>> for Consent {
    fn from(confirm: Option<Confirm>) -> Self {
        Self::Hosts(match confirm {
            None => Vec::new(),
            Some(Confirm::One(host)) => vec![host],
            Some(Confirm::All(hosts)) => hosts,
        })
    }
}
