//! Requests and their bodies.

use super::Kind::{Any, Duration, Either, Known, List, Named, Nothing, Of, Text};
use super::{HEADERS, Key, Rule, Shape};
use crate::scenario::body;

const METHODS: &[&str] = &[
    "get", "head", "post", "put", "patch", "delete", "options", "trace",
];

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "request",
        about: "A request",
        keys: &[
            Key("get", Text, "path, address or link"),
            Key("head", Text, "path, address or link"),
            Key("post", Text, "path, address or link"),
            Key("put", Text, "path, address or link"),
            Key("patch", Text, "path, address or link"),
            Key("delete", Text, "path, address or link"),
            Key("options", Text, "path, address or link"),
            Key("trace", Text, "path, address or link"),
            Key("name", Known, "the row of the statistics"),
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
            Key(
                "multipart",
                Named(&Either(&[
                    Text,
                    Of("part"),
                    List(&Either(&[Text, Of("part")]), 0),
                ])),
                "body of parts; a list repeats its part",
            ),
            Key("file", Known, "the bytes of a file as the body"),
            Key("template", Known, "a text file with {{ }} as the body"),
            Key(
                "graphql",
                Either(&[Text, Of("graphql")]),
                "a query of GraphQL, as JSON",
            ),
            Key("expect", Of("expect"), "what the answer has to be"),
            Key(
                "capture",
                Named(&Either(&[Nothing, Of("capture")])),
                "what is kept of the answer",
            ),
            Key("timeout", Duration, "of this request"),
            Key("http", Of("step_http"), "how it is sent"),
        ],
        rule: Rule::OneAndAtMostOne(METHODS, &body::KINDS),
    },
    Shape {
        name: "part",
        about: "A part of a body: a file or a text",
        keys: &[
            Key("file", Known, "the file"),
            Key("text", Text, "the text"),
            Key("filename", Text, "what the file is called there"),
            Key("type", Text, "its type, as image/png"),
        ],
        rule: Rule::One(&["file", "text"]),
    },
    Shape {
        name: "graphql",
        about: "A query of GraphQL",
        keys: &[
            Key("query", Text, "the query"),
            Key("variables", Named(&Any), "its variables"),
            Key("operation", Text, "which operation of the query"),
        ],
        rule: Rule::All(&["query"]),
    },
];
