//! `swarmdeck check FILE...`

use crate::cli::commands::scenario_environment::scenario_environment;
use crate::cli::config::args::CheckArgs;
use crate::cli::exit::Exit;
use crate::cli::terminal::console::{complain, say, show_mistake};
use crate::model::{plural, within_line};
use crate::run::forecast;
use crate::scenario::{RunOptions, RunOptionsError, Source, read};
use crate::session::files_at;

/// Shows every mistake of every file.
pub(crate) fn run(args: &CheckArgs) -> Exit {
    let environment = scenario_environment();
    let changes = args.set.overrides.clone().into();
    let mut exit = Exit::Success;
    let mut files = Vec::new();
    for path in &args.files {
        match files_at(path) {
            Ok(found) => files.extend(found),
            Err(error) => {
                complain(error);
                exit = Exit::Usage;
            }
        }
    }
    for path in &files {
        let source = match Source::read(path) {
            Ok(source) => source,
            Err(error) => {
                complain(error);
                exit = Exit::Usage;
                continue;
            }
        };
        match read(&source, &environment, &changes).loaded {
            Ok(loaded) => {
                let planned = loaded.plan(&anywhere());
                if let Err(error @ RunOptionsError::WarmUp { .. }) = planned {
                    complain(format!("{}: {error}", source.file));
                    exit = Exit::Usage;
                    continue;
                }
                let scenario = &loaded.scenario;
                let tasks: usize = scenario
                    .user_classes
                    .iter()
                    .map(|class| class.tasks.len())
                    .sum();
                let classes = scenario.user_classes.len();
                say(format!(
                    "{}: ok ({}; {}, {})",
                    source.file,
                    within_line(&scenario.name),
                    plural(classes, "user class", "user classes"),
                    plural(tasks, "task", "tasks")
                ));
                let of_plan = planned.map(|(spec, program)| forecast(&spec, &program));
                let of_plan = of_plan.unwrap_or_default();
                for remark in loaded.remarks().into_iter().chain(of_plan) {
                    let remark = within_line(&remark);
                    say(format!("{}: note: {remark}", source.file));
                }
            }
            Err(mistakes) => {
                mistakes.iter().for_each(show_mistake);
                let count = plural(mistakes.len(), "error", "errors");
                complain(format!("{}: {count}", source.file));
                exit = Exit::Usage;
            }
        }
    }
    exit
}

/// A options for a run whose host does not matter.
fn anywhere() -> RunOptions {
    RunOptions {
        host: Some("http://localhost".to_owned()),
        ..RunOptions::default()
    }
}
