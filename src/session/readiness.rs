//! `--wait-for`: a run starts when an address answers.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use url::Url;

use crate::program::{Program, mask_address};
use crate::run::{Blame, RunError, prepare_trial};
use crate::scenario::{Environment, Source, load};

/// Interval between lookups of a name without an address.
const LOOK_UP: Duration = Duration::from_secs(1);

/// A URL that must respond before a run starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WaitFor {
    /// The address, http or https.
    pub(crate) url: String,
    /// How long it may take.
    pub(crate) within: Duration,
}

/// Why the wait failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WaitError {
    #[error("--wait-for must be a URL, like http://localhost:8000/health, not {0:?}")]
    Address(String),
    #[error("{url} was not ready within {within_s} s (no successful response)")]
    Silent { url: String, within_s: u64 },
    #[error("cannot wait for {url}: {error}")]
    Start { url: String, error: RunError },
}

impl WaitError {
    pub(crate) fn blame(&self) -> Blame {
        match self {
            Self::Address(_) | Self::Start { .. } => Blame::Asker,
            Self::Silent { .. } => Blame::Target,
        }
    }
}

impl WaitFor {
    /// Describes the wait for the log.
    pub(super) fn describe(&self) -> String {
        let within_s = self.within.as_secs();
        let url = mask_address(&self.url);
        format!("waiting up to {within_s} s for {url}")
    }

    /// Checks that it is an HTTP URL.
    pub(crate) fn check(&self) -> Result<(), WaitError> {
        self.gate(self.within).map(drop)
    }

    /// Waits until the URL responds with a status below 400.
    pub(crate) async fn wait(&self) -> Result<(), WaitError> {
        let deadline = Instant::now() + self.within;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let program = Arc::new(self.gate(left)?);
            match prepare_trial(program).await {
                Ok(_) => return Ok(()),
                // The name may belong to a container that has not started yet.
                Err(RunError::Resolve { .. }) if left > LOOK_UP => sleep(LOOK_UP).await,
                Err(RunError::Unprepared(_) | RunError::Resolve { .. }) => {
                    return Err(WaitError::Silent {
                        url: mask_address(&self.url).into_owned(),
                        within_s: self.within.as_secs(),
                    });
                }
                Err(error) => {
                    return Err(WaitError::Start {
                        url: mask_address(&self.url).into_owned(),
                        error,
                    });
                }
            }
        }
    }

    /// A scenario that is nothing but a health gate.
    fn gate(&self, within: Duration) -> Result<Program, WaitError> {
        let not_one = || WaitError::Address(mask_address(&self.url).into_owned());
        let url = Url::parse(&self.url).map_err(|_| not_one())?;
        let host = url.origin().ascii_serialization();
        let within_ms = within.as_millis().max(1);
        let text = serde_json::json!({
            "host": host,
            "http": {"timeout": "10s"},
            "health": {"get": self.url, "within": format!("{within_ms}ms"), "every": "250ms"},
            "user_classes": {"Nobody": {"tasks": {"nothing": [{"get": "/"}]}}},
        });
        let source = Source::new("--wait-for", text.to_string());
        let loaded = load(&source, &Environment::default()).map_err(|_| not_one())?;
        loaded.compile(None).map_err(|_| not_one())
    }
}
