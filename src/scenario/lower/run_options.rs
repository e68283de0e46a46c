//! The one way from a scenario and what an operator wishes to a run.

use std::time::Duration;

use crate::model::{
    Criterion, FindLimit, FindLimitError, FindLimitOptions, Load, LoadError, LoadKind, Recent,
    RunSpec, Samples, Scenario, Workload, plural,
};
use crate::program::Program;
use crate::scenario::connection::host::HostError;
use crate::scenario::criterion::CriterionError;
use crate::scenario::data::credentials::unmasked;
use crate::scenario::lower::loader::Loaded;

/// How long tasks may continue after a stop, by default.
const STOP_TIMEOUT: Duration = Duration::from_millis(500);
/// The longest label of a run, in characters.
const PROFILE_CHARS: usize = 100;

/// The options of a run; what is `None` comes from the scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunOptions {
    /// Users to reach. Says nothing where the scenario plans its load itself.
    pub users: Option<f64>,
    /// Users started per second; likewise.
    pub spawn_rate: Option<f64>,
    /// The target's base address; an empty one says nothing.
    pub host: Option<String>,
    /// When to stop.
    pub run_time: RunTime,
    /// How long tasks may go on after a stop.
    pub stop_timeout: Option<Duration>,
    /// A label that groups runs; an empty one is none.
    pub profile: Option<String>,
    /// Criteria beside those of the scenario.
    pub criteria: Vec<Criterion>,
    /// The last seconds that the files of the run need.
    pub recent: Recent,
    /// Whether samples of failures are kept.
    pub samples: Samples,
    /// The highest load that keeps the criteria is to be found.
    pub find_limit: Option<FindLimitOptions>,
}

/// When a run is wished to stop by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunTime {
    /// Nothing was said: as preset, or as the scenario says.
    #[default]
    Preset,
    /// Never.
    UntilStopped,
    /// After this time.
    Limited(Duration),
}

impl RunTime {
    /// The options, else the scenario's own; `None` for a run without a
    /// limit in time.
    #[must_use]
    pub fn or(self, own: Option<Duration>) -> Option<Duration> {
        match self {
            Self::Preset => own,
            Self::UntilStopped => None,
            Self::Limited(time) => Some(time),
        }
    }
}

/// Why a wish cannot be granted.
#[derive(Debug, thiserror::Error)]
pub enum RunOptionsError {
    /// The load is out of range.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The limit cannot be looked for like that.
    #[error(transparent)]
    FindLimit(#[from] FindLimitError),
    /// There would be no time for a request.
    #[error("the run time must be greater than 0; leave it empty to run until stopped")]
    RunTime,
    /// The run would end before anything is judged.
    #[error(
        "the warm-up (`after`, {} s) is as long as the run ({} s): nothing would be judged; shorten `after` or run longer",
        after.as_secs_f64(),
        run_time.as_secs_f64()
    )]
    WarmUp {
        /// The warm-up.
        after: Duration,
        /// The run time.
        run_time: Duration,
    },
    /// The label does not fit where runs are listed.
    #[error("a profile must be one line of at most {PROFILE_CHARS} characters")]
    Profile,
    /// There is no target, or not one that requests can be sent to.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The scenario does not have what a criterion is about.
    #[error("--criterion {text:?}: {error}")]
    Criterion {
        /// The criterion, as it was written.
        text: String,
        /// What is wrong with it.
        error: CriterionError,
    },
}

impl RunOptions {
    /// This wish, with what it does not say taken from another. Criteria of
    /// both have to hold.
    #[must_use]
    pub fn or(self, preset: &Self) -> Self {
        let host = self.host.filter(|host| !host.trim().is_empty());
        let host = host.map(|host| unmasked(host.trim(), preset.host.as_deref()).to_owned());
        Self {
            users: self.users.or(preset.users),
            spawn_rate: self.spawn_rate.or(preset.spawn_rate),
            host: host.or_else(|| preset.host.clone()),
            run_time: match self.run_time {
                RunTime::Preset => preset.run_time,
                said => said,
            },
            stop_timeout: self.stop_timeout.or(preset.stop_timeout),
            profile: self.profile.or_else(|| preset.profile.clone()),
            criteria: [preset.criteria.clone(), self.criteria].concat(),
            recent: self.recent.max(preset.recent),
            samples: self.samples.max(preset.samples),
            find_limit: self.find_limit.or(preset.find_limit),
        }
    }
}

impl RunOptions {
    /// What it asks for and says nothing to a scenario that plans all of its
    /// load, in words.
    #[must_use]
    pub fn unused_by(&self, scenario: &Scenario) -> Option<String> {
        let users = self.users.map(|users| plural(users, "user", "users"));
        let rate = self.spawn_rate.map(|rate| format!("{rate} users/s"));
        let given: Vec<_> = users.into_iter().chain(rate).collect();
        let is_unused = !given.is_empty() && scenario.steered().is_none();
        let given = is_unused.then(|| given.join(" at "))?;
        Some(format!(
            "{given} ignored: the scenario defines its own load"
        ))
    }
}

impl Loaded {
    /// What a run is to do, and the program it runs.
    ///
    /// # Errors
    /// The first part of the wish that cannot be granted.
    pub fn plan(&self, wish: &RunOptions) -> Result<(RunSpec, Program), RunOptionsError> {
        let scenario = &self.scenario;
        // What a scenario plans itself is its own: users that are given all
        // the same, as Locust's clients do, have to be right and say nothing.
        let own = scenario.steered();
        let usual = own.unwrap_or(Load::DEFAULT);
        let wished = Load::new(
            wish.users.unwrap_or_else(|| f64::from(usual.users)),
            wish.spawn_rate.unwrap_or(usual.spawn_rate),
        )?;
        let load = own.map(|_| wished);
        let find_limit = wish.find_limit.as_ref();
        let rate = Workload::peak_rate(&scenario.workloads);
        let find_limit = find_limit.map(|wish| FindLimit::new(wish, load, rate));
        let find_limit = find_limit.transpose()?;
        // A search ends by itself; the scenario's time is meant for its load.
        let own_time = scenario.run_time.filter(|_| find_limit.is_none());
        let run_time = wish.run_time.or(own_time);
        let (workloads, timeline) = match &find_limit {
            Some(find) => (first_level(scenario, find, load), Vec::new()),
            None => (scenario.workloads_with(load), scenario.timeline.clone()),
        };
        if run_time.is_some_and(|time| time.is_zero()) {
            return Err(RunOptionsError::RunTime);
        }
        let profile = wish.profile.as_deref().unwrap_or_default().trim();
        if profile.chars().count() > PROFILE_CHARS || profile.contains(char::is_control) {
            return Err(RunOptionsError::Profile);
        }
        let mut criteria = scenario.criteria.clone();
        for criterion in &wish.criteria {
            let added = self.add_criterion(criterion, &mut criteria);
            added.map_err(|error| RunOptionsError::Criterion {
                text: criterion.text.clone(),
                error,
            })?;
        }
        let after = criteria.after;
        if let Some(run_time) = run_time.filter(|time| !criteria.list.is_empty() && *time <= after)
        {
            return Err(RunOptionsError::WarmUp { after, run_time });
        }
        let program = self.compile(wish.host.as_deref().map(str::trim))?;
        let origin = program.origins.first();
        let spec = RunSpec {
            scenario: scenario.name.clone(),
            host: origin.map(ToString::to_string).unwrap_or_default(),
            profile: profile.to_owned(),
            workloads,
            iterations: scenario.iterations,
            max_rps: scenario.max_rps,
            run_time,
            stop_timeout: wish
                .stop_timeout
                .or(scenario.stop_timeout)
                .unwrap_or(STOP_TIMEOUT),
            remarks: Vec::new(),
            recent: wish.recent,
            samples: wish.samples,
            probes: scenario.probes.clone(),
            criteria,
            timeline,
            find_limit,
        };
        Ok((spec, program))
    }
}

/// The load of the first level of a search.
fn first_level(scenario: &Scenario, find: &FindLimit, load: Option<Load>) -> Vec<Workload> {
    let of_users = find.of == LoadKind::Users;
    let first = load.map(|load| match of_users {
        true => FindLimit::load(0, find.start, load.spawn_rate),
        false => load,
    });
    let mut workloads = scenario.workloads_with(first);
    if !of_users {
        Workload::set_rate(&mut workloads, &scenario.workloads, f64::from(find.start));
    }
    workloads
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Environment, Source, load, parse_criterion};

    fn loaded(load_key: &str) -> Loaded {
        let text = format!(
            "host: http://127.0.0.1:1\nload: {load_key}\nuser_classes: {{U: {{tasks: {{t: [{{get: /}}]}}}}}}\n"
        );
        load(&Source::new("x.yaml", text), &Environment::default()).expect("sound")
    }

    #[test]
    fn a_wish_comes_before_the_preset_and_the_preset_before_the_scenario() {
        let own = loaded("{users: 7, spawn_rate: 3, run_time: 9s}");
        let preset = RunOptions {
            users: Some(5.0),
            host: Some("http://127.0.0.1:2".to_owned()),
            ..RunOptions::default()
        };
        let wish = RunOptions {
            users: Some(2.0),
            host: Some("  ".to_owned()),
            run_time: RunTime::UntilStopped,
            ..RunOptions::default()
        };
        let (spec, _) = own.plan(&wish.or(&preset)).expect("granted");
        let load = Load {
            users: 2,
            spawn_rate: 3.0,
        };
        assert_eq!(spec.steered(), Some(load));
        assert_eq!(
            (spec.host.as_str(), spec.run_time),
            ("http://127.0.0.1:2", None)
        );
        let (spec, _) = own.plan(&RunOptions::default()).expect("granted");
        assert_eq!(spec.host, "http://127.0.0.1:1");
        assert_eq!(spec.run_time, Some(Duration::from_secs(9)));
        assert_eq!(spec.stop_timeout, STOP_TIMEOUT);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let own = loaded("{users: 7}");
        let users = RunOptions {
            users: Some(1.5),
            ..RunOptions::default()
        };
        assert!(matches!(own.plan(&users), Err(RunOptionsError::Load(_))));
        let no_time = RunOptions {
            run_time: RunTime::Limited(Duration::ZERO),
            ..RunOptions::default()
        };
        assert!(matches!(own.plan(&no_time), Err(RunOptionsError::RunTime)));
        let mut warm_up = loaded("{users: 7}");
        warm_up.scenario.criteria.after = Duration::from_secs(10);
        let criterion = parse_criterion("rps > 1").expect("a criterion");
        warm_up.scenario.criteria.list.push(criterion);
        let of = |seconds| {
            let run_time = RunTime::Limited(Duration::from_secs(seconds));
            warm_up.plan(&RunOptions {
                run_time,
                ..RunOptions::default()
            })
        };
        let error = of(10).expect_err("nothing would be judged");
        assert!(matches!(error, RunOptionsError::WarmUp { .. }), "{error}");
        assert!(of(11).is_ok());
        let nowhere = RunOptions {
            host: Some("ftp://x".to_owned()),
            ..RunOptions::default()
        };
        assert!(matches!(own.plan(&nowhere), Err(RunOptionsError::Host(_))));
        for label in ["a\nb".to_owned(), "x".repeat(PROFILE_CHARS + 1)] {
            let labelled = RunOptions {
                profile: Some(label),
                ..RunOptions::default()
            };
            assert!(matches!(own.plan(&labelled), Err(RunOptionsError::Profile)));
        }
    }

    #[test]
    fn an_empty_label_takes_the_preset_one_away() {
        let preset = RunOptions {
            profile: Some(" nightly ".to_owned()),
            ..RunOptions::default()
        };
        let label = |wish: RunOptions| {
            let planned = loaded("{users: 7}").plan(&wish.or(&preset));
            planned.expect("granted").0.profile
        };
        assert_eq!(label(RunOptions::default()), "nightly");
        let none = RunOptions {
            profile: Some(String::new()),
            ..RunOptions::default()
        };
        assert_eq!(label(none), "");
    }

    #[test]
    fn a_search_begins_with_few_users_and_ends_by_itself() {
        let own = loaded("{users: 100, spawn_rate: 3, run_time: 9s}");
        let wish = RunOptions {
            find_limit: Some(FindLimitOptions::default()),
            ..RunOptions::default()
        };
        let (spec, _) = own.plan(&wish).expect("granted");
        let expected = Load {
            users: 10,
            spawn_rate: 3.0,
        };
        assert_eq!(spec.steered(), Some(expected));
        assert_eq!(spec.run_time, None);
        let limited = RunOptions {
            run_time: RunTime::Limited(Duration::from_secs(60)),
            ..wish.clone()
        };
        let (spec, _) = own.plan(&limited).expect("granted");
        assert_eq!(spec.run_time, Some(Duration::from_secs(60)));
        let planned = loaded("{stages: [{over: 5s, users: 3}]}").plan(&wish);
        let expected = RunOptionsError::FindLimit(FindLimitError::NoUsers).to_string();
        assert_eq!(planned.expect_err("nothing to raise").to_string(), expected);
    }

    #[test]
    fn users_say_nothing_where_the_scenario_plans() {
        let own = loaded("{stages: [{over: 5s, users: 3}]}");
        let of = |users| RunOptions {
            users: Some(users),
            ..RunOptions::default()
        };
        let (spec, _) = own.plan(&of(5.0)).expect("granted");
        assert_eq!(spec.steered(), None);
        assert!(matches!(own.plan(&of(-1.0)), Err(RunOptionsError::Load(_))));
    }
}
