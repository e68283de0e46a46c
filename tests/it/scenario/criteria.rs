//! `criteria:`, what is wrong with them, and what is said of weak ones.

use swarmdeck::model::{CriterionWindow, Selector};
use swarmdeck::scenario::{
    Changes, Environment, Fit, RunOptions, Selection, Source, builtin, load, parse_criterion,
    read as read_with,
};

use super::mistakes::assert_mistakes;
use super::try_load;

/// A shop with two classes, in which some rows are shared.
fn shop(criteria: &str) -> String {
    format!(
        "criteria: {criteria}
load: {{users: 10, run_time: 5m}}
user_classes:
  Visitor:
    wait: 1s
    on_start: [{{get: /login/}}]
    tasks:
      look: {{tags: [read], steps: [{{get: /items/}}]}}
      buy: {{tags: [write], steps: [{{post: /items/, name: buying}}, {{get: /login/}}]}}
      rest: [{{think: 1s}}]
  Robot:
    wait: {{pacing: 1s}}
    tasks:
      scan:
        - group: a scan
          steps: [{{get: /items/, name: scanning}}]
"
    )
}

/// The criteria of a sound file.
fn read(criteria: &str) -> swarmdeck::model::Criteria {
    let loaded = try_load(&shop(criteria)).unwrap_or_else(|problems| panic!("{problems:#?}"));
    loaded.scenario.criteria
}

#[test]
fn a_list_or_a_map_with_a_warm_up() {
    let criteria = read("[rps >= 50, success == 100%, p50 of \"GET /items/\" < 200ms]");
    assert_eq!((criteria.list.len(), criteria.after.as_secs()), (3, 0));
    let criteria = read("{after: 10s, all: [rps >= 5 sustained 60s]}");
    assert_eq!(criteria.after.as_secs(), 10);
    assert_eq!(criteria.list[0].window, CriterionWindow::Sustained(60));
    assert_eq!(read("[]").list, []);
}

#[test]
fn what_can_be_selected() {
    for selector in [
        "\"/items/\"",
        "\"GET /items/\"",
        "'buying'",
        "'POST buying'",
        "\"a scan\"",
        "tag:read",
        "task:scan",
        "class:Robot",
        "class:Visitor",
        "status:5xx",
    ] {
        let criteria = read(&format!(
            "[\"failures of {} <= 5\"]",
            selector.replace('"', "\\\"")
        ));
        assert_ne!(criteria.list[0].of, Selector::All);
    }
    read(
        "[response.p99 < 1s, response.p99 of class:Robot < 1s, response.max of \"scanning\" < 1s]",
    );
}

#[test]
fn mistakes_have_their_place_and_cure() {
    let many = format!("[{}]", ["rps > 1"; 101].join(", "));
    assert_mistakes(
        "criteria",
        shop,
        &[
            "[p99 < 500]",
            "[rps >= 5, p98x < 1s]",
            "[\"rps of tag:raed > 0\"]",
            "[rps of task:loook > 0]",
            "[rps of class:Visitr > 0]",
            "[rps of \"GET /item/\" > 0]",
            "[rps of \"nowhere near\" > 0]",
            "[rps of task:rest > 0]",
            "[rps of task:buy > 0]",
            "[response.p99 of task:look < 1s]",
            "[requests >= 10,000]",
            "p99 < 1s",
            "{after: 10s}",
            "{after: soon, all: []}",
            "{aftr: 1s, all: []}",
            "[[p99 < 1s]]",
            &many,
        ],
    );
}

#[test]
fn what_is_wrong_elsewhere_is_not_blamed_on_criteria() {
    let text = shop("[rps of task:look > 0, p99 < 5]").replace("get: /items/}]", "gte: /items/}]");
    let problems = try_load(&text).unwrap_err();
    let said = |part: &str| problems.iter().any(|one| one.message.contains(part));
    assert!(said("unknown key `gte`") && said("no value of this metric"));
    assert!(
        !said("selects nothing") && !said("sends no requests"),
        "{problems:#?}"
    );
}

#[test]
fn a_criterion_beside_the_file_is_checked_as_well() {
    let loaded = try_load(&shop("[]")).unwrap();
    let sound = parse_criterion("p99 of task:look < 1s").unwrap();
    assert_eq!(loaded.check_criterion(&sound), Ok(Fit::Judged));
    let unknown = parse_criterion("p99 of task:lok < 1s").unwrap();
    let error = loaded.check_criterion(&unknown).unwrap_err();
    assert_eq!(error.column, 5);
    assert_eq!(
        error.to_string(),
        "column 5: task:lok selects nothing in this scenario (did you mean `look`?)"
    );
}

#[test]
fn what_the_selection_leaves_out_is_not_judged_and_said() {
    let selected = |criteria: &str, classes: &[&str], tags: &[&str]| {
        let list = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let selection = Selection {
            classes: list(classes),
            tags: list(tags),
            ..Selection::default()
        };
        let changes = Changes {
            selection,
            ..Changes::default()
        };
        let source = Source::new("x.yaml", shop(criteria));
        read_with(&source, &Environment::default(), &changes).loaded
    };
    for (criterion, is_judged) in [
        ("p99 of task:look < 1s", true),
        ("p99 of \"GET /items/\" < 1s", true),
        ("p99 of tag:write < 1s", false),
        ("p99 of task:buy < 1s", false),
        ("p99 of 'POST buying' < 1s", false),
        ("p99 of \"a scan\" < 1s", false),
        ("p99 of class:Robot < 1s", false),
        ("p99 of task:scan < 1s", false),
        ("response.p99 of class:Robot < 1s", false),
        ("response.p99 < 1s", false),
    ] {
        let list = format!("[rps > 0, {criterion:?}]");
        let loaded = selected(&list, &["Visitor"], &["read"]);
        let loaded = loaded.unwrap_or_else(|problems| panic!("{criterion}: {problems:#?}"));
        let criteria = &loaded.scenario.criteria;
        assert_eq!(criteria.list.len() == 2, is_judged, "{criterion}");
        let said = format!(
            "not judged: {criterion}: the choice of user classes and --tags read leaves out what it is about"
        );
        let expected = if is_judged { vec![] } else { vec![said] };
        assert_eq!(criteria.left_out, expected, "{criterion}");
        let wish = RunOptions {
            host: Some("http://127.0.0.1:1".to_owned()),
            criteria: vec![parse_criterion(criterion).unwrap()],
            ..RunOptions::default()
        };
        let (spec, _) = loaded.plan(&wish).unwrap();
        let count = if is_judged { (3, 0) } else { (1, 2) };
        let criteria = (spec.criteria.list.len(), spec.criteria.left_out.len());
        assert_eq!(criteria, count, "{criterion}");
    }
    // What is nowhere in the scenario is a mistake whatever is selected.
    let problems = selected("[p99 of task:by < 1s]", &["Visitor"], &["read"]).unwrap_err();
    assert!(problems[0].message.contains("task:by selects nothing"));
}

#[test]
fn weak_counts_are_remarked_on() {
    let remarks = |criteria: &str| try_load(&shop(criteria)).unwrap().remarks();
    let said = remarks("[requests >= 150]");
    assert_eq!(
        said,
        [
            "`requests >= 150` in 5m is 0.5 requests/s: little, when the load can start up to 10 tasks/s; `rps >= ...` says what is meant"
        ]
    );
    assert_eq!(remarks("[requests >= 2700]"), [""; 0]);
    let said = remarks("[requests >= 150, rps >= 5]");
    assert!(
        said[0].contains("`rps >= 5` asks for more and decides"),
        "{said:?}"
    );
    let said = remarks("[requests >= 2700, rps >= 5]");
    assert!(
        said[0].contains("`requests >= 2700` asks for more"),
        "{said:?}"
    );
    assert_eq!(remarks("[rps >= 5]"), [""; 0]);
    for source in builtin() {
        let loaded = load(source, &Environment::default()).unwrap();
        let scenario = &loaded.scenario;
        let is_guide = scenario.name.starts_with(|c: char| c.is_ascii_digit());
        assert_eq!(
            is_guide,
            scenario.criteria.list.len() > 4,
            "{}",
            source.file
        );
        let remarks = loaded.remarks();
        assert_eq!(remarks.len(), usize::from(is_guide), "{}", source.file);
        assert!(
            remarks
                .iter()
                .all(|one| one.contains("asks for more and decides")),
            "{remarks:?}"
        );
    }
}
