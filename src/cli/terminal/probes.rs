//! The probes of a scenario, for `try`.

use crate::cli::terminal::console::say;
use crate::model::{Probe, number_text};
use crate::probes::{Reader, Round};
use crate::run::try_probes;

/// Reads each probe and shows what came of it; whether all could be read.
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
    tried.iter().all(|(_, round)| round.trouble.is_none())
}

fn lines(reader: &Reader, round: &Round) -> Vec<String> {
    let probe = &reader.probe;
    let values = round.values.iter().map(|value| {
        let name = format!("{probe}.{}", value.name);
        let figure = number_text(value.value);
        let line = format!("{name:<36} {figure:>12} {}", value.unit);
        line.trim_end().to_owned()
    });
    let trouble = round.trouble.iter().map(|why| format!("{probe}: {why}"));
    values.chain(trouble).collect()
}
