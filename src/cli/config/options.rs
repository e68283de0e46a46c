//! The options of a run; their long names are the keys of configuration files.
//!
//! Values derived from several options are in [`settings`](crate::cli::config::settings).

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::{NonEmptyStringValueParser, PathBufValueParser, TypedValueParser};

use crate::cli::config::args::SetArgs;
use crate::cli::config::rails::RailArgs;
use crate::cli::config::values::{
    Quit, address, base_path, host_name, json_file, quit, spawn_rate, time, web_address,
};
use crate::locust::LogLevel;
use crate::model::{LoadKind, MAX_USERS, SLOTS, Samples};
use crate::output::CsvStyle;

/// All options of a run or a dashboard.
#[derive(Clone, Debug, Args)]
pub(crate) struct Settings {
    #[command(flatten)]
    pub(crate) common: CommonArgs,
    #[command(flatten)]
    pub(super) ask: AskArgs,
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    #[command(flatten)]
    pub(super) mode: ModeArgs,
    #[command(flatten)]
    pub(crate) web: WebArgs,
    #[command(flatten)]
    pub(super) rails: RailArgs,
    #[command(flatten)]
    pub(crate) outputs: OutputArgs,
    #[command(flatten)]
    pub(crate) console: ConsoleArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
    #[command(flatten)]
    pub(super) limit: LimitArgs,
    #[command(flatten)]
    pub(crate) verdict: VerdictArgs,
    /// User classes to run [default: all of them]
    #[arg(value_name = "UserClass")]
    pub(crate) user_classes: Vec<String>,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Run")]
pub(crate) struct CommonArgs {
    /// Scenario files or folders [default: ./scenarios, or the built-in scenarios]
    #[arg(
        short = 'f',
        long = "locustfile",
        visible_alias = "file",
        value_name = "FILE",
        value_delimiter = ','
    )]
    pub(crate) locustfile: Vec<PathBuf>,
    /// Additional configuration file, with the highest precedence of all files
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Also start the built-in target and preselect the burst scenario
    #[arg(long)]
    pub(crate) demo: bool,
    /// Base URL of the target, like <http://localhost:8000>
    #[arg(short = 'H', long, value_name = "URL")]
    pub(crate) host: Option<String>,
    /// Peak number of users
    #[arg(short = 'u', long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_USERS)))]
    pub(crate) users: Option<u32>,
    /// Users started per second
    #[arg(short = 'r', long, value_name = "RATE", allow_negative_numbers = true, value_parser = spawn_rate)]
    pub(crate) spawn_rate: Option<f64>,
    /// Stop the run after this time: 300, 300s, 20m, 3h, 1h30m
    #[arg(short = 't', long, value_name = "TIME", allow_negative_numbers = true, value_parser = time)]
    pub(crate) run_time: Option<Duration>,
    /// How long running tasks may continue after a stop; 500ms unless the scenario sets it
    #[arg(short = 's', long, value_name = "TIME", allow_negative_numbers = true, value_parser = time)]
    pub(crate) stop_timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) set: SetArgs,
    /// A label that groups runs, shown in the dashboard and in reports
    #[arg(long, value_name = "TEXT")]
    pub(crate) profile: Option<String>,
    /// Generator threads; default: one per usable core, half as many with --demo
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=i64::from(SLOTS)))]
    pub(crate) shards: Option<u16>,
    #[command(flatten)]
    pub(crate) samples: SampleArgs,
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct SampleArgs {
    /// Do not keep samples of failed responses
    #[arg(long)]
    no_samples: bool,
}

impl From<SampleArgs> for Samples {
    fn from(args: SampleArgs) -> Self {
        if args.no_samples {
            Self::None
        } else {
            Self::Kept
        }
    }
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Information")]
pub(crate) struct AskArgs {
    /// Print the user classes and exit
    #[arg(short = 'l', long)]
    pub(crate) list: bool,
    /// Print how often each class and task is picked, and exit
    #[arg(long)]
    pub(super) show_task_ratio: bool,
    /// Print the task ratios as JSON and exit
    #[arg(long)]
    pub(super) show_task_ratio_json: bool,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Selection")]
pub(crate) struct SelectArgs {
    /// Run only tasks with at least one of these tags
    #[arg(short = 'T', long, value_name = "TAG", num_args = 1..)]
    pub(crate) tags: Vec<String>,
    /// Skip tasks with any of these tags; overrides --tags
    #[arg(short = 'E', long, value_name = "TAG", num_args = 1..)]
    pub(crate) exclude_tags: Vec<String>,
    /// Give all user classes and all tasks the same weight
    #[arg(long)]
    pub(super) equal_weights: bool,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Mode")]
pub(crate) struct ModeArgs {
    /// Start at once without a dashboard and exit after the run
    #[arg(long)]
    pub(crate) headless: bool,
    /// Start at once, with a dashboard
    #[arg(long)]
    pub(crate) autostart: bool,
    /// With --autostart: exit this long after the run; -1 for never
    #[arg(long, value_name = "TIME", allow_negative_numbers = true, value_parser = quit)]
    pub(super) autoquit: Option<Quit>,
    /// Override `headless` of a configuration file
    #[arg(long)]
    pub(super) headful: bool,
    /// Wait for this URL before starting a run
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub(crate) wait_for: Option<String>,
    /// Time limit of --wait-for
    #[arg(long, value_name = "TIME", allow_negative_numbers = true, default_value = "60s", value_parser = time)]
    pub(super) wait_for_timeout: Duration,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Dashboard")]
pub(crate) struct WebArgs {
    /// Address to listen on; non-loopback addresses require a token
    #[arg(long, value_name = "IP", default_value = "127.0.0.1", value_parser = address)]
    pub(crate) web_host: IpAddr,
    /// Port the dashboard listens on
    #[arg(short = 'P', long, value_name = "PORT", default_value_t = 8089)]
    pub(crate) web_port: u16,
    /// Path prefix of the dashboard, like /load
    #[arg(long, value_name = "PATH", value_parser = base_path)]
    pub(super) web_base_path: Option<String>,
    /// PEM certificate for HTTPS; requires --tls-key
    #[arg(long, value_name = "FILE")]
    pub(super) tls_cert: Option<PathBuf>,
    /// PEM private key of --tls-cert
    #[arg(long, value_name = "FILE")]
    pub(super) tls_key: Option<PathBuf>,
    /// Expand the user class picker in the start form
    #[arg(long)]
    pub(crate) class_picker: bool,
    /// Host name that browsers may use for the dashboard, in addition to localhost
    #[arg(long, value_name = "NAME", value_parser = host_name)]
    pub(crate) allow_host: Vec<String>,
    /// Do not require the access token on non-loopback addresses; anyone who can reach the port can start load
    #[arg(long)]
    pub(crate) no_auth: bool,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Files")]
pub(crate) struct OutputArgs {
    /// Write CSV files and a run file with this name prefix
    #[arg(long, value_name = "PREFIX", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) csv: Option<String>,
    /// With --csv: history rows for each name, not only the total
    #[arg(long)]
    pub(crate) csv_full_history: bool,
    /// Columns of the CSV files: locust or guide
    #[arg(
        long,
        value_name = "STYLE",
        value_enum,
        ignore_case = true,
        default_value = "locust"
    )]
    pub(crate) csv_style: CsvStyle,
    /// Write an HTML report at the end; {u}, {r} and {t} in the name stand for users, rate and run time
    #[arg(long, value_name = "FILE", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) html: Option<String>,
    /// Print the final statistics as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the final statistics as JSON to FILE.json
    #[arg(long, value_name = "FILE", value_parser = PathBufValueParser::new().map(json_file))]
    pub(crate) json_file: Option<PathBuf>,
    /// Write a JUnit XML report for CI servers
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Console")]
pub(crate) struct ConsoleArgs {
    /// Print statistics during a run, also with the dashboard
    #[arg(long)]
    pub(crate) print_stats: bool,
    /// Print statistics only at the end
    #[arg(long)]
    pub(crate) only_summary: bool,
    /// Reset the statistics when all users have spawned
    #[arg(long)]
    pub(crate) reset_stats: bool,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct LogArgs {
    /// Log level: DEBUG, INFO, WARNING, ERROR or CRITICAL
    #[arg(
        short = 'L',
        long,
        value_name = "LEVEL",
        value_enum,
        ignore_case = true,
        default_value = "INFO"
    )]
    pub(crate) loglevel: LogLevel,
    /// Append the log to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) logfile: Option<PathBuf>,
    /// Disable the log
    #[arg(long)]
    pub(crate) skip_log_setup: bool,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Limit")]
pub(crate) struct LimitArgs {
    /// Search for the highest load that meets the criteria
    #[arg(long, value_name = "LOAD", value_enum, ignore_case = true, num_args = 0..=1, require_equals = true, default_missing_value = "users")]
    pub(crate) find_limit: Option<LoadKind>,
    /// With --find-limit: the first level; default: a tenth of the load
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_USERS)))]
    pub(super) limit_start: Option<u32>,
    /// With --find-limit: the highest level; default: 10000
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_USERS)))]
    pub(super) limit_max: Option<u32>,
    /// With --find-limit: duration of each level; default: 10s
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) limit_time: Option<Duration>,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Verdict")]
pub(crate) struct VerdictArgs {
    /// Pass criterion, like "p99 < 500ms"; can be repeated
    #[arg(long = "criterion", value_name = "TEXT")]
    pub(crate) criteria: Vec<String>,
    /// Exit code for the verdict FAIL
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) exit_code_on_error: u8,
}
