//! `capture:`.

use scraper::Selector;

use crate::program::{Capture, CaptureSource, Pick};
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::body::literal_json;
use crate::scenario::schema::{Fields, maps};
use crate::scenario::yaml::node::{Entry, Node, Scalar, shorten};

/// Words of the expression language, which no variable can be called.
const WORDS: [&str; 14] = [
    "env", "true", "false", "none", "and", "or", "not", "in", "is", "defined", "null", "True",
    "False", "None",
];

impl Reader<'_> {
    /// Reads a `capture:` map.
    pub(crate) fn captures(&mut self, node: Option<&Node>) -> Vec<Capture> {
        let entries = node.and_then(|node| self.entries(node, "`capture`"));
        let Some(entries) = entries else {
            return Vec::new();
        };
        entries
            .iter()
            .filter_map(|entry| self.capture(entry))
            .collect()
    }

    fn capture(&mut self, entry: &Entry) -> Option<Capture> {
        let name = entry.key.text.as_str();
        if !is_variable(name) {
            let message = format!("invalid variable name `{}`", shorten(name));
            let help = "use letters, digits and `_`; reserved words are not allowed";
            self.report_with(entry.key.span, message, help);
            return None;
        }
        let slot = self.scope.variables.get(name).copied();
        if entry.value.is_null() {
            let Some(slot) = slot else {
                let message = format!("undefined variable `{name}` in `{}`", self.scope.class);
                let help = "an empty capture unsets the variable; \
                    to set it, give a source such as {json: $.id}";
                self.report_with(entry.key.span, message, help);
                return None;
            };
            return Some(Capture {
                slot,
                source: CaptureSource::Forget,
                pick: Pick::First,
                default: None,
                text: 0,
            });
        }
        let fields = self.fields_of(entry, "a capture", &maps::CAPTURE)?;
        let source = fields.only()?;
        let pick = self.pick(&fields);
        let default = fields.value("default");
        let default = default.map(|node| literal_json(node).to_string().into_boxed_str());
        let (source, words) = self.source(&fields, source)?;
        let text = format!("capture \"{name}\": {words} found nothing");
        Some(Capture {
            slot: slot?,
            source,
            pick: pick?,
            default,
            text: self.tables.text(text),
        })
    }

    /// `match:`, where the source can find several things.
    fn pick(&mut self, fields: &Fields<'_>) -> Option<Pick> {
        let Some(entry) = fields.entry("match") else {
            return Some(Pick::First);
        };
        let scalar = entry.value.as_scalar();
        let pick = scalar.and_then(|scalar| match scalar.text.trim() {
            "first" => Some(Pick::First),
            "last" => Some(Pick::Last),
            "random" => Some(Pick::Random),
            "all" => Some(Pick::All),
            number => match number.parse() {
                Ok(1_usize) => Some(Pick::First),
                Ok(number) => number.checked_sub(1).map(Pick::Nth),
                Err(_) => None,
            },
        });
        if pick.is_none() {
            let expected = "`match` must be first, last, random, all, or a number from 1";
            self.wrong_type(&entry.value, expected);
        }
        pick
    }

    /// The source, and words for it.
    fn source(&mut self, fields: &Fields<'_>, entry: &Entry) -> Option<(CaptureSource, String)> {
        let key = entry.key.text.as_str();
        match key {
            "body" => return Some((CaptureSource::Body, "the body".to_owned())),
            "status" => return Some((CaptureSource::Status, "the status".to_owned())),
            _ => {}
        }
        let scalar = entry.value.as_scalar()?;
        let wanted = scalar.text.as_str();
        if key == "header" && !self.is_header_name(scalar) {
            return None;
        }
        let words = format!("{key} {}", shorten(wanted));
        Some(match key {
            "json" => (
                CaptureSource::Json(self.json_path(scalar)?),
                wanted.to_owned(),
            ),
            "header" => (CaptureSource::Header(wanted.into()), words),
            "cookie" => (CaptureSource::Cookie(wanted.into()), words),
            "regex" => (CaptureSource::Regex(self.regex(scalar)?), words),
            _ => self.css(fields, scalar, words)?,
        })
    }

    fn css(
        &mut self,
        fields: &Fields<'_>,
        scalar: &Scalar,
        words: String,
    ) -> Option<(CaptureSource, String)> {
        let attribute = fields.get::<&str>("attribute");
        let Ok(selector) = Selector::parse(&scalar.text) else {
            let message = "invalid CSS selector";
            let help = "for example `input[name=csrf]`, `#id`, `ul.menu > li`";
            self.report_with(scalar.span, message, help);
            return None;
        };
        let words = match attribute {
            Some(attribute) => format!("{words} with `{}`", shorten(attribute)),
            None => words,
        };
        let source = CaptureSource::Css(Box::new(selector), attribute.map(Into::into));
        Some((source, words))
    }
}

/// Whether a variable, or data, can be called this.
pub(crate) fn is_variable(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    starts_well && is_plain && name.len() <= 64 && !WORDS.contains(&name)
}
