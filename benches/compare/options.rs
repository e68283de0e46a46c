//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;

/// Compares what a request costs Swarmdeck and other generators, in processor
/// time of their process, against the same nginx. Needs two cores, Linux, and
/// nginx; what else is not installed is left out, and it says how to install it.
#[derive(Debug, Parser)]
#[command(name = "compare")]
pub(crate) struct Options {
    /// The rows to measure; all of them if none is named.
    #[arg(value_name = "ROW")]
    pub(crate) rows: Vec<String>,
    /// Say which rows there are.
    #[arg(long)]
    pub(crate) list: bool,
    /// Rounds of each row: in each, every generator of the row runs once.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) pairs: u32,
    /// How long a generator sends each time, in seconds.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) seconds: u64,
    /// A Python that has Locust.
    #[arg(long, value_name = "PATH", default_value = "target/python/bin/python")]
    pub(crate) python: PathBuf,
    /// The Swarmdeck that is measured, if it is not the one of this build.
    #[arg(long, value_name = "PATH", default_value = env!("CARGO_BIN_EXE_swarmdeck"))]
    pub(crate) program: PathBuf,
    /// Another build of Swarmdeck, for the rows `builds-static` and `builds-mix`.
    #[arg(long, value_name = "PATH")]
    pub(crate) other: Option<PathBuf>,
    /// Where the results are written as JSON.
    #[arg(long, value_name = "PATH", default_value = "target/compare.json")]
    pub(crate) json: PathBuf,
    /// Cargo adds this.
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
    /// Be the bare loop that is measured, against this address.
    #[arg(long, hide = true, requires_all = ["message", "users"])]
    pub(crate) floor: Option<SocketAddr>,
    /// What it sends.
    #[arg(long, hide = true)]
    pub(crate) message: Option<PathBuf>,
    /// On how many connections.
    #[arg(long, hide = true)]
    pub(crate) users: Option<usize>,
}
