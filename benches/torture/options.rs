//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Runs Swarmdeck again and again while it is killed, its disk fills up, its
/// dashboard is attacked, its target answers garbage, and counts what was kept of
/// what has to hold all the same. Needs Linux.
#[derive(Debug, Parser)]
#[command(name = "torture")]
pub(crate) struct Options {
    /// How long; the round that has begun is finished.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) minutes: u64,
    /// Decides everything that is random; the same again makes the same runs.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Only faults whose id contains this.
    #[arg(long, value_name = "FILTER")]
    pub(crate) only: Option<String>,
    /// Say which faults there are.
    #[arg(long)]
    pub(crate) list: bool,
    /// Runs at the same time.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) jobs: usize,
    /// Where the files of a run lie; those in which something was broken stay there.
    #[arg(long, value_name = "DIR", default_value = "target/torture")]
    pub(crate) out: PathBuf,
    /// The Swarmdeck that is tried, if it is not the one of this build.
    #[arg(long, value_name = "PATH", default_value = env!("CARGO_BIN_EXE_swarmdeck"))]
    pub(crate) program: PathBuf,
    /// Cargo adds this.
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
}
