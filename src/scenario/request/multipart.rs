//! `multipart`: a body of parts, as forms with files send it.

use std::sync::Arc;

use crate::program::{Encoding, Template};
use crate::scenario::data::files;
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::body::Body;
use crate::scenario::request::content_type::ContentType;
use crate::scenario::schema::maps;
use crate::scenario::yaml::node::{Node, NodeKind};

/// A part, without what separates it from others.
struct MultipartPart {
    head: Template,
    content: PartContent,
}

enum PartContent {
    Text(Template),
    File(Arc<[u8]>),
}

impl Reader<'_> {
    /// The body, and the type that names what separates its parts.
    pub(crate) fn multipart(&mut self, node: &Node) -> Option<Body> {
        let entries = self.entries(node, "`multipart`")?;
        let mut parts = Vec::new();
        let mut is_sound = true;
        for entry in entries {
            let Some(name) = self.template(&entry.key, Encoding::PartName) else {
                is_sound = false;
                continue;
            };
            for node in entry.value.one_or_more() {
                let part = self.part(&name, node);
                is_sound &= part.is_some();
                parts.extend(part);
            }
        }
        is_sound.then(|| assemble(&parts))
    }

    fn part(&mut self, name: &Template, node: &Node) -> Option<MultipartPart> {
        let mut head = Template::default();
        head.push_literal(b"Content-Disposition: form-data; name=\"");
        head.extend(name);
        head.push_literal(b"\"");
        let NodeKind::Map(_) = &node.kind else {
            let text = self.text(node, "a part")?;
            let content = PartContent::Text(self.template(text, Encoding::Raw)?);
            return Some(MultipartPart { head, content });
        };
        let fields = self.fields(node, "a part", &maps::PART)?;
        let source = fields.only()?;
        let (content, file) = match source.key.text.as_str() {
            "file" => (
                PartContent::File(self.sent_file(&source.value)?),
                fields.get::<&str>("file"),
            ),
            _ => {
                let text = self.text(&source.value, "`text`")?;
                (PartContent::Text(self.template(text, Encoding::Raw)?), None)
            }
        };
        let mut filename = Template::default();
        match fields.value("filename") {
            Some(node) => {
                let text = self.text(node, "`filename`")?;
                filename = self.template(text, Encoding::PartName)?;
            }
            None => {
                let name = file.and_then(|path| path.rsplit(['/', '\\']).next());
                let name = name.and_then(|name| Encoding::PartName.encode(name));
                filename.push_literal(&name.unwrap_or_default());
            }
        }
        if !filename.as_literal().is_some_and(<[u8]>::is_empty) {
            head.push_literal(b"; filename=\"");
            head.extend(&filename);
            head.push_literal(b"\"");
        }
        let kind = match fields.value("type") {
            Some(node) => {
                let text = self.text(node, "`type`")?;
                Some(self.template(text, Encoding::HeaderValue)?)
            }
            None => file.map(|path| {
                let mut kind = Template::default();
                kind.push_literal(files::content_type(path).as_bytes());
                kind
            }),
        };
        if let Some(kind) = kind {
            head.push_literal(b"\r\nContent-Type: ");
            head.extend(&kind);
        }
        Some(MultipartPart { head, content })
    }
}

/// Puts the parts together, with a boundary that none of them holds, as far
/// as they are known before the run.
fn assemble(parts: &[MultipartPart]) -> Body {
    let boundary = (0_u32..)
        .map(|number| format!("swarmdeck-7b1f4c92e6a85d30-{number}"))
        .find(|boundary| !parts.iter().any(|part| part.holds(boundary.as_bytes())))
        .unwrap_or_default();
    let mut template = Template::default();
    for part in parts {
        template.push_literal(format!("--{boundary}\r\n").as_bytes());
        template.extend(&part.head);
        template.push_literal(b"\r\n\r\n");
        match &part.content {
            PartContent::Text(text) => template.extend(text),
            PartContent::File(bytes) => template.push_literal(bytes),
        }
        template.push_literal(b"\r\n");
    }
    template.push_literal(format!("--{boundary}--\r\n").as_bytes());
    Body {
        template,
        content_type: ContentType::Multipart { boundary },
    }
}

impl MultipartPart {
    fn holds(&self, boundary: &[u8]) -> bool {
        let bytes = match &self.content {
            PartContent::Text(text) => text.as_literal().unwrap_or_default(),
            PartContent::File(bytes) => bytes,
        };
        bytes
            .windows(boundary.len())
            .any(|window| window == boundary)
    }
}
