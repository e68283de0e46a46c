//! Metrics of criteria: `p99`, `response.mean`, `rps(ok)`, `probe.db.active`.

use crate::model::{Clocked, Metric, Outcome, Portion, TimeKind};
use crate::scenario::criterion::lexer::{Token, Tokens};
use crate::scenario::yaml::diagnostic::Mistake;
use crate::scenario::yaml::node::shorten;
use crate::scenario::yaml::source::Span;
use crate::scenario::yaml::suggest::did_you_mean;

const NAMES: [&str; 15] = [
    "requests",
    "failures",
    "success",
    "rps",
    "mean",
    "max",
    "p50",
    "p95",
    "p99",
    "p99.9",
    "delivered",
    "dropped",
    "missed",
    "users.failed",
    "response.p99",
];

/// What people call it elsewhere, and what it is called here.
const ELSEWHERE: [(&str, &str); 9] = [
    ("median", "p50"),
    ("average", "mean"),
    ("avg", "mean"),
    ("fps", "rps(failed)"),
    ("success_rate", "success"),
    ("throughput", "rps"),
    ("latency", "p99"),
    ("p100", "max"),
    ("dropped_iterations", "dropped"),
];

/// Reads the metric, with what stands in brackets behind it.
pub(super) fn read(tokens: &mut Tokens<'_>) -> Result<(Metric, Span), Mistake> {
    let help = "for example `p99 < 500ms` or `success >= 98%`";
    let (name, span) = match tokens.next() {
        Some((Token::Plain(name), span)) => (name, span),
        Some((_, span)) => {
            return Err(Mistake::new(span, "a criterion begins with what is measured").help(help));
        }
        None => return Err(Mistake::new(tokens.here(), "there is no criterion").help(help)),
    };
    let metric = named(name).ok_or_else(|| unknown(name, span))?;
    if tokens.take(Token::Open).is_none() {
        return Ok((metric, span));
    }
    let outcome = match tokens.next() {
        Some((Token::Plain("ok"), _)) => Outcome::Ok,
        Some((Token::Plain("failed"), _)) => Outcome::Failed,
        other => {
            let span = other.map_or(tokens.here(), |(_, span)| span);
            return Err(Mistake::new(span, "only `(ok)` or `(failed)` stands here"));
        }
    };
    let span = Span::new(span.start, tokens.taken_until());
    if tokens.take(Token::Close).is_none() {
        return Err(Mistake::new(tokens.here(), "the `)` is missing"));
    }
    let metric = of_outcome(&metric, name, outcome).map_err(|help| {
        let message = format!("`{name}` is not told apart by outcome");
        Mistake::new(span, message).help(help)
    })?;
    Ok((metric, span))
}

/// The metric for samples with an outcome alone, or what to write instead.
fn of_outcome(metric: &Metric, name: &str, outcome: Outcome) -> Result<Metric, String> {
    let only = Clocked {
        time: TimeKind::Service,
        outcome,
    };
    match *metric {
        Metric::Rps(_) => Ok(Metric::Rps(outcome)),
        Metric::Mean(of) if of.time == TimeKind::Service => Ok(Metric::Mean(only)),
        Metric::Max(of) if of.time == TimeKind::Service => Ok(Metric::Max(only)),
        Metric::Quantile(of, share) if of.time == TimeKind::Service => {
            Ok(Metric::Quantile(only, share))
        }
        Metric::Requests if outcome == Outcome::Failed => Err("write `failures`".to_owned()),
        Metric::Requests => Err("`success` is the share of them that did not fail".to_owned()),
        _ => Err(format!("write `{name}`")),
    }
}

fn named(name: &str) -> Option<Metric> {
    if let Some(reading) = name.strip_prefix("probe.") {
        let parts = reading.split_once('.');
        let sound = parts.is_some_and(|(probe, reading)| !probe.is_empty() && !reading.is_empty());
        return sound.then(|| Metric::Probe(reading.to_owned()));
    }
    let (time, rest) = match name.strip_prefix("response.") {
        Some(rest) => (TimeKind::Response, rest),
        None => (TimeKind::Service, name),
    };
    let clocked = Clocked {
        time,
        outcome: Outcome::Any,
    };
    match (rest, time) {
        ("mean", _) => Some(Metric::Mean(clocked)),
        ("max", _) => Some(Metric::Max(clocked)),
        ("requests", TimeKind::Service) => Some(Metric::Requests),
        ("failures", TimeKind::Service) => Some(Metric::Failures),
        ("success", TimeKind::Service) => Some(Metric::Success),
        ("rps", TimeKind::Service) => Some(Metric::Rps(Outcome::Any)),
        ("dropped", TimeKind::Service) => Some(Metric::Dropped(Portion::Count)),
        ("missed", TimeKind::Service) => Some(Metric::Missed(Portion::Count)),
        ("delivered", TimeKind::Service) => Some(Metric::Delivered),
        ("users.failed", TimeKind::Service) => Some(Metric::UsersFailed),
        _ => quantile(rest).map(|quantile| Metric::Quantile(clocked, quantile)),
    }
}

/// The share of `p50` to `p99.99`.
fn quantile(name: &str) -> Option<f64> {
    let number = name.strip_prefix('p')?;
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    // Put together as text: 99.9 / 100 is not the number closest to 0.999.
    let share: f64 = format!("0.{whole}{part}").parse().ok()?;
    (whole.len() == 2 && share >= 0.5).then_some(share)
}

fn unknown(name: &str, span: Span) -> Mistake {
    let message = format!("there is no metric `{}`", shorten(name));
    let elsewhere = ELSEWHERE
        .iter()
        .find(|(other, _)| name.eq_ignore_ascii_case(other));
    let is_of_failures = ["errors", "fails", "failure_rate", "error_rate"];
    let help = if is_of_failures
        .iter()
        .any(|other| name.eq_ignore_ascii_case(other))
    {
        "`failures` is how many failed, `success` the share that did not: `failures <= 5`, `success > 99%`"
            .to_owned()
    } else if let Some((_, here)) = elsewhere {
        format!("did you mean `{here}`?")
    } else if name.bytes().all(|byte| byte.is_ascii_digit()) {
        // `[requests >= 10,000]` is a list of two texts.
        "in a list with brackets a comma separates: write 10000, or the criterion in quotes"
            .to_owned()
    } else if name.starts_with("probe") {
        "a reading of a probe is `probe.NAME.READING`, as `probe.db.active`".to_owned()
    } else if name.starts_with('p') && name[1..].starts_with(|c: char| c.is_ascii_digit()) {
        "percentiles go from p50 to p99.99".to_owned()
    } else {
        did_you_mean(name, NAMES).unwrap_or_else(|| {
            "possible are requests, failures, success, rps, mean, max, p50 to p99.99 (each time \
             also as response.p99), delivered, dropped, missed, users.failed, probe.NAME.READING"
                .to_owned()
        })
    };
    Mistake::new(span, message).help(help)
}
