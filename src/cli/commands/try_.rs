//! `swarmdeck try FILE`: every task once, explained.

use std::sync::Arc;

use crate::cli::commands::scenario_environment::scenario_environment;
use crate::cli::config::args::TryArgs;
use crate::cli::exit::Exit;
use crate::cli::runtime::block_on;
use crate::cli::terminal::console::{complain, refuse, say, show_mistake};
use crate::cli::terminal::waterfall::{Detail, LEGEND};
use crate::cli::terminal::{probes, waterfall};
use crate::engine::{SwarmSetup, TrialEnd, try_once};
use crate::model::{ClassId, Probe, TaskId};
use crate::program::{Class, Program};
use crate::run::{TriedHook, prepare_trial, try_setup, try_teardown};
use crate::scenario::{Source, read};

/// The most requests that are named because they never came up.
const NAMES: usize = 12;

/// Lets one user of each class do everything once, and shows the results.
pub(crate) fn run(args: &TryArgs) -> Result<Exit, Exit> {
    let (program, watched) = program(args)?;
    let program = Arc::new(program);
    let chosen = choose(&program, &args.tasks).map_err(refuse)?;
    let mut setup = prepare(&program)?;
    let detail = match args.brief {
        true => Detail::Brief,
        false => Detail::Messages,
    };
    let mut summary = Summary::default();
    let hook = block_on(try_setup(&mut setup))?;
    if let Some(error) = show_hook(&program, hook, detail) {
        complain(format!("setup failed: {error}; no tasks were tried"));
        // Data created by setup is removed.
        tear_down(&program, &setup, detail)?;
        return Ok(Exit::Failed);
    }
    for (class, tasks) in chosen {
        let end = try_class(&program, &setup, (class, &tasks), detail).map_err(|error| {
            complain(format!("cannot start: {error}"));
            Exit::Fault
        })?;
        summary.add(tasks.len(), &end);
    }
    summary.has_failed |= !block_on(probes::show(&watched))?;
    summary.has_failed |= !tear_down(&program, &setup, detail)?;
    say(format!("\n{LEGEND}"));
    say(&summary);
    Ok(if summary.has_failed {
        Exit::Failed
    } else {
        Exit::Success
    })
}

/// The program of the file, in which every answer is kept to be shown, and its
/// probes.
fn program(args: &TryArgs) -> Result<(Program, Vec<Probe>), Exit> {
    let source = Source::read(&args.file).map_err(refuse)?;
    let reading = read(
        &source,
        &scenario_environment(),
        &args.set.overrides.clone().into(),
    );
    let loaded = reading.loaded.map_err(|mistakes| {
        mistakes.iter().for_each(show_mistake);
        Exit::Usage
    })?;
    let mut program = loaded.compile(args.host.as_deref()).map_err(refuse)?;
    for request in &mut program.requests {
        request.needs.head = true;
        request.needs.preview = true;
    }
    Ok((program, loaded.scenario.probes))
}

/// The classes that have something to try, with their tasks.
fn choose(program: &Program, names: &[String]) -> Result<Vec<(ClassId, Vec<TaskId>)>, String> {
    let all = || program.classes.iter().flat_map(|class| class.tasks.iter());
    let unknown = |name: &&String| !all().any(|task| task.name == **name);
    if let Some(name) = names.iter().find(unknown) {
        let known: Vec<_> = all().map(|task| task.name.as_str()).collect();
        return Err(format!(
            "unknown task {name:?}; available: {}",
            known.join(", ")
        ));
    }
    let is_chosen = |name: &String| names.is_empty() || names.contains(name);
    let chosen = |class: &Class| -> Vec<TaskId> {
        let tasks = class.tasks.iter().enumerate();
        let tasks = tasks.filter(|(_, task)| is_chosen(&task.name));
        tasks.map(|(at, _)| TaskId::from(at)).collect()
    };
    let classes = program.classes.iter().enumerate();
    let classes = classes.map(|(at, class)| (ClassId::from(at), chosen(class)));
    Ok(classes.filter(|(_, tasks)| !tasks.is_empty()).collect())
}

fn prepare(program: &Arc<Program>) -> Result<SwarmSetup, Exit> {
    let setup = block_on(prepare_trial(Arc::clone(program)))?;
    setup.map_err(|error| {
        complain(error);
        Exit::Failed
    })
}

/// Runs `teardown`; true if it succeeded.
fn tear_down(program: &Program, setup: &SwarmSetup, detail: Detail) -> Result<bool, Exit> {
    let hook = block_on(try_teardown(setup))?;
    let error = show_hook(program, hook, detail);
    if let Some(error) = &error {
        say(format!("teardown failed: {error}"));
    }
    Ok(error.is_none())
}

/// Shows the requests of `setup` or `teardown`; returns its error.
fn show_hook(program: &Program, hook: Option<TriedHook>, detail: Detail) -> Option<String> {
    let hook = hook?;
    let tried = hook.tried.as_ref();
    if let Some(text) = tried.and_then(|tried| waterfall::part(program, None, tried, detail)) {
        say(text);
    }
    hook.trouble
}

fn try_class(
    program: &Program,
    setup: &SwarmSetup,
    (id, tasks): (ClassId, &[TaskId]),
    detail: Detail,
) -> std::io::Result<TrialEnd> {
    let class = &program.classes[id.index()];
    say(&class.name);
    let end = try_once(setup.clone(), id, tasks, &mut |tried| {
        if let Some(text) = waterfall::part(program, Some(class), tried, detail) {
            say(text);
        }
    })?;
    for task in &end.untried {
        let task = &class.tasks[task.index()];
        let reason = match task.when {
            Some(_) => "its `when` was false",
            None => "the user ended first",
        };
        say(format!("  {}: not eligible, {reason}", task.name));
    }
    if let Some(unsent) = unsent(program, &end) {
        say(unsent);
    }
    Ok(end)
}

/// The requests that never came up, if there are any.
fn unsent(program: &Program, end: &TrialEnd) -> Option<String> {
    let mut names: Vec<_> = end
        .unsent
        .iter()
        .map(|id| program.requests[id.index()].name)
        .collect();
    names.dedup();
    let names = names.into_iter().map(|name| {
        let name = &program.names[name.index()];
        format!("{} {}", name.kind, name.name)
    });
    let mut names: Vec<_> = names.collect();
    if names.len() > NAMES {
        let more = names.split_off(NAMES).len();
        names.push(format!("{more} more"));
    }
    (!names.is_empty()).then(|| {
        format!(
            "    not sent, {} of {} requests: {} (condition false, branch not chosen, or steps ended early)",
            end.unsent.len(),
            end.requests,
            names.join(", ")
        )
    })
}

/// The summary at the end.
#[derive(Debug, Default)]
struct Summary {
    tried: usize,
    untried: usize,
    has_failed: bool,
}

impl Summary {
    fn add(&mut self, tasks: usize, end: &TrialEnd) {
        self.tried += tasks - end.untried.len();
        self.untried += end.untried.len();
        self.has_failed |= end.has_failed;
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let noun = if self.tried == 1 { "task" } else { "tasks" };
        write!(f, "{} {noun} tried", self.tried)?;
        if self.untried > 0 {
            write!(f, ", {} not eligible", self.untried)?;
        }
        f.write_str(if self.has_failed {
            "; there were failures, see above"
        } else {
            "; no failures"
        })
    }
}
