//! Finds the addresses of the target before a run starts.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use crate::model::Origin;
use crate::run::RunError;

/// How long an address may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// An origin and the addresses that take connections.
#[derive(Debug)]
pub(super) struct Reached {
    pub(super) origin: Origin,
    pub(super) addresses: Vec<SocketAddr>,
    /// Addresses that do not take connections, with what they said.
    refused: Vec<(SocketAddr, String)>,
}

impl Reached {
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
/// The name has no address, or no address takes connections.
pub(super) async fn reach(origin: &Origin) -> Result<Reached, RunError> {
    let resolve = |detail: String| RunError::Resolve {
        host: origin.host.clone(),
        detail,
    };
    let found = lookup_host((origin.host.as_str(), origin.port)).await;
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
    for address in found {
        match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(_)) => reached.addresses.push(address),
            Ok(Err(error)) => reached.refused.push((address, plain(&error))),
            Err(_) => reached
                .refused
                .push((address, format!("no answer within {} s", CONNECT.as_secs()))),
        }
    }
    if reached.addresses.is_empty() {
        let detail: Vec<_> = reached
            .refused
            .iter()
            .map(|(address, why)| format!("{address}: {why}"))
            .collect();
        return Err(RunError::Unreachable {
            origin: origin.to_string(),
            detail: detail.join("; "),
        });
    }
    Ok(reached)
}

/// The system's words without its number.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}
