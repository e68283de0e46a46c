//! The kinds of steps, beside requests.

use crate::scenario::schema::limits::{MAX_PARALLEL, MAX_ROUNDS, MAX_WEIGHT};
use crate::scenario::schema::maps::REQUEST;
use crate::scenario::schema::table::Kind::{
    Condition, Duration, Either, Expression, Known, Label, List, Of, Period, Rate, Steps, Text,
    True, Variable, Whole,
};
use crate::scenario::schema::table::{Alternatives, BETWEEN, Key, MANY, MapDef, Rule, VARIABLES};

/// The kinds of steps; a request is told by its method, the others by their name.
pub(crate) static STEP: Alternatives = Alternatives {
    name: "step",
    maps: &[
        &REQUEST, &THINK, &SET, &GROUP, &REPEAT, &IF, &CHOOSE, &POLL, &PARALLEL, &USE, &LOG, &FAIL,
        &STOP_USER,
    ],
};

const EACH: &str = "repeat: {each: item, in: items}";

pub(crate) static THINK: MapDef = MapDef {
    name: "think",
    about: "Waits",
    keys: &[Key("think", Either(&[Duration, Of(&PAUSE)]), "how long")],
    rules: &[Rule::All(&["think"], "think: 2s")],
};

pub(crate) static PAUSE: MapDef = MapDef {
    name: "pause",
    about: "How long to wait",
    keys: &[
        Key("constant", Duration, "this long"),
        Key("between", BETWEEN, "a random time"),
        Key(
            "poisson",
            Rate,
            "a random time, on average the inverse of the rate",
        ),
    ],
    rules: &[Rule::One(
        &["constant", "between", "poisson"],
        "think: {between: [500ms, 2s]}",
    )],
};

pub(crate) static SET: MapDef = MapDef {
    name: "set",
    about: "Sets variables",
    keys: &[Key("set", VARIABLES, "names to values")],
    rules: &[Rule::All(&["set"], "set: {id: 1}")],
};

pub(crate) static GROUP: MapDef = MapDef {
    name: "group",
    about: "Steps that have a row of their own together",
    keys: &[
        Key("group", Label, "its name"),
        Key("steps", Steps(0), "its steps"),
    ],
    rules: &[Rule::All(
        &["group", "steps"],
        "steps: [{get: /api/v1/health/}]",
    )],
};

pub(crate) static REPEAT: MapDef = MapDef {
    name: "repeat",
    about: "Does steps again and again",
    keys: &[
        Key(
            "repeat",
            Either(&[Whole(1, MAX_ROUNDS), Expression, Of(&ROUNDS)]),
            "how often: a number, an expression, or a map",
        ),
        Key("steps", Steps(1), "what is done"),
    ],
    rules: &[Rule::All(
        &["repeat", "steps"],
        "steps: [{get: /api/v1/health/}]",
    )],
};

pub(crate) static ROUNDS: MapDef = MapDef {
    name: "rounds",
    about: "How often",
    keys: &[
        Key("while", Condition, "as long as this holds"),
        Key("each", Variable, "the variable that holds each element"),
        Key("in", Condition, "the list"),
        Key("max", Whole(1, MAX_ROUNDS), "at most so often"),
    ],
    rules: &[
        Rule::One(&["while", "each"], EACH),
        Rule::Needs("each", &["in"], EACH),
        Rule::Needs("in", &["each"], EACH),
    ],
};

pub(crate) static IF: MapDef = MapDef {
    name: "if",
    about: "One or the other",
    keys: &[
        Key("if", Condition, "a condition"),
        Key("then", Steps(1), "where it holds"),
        Key("else", Steps(1), "where it does not"),
    ],
    rules: &[Rule::All(&["if", "then"], "then: [{get: /api/v1/health/}]")],
};

pub(crate) static CHOOSE: MapDef = MapDef {
    name: "choose",
    about: "One of several, by weight",
    keys: &[Key("choose", List(&Of(&BRANCH), 1, MANY), "the branches")],
    rules: &[Rule::All(
        &["choose"],
        "choose: [{weight: 3, steps: [...]}, {steps: [...]}]",
    )],
};

pub(crate) static BRANCH: MapDef = MapDef {
    name: "branch",
    about: "A branch of `choose`",
    keys: &[
        Key("weight", Whole(1, MAX_WEIGHT), "its weight"),
        Key("steps", Steps(0), "its steps"),
    ],
    rules: &[Rule::All(&["steps"], "{weight: 3, steps: [{get: /}]}")],
};

pub(crate) static POLL: MapDef = MapDef {
    name: "poll",
    about: "Does steps until something holds",
    keys: &[
        Key("poll", Of(&UNTIL), "until when"),
        Key("steps", Steps(1), "what is done"),
    ],
    rules: &[Rule::All(
        &["poll", "steps"],
        "steps: [{get: /api/v1/health/}]",
    )],
};

pub(crate) static UNTIL: MapDef = MapDef {
    name: "until",
    about: "Until when, and how often it is tried",
    keys: &[
        Key("until", Condition, "a condition"),
        Key("every", Period, "between two tries"),
        Key("timeout", Period, "a failure if it does not hold by then"),
    ],
    rules: &[Rule::All(
        &["until"],
        "poll: {until: \"state == 'done'\", every: 1s, timeout: 30s}",
    )],
};

pub(crate) static PARALLEL: MapDef = MapDef {
    name: "parallel",
    about: "Requests at the same time",
    keys: &[Key(
        "parallel",
        List(&Of(&REQUEST), 1, MAX_PARALLEL),
        "the requests",
    )],
    rules: &[Rule::All(
        &["parallel"],
        "parallel: [{get: /a.css}, {get: /b.js}]",
    )],
};

pub(crate) static USE: MapDef = MapDef {
    name: "use",
    about: "The steps of a block",
    keys: &[Key("use", Known, "its name")],
    rules: &[Rule::All(&["use"], "")],
};

pub(crate) static LOG: MapDef = MapDef {
    name: "log",
    about: "A line in the log of the run",
    keys: &[Key("log", Text, "the line")],
    rules: &[Rule::All(&["log"], "")],
};

pub(crate) static FAIL: MapDef = MapDef {
    name: "fail",
    about: "The task fails here",
    keys: &[Key("fail", Label, "under this name")],
    rules: &[Rule::All(&["fail"], "")],
};

pub(crate) static STOP_USER: MapDef = MapDef {
    name: "stop_user",
    about: "The user ends, after its `on_stop`",
    keys: &[Key("stop_user", True, "true")],
    rules: &[Rule::All(&["stop_user"], "")],
};
