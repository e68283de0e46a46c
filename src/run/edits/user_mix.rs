//! The running users by class, and the tasks they pick.

use crate::model::Population;
use crate::program::{Class, Order};
use crate::run::stats::tables::{ClassRow, TaskRow};

/// A row a class. `users` are those that run, by workload; a workload that is
/// not there has none.
pub(crate) fn class_rows(classes: &[Class], users: &[f64]) -> Vec<ClassRow> {
    let row = |class: &Class| ClassRow {
        name: class.name.as_str().into(),
        users: users_of(class, classes, users),
        tasks: task_rows(class),
    };
    classes.iter().map(row).collect()
}

/// Fixed counts come first, in the order of the classes; the rest by weight.
/// A workload's first users are those, so this holds for any number of them.
pub(crate) fn users_of(class: &Class, classes: &[Class], users: &[f64]) -> f64 {
    let mut rest = users.get(class.workload).copied().unwrap_or(0.0);
    let mut weights = 0.0;
    let neighbours = classes.iter();
    for other in neighbours.filter(|other| other.workload == class.workload) {
        match other.population {
            Population::Fixed(count) => {
                let taken = rest.min(f64::from(count));
                if std::ptr::eq(other, class) {
                    return taken;
                }
                rest -= taken;
            }
            Population::Weight(weight) => weights += f64::from(weight),
        }
    }
    match class.population {
        Population::Weight(weight) if weights > 0.0 => rest * f64::from(weight) / weights,
        _ => 0.0,
    }
}

fn task_rows(class: &Class) -> Vec<TaskRow> {
    let weight = |weight: u32| match class.order {
        Order::Sequential => 1.0,
        Order::Weighted | Order::Transitions(_) => f64::from(weight),
    };
    let all: f64 = class.tasks.iter().map(|task| weight(task.weight)).sum();
    let tasks = class.tasks.iter();
    let rows = tasks.map(|task| TaskRow {
        name: task.name.as_str().into(),
        share: if all > 0.0 {
            weight(task.weight) / all
        } else {
            0.0
        },
    });
    rows.collect()
}
