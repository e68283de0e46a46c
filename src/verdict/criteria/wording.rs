//! Figures of criteria as text.

use crate::model::{
    Criterion, Metric, Portion, count_text, fixed, latency_text, number_text, percent_text,
    rate_text, trimmed,
};

/// The most digits behind the point.
const MAX_DIGITS: usize = 6;

/// Formats a figure with its unit, in as many digits as it takes to be on the right
/// side of the value that it is compared with.
pub(super) fn figure_text(criterion: &Criterion, figure: f64) -> String {
    let passes = criterion.op.holds(figure, criterion.value);
    let (text, (one, word)) = with_unit(&criterion.metric, figure);
    let is_honest = |text: &String| {
        let digits = text.strip_suffix(word).unwrap_or(text).replace(',', "");
        let Ok(read) = digits.trim_start_matches(['<', '>']).parse::<f64>() else {
            return false;
        };
        // "<0.01%" may be read as 0, ">99.99%" as all.
        let end = match digits.get(..1) {
            Some("<") => 0.0,
            Some(">") => one.recip(),
            _ => read,
        };
        let passes_as = |read: f64| criterion.op.holds(read * one, criterion.value);
        passes_as(read) == passes && passes_as(end) == passes
    };
    let longer = (1..=MAX_DIGITS).map(|digits| {
        let text = fixed(figure / one, digits);
        format!("{}{word}", trimmed(&text))
    });
    let mut texts = std::iter::once(text).chain(longer);
    texts
        .find(is_honest)
        .unwrap_or_else(|| format!("{}{word}", figure / one))
}

/// The usual text of a figure, what one of its unit is in the unit of the metric, and
/// the unit's word.
fn with_unit(metric: &Metric, figure: f64) -> (String, (f64, &'static str)) {
    match metric {
        Metric::Requests
        | Metric::Failures
        | Metric::UsersFailed
        | Metric::Dropped(Portion::Count)
        | Metric::Missed(Portion::Count) => (count_text(figure), (1.0, "")),
        Metric::Success
        | Metric::Delivered
        | Metric::Dropped(Portion::Share)
        | Metric::Missed(Portion::Share) => (percent_text(figure), (0.01, "%")),
        Metric::Rps(_) => (format!("{}/s", rate_text(figure)), (1.0, "/s")),
        Metric::Probe(_) => (number_text(figure), (1.0, "")),
        Metric::Mean(_) | Metric::Max(_) | Metric::Quantile(..) => {
            let text = latency_text(figure);
            let unit = match text.ends_with(" ms") {
                true => (1e3, " ms"),
                false => (1e6, " s"),
            };
            (text, unit)
        }
    }
}
