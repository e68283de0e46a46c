//! Text to tokens.

use std::ops::Range;

use crate::program::is_json_number;
use crate::scenario::yaml::diagnostic::Mistake;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Word(String),
    Int(i64),
    Float(f64),
    /// A number whose spelling is kept: `1.50`, or more digits than 64 bits hold.
    Number(String),
    Text(String),
    /// An operator or a bracket.
    Sign(&'static str),
    End,
}

pub(super) type Placed = (Token, Range<usize>);

/// Longer signs first, so that `<=` is not read as `<`.
const SIGNS: [&str; 19] = [
    "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", ".", "|",
    "~",
];

/// The tokens of a text; the last is always [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, Mistake> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let len = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if first.is_alphabetic() || first == '_' {
            let len = length(rest, |c| c.is_alphanumeric() || c == '_');
            tokens.push((Token::Word(rest[..len].to_owned()), at..at + len));
            len
        } else if first.is_ascii_digit() {
            let len = number_length(rest);
            let token = number(&rest[..len]).ok_or_else(|| {
                Mistake::new(at..at + len, format!("`{}` is not a number", &rest[..len]))
            })?;
            tokens.push((token, at..at + len));
            len
        } else if first == '\'' || first == '"' {
            let (content, len) = quoted(rest, first).ok_or_else(|| {
                Mistake::new(at..text.len(), "unterminated string")
                    .help(format!("close it with {first}"))
            })?;
            tokens.push((Token::Text(content), at..at + len));
            len
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push((Token::Sign(sign), at..at + sign.len()));
            sign.len()
        } else {
            return Err(stray(first, &rest[first.len_utf8()..], at));
        };
        at += len;
    }
    let end = text.trim_end().len();
    tokens.push((Token::End, end..end));
    Ok(tokens)
}

fn stray(c: char, after: &str, at: usize) -> Mistake {
    let mistake = Mistake::new(
        at..at + c.len_utf8(),
        format!("unexpected `{c}` in an expression"),
    );
    match c {
        '=' if after.starts_with('<') => mistake.help("write `<=`"),
        '=' if after.starts_with('>') => mistake.help("write `>=`"),
        '=' => mistake.help("use `==` to compare"),
        '!' => mistake.help("write `not`"),
        '&' => mistake.help("write `and`"),
        '$' => mistake.help("write the variable without `$`"),
        _ => mistake,
    }
}

fn length(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// Digits, and a fraction if a digit follows the point.
fn number_length(text: &str) -> usize {
    let whole = length(text, |c| c.is_ascii_digit());
    let after = &text[whole..];
    if after.starts_with('.') && after[1..].starts_with(|c: char| c.is_ascii_digit()) {
        whole + 1 + length(&after[1..], |c| c.is_ascii_digit())
    } else {
        whole
    }
}

fn number(text: &str) -> Option<Token> {
    if let Ok(int) = text.parse() {
        return Some(Token::Int(int));
    }
    let float: f64 = text.parse().ok().filter(|float: &f64| float.is_finite())?;
    let keeps_spelling = float.to_string() == text || !is_json_number(text);
    Some(match keeps_spelling {
        true => Token::Float(float),
        false => Token::Number(text.to_owned()),
    })
}

/// The content of a quoted text and its length in the source.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut content = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                let (_, escaped) = chars.next()?;
                content.push(match escaped {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    other => other,
                });
            }
            _ if c == quote => return Some((content, at + quote.len_utf8())),
            _ => content.push(c),
        }
    }
    None
}

/// How long the quoted text at the start of `text` is, if one starts there
/// and ends.
pub(crate) fn quoted_length(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    quoted(text, quote).map(|(_, len)| len)
}
