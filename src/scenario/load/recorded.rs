//! `recorded:`, a shape that was measured: a number per line of a CSV file.

use crate::model::{Curve, MAX_USERS, micros};
use crate::scenario::data::rows::csv_error;
use crate::scenario::load::load_curve::Axis;
use crate::scenario::lower::reader::Reader;
use crate::scenario::schema::limits::RATES;
use crate::scenario::schema::maps;
use crate::scenario::yaml::node::{Node, shorten};

impl Reader<'_> {
    /// The curve through the numbers of a file.
    pub(crate) fn recorded(&mut self, node: &Node, axis: Axis) -> Option<Curve> {
        let fields = self.fields(node, "`recorded`", &maps::RECORDED)?;
        let bytes = self.data_file(fields.value("file")?)?;
        let form = Form {
            column: fields.get("column"),
            step_us: fields.get("step").map_or(1_000_000, micros),
            scale: fields.get("scale").unwrap_or(1.0),
            axis,
        };
        let read = form.curve(&bytes);
        read.map_err(|mistake| {
            let (key, message) = match mistake {
                Mistake::OfColumn(message) => ("column", message),
                Mistake::OfFile(message) => ("file", message),
            };
            self.report(
                fields.value(key).map_or(node.span, |node| node.span),
                message,
            );
        })
        .ok()
    }
}

/// How a file is to be read.
#[derive(Debug)]
struct Form<'s> {
    column: Option<&'s str>,
    step_us: u64,
    scale: f64,
    axis: Axis,
}

/// A mistake, and the key of the scenario that it belongs to.
#[derive(Debug)]
enum Mistake {
    OfColumn(String),
    OfFile(String),
}

impl From<csv::Error> for Mistake {
    fn from(error: csv::Error) -> Self {
        Self::OfFile(csv_error(&error))
    }
}

impl Form<'_> {
    fn curve(&self, bytes: &[u8]) -> Result<Curve, Mistake> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .trim(csv::Trim::All)
            .from_reader(bytes);
        let mut record = csv::StringRecord::new();
        if !reader.read_record(&mut record)? {
            return Err(too_few());
        }
        let at = self.place(&record)?;
        // The first line is a header, unless it is a number.
        let is_header = self.column.is_some() || record[at].parse::<f64>().is_err();
        let mut has_line = !is_header || reader.read_record(&mut record)?;
        let mut curve = None;
        let mut lines = 0;
        while has_line {
            let line = record.position().map_or(0, csv::Position::line);
            let value = self.value(record.get(at).unwrap_or_default(), line)?;
            lines += 1;
            if lines > Curve::MAX_POINTS {
                let message = format!("more than {} lines, the limit", Curve::MAX_POINTS);
                return Err(Mistake::OfFile(message));
            }
            match &mut curve {
                None => curve = Some(Curve::from_value(value)),
                Some(curve) => curve.line_to(self.step_us, value),
            }
            has_line = reader.read_record(&mut record)?;
        }
        curve.filter(|_| lines > 1).ok_or_else(too_few)
    }

    /// Which field of a line it is.
    fn place(&self, header: &csv::StringRecord) -> Result<usize, Mistake> {
        let known = || header.iter().map(shorten).collect::<Vec<_>>().join(", ");
        let Some(column) = self.column else {
            return match header.len() {
                1 => Ok(0),
                _ => Err(Mistake::OfFile(format!(
                    "the file has several columns: `column` names one of {}",
                    known()
                ))),
            };
        };
        let at = header.iter().position(|name| name == column.trim());
        at.ok_or_else(|| {
            let (column, known) = (shorten(column), known());
            Mistake::OfColumn(format!(
                "the file has no column `{column}`; there are: {known}"
            ))
        })
    }

    fn value(&self, text: &str, line: u64) -> Result<f64, Mistake> {
        let (most, what) = match self.axis {
            Axis::Users => (f64::from(MAX_USERS), "users"),
            Axis::Rate => (RATES.1, "task starts per second"),
        };
        let value = text.parse().ok().map(|number: f64| number * self.scale);
        let value = value.filter(|value| (0.0..=most).contains(value));
        value.ok_or_else(|| {
            Mistake::OfFile(format!(
                "line {line} of the file: `{}` is not a number of {what}, 0 to {most}",
                shorten(text)
            ))
        })
    }
}

fn too_few() -> Mistake {
    Mistake::OfFile("the file needs two numbers at least, each on its line".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, column: Option<&str>) -> Result<Vec<(u64, f64)>, String> {
        let form = Form {
            column,
            step_us: 1_000,
            scale: 2.0,
            axis: Axis::Users,
        };
        let curve = form.curve(text.as_bytes());
        let curve = curve.map_err(|(Mistake::OfColumn(text) | Mistake::OfFile(text))| text)?;
        let points = curve.points().iter();
        Ok(points.map(|point| (point.at_us, point.value)).collect())
    }

    #[test]
    fn numbers_are_corners_with_or_without_a_header() {
        let expected = Ok(vec![(0, 2.0), (1_000, 6.0), (2_000, 1.0)]);
        assert_eq!(read("1\n3\n0.5\n", None), expected);
        assert_eq!(read("\u{feff}users\r\n1\r\n3\r\n\r\n0.5", None), expected);
        let table = "time,users\n10:00, 1\n10:01,3\n10:02,0.5\n";
        assert_eq!(read(table, Some("users")), expected);
    }

    #[test]
    fn mistakes_name_the_line() {
        for (text, column, expected) in [
            ("", None, "two numbers at least"),
            ("users\n1\n", None, "two numbers at least"),
            (
                "a,b\n1,2\n",
                None,
                "several columns: `column` names one of a, b",
            ),
            ("a,b\n1,2\n", Some("c"), "no column `c`; there are: a, b"),
            ("users\n1\nmany\n", None, "line 3 of the file: `many`"),
            ("1\n-3\n", None, "line 2 of the file: `-3`"),
            ("1\nNaN\n", None, "line 2 of the file: `NaN`"),
            ("1\n600000\n", None, "0 to 1000000"),
            ("a,b\n1,2\n1\n", Some("a"), "line 3 of the file has 1 field"),
        ] {
            let found = read(text, column).unwrap_err();
            assert!(found.contains(expected), "{text:?}: {found}");
        }
    }

    #[test]
    fn a_file_is_bounded() {
        let text = "1\n".repeat(Curve::MAX_POINTS + 1);
        assert!(read(&text, None).unwrap_err().contains("1000000 lines"));
    }
}
