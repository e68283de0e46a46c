//! Settings that derive from several options.

use std::path::PathBuf;
use std::time::Duration;

use crate::cli::config::options::{ModeArgs, OutputArgs, Settings, WebArgs};
use crate::cli::config::values::Quit;
use crate::model::{FindLimitOptions, Rails};
use crate::output::CsvPlan;
use crate::scenario::{Changes, Selection, Weights};
use crate::session::WaitFor;

/// A question that is answered instead of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    List,
    TaskRatio,
    TaskRatioJson,
}

/// Who starts and ends a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
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

/// A certificate and its private key, both in PEM.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TlsFiles<'a> {
    pub(crate) cert: &'a PathBuf,
    pub(crate) key: &'a PathBuf,
}

/// Options that do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("--autoquit is only meaningful with --autostart; add it, or use --headless")]
    AutoquitAlone,
    #[error("--csv-full-history requires --csv PREFIX")]
    HistoryAlone,
    #[error("--limit-start, --limit-max and --limit-time require --find-limit")]
    LimitAlone,
    #[error("--find-limit requires --headless or --autostart")]
    LimitUnstarted,
    #[error("--tls-cert and --tls-key must be used together")]
    HalfOfTls,
}

impl Settings {
    /// Refuses options that contradict each other.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let (limit, web) = (&self.limit, &self.web);
        let waits_for_operator = self.mode() == Mode::Dashboard;
        let shapes_search =
            limit.limit_start.is_some() || limit.limit_max.is_some() || limit.limit_time.is_some();
        if waits_for_operator && self.mode.quit_after().is_some() {
            return Err(SettingsError::AutoquitAlone);
        }
        if web.tls_cert.is_some() != web.tls_key.is_some() {
            return Err(SettingsError::HalfOfTls);
        }
        if self.outputs.csv_full_history && self.outputs.csv.is_none() {
            return Err(SettingsError::HistoryAlone);
        }
        if shapes_search && limit.find_limit.is_none() {
            return Err(SettingsError::LimitAlone);
        }
        if waits_for_operator && limit.find_limit.is_some() {
            return Err(SettingsError::LimitUnstarted);
        }
        Ok(())
    }

    pub(crate) fn ask(&self) -> Option<Ask> {
        [
            (self.ask.list, Ask::List),
            (self.ask.show_task_ratio, Ask::TaskRatio),
            (self.ask.show_task_ratio_json, Ask::TaskRatioJson),
        ]
        .into_iter()
        .find_map(|(asked, ask)| asked.then_some(ask))
    }

    pub(crate) fn mode(&self) -> Mode {
        if self.mode.headless && !self.mode.headful {
            Mode::Headless
        } else if self.mode.autostart {
            Mode::Autostart {
                quit_after: self.mode.quit_after(),
            }
        } else {
            Mode::Dashboard
        }
    }

    /// Changes to scenarios: values and selection.
    pub(crate) fn changes(&self) -> Changes {
        Changes {
            overrides: self.common.set.overrides.clone(),
            selection: Selection {
                classes: self.user_classes.clone(),
                tags: self.select.tags.clone(),
                exclude_tags: self.select.exclude_tags.clone(),
                weights: if self.select.equal_weights {
                    Weights::Equal
                } else {
                    Weights::AsWritten
                },
            },
        }
    }

    /// The URL that must respond before a run starts.
    pub(crate) fn wait_for(&self) -> Option<WaitFor> {
        let within = self.mode.wait_for_timeout;
        let url = self.mode.wait_for.clone();
        url.map(|url| WaitFor { url, within })
    }

    pub(crate) fn rails(&self) -> Rails {
        Rails::from(&self.rails)
    }

    pub(crate) fn find_limit(&self) -> Option<FindLimitOptions> {
        self.limit.find_limit.map(|of| FindLimitOptions {
            of,
            start: self.limit.limit_start.map(f64::from),
            max: self.limit.limit_max.map(f64::from),
            level: self.limit.limit_time,
        })
    }
}

impl ModeArgs {
    fn quit_after(&self) -> Option<Duration> {
        match self.autoquit {
            Some(Quit::After(time)) => Some(time),
            Some(Quit::Never) | None => None,
        }
    }
}

impl WebArgs {
    /// Prefix of all paths: empty, or `/` and more without a slash at the end.
    pub(crate) fn base_path(&self) -> &str {
        self.web_base_path.as_deref().unwrap_or_default()
    }

    pub(crate) fn tls(&self) -> Option<TlsFiles<'_>> {
        let (cert, key) = self.tls_cert.as_ref().zip(self.tls_key.as_ref())?;
        Some(TlsFiles { cert, key })
    }
}

impl OutputArgs {
    pub(crate) fn csv_plan(&self) -> Option<CsvPlan> {
        self.csv.as_ref().map(|prefix| CsvPlan {
            prefix: prefix.into(),
            by_name: self.csv_full_history,
            style: self.csv_style,
        })
    }
}
