//! A target simulated event by event: users that come, think and ask, servers
//! that work off what waits. Seeded, so that each run can be had again.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::samples::{Kind, Run};
use crate::stats::{Percentiles, Row};
use crate::verdict::findings::wording::float;

/// A run to simulate.
#[derive(Clone, Debug)]
pub(super) struct Simulation {
    pub(super) seed: u64,
    pub(super) seconds: u64,
    pub(super) users: u64,
    /// Users that come a second.
    pub(super) spawn_rate: u64,
    /// The bounds of what they think between requests, in milliseconds.
    pub(super) think_ms: (f64, f64),
    /// Median of the service time in milliseconds, and the deviation of its logarithm.
    pub(super) service_ms: f64,
    pub(super) spread: f64,
    /// Requests that are worked on at the same time.
    pub(super) servers: usize,
    /// From this second on so many servers, and service times that are so many
    /// times as long.
    pub(super) after: Option<(u64, usize, f64)>,
    /// The deviation of the logarithm of what all of a second's services have
    /// in common; neighbouring seconds are alike.
    pub(super) noise: f64,
}

impl Default for Simulation {
    fn default() -> Self {
        Self {
            seed: 1,
            seconds: 60,
            users: 100,
            spawn_rate: 20,
            think_ms: (500.0, 1_500.0),
            service_ms: 30.0,
            spread: 0.3,
            servers: 1_000,
            after: None,
            noise: 0.05,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// A user wants to send.
    Send,
    /// A server has answered what was sent then.
    Answered { sent_us: u64 },
}

struct World {
    of: Simulation,
    rng: fastrand::Rng,
    events: BinaryHeap<Reverse<(u64, What)>>,
    waiting: VecDeque<u64>,
    busy: usize,
    in_flight: u64,
    /// What the services of each second have in common.
    common: Vec<f64>,
    /// Times of the open second, and of all.
    open_us: Vec<u64>,
    all_us: Vec<u64>,
    rows: Vec<Row>,
}

impl Simulation {
    /// What a run would have measured.
    pub(super) fn run(self) -> Run {
        let (rows, times_us) = World::new(self).play();
        times_us
            .into_iter()
            .fold(Run::new(&["GET /"]).with_rows(rows), |run, service_us| {
                let kind = Kind {
                    service_us,
                    ..Kind::of(200)
                };
                run.answered(kind, 1)
            })
    }
}

impl World {
    fn new(of: Simulation) -> Self {
        let mut rng = fastrand::Rng::with_seed(of.seed);
        let mut events = BinaryHeap::new();
        for user in 0..of.users {
            events.push(Reverse((user * 1_000_000 / of.spawn_rate, What::Send)));
        }
        let mut level = 0.0;
        let common = (0..of.seconds).map(|_| {
            level = 0.5 * level + of.noise * normal(&mut rng);
            f64::exp(level)
        });
        Self {
            common: common.collect(),
            rng,
            events,
            waiting: VecDeque::new(),
            busy: 0,
            in_flight: 0,
            open_us: Vec::new(),
            all_us: Vec::new(),
            rows: Vec::new(),
            of,
        }
    }

    fn play(mut self) -> (Vec<Row>, Vec<u64>) {
        let end_us = self.of.seconds * 1_000_000;
        while let Some(Reverse((now_us, what))) = self.events.pop() {
            while (self.rows.len() as u64) < now_us.min(end_us) / 1_000_000 {
                self.close_second();
            }
            if now_us >= end_us {
                break;
            }
            match what {
                What::Send => {
                    self.in_flight += 1;
                    self.waiting.push_back(now_us);
                }
                What::Answered { sent_us } => {
                    self.busy -= 1;
                    self.in_flight -= 1;
                    self.open_us.push(now_us - sent_us);
                    let think_ms = self.of.think_ms;
                    let think_ms = think_ms.0 + (think_ms.1 - think_ms.0) * self.rng.f64();
                    let next_us = now_us + us(think_ms);
                    self.events.push(Reverse((next_us, What::Send)));
                }
            }
            self.serve(now_us);
        }
        (self.rows, self.all_us)
    }

    fn serve(&mut self, now_us: u64) {
        let second = now_us / 1_000_000;
        let (servers, slower) = match self.of.after {
            Some((from_s, servers, slower)) if second >= from_s => (servers, slower),
            _ => (self.of.servers, 1.0),
        };
        while self.busy < servers {
            let Some(sent_us) = self.waiting.pop_front() else {
                return;
            };
            self.busy += 1;
            let common = usize::try_from(second).ok();
            let common = common.and_then(|at| self.common.get(at)).unwrap_or(&1.0);
            let own = f64::exp(self.of.spread * normal(&mut self.rng));
            let service_us = us(self.of.service_ms * common * own * slower);
            let answered = What::Answered { sent_us };
            self.events.push(Reverse((now_us + service_us, answered)));
        }
    }

    fn close_second(&mut self) {
        let end_s = self.rows.len() as u64 + 1;
        let mut times_us = std::mem::take(&mut self.open_us);
        times_us.sort_unstable();
        let at = |share: usize| times_us.get(times_us.len() * share / 100).copied();
        self.rows.push(Row {
            end_s,
            width_s: 1,
            requests: times_us.len() as u64,
            service: Percentiles {
                p50_us: at(50),
                p95_us: at(95),
                p99_us: at(99),
            },
            sum_us: times_us.iter().sum(),
            fastest_us: times_us.first().copied(),
            in_flight: self.in_flight,
            users: (end_s * self.of.spawn_rate).min(self.of.users),
            ..Row::default()
        });
        self.all_us.append(&mut times_us);
    }
}

/// Of a normal distribution, by the sum of twelve of a uniform one.
fn normal(rng: &mut fastrand::Rng) -> f64 {
    (0..12).map(|_| rng.f64()).sum::<f64>() - 6.0
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small and positive"
)]
fn us(ms: f64) -> u64 {
    (ms * 1e3) as u64
}

/// One of many healthy runs, each with another load and another target.
pub(super) fn healthy(seed: u64) -> Simulation {
    let mut rng = fastrand::Rng::with_seed(seed + 7_000);
    let users = rng.u64(5..150);
    let think_ms = [(0.0, 0.0), (100.0, 100.0), (500.0, 2_000.0), (0.0, 1_000.0)];
    let think_ms = think_ms[rng.usize(0..think_ms.len())];
    let thinks_not = think_ms.1 == 0.0;
    Simulation {
        seed,
        seconds: rng.u64(15..90),
        // Users that never think send as fast as they are answered.
        users: if thinks_not { users / 5 + 1 } else { users },
        spawn_rate: [5, 20, 1_000][rng.usize(0..3)],
        think_ms,
        service_ms: 5.0 + rng.f64() * 195.0,
        spread: 0.1 + rng.f64() * 0.9,
        noise: rng.f64() * 0.15,
        ..Simulation::default()
    }
}

/// A count as a part of another one.
pub(super) fn part(count: usize, of: u64) -> f64 {
    float(count as u64) / float(of)
}
