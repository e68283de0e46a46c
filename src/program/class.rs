//! User classes and the choice of the next task.

use crate::model::{FeedId, Population, TaskId, Wait};
use crate::program::compiled::CodeAt;
use crate::program::course::Order;
use crate::program::evaluate::Around;
use crate::program::expression::Expression;
use crate::program::sequences::Sequences;
use crate::program::variables::Variables;

/// A kind of user.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// The workload it belongs to.
    pub workload: usize,
    /// How many of the workload's users are of this kind.
    pub population: Population,
    /// What its users do between tasks.
    pub wait: Wait,
    /// What a user does first; if it fails, the user ends.
    pub on_start: Option<CodeAt>,
    /// Whether `on_start` is done once before any user starts, see
    /// `docs/scenarios.md`.
    pub is_rehearsed: bool,
    /// What a user does last.
    pub on_stop: Option<CodeAt>,
    /// What its users pick from; at least one.
    pub tasks: Vec<Task>,
    /// In which order.
    pub order: Order,
    /// How many tasks a user does before it ends; `None` sets no limit.
    pub iterations: Option<u32>,
    /// The rows that its users need.
    pub rows: ClassRows,
}

/// The feeds of which the users of a class need a row, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassRows {
    /// All their life.
    pub user: Vec<FeedId>,
    /// While `on_start` runs.
    pub on_start: Vec<FeedId>,
    /// While `on_stop` runs.
    pub on_stop: Vec<FeedId>,
}

/// A weighted thing a user picks.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name.
    pub name: String,
    /// Its weight among the tasks of its class.
    pub weight: u32,
    /// Its tags.
    pub tags: Vec<String>,
    /// It is picked only while this holds; an unset variable does not hold.
    pub when: Option<Expression>,
    /// Where its steps begin.
    pub entry: CodeAt,
    /// The feeds of which it takes a row when it starts.
    pub rows: Vec<FeedId>,
}

impl Class {
    /// The next task, by weight among those whose `when` holds; `None` when
    /// there is none.
    pub fn pick(&self, variables: &Variables, rng: &mut fastrand::Rng) -> Option<TaskId> {
        let tasks = self.tasks.iter().enumerate();
        self.pick_of(
            tasks.map(|(index, task)| (TaskId::from(index), task.weight)),
            variables,
            rng,
        )
    }

    /// One of these, by the weights given with them, whose `when` holds.
    pub(super) fn pick_of(
        &self,
        weighted: impl Iterator<Item = (TaskId, u32)>,
        variables: &Variables,
        rng: &mut fastrand::Rng,
    ) -> Option<TaskId> {
        let mut total = 0_u64;
        let mut picked = None;
        for (id, weight) in weighted {
            let is_eligible = |task: &Task| task.is_eligible(variables, rng);
            if weight == 0 || !self.tasks.get(id.index()).is_some_and(is_eligible) {
                continue;
            }
            // One pass without a table: each eligible task replaces the last
            // choice with the probability of its weight among those seen.
            let weight = u64::from(weight);
            total += weight;
            if total == weight || rng.u64(..total) < weight {
                picked = Some(id);
            }
        }
        picked
    }
}

impl Task {
    /// Whether it may be picked now.
    pub fn is_eligible(&self, variables: &Variables, rng: &mut fastrand::Rng) -> bool {
        let Some(when) = &self.when else {
            return true;
        };
        // The language refuses `now()` and `sequence()` in this condition, so
        // neither is needed.
        let mut around = Around {
            rng,
            unix_us: 0,
            sequences: &Sequences::default(),
        };
        when.holds(variables, &mut around).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SlotId;

    fn task(weight: u32, when: Option<Expression>) -> Task {
        Task {
            name: String::new(),
            weight,
            tags: Vec::new(),
            when,
            entry: CodeAt(0),
            rows: Vec::new(),
        }
    }

    fn class(tasks: Vec<Task>) -> Class {
        Class {
            name: String::new(),
            workload: 0,
            population: Population::Weight(1),
            wait: Wait::NONE,
            on_start: None,
            is_rehearsed: false,
            on_stop: None,
            tasks,
            order: Order::Weighted,
            iterations: None,
            rows: ClassRows::default(),
        }
    }

    #[test]
    fn picks_by_weight_among_the_eligible() {
        let when = Some(Expression::Variable(SlotId(0)));
        let class = class(vec![task(3, None), task(6, when), task(1, None)]);
        let mut rng = fastrand::Rng::with_seed(1);
        let mut variables = Variables::new(1);
        let mut count = |variables: &Variables| {
            let mut counts = [0; 3];
            for _ in 0..10_000 {
                counts[class.pick(variables, &mut rng).unwrap().index()] += 1;
            }
            counts
        };
        let [first, second, third] = count(&variables);
        assert_eq!(second, 0);
        assert!((2_300..2_700).contains(&third), "{first} {third}");
        variables.set_text(SlotId(0), "x");
        let [_, second, _] = count(&variables);
        assert!((5_800..6_200).contains(&second), "{second}");
    }

    #[test]
    fn picks_nothing_when_nothing_is_eligible() {
        let class = class(vec![task(1, Some(Expression::Variable(SlotId(0))))]);
        let picked = class.pick(&Variables::new(1), &mut fastrand::Rng::with_seed(1));
        assert_eq!(picked, None);
    }
}
