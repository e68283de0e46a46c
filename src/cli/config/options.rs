//! The options of a run. Their long names are the keys of configuration files.
//!
//! What is typed stands here; what it means, in [`settings`](crate::cli::config::settings).

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use crate::cli::config::args::SetArgs;
use crate::cli::config::rails::RailArgs;
use crate::cli::config::values::{
    Quit, address, base_path, host_name, quit, spawn_rate, time, web_address,
};
use crate::locust::LogLevel;
use crate::model::{LoadKind, MAX_USERS, SLOTS, Samples};
use crate::output::CsvStyle;

/// All options, and the user classes.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) common: CommonArgs,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    #[command(flatten)]
    pub(crate) mode: ModeArgs,
    #[command(flatten)]
    pub(crate) web: WebArgs,
    #[command(flatten)]
    pub(crate) rails: RailArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) console: ConsoleArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
    #[command(flatten)]
    pub(crate) limit: LimitArgs,
    #[command(flatten)]
    pub(crate) end: EndArgs,
    /// User classes to run; without any, all of them
    #[arg(value_name = "UserClass")]
    pub(crate) user_classes: Vec<String>,
}

/// What is run, against what, how much of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Run")]
pub(crate) struct CommonArgs {
    /// Scenario files, or folders of them; without it ./scenarios, else the built-in ones
    #[arg(
        short = 'f',
        long = "locustfile",
        visible_alias = "file",
        value_name = "FILE",
        value_delimiter = ','
    )]
    pub(crate) locustfile: Vec<PathBuf>,
    /// One more file of options; it goes before all others
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Start the built-in target as well and fill in scenario 4
    #[arg(long)]
    pub(crate) demo: bool,
    /// Base address of the target, like <http://localhost:8000>
    #[arg(short = 'H', long, value_name = "URL")]
    pub(crate) host: Option<String>,
    /// Users to reach
    #[arg(short = 'u', long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_USERS)))]
    pub(crate) users: Option<u32>,
    /// Users started per second
    #[arg(short = 'r', long, value_name = "RATE", allow_negative_numbers = true, value_parser = spawn_rate)]
    pub(crate) spawn_rate: Option<f64>,
    /// When a run stops by itself: 300, 300s, 20m, 3h, 1h30m
    #[arg(short = 't', long, value_name = "TIME", allow_negative_numbers = true, value_parser = time)]
    pub(crate) run_time: Option<Duration>,
    /// How long tasks may go on after the stop; 500ms unless the scenario says so
    #[arg(short = 's', long, value_name = "TIME", allow_negative_numbers = true, value_parser = time)]
    pub(crate) stop_timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) set: SetArgs,
    /// A label that groups runs, shown in the dashboard and in reports
    #[arg(long, value_name = "TEXT")]
    pub(crate) profile: Option<String>,
    /// Generator threads; by default one a usable core, half of them with --demo
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=i64::from(SLOTS)))]
    pub(crate) shards: Option<u16>,
    #[command(flatten)]
    pub(crate) samples: SampleArgs,
}

/// What is kept of failing answers.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct SampleArgs {
    /// Keep no samples of what failing answers said
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

/// Questions that are answered instead of a run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Ask")]
pub(crate) struct AskArgs {
    /// Print the user classes and end
    #[arg(short = 'l', long)]
    pub(crate) list: bool,
    /// Print how often each class and task is picked, and end
    #[arg(long)]
    pub(super) show_task_ratio: bool,
    /// The same as JSON
    #[arg(long)]
    pub(super) show_task_ratio_json: bool,
}

/// What is run of a scenario.
#[derive(Debug, Args)]
#[command(next_help_heading = "Select")]
pub(crate) struct SelectArgs {
    /// Only tasks with at least one of these tags
    #[arg(short = 'T', long, value_name = "TAG", num_args = 1..)]
    pub(crate) tags: Vec<String>,
    /// No tasks with one of these tags, even if --tags names another of theirs
    #[arg(short = 'E', long, value_name = "TAG", num_args = 1..)]
    pub(crate) exclude_tags: Vec<String>,
    /// Give all user classes and all tasks the same weight
    #[arg(long)]
    pub(super) equal_weights: bool,
}

/// Who starts and ends a run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Mode")]
pub(crate) struct ModeArgs {
    /// No dashboard: start at once, end with the run
    #[arg(long)]
    pub(crate) headless: bool,
    /// Start at once, with the dashboard
    #[arg(long)]
    pub(crate) autostart: bool,
    /// With --autostart: end so long after the run has ended; -1 never does
    #[arg(long, value_name = "TIME", allow_negative_numbers = true, value_parser = quit)]
    pub(super) autoquit: Option<Quit>,
    /// Undo a `headless` of a configuration file
    #[arg(long)]
    pub(super) headful: bool,
    /// Start no run before this address answers
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub(crate) wait_for: Option<String>,
    /// How long --wait-for may take
    #[arg(long, value_name = "TIME", allow_negative_numbers = true, default_value = "60s", value_parser = time)]
    pub(super) wait_for_timeout: Duration,
}

/// The dashboard.
#[derive(Debug, Args)]
#[command(next_help_heading = "Dashboard")]
pub(crate) struct WebArgs {
    /// Address the dashboard listens on; beyond loopback it asks for a token
    #[arg(long, value_name = "IP", default_value = "127.0.0.1", value_parser = address)]
    pub(super) web_host: IpAddr,
    /// Port the dashboard listens on
    #[arg(short = 'P', long, value_name = "PORT", default_value_t = 8089)]
    pub(super) web_port: u16,
    /// Prefix of the dashboard's addresses, like /load
    #[arg(long, value_name = "PATH", value_parser = base_path)]
    pub(super) web_base_path: Option<String>,
    /// Certificate with which the dashboard serves HTTPS, in PEM; with --tls-key
    #[arg(long, value_name = "FILE")]
    pub(super) tls_cert: Option<PathBuf>,
    /// Private key of --tls-cert, in PEM
    #[arg(long, value_name = "FILE")]
    pub(super) tls_key: Option<PathBuf>,
    /// Open the choice of user classes in the start form
    #[arg(long)]
    pub(crate) class_picker: bool,
    /// A name this machine may be called by in the browser, beside localhost
    #[arg(long, value_name = "NAME", value_parser = host_name)]
    pub(crate) allow_host: Vec<String>,
    /// Ask for no token beyond loopback: whoever reaches the port may start load
    #[arg(long)]
    pub(crate) no_auth: bool,
}

/// Files that are written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub(crate) struct OutputArgs {
    /// Write CSV files and a run file whose names begin with PREFIX
    #[arg(long, value_name = "PREFIX", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) csv: Option<String>,
    /// With --csv: a row of history for each name, not only for the sum
    #[arg(long)]
    pub(super) csv_full_history: bool,
    /// Columns of the CSV files: locust or guide
    #[arg(
        long,
        value_name = "STYLE",
        value_enum,
        ignore_case = true,
        default_value = "locust"
    )]
    pub(super) csv_style: CsvStyle,
    /// Write a report at the end; {u}, {r} and {t} are users, rate and run time
    #[arg(long, value_name = "FILE", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) html: Option<String>,
    /// Print the final statistics as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the final statistics as JSON to FILE.json
    #[arg(long, value_name = "FILE")]
    pub(crate) json_file: Option<PathBuf>,
    /// Write the verdict for CI servers
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
}

/// Tables on the console.
#[derive(Debug, Args)]
#[command(next_help_heading = "Console")]
pub(crate) struct ConsoleArgs {
    /// Print the table of statistics while a run goes on, also with the dashboard
    #[arg(long)]
    pub(crate) print_stats: bool,
    /// Print it at the end only
    #[arg(long)]
    pub(crate) only_summary: bool,
    /// Begin the statistics anew when all users are spawned
    #[arg(long)]
    pub(crate) reset_stats: bool,
}

/// The log.
#[derive(Debug, Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct LogArgs {
    /// How much is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL
    #[arg(
        short = 'L',
        long,
        value_name = "LEVEL",
        value_enum,
        ignore_case = true,
        default_value = "INFO"
    )]
    pub(super) loglevel: LogLevel,
    /// Log to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) logfile: Option<PathBuf>,
    /// Write no log
    #[arg(long)]
    pub(super) skip_log_setup: bool,
}

/// The search for the highest load that keeps the criteria.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limit")]
pub(crate) struct LimitArgs {
    /// Find the highest load that keeps the criteria; it ends by itself
    #[arg(long, value_name = "LOAD", value_enum, ignore_case = true, num_args = 0..=1, require_equals = true, default_missing_value = "users")]
    pub(crate) find_limit: Option<LoadKind>,
    /// With --find-limit: the first level; a tenth of the load if it is left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_USERS)))]
    pub(super) limit_start: Option<u32>,
    /// With --find-limit: the highest level that may be tried; 10000 if it is left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_USERS)))]
    pub(super) limit_max: Option<u32>,
    /// With --find-limit: how long each level is measured; 10s if it is left out
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) limit_time: Option<Duration>,
}

/// How a run is judged.
#[derive(Debug, Args)]
#[command(next_help_heading = "Verdict")]
pub(crate) struct EndArgs {
    /// What has to hold, like "p99 < 500ms"; may be repeated
    #[arg(long = "criterion", value_name = "TEXT")]
    pub(crate) criteria: Vec<String>,
    /// Exit code of a run with failures
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) exit_code_on_error: u8,
}
