//! Which ids name which cause. This is the one place to change when the
//! program learns to name another.

/// What went wrong, as the labels tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    /// Nothing that could be named.
    None,
    /// Credentials are refused.
    BadAuth,
    /// The path does not exist.
    WrongPath,
    /// The scenario takes errors for successes.
    AcceptsErrors,
    /// Every request has a name of its own.
    ManyNames,
    /// A rate limit.
    RateLimited,
    /// Nobody listens any more, or ever did.
    Refused,
    /// A pool of connections is too small.
    Pool,
    /// The target serves so much and no more.
    Saturated,
    /// Requests wait before they are served.
    Waiting,
    /// Service times jumped.
    Jump,
    /// Service times grow.
    Drift,
    /// A name always fails.
    AlwaysFails,
    /// Work that retries make.
    RetryStorm,
    /// Stalls, tails, slow replicas: known to the bench, and not to be named
    /// from what a client sees.
    Unnamed,
    /// The plan was not kept for want of users.
    TooFewUsers,
    /// The plan was not kept because the target was too slow.
    TooSlow,
    /// The plan was not kept because of a limit that the scenario sets.
    OwnLimit,
    /// The generator was held up.
    Generator,
}

/// Ids of findings, and of reasons for which a run is unsound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids {
    /// One of these has to be named.
    pub(crate) right: &'static [&'static str],
    /// These may be named as well.
    pub(crate) besides: &'static [&'static str],
}

/// The ids of the delivered load.
const UNDELIVERED: &str = "load.undelivered";
/// That requests wait before the server, by Little's law.
const WAITING: &str = "target.waiting";
const THROUGHPUT_LIMIT: &str = "target.throughput_limit";
const THROUGHPUT_LOST: &str = "target.throughput_lost";
const NOT_ENOUGH: &str = "evidence.not_enough";
const ALWAYS_FAILS: &str = "target.always_fails";
const JUMP: &str = "target.latency_jump";
const DRIFT: &str = "target.latency_drift";
const TURNED_AWAY: &str = "script.turned_away";
const USERS_FAILED: &str = "users.failed";

impl Cause {
    /// The ids that name it.
    pub(crate) fn ids(self) -> Ids {
        let ids = |right, besides| Ids { right, besides };
        match self {
            Self::None | Self::Unnamed => ids(&[], &[]),
            Self::BadAuth => ids(
                &["script.bad_auth"],
                &[USERS_FAILED, TURNED_AWAY, ALWAYS_FAILS],
            ),
            Self::WrongPath => ids(
                &["script.wrong_path"],
                &[
                    USERS_FAILED,
                    TURNED_AWAY,
                    ALWAYS_FAILS,
                    "script.always_fails",
                    "script.accepts_errors",
                ],
            ),
            Self::AcceptsErrors => ids(
                &["script.accepts_errors", "script.wrong_path"],
                &[TURNED_AWAY],
            ),
            Self::ManyNames => ids(&["script.many_names"], &[]),
            Self::RateLimited => ids(&["target.rate_limited"], &[TURNED_AWAY]),
            Self::Refused => ids(
                &["target.refused", "target.unreachable", "run.not_begun"],
                &["target.errors_burst"],
            ),
            Self::Pool => ids(
                &["target.pool_timeout", THROUGHPUT_LIMIT, NOT_ENOUGH, WAITING],
                &[UNDELIVERED, DRIFT],
            ),
            Self::Saturated => ids(
                &[THROUGHPUT_LIMIT, WAITING, DRIFT],
                &[NOT_ENOUGH, UNDELIVERED, JUMP],
            ),
            Self::Waiting => ids(&[WAITING, THROUGHPUT_LIMIT], &[NOT_ENOUGH]),
            Self::Jump => ids(&[JUMP], &[THROUGHPUT_LOST, WAITING]),
            Self::Drift => ids(
                &[DRIFT],
                &[THROUGHPUT_LOST, WAITING, THROUGHPUT_LIMIT, NOT_ENOUGH],
            ),
            Self::AlwaysFails => ids(&[ALWAYS_FAILS, "script.always_fails"], &[]),
            Self::RetryStorm => ids(
                &[
                    THROUGHPUT_LIMIT,
                    THROUGHPUT_LOST,
                    NOT_ENOUGH,
                    ALWAYS_FAILS,
                    "target.errors_burst",
                ],
                &[WAITING, UNDELIVERED, JUMP],
            ),
            Self::TooFewUsers | Self::OwnLimit => ids(&[UNDELIVERED], &[]),
            Self::TooSlow => ids(&[UNDELIVERED, WAITING, THROUGHPUT_LIMIT], &[NOT_ENOUGH]),
            Self::Generator => ids(
                &["generator.late", "generator.disturbed", "generator.gaps"],
                &[UNDELIVERED],
            ),
        }
    }

    /// The word for tables.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::BadAuth => "bad auth",
            Self::WrongPath => "wrong path",
            Self::AcceptsErrors => "accepts errors",
            Self::ManyNames => "many names",
            Self::RateLimited => "rate limited",
            Self::Refused => "refused",
            Self::Pool => "pool",
            Self::Saturated => "saturated",
            Self::Waiting => "waiting",
            Self::Jump => "latency jump",
            Self::Drift => "latency drift",
            Self::AlwaysFails => "always fails",
            Self::RetryStorm => "retry storm",
            Self::Unnamed => "not nameable",
            Self::TooFewUsers => "too few users",
            Self::TooSlow => "too slow for the plan",
            Self::OwnLimit => "limit of the scenario",
            Self::Generator => "generator",
        }
    }
}
