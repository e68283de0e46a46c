//! The tasks of a class, and the choice of the next one by weight.

use std::ops::Deref;

use crate::model::{FeedId, TaskId};
use crate::program::code::compiled::CodeAt;
use crate::program::code::variables::Variables;
use crate::program::data::sequences::Sequences;
use crate::program::expr::evaluate::EvalContext;
use crate::program::expr::expression::Expression;

/// A weighted thing a user picks.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name.
    pub name: String,
    /// Its weight among the tasks of its class.
    pub weight: u32,
    pub(crate) tags: Vec<String>,
    /// It is picked only while this holds; an unset variable does not hold.
    pub(crate) when: Option<Expression>,
    /// Where its steps begin.
    pub entry: CodeAt,
    /// The feeds of which it takes a row when it starts.
    pub rows: Vec<FeedId>,
}

/// Tasks of which one is picked by weight.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    all: Vec<Task>,
    /// Those without a `when`, and the sum of their weights up to each.
    always: Vec<(TaskId, u64)>,
    /// Those with one.
    sometimes: Vec<(TaskId, u32)>,
}

impl Tasks {
    /// One by weight among those whose `when` holds; `None` when there is none.
    ///
    /// Cost: each `when` once, and the logarithm of the number of the others.
    pub fn pick(&self, variables: &Variables, rng: &mut fastrand::Rng) -> Option<TaskId> {
        let always = self.always.last().map_or(0, |(_, sum)| *sum);
        let sometimes = self.sometimes.iter().copied();
        self.pick_after(always, sometimes, variables, rng)
            .or_else(|| self.pick_always(always, rng))
    }

    /// One of these, by the weights given with them, whose `when` holds.
    pub(super) fn pick_of(
        &self,
        weighted: impl Iterator<Item = (TaskId, u32)>,
        variables: &Variables,
        rng: &mut fastrand::Rng,
    ) -> Option<TaskId> {
        self.pick_after(0, weighted, variables, rng)
    }

    /// Changes each task.
    pub(crate) fn edit(&mut self, change: impl FnMut(&mut Task)) {
        let mut all = std::mem::take(&mut self.all);
        all.iter_mut().for_each(change);
        *self = Self::from(all);
    }

    /// As [`pick_of`](Self::pick_of), beside others whose weights have this sum:
    /// `None` where it is one of those.
    fn pick_after(
        &self,
        others: u64,
        weighted: impl Iterator<Item = (TaskId, u32)>,
        variables: &Variables,
        rng: &mut fastrand::Rng,
    ) -> Option<TaskId> {
        let mut total = others;
        let mut picked = None;
        for (id, weight) in weighted {
            let is_eligible = |task: &Task| task.weight > 0 && task.is_eligible(variables, rng);
            if weight == 0 || !self.all.get(id.index()).is_some_and(is_eligible) {
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

    fn pick_always(&self, total: u64, rng: &mut fastrand::Rng) -> Option<TaskId> {
        let drawn = match self.always.len() {
            0 => return None,
            1 => 0,
            _ => rng.u64(..total.max(1)),
        };
        let at = self.always.partition_point(|(_, sum)| *sum <= drawn);
        self.always.get(at).map(|(id, _)| *id)
    }
}

impl From<Vec<Task>> for Tasks {
    fn from(all: Vec<Task>) -> Self {
        let mut tasks = Self {
            all,
            ..Self::default()
        };
        let mut sum = 0;
        for (at, task) in tasks
            .all
            .iter()
            .enumerate()
            .filter(|(_, task)| task.weight > 0)
        {
            let id = TaskId::from(at);
            if task.when.is_some() {
                tasks.sometimes.push((id, task.weight));
            } else {
                sum += u64::from(task.weight);
                tasks.always.push((id, sum));
            }
        }
        tasks
    }
}

impl Deref for Tasks {
    type Target = [Task];

    fn deref(&self) -> &[Task] {
        &self.all
    }
}

impl Task {
    /// Whether it may be picked now. One whose `when` cannot be told is, and
    /// [fails](crate::program::Instruction::Require) then.
    pub fn is_eligible(&self, variables: &Variables, rng: &mut fastrand::Rng) -> bool {
        let Some(when) = &self.when else {
            return true;
        };
        // The language refuses `now()` and `sequence()` in this condition, so
        // neither is needed.
        let mut context = EvalContext {
            rng,
            unix_us: 0,
            sequences: &Sequences::default(),
        };
        when.holds(variables, &mut context).unwrap_or(true)
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

    #[test]
    fn picks_by_weight_among_the_eligible() {
        let when = Some(Expression::Variable(SlotId(0)));
        let tasks = Tasks::from(vec![task(3, None), task(6, when), task(1, None)]);
        let mut rng = fastrand::Rng::with_seed(1);
        let mut variables = Variables::new(1);
        let mut count = |variables: &Variables| {
            let mut counts = [0; 3];
            for _ in 0..10_000 {
                counts[tasks.pick(variables, &mut rng).unwrap().index()] += 1;
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
        let tasks = Tasks::from(vec![task(1, Some(Expression::Variable(SlotId(0))))]);
        let picked = tasks.pick(&Variables::new(1), &mut fastrand::Rng::with_seed(1));
        assert_eq!(picked, None);
    }
}
