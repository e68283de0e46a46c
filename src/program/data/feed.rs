//! Rows of data, shared by all users and never changed.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::model::{FeedId, SlotId};
use crate::program::expr::value::Value;
use crate::program::json::extract;
use crate::program::request::encoding;
use crate::program::request::encoding::Encoding;

/// A feed: rows under a name, and how users take them.
#[derive(Clone, Debug)]
pub struct Feed {
    /// What the scenario calls it.
    pub(crate) name: String,
    /// Which row is taken.
    pub pick: RowPick,
    /// When a row is taken.
    pub(crate) per: RowPer,
    /// What happens when there is none.
    pub at_end: AtEnd,
    /// The rows; at least one.
    pub(crate) rows: Rows,
}

/// Which row is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum RowPick {
    /// The next one.
    #[default]
    Sequential,
    /// Any of them.
    Random,
    /// One that no other user of the run holds.
    Unique,
}

/// When a row is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum RowPer {
    /// When a user starts; it keeps it.
    #[default]
    User,
    /// When a task starts that uses it.
    Task,
}

/// What happens when there is no row left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum AtEnd {
    /// The first row comes again.
    #[default]
    Again,
    /// The user ends.
    Stop,
    /// Requests that use the row are not sent and count as failed.
    Fail,
}

/// A table of values: all texts in one, 4 bytes a cell beside.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    columns: Vec<Box<str>>,
    text: String,
    /// Where the text of each cell ends, row by row; what it is in the top bits.
    ends: Vec<u32>,
}

/// A value of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'c> {
    /// A text.
    Text(&'c str),
    /// The JSON of a value that is no text.
    Json(&'c str),
    /// The row has no such field.
    Absent,
}

const TEXT: u32 = 0;
const JSON: u32 = 1 << 30;
const ABSENT: u32 = 2 << 30;
const KIND: u32 = 3 << 30;

impl Rows {
    /// The longest text of all cells together, in bytes.
    pub const MAX_BYTES: usize = 256 << 20;
    /// The most rows.
    pub const MAX_ROWS: usize = 1_000_000;

    /// No rows yet, of these fields.
    pub(crate) fn new(columns: Vec<Box<str>>) -> Self {
        Self {
            columns,
            text: String::new(),
            ends: Vec::new(),
        }
    }

    /// Appends a row; what is missing in it is absent, what is too much is
    /// left out. `None`, and no row, once the limits are reached.
    pub(crate) fn push<'c>(&mut self, cells: impl IntoIterator<Item = Cell<'c>>) -> Option<()> {
        if self.len() >= Self::MAX_ROWS {
            return None;
        }
        let (text_len, cell_count) = (self.text.len(), self.ends.len());
        let cells = cells.into_iter().chain(std::iter::repeat(Cell::Absent));
        for cell in cells.take(self.columns.len()) {
            let (text, kind) = match cell {
                Cell::Text(text) => (text, TEXT),
                Cell::Json(json) => (json, JSON),
                Cell::Absent => ("", ABSENT),
            };
            self.text.push_str(text);
            let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
            if self.text.len() > Self::MAX_BYTES {
                self.text.truncate(text_len);
                self.ends.truncate(cell_count);
                return None;
            }
            self.ends.push(end | kind);
        }
        Some(())
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len().checked_div(self.columns.len()).unwrap_or(0)
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names of the fields.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(AsRef::as_ref)
    }

    /// The position of a field.
    pub(crate) fn column(&self, name: &str) -> Option<u16> {
        let at = self.columns().position(|column| column == name)?;
        u16::try_from(at).ok()
    }

    /// What is in a row and column.
    pub(crate) fn cell(&self, row: u32, column: u16) -> Cell<'_> {
        let (row, column) = (row as usize, usize::from(column));
        if column >= self.columns.len() {
            return Cell::Absent;
        }
        let at = row * self.columns.len() + column;
        let Some(end) = self.ends.get(at).copied() else {
            return Cell::Absent;
        };
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before));
        let start = start.map_or(0, |end| end & !KIND);
        let text = self.text.get(start as usize..(end & !KIND) as usize);
        let text = text.unwrap_or_default();
        match end & KIND {
            TEXT => Cell::Text(text),
            JSON => Cell::Json(text),
            _ => Cell::Absent,
        }
    }

    /// The value in a row and column; nothing is copied.
    pub(crate) fn value(&self, row: u32, column: u16) -> Option<Value<'_>> {
        match self.cell(row, column) {
            Cell::Text(text) => Some(Value::Text(Cow::Borrowed(text))),
            Cell::Json(json) => extract::decode(json),
            Cell::Absent => None,
        }
    }

    /// A row as a JSON object; `None` where a cell is not what it says. Allocates.
    pub(crate) fn object(&self, row: u32) -> Option<String> {
        let mut out = Vec::from(b"{");
        for (column, name) in (0_u16..).zip(self.columns()) {
            let value = match self.cell(row, column) {
                Cell::Text(text) => Value::Text(Cow::Borrowed(text)),
                Cell::Json(json) => Value::Json(Cow::Borrowed(json)),
                Cell::Absent => continue,
            };
            if out.len() > 1 {
                out.push(b',');
            }
            let name = Value::Text(Cow::Borrowed(name));
            encoding::write(&mut out, &name, Encoding::JsonValue).ok()?;
            out.push(b':');
            encoding::write(&mut out, &value, Encoding::JsonValue).ok()?;
        }
        out.push(b'}');
        String::from_utf8(out).ok()
    }
}

/// A feed as expressions name it.
#[derive(Clone)]
pub struct FeedRef {
    /// Which of the program's feeds it is.
    pub(crate) id: FeedId,
    pub(crate) feed: Arc<Feed>,
    /// What the failure is called while the user holds no row.
    pub(crate) missing: SlotId,
}

impl PartialEq for FeedRef {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && Arc::ptr_eq(&self.feed, &other.feed)
    }
}

impl fmt::Debug for FeedRef {
    /// Without its rows, of which there may be a million.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FeedRef").field(&self.feed.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_as_they_went_in() {
        let mut rows = Rows::new(vec!["a".into(), "b".into(), "c".into()]);
        let first = [Cell::Text("x\"y"), Cell::Json("1"), Cell::Absent];
        let second = [Cell::Text(""), Cell::Json("[1, {}]"), Cell::Text("é")];
        rows.push(first).unwrap();
        rows.push(second).unwrap();
        rows.push([Cell::Text("only")]).unwrap();
        assert_eq!(rows.len(), 3);
        for (column, (first, second)) in (0..).zip(first.into_iter().zip(second)) {
            assert_eq!(rows.cell(0, column), first);
            assert_eq!(rows.cell(1, column), second);
        }
        assert_eq!(rows.cell(2, 2), Cell::Absent);
        assert_eq!(rows.cell(3, 0), Cell::Absent);
        assert_eq!(rows.cell(0, 3), Cell::Absent);
        assert_eq!(rows.object(0).unwrap(), r#"{"a":"x\"y","b":1}"#);
        assert_eq!(rows.object(1).unwrap(), r#"{"a":"","b":[1, {}],"c":"é"}"#);
        assert_eq!(rows.column("c"), Some(2));
    }
}
