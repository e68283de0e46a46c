//! A CSV file with a row of headings, read tolerantly and with places.

use csv::{ReaderBuilder, StringRecord, Trim};

use crate::report::{CsvError, CsvFile};

/// The most rows read; Locust's files have one a name or second.
const ROWS: usize = 1_000_000;

/// The rows of a file below their headings.
pub(super) struct Table<'a> {
    file: &'a CsvFile,
    headings: Vec<String>,
    rows: Vec<StringRecord>,
}

/// One row; columns are named as Locust names them.
#[derive(Clone, Copy)]
pub(super) struct Line<'t> {
    table: &'t Table<'t>,
    row: &'t StringRecord,
}

impl<'a> Table<'a> {
    /// Reads all of a file. Rows may be shorter than the headings.
    pub(super) fn read(file: &'a CsvFile) -> Result<Self, CsvError> {
        let text = file.text.trim_start_matches('\u{feff}');
        let mut reader = ReaderBuilder::new()
            .flexible(true)
            .trim(Trim::All)
            .from_reader(text.as_bytes());
        let unreadable = |error: csv::Error| CsvError::Unreadable {
            file: file.name.clone(),
            reason: error.to_string(),
        };
        let headings = reader.headers().map_err(unreadable)?;
        let headings = headings.iter().map(str::to_lowercase).collect();
        let rows = reader.records().take(ROWS);
        let rows = rows.collect::<Result<_, _>>().map_err(unreadable)?;
        Ok(Self {
            file,
            headings,
            rows,
        })
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.rows.iter().map(|row| Line { table: self, row })
    }

    /// Makes sure of a column, under one of its names.
    pub(super) fn need(&self, names: &[&str]) -> Result<(), CsvError> {
        if self.place(names).is_some() {
            return Ok(());
        }
        Err(CsvError::NoColumn {
            file: self.file.name.clone(),
            column: names.join("` or `"),
        })
    }

    fn place(&self, names: &[&str]) -> Option<usize> {
        let is_one = |heading: &String| names.iter().any(|name| name.eq_ignore_ascii_case(heading));
        self.headings.iter().position(is_one)
    }
}

impl Line<'_> {
    /// The text of a column; empty if the column is empty or missing.
    /// The apostrophe that keeps a spreadsheet from taking a text for a formula is
    /// no part of it.
    pub(super) fn text(&self, names: &[&str]) -> &str {
        let place = self.table.place(names);
        let text = place.and_then(|place| self.row.get(place)).unwrap_or("");
        match text.strip_prefix('\'') {
            Some(bare) if bare.starts_with(['=', '+', '-', '@', '\t', '\r']) => bare,
            _ => text,
        }
    }

    /// A number that is not negative; `None` where it is left out or `N/A`.
    pub(super) fn number(&self, names: &[&str]) -> Result<Option<f64>, CsvError> {
        let text = self.text(names);
        if text.is_empty() || text.eq_ignore_ascii_case("n/a") || text.eq_ignore_ascii_case("nan") {
            return Ok(None);
        }
        let number = text.parse::<f64>().ok();
        let number = number.filter(|number| number.is_finite() && *number >= 0.0);
        number.map(Some).ok_or_else(|| CsvError::NotANumber {
            file: self.table.file.name.clone(),
            line: self.row.position().map_or(0, csv::Position::line),
            column: names.first().copied().unwrap_or_default().to_owned(),
            found: text.chars().take(40).collect(),
        })
    }

    /// A count; fractions are rounded, nothing is 0.
    pub(super) fn count(&self, names: &[&str]) -> Result<u64, CsvError> {
        Ok(self.number(names)?.map_or(0, whole))
    }

    /// Milliseconds as microseconds.
    pub(super) fn millis(&self, names: &[&str]) -> Result<Option<u64>, CsvError> {
        Ok(self.number(names)?.map(|ms| whole(ms * 1e3)))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates; not negative"
)]
fn whole(value: f64) -> u64 {
    value.round() as u64
}
