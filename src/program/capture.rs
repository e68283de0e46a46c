//! Taking values out of answers.

use regex::bytes::Regex;

use crate::model::SlotId;
use crate::program::json_path::JsonPath;
use crate::program::request::Answer;
use crate::program::variables::Variables;

/// A value to take out of an answer.
#[derive(Clone, Debug)]
pub struct Capture {
    /// The variable it goes to.
    pub slot: SlotId,
    /// Where it is found.
    pub source: CaptureSource,
    /// What the failure is called when there is nothing; index into the program's texts.
    pub text: u16,
}

/// Where a captured value is found; the first match counts.
#[derive(Clone, Debug)]
pub enum CaptureSource {
    /// In a JSON body.
    Json(JsonPath),
    /// In a header of this name.
    Header(Box<str>),
    /// In a cookie that the answer sets.
    Cookie(Box<str>),
    /// In the body; the first group, else the whole match.
    Regex(Regex),
    /// Nowhere: the variable is unset again.
    Forget,
}

/// Nothing was found.
#[derive(Debug)]
pub(super) struct NotFound;

impl Capture {
    pub(super) fn take(
        &self,
        answer: &Answer<'_>,
        variables: &mut Variables,
    ) -> Result<(), NotFound> {
        match &self.source {
            CaptureSource::Json(path) => {
                let json = path.first(answer.body).ok_or(NotFound)?;
                variables.set_json(self.slot, &json);
            }
            CaptureSource::Header(name) => {
                let value = fields(answer.head, name.as_bytes())
                    .next()
                    .ok_or(NotFound)?;
                let value = std::str::from_utf8(value).map_err(|_| NotFound)?;
                variables.set_text(self.slot, value);
            }
            CaptureSource::Cookie(name) => {
                let value = fields(answer.head, b"set-cookie")
                    .filter_map(|field| std::str::from_utf8(field).ok())
                    .find_map(|field| cookie(field, name))
                    .ok_or(NotFound)?;
                variables.set_text(self.slot, value);
            }
            CaptureSource::Regex(regex) => {
                let found = regex.captures(answer.body).ok_or(NotFound)?;
                let found = found.get(1).or_else(|| found.get(0)).ok_or(NotFound)?;
                let text = std::str::from_utf8(found.as_bytes()).map_err(|_| NotFound)?;
                variables.set_text(self.slot, text);
            }
            CaptureSource::Forget => variables.unset(self.slot),
        }
        Ok(())
    }

    /// Whether it reads the head of an answer.
    pub(super) fn wants_head(&self) -> bool {
        matches!(
            self.source,
            CaptureSource::Header(_) | CaptureSource::Cookie(_)
        )
    }

    /// Whether it reads the body of an answer.
    pub(super) fn wants_body(&self) -> bool {
        matches!(
            self.source,
            CaptureSource::Json(_) | CaptureSource::Regex(_)
        )
    }
}

/// The trimmed values of the fields of this name, in order.
fn fields<'a>(head: &'a [u8], name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    head.split(|byte| *byte == b'\n')
        .skip(1)
        .filter_map(move |line| {
            let (field, value) = line.split_at_checked(name.len())?;
            let value = value.strip_prefix(b":")?;
            field.eq_ignore_ascii_case(name).then(|| value.trim_ascii())
        })
}

/// The value of a `Set-Cookie` field, if it is for this cookie.
fn cookie<'a>(field: &'a str, name: &str) -> Option<&'a str> {
    let pair = field.split(';').next()?;
    let (found, value) = pair.split_once('=')?;
    let value = value.trim();
    let unquoted = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    (found.trim() == name).then_some(unquoted.unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nX-Id:  42 \r\nX-Id-2: no\r\n\
        Set-Cookie: a=1; Path=/\r\nset-cookie: sid=\"s 3\"; HttpOnly\r\n\r\n";

    fn take(source: CaptureSource) -> Option<String> {
        let mut variables = Variables::new(1);
        let answer = Answer {
            status: 200,
            head: HEAD,
            body: b"<input name=\"t\" value=\"abc\"> {",
            service_time_us: 1,
        };
        let capture = Capture {
            slot: SlotId(0),
            source,
            text: 0,
        };
        capture.take(&answer, &mut variables).ok()?;
        variables.text(SlotId(0)).map(|text| text.into_owned())
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
    }
}
