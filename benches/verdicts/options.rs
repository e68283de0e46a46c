//! The command line.

use std::path::PathBuf;

use clap::Parser;

use crate::cases::Set;

/// Runs Swarmdeck against the lab in ways of which it is known what its verdict
/// has to be and what it has to name as the cause, and counts how often it is
/// right. Needs two cores and Linux. What has been run is kept: the next sitting
/// goes on from there.
#[derive(Debug, Parser)]
#[command(name = "verdicts")]
#[expect(clippy::struct_excessive_bools, reason = "options of a command line")]
pub(crate) struct Options {
    /// Which runs.
    #[arg(long, value_enum, default_value_t = Set::Tuning)]
    pub(crate) set: Set,
    /// Only runs whose id contains this.
    #[arg(long, value_name = "FILTER")]
    pub(crate) only: Option<String>,
    /// Say which runs there are.
    #[arg(long)]
    pub(crate) list: bool,
    /// Forget what has been run.
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Score what has been run, and run nothing.
    #[arg(long, conflicts_with = "fresh")]
    pub(crate) score: bool,
    /// Where results are kept, run by run.
    #[arg(long, value_name = "DIR", default_value = "target/verdicts")]
    pub(crate) out: PathBuf,
    /// The same runs by Locust where it can do them, its exit code as the verdict.
    #[arg(long)]
    pub(crate) locust: bool,
    /// A Python that has Locust.
    #[arg(long, value_name = "PATH", default_value = "target/python/bin/python")]
    pub(crate) python: PathBuf,
    /// The Swarmdeck that is judged, and whose lab it is, if it is not the one of
    /// this build.
    #[arg(long, value_name = "PATH", default_value = env!("CARGO_BIN_EXE_swarmdeck"))]
    pub(crate) program: PathBuf,
    /// Cargo adds this.
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
}
