//! `--headless`: one run without a dashboard, from its start to its verdict.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::cli::closing;
use crate::cli::console::complain;
use crate::cli::exit::Exit;
use crate::cli::keys::Keys;
use crate::cli::narrator;
use crate::cli::progress;
use crate::cli::results;
use crate::cli::screen::{Logger, Screen};
use crate::cli::settings::{Console, LogSettings, Outputs, WaitFor};
use crate::cli::signals::Signals;
use crate::cli::wait_for::WaitError;
use crate::client::Clock;
use crate::locust::{LogLevel, RatesOf, error_report, percentiles, summary};
use crate::model::{Criterion, RunSpec, RunState};
use crate::output::Recording;
use crate::program::Program;
use crate::report::About;
use crate::run::{Edit, RunError, Runs, Snapshot, spawn};
use crate::scenario::{Loaded, Wish, parse_criterion};
use crate::verdict::Verdict;

/// How often tables are printed.
const TABLES: Duration = Duration::from_secs(2);
/// The spawn rate of users that come and go by a key.
const KEY_RATE: f64 = 100.0;

/// A run without a dashboard, as it was asked for.
#[derive(Debug)]
pub(super) struct HeadlessPlan {
    /// The scenario.
    pub(super) loaded: Loaded,
    /// What is not left to it.
    pub(super) wish: Wish,
    /// Generator threads.
    pub(super) shards: usize,
    /// What has to hold, beside what the scenario asks, in the words of the user.
    pub(super) criteria: Vec<String>,
    /// What has to answer before it starts.
    pub(super) wait_for: Option<WaitFor>,
    /// The files that are written.
    pub(super) outputs: Outputs,
    /// The tables on the console.
    pub(super) console: Console,
    /// The log.
    pub(super) log: LogSettings,
    /// Exit code of a run that fails.
    pub(super) exit_code_on_error: u8,
}

/// Carries it out. The exit code is that of the verdict.
pub(super) async fn run(plan: HeadlessPlan) -> Exit {
    match Session::begin(plan).await {
        Ok(mut session) => {
            let exit = session.attend().await;
            session.close(exit).await
        }
        Err(exit) => exit,
    }
}

/// What a run has while it goes on.
struct Session {
    outputs: Outputs,
    console: Console,
    exit_code_on_error: u8,
    spec: RunSpec,
    about: About,
    program: Arc<Program>,
    runs: Runs,
    screen: Screen,
    signals: Signals,
    keys: Option<Keys>,
    recording: Option<Recording>,
    events_seen: u64,
    table_shown: Instant,
    is_ending: bool,
    is_reset: bool,
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
    Wait(WaitError),
    Run(RunError),
    Signal(&'static str),
}

impl Session {
    /// Does everything before the first user; nothing that is wrong with
    /// options, scenario or files is found after that.
    async fn begin(plan: HeadlessPlan) -> Result<Self, Exit> {
        let usage = |message: String| {
            complain(message);
            Exit::Usage
        };
        let planned = plan.loaded.plan(&plan.wish);
        let (mut spec, program) = planned.map_err(|error| usage(error.to_string()))?;
        spec.recent = results::recent(&plan.outputs);
        for text in &plan.criteria {
            let criterion = criterion(&plan.loaded, text).map_err(usage)?;
            spec.criteria.list.push(criterion);
        }
        spec.remarks
            .extend(plan.wish.unused_by(&plan.loaded.scenario));
        let mut screen = Screen::open(plan.log).map_err(usage)?;
        let files =
            results::begin(&plan.outputs, &spec).map_err(|error| usage(error.to_string()))?;
        let mut signals = Signals::listen();
        let version = env!("CARGO_PKG_VERSION");
        let said = format!("Starting Swarmdeck {version}");
        screen.log(LogLevel::Info, Logger::Main, &said);
        let runs = spawn(Clock::start(), plan.shards);
        let recording = files.map(|files| Recording::start(&runs, files));
        let program = Arc::new(program);
        let (scenario, text) = (&plan.loaded.scenario, &plan.loaded.text);
        let about = About::new(scenario, text, &spec, results::machine());
        let started = tokio::select! {
            started = start(plan.wait_for.as_ref(), &runs, (&spec, &program)) => started,
            name = signals.next() => Err(Hindrance::Signal(name)),
        };
        if let Err(hindrance) = started {
            return Err(hindrance.tell(&mut screen));
        }
        for (level, logger, text) in narrator::beginning(&spec) {
            screen.log(level, logger, &text);
        }
        Ok(Self {
            outputs: plan.outputs,
            console: plan.console,
            exit_code_on_error: plan.exit_code_on_error,
            spec,
            about,
            program,
            runs,
            screen,
            signals,
            keys: Keys::listen(),
            recording,
            events_seen: 0,
            table_shown: Instant::now(),
            is_ending: false,
            is_reset: false,
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
                    self.look(&snapshot).await;
                    if snapshot.state == RunState::Stopped {
                        return None;
                    }
                }
                News::Signal(name) => {
                    let said = format!("Got {name} signal");
                    self.screen.log(LogLevel::Info, Logger::Main, &said);
                    if self.is_ending {
                        return Some(Exit::Interrupted);
                    }
                    self.is_ending = true;
                    let runs = self.runs.clone();
                    tokio::spawn(async move { runs.stop("by a signal").await });
                }
                News::Key(more) => self.add_users(more).await,
                News::Trouble(text) => self.screen.log(LogLevel::Error, Logger::Main, &text),
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

    async fn look(&mut self, snapshot: &Snapshot) {
        self.narrate(snapshot);
        if self.console.reset_stats && snapshot.state == RunState::Running && !self.is_reset {
            self.is_reset = true;
            // Only a controller that has ended refuses; the next look notices.
            let _ = self.runs.reset().await;
        }
        if self.console.only_summary || snapshot.state == RunState::Stopped {
            return;
        }
        if self.screen.is_terminal() && !self.console.print_stats {
            let lines = progress::block(snapshot, self.keys.is_some());
            self.screen.draw(&lines);
        } else if self.table_shown.elapsed() >= TABLES {
            self.table_shown = Instant::now();
            let width = self.screen.name_width();
            let table = summary(&snapshot.tables, width, RatesOf::Now);
            self.screen.show(&table);
        }
    }

    fn narrate(&mut self, snapshot: &Snapshot) {
        let (events, seen) = self.runs.log().events_after(self.events_seen);
        self.events_seen = seen;
        for event in events {
            let line = narrator::line(&event, &self.spec, &self.program, snapshot.load);
            if let Some((level, logger, text)) = line {
                self.screen.log(level, logger, &text);
            }
        }
    }

    async fn add_users(&mut self, more: i32) {
        let load = self.runs.snapshot().load;
        let edit = Edit {
            users: Some((f64::from(load.users) + f64::from(more)).max(0.0)),
            spawn_rate: Some(KEY_RATE),
        };
        if let Err(error) = self.runs.edit(edit).await {
            let text = error.to_string();
            self.screen.log(LogLevel::Warning, Logger::Main, &text);
        }
    }

    /// Writes and says what there is at the end.
    async fn close(mut self, early: Option<Exit>) -> Exit {
        // From here on the terminal is the shell's again.
        self.keys = None;
        let snapshot = self.runs.snapshot();
        self.narrate(&snapshot);
        let judgement = snapshot.judgement.clone();
        let verdict = judgement
            .as_ref()
            .map_or(Verdict::Error, |said| said.verdict);
        let exit = early.unwrap_or_else(|| closing::exit(verdict, self.exit_code_on_error));
        self.write(&snapshot).await;
        let said = format!("Shutting down (exit code {})", exit.code());
        self.screen.log(LogLevel::Info, Logger::Main, &said);
        if self.outputs.json_file.is_none() {
            self.show_tables(&snapshot);
        }
        match (judgement, early) {
            (Some(judgement), None) => self.screen.show(&closing::verdict(&judgement)),
            (_, Some(Exit::Interrupted)) => {
                let text = "interrupted: the run was cut off, there is no verdict\n";
                self.screen.show(text);
            }
            _ => {
                let text = "ERROR: the run's controller has ended; please report this\n";
                self.screen.show(text);
            }
        }
        exit
    }

    async fn write(&mut self, snapshot: &Snapshot) {
        let mut wrong = Vec::new();
        if let Some(recording) = self.recording.take() {
            let missing = recording.finish().await;
            wrong.extend(missing.iter().map(ToString::to_string));
        }
        let log = self.runs.log();
        let ends = (snapshot, &*log);
        wrong.extend(results::write(&self.outputs, &self.spec, &self.about, ends));
        for text in wrong {
            self.screen.log(LogLevel::Error, Logger::Main, &text);
        }
    }

    fn show_tables(&mut self, snapshot: &Snapshot) {
        let width = self.screen.name_width();
        let tables = &snapshot.tables;
        let mut text = summary(tables, width, RatesOf::WholeRun);
        text.push_str(&percentiles(tables, width));
        text.push_str(&error_report(tables, width).unwrap_or_default());
        self.screen.show(&text);
    }
}

/// Reads a criterion of the command line, for this scenario.
fn criterion(loaded: &Loaded, text: &str) -> Result<Criterion, String> {
    let criterion = parse_criterion(text);
    let checked = criterion.and_then(|one| loaded.check_criterion(&one).map(|()| one));
    checked.map_err(|error| format!("--criterion: {error}"))
}

async fn start(
    wait_for: Option<&WaitFor>,
    runs: &Runs,
    (spec, program): (&RunSpec, &Arc<Program>),
) -> Result<(), Hindrance> {
    if let Some(wait_for) = wait_for {
        wait_for.pass().await.map_err(Hindrance::Wait)?;
    }
    let started = runs.start(spec.clone(), Arc::clone(program)).await;
    started.map_err(Hindrance::Run)
}

impl Hindrance {
    /// Says why, and gives the exit code.
    fn tell(self, screen: &mut Screen) -> Exit {
        let (exit, why) = match self {
            Self::Wait(error @ (WaitError::Address(_) | WaitError::Start { .. })) => {
                (Exit::Usage, error.to_string())
            }
            Self::Wait(error) => (Exit::Unsound, error.to_string()),
            Self::Signal(name) => (Exit::Interrupted, format!("Got {name} signal")),
            Self::Run(error) => {
                let exit = match error {
                    RunError::Resolve { .. }
                    | RunError::Unreachable { .. }
                    | RunError::Proxy { .. }
                    | RunError::Unprepared(_) => Exit::Unsound,
                    RunError::Threads(_) | RunError::Gone => Exit::Fault,
                    _ => Exit::Usage,
                };
                (exit, error.to_string())
            }
        };
        screen.log(LogLevel::Error, Logger::Main, &why);
        let said = format!("Shutting down (exit code {})", exit.code());
        screen.log(LogLevel::Info, Logger::Main, &said);
        if exit == Exit::Unsound {
            screen.show(&format!("INVALID: {why}\n"));
        }
        exit
    }
}
