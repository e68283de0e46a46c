//! Events as text: the only place that words them.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Load, Suspended, plural};
use crate::run::{
    AskedUsers, Author, BurstRecovery, ChangeEvent, EditLine, Event, EventData, EventKind, Level,
    LevelEvent, Log, ReachedTarget, SetupEvent, StopReason, TargetEvent,
};
use crate::verdict::{Verdict, load_text};

/// The load of a run without a set number of users.
const LOAD_PROFILE: &str = "load profile from the scenario";

/// An event as people and programs read it: on the page, in reports, in files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventLine {
    /// When, in seconds since the start of the run.
    pub t_s: f64,
    /// Its kind.
    pub kind: EventKind,
    /// Its severity.
    pub level: Level,
    /// The sentence for people.
    pub text: String,
    /// What it is called, where it has a title: an act of the demo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The operator who did it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Author>,
}

impl From<Event> for EventLine {
    fn from(event: Event) -> Self {
        Self {
            t_s: event.t_s,
            kind: event.data.kind(),
            level: event.level,
            text: event_text(&event.data),
            title: match event.data {
                EventData::Demo { act, .. } => act.map(str::to_owned),
                _ => None,
            },
            by: event.by,
        }
    }
}

/// The kept events after the first `seen`, and the number appended in total.
#[must_use]
pub fn event_lines(log: &Log, seen: u64) -> (Vec<EventLine>, u64) {
    let (events, appended) = log.events_after(seen);
    (events.into_iter().map(EventLine::from).collect(), appended)
}

/// Describes an event in one sentence.
#[must_use]
pub fn event_text(data: &EventData) -> String {
    match data {
        EventData::Started {
            scenario,
            host,
            load,
        } => started_text(scenario, host, *load),
        EventData::Spawned { running, asked } => spawned_text(*running, *asked),
        EventData::Reset => "statistics reset".to_owned(),
        EventData::Stopping { reason } => format!("stopping: {reason}"),
        EventData::Stopped { reason, verdict } => stopped_text(reason.as_ref(), verdict.as_ref()),
        EventData::OnStartFailed { users, first } => on_start_text(*users, first.as_ref()),
        EventData::Target(target) => target_text(target),
        EventData::Setup(setup) => setup_text(setup),
        EventData::Probe { probe, error } => match error {
            Some(error) => format!("probe {probe}: {error}"),
            None => format!("probe {probe} is working again"),
        },
        EventData::Criterion {
            criterion,
            figure,
            is_broken,
        } => criterion_text(criterion, figure.as_deref(), *is_broken),
        EventData::Level(level) => level_text(level),
        EventData::Demo { act, text } => match act {
            Some(act) => format!("{act}: {text}"),
            None => text.clone(),
        },
        EventData::Limit(text) | EventData::Remark(text) | EventData::Log(text) => text.clone(),
        EventData::LogLinesDropped {
            lines,
            most_a_second,
        } => format!(
            "{} skipped (limit: {most_a_second}/s)",
            plural(*lines, "`log` line", "`log` lines")
        ),
        EventData::Change(change) => change_text(change),
        EventData::Recovered(recovery) => recovery_text(recovery),
        EventData::Unattended { why, ramp_from } => match ramp_from {
            Some(now) => format!(
                "{why}: ramping down from {} users to 0 at {} users/s, then stopping",
                now.users, now.spawn_rate
            ),
            None => format!("{why}: stopping the run"),
        },
    }
}

fn started_text(scenario: &str, host: &str, load: Option<Load>) -> String {
    let load = match load {
        Some(Load { users, spawn_rate }) => {
            let users = plural(users, "user", "users");
            format!("{users} at {spawn_rate} users/s")
        }
        None => LOAD_PROFILE.to_owned(),
    };
    format!("{scenario}: {load} against {host}")
}

fn stopped_text(reason: Option<&StopReason>, verdict: Option<&(Verdict, String)>) -> String {
    let reason = reason.map(|reason| format!("stopped: {reason}"));
    let verdict = verdict.map(|(verdict, why)| format!("{}: {why}", verdict.as_str()));
    let said: Vec<_> = reason.into_iter().chain(verdict).collect();
    said.join(". ")
}

fn on_start_text(users: u64, first: Option<&(String, String)>) -> String {
    let users = plural(users, "user", "users");
    let first = first.map(|(request, failure)| format!(": {request}: {failure}"));
    format!(
        "{users} ended because on_start failed{}",
        first.unwrap_or_default()
    )
}

fn criterion_text(criterion: &str, figure: Option<&str>, is_broken: bool) -> String {
    let word = if is_broken {
        "failed"
    } else {
        "no longer fails"
    };
    let figure = figure.map(|figure| format!(" ({figure})"));
    format!(
        "criterion {word}: {criterion}{}",
        figure.unwrap_or_default()
    )
}

fn change_text(change: &ChangeEvent) -> String {
    match change {
        ChangeEvent::Edited(edits) => edits.iter().map(edit_text).collect::<Vec<_>>().join(", "),
        ChangeEvent::Undone(changes) if changes.is_empty() => {
            "undone: nothing left to revert".to_owned()
        }
        ChangeEvent::Undone(changes) => {
            let changes: Vec<_> = changes.iter().map(change_text).collect();
            format!("undone: {}", changes.join(", "))
        }
        ChangeEvent::NotPlayed { at, error } => {
            format!("change planned for {} s failed: {error}", at.as_secs_f64())
        }
        ChangeEvent::Burst {
            factor,
            users,
            hold,
            suspends_plan,
        } => {
            let after = if *suspends_plan {
                "; load profile suspended"
            } else {
                ""
            };
            let (users, hold_s) = (plural(*users, "user", "users"), hold.as_secs_f64());
            format!("burst ×{factor}: {users} for {hold_s} s{after}")
        }
        ChangeEvent::Paused => "paused: users finish their current task, then wait".to_owned(),
        ChangeEvent::Resumed { after_s } => format!("resumed after {after_s:.1} s"),
    }
}

fn recovery_text(recovery: &BurstRecovery) -> String {
    match recovery {
        BurstRecovery::After { s, ideal_s } => {
            let best = ideal_s.map(|s| format!(" (ideal: {s:.1} s)"));
            format!(
                "recovered {s:.0} s after the burst{}",
                best.unwrap_or_default()
            )
        }
        BurstRecovery::Not { waited_s } => {
            format!("still not recovered {waited_s} s after the burst")
        }
    }
}

fn spawned_text(running: u64, asked: AskedUsers) -> String {
    let users = || plural(running, "user", "users");
    match asked {
        AskedUsers::None => format!("{} running: {LOAD_PROFILE}", users()),
        AskedUsers::All(asked) => format!("{running} of {asked} users running"),
        AskedUsers::Some(asked) => format!(
            "{} running ({asked} set, the others from the load profile)",
            users()
        ),
    }
}

fn edit_text(edit: &EditLine) -> String {
    let run_time = |time: &Option<Duration>| match time {
        Some(time) => format!("{} s", time.as_secs_f64()),
        None => "until stopped".to_owned(),
    };
    match edit {
        EditLine::UsersTakenOver { to } => format!("users: load profile → {to}"),
        EditLine::RateTakenOver { to } => format!("rate: load profile → {to}/s"),
        EditLine::Users { from, to } => format!("users {from} → {to}"),
        EditLine::SpawnRate { from, to } => format!("spawn rate {from} → {to}/s"),
        EditLine::Rate { from, to } => format!("rate {from} → {to}/s"),
        EditLine::BurstEnds => "burst ended".to_owned(),
        EditLine::BackToPlan(of) => match of {
            Suspended::Users => "users: back to the load profile".to_owned(),
            Suspended::Rate => "rate: back to the load profile".to_owned(),
            Suspended::All => "load: back to the load profile".to_owned(),
        },
        EditLine::RunTime { from, to } => format!("run time {} → {}", run_time(from), run_time(to)),
        EditLine::Weight { of, from, to } => format!("weight of {of} {from} → {to}"),
        EditLine::Wait { class, from, to } => format!("wait of {class}: {from} → {to}"),
        EditLine::Request { name, is_sent } => {
            let word = if *is_sent { "enabled" } else { "skipped" };
            format!("{name}: {word}")
        }
    }
}

fn target_text(event: &TargetEvent) -> String {
    match event {
        TargetEvent::Reached(reached) => reached_text(reached),
        TargetEvent::LookupFailed { target, error } => {
            format!("{target}: DNS lookup failed ({error}); still using the previous addresses")
        }
        TargetEvent::NotAllowed { target, addresses } => format!(
            "{target}: skipping addresses {}, which --allow-target does not allow",
            addresses_text(addresses)
        ),
        TargetEvent::Moved { target, from, to } => format!(
            "{target} moved from {} to {}; new connections use the new addresses",
            addresses_text(from),
            addresses_text(to)
        ),
        TargetEvent::LeftOut {
            origin,
            address,
            failure,
        } => format!("{origin}: {address} is skipped for 5 s at a time: {failure}"),
        TargetEvent::Last(event) => format!(
            "{}; further address changes of this host are not logged",
            target_text(event)
        ),
    }
}

fn reached_text(reached: &ReachedTarget) -> String {
    let ReachedTarget { origin, proxy, .. } = reached;
    let used = addresses_text(&reached.addresses);
    let route = match proxy {
        Some(proxy) => format!("{origin} via proxy {proxy} ({used})"),
        // A host that is an address already resolves to nothing new.
        None if origin.to_string().ends_with(&format!("//{used}")) => {
            format!("{origin} is reachable")
        }
        None => format!("{origin} resolves to {used}"),
    };
    let negotiated = reached.negotiated.as_ref();
    let negotiated = negotiated.map(|(protocol, tls)| format!(", {protocol} over {tls}"));
    let skipped = reached.left_out.iter();
    let skipped: String = skipped
        .map(|(address, why)| format!("; {address} skipped: {why}"))
        .collect();
    format!("{route}{}{skipped}", negotiated.unwrap_or_default())
}

fn addresses_text(addresses: &[SocketAddr]) -> String {
    let all: Vec<_> = addresses.iter().map(ToString::to_string).collect();
    all.join(" and ")
}

fn setup_text(event: &SetupEvent) -> String {
    match event {
        SetupEvent::Waiting { failure } => {
            format!("waiting for the target's health check: {failure}")
        }
        SetupEvent::Healthy { took_ms, is_slow } => {
            let word = if *is_slow {
                "healthy, but slow"
            } else {
                "healthy"
            };
            format!("{word}: responded in {took_ms} ms")
        }
        SetupEvent::Done { took_ms } => format!("setup done in {took_ms} ms"),
        SetupEvent::LoginNoticed(text) => text.clone(),
        SetupEvent::OnStartFailed { class, failure } => {
            format!("login check failed: `on_start` of {class}: {failure}")
        }
        SetupEvent::TornDown => "teardown done".to_owned(),
        SetupEvent::TeardownFailed { failure } => format!("teardown failed: {failure}"),
    }
}

fn level_text(event: &LevelEvent) -> String {
    match event {
        LevelEvent::Measured {
            level,
            of,
            is_retest,
        } => {
            let again = if *is_retest { "again " } else { "" };
            format!("{again}{}", level.text(*of))
        }
        LevelEvent::Repeated { load, of, why } => {
            format!("{}: measured again, {why}", load_text(*of, *load))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_a_name_are_told() {
        let address = |last: u8| SocketAddr::from(([10, 0, 0, last], 80));
        let target = || "http://shop.test".to_owned();
        let moved = TargetEvent::Moved {
            target: target(),
            from: vec![address(1), address(2)],
            to: vec![address(3)],
        };
        assert_eq!(
            target_text(&moved),
            "http://shop.test moved from 10.0.0.1:80 and 10.0.0.2:80 to 10.0.0.3:80; new connections use the new addresses"
        );
        let last = target_text(&TargetEvent::Last(Box::new(moved)));
        assert!(last.ends_with("not logged"), "{last}");
        let refused = target_text(&TargetEvent::NotAllowed {
            target: target(),
            addresses: vec![SocketAddr::from(([203, 0, 113, 7], 80))],
        });
        assert!(refused.contains("203.0.113.7:80"), "{refused}");
        assert!(
            refused.contains("--allow-target does not allow"),
            "{refused}"
        );
    }

    #[test]
    fn an_undo_says_what_it_gave_back() {
        let text = |changes| change_text(&ChangeEvent::Undone(changes));
        assert_eq!(text(Vec::new()), "undone: nothing left to revert");
        let ends = ChangeEvent::Edited(vec![EditLine::BurstEnds]);
        assert_eq!(text(vec![ends]), "undone: burst ended");
        let edits = ChangeEvent::Edited(vec![
            EditLine::Users { from: 5, to: 3 },
            EditLine::SpawnRate { from: 1.5, to: 2.0 },
        ]);
        assert_eq!(
            text(vec![edits]),
            "undone: users 5 → 3, spawn rate 1.5 → 2/s"
        );
    }

    #[test]
    fn dropped_lines_are_counted() {
        let dropped = |lines| {
            event_text(&EventData::LogLinesDropped {
                lines,
                most_a_second: 10,
            })
        };
        assert_eq!(dropped(8), "8 `log` lines skipped (limit: 10/s)");
        assert!(dropped(1).starts_with("1 `log` line skipped"));
    }
}
