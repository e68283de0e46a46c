//! Percentiles for which a run will have too few samples: known before it starts.

use std::time::Duration;

use crate::model::{
    Criterion, CriterionWindow, Drive, Metric, NameId, RunSpec, TimeKind, Wait, Workload,
    count_text, micros,
};
use crate::program::{Class, CodeAt, Order, Program, Task};
use crate::run::edits::user_mix::users_of;
use crate::run::evaluate::evaluation::selected_by_criteria;
use crate::run::evaluate::task_steps::{TaskSteps, mean_think_s};
use crate::run::stats::tables::float;
use crate::schedule::Starts;
use crate::verdict::samples_needed;

/// Remarks on the criteria of a run before it starts, a sentence
/// each: that a percentile is not expected to have the samples that it needs.
///
/// Tasks and the branches of `choose` are taken by their weights, each `when` and
/// each `if` to hold, answers to take no time, and loops whose rounds are not known
/// to go round once. Where nothing bounds the samples (users that neither wait nor
/// think) nothing is reported.
#[must_use]
pub fn few_samples(spec: &RunSpec, program: &Program) -> Vec<String> {
    // A search has levels of its own.
    if spec.find_limit.is_some() {
        return Vec::new();
    }
    let selected = selected_by_criteria(spec, program);
    let list = spec.criteria.list.iter().zip(&selected);
    let estimates = list.filter_map(|(criterion, selected)| {
        let rows = selected.rows.as_deref();
        let estimate = Estimate::of(spec, program, criterion, rows)?;
        (estimate.samples < float(estimate.needed)).then(|| estimate.text(criterion))
    });
    estimates.collect()
}

/// The expected number of samples of a percentile.
struct Estimate {
    quantile: f64,
    samples: f64,
    /// Whether that is only so where loops go round once.
    has_loop: bool,
    needed: u64,
    over: Bound,
}

/// The bound of the samples.
enum Bound {
    /// The run, which would have to be so long.
    Run(Duration),
    /// The number of task starts of the whole run.
    Iterations,
    /// A stretch of so many seconds.
    CriterionWindow(u32),
}

impl Estimate {
    fn of(
        spec: &RunSpec,
        program: &Program,
        criterion: &Criterion,
        rows: Option<&[NameId]>,
    ) -> Option<Self> {
        let Metric::Quantile(of, quantile) = criterion.metric else {
            return None;
        };
        let needed = samples_needed(quantile);
        let rows = Rows {
            program,
            rows,
            is_response: of.time == TimeKind::Response,
        };
        let after = spec.criteria.after;
        let (from, seconds, stretch_s) = match criterion.window {
            CriterionWindow::Whole => {
                let judged = spec.run_time.map(|end| end.saturating_sub(after));
                (after, judged.map(|time| time.as_secs_f64()), None)
            }
            CriterionWindow::Every(seconds) => {
                (Duration::ZERO, Some(f64::from(seconds)), Some(seconds))
            }
            CriterionWindow::Sustained(_) | CriterionWindow::InSeconds(_) => {
                (Duration::ZERO, Some(1.0), Some(1))
            }
        };
        let by_load = seconds.and_then(|seconds| {
            let planned = |workload| Planned {
                workload,
                from,
                seconds,
                is_peak: stretch_s.is_some(),
            };
            let by_plan = rows.of_all(spec.workloads.iter().map(planned));
            let by_rail = spec.max_rps.map(|rps| rps * seconds);
            by_plan.into_iter().chain(by_rail).reduce(f64::min)
        });
        let by_iterations = spec.iterations.map(|starts| rows.most(float(starts), spec));
        let samples = by_load.into_iter().chain(by_iterations).reduce(f64::min)?;
        let over = match (stretch_s, by_load.zip(seconds)) {
            (Some(seconds), Some(_)) => Bound::CriterionWindow(seconds),
            (None, Some((by_load, seconds))) if by_load <= samples => {
                let longer = seconds * float(needed) / samples.max(1.0);
                let longer = Duration::try_from_secs_f64(longer.ceil()).ok()?;
                Bound::Run(after.saturating_add(longer))
            }
            _ => Bound::Iterations,
        };
        Some(Self {
            quantile,
            samples,
            has_loop: rows.have_loop(),
            needed,
            over,
        })
    }

    fn text(&self, criterion: &Criterion) -> String {
        let percentile = format!("p{}", (self.quantile * 1e4).round() / 100.0);
        let (stretch, remedy) = match &self.over {
            Bound::Run(time) => (
                String::new(),
                format!("run for {} s or more", time.as_secs()),
            ),
            Bound::Iterations => (String::new(), "allow more iterations".to_owned()),
            Bound::CriterionWindow(1) => {
                (" in a second".to_owned(), "use longer windows".to_owned())
            }
            Bound::CriterionWindow(seconds) => {
                (format!(" in {seconds} s"), "use longer windows".to_owned())
            }
        };
        let loops = match self.has_loop {
            true => ", if each loop runs once",
            false => "",
        };
        format!(
            "`{}`: about {:.0} samples expected{stretch}{loops}, {percentile} needs {}: {remedy}, use a lower percentile, or use `max`",
            criterion.text,
            self.samples,
            count_text(self.needed)
        )
    }
}

/// The task starts of a workload over some seconds.
struct Planned<'s> {
    workload: &'s Workload,
    from: Duration,
    seconds: f64,
    /// Whether it is about some stretch: that with the most.
    is_peak: bool,
}

impl Planned<'_> {
    /// How many there are of users that wait like this and whose tasks think for so
    /// long; `None` where nothing bounds them.
    fn starts(&self, wait: Wait, think_s: f64) -> Option<f64> {
        let by_users = |period_s: f64| {
            let users = f64::from(self.workload.peak_users());
            // Each user starts a first task at once.
            (period_s > 0.0).then(|| users * (self.seconds / period_s + 1.0))
        };
        let Drive::Arrivals(arrivals) = &self.workload.drive else {
            let period_s = wait.period_seconds().map(|period_s| period_s.max(think_s));
            return by_users(period_s.unwrap_or_else(|| mean_think_s(wait) + think_s));
        };
        let by_rate = if self.is_peak {
            arrivals.rate.peak() * self.seconds
        } else {
            let start_us = micros(self.workload.start);
            let end = self.from + Duration::try_from_secs_f64(self.seconds).ok()?;
            let area = |at| Starts::area_at(arrivals, start_us, micros(at));
            area(end) - area(self.from)
        };
        Some(by_users(think_s).map_or(by_rate, |starts| starts.min(by_rate)))
    }
}

/// The rows that a criterion is about; `None` for all of them.
struct Rows<'s> {
    program: &'s Program,
    rows: Option<&'s [NameId]>,
    /// Whether only the first request of a task counts.
    is_response: bool,
}

impl Rows<'_> {
    /// Samples of a workload.
    fn of_workload(&self, index: usize, planned: &Planned<'_>) -> Option<f64> {
        let ids = self.program.classes_of(index);
        let users = f64::from(planned.workload.peak_users());
        let samples = ids.map(|id| {
            let class = &self.program.classes[id.index()];
            let task = self.per_start(class);
            let logins = self.logins(class);
            if task.requests + logins <= 0.0 {
                return Some(0.0);
            }
            let starts = planned.starts(class.wait, task.think_s)?;
            let mut by_workload = vec![0.0; index];
            by_workload.push(users);
            let own = users_of(class, &self.program.classes, &by_workload);
            Some((starts * task.requests / users.max(1.0) + logins) * own)
        });
        samples.sum()
    }

    /// Samples of all workloads.
    fn of_all<'p>(&self, planned: impl Iterator<Item = Planned<'p>>) -> Option<f64> {
        let each = planned.enumerate();
        each.map(|(index, planned)| self.of_workload(index, &planned))
            .sum()
    }

    /// Samples of so many task starts of a run, whosever they are, at most.
    fn most(&self, starts: f64, spec: &RunSpec) -> f64 {
        let workloads = spec.workloads.iter();
        let users: f64 = workloads.map(|one| f64::from(one.peak_users())).sum();
        let most = |of: &dyn Fn(&Class) -> f64| {
            let classes = self.program.classes.iter();
            classes.map(of).fold(0.0, f64::max)
        };
        most(&|class| self.per_start(class).requests) * starts
            + most(&|class| self.logins(class)) * users
    }

    /// Samples of what a user of a class does first.
    fn logins(&self, class: &Class) -> f64 {
        let entry = class.on_start;
        entry.map_or(0.0, |entry| self.steps(entry).requests)
    }

    /// One task start of a class: the mean over its tasks by their weights, with
    /// each `when` taken to hold. Where one task leads to the next, what most of
    /// them do at most.
    fn per_start(&self, class: &Class) -> TaskSteps {
        let mut mean = TaskSteps::default();
        let weight = |task: &Task| match class.order {
            Order::Sequential => 1.0,
            Order::Weighted | Order::Transitions(_) => f64::from(task.weight),
        };
        let all: f64 = class.tasks.iter().map(weight).sum();
        let each = class.tasks.iter().filter(|task| weight(task) > 0.0);
        let each = each.map(|task| (self.steps(task.entry), weight(task) / all));
        if matches!(class.order, Order::Transitions(_)) {
            mean.think_s = f64::INFINITY;
            for (steps, _) in each {
                mean.requests = mean.requests.max(steps.requests);
                mean.think_s = mean.think_s.min(steps.think_s);
            }
            return mean;
        }
        for (steps, part) in each {
            mean.requests += steps.requests * part;
            mean.think_s += steps.think_s * part;
        }
        mean
    }

    /// Whether something that is asked about is in a loop whose rounds are not known.
    fn have_loop(&self) -> bool {
        let classes = self.program.classes.iter();
        let mut entries = classes.flat_map(|class| {
            let tasks = class.tasks.iter().map(|task| task.entry);
            tasks.chain(class.on_start)
        });
        entries.any(|entry| self.steps(entry).has_loop)
    }

    fn steps(&self, entry: CodeAt) -> TaskSteps {
        let counts = |name: NameId| self.rows.is_none_or(|rows| rows.contains(&name));
        let mut steps = TaskSteps::of(self.program, entry, counts);
        if self.is_response {
            steps.requests = steps.requests.min(1.0);
        }
        steps
    }
}
