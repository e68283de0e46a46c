//! The cause of a limit, as far as readings show it.

use crate::model::reading_text;
use crate::stats::Reading;
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::data::points::Point;
use crate::verdict::findings::data::readings::{Along, Compared, How, along, figures};
use crate::verdict::findings::target::pool::{Pinned, pinned};
use crate::verdict::findings::wording::{finding, shortened};
use crate::verdict::{Figure, Finding};

/// The most readings that are named in one sentence.
const NAMED: usize = 3;

/// What the probes say of a limit that was met until this moment, in seconds
/// since the start; without one, of errors that hint at a limit.
/// `is_explained` is whether its cause is known already.
pub(crate) fn of_limit(
    case: &Case<'_>,
    points: &[Point],
    met_until_s: Option<f64>,
    is_explained: bool,
) -> Option<Finding> {
    let pinned = pinned(case);
    let Some(until_s) = met_until_s else {
        let pinned = pinned.filter(|_| !is_explained)?;
        let why = match case.readings.iter().next() {
            None => NO_PROBE,
            Some(_) => "no lower load to compare the readings with",
        };
        return Some(not_enough(why, Vec::new(), Some(pinned)));
    };
    match along(case, points, until_s) {
        Along::Compared(compared) if compared.iter().any(|one| is_telling(one.how)) => {
            Some(said(&compared, pinned))
        }
        _ if is_explained => None,
        Along::Nothing => Some(not_enough(NO_PROBE, Vec::new(), pinned)),
        Along::NotComparable(readings) => {
            let lines = readings.iter().copied().map(range_line).collect();
            let why = "the readings cannot be compared with those at a lower load";
            Some(not_enough(why, lines, pinned))
        }
        Along::Compared(compared) => {
            let why = match compared.len() {
                1 => "the only reading did not rise with the load".to_owned(),
                count => format!("none of the {count} readings rose with the load"),
            };
            let lines = compared.iter().map(Compared::text).collect();
            let finding = not_enough(&why, lines, pinned);
            let mut data = finding.figures;
            data.extend(figures(&compared));
            Some(Finding {
                figures: data,
                ..finding
            })
        }
    }
}

fn is_telling(how: How) -> bool {
    matches!(how, How::Stopped | How::Rose)
}

/// Readings that went along with the load.
fn said(compared: &[Compared<'_>], pinned: Option<Pinned>) -> Finding {
    let of = |how: How| compared.iter().filter(move |one| one.how == how);
    let telling = of(How::Stopped).chain(of(How::Rose));
    let named: Vec<String> = telling.clone().take(NAMED).map(Compared::text).collect();
    let more = match telling.count().saturating_sub(named.len()) {
        0 => String::new(),
        more => format!("; {more} more rose"),
    };
    let still = match of(How::Still).count() {
        0 => String::new(),
        1 => "; 1 reading stayed level".to_owned(),
        count => format!("; {count} readings stayed level"),
    };
    let text = format!("up to the limit {}{more}{still}", named.join(", and "));
    let mut evidence = shortened(compared.iter().map(Compared::text).collect());
    evidence.extend(pinned.map(|pinned| pinned.line()));
    let mut data = figures(compared);
    data.extend(pinned.iter().flat_map(Pinned::figures));
    let advice = if of(How::Stopped).next().is_some() {
        STOPPED_ADVICE
    } else {
        ROSE_ADVICE
    };
    Finding {
        evidence,
        figures: data,
        ..finding("evidence.readings", text, advice)
    }
}

/// A limit whose cause nothing shows, and `why`.
fn not_enough(why: &str, mut evidence: Vec<String>, pinned: Option<Pinned>) -> Finding {
    let text = format!(
        "the target seems to be at a limit, but there is not enough evidence for the cause: {why}"
    );
    evidence = shortened(evidence);
    evidence.extend(pinned.map(|pinned| pinned.line()));
    Finding {
        evidence,
        figures: pinned
            .iter()
            .flat_map(Pinned::figures)
            .collect::<Vec<Figure>>(),
        ..finding("evidence.not_enough", text, PROBE_ADVICE)
    }
}

fn range_line(reading: &Reading) -> String {
    format!(
        "{}: {} to {}",
        reading.name,
        reading_text(reading.min(), &reading.unit),
        reading_text(reading.max(), &reading.unit)
    )
}

const NO_PROBE: &str = "no probe readings";
const STOPPED_ADVICE: &str = "First suspect: the reading that stopped rising while the load rose. Raise what bounds it (a pool, workers, CPUs, a connection limit) and rerun. If throughput rises, that was the limit.";
const ROSE_ADVICE: &str = "Readings that rose with the load show where requests wait or what they use. Start with a growing queue and what drains it. Readings that stayed level are not the limit.";
const PROBE_ADVICE: &str = "Add probes for likely bottlenecks: active database connections, CPU and memory per container, worker processes, proxy queues, a count of \"QueuePool\" in the backend's log. Raise the load in steps, so that there is a lower one to compare with, and rerun.";
