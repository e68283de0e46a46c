//! How many users or arrivals.

use super::Kind::{Amount, Duration, Either, Known, List, Number, Of, Rate, Whole, Words};
use super::{Key, Rule, Shape};

const USERS: Key = Key(
    "users",
    Either(&[Whole(1, 1_000_000), Of("shape")]),
    "users at the peak, or a shape",
);
const SPAWN_RATE: Key = Key("spawn_rate", Rate, "users started, and ended, per second");
const STAGES: Key = Key(
    "stages",
    List(&Of("stage"), 1),
    "straight lines, each from where the one before ended",
);
const RATE: Key = Key(
    "rate",
    Either(&[Rate, Of("shape")]),
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

/// What excludes each other: a load has users or arrivals.
const DRIVES: &[&[&str]] = &[
    &["users", "stages", "rate"],
    &["spawn_rate", "stages", "rate"],
];

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
            Key("run_time", Duration, "when the run stops by itself"),
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
        rule: Rule::AtMostOneEach(DRIVES),
    },
    Shape {
        name: "class_load",
        about: "A load of this class alone",
        keys: &[
            USERS, SPAWN_RATE, STAGES, RATE, ARRIVALS, MAX_USERS, QUEUE, START,
        ],
        rule: Rule::AtMostOneEach(DRIVES),
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
            Key("run_time", Duration, "when this load ends"),
            START,
        ],
        rule: Rule::AtMostOneEach(DRIVES),
    },
    Shape {
        name: "stage",
        about: "A straight line to so many users, or to this rate",
        keys: &[
            Key("over", Duration, "how long it takes; 0s is a step"),
            Key("users", Whole(0, 1_000_000), "users at its end"),
            Key("rate", Amount, "task starts per second at its end"),
        ],
        rule: Rule::AllAndOne(&["over"], &["users", "rate"]),
    },
    Shape {
        name: "shape",
        about: "Users or a rate at every moment",
        keys: &[
            Key("sine", Of("wave"), "a wave that begins at `from`"),
            Key("saw", Of("wave"), "rises to `to`, falls at once"),
            Key(
                "double_wave",
                Of("wave"),
                "two bell curves in a period, the second half as high",
            ),
            Key(
                "recorded",
                Of("recorded"),
                "a number per line of a CSV file, straight lines between",
            ),
        ],
        rule: Rule::One(&["sine", "saw", "double_wave", "recorded"]),
    },
    Shape {
        name: "wave",
        about: "Between which values, how often",
        keys: &[
            Key("from", Amount, "the lowest"),
            Key("to", Amount, "the highest"),
            Key("period", Duration, "how long one wave is"),
        ],
        rule: Rule::All(&["from", "to", "period"]),
    },
    Shape {
        name: "recorded",
        about: "Numbers of a CSV file",
        keys: &[
            Key("file", Known, "the file, relative to this one"),
            Key("column", Known, "which column, if there are several"),
            Key("step", Duration, "the time from one line to the next"),
            Key("scale", Number, "what the numbers are multiplied by"),
        ],
        rule: Rule::All(&["file"]),
    },
];
