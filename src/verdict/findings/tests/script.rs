//! What statuses and refusals say.

use super::samples::{Kind, LIST, LOGIN, READ, Run, failing, steady};
use crate::model::{ConnectFailure, Failure};

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
    let said = "the requests carry no valid credentials: 40 of 40 answers (100.0 %) of POST /api/v1/auth/login/ are 401 or 403";
    assert_eq!(finding.text, said);
    let evidence = [
        "POST /api/v1/auth/login/: 40 of 40 answers are 401 or 403",
        "40 of 40 users could not start",
    ];
    assert_eq!(finding.evidence, evidence);
    let steps = ["get_or_create(username=", "set_password(", "user.save()"];
    let places = steps.map(|step| finding.advice.find(step).expect(step));
    assert!(places.is_sorted(), "{places:?}");

    let found = Run::new(&[READ]).answered(Kind::of(404), 40).findings();
    assert!(
        found[0].advice.contains("capture ids"),
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
        found[0].text.contains("from 12.0 s to 45.0 s"),
        "{}",
        found[0].text
    );
    let never = run().answered(refused(5), 10).findings();
    assert!(
        never[0].text.contains("from the start on"),
        "{}",
        never[0].text
    );
    for (refusals, answers) in [(9, 0), (10, 1_000)] {
        let run = run().answered(Kind::of(200), answers);
        assert!(run.answered(refused(5), refusals).ids().is_empty());
    }
    let reset = Kind::failed(Failure::Connect(ConnectFailure::Reset));
    assert!(run().answered(reset, 50).ids().is_empty());
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
