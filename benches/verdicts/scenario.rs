//! What a run does, as data, and the scenario that says so.

use serde_json::{Map, Value, json};

use super::criterion::Criterion;

/// An id that the lab never gave out.
const NOWHERE: &str = "7f9c24e8-3b12-4f5a-9d3e-1a2b3c4d5e6f";
/// The class of users that is run.
pub(crate) const CLASS: &str = "Bench";
/// A class beside it that is not to be run.
const OTHER_CLASS: &str = "Other";

/// What a run does.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of a scenario that have nothing to do with each other"
)]
pub(crate) struct Scenario {
    /// How much of it.
    pub(crate) load: Load,
    /// When it is to stop, in seconds; `None` where it ends by itself.
    pub(crate) run_s: Option<f64>,
    /// What ends it before that.
    pub(crate) until: EndCondition,
    /// What a user does between two tasks.
    pub(crate) wait: Wait,
    /// A task each, of the same weight unless it says otherwise.
    pub(crate) asks: Vec<CaseRequest>,
    /// Whether users log in first.
    pub(crate) login: bool,
    /// Whether each request makes a connection of its own.
    pub(crate) closes: bool,
    /// The most requests per second.
    pub(crate) max_rps: Option<f64>,
    /// Whether a plan that is not kept is accepted.
    pub(crate) accepts_undelivered: bool,
    /// Whether there is a second class, which is not selected.
    pub(crate) has_other_class: bool,
    /// What has to hold.
    pub(crate) criteria: Vec<Criterion>,
}

/// Users, or task starts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Load {
    /// So many users.
    Closed {
        /// How many.
        users: f64,
        /// How many more each second.
        spawn_rate: f64,
    },
    /// Users over time: pairs of seconds and users.
    Users(Vec<(f64, f64)>),
    /// So many task starts a second.
    Open {
        /// How many a second.
        rate: f64,
        /// At random moments.
        poisson: bool,
        /// The most users; the program's default where it is left out.
        max_users: Option<u32>,
        /// The most starts that wait for one; likewise.
        queue: Option<u32>,
    },
    /// Task starts over time: pairs of seconds and starts a second.
    Rates {
        /// The pairs.
        stages: Vec<(f64, f64)>,
        /// The most users; the program's default where it is left out.
        max_users: Option<u32>,
    },
}

/// What a user does between two tasks, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Wait {
    /// Nothing.
    None,
    /// It waits for so long.
    Constant(f64),
    /// It waits for a time between these.
    Between(f64, f64),
    /// It starts a task each so often.
    Pacing(f64),
    /// It starts so many tasks a second.
    Throughput(f64),
    /// It waits for a random time, in the mean the inverse of so many a second.
    Poisson(f64),
}

/// What ends a run by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndCondition {
    /// Nothing.
    Stopped,
    /// So many tasks of all users.
    Iterations(u32),
    /// So many tasks of each user.
    OfEachUser(u32),
    /// So many rows of data, one a task.
    Rows(u32),
}

/// A request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CaseRequest {
    /// Its key in a step; empty for a task without a request.
    method: &'static str,
    /// Where it goes.
    path: &'static str,
    /// Its row in the statistics, where that is not the path.
    name: Option<&'static str>,
    /// What it sends.
    body: Body,
    /// The statuses that are a success; empty for those below 400.
    pub(crate) accepts: &'static [u16],
    /// Whether the user's token goes with it.
    has_token: bool,
    /// How often it is picked.
    weight: u32,
}

/// What a request sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    None,
    Deployment,
    Publication,
}

impl CaseRequest {
    /// Health needs no token and meets few faults.
    pub(crate) const HEALTH: Self = Self {
        has_token: false,
        ..Self::get("/api/v1/health/")
    };
    /// Five deployments.
    pub(crate) const LIST: Self = Self::get("/api/v1/deployments/?limit=5");
    /// Ten approvals.
    pub(crate) const PENDING: Self = Self::get("/api/v1/cab/pending/?limit=10");
    /// A list without a token: 401.
    pub(crate) const LIST_UNKNOWN_USER: Self = Self {
        has_token: false,
        ..Self::LIST
    };
    /// A deployment that is not there: 404.
    pub(crate) const READ_ABSENT: Self =
        Self::get("/api/v1/deployments/7f9c24e8-3b12-4f5a-9d3e-1a2b3c4d5e6f/");
    /// Creates a deployment: 201.
    pub(crate) const CREATE: Self = Self {
        method: "post",
        body: Body::Deployment,
        ..Self::get("/api/v1/deployments/")
    };
    /// Publishes a deployment that is not there: 404.
    pub(crate) const PUBLISH: Self = Self {
        method: "post",
        body: Body::Publication,
        ..Self::get("/api/v1/connectors/publish/")
    };
    /// A task that asks nothing.
    pub(crate) const NOTHING: Self = Self {
        method: "",
        ..Self::get("")
    };

    const fn get(path: &'static str) -> Self {
        Self {
            method: "get",
            path,
            name: None,
            body: Body::None,
            accepts: &[],
            has_token: true,
            weight: 1,
        }
    }

    /// With these statuses as a success.
    pub(crate) const fn accepts(self, accepts: &'static [u16]) -> Self {
        Self { accepts, ..self }
    }

    /// Counted under this name.
    pub(crate) const fn named(self, name: &'static str) -> Self {
        let name = Some(name);
        Self { name, ..self }
    }

    /// Picked so often.
    pub(crate) const fn times(self, weight: u32) -> Self {
        Self { weight, ..self }
    }

    fn task(self, number: usize, rows: bool) -> Value {
        if self.method.is_empty() {
            return json!({"steps": [{"think": "10ms"}]});
        }
        let mut step = Map::new();
        let mut path = self.path.to_owned();
        if rows {
            path.push_str("&row={{ rows.n }}");
        }
        step.insert(self.method.to_owned(), json!(path));
        // As many names as tasks, where that is what the run is about.
        let name = self.name.map(|name| name.replace('#', &number.to_string()));
        if let Some(name) = name {
            step.insert("name".to_owned(), json!(name));
        }
        match self.body {
            Body::None => {}
            Body::Deployment => {
                let body = json!({
                    "app_name": "bench",
                    "version": "1.0.0",
                    "target_ring": "CANARY",
                    "evidence_pack_id": NOWHERE,
                });
                step.insert("json".to_owned(), body);
            }
            Body::Publication => {
                let body = json!({"deployment_id": NOWHERE, "target_plane": "JAMF"});
                step.insert("json".to_owned(), body);
            }
        }
        if self.has_token {
            let headers = json!({"Authorization": "Bearer {{ token }}"});
            step.insert("headers".to_owned(), headers);
        }
        if !self.accepts.is_empty() {
            step.insert("expect".to_owned(), json!({"status": self.accepts}));
        }
        json!({"weight": self.weight, "steps": [step]})
    }
}

/// The starts that a load plans.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plan {
    /// All of them.
    pub(crate) starts: f64,
    /// How many a second there are at its end.
    pub(crate) last_rate: f64,
}

impl Scenario {
    /// Users who list deployments for so long, without anything special.
    pub(crate) fn new(load: Load, run_s: f64) -> Self {
        Self {
            load,
            run_s: Some(run_s),
            until: EndCondition::Stopped,
            wait: Wait::None,
            asks: vec![CaseRequest::LIST],
            login: true,
            closes: false,
            max_rps: None,
            accepts_undelivered: false,
            has_other_class: false,
            criteria: Vec::new(),
        }
    }

    /// The most users there are at a time, where the load says.
    pub(crate) fn users(&self) -> Option<f64> {
        match &self.load {
            Load::Closed { users, .. } => Some(*users),
            Load::Users(stages) => stages.iter().map(|stage| stage.1).reduce(f64::max),
            Load::Open { .. } | Load::Rates { .. } => None,
        }
    }

    /// The starts that it plans; `None` where it plans none.
    pub(crate) fn plan(&self) -> Option<Plan> {
        let run_s = self.run_s?;
        match &self.load {
            Load::Open { rate, .. } => Some(Plan {
                starts: rate * run_s,
                last_rate: *rate,
            }),
            Load::Rates { stages, .. } => Some(Plan {
                starts: area(stages),
                last_rate: stages.last()?.1,
            }),
            Load::Closed { users, spawn_rate } => {
                let each = self.wait.planned_per_second()?;
                // A user of the ramp is there for a part of the time only.
                let ramp_s = users / spawn_rate;
                Some(Plan {
                    starts: users * each * (run_s - ramp_s / 2.0),
                    last_rate: users * each,
                })
            }
            Load::Users(stages) => {
                let each = self.wait.planned_per_second()?;
                Some(Plan {
                    starts: area(stages) * each,
                    last_rate: stages.last()?.1 * each,
                })
            }
        }
    }

    /// The text. It is JSON, which is YAML as well; so Locust's side can
    /// read the same file.
    pub(crate) fn text(&self) -> String {
        let rows = matches!(self.until, EndCondition::Rows(_));
        let tasks: Map<String, Value> = self
            .asks
            .iter()
            .enumerate()
            .map(|(number, ask)| (format!("task_{number}"), ask.task(number, rows)))
            .collect();
        let mut class = json!({"wait": self.wait.value(), "tasks": tasks});
        if self.login {
            class["on_start"] = json!([{
                "post": "/api/v1/auth/login/",
                "json": {"username": "loadtest_user", "password": "test123"},
                "capture": {"token": {"json": "$.token"}},
            }]);
        } else if self.asks.iter().any(|ask| ask.has_token) {
            class["variables"] = json!({"token": "none"});
        }
        if matches!(self.load, Load::Open { .. } | Load::Rates { .. }) {
            class["wait"] = json!("none");
        }
        if let EndCondition::OfEachUser(iterations) = self.until {
            class["iterations"] = json!(iterations);
        }
        let mut classes = json!({CLASS: class});
        if self.has_other_class {
            let other = CaseRequest::PENDING.task(0, false);
            let mut class = classes[CLASS].clone();
            class["tasks"] = json!({"task_other": other});
            classes[OTHER_CLASS] = class;
        }
        let mut scenario = json!({"load": self.load_value(), "user_classes": classes});
        if self.closes {
            scenario["http"] = json!({"connections": "close"});
        }
        if let EndCondition::Rows(rows) = self.until {
            let rows: Vec<Value> = (1..=rows).map(|n| json!({"n": n})).collect();
            scenario["data"] = json!({"rows": {"rows": rows, "per": "task", "at_end": "stop"}});
        }
        if !self.criteria.is_empty() {
            let criteria = self.criteria.iter().map(ToString::to_string);
            scenario["criteria"] = criteria.collect::<Vec<_>>().into();
        }
        format!("{scenario:#}\n")
    }

    fn load_value(&self) -> Value {
        let stages = |stages: &[(f64, f64)], key: &str| -> Value {
            let stage = |(over_s, goal): &(f64, f64)| {
                let goal = if key == "rate" {
                    json!(format!("{goal}/s"))
                } else {
                    json!(goal.round() as u32)
                };
                json!({"over": seconds(*over_s), key: goal})
            };
            stages.iter().map(stage).collect()
        };
        let mut load = match &self.load {
            Load::Closed { users, spawn_rate } => {
                json!({"users": users.round() as u32, "spawn_rate": spawn_rate})
            }
            Load::Users(users) => json!({"stages": stages(users, "users")}),
            Load::Open { rate, poisson, .. } => {
                let arrivals = if *poisson { "poisson" } else { "even" };
                json!({"rate": format!("{rate}/s"), "arrivals": arrivals})
            }
            Load::Rates { stages: rates, .. } => json!({"stages": stages(rates, "rate")}),
        };
        if let Load::Open { max_users, .. } | Load::Rates { max_users, .. } = self.load
            && let Some(max_users) = max_users
        {
            load["max_users"] = json!(max_users);
        }
        if let Load::Open {
            queue: Some(queue), ..
        } = self.load
        {
            load["queue"] = json!(queue);
        }
        let is_planned = matches!(self.load, Load::Users(_) | Load::Rates { .. });
        if let Some(run_s) = self.run_s.filter(|_| !is_planned) {
            load["run_time"] = json!(seconds(run_s));
        }
        if let EndCondition::Iterations(iterations) = self.until {
            load["iterations"] = json!(iterations);
        }
        if let Some(max_rps) = self.max_rps {
            load["max_rps"] = json!(format!("{max_rps}/s"));
        }
        if self.accepts_undelivered {
            load["undelivered"] = json!("accept");
        }
        load
    }
}

impl Wait {
    /// The tasks that a user is to start each second, where it has a plan.
    fn planned_per_second(self) -> Option<f64> {
        match self {
            Self::Pacing(period_ms) => Some(1e3 / period_ms),
            Self::Throughput(rate) => Some(rate),
            _ => None,
        }
    }

    fn value(self) -> Value {
        match self {
            Self::None => json!("none"),
            Self::Constant(ms) => json!(millis(ms)),
            Self::Between(from, to) => json!({"between": [millis(from), millis(to)]}),
            Self::Pacing(ms) => json!({"pacing": millis(ms)}),
            Self::Throughput(rate) => json!({"throughput": format!("{rate}/s")}),
            Self::Poisson(rate) => json!({"poisson": format!("{rate}/s")}),
        }
    }
}

fn area(stages: &[(f64, f64)]) -> f64 {
    let mut from = 0.0;
    let area = stages.iter().map(|&(over_s, to)| {
        let piece = over_s * f64::midpoint(from, to);
        from = to;
        piece
    });
    area.sum()
}

fn seconds(seconds: f64) -> String {
    format!("{seconds}s")
}

fn millis(ms: f64) -> String {
    format!("{ms}ms")
}
