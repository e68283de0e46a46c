//! An answer as it is judged: what has to be parsed is parsed once, and only
//! if something asks for it.

use std::borrow::Cow;
use std::cell::OnceCell;

use scraper::Html;

use crate::program::body_text::{BodyText, Reading, body_text, readable};
use crate::program::extract::{self, FIELDS};
use crate::program::html;
use crate::program::json_path::JsonPath;
use crate::program::request::Answer;

/// An answer, and what was made of it so far.
pub(super) struct Seen<'a> {
    pub(super) answer: &'a Answer<'a>,
    /// The fields of the outermost JSON object that several things ask for.
    fields: &'a [Box<str>],
    found: OnceCell<[Option<&'a str>; FIELDS]>,
    text: OnceCell<BodyText<'a>>,
    html: OnceCell<Option<Html>>,
}

impl<'a> Seen<'a> {
    pub(super) fn new(answer: &'a Answer<'a>, fields: &'a [Box<str>]) -> Self {
        Self {
            answer,
            fields,
            found: OnceCell::new(),
            text: OnceCell::new(),
            html: OnceCell::new(),
        }
    }

    /// The JSON text of the first match of a path in the body.
    pub(super) fn json(&self, path: &JsonPath) -> Option<Cow<'a, str>> {
        let body = self.answer.body;
        let Some((name, rest)) = path.below_field() else {
            return path.first(body);
        };
        let Some(at) = self.fields.iter().position(|field| **field == *name) else {
            return path.first(body);
        };
        let found = self
            .found
            .get_or_init(|| extract::fields(body, self.fields));
        let found = found.get(at).copied().flatten()?;
        let found = if rest.is_empty() {
            found
        } else {
            extract::find(found.as_bytes(), rest)?
        };
        Some(Cow::Borrowed(found))
    }

    /// The body as text, see [`BodyText`].
    pub(super) fn text(&self) -> &[u8] {
        &self.body_text().bytes
    }

    /// How the text of the body was found.
    pub(super) fn reading(&self) -> Reading {
        self.body_text().reading
    }

    fn body_text(&self) -> &BodyText<'a> {
        let read = || body_text(self.answer.body, self.answer.charset);
        self.text.get_or_init(read)
    }

    /// The body as an HTML document. What is broken is mended as browsers do
    /// it; `None` for what is nested deeper than a page can be.
    pub(super) fn html(&self) -> Option<&Html> {
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
    pub(super) fn fields<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        fields(self.answer.head, name)
    }

    /// The first of them that is `wanted`, in the last answer of the redirect
    /// chain that has one.
    pub(super) fn first_in_chain<T>(
        &self,
        name: &str,
        wanted: impl Fn(&'a [u8]) -> Option<T>,
    ) -> Option<T> {
        self.heads_from_last()
            .find_map(|head| fields(head, name).find_map(&wanted))
    }

    /// All of them that are `wanted`, in that answer.
    pub(super) fn all_in_chain<T>(
        &self,
        name: &str,
        wanted: impl Fn(&'a [u8]) -> Option<T>,
    ) -> Vec<T> {
        self.heads_from_last()
            .map(|head| fields(head, name).filter_map(&wanted).collect())
            .find(|found: &Vec<T>| !found.is_empty())
            .unwrap_or_default()
    }

    /// The heads of the redirect chain, the last answer's first.
    fn heads_from_last(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let earlier = self.answer.earlier_heads.iter().rev();
        std::iter::once(self.answer.head).chain(earlier.map(Vec::as_slice))
    }
}

fn fields<'a, 'n>(
    head: &'a [u8],
    name: &'n str,
) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
    let name = name.as_bytes();
    head.split(|byte| *byte == b'\n')
        .skip(1)
        .filter_map(move |line| {
            let (field, value) = line.split_at_checked(name.len())?;
            let value = value.strip_prefix(b":")?;
            field.eq_ignore_ascii_case(name).then(|| value.trim_ascii())
        })
}
