//! The text of an HTML page, for people: an error page tells what is wrong
//! behind a head, styles and scripts that nobody wants to read.

/// Elements whose content is no text of the page.
const HIDDEN: [&str; 4] = ["script", "style", "template", "noscript"];
/// Elements within a line; all others begin a new word.
const INLINE: [&str; 12] = [
    "a", "abbr", "b", "code", "em", "font", "i", "mark", "small", "span", "strong", "u",
];
/// The longest reference to a character that is read, in bytes.
const LONGEST_REFERENCE: usize = 10;

/// Whether a body is an HTML page, by how it begins.
#[must_use]
pub fn is_html(body: &str) -> bool {
    let start = body.trim_start_matches('\u{feff}').trim_start();
    let begins = |with: &str| {
        let head = start.get(..with.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(with))
    };
    ["<!doctype html", "<html", "<head", "<body", "<!--"]
        .into_iter()
        .any(begins)
}

/// The text of a page on one line, without tags, comments, styles and scripts,
/// until it is at least `enough` bytes long. Linear in the length of the page,
/// and none is too broken for it.
#[must_use]
pub fn html_text(page: &str, enough: usize) -> String {
    let mut text = String::new();
    let mut rest = page;
    while !rest.is_empty() && text.len() < enough {
        let (plain, markup) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        add_text(&mut text, plain);
        if markup.is_empty() {
            break;
        }
        rest = skip_markup(&mut text, markup);
    }
    text.truncate(text.trim_end().len());
    text
}

/// What follows the tag or comment with which this begins.
fn skip_markup<'p>(text: &mut String, markup: &'p str) -> &'p str {
    if let Some(comment) = markup.strip_prefix("<!--") {
        return after(comment, "-->");
    }
    let inner = &markup[1..];
    let is_tag = inner.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
    if !is_tag {
        text.push('<');
        return inner;
    }
    let name = inner.trim_start_matches('/');
    let name = &name[..name
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(name.len())];
    let is = |names: &[&str]| names.iter().any(|one| name.eq_ignore_ascii_case(one));
    if !is(&INLINE) {
        add_text(text, " ");
    }
    let rest = after_tag(inner);
    if is(&HIDDEN) && !inner.starts_with('/') {
        return after_element(rest, name);
    }
    rest
}

/// What follows the `>` that ends a tag; one in quotes does not.
fn after_tag(tag: &str) -> &str {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return &tag[at + 1..],
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    ""
}

/// What follows the end tag of an element; nothing if it never ends.
fn after_element<'p>(page: &'p str, name: &str) -> &'p str {
    let mut rest = page;
    while let Some(at) = rest.find("</") {
        rest = &rest[at + 2..];
        let is_it = rest
            .get(..name.len())
            .is_some_and(|one| one.eq_ignore_ascii_case(name));
        if is_it {
            return after_tag(rest);
        }
    }
    ""
}

fn after<'p>(page: &'p str, end: &str) -> &'p str {
    page.find(end).map_or("", |at| &page[at + end.len()..])
}

/// Adds text with its references resolved, and one blank for many.
fn add_text(text: &mut String, plain: &str) {
    let mut rest = plain;
    while let Some(c) = rest.chars().next() {
        let (c, length) = match c {
            '&' => reference(rest).unwrap_or((c, 1)),
            c => (c, c.len_utf8()),
        };
        rest = &rest[length..];
        if !c.is_whitespace() {
            text.push(c);
        } else if !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
        }
    }
}

/// The character that a reference such as `&amp;` or `&#x27;` stands for, and
/// how long it is.
fn reference(text: &str) -> Option<(char, usize)> {
    let end = text
        .bytes()
        .take(LONGEST_REFERENCE)
        .position(|b| b == b';')?;
    let name = &text[1..end];
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let hex = number.strip_prefix(['x', 'X']);
            let code = match hex {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_is_known_by_its_beginning() {
        for page in [
            "<!DOCTYPE html>",
            "\n <html lang=en>",
            "\u{feff}<Head>",
            "<!-- x --><p>",
        ] {
            assert!(is_html(page), "{page}");
        }
        for other in [
            "",
            "{\"a\": \"<html>\"}",
            "<?xml version='1.0'?>",
            "<h",
            "plain",
            "<ä",
        ] {
            assert!(!is_html(other), "{other}");
        }
    }

    #[test]
    fn an_error_page_is_its_message() {
        let page = "<!DOCTYPE html>\n<html><head><title>OperationalError at /orders</title>\n\
            <style>body { color: red } /* </p> */</style>\n<script>if (a < b) { x(\"</b>\") }</script>\
            <!-- <p>not this</p> --></head>\n<body class=\"a>b\"><h1>Operational<b>Error</b></h1>\
            <table><tr><td>too many</td><td>connections &amp; &#x27;more&#39; &lt;x&gt;&nbsp;&bogus; 1 < 2</td></tr>\
            </table></body></html>";
        let expected = "OperationalError at /orders OperationalError too many connections & 'more' <x> &bogus; 1 < 2";
        assert_eq!(html_text(page, 1_000), expected);
        assert!(html_text(page, 5).len() < 40, "no more than is needed");
        assert_eq!(html_text("<p>a</p><script>never ends", 100), "a");
        assert_eq!(html_text("<p>a</p><div class=\"never", 100), "a");
    }

    proptest! {
        #[test]
        fn no_page_is_too_broken(page in "[<>/!\\-&;#x\"' a-cé1]{0,80}") {
            let text = html_text(&page, 1_000);
            prop_assert!(text.len() <= page.len() + 1);
            prop_assert!(!text.contains("  "));
        }
    }
}
