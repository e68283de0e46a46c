//! The CPU use of the shards.

use std::collections::VecDeque;

use crate::engine::Report;
use crate::run::stats::tables::float;

/// The processor time of each shard.
#[derive(Debug)]
pub(crate) struct Health(Vec<Shard>);

/// The part of its time for which a shard's thread computed, over the last seconds
/// and over the run.
#[derive(Clone, Debug, Default)]
struct Shard {
    latest: VecDeque<Lap>,
    /// How often, with users, the share of the last seconds was so many thousandths.
    shares: Vec<u32>,
}

/// Processor time of an interval, and how long it took.
#[derive(Clone, Copy, Debug)]
struct Lap {
    cpu_us: u64,
    wall_us: u64,
}

/// A share is that of so much time: an interval alone may be a sliver of it.
const STRETCH_US: u64 = 5_000_000;
/// Less time than this says nothing.
const LEAST_US: u64 = 100_000;
/// The share of a run is what was reached in this part of it.
const REACHED_IN: f64 = 0.1;

impl Health {
    pub(crate) fn new(shards: usize) -> Self {
        Self(vec![Shard::default(); shards])
    }

    /// As if nothing had been computed.
    pub(crate) fn reset(&mut self) {
        self.0.fill(Shard::default());
    }

    pub(crate) fn add(&mut self, report: &Report) {
        if let (Some(shard), Some(cpu_us)) = (self.0.get_mut(report.shard), report.cpu_us) {
            let wall_us = report.wall_us;
            shard.add(Lap { cpu_us, wall_us }, report.users > 0);
        }
    }

    /// The busiest shard's share over the last five seconds, 0 to 1.
    pub(crate) fn busiest(&self) -> Option<f64> {
        self.largest(Shard::share)
    }

    /// The share that the busiest shard reached in a tenth of the time in which it
    /// had users, each over five seconds; over all of a run that is shorter.
    pub(crate) fn busiest_of_run(&self) -> Option<f64> {
        self.largest(|shard| shard.reached().or_else(|| shard.share()))
    }

    fn largest(&self, share: impl Fn(&Shard) -> Option<f64>) -> Option<f64> {
        self.0.iter().filter_map(share).reduce(f64::max)
    }
}

impl Shard {
    fn add(&mut self, lap: Lap, has_users: bool) {
        self.latest.push_back(lap);
        while let Some(first) = self.latest.front()
            && self.wall_us() - first.wall_us >= STRETCH_US
        {
            self.latest.pop_front();
        }
        if let Some(share) = self.share().filter(|_| has_users)
            && self.wall_us() >= STRETCH_US
        {
            self.shares.resize(1_001, 0);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0 to 1000"
            )]
            let thousandths = (share * 1_000.0).round() as usize;
            self.shares[thousandths] += 1;
        }
    }

    fn wall_us(&self) -> u64 {
        self.latest.iter().map(|lap| lap.wall_us).sum()
    }

    fn share(&self) -> Option<f64> {
        let cpu_us: u64 = self.latest.iter().map(|lap| lap.cpu_us).sum();
        let wall_us = self.wall_us();
        (wall_us >= LEAST_US).then(|| (float(cpu_us) / float(wall_us)).min(1.0))
    }

    fn reached(&self) -> Option<f64> {
        let all: u64 = self.shares.iter().copied().map(u64::from).sum();
        let mut above = 0;
        let counts = self.shares.iter().enumerate().rev();
        let found = counts.map(|(thousandths, count)| {
            above += u64::from(*count);
            (thousandths, above)
        });
        let mut found = found.filter(|(_, above)| *above > 0);
        found
            .find(|(_, above)| float(*above) >= float(all) * REACHED_IN)
            .map(|(thousandths, _)| float(thousandths as u64) / 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lap(cpu_us: u64, wall_us: u64) -> Lap {
        Lap { cpu_us, wall_us }
    }

    /// Intervals of a quarter of a second with these shares in percent.
    fn shard(percents: impl IntoIterator<Item = u64>) -> Health {
        let mut shard = Shard::default();
        for percent in percents {
            shard.add(lap(percent * 2_500, 250_000), true);
        }
        Health(vec![Shard::default(), shard])
    }

    #[test]
    fn a_sliver_of_time_decides_nothing() {
        let mut health = shard([2; 40]);
        health.0[1].add(lap(300, 300), true);
        for share in [health.busiest(), health.busiest_of_run()] {
            assert!(share.is_some_and(|share| share < 0.03), "{share:?}");
        }
        let mut short = Shard::default();
        short.add(lap(300, 300), true);
        assert_eq!(Health(vec![short]).busiest_of_run(), None);
    }

    #[test]
    fn the_figure_of_a_run_is_of_the_run_and_the_live_one_of_now() {
        let stretches = |percents: &[(u64, usize)]| {
            let each = percents.iter().copied();
            shard(each.flat_map(|(percent, count)| vec![percent; count]))
        };
        let busy_once = stretches(&[(10, 40), (90, 40), (10, 40)]);
        assert_eq!(busy_once.busiest_of_run(), Some(0.9));
        assert_eq!(busy_once.busiest(), Some(0.1));
        // A ramp that kept it busy for a moment of a long run is not the run.
        let long = stretches(&[(100, 40), (10, 1_000)]);
        assert_eq!(long.busiest_of_run(), Some(0.1));
        assert_eq!(shard([100, 20]).busiest_of_run(), Some(0.6), "of all of it");
    }

    #[test]
    fn time_without_users_is_not_the_runs() {
        let mut health = shard([80; 40]);
        for _ in 0..1_000 {
            health.0[1].add(lap(0, 250_000), false);
        }
        assert_eq!(health.busiest_of_run(), Some(0.8));
        assert_eq!(health.busiest(), Some(0.0));
    }
}
