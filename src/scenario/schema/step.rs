//! The kinds of steps, beside requests.

use crate::scenario::schema::Kind::{
    Condition, Duration, Either, Expression, Known, Label, List, Of, Period, Rate, Text, True,
    Variable, Whole,
};
use crate::scenario::schema::limits::{MAX_PARALLEL, MAX_ROUNDS, MAX_WEIGHT};
use crate::scenario::schema::{Key, MANY, PAUSE, Rule, STEPS, Shape, VARIABLES};

/// The kinds of steps, which are maps of their own.
pub(crate) const STEP_KINDS: &[&str] = &[
    "request",
    "think",
    "set",
    "group",
    "repeat",
    "if",
    "choose",
    "poll",
    "parallel",
    "use",
    "log",
    "fail",
    "stop_user",
];

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "think",
        about: "Waits",
        keys: &[Key("think", Either(&[Duration, Of("pause")]), "how long")],
        rules: &[Rule::All(&["think"])],
    },
    Shape {
        name: "pause",
        about: "How long to wait",
        keys: &[
            Key("constant", Duration, "this long"),
            Key("between", PAUSE, "a random time"),
            Key(
                "poisson",
                Rate,
                "a random time, on average the inverse of the rate",
            ),
        ],
        rules: &[Rule::One(&["constant", "between", "poisson"])],
    },
    Shape {
        name: "set",
        about: "Sets variables",
        keys: &[Key("set", VARIABLES, "names to values")],
        rules: &[Rule::All(&["set"])],
    },
    Shape {
        name: "group",
        about: "Steps that have a row of their own together",
        keys: &[
            Key("group", Label, "its name"),
            Key("steps", List(&Of("step"), 0, MANY), "its steps"),
        ],
        rules: &[Rule::All(&["group", "steps"])],
    },
    Shape {
        name: "repeat",
        about: "Does steps again and again",
        keys: &[
            Key(
                "repeat",
                Either(&[Whole(1, MAX_ROUNDS), Expression, Of("rounds")]),
                "how often: a number, an expression, or a map",
            ),
            Key("steps", STEPS, "what is done"),
        ],
        rules: &[Rule::All(&["repeat", "steps"])],
    },
    Shape {
        name: "rounds",
        about: "How often",
        keys: &[
            Key("while", Condition, "as long as this holds"),
            Key("each", Variable, "the variable that holds each element"),
            Key("in", Condition, "the list"),
            Key("max", Whole(1, MAX_ROUNDS), "at most so often"),
        ],
        rules: &[
            Rule::One(&["while", "each"]),
            Rule::Needs("each", &["in"]),
            Rule::Needs("in", &["each"]),
        ],
    },
    Shape {
        name: "if",
        about: "One or the other",
        keys: &[
            Key("if", Condition, "a condition"),
            Key("then", STEPS, "where it holds"),
            Key("else", STEPS, "where it does not"),
        ],
        rules: &[Rule::All(&["if", "then"])],
    },
    Shape {
        name: "choose",
        about: "One of several, by weight",
        keys: &[Key("choose", List(&Of("branch"), 1, MANY), "the branches")],
        rules: &[Rule::All(&["choose"])],
    },
    Shape {
        name: "branch",
        about: "A branch of `choose`",
        keys: &[
            Key("weight", Whole(1, MAX_WEIGHT), "its weight"),
            Key("steps", List(&Of("step"), 0, MANY), "its steps"),
        ],
        rules: &[Rule::All(&["steps"])],
    },
    Shape {
        name: "poll",
        about: "Does steps until something holds",
        keys: &[
            Key("poll", Of("until"), "until when"),
            Key("steps", STEPS, "what is done"),
        ],
        rules: &[Rule::All(&["poll", "steps"])],
    },
    Shape {
        name: "until",
        about: "Until when, and how often it is tried",
        keys: &[
            Key("until", Condition, "a condition"),
            Key("every", Period, "between two tries"),
            Key("timeout", Period, "a failure if it does not hold by then"),
        ],
        rules: &[Rule::All(&["until"])],
    },
    Shape {
        name: "parallel",
        about: "Requests at the same time",
        keys: &[Key(
            "parallel",
            List(&Of("request"), 1, MAX_PARALLEL),
            "the requests",
        )],
        rules: &[Rule::All(&["parallel"])],
    },
    Shape {
        name: "use",
        about: "The steps of a block",
        keys: &[Key("use", Known, "its name")],
        rules: &[Rule::All(&["use"])],
    },
    Shape {
        name: "log",
        about: "A line in the log of the run",
        keys: &[Key("log", Text, "the line")],
        rules: &[Rule::All(&["log"])],
    },
    Shape {
        name: "fail",
        about: "The task fails here",
        keys: &[Key("fail", Label, "under this name")],
        rules: &[Rule::All(&["fail"])],
    },
    Shape {
        name: "stop_user",
        about: "The user ends, after its `on_stop`",
        keys: &[Key("stop_user", True, "true")],
        rules: &[Rule::All(&["stop_user"])],
    },
];
