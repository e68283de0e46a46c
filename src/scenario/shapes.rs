//! The maps of the scenario language and their keys, as a table for the schema.

/// A map of the language.
pub(super) struct Shape {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) keys: &'static [Key],
    pub(super) rule: Rule,
}

/// A key, what it holds, and what it means.
pub(super) struct Key(
    pub(super) &'static str,
    pub(super) Kind,
    pub(super) &'static str,
);

/// Which keys of a map have to be there.
pub(super) enum Rule {
    /// All of these; none is fine as well.
    All(&'static [&'static str]),
    /// Exactly one of these.
    One(&'static [&'static str]),
}

/// What a key holds.
pub(super) enum Kind {
    Any,
    Text,
    Flag,
    Nothing,
    Duration,
    Rate,
    Whole(u64, u64),
    Words(&'static [&'static str]),
    /// A map of the table.
    Of(&'static str),
    /// A list with at least so many elements.
    List(&'static Kind, usize),
    /// A map from names to these.
    Named(&'static Kind),
    Either(&'static [Kind]),
}

use Kind::{Any, Duration, Either, Flag, List, Named, Nothing, Of, Rate, Text, Whole, Words};

const TEXT_OR_NOTHING: Kind = Either(&[Text, Nothing]);
const HEADERS: Kind = Named(&TEXT_OR_NOTHING);
const STEPS: Kind = List(&Of("step"), 1);
const PAUSE: Kind = List(&Duration, 2);
const METHODS: &[&str] = &[
    "get", "head", "post", "put", "patch", "delete", "options", "trace",
];
/// The kinds of steps, which are maps of their own.
pub(super) const STEP_KINDS: &[&str] = &[
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

/// Every map of the language; the first is a file.
pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "scenario",
        about: "A scenario: who the users are, what they do, how many of them",
        keys: &[
            Key("name", Text, "what the run is called"),
            Key("description", Text, "a sentence for people"),
            Key("host", Text, "where paths go: http:// or https://"),
            Key(
                "include",
                Either(&[Text, List(&Text, 0)]),
                "other files whose classes, blocks, data and variables are taken in",
            ),
            Key(
                "variables",
                Named(&Any),
                "variables that every user begins with",
            ),
            Key("blocks", Named(&STEPS), "steps under a name, for `use`"),
            Key("load", Of("load"), "how many users, for how long"),
            Key("http", Of("http"), "limits of every request"),
            Key("headers", HEADERS, "headers of every request"),
            Key(
                "user_classes",
                Named(&Of("user_class")),
                "name to user class",
            ),
        ],
        rule: Rule::All(&[]),
    },
    Shape {
        name: "load",
        about: "How many users",
        keys: &[
            Key("users", Whole(1, 1_000_000), "users at the peak"),
            Key("spawn_rate", Rate, "users started, and ended, per second"),
            Key("run_time", Duration, "when the run stops by itself"),
            Key(
                "stop_timeout",
                Duration,
                "how long running tasks may go on after a stop",
            ),
        ],
        rule: Rule::All(&[]),
    },
    Shape {
        name: "http",
        about: "Limits of requests",
        keys: &[
            Key(
                "timeout",
                Duration,
                "of a request, from wanting to send to the last byte",
            ),
            Key("connect_timeout", Duration, "for making a connection"),
            Key(
                "max_redirects",
                Whole(0, 100),
                "redirects followed; 0 takes the redirect as the answer",
            ),
        ],
        rule: Rule::All(&[]),
    },
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
            Key(
                "wait",
                Either(&[Nothing, Words(&["none"]), Duration, Of("wait")]),
                "what a user does between two tasks",
            ),
            Key("headers", HEADERS, "headers of every request of the class"),
            Key(
                "variables",
                Named(&Any),
                "variables that its users begin with",
            ),
            Key("on_start", STEPS, "what each user does first"),
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
            Key("tags", List(&Text, 0), "to tell tasks apart"),
            Key("when", Text, "it is picked only while this holds"),
            Key("steps", STEPS, "what is done"),
        ],
        rule: Rule::All(&["steps"]),
    },
    Shape {
        name: "request",
        about: "A request",
        keys: &[
            Key("get", Text, "path or address"),
            Key("head", Text, "path or address"),
            Key("post", Text, "path or address"),
            Key("put", Text, "path or address"),
            Key("patch", Text, "path or address"),
            Key("delete", Text, "path or address"),
            Key("options", Text, "path or address"),
            Key("trace", Text, "path or address"),
            Key("name", Text, "the row of the statistics"),
            Key(
                "headers",
                HEADERS,
                "they win over those of class and scenario; null takes one away",
            ),
            Key(
                "query",
                Named(&Any),
                "appended to the path; a list repeats its parameter",
            ),
            Key("json", Any, "body as JSON"),
            Key(
                "form",
                Named(&Any),
                "body as a form; a list repeats its field",
            ),
            Key("body", Text, "body as it stands"),
            Key("expect", Of("expect"), "what the answer has to be"),
            Key(
                "capture",
                Named(&Either(&[Nothing, Of("capture")])),
                "what is kept of the answer",
            ),
            Key("timeout", Duration, "of this request"),
        ],
        rule: Rule::One(METHODS),
    },
    Shape {
        name: "expect",
        about: "What an answer has to be",
        keys: &[
            Key(
                "status",
                Either(&[Text, List(&Text, 1)]),
                "201, \"2xx\", \"200-204\", or a list of these",
            ),
            Key("json", Named(&Any), "paths to values or tests"),
            Key(
                "text",
                Either(&[Text, List(&Text, 0)]),
                "the body contains all of them",
            ),
            Key(
                "time",
                Either(&[Text, Duration]),
                "the service time is below this",
            ),
        ],
        rule: Rule::All(&[]),
    },
    Shape {
        name: "capture",
        about: "Where a value is found",
        keys: &[
            Key("json", Text, "a path in the JSON body"),
            Key("header", Text, "a header"),
            Key("cookie", Text, "a cookie that the answer sets"),
            Key(
                "regex",
                Text,
                "the first group, else the whole match, in the body",
            ),
        ],
        rule: Rule::One(&["json", "header", "cookie", "regex"]),
    },
    Shape {
        name: "think",
        about: "Waits",
        keys: &[Key("think", Either(&[Duration, Of("pause")]), "how long")],
        rule: Rule::All(&["think"]),
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
        rule: Rule::One(&["constant", "between", "poisson"]),
    },
    Shape {
        name: "set",
        about: "Sets variables",
        keys: &[Key("set", Named(&Any), "names to values")],
        rule: Rule::All(&["set"]),
    },
    Shape {
        name: "group",
        about: "Steps that have a row of their own together",
        keys: &[
            Key("group", Text, "its name"),
            Key("steps", STEPS, "its steps"),
        ],
        rule: Rule::All(&["group", "steps"]),
    },
    Shape {
        name: "repeat",
        about: "Does steps again and again",
        keys: &[
            Key(
                "repeat",
                Either(&[Text, Of("rounds")]),
                "how often: a number, an expression, or a map",
            ),
            Key("steps", STEPS, "what is done"),
        ],
        rule: Rule::All(&["repeat", "steps"]),
    },
    Shape {
        name: "rounds",
        about: "How often",
        keys: &[
            Key("while", Text, "as long as this holds"),
            Key("each", Text, "the variable that holds each element"),
            Key("in", Text, "the list"),
            Key("max", Whole(1, 1_000_000), "at most so often"),
        ],
        rule: Rule::One(&["while", "each"]),
    },
    Shape {
        name: "if",
        about: "One or the other",
        keys: &[
            Key("if", Text, "a condition"),
            Key("then", STEPS, "where it holds"),
            Key("else", STEPS, "where it does not"),
        ],
        rule: Rule::All(&["if", "then"]),
    },
    Shape {
        name: "choose",
        about: "One of several, by weight",
        keys: &[Key("choose", List(&Of("branch"), 1), "the branches")],
        rule: Rule::All(&["choose"]),
    },
    Shape {
        name: "branch",
        about: "A branch of `choose`",
        keys: &[
            Key("weight", Whole(1, 1_000_000), "its weight"),
            Key("steps", STEPS, "its steps"),
        ],
        rule: Rule::All(&["steps"]),
    },
    Shape {
        name: "poll",
        about: "Does steps until something holds",
        keys: &[
            Key("poll", Of("until"), "until when"),
            Key("steps", STEPS, "what is done"),
        ],
        rule: Rule::All(&["poll", "steps"]),
    },
    Shape {
        name: "until",
        about: "Until when, and how often it is tried",
        keys: &[
            Key("until", Text, "a condition"),
            Key("every", Duration, "between two tries"),
            Key("timeout", Duration, "a failure if it does not hold by then"),
        ],
        rule: Rule::All(&["until"]),
    },
    Shape {
        name: "parallel",
        about: "Requests at the same time",
        keys: &[Key("parallel", List(&Of("request"), 1), "the requests")],
        rule: Rule::All(&["parallel"]),
    },
    Shape {
        name: "use",
        about: "The steps of a block",
        keys: &[Key("use", Text, "its name")],
        rule: Rule::All(&["use"]),
    },
    Shape {
        name: "log",
        about: "A line in the log of the run",
        keys: &[Key("log", Text, "the line")],
        rule: Rule::All(&["log"]),
    },
    Shape {
        name: "fail",
        about: "The task fails here",
        keys: &[Key("fail", Text, "under this name")],
        rule: Rule::All(&["fail"]),
    },
    Shape {
        name: "stop_user",
        about: "The user ends, after its `on_stop`",
        keys: &[Key("stop_user", Flag, "true")],
        rule: Rule::All(&["stop_user"]),
    },
];
