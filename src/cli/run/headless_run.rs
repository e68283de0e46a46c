//! `--headless`: one run without a dashboard, from its start to its verdict.

use std::sync::Arc;

use tokio::sync::watch;

use crate::cli::commands::dashboard::shards;
use crate::cli::config::options::Settings;
use crate::cli::exit::Exit;
use crate::cli::run::results;
use crate::cli::run::run_reporter::{RunReporter, Shows};
use crate::cli::signals::Signals;
use crate::cli::terminal::console::{complain, say};
use crate::cli::terminal::keys::Keys;
use crate::cli::terminal::run_output::RunOutput;
use crate::cli::terminal::summary;
use crate::client::Clock;
use crate::locust::{LogLevel, json};
use crate::model::{Change, Edit, Load, RunState};
use crate::output::Recording;
use crate::run::{Author, Consent, Runs, Snapshot, Why, spawn_within};
use crate::scenario::{Loaded, RunOptions};
use crate::session::{PreparedRun, SessionError, StartedRun, WaitFor};
use crate::verdict::Verdict;

/// The spawn rate of users that come and go by a key.
const KEY_RATE: f64 = 100.0;

/// Carries it out. The exit code is that of the verdict.
pub(crate) async fn run(loaded: &Loaded, wish: &RunOptions, settings: &Settings) -> Exit {
    match HeadlessRun::begin(loaded, wish, settings).await {
        Ok(mut run) => {
            let exit = run.attend().await;
            run.close(exit).await
        }
        Err(exit) => exit,
    }
}

/// What a run has while it goes on.
struct HeadlessRun {
    attendant: RunReporter,
    /// Whether the statistics go to standard output at the end.
    gives_json: bool,
    exit_code_on_error: u8,
    started: StartedRun,
    runs: Runs,
    signals: Signals,
    keys: Option<Keys>,
    recording: Option<Recording>,
    is_ending: bool,
}

/// What there is to react to.
enum News {
    Snapshot(bool),
    Signal(&'static str),
    Key(i32),
    Trouble(String),
}

/// Why a run has not begun.
enum Hindrance {
    Error(SessionError),
    Signal(&'static str),
}

impl HeadlessRun {
    /// Does everything before the first user; nothing that is wrong with
    /// options, scenario or files is found after that.
    async fn begin(loaded: &Loaded, wish: &RunOptions, settings: &Settings) -> Result<Self, Exit> {
        let usage = |message: String| {
            complain(message);
            Exit::Usage
        };
        let planned = PreparedRun::new(loaded, wish, &RunOptions::default());
        let planned = planned.map_err(|error| usage(error.to_string()))?;
        // Who types a command says with it what is to have load.
        let planned = planned.with(Consent::All);
        let screen = RunOutput::open(settings.log.clone()).map_err(usage)?;
        let files = results::begin(&settings.outputs, Some(planned.spec()));
        let files = files.map_err(|error| usage(error.to_string()))?;
        let mut signals = Signals::listen();
        let mut attendant = RunReporter::new(settings.outputs.clone(), settings.console, screen);
        attendant.log(LogLevel::Info, &starting());
        let runs = spawn_within(settings.rails(), Clock::start(), shards(settings));
        let recording = files.map(|files| Recording::start(&runs, files));
        let started = tokio::select! {
            started = start(settings.wait_for(), &runs, planned) => {
                started.map_err(Hindrance::Error)
            }
            name = signals.next() => Err(Hindrance::Signal(name)),
        };
        let started = match started {
            Ok(started) => started,
            Err(hindrance) => return Err(hindrance.tell(&mut attendant)),
        };
        attendant.begin(&started);
        let keys = Keys::listen();
        attendant.show(Shows::Block {
            has_keys: keys.is_some(),
        });
        Ok(Self {
            attendant,
            gives_json: settings.outputs.json,
            exit_code_on_error: settings.verdict.exit_code_on_error,
            started,
            runs,
            signals,
            keys,
            recording,
            is_ending: false,
        })
    }

    /// Shows the run until its final figures stand. Gives the exit code where
    /// it ends in another way.
    async fn attend(&mut self) -> Option<Exit> {
        let mut snapshots = self.runs.snapshots();
        loop {
            match self.news(&mut snapshots).await {
                News::Snapshot(false) => return Some(Exit::Fault),
                News::Snapshot(true) => {
                    let snapshot = Arc::clone(&snapshots.borrow_and_update());
                    let attendant = &mut self.attendant;
                    attendant.look(&self.runs, &self.started, &snapshot).await;
                    if snapshot.state == RunState::Stopped {
                        return None;
                    }
                }
                News::Signal(name) => {
                    let said = format!("Got {name} signal");
                    self.attendant.log(LogLevel::Info, &said);
                    if self.is_ending {
                        return Some(Exit::Interrupted);
                    }
                    self.is_ending = true;
                    let runs = self.runs.clone();
                    tokio::spawn(async move { runs.stop(Why::signal()).await });
                }
                News::Key(more) => self.add_users(more).await,
                News::Trouble(text) => self.attendant.log(LogLevel::Error, &text),
            }
        }
    }

    async fn news(&mut self, snapshots: &mut watch::Receiver<Arc<Snapshot>>) -> News {
        let key = async {
            match &mut self.keys {
                Some(keys) => keys.users_more().await,
                None => std::future::pending().await,
            }
        };
        let trouble = async {
            match &mut self.recording {
                Some(recording) => recording.trouble().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = snapshots.changed() => News::Snapshot(changed.is_ok()),
            name = self.signals.next() => News::Signal(name),
            key = key => News::Key(key),
            trouble = trouble => News::Trouble(trouble),
        }
    }

    async fn add_users(&mut self, more: i32) {
        let snapshot = self.runs.snapshot();
        let users = match snapshot.load {
            Load::NOBODY => snapshot.planned_users,
            load => load.users,
        };
        let edit = Edit {
            users: Some((f64::from(users) + f64::from(more)).max(0.0)),
            spawn_rate: Some(KEY_RATE),
            rate: None,
        };
        let by = Author::new("the terminal");
        if let Err(error) = self.runs.change(Change::Load(edit), by).await {
            let text = error.to_string();
            self.attendant.log(LogLevel::Warning, &text);
        }
    }

    /// Writes and says what there is at the end.
    async fn close(mut self, early: Option<Exit>) -> Exit {
        // From here on the terminal is the shell's again.
        self.keys = None;
        let snapshot = self.runs.snapshot();
        let attendant = &mut self.attendant;
        attendant.narrate(&self.runs, &self.started, &snapshot);
        let judgement = snapshot.judgement.clone();
        let verdict = judgement
            .as_ref()
            .map_or(Verdict::Error, |said| said.verdict);
        let exit = early.unwrap_or_else(|| summary::exit(verdict, self.exit_code_on_error));
        let exit = match self.write(&snapshot, early.is_none()).await {
            true => exit,
            false => exit.with_output_lost(),
        };
        let said = format!("Shutting down (exit code {})", exit.code());
        self.attendant.log(LogLevel::Info, &said);
        self.attendant.show_tables(&snapshot);
        let screen = self.attendant.screen();
        if let Some(capacity) = snapshot
            .capacity
            .as_deref()
            .filter(|it| it.search.is_some())
        {
            screen.show(&summary::levels(capacity));
        }
        match (judgement, early) {
            (Some(judgement), None) => screen.show(&summary::verdict(&judgement)),
            (_, Some(Exit::Interrupted)) => {
                let text = "Interrupted: the run was cut off; no verdict\n";
                screen.show(text);
            }
            _ => {
                let text =
                    "ERROR: internal error: the run controller has ended; please report this\n";
                screen.show(text);
            }
        }
        match self.attendant.screen().missing() {
            Some(missing) => {
                complain(missing);
                exit.with_output_lost()
            }
            None => exit,
        }
    }

    /// Writes the files that grew with the run, and what is made of a whole run
    /// only if these are its final figures. Whether all of it was taken.
    async fn write(&mut self, snapshot: &Snapshot, is_final: bool) -> bool {
        let mut wrong = Vec::new();
        if let Some(recording) = self.recording.take() {
            let missing = recording.finish().await;
            wrong.extend(missing.iter().map(ToString::to_string));
        }
        if self.gives_json {
            say(json(snapshot));
        }
        let attendant = &mut self.attendant;
        if is_final {
            let results = attendant.results(&self.runs, &self.started, snapshot);
            wrong.extend(results.write());
        }
        for text in &wrong {
            attendant.log(LogLevel::Error, text);
        }
        wrong.is_empty()
    }
}

/// The first line of the log.
pub(crate) fn starting() -> String {
    format!("Starting Swarmdeck {}", env!("CARGO_PKG_VERSION"))
}

async fn start(
    wait_for: Option<WaitFor>,
    runs: &Runs,
    planned: PreparedRun,
) -> Result<StartedRun, SessionError> {
    if let Some(wait_for) = wait_for {
        wait_for.wait().await?;
    }
    Ok(planned.start(runs, None).await?)
}

impl Hindrance {
    /// Says why, and gives the exit code.
    fn tell(self, attendant: &mut RunReporter) -> Exit {
        let (exit, why) = match self {
            Self::Signal(name) => (Exit::Interrupted, format!("Got {name} signal")),
            Self::Error(error) => (Exit::from(error.blame()), error.to_string()),
        };
        attendant.log(LogLevel::Error, &why);
        let said = format!("Shutting down (exit code {})", exit.code());
        attendant.log(LogLevel::Info, &said);
        if exit == Exit::Unsound {
            let screen = attendant.screen();
            screen.show(&format!("INVALID: {why}\n"));
        }
        exit
    }
}
