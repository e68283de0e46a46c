use std::rc::Rc;

use crate::client::connect::destination::Destination;
use crate::model::Method;

/// A message on its way to one destination.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message<'a> {
    pub(crate) destination: &'a Rc<Destination>,
    pub(crate) method: Method,
    pub(crate) bytes: &'a [u8],
    pub(crate) head_len: usize,
}

impl<'a> Message<'a> {
    /// The same with other fields, to which this body belongs.
    pub(crate) fn with_bytes(self, bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            head_len: bytes.len() - self.body().len(),
            ..self
        }
    }

    /// The head, blank line included.
    pub(crate) fn head(&self) -> &'a [u8] {
        self.bytes.get(..self.head_len).unwrap_or(self.bytes)
    }

    pub(crate) fn body(&self) -> &'a [u8] {
        self.bytes.get(self.head_len..).unwrap_or_default()
    }

    /// What the request line asks for: path and query.
    pub(crate) fn target(&self) -> &'a str {
        let line = self.head().split(|&b| b == b'\r').next();
        let target = line.and_then(|line| line.split(|&b| b == b' ').nth(1));
        target
            .and_then(|target| str::from_utf8(target).ok())
            .unwrap_or("/")
    }

    /// The path that is asked for, without the query.
    pub(crate) fn path(&self) -> &'a str {
        self.target().split(['?', '#']).next().unwrap_or("/")
    }

    /// The field lines of the head, each without its line end.
    pub(crate) fn field_lines(&self) -> impl Iterator<Item = &'a [u8]> {
        self.head()
            .split(|&b| b == b'\n')
            .skip(1)
            .map(<[u8]>::trim_ascii_end)
            .filter(|line| !line.is_empty())
    }

    /// The value of the first field of this name.
    pub(crate) fn field(&self, name: &str) -> Option<&'a [u8]> {
        let line = self.field_lines().find(|line| is_field(line, name))?;
        line.get(name.len() + 1..).map(<[u8]>::trim_ascii)
    }

    /// Appends this message to `into` with one more field line, which has its line end.
    pub(crate) fn copy_with(&self, line: impl FnOnce(&mut Vec<u8>), into: &mut Vec<u8>) {
        let head = self.head();
        let fields = head.strip_suffix(b"\r\n").unwrap_or(head);
        into.extend_from_slice(fields);
        line(into);
        into.extend_from_slice(b"\r\n");
        into.extend_from_slice(self.body());
    }
}

/// Whether a field line is of this name.
pub(crate) fn is_field(line: &[u8], name: &str) -> bool {
    line.get(..name.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
        && line.get(name.len()) == Some(&b':')
}
