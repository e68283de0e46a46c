//! The top of a file, and what belongs to it alone.

use super::Kind::{
    Any, Bytes, Character, Criterion, Duration, Either, Flag, Given, Known, List, Named, Nothing,
    Numbers, Of, Text, Whole, Words,
};
use super::{HEADERS, Key, Kind, Rule, STEPS, Shape};

const TIMEOUT: Key = Key(
    "timeout",
    Duration,
    "of a request, from wanting to send to the last byte",
);
const CONNECT_TIMEOUT: Key = Key("connect_timeout", Duration, "for making a connection");
const MAX_REDIRECTS: Key = Key(
    "max_redirects",
    Whole(0, 100),
    "redirects followed; 0 takes the redirect as the answer",
);
const MAX_BODY: Key = Key(
    "max_body",
    Bytes,
    "the longest body that an expectation or a capture looks at",
);
const PROBE: Kind = Either(&[Words(&["process"]), Of("probe")]);
const COMPRESSION: Key = Key("compression", Flag, "whether Accept-Encoding is sent");
const COOKIES: Key = Key("cookies", Flag, "whether cookies are kept and sent");

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "scenario",
        about: "A scenario: who the users are, what they do, how many of them",
        keys: &[
            Key("name", Known, "what the run is called"),
            Key("description", Known, "a sentence for people"),
            Key("host", Known, "where paths go: http:// or https://"),
            Key(
                "include",
                Either(&[Known, List(&Known, 0)]),
                "other files whose classes, blocks, data and variables are taken in",
            ),
            Key(
                "scenarios",
                List(&Of("listed"), 1),
                "other files that are run together, each with its share of `load`",
            ),
            Key(
                "data",
                Named(&Of("feed")),
                "rows to fill requests with, under a name",
            ),
            Key(
                "variables",
                Named(&Any),
                "variables that every user begins with",
            ),
            Key("blocks", Named(&STEPS), "steps under a name, for `use`"),
            Key(
                "load",
                Of("load"),
                "how many users or arrivals, for how long",
            ),
            Key(
                "criteria",
                Either(&[List(&Criterion, 0), Of("criteria")]),
                "what a run has to meet: `p99 < 500ms`, `success >= 98%`",
            ),
            Key(
                "timeline",
                List(&Of("change"), 0),
                "what is changed while a run goes on",
            ),
            Key(
                "health",
                Either(&[Text, Of("health")]),
                "no user starts before this answers",
            ),
            Key("setup", STEPS, "done once, before the first user"),
            Key("teardown", STEPS, "done once, after the last user"),
            Key(
                "probes",
                Named(&PROBE),
                "what is read of the target beside its answers",
            ),
            Key("http", Of("http"), "how requests are sent"),
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
        name: "listed",
        about: "A file that is run together with others",
        keys: &[
            Key("file", Known, "the file, relative to this one"),
            Key(
                "share",
                Whole(1, 1_000_000),
                "its share of the load of this file",
            ),
            Key("start", Duration, "when it begins"),
            Key(
                "load",
                Either(&[Words(&["own"]), Of("listed_load")]),
                "`own` keeps the load of the file; a map replaces it",
            ),
        ],
        rule: Rule::All(&["file"]),
    },
    Shape {
        name: "criteria",
        about: "What a run has to meet",
        keys: &[
            Key(
                "after",
                Duration,
                "what happens before this, counted from the start, does not count",
            ),
            Key(
                "all",
                List(&Criterion, 0),
                "the criteria, all of which have to be met",
            ),
        ],
        rule: Rule::All(&["all"]),
    },
    Shape {
        name: "feed",
        about: "Rows to fill requests with",
        keys: &[
            Key("csv", Known, "a CSV file with a header line"),
            Key("json", Known, "a file with a JSON list of objects"),
            Key("jsonl", Known, "a file with one JSON object per line"),
            Key("rows", List(&Named(&Given), 1), "the rows themselves"),
            Key(
                "pick",
                Words(&["sequential", "random", "unique"]),
                "the next row, any row, or one that no other running user holds",
            ),
            Key("per", Words(&["user", "task"]), "when a row is taken"),
            Key(
                "at_end",
                Words(&["again", "stop", "fail"]),
                "what becomes of a user when rows run out",
            ),
            Key("delimiter", Character, "one character, of CSV"),
            Key(
                "types",
                Words(&["text", "guess"]),
                "whether 1 and true in CSV are numbers and booleans",
            ),
        ],
        rule: Rule::One(&["csv", "json", "jsonl", "rows"]),
    },
    Shape {
        name: "health",
        about: "What has to answer before the first user starts",
        keys: &[
            Key("get", Text, "path or address"),
            Key("expect", Of("expect"), "what the answer has to be"),
            Key(
                "within",
                Duration,
                "the run does not start if it has not answered by then",
            ),
            Key("every", Duration, "between two tries"),
            Key(
                "slow",
                Duration,
                "an answer that takes longer is remarked on",
            ),
        ],
        rule: Rule::All(&["get"]),
    },
    Shape {
        name: "http",
        about: "How requests are sent",
        keys: &[
            TIMEOUT,
            CONNECT_TIMEOUT,
            MAX_REDIRECTS,
            MAX_BODY,
            Key(
                "version",
                Either(&[
                    Numbers(&[1.1, 2.0]),
                    Words(&["1.1", "2", "2-prior-knowledge"]),
                ]),
                "HTTP/1.1, HTTP/2 agreed on by TLS, or HTTP/2 from the first byte",
            ),
            Key("tls", Of("tls"), "whom to trust, and a client certificate"),
            Key(
                "proxy",
                Either(&[Known, Nothing]),
                "http://[user:password@]host:port, or none",
            ),
            Key(
                "connections",
                Words(&["per_user", "shared", "close"]),
                "kept by each user, shared, or closed after each request",
            ),
            Key(
                "max_connection_age",
                Either(&[Duration, Nothing, Words(&["none"])]),
                "a kept connection is replaced when it is older",
            ),
            Key(
                "source_addresses",
                List(&Known, 0),
                "connections leave from these in turn",
            ),
            Key("dns", Of("dns"), "how the names of hosts are looked up"),
            Key(
                "resolve",
                Named(&Known),
                "hosts whose addresses are not looked up",
            ),
            COMPRESSION,
            COOKIES,
        ],
        rule: Rule::All(&[]),
    },
    Shape {
        name: "step_http",
        about: "How this request is sent",
        keys: &[
            TIMEOUT,
            CONNECT_TIMEOUT,
            MAX_REDIRECTS,
            MAX_BODY,
            COMPRESSION,
            COOKIES,
        ],
        rule: Rule::All(&[]),
    },
    Shape {
        name: "dns",
        about: "How the names of hosts are looked up",
        keys: &[
            Key(
                "ttl",
                Either(&[Duration, Nothing, Words(&["none"])]),
                "a name is looked up again after this time, or never with none",
            ),
            Key(
                "policy",
                Words(&["round_robin", "first"]),
                "which of several addresses a new connection tries first",
            ),
        ],
        rule: Rule::All(&[]),
    },
    Shape {
        name: "tls",
        about: "Certificates, in files of PEM",
        keys: &[
            Key("ca", Known, "authorities to trust beside the system's"),
            Key("cert", Known, "the client's certificate"),
            Key("key", Known, "its private key"),
            Key("insecure", Flag, "whether nothing is verified"),
        ],
        rule: Rule::All(&[]),
    },
];
