//! The options of a run. Their long names are the keys of configuration files.
//!
//! What is typed stands here; what it means, in [`settings`](super::settings).

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use crate::cli::args::SetArgs;
use crate::cli::rails::RailArgs;
use crate::cli::values::{
    Quit, address, base_path, host_name, quit, spawn_rate, time, web_address,
};
use crate::locust::LogLevel;
use crate::model::{LoadKind, MAX_USERS, SLOTS, Samples};
use crate::output::CsvStyle;

/// All options, and the user classes.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    pub(super) common: CommonArgs,
    #[command(flatten)]
    pub(super) ask: AskArgs,
    #[command(flatten)]
    pub(super) select: SelectArgs,
    #[command(flatten)]
    pub(super) mode: ModeArgs,
    #[command(flatten)]
    pub(super) web: WebArgs,
    #[command(flatten)]
    pub(super) rails: RailArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) console: ConsoleArgs,
    #[command(flatten)]
    pub(super) log: LogArgs,
    #[command(flatten)]
    pub(super) limit: LimitArgs,
    #[command(flatten)]
    pub(super) end: EndArgs,
    /// User classes to run; without any, all of them
    #[arg(value_name = "UserClass")]
    pub(super) user_classes: Vec<String>,
}

/// What is run, against what, how much of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Run")]
pub(super) struct CommonArgs {
    /// Scenario files, or folders of them; without it ./scenarios, else the built-in ones
    #[arg(
        short = 'f',
        long = "locustfile",
        visible_alias = "file",
        value_name = "FILE",
        value_delimiter = ','
    )]
    pub(super) locustfile: Vec<PathBuf>,
    /// One more file of options; it goes before all others
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Start the built-in target as well and fill in scenario 4
    #[arg(long)]
    pub(super) demo: bool,
    /// Base address of the target, like <http://localhost:8000>
    #[arg(short = 'H', long, value_name = "URL")]
    pub(super) host: Option<String>,
    /// Users to reach
    #[arg(short = 'u', long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_USERS)))]
    pub(super) users: Option<u32>,
    /// Users started per second
    #[arg(short = 'r', long, value_name = "RATE", allow_negative_numbers = true, value_parser = spawn_rate)]
    pub(super) spawn_rate: Option<f64>,
    /// When a run stops by itself: 300, 300s, 20m, 3h, 1h30m
    #[arg(short = 't', long, value_name = "TIME", allow_negative_numbers = true, value_parser = time)]
    pub(super) run_time: Option<Duration>,
    /// How long tasks may go on after the stop; 500ms unless the scenario says so
    #[arg(short = 's', long, value_name = "TIME", allow_negative_numbers = true, value_parser = time)]
    pub(super) stop_timeout: Option<Duration>,
    #[command(flatten)]
    pub(super) set: SetArgs,
    /// A label that groups runs, shown in the dashboard and in reports
    #[arg(long, value_name = "TEXT")]
    pub(super) profile: Option<String>,
    /// Generator threads; by default one a usable core, half of them with --demo
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=i64::from(SLOTS)))]
    pub(super) shards: Option<u16>,
    #[command(flatten)]
    pub(super) samples: SampleArgs,
}

/// What is kept of failing answers.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct SampleArgs {
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
pub(super) struct AskArgs {
    /// Print the user classes and end
    #[arg(short = 'l', long)]
    pub(super) list: bool,
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
pub(super) struct SelectArgs {
    /// Only tasks with at least one of these tags
    #[arg(short = 'T', long, value_name = "TAG", num_args = 1..)]
    pub(super) tags: Vec<String>,
    /// No tasks with one of these tags, even if --tags names another of theirs
    #[arg(short = 'E', long, value_name = "TAG", num_args = 1..)]
    pub(super) exclude_tags: Vec<String>,
    /// Give all user classes and all tasks the same weight
    #[arg(long)]
    pub(super) equal_weights: bool,
}

/// Who starts and ends a run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Mode")]
pub(super) struct ModeArgs {
    /// No dashboard: start at once, end with the run
    #[arg(long)]
    pub(super) headless: bool,
    /// Start at once, with the dashboard
    #[arg(long)]
    pub(super) autostart: bool,
    /// With --autostart: end so long after the run has ended; -1 never does
    #[arg(long, value_name = "TIME", allow_negative_numbers = true, value_parser = quit)]
    pub(super) autoquit: Option<Quit>,
    /// Undo a `headless` of a configuration file
    #[arg(long)]
    pub(super) headful: bool,
    /// Start no run before this address answers
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub(super) wait_for: Option<String>,
    /// How long --wait-for may take
    #[arg(long, value_name = "TIME", allow_negative_numbers = true, default_value = "60s", value_parser = time)]
    pub(super) wait_for_timeout: Duration,
}

/// The dashboard.
#[derive(Debug, Args)]
#[command(next_help_heading = "Dashboard")]
pub(super) struct WebArgs {
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
    pub(super) class_picker: bool,
    /// A name this machine may be called by in the browser, beside localhost
    #[arg(long, value_name = "NAME", value_parser = host_name)]
    pub(super) allow_host: Vec<String>,
    /// Ask for no token beyond loopback: whoever reaches the port may start load
    #[arg(long)]
    pub(super) no_auth: bool,
}

/// Files that are written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub(super) struct OutputArgs {
    /// Write CSV files and a run file whose names begin with PREFIX
    #[arg(long, value_name = "PREFIX", value_parser = NonEmptyStringValueParser::new())]
    pub(super) csv: Option<String>,
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
    pub(super) html: Option<String>,
    /// Print the final statistics as JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Write the final statistics as JSON to FILE.json
    #[arg(long, value_name = "FILE")]
    pub(super) json_file: Option<PathBuf>,
    /// Write the verdict for CI servers
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
}

/// Tables on the console.
#[derive(Debug, Args)]
#[command(next_help_heading = "Console")]
pub(super) struct ConsoleArgs {
    /// Print the table of statistics while a run goes on, also with the dashboard
    #[arg(long)]
    pub(super) print_stats: bool,
    /// Print it at the end only
    #[arg(long)]
    pub(super) only_summary: bool,
    /// Begin the statistics anew when all users are spawned
    #[arg(long)]
    pub(super) reset_stats: bool,
}

/// The log.
#[derive(Debug, Args)]
#[command(next_help_heading = "Log")]
pub(super) struct LogArgs {
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
    pub(super) logfile: Option<PathBuf>,
    /// Write no log
    #[arg(long)]
    pub(super) skip_log_setup: bool,
}

/// The search for the highest load that keeps the criteria.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limit")]
pub(super) struct LimitArgs {
    /// Find the highest load that keeps the criteria; it ends by itself
    #[arg(long, value_name = "LOAD", value_enum, ignore_case = true, num_args = 0..=1, require_equals = true, default_missing_value = "users")]
    pub(super) find_limit: Option<LoadKind>,
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
pub(super) struct EndArgs {
    /// What has to hold, like "p99 < 500ms"; may be repeated
    #[arg(long = "criterion", value_name = "TEXT")]
    pub(super) criteria: Vec<String>,
    /// Exit code of a run with failures
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) exit_code_on_error: u8,
}
