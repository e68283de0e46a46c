//! `scenarios`: several files in one run, and what is wrong with a list of them.

use std::fs;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use swarmdeck::model::{Drive, Scenario, Workload};
use swarmdeck::scenario::{Colour, Environment, Override, Source, read};

use crate::scenario::mistakes::SEPARATOR;
use crate::support::{Folder, assert_snapshot};

const CLASS: &str = "user_classes: {A: {tasks: {t: [{get: /}]}}}\n";
const STAGES: &str = "load: {stages: [{over: 10s, users: 40}, {over: 10s, users: 40}]}\n";

/// A folder with these files, and what comes of `main.yaml`.
struct Given(Folder);

impl Given {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Folder::new();
        for (name, text) in files {
            folder.file(name, text);
        }
        Self(folder)
    }

    /// Two files with a class `A` each, and these lines in the listing one.
    fn two(main: &str) -> Self {
        Self::new(&[
            ("one.yaml", CLASS),
            ("two.yaml", CLASS),
            ("main.yaml", main),
        ])
    }

    fn read(&self, settings: &[&str]) -> Result<Scenario, String> {
        let path = format!("{}/main.yaml", self.0.path());
        let source = Source::read(Path::new(&path)).expect("a file");
        let settings = settings.iter().map(|text| text.parse::<Override>());
        let settings: Vec<_> = settings.map(|one| one.expect("a setting")).collect();
        let reading = read(&source, &Environment::default(), &settings.into());
        let loaded = reading.loaded.map_err(|mistakes| {
            let mistakes = mistakes.iter().map(|one| one.render(Colour::Never));
            mistakes.collect::<Vec<_>>().join("\n")
        });
        loaded.map(|loaded| loaded.scenario)
    }

    fn scenario(&self) -> Scenario {
        self.read(&[])
            .unwrap_or_else(|mistakes| panic!("{mistakes}"))
    }

    /// The files, by name, and the mistakes in them.
    fn mistakes(&self, settings: &[&str]) -> String {
        let mistakes = self.read(settings).expect_err("mistakes");
        let files = ["main.yaml", "one.yaml", "two.yaml"].map(|name| {
            let path = format!("{}/{name}", self.0.path());
            let text = fs::read_to_string(path);
            text.map_or(String::new(), |text| format!("# {name}\n{text}"))
        });
        let files = files.concat();
        let settings = settings.iter().map(|setting| format!("--set {setting}\n"));
        let settings: String = settings.collect();
        let mistakes = mistakes.replace(self.0.path(), "FOLDER");
        format!("{SEPARATOR}\n{files}{settings}\n{mistakes}\n\n")
    }
}

/// The users that each workload starts with.
fn users(scenario: &Scenario) -> Vec<u32> {
    scenario
        .workloads
        .iter()
        .map(Workload::peak_users)
        .collect()
}

fn starts(scenario: &Scenario) -> Vec<u64> {
    let workloads = scenario.workloads.iter();
    workloads.map(|workload| workload.start.as_secs()).collect()
}

fn names(scenario: &Scenario) -> Vec<&str> {
    let classes = scenario.user_classes.iter();
    classes.map(|class| class.name.as_str()).collect()
}

#[test]
fn files_share_the_users_of_the_one_that_lists_them() {
    let scenario = Given::two(
        "load: {users: 10, spawn_rate: 4, run_time: 5m, start: 1s}
scenarios:
  - {file: one.yaml, share: 3}
  - {file: two.yaml, start: 30s}
",
    )
    .scenario();
    assert_eq!(scenario.name, "main");
    assert_eq!(names(&scenario), ["A-one", "A-two"]);
    assert_eq!(users(&scenario), [8, 2]);
    assert_eq!(starts(&scenario), [1, 31]);
    let steered = scenario.steered().expect("a load");
    assert_eq!((steered.users, steered.spawn_rate), (10, 4.0));
    assert_eq!(scenario.run_time, Some(Duration::from_secs(300)));
    let loads: Vec<_> = scenario
        .workloads
        .iter()
        .filter_map(Workload::load)
        .collect();
    assert_eq!((loads[0].spawn_rate, loads[1].spawn_rate), (3.0, 1.0));
}

#[test]
fn classes_of_the_listing_file_have_a_share_of_one() {
    let scenario = Given::two(&format!(
        "load: {{users: 8}}\nscenarios: [{{file: one.yaml, share: 2}}, {{file: two.yaml}}]\n{CLASS}"
    ))
    .scenario();
    assert_eq!(names(&scenario), ["A", "A-one", "A-two"]);
    assert_eq!(users(&scenario), [2, 4, 2]);
}

#[test]
fn a_planned_load_is_scaled_by_the_shares() {
    let list = "scenarios: [{file: one.yaml, share: 3}, {file: two.yaml, start: 5s}]\n";
    let scenario = Given::two(&format!("{STAGES}{list}")).scenario();
    assert_eq!(scenario.steered(), None);
    assert_eq!(users(&scenario), [30, 10]);
    // The later one ends last.
    assert_eq!(scenario.run_time, Some(Duration::from_secs(25)));
    let load = "load: {rate: 100/s, max_users: 2, queue: 10}\n";
    let scenario = Given::two(&format!("{load}{list}")).scenario();
    let arrivals = scenario.workloads.iter().map(|one| match &one.drive {
        Drive::Arrivals(arrivals) => {
            let peak = arrivals.rate.peak();
            (peak, arrivals.max_users, arrivals.queue)
        }
        other => panic!("{other:?}"),
    });
    let arrivals: Vec<_> = arrivals.collect();
    // Somebody has to do the starts of a small part.
    assert_eq!(arrivals, [(75.0, 2, 8), (25.0, 1, 2)]);
}

#[test]
fn a_file_may_keep_its_load_or_be_given_another() {
    let own =
        format!("load: {{users: 7, spawn_rate: 7, run_time: 20s, stop_timeout: 1s}}\n{CLASS}");
    let given = Given::new(&[
        ("own.yaml", &own),
        ("staged.yaml", &format!("{STAGES}{CLASS}")),
        ("shared.yaml", CLASS),
        (
            "main.yaml",
            "load: {max_rps: 500}
scenarios:
  - {file: own.yaml, load: own, start: 5s}
  - {file: staged.yaml}
  - {file: shared.yaml, load: {users: 3, start: 2s}, start: 1s}
",
        ),
    ]);
    let scenario = given.scenario();
    assert_eq!(scenario.steered(), None, "nobody shares");
    assert_eq!(users(&scenario), [7, 40, 3]);
    assert_eq!(starts(&scenario), [5, 0, 3]);
    let ends = scenario.workloads.iter().map(Workload::planned_end);
    let ends: Vec<_> = ends.map(|end| end.map(|end| end.as_secs())).collect();
    // What has a run time ends with it.
    assert_eq!(ends, [Some(25), Some(20), None]);
    assert_eq!(scenario.run_time, None, "users that stay go on");
}

#[test]
fn users_that_a_class_has_of_its_own_are_planned_and_not_steered() {
    let class = "user_classes: {A: {load: {users: 9, spawn_rate: 3}, tasks: {t: [{get: /}]}}}\n";
    let alone = Given::new(&[("main.yaml", class)]).scenario();
    assert_eq!((alone.steered(), users(&alone)), (None, vec![9]));
    assert_eq!(alone.run_time, None);
    let list = "load: {users: 4}\nscenarios: [{file: one.yaml}, {file: two.yaml, start: 3s}]\n";
    let listed = Given::two(list);
    listed.0.file("two.yaml", class);
    let scenario = listed.scenario();
    assert_eq!(scenario.steered().map(|load| load.users), Some(4));
    assert_eq!(
        (users(&scenario), starts(&scenario)),
        (vec![4, 9], vec![0, 3])
    );
}

#[test]
fn what_files_include_is_taken_in_by_each_and_shared_once() {
    let part = "include: common.yaml\nvariables: {mine: 1}\nuser_classes: {X: {tasks: {t: [{use: ask}, {get: '/{{ theirs }}/{{ mine }}/{{ rows.a }}'}]}}}\n";
    let common =
        "variables: {theirs: 2}\nblocks: {ask: [{get: /}]}\ndata: {rows: {rows: [{a: 1}]}}\n";
    let given = Given::new(&[
        ("one.yaml", part),
        ("two.yaml", &part.replace("X:", "Y:")),
        ("common.yaml", common),
        (
            "main.yaml",
            "scenarios: [{file: one.yaml}, {file: two.yaml}]\n",
        ),
    ]);
    assert_eq!(names(&given.scenario()), ["X", "Y"]);
    // Variables stay with the classes of their file.
    let other = "user_classes: {Z: {tasks: {t: [{get: '/{{ mine }}'}]}}}\n";
    given.0.file("two.yaml", other);
    assert_snapshot("mistakes/lists/variables", &given.mistakes(&[]));
}

#[test]
fn settings_reach_the_list_and_the_classes_of_listed_files() {
    let given = Given::two("load: {users: 12}\nscenarios: [{file: one.yaml}, {file: two.yaml}]\n");
    let other = CLASS.replace("A:", "Other:");
    given.0.file("two.yaml", &other);
    let settings = [
        "scenarios.0.share=2",
        "scenarios.1.start=7s",
        "user_classes.Other.count=4",
        "user_classes.A.weight=3",
        "load.users=30",
    ];
    let scenario = given
        .read(&settings)
        .unwrap_or_else(|said| panic!("{said}"));
    assert_eq!(
        (users(&scenario), starts(&scenario)),
        (vec![20, 10], vec![0, 7])
    );
    let population = format!("{:?}", scenario.user_classes[1].population);
    assert_eq!(population, "Fixed(4)");
    let mistakes = [
        "user_classes.Othr.weight=1",
        "scenarios.0.file=no.yaml",
        "scenarios.2.share=1",
    ]
    .map(|setting| given.mistakes(&[setting]));
    assert_snapshot("mistakes/lists/settings", &mistakes.concat());
}

#[test]
fn mistakes_in_a_list_have_their_place() {
    let mistakes = [
        "one.yaml",
        "[]",
        "[one.yaml]",
        "[{share: 2}]",
        "[{file: no.yaml}]",
        "[{file: one.yaml, shares: 2}]",
        "[{file: one.yaml, share: 0}]",
        "[{file: one.yaml, start: soon}]",
        "[{file: one.yaml, load: none}]",
        "[{file: one.yaml, load: own, share: 2}]",
        "[{file: one.yaml, load: {iterations: 5}}]",
        "[{file: one.yaml}, {file: two.yaml}, {file: ./one.yaml}]",
        "[{file: main.yaml}]",
        "[{file: one.yaml}]\nheaders: {X: y}",
    ]
    .map(|list| Given::two(&format!("scenarios: {list}\n")).mistakes(&[]));
    assert_snapshot("mistakes/lists/entries", &mistakes.concat());
}

#[test]
fn files_that_contradict_each_other_are_named_both() {
    let main = "scenarios: [{file: one.yaml}, {file: two.yaml}]\n";
    let mut mistakes = String::new();
    for (one, two) in [
        ("host: http://a.test", "\nhost: http://b.test/"),
        ("health: /up", "health: {get: /up}"),
        ("blocks: {b: [{get: /}]}", "blocks: {b: [{get: /}]}"),
        ("data: {d: {rows: [{a: 1}]}}", "data: {d: {rows: [{a: 1}]}}"),
        ("name: One", "scenarios: [{file: one.yaml}]"),
        (
            "load: {stages: [{over: 1s, users: 1}], max_rps: 3}",
            "name: Two",
        ),
        ("include: main.yaml", "name: Two"),
        ("lod: {users: 1}", "name: Two"),
    ] {
        let given = Given::two(main);
        given.0.file("one.yaml", &format!("{one}\n{CLASS}"));
        given.0.file("two.yaml", &format!("{two}\n{CLASS}"));
        mistakes += &given.mistakes(&[]);
    }
    assert_snapshot("mistakes/lists/contradictions", &mistakes);
}

#[test]
fn a_load_that_no_listed_file_takes_is_a_mistake() {
    let unused = Given::two(
        "load: {users: 5}\nscenarios: [{file: one.yaml, load: own}, {file: two.yaml, load: {users: 2}}]\n",
    );
    let shared = Given::two("scenarios:\n  - {file: one.yaml, share: 2}\n");
    shared.0.file("one.yaml", &format!("{STAGES}{CLASS}"));
    let mut mistakes = unused.mistakes(&[]);
    mistakes += &shared.mistakes(&[]);
    shared.0.file("one.yaml", "name: Nobody\n");
    mistakes += &shared.mistakes(&[]);
    assert_snapshot("mistakes/lists/loads", &mistakes);
}

#[test]
fn equal_hosts_and_gates_are_one() {
    let given = Given::two("scenarios: [{file: one.yaml}, {file: two.yaml}]\n");
    for file in ["one.yaml", "two.yaml"] {
        let text = format!("host: http://a.test\nhealth: {{get: /up, within: 3s}}\n{CLASS}");
        given.0.file(file, &text);
    }
    assert_eq!(given.scenario().host.as_deref(), Some("http://a.test"));
}

/// A file with all that files share and that each has for itself.
const WHOLE: &str = "host: http://a.test
load: {users: 9, spawn_rate: 3, run_time: 1m}
include: common.yaml
variables: {mine: 1}
headers: {X: y}
http: {timeout: 1s}
health: /up
setup: [{get: /, capture: {token: {json: $.t}}}]
user_classes: {A: {load: {rate: 3/s}, tasks: {t: [{get: '/{{ token }}'}]}}, B: {tasks: {t: [{use: b}]}}}
";
const LIST: &str = "name: All
load: {stages: [{over: 1s, users: 9}]}
scenarios:
  - {file: one.yaml, share: 2, start: 3s}
  - {file: two.yaml, load: {users: 3, run_time: 9s}}
user_classes: {A: {tasks: {t: [{use: b}]}}}
";

/// A text in which a stretch gives way to another.
fn mutated(text: &str, (at, gone, new): &(f64, usize, &str)) -> String {
    let floor = |at: usize| {
        (0..=at)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0)
    };
    let start = floor((text.len() as f64 * at) as usize);
    let end = floor((start + gone).min(text.len()));
    format!("{}{new}{}", &text[..start], &text[end..])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn mutated_lists_and_files_end_with_a_scenario_or_with_placed_mistakes(
        of_list in any::<bool>(),
        at in 0.0..1.0_f64,
        gone in 0_usize..20,
        new in prop::sample::select(vec!["", "{", "[", ":", "null", "- ", "own", "-1", "share: 2", "scenarios: [{file: two.yaml}]", "\n"]),
    ) {
        let mutate = |text: &str, is_it: bool| if is_it { mutated(text, &(at, gone, new)) } else { text.to_owned() };
        let given = Given::new(&[
            ("one.yaml", &mutate(WHOLE, !of_list)),
            ("two.yaml", WHOLE),
            ("common.yaml", "blocks: {b: [{get: /}]}\nuser_classes: {C: {tasks: {t: [{get: /}]}}}\n"),
            ("main.yaml", &mutate(LIST, of_list)),
        ]);
        match given.read(&[]) {
            Ok(scenario) => {
                for class in &scenario.user_classes {
                    prop_assert!(class.workload < scenario.workloads.len());
                }
                let mut names = names(&scenario);
                names.sort_unstable();
                names.dedup();
                prop_assert_eq!(names.len(), scenario.user_classes.len());
            }
            Err(mistakes) => prop_assert!(mistakes.contains(".yaml:"), "{}", mistakes),
        }
    }
}

#[test]
fn a_list_of_whole_files_is_sound() {
    let given = Given::new(&[
        ("one.yaml", WHOLE),
        ("two.yaml", WHOLE),
        (
            "common.yaml",
            "blocks: {b: [{get: /}]}\nuser_classes: {C: {tasks: {t: [{get: /}]}}}\n",
        ),
        ("main.yaml", LIST),
    ]);
    let scenario = given.scenario();
    let expected = ["A", "A-one", "B-one", "C-one", "A-two", "B-two", "C-two"];
    assert_eq!(names(&scenario), expected);
    let of: Vec<_> = scenario
        .user_classes
        .iter()
        .map(|class| class.workload)
        .collect();
    assert_eq!(of, [0, 2, 1, 1, 4, 3, 3]);
}
