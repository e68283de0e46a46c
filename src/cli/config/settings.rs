//! What a command line comes to, together with files and environment.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::cli::config::options::{LimitArgs, ModeArgs, OutputArgs, RunArgs, WebArgs};
use crate::cli::config::values::Quit;
use crate::locust::LogLevel;
use crate::model::{FindLimitWish, Rails, Samples};
use crate::output::CsvPlan;
use crate::scenario::{Changes, Selection, Weights};
use crate::session::WaitFor;

/// Everything that a run or a dashboard is told from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Scenario files and folders; if empty those of `./scenarios`, else the
    /// built-in ones.
    pub locustfile: Vec<PathBuf>,
    /// Whether the built-in target is started as well.
    pub demo: bool,
    /// What is changed about scenarios: values and selection.
    pub changes: Changes,
    /// What is answered instead of a run.
    pub ask: Option<Ask>,
    /// The load, as far as it is not left to the scenario.
    pub load: LoadSettings,
    /// Who starts and ends a run.
    pub mode: Mode,
    /// What has to answer before a run starts.
    pub wait_for: Option<WaitFor>,
    /// The dashboard.
    pub web: WebSettings,
    /// What no run goes beyond.
    pub rails: Rails,
    /// The files that are written.
    pub outputs: Outputs,
    /// The tables on the console.
    pub console: Console,
    /// The log.
    pub log: LogSettings,
    /// What has to hold at the end, in the words of the user.
    pub criteria: Vec<String>,
    /// The search for the limit, if that is what the run is for.
    pub find_limit: Option<FindLimitWish>,
    /// Exit code of a run with failures.
    pub exit_code_on_error: u8,
    /// Generator threads, if said.
    pub shards: Option<u16>,
    /// Whether samples of failures are kept.
    pub samples: Samples,
}

/// What `None` leaves to the scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoadSettings {
    /// The target's base address.
    pub host: Option<String>,
    /// Users to reach.
    pub users: Option<u32>,
    /// Users per second.
    pub spawn_rate: Option<f64>,
    /// When the run stops by itself.
    pub run_time: Option<Duration>,
    /// How long tasks may go on after the stop.
    pub stop_timeout: Option<Duration>,
    /// A label that groups runs.
    pub profile: Option<String>,
}

/// A question that is answered instead of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Which user classes there are.
    List,
    /// How often each class and task is picked.
    TaskRatio,
    /// The same as JSON.
    TaskRatioJson,
}

/// Who starts and ends a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The operator, in the dashboard.
    Dashboard,
    /// It starts at once, with a dashboard.
    Autostart {
        /// When the program ends, counted from the end of the run; `None`
        /// leaves it to the operator.
        quit_after: Option<Duration>,
    },
    /// It starts at once, and the program ends with it.
    Headless,
}

/// The dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSettings {
    /// The address it listens on.
    pub host: IpAddr,
    /// The port; 0 takes any.
    pub port: u16,
    /// What its addresses begin with: empty, or `/` and more without a slash
    /// at the end.
    pub base_path: String,
    /// What it serves HTTPS with.
    pub tls: Option<TlsFiles>,
    /// Whether user classes are chosen in it.
    pub class_picker: bool,
    /// Names this machine may be called by, beside localhost.
    pub allow_host: Vec<String>,
    /// Whether no token is asked for beyond loopback.
    pub no_auth: bool,
}

/// A certificate and its private key, both in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, with those that lead to its root.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// The files that are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outputs {
    /// The CSV files, and the run file.
    pub csv: Option<CsvPlan>,
    /// The report; `{u}`, `{r}` and `{t}` in it are users, rate and run time.
    pub html: Option<String>,
    /// Whether the final statistics go to standard output as JSON.
    pub json: bool,
    /// The same to a file. `.json` is at its end already.
    pub json_file: Option<PathBuf>,
    /// The verdict for CI servers.
    pub junit: Option<PathBuf>,
}

/// The tables on the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Console {
    /// Whether they are printed while a run goes on, also with a dashboard.
    pub print_stats: bool,
    /// Whether they are printed at the end only.
    pub only_summary: bool,
    /// Whether the statistics begin anew when all users are spawned.
    pub reset_stats: bool,
}

/// The log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogSettings {
    /// What is logged: this and what is graver.
    pub level: LogLevel,
    /// The file; standard error if there is none.
    pub file: Option<PathBuf>,
    /// Whether there is no log.
    pub skip_setup: bool,
}

/// Options that do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// `--autoquit` ends what `--autostart` started.
    #[error("--autoquit is only meaningful with --autostart; add it, or use --headless")]
    AutoquitAlone,
    /// `--csv-full-history` adds to a file of `--csv`.
    #[error("--csv-full-history requires --csv PREFIX")]
    HistoryAlone,
    /// What a search is like says nothing without one.
    #[error("--limit-start, --limit-max and --limit-time require --find-limit")]
    LimitAlone,
    /// A dashboard searches when its button is clicked.
    #[error("--find-limit requires --headless or --autostart")]
    LimitUnstarted,
    /// HTTPS takes both.
    #[error("--tls-cert and --tls-key must be used together")]
    HalfOfTls,
}

impl TryFrom<RunArgs> for Settings {
    type Error = SettingsError;

    fn try_from(args: RunArgs) -> Result<Self, SettingsError> {
        let common = args.common;
        let select = args.select;
        let console = args.console;
        Ok(Self {
            locustfile: common.locustfile,
            demo: common.demo,
            changes: Changes {
                overrides: common.set.overrides,
                selection: Selection {
                    classes: args.user_classes,
                    tags: select.tags,
                    exclude_tags: select.exclude_tags,
                    weights: if select.equal_weights {
                        Weights::Equal
                    } else {
                        Weights::AsWritten
                    },
                },
            },
            ask: [
                (args.ask.list, Ask::List),
                (args.ask.show_task_ratio, Ask::TaskRatio),
                (args.ask.show_task_ratio_json, Ask::TaskRatioJson),
            ]
            .into_iter()
            .find_map(|(asked, ask)| asked.then_some(ask)),
            load: LoadSettings {
                host: common.host,
                users: common.users,
                spawn_rate: common.spawn_rate,
                run_time: common.run_time,
                stop_timeout: common.stop_timeout,
                profile: common.profile,
            },
            wait_for: wait_for(&args.mode),
            mode: mode(&args.mode)?,
            web: web(args.web)?,
            rails: args.rails.into(),
            outputs: outputs(args.output)?,
            console: Console {
                print_stats: console.print_stats,
                only_summary: console.only_summary,
                reset_stats: console.reset_stats,
            },
            log: LogSettings {
                level: args.log.loglevel,
                file: args.log.logfile,
                skip_setup: args.log.skip_log_setup,
            },
            shards: common.shards,
            samples: common.samples.into(),
            find_limit: find_limit(&args.limit, &args.mode)?,
            criteria: args.end.criteria,
            exit_code_on_error: args.end.exit_code_on_error,
        })
    }
}

fn wait_for(args: &ModeArgs) -> Option<WaitFor> {
    args.wait_for.clone().map(|url| WaitFor {
        url,
        within: args.wait_for_timeout,
    })
}

fn find_limit(args: &LimitArgs, mode: &ModeArgs) -> Result<Option<FindLimitWish>, SettingsError> {
    let Some(of) = args.find_limit else {
        let is_told = args.limit_start.is_some() || args.limit_max.is_some();
        return match is_told || args.limit_time.is_some() {
            true => Err(SettingsError::LimitAlone),
            false => Ok(None),
        };
    };
    if !mode.autostart && (!mode.headless || mode.headful) {
        return Err(SettingsError::LimitUnstarted);
    }
    Ok(Some(FindLimitWish {
        of,
        start: args.limit_start.map(f64::from),
        max: args.limit_max.map(f64::from),
        level: args.limit_time,
    }))
}

fn mode(args: &ModeArgs) -> Result<Mode, SettingsError> {
    let quit_after = match args.autoquit {
        Some(Quit::After(time)) => Some(time),
        Some(Quit::Never) | None => None,
    };
    if args.headless && !args.headful {
        Ok(Mode::Headless)
    } else if args.autostart {
        Ok(Mode::Autostart { quit_after })
    } else if quit_after.is_some() {
        Err(SettingsError::AutoquitAlone)
    } else {
        Ok(Mode::Dashboard)
    }
}

fn web(args: WebArgs) -> Result<WebSettings, SettingsError> {
    let tls = match (args.tls_cert, args.tls_key) {
        (Some(cert), Some(key)) => Some(TlsFiles { cert, key }),
        (None, None) => None,
        _ => return Err(SettingsError::HalfOfTls),
    };
    Ok(WebSettings {
        host: args.web_host,
        port: args.web_port,
        base_path: args.web_base_path.unwrap_or_default(),
        tls,
        class_picker: args.class_picker,
        allow_host: args.allow_host,
        no_auth: args.no_auth,
    })
}

fn outputs(args: OutputArgs) -> Result<Outputs, SettingsError> {
    if args.csv_full_history && args.csv.is_none() {
        return Err(SettingsError::HistoryAlone);
    }
    Ok(Outputs {
        csv: args.csv.map(|prefix| CsvPlan {
            prefix: prefix.into(),
            by_name: args.csv_full_history,
            style: args.csv_style,
        }),
        html: args.html,
        json: args.json,
        json_file: args.json_file.map(|path| {
            let mut name = path.into_os_string();
            name.push(".json");
            name.into()
        }),
        junit: args.junit,
    })
}
