//! Text that somebody else wrote, made harmless.

/// The text on one line: white space collapsed, and whatever is not seen but
/// changes how the rest is seen replaced by `U+FFFD`: control characters and
/// with them terminal sequences, changes of direction, invisible marks.
///
/// Everything that a target says goes through here before it is shown.
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
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
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
    fn a_cut_is_told() {
        assert_eq!(cut("äöü".to_owned(), 2), ("äö".to_owned(), true));
        assert_eq!(cut("äöü".to_owned(), 3), ("äöü".to_owned(), false));
    }
}
