//! How many users or arrivals.

use crate::scenario::schema::Kind::{
    Above, Duration, Either, Known, List, Of, Period, Rate, RateOrZero, Whole, Words,
};
use crate::scenario::schema::{Has, Key};
use crate::scenario::schema::{Rule, Shape};

const USERS: Key = Key(
    "users",
    Either(&[Whole(1, 1_000_000), Of("users_shape")]),
    "users at the peak, or a shape",
);
const SPAWN_RATE: Key = Key("spawn_rate", Rate, "users started, and ended, per second");
const STAGES: Key = Key(
    "stages",
    Either(&[
        List(&Of("users_stage"), 1, 10_000),
        List(&Of("rate_stage"), 1, 10_000),
    ]),
    "straight lines, each from where the one before ended",
);
const RATE: Key = Key(
    "rate",
    Either(&[Rate, Of("rate_shape")]),
    "task starts per second, whatever the answers take",
);
const ARRIVALS: Key = Key(
    "arrivals",
    Words(&["even", "poisson"]),
    "evenly spaced, or at random moments",
);
const MAX_USERS: Key = Key(
    "max_users",
    Whole(1, 1_000_000),
    "the most users of an open load",
);
const QUEUE: Key = Key(
    "queue",
    Whole(0, 1_000_000),
    "starts that wait for a user; beyond that they are dropped",
);
const START: Key = Key("start", Duration, "when this load begins");
const OVER: Key = Key("over", Duration, "how long it takes; 0s is a step");
const PERIOD: Key = Key("period", Period, "how long one wave is");
const RECORDED: Key = Key(
    "recorded",
    Of("recorded"),
    "a number per line of a CSV file, straight lines between",
);

/// A load has users or arrivals, and is driven by one thing.
const RULES: &[Rule] = &[
    Rule::AtMostOne(&["users", "stages", "rate"]),
    Rule::AtMostOne(&["spawn_rate", "stages", "rate"]),
    Rule::NotBoth(Has::Map("users"), Has::Key("spawn_rate")),
    Rule::Needs("arrivals", &["rate", "stages"]),
    Rule::Needs("max_users", &["rate", "stages"]),
    Rule::Needs("queue", &["rate", "stages"]),
];
const SHAPE_RULES: &[Rule] = &[Rule::One(&["sine", "saw", "double_wave", "recorded"])];
const WAVE_RULES: &[Rule] = &[Rule::All(&["from", "to", "period"])];

const SINE: &str = "a wave that begins at `from`";
const SAW: &str = "rises to `to`, falls at once";
const DOUBLE_WAVE: &str = "two bell curves in a period, the second half as high";

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "load",
        about: "How many users or arrivals, for how long",
        keys: &[
            USERS,
            SPAWN_RATE,
            STAGES,
            Key(
                "iterations",
                Whole(1, 4_294_967_295),
                "task starts of the whole run, then it ends",
            ),
            RATE,
            ARRIVALS,
            MAX_USERS,
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
                Words(&["judge", "accept"]),
                "whether task starts that were planned and did not begin keep the run from passing",
            ),
        ],
        rules: RULES,
    },
    Shape {
        name: "class_load",
        about: "A load of this class alone",
        keys: &[
            USERS, SPAWN_RATE, STAGES, RATE, ARRIVALS, MAX_USERS, QUEUE, START,
        ],
        rules: RULES,
    },
    Shape {
        name: "listed_load",
        about: "A load of a listed file, instead of its own",
        keys: &[
            USERS,
            SPAWN_RATE,
            STAGES,
            RATE,
            ARRIVALS,
            MAX_USERS,
            QUEUE,
            Key("run_time", Period, "when this load ends"),
            START,
        ],
        rules: RULES,
    },
    Shape {
        name: "users_stage",
        about: "A straight line to so many users",
        keys: &[OVER, Key("users", Whole(0, 1_000_000), "users at its end")],
        rules: &[Rule::All(&["over", "users"])],
    },
    Shape {
        name: "rate_stage",
        about: "A straight line to this rate",
        keys: &[
            OVER,
            Key("rate", RateOrZero, "task starts per second at its end"),
        ],
        rules: &[Rule::All(&["over", "rate"])],
    },
    Shape {
        name: "users_shape",
        about: "Users at every moment",
        keys: &[
            Key("sine", Of("users_wave"), SINE),
            Key("saw", Of("users_wave"), SAW),
            Key("double_wave", Of("users_wave"), DOUBLE_WAVE),
            RECORDED,
        ],
        rules: SHAPE_RULES,
    },
    Shape {
        name: "rate_shape",
        about: "A rate at every moment",
        keys: &[
            Key("sine", Of("rate_wave"), SINE),
            Key("saw", Of("rate_wave"), SAW),
            Key("double_wave", Of("rate_wave"), DOUBLE_WAVE),
            RECORDED,
        ],
        rules: SHAPE_RULES,
    },
    Shape {
        name: "users_wave",
        about: "Between how many users, how often",
        keys: &[
            Key("from", Whole(0, 1_000_000), "the fewest"),
            Key("to", Whole(0, 1_000_000), "the most"),
            PERIOD,
        ],
        rules: WAVE_RULES,
    },
    Shape {
        name: "rate_wave",
        about: "Between which rates, how often",
        keys: &[
            Key("from", RateOrZero, "the lowest"),
            Key("to", RateOrZero, "the highest"),
            PERIOD,
        ],
        rules: WAVE_RULES,
    },
    Shape {
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
        rules: &[Rule::All(&["file"])],
    },
];
