use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use thirtyfour::prelude::*;
use thirtyfour::{ChromiumLikeCapabilities, LoggingPrefsLogLevel};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use super::process::Folder;
use super::time::{PATIENCE, soon};

/// A real browser with one page, driven as its reader would.
pub(crate) struct Browser {
    page: WebDriver,
    /// Chromium's driver; the browser it starts is of its process group.
    driver: Child,
    /// Its profile and what it saves, which nobody would clear away after a kill.
    profile: Folder,
}

/// What Chromium needs to run as root, without a screen, and to leave the
/// network alone.
const ARGUMENTS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1440,900",
];

impl Browser {
    /// Opens a page.
    pub(crate) async fn open(url: &str) -> Self {
        let profile = Folder::new();
        let (driver, port) = start_driver(&profile).await;
        let mut capabilities = DesiredCapabilities::chrome();
        for argument in ARGUMENTS {
            capabilities.add_arg(argument).expect("an argument");
        }
        let argument = format!("--user-data-dir={}", profile.path());
        capabilities.add_arg(&argument).expect("an argument");
        let saved = downloads(&profile);
        std::fs::create_dir(&saved).expect("a folder");
        let prefs = serde_json::json!({ "download.default_directory": saved });
        let prefs = capabilities.add_experimental_option("prefs", prefs);
        prefs.expect("a capability");
        let log = capabilities.set_browser_log_level(LoggingPrefsLogLevel::All);
        log.expect("a capability");
        let page = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities);
        let page = soon("a browser", page).await.expect("a browser");
        page.goto(url).await.expect("a page");
        Self {
            page,
            driver,
            profile,
        }
    }

    /// Where it saves files.
    pub(crate) fn downloads(&self) -> PathBuf {
        downloads(&self.profile)
    }

    /// Moves the pointer over an element: to shares of its width and height.
    pub(crate) async fn hover(&self, selector: &str, at: (f64, f64)) {
        let element = self.find(selector).await;
        element.scroll_into_view().await.expect("an element");
        let (x, y) = offset(&element, at).await;
        let chain = self.page.action_chain();
        let chain = chain.move_to_element_with_offset(&element, x, y);
        soon("a move", chain.perform()).await.expect("a move");
    }

    /// Drags the pointer over an element, from one point to another: shares of
    /// its width and height.
    pub(crate) async fn drag(&self, selector: &str, from: (f64, f64), to: (f64, f64)) {
        let element = self.find(selector).await;
        element.scroll_into_view().await.expect("an element");
        let (from_x, from_y) = offset(&element, from).await;
        let (to_x, to_y) = offset(&element, to).await;
        let drag = self
            .page
            .action_chain()
            .move_to_element_with_offset(&element, from_x, from_y)
            .click_and_hold()
            .move_to_element_with_offset(&element, to_x, to_y)
            .release();
        soon("a drag", drag.perform()).await.expect("a drag");
    }

    pub(crate) async fn click(&self, selector: &str) {
        let element = self.find(selector).await;
        // What lies under the header is in view, and cannot be clicked.
        let centre = "arguments[0].scrollIntoView({block: 'center'})";
        let arguments = vec![element.to_json().expect("an element")];
        self.page
            .execute(centre, arguments)
            .await
            .unwrap_or_else(|error| panic!("{selector}: {error}"));
        soon("a clickable element", element.click_when_ready())
            .await
            .unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// Presses keys on an element that has the focus, as it gets it.
    pub(crate) async fn press(&self, selector: &str, keys: impl Into<TypingData>) {
        let element = self.find(selector).await;
        element.send_keys(keys).await.expect("takes keys");
    }

    /// Replaces what stands in a field and leaves it as a reader would, by Enter.
    pub(crate) async fn enter(&self, selector: &str, text: &str) {
        self.fill(selector, text).await;
        let field = self.find(selector).await;
        field.send_keys(Key::Enter).await.expect("takes keys");
    }

    /// Replaces what stands in a field, as a reader would: the field keeps the
    /// focus in between, so that the page does not put its own value back.
    pub(crate) async fn fill(&self, selector: &str, text: &str) {
        let field = self.find(selector).await;
        let all = Key::Control + "a";
        let what = if text.is_empty() {
            all + Key::Delete
        } else {
            all + Key::Null + text
        };
        field.send_keys(what).await.expect("takes keys");
    }

    /// The text that a reader sees there; empty while nothing is shown.
    pub(crate) async fn text(&self, selector: &str) -> String {
        self.find(selector).await.text().await.unwrap_or_default()
    }

    /// Waits until the text there fulfils a condition.
    pub(crate) async fn until(&self, selector: &str, condition: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = self.text(selector).await;
            if condition(&text) {
                return text;
            }
            assert!(Instant::now() < deadline, "{selector} still says: {text}");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until the number there fulfils a condition.
    pub(crate) async fn until_number(&self, selector: &str, condition: impl Fn(f64) -> bool) {
        self.until(selector, |text| number(text).is_some_and(&condition))
            .await;
    }

    /// Makes the window so wide and high, in pixels.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let resized = self.page.set_window_rect(0, 0, width, height).await;
        resized.expect("a window");
    }

    /// Shows the page as on a telephone, with a finger for a pointer.
    pub(crate) async fn hold_in_hand(&self) {
        let size = json!({"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true});
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
        self.devtools(
            "Emulation.setTouchEmulationEnabled",
            json!({"enabled": true}),
        )
        .await;
    }

    /// Shows the page as on a desk again.
    pub(crate) async fn set_desktop_size(&self) {
        self.devtools("Emulation.clearDeviceMetricsOverride", json!({}))
            .await;
        self.devtools(
            "Emulation.setTouchEmulationEnabled",
            json!({"enabled": false}),
        )
        .await;
    }

    /// A command of Chromium's own protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let answer = self.page.cdp().send_raw(command, parameters).await;
        answer.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    pub(crate) async fn reload(&self) {
        self.page.refresh().await.expect("a page");
    }

    /// What a script finds out on the page.
    pub(crate) async fn evaluate(&self, script: &str) -> Value {
        let answer = self.page.execute(script, Vec::new()).await;
        answer.expect("a sound script").json().clone()
    }

    /// Closes the browser; the page must not have complained, except that the
    /// server refused what the operator asked for.
    pub(crate) async fn close(self) {
        let log = self.page.browser_log().await;
        let mut log = log.expect("a log");
        log.retain(|entry| !entry.message.contains("/api/v1/"));
        assert!(log.is_empty(), "the page complained: {log:?}");
    }

    async fn find(&self, selector: &str) -> WebElement {
        let element = self.page.query(By::Css(selector));
        soon("an element", element.first())
            .await
            .unwrap_or_else(|error| panic!("{selector}: {error}"))
    }
}

/// Ends the browser as a crash would: a test that panics must not wait for it.
impl Drop for Browser {
    fn drop(&mut self) {
        let id = self.driver.id().and_then(|id| i32::try_from(id).ok());
        if let Some(group) = id.and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        // Nobody is left who could be told that the session is over.
        let _ = self.page.clone().leak();
    }
}

/// The first number of a text as the page writes it: `1,234.5 ms`.
pub(crate) fn number(text: &str) -> Option<f64> {
    let digits: String = text.chars().filter(|c| *c != ',').collect();
    digits.split_whitespace().next()?.parse().ok()
}

fn downloads(profile: &Folder) -> PathBuf {
    Path::new(profile.path()).join("saved")
}

/// Pixels from the middle of an element to shares of its width and height.
async fn offset(element: &WebElement, (x, y): (f64, f64)) -> (i64, i64) {
    let place = element.rect().await.expect("a place");
    #[expect(clippy::cast_possible_truncation, reason = "pixels")]
    let pixels = |share: f64, length: f64| ((share - 0.5) * length).round() as i64;
    (pixels(x, place.width), pixels(y, place.height))
}

/// Chromium's driver on a free port.
///
/// It takes a free port of IPv4 and then the same one of IPv6, which another
/// test may hold: it exits then, and another try gets another port.
async fn start_driver(folder: &Folder) -> (Child, u16) {
    for _ in 0..5 {
        if let Some(started) = try_driver(folder).await {
            return started;
        }
    }
    panic!("chromedriver found no port in 5 tries");
}

/// The driver and its port, or nothing where it exits before it names one.
async fn try_driver(folder: &Folder) -> Option<(Child, u16)> {
    // A browser computes a lot and waits for nobody: it gives way to tests that measure.
    let mut driver = Command::new("nice")
        .args(["-n", "10", "chromedriver", "--port=0"])
        .stdout(Stdio::piped())
        .process_group(0)
        // Whatever it and the browser leave lying about.
        .env("TMPDIR", folder.path())
        .spawn()
        .expect("chromedriver: `tests/run` installs it");
    let stdout = driver.stdout.take().expect("piped");
    let mut lines = BufReader::new(stdout).lines();
    while let Some(line) = soon("a line", lines.next_line()).await.expect("readable") {
        if let Some((_, port)) = line.split_once("successfully on port ") {
            let port = port.trim_end_matches('.').parse().expect("a port");
            return Some((driver, port));
        }
    }
    driver.wait().await.expect("its end");
    None
}
