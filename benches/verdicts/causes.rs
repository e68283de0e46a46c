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

/// The ids of a load that was not delivered, after who gave up most of it.
const MAX_USERS: &str = "load.max_users";
const TARGET: &str = "load.target";
const MAX_RPS: &str = "load.max_rps";
const SCRIPT: &str = "load.script";
/// That requests wait before the target works on them, by Little's law.
const QUEUEING: &str = "target.queueing";
const ACCEPT_QUEUE: &str = "target.accept_queue";
const THROUGHPUT_LIMIT: &str = "target.throughput_limit";
const THROUGHPUT_LOSS: &str = "target.throughput_loss";
const NOT_ENOUGH: &str = "evidence.not_enough";
const READINGS: &str = "evidence.readings";
const ALWAYS_FAILS: &str = "target.always_fails";
const SCRIPT_FAILS: &str = "script.always_fails";
const JUMP: &str = "target.latency_jump";
const DRIFT: &str = "target.latency_drift";
const BURST: &str = "target.errors_burst";
const TURNED_AWAY: &str = "script.turned_away";
const USERS_FAILED: &str = "users.failed";

impl Cause {
    /// The ids that name it.
    pub(crate) fn ids(self) -> Ids {
        let ids = |right, besides| Ids { right, besides };
        match self {
            Self::None | Self::Unnamed => ids(&[], &[]),
            Self::BadAuth | Self::WrongPath | Self::AcceptsErrors | Self::ManyNames => {
                self.of_the_script()
            }
            Self::RateLimited => ids(&["target.rate_limited"], &[TURNED_AWAY, ALWAYS_FAILS]),
            Self::Refused => ids(
                &["target.refused", "target.unreachable", "run.not_begun"],
                &[BURST, THROUGHPUT_LOSS],
            ),
            Self::Pool => ids(
                &[
                    "target.pool_timeout",
                    THROUGHPUT_LIMIT,
                    NOT_ENOUGH,
                    QUEUEING,
                    READINGS,
                ],
                &[MAX_USERS, TARGET, DRIFT, BURST],
            ),
            Self::Saturated => ids(
                &[THROUGHPUT_LIMIT, QUEUEING, DRIFT],
                &[NOT_ENOUGH, READINGS, MAX_USERS, TARGET, JUMP],
            ),
            Self::Waiting => ids(
                &[QUEUEING, ACCEPT_QUEUE, THROUGHPUT_LIMIT],
                &[NOT_ENOUGH, READINGS, MAX_USERS, TARGET],
            ),
            Self::Jump => ids(&[JUMP, THROUGHPUT_LOSS], &[QUEUEING, READINGS]),
            Self::Drift => ids(
                &[DRIFT],
                &[
                    THROUGHPUT_LOSS,
                    QUEUEING,
                    THROUGHPUT_LIMIT,
                    NOT_ENOUGH,
                    READINGS,
                    MAX_USERS,
                    TARGET,
                ],
            ),
            Self::AlwaysFails => ids(&[ALWAYS_FAILS, SCRIPT_FAILS], &[]),
            Self::RetryStorm => ids(
                &[
                    THROUGHPUT_LIMIT,
                    THROUGHPUT_LOSS,
                    NOT_ENOUGH,
                    ALWAYS_FAILS,
                    BURST,
                ],
                &[QUEUEING, MAX_USERS, TARGET, JUMP],
            ),
            Self::TooFewUsers => ids(&[MAX_USERS], &[]),
            Self::OwnLimit => ids(&[MAX_RPS, SCRIPT], &[]),
            Self::TooSlow => ids(
                &[TARGET, MAX_USERS, QUEUEING, THROUGHPUT_LIMIT],
                &[NOT_ENOUGH, READINGS],
            ),
            Self::Generator => ids(
                &[
                    "generator.disturbed",
                    "generator.gaps",
                    "generator.undelivered",
                ],
                &[MAX_USERS, TARGET],
            ),
        }
    }

    /// The same of what is wrong with the scenario.
    fn of_the_script(self) -> Ids {
        let ids = |right, besides| Ids { right, besides };
        match self {
            Self::BadAuth => ids(
                &["script.bad_auth", "script.forbidden", "script.login_form"],
                &[USERS_FAILED, TURNED_AWAY, ALWAYS_FAILS, SCRIPT_FAILS],
            ),
            Self::WrongPath => ids(
                &["script.wrong_path"],
                &[
                    USERS_FAILED,
                    TURNED_AWAY,
                    ALWAYS_FAILS,
                    SCRIPT_FAILS,
                    "script.accepts_errors",
                ],
            ),
            Self::AcceptsErrors => ids(
                &["script.accepts_errors", "script.wrong_path"],
                &[TURNED_AWAY],
            ),
            Self::ManyNames => ids(&["script.many_names"], &[]),
            _ => ids(&[], &[]),
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
