//! `swarmdeck`: the dashboard.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use axum::Router;

use crate::cli::commands::demo::LabProcess;
use crate::cli::commands::discovery;
use crate::cli::commands::discovery::first_offered;
use crate::cli::commands::startup::Startup;
use crate::cli::config::{
    options::{Settings, WebArgs},
    settings::Mode,
};
use crate::cli::exit::Exit;
use crate::cli::run::autostart::autostart;
use crate::cli::run::headless_run::starting;
use crate::cli::run::reporter_task::{ReporterTask, report_problem};
use crate::cli::run::results;
use crate::cli::run::run_reporter::{RunReporter, Shows};
use crate::cli::runtime::block_on;
use crate::cli::terminal::console::{Tell, complain, end_requested, log, say, show_mistake};
use crate::cli::terminal::run_output::RunOutput;
use crate::cli::terminal::summary;
use crate::client::{Clock, keep_descriptors_from};
use crate::locust::{LogLevel, json};
use crate::model::{Criterion, RunState, within_line};
use crate::output::{CsvFiles, Recording};
use crate::probes::host;
use crate::run::{Level, Runs, Snapshot, Why, spawn_within};
use crate::scenario::Reading;
use crate::session::{Catalog, Defaults, DemoLab, Script, Session};
use crate::web::{App, BasePath, ClassPicker, ConnectionLimits, Guard, Token, router, serve};

/// How long the exit waits for a run before it says so.
const SHORT_STOP: Duration = Duration::from_millis(1_500);

/// Serves the dashboard until the user ends it.
pub(crate) fn run(settings: &Settings) -> Result<Exit, Exit> {
    block_on(open(settings)).flatten()
}

async fn open(settings: &Settings) -> Result<Exit, Exit> {
    let (catalog, watched) = discovery::open(settings)?;
    let startup = Startup::take(settings, &catalog).await?;
    let Startup { bound, mut lab, .. } = startup;
    let runs = spawn_within(settings.rails(), Clock::start(), shards(settings));
    let files = startup.files.as_ref();
    let history = files.and_then(CsvFiles::full_history).map(Path::to_owned);
    let mut recording = startup.files.map(|files| Recording::start(&runs, files));
    let says = teller(settings);
    greet(settings, bound, startup.token.as_ref(), lab.as_ref(), says);
    let web = &settings.web;
    let defaults = defaults(settings, &catalog, lab.as_ref(), startup.criteria);
    let session = session(settings, &runs, catalog, defaults, lab.as_ref());
    session.note(Level::Info, format!("the dashboard listens on {bound}"));
    let reporter_task = ReporterTask::start(
        &session,
        reporter(settings, startup.screen),
        settings.console,
    );
    if let Some(watched) = watched {
        let tell = move |path: &Path, reading: &Reading| show_reading(path, reading, says);
        tokio::spawn(session.clone().follow(watched, tell));
    }
    let routes = routes(
        web,
        &session,
        history.as_deref(),
        guard(web, bound, startup.token),
    );
    let mut own_exit = None;
    let ended = async {
        tokio::select! {
            () = end(lab.as_mut()) => {}
            () = report_problems(&mut recording, &session) => {}
            exit = autostart(&session, settings) => own_exit = Some(exit),
        }
    };
    let limits = connection_limits();
    serve(startup.listener, startup.tls, routes, limits, ended).await;
    finish(&session).await;
    let all_written = finish_files(recording, reporter_task).await;
    if settings.outputs.json {
        say(json(&runs.snapshot()));
    }
    let exit = own_exit.unwrap_or_else(|| exit_of(settings, &runs.snapshot()));
    Ok(match all_written {
        true => exit,
        false => exit.with_output_lost(),
    })
}

/// Builds the session that the dashboard shows.
fn session(
    settings: &Settings,
    runs: &Runs,
    catalog: Catalog,
    defaults: Defaults,
    lab: Option<&LabProcess>,
) -> Session {
    let mut session = Session::new(runs.clone(), catalog, defaults);
    if let Some(wait_for) = settings.wait_for() {
        session = session.with_wait_for(wait_for);
    }
    if let Some(lab) = lab {
        session = session.with_demo(DemoLab {
            address: lab.address(),
            script: Script::default(),
        });
    }
    session
}

/// All routes, below the base path if there is one.
fn routes(web: &WebArgs, session: &Session, history: Option<&Path>, guard: Guard) -> Router {
    let class_picker = if web.class_picker {
        ClassPicker::Open
    } else {
        ClassPicker::Folded
    };
    let app = App::new(session.clone())
        .with_class_picker(class_picker)
        .with_history(history);
    let routes = router(app, guard);
    match base_path(web) {
        Some(base) => base.mount(routes),
        None => routes,
    }
}

/// Reports a scenario file that was read again.
fn show_reading(path: &Path, reading: &Reading, tell: Tell) {
    match &reading.loaded {
        Ok(_) => {
            let path = path.display().to_string();
            tell(&format!("Read       {}", within_line(&path)));
        }
        Err(mistakes) => mistakes.iter().for_each(show_mistake),
    }
}

/// Finishes all files. Returns false if an output is missing.
async fn finish_files(recording: Option<Recording>, reporter_task: ReporterTask) -> bool {
    let missing = match recording {
        Some(recording) => recording.finish().await,
        None => Vec::new(),
    };
    missing.iter().for_each(complain);
    reporter_task.finish().await && missing.is_empty()
}

/// The output for lines about the dashboard: standard output, unless that is
/// reserved for the statistics.
fn teller(settings: &Settings) -> Tell {
    if settings.outputs.json {
        log
    } else {
        |line| say(line)
    }
}

fn reporter(settings: &Settings, screen: RunOutput) -> RunReporter {
    let mut reporter = RunReporter::new(settings.outputs.clone(), settings.console, screen);
    reporter.log(LogLevel::Info, &starting());
    if settings.console.print_stats {
        reporter.show(Shows::Tables);
    }
    reporter
}

/// The exit code after an interrupt: that of the verdict if `--autoquit` was
/// given.
fn exit_of(settings: &Settings, last: &Snapshot) -> Exit {
    if !matches!(
        settings.mode(),
        Mode::Autostart {
            quit_after: Some(_)
        }
    ) {
        return Exit::Success;
    }
    let judgement = last.judgement.as_deref();
    let judgement = judgement.filter(|_| last.state == RunState::Stopped);
    judgement.map_or(Exit::Interrupted, |said| {
        summary::exit(said.verdict, settings.verdict.exit_code_on_error)
    })
}

/// Reports files that cannot be written; never returns.
async fn report_problems(recording: &mut Option<Recording>, session: &Session) {
    let Some(recording) = recording else {
        return std::future::pending().await;
    };
    loop {
        report_problem(session, &recording.problem().await);
    }
}

/// Limits of the dashboard's connections, whose descriptors load does not use.
fn connection_limits() -> ConnectionLimits {
    let limits = ConnectionLimits::default();
    if let Some(all) = host::descriptor_limit() {
        keep_descriptors_from(all.saturating_sub(limits.descriptors()));
    }
    limits
}

/// The access rules. Machine, port and base path tell this dashboard from
/// others that a browser knows by the same host.
fn guard(web: &WebArgs, bound: SocketAddr, token: Option<Token>) -> Guard {
    let machine = host::host_name().unwrap_or_default();
    let instance = format!("{machine}:{}{}", bound.port(), web.base_path());
    Guard::new(web.web_host, token, web.allow_host.clone()).of_instance(&instance)
}

/// The path prefix of the dashboard; validated when the option was parsed.
fn base_path(web: &WebArgs) -> Option<BasePath> {
    let path = Some(web.base_path()).filter(|path| !path.is_empty());
    path.and_then(|path| path.parse().ok())
}

/// One shard per usable core; half as many if the lab and a browser share the
/// machine.
pub(crate) fn shards(settings: &Settings) -> usize {
    let cores = host::usable_cores();
    let default = if settings.common.demo {
        (cores / 2).max(1)
    } else {
        cores
    };
    settings.common.shards.map_or(default, usize::from)
}

pub(super) fn defaults(
    settings: &Settings,
    catalog: &Catalog,
    lab: Option<&LabProcess>,
    criteria: Vec<Criterion>,
) -> Defaults {
    let entry = first_offered(catalog, settings.common.demo);
    let load = &settings.common;
    Defaults {
        scenario: entry.map(|entry| entry.id.clone()).unwrap_or_default(),
        users: load.users,
        spawn_rate: load.spawn_rate,
        host: load.host.clone().or_else(|| lab.map(|lab| lab.url.clone())),
        run_time: load.run_time,
        stop_timeout: load.stop_timeout,
        profile: load.profile.clone(),
        criteria,
        recent: results::recent(&settings.outputs),
        samples: settings.common.samples.into(),
    }
}

fn greet(
    settings: &Settings,
    bound: SocketAddr,
    token: Option<&Token>,
    lab: Option<&LabProcess>,
    tell: Tell,
) {
    let web = &settings.web;
    let name = match bound.ip() {
        IpAddr::V4(ip) if ip.is_loopback() => "localhost".to_owned(),
        ip if ip.is_unspecified() => "localhost".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    let scheme = if web.tls().is_some() { "https" } else { "http" };
    let path = match (token, web.base_path()) {
        (Some(token), base) => format!("{base}/?token={}", token.as_str()),
        (None, "") => String::new(),
        (None, base) => format!("{base}/"),
    };
    if let Some(lab) = lab {
        let taken = if lab.port == 8000 {
            ""
        } else {
            " (port 8000 is in use)"
        };
        tell(&format!(
            "Lab        {}{taken} (built-in target, separate process)",
            lab.url
        ));
    }
    tell(&format!(
        "Dashboard  {scheme}://{name}:{}{path}",
        bound.port()
    ));
    if web.no_auth && !web.web_host.is_loopback() {
        tell("           no token required: anyone who can reach this port can start load");
    }
    tell(match settings.mode() {
        Mode::Autostart { .. } => "Starting a run now. Press Ctrl-C to quit.",
        _ => "Open it and click Start swarming. Press Ctrl-C to quit.",
    });
}

/// Waits until the user ends the program; reports a lab that exits on its own.
async fn end(lab: Option<&mut LabProcess>) {
    let Some(lab) = lab else {
        return end_requested().await;
    };
    tokio::select! {
        () = end_requested() => return,
        () = lab.ended() => complain("the lab process exited; the dashboard keeps running"),
    }
    end_requested().await;
}

/// Stops an active run in order. Waits for its tasks and its teardown until the
/// user interrupts again.
async fn finish(session: &Session) {
    if !session.runs().snapshot().state.is_active() {
        return;
    }
    let mut stopped = std::pin::pin!(session.stop(Why::signal()));
    if tokio::time::timeout(SHORT_STOP, &mut stopped).await.is_ok() {
        return;
    }
    complain("waiting for the run to stop; press Ctrl-C again to quit now");
    tokio::select! {
        _ = stopped => {}
        () = end_requested() => {}
    }
}
