//! The answer to `GET /tasks`: how often classes and tasks of a run are picked.

use crate::locust::ratio::{Ratio, Ratios, TaskRatios};
use crate::run::{ClassRow, Snapshot};

impl TaskRatios {
    /// The answer for a snapshot. Everything is 0 while no users run.
    #[must_use]
    pub fn of_run(snapshot: &Snapshot) -> Self {
        let classes = &snapshot.tables.classes;
        let users: f64 = classes.iter().map(|class| class.users).sum();
        let share = |class: &ClassRow| match users > 0.0 {
            true => class.users / users,
            false => 0.0,
        };
        let is_running = if users > 0.0 { 1.0 } else { 0.0 };
        Self {
            per_class: tree(classes, share, |_| is_running),
            total: tree(classes, share, share),
        }
    }
}

/// Classes with their share; those of their tasks are multiplied by `of_tasks`.
fn tree(
    classes: &[ClassRow],
    share: impl Fn(&ClassRow) -> f64,
    of_tasks: impl Fn(&ClassRow) -> f64,
) -> Ratios {
    let of = |class: &ClassRow| {
        let tasks = class.tasks.iter().map(|task| {
            let ratio = task.share * of_tasks(class);
            (task.name.to_string(), Ratio { ratio, tasks: None })
        });
        let ratio = Ratio {
            ratio: share(class),
            tasks: Some(Ratios(tasks.collect())),
        };
        (class.name.to_string(), ratio)
    };
    Ratios(classes.iter().map(of).collect())
}
