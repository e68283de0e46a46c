//! The programs that put load on the lab and say what came of it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::case::{Case, Disturbance};
use crate::cores::{Cores, start_on};
use crate::disturb::{Hog, stop};
use crate::error::BenchError;
use crate::folder::Folder;
use crate::lab::Lab;
use crate::outcome::{Counters, Finished, Reported, Verdict};
use crate::results::fingerprint;
use crate::scenario::{CLASS, EndCondition, Load};

/// How much longer than its time a run may take.
const PATIENCE: Duration = Duration::from_secs(25);
/// When a disturbance begins, from the start of the program on.
const MIDDLE: Duration = Duration::from_millis(2_700);
const LOCUSTFILE: &str = include_str!("locustfile.py");
/// Where a run file is, from the prefix that Swarmdeck is told.
const RUN_FILE: &str = "run_run.json";

/// Who puts load on the lab.
#[derive(Clone, Debug)]
pub(crate) enum Generator {
    /// This project's program.
    Swarmdeck(PathBuf),
    /// Locust, by this Python.
    Locust(PathBuf),
}

/// What runs are made with.
#[derive(Debug)]
pub(crate) struct Context {
    /// Who.
    pub(crate) generator: Generator,
    /// The program that has the lab.
    pub(crate) lab: PathBuf,
    /// Where files lie meanwhile.
    pub(crate) folder: Folder,
    /// How many cores there are.
    pub(crate) cores: usize,
}

impl Generator {
    /// Whether it can do such a run at all.
    pub(crate) fn can_do(&self, case: &Case) -> bool {
        let scenario = &case.scenario;
        let users = matches!(scenario.load, Load::Closed { .. } | Load::Users(_));
        let ends = matches!(
            scenario.until,
            EndCondition::Stopped | EndCondition::Iterations(_)
        );
        match self {
            Self::Swarmdeck(_) => true,
            Self::Locust(_) => {
                let is_plain = scenario.max_rps.is_none() && !scenario.accepts_undelivered;
                let delivery = scenario
                    .criteria
                    .iter()
                    .any(|criterion| criterion.is_of_delivery());
                users && ends && is_plain && !delivery && case.shards == 1
            }
        }
    }
}

/// Makes a run.
pub(crate) async fn run(context: &Context, case: &Case) -> Result<Finished, BenchError> {
    let mut lab = Lab::start(&context.lab, case, context.cores).await?;
    if case.disturbance == Disturbance::NoLab {
        lab.end().await?;
    }
    let hog = (case.disturbance == Disturbance::Hog).then(|| Hog::start(context.cores));
    let hog = hog.transpose().map_err(BenchError::io("a hog"))?;
    let run_file = context.folder.path().join(RUN_FILE);
    // What an earlier run has left is not this one's.
    let _ = std::fs::remove_file(&run_file);
    let scenario = context
        .folder
        .write("scenario.json", case.scenario.text().as_bytes())
        .map_err(BenchError::io("a scenario"))?;
    let mut command = match &context.generator {
        Generator::Swarmdeck(program) => swarmdeck(program, case, &scenario, lab.url()),
        Generator::Locust(python) => {
            let file = context.folder.write("locustfile.py", LOCUSTFILE.as_bytes());
            let file = file.map_err(BenchError::io("a file for Locust"))?;
            locust(python, case, &file, &scenario, lab.url())
        }
    };
    command.current_dir(context.folder.path()).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
        .env("HOME", context.folder.path())
        .env("SCENARIO", &scenario);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(Stdio::null()).kill_on_drop(true);
    let cores = if case.shards == 1 {
        Cores::Generator
    } else {
        Cores::All
    };
    let begun = Instant::now();
    let mut child = start_on(cores, context.cores, || command.spawn())
        .map_err(BenchError::io("the generator"))?;
    let (exit, counted) = attend(&mut child, case, &mut lab).await?;
    let took_s = begun.elapsed().as_secs_f64();
    drop(hog);
    let counters = match counted {
        Some(counters) => counters,
        None => lab.counters().await?,
    };
    let reported = match &context.generator {
        Generator::Swarmdeck(_) => read(&run_file, exit),
        Generator::Locust(_) => by_exit(exit, Verdict::Error),
    };
    Ok(Finished {
        id: case.id.clone(),
        case: fingerprint(case),
        reported,
        lab: counters,
        took_s,
    })
}

/// Lets it run and be disturbed. The exit code, `None` where it had to be killed,
/// and what the lab had counted where that has ended.
async fn attend(
    child: &mut Child,
    case: &Case,
    lab: &mut Lab,
) -> Result<(Option<i32>, Option<Counters>), BenchError> {
    let pid = child.id().unwrap_or_default();
    let run_s = case.scenario.run_s.or(case.truth.lasts_s).unwrap_or(10.0);
    let most = Duration::from_secs_f64(run_s) + PATIENCE;
    let mut counted = match case.disturbance {
        Disturbance::NoLab => Some(Counters::default()),
        _ => None,
    };
    let disturbance = async {
        match case.disturbance {
            Disturbance::Stop(length) => stop(pid, MIDDLE, length).await,
            Disturbance::LabEnds => {
                sleep(MIDDLE).await;
                counted = Some(lab.counters().await?);
                lab.end().await?;
            }
            Disturbance::None | Disturbance::Hog | Disturbance::NoLab => {}
        }
        Ok::<(), BenchError>(())
    };
    let (ended, disturbed) = tokio::join!(timeout(most, child.wait()), disturbance);
    disturbed?;
    let exit = match ended {
        Ok(status) => status.map_err(BenchError::io("the generator"))?.code(),
        Err(_) => {
            child
                .kill()
                .await
                .map_err(BenchError::io("the generator"))?;
            None
        }
    };
    Ok((exit, counted))
}

fn swarmdeck(program: &Path, case: &Case, scenario: &Path, url: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["--headless", "--only-summary", "--csv", "run"]);
    command.args(["--shards", &case.shards.to_string(), "-H", url]);
    command.arg("-f").arg(scenario);
    if case.scenario.has_other_class {
        command.arg(CLASS);
    }
    command
}

fn locust(python: &Path, case: &Case, file: &Path, scenario: &Path, url: &str) -> Command {
    let mut command = Command::new(python);
    command.args(["-m", "locust", "--headless", "--only-summary"]);
    command
        .args(["--loglevel", "ERROR", "-H", url])
        .arg("-f")
        .arg(file);
    command.env("SCENARIO", scenario);
    if let Load::Closed { users, spawn_rate } = case.scenario.load {
        command.args(["-u", &users.round().to_string()]);
        command.args(["-r", &spawn_rate.to_string()]);
    }
    if let Some(run_s) = case.scenario.run_s {
        command.args(["-t", &format!("{}s", run_s.ceil())]);
    }
    command
}

/// As far as it is read here.
#[derive(Deserialize)]
struct RunFile {
    judgement: Option<Judgement>,
}

#[derive(Deserialize)]
struct Judgement {
    verdict: Verdict,
    reason: String,
    findings: Vec<Finding>,
    /// Why the run is unsound.
    #[serde(default)]
    unsound: Option<String>,
}

#[derive(Deserialize)]
struct Finding {
    id: String,
}

/// What the program wrote; where it wrote nothing, what its exit code says.
fn read(run_file: &Path, exit: Option<i32>) -> Reported {
    let text = std::fs::read(run_file).unwrap_or_default();
    let file: Option<RunFile> = serde_json::from_slice(&text).ok();
    let Some(judgement) = file.and_then(|file| file.judgement) else {
        return by_exit(exit, Verdict::Invalid);
    };
    let ids = judgement.findings.into_iter().map(|finding| finding.id);
    let reported = Reported {
        verdict: judgement.verdict,
        reason: judgement.reason,
        named: judgement.unsound.into_iter().chain(ids).collect(),
        exit,
    };
    let expected = match reported.verdict {
        Verdict::Pass => 0,
        Verdict::Fail => 1,
        Verdict::Invalid | Verdict::Undecided => 3,
        Verdict::Error => 4,
    };
    if exit == Some(expected) {
        return reported;
    }
    Reported {
        reason: format!(
            "{} with exit code {exit:?}: {}",
            reported.verdict.word(),
            reported.reason
        ),
        verdict: Verdict::Error,
        ..reported
    }
}

/// The verdict that an exit code stands for; `three` is that of 3.
fn by_exit(exit: Option<i32>, three: Verdict) -> Reported {
    let verdict = match exit {
        Some(0) => Verdict::Pass,
        Some(1) => Verdict::Fail,
        Some(3) => three,
        _ => Verdict::Error,
    };
    let reason = match exit {
        Some(code) => format!("exit code {code}"),
        None => "it did not end, and was killed".to_owned(),
    };
    Reported {
        verdict,
        reason,
        named: Vec::new(),
        exit,
    }
}
