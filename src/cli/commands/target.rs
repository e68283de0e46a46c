//! `swarmdeck target`

use std::net::SocketAddr;

use tokio::io::AsyncReadExt;
use tokio::runtime::{Builder, LocalOptions};

use crate::cli::config::args::TargetArgs;
use crate::cli::exit::Exit;
use crate::cli::terminal::console::{complain, end_requested, log, refuse, say};
use crate::lab::{LabConfig, listen, serve};

/// Serves the lab until the user ends it.
pub(crate) fn run(args: TargetArgs) -> Result<Exit, Exit> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default());
    let runtime = runtime.map_err(|error| {
        complain(format!("cannot start the lab: {error}"));
        Exit::Fault
    })?;
    let address = SocketAddr::new(args.host, args.port);
    runtime.block_on(async {
        let listener = listen(address).map_err(|error| {
            if error.is_address_in_use() {
                let port = args.port;
                refuse(format!("port {port} is in use; choose another with --port"))
            } else {
                refuse(error)
            }
        })?;
        let shown = listener.local_addr().unwrap_or(address);
        say(format!(
            "lab on http://{shown} (counters at http://{shown}/lab/stats); Ctrl-C ends it"
        ));
        let config = LabConfig {
            latency: args.latency.unwrap_or_default(),
            password: args.password,
            faults: args.faults,
            log: Some(log),
        };
        let parent = args.until_stdin_closes;
        let ended = async move {
            tokio::select! {
                () = end_requested() => {}
                () = stdin_closed(), if parent => {}
            }
        };
        serve(listener, config, ended).await;
        Ok(Exit::Success)
    })
}

/// Waits until the process at the other end of standard input is gone.
async fn stdin_closed() {
    let mut stdin = tokio::io::stdin();
    let mut ignored = [0; 64];
    while matches!(stdin.read(&mut ignored).await, Ok(read) if read > 0) {}
}
