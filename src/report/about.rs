//! The facts about a run that neither snapshot nor log has.

use crate::model::{Drive, Load, RunSpec, Scenario, Workload, plural};
use crate::report::{ClassLine, LoadLine, TaskLine};

/// What was run, and on which machine.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The name of the scenario.
    pub scenario: String,
    /// Its purpose; may be empty.
    pub description: String,
    /// Its text, secrets masked; may be empty.
    pub text: String,
    /// The target's base address.
    pub host: String,
    /// A label that groups runs; may be empty.
    pub profile: String,
    /// With what load.
    pub load: LoadLine,
    /// The kinds of users.
    pub classes: Vec<ClassLine>,
    /// The machine that the load comes from.
    pub machine: Machine,
}

/// The machine that the load comes from.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// The operating system and the processor's architecture.
    pub os: String,
    /// Cores that this process may use.
    pub cpus: usize,
}

impl About {
    /// Of a scenario with its masked text, run to this specification.
    #[must_use]
    pub fn new(scenario: &Scenario, text: &str, spec: &RunSpec, machine: Machine) -> Self {
        Self {
            scenario: scenario.name.clone(),
            description: scenario.description.clone(),
            text: text.to_owned(),
            host: spec.host.clone(),
            profile: spec.profile.clone(),
            load: load(spec),
            classes: classes(scenario),
            machine,
        }
    }
}

fn load(spec: &RunSpec) -> LoadLine {
    let words = spec.workloads.iter().map(words);
    let limits = [
        spec.max_rps.map(|rate| format!("max {rate} requests/s")),
        spec.iterations
            .map(|tasks| format!("{} in total", plural(tasks, "task", "tasks"))),
    ];
    let words: Vec<_> = words.chain(limits.into_iter().flatten()).collect();
    let peaks = spec.workloads.iter();
    LoadLine {
        words: words.join(", "),
        users: Some(peaks.map(|one| u64::from(one.peak_users())).sum()),
        peak_users: None,
        spawn_rate: spec.steered().map(|load| load.spawn_rate),
        run_time_s: spec.run_time.map(|time| time.as_secs_f64()),
    }
}

fn words(workload: &Workload) -> String {
    match &workload.drive {
        Drive::Steered(load, part) => users_text(part.of_load(*load)),
        Drive::Fixed(load) => users_text(*load),
        Drive::Users(_) => format!(
            "up to {} (load profile)",
            plural(workload.peak_users(), "user", "users")
        ),
        Drive::Arrivals(arrivals) => format!(
            "up to {} task starts/s, max {}",
            arrivals.rate.peak(),
            plural(arrivals.max_users, "user", "users")
        ),
    }
}

fn users_text(Load { users, spawn_rate }: Load) -> String {
    let users = plural(users, "user", "users");
    format!("{users} at {spawn_rate} users/s")
}

fn classes(scenario: &Scenario) -> Vec<ClassLine> {
    let wait = |class: &crate::model::UserClass| match scenario.workloads.get(class.workload) {
        // The plan says when a task starts.
        Some(Workload {
            drive: Drive::Arrivals(_),
            ..
        }) => String::new(),
        _ => class.wait.to_string(),
    };
    let classes = scenario.user_classes.iter();
    let classes = classes.map(|class| ClassLine {
        name: class.name.clone(),
        population: class.population.to_string(),
        wait: wait(class),
        tasks: (class.tasks.iter())
            .map(|task| TaskLine {
                name: task.name.clone(),
                weight: task.weight,
                tags: task.tags.clone(),
            })
            .collect(),
    });
    classes.collect()
}
