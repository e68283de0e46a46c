//! The report as a document: verdicts first, then a section a scenario, then
//! what follows from all of it.

use std::fmt::Write;

use crate::model::{
    NO_FIGURE, clock_text, count_text, duration_text, latency_text, percent_text, plural,
    rate_text, reading_text,
};
use crate::report::baseline::compare;
use crate::report::capacity::{LEVELS, levels};
use crate::report::headline::{headline, table};
use crate::report::key_figures::{connection_text, plan_text, protocol_text, range_text, remarks};
use crate::report::moment::{moment, planned_text};
use crate::report::sparkline::{span, sparklines};
use crate::report::{RunFile, time_kinds};
use crate::run::StatRow;
use crate::verdict::{Finding, Verdict};

/// Kinds of failure listed; further ones are counted.
const FAILURES: usize = 20;

/// The report on some runs.
#[must_use]
pub fn markdown(runs: &[RunFile]) -> String {
    let mut text = format!("# {}\n\n", headline(runs));
    table(runs, &mut text);
    for run in runs {
        section(run, &mut text);
    }
    bottlenecks(runs, &mut text);
    recommendations(runs, &mut text);
    environment(runs, &mut text);
    text
}

/// Text that stands where Markdown would read signs: in a table, a list, a title.
pub(super) fn cell(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => escaped.push(' '),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// Adds a line; writing to a string does not fail.
macro_rules! line {
    ($text:expr) => { $text.push('\n') };
    ($text:expr, $($arguments:tt)*) => {{ let _ = writeln!($text, $($arguments)*); }};
}

fn section(run: &RunFile, text: &mut String) {
    line!(text, "\n## {}\n", cell(&run.run.scenario));
    line!(text, "**{}**: {}", run.verdict_word(), cell(run.reason()));
    if !run.run.description.is_empty() {
        line!(text, "\n{}", cell(&run.run.description));
    }
    configuration(run, text);
    criteria(run, text);
    baseline(run, text);
    requests(run, text);
    both_times(run, text);
    failures(run, text);
    over_time(run, text);
    capacity(run, text);
    readings(run, text);
}

fn configuration(run: &RunFile, text: &mut String) {
    line!(text, "\n### Configuration\n");
    let or_none = |text: &str| match text {
        "" => NO_FIGURE.to_owned(),
        text => cell(text),
    };
    let run_time = run
        .load
        .run_time_s
        .map_or_else(|| "until stopped".to_owned(), planned_text);
    line!(text, "| | |\n|---|---|");
    if !run.run.profile.is_empty() {
        line!(text, "| Label | {} |", cell(&run.run.profile));
    }
    line!(text, "| Target | {} |", or_none(&run.run.host));
    if !run.run.protocols.is_empty() {
        line!(text, "| Protocol | {} |", cell(&protocol_text(run)));
    }
    line!(text, "| Load | {} |", or_none(&run.load.words));
    line!(text, "| Planned duration | {run_time} |");
    line!(text, "| Started | {} |", moment(run.run.started_unix_ms));
    line!(text, "| Ended | {} |", moment(run.run.ended_unix_ms));
    line!(text, "| Duration | {} |", duration_text(run.run.elapsed_s));
    if run.counts.is_some() {
        line!(text, "| Connections | {} |", connection_text(run));
    }
    for plan in &run.deliveries {
        let (name, words) = (cell(&plan.name), plan_text(plan));
        line!(text, "| Scheduled task starts: {name} | {words} |");
    }
    for class in &run.classes {
        let tasks = class.tasks.iter();
        let tasks: Vec<_> = tasks
            .map(|task| format!("{} ({})", cell(&task.name), task.weight))
            .collect();
        let mut words = vec![class.population.clone()];
        words.extend((!class.wait.is_empty()).then(|| class.wait.clone()));
        line!(
            text,
            "| User class {} | {}; tasks by weight: {} |",
            cell(&class.name),
            cell(&words.join(", ")),
            tasks.join(", ")
        );
    }
}

fn criteria(run: &RunFile, text: &mut String) {
    line!(text, "\n### Criteria\n");
    let criteria = run.judgement.as_ref().map(|judged| &*judged.criteria);
    let criteria = criteria.unwrap_or_default();
    if criteria.is_empty() {
        line!(text, "No criteria; the verdict depends only on failures.");
        return;
    }
    line!(text, "| Criterion | Measured | Status | Details |");
    line!(text, "|---|---|---|---|");
    for one in criteria {
        line!(
            text,
            "| {} | {} | {} | {} |",
            cell(&one.text),
            cell(one.figure.as_deref().unwrap_or(NO_FIGURE)),
            one.standing.as_str(),
            cell(&one.note_text().unwrap_or_default())
        );
    }
}

fn baseline(run: &RunFile, text: &mut String) {
    let compared = compare(run);
    if compared.is_empty() {
        return;
    }
    line!(text, "\n### Against the baseline\n");
    line!(text, "| | Expected | Measured | Deviation |");
    line!(text, "|---|---:|---:|---|");
    for one in &compared {
        let (figure, expected, measured) = (one.figure, &one.expected, &one.measured);
        let deviation = &one.deviation;
        line!(text, "| {figure} | {expected} | {measured} | {deviation} |");
    }
}

fn requests(run: &RunFile, text: &mut String) {
    line!(text, "\n### Requests\n");
    line!(
        text,
        "Times are service times: from sending to the last byte.\n"
    );
    line!(
        text,
        "| Method | Name | Requests | Failures | Mean | p50 | p95 | p99 | Max | RPS |"
    );
    line!(text, "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    for row in run.requests.iter().chain([&run.aggregated]) {
        line!(text, "{}", request(row));
    }
}

fn both_times(run: &RunFile, text: &mut String) {
    let rows = time_kinds::rows(run);
    if rows.is_empty() {
        return;
    }
    line!(text, "\n### {}\n", time_kinds::title());
    line!(
        text,
        "Response time is counted from the planned start and includes queueing.\n"
    );
    let heads =
        time_kinds::names().map(|name| time_kinds::HEADINGS.map(|head| format!("{name} {head}")));
    line!(
        text,
        "| Method | Name | Starts | {} |",
        heads.concat().join(" | ")
    );
    line!(text, "|---|---|---:|{}", "---:|".repeat(8));
    for row in rows {
        let (name, times) = (cell(row.name), row.times.join(" | "));
        line!(
            text,
            "| {} | {name} | {} | {times} |",
            row.method,
            row.starts
        );
    }
}

fn request(row: &StatRow) -> String {
    let service = row.latencies.service;
    let times = [service.p50_us, service.p95_us, service.p99_us, row.max_us];
    let mean = latency_text(row.mean_us);
    format!(
        "| {} | {} | {} | {} | {mean} | {} | {} |",
        row.method,
        cell(&row.name),
        count_text(row.requests),
        count_text(row.failures),
        times.map(latency_text).join(" | "),
        rate_text(row.rates.rps)
    )
}

fn failures(run: &RunFile, text: &mut String) {
    if run.failures.is_empty() {
        return;
    }
    line!(text, "\n### Failures\n");
    line!(text, "| Method | Name | Failure | Count |");
    line!(text, "|---|---|---|---:|");
    for one in run.failures.iter().take(FAILURES) {
        let (name, words) = (cell(&one.name), cell(&one.text));
        line!(
            text,
            "| {} | {name} | {words} | {} |",
            one.method,
            count_text(one.count)
        );
    }
    first_failures(run, text);
    let left_out = run.failures.len().saturating_sub(FAILURES);
    if left_out > 0 {
        line!(
            text,
            "\n{} in the run file.",
            plural(
                left_out,
                "further kind of failure is",
                "further kinds of failure are"
            )
        );
    }
    if run.failures_dropped > 0 {
        let dropped = count_text(run.failures_dropped);
        line!(
            text,
            "\nMore failures, without a line of their own: {dropped}."
        );
    }
}

/// Writes the first sample of each kind of failure.
fn first_failures(run: &RunFile, text: &mut String) {
    let shown = run.failures.iter().take(FAILURES);
    let first = shown.filter_map(|one| Some((one, one.samples.first()?)));
    for (at, (one, sample)) in first.enumerate() {
        if at == 0 {
            line!(text, "\nThe first failure of each kind:\n");
        }
        line!(
            text,
            "- {} {}, {}: {}",
            one.method,
            cell(&one.name),
            clock_text(sample.at_s),
            cell(&sample.text())
        );
    }
}

fn over_time(run: &RunFile, text: &mut String) {
    let lines = sparklines(&run.series);
    let Some((start, end)) = span(&run.series).filter(|_| !lines.is_empty()) else {
        return;
    };
    line!(
        text,
        "\n### Over time\n\n{start} to {end}; lowest and highest value on the right.\n"
    );
    line!(text, "```text");
    let width = lines.iter().map(|one| one.name.len()).max().unwrap_or(0);
    for one in &lines {
        let (name, drawn) = (&one.name, &one.line);
        line!(text, "{name:<width$} {drawn}  {} to {}", one.from, one.to);
    }
    line!(text, "```");
}

fn capacity(run: &RunFile, text: &mut String) {
    let Some(capacity) = &run.capacity else {
        return;
    };
    line!(text, "\n### Capacity\n");
    if let Some(search) = &capacity.search {
        line!(text, "{}.\n", cell(&search.text));
    }
    line!(text, "| {} |", LEVELS.join(" | "));
    line!(text, "|---:|---:|---:|---:|---:|---:|---|");
    for level in levels(capacity) {
        line!(text, "| {} |", level.map(|one| cell(&one)).join(" | "));
    }
}

fn readings(run: &RunFile, text: &mut String) {
    if run.readings.is_empty() {
        return;
    }
    line!(text, "\n### Target probes\n");
    line!(text, "| Probe | Min | Mean | Max |\n|---|---:|---:|---:|");
    for one in &run.readings {
        let values = [one.min, one.mean, one.max];
        let values = values.map(|value| reading_text(value, &cell(&one.unit)));
        line!(text, "| {} | {} |", cell(&one.name), values.join(" | "));
    }
}

fn findings(run: &RunFile) -> &[Finding] {
    run.judgement
        .as_ref()
        .map_or(&[], |judged| &judged.findings)
}

/// Writes the findings of each run; without any it says so, rather than guess.
fn bottlenecks(runs: &[RunFile], text: &mut String) {
    line!(text, "\n## Bottleneck analysis");
    for (at, run) in runs.iter().enumerate() {
        line!(text, "\n### {}\n", cell(&run.run.scenario));
        if findings(run).is_empty() {
            line!(text, "{}", nothing_found(run));
        }
        for one in findings(run) {
            let range = match &*range_text(one.range_s) {
                "" => String::new(),
                range => format!(" (from {range})"),
            };
            line!(text, "- **{}**{range}", cell(&one.text));
            for evidence in &one.evidence {
                line!(text, "  - {}", cell(evidence));
            }
        }
        for remark in remarks(runs, at) {
            line!(text, "- Note: {}", cell(&remark.text));
        }
    }
}

/// The sentence for a run without findings.
pub(super) fn nothing_found(run: &RunFile) -> &'static str {
    match run.verdict() {
        Some(Verdict::Pass) => "No bottleneck showed at this load.",
        _ => {
            "Not enough evidence to name a bottleneck. Add probes for the target's CPU, memory and database."
        }
    }
}

fn recommendations(runs: &[RunFile], text: &mut String) {
    line!(text, "\n## Recommendations\n");
    let mut said: Vec<&str> = Vec::new();
    for run in runs {
        for finding in findings(run) {
            if finding.advice.is_empty() || said.contains(&&*finding.advice) {
                continue;
            }
            said.push(&finding.advice);
            line!(
                text,
                "{}. {} ({})",
                said.len(),
                cell(&finding.advice),
                cell(&run.run.scenario)
            );
        }
    }
    if said.is_empty() {
        line!(text, "No recommendations.");
    }
}

fn environment(runs: &[RunFile], text: &mut String) {
    line!(text, "\n## Environment\n");
    line!(
        text,
        "| Scenario | Generated by | System | Cores | Threads | Busiest core | Send delay p99 |"
    );
    line!(text, "|---|---|---|---:|---:|---:|---:|");
    for run in runs {
        let name = cell(&run.run.scenario);
        let made_by = cell(&run.made_by);
        let told = run.environment.as_ref();
        let told = told.map_or_else(
            || [NO_FIGURE; 5].join(" | "),
            |one| {
                let parts = [
                    cell(&one.os),
                    one.cpus.to_string(),
                    one.shards.to_string(),
                    percent_text(one.busiest_cpu_share),
                    latency_text(one.lateness_p99_us),
                ];
                parts.join(" | ")
            },
        );
        line!(text, "| {name} | {made_by} | {told} |");
    }
}
