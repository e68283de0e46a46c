//! The conformance table: raw answers of a scripted server, read by Swarmdeck
//! and by curl. The cases are data, `tests/wire/*.txt`; `tests/wire/README.md`
//! describes a line.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod case;
mod curl;
mod observation;
mod script;
mod server;
mod swarmdeck;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use futures_util::StreamExt;

use crate::client::shard::on_shard;
use case::{Case, SecondOpinion};
use observation::Observation;

/// Cases that run at the same time; each has a curl of its own.
const AT_ONCE: usize = 8;
/// Fewer cases than this are a table that lost a file.
const FEWEST: usize = 150;

#[test]
fn the_table_holds_and_curl_agrees_or_differs_on_purpose() {
    let cases = cases();
    let version = curl::version();
    let results: Vec<_> = on_shard(async {
        let run = futures_util::stream::iter(&cases).map(run);
        run.buffered(AT_ONCE).collect().await
    });
    let problems: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    let agreed = cases.iter().filter(|case| case.agrees()).count();
    let said = format!(
        "conformance table: {} cases, {agreed} as {version}, {} differ on purpose, {} wrong\n",
        cases.len(),
        cases.len() - agreed,
        problems.len(),
    );
    // Past the capture of the test: the count is wanted when all is well, too.
    let _ = std::io::stderr().write_all(said.as_bytes());
    assert!(problems.is_empty(), "{said}\n{}", problems.join("\n"));
    if std::env::var_os(case::ONLY).is_none() {
        assert!(cases.len() >= FEWEST, "only {} cases", cases.len());
    }
}

/// Every line of every file, or those that the environment asks for.
fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        case::parse(&path.file_name().unwrap().to_string_lossy(), &text)
    };
    let cases: Vec<_> = files.iter().flat_map(read).collect();
    let mut names: Vec<_> = cases.iter().map(|case| &case.name).collect();
    names.sort();
    for pair in names.windows(2) {
        assert!(pair[0] != pair[1], "two cases are called {}", pair[0]);
    }
    let only = std::env::var(case::ONLY).unwrap_or_default();
    let chosen = cases.into_iter().filter(|case| case.name.contains(&only));
    chosen.collect()
}

/// Plays a case to both; what is wrong with it, if anything.
async fn run(case: &Case) -> Result<(), String> {
    let ours = swarmdeck::observe(case).await;
    let theirs = curl::observe(case).await;
    let (ours, theirs) = (ours.shown(case), theirs.shown(case));
    let mut problem = String::new();
    if !Observation::is_as_expected(&ours, &case.expected) {
        let _ = writeln!(problem, "  expected  {}\n  swarmdeck {ours}", case.expected);
    }
    let is_same = Observation::is_same(&ours, &theirs);
    match &case.curl {
        SecondOpinion::Same if !is_same => {
            let _ = writeln!(problem, "  swarmdeck {ours}\n  curl      {theirs}");
        }
        SecondOpinion::Differs(why) if is_same => {
            let _ = writeln!(problem, "  curl does the same, but the line says: {why}");
        }
        SecondOpinion::Same | SecondOpinion::Differs(_) => {}
    }
    if problem.is_empty() {
        return Ok(());
    }
    Err(format!("{} ({})\n{problem}", case.name, case.place))
}
