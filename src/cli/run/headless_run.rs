//! `--headless`: one run without a dashboard, from its start to its verdict.

use std::sync::Arc;

use tokio::sync::watch;

use crate::cli::commands::dashboard::shards;
use crate::cli::config::options::Settings;
use crate::cli::exit::Exit;
use crate::cli::run::results;
use crate::cli::run::run_reporter::{RunReporter, Shows};
use crate::cli::signals::Signals;
use crate::cli::terminal::console::{complain, refuse, say};
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

/// Runs a scenario without a dashboard; the verdict decides the exit code.
pub(crate) async fn run(
    loaded: &Loaded,
    options: &RunOptions,
    settings: &Settings,
) -> Result<Exit, Exit> {
    let mut run = HeadlessRun::start(loaded, options, settings).await?;
    let exit = run.report().await;
    Ok(run.close(exit).await)
}

/// A headless run that has started.
struct HeadlessRun {
    reporter: RunReporter,
    /// Whether to print the statistics as JSON at the end.
    gives_json: bool,
    exit_code_on_error: u8,
    started: StartedRun,
    runs: Runs,
    signals: Signals,
    keys: Option<Keys>,
    recording: Option<Recording>,
    is_stopping: bool,
}

/// Events the loop reacts to.
enum News {
    Snapshot(bool),
    Signal(&'static str),
    Key(i32),
    Problem(String),
}

/// Why a run did not start.
enum StartFailure {
    Error(SessionError),
    Signal(&'static str),
}

impl HeadlessRun {
    /// Does everything up to the first user. Errors in options, scenario or
    /// files are found here and not later.
    async fn start(
        loaded: &Loaded,
        options: &RunOptions,
        settings: &Settings,
    ) -> Result<Self, Exit> {
        let planned = PreparedRun::new(loaded, options, &RunOptions::default());
        let planned = planned.map_err(refuse)?;
        // Typing the command confirms its targets.
        let planned = planned.with(Consent::All);
        let screen = RunOutput::open(settings.log.clone()).map_err(refuse)?;
        let files = results::prepare(&settings.outputs, Some(planned.spec()));
        let files = files.map_err(refuse)?;
        let mut signals = Signals::listen();
        let mut reporter = RunReporter::new(settings.outputs.clone(), settings.console, screen);
        reporter.log(LogLevel::Info, &starting());
        let runs = spawn_within(settings.rails(), Clock::start(), shards(settings));
        let recording = files.map(|files| Recording::start(&runs, files));
        let started = tokio::select! {
            started = start(settings.wait_for(), &runs, planned) => {
                started.map_err(StartFailure::Error)
            }
            name = signals.next() => Err(StartFailure::Signal(name)),
        };
        let started = match started {
            Ok(started) => started,
            Err(failure) => return Err(failure.report(&mut reporter)),
        };
        reporter.start(&started);
        let keys = Keys::listen();
        reporter.show(Shows::Block {
            has_keys: keys.is_some(),
        });
        Ok(Self {
            reporter,
            gives_json: settings.outputs.json,
            exit_code_on_error: settings.verdict.exit_code_on_error,
            started,
            runs,
            signals,
            keys,
            recording,
            is_stopping: false,
        })
    }

    /// Reports the run until it has final figures. Returns an exit code if it
    /// ends early.
    async fn report(&mut self) -> Option<Exit> {
        let mut snapshots = self.runs.snapshots();
        loop {
            match self.news(&mut snapshots).await {
                News::Snapshot(false) => return Some(Exit::Fault),
                News::Snapshot(true) => {
                    let snapshot = Arc::clone(&snapshots.borrow_and_update());
                    let reporter = &mut self.reporter;
                    reporter.update(&self.runs, &self.started, &snapshot).await;
                    if snapshot.state == RunState::Stopped {
                        return None;
                    }
                }
                News::Signal(name) => {
                    let said = format!("Got {name} signal");
                    self.reporter.log(LogLevel::Info, &said);
                    if self.is_stopping {
                        return Some(Exit::Interrupted);
                    }
                    self.is_stopping = true;
                    let runs = self.runs.clone();
                    tokio::spawn(async move { runs.stop(Why::signal()).await });
                }
                News::Key(more) => self.add_users(more).await,
                News::Problem(text) => self.reporter.log(LogLevel::Error, &text),
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
        let problem = async {
            match &mut self.recording {
                Some(recording) => recording.problem().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = snapshots.changed() => News::Snapshot(changed.is_ok()),
            name = self.signals.next() => News::Signal(name),
            key = key => News::Key(key),
            problem = problem => News::Problem(problem),
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
            self.reporter.log(LogLevel::Warning, &text);
        }
    }

    /// Writes the results and prints the summary.
    async fn close(mut self, early: Option<Exit>) -> Exit {
        // Gives the terminal back to the shell.
        self.keys = None;
        let snapshot = self.runs.snapshot();
        let reporter = &mut self.reporter;
        reporter.narrate(&self.runs, &self.started, &snapshot);
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
        self.reporter.log(LogLevel::Info, &said);
        self.reporter.show_tables(&snapshot);
        let screen = self.reporter.screen();
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
        match self.reporter.screen().missing() {
            Some(missing) => {
                complain(missing);
                exit.with_output_lost()
            }
            None => exit,
        }
    }

    /// Completes the recording, and writes the results if these are the final
    /// figures. Returns false if something could not be written.
    async fn write(&mut self, snapshot: &Snapshot, is_final: bool) -> bool {
        let mut wrong = Vec::new();
        if let Some(recording) = self.recording.take() {
            let missing = recording.finish().await;
            wrong.extend(missing.iter().map(ToString::to_string));
        }
        if self.gives_json {
            say(json(snapshot));
        }
        let reporter = &mut self.reporter;
        if is_final {
            let results = reporter.results(&self.runs, &self.started, snapshot);
            wrong.extend(results.write());
        }
        for text in &wrong {
            reporter.log(LogLevel::Error, text);
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

impl StartFailure {
    /// Reports the reason and returns the exit code.
    fn report(self, reporter: &mut RunReporter) -> Exit {
        let (exit, why) = match self {
            Self::Signal(name) => (Exit::Interrupted, format!("Got {name} signal")),
            Self::Error(error) => (Exit::from(error.blame()), error.to_string()),
        };
        reporter.log(LogLevel::Error, &why);
        let said = format!("Shutting down (exit code {})", exit.code());
        reporter.log(LogLevel::Info, &said);
        if exit == Exit::Unsound {
            let screen = reporter.screen();
            screen.show(&format!("INVALID: {why}\n"));
        }
        exit
    }
}
