//! Makes a run, lets happen to it what has to, and looks at what is left.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::disk::{Disk, has_namespaces};
use super::episode::{Episode, Exit, FaultAction, Mode, TimeOrigin};
use super::error::BenchError;
use super::faults::Fault;
use super::files::OutputFiles;
use super::invariants::{Invariant, InvariantStatus, Seen, judge};
use super::process::{Process, Sink};
use super::target::Served;
use super::viewers::bother;

/// How long a run may take beyond its time. The machine may be busy.
const BOUND: Duration = Duration::from_secs(60);
/// How long the load may take to begin.
const PATIENCE: Duration = Duration::from_secs(40);
/// How long the dashboard may take to stop a run.
const STOP_MAX: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Where Debian's package `faketime` has its library.
const FAKETIME: &str = "faketime/libfaketimeMT.so.1";

/// What runs are made with.
#[derive(Debug)]
pub(crate) struct Context {
    /// The program, which has the lab as well.
    program: PathBuf,
    /// Where the folders of the runs are made.
    folder: PathBuf,
    faketime: Option<PathBuf>,
    has_namespaces: bool,
    runs: AtomicU64,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// Each invariant, and whether it was kept.
    pub(crate) cells: Vec<(Invariant, InvariantStatus)>,
    /// How it ended, for a line of progress.
    pub(crate) words: String,
}

impl Context {
    /// Looks what this machine has.
    pub(crate) fn new(program: PathBuf, folder: PathBuf) -> Self {
        let faketime = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
        let mut faketime = faketime.map(|entry| entry.path().join(FAKETIME));
        Self {
            program,
            folder,
            faketime: faketime.find(|path| path.exists()),
            has_namespaces: has_namespaces(),
            runs: AtomicU64::new(0),
        }
    }

    /// Whether this machine can make such a run.
    fn has(&self, episode: &Episode) -> Result<(), BenchError> {
        if episode.disk.is_mounted() && !self.has_namespaces {
            return Err(BenchError::Lacks("no process may mount a disk of its own"));
        }
        if has_clock(episode) && self.faketime.is_none() {
            return Err(BenchError::Lacks(
                "Debian's package faketime is not installed",
            ));
        }
        Ok(())
    }
}

fn has_clock(episode: &Episode) -> bool {
    let is_clock = |act: &(Duration, FaultAction)| matches!(act.1, FaultAction::Clock(_));
    episode.actions.iter().any(is_clock)
}

/// Makes one run under a fault.
pub(crate) async fn run(
    context: &Context,
    fault: &Fault,
    seed: u64,
) -> Result<Outcome, BenchError> {
    let mut rng = Rng::with_seed(seed ^ fault.number());
    let episode = (fault.episode)(&mut rng);
    context.has(&episode)?;
    let number = context.runs.fetch_add(1, Ordering::Relaxed);
    let place = RunFolders::make(
        &context.folder.join(format!("{}-{number}", fault.id)),
        &episode,
    );
    let place = place.map_err(BenchError::io("a folder"))?;
    let served = Served::start(&context.program, episode.target).await?;
    let words = words(context, &episode, &place, &served.url());
    let (mut stdout, mut stderr) = (Sink::File, Sink::File);
    match episode.disk {
        Disk::FullOutput => stdout = Sink::Full,
        Disk::FullErrors => stderr = Sink::Full,
        _ => {}
    }
    let started = Process::start(&words, &place.folder, stdout, stderr);
    let mut process = started.map_err(BenchError::io("the program"))?;
    let mut peak_kb = 0;
    let watch = process.watch();
    let attended = tokio::select! {
        () = watch.follow(&mut peak_kb) => unreachable!("it never comes back"),
        attended = attend(&episode, &place, &served, &mut process, &mut rng) => attended?,
    };
    // What the kernel is about to take away.
    sleep(LOOK_EVERY).await;
    let seen = Seen {
        exit: attended.exit,
        stderr: process.stderr(),
        files: OutputFiles::read(&place.kept),
        left: process.left(),
        received: served.received().await.ok(),
        peak_kb,
        stop: attended.stop,
    };
    let cells = judge(&episode, &seen);
    if cells
        .iter()
        .all(|(_, cell)| !matches!(cell, InvariantStatus::Broken(_)))
    {
        // What is broken stays to be looked at.
        let _ = fs::remove_dir_all(&place.folder);
    }
    Ok(Outcome {
        cells,
        words: said(&seen),
    })
}

fn said(seen: &Seen) -> String {
    let exit = match seen.exit {
        Some(Exit::Code(code)) => format!("exit code {code}"),
        Some(Exit::Signal(signal)) => format!("ended by signal {signal}"),
        None => "had to be killed".to_owned(),
    };
    let verdict = seen.files.run.as_ref().and_then(|run| run.verdict());
    let verdict = verdict.map_or("no verdict", |verdict| verdict.as_str());
    let mut text = format!("{exit}, {verdict}, {} MB", seen.peak_kb / 1_024);
    if let Some(Ok(took)) = seen.stop {
        let _ = write!(text, ", Stop took {:.2} s", took.as_secs_f64());
    }
    text
}

/// The folders of a run.
#[derive(Debug)]
struct RunFolders {
    /// All of it.
    folder: PathBuf,
    /// Where the program writes its results.
    results: PathBuf,
    /// Where they are looked for at the end.
    kept: PathBuf,
    /// How far the wall clock is off.
    clock: PathBuf,
}

impl RunFolders {
    fn make(folder: &Path, episode: &Episode) -> std::io::Result<Self> {
        // What an earlier sitting has left is not this one's.
        let _ = fs::remove_dir_all(folder);
        let results = folder.join("results");
        let kept = folder.join("kept");
        let scenarios = folder.join("scenarios");
        for part in [&results, &kept, &scenarios] {
            fs::create_dir_all(part)?;
        }
        fs::write(scenarios.join("a.yaml"), &episode.scenario)?;
        let clock = folder.join("clock");
        fs::write(&clock, "+0")?;
        Ok(Self {
            kept: if episode.disk.is_mounted() {
                kept
            } else {
                results.clone()
            },
            folder: folder.to_owned(),
            results,
            clock,
        })
    }

    fn set_clock(&self, offset: &str) -> std::io::Result<()> {
        let beside = self.clock.with_extension("new");
        fs::write(&beside, offset)?;
        fs::rename(beside, &self.clock)
    }
}

/// The command line.
fn words(context: &Context, episode: &Episode, place: &RunFolders, url: &str) -> Vec<String> {
    let mut words = episode.disk.wrapper(&place.results, &place.kept);
    if !episode.limits.is_empty() {
        words.push("prlimit".to_owned());
        words.extend(episode.limits.iter().cloned());
    }
    // This process may ignore some of them (`nohup`); children inherit that.
    words.extend(["env", "--default-signal=HUP,QUIT"].map(str::to_owned));
    if let Some(library) = context.faketime.as_ref().filter(|_| has_clock(episode)) {
        words.push(format!("LD_PRELOAD={}", library.display()));
        words.push(format!("FAKETIME_TIMESTAMP_FILE={}", place.clock.display()));
        words.extend(["FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"].map(str::to_owned));
    }
    words.push(context.program.display().to_string());
    words.extend(of_mode(episode.mode, episode.run_s));
    // As many on every machine: memory is bounded by shard.
    words.extend(["--shards", "2"].map(str::to_owned));
    words.extend(["--host".to_owned(), url.to_owned()]);
    words
}

/// The arguments of a mode. Paths are those in the folder of the run.
fn of_mode(mode: Mode, run_s: u64) -> Vec<String> {
    const FILES: &str = "--csv results/a --html results/a.html --junit results/a.xml";
    let one = "-f scenarios/a.yaml -s 2s";
    let line = match mode {
        Mode::Headless => format!("--headless {one} -t {run_s}s {FILES}"),
        Mode::Limit => format!(
            "--headless {one} --find-limit --limit-start 1 --limit-max 3 \
             --limit-time {run_s}s --criterion success>=50% {FILES}"
        ),
        Mode::Suite => format!("suite scenarios --out results --run-time {run_s}s"),
        Mode::Dashboard => format!("--autostart -P 0 {one} {FILES}"),
    };
    line.split(' ').map(str::to_owned).collect()
}

/// How a run ended.
struct ProcessEnd {
    exit: Option<Exit>,
    stop: Option<Result<Duration, String>>,
}

async fn attend(
    episode: &Episode,
    place: &RunFolders,
    served: &Served,
    process: &mut Process,
    rng: &mut Rng,
) -> Result<ProcessEnd, BenchError> {
    let mut tasks = JoinSet::new();
    let begun = Instant::now();
    let dashboard = if episode.mode == Mode::Dashboard {
        eventually(|| dashboard(&process.stdout())).await
    } else {
        None
    };
    if episode.origin == TimeOrigin::UnderLoad {
        let waited = Instant::now();
        // One that ends before it puts load on anything is judged by its end.
        while waited.elapsed() < PATIENCE && served.received().await.unwrap_or(0) == 0 {
            if process.left() == 0 {
                break;
            }
            sleep(LOOK_EVERY).await;
        }
    }
    let from = if episode.origin == TimeOrigin::AtStart {
        begun
    } else {
        Instant::now()
    };
    for (moment, act) in &episode.actions {
        sleep(moment.saturating_sub(from.elapsed())).await;
        match act {
            FaultAction::Signal(signal) => process.signal(*signal),
            FaultAction::SignalTarget(signal) => served.signal(*signal),
            FaultAction::RemoveFolder => fs::remove_dir_all(&place.results).unwrap_or_default(),
            FaultAction::Clock(offset) => place
                .set_clock(offset)
                .map_err(BenchError::io("the clock"))?,
            FaultAction::Viewers(kind) => {
                let address = dashboard.ok_or_else(|| no_dashboard(process))?;
                bother(*kind, address, rng, &mut tasks);
            }
        }
    }
    let stop = match episode.mode {
        Mode::Dashboard if !episode.ends_by_signal() => {
            let address = dashboard.ok_or_else(|| no_dashboard(process))?;
            sleep(Duration::from_secs(episode.run_s).saturating_sub(from.elapsed())).await;
            let stop = stop(address).await;
            process.signal(rustix::process::Signal::TERM);
            Some(stop)
        }
        _ => None,
    };
    let exit = process
        .end(BOUND)
        .await
        .map_err(BenchError::io("the program"))?;
    Ok(ProcessEnd { exit, stop })
}

fn no_dashboard(process: &Process) -> BenchError {
    BenchError::SetUp(format!("no dashboard: {}", process.stderr()))
}

async fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let waited = Instant::now();
    while waited.elapsed() < PATIENCE {
        if let Some(found) = look() {
            return Some(found);
        }
        sleep(LOOK_EVERY).await;
    }
    None
}

/// Where the dashboard says that it is.
fn dashboard(stdout: &str) -> Option<SocketAddr> {
    // The last line may not be there in full.
    let (lines, _) = stdout.rsplit_once('\n')?;
    let line = lines
        .lines()
        .find_map(|line| line.strip_prefix("Dashboard"))?;
    let url = line.split_whitespace().next()?.strip_prefix("http://")?;
    let port = url.rsplit_once(':')?.1.trim_end_matches('/').parse().ok()?;
    Some(SocketAddr::from(([127, 0, 0, 1], port)))
}

/// Asks the dashboard to stop the run, as an operator who has just come.
async fn stop(address: SocketAddr) -> Result<Duration, String> {
    let begun = Instant::now();
    let client = reqwest::Client::builder().no_proxy().build();
    let client = client.map_err(|why| why.to_string())?;
    let request = client.post(format!("http://{address}/api/v1/run/stop"));
    let answered = timeout(STOP_MAX, request.send()).await;
    let answer = answered.map_err(|_| format!("no answer within {} s", STOP_MAX.as_secs()))?;
    let status = answer.map_err(|why| format!("{why:?}"))?.status();
    if status.is_success() {
        Ok(begun.elapsed())
    } else {
        Err(format!("status {status}"))
    }
}
