//! `swarmdeck check FILE...`

use crate::cli::args::CheckArgs;
use crate::cli::console::{colour, complain, say, show_mistake};
use crate::cli::exit::Exit;
use crate::cli::sources;
use crate::scenario::{Source, read};

/// Shows every mistake of every file.
pub(super) fn run(args: &CheckArgs) -> Exit {
    let environment = sources::environment();
    let mut exit = Exit::Success;
    for path in &args.files {
        let source = match Source::read(path) {
            Ok(source) => source,
            Err(error) => {
                complain(error);
                exit = Exit::Usage;
                continue;
            }
        };
        match read(&source, &environment, &args.set.overrides).loaded {
            Ok(loaded) => {
                let scenario = &loaded.scenario;
                let tasks: usize = scenario
                    .user_classes
                    .iter()
                    .map(|class| class.tasks.len())
                    .sum();
                say(format!(
                    "{}: fine ({}; {} user classes, {tasks} tasks)",
                    source.file,
                    scenario.name,
                    scenario.user_classes.len()
                ));
            }
            Err(mistakes) => {
                for mistake in &mistakes {
                    show_mistake(mistake.render(colour()));
                }
                let count = mistakes.len();
                let noun = if count == 1 { "mistake" } else { "mistakes" };
                complain(format!("{}: {count} {noun}", source.file));
                exit = Exit::Usage;
            }
        }
    }
    exit
}
