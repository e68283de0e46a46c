//! The samples of failures that a run keeps.

use std::collections::HashMap;
use std::sync::Arc;

use crate::client::decode_beginning;
use crate::model::{Failure, NameId, SAMPLE_BODY_BYTES};
use crate::program::{Secrets, TextKind};
use crate::run::failure_sample::{BodyKind, FailureSample, RequestId, SamplePhases};
use crate::run::tables::seconds;
use crate::stats::{RawSample, RawSamples};

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

/// How those begin that tell of a limit.
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

/// The first failures of each kind. When it is full, the first of a kind takes
/// the place of a further one of another; when all are first ones, what comes
/// is left out.
///
/// Clones are cheap, and stay as they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples {
    kinds: Arc<HashMap<(NameId, Failure), Vec<Arc<FailureSample>>>>,
    count: usize,
}

impl Samples {
    /// Takes in those of an interval.
    pub(super) fn add(&mut self, secrets: &Secrets, raw: &RawSamples) {
        for (row, head, body) in raw.iter() {
            self.add_one(row, || sample(secrets, row, head, body));
        }
    }

    /// The samples of a kind, the earliest first.
    pub(super) fn of(&self, name: NameId, failure: Failure) -> &[Arc<FailureSample>] {
        let kind = self.kinds.get(&(name, failure));
        kind.map(Vec::as_slice).unwrap_or_default()
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

    fn pop(&mut self, key: (NameId, Failure)) {
        let kind = Arc::make_mut(&mut self.kinds).get_mut(&key);
        let popped = kind.and_then(Vec::pop);
        self.count -= usize::from(popped.is_some());
    }

    /// A kind with more than one sample: that with the most, the last by its key
    /// among equals.
    fn a_repeated_kind(&self) -> Option<(NameId, Failure)> {
        let kinds = self.kinds.iter().filter(|(_, samples)| samples.len() > 1);
        let most = kinds.max_by_key(|(key, samples)| (samples.len(), **key));
        most.map(|(key, _)| *key)
    }
}

/// What is shown of a failure.
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
    // What is no answer has no body that was counted.
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
        phases: SamplePhases {
            resolve_us: row.phases.resolve_us,
            connect_us: row.phases.connect_us,
            tls_us: row.phases.tls_us,
            first_byte_us: row.phases.first_byte_us,
            transfer_us: row.phases.transfer_us,
        },
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
