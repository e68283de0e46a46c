//! An answer as it is judged: what has to be parsed is parsed once, and only
//! if something asks for it.

use std::cell::OnceCell;

use scraper::Html;

use crate::model::JsonFault;
use crate::program::json::extract::{FIELDS, NotJson};
use crate::program::json::path::{JsonPath, Segment};
use crate::program::json::{extract, lenient};
use crate::program::request::ReceivedResponse;
use crate::program::response::body_text::{BodyText, Reading, body_text, readable};
use crate::program::response::html;

/// An answer, and what was made of it so far.
pub(crate) struct ResponseView<'a> {
    pub(crate) answer: &'a ReceivedResponse<'a>,
    /// The fields of the outermost JSON object that several things ask for.
    fields: &'a [Box<str>],
    shared: OnceCell<Option<Shared>>,
    /// The body as a strict parser of JSON reads it, where it does not read it
    /// as it was sent.
    mended: OnceCell<Result<String, JsonFault>>,
    text: OnceCell<BodyText<'a>>,
    html: OnceCell<Option<Html>>,
}

/// Where fields are in a JSON text: their starts and lengths.
#[derive(Clone, Copy, Debug)]
struct Shared {
    places: [Option<(usize, usize)>; FIELDS],
    text: JsonText,
}

/// Which text that is.
#[derive(Clone, Copy, Debug)]
enum JsonText {
    Sent,
    Mended,
}

/// Where a part of a text begins, and how long it is.
fn place(text: &str, part: &str) -> (usize, usize) {
    let start = part.as_ptr().addr() - text.as_ptr().addr();
    (start, part.len())
}

impl<'a> ResponseView<'a> {
    pub(crate) fn new(answer: &'a ReceivedResponse<'a>, fields: &'a [Box<str>]) -> Self {
        Self {
            answer,
            fields,
            shared: OnceCell::new(),
            mended: OnceCell::new(),
            text: OnceCell::new(),
            html: OnceCell::new(),
        }
    }

    /// The JSON text of the first match of a path in the body.
    pub(crate) fn json(&self, path: &JsonPath) -> Option<&str> {
        if let Some((at, rest)) = self.shared_field(path)
            && let Some(shared) = self.shared()
        {
            let (start, len) = shared.places.get(at).copied().flatten()?;
            let text = match shared.text {
                JsonText::Sent => self.text(),
                JsonText::Mended => self.mended.get()?.as_ref().ok()?.as_bytes(),
            };
            let field = str::from_utf8(text.get(start..start + len)?).ok()?;
            if let Ok(found) = extract::find(field, rest) {
                return found;
            }
        }
        self.read_json(|json| path.first(json)).ok().flatten()
    }

    /// The JSON texts of all matches of a path in the body.
    ///
    /// # Errors
    /// Where the body ceases to be JSON.
    pub(super) fn all_json(&self, path: &JsonPath) -> Result<Vec<&str>, JsonFault> {
        self.read_json(|json| path.all(json))
    }

    /// Where the body ceases to be JSON, if it does.
    pub(crate) fn json_fault(&self) -> Option<JsonFault> {
        let is_json = |json: &str| extract::is_json(json).then_some(()).ok_or(NotJson);
        self.read_json(is_json).err()
    }

    /// Reads the body as JSON: as it was sent if a strict parser takes it, else
    /// mended, so that all paths of an answer read the same.
    fn read_json<'s, T>(
        &'s self,
        read: impl Fn(&'s str) -> Result<T, NotJson>,
    ) -> Result<T, JsonFault> {
        let text = self.json_text()?;
        if self.mended.get().is_none()
            && let Ok(found) = read(text)
        {
            return Ok(found);
        }
        match self.mended.get_or_init(|| lenient::mend(text)) {
            Ok(mended) => read(mended).map_err(|_| JsonFault::at(text.as_bytes(), 0)),
            Err(fault) => Err(*fault),
        }
    }

    /// The text of the body, which is UTF-8 if it is JSON.
    fn json_text(&self) -> Result<&str, JsonFault> {
        let bytes = match self.reading() {
            Reading::Known => self.text(),
            Reading::Guessed => self.answer.body,
        };
        str::from_utf8(bytes).map_err(|error| JsonFault::at(bytes, error.valid_up_to()))
    }

    /// Which of the fields that several things ask for a path begins with, and
    /// how it goes on.
    fn shared_field<'p>(&self, path: &'p JsonPath) -> Option<(usize, &'p [Segment])> {
        let (name, rest) = path.below_field()?;
        let at = self.fields.iter().position(|field| **field == *name)?;
        Some((at, rest))
    }

    /// Where those fields are; `None` if the body is not JSON.
    fn shared(&self) -> Option<&Shared> {
        let read = || {
            let places = self.read_json(|json| {
                let found = extract::fields(json, self.fields)?;
                Ok(found.map(|found| found.map(|found| place(json, found))))
            });
            let text = match self.mended.get() {
                None => JsonText::Sent,
                Some(_) => JsonText::Mended,
            };
            places.ok().map(|places| Shared { places, text })
        };
        self.shared.get_or_init(read).as_ref()
    }

    /// The body as text, see [`BodyText`].
    pub(crate) fn text(&self) -> &[u8] {
        &self.body_text().bytes
    }

    /// How the text of the body was found.
    pub(crate) fn reading(&self) -> Reading {
        self.body_text().reading
    }

    fn body_text(&self) -> &BodyText<'a> {
        let read = || body_text(self.answer.body, self.answer.charset);
        self.text.get_or_init(read)
    }

    /// The body as an HTML document. What is broken is mended as browsers do
    /// it; `None` for what is nested deeper than a page can be.
    pub(crate) fn html(&self) -> Option<&Html> {
        let read = || {
            let text = self.text();
            if html::is_too_deep(text) {
                return None;
            }
            Some(Html::parse_document(&readable(text)))
        };
        self.html.get_or_init(read).as_ref()
    }

    /// The trimmed values of the header fields of this name, in order.
    pub(crate) fn fields<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        fields(self.answer.head, name)
    }

    /// The first of them that is `wanted`, in the last answer of the redirect
    /// chain that has one.
    pub(super) fn first_in_chain<T>(
        &self,
        name: &str,
        wanted: impl Fn(&'a [u8]) -> Option<T>,
    ) -> Option<T> {
        self.chain_from_last()
            .find_map(|(head, _)| fields(head, name).find_map(&wanted))
    }

    /// All of them that are `wanted`, in that answer.
    pub(super) fn all_in_chain<T>(
        &self,
        name: &str,
        wanted: impl Fn(&'a [u8]) -> Option<T>,
    ) -> Vec<T> {
        self.chain_from_last()
            .map(|(head, _)| fields(head, name).filter_map(&wanted).collect())
            .find(|found: &Vec<T>| !found.is_empty())
            .unwrap_or_default()
    }

    /// The address of that answer; of the last one where none has such a field.
    pub(super) fn address_in_chain(
        &self,
        name: &str,
        wanted: impl Fn(&'a [u8]) -> bool,
    ) -> &'a str {
        let found = self
            .chain_from_last()
            .find(|(head, _)| fields(head, name).any(&wanted));
        found.map_or(self.answer.url, |(_, url)| url)
    }

    /// Heads and addresses of the redirect chain, the last answer's first.
    fn chain_from_last(&self) -> impl Iterator<Item = (&'a [u8], &'a str)> + use<'a> {
        let earlier = self.answer.earlier.iter().rev();
        let earlier = earlier.map(|one| (one.head.as_slice(), one.url.as_str()));
        std::iter::once((self.answer.head, self.answer.url)).chain(earlier)
    }
}

fn fields<'a, 'n>(head: &'a [u8], name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
    let name = name.as_bytes();
    head.split(|byte| *byte == b'\n')
        .skip(1)
        .filter_map(move |line| {
            let (field, value) = line.split_at_checked(name.len())?;
            let value = value.strip_prefix(b":")?;
            field.eq_ignore_ascii_case(name).then(|| value.trim_ascii())
        })
}
