//! The samples of failures that a run keeps.

use std::collections::HashMap;
use std::sync::Arc;

use crate::client::decode_beginning;
use crate::model::{Failure, NameId, SAMPLE_BODY_BYTES};
use crate::program::{Program, Secrets, TextKind};
use crate::run::stats::failure_sample::{BodyKind, FailureSample, RequestId};
use crate::run::stats::tables::seconds;
use crate::stats::{RawSample, RawSamples};
use crate::verdict::Quote;

/// Samples of one kind of failure of one name.
const PER_KIND: usize = 3;
/// Samples of a run.
const MOST: usize = 300;
/// Fields of a head that are shown.
const MOST_FIELDS: usize = 12;
/// The longest value of one, in characters.
const VALUE_CHARS: usize = 200;

/// Fields that may explain a failure.
const FIELDS: [&str; 13] = [
    "content-type",
    "content-encoding",
    "location",
    "retry-after",
    "www-authenticate",
    "proxy-authenticate",
    "allow",
    "server",
    "via",
    "x-cache",
    "x-powered-by",
    "x-error-code",
    "grpc-message",
];

/// The prefixes of those that tell of a limit.
const LIMITS: [&str; 2] = ["x-ratelimit-", "ratelimit"];

/// Fields in which targets and what stands before them name a request, the
/// most usual first.
const REQUEST_IDS: [&str; 15] = [
    "x-request-id",
    "request-id",
    "x-correlation-id",
    "correlation-id",
    "x-trace-id",
    "traceparent",
    "x-b3-traceid",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-amz-request-id",
    "x-amz-cf-id",
    "x-cloud-trace-context",
    "x-ms-request-id",
    "x-azure-ref",
    "cf-ray",
];

/// One way in which one name fails.
type Kind = (NameId, Failure);

/// The first failures of each kind. When it is full, the first of a kind takes
/// the place of a further one of another; when all are first ones, what comes
/// is skipped.
///
/// Clones are cheap, and stay as they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples {
    kinds: Arc<HashMap<Kind, Vec<Arc<FailureSample>>>>,
    count: usize,
}

impl Samples {
    /// Takes in those of an interval.
    pub(crate) fn add(&mut self, program: &Program, raw: &RawSamples) {
        for (row, head, body) in raw.iter() {
            self.add_one(row, || {
                let secrets = program.secrets_and(&row.answer.hidden);
                let (found, compared) = (&row.answer.found, row.answer.compared.as_ref());
                let words = |found| program.actual_text(row.failure, found, compared, &secrets);
                FailureSample {
                    found: found.as_ref().map(words),
                    ..sample(&secrets, row, head, body)
                }
            });
        }
    }

    /// The samples of a kind, the earliest first.
    pub(crate) fn of(&self, name: NameId, failure: Failure) -> &[Arc<FailureSample>] {
        let kind = self.kinds.get(&(name, failure));
        kind.map(Vec::as_slice).unwrap_or_default()
    }

    /// The text of the first response of each kind.
    pub(crate) fn quotes(&self) -> Vec<Quote> {
        let first = |(&(name, failure), samples): (&Kind, &Vec<Arc<FailureSample>>)| {
            let sample = samples.first().filter(|one| !one.body.is_empty())?;
            let text = sample.said();
            Some(Quote {
                name,
                failure,
                text,
            })
        };
        self.kinds.iter().filter_map(first).collect()
    }

    fn add_one(&mut self, row: &RawSample, sample: impl FnOnce() -> FailureSample) {
        let key = (row.name, row.failure);
        let known = self.of(key.0, key.1);
        let at_s = seconds(row.ended_us);
        // Shards report one after the other: a later one may bring an earlier failure.
        let at = known.partition_point(|one| one.at_s <= at_s);
        if at >= PER_KIND {
            return;
        }
        if known.len() >= PER_KIND || (self.count >= MOST && !known.is_empty()) {
            // Within the kind the earlier one is worth more.
            if at >= known.len() {
                return;
            }
            self.pop(key);
        } else if self.count >= MOST {
            let Some(repeated) = self.a_repeated_kind() else {
                return;
            };
            self.pop(repeated);
        }
        let sample = Arc::new(sample());
        let kinds = Arc::make_mut(&mut self.kinds);
        kinds.entry(key).or_default().insert(at, sample);
        self.count += 1;
    }

    fn pop(&mut self, key: Kind) {
        let kind = Arc::make_mut(&mut self.kinds).get_mut(&key);
        let popped = kind.and_then(Vec::pop);
        self.count -= usize::from(popped.is_some());
    }

    /// A kind with more than one sample: that with the most, the last by its key
    /// among equals.
    fn a_repeated_kind(&self) -> Option<Kind> {
        let kinds = self.kinds.iter().filter(|(_, samples)| samples.len() > 1);
        let most = kinds.max_by_key(|(key, samples)| (samples.len(), **key));
        most.map(|(key, _)| *key)
    }
}

/// The sample shown for a failure.
fn sample(secrets: &Secrets, row: &RawSample, head: &[u8], body: &[u8]) -> FailureSample {
    let head = fields(head);
    let value = |name: &str| {
        let found = head.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    };
    let shown = head
        .iter()
        .filter(|(name, _)| is_shown(name))
        .take(MOST_FIELDS)
        .map(|(name, value)| (name.clone(), secrets.foreign_text(value, VALUE_CHARS)));
    let request_id = REQUEST_IDS.iter().find_map(|field| {
        value(field).map(|value| RequestId {
            field: (*field).to_owned(),
            value: secrets.foreign_text(value, VALUE_CHARS),
        })
    });
    let answer = &row.answer;
    let coding = value("content-encoding").filter(|_| !answer.is_decoded);
    // Without a response there is no body that was counted.
    let body_bytes = match answer.body_bytes {
        0 => body.len() as u64,
        counted => counted,
    };
    let has_all = answer.is_decoded || body.len() as u64 == body_bytes;
    let is_whole = has_all && body.len() < SAMPLE_BODY_BYTES;
    let decoded = match coding {
        Some(coding) if !body.is_empty() => decode_beginning(coding, body),
        _ => Some(body.to_vec()),
    };
    let content_type = value("content-type").unwrap_or_default();
    let (body_kind, text, body_is_cut) = match decoded {
        _ if body_bytes == 0 => (BodyKind::None, String::new(), false),
        _ if body.is_empty() => (BodyKind::NotKept, String::new(), false),
        None => (BodyKind::Compressed, String::new(), false),
        Some(decoded) => {
            let said = secrets.answer_text(content_type, &decoded, is_whole);
            (said.kind.into(), said.text, said.is_cut)
        }
    };
    FailureSample {
        at_s: seconds(row.ended_us),
        took_us: row.service_us,
        status: (answer.status > 0).then_some(answer.status),
        phases: row.phases,
        found: None,
        request_id,
        head: shown.collect(),
        body_kind,
        body: text,
        body_is_cut,
        body_bytes,
    }
}

impl From<TextKind> for BodyKind {
    fn from(kind: TextKind) -> Self {
        match kind {
            TextKind::Text => Self::Text,
            TextKind::Page => Self::Page,
            TextKind::Binary => Self::Binary,
        }
    }
}

fn is_shown(name: &str) -> bool {
    FIELDS.contains(&name) || LIMITS.iter().any(|limit| name.starts_with(limit))
}

/// The whole lines of the beginning of a head, names in small letters.
fn fields(head: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(head);
    // What has no line break behind it may have been cut off.
    let lines = text.split_inclusive('\n').skip(1);
    let whole = lines.filter(|line| line.ends_with('\n'));
    let pairs = whole.filter_map(|line| line.split_once(':'));
    pairs
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CopiedAnswer, Phases};

    fn row(name: u16, status: u16, ended_us: u64) -> RawSample {
        RawSample {
            name: NameId(name),
            failure: Failure::Status(status),
            ended_us,
            service_us: Some(7),
            phases: Phases::default(),
            answer: CopiedAnswer {
                status,
                ..CopiedAnswer::default()
            },
        }
    }

    fn shown(row: &RawSample, head: &[u8], body: &[u8]) -> FailureSample {
        sample(&Secrets::default(), row, head, body)
    }

    fn add(samples: &mut Samples, row: &RawSample) {
        samples.add_one(row, || shown(row, b"", b""));
    }

    fn moments_us(samples: &Samples, name: u16, status: u16) -> Vec<u64> {
        let of = samples.of(NameId(name), Failure::Status(status)).iter();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small"
        )]
        of.map(|one| (one.at_s * 1e6).round() as u64).collect()
    }

    #[test]
    fn the_earliest_of_a_kind_are_kept_in_whatever_order_shards_report() {
        let mut samples = Samples::default();
        for at_us in [50, 10, 40, 20, 60, 30] {
            add(&mut samples, &row(0, 500, at_us));
        }
        assert_eq!(moments_us(&samples, 0, 500), [10, 20, 30]);
        assert_eq!(samples.count, 3);
    }

    #[test]
    fn a_full_store_prefers_the_first_of_a_kind() {
        let mut samples = Samples::default();
        for kind in 0..100 {
            for at_us in 0..3 {
                add(&mut samples, &row(kind, 500, at_us));
            }
        }
        assert_eq!(samples.count, MOST);
        for kind in 100..310 {
            add(&mut samples, &row(kind, 500, 5));
        }
        assert_eq!(samples.count, MOST);
        let kinds = (0..310).filter(|&kind| !moments_us(&samples, kind, 500).is_empty());
        assert_eq!(
            kinds.count(),
            MOST,
            "one of each until it is full of first ones"
        );
        let firsts = (0..100).all(|kind| moments_us(&samples, kind, 500) == [0]);
        assert!(firsts, "what gave way were further ones");
    }

    #[test]
    fn clones_stay_as_they_are() {
        let mut samples = Samples::default();
        add(&mut samples, &row(0, 500, 1));
        let before = samples.clone();
        add(&mut samples, &row(0, 500, 2));
        assert_eq!(moments_us(&before, 0, 500), [1]);
        assert_eq!(moments_us(&samples, 0, 500), [1, 2]);
    }

    #[test]
    fn fields_that_explain_are_shown_and_no_others() {
        let head = b"HTTP/1.1 429 Too Many\r\nSet-Cookie: sid=1\r\nX-RateLimit-Reset: 5\r\nRetry-After: 3\r\n\
            CF-Ray: abc\r\nX-Request-ID: one\r\nLocation: /login?token=abc\r\nVia: cut o";
        let shown = shown(&row(0, 429, 1), head, b"");
        let fields: Vec<_> = shown
            .head
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        assert_eq!(
            fields,
            [
                ("x-ratelimit-reset", "5"),
                ("retry-after", "3"),
                ("location", "/login?token=***")
            ]
        );
        let id = shown.request_id.expect("an id");
        assert_eq!((&*id.field, &*id.value), ("x-request-id", "one"));
    }

    #[test]
    fn a_body_is_told_by_what_there_is_of_it() {
        let of = |head: &[u8], body: &[u8], body_bytes: u64, is_decoded| {
            let mut row = row(0, 500, 1);
            row.answer.body_bytes = body_bytes;
            row.answer.is_decoded = is_decoded;
            let shown = shown(&row, head, body);
            (shown.body_kind, shown.body, shown.body_is_cut)
        };
        let none = String::new;
        assert_eq!(of(b"", b"", 0, false), (BodyKind::None, none(), false));
        assert_eq!(of(b"", b"", 9, false), (BodyKind::NotKept, none(), false));
        assert_eq!(
            of(b"", b"whole", 5, false),
            (BodyKind::Text, "whole".to_owned(), false)
        );
        assert_eq!(
            of(b"", b"half", 5, false),
            (BodyKind::Text, "half".to_owned(), true)
        );
        let zstd = b"HTTP/1.1 500 X\r\nContent-Encoding: zstd\r\n\r\n";
        assert_eq!(
            of(zstd, b"(\xb5/\xfd", 40, false),
            (BodyKind::Compressed, none(), false)
        );
        // One that was kept is decoded already.
        assert_eq!(
            of(zstd, b"text", 3, true),
            (BodyKind::Text, "text".to_owned(), false)
        );
    }
}
