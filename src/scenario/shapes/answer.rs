//! What answers have to be, and what is kept of them.

use super::Kind::{
    Any, Either, Flag, Given, JsonPath, Known, List, Named, Number, Of, Size, Status, Text,
    TimeLimit, True, Whole, Words,
};
use super::{Key, Rule, Shape};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "expect",
        about: "What an answer has to be",
        keys: &[
            Key(
                "status",
                Either(&[Status, List(&Status, 1)]),
                "201, \"2xx\", \"200-204\", or a list of these",
            ),
            Key(
                "header",
                Named(&Either(&[Text, Of("test")])),
                "names to values or tests",
            ),
            Key("json", Named(&Any), "paths to values or tests"),
            Key(
                "text",
                Either(&[Text, List(&Text, 0), Of("test")]),
                "the body contains all of them, or passes a test",
            ),
            Key("size", Size, "of the body, as \"< 10KiB\""),
            Key("time", TimeLimit, "the service time is below this"),
        ],
        rule: Rule::All(&[]),
    },
    Shape {
        name: "test",
        about: "What something has to be; all of it holds",
        keys: &[
            Key("exists", Flag, "there is something, or nothing"),
            Key("equals", Any, "it is this"),
            Key(
                "not",
                Any,
                "it is something else; or another test, turned around",
            ),
            Key("matches", Text, "the regular expression is found in it"),
            Key("contains", Text, "this is part of it"),
            Key("count", Text, "so many elements, as 3 or \"> 2\""),
            Key("above", Number, "the number is larger"),
            Key("below", Number, "the number is smaller"),
        ],
        rule: Rule::All(&[]),
    },
    Shape {
        name: "capture",
        about: "Where a value is found",
        keys: &[
            Key("json", JsonPath, "a path in the JSON body"),
            Key(
                "header",
                Known,
                "a header, of the last answer of a redirect chain that has it",
            ),
            Key(
                "cookie",
                Known,
                "a cookie, of the last answer of a redirect chain that sets it",
            ),
            Key(
                "regex",
                Known,
                "the first group, else the whole match, in the body",
            ),
            Key("css", Known, "an element of an HTML body"),
            Key("attribute", Known, "of that element, instead of its text"),
            Key("body", True, "the whole body, as text"),
            Key("status", True, "the status"),
            Key(
                "match",
                Either(&[
                    Words(&["first", "last", "random", "all"]),
                    Whole(1, 1_000_000_000),
                ]),
                "which of several",
            ),
            Key("default", Given, "the value when nothing is found"),
        ],
        rule: Rule::One(&["json", "header", "cookie", "regex", "css", "body", "status"]),
    },
];
