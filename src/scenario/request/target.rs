//! Where a request goes: path, address or link, query, and the name it is counted under.

mod link;

use crate::model::OriginId;
use crate::program::{Encoding, Template};
use crate::scenario::connection::host;
use crate::scenario::connection::host::Host;
use crate::scenario::expr::template::TemplatePart;
use crate::scenario::lower::reader::Reader;
use crate::scenario::yaml::diagnostic::Mistake;
use crate::scenario::yaml::node::{Node, Scalar, shorten};

pub(crate) use link::LinkIr;

/// Where a request goes.
pub(crate) struct Target {
    pub(crate) origin: OriginId,
    pub(crate) goal: Goal,
    /// The path template, for the statistics.
    pub(crate) name: String,
    has_query: bool,
}

/// A path while it is put together.
struct PathTarget {
    template: Template,
    name: String,
    has_query: bool,
}

/// The path or link of a request.
#[derive(Clone, Debug)]
pub(crate) enum Goal {
    /// Path and query.
    Path(Template),
    /// The URL in a value.
    Link(Box<LinkIr>),
}

impl Reader<'_> {
    /// Reads the value of `get:`, `post:` and so on.
    pub(crate) fn target(&mut self, node: &Node) -> Option<Target> {
        let scalar = self.text(node, "the URL")?;
        let known = self.with_known_start(scalar);
        let scalar = known.as_ref().unwrap_or(scalar);
        let parts = self.parts(scalar)?;
        if link::is_link(&parts) {
            return self.link(scalar, &parts);
        }
        self.path_target(scalar, parts)
    }

    /// A path, or an address whose origin is known.
    fn path_target(&mut self, scalar: &Scalar, parts: Vec<TemplatePart<'_>>) -> Option<Target> {
        let (origin, prefix, path_start) = self.origin(scalar)?;
        let mut target = PathTarget {
            template: Template::default(),
            name: prefix,
            has_query: false,
        };
        let mut is_sound = true;
        for part in parts {
            is_sound &= match part {
                TemplatePart::Literal { text, start } => {
                    let skip = path_start.saturating_sub(start).min(text.len());
                    self.path_text(scalar, &text[skip..], start + skip, &mut target)
                }
                TemplatePart::Hole { source, start } => {
                    let encoding = if target.has_query {
                        Encoding::Query
                    } else {
                        Encoding::PathSegment
                    };
                    let hole = self.hole(scalar, source, start, encoding);
                    if !target.has_query {
                        target.name.push('{');
                        target.name.push_str(&shorten(source));
                        target.name.push('}');
                    }
                    hole.map(|hole| target.template.push_hole(hole)).is_some()
                }
            };
        }
        // The path of an address that has none is `/`.
        if target.template.as_literal().is_some_and(<[u8]>::is_empty) {
            target.template.push_literal(b"/");
        }
        is_sound.then_some(Target {
            origin,
            goal: Goal::Path(target.template),
            name: target.name,
            has_query: target.has_query,
        })
    }

    /// The origin of an address, its name in the statistics, and where its
    /// path begins; the host for a path.
    fn origin(&mut self, scalar: &Scalar) -> Option<(OriginId, String, usize)> {
        let text = scalar.text.as_str();
        if text.starts_with('/') && !text.starts_with("//") {
            return Some((OriginId(0), String::new(), 0));
        }
        let Some(scheme_end) = text.find("://").filter(|at| !text[..*at].contains("{{")) else {
            let mistake = Mistake::new(0..text.len(), "not a path or URL")
                .help("a path starts with `/`, a URL with `http://` or `https://`");
            self.report_within(scalar, mistake);
            return None;
        };
        let rest = scheme_end + 3;
        let end = text[rest..]
            .find(['/', '?', '#'])
            .map_or(text.len(), |at| rest + at);
        match host::parse(&text[..end]) {
            Ok(Host { target, .. }) => {
                let name = target.origin.to_string();
                let name = if text[end..].starts_with('/') {
                    name
                } else {
                    name + "/"
                };
                Some((self.tables.origin(target), name, end))
            }
            Err(error) => {
                let mistake = Mistake::new(0..end, error.to_string());
                self.report_within(scalar, mistake);
                None
            }
        }
    }

    /// Literal text of a path; whether it can stand there.
    fn path_text(
        &mut self,
        scalar: &Scalar,
        text: &str,
        start: usize,
        target: &mut PathTarget,
    ) -> bool {
        let bad = text.find(|c: char| c == '#' || c.is_control());
        if let Some(at) = bad {
            let message = if text[at..].starts_with('#') {
                "fragments (`#...`) are never sent; write %23 for a literal #"
            } else {
                "control characters and line breaks are not allowed in a path"
            };
            let mistake = Mistake::new(start + at..start + at + 1, message);
            self.report_within(scalar, mistake);
            return false;
        }
        if target.template.as_literal().is_some_and(<[u8]>::is_empty) && !text.starts_with('/') {
            target.template.push_literal(b"/");
        }
        let encoded = Encoding::UrlText.encode(text);
        target.template.push_literal(&encoded.unwrap_or_default());
        if !target.has_query {
            let path = text.split('?').next().unwrap_or(text);
            target.name.push_str(path);
            target.has_query = path.len() < text.len();
        }
        true
    }

    /// Appends the entries of `query:`.
    pub(crate) fn query(&mut self, node: &Node, target: &mut Target) {
        let Some(entries) = self.entries(node, "`query`") else {
            return;
        };
        for entry in entries {
            let Some(name) = self.template(&entry.key, Encoding::Query) else {
                continue;
            };
            for value in entry.value.one_or_more() {
                let scalar = self.text(value, "a query parameter");
                let value = scalar.and_then(|scalar| self.template(scalar, Encoding::Query));
                let Some(value) = value else { continue };
                let template = match &mut target.goal {
                    Goal::Path(path) => {
                        let sign: &[u8] = if target.has_query { b"&" } else { b"?" };
                        path.push_literal(sign);
                        path
                    }
                    Goal::Link(link) => {
                        if target.has_query {
                            link.query.push_literal(b"&");
                        }
                        &mut link.query
                    }
                };
                target.has_query = true;
                template.extend(&name);
                template.push_literal(b"=");
                template.extend(&value);
            }
        }
    }
}
