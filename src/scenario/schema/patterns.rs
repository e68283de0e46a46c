//! The texts of the language as regular expressions of JSON Schema.
//!
//! A pattern refuses nothing that the parser takes. It may take more: ranges,
//! and what a name has to stand for, are left to the parser.

use crate::scenario::request::headers;

/// A plain decimal number.
const NUMBER: &str = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)";
/// Units of time.
const UNIT: &str = "(?:us|ms|sec|s|min|m|h|d)";

/// Ahead: a digit that is not 0.
const POSITIVE: &str = "(?=[^1-9]*[1-9])";
/// Signs that compare, or none.
const COMPARED: &str = "(?:<=|>=|==|!=|<|>)?";
/// The scheme of an address.
const SCHEME: &str = "[hH][tT][tT][pP][sS]?://";

/// A text with a template.
pub(super) const TEMPLATE: &str = r"\{\{";
/// A text with a template that is known before the run.
pub(super) const ENVIRONMENT: &str = r"\{\{\s*env";
/// Text that is not blank.
pub(super) const EXPRESSION: &str = r"\S";
/// `$.items[0].id`.
pub(super) const JSON_PATH: &str = r"^\s*\$";
/// `postgres://...` or `host=...`, also from the environment.
pub(super) const DATABASE: &str = r"://|host=|\{\{";
/// The name of a probe or a reading.
pub(crate) const PROBE: &str = "^[A-Za-z][A-Za-z0-9_]{0,63}$";
/// A host without scheme and port.
pub(crate) const HOST: &str = "^(?=[^/ ]+$)(?:[^:]*|[^:]*:[^:]*:.*)$";

/// A text that is known before the run.
pub(crate) const KNOWN: &str = r"^(?![\s\S]*\{\{(?!\s*env))";

/// The same, and not blank.
pub(super) const LABEL: &str = r"^(?![\s\S]*\{\{(?!\s*env))[\s\S]*\S";

/// An expression that stands alone.
pub(super) const CONDITION: &str = r"^(?!\s*\{\{)[\s\S]*\S";

/// A value of a header.
pub(super) const HEADER_VALUE: &str = r"^[^\r\n\u0000]*$|\{\{";

/// A container, also from the environment.
pub(super) const CONTAINER: &str = r"^[A-Za-z0-9_.-]{1,255}$|\{\{";

/// `1m30s`, `500ms`, `90`.
pub(crate) fn duration() -> String {
    format!("^{}$", some_time())
}

/// The same, above 0.
pub(crate) fn period() -> String {
    format!("^{POSITIVE}{}$", some_time())
}

fn some_time() -> String {
    format!(r"\s*(?:{NUMBER}|(?:{NUMBER}{UNIT}\s*)+)\s*")
}

/// The same with a unit and behind a `<`, which may be left out.
pub(crate) fn time_limit() -> String {
    format!(r"^{POSITIVE}\s*<?\s*(?:{NUMBER}{UNIT}\s*)+$")
}

/// `12/s`, `30/m`, `0.5`; above 0.
pub(crate) fn rate() -> String {
    format!("^{POSITIVE}{}$", some_rate())
}

/// The same, or 0.
pub(crate) fn rate_or_zero() -> String {
    format!("^{}$", some_rate())
}

fn some_rate() -> String {
    format!(r"\s*{NUMBER}\s*(?:/\s*(?:s|sec|second|m|min|minute|h|hour)\s*)?")
}

/// `201`, `2xx`, `200-204`.
pub(crate) fn status() -> String {
    let one = r"\s*\+?0*[1-5][0-9][0-9]\s*";
    format!(r"^(?:{one}|\+?0*[1-5](?:xx|XX)|{one}-{one})$")
}

/// `< 10KiB`, `512`.
pub(crate) fn size() -> String {
    format!(r"^\s*{COMPARED}{}$", some_bytes())
}

/// `10KiB`, `512`; above 0.
pub(crate) fn bytes() -> String {
    format!("^{POSITIVE}{}$", some_bytes())
}

/// A whole number of bytes, or a number with a unit.
fn some_bytes() -> String {
    format!(r"\s*(?:[0-9]+\.?0*\s*[bB]?|{NUMBER}\s*[kKmMgG][iI]?[bB])\s*")
}

/// `3`, `> 2`.
pub(crate) fn count() -> String {
    format!(r"^\s*{COMPARED}\s*\+?[0-9]+\s*$")
}

/// `first`, `2`.
pub(crate) fn nth() -> String {
    r"^\s*(?:first|last|random|all|\+?0*[1-9][0-9]*)\s*$".to_owned()
}

/// `p99 of "GET /" < 500ms every 10s abort`.
pub(crate) fn criterion() -> String {
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

/// A delimiter of CSV, also as `\t`.
pub(crate) fn character() -> String {
    r"^(?:[\u0001-\u0009\u000b\u000c\u000e-\u0021\u0023-\u007f]|\\t)$".to_owned()
}

/// `https://shop.example:8443/api`.
pub(crate) fn address() -> String {
    format!(r"^\s*{SCHEME}[^\s/?#\\][^\s?#]*\s*$")
}

/// `http://user:password@proxy:3128`, or `none`.
pub(crate) fn proxy() -> String {
    r"^(?:none|\s*[hH][tT][tT][pP]://[^\s/?#\\]+/*\s*)$".to_owned()
}

/// `192.0.2.1`, `::1`.
pub(crate) fn ip() -> String {
    let byte = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    format!(r"^\s*\[*(?:{byte}(?:\.{byte}){{3}}|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)\]*\s*$")
}

/// `/orders?page=1`, `https://shop.example/`, `{{ next }}`.
pub(crate) fn target() -> String {
    // Between templates nothing that no request can send.
    let rest = r"(?:[^#{\u0000-\u001f\u007f]|\{(?!\{)|\{\{(?:[^}]|\}(?!\}))*\}\})*";
    let host = r"(?=\{\{|[^\s/?#\\]+(?:[/?]|\{\{|\s*$))";
    format!(r"^(?:/(?!/)|\s*{SCHEME}{host}|(?=\{{\{{)){rest}$")
}

/// `http://localhost:9090/metrics`, also from the environment.
pub(crate) fn url() -> String {
    format!(r"^\s*{SCHEME}[^\s/?#\\]|\{{\{{")
}

/// The name of a variable: letters, digits and `_`, no word of the language.
pub(crate) fn variable() -> String {
    named("env|true|false|none|and|or|not|in|is|defined|null|True|False|None")
}

/// The same for data.
pub(crate) fn feed() -> String {
    named("env|true|false|none|and|or|not|in|is|defined|null|True|False|None|user|fake")
}

fn named(taken: &str) -> String {
    format!(r"^(?!(?:{taken})$)(?![0-9]){WORD}{{1,64}}$")
}

/// A letter of any script, a digit or `_`, as far as a pattern can tell.
const WORD: &str = r"[^\u0000-\u002f\u003a-\u0040\u005b-\u005e\u0060\u007b-\u00a0]";

/// The name of a user class.
pub(crate) fn class() -> String {
    format!(r"^(?![0-9-])(?:{WORD}|-){{1,100}}$")
}

/// A header of an answer.
pub(super) const ANY_HEADER: &str = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";

/// A header that is not written by Swarmdeck itself.
pub(super) fn header_name() -> String {
    let any_case = |word: &&str| -> String {
        let letters = word.chars().map(|c| match c.to_ascii_uppercase() {
            upper if upper == c => c.to_string(),
            upper => format!("[{c}{upper}]"),
        });
        letters.collect()
    };
    let own: Vec<_> = headers::OWN.iter().map(any_case).collect();
    let own = own.join("|");
    format!(r"^(?!(?:{own})$)[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
}
