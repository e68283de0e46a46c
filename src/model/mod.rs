//! The words everything else is written in: ids, units, the scenario as
//! written, what a run is asked to do, and what can go wrong with a request.
//!
//! Plain data. No I/O, no clocks, no runtime.

mod change;
mod charset;
mod coding;
mod credential;
mod criterion;
mod curve;
mod dns;
mod duration;
mod earlier_answer;
mod failure;
mod find_limit;
mod found_value;
mod http2_failure;
mod ids;
mod json_fault;
mod load;
mod method;
mod metric_selector;
mod name_intent;
mod origin;
mod part;
mod peer;
mod phases;
mod plain_text;
mod plural;
mod probe;
mod rails;
mod route;
mod row_kind;
mod run_state;
mod samples;
mod scenario;
mod seed;
mod slots;
mod spoken;
mod targets;
mod wait;
mod wants;
mod workload;

pub use change::{
    BURST_FACTOR_MAX, BURST_HOLD, BURST_TIME_MAX, Behaviour, Burst, Change, Edit, Suspended,
    TIMELINE_MAX, TimelineEntry,
};
pub use charset::{Charset, is_latin1, latin1_bytes, latin1_text};
pub use coding::{CodingName, ContentCoding};
pub use credential::{CREDENTIAL_FIELDS, basic_authorization};
pub use criterion::{
    Clocked, Comparison, Criteria, Criterion, Metric, Outcome, Portion, Selector, Stretch,
    TimeKind, UndeliveredRule,
};
pub use curve::{Curve, Point};
pub use dns::{AddressPolicy, Dns};
pub use duration::micros;
pub use earlier_answer::EarlierAnswer;
pub use failure::{ConnectFailure, Failure, LostAt, Malformed, TimedOut, TlsFailure};
pub use find_limit::{FindLimit, FindLimitError, FindLimitWish, LevelOutcome, LoadKind, SearchEnd};
pub use found_value::{FOUND_BYTES, FoundKind, FoundValue, JsonShape};
pub use http2_failure::{Http2Code, Http2Failure};
pub use ids::{ClassId, FeedId, NameId, OriginId, PlanId, RequestId, SlotId, TaskId};
pub use json_fault::JsonFault;
pub use load::{Load, LoadError, MAX_SPAWN_RATE, MAX_USERS, MIN_RATE, Recent, RunSpec};
pub use method::Method;
pub use metric_selector::MetricSelector;
pub use name_intent::{NameIntent, StatusSet};
pub use origin::{Origin, Scheme};
pub use part::Part;
pub use peer::{Peer, Protocol, TlsVersion};
pub use phases::Phases;
pub use plain_text::{cut, one_line, whole_lines, within_line};
pub use plural::plural;
pub use probe::{
    DockerEngine, DockerProbe, Hidden, HttpProbe, Probe, ProbeKind, PsqlProbe, Take, Wanted,
};
pub use rails::{Fence, RailError, Rails};
pub use route::{
    Blob, Connections, Cookies, HttpVersion, Identity, Proxy, Route, TlsOptions, Verification,
};
pub use row_kind::RowKind;
pub use run_state::RunState;
pub use samples::{CopiedAnswer, SAMPLE_BODY_BYTES, SAMPLE_HEAD_BYTES, Samples};
pub use scenario::{Population, Scenario, Task, TaskOrder, UserClass};
pub use seed::Seed;
pub use slots::{SLOTS, Slots};
pub use spoken::{Agreed, Spoken};
pub use targets::{Found, PatternError, Target, TargetPattern, Targets};
pub use wait::Wait;
pub use wants::{BodyWant, Wants};
pub use workload::{Arrivals, Drive, Spacing, Workload};
