//! The events of a run as lines of the log, in words that people grep for.

use crate::cli::terminal::run_output::Logger;
use crate::locust::LogLevel;
use crate::model::{ClassId, Load, RunSpec};
use crate::program::Program;
use crate::run::{Event, EventKind, Level, RUN_TIME_REACHED};
use crate::verdict::load_words;

/// A line to be logged.
pub(crate) type Line = (LogLevel, Logger, String);

/// What is said when a run starts.
pub(crate) fn beginning(spec: &RunSpec) -> [Line; 2] {
    let limit = match spec.run_time {
        None if spec.find_limit.is_some() => "The run ends when the limit is found".to_owned(),
        Some(time) => format!("Run time limit set to {} seconds", time.as_secs_f64()),
        None => "No run time limit set, use CTRL+C to interrupt".to_owned(),
    };
    let load = match (&spec.find_limit, spec.steered()) {
        (Some(find), _) => {
            let first = load_words(find.of, f64::from(find.start));
            format!("Looking for the limit, from {first} on")
        }
        (None, Some(Load { users, spawn_rate })) => {
            format!("Ramping to {users} users at a rate of {spawn_rate:.2} per second")
        }
        (None, None) => "Load as planned by the scenario".to_owned(),
    };
    [
        (LogLevel::Info, Logger::Main, limit),
        (LogLevel::Info, Logger::Runners, load),
    ]
}

/// An event as a line; `None` for what is said elsewhere. `spawned` is who was
/// started, by class.
pub(crate) fn line(
    event: &Event,
    spec: &RunSpec,
    program: &Program,
    spawned: &[(ClassId, u32)],
) -> Option<Line> {
    let level = LogLevel::from(event.level);
    let text = event.text.clone();
    Some(match event.kind {
        EventKind::Started => return None,
        EventKind::Spawned => match spec.steered() {
            Some(_) => (level, Logger::Runners, all_spawned(program, spawned)),
            None => (level, Logger::Runners, text),
        },
        EventKind::Stopping if text.ends_with(RUN_TIME_REACHED) => {
            let text = "--run-time limit reached, shutting down".to_owned();
            (level, Logger::Main, text)
        }
        EventKind::Stopping => (level, Logger::Main, text),
        EventKind::Stopped if event.level == Level::Info => return None,
        EventKind::Log => (level, Logger::Scenario, text),
        _ => (level, Logger::Runners, text),
    })
}

/// `All users spawned: {"Alpha": 4} (4 total users)`.
fn all_spawned(program: &Program, spawned: &[(ClassId, u32)]) -> String {
    let counts = spawned.iter().filter_map(|(class, count)| {
        let class = program.classes.get(class.index())?;
        let name = serde_json::Value::from(class.name.as_str());
        Some(format!("{name}: {count}"))
    });
    let counts: Vec<_> = counts.collect();
    let users: u32 = spawned.iter().map(|(_, count)| count).sum();
    format!(
        "All users spawned: {{{}}} ({users} total users)",
        counts.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Environment, RunOptions, Source, load};

    #[test]
    fn lines_are_locusts() {
        let text = "host: http://127.0.0.1:1\nload: {users: 4, spawn_rate: 2, run_time: 8s}\nuser_classes:\n  A: {weight: 3, tasks: {t: [{get: /}]}}\n  B: {tasks: {t: [{get: /}]}}\n";
        let source = Source::new("x.yaml", text);
        let loaded = load(&source, &Environment::default()).expect("sound");
        let (spec, program) = loaded.plan(&RunOptions::default()).expect("a plan");
        let said = beginning(&spec).map(|(_, _, text)| text);
        let expected = [
            "Run time limit set to 8 seconds",
            "Ramping to 4 users at a rate of 2.00 per second",
        ];
        assert_eq!(said, expected);
        let spawned = [(ClassId(0), 3), (ClassId(1), 1)];
        let line = |kind, text: &str| {
            let event = Event {
                by: None,
                t_s: 0.0,
                kind,
                level: Level::Info,
                text: text.to_owned(),
            };
            line(&event, &spec, &program, &spawned).map(|(_, _, text)| text)
        };
        assert_eq!(
            line(EventKind::Spawned, "").as_deref(),
            Some(r#"All users spawned: {"A": 3, "B": 1} (4 total users)"#)
        );
        assert_eq!(
            line(EventKind::Stopping, "stopping: run time reached").as_deref(),
            Some("--run-time limit reached, shutting down")
        );
        assert_eq!(line(EventKind::Started, "x"), None);
        assert_eq!(line(EventKind::Remark, "x").as_deref(), Some("x"));
    }
}
