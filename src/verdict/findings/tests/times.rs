//! Findings from rates and times.

use super::samples::{Kind, LIST, Run, failing, open, ramp, second, steady};
use crate::model::{Failure, Phases, TimedOut};
use crate::stats::Row;
use crate::verdict::Finding;
use crate::verdict::findings::wording::float;

#[test]
fn saturation_is_seen_in_the_first_twenty_seconds_and_stays_seen() {
    for seconds in [15, 20, 240] {
        let found = Run::of_rows(ramp(seconds, 55)).findings();
        let ids: Vec<&str> = found.iter().map(|finding| &*finding.id).collect();
        assert_eq!(
            ids,
            [
                "target.throughput_limit",
                "target.queueing",
                "evidence.not_enough"
            ],
            "{seconds} s"
        );
        let (from_s, until_s) = found[0].range_s.expect("a range");
        assert!(from_s < until_s && until_s <= 28.0, "{from_s} to {until_s}");
    }
    // Failures instead of slow answers.
    let mut giving_up = ramp(60, 60);
    for row in &mut giving_up {
        row.service.p50_us = Some(500_000);
        row.failures = row.users;
        row.requests += row.users;
    }
    assert_eq!(Run::of_rows(giving_up).ids()[0], "target.throughput_limit");
    // All users at once.
    let queue = |end_s: u64| second(end_s, 200, 40, 1e3 * float(end_s.min(5)));
    let ids = Run::of_rows((1..=9).map(queue)).ids();
    assert_eq!(ids[0], "target.throughput_limit");
    // More starts than are answered, and each begins.
    let piled_up = |end_s: u64| Row {
        scheduled: 160,
        started: 160,
        in_flight: end_s * 110,
        ..second(end_s, 110 * end_s, 50, 685.0 * float(end_s))
    };
    let ids = Run::of_rows((1..=6).map(piled_up)).ids();
    assert_eq!(ids[0], "target.throughput_limit");
    // More starts than are begun.
    let slower = |end_s| 50.0 * float(end_s);
    assert_eq!(
        Run::of_rows(open(60, slower)).ids()[0],
        "target.throughput_limit"
    );
}

#[test]
fn what_looks_like_saturation_is_none() {
    let throttled = Run::of_rows(ramp(60, 55)).answered(Kind::of(429), 1_000);
    assert_eq!(throttled.ids(), ["target.rate_limited"]);
    assert!(Run::of_rows(ramp(60, 55)).busy(0.97).ids().is_empty());
    assert!(Run::of_rows(ramp(60, 55)).late(900_000).ids().is_empty());
    // Few users wait: they have little to do, and new ones begin at once.
    let idle = |end_s: u64| {
        second(
            end_s,
            (end_s * 100).min(1_000),
            100,
            if end_s < 8 { 5.0 } else { 20.0 },
        )
    };
    assert!(Run::of_rows((1..=60).map(idle)).ids().is_empty());
    // Too few users free for the starts: the target is as fast as before.
    assert!(Run::of_rows(open(60, |_| 20.0)).ids().is_empty());
    // A steady load that takes long from the first second on.
    assert!(Run::of_rows(steady(60, |_| 2_000.0)).ids().is_empty());
}

/// Without what says that requests wait, which follows from every limit here.
fn without_queue(mut found: Vec<Finding>) -> Vec<Finding> {
    found.retain(|finding| finding.id != "target.queueing");
    found
}

#[test]
fn a_pool_is_named_only_where_it_was_measured() {
    let limited = || Run::of_rows(ramp(60, 55));
    let pool = limited().read("api.log.QueuePool", &[0.0, 0.0, 3.0, 40.0, 41.0]);
    let found = pool.findings();
    let ids: Vec<&str> = found.iter().map(|finding| &*finding.id).collect();
    assert_eq!(
        ids,
        [
            "target.pool_timeout",
            "target.throughput_limit",
            "target.queueing"
        ]
    );
    assert!(
        found[0].text.contains("counted 41 pool timeouts"),
        "{}",
        found[0].text
    );
    assert_eq!(found[0].range_s, Some((3.0, 5.0)));
    for (name, value) in [("api.log.QueuePool", 0.0), ("db.active", 60.0)] {
        let found = limited().read(name, &[value]).findings();
        let not_enough = &found[2];
        assert_eq!(not_enough.id, "evidence.not_enough");
        assert!(
            not_enough.text.contains("cannot be compared"),
            "{}",
            not_enough.text
        );
    }
    let found = without_queue(limited().findings());
    assert!(
        found[1].text.contains("no probe readings"),
        "{}",
        found[1].text
    );
    assert!(found[1].advice.contains("QueuePool"), "{}", found[1].advice);
}

#[test]
fn errors_that_all_take_as_long_hint_at_a_limit() {
    let after = |service_us| Kind {
        service_us,
        ..Kind::of(500)
    };
    let run = || Run::new(&[LIST]).answered(Kind::of(200), 100);
    let found = run()
        .answered(after(500_000), 20)
        .answered(after(520_000), 10)
        .findings();
    assert_eq!(found[0].id, "evidence.not_enough");
    assert!(
        found[0].evidence[0].contains("after 500 ms each"),
        "{:?}",
        found[0].evidence
    );
    assert!(run().answered(after(500_000), 19).ids().is_empty());
    assert!(run().answered(after(50_000), 30).ids().is_empty());
    let spread = run()
        .answered(after(200_000), 15)
        .answered(after(900_000), 15);
    assert!(spread.ids().is_empty());
    // Our own time-out says nothing of the target's.
    let own = Kind {
        service_us: 500_000,
        ..Kind::failed(Failure::TimedOut(TimedOut::FirstByte))
    };
    assert!(run().answered(own, 30).ids().is_empty());
}

#[test]
fn jumps_drifts_and_neither() {
    let jump = |at_s, from_ms, to_ms| move |end_s| if end_s > at_s { to_ms } else { from_ms };
    let rise = |per_s: f64| move |end_s| 150.0 + per_s * float(end_s);
    let ids = |rows| Run::of_rows(rows).ids().join(" ");
    assert_eq!(
        ids(steady(300, jump(150, 150.0, 2_000.0))),
        "target.latency_jump"
    );
    assert_eq!(ids(steady(9, jump(5, 20.0, 200.0))), "target.latency_jump");
    assert_eq!(
        ids(steady(300, jump(150, 150.0, 280.0))),
        "target.latency_jump",
        "less than twice as long"
    );
    assert_eq!(
        ids(steady(300, jump(150, 150.0, 170.0))),
        "",
        "beyond chance, and too little to matter"
    );
    assert_eq!(
        ids(steady(300, jump(150, 3.0, 9.0))),
        "",
        "too small to matter"
    );
    assert_eq!(
        ids(steady(300, jump(150, 2_000.0, 150.0))),
        "",
        "it got better"
    );
    assert_eq!(
        ids(steady(300, jump(298, 150.0, 2_000.0))),
        "",
        "too short to say"
    );
    assert_eq!(ids(steady(300, rise(1.0))), "target.latency_drift");
    // It slows down by the request, so ever less by the second, as measured.
    let leak = |end_s: u64| {
        let p50_ms = (3_600 * end_s).isqrt() - 40;
        second(end_s, 10, 10_000 / (p50_ms + 90), float(p50_ms))
    };
    assert_eq!(ids((1..=36).map(leak).collect()), "target.latency_drift");
    assert_eq!(ids(steady(300, rise(0.05))), "", "15 ms in five minutes");
    assert_eq!(ids(steady(29, rise(5.0))), "", "too short to say");
    let spike = |end_s| {
        if (100..110).contains(&end_s) {
            2_000.0
        } else {
            150.0
        }
    };
    assert_eq!(ids(steady(300, spike)), "", "it went away");
    // With more users it is no jump of the target.
    let mut more = steady(300, jump(150, 150.0, 2_000.0));
    more.iter_mut()
        .filter(|row| row.end_s > 150)
        .for_each(|row| row.users = 2_000);
    assert!(!ids(more).contains("jump"));
}

#[test]
fn a_jump_has_its_moment() {
    let found = Run::of_rows(steady(
        300,
        |end_s| if end_s > 150 { 2_000.0 } else { 150.0 },
    ))
    .findings();
    assert_eq!(found[0].range_s, Some((150.0, 300.0)));
    assert_eq!(
        found[0].text,
        "the median jumped from 150 ms to 2.01 s at 2:30, at constant load"
    );
    assert!(found[0].advice.contains("pg_stat_activity"));
}

#[test]
fn bursts_stand_out_of_the_rest() {
    let rows =
        |from_s, until_s, failures| failing(steady(120, |_| 20.0), from_s, until_s, failures);
    let found = Run::of_rows(rows(60, 64, 40)).findings();
    assert_eq!(found[0].id, "target.errors_burst");
    assert_eq!(found[0].range_s, Some((60.0, 64.0)));
    assert!(
        found[0].text.starts_with("160 requests failed from "),
        "{}",
        found[0].text
    );
    let twice = failing(rows(60, 64, 40), 90, 92, 40);
    let found = Run::of_rows(twice).findings();
    assert!(found[0].text.contains("in 2 episodes"), "{}", found[0].text);
    assert_eq!(found[0].evidence.len(), 2);
    let near = failing(rows(60, 62, 40), 65, 66, 40);
    assert_eq!(Run::of_rows(near).findings()[0].evidence.len(), 1);
    for (from_s, until_s, failures) in [(60, 61, 9), (60, 64, 4), (0, 120, 40)] {
        assert!(
            Run::of_rows(rows(from_s, until_s, failures))
                .ids()
                .is_empty(),
            "{failures}"
        );
    }
}

#[test]
fn connections_that_are_accepted_late_are_told() {
    let slow = |connect_us| Kind {
        service_us: 1_200_000,
        phases: Phases {
            connect_us,
            ..Phases::default()
        },
        ..Kind::of(200)
    };
    let run = |connect_us, times| {
        Run::new(&[LIST])
            .answered(slow(connect_us), times)
            .connections(times)
    };
    let found = run(1_100_000, 60).findings();
    assert_eq!(found[0].id, "target.accept_queue");
    assert!(
        found[0].text.contains("60 took 1.10 s each"),
        "{}",
        found[0].text
    );
    assert!(run(1_100_000, 49).ids().is_empty());
    assert!(run(300_000, 60).ids().is_empty(), "another continent");
    let gave_up = Kind::failed(Failure::TimedOut(TimedOut::Connect));
    let run = Run::new(&[LIST])
        .answered(Kind::of(200), 100)
        .answered(gave_up, 10);
    assert_eq!(run.ids(), ["target.accept_queue"]);
}
