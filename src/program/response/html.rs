//! How deep a page is nested, before it is parsed: parsing takes a time that
//! grows with the depth, and a shard must not stand still for a strange answer.

use memchr::memmem;

/// Browsers nest no deeper than this.
const MAX_DEPTH: usize = 512;

/// Elements without content, and those that another of their kind ends.
const SHALLOW: [&[u8]; 30] = [
    b"area",
    b"base",
    b"body",
    b"br",
    b"col",
    b"dd",
    b"dt",
    b"embed",
    b"head",
    b"hr",
    b"html",
    b"img",
    b"input",
    b"li",
    b"link",
    b"meta",
    b"optgroup",
    b"option",
    b"p",
    b"param",
    b"source",
    b"tbody",
    b"td",
    b"tfoot",
    b"th",
    b"thead",
    b"tr",
    b"track",
    b"wbr",
    b"image",
];

/// Elements whose content is text, whatever it looks like.
const TEXT: [&[u8]; 4] = [b"script", b"style", b"textarea", b"title"];

/// Whether more elements stay open than a page can have. An estimate that does
/// not build anything: linear in the length of the text.
pub(super) fn is_too_deep(html: &[u8]) -> bool {
    let mut depth = 0_usize;
    // Only there does `/>` end an element.
    let mut foreign = 0_usize;
    let mut rest = html;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix(b"!--") {
            rest = after(comment, b"-->");
            continue;
        }
        let (is_end, tag) = match rest.strip_prefix(b"/") {
            Some(tag) => (true, tag),
            None => (false, rest),
        };
        if !tag.first().is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let len = tag
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-');
        let (name, after_name) = tag.split_at(len.unwrap_or(tag.len()));
        let is = |names: &[&[u8]]| names.iter().any(|one| name.eq_ignore_ascii_case(one));
        if is(&SHALLOW) {
            continue;
        }
        let is_foreign = is(&[b"svg", b"math"]);
        if is_end {
            depth = depth.saturating_sub(1);
            foreign = foreign.saturating_sub(usize::from(is_foreign));
            continue;
        }
        if is(&TEXT) {
            rest = after_end_tag(after_name, name);
            continue;
        }
        let is_closed = foreign > 0 && is_self_closing(after_name);
        if !is_closed {
            depth += 1;
            foreign += usize::from(is_foreign);
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

/// Whether the tag whose attributes begin here ends with `/>`.
fn is_self_closing(attributes: &[u8]) -> bool {
    // Longer ones would make the time that this takes grow with their square.
    const LONGEST: usize = 4_096;
    let mut near = attributes.iter().take(LONGEST);
    let end = near.position(|byte| *byte == b'>');
    end.is_some_and(|end| attributes[..end].ends_with(b"/"))
}

/// What comes after the first `needle`.
fn after<'h>(html: &'h [u8], needle: &[u8]) -> &'h [u8] {
    let at = memmem::find(html, needle);
    at.map_or(&[], |at| &html[at + needle.len()..])
}

/// What comes after `</name`; nothing if it never ends, as then all is text.
fn after_end_tag<'h>(html: &'h [u8], name: &[u8]) -> &'h [u8] {
    let len = name.len() + 2;
    let is_end =
        |window: &[u8]| window.starts_with(b"</") && window[2..].eq_ignore_ascii_case(name);
    let at = html.windows(len).position(is_end);
    at.map_or(&[], |at| &html[at + len..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_not_deep() {
        for (part, is_deep) in [
            ("<div>", true),
            ("<DIV class='a'>x", true),
            ("<div/>", true),
            ("<div></div>", false),
            ("<br><p>a<li>b<img src=x>", false),
            ("<tr><td>x", false),
            ("a < b <3 ", false),
            ("<script>'<div>'</script>", false),
            ("<!-- <div> -->", false),
            ("<svg><path d=''/><g/></svg>", false),
            ("</div>", false),
        ] {
            assert_eq!(
                is_too_deep(part.repeat(2_000).as_bytes()),
                is_deep,
                "{part}"
            );
        }
        let icon = format!("<svg>{}</svg>", "<path/>".repeat(5_000));
        assert!(!is_too_deep(icon.as_bytes()));
        assert!(!is_too_deep("<div>".repeat(500).as_bytes()));
    }
}
