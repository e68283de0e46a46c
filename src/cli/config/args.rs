//! Commands, and the options of all but a run.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::cli::commands::completions::Shell;
use crate::cli::config::options::{SampleArgs, Settings};
use crate::cli::config::rails::CeilingArgs;
use crate::cli::config::values::{address, time};
use crate::lab::{Fault, Latency};
use crate::model::SLOTS;
use crate::output::Format;
use crate::scenario::Override;

/// An interactive load generator: open the dashboard, click Start swarming, watch it live.
#[derive(Debug, Parser)]
#[command(
    name = "swarmdeck",
    version,
    infer_long_args = true,
    args_override_self = true,
    args_conflicts_with_subcommands = true,
    after_help = AFTER_HELP
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) run: Settings,
}

const AFTER_HELP: &str = "\
Most options can also be set in a file (locust.conf, swarmdeck.conf, pyproject.toml,
--config FILE) or in the environment: --run-time is SWARMDECK_RUN_TIME or LOCUST_RUN_TIME.

Try it without a target of your own: swarmdeck --demo";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the built-in target (the lab): an API for trying load tests
    Target(TargetArgs),
    /// Check scenario files for errors without sending requests
    Check(CheckArgs),
    /// Try a scenario: run each task once and show every request
    Try(TryArgs),
    /// Report on runs as HTML, Markdown, JSON or JUnit XML
    Report(ReportArgs),
    /// Run several scenarios in sequence, with one verdict and one report
    Suite(SuiteArgs),
    /// Print the JSON Schema of scenarios, for editors
    Schema,
    /// Print a shell completion script
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// The names of the commands, `help` included.
pub(crate) fn commands() -> Vec<String> {
    let command = Cli::command();
    let names = command.get_subcommands().map(clap::Command::get_name);
    // The library adds it when it parses.
    names.chain(["help"]).map(str::to_owned).collect()
}

/// Options of every command that reads scenarios.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct SetArgs {
    /// Override a value of the scenario, like load.users=50; can be repeated
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(crate) overrides: Vec<Override>,
}

/// The help of `--fault`.
const FAULT_HELP: &str = "\
Inject a fault; can be repeated

login-broken            every login is refused with 401
login-missing           the login path returns 404
path-missing            the publish path returns 404
rate-limit=50/s         429 beyond 50 requests in a second
errors=20%              500 with a page of 120 KiB for a share of requests
pool=5[,20ms,500ms]     5 connections, each held for 20 ms per request;
                        500 for requests that waited 500 ms
slow-after=2m,10        ten times the service time after two minutes
leak=100ms              100 ms more service time per minute
leak=50us/request       50 us more service time per request
lock=5ms                requests hold one lock for 5 ms, one at a time
pause=5s,300ms          every 5 s everything stalls for 300 ms
slow-replica=3,200ms    one connection in 3 is 200 ms slower
accept-queue=20/s       20 connections are accepted per second
tail=1%,500ms           a share of requests takes 500 ms longer
retry-storm=100/s[,3,300ms]
                        100 requests per second are handled; 503 for those
                        that wait 300 ms, whose 3 retries also cost work

Health and logins are exempt from the rate limit, errors, pool, lock and
retry storm.";

#[derive(Debug, Args)]
pub(crate) struct TargetArgs {
    /// Address to listen on
    #[arg(long, value_name = "IP", default_value = "127.0.0.1", value_parser = address)]
    pub(crate) host: IpAddr,
    /// Port to listen on
    #[arg(long, value_name = "PORT", default_value_t = 8000)]
    pub(crate) port: u16,
    /// Service time of each request: 20ms, or 5ms..20ms
    #[arg(long, value_name = "TIME")]
    pub(crate) latency: Option<Latency>,
    /// Inject a fault; can be repeated
    #[arg(long = "fault", value_name = "NAME[=VALUE]", long_help = FAULT_HELP)]
    pub(crate) faults: Vec<Fault>,
    /// Password of the accounts
    #[arg(long, value_name = "TEXT", default_value = "test123")]
    pub(crate) password: String,
    /// Exit when standard input closes, so as not to outlive the parent process
    #[arg(long, hide = true)]
    pub(crate) until_stdin_closes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Scenario files, or folders of them
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) set: SetArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TryArgs {
    /// A scenario file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Base URL of the target; default: the scenario's
    #[arg(short = 'H', long, value_name = "URL")]
    pub(crate) host: Option<String>,
    /// Try only this task; can be repeated
    #[arg(long = "task", value_name = "NAME")]
    pub(crate) tasks: Vec<String>,
    /// Show only times and captures, not the messages
    #[arg(long)]
    pub(crate) brief: bool,
    #[command(flatten)]
    pub(crate) set: SetArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Runs: *_run.json, Locust's *_stats.csv, or folders of them
    #[arg(value_name = "FILE", required_unless_present = "summary")]
    pub(crate) files: Vec<PathBuf>,
    /// Output file: X.html, X.md, X.json or X.xml (JUnit); can be repeated
    #[arg(short = 'o', long, value_name = "FILE", required_unless_present_any = ["summary", "github"], value_parser = report_path)]
    pub(crate) out: Vec<ReportPath>,
    /// Print requests, failures, average and maximum time of each run in a folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) summary: Option<PathBuf>,
    /// Print a short Markdown report for a GitHub job summary
    #[arg(long)]
    pub(crate) github: bool,
}

/// Where a report goes, and in which format.
#[derive(Clone, Debug)]
pub(crate) struct ReportPath {
    pub(crate) path: PathBuf,
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct SuiteArgs {
    /// Scenario files, or folders of them
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Base URL of the target; default: the scenarios'
    #[arg(short = 'H', long, value_name = "URL")]
    pub(crate) host: Option<String>,
    /// Output folder for run files and reports
    #[arg(short = 'o', long, value_name = "FOLDER", default_value = "results")]
    pub(crate) out: PathBuf,
    /// Pause between scenarios, for the target to recover
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = time)]
    pub(crate) cool_down: Duration,
    /// Run time of each scenario: 90, 90s, 5m; default: the scenarios'
    #[arg(short = 't', long, value_name = "TIME", value_parser = time)]
    pub(crate) run_time: Option<Duration>,
    /// Generator threads; default: one per usable core
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=i64::from(SLOTS)))]
    pub(crate) shards: Option<u16>,
    #[command(flatten)]
    pub(crate) samples: SampleArgs,
    #[command(flatten)]
    pub(crate) set: SetArgs,
    #[command(flatten)]
    pub(crate) limits: CeilingArgs,
}

fn report_path(text: &str) -> Result<ReportPath, String> {
    let path = PathBuf::from(text);
    let format = Format::of(&path);
    let format = format.ok_or("use the extension .html, .md, .json or .xml (JUnit)")?;
    Ok(ReportPath { path, format })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use crate::scenario::{Environment, Source, load};

    #[test]
    fn no_user_class_is_called_like_a_command() {
        let commands = super::commands();
        assert!(commands.iter().any(|name| name == "help"), "{commands:?}");
        let environment = Environment::default().with_commands(commands.clone());
        for name in commands {
            let text = format!("user_classes: {{{name}: {{tasks: {{t: [{{get: /}}]}}}}}}\n");
            let loaded = load(&Source::new("x.yaml", text), &environment);
            assert!(loaded.is_err(), "{name}");
        }
    }

    #[test]
    fn the_options_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
