//! How runs without the dashboard end before their time, and what a terminal
//! sees of them.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::ioctl_fionbio;
use rustix::process::Signal;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};
use swarmdeck::lab::LabConfig;
use tokio::time::sleep;

use crate::support::{Captured, Folder, Manner, PATIENCE, eventually, lab, misbehaving_target};

const STEADY: &str =
    "user_classes: {Steady: {wait: 20ms, tasks: {ask: [{get: /api/v1/health/}]}}}\n";

/// Until the file has a row with requests.
async fn until_counted(stats: &str) {
    eventually("requests in the file", PATIENCE, async || {
        let text = std::fs::read_to_string(stats).unwrap_or_default();
        text.contains("GET,")
    })
    .await;
}

/// Requests and the sum of them by name, in a file that is whole.
fn counts(stats: &str) -> (u64, u64) {
    let mut reader = csv::Reader::from_path(stats).unwrap();
    let (mut all, mut sum) = (None, 0);
    for row in reader.records() {
        let row = row.unwrap();
        assert_eq!(row.len(), 22, "{row:?}");
        let requests = row[2].parse::<u64>().unwrap();
        if &row[1] == "Aggregated" {
            all = Some(requests);
        } else {
            sum += requests;
        }
    }
    (all.expect("a row for all"), sum)
}

#[tokio::test]
async fn a_signal_ends_a_run_in_order() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    for (signal, name) in [(Signal::TERM, "SIGTERM"), (Signal::INT, "SIGINT")] {
        let prefix = format!("{}/{name}", folder.path());
        let url = lab.url();
        let arguments = ["-f", &file, "-H", &url, "--headless", "--csv", &prefix];
        let running = Captured::start(&arguments);
        until_counted(&format!("{prefix}_stats.csv")).await;
        running.signal(signal);
        let (code, _, stderr) = running.end().await;
        assert_eq!(code, Some(0), "{stderr}");
        assert!(stderr.contains(&format!("Got {name} signal\n")), "{stderr}");
        assert!(stderr.contains("No run time limit set"), "{stderr}");
        assert!(stderr.contains("\nPASS: no failures\n"), "{stderr}");
        let (all, sum) = counts(&format!("{prefix}_stats.csv"));
        assert_eq!(all, sum);
        let row = stderr
            .lines()
            .rfind(|line| line.contains("Aggregated") && line.contains("|"))
            .unwrap();
        assert_eq!(
            row.split_whitespace().nth(1).unwrap(),
            all.to_string(),
            "{stderr}"
        );
    }
}

#[tokio::test]
async fn with_nohup_it_outlives_its_terminal() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let prefix = format!("{}/x", folder.path());
    let url = lab.url();
    let arguments = ["-f", &file, "-H", &url, "--headless", "-t", "3s"];
    let arguments = [&arguments[..], &["--csv", &prefix]].concat();
    // As `nohup` does, without its files.
    let running = Captured::start_after("trap '' HUP", &arguments);
    until_counted(&format!("{prefix}_stats.csv")).await;
    running.signal(Signal::HUP);
    let (_, _, stderr) = running.end().await;
    assert!(stderr.contains("--run-time limit reached"), "{stderr}");
    assert!(!stderr.contains("SIGHUP"), "{stderr}");
}

#[tokio::test]
async fn a_second_interrupt_ends_it_at_once() {
    let host = misbehaving_target(Manner::NeverAnswers).await;
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let [csv, html, junit] =
        ["x", "x.html", "x.xml"].map(|name| format!("{}/{name}", folder.path()));
    let arguments = ["-f", &file, "-H", &host, "--headless", "-s", "60s"];
    let files = ["--csv", &csv, "--html", &html, "--junit", &junit];
    let arguments = [&arguments[..], &files].concat();
    let running = Captured::start(&arguments);
    sleep(Duration::from_millis(1_500)).await;
    running.signal(Signal::INT);
    sleep(Duration::from_millis(700)).await;
    let began = Instant::now();
    running.signal(Signal::INT);
    let (code, _, stderr) = running.end().await;
    assert_eq!(code, Some(130), "{stderr}");
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    assert!(
        stderr.contains("the run was cut off; no verdict"),
        "{stderr}"
    );
    // Nothing says PASS of a run that has none.
    for path in [&format!("{csv}_run.json"), &html, &junit] {
        assert!(!Path::new(path).exists(), "{path}");
    }
    assert!(Path::new(&format!("{csv}_stats.csv")).exists());
}

#[tokio::test]
async fn files_are_whole_whenever_the_program_is_killed() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let prefix = format!("{}/x", folder.path());
    let url = lab.url();
    let arguments = ["-f", &file, "-H", &url, "--headless", "--csv", &prefix];
    let running = Captured::start(&arguments);
    let stats = format!("{prefix}_stats.csv");
    until_counted(&stats).await;
    running.signal(Signal::KILL);
    let (code, _, _) = running.end().await;
    assert_eq!(code, None);
    let (all, sum) = counts(&stats);
    assert!(all > 0 && all == sum, "{all} of {sum}");
}

/// A run with a terminal of its own, and that terminal.
struct Typed {
    child: std::process::Child,
    master: std::fs::File,
    path: String,
}

impl Typed {
    fn start(arguments: &[&str]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap();
        let path = path.to_str().unwrap().to_owned();
        let open = || {
            let mut options = std::fs::File::options();
            Stdio::from(options.read(true).write(true).open(&path).unwrap())
        };
        // The terminal becomes the one of a session of its own.
        let child = Command::new("setsid")
            .args(["--ctty", "--wait", env!("CARGO_BIN_EXE_swarmdeck")])
            .args(arguments)
            .stdin(open())
            .stdout(Stdio::null())
            .stderr(open())
            .spawn()
            .expect("setsid, of util-linux");
        Self {
            child,
            master: master.into(),
            path,
        }
    }

    fn shows_what_is_typed(&self) -> bool {
        let terminal = std::fs::File::open(Path::new(&self.path)).unwrap();
        let modes = tcgetattr(&terminal).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON)
    }
}

/// Waits a little while for something to be read.
fn wait_for_more(master: &std::fs::File) {
    let within = Timespec {
        tv_sec: 0,
        tv_nsec: 10_000_000,
    };
    let _ = poll(&mut [PollFd::new(master, PollFlags::IN)], Some(&within));
}

#[test]
fn a_terminal_sees_a_block_and_keys_change_the_users() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", STEADY);
    let url = lab.url();
    let arguments = ["-f", &file, "-H", &url, "--headless", "-t", "4s", "-u", "2"];
    let mut typed = Typed::start(&arguments);
    // Held open, so that what was written last can be read after the end.
    let _held = std::fs::File::open(&typed.path).unwrap();
    ioctl_fionbio(&typed.master, true).unwrap();
    let mut seen = String::new();
    let mut bytes = [0; 4_096];
    let began = Instant::now();
    let mut pressed = false;
    let code = loop {
        // Looked at before the last of what it wrote is read.
        let ended = typed.child.try_wait().unwrap();
        match typed.master.read(&mut bytes) {
            Ok(count) => seen.push_str(&String::from_utf8_lossy(&bytes[..count])),
            Err(error) if error.kind() != ErrorKind::WouldBlock => panic!("{error}"),
            Err(_) if ended.is_some() => break ended.unwrap().code(),
            Err(_) => wait_for_more(&typed.master),
        }
        if !pressed && seen.contains("running") {
            assert!(!typed.shows_what_is_typed());
            typed.master.write_all(b"WWs").unwrap();
            pressed = true;
        }
        assert!(began.elapsed() < PATIENCE, "no end: {seen}");
    };
    // A busy machine may be too late for a sound run.
    assert!(matches!(code, Some(0 | 3)), "{code:?}: {seen}");
    assert!(seen.contains("users 21 of 21"), "{seen}");
    assert!(seen.contains("\x1b[J") && seen.contains("left"), "{seen}");
    assert!(typed.shows_what_is_typed(), "the terminal is as it was");
}
