use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{
    Arrivals, Curve, Drive, Load, Population, Scenario, TaskOrder, UserClass, Workload,
    duration_literal, plural,
};
use crate::session::CatalogEntry;

/// A scenario on offer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Scenario)]
pub(crate) struct ScenarioBody {
    id: String,
    name: String,
    description: String,
    file: String,
    host: Option<String>,
    /// What an operator steers; `null` where the scenario plans all of its load.
    users: Option<u32>,
    spawn_rate: Option<f64>,
    plans: Vec<PlanBody>,
    run_time: String,
    /// What bounds the whole run besides, in words.
    limits: Vec<String>,
    classes: Vec<ClassBody>,
    problems: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScenarioClass)]
struct ClassBody {
    name: String,
    population: String,
    /// `null` where a class has a fixed number of users.
    weight: Option<u32>,
    wait: String,
    /// What has to be said of the order of its tasks, and of their number.
    order: String,
    tasks: Vec<TaskBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScenarioTask)]
struct TaskBody {
    name: String,
    weight: u32,
}

/// What a scenario plans itself, as a curve.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScenarioPlan)]
struct PlanBody {
    of: Planned,
    /// The classes that follow it.
    classes: Vec<String>,
    /// The most users that starts are given to; `null` where users are planned.
    max_users: Option<u32>,
    t_s: Vec<f64>,
    value: Vec<f64>,
}

/// The quantity that a plan sets.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Planned {
    /// Users that run.
    Users,
    /// Task starts per second.
    Starts,
}

impl ScenarioBody {
    pub(crate) fn new(entry: &CatalogEntry) -> Self {
        let scenario = entry.loaded().ok().map(|loaded| &loaded.scenario);
        let steered = match scenario {
            Some(scenario) => scenario.steered(),
            None => Some(Load::DEFAULT),
        };
        let problems = entry.loaded().err();
        let classes = scenario.map_or(&[][..], |scenario| &scenario.user_classes);
        let workload =
            |class: &UserClass| scenario.and_then(|all| all.workloads.get(class.workload));
        Self {
            id: entry.id.clone(),
            name: entry.name().to_owned(),
            description: scenario
                .map(|scenario| scenario.description.clone())
                .unwrap_or_default(),
            file: entry.file.clone(),
            host: entry.host().map(Cow::into_owned),
            users: steered.map(|load| load.users),
            spawn_rate: steered.map(|load| load.spawn_rate),
            plans: plans(scenario),
            run_time: scenario
                .and_then(|scenario| scenario.run_time)
                .map(duration_literal)
                .unwrap_or_default(),
            limits: scenario.map(limits_words).unwrap_or_default(),
            classes: classes
                .iter()
                .map(|class| ClassBody {
                    name: class.name.clone(),
                    population: population_words(class.population, workload(class)),
                    weight: match class.population {
                        Population::Weight(weight) => Some(weight),
                        Population::Fixed(_) => None,
                    },
                    wait: match workload(class) {
                        // The plan says when a task starts.
                        Some(Workload {
                            drive: Drive::Arrivals(_),
                            ..
                        }) => String::new(),
                        _ => class.wait.to_string(),
                    },
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

/// The most corners of a curve that are sent: a page has no more pixels.
const CORNERS: usize = 500;

fn plans(scenario: Option<&Scenario>) -> Vec<PlanBody> {
    let Some(scenario) = scenario else {
        return Vec::new();
    };
    let plan = |(index, workload): (usize, &Workload)| {
        let ramp;
        let (of, curve, max_users) = match &workload.drive {
            Drive::Steered(..) => return None,
            Drive::Fixed(load) => {
                ramp = Curve::ramp(*load);
                (Planned::Users, &ramp, None)
            }
            Drive::Users(users) => (Planned::Users, &**users, None),
            Drive::Arrivals(Arrivals {
                rate, max_users, ..
            }) => (Planned::Starts, &**rate, Some(*max_users)),
        };
        let start_s = workload.start.as_secs_f64();
        let points = curve.points();
        let step = points.len().div_ceil(CORNERS);
        let last = points.len().saturating_sub(1);
        let shown = points.iter().enumerate();
        let shown = shown.filter(|(at, _)| at % step == 0 || *at == last);
        #[expect(clippy::cast_precision_loss, reason = "seconds for a chart")]
        let (t_s, value) = shown
            .map(|(_, point)| (start_s + point.at_us as f64 / 1e6, point.value))
            .unzip();
        let classes = scenario.user_classes.iter();
        let classes = classes.filter(|class| class.workload == index);
        Some(PlanBody {
            of,
            classes: classes.map(|class| class.name.clone()).collect(),
            max_users,
            t_s,
            value,
        })
    };
    let workloads = scenario.workloads.iter().enumerate();
    workloads.filter_map(plan).collect()
}

fn limits_words(scenario: &Scenario) -> Vec<String> {
    let most = scenario.max_rps;
    let most = most.map(|rate| format!("max {rate} requests/s"));
    let tasks = scenario.iterations;
    let tasks =
        tasks.map(|tasks| format!("ends after {} in total", plural(tasks, "task", "tasks")));
    most.into_iter().chain(tasks).collect()
}

/// How many of the users are of a class, given what drives them.
fn population_words(population: Population, workload: Option<&Workload>) -> String {
    let words = population.to_string();
    // What is planned is shown as a curve.
    let Some(Workload {
        start,
        drive: Drive::Steered(_, part),
    }) = workload
    else {
        return words;
    };
    let (share, all) = part.share();
    let of = (u64::from(share) < all).then(|| format!(" in {share}/{all} of the users"));
    let from = (!start.is_zero()).then(|| format!(", from {} on", duration_literal(*start)));
    [words, of.unwrap_or_default(), from.unwrap_or_default()].concat()
}

fn order_words(order: TaskOrder, iterations: Option<u32>) -> String {
    let order = match order {
        TaskOrder::Random => None,
        TaskOrder::Sequential => Some("tasks in order".to_owned()),
        TaskOrder::Transitions => Some("tasks by transition".to_owned()),
    };
    let iterations =
        iterations.map(|tasks| format!("ends after {}", plural(tasks, "task", "tasks")));
    let words: Vec<_> = order.into_iter().chain(iterations).collect();
    words.join(" · ")
}
