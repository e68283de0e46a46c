//! Reports a run, with or without a dashboard: logs its events, shows its live
//! figures, and collects its results at the end.

use std::time::{Duration, Instant};

use crate::cli::config::options::{ConsoleArgs, OutputArgs};
use crate::cli::run::results::Results;
use crate::cli::terminal::failure_samples::failure_samples;
use crate::cli::terminal::run_output::{Logger, RunOutput};
use crate::cli::terminal::{narrator, progress, time_kinds};
use crate::locust::{LogLevel, RatesOf, error_report, percentiles, summary};
use crate::model::RunState;
use crate::run::{Author, Runs, Snapshot};
use crate::session::StartedRun;

/// Interval between tables.
const TABLES: Duration = Duration::from_secs(2);

/// Reports one run at a time.
#[derive(Debug)]
pub(crate) struct RunReporter {
    outputs: OutputArgs,
    console: ConsoleArgs,
    shows: Shows,
    screen: RunOutput,
    events_seen: u64,
    table_shown: Instant,
    is_reset: bool,
}

/// What the terminal shows during a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shows {
    /// No figures.
    Nothing,
    /// A block that is drawn again and again.
    Block {
        /// Whether to list the keys.
        has_keys: bool,
    },
    /// The table of requests, now and then.
    Tables,
}

impl RunReporter {
    pub(crate) fn new(outputs: OutputArgs, console: ConsoleArgs, screen: RunOutput) -> Self {
        Self {
            outputs,
            console,
            shows: Shows::Nothing,
            screen,
            events_seen: 0,
            table_shown: Instant::now(),
            is_reset: false,
        }
    }

    /// Changes what is shown from now on, unless only the summary is requested.
    pub(crate) fn show(&mut self, shows: Shows) {
        self.shows = match shows {
            _ if self.console.only_summary => Shows::Nothing,
            Shows::Block { .. } if self.console.print_stats => Shows::Tables,
            Shows::Block { .. } if !self.screen.is_terminal() => Shows::Tables,
            shows => shows,
        };
    }

    pub(crate) fn screen(&mut self) -> &mut RunOutput {
        &mut self.screen
    }

    /// Logs a line of the program itself.
    pub(crate) fn log(&mut self, level: LogLevel, text: &str) {
        self.screen.log(level, Logger::Main, text);
    }

    /// Starts reporting a run.
    pub(crate) fn start(&mut self, started: &StartedRun) {
        self.is_reset = false;
        self.table_shown = Instant::now();
        for (level, logger, text) in narrator::start_lines(&started.spec) {
            self.screen.log(level, logger, &text);
        }
    }

    /// Reports the current state of the run.
    pub(crate) async fn update(&mut self, runs: &Runs, started: &StartedRun, snapshot: &Snapshot) {
        self.narrate(runs, started, snapshot);
        if self.console.reset_stats && snapshot.state == RunState::Running && !self.is_reset {
            self.is_reset = true;
            // Fails only if the controller has ended; the next call notices.
            let _ = runs.reset(Author::new("--reset-stats")).await;
        }
        match self.shows {
            _ if snapshot.state == RunState::Stopped => {}
            Shows::Block { has_keys } => self.screen.draw(&progress::block(snapshot, has_keys)),
            Shows::Tables if self.table_shown.elapsed() >= TABLES => {
                self.table_shown = Instant::now();
                let width = self.screen.name_width();
                let mut text = summary(&snapshot.tables, width, RatesOf::Now);
                if snapshot.now.response.p50_us.is_some() {
                    let times = time_kinds::lines(&snapshot.now, "the last 10 s");
                    text.push_str(&times.join("\n"));
                    text.push_str("\n\n");
                }
                self.screen.show(&text);
            }
            Shows::Tables | Shows::Nothing => {}
        }
    }

    /// Logs the events since the last call.
    pub(super) fn narrate(&mut self, runs: &Runs, started: &StartedRun, snapshot: &Snapshot) {
        let (events, seen) = runs.log().events_after(self.events_seen);
        self.events_seen = seen;
        for event in events {
            let (spec, program) = (&started.spec, &started.program);
            let line = narrator::line(&event, spec, program, &snapshot.spawned);
            if let Some((level, logger, text)) = line {
                self.screen.log(level, logger, &text);
            }
        }
    }

    /// The results of a run with final figures.
    pub(crate) fn results(&self, runs: &Runs, started: &StartedRun, last: &Snapshot) -> Results {
        Results::new(&self.outputs, started, (last, &runs.log()))
    }

    /// Shows the final tables. As in Locust, tables of requests are omitted if
    /// a file has them; waiting and failures are always shown.
    pub(crate) fn show_tables(&mut self, last: &Snapshot) {
        let width = self.screen.name_width();
        let tables = &last.tables;
        let mut text = String::new();
        if self.outputs.json_file.is_none() {
            text.push_str(&summary(tables, width, RatesOf::WholeRun));
            text.push_str(&percentiles(tables, width));
        }
        text.push_str(&time_kinds::table(tables, width).unwrap_or_default());
        text.push_str(&error_report(tables, width).unwrap_or_default());
        text.push_str(&failure_samples(tables).unwrap_or_default());
        if !text.is_empty() {
            self.screen.show(&text);
        }
    }
}
