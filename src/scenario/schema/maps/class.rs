//! User classes and tasks.

use crate::scenario::schema::limits::MAX_WEIGHT;
use crate::scenario::schema::maps::{CLASS_LOAD, HTTP};
use crate::scenario::schema::table::Kind::{
    Condition, Duration, Either, Flag, Known, List, Named, Nothing, Of, Period, Rate, Steps, Whole,
    Words,
};
use crate::scenario::schema::table::{
    BETWEEN, HEADERS, Has, Key, MANY, MapDef, Names, Rule, VARIABLES,
};

pub(crate) static USER_CLASS: MapDef = MapDef {
    name: "user_class",
    about: "A kind of user",
    keys: &[
        Key("weight", Whole(1, MAX_WEIGHT), "its share of the users"),
        Key(
            "count",
            Whole(1, MAX_WEIGHT),
            "exactly so many users, instead of a share",
        ),
        Key("load", Of(&CLASS_LOAD), "a load of its own"),
        Key(
            "wait",
            Either(&[Nothing, Words(&["none"]), Duration, Of(&WAIT)]),
            "what a user does between two tasks",
        ),
        Key("headers", HEADERS, "headers of every request of the class"),
        Key("http", Of(&HTTP), "how its requests are sent"),
        Key(
            "variables",
            VARIABLES,
            "variables that its users begin with",
        ),
        Key("on_start", Steps(1), "what each user does first"),
        Key(
            "rehearse",
            Flag,
            "whether `on_start` is tried before any user starts",
        ),
        Key("on_stop", Steps(1), "what each user does last"),
        Key(
            "tasks",
            Named(Names::NotBlank, &Either(&[Steps(1), Of(&TASK)]), 1, MANY),
            "name to task",
        ),
        Key(
            "order",
            Words(&["random", "sequential"]),
            "by weight, or one after the other",
        ),
        Key(
            "transitions",
            Named(
                Names::Any,
                &Named(Names::Any, &Whole(1, MAX_WEIGHT), 1, MANY),
                0,
                MANY,
            ),
            "which task follows which, by weight",
        ),
        Key(
            "iterations",
            Whole(1, u32::MAX),
            "tasks of a user, then it ends",
        ),
    ],
    rules: &[
        Rule::All(&["tasks"], "tasks: {read: [{get: /}]}"),
        Rule::AtMostOne(&["weight", "count"], ""),
        Rule::Needs("rehearse", &["on_start"], ""),
        Rule::NotBoth(
            Has::Value("order", "sequential"),
            Has::Key("transitions"),
            "",
        ),
    ],
};

pub(crate) static WAIT: MapDef = MapDef {
    name: "wait",
    about: "What a user does between two tasks",
    keys: &[
        Key("constant", Duration, "this long after each task"),
        Key("between", BETWEEN, "a random time after each task"),
        Key(
            "pacing",
            Period,
            "a task starts this often, however long the last one took",
        ),
        Key(
            "throughput",
            Rate,
            "so many task starts per second and user",
        ),
        Key(
            "poisson",
            Rate,
            "a random time after each task, on average the inverse of the rate",
        ),
    ],
    rules: &[Rule::One(
        &["constant", "between", "pacing", "throughput", "poisson"],
        "wait: {between: [500ms, 2s]}",
    )],
};

pub(crate) static TASK: MapDef = MapDef {
    name: "task",
    about: "Something a user picks and does",
    keys: &[
        Key("weight", Whole(1, MAX_WEIGHT), "how often it is picked"),
        Key("tags", List(&Known, 0, MANY), "to tell tasks apart"),
        Key("when", Condition, "it is picked only while this holds"),
        Key("steps", Steps(1), "what is done"),
    ],
    rules: &[Rule::All(&["steps"], "steps: [{get: /api/v1/health/}]")],
};
