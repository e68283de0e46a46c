//! The events of a run as log lines, in Locust's words where it has them.

use crate::cli::terminal::run_output::Logger;
use crate::format::event_text;
use crate::locust::LogLevel;
use crate::model::{ClassId, Load, RunSpec};
use crate::program::Program;
use crate::run::{Event, EventData, Level, StopReason};
use crate::verdict::load_text;

/// A line to be logged.
pub(crate) type Line = (LogLevel, Logger, String);

/// The log lines at the start of a run.
pub(crate) fn start_lines(spec: &RunSpec) -> [Line; 2] {
    let limit = match spec.run_time {
        None if spec.find_limit.is_some() => "The run ends when the limit is found".to_owned(),
        Some(time) => format!("Run time limit set to {} seconds", time.as_secs_f64()),
        None => "No run time limit set, use CTRL+C to interrupt".to_owned(),
    };
    let load = match (&spec.find_limit, spec.steered()) {
        (Some(find), _) => {
            let first = load_text(find.of, f64::from(find.start));
            format!("Searching for the limit, starting at {first}")
        }
        (None, Some(Load { users, spawn_rate })) => {
            format!("Ramping to {users} users at a rate of {spawn_rate:.2} per second")
        }
        (None, None) => "Load profile from the scenario".to_owned(),
    };
    [
        (LogLevel::Info, Logger::Main, limit),
        (LogLevel::Info, Logger::Runners, load),
    ]
}

/// An event as a log line; `None` if it is reported elsewhere. `spawned` counts
/// the started users by class.
pub(crate) fn line(
    event: &Event,
    spec: &RunSpec,
    program: &Program,
    spawned: &[(ClassId, u32)],
) -> Option<Line> {
    let level = LogLevel::from(event.level);
    let text = || event_text(&event.data);
    Some(match &event.data {
        EventData::Started { .. } => return None,
        EventData::Spawned { .. } if spec.steered().is_some() => {
            (level, Logger::Runners, all_spawned(program, spawned))
        }
        EventData::Stopping {
            reason: StopReason::RunTimeReached,
        } => {
            let text = "--run-time limit reached, shutting down".to_owned();
            (level, Logger::Main, text)
        }
        EventData::Stopping { .. } => (level, Logger::Main, text()),
        EventData::Stopped { .. } if event.level == Level::Info => return None,
        EventData::Log(_) | EventData::LogLinesDropped { .. } => (level, Logger::Scenario, text()),
        _ => (level, Logger::Runners, text()),
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
    use crate::run::AskedUsers;
    use crate::scenario::{Environment, RunOptions, Source, load};

    #[test]
    fn lines_are_locusts() {
        let text = "host: http://127.0.0.1:1\nload: {users: 4, spawn_rate: 2, run_time: 8s}\nuser_classes:\n  A: {weight: 3, tasks: {t: [{get: /}]}}\n  B: {tasks: {t: [{get: /}]}}\n";
        let source = Source::new("x.yaml", text);
        let loaded = load(&source, &Environment::default()).expect("sound");
        let (spec, program) = loaded.plan(&RunOptions::default()).expect("a plan");
        let said = start_lines(&spec).map(|(_, _, text)| text);
        let expected = [
            "Run time limit set to 8 seconds",
            "Ramping to 4 users at a rate of 2.00 per second",
        ];
        assert_eq!(said, expected);
        let spawned = [(ClassId(0), 3), (ClassId(1), 1)];
        let line = |data| {
            let event = Event {
                by: None,
                t_s: 0.0,
                level: Level::Info,
                data,
            };
            line(&event, &spec, &program, &spawned).map(|(_, _, text)| text)
        };
        let all = EventData::Spawned {
            running: 4,
            asked: AskedUsers::All(4),
        };
        assert_eq!(
            line(all).as_deref(),
            Some(r#"All users spawned: {"A": 3, "B": 1} (4 total users)"#)
        );
        let stopping = |reason| line(EventData::Stopping { reason });
        assert_eq!(
            stopping(StopReason::RunTimeReached).as_deref(),
            Some("--run-time limit reached, shutting down")
        );
        assert_eq!(
            stopping(StopReason::Signal).as_deref(),
            Some("stopping: by a signal")
        );
        let started = EventData::Started {
            scenario: "x".to_owned(),
            host: "http://127.0.0.1:1".to_owned(),
            load: None,
        };
        assert_eq!(line(started), None);
        let remark = EventData::Remark("x".to_owned());
        assert_eq!(line(remark).as_deref(), Some("x"));
    }
}
