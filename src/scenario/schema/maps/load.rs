//! Loads: users or arrivals over time.

use crate::model::MAX_USERS;
use crate::scenario::load::workload::{SPACINGS, UNDELIVERED};
use crate::scenario::schema::limits::MAX_STAGES;
use crate::scenario::schema::table::Kind::{
    Above, Duration, Either, Known, List, Of, Period, Rate, RateOrZero, Whole, Words,
};
use crate::scenario::schema::table::{Has, Key, MapDef, Rule, words};

const USERS: Key = Key(
    "users",
    Either(&[Whole(1, MAX_USERS), Of(&USERS_SHAPE)]),
    "users at the peak, or a shape",
);
const SPAWN_RATE: Key = Key("spawn_rate", Rate, "users started, and ended, per second");
const STAGES: Key = Key(
    "stages",
    Either(&[
        List(&Of(&USERS_STAGE), 1, MAX_STAGES),
        List(&Of(&RATE_STAGE), 1, MAX_STAGES),
    ]),
    "straight lines, each from where the one before ended",
);
const RATE: Key = Key(
    "rate",
    Either(&[Rate, Of(&RATE_SHAPE)]),
    "task starts per second, whatever the answers take",
);
const ARRIVALS: Key = Key(
    "arrivals",
    Words(&words(&SPACINGS)),
    "evenly spaced, or at random moments",
);
const USER_LIMIT: Key = Key(
    "max_users",
    Whole(1, MAX_USERS),
    "the most users of an open load",
);
const QUEUE: Key = Key(
    "queue",
    Whole(0, MAX_USERS),
    "starts that wait for a user; beyond that they are dropped",
);
const START: Key = Key("start", Duration, "when this load begins");
const OVER: Key = Key("over", Duration, "how long it takes; 0s is a step");
const PERIOD: Key = Key("period", Period, "how long one wave is");

const EITHER: &str =
    "a load has users or arrivals; for both at once, give a user class a `load` of its own";
const PLANNED: &str = "users start and end as planned";

/// A load has users or arrivals, and is driven by one thing.
const RULES: &[Rule] = &[
    Rule::AtMostOne(&["users", "rate"], EITHER),
    Rule::AtMostOne(&["spawn_rate", "rate"], EITHER),
    Rule::AtMostOne(&["users", "stages"], "each stage has its users"),
    Rule::AtMostOne(&["rate", "stages"], "each stage has its rate"),
    Rule::AtMostOne(&["spawn_rate", "stages"], PLANNED),
    Rule::NotBoth(Has::Map("users"), Has::Key("spawn_rate"), PLANNED),
    Rule::Needs("arrivals", &["rate", "stages"], "rate: 200/s"),
    Rule::Needs("max_users", &["rate", "stages"], "rate: 200/s"),
    Rule::Needs("queue", &["rate", "stages"], "rate: 200/s"),
];

/// A straight line of users or of rates.
macro_rules! stage {
    ($of:literal, $value:expr, $to:literal, $unit:literal) => {
        MapDef {
            name: concat!($of, "_stage"),
            about: concat!("A straight line to ", $to),
            keys: &[OVER, Key($of, $value, concat!($unit, " at its end"))],
            rules: &[Rule::All(
                &["over", $of],
                concat!("{over: 1m, ", $of, ": 100}"),
            )],
        }
    };
}

/// Users or rates over time.
macro_rules! shape {
    ($of:literal, $wave:expr, $about:literal) => {
        MapDef {
            name: concat!($of, "_shape"),
            about: $about,
            keys: &[
                Key("sine", Of($wave), "a wave that begins at `from`"),
                Key("saw", Of($wave), "rises to `to`, falls at once"),
                Key(
                    "double_wave",
                    Of($wave),
                    "two bell curves in a period, the second half as high",
                ),
                Key(
                    "recorded",
                    Of(&RECORDED),
                    "a number per line of a CSV file, straight lines between",
                ),
            ],
            rules: &[Rule::One(
                &["sine", "saw", "double_wave", "recorded"],
                "{sine: {from: 10, to: 100, period: 1m}}",
            )],
        }
    };
}

/// A wave of users or of rates.
macro_rules! wave {
    ($of:literal, $value:expr, $about:literal, [$low:literal, $high:literal]) => {
        MapDef {
            name: concat!($of, "_wave"),
            about: $about,
            keys: &[Key("from", $value, $low), Key("to", $value, $high), PERIOD],
            rules: &[Rule::All(
                &["from", "to", "period"],
                "{from: 10, to: 100, period: 1m}",
            )],
        }
    };
}

pub(crate) static LOAD: MapDef = MapDef {
    name: "load",
    about: "How many users or arrivals, for how long",
    keys: &[
        USERS,
        SPAWN_RATE,
        STAGES,
        Key(
            "iterations",
            Whole(1, u32::MAX),
            "task starts of the whole run, then it ends",
        ),
        RATE,
        ARRIVALS,
        USER_LIMIT,
        QUEUE,
        Key("run_time", Period, "when the run stops by itself"),
        Key(
            "stop_timeout",
            Duration,
            "how long running tasks may go on after a stop",
        ),
        START,
        Key(
            "max_rps",
            Rate,
            "the most requests per second of the whole run",
        ),
        Key(
            "undelivered",
            Words(&words(&UNDELIVERED)),
            "whether task starts that were planned and did not begin keep the run from passing",
        ),
    ],
    rules: RULES,
};

pub(crate) static CLASS_LOAD: MapDef = MapDef {
    name: "class_load",
    about: "A load of this class alone",
    keys: &[
        USERS, SPAWN_RATE, STAGES, RATE, ARRIVALS, USER_LIMIT, QUEUE, START,
    ],
    rules: RULES,
};

pub(crate) static LISTED_LOAD: MapDef = MapDef {
    name: "listed_load",
    about: "A load of a listed file, instead of its own",
    keys: &[
        USERS,
        SPAWN_RATE,
        STAGES,
        RATE,
        ARRIVALS,
        USER_LIMIT,
        QUEUE,
        Key("run_time", Period, "when this load ends"),
        START,
    ],
    rules: RULES,
};

pub(crate) static USERS_STAGE: MapDef =
    stage!("users", Whole(0, MAX_USERS), "so many users", "users");
pub(crate) static RATE_STAGE: MapDef =
    stage!("rate", RateOrZero, "this rate", "task starts per second");
pub(crate) static USERS_SHAPE: MapDef = shape!("users", &USERS_WAVE, "Users at every moment");
pub(crate) static RATE_SHAPE: MapDef = shape!("rate", &RATE_WAVE, "A rate at every moment");
pub(crate) static USERS_WAVE: MapDef = wave!(
    "users",
    Whole(0, MAX_USERS),
    "Between how many users, how often",
    ["the fewest", "the most"]
);
pub(crate) static RATE_WAVE: MapDef = wave!(
    "rate",
    RateOrZero,
    "Between which rates, how often",
    ["the lowest", "the highest"]
);

pub(crate) static RECORDED: MapDef = MapDef {
    name: "recorded",
    about: "Numbers of a CSV file",
    keys: &[
        Key("file", Known, "the file, relative to this one"),
        Key("column", Known, "which column, if there are several"),
        Key("step", Period, "the time from one line to the next"),
        Key(
            "scale",
            Above(0.0, f64::MAX),
            "what the numbers are multiplied by",
        ),
    ],
    rules: &[Rule::All(
        &["file"],
        "recorded: {file: day.csv, column: users}",
    )],
};
