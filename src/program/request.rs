//! A request step: rendering its message, judging its answer.

pub(crate) mod credential_names;
pub(crate) mod credentials;
pub(crate) mod encoding;
mod link;
pub(crate) mod message_text;
pub(crate) mod secrets;
pub(crate) mod sent_credentials;
pub(crate) mod template;

use crate::model::{
    BodyNeed, Charset, Cookies, Failure, Method, NameId, Origin, OriginId, RedirectHop,
    ResponseNeeds, SlotId,
};
use crate::program::code::variables::Variables;
use crate::program::expr::evaluate::EvalContext;
use crate::program::json::extract::FIELDS;
use crate::program::json::path::JsonPath;
use crate::program::request::template::Template;
use crate::program::response::capture::Capture;
use crate::program::response::check::Judging;
use crate::program::response::expectation::{Expectation, StatusRule};
use crate::program::response::response_view::ResponseView;

use link::LinkMessage;
pub use link::{Link, LinkHost};

/// A request step.
#[derive(Clone, Debug)]
pub struct Request {
    /// The row of the statistics it is counted in.
    pub name: NameId,
    /// Where it goes.
    pub origin: OriginId,
    /// Its method.
    pub method: Method,
    /// What of the answer [`judge`](Self::judge) needs.
    pub needs: ResponseNeeds,
    /// From wanting to send to the last byte, redirects included.
    pub timeout_us: u64,
    /// For making a connection, where one has to be made.
    pub connect_timeout_us: u64,
    /// How many redirects are followed; 0 takes the redirect as the answer.
    pub max_redirects: u8,
    /// The most bytes of a body that has to be kept, as received and decoded.
    pub max_body: usize,
    /// Whether the user's cookies are sent, and new ones kept.
    pub cookies: Cookies,
    message: Message,
    status: StatusRule,
    expectations: Vec<Expectation>,
    captures: Vec<Capture>,
    /// The fields of a JSON body that several of them read.
    fields: Box<[Box<str>]>,
}

#[derive(Clone, Debug)]
enum Message {
    /// Without holes: the bytes are there already.
    Prepared { bytes: Vec<u8>, head_len: usize },
    /// `head` ends where `Content-Length` goes, if there is a body; else it is whole.
    Template {
        head: Template,
        body: Option<Template>,
    },
    /// Where it goes is known only when it is sent.
    Link(Box<LinkMessage>),
}

/// What a request is put together from.
#[derive(Clone, Debug)]
pub struct RequestParts {
    /// The row of the statistics.
    pub(crate) name: NameId,
    /// Where it goes.
    pub(crate) origin: OriginId,
    /// The value of `Host`.
    pub(crate) authority: String,
    pub(crate) method: Method,
    /// Path and query, or a link.
    pub(crate) target: RequestTarget,
    /// Header fields in order, without `Host` and `Content-Length`.
    pub(crate) headers: Vec<Header>,
    /// The body; `None` sends none.
    pub(crate) body: Option<Template>,
    /// From wanting to send to the last byte.
    pub(crate) timeout_us: u64,
    pub(crate) connect_timeout_us: u64,
    /// How many redirects are followed.
    pub(crate) max_redirects: u8,
    /// The most bytes of a body that has to be kept.
    pub(crate) max_body: usize,
    /// Whether cookies are kept and sent.
    pub(crate) cookies: Cookies,
    /// Which statuses count as success.
    pub(crate) status: StatusRule,
    /// What else an answer has to fulfil.
    pub(crate) expectations: Vec<Expectation>,
    /// What to take out of an answer.
    pub(crate) captures: Vec<Capture>,
    /// Whether variables remember which address they were captured from,
    /// because a link of the program may be relative to it.
    pub(crate) keeps_sources: bool,
}

/// What a request asks for.
#[derive(Clone, Debug)]
pub enum RequestTarget {
    /// Path and query at its origin.
    Path(Template),
    /// What a value leads to.
    Link(Box<Link>),
}

/// A header field.
#[derive(Clone, Debug)]
pub struct Header {
    pub(crate) name: String,
    pub(crate) value: Template,
    /// What happens while a variable in it is not set.
    pub(crate) when_unset: WhenUnset,
    /// Whether it comes from the scenario or the class, not from the step.
    pub(crate) is_inherited: bool,
}

/// What happens to a header while a variable in it is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenUnset {
    /// The request is not sent and counts as failed.
    Fail,
    /// The field is left out: a token in the headers of a class, while
    /// `on_start` is about to fetch it.
    Omit,
}

/// A message ready to send.
#[derive(Clone, Copy, Debug)]
pub struct Rendered<'a> {
    /// All of it.
    pub bytes: &'a [u8],
    /// Up to and including the blank line.
    pub head_len: usize,
    /// Where it goes instead of the request's own origin: a link's.
    pub elsewhere: Option<&'a Origin>,
}

/// An answer, as far as the request [wants](Request::needs) it.
#[derive(Clone, Copy, Debug)]
pub struct ReceivedResponse<'a> {
    /// Its status.
    pub status: u16,
    /// Status line and fields as they came, if wanted.
    pub head: &'a [u8],
    /// The redirects that led to it, oldest first, if heads were wanted.
    pub earlier: &'a [RedirectHop],
    /// The decoded body, if wanted.
    pub body: &'a [u8],
    /// The address that it came from, if wanted.
    pub url: &'a str,
    /// Bytes of the decoded body, if they or it were wanted.
    pub body_size: u64,
    /// The charset that it names for its body, if that is wanted.
    pub charset: Option<Charset>,
    /// From wanting to send to the last byte.
    pub service_time_us: u64,
}

/// Buffers for rendering, kept from request to request.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    message: Vec<u8>,
    pub(super) body: Vec<u8>,
    /// Where the last link led, if not to the host.
    elsewhere: Option<Origin>,
}

impl Request {
    /// Puts a request together.
    pub(crate) fn new(parts: RequestParts) -> Self {
        let needs = ResponseNeeds {
            head: parts.captures.iter().any(Capture::wants_head)
                || parts.expectations.iter().any(Expectation::wants_head),
            body: body_want(&parts),
            url: parts.keeps_sources && !parts.captures.is_empty(),
            preview: false,
        };
        Self {
            name: parts.name,
            origin: parts.origin,
            method: parts.method,
            needs,
            timeout_us: parts.timeout_us,
            connect_timeout_us: parts.connect_timeout_us,
            max_redirects: parts.max_redirects,
            max_body: parts.max_body,
            cookies: parts.cookies,
            message: Message::new(&parts),
            fields: shared_fields(&parts),
            status: parts.status,
            expectations: parts.expectations,
            captures: parts.captures,
        }
    }

    /// What its message is put together from, where that has holes.
    pub(super) fn templates(&self) -> impl Iterator<Item = &Template> {
        let (head, more) = match &self.message {
            Message::Prepared { .. } => (None, None),
            Message::Template { head, body } => (Some([Some(head), body.as_ref()]), None),
            Message::Link(message) => (None, Some(message.templates())),
        };
        let head = head.into_iter().flatten().flatten();
        head.chain(more.into_iter().flatten())
    }

    /// Which statuses count as success.
    pub(super) fn status(&self) -> &StatusRule {
        &self.status
    }

    /// What is taken out of an answer.
    pub(super) fn captures(&self) -> &[Capture] {
        &self.captures
    }

    /// What an answer has to fulfil beside its status.
    pub(super) fn expectations(&self) -> &[Expectation] {
        &self.expectations
    }

    /// The whole HTTP/1.1 message.
    ///
    /// # Errors
    /// [`Failure::Unset`] when a hole has no value; then nothing may be sent.
    pub fn render<'a>(
        &'a self,
        variables: &Variables,
        context: &mut EvalContext<'_>,
        scratch: &'a mut Scratch,
    ) -> Result<Rendered<'a>, Failure> {
        let (head, body) = match &self.message {
            Message::Prepared { bytes, head_len } => {
                return Ok(Rendered {
                    bytes,
                    head_len: *head_len,
                    elsewhere: None,
                });
            }
            Message::Template { head, body } => (head, body),
            Message::Link(message) => return message.render(variables, context, scratch),
        };
        scratch.message.clear();
        scratch.body.clear();
        head.write(&mut scratch.message, variables, context)?;
        let head_len = write_end(body.as_ref(), variables, context, scratch)?;
        Ok(Rendered {
            bytes: &scratch.message,
            head_len,
            elsewhere: None,
        })
    }

    /// Whether the answer is a success, and what it leaves in the user's
    /// variables: first the status, then the expectations, then the captures.
    /// Of a request that failed they have to be [forgotten](Self::forget).
    /// `context` is what expectations may ask for; its `rng` picks among several
    /// matches of a capture.
    ///
    /// # Errors
    /// The first thing that is wrong with the answer.
    pub fn judge(
        &self,
        answer: ReceivedResponse<'_>,
        variables: &mut Variables,
        context: &mut EvalContext<'_>,
    ) -> Result<(), Failure> {
        self.verdict(
            &ResponseView::new(&answer, &self.fields),
            variables,
            context,
        )
    }

    /// The variables that this request sets.
    pub(crate) fn captured(&self) -> impl Iterator<Item = SlotId> {
        self.captures.iter().map(|capture| capture.slot)
    }

    /// Unsets what this request would have captured: nothing goes on with a value
    /// of an earlier answer after it failed.
    pub fn forget(&self, variables: &mut Variables) {
        for capture in &self.captures {
            variables.unset(capture.slot);
        }
    }

    fn verdict(
        &self,
        seen: &ResponseView<'_>,
        variables: &mut Variables,
        context: &mut EvalContext<'_>,
    ) -> Result<(), Failure> {
        let mut judging = Judging { variables, context };
        if !self.status.accepts(seen.answer.status, &mut judging) {
            return Err(Failure::Status(seen.answer.status));
        }
        for one in &self.expectations {
            one.judge(seen, &mut judging)
                .map_err(Failure::Expectation)?;
        }
        for capture in &self.captures {
            capture
                .take(seen, variables, context.rng)
                .map_err(|_| Failure::Capture(capture.text))?;
            if variables.is_too_large(capture.slot) {
                return Err(Failure::TooLarge(capture.slot));
            }
            if self.needs.url {
                variables.set_source(capture.slot, capture.address(seen));
            }
        }
        Ok(())
    }
}

/// How much of a body its captures and expectations need.
fn body_want(parts: &RequestParts) -> BodyNeed {
    let expected = parts.expectations.iter().map(Expectation::body_want);
    if parts.captures.iter().any(Capture::wants_body) {
        BodyNeed::Whole
    } else {
        expected.max().unwrap_or_default()
    }
}

/// The fields of the outermost JSON object that are read, where more than one
/// thing is read: they are found in one reading.
fn shared_fields(parts: &RequestParts) -> Box<[Box<str>]> {
    let expected = parts.expectations.iter().filter_map(Expectation::path);
    let captured = parts.captures.iter().filter_map(Capture::path);
    let paths = expected.chain(captured).filter_map(JsonPath::below_field);
    let names: Vec<&str> = paths.map(|(name, _)| name).collect();
    if names.len() < 2 {
        return Box::default();
    }
    let mut different: Vec<Box<str>> = Vec::new();
    for name in names {
        if different.len() < FIELDS && !different.iter().any(|one| **one == *name) {
            different.push(name.into());
        }
    }
    different.into()
}

impl Message {
    fn new(parts: &RequestParts) -> Self {
        let sends_length = matches!(parts.method, Method::Post | Method::Put | Method::Patch);
        let body = match &parts.body {
            None if sends_length => Some(Template::default()),
            body => body.clone(),
        };
        let target = match &parts.target {
            RequestTarget::Path(target) => target,
            RequestTarget::Link(link) => {
                let (link, headers) = (Link::clone(link), &parts.headers);
                let message = LinkMessage::new(parts.method, link, headers, body);
                return Self::Link(Box::new(message));
            }
        };
        let head = head(parts, target);
        let body_bytes = match &body {
            None => Some(None),
            Some(body) => body.as_literal().map(Some),
        };
        if let (Some(head), Some(body)) = (head.as_literal(), body_bytes) {
            let mut bytes = head.to_vec();
            if let Some(body) = body {
                write_length(&mut bytes, body.len());
            }
            bytes.extend_from_slice(b"\r\n");
            let head_len = bytes.len();
            bytes.extend_from_slice(body.unwrap_or_default());
            return Self::Prepared { bytes, head_len };
        }
        Self::Template { head, body }
    }
}

/// Request line and fields, without `Content-Length` and the blank line.
fn head(parts: &RequestParts, target: &Template) -> Template {
    let mut head = Template::default();
    head.push_literal(parts.method.as_str().as_bytes());
    head.push_literal(b" ");
    head.extend(target);
    head.push_literal(b" HTTP/1.1\r\n");
    let is_named = |header: &Header| header.name.eq_ignore_ascii_case("host");
    if !parts.headers.iter().any(is_named) {
        head.push_literal(b"Host: ");
        head.push_literal(parts.authority.as_bytes());
        head.push_literal(b"\r\n");
    }
    head.extend(&field_lines(parts.headers.iter()));
    head
}

/// Header fields, each with its line end.
fn field_lines<'h>(headers: impl Iterator<Item = &'h Header>) -> Template {
    let mut lines = Template::default();
    for header in headers {
        let mut line = Template::default();
        line.push_literal(header.name.as_bytes());
        line.push_literal(b": ");
        line.extend(&header.value);
        line.push_literal(b"\r\n");
        match header.when_unset {
            WhenUnset::Fail => lines.extend(&line),
            WhenUnset::Omit => lines.extend_optional(line),
        }
    }
    lines
}

/// Appends what follows the fields: the length, the blank line and the body.
/// Returns where the head ends.
fn write_end(
    body: Option<&Template>,
    variables: &Variables,
    context: &mut EvalContext<'_>,
    scratch: &mut Scratch,
) -> Result<usize, Failure> {
    let body = match body.map(|body| (body, body.as_literal())) {
        None => None,
        // A large file need not be copied twice.
        Some((_, Some(literal))) => Some(literal),
        Some((body, None)) => {
            body.write(&mut scratch.body, variables, context)?;
            Some(scratch.body.as_slice())
        }
    };
    if let Some(body) = body {
        write_length(&mut scratch.message, body.len());
    }
    scratch.message.extend_from_slice(b"\r\n");
    let head_len = scratch.message.len();
    scratch.message.extend_from_slice(body.unwrap_or_default());
    Ok(head_len)
}

fn write_length(out: &mut Vec<u8>, len: usize) {
    out.extend_from_slice(b"Content-Length: ");
    out.extend_from_slice(itoa::Buffer::new().format(len).as_bytes());
    out.extend_from_slice(b"\r\n");
}
