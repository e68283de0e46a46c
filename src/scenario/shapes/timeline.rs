//! What is changed while a run goes on.

use super::Kind::{Amount, Duration, Either, Known, Nothing, Number, Of, Rate, Whole, Words};
use super::{Key, Rule, Shape};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "change",
        about: "A change of one thing while a run goes on",
        keys: &[
            Key("at", Duration, "when, counted from the start of the run"),
            Key("users", Whole(0, 1_000_000), "users from then on"),
            Key("spawn_rate", Rate, "users started, and ended, per second"),
            Key(
                "rate",
                Amount,
                "task starts per second of what is driven by arrivals",
            ),
            Key("burst", Of("burst"), "more users for a while"),
            Key(
                "class",
                Known,
                "the user class that gets a weight or a wait",
            ),
            Key("task", Known, "the task of it that gets the weight"),
            Key("weight", Whole(0, 1_000_000), "its share; 0 for none"),
            Key(
                "wait",
                Either(&[Nothing, Words(&["none"]), Duration, Of("wait")]),
                "what users of the class do between two tasks",
            ),
            Key(
                "request",
                Known,
                "the request that is sent or passed over, as it is counted: `GET /`",
            ),
            Key(
                "run_time",
                Either(&[Words(&["none"]), Duration]),
                "when the run stops by itself",
            ),
            Key(
                "do",
                Words(&[
                    "pause",
                    "resume",
                    "end_burst",
                    "back_to_plan",
                    "back_to_planned_users",
                    "back_to_planned_rate",
                    "send",
                    "skip",
                ]),
                "what is done; `send` and `skip` with a request",
            ),
        ],
        rule: Rule::All(&["at"]),
    },
    Shape {
        name: "burst",
        about: "More users for a while",
        keys: &[
            Key(
                "factor",
                Number,
                "how many times the users of before, above 1",
            ),
            Key("rise", Duration, "how long they take to come, and to go"),
            Key("hold", Duration, "how long they stay; 10s"),
        ],
        rule: Rule::All(&["factor"]),
    },
];
