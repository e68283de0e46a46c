//! The dashboard as its readers use it: its selectors and what to wait for.

use super::{Browser, TestApp};

const STATE: &str = "#state-word";
const USERS: &str = "[data-tile=users] [data-value]";
const RPS: &str = "[data-tile=rps] [data-value]";

impl Browser {
    /// Opens a dashboard, whatever its state.
    pub(crate) async fn show(app: &TestApp) -> Self {
        Self::open(&format!("http://{}/", app.address)).await
    }

    /// Opens a dashboard on which nothing runs.
    pub(crate) async fn ready(app: &TestApp) -> Self {
        let browser = Self::show(app).await;
        browser.until_state("Ready").await;
        browser
    }

    /// Waits until the state of the run is called so.
    pub(crate) async fn until_state(&self, state: &str) {
        self.until(STATE, |text| text == state).await;
    }

    /// Waits until a run goes on.
    pub(crate) async fn until_active(&self) {
        self.until(STATE, |text| text == "Running" || text == "Spawning")
            .await;
    }

    /// Waits until so many users run.
    pub(crate) async fn until_users(&self, users: u32) {
        self.until_users_are(|running| running == f64::from(users))
            .await;
    }

    /// Waits until the number of running users fulfils a condition.
    pub(crate) async fn until_users_are(&self, condition: impl Fn(f64) -> bool) {
        self.until_number(USERS, condition).await;
    }

    /// Waits until more requests per second are shown.
    pub(crate) async fn until_rps_above(&self, rps: f64) {
        self.until_number(RPS, |shown| shown > rps).await;
    }

    /// Waits until what the scenario plans is described so.
    pub(crate) async fn until_plan(&self, condition: impl Fn(&str) -> bool) {
        self.until("#load-plan", condition).await;
    }

    /// Chooses a scenario.
    pub(crate) async fn choose(&self, scenario: &str) {
        let script = format!(
            "const s = document.querySelector('#scenario'); s.value = '{scenario}';
            s.dispatchEvent(new Event('change', {{bubbles: true}}))"
        );
        self.evaluate(&script).await;
    }

    /// Fills in the users and how many of them start per second.
    pub(crate) async fn fill_load(&self, users: &str, spawn_rate: &str) {
        self.fill("#users", users).await;
        self.fill("#spawn-rate", spawn_rate).await;
    }

    /// Clicks *Start swarming*.
    pub(crate) async fn start(&self) {
        self.click("#start").await;
    }

    /// Clicks *Stop*.
    pub(crate) async fn stop(&self) {
        self.click("#stop").await;
    }

    /// Clicks *New run*.
    pub(crate) async fn new_run(&self) {
        self.click("#new").await;
    }

    /// Shows the table of this name.
    pub(crate) async fn open_tab(&self, name: &str) {
        self.click(&format!("#tab-{name}")).await;
    }

    /// Whether a reader sees it, if need be after scrolling.
    pub(crate) async fn is_shown(&self, selector: &str) -> bool {
        let script = format!("return document.querySelector('{selector}').offsetParent !== null");
        self.evaluate(&script).await == true
    }
}
