use std::io;
use std::net::SocketAddr;

/// Why the lab did not start.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// The address can not be listened on.
    #[error("cannot listen on {address}: {source}; choose another address or port")]
    Listen {
        /// The requested address.
        address: SocketAddr,
        /// The error of the system.
        source: io::Error,
    },
    /// No thread or no runtime could be had.
    #[error("cannot start the lab's thread: {0}")]
    Thread(#[source] io::Error),
}

impl LabError {
    /// Whether another program holds the port, so that the next one may be free.
    #[must_use]
    pub fn is_address_in_use(&self) -> bool {
        matches!(self, Self::Listen { source, .. } if source.kind() == io::ErrorKind::AddrInUse)
    }
}
