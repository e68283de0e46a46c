//! The expected course of a task.

use crate::model::{NameId, Wait};
use crate::program::{Branch, CodeAt, Instruction, Program, Rounds};
use crate::run::stats::tables::float;

/// The expected course of a task, or of `on_start`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TaskSteps {
    /// The requests that are asked about, about: by the weights of `choose`, with
    /// every branch of an `if`.
    pub(crate) requests: f64,
    /// Its least think time, in seconds.
    pub(super) think_s: f64,
    /// Whether some of the requests are in a loop or a poll whose rounds are not
    /// known: it is taken to go round once.
    pub(super) has_loop: bool,
}

/// The number of times something is done in a task: at most, and at least.
type Times = [f64; 2];

/// The instructions of a task, and how often each is done.
struct Walk<'p> {
    code: &'p [Instruction],
    begin: usize,
    times: Vec<Times>,
    /// Up to here there are loops whose number of rounds is unknown.
    loops_until: usize,
}

impl TaskSteps {
    /// Of what begins there, with the requests that count in these rows.
    pub(crate) fn of(program: &Program, entry: CodeAt, counts: impl Fn(NameId) -> bool) -> Self {
        let mut walk = Walk::new(program, entry);
        let mut steps = Self::default();
        let mut polls = 0_u32;
        let code = walk.code;
        for (at, one) in code.iter().enumerate() {
            let [most, least] = walk.times[at];
            let sent = match one {
                Instruction::Request(id) => id.0..id.0.saturating_add(1),
                Instruction::Parallel { first, count } => first.0..first.0.saturating_add(*count),
                _ => 0..0,
            };
            match one {
                Instruction::BeginPoll { .. } => polls += 1,
                Instruction::EndPoll(_) => polls = polls.saturating_sub(1),
                Instruction::Think(wait) => steps.think_s += least * mean_think_s(*wait),
                _ => {}
            }
            let selected = sent.filter(|id| {
                let request = program.requests.get(usize::from(*id));
                request.is_some_and(|request| counts(request.name))
            });
            let selected = selected.count();
            steps.requests += most * float(selected as u64);
            steps.has_loop |= selected > 0 && (at < walk.loops_until || polls > 0);
            walk.follow(at);
        }
        steps
    }
}

impl<'p> Walk<'p> {
    fn new(program: &'p Program, entry: CodeAt) -> Self {
        let code = program.code.get(entry.index()..).unwrap_or_default();
        let is_end = |one: &Instruction| matches!(one, Instruction::End);
        let end = code.iter().position(is_end).unwrap_or(code.len());
        let mut times = vec![[0.0; 2]; end + 1];
        times[0] = [1.0; 2];
        Self {
            code: &code[..end],
            begin: entry.index(),
            times,
            loops_until: 0,
        }
    }

    fn place(&self, to: CodeAt) -> usize {
        let place = to.index().saturating_sub(self.begin);
        place.min(self.code.len())
    }

    fn go(&mut self, to: usize, [most, least]: Times) {
        self.times[to][0] += most;
        self.times[to][1] += least;
    }

    /// The next instructions after one, and how often each is reached.
    fn follow(&mut self, at: usize) {
        let [most, least] = self.times[at];
        match &self.code[at] {
            // Back to the head of a loop, which went on to its exit already.
            Instruction::Jump(to) if self.place(*to) <= at => {}
            Instruction::Jump(to) => self.go(self.place(*to), [most, least]),
            Instruction::Choose(branches) => {
                let weight = |branch: &Branch| f64::from(branch.weight);
                let all: f64 = branches.iter().map(weight).sum();
                for branch in branches {
                    let part = weight(branch) / all;
                    self.go(self.place(branch.to), [most * part, least * part]);
                }
            }
            Instruction::Unless(_, otherwise) => {
                let otherwise = self.place(*otherwise);
                self.go(at + 1, [most, 0.0]);
                match &self.code[otherwise - 1] {
                    // Both branches come together behind the second one.
                    Instruction::Jump(joined) if self.place(*joined) > otherwise => {
                        self.go(otherwise, [most, 0.0]);
                        self.go(self.place(*joined), [-most, least]);
                    }
                    _ => self.go(otherwise, [0.0, least]),
                }
            }
            Instruction::Round { exit, .. }
            | Instruction::While(_, exit)
            | Instruction::Element { exit, .. }
                if self.is_head(at) =>
            {
                let exit = self.place(*exit);
                let rounds = self.rounds(at).unwrap_or_else(|| {
                    self.loops_until = self.loops_until.max(exit);
                    1.0
                });
                self.go(exit, [most, least]);
                self.go(at + 1, [most * rounds, least * rounds]);
            }
            _ => self.go(at + 1, [most, least]),
        }
    }

    /// Whether a loop begins its rounds there.
    fn is_head(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|before| &self.code[before]);
        matches!(
            before,
            Some(Instruction::Repeat(_) | Instruction::Each { .. })
        )
    }

    /// The rounds of the loop whose head is there, where they are known.
    fn rounds(&self, at: usize) -> Option<f64> {
        match (&self.code[at - 1], &self.code[at]) {
            (Instruction::Repeat(Rounds::Fixed(rounds)), Instruction::Round { .. }) => {
                Some(f64::from(*rounds))
            }
            _ => None,
        }
    }
}

/// The mean think time, in seconds; 0 of a wait that plans its starts.
pub(super) fn mean_think_s(wait: Wait) -> f64 {
    match wait {
        Wait::Poisson { per_second } => per_second.recip(),
        // The mean of a uniform wait is its middle.
        _ => wait.think_seconds(0.5).unwrap_or(0.0),
    }
}
