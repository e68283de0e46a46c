//! The order in which a user does its tasks.

use crate::model::TaskId;
use crate::program::code::class::Class;
use crate::program::code::variables::Variables;

/// The order of a class's tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// By weight.
    Weighted,
    /// One after the other, as they stand in the file, and again.
    Sequential,
    /// For each task those that may follow it, with weights; after a task
    /// without followers comes any, by weight.
    Transitions(Vec<Vec<(TaskId, u32)>>),
}

/// Where a user is in its tasks.
#[derive(Clone, Copy, Debug, Default)]
pub struct TaskPicker {
    last: Option<TaskId>,
    begun: u32,
}

/// What a user does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// This task.
    Task(TaskId),
    /// Nothing yet: no task's `when` holds.
    Nothing,
    /// Nothing any more: it has done as many tasks as its class allows.
    Over,
}

impl TaskPicker {
    /// The next task; the user is taken to begin it. Tasks whose `when` does
    /// not hold are passed over.
    ///
    /// Cost: as of [`Tasks::pick`](crate::program::Tasks::pick) where it goes by
    /// weight, else one pass over the tasks; no allocation.
    pub fn next(
        &mut self,
        class: &Class,
        variables: &Variables,
        rng: &mut fastrand::Rng,
    ) -> Choice {
        if self.is_over(class) {
            return Choice::Over;
        }
        let next = match &class.order {
            Order::Weighted => class.tasks.pick(variables, rng),
            Order::Sequential => self.in_turn(class, variables, rng),
            Order::Transitions(followers) => self
                .last
                .and_then(|last| followers.get(last.index()))
                .and_then(|followers| {
                    class
                        .tasks
                        .pick_of(followers.iter().copied(), variables, rng)
                })
                // A user that could go nowhere would stand still for ever.
                .or_else(|| class.tasks.pick(variables, rng)),
        };
        let Some(next) = next else {
            return Choice::Nothing;
        };
        self.last = Some(next);
        self.begun = self.begun.saturating_add(1);
        Choice::Task(next)
    }

    /// Whether the user has begun as many tasks as its class allows.
    pub(crate) fn is_over(&self, class: &Class) -> bool {
        class.iterations.is_some_and(|most| self.begun >= most)
    }

    /// How many tasks the user has begun.
    pub(crate) fn begun(&self) -> u32 {
        self.begun
    }

    fn in_turn(
        self,
        class: &Class,
        variables: &Variables,
        rng: &mut fastrand::Rng,
    ) -> Option<TaskId> {
        let count = class.tasks.len();
        let first = self.last.map_or(0, |last| last.index() + 1);
        (first..first + count)
            .map(|index| index % count)
            .find(|index| {
                let task = &class.tasks[*index];
                task.weight > 0 && task.is_eligible(variables, rng)
            })
            .map(TaskId::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Population, SlotId, Wait};
    use crate::program::{CodeAt, Expression, Task};

    fn class(order: Order, whens: [Option<SlotId>; 3]) -> Class {
        let tasks = whens.map(|when| Task {
            name: String::new(),
            weight: 1,
            tags: Vec::new(),
            when: when.map(Expression::Variable),
            entry: CodeAt(0),
            rows: Vec::new(),
        });
        Class {
            workload: 0,
            name: String::new(),
            population: Population::Weight(1),
            wait: Wait::NONE,
            on_start: None,
            is_rehearsed: false,
            on_stop: None,
            tasks: Vec::from(tasks).into(),
            order,
            iterations: None,
            rows: crate::program::ClassRows::default(),
        }
    }

    fn walk(class: &Class, variables: &Variables, steps: usize) -> Vec<Choice> {
        let mut course = TaskPicker::default();
        let mut rng = fastrand::Rng::with_seed(3);
        (0..steps)
            .map(|_| course.next(class, variables, &mut rng))
            .collect()
    }

    const fn task(index: u16) -> Choice {
        Choice::Task(TaskId(index))
    }

    #[test]
    fn in_turn_passes_over_what_does_not_hold() {
        let class = class(Order::Sequential, [None, Some(SlotId(0)), None]);
        let mut variables = Variables::new(1);
        let expected = [task(0), task(2), task(0), task(2)];
        assert_eq!(walk(&class, &variables, 4), expected);
        variables.set_text(SlotId(0), "x");
        assert_eq!(
            walk(&class, &variables, 4),
            [task(0), task(1), task(2), task(0)]
        );
    }

    #[test]
    fn ends_after_its_iterations_and_waits_for_what_holds() {
        let mut class = class(Order::Sequential, [Some(SlotId(0)); 3]);
        class.iterations = Some(2);
        let mut variables = Variables::new(1);
        assert_eq!(walk(&class, &variables, 3), [Choice::Nothing; 3]);
        variables.set_text(SlotId(0), "x");
        assert_eq!(
            walk(&class, &variables, 3),
            [task(0), task(1), Choice::Over]
        );
    }

    #[test]
    fn follows_transitions_by_their_weights() {
        let followers = vec![
            vec![(TaskId(0), 3), (TaskId(1), 1)],
            vec![(TaskId(2), 1)],
            vec![],
        ];
        let class = class(Order::Transitions(followers), [None; 3]);
        let walked = walk(&class, &Variables::new(0), 20_000);
        let mut counts = [[0_u32; 3]; 3];
        for pair in walked.windows(2) {
            if let [Choice::Task(from), Choice::Task(to)] = *pair {
                counts[from.index()][to.index()] += 1;
            }
        }
        let share = |from: usize, to: usize| {
            f64::from(counts[from][to]) / f64::from(counts[from].iter().sum::<u32>())
        };
        assert!((share(0, 0) - 0.75).abs() < 0.02, "{counts:?}");
        assert_eq!(counts[0][2], 0);
        assert_eq!((counts[1][0], counts[1][1]), (0, 0));
        for to in 0..3 {
            assert!((share(2, to) - 1.0 / 3.0).abs() < 0.03, "{counts:?}");
        }
    }

    #[test]
    fn goes_anywhere_when_no_follower_may_be_picked() {
        let followers = vec![vec![(TaskId(1), 1)]; 3];
        let class = class(Order::Transitions(followers), [None, Some(SlotId(0)), None]);
        let walked = walk(&class, &Variables::new(1), 50);
        assert!(
            walked
                .iter()
                .all(|one| matches!(one, Choice::Task(id) if id.0 != 1))
        );
    }
}
