//! `swarmdeck suite scenarios/ --host URL`: scenario after scenario, one verdict.

use std::path::Path;
use std::sync::Arc;

use crate::cli::commands::scenario_environment::scenario_environment;
use crate::cli::config::args::SuiteArgs;
use crate::cli::exit::Exit;
use crate::cli::runtime::block_on;
use crate::cli::signals::Signals;
use crate::cli::terminal::console::{complain, refuse, say, show_mistake};
use crate::client::Clock;
use crate::model::within_line;
use crate::output::{Format, ReportPaths, WriteError, write_report, write_reports};
use crate::probes::host;
use crate::report::{RunFile, worst};
use crate::run::{Consent, Why, spawn_within};
use crate::scenario::{Loaded, RunOptions, RunTime, Source, read};
use crate::session::{ScenarioFiles, Suite, SuiteEntry, SuiteEvent, find_scenarios};
use crate::verdict::Verdict;

/// The reports on all runs.
const REPORTS: [(&str, Format); 4] = [
    ("report.html", Format::Html),
    ("report.md", Format::Markdown),
    ("report.json", Format::Json),
    ("report.xml", Format::Junit),
];

/// Runs all scenarios. Nothing runs before all of them are found sound.
pub(crate) fn run(args: &SuiteArgs) -> Result<Exit, Exit> {
    let entries = entries(args)?;
    let done = block_on(async {
        let (signals, mut twice) = (Signals::listen(), Signals::listen());
        let work = async {
            let shards = args.shards.map_or_else(host::usable_cores, usize::from);
            let runs = spawn_within((&args.limits).into(), Clock::start(), shards);
            let suite = Suite::new(&runs, entries, args.cool_down, &Consent::All).await;
            run_all(args, suite.map_err(refuse)?, signals)
                .await
                .map_err(refuse)
        };
        let twice = async {
            twice.next().await;
            twice.next().await;
        };
        tokio::select! {
            done = work => done,
            () = twice => {
                complain("interrupted twice: no verdict");
                Err(Exit::Interrupted)
            }
        }
    });
    let runs = done.flatten()?;
    write_all(&args.out, &runs).map_err(refuse)?;
    let verdict = worst(&runs);
    let word = verdict.map_or("no run", Verdict::as_str);
    say(format!("Suite      {word}, see {}", args.out.display()));
    Ok(verdict.map_or(Exit::Unsound, Exit::from))
}

/// All scenarios, or every mistake in them.
fn entries(args: &SuiteArgs) -> Result<Vec<SuiteEntry>, Exit> {
    let ScenarioFiles::Files(files) = find_scenarios(&args.files).map_err(refuse)? else {
        return Err(refuse("no scenario files found"));
    };
    let environment = scenario_environment();
    let mut entries = Vec::new();
    let mut sound = true;
    for path in files {
        let source = match Source::read(&path) {
            Ok(source) => source,
            Err(error) if args.files.contains(&path) => return Err(refuse(error)),
            Err(error) => {
                complain(format!("{error}; skipped"));
                continue;
            }
        };
        match read(&source, &environment, &args.set.overrides.clone().into()).loaded {
            Ok(loaded) => entries.push(entry(args, &source, &loaded).map_err(refuse)?),
            Err(mistakes) => {
                mistakes.iter().for_each(show_mistake);
                sound = false;
            }
        }
    }
    if sound { Ok(entries) } else { Err(Exit::Usage) }
}

/// The entry's id is the file's name without folder and extension: the prefix
/// of its run file.
fn entry(args: &SuiteArgs, source: &Source, loaded: &Loaded) -> Result<SuiteEntry, String> {
    let options = RunOptions {
        host: args.host.clone(),
        run_time: args.run_time.map_or(RunTime::Preset, RunTime::Limited),
        samples: args.samples.into(),
        ..RunOptions::default()
    };
    SuiteEntry::new(source.stem(), loaded, &options)
        .map_err(|error| format!("{}: {error}", source.file))
}

/// Runs one scenario after another; an interrupt stops the current run and
/// skips the rest.
async fn run_all(
    args: &SuiteArgs,
    suite: Suite,
    mut signals: Signals,
) -> Result<Vec<RunFile>, WriteError> {
    let interrupted = std::pin::pin!(async {
        signals.next().await;
        Why::signal()
    });
    let entries = Arc::clone(suite.entries());
    let progress = suite.run(interrupted, |event, _| tell(args, &entries, event));
    Ok(progress.await?.into_files())
}

/// Says what has come to pass, and writes the file of a run that has ended.
fn tell(args: &SuiteArgs, entries: &[SuiteEntry], event: &SuiteEvent) -> Result<(), WriteError> {
    match event {
        SuiteEvent::Started(at) => {
            let name = within_line(entries[*at].name());
            say(format!("Run {}/{}    {name}", at + 1, entries.len()));
        }
        SuiteEvent::Ended(at, file) => {
            say(verdict_line(file));
            let name = format!("{}_run.json", entries[*at].id);
            let paths = ReportPaths {
                run: Some(args.out.join(name)),
                ..ReportPaths::default()
            };
            write_reports(file, &paths)?;
        }
        SuiteEvent::CoolingDown { .. } => {}
        SuiteEvent::Stopped { .. } => complain("interrupted: remaining scenarios skipped"),
    }
    Ok(())
}

fn verdict_line(file: &RunFile) -> String {
    let judged = file.judgement.as_ref();
    judged.map_or_else(String::new, |judged| {
        let reason = within_line(&judged.reason);
        format!("           {}: {reason}", judged.verdict.as_str())
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
