//! Percentiles for which a run will have too few samples: known before it starts.

use std::time::Duration;

use crate::model::{
    Criterion, Drive, Metric, NameId, Population, RunSpec, Stretch, TimeKind, Wait, Workload,
    micros,
};
use crate::program::{Class, CodeAt, Instruction, Order, Program};
use crate::run::judge::selected_by_criteria;
use crate::run::tables::float;
use crate::schedule::Starts;
use crate::verdict::{grouped, samples_needed};

/// What is worth saying of the criteria of a run before it starts, a sentence
/// each: that a percentile cannot have the samples that it needs.
///
/// The number of samples is an upper bound: users never wait for an answer, and
/// every branch is taken. Where nothing bounds them (users that do not wait, loops)
/// nothing is said.
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
        (estimate.samples < float(estimate.needed)).then(|| estimate.words(criterion))
    });
    estimates.collect()
}

/// How many samples a percentile has at most.
struct Estimate {
    quantile: f64,
    samples: f64,
    needed: u64,
    over: Over,
}

/// What bounds them.
enum Over {
    /// The run, which would have to be so long.
    Run(Duration),
    /// The number of task starts of the whole run.
    Iterations,
    /// A stretch of so many seconds.
    Stretch(u32),
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
            Stretch::Whole => {
                let judged = spec.run_time.map(|end| end.saturating_sub(after));
                (after, judged.map(|time| time.as_secs_f64()), None)
            }
            Stretch::Every(seconds) => (Duration::ZERO, Some(f64::from(seconds)), Some(seconds)),
            Stretch::Sustained(_) | Stretch::InSeconds(_) => (Duration::ZERO, Some(1.0), Some(1)),
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
        let by_iterations = spec
            .iterations
            .and_then(|starts| rows.most(float(starts), spec));
        let samples = by_load.into_iter().chain(by_iterations).reduce(f64::min)?;
        let over = match (stretch_s, by_load.zip(seconds)) {
            (Some(seconds), Some(_)) => Over::Stretch(seconds),
            (None, Some((by_load, seconds))) if by_load <= samples => {
                let longer = seconds * float(needed) / samples.max(1.0);
                let longer = Duration::try_from_secs_f64(longer.ceil()).ok()?;
                Over::Run(after.saturating_add(longer))
            }
            _ => Over::Iterations,
        };
        Some(Self {
            quantile,
            samples,
            needed,
            over,
        })
    }

    fn words(&self, criterion: &Criterion) -> String {
        let percentile = format!("p{}", (self.quantile * 1e4).round() / 100.0);
        let (stretch, remedy) = match &self.over {
            Over::Run(time) => (
                String::new(),
                format!("run for {} s or more", time.as_secs()),
            ),
            Over::Iterations => (String::new(), "allow more iterations".to_owned()),
            Over::Stretch(1) => (
                " in a second".to_owned(),
                "judge longer stretches".to_owned(),
            ),
            Over::Stretch(seconds) => (
                format!(" in {seconds} s"),
                "judge longer stretches".to_owned(),
            ),
        };
        format!(
            "`{}`: at most about {:.0} samples{stretch}, {percentile} needs {}: {remedy}, or lower the percentile",
            criterion.text,
            self.samples,
            grouped(self.needed)
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
    /// How many there are at most, of users that wait like this; `None` where
    /// nothing bounds them.
    fn starts(&self, wait: Wait) -> Option<f64> {
        if let Drive::Arrivals(arrivals) = &self.workload.drive {
            if self.is_peak {
                return Some(arrivals.rate.peak() * self.seconds);
            }
            let start_us = micros(self.workload.start);
            let end = self.from + Duration::try_from_secs_f64(self.seconds).ok()?;
            let area = |at| Starts::area_at(arrivals, start_us, micros(at));
            return Some(area(end) - area(self.from));
        }
        let period_s = match wait {
            Wait::Poisson { per_second } => per_second.recip(),
            // The mean of a uniform wait is its middle.
            _ => wait.period_seconds().or_else(|| wait.think_seconds(0.5))?,
        };
        let users = f64::from(self.workload.peak_users());
        // Each user starts a first task at once.
        (period_s > 0.0).then(|| users * (self.seconds / period_s + 1.0))
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
    /// Samples of a workload, at most.
    fn of_workload(&self, index: usize, planned: &Planned<'_>) -> Option<f64> {
        let ids = self.program.classes_of(index);
        let classes: Vec<_> = ids.map(|id| &self.program.classes[id.index()]).collect();
        let of_class = |class: &&Class| {
            let starts = planned.starts(class.wait)?;
            let logins = self.logins(class)?;
            let users = f64::from(planned.workload.peak_users());
            Some(starts * self.per_start(class)? + users * logins)
        };
        let weights = classes.iter().map(|class| match class.population {
            Population::Weight(weight) => Some(f64::from(weight)),
            Population::Fixed(_) => None,
        });
        let each: Option<Vec<f64>> = classes.iter().map(of_class).collect();
        let each = each?;
        let weights: Option<Vec<f64>> = weights.collect();
        let all = weights.as_ref().map_or(0.0, |weights| weights.iter().sum());
        Some(match weights.filter(|_| all > 0.0) {
            Some(weights) => {
                let parts = each.iter().zip(&weights);
                parts.map(|(samples, weight)| samples * weight / all).sum()
            }
            None => each.into_iter().fold(0.0, f64::max),
        })
    }

    /// Samples of all workloads, at most.
    fn of_all<'p>(&self, planned: impl Iterator<Item = Planned<'p>>) -> Option<f64> {
        let each = planned.enumerate();
        each.map(|(index, planned)| self.of_workload(index, &planned))
            .sum()
    }

    /// Samples of so many task starts of a run, whosever they are, at most.
    fn most(&self, starts: f64, spec: &RunSpec) -> Option<f64> {
        let users: f64 = spec
            .workloads
            .iter()
            .map(|one| f64::from(one.peak_users()))
            .sum();
        let mut most = (0.0, 0.0);
        for class in &self.program.classes {
            most.0 = f64::max(most.0, self.per_start(class)?);
            most.1 = f64::max(most.1, self.logins(class)?);
        }
        Some(most.0 * starts + most.1 * users)
    }

    /// Samples of what a user of a class does first.
    fn logins(&self, class: &Class) -> Option<f64> {
        class
            .on_start
            .map_or(Some(0.0), |entry| self.requests(entry))
    }

    /// Samples of one task start of a class: the mean over its tasks where they
    /// are picked by weight alone, else the most of any.
    fn per_start(&self, class: &Class) -> Option<f64> {
        let each: Option<Vec<_>> = class
            .tasks
            .iter()
            .map(|task| self.requests(task.entry))
            .collect();
        let each = each?;
        let is_by_weight = matches!(class.order, Order::Weighted)
            && class.tasks.iter().all(|task| task.when.is_none());
        let weights = || class.tasks.iter().map(|task| f64::from(task.weight));
        let all: f64 = weights().sum();
        Some(if is_by_weight && all > 0.0 {
            each.iter()
                .zip(weights())
                .map(|(requests, weight)| requests * weight / all)
                .sum()
        } else {
            each.into_iter().fold(0.0, f64::max)
        })
    }

    /// Samples of what begins here, if every branch is taken; `None` with a
    /// loop in it.
    fn requests(&self, entry: CodeAt) -> Option<f64> {
        let code = self.program.code.get(entry.index()..).unwrap_or_default();
        let mut requests = 0.0;
        for one in code {
            let range = match one {
                Instruction::End => break,
                Instruction::Repeat(_)
                | Instruction::While(..)
                | Instruction::Each { .. }
                | Instruction::BeginPoll { .. } => return None,
                Instruction::Request(id) => id.0..id.0.saturating_add(1),
                Instruction::Parallel { first, count } => first.0..first.0.saturating_add(*count),
                _ => continue,
            };
            let selected = range.filter(|id| {
                let request = self.program.requests.get(usize::from(*id));
                let name = request.map(|request| request.name);
                self.rows
                    .is_none_or(|rows| name.is_some_and(|name| rows.contains(&name)))
            });
            requests += float(selected.count() as u64);
        }
        Some(if self.is_response {
            f64::min(requests, 1.0)
        } else {
            requests
        })
    }
}
