//! The rows of the table: what is set against what.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::generators::{Build, Generator, LocustUser, Swarmdeck};
use crate::traffic;

/// What is put under a scenario to have it judged and the target watched.
const WATCHED: &str = include_str!("watched.yaml");

/// One request a user, and then a wait.
const IDLE: &str =
    "user_classes:\n  Visitor:\n    wait: 1h\n    tasks:\n      ask:\n        - get: /\n";

/// One comparison.
#[derive(Debug)]
pub(crate) struct BenchRow {
    /// How it is chosen on the command line.
    pub(crate) id: &'static str,
    /// What it shows.
    pub(crate) what: &'static str,
    /// What its figure is.
    pub(crate) figure: Figure,
    /// Generators whose cost stands above the line; this project's first.
    pub(crate) above: Vec<Generator>,
    /// Those below the line.
    pub(crate) below: Vec<Generator>,
}

/// What is made of the costs of one round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Figure {
    /// The product of those above by the product of those below the line. With
    /// two on each side it sets one growth against another.
    Ratio,
    /// The user time per request above the line less that below, in microseconds.
    UserDifference,
    /// How much the memory of the generator has grown, for each of its users, in KB.
    MemoryOfUser {
        /// How many these are.
        users: u32,
    },
    /// The most memory that the generator had, in MB.
    Memory,
}

/// All rows there are.
pub(crate) fn all() -> Vec<BenchRow> {
    let mut rows = against_wrk();
    rows.extend(against_others());
    rows.extend(growth());
    rows.extend(switched_on());
    rows.extend(above_the_floor());
    rows.extend(memory());
    rows.extend(builds());
    rows
}

fn row(id: &'static str, what: &'static str, above: Generator, below: Generator) -> BenchRow {
    BenchRow {
        id,
        what,
        figure: Figure::Ratio,
        above: vec![above],
        below: vec![below],
    }
}

fn swarmdeck(users: u32) -> Generator {
    Generator::Swarmdeck(Swarmdeck::of(users))
}

fn wrk(users: u32) -> Generator {
    let messages = None;
    Generator::Wrk { users, messages }
}

fn mix() -> Generator {
    scenario(traffic::MIX, ", the mix")
}

fn scenario(text: impl Into<Cow<'static, str>>, note: &'static str) -> Generator {
    Generator::Swarmdeck(Swarmdeck {
        scenario: text.into(),
        note,
        ..Swarmdeck::of(100)
    })
}

fn against_wrk() -> Vec<BenchRow> {
    let messages = Some(traffic::MIX);
    let viewers = Swarmdeck {
        note: ", 50 viewers",
        viewers: 50,
        ..Swarmdeck::of(100)
    };
    vec![
        row(
            "static-100",
            "static GET, 100 users, against wrk",
            swarmdeck(100),
            wrk(100),
        ),
        row(
            "static-1000",
            "static GET, 1,000 users, against wrk",
            swarmdeck(1_000),
            wrk(1_000),
        ),
        row(
            "mix",
            "the mix of scenario 1 with captures and checks, against wrk that sends the same and checks nothing",
            mix(),
            Generator::Wrk {
                users: 100,
                messages,
            },
        ),
        row(
            "viewers",
            "50 viewers, against wrk beside 50 viewers",
            Generator::Swarmdeck(viewers),
            Generator::WrkBeside {
                users: 100,
                viewers: 50,
            },
        ),
    ]
}

fn against_others() -> Vec<BenchRow> {
    let users = 100;
    let locust = |user| Generator::Locust { users, user };
    vec![
        row(
            "oha",
            "static GET, against oha",
            swarmdeck(users),
            Generator::Oha { users },
        ),
        row(
            "hey",
            "static GET, against hey",
            swarmdeck(users),
            Generator::Hey { users },
        ),
        row(
            "ab",
            "static GET, against ab",
            swarmdeck(users),
            Generator::Ab { users },
        ),
        row(
            "locust-fast",
            "static GET, against Locust's FastHttpUser",
            swarmdeck(users),
            locust(LocustUser::Fast),
        ),
        row(
            "locust",
            "static GET, against Locust's HttpUser",
            swarmdeck(users),
            locust(LocustUser::Plain),
        ),
    ]
}

fn growth() -> Vec<BenchRow> {
    let two_shards = Swarmdeck {
        note: ", 2 shards",
        shards: 2,
        ..Swarmdeck::of(100)
    };
    vec![
        BenchRow {
            id: "growth",
            what: "growth from 10 to 10,000 users, against wrk's growth",
            figure: Figure::Ratio,
            above: vec![swarmdeck(10_000), wrk(10)],
            below: vec![swarmdeck(10), wrk(10_000)],
        },
        row(
            "names",
            "300 names against one, in one task",
            scenario(steps(300), ", 300 names"),
            scenario(steps(1), ", one name"),
        ),
        row(
            "tasks",
            "300 tasks of a name each against one",
            scenario(tasks(300), ", 300 tasks"),
            scenario(tasks(1), ", one task"),
        ),
        row(
            "shards",
            "two shards on one core against one",
            Generator::Swarmdeck(two_shards),
            swarmdeck(100),
        ),
    ]
}

/// What can be left out of a scenario: the mix with it against the mix without.
fn switched_on() -> Vec<BenchRow> {
    let watched = format!("{}{}", traffic::MIX, WATCHED);
    let believing = traffic::MIX
        .lines()
        .filter(|line| !line.trim_start().starts_with("expect:"))
        .fold(String::new(), |text, line| text + line + "\n");
    vec![
        row(
            "criteria",
            "ten criteria and two probes, against none",
            scenario(watched, ", the mix with criteria and probes"),
            mix(),
        ),
        row(
            "checks",
            "expectations of status and JSON, against none",
            mix(),
            scenario(believing, ", the mix without checks"),
        ),
    ]
}

fn above_the_floor() -> Vec<BenchRow> {
    let floor = |messages| Generator::Floor {
        users: 100,
        messages,
    };
    let row = |id, what, above, below| BenchRow {
        figure: Figure::UserDifference,
        ..row(id, what, above, below)
    };
    vec![
        row(
            "floor",
            "static GET: user time above a bare loop of tokio and httparse, µs",
            swarmdeck(100),
            floor(traffic::STATIC),
        ),
        row(
            "floor-mix",
            "the mix: user time above a bare loop of tokio and httparse, µs",
            mix(),
            floor(traffic::MIX),
        ),
    ]
}

fn memory() -> Vec<BenchRow> {
    let many = 10_000;
    let idle = Swarmdeck {
        scenario: Cow::Borrowed(IDLE),
        note: " that wait",
        ..Swarmdeck::of(many)
    };
    let row = |id, what, figure, generator| BenchRow {
        id,
        what,
        figure,
        above: vec![generator],
        below: Vec::new(),
    };
    vec![
        row(
            "memory-idle",
            "memory of a connected user that waits, KB",
            Figure::MemoryOfUser { users: many },
            Generator::Swarmdeck(idle),
        ),
        row(
            "memory-busy",
            "memory with 15,000 busy users, MB",
            Figure::Memory,
            swarmdeck(15_000),
        ),
    ]
}

/// This build against another one: what a change costs.
fn builds() -> Vec<BenchRow> {
    let other = |scenario: &'static str| {
        Generator::Swarmdeck(Swarmdeck {
            scenario: scenario.into(),
            note: ", the other build",
            build: Build::Other,
            ..Swarmdeck::of(100)
        })
    };
    vec![
        row(
            "builds-static",
            "static GET, against another build of Swarmdeck",
            swarmdeck(100),
            other(traffic::STATIC),
        ),
        row(
            "builds-mix",
            "the mix, against another build of Swarmdeck",
            mix(),
            other(traffic::MIX),
        ),
    ]
}

/// One task that sends to so many paths in turn, each with a name of its own.
fn steps(names: usize) -> String {
    let mut text = "user_classes:\n  Visitor:\n    tasks:\n      ask:\n".to_owned();
    for name in 0..names {
        let _ = writeln!(text, "        - get: /{name:03}");
    }
    text
}

/// So many tasks of one request, each with a name of its own.
fn tasks(names: usize) -> String {
    let mut text = "user_classes:\n  Visitor:\n    tasks:\n".to_owned();
    for name in 0..names {
        let _ = writeln!(text, "      ask_{name}:\n        - get: /{name:03}");
    }
    text
}
