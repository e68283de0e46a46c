//! Foreign text made harmless: responses, and names and values from files.
//! Everything that prints lines writes it through here.

use std::borrow::Cow;

/// The text on one line: white space collapsed, and whatever is not seen but
/// changes how the rest is seen replaced by `U+FFFD`: control characters and
/// with them terminal sequences, changes of direction, invisible marks.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(
            word.chars()
                .map(|c| if is_hidden(c) { '\u{fffd}' } else { c }),
        );
    }
    line
}

/// The same with all spaces kept: a part of a line. What would end the line is a
/// space. Does not allocate for a text that is harmless.
#[must_use]
pub fn within_line(text: &str) -> Cow<'_, str> {
    replaced(text, |c| match c {
        ' ' => None,
        _ if c.is_whitespace() && (c.is_control() || is_line_end(c)) => Some(' '),
        _ => is_hidden(c).then_some('\u{fffd}'),
    })
}

/// The same of whole lines: line breaks and tabs stay.
#[must_use]
pub fn whole_lines(text: &str) -> Cow<'_, str> {
    replaced(text, |c| match c {
        '\n' | '\t' => None,
        _ if is_line_end(c) => Some(' '),
        _ => is_hidden(c).then_some('\u{fffd}'),
    })
}

fn replaced(text: &str, instead: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    // Nearly all text is printable ASCII.
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        || !text.chars().any(|c| instead(c).is_some())
    {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| instead(c).unwrap_or(c)).collect())
}

/// Ends a line in some readers.
fn is_line_end(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The first `most` characters, and whether there are more.
#[must_use]
pub fn cut(mut text: String, most: usize) -> (String, bool) {
    let end = text.char_indices().nth(most).map(|(end, _)| end);
    if let Some(end) = end {
        text.truncate(end);
    }
    (text, end.is_some())
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_one_line_and_does_nothing() {
        assert_eq!(one_line(" a\r\n\t b\u{2028}c\u{85}d "), "a b c d");
        assert_eq!(one_line("\x1b[31mred\x07"), "\u{fffd}[31mred\u{fffd}");
        assert_eq!(
            one_line("a\u{202e}b\u{2066}c\u{200b}"),
            "a\u{fffd}b\u{fffd}c\u{fffd}"
        );
        assert_eq!(
            one_line("Übergrößenträger 日本 🙂"),
            "Übergrößenträger 日本 🙂"
        );
        assert_eq!(one_line(""), "");
    }

    #[test]
    fn lines_stay_what_they_are() {
        assert_eq!(within_line("a  b\nc\td\r"), "a  b c d ");
        assert_eq!(within_line("x\u{2028}y\u{85}z"), "x y z");
        assert_eq!(
            within_line("\x1b]0;title\x07\u{202e}"),
            "\u{fffd}]0;title\u{fffd}\u{fffd}"
        );
        assert_eq!(whole_lines("a\n\tb\r\u{9b}2J"), "a\n\tb\u{fffd}\u{fffd}2J");
        assert!(matches!(within_line("plain"), Cow::Borrowed(_)));
        assert!(matches!(whole_lines("Größe\n 日本"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_cut_is_told() {
        assert_eq!(cut("äöü".to_owned(), 2), ("äö".to_owned(), true));
        assert_eq!(cut("äöü".to_owned(), 3), ("äöü".to_owned(), false));
    }
}
