//! Changes during a run.

use std::time::Duration as Time;

use crate::model::{BURST_FACTOR_MAX, BURST_TIME_MAX, MAX_USERS};
use crate::scenario::load::timeline::COMMANDS;
use crate::scenario::schema::limits::MAX_WEIGHT;
use crate::scenario::schema::maps::WAIT;
use crate::scenario::schema::table::Kind::{
    Above, Duration, Either, Known, Nothing, Of, Period, Rate, RateOrZero, Seconds, Whole, Words,
};
use crate::scenario::schema::table::{Alternatives, Key, MapDef, Rule, words};

/// The kinds of changes.
pub(crate) static CHANGE: Alternatives = Alternatives {
    name: "change",
    maps: &[
        &LOAD_CHANGE,
        &BURST_CHANGE,
        &CLASS_CHANGE,
        &REQUEST_CHANGE,
        &RUN_TIME_CHANGE,
        &COMMAND,
    ],
};

const AT: Key = Key("at", Duration, "when, counted from the start of the run");

pub(crate) static LOAD_CHANGE: MapDef = MapDef {
    name: "load_change",
    about: "Another load",
    keys: &[
        AT,
        Key("users", Whole(0, MAX_USERS), "users from then on"),
        Key("spawn_rate", Rate, "users started, and ended, per second"),
        Key(
            "rate",
            RateOrZero,
            "task starts per second of what is driven by arrivals",
        ),
    ],
    rules: &[
        Rule::All(&["at"], "{at: 30s, users: 500}"),
        Rule::Any(&["users", "spawn_rate", "rate"], "{at: 30s, users: 500}"),
    ],
};

pub(crate) static BURST_CHANGE: MapDef = MapDef {
    name: "burst_change",
    about: "More users for a while",
    keys: &[AT, Key("burst", Of(&BURST), "how many, how long")],
    rules: &[Rule::All(&["at", "burst"], "{at: 30s, burst: {factor: 5}}")],
};

pub(crate) static BURST: MapDef = MapDef {
    name: "burst",
    about: "More users for a while",
    keys: &[
        Key(
            "factor",
            Above(1.0, BURST_FACTOR_MAX),
            "how many times the users of before, above 1",
        ),
        Key(
            "rise",
            Seconds(Time::ZERO, BURST_TIME_MAX),
            "how long they take to come, and to go",
        ),
        Key(
            "hold",
            Seconds(Time::ZERO, BURST_TIME_MAX),
            "how long they stay; 10s",
        ),
    ],
    rules: &[Rule::All(&["factor"], "burst: {factor: 5, hold: 10s}")],
};

pub(crate) static CLASS_CHANGE: MapDef = MapDef {
    name: "class_change",
    about: "Another weight or wait of a user class",
    keys: &[
        AT,
        Key(
            "class",
            Known,
            "the user class that gets a weight or a wait",
        ),
        Key("task", Known, "the task of it that gets the weight"),
        Key("weight", Whole(0, MAX_WEIGHT), "its share; 0 for none"),
        Key(
            "wait",
            Either(&[Nothing, Words(&["none"]), Duration, Of(&WAIT)]),
            "what users of the class do between two tasks",
        ),
    ],
    rules: &[
        Rule::All(&["at", "class"], "{at: 30s, class: Buyer, weight: 3}"),
        Rule::One(&["weight", "wait"], "{at: 30s, class: Buyer, weight: 3}"),
        Rule::Needs("task", &["weight"], ""),
    ],
};

pub(crate) static REQUEST_CHANGE: MapDef = MapDef {
    name: "request_change",
    about: "Whether a request is sent",
    keys: &[
        AT,
        Key(
            "request",
            Known,
            "the request that is sent or passed over, as it is counted: `GET /`",
        ),
        Key("do", Words(&["send", "skip"]), "send it or pass it over"),
    ],
    rules: &[Rule::All(
        &["at", "request", "do"],
        "{at: 30s, request: GET /, do: skip}",
    )],
};

pub(crate) static RUN_TIME_CHANGE: MapDef = MapDef {
    name: "run_time_change",
    about: "Another end of the run",
    keys: &[
        AT,
        Key(
            "run_time",
            Either(&[Words(&["none"]), Period]),
            "when the run stops by itself",
        ),
    ],
    rules: &[Rule::All(&["at", "run_time"], "{at: 30s, run_time: 5m}")],
};

pub(crate) static COMMAND: MapDef = MapDef {
    name: "command",
    about: "What is done at a moment",
    keys: &[AT, Key("do", Words(&words(&COMMANDS)), "what is done")],
    rules: &[Rule::All(&["at", "do"], "{at: 30s, do: pause}")],
};
