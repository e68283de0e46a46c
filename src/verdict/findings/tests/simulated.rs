//! What the rules say of simulated runs: nothing of healthy ones, and of each
//! fault what it is, whatever the seed.

use super::samples::Run;
use super::simulation::{Simulation, healthy, part};
use crate::verdict::Finding;

/// How often each finding is made of runs with these seeds.
fn detected(seeds: u64, id: &str, run: impl Fn(u64) -> Simulation) -> f64 {
    let found = (0..seeds).filter(|seed| {
        let ids = run(*seed).run().ids();
        ids.iter().any(|found| found == id)
    });
    part(found.count(), seeds)
}

fn of<'f>(found: &'f [Finding], id: &str) -> &'f Finding {
    let finding = found.iter().find(|finding| finding.id == id);
    finding.unwrap_or_else(|| panic!("no {id}: {found:#?}"))
}

fn value(finding: &Finding, key: &str) -> f64 {
    let figure = finding.figures.iter().find(|figure| figure.key == key);
    figure
        .unwrap_or_else(|| panic!("no {key}: {finding:#?}"))
        .value
}

#[test]
fn two_hundred_healthy_runs_have_no_finding() {
    for seed in 0..200 {
        let run = healthy(seed);
        let found = run.clone().run().findings();
        assert_eq!(found, [], "{run:#?}");
    }
}

/// 15 requests a second, 30 ms each were the target free, and 100 users at once.
fn saturated(seed: u64) -> Simulation {
    Simulation {
        seed,
        seconds: 30,
        spawn_rate: 100_000,
        service_ms: 66.0,
        servers: 1,
        ..Simulation::default()
    }
}

#[test]
fn saturation_from_the_first_second_is_seen_without_a_lower_load() {
    for id in ["target.throughput_limit", "target.queueing"] {
        assert_eq!(detected(30, id, saturated), 1.0, "{id}");
        let ramp = |seed| Simulation {
            spawn_rate: 10,
            ..saturated(seed)
        };
        assert_eq!(detected(30, id, ramp), 1.0, "{id} with a ramp");
    }
    let found = saturated(3).run().findings();
    let queue = of(&found, "target.queueing");
    // 85 of 100 wait, as N - X Z has it.
    assert!(
        (80.0..95.0).contains(&value(queue, "in_flight")),
        "{queue:#?}"
    );
    assert!((12.0..18.0).contains(&value(queue, "rate")), "{queue:#?}");
    assert!(value(queue, "fastest") < 1e6, "{queue:#?}");
    assert!(queue.text.contains("queue before the target handles them"));
}

/// A lock for 5 ms behind which 60 users queue who ask all the time.
fn locked(seed: u64, spawn_rate: u64) -> Simulation {
    Simulation {
        seed,
        seconds: 6,
        users: 60,
        spawn_rate,
        think_ms: (0.0, 0.0),
        service_ms: 5.0,
        spread: 0.05,
        servers: 1,
        ..Simulation::default()
    }
}

#[test]
fn a_queue_that_is_full_within_the_first_second_is_seen() {
    for spawn_rate in [120, 600, 100_000] {
        let run = |seed| locked(seed, spawn_rate);
        assert_eq!(
            detected(30, "target.queueing", run),
            1.0,
            "{spawn_rate} users/s"
        );
    }
    let found = locked(1, 100_000).run().findings();
    let queue = of(&found, "target.queueing");
    assert!((3e3..20e3).contains(&value(queue, "fastest")), "{queue:#?}");
    assert!(value(queue, "waiting") > 55.0, "{queue:#?}");
    // A target that becomes slower answers less, and was quick until then; what
    // came as users came is no throughput to compare with.
    for (from_s, factor, think_ms) in [(1, 20.0, 0.0), (3, 20.0, 0.0), (4, 4.0, 50.0)] {
        let slower = |seed| Simulation {
            seconds: 9,
            users: 15,
            servers: 100,
            think_ms: (think_ms, think_ms),
            service_ms: 15.0,
            after: Some((from_s, 100, factor)),
            ..locked(seed, 15)
        };
        for id in ["target.queueing", "target.throughput_limit"] {
            assert_eq!(detected(30, id, slower), 0.0, "{id} from {from_s} s");
        }
    }
}

/// Two servers of which one goes away: all users wait, so throughput halves.
fn halved(seed: u64) -> Simulation {
    Simulation {
        seed,
        think_ms: (0.0, 0.0),
        users: 5,
        spawn_rate: 1_000,
        service_ms: 20.0,
        servers: 2,
        after: Some((30, 1, 1.0)),
        ..Simulation::default()
    }
}

#[test]
fn half_the_throughput_lost_at_the_same_load_is_a_finding_of_its_own() {
    assert_eq!(detected(30, "target.throughput_loss", halved), 1.0);
    let found = halved(5).run().findings();
    let loss = of(&found, "target.throughput_loss");
    let (from_s, until_s) = loss.range_s.expect("a range");
    assert!(
        (28.0..32.0).contains(&from_s) && until_s == 60.0,
        "{loss:#?}"
    );
    assert!((0.4..0.6).contains(&value(loss, "lost")), "{loss:#?}");
    assert!(value(loss, "lost_min") > 0.3, "{loss:#?}");
    assert!(value(loss, "mean_after") > value(loss, "mean_before") * 1.5);
    // The times say the same from their side.
    let jump = of(&found, "target.latency_jump");
    let factor = value(jump, "p50_after") / value(jump, "p50_before");
    assert!((1.6..2.4).contains(&factor), "{jump:#?}");
}

#[test]
fn times_that_are_not_quite_twice_as_long_are_seen() {
    let slower = |factor| {
        move |seed| Simulation {
            seed,
            after: Some((30, 1_000, factor)),
            service_ms: 40.0,
            ..Simulation::default()
        }
    };
    assert_eq!(detected(30, "target.latency_jump", slower(1.95)), 1.0);
    assert!(detected(30, "target.latency_jump", slower(1.5)) >= 0.95);
    assert_eq!(detected(30, "target.latency_jump", slower(1.15)), 0.0);
    // Users that think for a second notice little of it.
    assert_eq!(detected(30, "target.throughput_loss", slower(1.95)), 0.0);
}

#[test]
fn what_an_operator_changes_is_no_loss_of_the_target() {
    let run = |changed: bool| {
        let run = halved(5).run();
        if changed { run.changed(30.0) } else { run }
    };
    assert!(
        run(false)
            .ids()
            .contains(&"target.throughput_loss".to_owned())
    );
    assert_eq!(run(true).ids(), [""; 0]);
}

#[test]
fn readings_say_which_went_along_with_the_load() {
    // 100 users within ten seconds; the limit is met after three.
    let run = || -> Run {
        Simulation {
            spawn_rate: 10,
            ..saturated(1)
        }
        .run()
    };
    let rising: Vec<f64> = (1..=30).map(|s| f64::from((s * 3).min(32) - 3)).collect();
    let pinned: Vec<f64> = (1..=30).map(|s| f64::from(s.min(4))).collect();
    let still: Vec<f64> = (1..=30).map(|s| 12.0 + f64::from(s % 3)).collect();
    let found = run()
        .read("haproxy.queue", &rising)
        .read("api.cpu", &still)
        .read("db.idle_in_transaction", &pinned)
        .findings();
    let readings = of(&found, "evidence.readings");
    assert!(
        readings.text.starts_with("up to the limit db.idle_in_transaction rose from 2, then stayed at 4 (max 4), and haproxy.queue rose from 3 to 29; 1 reading stayed level"),
        "{}",
        readings.text
    );
    assert_eq!(readings.evidence.len(), 3);
    let figure = readings.figures.iter().find(|figure| {
        figure.key == "reading_high" && figure.of.as_deref() == Some("haproxy.queue")
    });
    assert_eq!(figure.expect("a figure").value, 29.0);
    let missing = found
        .iter()
        .any(|finding| finding.id == "evidence.not_enough");
    assert!(!missing, "{found:#?}");

    let found = run().read("api.cpu", &still).findings();
    let not_enough = of(&found, "evidence.not_enough");
    assert!(
        not_enough.text.contains("the only reading did not rise"),
        "{}",
        not_enough.text
    );
    assert!(not_enough.evidence[0].starts_with("api.cpu stayed level"));
}

#[test]
fn readings_that_move_with_a_loss_are_named() {
    let values: Vec<f64> = (1..=60).map(|s| if s > 30 { 1.0 } else { 2.0 }).collect();
    let found = halved(5)
        .run()
        .read("haproxy.servers_up", &values)
        .findings();
    let loss = of(&found, "target.throughput_loss");
    let line = "haproxy.servers_up fell from 2 to 1 at that time";
    assert!(loss.evidence.iter().any(|one| one == line), "{loss:#?}");
}
