//! What texts of the language look like, as regular expressions of JSON Schema.
//!
//! A pattern refuses nothing that the parser takes. It may take more: ranges,
//! and what a name has to stand for, are left to the parser.

/// A plain decimal number.
const NUMBER: &str = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)";
/// Units of time.
const UNIT: &str = "(?:us|ms|sec|s|min|m|h|d)";

/// `1m30s`, `500ms`, `90`.
pub(super) fn duration() -> String {
    format!(r"^\s*(?:{NUMBER}|(?:{NUMBER}{UNIT}\s*)+)\s*$")
}

/// The same behind a `<`, which may be left out.
pub(super) fn time_limit() -> String {
    format!(r"^\s*<?\s*(?:{NUMBER}{UNIT}\s*)+$")
}

/// `12/s`, `30/m`, `0.5`; above 0.
pub(super) fn rate() -> String {
    format!(r"^(?=[^/]*[1-9])\s*{NUMBER}\s*{}$", per())
}

/// The same, or 0.
pub(super) fn amount() -> String {
    format!(r"^\s*{NUMBER}\s*{}$", per())
}

fn per() -> &'static str {
    r"(?:/\s*(?:s|sec|second|m|min|minute|h|hour)\s*)?"
}

/// `201`, `2xx`, `200-204`.
pub(super) fn status() -> String {
    let one = r"\s*\+?0*[1-5][0-9][0-9]\s*";
    format!(r"^(?:{one}|\+?0*[1-5](?:xx|XX)|{one}-{one})$")
}

/// `< 10KiB`, `512`.
pub(super) fn size() -> String {
    format!(r"^\s*(?:<=|>=|==|!=|<|>|=)?\s*{NUMBER}\s*(?:[kKmMgG][iI]?)?[bB]?\s*$")
}

/// `10KiB`, `512`.
pub(super) fn bytes() -> String {
    format!(r"^\s*{NUMBER}\s*(?:[kKmMgG][iI]?)?[bB]?\s*$")
}

/// `p99 of "GET /" < 500ms every 10s abort`.
pub(super) fn criterion() -> String {
    let number = r"[0-9][0-9,_]*(?:\.[0-9]+)?";
    let count = r"[0-9][0-9,_]*(?:\.0+)?";
    let share = format!(r"{number}\s*%");
    let rate = format!(r"{number}\s*(?:/(?:s|m|min))?");
    let time = format!(r"{number}\s*{UNIT}(?:{NUMBER}{UNIT})*");
    let clocked = r"(?:response\.)?(?:mean|max|p[5-9][0-9](?:\.[0-9]{1,2})?)";
    let outcome = r"\s*(?:\(\s*(?:ok|failed)\s*\))?";
    let quoted = r#"(?:"[^"]+"|'[^']+')"#;
    let of = format!(
        r#"\s*(?:of\s*(?:{quoted}|(?:tag|task|class|status):(?:{quoted}|[^\s<>=!()"']+)))?"#
    );
    let compared = r"\s*(?:<=|>=|==|!=|<|>)\s*";
    let kinds = [
        ("(?:requests|failures|users\\.failed)", count.to_owned()),
        ("(?:success|delivered)", share.clone()),
        ("(?:dropped|missed)", format!("(?:{share}|{count})")),
        ("rps", rate),
        (clocked, time),
        (
            r#"probe\.[^\s<>=!()"'.]+\.[^\s<>=!()"']+"#,
            format!("-?{number}"),
        ),
    ];
    let kinds = kinds.map(|(metric, value)| format!("{metric}{outcome}{of}{compared}{value}"));
    let kinds = kinds.join("|");
    let window = format!(
        r"(?:\s+(?:(?:sustained|every)\s+(?:{NUMBER}\s*{UNIT}?\s*)+|in\s+{share}\s*of\s+seconds))?"
    );
    format!(r"^\s*(?:{kinds}){window}(?:\s*abort)?\s*$")
}

/// `$.items[0].id`.
pub(super) fn json_path() -> String {
    r"^\s*\$".to_owned()
}

/// A delimiter.
pub(super) fn character() -> String {
    r"^[\s\S]$".to_owned()
}
