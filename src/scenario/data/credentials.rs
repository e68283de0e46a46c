//! Credentials that a scenario holds literally: found by where they stand and by
//! how they look, so that its text can be shown without them.

use std::ops::Range;

use percent_encoding::percent_decode_str;

use crate::program::{
    Secrets, address_credential, is_credential_name, is_telling, literal_credentials, mask_address,
    without_scheme,
};
use crate::scenario::connection::host;
use crate::scenario::yaml::diagnostic::Problems;
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Resolved, Scalar, Style};
use crate::scenario::yaml::parser;
use crate::scenario::yaml::source::{Source, Span};
use crate::scenario::yaml::source_map::{Origin, SourceMap};

/// Parts of a scenario whose names are those of fields of a message, or of what
/// fills them. Elsewhere `token` is the name of a class, a task or a step.
const FIELDS: [&str; 8] = [
    "headers",
    "query",
    "json",
    "form",
    "multipart",
    "set",
    "variables",
    "rows",
];
/// What is said about answers: names and patterns, no values that are sent.
const ANSWERS: [&str; 3] = ["expect", "capture", "until"];
/// A shorter text has no room for a credential and what tells that it is one.
const MIN_TEXT_BYTES: usize = 8;

/// A literal credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    /// Where it stands, in all texts of the scenario.
    pub(crate) span: Span,
    /// The key that it belongs to, or what it is.
    pub(crate) what: String,
    /// Whether it is all of a text without quotes, where `***` would be an alias.
    needs_quotes: bool,
}

/// The credentials of trees.
#[derive(Debug, Default)]
pub(crate) struct Literals {
    pub(crate) list: Vec<Literal>,
    /// Values that are hidden in whatever is shown of a run.
    pub(crate) values: Vec<String>,
    /// Where a mask stands that was written as if it were a value.
    pub(crate) masks: Vec<Span>,
}

impl Literals {
    /// Those of trees within this text.
    pub(crate) fn of<'n>(roots: impl IntoIterator<Item = &'n Node>, text: &str) -> Self {
        let mut literals = Self::default();
        for root in roots {
            literals.node(root, (text, ""), false);
        }
        literals
    }

    fn node(&mut self, node: &Node, (text, key): (&str, &str), are_fields: bool) {
        match &node.kind {
            NodeKind::Scalar(scalar) => self.scalar(scalar, (text, key), are_fields),
            NodeKind::List(items) => {
                for item in items {
                    self.node(item, (text, key), are_fields);
                }
            }
            NodeKind::Map(entries) => {
                for Entry { key, value } in entries {
                    let name = key.text.as_str();
                    if !ANSWERS.contains(&name) {
                        let are_fields = are_fields || FIELDS.contains(&name);
                        self.node(value, (text, name), are_fields);
                    }
                }
            }
        }
    }

    fn scalar(&mut self, scalar: &Scalar, (text, key): (&str, &str), are_fields: bool) {
        let value = scalar.text.as_str();
        let is_field = are_fields && is_credential_name(key);
        let is_text = matches!(scalar.resolve(), Resolved::Text(_) | Resolved::Int(_));
        if value == Secrets::MASK && (is_field || key == "body") {
            self.masks.push(scalar.span);
        } else if is_field && is_text && !value.is_empty() && !value.contains("{{") {
            let from = value.len() - without_scheme(value).len();
            self.add(scalar, from..value.len(), (text, key));
            return;
        }
        if value.contains("://") && !value.contains("{{") {
            self.values.extend(address_values(value));
        }
        if value.len() < MIN_TEXT_BYTES {
            return;
        }
        let ranges = match address_credential(value) {
            Some(hidden) if is_address(key, value) => std::iter::once(hidden)
                .chain(literal_credentials(value))
                .collect(),
            _ => literal_credentials(value),
        };
        for range in ranges {
            match &value[range.clone()] {
                // The readers of these two report it.
                Secrets::MASK if ["host", "proxy"].contains(&key) => {}
                Secrets::MASK => self.masks.push(scalar.span),
                hidden if hidden.contains("{{") => {}
                _ => self.add(scalar, range, (text, key)),
            }
        }
    }

    fn add(&mut self, scalar: &Scalar, range: Range<usize>, (text, key): (&str, &str)) {
        let value = &scalar.text[range.clone()];
        self.values
            .extend(Some(value.to_owned()).filter(|one| is_telling(one)));
        let whole = 0..scalar.text.len();
        let is_plain = scalar.style == Style::Plain && scalar.verbatim_at.is_some();
        let needs_quotes = is_plain && range.start == 0;
        let range = if needs_quotes { whole.clone() } else { range };
        let span = match scalar.verbatim_at {
            Some(start) => Span::from(range).shifted(start),
            None if range == whole => scalar.span,
            // Escapes and folding lie between: where it is found, else all of it.
            None => scalar.place(Span::from(range), value, text),
        };
        let what = match key {
            "" => "an address or a text".to_owned(),
            key => format!("`{key}`"),
        };
        self.list.push(Literal {
            span,
            what,
            needs_quotes,
        });
    }
}

/// The values in a host, a proxy or a URL that are hidden wherever they occur.
pub(crate) fn address_values(address: &str) -> Vec<String> {
    let Some(hidden) = address_credential(address) else {
        return Vec::new();
    };
    let hidden = &address[hidden];
    let decoded = percent_decode_str(hidden).decode_utf8_lossy().into_owned();
    let values = [hidden.to_owned(), decoded].into_iter();
    let sent = host::parse(address)
        .ok()
        .and_then(|host| host.target.authorization);
    let sent = sent.and_then(|sent| Some(sent.split_once(' ')?.1.to_owned()));
    values.filter(|one| is_telling(one)).chain(sent).collect()
}

/// Whether a text is an address, or has to be one.
fn is_address(key: &str, value: &str) -> bool {
    let is_one = value.contains("://") || ["host", "proxy"].contains(&key);
    is_one && !value.contains(char::is_whitespace)
}

/// How hidden text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mask {
    /// As `***`.
    Word,
    /// A `*` for each byte, line breaks kept, so that all places stay as they are.
    SameLength,
}

/// The text of one file without literal credentials, comments included. A text
/// that is not YAML is searched line by line.
pub(crate) fn hide(source: &Source, mask: Mask) -> String {
    let text = source.text.as_str();
    let mut texts = SourceMap::default();
    texts.add(source.clone(), Origin::Own);
    let mut problems = Problems::new(&texts);
    let root = parser::parse(&texts, Span::new(0, text.len()), &mut 0, &mut problems);
    let mut spans = Vec::new();
    let mut scalars = Vec::new();
    if let Some(root) = &root {
        let found = Literals::of([root], text).list.into_iter();
        spans.extend(found.map(|one| (one.span.start..one.span.end, one.needs_quotes)));
        collect(root, &mut scalars);
    }
    // Comments, and all of what could not be read.
    let is_known = |range: &Range<usize>| {
        let next = scalars.partition_point(|span: &Span| span.end <= range.start);
        scalars.get(next).is_some_and(|span| span.start < range.end)
    };
    let by_look = literal_credentials(text).into_iter();
    let by_look = by_look.filter(|range| !is_known(range));
    spans.extend(by_look.map(|range| (range, false)));
    replace(text, spans, mask)
}

/// The spans of all scalars, keys included, in order of place.
fn collect(node: &Node, spans: &mut Vec<Span>) {
    fn add(node: &Node, spans: &mut Vec<Span>) {
        match &node.kind {
            NodeKind::Scalar(scalar) => spans.push(scalar.span),
            NodeKind::List(items) => items.iter().for_each(|item| add(item, spans)),
            NodeKind::Map(entries) => {
                for entry in entries {
                    spans.push(entry.key.span);
                    add(&entry.value, spans);
                }
            }
        }
    }
    add(node, spans);
    // Aliases repeat what stands elsewhere.
    spans.sort_by_key(|span| (span.start, span.end));
    spans.dedup();
}

/// The text with these stretches hidden, some of them as a text in quotes.
fn replace(text: &str, mut spans: Vec<(Range<usize>, bool)>, mask: Mask) -> String {
    spans.sort_by_key(|(range, _)| (range.start, range.end));
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for (range, needs_quotes) in spans {
        let start = range.start.max(at);
        let (Some(before), Some(hidden)) = (text.get(at..start), text.get(start..range.end)) else {
            continue;
        };
        // What is folded ends where the next key begins.
        let hidden = hidden.trim_end();
        let end = start + hidden.len();
        if hidden.is_empty() {
            continue;
        }
        shown.push_str(before);
        match mask {
            Mask::Word if needs_quotes => {
                shown.push('"');
                shown.push_str(Secrets::MASK);
                shown.push('"');
            }
            Mask::Word => shown.push_str(Secrets::MASK),
            Mask::SameLength => shown.extend(hidden.bytes().map(|byte| match byte {
                b'\n' | b'\r' => char::from(byte),
                _ => '*',
            })),
        }
        at = end;
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    shown
}

/// The host that is meant by one that a page shows: with the credentials of the
/// known one, if it is that without them.
pub(crate) fn unmasked<'h>(given: &'h str, known: Option<&'h str>) -> &'h str {
    known
        .filter(|known| given.contains(Secrets::MASK) && mask_address(known) == given)
        .unwrap_or(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"# Authorization: Bearer comment-token-1
host: http://me:hunter2@shop.example  # http://old:hunter1@shop.example
http: {proxy: "http://u:p%40ss@proxy.example:3128"}
user_classes:
  token:
    variables: {password: &p plainpw, tries: 3}
    headers:
      Authorization: Bearer abc.def.123
      "X-Api-Key": >-
        folded
        key
      Cookie: "sid=1; theme=dark"
      X-Trace: visible
    tasks:
      get_token:
        - post: /login?api_key=k-99
          json: {username: bob, password: *p, token: "{{ t }}", max_tokens: 100}
          capture: {token: {json: $.token}}
          expect: {json: {$.password: shown}}
        - post: /raw
          body: '{"secret": "inner", "id": 7}'
"#;

    fn hidden(text: &str, mask: Mask) -> String {
        hide(&Source::new("x.yaml", text), mask)
    }

    #[test]
    fn a_text_is_shown_without_credentials() {
        let shown = hidden(TEXT, Mask::Word);
        for gone in [
            "comment-token-1",
            "hunter2",
            "hunter1",
            "p%40ss",
            "plainpw",
            "abc.def",
            "folded",
            "sid=1",
            "k-99",
            "inner",
        ] {
            assert!(!shown.contains(gone), "{gone} in {shown}");
        }
        for kept in [
            "http://me:***@shop.example",
            "@proxy.example:3128",
            "Bearer ***",
            "visible",
            "bob",
            "\"{{ t }}\"",
            "max_tokens: 100",
            "$.token",
            "$.password: shown",
            "tries: 3",
            "get_token:",
            "\"id\": 7",
            "/login?api_key=***",
        ] {
            assert!(shown.contains(kept), "{kept} in {shown}");
        }
        assert_eq!(hidden(&shown, Mask::Word), shown, "once more");
    }

    #[test]
    fn places_stay_where_they_are_in_what_is_quoted() {
        let shown = hidden(TEXT, Mask::SameLength);
        assert_eq!(shown.len(), TEXT.len());
        assert!(!shown.contains("hunter2") && !shown.contains("plainpw"));
        for (line, original) in shown.lines().zip(TEXT.lines()) {
            assert_eq!(line.len(), original.len());
        }
        let torn = "host: http://u:hunter2@x\n  password=abc1 : [";
        assert!(!hidden(torn, Mask::SameLength).contains("hunter2"));
        assert!(!hidden(torn, Mask::SameLength).contains("abc1"));
    }

    #[test]
    fn a_host_that_was_shown_is_the_one_that_is_known() {
        let known = Some("http://u:pw@h");
        assert_eq!(unmasked("http://u:***@h", known), "http://u:pw@h");
        assert_eq!(unmasked("http://u:***@other", known), "http://u:***@other");
        assert_eq!(unmasked("http://h", known), "http://h");
        assert_eq!(unmasked("http://u:***@h", None), "http://u:***@h");
    }
}
