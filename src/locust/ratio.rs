//! `--show-task-ratio`: how often each class and task is picked.

use serde::{Serialize, Serializer};

use crate::model::{Population, Scenario, TaskOrder, UserClass};

/// The shares of classes and tasks, as Locust's JSON has them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskRatios {
    /// A task's share in the tasks of its class.
    pub per_class: Ratios,
    /// A task's share in all tasks.
    pub total: Ratios,
}

/// Shares by name, in the order of the scenario. In JSON it is a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Ratios(pub Vec<(String, Ratio)>);

/// A share, from 0 to 1, and what it is made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ratio {
    /// The share.
    pub ratio: f64,
    /// The shares of a class's tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks: Option<Ratios>,
}

impl Serialize for Ratios {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, ratio)| (name, ratio)))
    }
}

impl TaskRatios {
    /// The shares in a scenario. They depend on the number of users where
    /// classes have fixed counts; `users` replaces the number that the
    /// scenario says.
    ///
    /// A sequence does all of its tasks equally often. Transitions are shown
    /// by the weights that choose the first task.
    #[must_use]
    pub fn new(scenario: &Scenario, users: Option<u32>) -> Self {
        let counts = class_counts(scenario, users);
        let all: f64 = counts.iter().sum();
        let shares = counts.iter().map(|count| share(*count, all));
        let classes = scenario.user_classes.iter().zip(shares);
        let ratios = |scale: &dyn Fn(f64) -> f64| {
            let classes = classes.clone().map(|(class, share)| {
                let tasks = Some(task_ratios(class, scale(share)));
                (
                    class.name.clone(),
                    Ratio {
                        ratio: share,
                        tasks,
                    },
                )
            });
            Ratios(classes.collect())
        };
        Self {
            per_class: ratios(&|_| 1.0),
            total: ratios(&|share| share),
        }
    }
}

fn task_ratios(class: &UserClass, of: f64) -> Ratios {
    let weight = |weight: u32| match class.order {
        TaskOrder::Sequential => 1.0,
        TaskOrder::Random | TaskOrder::Transitions => f64::from(weight),
    };
    let all: f64 = class.tasks.iter().map(|task| weight(task.weight)).sum();
    let tasks = class.tasks.iter().map(|task| {
        let ratio = Ratio {
            ratio: share(weight(task.weight), all) * of,
            tasks: None,
        };
        (task.name.clone(), ratio)
    });
    Ratios(tasks.collect())
}

/// How many users each class has when all of them are there; by weight they
/// need not be whole.
fn class_counts(scenario: &Scenario, users: Option<u32>) -> Vec<f64> {
    let workloads = scenario.workloads_with(scenario.steered().map(|mut load| {
        load.users = users.unwrap_or(load.users);
        load
    }));
    let mut counts = vec![0.0; scenario.user_classes.len()];
    for (at, workload) in workloads.iter().enumerate() {
        let own = || {
            let classes = scenario.user_classes.iter().enumerate();
            classes.filter(move |(_, class)| class.workload == at)
        };
        let mut left = f64::from(workload.peak_users());
        let mut weights = 0.0;
        for (index, class) in own() {
            match class.population {
                Population::Fixed(count) => {
                    counts[index] = f64::from(count).min(left);
                    left -= counts[index];
                }
                Population::Weight(weight) => weights += f64::from(weight),
            }
        }
        for (index, class) in own() {
            if let Population::Weight(weight) = class.population {
                counts[index] = share(f64::from(weight), weights) * left;
            }
        }
    }
    counts
}

fn share(part: f64, all: f64) -> f64 {
    if all > 0.0 { part / all } else { 0.0 }
}
