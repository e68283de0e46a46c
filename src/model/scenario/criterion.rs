use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::Method;

/// What a scenario asks of its run: conditions, and the warm-up that is left
/// out of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Criteria {
    /// The warm-up: what happens before this moment does not count.
    pub after: Duration,
    /// The conditions; none at all leaves only failures to judge by.
    pub list: Vec<Criterion>,
    /// Conditions on what the selection leaves out of the run: in words, which
    /// it is and why it is not judged.
    pub left_out: Vec<String>,
    /// Whether a load that is planned and not delivered is judged where no
    /// condition is about that.
    pub undelivered: UndeliveredRule,
}

/// What follows from task starts that were planned and did not begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UndeliveredRule {
    /// With more than 1 % of them the run does not pass.
    #[default]
    Judge,
    /// Nothing.
    Accept,
}

/// One pass condition: `METRIC [of SELECTOR] OP VALUE [WINDOW] [abort]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// As it was written.
    pub text: String,
    /// The metric.
    pub metric: Metric,
    /// Of which requests.
    pub of: Selector,
    /// The comparison with the value.
    pub op: Comparison,
    /// The value, in the unit of the metric.
    pub value: f64,
    /// Over which stretches of the run.
    pub window: CriterionWindow,
    /// Whether the run stops once it fails.
    pub abort: bool,
}

/// A metric; its unit is in the variant.
#[derive(Clone, Debug, PartialEq)]
pub enum Metric {
    /// Samples, failures included.
    Requests,
    /// Failed samples.
    Failures,
    /// The share of samples that did not fail, 0 to 1.
    Success,
    /// Samples per second.
    Rps(Outcome),
    /// Mean time in microseconds.
    Mean(Clocked),
    /// Longest time in microseconds.
    Max(Clocked),
    /// A quantile of time (0 to 1), in microseconds.
    Quantile(Clocked, f64),
    /// Planned task starts that an open load gave up.
    Dropped(Portion),
    /// Planned task starts that paced users gave up.
    Missed(Portion),
    /// The share of planned task starts that began, 0 to 1.
    Delivered,
    /// Users that could not start.
    UsersFailed,
    /// A reading of a probe, as the probe gives it: its name is `PROBE.READING`.
    Probe(String),
}

/// A count or a share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Portion {
    /// As a number.
    #[default]
    Count,
    /// As a share of all, 0 to 1.
    Share,
}

impl Metric {
    /// Whether it measures planned task starts, not requests.
    #[must_use]
    pub fn is_of_delivery(&self) -> bool {
        matches!(self, Self::Dropped(_) | Self::Missed(_) | Self::Delivered)
    }
}

/// A kind of time and the outcome of its samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocked {
    /// The kind of time.
    pub time: TimeKind,
    /// Of samples with this outcome; response times are not told apart.
    pub outcome: Outcome,
}

impl Clocked {
    /// Service times of all samples: what is summed up exactly.
    pub const SERVICE: Self = Self {
        time: TimeKind::Service,
        outcome: Outcome::Any,
    };
}

/// The two kinds of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeKind {
    /// From wanting to send to the last byte.
    Service,
    /// From the planned start to the last byte, where there is a plan.
    Response,
}

impl TimeKind {
    /// Its name for people, the same wherever times are shown.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Service => "Service time",
            Self::Response => "Response time (with queueing)",
        }
    }
}

/// Samples by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All of them, as Locust counts.
    #[default]
    Any,
    /// Successes: `(ok)`.
    Ok,
    /// Failures: `(failed)`.
    Failed,
}

/// The requests that a criterion selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// All of them.
    All,
    /// Those of a name, of one method or of any.
    Name(Option<Method>, String),
    /// Those of tasks with this tag.
    Tag(String),
    /// Those of a task.
    Task(String),
    /// Those of a user class.
    Class(String),
    /// Those answered with a status from the first to the last of these.
    Status(u16, u16),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

impl Comparison {
    /// All, as written; none is a prefix of a later one.
    pub const SIGNS: [(&str, Self); 6] = [
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        ("<", Self::Less),
        (">", Self::Greater),
    ];

    /// The operator as written.
    #[must_use]
    pub fn sign(self) -> &'static str {
        let found = Self::SIGNS.iter().find(|(_, one)| *one == self);
        found.map_or("", |(sign, _)| sign)
    }
}

/// The stretches of a run over which a criterion has to hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CriterionWindow {
    /// The whole run.
    Whole,
    /// Every second of some stretch that is this many seconds long.
    Sustained(u32),
    /// Each stretch that is this many seconds long.
    Every(u32),
    /// This share (0 to 1) of all seconds.
    InSeconds(f64),
}

impl Criterion {
    /// Whether it can be broken for good before the run ends: its figure over
    /// the whole run only goes one way, or every stretch counts.
    #[must_use]
    pub fn can_break_early(&self) -> bool {
        use Comparison::{AtLeast, AtMost, Equal, Less};
        match (self.window, &self.metric) {
            (CriterionWindow::Every(_), _) | (CriterionWindow::Whole, Metric::Probe(_)) => true,
            (CriterionWindow::Sustained(_) | CriterionWindow::InSeconds(_), _) => false,
            (
                CriterionWindow::Whole,
                Metric::Requests
                | Metric::Failures
                | Metric::UsersFailed
                | Metric::Max(_)
                | Metric::Dropped(Portion::Count)
                | Metric::Missed(Portion::Count),
            ) => matches!(self.op, Less | AtMost | Equal),
            (
                CriterionWindow::Whole,
                Metric::Dropped(Portion::Share) | Metric::Missed(Portion::Share),
            ) => self.value <= 0.0 && matches!(self.op, AtMost | Equal),
            (CriterionWindow::Whole, Metric::Success | Metric::Delivered) => {
                self.value >= 1.0 && matches!(self.op, AtLeast | Equal)
            }
            (CriterionWindow::Whole, Metric::Rps(_) | Metric::Mean(_) | Metric::Quantile(..)) => {
                false
            }
        }
    }
}

impl Comparison {
    /// Whether a figure passes.
    #[must_use]
    #[expect(clippy::float_cmp, reason = "`== 100%` means exactly all")]
    pub fn holds(self, figure: f64, value: f64) -> bool {
        match self {
            Self::Less => figure < value,
            Self::AtMost => figure <= value,
            Self::Greater => figure > value,
            Self::AtLeast => figure >= value,
            Self::Equal => figure == value,
            Self::NotEqual => figure != value,
        }
    }
}
