use serde::Deserialize;
use utoipa::ToSchema;

use crate::run::Consent;

/// The public hosts that a request confirms: one, or a list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(
    untagged,
    expecting = "`confirm` must be a host name or a list of host names"
)]
pub(super) enum Confirm {
    /// One host.
    One(String),
    /// All of these.
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
