//! Taking values out of answers.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, percent_encode};
use regex::bytes::{Captures, Regex};
use scraper::{ElementRef, Selector};

use crate::model::SlotId;
use crate::program::code::variables::Variables;
use crate::program::expr::value::Value;
use crate::program::json::path::JsonPath;
use crate::program::request::encoding;
use crate::program::request::encoding::Encoding;
use crate::program::response::body_text::{Reading, readable};
use crate::program::response::response_view::ResponseView;

/// Nothing that is ASCII: what is not is always encoded.
const NON_ASCII: &AsciiSet = &AsciiSet::EMPTY;

/// A value to take out of an answer.
#[derive(Clone, Debug)]
pub struct Capture {
    /// The variable it goes to.
    pub(crate) slot: SlotId,
    /// Where it is found.
    pub(crate) source: CaptureSource,
    /// Which of several matches counts.
    pub(crate) pick: Pick,
    /// The JSON of the value where nothing is found; without it that is a failure.
    pub(crate) default: Option<Box<str>>,
    /// What the failure is called when there is nothing; index into the program's texts.
    pub(crate) text: u16,
}

/// Where a captured value is found.
#[derive(Clone, Debug)]
pub enum CaptureSource {
    /// In a JSON body.
    Json(JsonPath),
    /// In a header of this name, of the last answer of a redirect chain that has it.
    Header(Box<str>),
    /// In a cookie, of the last answer of a redirect chain that sets it.
    Cookie(Box<str>),
    /// In the body; the first group, else the whole match.
    Regex(Regex),
    /// In an HTML body: the text of an element, or one of its attributes.
    Css(Box<Selector>, Option<Box<str>>),
    /// The whole body, as text.
    Body,
    /// The status, as a number.
    Status,
    /// Nowhere: the variable is unset again.
    Forget,
}

/// Which of several matches is captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Pick {
    /// The first.
    #[default]
    First,
    /// The one with this number, from 0.
    Nth(usize),
    /// The last.
    Last,
    /// Any of them.
    Random,
    /// All of them, as a list.
    All,
}

/// The field in which an answer sets cookies.
const SET_COOKIE: &str = "set-cookie";

/// Nothing was found.
#[derive(Debug)]
pub(crate) struct NotFound;

/// A match.
enum Match<'s> {
    Text(Cow<'s, str>),
    /// Text, if it is UTF-8.
    Bytes(&'s [u8]),
    Json(Cow<'s, str>),
}

impl Capture {
    pub(crate) fn take(
        &self,
        seen: &ResponseView<'_>,
        variables: &mut Variables,
        rng: &mut fastrand::Rng,
    ) -> Result<(), NotFound> {
        let found = match (&self.source, self.pick) {
            (CaptureSource::Forget, _) => {
                variables.unset(self.slot);
                return Ok(());
            }
            (CaptureSource::Status, _) => {
                variables.set_int(self.slot, i64::from(seen.answer.status));
                return Ok(());
            }
            (source, Pick::First) => source.first(seen),
            (source, pick) => chosen(source.all(seen), pick, rng),
        };
        match (found, &self.default) {
            (Some(Match::Text(text)), _) if self.is_guess(seen) => {
                variables.set_guessed(self.slot, &text);
            }
            (Some(Match::Text(text)), _) => variables.set_text(self.slot, &text),
            (Some(Match::Bytes(bytes)), _) => variables.set_bytes(self.slot, bytes),
            (Some(Match::Json(json)), _) => {
                variables.set_json(self.slot, &json);
                if !variables.is_set(self.slot) && !variables.is_too_large(self.slot) {
                    return Err(NotFound);
                }
            }
            (None, Some(json)) => variables.set_json(self.slot, json),
            (None, None) if self.may_be_empty(seen) => variables.set_json(self.slot, "[]"),
            (None, None) => return Err(NotFound),
        }
        Ok(())
    }

    /// The address of the answer that it takes something from.
    pub(crate) fn address<'a>(&self, seen: &ResponseView<'a>) -> &'a str {
        match &self.source {
            CaptureSource::Header(name) => seen.address_in_chain(name, |_| true),
            CaptureSource::Cookie(name) => {
                seen.address_in_chain(SET_COOKIE, |field| cookie(field, name).is_some())
            }
            _ => seen.answer.url,
        }
    }

    /// Whether nothing found is an empty list of all matches. What is no JSON
    /// has no list of values, not even an empty one.
    fn may_be_empty(&self, seen: &ResponseView<'_>) -> bool {
        self.pick == Pick::All
            && match &self.source {
                CaptureSource::Json(path) => seen.all_json(path).is_ok(),
                _ => true,
            }
    }

    /// Whether it takes text of a body that does not say what it is.
    fn is_guess(&self, seen: &ResponseView<'_>) -> bool {
        matches!(
            self.source,
            CaptureSource::Regex(_) | CaptureSource::Css(..)
        ) && seen.reading() == Reading::Guessed
    }

    /// The JSON path that it takes one match of.
    pub(crate) fn path(&self) -> Option<&JsonPath> {
        match (&self.source, self.pick) {
            (CaptureSource::Json(path), Pick::First) => Some(path),
            _ => None,
        }
    }

    /// Whether it reads the head of an answer.
    pub(crate) fn wants_head(&self) -> bool {
        matches!(
            self.source,
            CaptureSource::Header(_) | CaptureSource::Cookie(_)
        )
    }

    /// Whether it reads the body of an answer.
    pub(crate) fn wants_body(&self) -> bool {
        matches!(
            self.source,
            CaptureSource::Json(_)
                | CaptureSource::Regex(_)
                | CaptureSource::Css(..)
                | CaptureSource::Body
        )
    }
}

impl CaptureSource {
    fn first<'s>(&'s self, seen: &'s ResponseView<'_>) -> Option<Match<'s>> {
        Some(match self {
            Self::Json(path) => Match::Json(seen.json(path)?.into()),
            Self::Header(name) => seen.first_in_chain(name, |value| Some(field(name, value)))?,
            Self::Cookie(name) => {
                seen.first_in_chain(SET_COOKIE, |field| cookie(field, name).map(Match::Bytes))?
            }
            Self::Regex(regex) => regex
                .captures_iter(seen.text())
                .find_map(|found| group(&found))
                .map(text_or_bytes)?,
            Self::Css(selector, attribute) => {
                let attribute = attribute.as_deref();
                let mut elements = seen.html()?.select(selector);
                elements.find_map(|element| content(element, attribute))?
            }
            Self::Body if seen.reading() == Reading::Guessed => Match::Bytes(seen.answer.body),
            Self::Body => Match::Bytes(seen.text()),
            Self::Status | Self::Forget => return None,
        })
    }

    fn all<'s>(&'s self, seen: &'s ResponseView<'_>) -> Vec<Match<'s>> {
        match self {
            Self::Json(path) => {
                let found = seen.all_json(path).unwrap_or_default();
                found
                    .into_iter()
                    .map(|json| Match::Json(json.into()))
                    .collect()
            }
            Self::Header(name) => seen.all_in_chain(name, |value| Some(field(name, value))),
            Self::Cookie(name) => {
                seen.all_in_chain(SET_COOKIE, |field| cookie(field, name).map(Match::Bytes))
            }
            Self::Regex(regex) => regex
                .captures_iter(seen.text())
                .filter_map(|found| group(&found))
                .map(text_or_bytes)
                .collect(),
            Self::Css(selector, attribute) => seen
                .html()
                .into_iter()
                .flat_map(|html| html.select(selector))
                .filter_map(|element| content(element, attribute.as_deref()))
                .collect(),
            Self::Body | Self::Status | Self::Forget => self.first(seen).into_iter().collect(),
        }
    }
}

/// The match that counts, or all of them as a list.
fn chosen<'s>(mut found: Vec<Match<'s>>, pick: Pick, rng: &mut fastrand::Rng) -> Option<Match<'s>> {
    if found.is_empty() {
        return None;
    }
    match pick {
        Pick::First => found.into_iter().next(),
        Pick::Nth(index) => found.into_iter().nth(index),
        Pick::Last => found.pop(),
        Pick::Random => Some(found.swap_remove(rng.usize(..found.len()))),
        Pick::All => {
            let mut json = Vec::from(b"[");
            for (index, one) in found.into_iter().enumerate() {
                if index > 0 {
                    json.push(b',');
                }
                let value = match one {
                    Match::Text(text) => Value::Text(text),
                    Match::Bytes(bytes) => Value::Text(readable(bytes)),
                    Match::Json(json) => Value::Json(json),
                };
                encoding::write(&mut json, &value, Encoding::JsonValue).ok()?;
            }
            json.push(b']');
            String::from_utf8(json)
                .ok()
                .map(|json| Match::Json(json.into()))
        }
    }
}

fn group<'s>(found: &Captures<'s>) -> Option<&'s [u8]> {
    Some(found.get(1).or_else(|| found.get(0))?.as_bytes())
}

fn text_or_bytes(bytes: &[u8]) -> Match<'_> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Match::Text(text.into()),
        Err(_) => Match::Bytes(bytes),
    }
}

/// The trimmed text of an element, or an attribute of it, if it has it.
fn content<'s>(element: ElementRef<'s>, attribute: Option<&str>) -> Option<Match<'s>> {
    match attribute {
        Some(attribute) => Some(Match::Text(element.attr(attribute)?.into())),
        None => {
            let text: String = element.text().collect();
            Some(Match::Text(text.trim().to_owned().into()))
        }
    }
}

/// The value of a header field. The bytes of an address that are no UTF-8 are
/// percent-encoded, as they are when a redirect leads there.
fn field<'s>(name: &str, value: &'s [u8]) -> Match<'s> {
    let is_address = ["location", "content-location"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known));
    if is_address && str::from_utf8(value).is_err() {
        return Match::Text(percent_encode(value, NON_ASCII).into());
    }
    Match::Bytes(value)
}

/// The value of a `Set-Cookie` field, if it is for this cookie.
fn cookie<'a>(field: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let pair = field.split(|&byte| byte == b';').next()?;
    let equals = pair.iter().position(|&byte| byte == b'=')?;
    let (found, value) = (pair.get(..equals)?, pair.get(equals + 1..)?.trim_ascii());
    let unquoted = value
        .strip_prefix(b"\"")
        .and_then(|v| v.strip_suffix(b"\""));
    (found.trim_ascii() == name.as_bytes()).then_some(unquoted.unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RedirectHop;
    use crate::program::ReceivedResponse;

    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nX-Id:  42 \r\nX-Id-2: no\r\n\
        Set-Cookie: a=1; Path=/\r\nset-cookie: sid=\"s 3\"; HttpOnly\r\n\
        Set-Cookie: a=2\r\n\r\n";
    const BODY: &[u8] = b"<input name=\"t\" value=\"abc\"><ul><li> one<b>!</b>\
        <li class=x>two<li value=3>three</ul> {";

    fn picked(source: CaptureSource, pick: Pick, default: Option<&str>) -> Option<String> {
        let mut variables = Variables::new(1);
        let answer = ReceivedResponse {
            status: 200,
            head: HEAD,
            earlier: &[],
            body: BODY,
            url: "",
            body_size: BODY.len() as u64,
            charset: None,
            service_time_us: 1,
        };
        let capture = Capture {
            slot: SlotId(0),
            source,
            pick,
            default: default.map(Into::into),
            text: 0,
        };
        let mut rng = fastrand::Rng::with_seed(1);
        capture
            .take(&ResponseView::new(&answer, &[]), &mut variables, &mut rng)
            .ok()?;
        variables.text(SlotId(0)).map(Cow::into_owned)
    }

    fn take(source: CaptureSource) -> Option<String> {
        picked(source, Pick::First, None)
    }

    fn css(selector: &str, attribute: Option<&str>) -> CaptureSource {
        let selector = Selector::parse(selector).unwrap();
        CaptureSource::Css(Box::new(selector), attribute.map(Into::into))
    }

    #[test]
    fn takes_the_first_match() {
        let header = |name: &str| take(CaptureSource::Header(name.into()));
        assert_eq!(header("x-id").as_deref(), Some("42"));
        assert_eq!(header("id"), None);
        let cookie = |name: &str| take(CaptureSource::Cookie(name.into()));
        assert_eq!(cookie("sid").as_deref(), Some("s 3"));
        assert_eq!(cookie("id"), None);
        let regex = |pattern: &str| take(CaptureSource::Regex(Regex::new(pattern).unwrap()));
        assert_eq!(regex("value=\"(.*?)\"").as_deref(), Some("abc"));
        assert_eq!(regex("na..").as_deref(), Some("name"));
        assert_eq!(
            take(CaptureSource::Json(JsonPath::parse("$.a").unwrap())),
            None
        );
        assert_eq!(take(CaptureSource::Status).as_deref(), Some("200"));
        assert_eq!(take(CaptureSource::Body).unwrap().as_bytes(), BODY);
    }

    #[test]
    fn reads_html_as_browsers_do() {
        let value = take(css("input[name=t]", Some("value")));
        assert_eq!(value.as_deref(), Some("abc"));
        assert_eq!(take(css("li", None)).as_deref(), Some("one!"));
        assert_eq!(take(css("li", Some("value"))).as_deref(), Some("3"));
        assert_eq!(take(css("form", None)), None);
    }

    #[test]
    fn a_page_deeper_than_browsers_go_holds_nothing() {
        let found = |depth: usize| {
            let body = "<div>".repeat(depth) + "<p>here";
            let answer = ReceivedResponse {
                status: 200,
                head: b"",
                earlier: &[],
                body: body.as_bytes(),
                url: "",
                body_size: body.len() as u64,
                charset: None,
                service_time_us: 1,
            };
            css("p", None)
                .first(&ResponseView::new(&answer, &[]))
                .is_some()
        };
        assert!(found(500));
        assert!(!found(1_000_000), "and says so at once");
    }

    #[test]
    fn picks_among_several() {
        let li = |pick| picked(css("li", None), pick, None);
        assert_eq!(li(Pick::Nth(1)).as_deref(), Some("two"));
        assert_eq!(li(Pick::Nth(3)), None);
        assert_eq!(li(Pick::Last).as_deref(), Some("three"));
        assert_eq!(li(Pick::All).as_deref(), Some(r#"["one!","two","three"]"#));
        let any = li(Pick::Random).unwrap();
        assert!(["one!", "two", "three"].contains(&&*any), "{any}");
        let cookie = picked(CaptureSource::Cookie("a".into()), Pick::Last, None);
        assert_eq!(cookie.as_deref(), Some("2"));
    }

    #[test]
    fn a_default_stands_in() {
        let missing = || CaptureSource::Header("x".into());
        let default = picked(missing(), Pick::First, Some("[1]"));
        assert_eq!(default.as_deref(), Some("[1]"));
        assert_eq!(
            picked(missing(), Pick::All, Some("\"t\"")).as_deref(),
            Some("t")
        );
        let found = picked(CaptureSource::Header("x-id".into()), Pick::Last, Some("0"));
        assert_eq!(found.as_deref(), Some("42"));
    }

    #[test]
    fn a_redirect_chain_is_read_from_its_end() {
        let redirect = |url: &str, fields: &str| RedirectHop {
            url: url.to_owned(),
            head: format!("HTTP/1.1 302 Match\r\n{fields}\r\n\r\n").into_bytes(),
        };
        let earlier = [
            redirect(
                "http://one/",
                "Set-Cookie: csrf=old\r\nSet-Cookie: sid=1\r\nLocation: /a",
            ),
            redirect("http://two/", "Set-Cookie: csrf=new\r\nLocation: /b"),
        ];
        let answer = ReceivedResponse {
            status: 200,
            head: b"HTTP/1.1 200 OK\r\nSet-Cookie: lang=de\r\nX-Id: 7\r\n\r\n",
            earlier: &earlier,
            body: b"",
            url: "http://three/",
            body_size: 0,
            charset: None,
            service_time_us: 1,
        };
        let seen = ResponseView::new(&answer, &[]);
        let taken = |source: CaptureSource| {
            let texts = source.all(&seen).into_iter().map(|found| match found {
                Match::Text(text) | Match::Json(text) => text.into_owned(),
                Match::Bytes(bytes) => readable(bytes).into_owned(),
            });
            let texts = texts.collect::<Vec<_>>().join(" ");
            let capture = Capture {
                slot: SlotId(0),
                source,
                pick: Pick::First,
                default: None,
                text: 0,
            };
            format!("{texts} of {}", capture.address(&seen))
        };
        for (name, expected) in [
            ("csrf", "new of http://two/"),
            ("sid", "1 of http://one/"),
            ("lang", "de of http://three/"),
            ("none", " of http://three/"),
        ] {
            assert_eq!(taken(CaptureSource::Cookie(name.into())), expected);
        }
        for (name, expected) in [
            ("Location", "/b of http://two/"),
            ("x-id", "7 of http://three/"),
            ("X-None", " of http://three/"),
        ] {
            assert_eq!(taken(CaptureSource::Header(name.into())), expected);
        }
    }
}
