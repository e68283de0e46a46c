//! The value a figure is compared with, in the unit of its metric.

use crate::model::{Comparison, Metric, Outcome, Portion};
use crate::scenario::criterion::lexer::{Token, Tokens};
use crate::scenario::yaml::diagnostic::Mistake;
use crate::scenario::yaml::node::shorten;
use crate::scenario::yaml::source::Span;
use crate::scenario::yaml::units;

/// Units that people set apart by a blank.
const UNITS: [&str; 9] = ["%", "us", "ms", "s", "sec", "m", "min", "h", "/s"];

/// Reads a value; a number in the unit in which the metric is measured. Whether
/// that is a count or a share is known by the value, where both are possible.
pub(super) fn read(
    tokens: &mut Tokens<'_>,
    metric: &mut Metric,
    op: Comparison,
) -> Result<(f64, Span), Mistake> {
    let Some((text, span)) = amount(tokens) else {
        let message = "a value is missing: what has the figure to be compared with?";
        return Err(Mistake::new(tokens.here(), message));
    };
    let whole = |text| number(text).filter(|number| number.fract() == 0.0);
    let (value, help) = match metric {
        Metric::Requests | Metric::Failures | Metric::UsersFailed => {
            (whole(&text), "a count is a whole number: 375, 10,000")
        }
        Metric::Dropped(portion) | Metric::Missed(portion) => {
            let help = "a count is a whole number, a share is written in percent: 5, 0, 1%";
            if text.ends_with('%') {
                *portion = Portion::Share;
                (share(&text), help)
            } else {
                (whole(&text), help)
            }
        }
        Metric::Success | Metric::Delivered => (
            share(&text),
            "a share is written in percent: 98%, 99.5%, 100%",
        ),
        Metric::Rps(_) => (
            rate(&text),
            "a rate is a number per second: 50, 10,000, 0.5/s",
        ),
        Metric::Mean(_) | Metric::Max(_) | Metric::Quantile(..) => {
            (micros(&text), "a time has a unit: 200ms, 1s, 1m30s")
        }
        Metric::Probe(_) => {
            let value = match text.strip_prefix('-') {
                Some(rest) => number(rest).map(|number| -number),
                None => number(&text),
            };
            (
                value,
                "a plain number, in the unit of the reading: 60, 0.8, 10,000",
            )
        }
    };
    value.map(|value| (value, span)).ok_or_else(|| {
        let message = format!("`{}` is no value of this metric", shorten(&text));
        let other = instead(metric, op, &text);
        let other = other.map_or_else(String::new, |other| format!("; {other}"));
        Mistake::new(span, message).help(format!("{help}{other}"))
    })
}

/// What is written so instead, where the value is one of another kind of metric.
fn instead(metric: &Metric, op: Comparison, text: &str) -> Option<String> {
    let is_counted = matches!(metric, Metric::Requests | Metric::Failures | Metric::Rps(_));
    let is_failures = matches!(metric, Metric::Failures | Metric::Rps(Outcome::Failed));
    if let Some(part) = share(text).filter(|_| is_counted) {
        let (op, part) = match is_failures {
            true => (turned(op), 1.0 - part),
            false => (op, part),
        };
        let percent = (part * 1e8).round() / 1e6;
        return Some(format!(
            "the share of requests that did not fail is `success {} {percent}%`",
            op.sign()
        ));
    }
    let op = op.sign();
    let is_share = matches!(metric, Metric::Success | Metric::Delivered);
    if micros(text).is_some() && (is_counted || is_share) {
        return Some(format!("a time is `p95 {op} {text}`"));
    }
    let is_rate = text.contains('/') && rate(text).is_some() && is_counted;
    let rps = if is_failures { "rps(failed)" } else { "rps" };
    is_rate.then(|| format!("a rate is `{rps} {op} {text}`"))
}

/// The comparison of what is missing to a whole.
fn turned(op: Comparison) -> Comparison {
    match op {
        Comparison::Less => Comparison::Greater,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Greater => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
        Comparison::Equal | Comparison::NotEqual => op,
    }
}

/// The next word; with the unit behind it, if a blank stands between the two.
pub(super) fn amount(tokens: &mut Tokens<'_>) -> Option<(String, Span)> {
    let Some(Token::Plain(text)) = tokens.peek() else {
        return None;
    };
    let (_, span) = tokens.next()?;
    let mut text = text.to_owned();
    let is_number = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b','));
    if let Some(Token::Plain(unit)) = tokens.peek()
        && is_number
        && UNITS.contains(&unit)
    {
        text.push_str(unit);
        tokens.next();
    }
    Some((text, Span::new(span.start, tokens.taken_until())))
}

/// A share from 0 to 1, written in percent.
pub(super) fn share(text: &str) -> Option<f64> {
    let percent = number(text.strip_suffix('%')?)?;
    (percent <= 100.0).then_some(percent / 100.0)
}

fn rate(text: &str) -> Option<f64> {
    let (value, per_s) = match text.split_once('/') {
        Some((value, "s")) => (value, 1.0),
        Some((value, "m" | "min")) => (value, 60.0),
        Some(_) => return None,
        None => (text, 1.0),
    };
    number(value).map(|number| number / per_s)
}

fn micros(text: &str) -> Option<f64> {
    let has_unit = text.ends_with(|c: char| c.is_ascii_alphabetic());
    let plain = text.replace(',', "");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    // Separators are checked where they can stand: in one number with a unit.
    if !has_unit || (plain.len() < text.len() && number(digits).is_none()) {
        return None;
    }
    units::duration(&plain).map(|duration| duration.as_secs_f64() * 1e6)
}

/// A number that is not negative; its thousands may be separated.
fn number(text: &str) -> Option<f64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split([',', '_']);
    let first = groups.next()?;
    let rest: Vec<_> = groups.collect();
    let grouped = rest.is_empty()
        || (first.len() <= 3 && rest.iter().all(|group| group.len() == 3 && digits(group)));
    let sound = digits(first) && grouped && digits(part) && text.len() <= 30;
    let plain = text.replace([',', '_'], "");
    sound.then(|| plain.parse().ok())?
}
