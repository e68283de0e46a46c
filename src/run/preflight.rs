//! Finds the addresses of the target before a run starts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::client::{TlsConfig, tls_config};
use crate::model::{LoadError, Origin, RunSpec, Scheme};
use crate::program::Program;
use crate::run::RunError;
use crate::schedule::Mix;

/// How long an address may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// How long looking a name up may take.
const LOOK_UP: Duration = Duration::from_secs(10);

/// A run that can be started: its target takes connections.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) spec: RunSpec,
    pub(super) program: Arc<Program>,
    pub(super) reached: Vec<Reached>,
    pub(super) tls: Option<TlsConfig>,
}

impl Prepared {
    /// Finds the target and reads what TLS needs. Runs in whoever asks for
    /// the run, so that the controller never waits for a name server.
    pub(super) async fn new(spec: RunSpec, program: Arc<Program>) -> Result<Self, RunError> {
        if let Some((lane, load)) = spec.steered() {
            if load.users == 0 {
                return Err(LoadError::NoUsers.into());
            }
            check_capacity(&program, lane, load.users)?;
        }
        let reached = try_join_all(program.origins.iter().map(async |origin| {
            let reached = reach(origin).await?;
            // With a health gate it is the gate that waits for the target.
            if program.once.health.is_some() {
                Ok(reached.or_all())
            } else {
                reached.or_error()
            }
        }))
        .await?;
        let https = program
            .origins
            .iter()
            .any(|origin| origin.scheme == Scheme::Https);
        // Reading the certificates of the system takes a while the first time.
        let tls = if https {
            Some(
                spawn_blocking(tls_config)
                    .await
                    .map_err(|_| RunError::Gone)??,
            )
        } else {
            None
        };
        Ok(Self {
            spec,
            program,
            reached,
            tls,
        })
    }
}

/// # Errors
/// More users than a scenario of fixed counts has.
pub(super) fn check_capacity(
    program: &Program,
    workload: usize,
    users: u32,
) -> Result<(), RunError> {
    let classes = program.classes_of(workload);
    let populations: Vec<_> = classes
        .map(|class| program.classes[class.index()].population)
        .collect();
    match Mix::new(&populations).capacity() {
        Some(capacity) if users > capacity => Err(RunError::Capacity { users, capacity }),
        _ => Ok(()),
    }
}

/// An origin and the addresses that take connections.
#[derive(Debug)]
pub(super) struct Reached {
    pub(super) origin: Origin,
    pub(super) addresses: Vec<SocketAddr>,
    /// Addresses that do not take connections, with what they said.
    refused: Vec<(SocketAddr, String)>,
}

impl Reached {
    /// With all addresses, if none takes connections yet.
    fn or_all(mut self) -> Self {
        if self.addresses.is_empty() {
            let refused = self.refused.drain(..);
            self.addresses = refused.map(|(address, _)| address).collect();
        }
        self
    }

    /// # Errors
    /// No address takes connections.
    fn or_error(self) -> Result<Self, RunError> {
        if !self.addresses.is_empty() {
            return Ok(self);
        }
        let refused = self.refused.iter();
        let detail: Vec<_> = refused
            .map(|(address, why)| format!("{address}: {why}"))
            .collect();
        Err(RunError::Unreachable {
            origin: self.origin.to_string(),
            detail: detail.join("; "),
        })
    }

    /// Which addresses are used and which are not, in one sentence.
    pub(super) fn describe(&self) -> String {
        let used: Vec<_> = self.addresses.iter().map(ToString::to_string).collect();
        let left_out = self.refused.iter();
        let left_out: String = left_out
            .map(|(address, why)| format!("; {address} is left out: {why}"))
            .collect();
        format!("{} is {}{left_out}", self.origin, used.join(" and "))
    }
}

/// Looks an origin up once and tries each of its addresses.
///
/// # Errors
/// The name has no address.
pub(super) async fn reach(origin: &Origin) -> Result<Reached, RunError> {
    let resolve = |detail: String| RunError::Resolve {
        host: origin.host.clone(),
        detail,
    };
    let found = timeout(LOOK_UP, lookup_host((origin.host.as_str(), origin.port))).await;
    let found = found.map_err(|_| resolve(format!("no answer within {} s", LOOK_UP.as_secs())))?;
    let mut found: Vec<SocketAddr> = found.map_err(|error| resolve(error.to_string()))?.collect();
    found.dedup();
    if found.is_empty() {
        return Err(resolve("the resolver found none".to_owned()));
    }
    let mut reached = Reached {
        origin: origin.clone(),
        addresses: Vec::new(),
        refused: Vec::new(),
    };
    let tried = join_all(
        found
            .into_iter()
            .map(async |address| (address, try_address(address).await)),
    )
    .await;
    for (address, answer) in tried {
        match answer {
            Ok(()) => reached.addresses.push(address),
            Err(why) => reached.refused.push((address, why)),
        }
    }
    Ok(reached)
}

async fn try_address(address: SocketAddr) -> Result<(), String> {
    match timeout(CONNECT, TcpStream::connect(address)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(plain(&error)),
        Err(_) => Err(format!("no answer within {} s", CONNECT.as_secs())),
    }
}

/// The system's words without its number.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}
