//! An answer as it is judged: what has to be parsed is parsed once, and only
//! if something asks for it.

use std::cell::OnceCell;

use scraper::Html;

use crate::program::request::Answer;

/// An answer, and what was made of it so far.
pub(super) struct Seen<'a> {
    pub(super) answer: &'a Answer<'a>,
    html: OnceCell<Html>,
}

impl<'a> Seen<'a> {
    pub(super) fn new(answer: &'a Answer<'a>) -> Self {
        Self {
            answer,
            html: OnceCell::new(),
        }
    }

    /// The body as an HTML document. Reading it never fails: what is broken is
    /// mended as browsers do it.
    pub(super) fn html(&self) -> &Html {
        self.html.get_or_init(|| {
            let body = String::from_utf8_lossy(self.answer.body);
            Html::parse_document(&body)
        })
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
