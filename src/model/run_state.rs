use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a run is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// Nothing runs and there is nothing to show.
    Ready,
    /// The number of users moves towards its target.
    Spawning,
    /// The number of users has reached its target.
    Running,
    /// Users start nothing until the run is resumed.
    Paused,
    /// Users finish their tasks or are cut off.
    Stopping,
    /// Nothing runs; the final figures stand.
    Stopped,
}

impl RunState {
    /// All of them, in the order of a run's life.
    pub const ALL: [Self; 6] = [
        Self::Ready,
        Self::Spawning,
        Self::Running,
        Self::Paused,
        Self::Stopping,
        Self::Stopped,
    ];

    /// Whether users may be active.
    #[must_use]
    pub fn is_active(self) -> bool {
        matches!(
            self,
            Self::Spawning | Self::Running | Self::Paused | Self::Stopping
        )
    }

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Spawning => "spawning",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
        }
    }
}
