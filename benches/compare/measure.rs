//! Measuring a row: rounds in which each of its generators runs once.

use serde::Serialize;

use crate::cost::{Cost, Memory};
use crate::error::BenchError;
use crate::generators::{Context, Generator};
use crate::interval::{Median, median};
use crate::rows::{BenchRow, Figure};

/// What a row came to.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    /// Which row.
    pub(crate) id: &'static str,
    /// What it shows.
    pub(crate) what: &'static str,
    /// Its generators, those above the line first.
    pub(crate) generators: Vec<Costs>,
    /// The figure of each round.
    pub(crate) figures: Vec<f64>,
    /// Their median.
    pub(crate) median: Option<Median>,
}

/// What a generator cost in each round.
#[derive(Debug, Serialize)]
pub(crate) struct Costs {
    /// Its name.
    pub(crate) name: String,
    /// Round by round.
    pub(crate) rounds: Vec<Cost>,
}

impl Costs {
    /// The median of something over all rounds.
    pub(crate) fn median(&self, of: fn(&Cost) -> f64) -> Option<Median> {
        let values: Vec<f64> = self.rounds.iter().map(of).collect();
        median(&values)
    }
}

/// Measures a row in so many rounds, of which every second goes backwards, so
/// that no generator always follows the same other one. The first trouble ends it.
pub(crate) async fn measure(
    row: &BenchRow,
    rounds: u32,
    ground: &Context,
    mut progress: impl FnMut(u32, &str),
) -> Result<Measured, BenchError> {
    let all: Vec<&Generator> = row.above.iter().chain(&row.below).collect();
    let mut generators: Vec<Costs> = all
        .iter()
        .map(|generator| Costs {
            name: generator.name(),
            rounds: Vec::new(),
        })
        .collect();
    let mut figures = Vec::new();
    for round in 1..=rounds {
        let mut order: Vec<usize> = (0..all.len()).collect();
        if round.is_multiple_of(2) {
            order.reverse();
        }
        for index in order {
            progress(round, &generators[index].name);
            let cost = all[index].run(ground).await?;
            generators[index].rounds.push(cost);
        }
        let costs: Vec<Cost> = generators
            .iter()
            .filter_map(|generator| generator.rounds.last().copied())
            .collect();
        let (above, below) = costs.split_at(row.above.len());
        figures.push(figure(row.figure, above, below));
    }
    Ok(Measured {
        id: row.id,
        what: row.what,
        median: median(&figures),
        generators,
        figures,
    })
}

fn figure(figure: Figure, above: &[Cost], below: &[Cost]) -> f64 {
    let product = |costs: &[Cost]| costs.iter().map(|cost| cost.cpu_us).product::<f64>();
    let user = |costs: &[Cost]| costs.iter().map(|cost| cost.user_us).sum::<f64>();
    let memory = |of: fn(Memory) -> f64| {
        let costs = above.iter().filter_map(|cost| cost.memory);
        costs.map(of).sum::<f64>()
    };
    match figure {
        Figure::Ratio => product(above) / product(below),
        Figure::UserDifference => user(above) - user(below),
        Figure::MemoryOfUser { users } => memory(|memory| memory.grown_kb) / f64::from(users),
        Figure::Memory => memory(|memory| memory.peak_kb) / 1024.0,
    }
}
