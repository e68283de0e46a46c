//! What a task is expected to do each time.

use crate::model::{NameId, Wait};
use crate::program::{CodeAt, Instruction, Program, Rounds};
use crate::run::tables::float;

/// What a task, or `on_start`, is expected to do each time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TaskSteps {
    /// The requests that are asked about, about: by the weights of `choose`, with
    /// every branch of an `if`.
    pub(super) requests: f64,
    /// How long it thinks at least, in seconds.
    pub(super) think_s: f64,
    /// Whether some of the requests are in a loop or a poll whose rounds are not
    /// known: it is taken to go round once.
    pub(super) has_loop: bool,
}

/// How often something is done each time the task is: at most, and at least.
type Times = [f64; 2];

impl TaskSteps {
    /// Of what begins there, with the requests that count in these rows.
    pub(super) fn of(program: &Program, entry: CodeAt, counts: impl Fn(NameId) -> bool) -> Self {
        let code = program.code.get(entry.index()..).unwrap_or_default();
        let is_end = |one: &Instruction| matches!(one, Instruction::End);
        let end = code.iter().position(is_end).unwrap_or(code.len());
        let place = |to: &CodeAt| to.index().saturating_sub(entry.index()).min(end);
        let mut times: Vec<Times> = vec![[0.0; 2]; end + 1];
        times[0] = [1.0; 2];
        let mut steps = Self::default();
        let (mut loop_ends, mut polls) = (0, 0_u32);
        for (at, one) in code[..end].iter().enumerate() {
            let [most, least] = times[at];
            let mut go = |to: usize, [most, least]: Times| {
                times[to][0] += most;
                times[to][1] += least;
            };
            let mut sent = 0..0;
            match one {
                Instruction::Jump(to) => {
                    // Back to the head of a loop, which went on to its exit already.
                    if place(to) > at {
                        go(place(to), [most, least]);
                    }
                    continue;
                }
                Instruction::Choose(branches) => {
                    let all: u32 = branches.iter().map(|branch| branch.weight).sum();
                    for branch in branches {
                        let part = f64::from(branch.weight) / f64::from(all.max(1));
                        go(place(&branch.to), [most * part, least * part]);
                    }
                    continue;
                }
                Instruction::Unless(_, otherwise) => {
                    let otherwise = place(otherwise);
                    go(at + 1, [most, 0.0]);
                    match &code[otherwise - 1] {
                        // Both branches come together behind the second one.
                        Instruction::Jump(joined) if place(joined) > otherwise => {
                            go(otherwise, [most, 0.0]);
                            go(place(joined), [-most, least]);
                        }
                        _ => go(otherwise, [0.0, least]),
                    }
                    continue;
                }
                Instruction::Round { exit, .. }
                | Instruction::While(_, exit)
                | Instruction::Element { exit, .. } => {
                    let rounds = match (one, at.checked_sub(1).map(|before| &code[before])) {
                        (Instruction::Round { .. }, Some(Instruction::Repeat(rounds))) => {
                            Some(fixed(rounds))
                        }
                        (_, Some(Instruction::Repeat(_) | Instruction::Each { .. })) => Some(None),
                        _ => None,
                    };
                    if let Some(rounds) = rounds {
                        go(place(exit), [most, least]);
                        let rounds = rounds.unwrap_or_else(|| {
                            loop_ends = loop_ends.max(place(exit));
                            1.0
                        });
                        go(at + 1, [most * rounds, least * rounds]);
                        continue;
                    }
                }
                Instruction::BeginPoll { .. } => polls += 1,
                Instruction::EndPoll(_) => polls = polls.saturating_sub(1),
                Instruction::Think(wait) => steps.think_s += least * mean_think_s(*wait),
                Instruction::Request(id) => sent = id.0..id.0.saturating_add(1),
                Instruction::Parallel { first, count } => {
                    sent = first.0..first.0.saturating_add(*count);
                }
                _ => {}
            }
            let selected = sent.filter(|id| {
                let request = program.requests.get(usize::from(*id));
                request.is_some_and(|request| counts(request.name))
            });
            let selected = selected.count();
            steps.requests += most * float(selected as u64);
            steps.has_loop |= selected > 0 && (at < loop_ends || polls > 0);
            go(at + 1, [most, least]);
        }
        steps
    }
}

fn fixed(rounds: &Rounds) -> Option<f64> {
    match rounds {
        Rounds::Fixed(rounds) => Some(f64::from(*rounds)),
        Rounds::Of(_) => None,
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
