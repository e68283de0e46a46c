//! The type that a body is sent as, and which headers may say another.

use crate::model::MediaType;
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::headers::HeaderLine;
use crate::scenario::yaml::node::{Entry, Node, NodeKind};

/// The type of a body, by what it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ContentType {
    /// Of `body`, or of a file whose name says nothing: the scenario may know better.
    Any(&'static str),
    /// Of `json` and `graphql`.
    Json,
    /// Of `form`.
    Form,
    /// Of a file, by its name.
    File(&'static str),
    /// Of `multipart`, with what separates its parts.
    Multipart { boundary: String },
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

impl ContentType {
    /// Of a file whose name tells this.
    pub(crate) fn of_file(by_name: &'static str) -> Self {
        match by_name {
            "application/octet-stream" => Self::Any(by_name),
            known => Self::File(known),
        }
    }

    /// Whether texts in it are escaped as JSON's are.
    pub(crate) fn is_json(&self) -> bool {
        self.value() == JSON
    }

    /// The value of the header field.
    pub(crate) fn value(&self) -> String {
        match self {
            Self::Any(value) | Self::File(value) => (*value).to_owned(),
            Self::Json => JSON.to_owned(),
            Self::Form => FORM.to_owned(),
            Self::Multipart { boundary } => format!("multipart/form-data; boundary={boundary}"),
        }
    }

    /// Whether a header of the class or the scenario is sent with this body. A
    /// `Content-Type` is not, if it is the type of other bodies.
    pub(super) fn gives_way_to(&self, inherited: &HeaderLine) -> bool {
        let (true, Some(value)) = (inherited.is_content_type(), &inherited.value) else {
            return true;
        };
        let value = value.as_literal().unwrap_or_default();
        let kind = MediaType::new(value).essence();
        match self {
            Self::Any(_) => true,
            Self::Json => kind.ends_with("/json") || kind.ends_with("+json"),
            Self::Form => kind == FORM,
            Self::File(_) | Self::Multipart { .. } => false,
        }
    }
}

impl HeaderLine {
    fn is_content_type(&self) -> bool {
        self.name.eq_ignore_ascii_case("content-type")
    }
}

impl Reader<'_> {
    /// Gives the type that a step names for a body of parts its boundary. One
    /// that names another boundary, or none of parts, is a mistake.
    pub(super) fn type_of_parts(
        &mut self,
        headers: Option<&Node>,
        of_body: &ContentType,
        own: &mut [HeaderLine],
    ) {
        let ContentType::Multipart { boundary } = of_body else {
            return;
        };
        let line = own.iter_mut().find(|line| line.is_content_type());
        let Some(value) = line.and_then(|line| line.value.as_mut()) else {
            return;
        };
        let given = MediaType::new(value.as_literal().unwrap_or_default());
        let has_boundary = given.parameters("boundary").next().is_some();
        if given.essence().starts_with("multipart/") && !has_boundary {
            value.push_literal(format!("; boundary={boundary}").as_bytes());
            return;
        }
        let entries = match headers.map(|node| &node.kind) {
            Some(NodeKind::Map(entries)) => entries.as_slice(),
            _ => &[],
        };
        let is_type = |entry: &&Entry| entry.key.text.eq_ignore_ascii_case("content-type");
        if let Some(entry) = entries.iter().find(is_type) {
            let message = "`Content-Type` of `multipart` must be a multipart type without a boundary: Swarmdeck chooses the boundary";
            let help =
                "remove the header, or give a type without a boundary, such as multipart/related";
            self.report_with(entry.value.span, message, help);
        }
    }
}
