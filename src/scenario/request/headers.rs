//! Header fields: those of the scenario, the class and the request, later ones
//! winning, and those that every request has.

use crate::program::{Encoding, Header, Template, WhenUnset};
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::content_type::ContentType;
use crate::scenario::request::request_ir::Compression;
use crate::scenario::yaml::node::{Node, Scalar};

/// A header field as given; without a value it takes an earlier one away.
#[derive(Clone, Debug)]
pub(crate) struct HeaderLine {
    pub(crate) name: String,
    pub(crate) value: Option<Template>,
}

/// Fields that the client writes itself.
pub(crate) const OWN: [&str; 7] = [
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "upgrade",
    "te",
    "expect",
];

impl Reader<'_> {
    /// The entries of a `headers:` map.
    pub(crate) fn headers(&mut self, node: Option<&Node>) -> Vec<HeaderLine> {
        let Some(entries) = node.and_then(|node| self.entries(node, "`headers`")) else {
            return Vec::new();
        };
        let mut lines: Vec<HeaderLine> = Vec::new();
        for entry in entries {
            let name = &entry.key.text;
            if !self.is_header_name(&entry.key) {
                continue;
            }
            if OWN.contains(&name.to_ascii_lowercase().as_str()) {
                self.report(
                    entry.key.span,
                    format!("`{name}` cannot be set: Swarmdeck sets it"),
                );
                continue;
            }
            let value = if entry.value.is_null() {
                None
            } else {
                let scalar = self.text(&entry.value, "a header");
                let Some(value) =
                    scalar.and_then(|scalar| self.template(scalar, Encoding::HeaderValue))
                else {
                    continue;
                };
                Some(value)
            };
            lines.push(HeaderLine {
                name: name.clone(),
                value,
            });
        }
        lines
    }

    /// Whether a header can be called this; a mistake is reported.
    pub(super) fn is_header_name(&mut self, name: &Scalar) -> bool {
        let is_token = is_token(&name.text);
        if !is_token {
            let message = "invalid header name: use letters, digits and `-`";
            self.report(name.span, message);
        }
        is_token
    }
}

/// The fields of a request: `inherited` from scenario and class, then its own.
/// While a variable of an inherited one is not set, `inherited_when_unset` decides.
pub(crate) fn merge(
    inherited: &[HeaderLine],
    own: &[HeaderLine],
    inherited_when_unset: WhenUnset,
    content_type: Option<&ContentType>,
    compression: Compression,
) -> Vec<Header> {
    let agent = concat!("swarmdeck/", env!("CARGO_PKG_VERSION"));
    let mut headers = vec![fixed("User-Agent", agent), fixed("Accept", "*/*")];
    if compression == Compression::Offered {
        headers.push(fixed("Accept-Encoding", "gzip, deflate, br, zstd"));
    }
    headers.extend(content_type.map(|kind| fixed("Content-Type", &kind.value())));
    let counts = |line: &&HeaderLine| content_type.is_none_or(|kind| kind.gives_way_to(line));
    let inherited = inherited
        .iter()
        .filter(counts)
        .map(|line| (line, inherited_when_unset));
    let inherited = inherited.map(|(line, when_unset)| (line, when_unset, true));
    let own = own.iter().map(|line| (line, WhenUnset::Fail, false));
    for (line, when_unset, is_inherited) in inherited.chain(own) {
        let at = headers
            .iter()
            .position(|header| header.name.eq_ignore_ascii_case(&line.name));
        let header = line.value.clone().map(|value| Header {
            name: line.name.clone(),
            value,
            when_unset,
            is_inherited,
        });
        match (at, header) {
            (Some(at), Some(header)) => headers[at] = header,
            (Some(at), None) => {
                headers.remove(at);
            }
            (None, Some(header)) => headers.push(header),
            (None, None) => {}
        }
    }
    headers
}

/// A field whose value is known.
pub(crate) fn fixed(name: &str, value: &str) -> Header {
    let mut template = Template::default();
    template.push_literal(value.as_bytes());
    Header {
        name: name.to_owned(),
        value: template,
        when_unset: WhenUnset::Fail,
        is_inherited: false,
    }
}

fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
