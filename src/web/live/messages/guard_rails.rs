//! The guard rails, and what they hold back.

use serde::Serialize;
use utoipa::ToSchema;

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

/// The guard rail that refused something.
#[derive(Clone, Debug)]
pub(crate) struct RailBody {
    pub(crate) code: RailCode,
    /// The targets that were refused.
    pub(crate) targets: Vec<TargetBody>,
}

/// A guard rail.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RailCode {
    TargetNotAllowed,
    TooManyUsers,
    ConfirmPublic,
}

/// A refused target.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Target)]
pub(crate) struct TargetBody {
    host: String,
    /// Empty if only a proxy knows them.
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
            RailError::Target { target, .. } => (RailCode::TargetNotAllowed, vec![target]),
            RailError::Users { .. } => (RailCode::TooManyUsers, Vec::new()),
            RailError::Unconfirmed(targets) => (RailCode::ConfirmPublic, targets.iter().collect()),
        };
        Self {
            code,
            targets: targets.into_iter().map(TargetBody::new).collect(),
        }
    }
}
