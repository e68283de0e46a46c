use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

/// Nothing here takes longer unless it hangs; the machine may be busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Polls until a condition holds.
pub(crate) async fn eventually(
    what: &str,
    within: Duration,
    mut condition: impl AsyncFnMut() -> bool,
) {
    let deadline = Instant::now() + within;
    while !condition().await {
        assert!(Instant::now() < deadline, "not within {within:?}: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// What comes, if it comes before anybody loses patience.
pub(crate) async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("not within {PATIENCE:?}: {what}"))
}
