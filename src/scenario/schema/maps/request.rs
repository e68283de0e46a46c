//! Requests and their bodies.

use crate::scenario::request::request_step;
use crate::scenario::schema::maps::{CAPTURE, EXPECT, STEP_HTTP};
use crate::scenario::schema::table::Kind::{
    Any, Either, Known, Label, List, Named, Nothing, Of, Period, Target, Text,
};
use crate::scenario::schema::table::{HEADERS, Key, MANY, MapDef, Names, PARAMETERS, Rule, words};

const METHODS: &[&str] = &words(&request_step::METHODS);

/// The keys that say a body.
pub(crate) const BODIES: &[&str] = &[
    "json",
    "form",
    "body",
    "multipart",
    "file",
    "template",
    "graphql",
];

pub(crate) static REQUEST: MapDef = MapDef {
    name: "request",
    about: "A request",
    keys: &[
        Key("get", Target, "path, address or link"),
        Key("head", Target, "path, address or link"),
        Key("post", Target, "path, address or link"),
        Key("put", Target, "path, address or link"),
        Key("patch", Target, "path, address or link"),
        Key("delete", Target, "path, address or link"),
        Key("options", Target, "path, address or link"),
        Key("trace", Target, "path, address or link"),
        Key("name", Label, "the row of the statistics"),
        Key(
            "headers",
            HEADERS,
            "they win over those of class and scenario; null takes one away",
        ),
        Key(
            "query",
            PARAMETERS,
            "appended to the path; a list repeats its parameter",
        ),
        Key("json", Any, "body as JSON"),
        Key(
            "form",
            PARAMETERS,
            "body as a form; a list repeats its field",
        ),
        Key("body", Text, "body as it stands"),
        Key(
            "multipart",
            Named(
                Names::Any,
                &Either(&[Text, Of(&PART), List(&Either(&[Text, Of(&PART)]), 0, MANY)]),
                0,
                MANY,
            ),
            "body of parts; a list repeats its part",
        ),
        Key("file", Known, "the bytes of a file as the body"),
        Key("template", Known, "a text file with {{ }} as the body"),
        Key(
            "graphql",
            Either(&[Text, Of(&GRAPHQL)]),
            "a query of GraphQL, as JSON",
        ),
        Key("expect", Of(&EXPECT), "what the answer has to be"),
        Key(
            "capture",
            Named(Names::Variable, &Either(&[Nothing, Of(&CAPTURE)]), 0, MANY),
            "what is kept of the answer",
        ),
        Key("timeout", Period, "of this request"),
        Key("http", Of(&STEP_HTTP), "how it is sent"),
    ],
    rules: &[
        Rule::One(METHODS, "get: /api/v1/health/"),
        Rule::AtMostOne(BODIES, "a request has one body"),
    ],
};

pub(crate) static PART: MapDef = MapDef {
    name: "part",
    about: "A part of a body: a file or a text",
    keys: &[
        Key("file", Known, "the file"),
        Key("text", Text, "the text"),
        Key("filename", Text, "what the file is called there"),
        Key("type", Text, "its type, as image/png"),
    ],
    rules: &[Rule::One(
        &["file", "text"],
        "{file: a.png, type: image/png}",
    )],
};

pub(crate) static GRAPHQL: MapDef = MapDef {
    name: "graphql",
    about: "A query of GraphQL",
    keys: &[
        Key("query", Text, "the query"),
        Key(
            "variables",
            Named(Names::Any, &Any, 0, MANY),
            "its variables",
        ),
        Key("operation", Text, "which operation of the query"),
    ],
    rules: &[Rule::All(&["query"], "query: '{ items { id } }'")],
};
