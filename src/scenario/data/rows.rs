//! Texts of data files to rows. What is wrong with one is said with its line.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use serde_json::value::RawValue;

use crate::model::plural;
use crate::program::{Cell, Rows};

/// The most fields of a row.
const MAX_COLUMNS: usize = 1_000;

/// The delimiter of a CSV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delimiter(pub(crate) u8);

impl Default for Delimiter {
    fn default() -> Self {
        Self(b',')
    }
}

/// The types of the fields of a CSV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Types {
    /// Texts.
    Text,
    /// Numbers and booleans where they look so.
    Guess,
}

/// A CSV file with a header line. Every line has as many fields as that.
pub(crate) fn csv(bytes: &[u8], delimiter: Delimiter, types: Types) -> Result<Rows, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter.0)
        .from_reader(bytes);
    let header = reader.headers().map_err(|error| csv_error(&error))?;
    let columns: Vec<Box<str>> = header.iter().map(|name| name.trim().into()).collect();
    let mut rows = table(columns)?;
    let mut record = csv::StringRecord::new();
    while reader
        .read_record(&mut record)
        .map_err(|error| csv_error(&error))?
    {
        let cells = record.iter().map(|text| match types {
            Types::Guess if is_typed(text) => Cell::Json(text),
            _ => Cell::Text(text),
        });
        rows.push(cells).ok_or_else(too_many)?;
    }
    Ok(rows)
}

/// A list of objects.
pub(crate) fn json(bytes: &[u8]) -> Result<Rows, String> {
    let objects: Vec<&RawValue> = serde_json::from_slice(bytes)
        .map_err(|error| format!("the file is not a JSON list of objects: {error}"))?;
    let texts: Vec<_> = objects.into_iter().map(RawValue::get).collect();
    of_objects(&texts, |index| format!("row {} of the file", index + 1))
}

/// An object on each line; lines without anything are left out.
pub(crate) fn jsonl(bytes: &[u8]) -> Result<Rows, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the file is not UTF-8".to_owned())?;
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    let (numbers, lines): (Vec<_>, Vec<_>) = lines.unzip();
    of_objects(&lines, |index| {
        format!("line {} of the file", numbers[index] + 1)
    })
}

/// Rows of the JSON texts of objects; their fields are those of all of them.
/// The texts are read twice, so that there is never more than one as a tree.
pub(super) fn of_objects(
    texts: &[impl AsRef<str>],
    place: impl Fn(usize) -> String,
) -> Result<Rows, String> {
    if texts.is_empty() {
        return Ok(Rows::default());
    }
    if texts.len() > Rows::MAX_ROWS {
        return Err(too_many());
    }
    let mut columns: Vec<Box<str>> = Vec::new();
    let mut known: HashSet<Box<str>> = HashSet::new();
    for (index, text) in texts.iter().enumerate() {
        let fields = object(text.as_ref()).map_err(|why| format!("{} {why}", place(index)))?;
        for (name, _) in fields {
            if !known.contains(name.as_str()) {
                let name = name.into_boxed_str();
                columns.push(name.clone());
                known.insert(name);
            }
        }
        if columns.len() > MAX_COLUMNS {
            break;
        }
    }
    let mut rows = table(columns.clone())?;
    for text in texts {
        let fields = spelled(text.as_ref())?;
        // Texts are unescaped, and borrowed by the cells; what is no text keeps
        // its JSON as it is spelled.
        let texts: Vec<Option<String>> = columns
            .iter()
            .map(|name| serde_json::from_str(fields.get(&**name)?.get()).ok())
            .collect();
        let cells = columns.iter().zip(&texts).map(|(name, text)| match text {
            Some(text) => Cell::Text(text),
            None => fields
                .get(&**name)
                .map_or(Cell::Absent, |raw| Cell::Json(raw.get())),
        });
        rows.push(cells).ok_or_else(too_many)?;
    }
    Ok(rows)
}

fn object(text: &str) -> Result<serde_json::Map<String, Value>, String> {
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err("is no JSON object".to_owned()),
        Err(error) => Err(format!("is not JSON: {error}")),
    }
}

/// The fields of a JSON object, each as it is spelled; of two with one name
/// the last.
fn spelled(text: &str) -> Result<HashMap<String, &RawValue>, String> {
    serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))
}

fn table(columns: Vec<Box<str>>) -> Result<Rows, String> {
    if columns.is_empty() || columns.len() > MAX_COLUMNS {
        return Err(format!("a row has 1 to {MAX_COLUMNS} fields"));
    }
    let mut known = HashSet::new();
    for column in &columns {
        if !known.insert(column) {
            return Err(format!("two fields are called `{column}`"));
        }
    }
    drop(known);
    Ok(Rows::new(columns))
}

/// Whether a field of a CSV file looks like a number or a boolean.
fn is_typed(text: &str) -> bool {
    matches!(text, "true" | "false")
        || (text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
            && serde_json::from_str::<serde_json::Number>(text).is_ok())
}

/// The mistake of a CSV file, with its line.
pub(crate) fn csv_error(error: &csv::Error) -> String {
    let line = error.position().map(csv::Position::line);
    let what = match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!(
            "has {}, the header line has {expected_len}",
            plural(*len, "field", "fields")
        ),
        csv::ErrorKind::Utf8 { .. } => "is not UTF-8".to_owned(),
        _ => format!("cannot be read: {error}"),
    };
    match line {
        Some(line) => format!("line {line} of the file {what}"),
        None => format!("the file {what}"),
    }
}

fn too_many() -> String {
    "more than 1,000,000 rows or 256 MiB, the limits".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Rows, String> {
        csv(text.as_bytes(), Delimiter::default(), Types::Guess)
    }

    #[test]
    fn csv_says_what_is_wrong_and_where() {
        assert_eq!(
            read("a,b\n1,2\n1,2,3\n").unwrap_err(),
            "line 3 of the file has 3 fields, the header line has 2"
        );
        assert_eq!(read("a,a\n").unwrap_err(), "two fields are called `a`");
        assert!(csv(b"a\n\xFF\n", Delimiter::default(), Types::Text).is_err());
        assert_eq!(read("\u{FEFF}a\nx\n").unwrap().column("a"), Some(0));
        assert!(read("").is_err());
        assert!(read("a\n").unwrap().is_empty());
    }

    #[test]
    fn types_are_guessed_carefully() {
        let rows = read("a\n1\n-2.5\ntrue\n007\n1e3\nyes\n+1\n").unwrap();
        let cells: Vec<_> = (0..7).map(|row| rows.cell(row, 0)).collect();
        assert_eq!(
            cells,
            [
                Cell::Json("1"),
                Cell::Json("-2.5"),
                Cell::Json("true"),
                Cell::Text("007"),
                Cell::Json("1e3"),
                Cell::Text("yes"),
                Cell::Text("+1"),
            ]
        );
    }

    #[test]
    fn objects_need_not_have_the_same_fields() {
        let rows = jsonl(b"{\"a\": \"x\", \"n\": 1.50}\n\n{\"b\": [1]}\n").unwrap();
        assert_eq!(rows.object(0).unwrap(), r#"{"a":"x","n":1.50}"#);
        assert_eq!(rows.cell(1, 2), Cell::Json("[1]"));
        assert_eq!(rows.cell(1, 0), Cell::Absent);
        assert!(jsonl(b"{}\n[1]").unwrap_err().starts_with("line 2"));
        assert!(json(b"{}").is_err());
        assert_eq!(
            json(b"[1]").unwrap_err(),
            "row 1 of the file is no JSON object"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn csv_rows_arrive_unchanged(
            cells in prop::collection::vec(prop::collection::vec(any::<String>(), 3), 1..20),
        ) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["a", "b", "c"]).unwrap();
            for row in &cells {
                writer.write_record(row).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let rows = csv(&bytes, Delimiter::default(), Types::Text).unwrap();
            prop_assert_eq!(rows.len(), cells.len());
            for (index, row) in (0..).zip(&cells) {
                for (column, text) in (0..).zip(row) {
                    prop_assert_eq!(rows.cell(index, column), Cell::Text(text));
                }
            }
        }

        #[test]
        fn json_rows_arrive_unchanged(
            texts in prop::collection::vec((any::<String>(), any::<i64>(), any::<bool>()), 1..20),
        ) {
            let values: Vec<_> = texts
                .iter()
                .map(|(text, int, flag)| serde_json::json!({"t": text, "i": int, "f": [flag]}))
                .collect();
            let rows = json(serde_json::to_string(&values).unwrap().as_bytes()).unwrap();
            for (index, value) in (0..).zip(&values) {
                let object: Value = serde_json::from_str(&rows.object(index).unwrap()).unwrap();
                prop_assert_eq!(&object, value);
            }
        }

        #[test]
        fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = csv(&bytes, Delimiter(b';'), Types::Guess);
            let _ = json(&bytes);
            let _ = jsonl(&bytes);
        }
    }
}
