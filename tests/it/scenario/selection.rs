//! What is selected of a scenario, and what is left of it.

use swarmdeck::model::{Population, TaskId};
use swarmdeck::program::{Order, Program};
use swarmdeck::scenario::{Changes, Environment, Loaded, Selection, Source, Weights, read};

const FILE: &str = "host: http://localhost:1
load: {users: 7}
user_classes:
  Shopper:
    weight: 3
    tasks:
      browse: {weight: 5, tags: [read], steps: [{get: /browse}]}
      skip: [{get: 'http://elsewhere.invalid/'}]
      buy: {tags: [write], steps: [{post: /buy}]}
    transitions: {browse: {skip: 2, buy: 1}, skip: {browse: 1}, buy: {browse: 4}}
  Clerk:
    load: {rate: 5/s}
    tasks: {file: {tags: [write], steps: [{post: 'http://desk.invalid/'}]}}
  Guard:
    count: 2
    tasks: {look: {tags: [read], steps: [{get: /look}]}}
";

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn program(selection: Selection) -> Program {
    let changes = Changes {
        overrides: Vec::new(),
        selection,
    };
    let reading = read(
        &Source::new("x.yaml", FILE),
        &Environment::default(),
        &changes,
    );
    assert_eq!(reading.classes, ["Shopper", "Clerk", "Guard"]);
    reading
        .loaded
        .expect("sound")
        .compile(None)
        .expect("a host")
}

fn origins(program: &Program) -> Vec<String> {
    program.origins.iter().map(ToString::to_string).collect()
}

#[test]
fn nothing_of_what_is_not_selected_is_in_the_program() {
    let all = program(Selection::default());
    assert_eq!(origins(&all).len(), 3);
    let guard = program(Selection {
        classes: words(&["Guard"]),
        ..Selection::default()
    });
    assert_eq!(origins(&guard), ["http://localhost:1"]);
    assert_eq!((guard.classes.len(), guard.requests.len()), (1, 1));
    assert_eq!(guard.names.len(), 1);
    assert!(guard.code.len() < all.code.len());
}

#[test]
fn a_class_with_a_load_of_its_own_is_alone_with_it() {
    let changes = Changes {
        selection: Selection {
            classes: words(&["Clerk"]),
            ..Selection::default()
        },
        ..Changes::default()
    };
    let reading = read(
        &Source::new("x.yaml", FILE),
        &Environment::default(),
        &changes,
    );
    let scenario = reading.loaded.expect("sound").scenario;
    assert_eq!(scenario.workloads.len(), 1);
    assert_eq!(scenario.user_classes[0].workload, 0);
    assert_eq!(scenario.steered(), None);
}

#[test]
fn transitions_lead_to_the_tasks_that_are_left() {
    let all = program(Selection {
        classes: words(&["Shopper"]),
        ..Selection::default()
    });
    let (one, two, three) = (TaskId::from(0), TaskId::from(1), TaskId::from(2));
    let followers = vec![vec![(two, 2), (three, 1)], vec![(one, 1)], vec![(one, 4)]];
    assert_eq!(all.classes[0].order, Order::Transitions(followers));
    let tagged = program(Selection {
        classes: words(&["Shopper"]),
        tags: words(&["read", "write"]),
        ..Selection::default()
    });
    let followers = vec![vec![(two, 1)], vec![(one, 4)]];
    assert_eq!(tagged.classes[0].order, Order::Transitions(followers));
    assert_eq!(origins(&tagged), ["http://localhost:1"]);
}

#[test]
fn equal_weights_leave_fixed_counts_alone() {
    let equal = program(Selection {
        weights: Weights::Equal,
        ..Selection::default()
    });
    let populations: Vec<_> = equal.classes.iter().map(|class| class.population).collect();
    let expected = [
        Population::Weight(1),
        Population::Weight(1),
        Population::Fixed(2),
    ];
    assert_eq!(populations, expected);
    let tasks = equal.classes.iter().flat_map(|class| class.tasks.iter());
    assert!(tasks.into_iter().all(|task| task.weight == 1));
}

fn loaded(text: &str, selection: Selection) -> Loaded {
    let changes = Changes {
        overrides: Vec::new(),
        selection,
    };
    let reading = read(
        &Source::new("x.yaml", text),
        &Environment::default(),
        &changes,
    );
    reading.loaded.expect("sound")
}

#[test]
fn classes_that_are_chosen_are_as_if_they_had_been_named() {
    let whole = loaded(FILE, Selection::default());
    for names in [&["Guard"][..], &["Clerk", "Shopper"], &["Clerk"]] {
        let named = loaded(
            FILE,
            Selection {
                classes: words(names),
                ..Selection::default()
            },
        );
        let chosen = whole.choose(&words(names)).expect("on offer");
        assert_eq!(chosen.scenario, named.scenario, "{names:?}");
        let programs = [&chosen, &named].map(|one| one.compile(None).expect("a host"));
        let [chosen, named] = programs.map(|one| format!("{one:?}"));
        assert_eq!(chosen, named, "{names:?}");
    }
    let all = words(&["Guard", "Clerk", "Shopper"]);
    let all = whole.choose(&all).expect("on offer");
    assert_eq!(all.scenario, whole.scenario);
    assert_eq!(all.unselected_of(&whole), None);
    let guard = whole.choose(&words(&["Guard"])).expect("on offer");
    let left = guard.unselected_of(&whole);
    let said = "user classes not selected: Shopper, Clerk";
    assert_eq!(left.as_deref(), Some(said));
}

#[test]
fn a_choice_that_cannot_be_run_says_what_there_is() {
    let named = Selection {
        classes: words(&["Shopper", "Guard"]),
        tags: words(&["read"]),
        ..Selection::default()
    };
    let some = loaded(FILE, named);
    let refused = |whole: &Loaded, names: &[&str]| {
        let refused = whole.choose(&words(names)).expect_err("refused");
        refused.to_string()
    };
    assert_eq!(
        refused(&some, &["Guard", "Shoper"]),
        "unknown user class `Shoper`: did you mean `Shopper`? available: Shopper, Guard"
    );
    let unknown = "unknown user class `Clerk`: available: Shopper, Guard";
    assert_eq!(refused(&some, &["Clerk"]), unknown, "it is not selected");
    let nobody = "choose at least one user class of Shopper, Guard";
    assert_eq!(refused(&some, &[]), nobody);
    let guard = some.choose(&words(&["Guard"])).expect("on offer");
    assert_eq!(guard.scenario.user_classes.len(), 1);
    let shopper = some.choose(&words(&["Shopper"])).expect("on offer");
    let tasks = &shopper.scenario.user_classes[0].tasks;
    assert_eq!(tasks.len(), 1, "the tags hold as before: {tasks:?}");

    let judged = format!("criteria: [p99 of task:look < 1s]\n{FILE}");
    let judged = loaded(&judged, Selection::default());
    assert!(judged.choose(&words(&["Guard"])).is_ok());
    let clerk = judged.choose(&words(&["Clerk"])).expect("on offer");
    let left_out = &clerk.scenario.criteria.left_out;
    let said =
        "not judged: p99 of task:look < 1s: the choice of user classes leaves out what it is about";
    assert_eq!(left_out, &[said]);
}
