//! The words everything else is written in: ids, units, the scenario as
//! written, what a run is asked to do, and what can go wrong with a request.
//!
//! Plain data. No I/O, no clocks, no runtime.

mod duration;
mod failure;
mod http;
mod ids;
mod load;
mod number_text;
mod plain_text;
mod plural;
mod rounded;
mod row_kind;
mod run_state;
mod scenario;

pub use duration::{duration_literal, micros};
pub use failure::{ConnectFailure, Failure, LostAt, Malformed, TimedOut, TlsFailure};
pub use http::charset::{Charset, is_latin1, latin1_bytes, latin1_text};
pub use http::coding::{CodingName, ContentCoding};
pub use http::credential::{CREDENTIAL_FIELDS, basic_authorization};
pub use http::dns::{AddressPolicy, Dns};
pub use http::http2_failure::{Http2Code, Http2Failure};
pub use http::media_type::MediaType;
pub use http::method::Method;
pub use http::negotiated::{Agreed, Negotiated};
pub use http::origin::{Origin, Scheme};
pub use http::peer::{Peer, Protocol, TlsVersion};
pub use http::phases::{PhaseMeans, Phases};
pub use http::redirect_hop::RedirectHop;
pub use http::response_needs::{BodyNeed, ResponseNeeds};
pub use http::route::{
    Blob, Connections, Cookies, HttpVersion, Identity, Proxy, Route, TlsOptions, Verification,
};
pub use http::targets::{AddressOrigin, PatternError, Target, TargetPattern, Targets};
pub use ids::{ClassId, FeedId, NameId, OriginId, PlanId, RequestId, SlotId, TaskId};
pub use load::change::{
    BURST_FACTOR_MAX, BURST_HOLD, BURST_TIME_MAX, Behaviour, Burst, Change, Edit, Suspended,
    TIMELINE_MAX, TimelineEntry,
};
pub use load::curve::{Curve, Point};
pub use load::find_limit::{
    FindLimit, FindLimitError, FindLimitOptions, LevelOutcome, LoadKind, SearchEnd,
};
pub use load::rails::{Fence, RailError, Rails};
pub use load::run_spec::{Load, LoadError, MAX_SPAWN_RATE, MAX_USERS, MIN_RATE, Recent, RunSpec};
pub use load::seed::Seed;
pub use load::share::LoadShare;
pub use load::slots::{SLOTS, Slots};
pub use load::wait::Wait;
pub use load::workload::{Arrivals, Drive, Spacing, Workload};
pub use number_text::{
    NO_FIGURE, Number, bytes_text, clock_text, count_text, duration_text, fixed, latency_text,
    number_text, percent_text, rate_text, reading_text, trimmed,
};
pub use plain_text::{cut, one_line, whole_lines, within_line};
pub use plural::plural;
pub(crate) use rounded::serialize_rounded;
pub use rounded::{float, rounded};
pub use row_kind::RowKind;
pub use run_state::RunState;
pub use scenario::actual_value::{ACTUAL_BYTES, ActualKind, ActualValue, JsonShape};
pub use scenario::criterion::{
    Clocked, Comparison, Criteria, Criterion, CriterionWindow, Metric, Outcome, Portion, Selector,
    TimeKind, UndeliveredRule,
};
pub use scenario::json_fault::JsonFault;
pub use scenario::metric_selector::MetricSelector;
pub use scenario::name_intent::{NameIntent, StatusSet};
pub use scenario::probe::{
    DockerEngine, DockerProbe, Hidden, HttpProbe, Probe, ProbeKind, PsqlProbe, Take, Wanted,
};
pub use scenario::samples::{CopiedAnswer, SAMPLE_BODY_BYTES, SAMPLE_HEAD_BYTES, Samples};
pub use scenario::{Population, Scenario, Task, TaskOrder, UserClass};
