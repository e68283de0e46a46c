//! A scenario with what was changed in a run of it, as a file.

use crate::model::{Behaviour, Burst, Change, Edit, MIN_RATE, TimelineEntry, Wait};
use crate::scenario::load::timeline::COMMANDS;

/// A scenario's text with another timeline, and what that changes in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioExport {
    /// The text of the file.
    pub text: String,
    /// Every line of both, in order.
    pub diff: Vec<DiffLine>,
}

/// A line of one text or of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiffLine {
    /// In both.
    Kept(String),
    /// Only in the original.
    Removed(String),
    /// Only in what was made of it.
    Added(String),
}

/// A text that cannot be added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot add a timeline: the scenario is a single map in braces; reformat it in block style"
)]
pub struct NotInLines;

impl ScenarioExport {
    /// The text with this timeline instead of its own.
    ///
    /// # Errors
    /// The text is JSON, or YAML in that style.
    pub fn new(text: &str, timeline: &[TimelineEntry]) -> Result<Self, NotInLines> {
        let mut first = text.lines().map(str::trim_start);
        let is_said =
            |line: &&str| !line.is_empty() && !line.starts_with(['#', '%']) && *line != "---";
        if first
            .find(is_said)
            .is_some_and(|line| line.starts_with('{'))
        {
            return Err(NotInLines);
        }
        let lines: Vec<_> = text.lines().collect();
        let begins = lines.iter().position(|line| line.starts_with("timeline:"));
        let old = begins.map_or(0..0, |from| {
            from..from + 1 + length_of_value(&lines[from + 1..])
        });
        let line = |(at, line): (usize, &&str)| match old.contains(&at) {
            true => DiffLine::Removed((*line).to_owned()),
            false => DiffLine::Kept((*line).to_owned()),
        };
        let mut diff: Vec<_> = lines.iter().enumerate().map(line).collect();
        if !timeline.is_empty() {
            diff.push(DiffLine::Added("timeline:".to_owned()));
            let entries = timeline
                .iter()
                .map(|entry| format!("  - {}", entry_text(entry)));
            diff.extend(entries.map(DiffLine::Added));
        }
        let kept = diff.iter().filter_map(|line| match line {
            DiffLine::Kept(line) | DiffLine::Added(line) => Some(line.as_str()),
            DiffLine::Removed(_) => None,
        });
        let text = kept.flat_map(|line| [line, "\n"]).collect();
        Ok(Self { text, diff })
    }
}

/// How many of these lines, after that of a key, belong to its value: those that
/// are indented or items of a list, and what stands between them.
fn length_of_value(lines: &[&str]) -> usize {
    let is_key = |line: &&str| !line.is_empty() && !line.starts_with([' ', '\t', '-', '#']);
    let end = lines.iter().position(is_key).unwrap_or(lines.len());
    let is_value = |line: &&str| !line.is_empty() && !line.starts_with('#');
    lines[..end]
        .iter()
        .rposition(is_value)
        .map_or(0, |last| last + 1)
}

/// An entry of a timeline, as a map in one line.
fn entry_text(entry: &TimelineEntry) -> String {
    let at = format!("{}s", entry.at.as_secs_f64());
    format!("{{at: {at}, {}}}", change_text(&entry.change))
}

fn change_text(change: &Change) -> String {
    match change {
        Change::Load(edit) => load_text(edit),
        Change::Burst(Burst { factor, rise, hold }) => format!(
            "burst: {{factor: {factor}, rise: {}s, hold: {}s}}",
            rise.as_secs_f64(),
            hold.as_secs_f64()
        ),
        Change::EndBurst | Change::BackToPlan(_) | Change::Pause | Change::Resume => {
            let word = COMMANDS.into_iter().find(|(_, deed)| deed == change);
            format!("do: {}", word.map_or("", |(word, _)| word))
        }
        Change::RunTime(None) => "run_time: none".to_owned(),
        Change::RunTime(Some(time)) => format!("run_time: {}s", time.as_secs_f64()),
        Change::Behaviour(behaviour) => behaviour_text(behaviour),
        // Kept as what it took back.
        Change::Undo => String::new(),
    }
}

fn load_text(edit: &Edit) -> String {
    let parts = [
        edit.users.map(|users| format!("users: {users}")),
        // A rate lower than a file can say means "hardly ever" as well.
        (edit.spawn_rate).map(|rate| format!("spawn_rate: {}", rate.max(MIN_RATE))),
        edit.rate.map(|rate| format!("rate: {rate}")),
    ];
    let said: Vec<_> = parts.into_iter().flatten().collect();
    said.join(", ")
}

fn behaviour_text(behaviour: &Behaviour) -> String {
    match behaviour {
        Behaviour::ClassWeight { class, weight } => {
            format!("class: {}, weight: {weight}", quoted(class))
        }
        Behaviour::TaskWeight {
            class,
            task,
            weight,
        } => format!(
            "class: {}, task: {}, weight: {weight}",
            quoted(class),
            quoted(task)
        ),
        Behaviour::Wait { class, wait } => {
            format!("class: {}, wait: {}", quoted(class), wait_text(*wait))
        }
        Behaviour::Request { name, is_sent } => {
            let deed = if *is_sent { "send" } else { "skip" };
            format!("request: {}, do: {deed}", quoted(name))
        }
    }
}

fn wait_text(wait: Wait) -> String {
    match wait {
        Wait::Constant { seconds } => format!("{seconds}s"),
        Wait::Between {
            min_seconds,
            max_seconds,
        } => format!("{{between: [{min_seconds}s, {max_seconds}s]}}"),
        Wait::Pacing { seconds } => format!("{{pacing: {seconds}s}}"),
        Wait::Throughput { per_second } => format!("{{throughput: {per_second}}}"),
        Wait::Poisson { per_second } => format!("{{poisson: {per_second}}}"),
    }
}

/// In double quotes, which JSON and YAML read alike.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::Suspended;
    use crate::scenario::{Environment, Source, load};

    const TEXT: &str = "host: http://127.0.0.1:1
timeline:
  - {at: 9s, users: 9}
# Not the end.
  - {at: 10s, users: 9}

# What is below stays.
user_classes:
  \"A-b\": {tasks: {t: [{get: /}]}}
";

    fn timeline() -> Vec<TimelineEntry> {
        let class = || "A-b".to_owned();
        let changes = [
            Change::Load(Edit {
                users: Some(5.0),
                spawn_rate: Some(0.5),
                rate: None,
            }),
            Change::Burst(Burst {
                factor: 2.5,
                rise: Duration::from_millis(1),
                hold: Duration::from_micros(1_234_567),
            }),
            Change::EndBurst,
            Change::BackToPlan(Suspended::All),
            Change::BackToPlan(Suspended::Rate),
            Change::Behaviour(Behaviour::ClassWeight {
                class: class(),
                weight: 3,
            }),
            Change::Behaviour(Behaviour::TaskWeight {
                class: class(),
                task: "t".to_owned(),
                weight: 0,
            }),
            Change::Behaviour(Behaviour::Wait {
                class: class(),
                wait: Wait::Between {
                    min_seconds: 0.25,
                    max_seconds: 2.0,
                },
            }),
            Change::Behaviour(Behaviour::Wait {
                class: class(),
                wait: Wait::Poisson { per_second: 0.1 },
            }),
            Change::Behaviour(Behaviour::Request {
                name: "GET /".to_owned(),
                is_sent: false,
            }),
            Change::RunTime(None),
            Change::RunTime(Some(Duration::from_millis(98_765))),
            Change::Pause,
            Change::Resume,
        ];
        let at = |ms: u64| Duration::from_millis(1_001 * ms);
        let entries = (0..).map(at).zip(changes);
        entries
            .map(|(at, change)| TimelineEntry { at, change })
            .collect()
    }

    #[test]
    fn every_change_is_read_as_it_was_written() {
        let saved = ScenarioExport::new(TEXT, &timeline()).expect("in lines");
        let loaded = load(
            &Source::new("x.yaml", saved.text.clone()),
            &Environment::default(),
        );
        let loaded = loaded.unwrap_or_else(|problems| panic!("{problems:#?} in {}", saved.text));
        assert_eq!(loaded.scenario.timeline, timeline());
    }

    #[test]
    fn only_the_timeline_is_replaced() {
        let saved = ScenarioExport::new(TEXT, &timeline()[..1]).expect("in lines");
        let of =
            |wanted: fn(&DiffLine) -> bool| saved.diff.iter().filter(|line| wanted(line)).count();
        assert_eq!(of(|line| matches!(line, DiffLine::Removed(_))), 4);
        assert_eq!(of(|line| matches!(line, DiffLine::Kept(_))), 5);
        assert_eq!(of(|line| matches!(line, DiffLine::Added(_))), 2);
        assert!(saved.text.contains("# What is below stays."));
        assert_eq!(
            ScenarioExport::new("{\"host\": \"x\"}", &[]),
            Err(NotInLines)
        );
    }
}
