//! The answer as a push state machine.

use crate::client::http1::excerpt::{BufferRange, ERROR_STATUS, ResponseExcerpt};
use crate::client::http1::response::chunked::{ChunkEvent, Chunked};
use crate::client::http1::response::fields::{Codings, Length, Transfer};
use crate::client::http1::response::head;
use crate::client::http1::response::head::{Charsets, Head, Style};
use crate::client::limits::{HEAD_BYTES, INTERIM_ANSWERS, PREVIEW_BYTES};
use crate::client::session::buffers::Buffers;
use crate::model::{BodyNeed, Charset, LostAt, Malformed, Method, ResponseNeeds};

/// What the reader has to know of the request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResponseOptions {
    pub(crate) method: Method,
    pub(crate) needs: ResponseNeeds,
    pub(crate) redirects: Redirects,
    /// The most bytes of a body that has to be kept.
    pub(crate) max_body: usize,
}

/// What is kept of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeptBody {
    Nothing,
    /// The beginning, for people.
    Beginning,
    All,
}

/// Whether a redirect is the answer or on the way to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Redirects {
    Follow,
    Keep,
}

/// Whether the connection can carry another exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reuse {
    Allowed,
    Refused,
}

/// How far the answer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    More,
    /// Whole; so many bytes of what was fed belong to it.
    Done {
        used: usize,
    },
}

/// Reads one answer.
#[derive(Debug)]
pub(crate) struct Reader {
    options: ResponseOptions,
    state: State,
    /// A head that spans reads while it is read; then the head, if it is kept.
    head: Vec<u8>,
    body: Vec<u8>,
    received_bytes: u64,
    facts: Facts,
    interim: u8,
    /// What can be shown of the answer, should it be a failure.
    excerpt: ResponseExcerpt,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Nothing of the answer yet.
    Start,
    /// Within the head; parsing again is not worth it below so many bytes
    /// unless the blank line has come.
    Head {
        parse_at: usize,
    },
    Sized {
        left: u64,
    },
    Chunked(Chunked),
    UntilClose,
    Done,
}

/// What outlives the head.
#[derive(Clone, Copy, Debug)]
struct Facts {
    status: u16,
    reuse: Reuse,
    codings: Codings,
    sets_cookies: bool,
    /// A redirect that has to be followed.
    is_followed: bool,
    charset: Option<Charset>,
    kept_body: KeptBody,
}

impl Reader {
    pub(crate) fn new(options: ResponseOptions) -> Self {
        Self {
            options,
            state: State::Start,
            head: Vec::new(),
            body: Vec::new(),
            received_bytes: 0,
            facts: Facts {
                status: 0,
                reuse: Reuse::Refused,
                codings: Codings::NONE,
                sets_cookies: false,
                is_followed: false,
                charset: None,
                kept_body: KeptBody::Nothing,
            },
            interim: 0,
            excerpt: ResponseExcerpt::default(),
        }
    }

    /// Takes in what came. After `Done` or an error nothing more may be fed.
    pub(crate) fn feed(&mut self, input: &[u8], buffers: &Buffers) -> Result<Progress, Malformed> {
        let is_first = matches!(self.state, State::Start);
        let fed = self.consume(input, buffers);
        match (&fed, &mut self.excerpt.range) {
            (Ok(Progress::Done { used }), Some(range)) => range.ends_at(*used),
            (Ok(Progress::More), Some(_)) => self.lift(input, buffers),
            (Err(_), Some(range)) => range.ends_at(input.len()),
            // What is no answer is shown as it came.
            (Err(_), range) if is_first => *range = Some(BufferRange::foreign(input.len())),
            _ => {}
        }
        fed
    }

    fn consume(&mut self, input: &[u8], buffers: &Buffers) -> Result<Progress, Malformed> {
        let mut used = 0;
        loop {
            let rest = input.get(used..).unwrap_or_default();
            match &mut self.state {
                State::Done => return Ok(Progress::Done { used }),
                _ if rest.is_empty() => return Ok(Progress::More),
                State::Start | State::Head { .. } => {
                    let is_whole = matches!(self.state, State::Start);
                    let Some(of_head) = self.feed_head(rest, buffers)? else {
                        return Ok(Progress::More);
                    };
                    if is_whole {
                        let is_chunked = matches!(self.state, State::Chunked(_));
                        self.excerpt.range = Some(BufferRange::answer(used, of_head, is_chunked));
                    }
                    used += of_head;
                }
                State::Sized { left } => {
                    let here =
                        usize::try_from(*left).map_or(rest.len(), |left| left.min(rest.len()));
                    *left -= here as u64;
                    if *left == 0 {
                        self.state = State::Done;
                    }
                    used += here;
                    self.keep(rest.get(..here).unwrap_or_default())?;
                }
                State::Chunked(chunked) => {
                    let mut chunked = *chunked;
                    let fed = chunked.feed(rest, |data| self.keep(data))?;
                    match fed {
                        ChunkEvent::More => {
                            self.state = State::Chunked(chunked);
                            return Ok(Progress::More);
                        }
                        ChunkEvent::Done(of_body) => {
                            self.state = State::Done;
                            used += of_body;
                        }
                    }
                }
                State::UntilClose => {
                    self.keep(rest)?;
                    return Ok(Progress::More);
                }
            }
        }
    }

    /// The target closed its side: the end of the answer, or of all hope for it.
    pub(crate) fn close(&mut self) -> Result<(), Closed> {
        match self.state {
            State::Done => Ok(()),
            State::UntilClose => {
                self.state = State::Done;
                Ok(())
            }
            State::Start => Err(Closed::Lost(LostAt::ClosedBeforeAnswer)),
            // What was put off while the head trickled in is decided now.
            State::Head { .. } => match head::parse(&self.head, Charsets::PassedOver) {
                Err(malformed) => Err(Closed::Malformed(malformed)),
                Ok(_) => Err(Closed::Lost(LostAt::ClosedInHead)),
            },
            State::Sized { .. } | State::Chunked(_) => Err(Closed::Lost(LostAt::ClosedInBody)),
        }
    }

    /// Whether anything of the answer has come.
    pub(crate) fn has_begun(&self) -> bool {
        !matches!(self.state, State::Start)
    }

    pub(crate) fn status(&self) -> u16 {
        self.facts.status
    }

    pub(crate) fn reuse(&self) -> Reuse {
        self.facts.reuse
    }

    pub(crate) fn codings(&self) -> Codings {
        self.facts.codings
    }

    /// The charset that the answer names, if its body is kept.
    pub(crate) fn charset(&self) -> Option<Charset> {
        self.facts.charset
    }

    /// What is kept of the body.
    pub(crate) fn kept_body(&self) -> KeptBody {
        self.facts.kept_body
    }

    pub(crate) fn sets_cookies(&self) -> bool {
        self.facts.sets_cookies
    }

    /// Body bytes so far, as they came.
    pub(crate) fn received_bytes(&self) -> u64 {
        self.received_bytes
    }

    /// Whether the answer is a redirect that has to be followed. One that says
    /// nowhere where to is the answer itself.
    pub(crate) fn is_followed(&self) -> bool {
        self.facts.is_followed
    }

    /// Copies what can be shown of an error out of these bytes, which held all
    /// of it so far and are about to be written over.
    pub(crate) fn lift(&mut self, input: &[u8], buffers: &Buffers) {
        self.excerpt.status = self.facts.status;
        if let Some(range) = &mut self.excerpt.range {
            range.ends_at(input.len());
        }
        if self.excerpt.status >= ERROR_STATUS {
            self.excerpt.lift(input, &buffers.excerpts);
        }
        self.excerpt.range = None;
    }

    /// What can be shown of the answer that was not kept.
    pub(crate) fn take_glimpse(&mut self) -> ResponseExcerpt {
        ResponseExcerpt {
            status: self.facts.status,
            body_bytes: self.received_bytes,
            ..std::mem::take(&mut self.excerpt)
        }
    }

    /// The head and the body, as far as they were kept.
    pub(crate) fn into_parts(self) -> (Vec<u8>, Vec<u8>) {
        (self.head, self.body)
    }

    /// Reads on in a head. `Some(n)`: `n` bytes of `rest` completed one.
    fn feed_head(&mut self, rest: &[u8], buffers: &Buffers) -> Result<Option<usize>, Malformed> {
        let before = self.head.len();
        if before == 0 {
            // The usual case: the whole head at once, read in place.
            let window = rest.get(..HEAD_BYTES).unwrap_or(rest);
            if let Some(found) = head::parse(window, self.charsets())? {
                if self.begin_body(&found, buffers)? {
                    self.head = buffers.take();
                    let own = window.get(..found.len).unwrap_or_default();
                    self.head.extend_from_slice(own);
                    self.tidy_head(found.style);
                }
                return Ok(Some(found.len));
            }
            self.head = buffers.take();
            self.head.extend_from_slice(window);
        } else {
            let room = HEAD_BYTES - before;
            self.head
                .extend_from_slice(rest.get(..room).unwrap_or(rest));
            let parse_at = match self.state {
                State::Head { parse_at } => parse_at,
                _ => 0,
            };
            let due = self.head.len() >= parse_at.min(HEAD_BYTES);
            // Parsing anew for every byte that trickles in would cost a square.
            if !due
                && !has_blank_line(
                    self.head
                        .get(before.saturating_sub(3)..)
                        .unwrap_or_default(),
                )
            {
                return Ok(None);
            }
            if let Some(found) = head::parse(&self.head, self.charsets())? {
                self.head.truncate(found.len);
                let is_kept = self.begin_body(&found, buffers)?;
                self.tidy_head(found.style);
                self.copy_head(buffers);
                if !is_kept {
                    buffers.give(std::mem::take(&mut self.head));
                }
                return Ok(Some(found.len - before));
            }
        }
        if self.head.len() >= HEAD_BYTES {
            return Err(Malformed::HeadTooLong);
        }
        self.state = State::Head {
            parse_at: self.head.len() * 2,
        };
        Ok(None)
    }

    /// Decides what follows the head; returns whether the head has to be kept.
    fn begin_body(&mut self, head: &Head, buffers: &Buffers) -> Result<bool, Malformed> {
        if (100..200).contains(&head.status) && head.status != 101 {
            self.interim += 1;
            if self.interim > INTERIM_ANSWERS {
                return Err(Malformed::HeadTooLong);
            }
            self.state = State::Start;
            return Ok(false);
        }
        self.state = self.framing(head)?;
        let ends_with_close = !head.persists()
            || head.status == 101
            || matches!(self.state, State::UntilClose)
            // Smuggling has its roots here: the body is read, the connection is not trusted.
            || (head.transfer != Transfer::Plain && head.length != Length::Absent);
        self.facts = Facts {
            status: head.status,
            reuse: if ends_with_close {
                Reuse::Refused
            } else {
                Reuse::Allowed
            },
            codings: head.codings,
            sets_cookies: head.sets_cookies,
            is_followed: self.options.redirects == Redirects::Follow
                && head.has_location
                && is_redirect(head.status),
            charset: head.charset,
            kept_body: KeptBody::Nothing,
        };
        self.facts.kept_body = self.to_keep();
        if self.facts.kept_body == KeptBody::All
            && matches!(self.state, State::Sized { left } if left > self.options.max_body as u64)
        {
            return Err(Malformed::BodyTooLong);
        }
        if self.facts.kept_body != KeptBody::Nothing {
            self.body = buffers.take();
        }
        if matches!(self.state, State::Sized { left: 0 }) {
            self.state = State::Done;
        }
        Ok(self.options.needs.head || head.sets_cookies || self.is_followed())
    }

    /// What of a body has to be kept: the size of one that is not encoded is
    /// counted as it comes.
    fn to_keep(&self) -> KeptBody {
        match self.options.needs.body {
            _ if self.facts.is_followed => KeptBody::Nothing,
            BodyNeed::Whole => KeptBody::All,
            BodyNeed::Size if !self.facts.codings.is_identity() => KeptBody::All,
            _ if self.options.needs.preview => KeptBody::Beginning,
            _ => KeptBody::Nothing,
        }
    }

    fn charsets(&self) -> Charsets {
        let needs = self.options.needs;
        if needs.body == BodyNeed::Whole || needs.preview {
            Charsets::Noted
        } else {
            Charsets::PassedOver
        }
    }

    /// RFC 9112, section 6.3.
    fn framing(&self, head: &Head) -> Result<State, Malformed> {
        if self.options.method == Method::Head || matches!(head.status, 101 | 204 | 304) {
            return Ok(State::Done);
        }
        match (head.transfer, head.length) {
            (Transfer::Broken, _) | (Transfer::Plain, Length::Broken) => Err(Malformed::Framing),
            (Transfer::Chunked, _) => Ok(State::Chunked(Chunked::new())),
            (Transfer::Plain, Length::Bytes(left)) => Ok(State::Sized { left }),
            (Transfer::Plain, Length::Absent) => Ok(State::UntilClose),
        }
    }

    fn tidy_head(&mut self, style: Style) {
        if style == Style::Obsolete {
            head::tidy(&mut self.head);
        }
    }

    /// Copies a head that came in several reads, if it is one of an error.
    fn copy_head(&mut self, buffers: &Buffers) {
        let is_error = self.facts.status >= ERROR_STATUS;
        if is_error && let Some(mut excerpt) = buffers.excerpts.take() {
            excerpt.begin(&self.head);
            self.excerpt.copied = Some(excerpt);
        }
    }

    fn keep(&mut self, data: &[u8]) -> Result<(), Malformed> {
        self.received_bytes += data.len() as u64;
        if let Some(excerpt) = &mut self.excerpt.copied {
            excerpt.push_body(data);
        }
        match self.facts.kept_body {
            KeptBody::Nothing => {}
            KeptBody::Beginning => {
                let room = PREVIEW_BYTES.saturating_sub(self.body.len());
                self.body
                    .extend_from_slice(data.get(..room).unwrap_or(data));
            }
            KeptBody::All => {
                if self.body.len() + data.len() > self.options.max_body {
                    return Err(Malformed::BodyTooLong);
                }
                self.body.extend_from_slice(data);
            }
        }
        Ok(())
    }
}

/// What an early close means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    Lost(LostAt),
    Malformed(Malformed),
}

fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

fn has_blank_line(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair == b"\n\n") || bytes.windows(3).any(|three| three == b"\n\r\n")
}
