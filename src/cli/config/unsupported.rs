//! Options of Locust that do not apply here, and what to do instead.

use clap::{Arg, ArgAction, ArgMatches, Command};

/// An option that is known and answered with a sentence.
#[derive(Debug)]
pub(crate) struct Unsupported {
    /// The long name.
    pub(crate) name: &'static str,
    /// Where its environment variable is called otherwise.
    pub(crate) environment: Option<&'static str>,
    /// Why it does not apply, and what does.
    pub(crate) instead: &'static str,
}

const ONE_PROCESS: &str = "no workers needed: one process uses all cores (or --shards N)";

const fn refused(name: &'static str, instead: &'static str) -> Unsupported {
    Unsupported {
        name,
        environment: None,
        instead,
    }
}

impl Unsupported {
    const fn variable(mut self, suffix: &'static str) -> Self {
        self.environment = Some(suffix);
        self
    }
}

/// All of them.
pub(super) const REFUSED: &[Unsupported] = &[
    refused("master", ONE_PROCESS).variable("MODE_MASTER"),
    refused("worker", ONE_PROCESS).variable("MODE_WORKER"),
    refused("processes", ONE_PROCESS),
    refused("master-bind-host", ONE_PROCESS),
    refused("master-bind-port", ONE_PROCESS),
    refused("master-host", ONE_PROCESS).variable("MASTER_NODE_HOST"),
    refused("master-port", ONE_PROCESS).variable("MASTER_NODE_PORT"),
    refused("expect-workers", ONE_PROCESS),
    refused("expect-workers-max-wait", ONE_PROCESS),
    refused("enable-rebalancing", ONE_PROCESS),
    refused("expect-slaves", ONE_PROCESS),
    refused("slave", ONE_PROCESS),
    refused(
        "config-users",
        "change user classes in the scenario, or with --set user_classes.NAME.weight=2",
    ),
    refused(
        "web-login",
        "no login page: on non-loopback addresses the dashboard requires the printed token",
    ),
    refused(
        "web-auth",
        "no passwords: on non-loopback addresses the dashboard requires the printed token",
    ),
    refused(
        "web-host-display-name",
        "open the printed address; --allow-host allows other names",
    ),
    refused("build-path", "the dashboard is built in"),
    refused("legacy-ui", "there is only one dashboard"),
    refused("otel", "no export during a run; use --json or --csv").variable("ENABLE_OPENTELEMETRY"),
];

impl Unsupported {
    /// The sentence.
    pub(crate) fn sentence(&self) -> String {
        format!("--{} does not apply: {}", self.name, self.instead)
    }
}

/// Adds them to what can be typed, so that they are answered with more than
/// "unknown".
pub(crate) fn known(command: Command) -> Command {
    command.args(REFUSED.iter().map(|refused| {
        Arg::new(refused.name)
            .long(refused.name)
            .action(ArgAction::Append)
            .num_args(0..=1)
            .allow_negative_numbers(true)
            .hide(true)
    }))
}

/// The first that was typed.
pub(crate) fn typed(matches: &ArgMatches) -> Option<&'static Unsupported> {
    REFUSED
        .iter()
        .find(|refused| matches.value_source(refused.name).is_some())
}
