//! A message as people read it, without secrets: the lines of its head, the
//! text of its body.

use crate::model::within_line;
use crate::program::request::credentials::mask_credentials;
use crate::program::request::secrets::Secrets;
use crate::program::response::answer_text::TextKind;

/// A body to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageText {
    pub(crate) kind: TextKind,
    /// Its text with its line breaks, without secrets and harmless to show; of a
    /// page what a reader sees. Empty unless it is text.
    pub(crate) text: String,
}

impl Secrets {
    /// The first line and the fields of a head, each harmless to show. Of
    /// credentials and cookies only the names are left.
    pub(crate) fn head_lines(&self, head: &[u8]) -> Vec<String> {
        let text = String::from_utf8_lossy(head);
        let lines = text.lines().filter(|line| !line.is_empty());
        let shown = lines.map(|line| {
            let line = self.mask(line);
            within_line(&masked_field(&line)).into_owned()
        });
        shown.collect()
    }

    /// A decoded body, or its beginning, to be shown.
    pub(crate) fn message_text(
        &self,
        content_type: &str,
        body: &[u8],
        is_whole: bool,
    ) -> MessageText {
        let (kind, text) = self.masked_text(content_type, body, is_whole);
        let lines: Vec<_> = text.lines().map(within_line).collect();
        MessageText {
            kind,
            text: lines.join("\n"),
        }
    }
}

/// A line of a head without what it gives access with. The scheme of
/// credentials, and names and attributes of cookies, say what went wrong.
fn masked_field(line: &str) -> String {
    const MASK: &str = Secrets::MASK;
    let Some((name, value)) = line.split_once(':') else {
        return mask_credentials(line).into_owned();
    };
    let is = |known: &str| name.trim().eq_ignore_ascii_case(known);
    let value = value.trim();
    if is("Set-Cookie") {
        let (pair, attributes) = value.split_at(value.find(';').unwrap_or(value.len()));
        return format!("{name}: {}{attributes}", masked_cookie(pair));
    }
    if is("Cookie") {
        let pairs: Vec<_> = value.split(';').map(masked_cookie).collect();
        return format!("{name}: {}", pairs.join("; "));
    }
    if is("Authorization") || is("Proxy-Authorization") {
        return match value.split_once(' ') {
            Some((scheme, _)) => format!("{name}: {scheme} {MASK}"),
            None => format!("{name}: {MASK}"),
        };
    }
    mask_credentials(line).into_owned()
}

fn masked_cookie(pair: &str) -> String {
    match pair.trim().split_once('=') {
        Some((name, "" | "\"\"")) => format!("{name}="),
        Some((name, _)) => format!("{name}={}", Secrets::MASK),
        None => pair.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_shown_without_what_gives_access() {
        let head = b"POST /a?token=abc123&page=2 HTTP/1.1\r\nHost: shop.test\r\n\
            Authorization: Bearer abc.def\r\nX-Own: it is s3cret-value\r\n\
            Cookie: sid=1; theme=\"\"\r\nSet-Cookie: csrftoken=x; Path=/; HttpOnly\r\n\
            X-Odd: a\x1b[2J\xff\r\n\r\n";
        let lines = Secrets::new(["s3cret-value"]).head_lines(head);
        assert_eq!(
            lines,
            [
                "POST /a?token=***&page=2 HTTP/1.1",
                "Host: shop.test",
                "Authorization: Bearer ***",
                "X-Own: it is ***",
                "Cookie: sid=***; theme=",
                "Set-Cookie: csrftoken=***; Path=/; HttpOnly",
                "X-Odd: a\u{fffd}[2J\u{fffd}",
            ]
        );
    }

    #[test]
    fn a_body_keeps_its_lines() {
        let secrets = Secrets::new(["s3cret-value"]);
        let shown = secrets.message_text("", b"{\n  \"a\": \"s3cret-value\"\n}", true);
        assert_eq!(shown.text, "{\n  \"a\": \"***\"\n}");
        let page = secrets.message_text("text/html", b"<title>T</title><p>a<p>b", true);
        assert_eq!((page.kind, page.text.as_str()), (TextKind::Page, "T: a b"));
        let cut = secrets.message_text("", b"x s3cret-va", false);
        assert_eq!(cut.text, "x ***");
        let binary = secrets.message_text("", &[0; 40], true);
        assert_eq!((binary.kind, binary.text.as_str()), (TextKind::Binary, ""));
    }
}
