use serde::Serialize;

use crate::model::{Population, TaskOrder, Wait};
use crate::scenario::duration_text;
use crate::web::catalog::Entry;

use super::latencies::rounded;

/// A scenario on offer.
#[derive(Debug, Serialize)]
pub(in crate::web) struct ScenarioBody {
    id: String,
    name: String,
    description: String,
    file: String,
    host: Option<String>,
    users: u32,
    spawn_rate: f64,
    run_time: String,
    classes: Vec<ClassBody>,
    problems: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ClassBody {
    name: String,
    population: String,
    wait: String,
    /// What has to be said of the order of its tasks, and of their number.
    order: String,
    tasks: Vec<TaskBody>,
}

#[derive(Debug, Serialize)]
struct TaskBody {
    name: String,
    weight: u32,
}

impl ScenarioBody {
    pub(in crate::web) fn new(entry: &Entry) -> Self {
        let scenario = entry.loaded().ok().map(|loaded| &loaded.scenario);
        let problems = entry.loaded().err();
        let classes = scenario.map_or(&[][..], |scenario| &scenario.user_classes);
        Self {
            id: entry.id.clone(),
            name: entry.name().to_owned(),
            description: scenario
                .map(|scenario| scenario.description.clone())
                .unwrap_or_default(),
            file: entry.file.clone(),
            host: entry.host().map(str::to_owned),
            users: scenario.map_or(1, |scenario| scenario.load.users),
            spawn_rate: scenario.map_or(1.0, |scenario| scenario.load.spawn_rate),
            run_time: scenario
                .and_then(|scenario| scenario.run_time)
                .map(duration_text)
                .unwrap_or_default(),
            classes: classes
                .iter()
                .map(|class| ClassBody {
                    name: class.name.clone(),
                    population: population_words(class.population),
                    wait: wait_words(class.wait),
                    order: order_words(class.order, class.iterations),
                    tasks: class
                        .tasks
                        .iter()
                        .map(|task| TaskBody {
                            name: task.name.clone(),
                            weight: task.weight,
                        })
                        .collect(),
                })
                .collect(),
            problems: problems
                .into_iter()
                .flatten()
                .map(ToString::to_string)
                .collect(),
        }
    }
}

fn population_words(population: Population) -> String {
    match population {
        Population::Weight(weight) => format!("weight {weight}"),
        Population::Fixed(count) => format!("always {count}"),
    }
}

fn order_words(order: TaskOrder, iterations: Option<u32>) -> String {
    let order = match order {
        TaskOrder::Random => None,
        TaskOrder::Sequential => Some("one task after the other".to_owned()),
        TaskOrder::Transitions => Some("each task leads to the next".to_owned()),
    };
    let iterations = iterations.map(|tasks| format!("ends after {tasks} tasks"));
    let words: Vec<_> = order.into_iter().chain(iterations).collect();
    words.join(" · ")
}

fn wait_words(wait: Wait) -> String {
    match wait {
        Wait::Constant { seconds } if seconds > 0.0 => {
            format!("thinks {seconds} s after each task")
        }
        Wait::Constant { .. } => "no wait between tasks".to_owned(),
        Wait::Between {
            min_seconds,
            max_seconds,
        } => format!("thinks {min_seconds} to {max_seconds} s after each task"),
        Wait::Pacing { seconds } => format!("a task every {seconds} s"),
        Wait::Throughput { per_second } => format!("{per_second} tasks/s per user"),
        Wait::Poisson { per_second } => format!(
            "thinks {} s on average (Poisson)",
            rounded(per_second.recip())
        ),
    }
}
