//! Reading what other generators print at their end.

use serde::Deserialize;

use super::cost::RunTotals;

/// Why a print-out does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OutputError {
    /// There is no such figure in it.
    Without(&'static str),
    /// Not every request succeeded: the lines that say so.
    Failures(String),
}

/// What `wrk` says.
pub(crate) fn wrk(text: &str) -> Result<RunTotals, OutputError> {
    refuse(text, |line| {
        line.starts_with("Socket errors") || line.starts_with("Non-2xx or 3xx")
    })?;
    let line = text.lines().find(|line| line.contains(" requests in "));
    let line = line.ok_or(OutputError::Without("line of requests"))?;
    let mut words = line.split_whitespace();
    let requests = words.next().and_then(|word| word.parse().ok());
    let time = line.split(" requests in ").nth(1);
    let time = time.and_then(|rest| rest.split(',').next());
    Ok(RunTotals {
        requests: requests.ok_or(OutputError::Without("number of requests"))?,
        seconds: time
            .and_then(wrk_seconds)
            .ok_or(OutputError::Without("duration"))?,
    })
}

/// A duration as `wrk` writes it: `5.00s`, `1.00m`.
fn wrk_seconds(text: &str) -> Option<f64> {
    let (number, factor) = [("s", 1.0), ("m", 60.0), ("h", 3600.0)]
        .into_iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    Some(number.parse::<f64>().ok()? * factor)
}

/// What `ab` says.
pub(crate) fn ab(text: &str) -> Result<RunTotals, OutputError> {
    refuse(text, |line| {
        line.starts_with("Non-2xx responses")
            || line.starts_with("Failed requests") && !line.ends_with(" 0")
    })?;
    Ok(RunTotals {
        requests: after(text, "Complete requests:")?,
        seconds: after(text, "Time taken for tests:")?,
    })
}

/// What `hey` says. Its count by status is of the first million requests only.
pub(crate) fn hey(text: &str) -> Result<RunTotals, OutputError> {
    let is_other = |line: &str| line.starts_with('[') && !line.starts_with("[2");
    refuse(text, |line| {
        is_other(line) || line.starts_with("Error distribution")
    })?;
    let seconds = after(text, "Total:")?;
    Ok(RunTotals {
        requests: after(text, "Requests/sec:")? * seconds,
        seconds,
    })
}

/// What `oha --output-format json` says. What was under way at the end it
/// calls an error.
pub(crate) fn oha(text: &str) -> Result<RunTotals, OutputError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct OhaOutput {
        summary: Summary,
        status_code_distribution: std::collections::BTreeMap<String, f64>,
        error_distribution: std::collections::BTreeMap<String, f64>,
    }
    #[derive(Deserialize)]
    struct Summary {
        total: f64,
    }
    let output: OhaOutput = serde_json::from_str(text).map_err(|_| OutputError::Without("JSON"))?;
    let statuses = &output.status_code_distribution;
    let errors = output.error_distribution.keys();
    let mut bad: Vec<_> = errors.filter(|what| !what.contains("deadline")).collect();
    bad.extend(statuses.keys().filter(|status| !status.starts_with('2')));
    if !bad.is_empty() {
        return Err(OutputError::Failures(format!("{bad:?}")));
    }
    Ok(RunTotals {
        requests: statuses.values().sum(),
        seconds: output.summary.total,
    })
}

/// What the program that drives Locust writes, and the processor time it took.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Locust {
    /// Requests, failures included.
    pub(crate) requests: f64,
    /// Of these, failures.
    pub(crate) failures: f64,
    /// How long it sent.
    pub(crate) seconds: f64,
    /// User time in seconds.
    pub(crate) user_s: f64,
    /// System time in seconds.
    pub(crate) system_s: f64,
}

/// Reads it: the one line that is a JSON object.
pub(crate) fn locust(text: &str) -> Result<Locust, OutputError> {
    let mut lines = text.lines();
    let output = lines.find_map(|line| serde_json::from_str::<Locust>(line).ok());
    let output = output.ok_or(OutputError::Without("line of JSON"))?;
    if output.failures > 0.0 {
        return Err(OutputError::Failures(format!(
            "{} failures",
            output.failures
        )));
    }
    Ok(output)
}

/// The number after a label.
fn after(text: &str, label: &'static str) -> Result<f64, OutputError> {
    let mut lines = text.lines();
    let rest = lines.find_map(|line| line.trim().strip_prefix(label));
    let word = rest.and_then(|rest| rest.split_whitespace().next());
    word.and_then(|word| word.parse().ok())
        .ok_or(OutputError::Without(label))
}

/// Refuses a print-out with lines that tell of failures.
fn refuse(text: &str, tells_failure: impl Fn(&str) -> bool) -> Result<(), OutputError> {
    let lines = text.lines().map(str::trim);
    let telling: Vec<_> = lines.filter(|line| tells_failure(line)).collect();
    if telling.is_empty() {
        return Ok(());
    }
    Err(OutputError::Failures(telling.join("; ")))
}
