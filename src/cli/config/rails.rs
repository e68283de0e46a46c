//! Options of the guard rails.

use std::time::Duration;

use clap::Args;

use crate::cli::config::values::{rps, time};
use crate::model::{MAX_USERS, Rails, TargetPattern, Targets};

/// Limits of every run.
#[derive(Clone, Debug, Args)]
pub(crate) struct RailArgs {
    #[command(flatten)]
    limits: CeilingArgs,
    #[command(flatten)]
    dashboard: DashboardRailArgs,
}

/// Those that apply with and without a dashboard.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Guard rails")]
pub(crate) struct CeilingArgs {
    /// Allow load only to these hosts or networks, `loopback` or `private`; can be repeated
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    allow_target: Vec<TargetPattern>,
    /// Maximum users of a run, bursts included; more are rejected
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_USERS)))]
    max_users: Option<u32>,
    /// Maximum requests per second of a run; a lower limit in the scenario applies
    #[arg(long, value_name = "N", value_parser = rps)]
    max_rps: Option<f64>,
}

/// Those that concern the operators of a dashboard.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Guard rails")]
struct DashboardRailArgs {
    /// Require confirmation before the first run against a target that is neither local nor private
    #[arg(long)]
    confirm_public: bool,
    /// Override `confirm-public` of a file or the environment
    #[arg(long)]
    no_confirm_public: bool,
    /// Ramp down a run started in the dashboard once no dashboard has been open for this long; 0 for never
    #[arg(long, value_name = "TIME", value_parser = time)]
    dead_man: Option<Duration>,
}

impl From<&RailArgs> for Rails {
    fn from(args: &RailArgs) -> Self {
        let dashboard = &args.dashboard;
        let asks = dashboard.confirm_public && !dashboard.no_confirm_public;
        Self {
            unasked: asks.then(Targets::near),
            dead_man: dashboard.dead_man.filter(|time| !time.is_zero()),
            ..Self::from(&args.limits)
        }
    }
}

impl From<&CeilingArgs> for Rails {
    fn from(args: &CeilingArgs) -> Self {
        let allowed = Some(&args.allow_target).filter(|patterns| !patterns.is_empty());
        Self {
            allowed: allowed.cloned().map(Targets::new),
            max_users: args.max_users,
            max_rps: args.max_rps,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Typed {
        #[command(flatten)]
        rails: RailArgs,
    }

    fn typed(line: &str) -> Result<Rails, String> {
        let words = std::iter::once("x").chain(line.split_whitespace());
        let typed = Typed::try_parse_from(words);
        typed
            .map(|typed| Rails::from(&typed.rails))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn options_become_rails() {
        assert_eq!(typed(""), Ok(Rails::default()));
        let rails = typed(
            "--allow-target loopback,private --allow-target *.test --max-users 500 --max-rps 2000 --confirm-public --dead-man 30s",
        );
        let rails = rails.expect("sound");
        let allowed = rails.allowed.map(|allowed| allowed.to_string());
        assert_eq!(allowed.as_deref(), Some("loopback, private, *.test"));
        assert_eq!((rails.max_users, rails.max_rps), (Some(500), Some(2_000.0)));
        assert_eq!(rails.unasked, Some(Targets::near()));
        assert_eq!(rails.dead_man, Some(Duration::from_secs(30)));
    }

    #[test]
    fn rails_of_another_place_can_be_undone() {
        let undone = typed("--confirm-public --no-confirm-public --dead-man 0");
        assert_eq!(undone, Ok(Rails::default()));
    }

    #[test]
    fn what_makes_no_rail_is_refused() {
        for line in [
            "--allow-target http://x.test",
            "--max-users 0",
            "--max-rps 0",
            "--max-rps many",
            "--dead-man soon",
        ] {
            assert!(typed(line).is_err(), "{line}");
        }
    }
}
