//! `swarmdeck suite scenarios/ --host URL`: scenario after scenario, one verdict.

use std::path::Path;
use std::sync::Arc;

use tokio::time::sleep;

use crate::cli::args::SuiteArgs;
use crate::cli::console::{colour, complain, end_requested, say, show_mistake};
use crate::cli::exit::Exit;
use crate::cli::results::machine;
use crate::cli::runtime::block_on;
use crate::cli::sources;
use crate::client::Clock;
use crate::model::{RunSpec, RunState};
use crate::output::{Format, ReportPaths, WriteError, write_report, write_reports};
use crate::probes::host;
use crate::program::Program;
use crate::report::{About, RunFile, worst};
use crate::run::{Runs, spawn};
use crate::scenario::{Loaded, RunTime, Source, Wish, read};
use crate::verdict::Verdict;

/// The reports on all runs.
const REPORTS: [(&str, Format); 4] = [
    ("report.html", Format::Html),
    ("report.md", Format::Markdown),
    ("report.json", Format::Json),
    ("report.xml", Format::Junit),
];

/// A scenario of the suite, ready to be run.
struct Entry {
    /// The file's name without folder and extension: the prefix of its run file.
    prefix: String,
    loaded: Loaded,
    spec: RunSpec,
    program: Arc<Program>,
}

/// Runs all scenarios. Nothing runs before all of them are found sound.
pub(super) fn run(args: &SuiteArgs) -> Exit {
    let entries = match entries(args) {
        Ok(entries) => entries,
        Err(exit) => return exit,
    };
    let runs = match block_on(run_all(args, &entries)) {
        Ok(runs) => runs,
        Err(exit) => return exit,
    };
    let written = runs.and_then(|runs| write_all(&args.out, &runs).map(|()| runs));
    match written {
        Ok(runs) => {
            let verdict = worst(&runs);
            let word = verdict.map_or("no run", Verdict::as_str);
            say(format!("Suite      {word}, see {}", args.out.display()));
            match verdict.map_or(Exit::Unsound, Exit::from) {
                // What was left out may have failed.
                Exit::Success if runs.len() < entries.len() => Exit::Unsound,
                exit => exit,
            }
        }
        Err(error) => {
            complain(error);
            Exit::Usage
        }
    }
}

/// All scenarios, or every mistake in them.
fn entries(args: &SuiteArgs) -> Result<Vec<Entry>, Exit> {
    let usage = |message: String| {
        complain(message);
        Exit::Usage
    };
    let sources::Found::Files(files) =
        sources::find(&args.files).map_err(|error| usage(error.to_string()))?
    else {
        return Err(usage("there are no scenario files".to_owned()));
    };
    let environment = sources::environment();
    let mut entries = Vec::new();
    let mut sound = true;
    for path in files {
        let source = Source::read(&path).map_err(|error| usage(error.to_string()))?;
        match read(&source, &environment, &args.set.overrides.clone().into()).loaded {
            Ok(loaded) => entries.push(entry(args, &source, loaded).map_err(usage)?),
            Err(mistakes) => {
                for mistake in &mistakes {
                    show_mistake(mistake.render(colour()));
                }
                sound = false;
            }
        }
    }
    if sound { Ok(entries) } else { Err(Exit::Usage) }
}

fn entry(args: &SuiteArgs, source: &Source, loaded: Loaded) -> Result<Entry, String> {
    let in_file = |error: &dyn std::fmt::Display| format!("{}: {error}", source.file);
    let scenario = &loaded.scenario;
    let wish = Wish {
        host: args.host.clone(),
        run_time: args.run_time.map_or(RunTime::Preset, RunTime::Limited),
        ..Wish::default()
    };
    let (spec, program) = loaded.plan(&wish).map_err(|error| in_file(&error))?;
    if spec.run_time.is_none_or(|time| time.is_zero()) && scenario.iterations.is_none() {
        return Err(in_file(
            &"this scenario does not end by itself: give a run time with -t, or `load.run_time`",
        ));
    }
    Ok(Entry {
        prefix: source.stem().to_owned(),
        spec,
        program: Arc::new(program),
        loaded,
    })
}

/// One run after the other; an interrupt stops the one that goes on and leaves
/// the rest out.
async fn run_all(args: &SuiteArgs, entries: &[Entry]) -> Result<Vec<RunFile>, WriteError> {
    let shards = args.shards.map_or_else(host::usable_cores, usize::from);
    let clock = Clock::start();
    let runs = spawn(clock, shards);
    let mut done = Vec::new();
    let mut interrupted = std::pin::pin!(end_requested());
    for (at, entry) in entries.iter().enumerate() {
        let name = &entry.spec.scenario;
        say(format!("Run {}/{}    {name}", at + 1, entries.len()));
        let file = tokio::select! {
            file = run_one(&runs, clock, entry) => file,
            () = &mut interrupted => None,
        };
        let was_interrupted = file.is_none();
        let file = match file {
            Some(file) => file,
            None => match stop(&runs, entry).await {
                Some(file) => file,
                None => break,
            },
        };
        say(verdict_line(&file));
        let path = args.out.join(format!("{}_run.json", entry.prefix));
        let paths = ReportPaths {
            run: Some(path),
            ..ReportPaths::default()
        };
        write_reports(&file, &paths)?;
        done.push(file);
        if was_interrupted {
            complain("interrupted: the rest is left out");
            break;
        }
        if at + 1 < entries.len() {
            tokio::select! {
                () = sleep(args.cool_down) => {}
                () = &mut interrupted => {
                    complain("interrupted: the rest is left out");
                    break;
                }
            }
        }
    }
    Ok(done)
}

/// Runs a scenario to its end: its health gate first, if it has one. A target
/// that cannot be reached makes a run that is not sound.
async fn run_one(runs: &Runs, clock: Clock, entry: &Entry) -> Option<RunFile> {
    let about = about(entry);
    let program = Arc::clone(&entry.program);
    if let Err(error) = runs.start(entry.spec.clone(), program).await {
        let now_ms = clock.unix_us(clock.now_us()) / 1_000;
        return Some(RunFile::unstarted(&about, now_ms, error.to_string()));
    }
    let mut snapshots = runs.snapshots();
    let stopped = snapshots.wait_for(|snapshot| snapshot.state == RunState::Stopped);
    let snapshot = Arc::clone(&*stopped.await.ok()?);
    RunFile::new(&snapshot, &runs.log(), &about)
}

/// Stops the run that goes on; `None` if there is none.
async fn stop(runs: &Runs, entry: &Entry) -> Option<RunFile> {
    if !runs.snapshot().state.is_active() {
        return None;
    }
    runs.stop("by the operator").await.ok()?;
    RunFile::new(&runs.snapshot(), &runs.log(), &about(entry))
}

fn about(entry: &Entry) -> About {
    let Entry { loaded, spec, .. } = entry;
    About::new(&loaded.scenario, &loaded.text, spec, machine())
}

fn verdict_line(file: &RunFile) -> String {
    let judged = file.judgement.as_ref();
    judged.map_or_else(String::new, |judged| {
        format!("           {}: {}", judged.verdict.as_str(), judged.reason)
    })
}

fn write_all(folder: &Path, runs: &[RunFile]) -> Result<(), WriteError> {
    for (name, format) in REPORTS {
        let path = folder.join(name);
        write_report(runs, format, &path)?;
        say(format!("Report     {}", path.display()));
    }
    Ok(())
}
