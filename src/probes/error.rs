use std::time::Duration;

/// Why a probe reads nothing, or not all; with what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// It took too long.
    #[error("no response within {} s; increase `timeout`", .0.as_secs_f64())]
    TimedOut(Duration),
    /// The connection failed.
    #[error("cannot reach {place}: {why}")]
    Unreachable {
        /// Where.
        place: String,
        /// The cause.
        why: String,
    },
    /// The engine's socket is not ours to open.
    #[error("permission denied on {0}: add this user to the group `docker`, or set DOCKER_HOST")]
    Denied(String),
    /// The connection ended, or what came is not HTTP.
    #[error("invalid response from {place}: {why}")]
    Broken {
        /// Where.
        place: String,
        /// The cause.
        why: String,
    },
    /// An answer that is none of the expected.
    #[error("{place} responded with status {status}{detail}")]
    Status {
        /// Where.
        place: String,
        /// The status.
        status: u16,
        /// Its message after a colon; may be empty.
        detail: String,
    },
    /// More than is read.
    #[error("response from {place} is larger than {} MiB (the limit)", .most >> 20)]
    TooLong {
        /// Where.
        place: String,
        /// The limit in bytes.
        most: usize,
    },
    /// The requested value is missing.
    #[error("no number at {0} in the response")]
    Missing(String),
    /// The engine does not know the container.
    #[error("unknown container `{0}`; `docker ps -a` lists the names")]
    NoContainer(String),
    /// The container is there and does not run.
    #[error("container `{name}` is not running{detail}")]
    NotRunning {
        /// Its name.
        name: String,
        /// How it ended, after a colon; may be empty.
        detail: String,
    },
    /// The database refuses.
    #[error("database error: {0}")]
    Database(String),
    /// The role does not see what others do.
    #[error(
        "the role cannot see other sessions (only their count is read): GRANT pg_monitor TO the role"
    )]
    HiddenSessions,
    /// `psql` in a container failed.
    #[error("psql in container `{container}` failed: {why}")]
    Psql {
        /// The container.
        container: String,
        /// The first line of its message.
        why: String,
    },
    /// A part of the spec that the scenario should have refused.
    #[error("this probe cannot be read as written: {0}")]
    Spec(String),
}
