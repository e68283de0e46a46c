//! Options of Locust that do not apply here, and what to do instead.

use clap::{Arg, ArgAction, ArgMatches, Command};

/// The long name of an option, and why it does not apply or what to use instead.
pub(crate) type Unsupported = (&'static str, &'static str);

const ONE_PROCESS: &str = "no workers needed: one process uses all cores (or --shards N)";

pub(super) const UNSUPPORTED: &[Unsupported] = &[
    ("master", ONE_PROCESS),
    ("worker", ONE_PROCESS),
    ("processes", ONE_PROCESS),
    ("master-bind-host", ONE_PROCESS),
    ("master-bind-port", ONE_PROCESS),
    ("master-host", ONE_PROCESS),
    ("master-port", ONE_PROCESS),
    ("expect-workers", ONE_PROCESS),
    ("expect-workers-max-wait", ONE_PROCESS),
    ("enable-rebalancing", ONE_PROCESS),
    ("expect-slaves", ONE_PROCESS),
    ("slave", ONE_PROCESS),
    (
        "config-users",
        "change user classes in the scenario, or with --set user_classes.NAME.weight=2",
    ),
    (
        "web-login",
        "no login page: on non-loopback addresses the dashboard requires the printed token",
    ),
    (
        "web-auth",
        "no passwords: on non-loopback addresses the dashboard requires the printed token",
    ),
    (
        "web-host-display-name",
        "open the printed address; --allow-host allows other names",
    ),
    ("build-path", "the dashboard is built in"),
    ("legacy-ui", "there is only one dashboard"),
    ("otel", "no export during a run; use --json or --csv"),
];

pub(crate) fn sentence((name, instead): &Unsupported) -> String {
    format!("--{name} does not apply: {instead}")
}

/// Adds them to the command, so that they are answered with more than
/// "unknown".
pub(crate) fn known(command: Command) -> Command {
    command.args(UNSUPPORTED.iter().map(|(name, _)| {
        Arg::new(*name)
            .long(*name)
            .action(ArgAction::Append)
            .num_args(0..=1)
            .allow_negative_numbers(true)
            .hide(true)
    }))
}

/// The first that was typed.
pub(crate) fn typed(matches: &ArgMatches) -> Option<&'static Unsupported> {
    let mut all = UNSUPPORTED.iter();
    all.find(|(name, _)| matches.value_source(name).is_some())
}
