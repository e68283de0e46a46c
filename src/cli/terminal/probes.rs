//! The probes of a scenario, for `try`.

use crate::cli::terminal::console::say;
use crate::model::{Probe, number_text};
use crate::probes::{Reader, Round};
use crate::run::try_probes;

/// Reads and shows each probe. Returns false if one could not be read.
pub(crate) async fn show(probes: &[Probe]) -> bool {
    if probes.is_empty() {
        return true;
    }
    say("\nProbes");
    let tried = try_probes(probes).await;
    for (reader, round) in &tried {
        for line in lines(reader, round) {
            say(format!("  {line}"));
        }
    }
    tried.iter().all(|(_, round)| round.error.is_none())
}

fn lines(reader: &Reader, round: &Round) -> Vec<String> {
    let probe = &reader.probe;
    let values = round.values.iter().map(|value| {
        let name = format!("{probe}.{}", value.name);
        let figure = number_text(value.value);
        let line = format!("{name:<36} {figure:>12} {}", value.unit);
        line.trim_end().to_owned()
    });
    let error = round.error.iter().map(|why| format!("{probe}: {why}"));
    values.chain(error).collect()
}
