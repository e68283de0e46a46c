//! What can still be shown of an answer that was not kept.
//!
//! An answer that came in one read lies in the shard's read buffer until the
//! next read: nothing has to be copied unless a failure is to be shown. One
//! that comes in several is gone by the time it is judged, so the beginning of
//! those with an error status is copied while they arrive, into a few slots
//! that are made once.

use std::cell::RefCell;

use crate::client::http1::response::Chunked;
use crate::model::{SAMPLE_BODY_BYTES, SAMPLE_HEAD_BYTES, Samples};

/// Statuses from here on are copied while they arrive.
pub(super) const ERROR_STATUS: u16 = 400;
/// Answers that one shard follows at the same time.
const SLOTS: usize = 8;

/// The beginning of an answer: its head and the body without its framing, as
/// far as there is room.
#[derive(Debug)]
pub(crate) struct Excerpt {
    head: [u8; SAMPLE_HEAD_BYTES],
    head_len: usize,
    body: [u8; SAMPLE_BODY_BYTES],
    body_len: usize,
}

impl Excerpt {
    fn new() -> Self {
        Self {
            head: [0; SAMPLE_HEAD_BYTES],
            head_len: 0,
            body: [0; SAMPLE_BODY_BYTES],
            body_len: 0,
        }
    }

    pub(crate) fn begin(&mut self, head: &[u8]) {
        self.head_len = copy(head, &mut self.head);
        self.body_len = 0;
    }

    /// Adds to the body, as long as there is room.
    pub(super) fn push_body(&mut self, data: &[u8]) {
        let room = self.body.get_mut(self.body_len..).unwrap_or_default();
        self.body_len += copy(data, room);
    }

    fn head(&self) -> &[u8] {
        self.head.get(..self.head_len).unwrap_or_default()
    }

    fn body(&self) -> &[u8] {
        self.body.get(..self.body_len).unwrap_or_default()
    }
}

/// The slots of a shard. Without a free one an answer is not followed.
#[derive(Debug, Default)]
pub(crate) struct Excerpts {
    #[expect(
        clippy::vec_box,
        reason = "the boxes travel: an answer takes one along"
    )]
    free: RefCell<Vec<Box<Excerpt>>>,
}

impl Excerpts {
    pub(crate) fn new(samples: Samples) -> Self {
        let slots = match samples {
            Samples::Kept => SLOTS,
            Samples::None => 0,
        };
        let free = std::iter::repeat_with(|| Box::new(Excerpt::new()));
        Self {
            free: RefCell::new(free.take(slots).collect()),
        }
    }

    pub(crate) fn take(&self) -> Option<Box<Excerpt>> {
        self.free.borrow_mut().pop()
    }

    pub(crate) fn give(&self, excerpt: Box<Excerpt>) {
        self.free.borrow_mut().push(excerpt);
    }
}

/// Where in a read's bytes an answer lies: `start`, then so many bytes of head
/// (none where they are not HTTP), then the body up to `end`.
///
/// Small: every user has room for one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BufferRange {
    start: u32,
    head_len: u32,
    end: u32,
    is_chunked: bool,
}

impl BufferRange {
    /// An answer whose head begins at `start`.
    pub(crate) fn answer(start: usize, head_len: usize, is_chunked: bool) -> Self {
        Self {
            start: offset(start),
            head_len: offset(head_len),
            end: offset(start + head_len),
            is_chunked,
        }
    }

    /// Bytes up to `end` that are no answer.
    pub(crate) fn foreign(end: usize) -> Self {
        Self {
            start: 0,
            head_len: 0,
            end: offset(end),
            is_chunked: false,
        }
    }

    /// Says where it ends.
    pub(super) fn ends_at(&mut self, end: usize) {
        self.end = offset(end);
    }

    fn head(self, read: &[u8]) -> &[u8] {
        let (start, len) = (self.start as usize, self.head_len as usize);
        read.get(start..start + len).unwrap_or_default()
    }

    /// Hands the body over, without the framing of chunks.
    fn each_body_part(self, read: &[u8], mut each: impl FnMut(&[u8])) {
        let start = self.start as usize + self.head_len as usize;
        let body = read.get(start..self.end as usize).unwrap_or_default();
        if self.is_chunked {
            // Broken framing ends it: what came before is worth showing.
            let _ = Chunked::new().feed(body, |data| {
                each(data);
                Ok(())
            });
        } else {
            each(body);
        }
    }
}

/// What a session can show of its last answer.
#[derive(Debug, Default)]
pub(crate) struct ResponseExcerpt {
    /// 0 before its head has come.
    pub(crate) status: u16,
    /// Body bytes received.
    pub(crate) body_bytes: u64,
    /// Where it lies in the shard's read buffer, which holds only until
    /// somebody reads again.
    pub(crate) range: Option<BufferRange>,
    /// The number of the read that brought it.
    pub(crate) read: u32,
    /// What was copied of it while it arrived.
    pub(crate) copied: Option<Box<Excerpt>>,
}

impl ResponseExcerpt {
    /// Copies what lies in the read buffer into a slot, where it stays when
    /// somebody reads. Only of what looks like a failure, and if one is free.
    pub(crate) fn lift(&mut self, read: &[u8], excerpts: &Excerpts) {
        let is_error = self.status == 0 || self.status >= ERROR_STATUS;
        let range = self.range.take().filter(|_| is_error);
        if self.copied.is_none()
            && let Some(range) = range
            && let Some(mut excerpt) = excerpts.take()
        {
            excerpt.begin(range.head(read));
            range.each_body_part(read, |data| excerpt.push_body(data));
            self.copied = Some(excerpt);
        }
    }

    /// Copies the beginning of head and body; how many bytes of each. `read`
    /// is the shard's read buffer.
    pub(crate) fn copy(&self, read: &[u8], head: &mut [u8], body: &mut [u8]) -> (usize, usize) {
        if let Some(excerpt) = &self.copied {
            return (copy(excerpt.head(), head), copy(excerpt.body(), body));
        }
        let Some(range) = self.range else {
            return (0, 0);
        };
        let mut body_len = 0;
        range.each_body_part(read, |data| {
            body_len += copy(data, body.get_mut(body_len..).unwrap_or_default());
        });
        (copy(range.head(read), head), body_len)
    }
}

/// A place in a read, which is far smaller than what would not fit.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Copies as much as there is room for; how many bytes.
pub(crate) fn copy(from: &[u8], into: &mut [u8]) -> usize {
    let len = from.len().min(into.len());
    if let (Some(into), Some(from)) = (into.get_mut(..len), from.get(..len)) {
        into.copy_from_slice(from);
    }
    len
}
