//! The tests of `expect`: `{above: 3}`, `{matches: '^ab'}`, or a value to equal.

use regex::bytes::Regex;

use crate::program::{self, Bound, Check, Encoding, Expression, Relation, Template, Varying};
use crate::scenario::expr::template::TemplatePart;
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::body::literal_json;
use crate::scenario::schema::maps;
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Resolved, Scalar, shorten};
use crate::scenario::yaml::suggest::{did_you_mean, did_you_mean_or_list};

/// The subject of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A JSON value, which can be anything.
    Json,
    /// A header: a text, of which there can be several.
    Header,
    /// The body as one text.
    Body,
}

/// A test, and the end of its failure text after "expected" and the subject.
pub(crate) struct Tested {
    pub(crate) check: Check,
    pub(crate) words: String,
}

impl Reader<'_> {
    /// The tests of a value: those of a map whose keys are all words of tests,
    /// else one for being equal to it.
    pub(crate) fn checks(&mut self, node: &Node, subject: Subject) -> Vec<Tested> {
        let NodeKind::Map(entries) = &node.kind else {
            return self.equals(node, subject).into_iter().collect();
        };
        let is_word = |entry: &&Entry| maps::TEST.has(&entry.key.text);
        let unknown = entries.iter().find(|entry| !is_word(entry));
        match (unknown, subject) {
            (Some(unknown), Subject::Json) => {
                self.remark_on_test(entries, unknown);
                self.equals(node, subject).into_iter().collect()
            }
            (None, Subject::Json) if entries.is_empty() => {
                self.equals(node, subject).into_iter().collect()
            }
            (Some(entry), _) => {
                let word = &entry.key.text;
                let message = format!("unknown test `{}`", shorten(word));
                let words: Vec<_> = maps::TEST.keys().collect();
                let help = Some(did_you_mean_or_list(word, &words));
                self.report_maybe(entry.key.span, message, help);
                Vec::new()
            }
            (None, _) => {
                if entries.is_empty() {
                    self.report(node.span, "a test is missing, such as `{exists: true}`");
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
                    self.wrong_type(value, "`exists` must be true or false");
                    None
                }
            },
            "equals" => self.equals(value, subject),
            "not" => self.negated(value, subject),
            "matches" => self.matches(value),
            "contains" => {
                let scalar = self.text(value, "`contains`")?;
                let words = format!("to contain \"{}\"", shorten(&scalar.text));
                tested(self.contains(scalar)?, words)
            }
            "count" if subject == Subject::Body => {
                self.report(entry.key.span, "`count` does not apply to text; use `size`");
                None
            }
            "count" if has_template(value) => {
                let (relation, limit) = self.varying_bound(value)?;
                let words = format!("to have {} elements", shorten(&value.as_scalar()?.text));
                tested(Check::Varying(Varying::Count(relation, limit)), words)
            }
            "above" | "below" if has_template(value) => {
                let scalar = value.as_scalar()?;
                let limit = self.value_of(scalar)?;
                let (sign, varying) = match entry.key.text.as_str() {
                    "above" => (">", Varying::Above(limit)),
                    _ => ("<", Varying::Below(limit)),
                };
                let words = format!("{sign} {}", shorten(&scalar.text));
                tested(Check::Varying(varying), words)
            }
            "count" => {
                let bound = value
                    .as_scalar()
                    .and_then(|scalar| Bound::parse(&scalar.text, |text| text.parse().ok()));
                let Some(bound) = bound else {
                    let expected = "`count` must be a whole number or a comparison such as \"> 2\"";
                    self.wrong_type(value, expected);
                    return None;
                };
                let words = format!("to have {}", of_bound(bound, "element", "elements"));
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

    fn matches(&mut self, value: &Node) -> Option<Tested> {
        let scalar = self.text(value, "`matches`")?;
        let words = format!("to match `{}`", shorten(&scalar.text));
        let check = if has_template(value) {
            Check::Varying(Varying::Matches(self.pattern(scalar)?))
        } else {
            Check::Matches(self.regex(scalar)?)
        };
        Some(Tested { check, words })
    }

    /// A regular expression with variables, which match letter by letter.
    fn pattern(&mut self, scalar: &Scalar) -> Option<Template> {
        let mut pattern = Template::default();
        // Whatever they hold, the expression around them has to be one.
        let mut sample = String::new();
        for part in self.parts(scalar)? {
            match part {
                TemplatePart::Literal { text, .. } => {
                    pattern.push_literal(text.as_bytes());
                    sample.push_str(text);
                }
                TemplatePart::Hole { source, start } => {
                    pattern.push_hole(self.hole(scalar, source, start, Encoding::Pattern)?);
                    sample.push('0');
                }
            }
        }
        let sample = Scalar {
            text: sample,
            verbatim_at: None,
            ..scalar.clone()
        };
        self.regex(&sample).map(|_| pattern)
    }

    fn equals(&mut self, node: &Node, subject: Subject) -> Option<Tested> {
        let mut template = Template::default();
        let mut shown = literal_json(node).to_string();
        match subject {
            Subject::Json => self.json(node, &mut template),
            Subject::Header | Subject::Body => {
                let what = "the value to compare with";
                let text = self.text(node, what)?;
                template.push_literal(b"\"");
                template.extend(&self.template(text, Encoding::JsonString)?);
                template.push_literal(b"\"");
                shown = serde_json::Value::String(text.text.clone()).to_string();
            }
        }
        let known = template.as_literal().map(String::from_utf8_lossy);
        let check = match known {
            Some(json) => Check::Equals(json.into()),
            None => {
                if let Some(scalar) = node.as_scalar() {
                    shown.clone_from(&scalar.text);
                }
                Check::Varying(Varying::Equals(template))
            }
        };
        let words = format!("== {}", shorten(&shown));
        Some(Tested { check, words })
    }

    /// A text that is part of another; variables in it are filled in later.
    pub(crate) fn contains(&mut self, text: &Scalar) -> Option<Check> {
        let template = self.template(text, Encoding::Raw)?;
        let known = template.as_literal().map(String::from_utf8_lossy);
        Some(match known {
            Some(known) => Check::Contains(known.into()),
            None => Check::Varying(Varying::Contains(template)),
        })
    }

    /// `{{ n }}` or `> {{ n }}`.
    fn varying_bound(&mut self, node: &Node) -> Option<(Relation, Expression)> {
        let scalar = node.as_scalar()?;
        let at = scalar.text.find("{{").unwrap_or(0);
        let (relation, rest) = Relation::parse(&scalar.text[..at]);
        if !rest.trim().is_empty() {
            let expected = "`count` must be a whole number or a comparison such as \"> {{ n }}\"";
            self.wrong_type(node, expected);
            return None;
        }
        let limit = Scalar {
            text: scalar.text[at..].to_owned(),
            verbatim_at: None,
            ..scalar.clone()
        };
        Some((relation, self.value_of(&limit)?))
    }

    /// A map that is compared as a whole although it looks like a test.
    fn remark_on_test(&mut self, entries: &[Entry], unknown: &Entry) {
        let word = unknown.key.text.as_str();
        let meant = match word {
            "eq" => Some("equals"),
            "ne" => Some("not"),
            "gt" | "gte" | "greater_than" => Some("above"),
            "lt" | "lte" | "less_than" => Some("below"),
            "match" | "regex" => Some("matches"),
            _ => None,
        };
        let meant = match meant {
            Some(meant) => Some(format!("did you mean `{meant}`?")),
            None => did_you_mean(word, maps::TEST.keys()),
        };
        let Some(meant) = meant.filter(|_| entries.len() == 1) else {
            return;
        };
        let message = format!("unknown test `{}`", shorten(word));
        let help = format!("{meant} To compare an object, use `{{equals: {{{word}: ...}}}}`");
        self.report_with(unknown.key.span, message, help);
    }

    /// `not: 3`, or `not: {contains: abc}`.
    fn negated(&mut self, node: &Node, subject: Subject) -> Option<Tested> {
        let mut inner = self.checks(node, subject);
        if inner.len() > 1 {
            self.report(node.span, "`not` takes exactly one test");
            return None;
        }
        let Tested { check, words } = inner.pop()?;
        let words = match &check {
            Check::Equals(_) | Check::Varying(Varying::Equals(_)) => words.replacen("==", "!=", 1),
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

    fn number(&mut self, node: &Node, what: &str) -> Option<f64> {
        let number = node.as_scalar().and_then(Scalar::number);
        if number.is_none() {
            self.wrong_type(node, &format!("{what} must be a number"));
        }
        number
    }

    /// A regular expression; a mistake is reported.
    pub(crate) fn regex(&mut self, scalar: &Scalar) -> Option<Regex> {
        match program::pattern(&scalar.text) {
            Ok(regex) => Some(regex),
            Err(error) => {
                let error = error.to_string();
                let reason = error.lines().last().unwrap_or("").trim();
                let reason = reason.strip_prefix("error: ").unwrap_or(reason);
                let message = format!("invalid regular expression: {reason}");
                self.report(scalar.span, message);
                None
            }
        }
    }
}

impl Tested {
    /// The failure text for a subject.
    pub(crate) fn failure(&self, subject: &str) -> String {
        match self.check {
            Check::Exists => subject.to_owned(),
            Check::Absent => format!("no {subject}"),
            _ => format!("{subject} {}", self.words),
        }
    }
}

/// Whether a value has `{{ }}` in it.
pub(super) fn has_template(node: &Node) -> bool {
    node.as_scalar()
        .is_some_and(|scalar| scalar.text.contains("{{"))
}

/// The relation and the number of what there has to be, for people.
pub(super) fn of_bound(bound: Bound, one: &str, many: &str) -> String {
    let noun = if bound.than == 1 { one } else { many };
    format!("{} {noun}", bound_words(bound))
}

fn bound_words(bound: Bound) -> String {
    match bound.relation {
        Relation::Equal => bound.than.to_string(),
        relation => format!("{} {}", relation.sign(), bound.than),
    }
}
