//! What the files share: the dialect, and how figures are written.

use std::borrow::Cow;

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

use crate::locust::rounding::bucket_ms;
use crate::locust::row::LocustRow;
use crate::run::StatRow;
use crate::stats::PercentileSet;

/// The names of the percentile columns, in the order of [`PERCENTILES`](crate::stats::PERCENTILES).
pub(super) const PERCENTILES: [&str; 11] = [
    "50%", "66%", "75%", "80%", "90%", "95%", "98%", "99%", "99.9%", "99.99%", "100%",
];

/// Records in Locust's dialect.
pub(super) fn table<R>(records: impl IntoIterator<Item = R>) -> Vec<u8>
where
    R: IntoIterator,
    R::Item: AsRef<[u8]>,
{
    let mut writer: Writer<Vec<u8>> = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .quote_style(QuoteStyle::Necessary)
        .flexible(true)
        .from_writer(Vec::new());
    for record in records {
        // Writing to memory does not fail.
        for cell in record {
            let _ = writer.write_field(no_formula(cell.as_ref()));
        }
        let _ = writer.write_record(None::<&[u8]>);
    }
    writer.into_inner().unwrap_or_default()
}

/// A cell that no spreadsheet takes for a formula: with an apostrophe before what
/// begins like one. Locust writes such names and messages as they are.
fn no_formula(cell: &[u8]) -> Cow<'_, [u8]> {
    match cell {
        [b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r', ..] => Cow::Owned([b"'", cell].concat()),
        _ => Cow::Borrowed(cell),
    }
}

/// A number as Python writes it: 2.0, not 2.
pub(super) fn float(value: f64) -> String {
    format!("{value:?}")
}

/// Median, average, shortest, longest and mean size.
pub(super) fn figures(row: LocustRow<'_>) -> [String; 5] {
    let or_zero = |value: Option<f64>| value.map_or_else(|| "0".to_owned(), float);
    [
        row.median_ms().to_string(),
        or_zero(row.mean_ms()),
        or_zero(row.min_ms()),
        or_zero(row.max_ms()),
        or_zero((row.requests > 0).then_some(row.mean_bytes)),
    ]
}

/// Percentiles in whole milliseconds. Without requests there are none; a
/// request without a time (it was not sent) reads 0.
pub(super) fn percentiles(row: &StatRow, percentiles_us: &PercentileSet) -> [String; 11] {
    percentiles_us.map(|us| match us {
        _ if row.requests == 0 => "N/A".to_owned(),
        us => us.map_or(0, bucket_ms).to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let cells = [
            "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "/a=b", "N/A", "", "2.0",
        ];
        let text = String::from_utf8(table([cells])).expect("text");
        assert_eq!(text, "'=1+1,'+1,'-1,'@SUM(A1),'\tx,/a=b,N/A,,2.0\r\n");
    }
}
