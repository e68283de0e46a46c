//! A head: status line and fields up to the blank line.

use std::mem::MaybeUninit;

use crate::client::http1::response::fields::{Codings, Length, Transfer, tokens};
use crate::client::limits::HEAD_FIELDS;
use crate::model::{Charset, Malformed};

/// What a head says that the connection has to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// Bytes, blank line included.
    pub(super) len: usize,
    pub(super) status: u16,
    pub(super) version: Version,
    pub(super) length: Length,
    pub(super) transfer: Transfer,
    pub(super) codings: Codings,
    pub(super) after: ConnectionOption,
    pub(super) sets_cookies: bool,
    /// Of the body, if it was asked for.
    pub(super) charset: Option<Charset>,
    /// A `Location` that is not empty.
    pub(super) has_location: bool,
    /// Something of it is as older servers wrote it.
    pub(super) style: Style,
}

/// How a head is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// One line a field, a name and at once its colon.
    Plain,
    /// With lines that are folded, or spaces in front of a colon, which a
    /// client has to accept (RFC 9112, sections 5.1 and 5.2).
    Obsolete,
}

/// The minor version of HTTP/1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Http10,
    Http11,
}

/// What the target means to do with the connection afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectionOption {
    /// Nothing is said: what the version means.
    Unsaid,
    KeepAlive,
    Close,
}

/// Whether anybody will read the body as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charsets {
    Noted,
    PassedOver,
}

/// Reads a head off the start of `bytes`; `None` if it goes on beyond them.
pub(super) fn parse(bytes: &[u8], charsets: Charsets) -> Result<Option<Head>, Malformed> {
    with_fields(bytes, |response, len, style| {
        let status = response.code.unwrap_or(0);
        if status < 100 {
            return Err(Malformed::Head);
        }
        let version = match response.version {
            Some(1) => Version::Http11,
            _ => Version::Http10,
        };
        let mut head = Head {
            len,
            status,
            version,
            length: Length::Absent,
            transfer: Transfer::Plain,
            codings: Codings::NONE,
            after: ConnectionOption::Unsaid,
            sets_cookies: false,
            charset: None,
            has_location: false,
            style,
        };
        for field in response.headers.iter() {
            head.note(field.name.as_bytes(), field.value, charsets);
        }
        Ok(head)
    })
}

impl Head {
    /// Whether the connection can carry another exchange (RFC 9112, section
    /// 9.3). HTTP/1.0 knows no transfer codings: what has them is not trusted.
    pub(super) fn persists(&self) -> bool {
        match (self.version, self.after) {
            (_, ConnectionOption::Close) | (Version::Http10, ConnectionOption::Unsaid) => false,
            (Version::Http10, ConnectionOption::KeepAlive) => self.transfer == Transfer::Plain,
            (Version::Http11, _) => true,
        }
    }

    /// Takes in one field. The length of the name rules most fields out.
    fn note(&mut self, name: &[u8], value: &[u8], charsets: Charsets) {
        let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
        match name.len() {
            8 if is(b"location") => self.has_location |= !value.trim_ascii().is_empty(),
            10 if is(b"connection") => {
                for token in tokens(value) {
                    if token.eq_ignore_ascii_case(b"close") {
                        self.after = ConnectionOption::Close;
                    } else if self.after == ConnectionOption::Unsaid
                        && token.eq_ignore_ascii_case(b"keep-alive")
                    {
                        self.after = ConnectionOption::KeepAlive;
                    }
                }
            }
            10 if is(b"set-cookie") => self.sets_cookies = true,
            12 if charsets == Charsets::Noted && is(b"content-type") => {
                self.charset = Charset::of_content_type(value);
            }
            14 if is(b"content-length") => self.length = self.length.add(value),
            16 if is(b"content-encoding") => self.codings.add(value),
            17 if is(b"transfer-encoding") => self.transfer = self.transfer.add(value),
            _ => {}
        }
    }
}

/// Calls `each` with every value of the field `name` in a kept head.
pub(crate) fn field_values(head: &[u8], name: &str, mut each: impl FnMut(&[u8])) {
    let walked = with_fields(head, |response, _, _| {
        for field in response.headers.iter() {
            if field.name.eq_ignore_ascii_case(name) {
                each(field.value);
            }
        }
        Ok(())
    });
    debug_assert!(walked.is_ok(), "a kept head has been parsed before");
}

/// Rewrites a kept head with one line a field: line ends that fold a line
/// become spaces (RFC 9112, section 5.2), spaces in front of a colon go.
pub(super) fn tidy(head: &mut Vec<u8>) {
    for at in 0..head.len() {
        let is_fold =
            head.get(at) == Some(&b'\n') && matches!(head.get(at + 1), Some(b' ' | b'\t'));
        if !is_fold {
            continue;
        }
        head[at] = b' ';
        if let Some(before @ b'\r') = at.checked_sub(1).and_then(|at| head.get_mut(at)) {
            *before = b' ';
        }
    }
    let mut is_name = false;
    let mut tidied = Vec::with_capacity(head.len());
    for &byte in &*head {
        if is_name && byte == b':' {
            let name_end = tidied.trim_ascii_end().len();
            tidied.truncate(name_end);
            is_name = false;
        }
        is_name |= byte == b'\n';
        tidied.push(byte);
    }
    *head = tidied;
}

fn with_fields<T>(
    bytes: &[u8],
    read: impl FnOnce(&httparse::Response<'_, '_>, usize, Style) -> Result<T, Malformed>,
) -> Result<Option<T>, Malformed> {
    // Uninitialised: clearing 4 KiB would be felt on every answer.
    let mut fields = [const { MaybeUninit::uninit() }; HEAD_FIELDS];
    let mut response = httparse::Response::new(&mut []);
    let config = httparse::ParserConfig::default();
    match config.parse_response_with_uninit_headers(&mut response, bytes, &mut fields) {
        Ok(httparse::Status::Complete(len)) => read(&response, len, Style::Plain).map(Some),
        Ok(httparse::Status::Partial) => Ok(None),
        Err(httparse::Error::TooManyHeaders) => Err(Malformed::TooManyHeaders),
        Err(_) => with_obsolete_fields(bytes, read),
    }
}

/// The same of a head that is not written as it should be today.
#[cold]
fn with_obsolete_fields<T>(
    bytes: &[u8],
    read: impl FnOnce(&httparse::Response<'_, '_>, usize, Style) -> Result<T, Malformed>,
) -> Result<Option<T>, Malformed> {
    let mut fields = [const { MaybeUninit::uninit() }; HEAD_FIELDS];
    let mut response = httparse::Response::new(&mut []);
    match lenient().parse_response_with_uninit_headers(&mut response, bytes, &mut fields) {
        Ok(httparse::Status::Complete(len)) => read(&response, len, Style::Obsolete).map(Some),
        Ok(httparse::Status::Partial) => Ok(None),
        Err(httparse::Error::TooManyHeaders) => Err(Malformed::TooManyHeaders),
        Err(_) => Err(match broken_line(bytes) {
            1 => Malformed::Head,
            line => Malformed::HeadLine(line),
        }),
    }
}

fn lenient() -> httparse::ParserConfig {
    let mut config = httparse::ParserConfig::default();
    config
        .allow_multiple_spaces_in_response_status_delimiters(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true);
    config
}

/// The line, from 1, at which the bytes cease to be a head: the one with the
/// first byte that makes the parser refuse them.
fn broken_line(bytes: &[u8]) -> u16 {
    let is_refused = |len: usize| {
        let mut fields = [const { MaybeUninit::uninit() }; HEAD_FIELDS];
        let mut response = httparse::Response::new(&mut []);
        let part = bytes.get(..len).unwrap_or(bytes);
        lenient()
            .parse_response_with_uninit_headers(&mut response, part, &mut fields)
            .is_err()
    };
    let (mut accepted, mut refused) = (0, bytes.len());
    while refused - accepted > 1 {
        let middle = accepted.midpoint(refused);
        if is_refused(middle) {
            refused = middle;
        } else {
            accepted = middle;
        }
    }
    let sound = bytes.get(..accepted).unwrap_or_default();
    // Empty lines in front of a head are no part of it (RFC 9112, section 2.2).
    let start = sound.iter().position(|byte| !b"\r\n".contains(byte));
    let sound = sound
        .get(start.unwrap_or(sound.len())..)
        .unwrap_or_default();
    let lines = sound.iter().filter(|&&byte| byte == b'\n').count();
    u16::try_from(lines + 1).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Result<Head, Malformed> {
        let text = format!("{text}\r\n\r\n");
        parse(text.as_bytes(), Charsets::Noted).map(|head| head.expect("whole"))
    }

    #[test]
    fn obsolete_lines_are_read_as_one() {
        for (given, tidied) in [
            ("X-A : one\r\nB: c", "X-A: one\r\nB: c"),
            ("X-A\t : one : two", "X-A: one : two"),
            (
                "X-A: one\r\n\t two\r\n three\r\nB: c",
                "X-A: one  \t two   three\r\nB: c",
            ),
            ("X-A:\n one\nB: c", "X-A:  one\nB: c"),
        ] {
            let given = format!("HTTP/1.1 200 OK\r\n{given}");
            assert_eq!(head(&given).map(|head| head.style), Ok(Style::Obsolete));
            let mut kept = given.into_bytes();
            tidy(&mut kept);
            let expected = format!("HTTP/1.1 200 OK\r\n{tidied}");
            assert_eq!(String::from_utf8_lossy(&kept), expected);
        }
        let folded = head("HTTP/1.1 200 OK\r\nContent-Length:\r\n 5").expect("a head");
        assert_eq!(folded.length, Length::Bytes(5));
        let folded = head("HTTP/1.1 200 OK\r\nTransfer-Encoding : identity,\r\n\tchunked");
        assert_eq!(folded.expect("a head").transfer, Transfer::Chunked);
        assert_eq!(head("HTTP/1.1  200  OK").map(|head| head.status), Ok(200));
        assert_eq!(head("HTTP/1.1 200").map(|head| head.status), Ok(200));
    }

    #[test]
    fn a_connection_persists_as_its_version_and_fields_say() {
        for (text, persists) in [
            ("HTTP/1.1 200 OK", true),
            ("HTTP/1.1 200 OK\r\nConnection: Close", false),
            ("HTTP/1.1 200 OK\r\nConnection: keep-alive, close", false),
            (
                "HTTP/1.1 200 OK\r\nConnection: close\r\nConnection: keep-alive",
                false,
            ),
            ("HTTP/1.0 200 OK", false),
            ("HTTP/1.0 200 OK\r\nConnection: Keep-Alive", true),
            (
                "HTTP/1.0 200 OK\r\nConnection: x, keep-alive\r\nConnection: close",
                false,
            ),
            ("HTTP/1.0 200 OK\r\nKeep-Alive: timeout=5", false),
            (
                "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked",
                false,
            ),
        ] {
            assert_eq!(
                head(text).map(|head| head.persists()),
                Ok(persists),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_refused_names_its_line() {
        for (text, refusal) in [
            ("SSH-2.0-OpenSSH_9.6", Malformed::Head),
            ("HTTP/1.1 2000 Too Much", Malformed::Head),
            ("HTTP/1.1 200 OK\r\n A: folded", Malformed::HeadLine(2)),
            ("HTTP/1.1 200 OK\r\nno colon", Malformed::HeadLine(2)),
            ("HTTP/1.1 200 OK\r\nA: b\r\nC: \0d", Malformed::HeadLine(3)),
            (
                "\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n: c\r\nD: e",
                Malformed::HeadLine(3),
            ),
            ("HTTP/1.1 200 OK\r\nA: b\rC: d", Malformed::HeadLine(2)),
        ] {
            assert_eq!(head(text).err(), Some(refusal), "{text:?}");
        }
    }
}
