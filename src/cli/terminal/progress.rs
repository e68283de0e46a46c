//! A run on a terminal: a few lines that are drawn again and again.

use crate::cli::terminal::time_kinds;
use crate::model::{RunState, clock_text, count_text, percent_text, rate_text};
use crate::run::Snapshot;
use crate::stats::Delivery;
use crate::verdict::{CriterionLine, PlanLine};

/// The most criteria that are shown.
const CRITERIA: usize = 8;

/// The lines for a snapshot; `has_keys` says whether keys are listened to.
pub(crate) fn block(snapshot: &Snapshot, has_keys: bool) -> Vec<String> {
    let Some(run) = &snapshot.run else {
        return Vec::new();
    };
    let time = match run.run_time_s {
        Some(whole_s) => format!(
            "{} of {}, {} left",
            clock_text(snapshot.elapsed_s),
            clock_text(whole_s),
            clock_text((whole_s - snapshot.elapsed_s).max(0.0).ceil())
        ),
        None => clock_text(snapshot.elapsed_s),
    };
    let requests = snapshot.counts.succeeded + snapshot.counts.failed;
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    let failed = snapshot.counts.failed as f64 / requests.max(1) as f64;
    let users = match snapshot.state {
        RunState::Stopping => format!("{} still running", snapshot.users),
        _ if snapshot.planned_users > 0 => {
            format!(
                "{} of {}",
                snapshot.users,
                snapshot.load.users.max(snapshot.planned_users)
            )
        }
        _ => snapshot.users.to_string(),
    };
    let mut lines = vec![
        format!(
            "{} {}  {}  {time}",
            snapshot.state.as_str(),
            run.scenario,
            run.host
        ),
        format!(
            "  users {users}   requests {}   {}/s   failures {} ({})",
            count_text(requests),
            rate_text(snapshot.rates.rps),
            count_text(snapshot.counts.failed),
            percent_text(failed)
        ),
    ];
    let times = time_kinds::lines(&snapshot.now, "the last 10 s");
    lines.extend(times.iter().map(|line| format!("  {line}")));
    lines.extend(delivery(&snapshot.deliveries));
    let search = snapshot.capacity.as_deref();
    let search = search.and_then(|capacity| capacity.search.as_ref());
    lines.extend(search.map(|search| format!("  {}", search.text)));
    let criteria = snapshot.judgement.as_deref().map(|said| &said.criteria[..]);
    let criteria = criteria.unwrap_or_default();
    lines.extend(criteria.iter().take(CRITERIA).map(criterion));
    if criteria.len() > CRITERIA {
        lines.push(format!("  and {} more criteria", criteria.len() - CRITERIA));
    }
    lines.extend(snapshot.unsound().map(|why| format!("  INVALID: {why}")));
    if has_keys {
        lines.push("  w/W: +1/+10 users   s/S: -1/-10 users   Ctrl-C: stop".to_owned());
    }
    lines
}

/// The planned task starts in one line; `None` where all of them started.
fn delivery(plans: &[PlanLine]) -> Option<String> {
    let sum: Delivery = plans.iter().map(|line| &line.counts).sum();
    let share = sum.delivered().filter(|_| sum.undelivered() > 0)?;
    Some(format!(
        "  planned starts {}   started {} ({})   dropped {}   missed {}   queued {}",
        sum.planned,
        sum.started,
        percent_text(share),
        sum.dropped(),
        sum.missed,
        sum.waiting()
    ))
}

/// A criterion in one line: how it stands, what it asks for, what was measured.
pub(crate) fn criterion(line: &CriterionLine) -> String {
    let standing = line.standing.as_str();
    let mut text = format!("  {standing:<10} {}", line.text);
    for more in [line.figure.clone(), line.note_text()]
        .into_iter()
        .flatten()
    {
        text.push_str(": ");
        text.push_str(&more);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{DeliveryRule, PlanKind, Standing};

    #[test]
    fn starts_that_did_not_begin_are_shown() {
        let line = |missed| PlanLine {
            rule: DeliveryRule::Judged,
            name: "U".to_owned(),
            kind: PlanKind::Pacing,
            counts: Delivery {
                planned: 1_000 + missed,
                started: 1_000,
                missed,
                ..Delivery::default()
            },
            judged: Delivery::default(),
            own: 0.0,
        };
        assert_eq!(delivery(&[line(0)]), None);
        let expected =
            "  planned starts 1001   started 1000 (99.9%)   dropped 0   missed 1   queued 0";
        assert_eq!(delivery(&[line(1)]).as_deref(), Some(expected));
    }

    #[test]
    fn a_criterion_is_one_line() {
        let line = CriterionLine {
            text: "p99 < 1s".to_owned(),
            condition: None,
            standing: Standing::Undecided,
            figure: Some("0.3 s".to_owned()),
            value: None,
            own_us: None,
            note: Some("12 of 1,000 samples".to_owned()),
        };
        let expected = "  undecided  p99 < 1s: 0.3 s: 12 of 1,000 samples";
        assert_eq!(criterion(&line), expected);
        let own = CriterionLine {
            standing: Standing::Met,
            own_us: Some(3_000),
            note: None,
            ..line
        };
        let expected = "  ok         p99 < 1s: 0.3 s: up to 3.00 ms of it is generator delay";
        assert_eq!(criterion(&own), expected);
    }
}
