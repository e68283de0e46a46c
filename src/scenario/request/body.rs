//! Request bodies: `json`, `form`, `body`, `multipart`, `file`, `template`, `graphql`.

mod file_template;

use crate::program::{Encoding, Template, is_json_number};
use crate::scenario::data::files;
use crate::scenario::expr::template::TemplatePart;
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::content_type::ContentType;
use crate::scenario::schema::{Fields, maps};
use crate::scenario::yaml::node::{Node, NodeKind, Resolved, Scalar};

/// A body and the type it is sent as.
pub(crate) struct Body {
    pub(crate) template: Template,
    pub(crate) content_type: ContentType,
}

impl Reader<'_> {
    /// The body of a request, if it has one.
    pub(crate) fn body(&mut self, request: &Fields<'_>) -> Option<Body> {
        let first = maps::BODIES.iter().find_map(|kind| request.entry(kind))?;
        match first.key.text.as_str() {
            "json" => {
                let mut template = Template::default();
                self.json(&first.value, &mut template);
                Some(Body {
                    template,
                    content_type: ContentType::Json,
                })
            }
            "graphql" => self.graphql(&first.value),
            "multipart" => self.multipart(&first.value),
            "template" => self.file_template(&first.value),
            "file" => {
                let bytes = self.sent_file(&first.value)?;
                if let Some(path) = first.value.as_scalar()
                    && bytes.windows(2).any(|two| two == b"{{")
                {
                    self.files.unfilled.push(path.text.clone());
                }
                let mut template = Template::default();
                template.push_literal(&bytes);
                let name = first.value.as_scalar();
                let name = name.map_or("", |scalar| scalar.text.as_str());
                Some(Body {
                    template,
                    content_type: ContentType::of_file(files::content_type(name)),
                })
            }
            "form" => Some(Body {
                template: self.form(&first.value)?,
                content_type: ContentType::Form,
            }),
            _ => {
                let text = self.text(&first.value, "`body`")?;
                Some(Body {
                    template: self.template(text, Encoding::Raw)?,
                    content_type: ContentType::Any("text/plain; charset=utf-8"),
                })
            }
        }
    }

    /// A query, or a map of query, variables and operation, as JSON.
    fn graphql(&mut self, node: &Node) -> Option<Body> {
        let mut template = Template::default();
        if let NodeKind::Map(_) = &node.kind {
            let what = "`graphql`";
            let fields = self.fields(node, what, &maps::GRAPHQL)?;
            let query = fields.value("query")?;
            template.push_literal(b"{\"query\":");
            self.text(query, "`query`")?;
            self.json(query, &mut template);
            if let Some(variables) = fields.value("variables") {
                self.entries(variables, "`variables`")?;
                template.push_literal(b",\"variables\":");
                self.json(variables, &mut template);
            }
            if let Some(operation) = fields.value("operation") {
                self.text(operation, "`operation`")?;
                template.push_literal(b",\"operationName\":");
                self.json(operation, &mut template);
            }
        } else {
            let what = "`graphql`";
            self.text(node, what)?;
            template.push_literal(b"{\"query\":");
            self.json(node, &mut template);
        }
        template.push_literal(b"}");
        Some(Body {
            template,
            content_type: ContentType::Json,
        })
    }

    /// Appends a value as JSON.
    pub(crate) fn json(&mut self, node: &Node, out: &mut Template) {
        match &node.kind {
            NodeKind::Scalar(scalar) => self.json_scalar(scalar, out),
            NodeKind::List(items) => {
                out.push_literal(b"[");
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push_literal(b",");
                    }
                    self.json(item, out);
                }
                out.push_literal(b"]");
            }
            NodeKind::Map(entries) => {
                out.push_literal(b"{");
                for (index, entry) in entries.iter().enumerate() {
                    out.push_literal(if index > 0 { b",\"" } else { b"\"" });
                    if let Some(key) = self.template(&entry.key, Encoding::JsonString) {
                        out.extend(&key);
                    }
                    out.push_literal(b"\":");
                    self.json(&entry.value, out);
                }
                out.push_literal(b"}");
            }
        }
    }

    /// A value that is one hole alone keeps its type.
    fn json_scalar(&mut self, scalar: &Scalar, out: &mut Template) {
        if let Some(json) = json_of(scalar) {
            out.push_literal(json.as_bytes());
            return;
        }
        let Some(parts) = self.parts(scalar) else {
            return;
        };
        if let [TemplatePart::Hole { source, start }] = parts.as_slice() {
            if let Some(hole) = self.hole(scalar, source, *start, Encoding::JsonValue) {
                out.push_hole(hole);
            }
        } else if let Some(text) = self.template(scalar, Encoding::JsonString) {
            out.push_literal(b"\"");
            out.extend(&text);
            out.push_literal(b"\"");
        }
    }

    fn form(&mut self, node: &Node) -> Option<Template> {
        let entries = self.entries(node, "`form`")?;
        let mut out = Template::default();
        for entry in entries {
            let Some(name) = self.template(&entry.key, Encoding::Form) else {
                continue;
            };
            for value in entry.value.one_or_more() {
                let scalar = self.text(value, "a form field");
                let value = scalar.and_then(|scalar| self.template(scalar, Encoding::Form));
                let Some(value) = value else { continue };
                if !out.as_literal().is_some_and(<[u8]>::is_empty) {
                    out.push_literal(b"&");
                }
                out.extend(&name);
                out.push_literal(b"=");
                out.extend(&value);
            }
        }
        Some(out)
    }
}

/// The JSON of a scalar that is not text.
fn json_of(scalar: &Scalar) -> Option<String> {
    match scalar.resolve() {
        Resolved::Text(_) => None,
        Resolved::Null => Some("null".to_owned()),
        Resolved::Bool(value) => Some(value.to_string()),
        Resolved::Int(int) => Some(int.to_string()),
        Resolved::Float(float) => {
            // As written where JSON writes it so: 1.10 and large numbers stay.
            Some(match is_json_number(&scalar.text) {
                true => scalar.text.clone(),
                false => float.to_string(),
            })
        }
    }
}

/// A value without templates as JSON, for comparing.
pub(crate) fn literal_json(node: &Node) -> serde_json::Value {
    match &node.kind {
        NodeKind::Scalar(scalar) => match json_of(scalar) {
            Some(json) => serde_json::from_str(&json).unwrap_or(serde_json::Value::Null),
            None => serde_json::Value::String(scalar.text.clone()),
        },
        NodeKind::List(items) => items.iter().map(literal_json).collect(),
        NodeKind::Map(entries) => serde_json::Value::Object(
            entries
                .iter()
                .map(|entry| (entry.key.text.clone(), literal_json(&entry.value)))
                .collect(),
        ),
    }
}
