//! `swarmdeck`: the dashboard.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::cli::autostart::by_itself;
use crate::cli::console::{complain, end_requested, say};
use crate::cli::demo::LabProcess;
use crate::cli::exit::Exit;
use crate::cli::library::follow;
use crate::cli::offer::{self, first_offered};
use crate::cli::results;
use crate::cli::runtime::block_on;
use crate::cli::settings::{Mode, Settings, TlsFiles, WebSettings};
use crate::client::Clock;
use crate::output::{CsvFiles, Recording};
use crate::probes::host;
use crate::run::{Level, Runs, spawn};
use crate::web::{
    App, BasePath, Catalog, ClassPicker, Defaults, Guard, Kept, ServerTls, Token, router, serve,
    serve_tls,
};

/// How long the end of the program waits for the end of a run without a word.
const SHORT_STOP: Duration = Duration::from_millis(1_500);

/// Serves the dashboard until the user ends it.
pub(super) fn run(settings: Settings) -> Exit {
    block_on(open(settings)).unwrap_or_else(|exit| exit)
}

/// What a dashboard takes of the machine before anything runs.
struct Ground {
    listener: TcpListener,
    bound: SocketAddr,
    tls: Option<ServerTls>,
    token: Option<Token>,
    files: Option<CsvFiles>,
    lab: Option<LabProcess>,
}

impl Ground {
    async fn take(settings: &Settings) -> Result<Self, Exit> {
        let web = &settings.web;
        let listener = listen(web).await?;
        let files = settings.outputs.csv.as_ref().map(CsvFiles::create);
        let lab = settings.demo.then(LabProcess::start);
        Ok(Self {
            bound: listener.local_addr().map_err(refuse)?,
            listener,
            tls: web
                .tls
                .as_ref()
                .map(certificate)
                .transpose()
                .map_err(refuse)?,
            token: token(web)?,
            files: files.transpose().map_err(refuse)?,
            lab: match lab {
                Some(lab) => Some(lab.await.map_err(refuse)?),
                None => None,
            },
        })
    }
}

/// Says what is in the way of a start.
fn refuse(why: impl Display) -> Exit {
    complain(why);
    Exit::Usage
}

async fn listen(web: &WebSettings) -> Result<TcpListener, Exit> {
    let address = SocketAddr::new(web.host, web.port);
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| {
        if error.kind() == std::io::ErrorKind::AddrInUse {
            let port = web.port;
            refuse(format!(
                "port {port} is taken: name another with --web-port"
            ))
        } else {
            refuse(format!(
                "cannot listen on {address}: {error}; see --web-host and --web-port"
            ))
        }
    })
}

async fn open(settings: Settings) -> Exit {
    let (catalog, library) = match offer::open(&settings) {
        Ok(scenarios) => scenarios,
        Err(exit) => return exit,
    };
    let ground = match Ground::take(&settings).await {
        Ok(ground) => ground,
        Err(exit) => return exit,
    };
    let Ground { bound, mut lab, .. } = ground;
    left_out(&settings).into_iter().for_each(complain);
    let runs = spawn(Clock::start(), shards(&settings));
    let kept = kept(&settings, ground.files.as_ref());
    let mut recording = ground.files.map(|files| Recording::start(&runs, files));
    greet(&settings, bound, ground.token.as_ref(), lab.as_ref());
    let web = &settings.web;
    let defaults = defaults(&settings, &catalog, lab.as_ref());
    let guard = Guard::new(web.host, ground.token, web.allow_host.clone());
    let app = App::new(runs.clone(), catalog, defaults).keeping(kept);
    app.note(Level::Info, format!("the dashboard listens on {bound}"));
    if let Some(library) = library {
        tokio::spawn(follow(library, app.clone()));
    }
    let routes = match base_path(web) {
        Some(base) => base.mount(router(app.clone(), guard)),
        None => router(app.clone(), guard),
    };
    let mut exit = Exit::Success;
    let ended = async {
        tokio::select! {
            () = end(lab.as_mut()) => {}
            () = tell_trouble(&mut recording) => {}
            own = by_itself(&app, &runs, &settings) => exit = own,
        }
    };
    let served = match ground.tls {
        Some(tls) => serve_tls(ground.listener, tls, routes, ended).await,
        None => serve(ground.listener, routes, ended).await,
    };
    finish(&app, &runs).await;
    if let Some(recording) = recording {
        recording.finish().await.iter().for_each(complain);
    }
    match served {
        Ok(()) => exit,
        Err(error) => {
            complain(format!("the dashboard ended: {error}; please report this"));
            Exit::Fault
        }
    }
}

/// Says what keeps files from being written; ends never.
async fn tell_trouble(recording: &mut Option<Recording>) {
    let Some(recording) = recording else {
        return std::future::pending().await;
    };
    loop {
        complain(recording.trouble().await);
    }
}

/// What was asked for and is not done beside a dashboard, in sentences.
fn left_out(settings: &Settings) -> Vec<String> {
    let outputs = &settings.outputs;
    let console = settings.console;
    let of_headless = [
        (
            outputs.html.is_some(),
            "--html",
            "the report is at /stats/report",
        ),
        (
            outputs.json || outputs.json_file.is_some(),
            "--json",
            "statistics are at /stats/requests",
        ),
        (
            outputs.junit.is_some(),
            "--junit",
            "`swarmdeck report` makes one of a run file",
        ),
        (
            console.print_stats || console.only_summary,
            "--print-stats",
            "the dashboard shows them",
        ),
        (
            console.reset_stats,
            "--reset-stats",
            "the dashboard has a button for it",
        ),
        (
            !settings.criteria.is_empty(),
            "--criterion",
            "`criteria:` of the scenario are judged here",
        ),
        (
            settings.wait_for.is_some(),
            "--wait-for",
            "`health:` of the scenario is waited for",
        ),
    ];
    let asked = of_headless.into_iter().filter(|(is_asked, ..)| *is_asked);
    asked
        .map(|(_, option, instead)| format!("{option} is left out beside a dashboard: {instead}"))
        .collect()
}

/// What the addresses of the dashboard begin with; checked where it was typed.
fn base_path(web: &WebSettings) -> Option<BasePath> {
    let path = Some(&web.base_path).filter(|path| !path.is_empty());
    path.and_then(|path| path.parse().ok())
}

fn certificate(files: &TlsFiles) -> Result<ServerTls, String> {
    let read = |path: &Path| {
        let text = std::fs::read(path);
        text.map_err(|error| format!("{} cannot be read: {error}", path.display()))
    };
    let tls = ServerTls::from_pem(&read(&files.cert)?, &read(&files.key)?);
    tls.map_err(|error| format!("--tls-cert, --tls-key: {error}"))
}

fn token(web: &WebSettings) -> Result<Option<Token>, Exit> {
    if web.host.is_loopback() || web.no_auth {
        return Ok(None);
    }
    Token::random().map(Some).map_err(|error| {
        complain(format!("no random token: {error}"));
        Exit::Fault
    })
}

/// One shard a usable core; half of them where the lab and a browser live too.
pub(super) fn shards(settings: &Settings) -> usize {
    let cores = host::usable_cores();
    let default = if settings.demo {
        (cores / 2).max(1)
    } else {
        cores
    };
    settings.shards.map_or(default, usize::from)
}

fn defaults(settings: &Settings, catalog: &Catalog, lab: Option<&LabProcess>) -> Defaults {
    let entry = first_offered(catalog, settings.demo);
    let load = &settings.load;
    Defaults {
        scenario: entry.map(|entry| entry.id.clone()).unwrap_or_default(),
        users: load.users,
        spawn_rate: load.spawn_rate,
        host: load.host.clone().or_else(|| lab.map(|lab| lab.url.clone())),
        run_time: load.run_time,
        stop_timeout: load.stop_timeout,
        profile: load.profile.clone(),
        class_picker: if settings.web.class_picker {
            ClassPicker::Open
        } else {
            ClassPicker::Folded
        },
    }
}

/// What is kept of every run for the files that are written.
fn kept(settings: &Settings, files: Option<&CsvFiles>) -> Kept {
    let history = files.and_then(CsvFiles::full_history);
    Kept {
        recent: results::recent(&settings.outputs),
        history: history.map(Path::to_owned),
    }
}

fn greet(settings: &Settings, bound: SocketAddr, token: Option<&Token>, lab: Option<&LabProcess>) {
    let web = &settings.web;
    let name = match bound.ip() {
        IpAddr::V4(ip) if ip.is_loopback() => "localhost".to_owned(),
        ip if ip.is_unspecified() => "localhost".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    let scheme = if web.tls.is_some() { "https" } else { "http" };
    let path = match (token, web.base_path.as_str()) {
        (Some(token), base) => format!("{base}/?token={}", token.as_str()),
        (None, "") => String::new(),
        (None, base) => format!("{base}/"),
    };
    if let Some(lab) = lab {
        let taken = if lab.port == 8000 {
            ""
        } else {
            " (port 8000 is taken)"
        };
        say(format!(
            "Lab        {}{taken}: the built-in target, a process of its own",
            lab.url
        ));
    }
    say(format!(
        "Dashboard  {scheme}://{name}:{}{path}",
        bound.port()
    ));
    if web.no_auth && !web.host.is_loopback() {
        say("           no token is asked for: whoever reaches this port may start load");
    }
    say(match settings.mode {
        Mode::Autostart { .. } => "A run starts at once. Ctrl-C ends everything.",
        _ => "Open it and click Start swarming. Ctrl-C ends everything.",
    });
}

/// Until the user ends the program; a lab that ends by itself is said.
async fn end(lab: Option<&mut LabProcess>) {
    let Some(lab) = lab else {
        return end_requested().await;
    };
    tokio::select! {
        () = end_requested() => return,
        () = lab.ended() => complain("the lab's process has ended; the dashboard goes on without it"),
    }
    end_requested().await;
}

/// Lets an active run end in order. One that takes its time, for its tasks or
/// its teardown, is waited for until the user has enough of it.
async fn finish(app: &App, runs: &Runs) {
    if !runs.snapshot().state.is_active() {
        return;
    }
    let mut stopped = std::pin::pin!(app.stop("the program ends"));
    if tokio::time::timeout(SHORT_STOP, &mut stopped).await.is_ok() {
        return;
    }
    complain("waiting for the run to end; Ctrl-C once more ends it at once");
    tokio::select! {
        _ = stopped => {}
        () = end_requested() => {}
    }
}
