use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use tokio::net::lookup_host;
use tokio::time::timeout;

/// The time limit of a lookup.
const PATIENCE: Duration = Duration::from_secs(10);

type Lookup = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Looks names up, for the control plane. The default asks the system.
#[derive(Clone)]
pub struct Resolver(Arc<dyn Fn(String, u16) -> Lookup + Send + Sync>);

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver").finish_non_exhaustive()
    }
}

impl Default for Resolver {
    fn default() -> Self {
        Self::new(async |host: String, port| lookup_host((host, port)).await.map(Iterator::collect))
    }
}

impl Resolver {
    /// Asks `answer` for the addresses of a host name, with this port.
    pub fn new<F>(answer: impl Fn(String, u16) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'static,
    {
        Self(Arc::new(move |host, port| Box::pin(answer(host, port))))
    }

    /// The addresses of a host, each once, at least one. Takes ten seconds at most.
    ///
    /// # Errors
    /// Why there is none, for people.
    pub(crate) async fn look_up(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
        let found = timeout(PATIENCE, (self.0)(host.to_owned(), port)).await;
        let found =
            found.map_err(|_| format!("no DNS response within {} s", PATIENCE.as_secs()))?;
        let found = found.map_err(|error| error.to_string())?;
        let mut addresses: Vec<SocketAddr> = Vec::with_capacity(found.len());
        for address in found {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        if addresses.is_empty() {
            return Err("no addresses found".to_owned());
        }
        Ok(addresses)
    }
}
