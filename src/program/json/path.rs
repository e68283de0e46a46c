//! Paths into JSON: the simple ones are followed while reading, the others
//! are left to a library that needs the whole tree.

use jsonpath_rust::parser::model::{self, JpQuery, Selector};

use crate::program::json::extract;
use crate::program::json::extract::NotJson;
use crate::program::json::tree::Tree;

/// The longest path that the library is given; its parser backtracks.
const MAX_QUERY_BYTES: usize = 500;

/// A path into a JSON document.
#[derive(Clone, Debug)]
pub enum JsonPath {
    /// `$.a.b[0].c`: fields and indices only.
    Simple(Vec<Segment>),
    /// Anything else of RFC 9535.
    Query(Box<JpQuery>),
}

/// One step of a simple path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// A field of an object.
    Field(Box<str>),
    /// An element of an array, from 0.
    Index(usize),
}

/// Text that is not a JSON path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is not a JSON path")]
pub struct PathError {
    pub(crate) path: String,
}

impl JsonPath {
    pub(crate) fn parse(path: &str) -> Result<Self, PathError> {
        if let Some(segments) = parse_simple(path) {
            return Ok(Self::Simple(segments));
        }
        let query = if path.len() <= MAX_QUERY_BYTES {
            jsonpath_rust::parser::parse_json_path(path).ok()
        } else {
            None
        };
        query
            .map(|query| Self::Query(Box::new(query)))
            .ok_or_else(|| PathError {
                path: path.to_owned(),
            })
    }

    /// The field of the outermost object that it begins with, and what follows;
    /// `None` of one that begins otherwise, or is not simple.
    pub(crate) fn below_field(&self) -> Option<(&str, &[Segment])> {
        match self {
            Self::Simple(segments) => match segments.split_first()? {
                (Segment::Field(name), rest) => Some((&**name, rest)),
                (Segment::Index(_), _) => None,
            },
            Self::Query(_) => None,
        }
    }

    /// The fields and indices that it begins with.
    pub(crate) fn beginning(&self) -> Vec<Segment> {
        match self {
            Self::Simple(segments) => segments.clone(),
            Self::Query(query) => query.segments.iter().map_while(simple).collect(),
        }
    }

    /// The JSON text of the first match.
    pub(crate) fn first<'a>(&self, json: &'a str) -> Result<Option<&'a str>, NotJson> {
        match self {
            Self::Simple(segments) => extract::find(json, segments),
            Self::Query(query) => Ok(matches(query, json)?.first().copied()),
        }
    }

    /// The JSON texts of all matches.
    pub(crate) fn all<'a>(&self, json: &'a str) -> Result<Vec<&'a str>, NotJson> {
        match self {
            Self::Simple(segments) => Ok(extract::find(json, segments)?.into_iter().collect()),
            Self::Query(query) => matches(query, json),
        }
    }
}

fn matches<'a>(query: &JpQuery, json: &'a str) -> Result<Vec<&'a str>, NotJson> {
    let tree = Tree::parse(json)?;
    // What the library cannot work out finds nothing.
    let found = jsonpath_rust::query::js_path_process(query, &tree).unwrap_or_default();
    Ok(found.into_iter().map(|one| one.val().json).collect())
}

/// A segment of the library's that is a field or an index from the start.
fn simple(segment: &model::Segment) -> Option<Segment> {
    match segment {
        model::Segment::Selector(Selector::Name(name)) => {
            let name = name.trim_matches(['\'', '"']);
            Some(Segment::Field(name.into()))
        }
        model::Segment::Selector(Selector::Index(index)) => {
            Some(Segment::Index(usize::try_from(*index).ok()?))
        }
        _ => None,
    }
}

/// Reads a path of fields and indices; `None` for any other.
fn parse_simple(path: &str) -> Option<Vec<Segment>> {
    let mut rest = path.strip_prefix('$')?;
    let mut segments = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(|c: char| !is_name(c)).unwrap_or(after.len());
            if end == 0 {
                return None;
            }
            segments.push(Segment::Field(after[..end].into()));
            rest = &after[end..];
        } else {
            let after = rest.strip_prefix('[')?;
            let (segment, after) = match after.chars().next()? {
                quote @ ('\'' | '"') => {
                    let (name, after) = after[1..].split_once(quote)?;
                    if name.contains('\\') {
                        return None;
                    }
                    (Segment::Field(name.into()), after.strip_prefix(']')?)
                }
                _ => {
                    let (digits, after) = after.split_once(']')?;
                    let is_index = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                    if !is_index {
                        return None;
                    }
                    (Segment::Index(digits.parse().ok()?), after)
                }
            };
            segments.push(segment);
            rest = after;
        }
    }
    Some(segments)
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_paths_go_to_the_library() {
        let json = r#"{"a": [{"id": 1, "ok": false}, {"id": 2, "ok": true}]}"#;
        for (path, expected) in [
            ("$.a[?(@.ok == true)].id", Some("2")),
            ("$..id", Some("1")),
            ("$.a[-1].id", Some("2")),
            ("$.a[*].none", None),
        ] {
            let path = JsonPath::parse(path).unwrap();
            assert!(matches!(path, JsonPath::Query(_)));
            assert_eq!(path.first(json), Ok(expected));
        }
    }

    /// Whatever form a path has, it finds the same text.
    #[test]
    fn every_form_of_a_path_finds_the_same() {
        let json = r#"{"v": 1, "o": {"v": [0]}, "v": {"x": 1.10, "x": 12345678901234567890.50}, "w": "\u00e9"}"#;
        for (forms, expected) in [
            (
                ["$.v", "$['v']", "$[?(@.x)]", "$['v','none']"],
                r#"{"x": 1.10, "x": 12345678901234567890.50}"#,
            ),
            (
                ["$.v.x", "$['v']['x']", "$..x", "$.v.*"],
                "12345678901234567890.50",
            ),
            (["$.o.v[0]", "$['o'].v[0]", "$.o.v[-1]", "$.o..[0]"], "0"),
            (
                ["$.w", "$[\"w\"]", "$['w','none']", "$[?(@ == 'é')]"],
                r#""\u00e9""#,
            ),
        ] {
            for form in forms {
                let path = JsonPath::parse(form).unwrap();
                assert_eq!(path.first(json), Ok(Some(expected)), "{form}");
                assert_eq!(
                    path.all(json).map(|all| all.first().copied()),
                    Ok(Some(expected)),
                    "{form}"
                );
            }
        }
        for form in ["$.a", "$..a", "$", "$[*]"] {
            let path = JsonPath::parse(form).unwrap();
            assert_eq!(path.first("{\"a\": 1"), Err(NotJson), "{form}");
            assert_eq!(path.all("<p>"), Err(NotJson), "{form}");
        }
    }

    #[test]
    fn lists_are_compared_by_the_functions_of_the_library() {
        let json = r#"{"all": [1, 2], "items": [{"n": 1}, {"n": 3.0}]}"#;
        let found = |path: &str| JsonPath::parse(path).unwrap().all(json).unwrap();
        assert_eq!(found("$.items[?in(@.n, $.all)]"), [r#"{"n": 1}"#]);
        assert_eq!(found("$.items[?nin(@.n, $.all)]"), [r#"{"n": 3.0}"#]);
        assert_eq!(found("$.items[?@.n > 1.5].n"), ["3.0"]);
        assert_eq!(found("$.items[?@.n == 3].n"), ["3.0"]);
        assert_eq!(found("$.items[?length(@) == 1]").len(), 2);
    }

    #[test]
    fn refuses_what_is_no_path() {
        for path in ["", "a.b", "$.", "$.a[", "$[", "$.a]", "$ x", "x$"] {
            assert!(JsonPath::parse(path).is_err(), "{path}");
        }
    }
}
