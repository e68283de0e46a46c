use std::time::Duration;

use crate::probes::host;

/// The share of the process's descriptors that the dashboard may take: one in
/// so many. The rest is the load's.
const SHARE: u64 = 8;
/// The fewest connections that a dashboard and a few programs beside it need.
const LEAST: usize = 8;
/// The most connections, however many descriptors there are.
const MOST: usize = 512;

/// Limits of the dashboard's connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections at a time; one more takes the place of another.
    pub connections: usize,
    /// From accepting a connection to its first byte; also to the next request
    /// of one that has not been let in.
    pub first_byte: Duration,
    /// From the first byte of a request to the end of its head; for the first
    /// one over TLS the handshake is included.
    pub head: Duration,
    /// From the end of a head to the end of the body.
    pub body: Duration,
    /// Between two requests of one that has.
    pub idle: Duration,
    /// Without the client taking anything of what is sent to it.
    pub stalled: Duration,
}

impl Default for ConnectionLimits {
    /// Limits that suit the number of file descriptors of this process.
    fn default() -> Self {
        Self {
            connections: connections(host::descriptor_limit()),
            first_byte: Duration::from_secs(5),
            head: Duration::from_secs(10),
            body: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            stalled: Duration::from_secs(20),
        }
    }
}

impl ConnectionLimits {
    /// The descriptors that a dashboard needs, with those of files that it
    /// writes and reads.
    #[must_use]
    pub fn descriptors(&self) -> u64 {
        const FILES: u64 = 16;
        FILES + self.connections as u64
    }
}

/// As many as leave most of `descriptors` to the load.
fn connections(descriptors: Option<u64>) -> usize {
    let share = descriptors.map(|all| usize::try_from(all / SHARE).unwrap_or(MOST));
    share.map_or(MOST, |share| share.clamp(LEAST, MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_load_keeps_most_descriptors() {
        for (descriptors, expected) in [
            (Some(16), 8),
            (Some(256), 32),
            (Some(1_024), 128),
            (Some(1 << 20), 512),
            (Some(u64::MAX), 512),
            (None, 512),
        ] {
            assert_eq!(connections(descriptors), expected, "{descriptors:?}");
        }
    }
}
