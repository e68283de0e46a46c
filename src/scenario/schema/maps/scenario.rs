//! The top of a file, and what belongs to it alone.

use crate::model::TIMELINE_MAX;
use crate::scenario::connection::route::{CONNECTIONS, POLICIES, VERSIONS};
use crate::scenario::data::feeds::{AT_ENDS, PERS, PICKS, TYPES};
use crate::scenario::schema::limits::{
    MAX_CLASSES, MAX_CRITERIA, MAX_FEEDS, MAX_FILES, MAX_PROBES, MAX_TIME, MAX_WEIGHT, MIN_TTL,
};
use crate::scenario::schema::maps::{CHANGE, EXPECT, LISTED_LOAD, LOAD, PROBE, USER_CLASS};
use crate::scenario::schema::table::Kind::{
    Address, Bytes, Character, Criterion, Duration, Either, Flag, Given, Ip, Known, Label, List,
    Named, Nothing, Numbers, Of, OneOf, Period, Proxy, Seconds, Steps, Target, Whole, Words,
};
use crate::scenario::schema::table::{
    HEADERS, Has, Key, MANY, MapDef, Names, Rule, VARIABLES, words,
};

const IDENTITY: &str = "tls: {cert: client.pem, key: client.key}";
const TIMEOUT: Key = Key(
    "timeout",
    Period,
    "of a request, from wanting to send to the last byte",
);
const CONNECT_TIMEOUT: Key = Key("connect_timeout", Period, "for making a connection");
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
const COMPRESSION: Key = Key("compression", Flag, "whether Accept-Encoding is sent");
const COOKIES: Key = Key("cookies", Flag, "whether cookies are kept and sent");

pub(crate) static SCENARIO: MapDef = MapDef {
    name: "scenario",
    about: "A scenario: who the users are, what they do, how many of them",
    keys: &[
        Key("name", Label, "what the run is called"),
        Key("description", Known, "a sentence for people"),
        Key("host", Address, "where paths go: http:// or https://"),
        Key(
            "include",
            Either(&[Known, List(&Known, 0, MAX_FILES)]),
            "other files whose classes, blocks, data and variables are taken in",
        ),
        Key(
            "scenarios",
            List(&Of(&LISTED), 1, MAX_FILES),
            "other files that are run together, each with its share of `load`",
        ),
        Key(
            "data",
            Named(Names::Feed, &Of(&FEED), 0, MAX_FEEDS),
            "rows to fill requests with, under a name",
        ),
        Key(
            "variables",
            VARIABLES,
            "variables that every user begins with",
        ),
        Key(
            "blocks",
            Named(Names::Any, &Steps(1), 0, MANY),
            "steps under a name, for `use`",
        ),
        Key(
            "load",
            Of(&LOAD),
            "how many users or arrivals, for how long",
        ),
        Key(
            "criteria",
            Either(&[List(&Criterion, 0, MAX_CRITERIA), Of(&CRITERIA)]),
            "what a run has to meet: `p99 < 500ms`, `success >= 98%`",
        ),
        Key(
            "timeline",
            List(&OneOf(&CHANGE), 0, TIMELINE_MAX),
            "changes during the run",
        ),
        Key(
            "health",
            Either(&[Target, Of(&HEALTH)]),
            "no user starts before this answers",
        ),
        Key("setup", Steps(1), "done once, before the first user"),
        Key("teardown", Steps(1), "done once, after the last user"),
        Key(
            "probes",
            Named(
                Names::Probe,
                &Either(&[Words(&["process"]), Of(&PROBE)]),
                0,
                MAX_PROBES,
            ),
            "what is read of the target beside its answers",
        ),
        Key("http", Of(&HTTP), "how requests are sent"),
        Key("headers", HEADERS, "headers of every request"),
        Key(
            "user_classes",
            Named(Names::Class, &Of(&USER_CLASS), 1, MAX_CLASSES),
            "name to user class",
        ),
    ],
    rules: &[Rule::Any(
        &[
            "user_classes",
            "scenarios",
            "include",
            "blocks",
            "data",
            "variables",
        ],
        "user_classes: {Visitor: {tasks: {read: [{get: /}]}}}",
    )],
};

pub(crate) static LISTED: MapDef = MapDef {
    name: "listed",
    about: "A file that is run together with others",
    keys: &[
        Key("file", Known, "the file, relative to this one"),
        Key(
            "share",
            Whole(1, MAX_WEIGHT),
            "its share of the load of this file",
        ),
        Key("start", Duration, "when it begins"),
        Key(
            "load",
            Either(&[Words(&["own"]), Of(&LISTED_LOAD)]),
            "`own` keeps the load of the file; a map replaces it",
        ),
    ],
    rules: &[
        Rule::All(&["file"], "{file: a.yaml, share: 2}"),
        Rule::AtMostOne(&["share", "load"], ""),
    ],
};

pub(crate) static CRITERIA: MapDef = MapDef {
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
            List(&Criterion, 0, MAX_CRITERIA),
            "the criteria, all of which have to be met",
        ),
    ],
    rules: &[Rule::All(
        &["all"],
        "criteria: {after: 10s, all: [p99 < 1s]}",
    )],
};

pub(crate) static FEED: MapDef = MapDef {
    name: "feed",
    about: "Rows to fill requests with",
    keys: &[
        Key("csv", Known, "a CSV file with a header line"),
        Key("json", Known, "a file with a JSON list of objects"),
        Key("jsonl", Known, "a file with one JSON object per line"),
        Key(
            "rows",
            List(&Named(Names::Any, &Given, 0, MANY), 1, MANY),
            "the rows themselves",
        ),
        Key(
            "pick",
            Words(&words(&PICKS)),
            "the next row, any row, or one that no other running user holds",
        ),
        Key("per", Words(&words(&PERS)), "when a row is taken"),
        Key(
            "at_end",
            Words(&words(&AT_ENDS)),
            "what becomes of a user when rows run out",
        ),
        Key("delimiter", Character, "one character, of CSV"),
        Key(
            "types",
            Words(&words(&TYPES)),
            "whether 1 and true in CSV are numbers and booleans",
        ),
    ],
    rules: &[
        Rule::One(&["csv", "json", "jsonl", "rows"], "{csv: products.csv}"),
        Rule::Needs("delimiter", &["csv"], ""),
        Rule::Needs("types", &["csv"], ""),
        Rule::NotBoth(
            Has::Value("pick", "unique"),
            Has::Value("at_end", "again"),
            "a row is free when its user ends; if there is none: stop or fail",
        ),
    ],
};

pub(crate) static HEALTH: MapDef = MapDef {
    name: "health",
    about: "What has to answer before the first user starts",
    keys: &[
        Key("get", Target, "path or address"),
        Key("expect", Of(&EXPECT), "what the answer has to be"),
        Key(
            "within",
            Period,
            "the run does not start if it has not answered by then",
        ),
        Key("every", Period, "between two tries"),
        Key("slow", Period, "a slower response is noted"),
    ],
    rules: &[Rule::All(
        &["get"],
        "health: {get: /api/v1/health/, within: 1m}",
    )],
};

pub(crate) static HTTP: MapDef = MapDef {
    name: "http",
    about: "How requests are sent",
    keys: &[
        TIMEOUT,
        CONNECT_TIMEOUT,
        MAX_REDIRECTS,
        MAX_BODY,
        Key(
            "version",
            Either(&[Numbers(&[1.1, 2.0]), Words(&words(&VERSIONS))]),
            "HTTP/1.1, HTTP/2 agreed on by TLS, or HTTP/2 from the first byte",
        ),
        Key("tls", Of(&TLS), "whom to trust, and a client certificate"),
        Key(
            "proxy",
            Either(&[Proxy, Nothing]),
            "http://[user:password@]host:port, or none",
        ),
        Key(
            "connections",
            Words(&words(&CONNECTIONS)),
            "kept by each user, shared, or closed after each request",
        ),
        Key(
            "max_connection_age",
            Either(&[Period, Nothing, Words(&["none"])]),
            "a kept connection is replaced when it is older",
        ),
        Key(
            "source_addresses",
            List(&Ip, 0, MANY),
            "connections leave from these in turn",
        ),
        Key("dns", Of(&DNS), "how the names of hosts are looked up"),
        Key(
            "resolve",
            Named(Names::Host, &Ip, 0, MANY),
            "hosts whose addresses are not looked up",
        ),
        COMPRESSION,
        COOKIES,
    ],
    rules: &[],
};

pub(crate) static STEP_HTTP: MapDef = MapDef {
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
    rules: &[],
};

pub(crate) static DNS: MapDef = MapDef {
    name: "dns",
    about: "How the names of hosts are looked up",
    keys: &[
        Key(
            "ttl",
            Either(&[Seconds(MIN_TTL, MAX_TIME), Nothing, Words(&["none"])]),
            "a name is looked up again after this time, or never with none",
        ),
        Key(
            "policy",
            Words(&words(&POLICIES)),
            "which of several addresses a new connection tries first",
        ),
    ],
    rules: &[],
};

pub(crate) static TLS: MapDef = MapDef {
    name: "tls",
    about: "Certificates, in files of PEM",
    keys: &[
        Key("ca", Known, "authorities to trust beside the system's"),
        Key("cert", Known, "the client's certificate"),
        Key("key", Known, "its private key"),
        Key("insecure", Flag, "whether nothing is verified"),
    ],
    rules: &[
        Rule::Needs("cert", &["key"], IDENTITY),
        Rule::Needs("key", &["cert"], IDENTITY),
    ],
};
