//! The guard rails, and what they hold back.

use serde::Serialize;

use crate::model::{RailError, Rails, Target};

/// The guard rails that hold for every run; `null` is what nothing limits.
#[derive(Debug, Serialize)]
pub(crate) struct RailsBody {
    /// Where load may be sent, as patterns.
    targets: Option<Vec<String>>,
    max_users: Option<u32>,
    max_rps: Option<f64>,
    /// Whether public targets have to be confirmed.
    confirm_public: bool,
    dead_man_s: Option<f64>,
}

impl RailsBody {
    pub(crate) fn new(rails: &Rails) -> Self {
        let allowed = rails.allowed.as_ref();
        Self {
            targets: allowed.map(|allowed| allowed.words().collect()),
            max_users: rails.max_users,
            max_rps: rails.max_rps,
            confirm_public: rails.unasked.is_some(),
            dead_man_s: rails.dead_man.map(|time| time.as_secs_f64()),
        }
    }
}

/// Which guard rail holds something back, for programs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RailBody {
    code: &'static str,
    /// The targets that it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    targets: Vec<TargetBody>,
}

#[derive(Clone, Debug, Serialize)]
struct TargetBody {
    host: String,
    /// None where only a proxy knows them.
    addresses: Vec<String>,
}

impl TargetBody {
    fn new(target: &Target) -> Self {
        Self {
            host: target.host.clone(),
            addresses: target.addresses.iter().map(ToString::to_string).collect(),
        }
    }
}

impl RailBody {
    pub(crate) fn new(error: &RailError) -> Self {
        let (code, targets) = match error {
            RailError::Target { target, .. } => ("target_not_allowed", vec![target]),
            RailError::Users { .. } => ("too_many_users", Vec::new()),
            RailError::Unconfirmed(targets) => ("confirm_public", targets.iter().collect()),
        };
        Self {
            code,
            targets: targets.into_iter().map(TargetBody::new).collect(),
        }
    }
}
