use serde::Deserialize;

use crate::run::Consent;

/// The hosts that whoever asks confirms: one, or a list.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "`confirm` is the name of a host, or a list of them"
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
