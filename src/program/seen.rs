//! An answer as it is judged: what has to be parsed is parsed once, and only
//! if something asks for it.

use std::cell::OnceCell;

use scraper::Html;

use crate::program::html;
use crate::program::request::Answer;

/// An answer, and what was made of it so far.
pub(super) struct Seen<'a> {
    pub(super) answer: &'a Answer<'a>,
    html: OnceCell<Option<Html>>,
}

impl<'a> Seen<'a> {
    pub(super) fn new(answer: &'a Answer<'a>) -> Self {
        Self {
            answer,
            html: OnceCell::new(),
        }
    }

    /// The body as an HTML document. What is broken is mended as browsers do
    /// it; `None` for what is nested deeper than a page can be.
    pub(super) fn html(&self) -> Option<&Html> {
        let read = || {
            if html::is_too_deep(self.answer.body) {
                return None;
            }
            let body = String::from_utf8_lossy(self.answer.body);
            Some(Html::parse_document(&body))
        };
        self.html.get_or_init(read).as_ref()
    }

    /// The trimmed values of the header fields of this name, in order.
    pub(super) fn fields(&self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let name = name.as_bytes();
        let head: &'a [u8] = self.answer.head;
        head.split(|byte| *byte == b'\n')
            .skip(1)
            .filter_map(move |line| {
                let (field, value) = line.split_at_checked(name.len())?;
                let value = value.strip_prefix(b":")?;
                field.eq_ignore_ascii_case(name).then(|| value.trim_ascii())
            })
            .filter_map(|value| std::str::from_utf8(value).ok())
    }
}
