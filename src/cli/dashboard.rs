//! `swarmdeck`: the dashboard.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Builder;

use crate::cli::args::DashboardArgs;
use crate::cli::console::{colour, complain, end_requested, say, show_mistake};
use crate::cli::demo::LabProcess;
use crate::cli::exit::Exit;
use crate::cli::library::{Library, follow};
use crate::cli::sources;
use crate::client::Clock;
use crate::probes::host;
use crate::run::{Runs, spawn};
use crate::scenario::builtin;
use crate::web::{App, Catalog, Defaults, Guard, Token, router, serve};

/// The scenario that the demo fills in.
const DEMO_SCENARIO: &str = "4_burst_load";
/// How long the end of the program waits for the end of a run without a word.
const SHORT_STOP: Duration = Duration::from_millis(1_500);

/// Serves the dashboard until the user ends it.
pub(super) fn run(args: DashboardArgs) -> Exit {
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(format!("the program cannot start: {error}"));
            return Exit::Fault;
        }
    };
    let exit = runtime.block_on(open(args));
    // Look-ups of names that never answer must not hold the end up.
    runtime.shutdown_background();
    exit
}

async fn open(args: DashboardArgs) -> Exit {
    let (catalog, library) = match scenarios(&args) {
        Ok(scenarios) => scenarios,
        Err(exit) => return exit,
    };
    let address = SocketAddr::new(args.web_host, args.web_port);
    let listener = match TcpListener::bind(address).await {
        Ok(listener) => listener,
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            complain(format!(
                "port {} is taken: name another with --web-port",
                args.web_port
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
    let token = match token(&args) {
        Ok(token) => token,
        Err(exit) => return exit,
    };
    let mut lab = None;
    if args.demo {
        match LabProcess::start().await {
            Ok(process) => lab = Some(process),
            Err(error) => {
                complain(error);
                return Exit::Usage;
            }
        }
    }
    let runs = spawn(Clock::start(), shards(&args));
    greet(&args, bound, token.as_ref(), lab.as_ref());
    let defaults = defaults(&args, &catalog, lab.as_ref());
    let guard = Guard::new(args.web_host, token, args.allow_host);
    let app = App::new(runs.clone(), catalog, defaults);
    if let Some(library) = library {
        tokio::spawn(follow(library, app.clone()));
    }
    let served = serve(listener, router(app, guard), end(lab.as_mut())).await;
    finish(&runs).await;
    match served {
        Ok(()) => Exit::Success,
        Err(error) => {
            complain(format!("the dashboard ended: {error}; please report this"));
            Exit::Fault
        }
    }
}

/// The scenarios on offer, and the files to be followed. A file that was named
/// and is broken is said at once; the dashboard shows it too.
fn scenarios(args: &DashboardArgs) -> Result<(Catalog, Option<Library>), Exit> {
    let environment = sources::environment();
    let overrides = args.set.overrides.clone();
    if args.demo && args.files.is_empty() {
        let catalog = Catalog::new(builtin().iter().cloned(), &environment, &overrides);
        return any_sound(catalog).map(|catalog| (catalog, None));
    }
    let library = Library::open(args.files.clone(), environment, overrides).map_err(|error| {
        complain(error);
        Exit::Usage
    })?;
    any_sound(library.catalog()).map(|catalog| (catalog, Some(library)))
}

/// Shows what is broken; one scenario at least has to be sound.
fn any_sound(catalog: Catalog) -> Result<Catalog, Exit> {
    let mut broken = 0;
    for entry in catalog.iter() {
        for mistake in entry.loaded().err().into_iter().flatten() {
            show_mistake(mistake.render(colour()));
            broken += 1;
        }
    }
    if broken > 0 && catalog.iter().all(|entry| entry.loaded().is_err()) {
        complain(
            "no scenario can be run: mend the mistakes above, `swarmdeck check` shows them again",
        );
        return Err(Exit::Usage);
    }
    Ok(catalog)
}

fn token(args: &DashboardArgs) -> Result<Option<Token>, Exit> {
    if args.web_host.is_loopback() || args.no_auth {
        return Ok(None);
    }
    Token::random().map(Some).map_err(|error| {
        complain(format!("no random token: {error}"));
        Exit::Fault
    })
}

/// One shard a usable core; half of them where the lab and a browser live too.
fn shards(args: &DashboardArgs) -> usize {
    let cores = host::usable_cores();
    let default = if args.demo { (cores / 2).max(1) } else { cores };
    args.shards.map_or(default, usize::from)
}

fn defaults(args: &DashboardArgs, catalog: &Catalog, lab: Option<&LabProcess>) -> Defaults {
    let demo = catalog.find(DEMO_SCENARIO).filter(|_| args.demo);
    let first_sound = || catalog.iter().find(|entry| entry.loaded().is_ok());
    let entry = demo.or_else(first_sound);
    Defaults {
        scenario: entry.map(|entry| entry.id.clone()).unwrap_or_default(),
        users: args.users,
        spawn_rate: args.spawn_rate,
        host: args.host.clone().or_else(|| lab.map(|lab| lab.url.clone())),
        run_time: args.run_time,
    }
}

fn greet(args: &DashboardArgs, bound: SocketAddr, token: Option<&Token>, lab: Option<&LabProcess>) {
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
    if args.no_auth && !args.web_host.is_loopback() {
        say("           no token is asked for: whoever reaches this port may start load");
    }
    say("Open it and click Start swarming. Ctrl-C ends everything.");
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
