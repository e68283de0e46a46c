//! The tests of `expect`: `{above: 3}`, `{matches: '^ab'}`, or a value to equal.

use regex::bytes::{Regex, RegexBuilder};

use crate::program::{Bound, Check, Relation};
use crate::scenario::body::literal_json;
use crate::scenario::fields;
use crate::scenario::node::{Entry, Node, NodeKind, Resolved, Scalar, shorten};
use crate::scenario::reader::Reader;
use crate::scenario::suggest::did_you_mean_or_list;
use crate::scenario::units;

/// What is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A JSON value, which can be anything.
    Json,
    /// A header: a text, of which there can be several.
    Header,
    /// The body as one text.
    Body,
}

/// A test, and how a failure goes on after "expected" and the subject.
pub(super) struct Tested {
    pub(super) check: Check,
    pub(super) words: String,
}

/// The words of tests.
pub(super) const WORDS: [&str; 8] = [
    "exists", "equals", "not", "matches", "contains", "count", "above", "below",
];

impl Reader<'_> {
    /// The tests of a value: those of a map whose keys are all words of tests,
    /// else one for being equal to it.
    pub(super) fn checks(&mut self, node: &Node, subject: Subject) -> Vec<Tested> {
        if self.refuse_templates(node) {
            return Vec::new();
        }
        let NodeKind::Map(entries) = &node.kind else {
            return self.equals(node, subject).into_iter().collect();
        };
        let is_word = |entry: &&Entry| WORDS.contains(&entry.key.text.as_str());
        let unknown = entries.iter().find(|entry| !is_word(entry));
        match (unknown, subject) {
            (Some(_), Subject::Json) => self.equals(node, subject).into_iter().collect(),
            (None, Subject::Json) if entries.is_empty() => {
                self.equals(node, subject).into_iter().collect()
            }
            (Some(entry), _) => {
                let word = &entry.key.text;
                let message = format!("there is no test `{}`", shorten(word));
                let help = Some(did_you_mean_or_list(word, &WORDS));
                self.problems.report_with(entry.key.span, message, help);
                Vec::new()
            }
            (None, _) => {
                if entries.is_empty() {
                    self.report(node.span, "a test is missing: `{exists: true}`");
                }
                let checks = entries.iter();
                checks
                    .filter_map(|entry| self.check(entry, subject))
                    .collect()
            }
        }
    }

    fn check(&mut self, entry: &Entry, subject: Subject) -> Option<Tested> {
        let value = &entry.value;
        let tested = |check, words: String| Some(Tested { check, words });
        match entry.key.text.as_str() {
            "exists" => match value.as_scalar().map(Scalar::resolve) {
                Some(Resolved::Bool(true)) => tested(Check::Exists, String::new()),
                Some(Resolved::Bool(false)) => tested(Check::Absent, String::new()),
                _ => {
                    fields::wrong_type(value, "`exists` is true or false", &mut self.problems);
                    None
                }
            },
            "equals" => self.equals(value, subject),
            "not" => self.negated(value, subject),
            "matches" => {
                let scalar = fields::text(value, "`matches`", &mut self.problems)?;
                let words = format!("to match `{}`", shorten(&scalar.text));
                tested(Check::Matches(self.regex(scalar)?), words)
            }
            "contains" => {
                let scalar = fields::text(value, "`contains`", &mut self.problems)?;
                let words = format!("to contain \"{}\"", shorten(&scalar.text));
                tested(Check::Contains(scalar.text.as_str().into()), words)
            }
            "count" if subject == Subject::Body => {
                self.report(
                    entry.key.span,
                    "a text has no `count`; `size` tests its size",
                );
                None
            }
            "count" => {
                let bound = value
                    .as_scalar()
                    .and_then(|scalar| bound(&scalar.text, |text| text.parse().ok()));
                let Some(bound) = bound else {
                    let expected = "`count` is a whole number, or as \"> 2\"";
                    fields::wrong_type(value, expected, &mut self.problems);
                    return None;
                };
                let words = format!("to have {} elements", bound_words(bound));
                tested(Check::Count(bound), words)
            }
            "above" => {
                let limit = self.number(value, "`above`")?;
                tested(Check::Above(limit), format!("> {limit}"))
            }
            _ => {
                let limit = self.number(value, "`below`")?;
                tested(Check::Below(limit), format!("< {limit}"))
            }
        }
    }

    fn equals(&mut self, node: &Node, subject: Subject) -> Option<Tested> {
        let json = match subject {
            Subject::Json => literal_json(node),
            Subject::Header | Subject::Body => {
                let what = "what a text equals";
                let text = fields::text(node, what, &mut self.problems)?;
                serde_json::Value::String(text.text.clone())
            }
        };
        let json = json.to_string();
        let words = format!("== {}", shorten(&json));
        let check = Check::Equals(json.into());
        Some(Tested { check, words })
    }

    /// `not: 3`, or `not: {contains: abc}`.
    fn negated(&mut self, node: &Node, subject: Subject) -> Option<Tested> {
        let mut inner = self.checks(node, subject);
        if inner.len() > 1 {
            self.report(
                node.span,
                "`not` turns one test around; write several `not`",
            );
            return None;
        }
        let Tested { check, words } = inner.pop()?;
        let words = match &check {
            Check::Equals(_) => words.replacen("==", "!=", 1),
            _ if words.is_empty() => words,
            _ => format!("not {words}"),
        };
        let check = match check {
            Check::Exists => Check::Absent,
            Check::Absent => Check::Exists,
            other => Check::Not(Box::new(other)),
        };
        Some(Tested { check, words })
    }

    /// A number.
    pub(super) fn number(&mut self, node: &Node, what: &str) -> Option<f64> {
        match node.as_scalar().map(Scalar::resolve) {
            #[expect(clippy::cast_precision_loss, reason = "compared with floats")]
            Some(Resolved::Int(int)) => Some(int as f64),
            Some(Resolved::Float(float)) => Some(float),
            _ => {
                fields::wrong_type(node, &format!("{what} is a number"), &mut self.problems);
                None
            }
        }
    }

    /// A regular expression; a mistake is reported.
    pub(super) fn regex(&mut self, scalar: &Scalar) -> Option<Regex> {
        match RegexBuilder::new(&scalar.text).size_limit(1 << 20).build() {
            Ok(regex) => Some(regex),
            Err(error) => {
                let error = error.to_string();
                let reason = error.lines().last().unwrap_or("").trim();
                let reason = reason.strip_prefix("error: ").unwrap_or(reason);
                let message = format!("this is not a regular expression: {reason}");
                self.report(scalar.span, message);
                None
            }
        }
    }

    /// Whether there is a template somewhere in the value, which is reported.
    pub(super) fn refuse_templates(&mut self, node: &Node) -> bool {
        match &node.kind {
            NodeKind::Scalar(scalar) if scalar.text.contains("{{") => {
                let message = "this is known before the run: `{{ }}` is not possible here";
                self.report(scalar.span, message);
                true
            }
            NodeKind::Scalar(_) => false,
            NodeKind::List(items) => items
                .iter()
                .fold(false, |found, item| self.refuse_templates(item) | found),
            NodeKind::Map(entries) => entries.iter().fold(false, |found, entry| {
                self.refuse_templates(&entry.value) | found
            }),
        }
    }
}

impl Tested {
    /// The words of the failure for a subject.
    pub(super) fn failure(&self, subject: &str) -> String {
        match self.check {
            Check::Exists => format!("expected {subject}"),
            Check::Absent => format!("expected no {subject}"),
            _ => format!("expected {subject} {}", self.words),
        }
    }
}

/// `< 10KiB`; a size alone is exact.
pub(super) fn size(text: &str) -> Option<Bound> {
    bound(text, units::bytes)
}

/// A relation and a number; the number alone is for equality.
fn bound(text: &str, number: impl Fn(&str) -> Option<u64>) -> Option<Bound> {
    const SIGNS: [(&str, Relation); 6] = [
        ("==", Relation::Equal),
        ("!=", Relation::NotEqual),
        ("<=", Relation::LessOrEqual),
        (">=", Relation::GreaterOrEqual),
        ("<", Relation::Less),
        (">", Relation::Greater),
    ];
    let text = text.trim();
    let sign = SIGNS.iter().find(|(sign, _)| text.starts_with(sign));
    let (sign, relation) = sign.map_or(("", Relation::Equal), |found| *found);
    let than = number(text[sign.len()..].trim())?;
    Some(Bound { relation, than })
}

/// The relation and the number, for people.
pub(super) fn bound_words(bound: Bound) -> String {
    let sign = match bound.relation {
        Relation::Equal => return bound.than.to_string(),
        Relation::NotEqual => "!=",
        Relation::Less => "<",
        Relation::LessOrEqual => "<=",
        Relation::Greater => ">",
        Relation::GreaterOrEqual => ">=",
    };
    format!("{sign} {}", bound.than)
}
