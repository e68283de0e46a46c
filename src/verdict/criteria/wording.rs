//! Figures for people.

use crate::model::{Criterion, Metric, Portion};

/// A unit: what one of it is in the unit of the metric, and its word.
struct Unit(f64, &'static str);

/// The most digits behind the point.
const MAX_DIGITS: usize = 6;

/// A figure with its unit, in as many digits as it takes to be on the right
/// side of the value that it is compared with.
pub(super) fn figure_text(criterion: &Criterion, figure: f64) -> String {
    let (Unit(one, word), digits) = unit(&criterion.metric, figure);
    let scaled = figure / one;
    let passes = criterion.op.holds(figure, criterion.value);
    let written = (digits..=MAX_DIGITS).map(|digits| format!("{scaled:.digits$}"));
    let honest = |text: &String| {
        let read: f64 = text.parse().unwrap_or(scaled);
        criterion.op.holds(read * one, criterion.value) == passes
    };
    let text = written.into_iter().find(honest);
    let text = text.unwrap_or_else(|| scaled.to_string());
    format!("{}{word}", group(&trim(&text)))
}

fn unit(metric: &Metric, figure: f64) -> (Unit, usize) {
    let digits = |value: f64| match value.abs() {
        value if value >= 100.0 => 0,
        value if value >= 10.0 => 1,
        _ => 2,
    };
    match metric {
        Metric::Requests
        | Metric::Failures
        | Metric::UsersFailed
        | Metric::Dropped(Portion::Count)
        | Metric::Missed(Portion::Count) => (Unit(1.0, ""), 0),
        Metric::Success
        | Metric::Delivered
        | Metric::Dropped(Portion::Share)
        | Metric::Missed(Portion::Share) => (Unit(0.01, " %"), 1),
        Metric::Rps(_) => (Unit(1.0, "/s"), digits(figure)),
        Metric::Probe(_) => (Unit(1.0, ""), digits(figure)),
        Metric::Mean(_) | Metric::Max(_) | Metric::Quantile(..) => {
            let unit = match figure {
                us if us < 1e3 => Unit(1.0, " µs"),
                us if us < 1e7 => Unit(1e3, " ms"),
                _ => Unit(1e6, " s"),
            };
            let digits = digits(figure / unit.0);
            (unit, digits)
        }
    }
}

/// A number without zeros at the end of its fraction.
fn trim(text: &str) -> String {
    if !text.contains('.') {
        return text.to_owned();
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A count with its thousands set apart.
#[must_use]
pub fn grouped(count: u64) -> String {
    group(&count.to_string())
}

/// A number in digits with its thousands set apart.
fn group(text: &str) -> String {
    let (whole, rest) = match text.find('.') {
        Some(point) => text.split_at(point),
        None => (text, ""),
    };
    let (sign, whole) = match whole.strip_prefix('-') {
        Some(whole) => ("-", whole),
        None => ("", whole),
    };
    if whole.len() < 4 {
        return text.to_owned();
    }
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{rest}")
}
