//! Expectations of responses, and captures.

use crate::scenario::schema::table::Kind::{
    Any, Count, Either, Flag, Given, HeaderName, JsonPath, Known, Label, List, Named, Nth, Number,
    Of, Size, Status, Text, TimeLimit, True,
};
use crate::scenario::schema::table::{Key, MANY, MapDef, Names, Rule};

const EXISTS: Key = Key("exists", Flag, "there is something, or nothing");
const EQUALS: Key = Key("equals", Text, "it is this");
const MATCHES: Key = Key("matches", Text, "the regular expression is found in it");
const CONTAINS: Key = Key("contains", Text, "this is part of it");
const ABOVE: Key = Key("above", Number, "the number is larger");
const BELOW: Key = Key("below", Number, "the number is smaller");
const TESTS: &[&str] = &[
    "exists", "equals", "not", "matches", "contains", "count", "above", "below",
];
const NOT: &str = "it is something else; or another test, turned around";

pub(crate) static EXPECT: MapDef = MapDef {
    name: "expect",
    about: "What an answer has to be",
    keys: &[
        Key(
            "status",
            Either(&[Status, List(&Status, 1, MANY)]),
            "201, \"2xx\", \"200-204\", or a list of these",
        ),
        Key(
            "header",
            Named(Names::AnyHeader, &Either(&[Text, Of(&TEST)]), 0, MANY),
            "names to values or tests",
        ),
        Key(
            "json",
            Named(Names::JsonPath, &Any, 0, MANY),
            "paths to values or tests",
        ),
        Key(
            "text",
            Either(&[Text, List(&Text, 1, MANY), Of(&TEXT_TEST)]),
            "the body contains all of them, or passes a test",
        ),
        Key("size", Size, "of the body, as \"< 10KiB\""),
        Key("time", TimeLimit, "the service time is below this"),
    ],
    rules: &[],
};

pub(crate) static TEST: MapDef = MapDef {
    name: "test",
    about: "What a header has to be; all of it holds",
    keys: &[
        EXISTS,
        EQUALS,
        Key("not", Either(&[Text, Of(&TEST)]), NOT),
        MATCHES,
        CONTAINS,
        Key("count", Count, "so many lines, as 3 or \"> 2\""),
        ABOVE,
        BELOW,
    ],
    rules: &[Rule::Any(TESTS, "{exists: true}")],
};

pub(crate) static TEXT_TEST: MapDef = MapDef {
    name: "text_test",
    about: "What a body has to be; all of it holds",
    keys: &[
        EXISTS,
        EQUALS,
        Key("not", Either(&[Text, Of(&TEXT_TEST)]), NOT),
        MATCHES,
        CONTAINS,
        ABOVE,
        BELOW,
    ],
    rules: &[Rule::Any(TESTS, "{exists: true}")],
};

pub(crate) static CAPTURE: MapDef = MapDef {
    name: "capture",
    about: "Where a value is found",
    keys: &[
        Key("json", JsonPath, "a path in the JSON body"),
        Key(
            "header",
            HeaderName,
            "a header, of the last answer of a redirect chain that has it",
        ),
        Key(
            "cookie",
            Label,
            "a cookie, of the last answer of a redirect chain that sets it",
        ),
        Key(
            "regex",
            Label,
            "the first group, else the whole match, in the body",
        ),
        Key("css", Label, "an element of an HTML body"),
        Key("attribute", Known, "of that element, instead of its text"),
        Key("body", True, "the whole body, as text"),
        Key("status", True, "the status"),
        Key("match", Nth, "which of several"),
        Key("default", Given, "the value when nothing is found"),
    ],
    rules: &[
        Rule::One(
            &["json", "header", "cookie", "regex", "css", "body", "status"],
            "{json: $.id}",
        ),
        Rule::Needs("attribute", &["css"], ""),
        Rule::AtMostOne(&["match", "body"], "there is only one body"),
        Rule::AtMostOne(&["match", "status"], "there is only one status"),
    ],
};
