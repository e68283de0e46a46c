//! Which answers the steps of each row of the statistics mean to get.

use crate::model::{Failure, NameIntent};
use crate::program::code::coverage::requests_from;
use crate::program::{Expected, Program, Request, StatusRange, StatusRule};

/// The lowest status that says that something went wrong.
const ERRORS_FROM: u16 = 400;

impl Program {
    /// What the users' steps mean by the answers of each row of the
    /// statistics, in the order of the names. Rows without requests of users
    /// have the default.
    #[must_use]
    pub fn intents(&self) -> Vec<NameIntent> {
        let mut steps = vec![0_usize; self.names.len()];
        let mut of_errors = steps.clone();
        let mut intents = vec![NameIntent::default(); self.names.len()];
        for class in &self.classes {
            let tasks = class.tasks.iter().map(|task| (task.entry, false));
            let edges = class.on_start.map(|entry| (entry, true));
            let edges = edges
                .into_iter()
                .chain(class.on_stop.map(|entry| (entry, false)));
            for (entry, is_in_on_start) in edges.chain(tasks) {
                for id in requests_from(&self.code, entry) {
                    let Some(request) = self.requests.get(id.index()) else {
                        continue;
                    };
                    let at = request.name.index();
                    let Some(intent) = intents.get_mut(at) else {
                        continue;
                    };
                    intent.is_in_on_start |= is_in_on_start;
                    intent.times.extend(times(request));
                    steps[at] += 1;
                    of_errors[at] += usize::from(add(intent, request));
                }
            }
        }
        for (at, intent) in intents.iter_mut().enumerate() {
            intent.wants_errors_only = steps[at] > 0 && steps[at] == of_errors[at];
        }
        intents
    }

    /// Whether a failure is an answer that came too late for an expectation of
    /// its time, and not one that says something else.
    pub(crate) fn is_only_late(&self, failure: Failure) -> bool {
        let Failure::Expectation(text) = failure else {
            return false;
        };
        self.requests
            .iter()
            .flat_map(times)
            .any(|time| time == text)
    }
}

/// What the expectations of a request's time are called.
fn times(request: &Request) -> impl Iterator<Item = u16> {
    let expectations = request.expectations().iter();
    let of_time = expectations.filter(|one| matches!(one.expected, Expected::Within(_)));
    of_time.map(|one| one.text)
}

/// Takes a step into the intent of its row; whether it wants errors only.
fn add(intent: &mut NameIntent, request: &Request) -> bool {
    let StatusRule::OneOf(ranges) = request.status() else {
        return false;
    };
    let is_of_errors = |range: &StatusRange| range.low >= ERRORS_FROM;
    let wants_errors_only = !ranges.is_empty() && ranges.iter().all(is_of_errors);
    let set = if wants_errors_only {
        &mut intent.wanted
    } else {
        &mut intent.tolerated
    };
    for range in ranges {
        set.add(range.low.max(ERRORS_FROM), range.high);
    }
    wants_errors_only
}
