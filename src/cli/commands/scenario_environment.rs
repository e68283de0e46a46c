//! What scenarios can see of this process.

use crate::cli::config::args::commands;
use crate::scenario::Environment;

/// The environment, for `{{ env.NAME }}`, and our commands.
pub(crate) fn scenario_environment() -> Environment {
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let variables: Environment = variables.collect();
    variables.with_commands(commands())
}
