//! `expect:`.

use std::time::Duration;

use crate::model::{duration_literal, micros};
use crate::program::{
    Bound, Encoding, Expectation, Expected, Figure, JsonPath, StatusRange, StatusRule,
};
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::check;
use crate::scenario::request::check::Subject;
use crate::scenario::schema::maps;
use crate::scenario::yaml::node::{Node, NodeKind, Scalar, shorten};

/// The expectations of a response.
#[derive(Default)]
pub(crate) struct Expect {
    pub(crate) status: StatusRule,
    pub(crate) rest: Vec<Expectation>,
}

impl Reader<'_> {
    /// Reads an `expect:` map; nothing given expects a status below 400.
    pub(crate) fn expect(&mut self, node: Option<&Node>) -> Expect {
        let mut expect = Expect::default();
        let Some(fields) = node.and_then(|node| self.fields(node, "`expect`", &maps::EXPECT))
        else {
            return expect;
        };
        if let Some(node) = fields.value("status") {
            expect.status = self.status(node);
        }
        if let Some(node) = fields.value("header") {
            self.expected_header(node, &mut expect.rest);
        }
        if let Some(node) = fields.value("json") {
            self.expected_json(node, &mut expect.rest);
        }
        if let Some(node) = fields.value("text") {
            self.expected_text(node, &mut expect.rest);
        }
        if let Some(node) = fields.value("size") {
            self.expected_size(node, &mut expect.rest);
        }
        if let Some(node) = fields.value("time") {
            self.expected_time(node, &mut expect.rest);
        }
        expect
    }

    fn status(&mut self, node: &Node) -> StatusRule {
        let nodes = node.one_or_more();
        if let [node] = nodes
            && let Some(scalar) = node.as_scalar()
            && scalar.text.contains("{{")
        {
            let text = self.template(scalar, Encoding::Raw);
            return text.map_or_else(StatusRule::default, StatusRule::Varying);
        }
        let mut ranges = Vec::new();
        for node in nodes {
            match node
                .as_scalar()
                .and_then(|scalar| StatusRange::parse(&scalar.text))
            {
                Some(range) => ranges.push(range),
                None => {
                    self.wrong_type(node, "a status must be 100 to 599, \"2xx\" or \"200-299\"");
                }
            }
        }
        StatusRule::OneOf(ranges)
    }

    fn expected_header(&mut self, node: &Node, out: &mut Vec<Expectation>) {
        let what = "`header` of `expect`";
        let Some(entries) = self.entries(node, what) else {
            return;
        };
        for entry in entries {
            let name = entry.key.text.as_str();
            self.is_header_name(&entry.key);
            for tested in self.checks(&entry.value, Subject::Header) {
                let words = tested.failure(&format!("header {name}"));
                let expected = Expected::Header(name.into(), tested.check);
                out.push(self.expectation(expected, &words));
            }
        }
    }

    fn expected_json(&mut self, node: &Node, out: &mut Vec<Expectation>) {
        let what = "`json` of `expect`";
        let Some(entries) = self.entries(node, what) else {
            return;
        };
        for entry in entries {
            let path = self.json_path(&entry.key);
            let checks = self.checks(&entry.value, Subject::Json);
            let Some(path) = path else { continue };
            for tested in checks {
                let words = tested.failure(&entry.key.text);
                let expected = Expected::Json(path.clone(), tested.check);
                out.push(self.expectation(expected, &words));
            }
        }
    }

    /// A text or texts that the body contains, or tests of the body.
    fn expected_text(&mut self, node: &Node, out: &mut Vec<Expectation>) {
        if let NodeKind::Map(_) = &node.kind {
            for tested in self.checks(node, Subject::Body) {
                let words = tested.failure("a body");
                let expected = Expected::Text(tested.check);
                out.push(self.expectation(expected, &words));
            }
            return;
        }
        for node in node.one_or_more() {
            let wanted = self.text(node, "`text` of `expect`");
            let Some(wanted) = wanted else { continue };
            let words = format!("a body with \"{}\"", shorten(&wanted.text));
            let Some(check) = self.contains(wanted) else {
                continue;
            };
            let expected = Expected::Text(check);
            out.push(self.expectation(expected, &words));
        }
    }

    fn expected_size(&mut self, node: &Node, out: &mut Vec<Expectation>) {
        let expected = "`size` must be a body size such as \"< 10KiB\", \">= 1MB\" or 512";
        let Some(figure) = self.figure(node, expected, Bound::of_size) else {
            return;
        };
        let words = match figure {
            Figure::Fixed(bound) => check::of_bound(bound, "byte", "bytes"),
            Figure::Varying(_) => format!("size {}", text_of(node)),
        };
        let words = format!("a body of {words}");
        out.push(self.expectation(Expected::Size(figure), &words));
    }

    fn expected_time(&mut self, node: &Node, out: &mut Vec<Expectation>) {
        let expected = "`time` must be a maximum service time with a unit, such as \"< 500ms\"";
        let read = |text: &str| Expected::time_limit(text).map(micros);
        let Some(figure) = self.figure(node, expected, read) else {
            return;
        };
        let words = match figure {
            Figure::Fixed(us) => duration_literal(Duration::from_micros(us)),
            Figure::Varying(_) => text_of(node).trim_start_matches(['<', ' ']).to_owned(),
        };
        let words = format!("a response within {words}");
        out.push(self.expectation(Expected::Within(figure), &words));
    }

    /// A figure, which may be a text with variables.
    fn figure<T>(
        &mut self,
        node: &Node,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Figure<T>> {
        let scalar = node.as_scalar();
        if let Some(scalar) = scalar.filter(|_| check::has_template(node)) {
            let template = self.template(scalar, Encoding::Raw)?;
            let Some(known) = template.as_literal() else {
                return Some(Figure::Varying(template));
            };
            let known = read(&String::from_utf8_lossy(known));
            if known.is_none() {
                self.wrong_type(node, expected);
            }
            return known.map(Figure::Fixed);
        }
        let found = scalar.and_then(|scalar| read(&scalar.text));
        if found.is_none() {
            self.wrong_type(node, expected);
        }
        found.map(Figure::Fixed)
    }

    /// An expectation, and the text of its failure.
    fn expectation(&mut self, expected: Expected, words: &str) -> Expectation {
        let text = self.tables.text(format!("expected {words}"));
        let no_value = match expected.varies() {
            true => self.tables.text(format!(
                "expected {words}, but a variable in it has no usable value"
            )),
            false => text,
        };
        Expectation {
            expected,
            text,
            no_value,
        }
    }

    /// A JSON path; a mistake is reported.
    pub(crate) fn json_path(&mut self, scalar: &Scalar) -> Option<JsonPath> {
        match JsonPath::parse(&scalar.text) {
            Ok(path) => Some(path),
            Err(error) => {
                let help = "a JSON path starts with `$`, as in $.items[0].id";
                self.report_with(scalar.span, error.to_string(), help);
                None
            }
        }
    }
}

/// The text of a scalar, for messages.
fn text_of(node: &Node) -> String {
    shorten(node.as_scalar().map_or("", |scalar| &scalar.text))
}
