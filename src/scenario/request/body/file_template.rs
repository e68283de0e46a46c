//! `template: order.json`: a file with `{{ }}` as the body.

use crate::program::{Encoding, Template};
use crate::scenario::data::files;
use crate::scenario::expr::template::TemplatePart;
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::body::Body;
use crate::scenario::request::content_type::ContentType;
use crate::scenario::yaml::node::{Node, Scalar, Style};

impl Reader<'_> {
    /// The body that a file gives, its holes filled for each request: in JSON
    /// escaped as their place needs, elsewhere as they are.
    pub(super) fn file_template(&mut self, node: &Node) -> Option<Body> {
        let bytes = self.sent_file(node)?;
        let name = node.as_scalar().map_or("", |scalar| scalar.text.as_str());
        let content_type = ContentType::of_file(files::content_type(name));
        let Ok(text) = str::from_utf8(&bytes) else {
            let message = "a template file must be UTF-8 text; use `file` to send any bytes";
            self.report(node.span, message);
            return None;
        };
        let scalar = Scalar {
            text: text.to_owned(),
            style: Style::Quoted,
            span: node.span,
            verbatim_at: None,
        };
        let is_json = content_type.is_json();
        let mut template = Template::default();
        let mut place = JsonPlace::default();
        for part in self.parts(&scalar)? {
            match part {
                TemplatePart::Literal { text, .. } => {
                    place.pass(text);
                    template.push_literal(text.as_bytes());
                }
                TemplatePart::Hole { source, start } => {
                    let encoding = match (is_json, place.is_in_string) {
                        (false, _) => Encoding::Raw,
                        (true, true) => Encoding::JsonString,
                        (true, false) => Encoding::JsonValue,
                    };
                    template.push_hole(self.hole(&scalar, source, start, encoding)?);
                }
            }
        }
        Some(Body {
            template,
            content_type,
        })
    }
}

/// Where in a JSON text the reader is.
#[derive(Debug, Default)]
struct JsonPlace {
    is_in_string: bool,
    is_escaped: bool,
}

impl JsonPlace {
    fn pass(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.is_in_string => self.is_escaped = true,
                b'"' => self.is_in_string = !self.is_in_string,
                _ => {}
            }
        }
    }
}
