//! One sitting: the target is started, the rows are measured, all is put away.

use std::process::ExitCode;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

use crate::error::BenchError;
use crate::folder::Folder;
use crate::generators::{Context, run_floor};
use crate::machine::{Core, raise_descriptor_limit, stay_on};
use crate::measure::measure;
use crate::options::Options;
use crate::rows::{self, BenchRow};
use crate::say;
use crate::table::{self, Results};
use crate::target::Target;

/// As a shell reports a program that was interrupted.
const INTERRUPTED: u8 = 130;

/// Does what the options say; whether everything could be measured.
pub(crate) fn run(options: &Options) -> Result<ExitCode, BenchError> {
    if let (Some(address), Some(message), Some(users)) =
        (options.floor, &options.message, options.users)
    {
        let time = Duration::from_secs(options.seconds);
        let output = run_floor(address, users, message, time);
        say(&output.map_err(BenchError::io("the floor"))?);
        return Ok(ExitCode::SUCCESS);
    }
    let rows = chosen(&options.rows)?;
    stay_on(Core::Target).map_err(BenchError::io("two cores are needed"))?;
    raise_descriptor_limit();
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(BenchError::io("a runtime"))?;
    // Whichever way this ends, what it holds is dropped: the folder is
    // removed, and the programs that were started are ended.
    runtime.block_on(async {
        tokio::select! {
            measured = sit(options, rows) => measured,
            output = told_to_end() => output,
        }
    })
}

/// Comes back when somebody wants it to end.
async fn told_to_end() -> Result<ExitCode, BenchError> {
    let listen = |kind| signal(kind).map_err(BenchError::io("signals"));
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hang_up = listen(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    eprintln!("compare: interrupted; what was started is ended");
    Ok(ExitCode::from(INTERRUPTED))
}

/// The rows that were asked for, in the order of the table.
fn chosen(ids: &[String]) -> Result<Vec<BenchRow>, BenchError> {
    let all = rows::all();
    if let Some(unknown) = ids.iter().find(|id| all.iter().all(|row| row.id != **id)) {
        return Err(BenchError::NoRow(unknown.clone()));
    }
    let is_asked = |row: &BenchRow| ids.is_empty() || ids.iter().any(|id| id == row.id);
    Ok(all.into_iter().filter(is_asked).collect())
}

async fn sit(options: &Options, rows: Vec<BenchRow>) -> Result<ExitCode, BenchError> {
    let folder = Folder::new("compare").map_err(BenchError::io("a temporary folder"))?;
    let ground = Context {
        target: Target::start(&folder).await?,
        folder,
        time: Duration::from_secs(options.seconds),
        program: options.program.clone(),
        other: options.other.clone(),
        python: options.python.clone(),
    };
    let mut code = ExitCode::SUCCESS;
    let mut sitting = Results {
        machine: swarmdeck::probes::host::system(),
        version: env!("CARGO_PKG_VERSION"),
        rounds: options.pairs,
        seconds: options.seconds,
        rows: Vec::new(),
    };
    say(table::head());
    for row in &rows {
        let measured = measure(row, options.pairs, &ground, |round, name| {
            eprintln!("{} {round}/{}: {name}", row.id, options.pairs);
        });
        match measured.await {
            Ok(measured) => {
                say(&table::lines(&measured));
                sitting.rows.push(measured);
            }
            // Nobody has all of these; what was asked for by name is another matter.
            Err(missing @ BenchError::Missing { .. }) if options.rows.is_empty() => {
                eprintln!("{}: left out: {missing}", row.id);
            }
            Err(trouble) => {
                eprintln!("{}: not measured: {trouble}", row.id);
                code = ExitCode::FAILURE;
            }
        }
    }
    let json = serde_json::to_vec_pretty(&sitting).map_err(std::io::Error::from);
    let written = json.and_then(|json| std::fs::write(&options.json, json));
    let shown = options.json.display().to_string();
    written.map_err(BenchError::io(shown))?;
    Ok(code)
}
