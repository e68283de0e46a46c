use std::time::Duration;

/// Why a probe reads nothing, or not all; with what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// It took too long.
    #[error("no answer within {} s; `timeout` gives it more time", .0.as_secs_f64())]
    TimedOut(Duration),
    /// Nobody takes connections there.
    #[error("{place} cannot be reached: {why}")]
    Unreachable {
        /// Where.
        place: String,
        /// What the operating system or TLS says.
        why: String,
    },
    /// The engine's socket is not ours to open.
    #[error(
        "{0} may not be opened by this user: run Swarmdeck as a member of the group `docker`, or let DOCKER_HOST name another engine"
    )]
    Denied(String),
    /// The connection ended, or what came is not HTTP.
    #[error("{place} did not answer properly: {why}")]
    Broken {
        /// Where.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// An answer that is none of the expected.
    #[error("{place} answered with status {status}{detail}")]
    Status {
        /// Where.
        place: String,
        /// The status.
        status: u16,
        /// What it said, after a colon; may be empty.
        detail: String,
    },
    /// More than is read.
    #[error("{place} answered with more than {} MiB, the limit", .most >> 20)]
    TooLong {
        /// Where.
        place: String,
        /// The limit in bytes.
        most: usize,
    },
    /// What was asked for is not there.
    #[error("the answer has no number at {0}")]
    Missing(String),
    /// The engine does not know the container.
    #[error("there is no container `{0}`: `docker ps -a` shows their names")]
    NoContainer(String),
    /// The container is there and does not run.
    #[error("container `{name}` does not run{detail}")]
    NotRunning {
        /// Its name.
        name: String,
        /// How it ended, after a colon; may be empty.
        detail: String,
    },
    /// The database refuses.
    #[error("the database says: {0}")]
    Database(String),
    /// The role does not see what others do.
    #[error(
        "the role may not see the sessions of others, so only their number is read: GRANT pg_monitor TO the role"
    )]
    HiddenSessions,
    /// `psql` in a container failed.
    #[error("psql in container `{container}` failed: {why}")]
    Psql {
        /// The container.
        container: String,
        /// The first line of what it said.
        why: String,
    },
    /// A part of the spec that the scenario should have refused.
    #[error("this probe cannot be read as written: {0}")]
    Spec(String),
}
