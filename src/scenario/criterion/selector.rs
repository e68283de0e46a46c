//! Which requests: `of "GET /a"`, `of tag:write`, `of status:5xx`.

use crate::model::{Method, Selector};
use crate::scenario::criterion::lexer::{Token, Tokens};
use crate::scenario::yaml::diagnostic::Mistake;
use crate::scenario::yaml::node::shorten;
use crate::scenario::yaml::source::Span;
use crate::scenario::yaml::suggest::did_you_mean_or_list;

const KINDS: [&str; 4] = ["tag", "task", "class", "status"];

/// Reads `of SELECTOR`, and where it stands; all requests where it is not there.
pub(super) fn read(tokens: &mut Tokens<'_>) -> Result<(Selector, Span), Mistake> {
    let Some(start) = tokens.take(Token::Plain("of")) else {
        return Ok((Selector::All, tokens.here()));
    };
    let selector = selector(tokens)?;
    Ok((selector, Span::new(start.start, tokens.taken_until())))
}

fn selector(tokens: &mut Tokens<'_>) -> Result<Selector, Mistake> {
    let help = "a name in quotes, or tag:, task:, class: or status: with what is meant";
    match tokens.next() {
        Some((Token::Quoted(name), span)) if name.trim().is_empty() => {
            Err(Mistake::new(span, "the name is empty").help(help))
        }
        Some((Token::Quoted(name), _)) => Ok(named(name.trim())),
        Some((Token::Plain(word), span)) => match word.split_once(':') {
            Some((kind, value)) => of_kind(tokens, kind, value, span),
            None => {
                let message = format!("`{}` selects no requests", shorten(word));
                Err(Mistake::new(span, message).help(help))
            }
        },
        other => {
            let span = other.map_or(tokens.here(), |(_, span)| span);
            Err(Mistake::new(span, "`of` needs what is selected").help(help))
        }
    }
}

/// A name, with its method or without.
fn named(name: &str) -> Selector {
    let parts = name.split_once(char::is_whitespace);
    let method = parts.and_then(|(word, rest)| {
        let method = Method::ALL
            .into_iter()
            .find(|method| method.as_str() == word)?;
        Some((method, rest.trim_start()))
    });
    match method {
        Some((method, rest)) => Selector::Name(Some(method), rest.to_owned()),
        None => Selector::Name(None, name.to_owned()),
    }
}

fn of_kind(
    tokens: &mut Tokens<'_>,
    kind: &str,
    value: &str,
    span: Span,
) -> Result<Selector, Mistake> {
    if !KINDS.contains(&kind) {
        let message = format!("there is no selector `{}:`", shorten(kind));
        let help = did_you_mean_or_list(kind, &KINDS);
        return Err(Mistake::new(span, message).help(help));
    }
    // What has blanks in it is quoted: tag:"slow ones".
    let value = match (value, tokens.peek()) {
        ("", Some(Token::Quoted(quoted))) if tokens.here().start == span.end => {
            tokens.next();
            quoted
        }
        (value, _) => value,
    };
    if value.is_empty() {
        let message = format!("`{kind}:` needs what is meant, without a blank in between");
        return Err(Mistake::new(span, message));
    }
    match kind {
        "tag" => Ok(Selector::Tag(value.to_owned())),
        "task" => Ok(Selector::Task(value.to_owned())),
        "class" => Ok(Selector::Class(value.to_owned())),
        _ => statuses(value).ok_or_else(|| {
            let message = format!("`{}` is no status", shorten(value));
            Mistake::new(span, message).help("write status:404, status:5xx or status:500-599")
        }),
    }
}

/// `5xx`, `404`, `500-599`.
fn statuses(text: &str) -> Option<Selector> {
    let status = |text: &str| {
        let digits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        let status: u16 = text.parse().ok().filter(|_| digits)?;
        (100..=599).contains(&status).then_some(status)
    };
    if let Some(class) = text.strip_suffix("xx") {
        let first = status(&format!("{class}00"))?;
        return Some(Selector::Status(first, first + 99));
    }
    match text.split_once('-') {
        Some((first, last)) => {
            let (first, last) = (status(first)?, status(last)?);
            (first <= last).then_some(Selector::Status(first, last))
        }
        None => status(text).map(|status| Selector::Status(status, status)),
    }
}
