//! One sitting: what has not been run yet is run, and all of it is scored.

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

use crate::case::Case;
use crate::cores::{self, Cores, stay_on};
use crate::error::BenchError;
use crate::folder::Folder;
use crate::generator::{self, Context, Generator};
use crate::label::label;
use crate::options::Options;
use crate::outcome::Finished;
use crate::results::Results;
use crate::say;
use crate::score::ScoredRun;
use crate::table;

/// As a shell reports a program that was interrupted.
const INTERRUPTED: u8 = 130;
/// After this no further run begins: the next sitting goes on.
const SITTING_MAX: Duration = Duration::from_secs(3_600);

/// Does what the options say; whether the goals are reached.
pub(crate) fn run(options: &Options) -> Result<ExitCode, BenchError> {
    let generator = if options.locust {
        Generator::Locust(full(&options.python)?)
    } else {
        Generator::Swarmdeck(full(&options.program)?)
    };
    let cases = chosen(options, &generator)?;
    if options.list {
        for case in &cases {
            say(&format!("{}\n", case.id));
        }
        return Ok(ExitCode::SUCCESS);
    }
    if let Generator::Locust(python) = &generator {
        has_locust(python)?;
    }
    let all = cores::count();
    if all < 2 {
        return Err(BenchError::OneCore);
    }
    stay_on(Cores::Lab, all).map_err(BenchError::io("a core for the lab"))?;
    swarmdeck::probes::host::raise_descriptor_limit();
    std::fs::create_dir_all(&options.out).map_err(BenchError::io(shown(&options.out)))?;
    let by = if options.locust { "-locust" } else { "" };
    let path = options
        .out
        .join(format!("{}{by}.jsonl", options.set.word()));
    let results = Results::open(&path, options.fresh).map_err(BenchError::io(shown(&path)))?;
    let context = Context {
        generator,
        lab: full(&options.program)?,
        folder: Folder::new("verdicts").map_err(BenchError::io("a temporary folder"))?,
        cores: all,
    };
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(BenchError::io("a runtime"))?;
    // Whichever way this ends, what it holds is dropped: the folder is
    // removed, and the programs that were started are ended.
    runtime.block_on(async {
        tokio::select! {
            sat = sit(options, &context, &cases, results) => sat,
            told = told_to_end() => told,
        }
    })
}

/// Comes back when somebody wants it to end.
async fn told_to_end() -> Result<ExitCode, BenchError> {
    let listen = |kind| signal(kind).map_err(BenchError::io("signals"));
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    eprintln!("verdicts: interrupted; run it again to go on");
    Ok(ExitCode::from(INTERRUPTED))
}

/// The runs that were asked for and that can be made.
fn chosen(options: &Options, generator: &Generator) -> Result<Vec<Case>, BenchError> {
    let filter = options.only.as_deref().unwrap_or_default();
    let cases = options.set.cases().into_iter();
    let cases: Vec<Case> = cases.filter(|case| case.id.contains(filter)).collect();
    if cases.is_empty() {
        return Err(BenchError::NoRun(filter.to_owned()));
    }
    Ok(cases
        .into_iter()
        .filter(|case| generator.can_do(case))
        .collect())
}

async fn sit(
    options: &Options,
    context: &Context,
    cases: &[Case],
    mut results: Results,
) -> Result<ExitCode, BenchError> {
    let begun = Instant::now();
    let mut all_made = true;
    for (number, case) in cases.iter().enumerate() {
        if options.score || results.of(case).is_some() {
            continue;
        }
        if begun.elapsed() > SITTING_MAX {
            eprintln!("verdicts: an hour has passed; run it again to go on");
            break;
        }
        eprint!("{}/{} {} ... ", number + 1, cases.len(), case.id);
        match generator::run(context, case).await {
            Ok(finished) => {
                let scored = score(case, &finished);
                eprintln!("{}", progress(&scored, finished.took_s));
                results
                    .add(finished)
                    .map_err(BenchError::io("the results"))?;
            }
            Err(trouble) => {
                all_made = false;
                eprintln!("not made: {trouble}");
            }
        }
    }
    let finished = cases
        .iter()
        .filter_map(|case| Some((case, results.of(case)?)));
    let scored: Vec<ScoredRun> = finished
        .map(|(case, finished)| score(case, finished))
        .collect();
    all_made &= scored.len() == cases.len();
    let heading = format!(
        "{}: {} of {} runs\n\n",
        options.set.word(),
        scored.len(),
        cases.len()
    );
    say(&heading);
    if options.locust {
        // It names no causes.
        say(&table::verdict_matrix(&scored));
        return Ok(ExitCode::SUCCESS);
    }
    let (text, are_reached) = table::all(&scored);
    say(&text);
    if are_reached && all_made {
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

fn score(case: &Case, finished: &Finished) -> ScoredRun {
    ScoredRun {
        id: case.id.clone(),
        family: case.family,
        label: label(case, &finished.lab),
        reported: finished.reported.clone(),
    }
}

fn progress(run: &ScoredRun, took_s: f64) -> String {
    let mark = if run.has_miss() { " <-" } else { "" };
    format!(
        "{} (label {}), named {:?} (expected {:?}), {took_s:.1} s{mark}",
        run.reported.verdict.word(),
        run.expected(),
        run.reported.named,
        run.label.expected_cause
    )
}

fn has_locust(python: &std::path::Path) -> Result<(), BenchError> {
    let mut command = Command::new(python);
    command.args(["-c", "import locust"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        _ => Err(BenchError::NoLocust(shown(python))),
    }
}

/// Runs are made in another folder.
fn full(path: &std::path::Path) -> Result<std::path::PathBuf, BenchError> {
    // Not resolved further: a Python of an environment is a link.
    std::path::absolute(path).map_err(BenchError::io(shown(path)))
}

fn shown(path: &std::path::Path) -> String {
    path.display().to_string()
}
