//! `swarmdeck`: the dashboard.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Builder;

use crate::cli::autostart::by_itself;
use crate::cli::console::{complain, end_requested, say};
use crate::cli::demo::LabProcess;
use crate::cli::exit::Exit;
use crate::cli::library::follow;
use crate::cli::offer::{self, first_offered};
use crate::cli::settings::{Mode, Settings, WebSettings};
use crate::client::Clock;
use crate::probes::host;
use crate::run::{Level, Runs, spawn};
use crate::web::{App, Catalog, Defaults, Guard, Token, router, serve};

/// How long the end of the program waits for the end of a run without a word.
const SHORT_STOP: Duration = Duration::from_millis(1_500);

/// Serves the dashboard until the user ends it.
pub(super) fn run(settings: Settings) -> Exit {
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(format!("the program cannot start: {error}"));
            return Exit::Fault;
        }
    };
    let exit = runtime.block_on(open(settings));
    // Look-ups of names that never answer must not hold the end up.
    runtime.shutdown_background();
    exit
}

async fn open(settings: Settings) -> Exit {
    let (catalog, library) = match offer::open(&settings) {
        Ok(scenarios) => scenarios,
        Err(exit) => return exit,
    };
    let web = &settings.web;
    let address = SocketAddr::new(web.host, web.port);
    let listener = match TcpListener::bind(address).await {
        Ok(listener) => listener,
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            complain(format!(
                "port {} is taken: name another with --web-port",
                web.port
            ));
            return Exit::Usage;
        }
        Err(error) => {
            complain(format!(
                "cannot listen on {address}: {error}; see --web-host and --web-port"
            ));
            return Exit::Usage;
        }
    };
    let bound = listener.local_addr().unwrap_or(address);
    let token = match token(web) {
        Ok(token) => token,
        Err(exit) => return exit,
    };
    let mut lab = None;
    if settings.demo {
        match LabProcess::start().await {
            Ok(process) => lab = Some(process),
            Err(error) => {
                complain(error);
                return Exit::Usage;
            }
        }
    }
    let runs = spawn(Clock::start(), shards(&settings));
    greet(&settings, bound, token.as_ref(), lab.as_ref());
    let defaults = defaults(&settings, &catalog, lab.as_ref());
    let guard = Guard::new(web.host, token, web.allow_host.clone());
    let app = App::new(runs.clone(), catalog, defaults);
    app.note(Level::Info, format!("the dashboard listens on {bound}"));
    if let Some(library) = library {
        tokio::spawn(follow(library, app.clone()));
    }
    let routes = router(app.clone(), guard);
    let mut exit = Exit::Success;
    let ended = async {
        tokio::select! {
            () = end(lab.as_mut()) => {}
            own = by_itself(&app, &runs, settings.mode) => exit = own,
        }
    };
    let served = serve(listener, routes, ended).await;
    finish(&runs).await;
    match served {
        Ok(()) => exit,
        Err(error) => {
            complain(format!("the dashboard ended: {error}; please report this"));
            Exit::Fault
        }
    }
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
    let token = token
        .map(|token| format!("/?token={}", token.as_str()))
        .unwrap_or_default();
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
    say(format!("Dashboard  http://{name}:{}{token}", bound.port()));
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
async fn finish(runs: &Runs) {
    if !runs.snapshot().state.is_active() {
        return;
    }
    let mut stopped = std::pin::pin!(runs.stop("the program ends"));
    if tokio::time::timeout(SHORT_STOP, &mut stopped).await.is_ok() {
        return;
    }
    complain("waiting for the run to end; Ctrl-C once more ends it at once");
    tokio::select! {
        _ = stopped => {}
        () = end_requested() => {}
    }
}
