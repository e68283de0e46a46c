//! Remarks on valid scenarios: criteria that assert little, and
//! credentials that are written down.

use crate::model::{
    Comparison, Criterion, CriterionWindow, Drive, Metric, Outcome, Selector, Wait,
    duration_literal, number_text,
};
use crate::scenario::lower::loader::Loaded;

/// A number of requests below this part of what the load can do is lax.
const LAX_SHARE: f64 = 0.1;

impl Loaded {
    /// Remarks on a valid scenario, a sentence each.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let list = &self.scenario.criteria.list;
        let counts = list
            .iter()
            .filter(|one| is_floor_of(one, &Metric::Requests));
        let lax = counts.filter_map(|count| self.lax_count(count));
        let unfilled = self.unfilled.iter().map(|file| {
            format!("`file: {file}` is sent as it is, `{{{{ }}}}` included; `template: {file}` fills it in")
        });
        lax.chain(self.written_credentials())
            .chain(unfilled)
            .collect()
    }

    /// The credentials that the scenario holds literally.
    fn written_credentials(&self) -> Option<String> {
        let (first, more) = (self.written.first()?, self.written.len() - 1);
        let more = match more {
            0 => String::new(),
            1 => " and another place".to_owned(),
            more => format!(" and {more} other places"),
        };
        Some(format!(
            "{first}{more}: what looks like a credential stands in the file; it is shown as `***` \
             everywhere. `{{{{ secret('NAME') }}}}` reads it from the environment instead"
        ))
    }

    /// What a number of requests comes to, where it is less than it seems.
    fn lax_count(&self, count: &Criterion) -> Option<String> {
        let criteria = &self.scenario.criteria;
        let time = self.scenario.run_time?.checked_sub(criteria.after)?;
        let seconds = time.as_secs_f64();
        if seconds <= 0.0 {
            return None;
        }
        let implied = count.value / seconds;
        let is = format!(
            "`{}` in {} is {} requests/s",
            count.text,
            duration_literal(time),
            number_text(implied)
        );
        let rates = criteria.list.iter();
        let rates = rates.filter_map(|one| Some((one, requests_asked_for(one, seconds)?)));
        let highest = rates.max_by(|(_, a), (_, b)| a.total_cmp(b));
        if let Some((rate, asked_for)) = highest {
            let (binding, idle) = if asked_for >= count.value {
                (rate, count)
            } else {
                (count, rate)
            };
            return Some(format!(
                "{is}; `{}` asks for more and decides, `{}` adds nothing",
                binding.text, idle.text
            ));
        }
        let possible = self.possible_starts()?;
        (implied < LAX_SHARE * possible).then(|| {
            format!(
                "{is}: little, when the load can start up to {} tasks/s; `rps >= ...` says what is meant",
                number_text(possible)
            )
        })
    }

    /// The most task starts per second that the load leads to; `None` where
    /// users do not wait, so that the target alone decides.
    fn possible_starts(&self) -> Option<f64> {
        let scenario = &self.scenario;
        let mut sum = 0.0;
        for (index, workload) in scenario.workloads.iter().enumerate() {
            let classes = scenario.user_classes.iter();
            let classes = classes.filter(|class| class.workload == index);
            sum += match &workload.drive {
                Drive::Arrivals(arrivals) => arrivals.rate.peak(),
                Drive::Steered(..) | Drive::Fixed(_) | Drive::Users(_) => {
                    let rates = classes.map(|class| starts_per_second(class.wait));
                    let rates: Option<Vec<f64>> = rates.collect();
                    let fastest = rates?.into_iter().fold(0.0, f64::max);
                    fastest * f64::from(workload.peak_users())
                }
            };
        }
        (sum > 0.0).then_some(sum)
    }
}

/// How many requests there have to be, at least, for a rate to be met in a run
/// of so many seconds; `None` for what is no such criterion.
fn requests_asked_for(criterion: &Criterion, seconds: f64) -> Option<f64> {
    let stretch_s = match criterion.window {
        CriterionWindow::Whole => seconds,
        CriterionWindow::Sustained(stretch_s) => f64::from(stretch_s),
        CriterionWindow::Every(_) | CriterionWindow::InSeconds(_) => return None,
    };
    is_floor_of(criterion, &Metric::Rps(Outcome::Any)).then_some(criterion.value * stretch_s)
}

/// Whether a criterion asks for at least so much of all requests.
fn is_floor_of(criterion: &Criterion, metric: &Metric) -> bool {
    criterion.metric == *metric
        && criterion.of == Selector::All
        && matches!(criterion.op, Comparison::AtLeast | Comparison::Greater)
}

/// Task starts per second of a user that never waits for an answer.
fn starts_per_second(wait: Wait) -> Option<f64> {
    let seconds = match wait {
        Wait::Poisson { per_second } => per_second.recip(),
        // The mean of a uniform wait is its middle.
        _ => wait.period_seconds().or_else(|| wait.think_seconds(0.5))?,
    };
    (seconds > 0.0).then(|| seconds.recip())
}
