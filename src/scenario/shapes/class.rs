//! User classes and tasks.

use super::Kind::{
    Any, Duration, Either, Flag, Known, List, Named, Nothing, Of, Rate, Text, Whole, Words,
};
use super::{HEADERS, Key, PAUSE, Rule, STEPS, Shape};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "user_class",
        about: "A kind of user",
        keys: &[
            Key("weight", Whole(1, 1_000_000), "its share of the users"),
            Key(
                "count",
                Whole(1, 1_000_000),
                "exactly so many users, instead of a share",
            ),
            Key("load", Of("class_load"), "a load of its own"),
            Key(
                "wait",
                Either(&[Nothing, Words(&["none"]), Duration, Of("wait")]),
                "what a user does between two tasks",
            ),
            Key("headers", HEADERS, "headers of every request of the class"),
            Key("http", Of("http"), "how its requests are sent"),
            Key(
                "variables",
                Named(&Any),
                "variables that its users begin with",
            ),
            Key("on_start", STEPS, "what each user does first"),
            Key(
                "rehearse",
                Flag,
                "whether `on_start` is tried before any user starts",
            ),
            Key("on_stop", STEPS, "what each user does last"),
            Key(
                "tasks",
                Named(&Either(&[STEPS, Of("task")])),
                "name to task",
            ),
            Key(
                "order",
                Words(&["random", "sequential"]),
                "by weight, or one after the other",
            ),
            Key(
                "transitions",
                Named(&Named(&Whole(1, 1_000_000))),
                "which task follows which, by weight",
            ),
            Key(
                "iterations",
                Whole(1, 4_294_967_295),
                "tasks of a user, then it ends",
            ),
        ],
        rule: Rule::All(&["tasks"]),
    },
    Shape {
        name: "wait",
        about: "What a user does between two tasks",
        keys: &[
            Key("constant", Duration, "this long after each task"),
            Key("between", PAUSE, "a random time after each task"),
            Key(
                "pacing",
                Duration,
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
        rule: Rule::One(&["constant", "between", "pacing", "throughput", "poisson"]),
    },
    Shape {
        name: "task",
        about: "Something a user picks and does",
        keys: &[
            Key("weight", Whole(1, 1_000_000), "how often it is picked"),
            Key("tags", List(&Known, 0), "to tell tasks apart"),
            Key("when", Text, "it is picked only while this holds"),
            Key("steps", STEPS, "what is done"),
        ],
        rule: Rule::All(&["steps"]),
    },
];
