//! What can be typed.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::lab::Latency;
use crate::model::{MAX_SPAWN_RATE, MAX_USERS};
use crate::scenario::{Override, parse_duration};

/// An interactive load generator: open the dashboard, click Start swarming, watch it live.
#[derive(Debug, Parser)]
#[command(name = "swarmdeck", version, args_conflicts_with_subcommands = true, after_help = AFTER_HELP)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) dashboard: DashboardArgs,
}

const AFTER_HELP: &str = "Try it without a target of your own: swarmdeck --demo";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Start the built-in target (the lab): an API to put load on
    Target(TargetArgs),
    /// Check scenario files: every mistake with its place, nothing is sent
    Check(CheckArgs),
    /// Try a scenario: one user does each task once, every request is shown
    Try(TryArgs),
    /// Print the JSON Schema of scenarios, for editors
    Schema,
}

#[derive(Debug, Args)]
pub(super) struct DashboardArgs {
    /// Start the built-in target as well and fill in scenario 4
    #[arg(long)]
    pub(super) demo: bool,
    /// Scenario files, or folders of them; without it ./scenarios, else the built-in ones
    #[arg(
        short = 'f',
        long = "file",
        alias = "locustfile",
        value_name = "FILE",
        value_delimiter = ','
    )]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) set: SetArgs,
    /// Users to fill in
    #[arg(short = 'u', long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_USERS)))]
    pub(super) users: Option<u32>,
    /// Users started per second, to fill in
    #[arg(short = 'r', long, value_name = "RATE", allow_negative_numbers = true, value_parser = spawn_rate)]
    pub(super) spawn_rate: Option<f64>,
    /// Run time to fill in: 90, 90s, 5m, 1h30m
    #[arg(short = 't', long, value_name = "TIME", value_parser = run_time)]
    pub(super) run_time: Option<Duration>,
    /// Base address of the target to fill in, like <http://localhost:8000>
    #[arg(short = 'H', long, value_name = "URL")]
    pub(super) host: Option<String>,
    /// Address the dashboard listens on; beyond loopback it asks for a token
    #[arg(long, value_name = "IP", default_value = "127.0.0.1", value_parser = address)]
    pub(super) web_host: IpAddr,
    /// Port the dashboard listens on
    #[arg(short = 'P', long, value_name = "PORT", default_value_t = 8089)]
    pub(super) web_port: u16,
    /// A name this machine may be called by in the browser, beside localhost
    #[arg(long, value_name = "NAME")]
    pub(super) allow_host: Vec<String>,
    /// Ask for no token beyond loopback: whoever reaches the port may start load
    #[arg(long)]
    pub(super) no_auth: bool,
    /// Generator threads; by default one a usable core, half of them with --demo
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) shards: Option<u16>,
}

/// What every command has that reads scenarios.
#[derive(Debug, Default, Args)]
pub(super) struct SetArgs {
    /// Replace a value of the scenario, like load.users=50; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(super) overrides: Vec<Override>,
}

#[derive(Debug, Args)]
pub(super) struct TargetArgs {
    /// Address to listen on
    #[arg(long, value_name = "IP", default_value = "127.0.0.1", value_parser = address)]
    pub(super) host: IpAddr,
    /// Port to listen on
    #[arg(long, value_name = "PORT", default_value_t = 8000)]
    pub(super) port: u16,
    /// Service time of each request: 20ms, or 5ms..20ms
    #[arg(long, value_name = "TIME")]
    pub(super) latency: Option<Latency>,
    /// Password of the accounts
    #[arg(long, value_name = "TEXT", default_value = "test123")]
    pub(super) password: String,
    /// End when standard input does, so as not to outlive the program that started it
    #[arg(long, hide = true)]
    pub(super) until_stdin_closes: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Scenario files
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) set: SetArgs,
}

#[derive(Debug, Args)]
pub(super) struct TryArgs {
    /// A scenario file
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Base address of the target; the scenario's own if it is left out
    #[arg(short = 'H', long, value_name = "URL")]
    pub(super) host: Option<String>,
    /// Try this task only; may be repeated
    #[arg(long = "task", value_name = "NAME")]
    pub(super) tasks: Vec<String>,
    #[command(flatten)]
    pub(super) set: SetArgs,
}

fn spawn_rate(text: &str) -> Result<f64, String> {
    let rate: Option<f64> = text
        .parse()
        .ok()
        .filter(|rate| *rate > 0.0 && *rate <= MAX_SPAWN_RATE);
    rate.ok_or_else(|| format!("must be a number above 0 and at most {MAX_SPAWN_RATE}"))
}

fn run_time(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|error| error.to_string())
}

fn address(text: &str) -> Result<IpAddr, String> {
    match text {
        "localhost" => Ok(IpAddr::from([127, 0, 0, 1])),
        "*" | "" => Ok(IpAddr::from([0, 0, 0, 0])),
        _ => text
            .parse()
            .map_err(|_| "must be an IP address, like 127.0.0.1 or 0.0.0.0".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_options_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
