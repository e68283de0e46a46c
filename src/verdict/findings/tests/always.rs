//! Findings of any run, and notes.

use proptest::prelude::*;

use super::samples::{Kind, LIST, LOGIN, READ, Run, open, ramp, second, steady};
use crate::stats::{Percentiles, Row};

#[test]
fn healthy_runs_have_no_finding() {
    let nothing: [&str; 0] = [];
    assert_eq!(Run::new(&[]).ids(), nothing);
    assert_eq!(Run::of_rows(ramp(60, 10_000)).ids(), nothing);
    assert_eq!(Run::of_rows(steady(300, |_| 150.0)).ids(), nothing);
    assert_eq!(Run::of_rows(open(100, |_| 20.0)).ids(), nothing);
    let stray = Run::of_rows(steady(300, |_| 150.0))
        .answered(Kind::of(404), 5)
        .answered(Kind::of(401), 5)
        .answered(Kind::of(429), 5)
        .answered(Kind::of(503), 5);
    assert_eq!(stray.ids(), nothing);
}

#[test]
fn remarks_say_what_is_nobodys_fault() {
    let run = || {
        Run::new(&[LIST]).answered(
            Kind {
                service_us: 100_000,
                ..Kind::of(200)
            },
            100,
        )
    };
    let ids = |run: Run| {
        let said = run
            .remarks()
            .into_iter()
            .map(|remark| remark.id.into_owned());
        said.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ids(run()), "");
    assert_eq!(ids(run().busy(0.95)), "generator.limited");
    assert_eq!(ids(run().busy(0.94)), "");
    let failed = |service_us| Kind {
        service_us,
        ..Kind::of(500)
    };
    assert_eq!(ids(run().answered(failed(2_000), 20)), "failures.fast");
    assert_eq!(ids(run().answered(failed(2_000), 19)), "");
    assert_eq!(ids(run().answered(failed(60_000), 20)), "");
    let big = Kind {
        bytes: 120 * 1024,
        ..Kind::of(500)
    };
    assert_eq!(ids(Run::new(&[LIST]).answered(big, 20)), "failures.big");
    assert_eq!(
        ids(run().answered(
            Kind {
                service_us: 100_000,
                ..big
            },
            20
        )),
        "",
        "not by name"
    );
    assert_eq!(
        ids(Run::new(&["GET (other)"]).answered(Kind::of(200), 1)),
        "names.folded"
    );
    for host in [
        "http://localhost:8000",
        "https://127.0.0.2/x",
        "http://[::1]:80",
        "http://a.localhost",
    ] {
        assert_eq!(ids(run().against(host)), "target.local", "{host}");
    }
    for host in [
        "http://10.0.0.1",
        "http://localhost.example",
        "http://127.example.com",
        "http://[::2]",
        "",
    ] {
        assert_eq!(ids(run().against(host)), "", "{host}");
    }
}

proptest! {
    #[test]
    fn no_data_makes_the_rules_panic_and_the_same_says_the_same(
        rows in proptest::collection::vec(
            (0_u64..2_000, 0_u64..400, 0_u64..(1 << 40), 0_u64..(1 << 40), proptest::option::of(0_u64..4_000_000_000), 0_u64..2_000_000, 0_u64..5),
            0..80,
        ),
        statuses in proptest::collection::vec((0_u16..3, 0_u16..600, 0_u64..60, 0_u64..4_000_000_000), 0..12),
        values in proptest::collection::vec(-1e12_f64..1e12, 0..5),
    ) {
        let rows = rows.iter().map(|&(end_s, width_s, requests, failures, p50_us, users, starts)| Row {
            width_s,
            failures,
            service: Percentiles { p50_us, ..Percentiles::default() },
            sum_us: starts * failures,
            in_flight: failures,
            scheduled: starts * users,
            started: starts * failures,
            ..second(end_s, users, requests, 0.0)
        });
        let rows: Vec<Row> = rows.collect();
        let run = || {
            let run = Run::new(&[LOGIN, LIST, READ]).with_rows(rows.clone()).read("log.QueuePool", &values);
            statuses.iter().fold(run, |run, &(name, status, times, service_us)| {
                run.answered(Kind { name, service_us, ..Kind::of(status) }, times)
            })
        };
        let found = run().findings();
        prop_assert!(found.len() <= crate::verdict::MAX_FINDINGS);
        prop_assert_eq!(found, run().findings());
        prop_assert_eq!(run().remarks(), run().remarks());
    }
}
