//! Findings from statuses and refusals.

use super::samples::{Kind, LIST, LOGIN, READ, Run, failing, steady};
use crate::model::{ConnectFailure, Failure, LostAt, NameIntent, TlsFailure};
use crate::verdict::Figure;

#[test]
fn the_script_is_told_apart_from_the_target() {
    let run = || Run::new(&[LOGIN, LIST, READ]);
    let at = |name, status| Kind {
        name,
        ..Kind::of(status)
    };
    let accepted = |name, status| Kind {
        failure: None,
        ..at(name, status)
    };
    for (run, expected) in [
        (
            run().answered(at(1, 401), 30).answered(at(1, 200), 20),
            "script.bad_auth",
        ),
        (
            run().answered(at(1, 401), 15).answered(at(1, 403), 15),
            "script.bad_auth",
        ),
        (run().answered(at(1, 401), 25).answered(at(1, 200), 25), ""),
        (run().answered(at(1, 401), 19), ""),
        (run().answered(at(0, 401), 3).users(3, 3), "script.bad_auth"),
        (
            run().answered(at(0, 404), 1).users(1, 1),
            "script.wrong_path",
        ),
        (
            run()
                .answered(accepted(2, 404), 51)
                .answered(at(2, 200), 49),
            "script.wrong_path",
        ),
        (
            run()
                .answered(accepted(2, 404), 50)
                .answered(at(2, 200), 50),
            "",
        ),
        (
            run().answered(at(1, 429), 20).answered(at(1, 200), 380),
            "target.rate_limited",
        ),
        (run().answered(at(1, 429), 19).answered(at(1, 200), 1), ""),
        (run().answered(at(1, 429), 20).answered(at(1, 200), 400), ""),
    ] {
        assert_eq!(run.ids().join(" "), expected);
    }
}

#[test]
fn findings_say_what_they_rest_on_and_what_to_do() {
    let found = Run::new(&[LOGIN])
        .answered(Kind::of(401), 40)
        .users(40, 40)
        .findings();
    let finding = &found[0];
    let said = "requests send no valid credentials: 40 of 40 responses (100%) from POST /api/v1/auth/login/ were 401 or 403";
    assert_eq!(finding.text, said);
    assert_eq!(finding.figures[0], Figure::count("hits", 40));
    let evidence = [
        "POST /api/v1/auth/login/: 40 of 40 responses were 401 or 403",
        "on_start failed for 40 of 40 users",
    ];
    assert_eq!(finding.evidence, evidence);

    let found = Run::new(&[READ]).answered(Kind::of(404), 40).findings();
    assert!(
        found[0].advice.contains("capture them from responses"),
        "{}",
        found[0].advice
    );
    let many: Vec<String> = (0..9).map(|i| format!("GET /{i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let wrong = (0..9).fold(Run::new(&many), |run, name| {
        run.answered(
            Kind {
                name,
                ..Kind::of(404)
            },
            20,
        )
    });
    let found = wrong.findings();
    assert!(
        found[0].text.contains("GET /0 and 8 other names"),
        "{}",
        found[0].text
    );
    assert_eq!(found[0].evidence.len(), 6);
    assert_eq!(found[0].evidence[5], "and 4 more");
}

#[test]
fn connections_that_are_closed_silently_are_named_with_what_helps() {
    let lost = Kind::failed(Failure::Lost(LostAt::Idle));
    let run = |lost_count, answers| {
        Run::new(&[LIST])
            .answered(Kind::of(200), answers)
            .answered(lost, lost_count)
    };
    let found = run(10, 90).findings();
    assert_eq!(found[0].id, "target.closes_idle");
    assert!(
        found[0].text.contains("10 of 100 requests (10%)"),
        "{}",
        found[0].text
    );
    assert!(
        found[0].advice.contains("max_connection_age"),
        "{}",
        found[0].advice
    );
    for (lost, answers) in [(4, 10), (5, 5_000)] {
        let ids = run(lost, answers).ids();
        assert!(ids.iter().all(|id| id != "target.closes_idle"), "{ids:?}");
    }
    let real = Kind::failed(Failure::Lost(LostAt::ClosedBeforeAnswer));
    let ids = Run::new(&[LIST])
        .answered(Kind::of(200), 90)
        .answered(real, 10)
        .ids();
    assert!(ids.iter().all(|id| id != "target.closes_idle"), "{ids:?}");
}

#[test]
fn refusals_have_their_time() {
    let refused = |ended_us| Kind {
        ended_us,
        ..Kind::failed(Failure::Connect(ConnectFailure::Refused))
    };
    let run = || Run::new(&[LIST]);
    let found = run()
        .answered(Kind::of(200), 100)
        .answered(refused(12_000_000), 10)
        .answered(refused(45_000_000), 10)
        .findings();
    assert_eq!(found[0].id, "target.refused");
    assert_eq!(found[0].range_s, Some((12.0, 45.0)));
    assert!(
        found[0].text.contains("from 0:12 to 0:45"),
        "{}",
        found[0].text
    );
    let never = run().answered(refused(5), 10).findings();
    assert!(
        never[0].text.contains("from the start;"),
        "{}",
        never[0].text
    );
    for (refusals, answers) in [(9, 0), (10, 1_000)] {
        let run = run().answered(Kind::of(200), answers);
        assert!(run.answered(refused(5), refusals).ids().is_empty());
    }
    let reset = Kind::failed(Failure::Connect(ConnectFailure::Reset));
    assert_eq!(run().answered(reset, 50).ids(), ["target.always_fails"]);
}

#[test]
fn names_that_are_ids_are_too_many() {
    let names: Vec<String> = (0..300).map(|i| format!("GET /things/{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let run = |each| {
        (0..300).fold(Run::new(&names), |run, name| {
            run.answered(
                Kind {
                    name,
                    ..Kind::of(200)
                },
                each,
            )
        })
    };
    assert_eq!(run(2).ids(), ["script.many_names"]);
    assert!(run(10).ids().is_empty());
}

#[test]
fn the_script_comes_first() {
    let run =
        Run::of_rows(failing(steady(120, |_| 20.0), 60, 64, 40)).answered(Kind::of(401), 20_000);
    assert_eq!(run.ids(), ["script.bad_auth", "target.errors_burst"]);
}

/// Of the login, and of what comes after it.
fn with_login() -> Vec<NameIntent> {
    let login = NameIntent {
        is_in_on_start: true,
        ..NameIntent::default()
    };
    vec![login, NameIntent::default(), NameIntent::default()]
}

#[test]
fn advice_follows_from_what_was_seen() {
    let at = |name, status| Kind {
        name,
        ..Kind::of(status)
    };
    let run = || Run::new(&[LOGIN, LIST, READ]).meaning(with_login());
    for (run, id, text, advice) in [
        (
            run().answered(at(0, 401), 40).users(40, 40),
            "script.bad_auth",
            "login fails: 40 of 40",
            "Check that the account exists",
        ),
        (
            run().answered(at(0, 403), 40).users(40, 40),
            "script.bad_auth",
            "login fails",
            "1. Form logins often need a CSRF token",
        ),
        (
            run().answered(at(0, 200), 40).answered(at(1, 403), 100),
            "script.forbidden",
            "login works (40 of 40 succeeded), but later requests are forbidden: 100 of 100",
            "1. Permission",
        ),
        (
            run().answered(at(0, 200), 40).answered(at(1, 401), 100),
            "script.bad_auth",
            "login works (40 of 40 succeeded), but later requests send no valid credentials",
            "Check that the login token",
        ),
        (
            run().answered(at(0, 404), 40).users(40, 40),
            "script.wrong_path",
            "not found: 40 of 40",
            "Compare the login path",
        ),
    ] {
        let found = run.findings();
        assert_eq!(found[0].id, id);
        assert!(found[0].text.starts_with(text), "{}", found[0].text);
        assert!(found[0].advice.starts_with(advice), "{}", found[0].advice);
        assert!(!found[0].advice.contains("jango"));
    }
}

#[test]
fn errors_that_a_step_wants_are_no_finding() {
    let mut wanted = NameIntent {
        wants_errors_only: true,
        ..NameIntent::default()
    };
    wanted.wanted.add(400, 499);
    for status in [401, 403, 404, 429] {
        let kind = Kind {
            failure: None,
            ..Kind::of(status)
        };
        let run = Run::new(&[READ]).meaning(vec![wanted.clone()]);
        assert!(run.answered(kind, 100).ids().is_empty(), "{status}");
    }
    let missed = Run::new(&[READ]).meaning(vec![wanted]).answered(
        Kind {
            failure: Some(Failure::Status(200)),
            ..Kind::of(200)
        },
        100,
    );
    assert_eq!(missed.ids(), ["script.always_fails"]);
}

#[test]
fn a_name_that_always_fails_is_told_with_its_numbers() {
    let run = |failures, successes| {
        Run::new(&[LIST])
            .answered(Kind::of(500), failures)
            .answered(Kind::of(200), successes)
    };
    let quoted = run(1_564, 0).quoting(0, Failure::Status(500), "No active risk model found");
    let found = quoted.findings();
    assert_eq!(found[0].id, "target.always_fails");
    let text = "1564 of 1564 requests of GET /api/v1/deployments/ failed: status 500; first response: No active risk model found";
    assert_eq!(found[0].text, text);
    let figures = [
        Figure::count("failures", 1_564).of(LIST),
        Figure::count("requests", 1_564).of(LIST),
        Figure::count("status", 500).of(LIST),
    ];
    assert_eq!(found[0].figures, figures);
    assert_eq!(run(95, 5).ids(), ["target.always_fails"]);
    assert!(run(94, 6).ids().is_empty());
    assert!(run(19, 0).ids().is_empty());
    let of = |failure| Run::new(&[LIST]).answered(Kind::failed(failure), 50).ids();
    assert_eq!(of(Failure::Capture(0)), ["script.always_fails"]);
    assert_eq!(of(Failure::Status(400)), ["script.always_fails"]);
    // An answer that is only too late is the target's.
    let late = NameIntent {
        times: vec![3],
        ..NameIntent::default()
    };
    for (text, expected) in [(3, "target.always_fails"), (4, "script.always_fails")] {
        let run = Run::new(&[LIST]).meaning(vec![late.clone()]);
        let run = run.answered(Kind::failed(Failure::Expectation(text)), 100);
        assert_eq!(run.ids(), [expected], "{text}");
    }
    assert_eq!(
        of(Failure::Connect(ConnectFailure::Refused)),
        ["target.refused"],
        "said already"
    );
    assert_eq!(
        of(Failure::Tls(TlsFailure::UnknownIssuer)),
        ["target.tls"],
        "said already"
    );
}

#[test]
fn handshakes_that_fail_say_why() {
    let run = Run::new(&[LIST])
        .answered(Kind::failed(Failure::Tls(TlsFailure::Expired)), 9)
        .answered(Kind::failed(Failure::Tls(TlsFailure::WrongName)), 10);
    let found = run.findings();
    let text = "TLS handshake failed for 19 of 19 requests (100%): the certificate is for another host name";
    assert_eq!(found[0].text, text);
    assert_eq!(found[0].evidence.len(), 2);
    assert!(found[0].advice.starts_with("Use the host name"));
    let few = Run::new(&[LIST]).answered(Kind::failed(Failure::Tls(TlsFailure::Expired)), 9);
    assert!(few.ids().is_empty());
}
