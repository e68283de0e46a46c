//! What a page of HTML says, without its tags.

/// Elements whose content is not for people.
const SILENT: [&str; 5] = ["script", "style", "svg", "template", "noscript"];
/// Elements within a word or a sentence: no space comes of them.
const INLINE: [&str; 12] = [
    "a", "abbr", "b", "code", "em", "font", "i", "small", "span", "strong", "u", "wbr",
];

/// Whether this is a page: by the type that it was sent as, or by how it begins.
#[must_use]
pub fn is_page(content_type: &str, text: &str) -> bool {
    let begins = |with: &str| {
        let start = text.trim_start().get(..with.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    content_type.to_ascii_lowercase().contains("html")
        || begins("<!doctype html")
        || begins("<html")
}

/// The text that a browser would show of the beginning of a page: its title,
/// unless the page begins with that, and its text. For people, not for
/// browsers: characters in their plain form, no markup. Linear in the length;
/// a page that was cut off anywhere will do.
#[must_use]
pub fn visible_text(html: &str) -> String {
    let mut scan = Scan::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        scan.text(text);
        rest = scan.tag(tag);
    }
    scan.text(rest);
    let text = collapsed(&scan.body);
    let title = collapsed(&scan.title);
    if title.is_empty() || text.starts_with(&title) {
        text
    } else if text.is_empty() {
        title
    } else {
        format!("{title}: {text}")
    }
}

#[derive(Default)]
struct Scan {
    title: String,
    body: String,
    is_in_title: bool,
}

impl Scan {
    fn text(&mut self, text: &str) {
        let into = if self.is_in_title {
            &mut self.title
        } else {
            &mut self.body
        };
        push_decoded(text, into);
    }

    /// Takes in what begins with `<`; what comes after it.
    fn tag<'h>(&mut self, html: &'h str) -> &'h str {
        if let Some(comment) = html.strip_prefix("<!--") {
            return after(comment, "-->");
        }
        let inside = &html[1..];
        let (is_end, name) = match inside.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, inside),
        };
        let is_markup =
            name.starts_with(|c: char| c.is_ascii_alphabetic()) || inside.starts_with(['!', '?']);
        if !is_markup {
            self.text("<");
            return inside;
        }
        let len = name
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(name.len());
        let (name, _) = name.split_at(len);
        let rest = after_tag(inside);
        let is = |known: &[&str]| known.iter().any(|one| name.eq_ignore_ascii_case(one));
        if is(&["title"]) {
            self.is_in_title = !is_end;
        } else if !is_end && is(&SILENT) {
            return after_element(rest, name);
        } else if !is(&INLINE) {
            self.text(" ");
        }
        rest
    }
}

/// What comes after the `>` of a tag; quoted values may hold others.
fn after_tag(tag: &str) -> &str {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return &tag[at + 1..],
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    ""
}

/// What comes after the end of an element whose beginning was read.
fn after_element<'h>(html: &'h str, name: &str) -> &'h str {
    let mut rest = html;
    while let Some(at) = rest.find("</") {
        rest = &rest[at + 2..];
        let is_it = rest.get(..name.len());
        if is_it.is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return after_tag(rest);
        }
    }
    ""
}

fn after<'h>(html: &'h str, needle: &str) -> &'h str {
    html.split_once(needle).map_or("", |(_, rest)| rest)
}

/// Adds text with its character references decoded, the usual ones.
fn push_decoded(text: &str, into: &mut String) {
    /// The longest reference that is looked for.
    const LONGEST: usize = 10;
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        into.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.bytes().take(LONGEST).position(|byte| byte == b';');
        let decoded = end.and_then(|end| Some((reference(rest.get(..end)?)?, end)));
        match decoded {
            Some((c, end)) => {
                into.push(c);
                rest = &rest[end + 1..];
            }
            None => into.push('&'),
        }
    }
    into.push_str(rest);
}

fn reference(name: &str) -> Option<char> {
    let number = |digits: &str, radix| char::from_u32(u32::from_str_radix(digits, radix).ok()?);
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        "hellip" => Some('…'),
        "ndash" => Some('–'),
        "mdash" => Some('—'),
        "copy" => Some('©'),
        _ => match name.strip_prefix('#')? {
            hex if hex.starts_with(['x', 'X']) => number(&hex[1..], 16),
            decimal => number(decimal, 10),
        },
    }
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn error_pages_say_their_message() {
        let nginx = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.25.3</center>\r\n</body>\r\n</html>\r\n";
        assert_eq!(visible_text(nginx), "502 Bad Gateway nginx/1.25.3");
        let django = "<!DOCTYPE html>\n<html lang=\"en\"><head>\n<meta name=\"robots\" content=\"NONE\">\n<title>403 Forbidden</title>\n<style>\n html * { padding:0; }\n body>div { margin:0; }\n</style></head><body>\n<div id=\"summary\">\n<h1>Forbidden <span>(403)</span></h1>\n<p>CSRF verification failed. Request aborted.</p>\n<p>You are seeing this";
        assert_eq!(
            visible_text(django),
            "403 Forbidden: Forbidden (403) CSRF verification failed. Request aborted. You are seeing this"
        );
        let debug =
            "<title>ValueError at /x</title><pre>can&#x27;t &lt;b&gt; &amp; &unknown; &#65;</pre>";
        assert_eq!(
            visible_text(debug),
            "ValueError at /x: can't <b> & &unknown; A"
        );
    }

    #[test]
    fn only_text_is_text() {
        for (html, text) in [
            ("plain", "plain"),
            ("a < b <3", "a < b <3"),
            ("<p>wo<b>rd</b></p><p>next</p>", "word next"),
            ("<td>a</td><td>b</td>", "a b"),
            ("<a href=\"x>y\">link</a>", "link"),
            ("a<!-- <p>no</p> -->b", "ab"),
            ("a<script>if (a < b) '</p>'</script >b", "ab"),
            ("a<style>never ends", "a"),
            ("a<p class=\"never ends", "a"),
            ("<title>only", "only"),
            ("", ""),
        ] {
            assert_eq!(visible_text(html), text, "{html}");
        }
    }

    #[test]
    fn pages_are_told_by_type_or_beginning() {
        assert!(is_page("text/html; charset=utf-8", "x"));
        assert!(is_page("", "\n<!DOCTYPE HTML><p>"));
        assert!(is_page("text/plain", "<html>"));
        assert!(!is_page("application/json", "{\"a\":\"<html>\"}"));
        assert!(!is_page("", "<ht"));
    }

    proptest! {
        #[test]
        fn nothing_breaks_it(html in "([<>/!&;#x\"' a-z-]|<script>|</title>|é){0,60}") {
            let _ = visible_text(&html);
        }
    }
}
