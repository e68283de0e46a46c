//! One failing request as it is shown.

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{Phases, latency_text, plural};

/// One of the first failures of its kind: its response, and where its
/// time went. Everything in it is text that a target wrote, without secrets
/// and harmless to show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FailureSample {
    /// When it ended, in seconds since the start.
    pub at_s: f64,
    /// From wanting to send to the end; `None` where nothing was tried.
    pub took_us: Option<u64>,
    /// The status of the response; `None` where no head has come.
    pub status: Option<u16>,
    /// Where the time went.
    pub phases: Phases,
    /// The value that a failed expectation, capture or condition found, such as `found "5" (text)`.
    #[serde(default)]
    pub found: Option<String>,
    /// The target's own id of the request, if it gives one.
    pub request_id: Option<RequestId>,
    /// Those fields of the head that explain something, in their order.
    #[schema(max_items = 12)]
    pub head: Vec<(String, String)>,
    /// The kind of body.
    pub body_kind: BodyKind,
    /// The beginning of its text, on one line; empty where it is none.
    pub body: String,
    /// Whether there is more of it.
    pub body_is_cut: bool,
    /// Bytes of the whole body, as far as it was received.
    pub body_bytes: u64,
}

/// What is shown of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// Nothing: there was none.
    None,
    /// Its text.
    Text,
    /// The text of a page, without tags.
    Page,
    /// Nothing: it is no text.
    Binary,
    /// Nothing: it is compressed, and its beginning does not decode.
    Compressed,
    /// Nothing: when the failure was noticed it was gone.
    NotKept,
}

/// What a target calls a request, to be looked for in its log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestId {
    /// The field of the head that says so.
    pub field: String,
    /// Its value.
    pub value: String,
}

impl FailureSample {
    /// All of it in one line, for reports: status and time, what was found, what
    /// the response said, the id of the request.
    #[must_use]
    pub fn text(&self) -> String {
        let mut words = match (self.status, self.took_us, &self.found) {
            (Some(status), ..) => status.to_string(),
            // What is no request's has nothing but what it found.
            (None, None, Some(found)) => return found.clone(),
            (None, ..) => "no response".to_owned(),
        };
        if let Some(took_us) = self.took_us {
            // Writing to a string does not fail.
            let _ = write!(words, " after {}", latency_text(took_us));
        }
        if let Some(phases) = phase_text(&self.phases) {
            let _ = write!(words, " ({phases})");
        }
        if let Some(found) = &self.found {
            let _ = write!(words, ", {found}");
        }
        let said = self.said();
        if !said.is_empty() {
            let _ = write!(words, ": {said}");
        }
        if let Some(id) = &self.request_id {
            let _ = write!(words, " [{}: {}]", id.field, id.value);
        }
        words
    }

    /// The body, or why it is not shown; empty without a response.
    #[must_use]
    pub fn said(&self) -> String {
        let bytes = plural(self.body_bytes, "byte", "bytes");
        match self.body_kind {
            BodyKind::None if self.status.is_none() => String::new(),
            BodyKind::None => "empty body".to_owned(),
            BodyKind::Text | BodyKind::Page if self.body.is_empty() => {
                format!("{bytes} without text")
            }
            BodyKind::Text | BodyKind::Page if self.body_is_cut => format!("{}…", self.body),
            BodyKind::Text | BodyKind::Page => self.body.clone(),
            BodyKind::Binary => format!("binary, {bytes}"),
            BodyKind::Compressed => format!("compressed, {bytes}"),
            BodyKind::NotKept => format!("{bytes}, not stored"),
        }
    }
}

/// The phases that took time; `None` if there is but one, which is all of it.
fn phase_text(phases: &Phases) -> Option<String> {
    let phases = [
        ("resolve", phases.resolve_us),
        ("connect", phases.connect_us),
        ("TLS", phases.tls_us),
        ("first byte", phases.first_byte_us),
        ("transfer", phases.transfer_us),
    ];
    let took = phases.iter().filter(|(_, us)| *us > 0);
    let words: Vec<_> = took
        .map(|(phase, us)| format!("{phase} {}", latency_text(*us)))
        .collect();
    (words.len() > 1).then(|| words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> FailureSample {
        FailureSample {
            at_s: 1.5,
            took_us: Some(12_300),
            status: Some(500),
            phases: Phases {
                first_byte_us: 12_300,
                ..Phases::default()
            },
            found: None,
            request_id: None,
            head: Vec::new(),
            body_kind: BodyKind::Text,
            body: "{\"error\":\"No active risk model found\"}".to_owned(),
            body_is_cut: false,
            body_bytes: 38,
        }
    }

    #[test]
    fn a_sample_is_one_line() {
        assert_eq!(
            sample().text(),
            "500 after 12.3 ms: {\"error\":\"No active risk model found\"}"
        );
        let found = FailureSample {
            found: Some("found \"5\" (text)".to_owned()),
            ..sample()
        };
        assert_eq!(
            found.text(),
            "500 after 12.3 ms, found \"5\" (text): {\"error\":\"No active risk model found\"}"
        );
        let with_id = FailureSample {
            request_id: Some(RequestId {
                field: "x-request-id".to_owned(),
                value: "7f3a".to_owned(),
            }),
            body_is_cut: true,
            body: "Oops".to_owned(),
            ..sample()
        };
        assert_eq!(
            with_id.text(),
            "500 after 12.3 ms: Oops… [x-request-id: 7f3a]"
        );
        let unanswered = FailureSample {
            took_us: Some(2_000_000),
            status: None,
            phases: Phases {
                connect_us: 900,
                tls_us: 1_999_100,
                ..Phases::default()
            },
            body_kind: BodyKind::None,
            body: String::new(),
            ..sample()
        };
        assert_eq!(
            unanswered.text(),
            "no response after 2.00 s (connect 0.900 ms, TLS 2.00 s)"
        );
    }

    #[test]
    fn what_cannot_be_shown_says_why() {
        let of = |body_kind| {
            let sample = FailureSample {
                body_kind,
                body: String::new(),
                ..sample()
            };
            sample.said()
        };
        assert_eq!(of(BodyKind::None), "empty body");
        assert_eq!(of(BodyKind::Page), "38 bytes without text");
        assert_eq!(of(BodyKind::Binary), "binary, 38 bytes");
        assert_eq!(of(BodyKind::Compressed), "compressed, 38 bytes");
        assert_eq!(of(BodyKind::NotKept), "38 bytes, not stored");
    }
}
