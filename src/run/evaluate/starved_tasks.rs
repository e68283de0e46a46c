//! Tasks of an open load that new users cannot do yet.

use crate::model::{Drive, RunSpec, SlotId};
use crate::program::{Class, Instruction, Program, Task, Variables};

/// A sentence for each task of an open load whose `when` needs a variable that
/// only tasks set: users are added as they are needed and begin without it, so
/// that the mix of tasks is not that of their weights.
pub(super) fn starved_tasks(spec: &RunSpec, program: &Program) -> Vec<String> {
    let is_open = |class: &&Class| {
        let workload = spec.workloads.get(class.workload);
        workload.is_some_and(|workload| matches!(workload.drive, Drive::Arrivals(_)))
    };
    let classes = program.classes.iter().filter(is_open);
    let tasks = classes.flat_map(|class| {
        let given = given(program, class);
        let tasks = class.tasks.iter();
        tasks.filter_map(move |task| text(program, task, &given))
    });
    tasks.collect()
}

fn text(program: &Program, task: &Task, given: &[SlotId]) -> Option<String> {
    let variable = task.when.as_ref()?.first_variable()?;
    let unset = Variables::new(program.slot_count());
    let is_starved =
        !given.contains(&variable) && !task.is_eligible(&unset, &mut fastrand::Rng::with_seed(0));
    let name = program.slots.get(variable.index())?;
    is_starved.then(|| {
        format!(
            "users of an open load are added as needed and start without `{name}`, so task `{}` runs less often \
             than its weight says; set `{name}` in `setup` or `on_start`",
            task.name
        )
    })
}

/// The variables that `setup` and the `on_start` of a class set.
fn given(program: &Program, class: &Class) -> Vec<SlotId> {
    let mut given = Vec::new();
    for entry in [program.once.setup, class.on_start].into_iter().flatten() {
        let code = program.code.get(entry.index()..).unwrap_or_default();
        let steps = code
            .iter()
            .take_while(|one| !matches!(one, Instruction::End));
        given.extend(steps.filter_map(|step| match step {
            Instruction::Set(set) => Some(set.slot),
            Instruction::Element { slot, .. } => Some(*slot),
            _ => None,
        }));
        for id in program.requests_from(entry) {
            given.extend(program.requests[id.index()].captured());
        }
    }
    given
}
