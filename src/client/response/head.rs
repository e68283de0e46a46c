//! A head: status line and fields up to the blank line.

use std::mem::MaybeUninit;

use super::fields::{Codings, Length, Transfer, tokens};
use crate::client::limits::HEAD_FIELDS;
use crate::model::Malformed;

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
    pub(super) after: After,
    pub(super) sets_cookies: bool,
}

/// The minor version of HTTP/1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Http10,
    Http11,
}

/// What the target means to do with the connection afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    KeepAlive,
    Close,
}

/// Reads a head off the start of `bytes`; `None` if it goes on beyond them.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<Head>, Malformed> {
    with_fields(bytes, |response, len| {
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
            after: After::KeepAlive,
            sets_cookies: false,
        };
        for field in response.headers.iter() {
            head.note(field.name.as_bytes(), field.value);
        }
        Ok(head)
    })
}

impl Head {
    /// Takes in one field. The length of the name rules most fields out.
    fn note(&mut self, name: &[u8], value: &[u8]) {
        let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
        match name.len() {
            10 if is(b"connection")
                && tokens(value).any(|token| token.eq_ignore_ascii_case(b"close")) =>
            {
                self.after = After::Close;
            }
            10 if is(b"set-cookie") => self.sets_cookies = true,
            14 if is(b"content-length") => self.length = self.length.add(value),
            16 if is(b"content-encoding") => self.codings.add(value),
            17 if is(b"transfer-encoding") => self.transfer = self.transfer.add(value),
            _ => {}
        }
    }
}

/// Calls `each` with every value of the field `name` in a kept head.
pub(in crate::client) fn field_values(head: &[u8], name: &str, mut each: impl FnMut(&[u8])) {
    let walked = with_fields(head, |response, _| {
        for field in response.headers.iter() {
            if field.name.eq_ignore_ascii_case(name) {
                each(field.value);
            }
        }
        Ok(())
    });
    debug_assert!(walked.is_ok(), "a kept head has been parsed before");
}

fn with_fields<T>(
    bytes: &[u8],
    read: impl FnOnce(&httparse::Response<'_, '_>, usize) -> Result<T, Malformed>,
) -> Result<Option<T>, Malformed> {
    // Uninitialised: clearing 4 KiB would be felt on every answer.
    let mut fields = [const { MaybeUninit::uninit() }; HEAD_FIELDS];
    let mut response = httparse::Response::new(&mut []);
    let parsed = httparse::ParserConfig::default().parse_response_with_uninit_headers(
        &mut response,
        bytes,
        &mut fields,
    );
    match parsed {
        Ok(httparse::Status::Complete(len)) => read(&response, len).map(Some),
        Ok(httparse::Status::Partial) => Ok(None),
        Err(httparse::Error::TooManyHeaders) => Err(Malformed::TooManyHeaders),
        Err(_) => Err(Malformed::Head),
    }
}
