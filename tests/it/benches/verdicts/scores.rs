use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use super::cases::Set;
use super::causes::Cause;
use super::label::{ExpectedCause, Label};
use super::outcome::{Counters, Finished, Reported, Verdict};
use super::results::{Results, fingerprint};
use super::score::{HEALTHY, Naming, ScoredRun, causes, misses, verdicts};
use super::table;

fn reported(verdict: Verdict, named: &[&str]) -> Reported {
    Reported {
        verdict,
        reason: "because".to_owned(),
        named: named.iter().map(|&id| id.to_owned()).collect(),
        exit: Some(0),
    }
}

fn scored(
    family: &'static str,
    right: &[Verdict],
    expected_cause: ExpectedCause,
    reported: Reported,
) -> ScoredRun {
    ScoredRun {
        id: format!("{family}/{}", reported.verdict.word()),
        family,
        label: Label {
            verdicts: right.iter().copied().collect(),
            expected_cause,
        },
        reported,
    }
}

/// One run of each kind.
fn runs() -> Vec<ScoredRun> {
    use Verdict::{Fail, Invalid, Pass, Undecided};
    let limited = ExpectedCause::Certainly(Cause::RateLimited);
    vec![
        scored(
            HEALTHY,
            &[Pass],
            ExpectedCause::Nothing,
            reported(Pass, &[]),
        ),
        scored(
            HEALTHY,
            &[Pass],
            ExpectedCause::Nothing,
            reported(Invalid, &["generator.late"]),
        ),
        scored(
            "fault",
            &[Fail, Invalid],
            limited,
            reported(Invalid, &["target.rate_limited", "script.turned_away"]),
        ),
        scored("fault", &[Fail], limited, reported(Pass, &[])),
        scored(
            "fault",
            &[Pass, Fail],
            ExpectedCause::Perhaps(Cause::RateLimited),
            reported(Fail, &["target.rate_limited"]),
        ),
        scored(
            "fault",
            &[Undecided],
            ExpectedCause::Nothing,
            reported(Undecided, &[]),
        ),
    ]
}

#[test]
fn false_verdicts_are_told_from_right_ones() {
    let runs = runs();
    let count = |is: fn(&ScoredRun) -> bool| runs.iter().filter(|run| is(run)).count();
    assert_eq!(count(ScoredRun::is_right), 4);
    assert_eq!(count(ScoredRun::is_false_pass), 1);
    assert_eq!(count(ScoredRun::is_false_alarm), 1);
}

#[test]
fn verdicts_stand_against_labels() {
    let matrix = verdicts(&runs());
    let row = |label: &str| matrix[label].clone();
    assert_eq!(
        row("PASS"),
        BTreeMap::from([("INVALID".to_owned(), 1), ("PASS".to_owned(), 1)])
    );
    assert_eq!(
        row("FAIL or INVALID"),
        BTreeMap::from([("INVALID".to_owned(), 1)])
    );
    assert_eq!(matrix.values().flat_map(BTreeMap::values).sum::<u32>(), 6);
}

#[test]
fn precision_and_recall_are_over_all_names() {
    let naming = Naming::of(&runs());
    let expected = Naming {
        hits: 1,
        misses: 1,
        wrong: 1,
    };
    assert_eq!(naming, expected);
    assert!((naming.precision() - 0.5).abs() < 1e-12);
    assert!((naming.recall() - 0.5).abs() < 1e-12);
    // Of nothing nothing is wrong.
    let nothing = Naming::of(&[]);
    assert!((nothing.precision() - 1.0).abs() < 1e-12 && (nothing.recall() - 1.0).abs() < 1e-12);
}

#[test]
fn causes_stand_against_labels() {
    let matrix = causes(&runs());
    assert_eq!(
        matrix["rate limited"],
        BTreeMap::from([("nothing".to_owned(), 1), ("right".to_owned(), 1)])
    );
    assert_eq!(
        matrix["nothing"],
        BTreeMap::from([("generator.late".to_owned(), 1), ("nothing".to_owned(), 2)])
    );
    assert_eq!(matrix["rate limited or nothing"]["right"], 1);
}

#[test]
fn misses_are_listed_by_family() {
    let runs = runs();
    let misses = misses(&runs);
    assert_eq!(misses[HEALTHY].len(), 1);
    assert_eq!(misses["fault"].len(), 1);
    let (text, are_reached) = table::all(&runs);
    assert!(!are_reached);
    for words in [
        "MISSED   false PASS: 1 (goal 0)",
        "MISSED   false FAIL or INVALID: 1 of 2 healthy (goal 0)",
        "| PASS | 1 |  | 1 |  |  |",
        "precision of the cause: 0.500",
        "  fault/PASS\n    PASS (label FAIL): because\n",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let (text, are_reached) = table::all(&runs[..1]);
    assert!(are_reached, "{text}");
}

#[test]
fn a_bench_that_was_cut_off_goes_on_where_it_was() {
    let name = format!("swarmdeck-verdicts-test-{}.jsonl", std::process::id());
    let path = std::env::temp_dir().join(name);
    let cases = Set::HeldOut.cases();
    let finished = |number: usize| Finished {
        id: cases[number].id.clone(),
        case: fingerprint(&cases[number]),
        reported: reported(Verdict::Pass, &["target.refused"]),
        lab: Counters {
            received: 7,
            answered: 7,
            by_status: BTreeMap::from([(200, 7)]),
            by_route: BTreeMap::new(),
        },
        took_s: 1.5,
    };
    let mut results = Results::open(&path, true).expect("a file");
    results.add(finished(0)).expect("written");
    // Of another case of the same id, and cut off in the middle.
    let stale = Finished {
        case: "0".to_owned(),
        ..finished(1)
    };
    results.add(stale).expect("written");
    drop(results);
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .expect("there");
    file.write_all(b"{\"id\": \"fault").expect("written");
    drop(file);

    let mut results = Results::open(&path, false).expect("a file");
    assert_eq!(results.of(&cases[0]), Some(&finished(0)));
    assert_eq!(results.of(&cases[1]), None);
    results.add(finished(1)).expect("written");
    results.add(finished(2)).expect("written");
    drop(results);
    let results = Results::open(&path, false).expect("a file");
    let known: BTreeSet<usize> = (0..4)
        .filter(|&number| results.of(&cases[number]).is_some())
        .collect();
    assert_eq!(known, BTreeSet::from([0, 1, 2]));
    drop(results);
    let results = Results::open(&path, true).expect("a file");
    assert_eq!(results.of(&cases[0]), None);
    std::fs::remove_file(&path).expect("there");
}
