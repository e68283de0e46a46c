//! A criterion as data: a chart draws it without parsing its text.

use serde::{Deserialize, Serialize};

use crate::model::{
    Clocked, Criterion, CriterionWindow, Metric, Outcome, Portion, Selector, TimeKind,
};

/// `METRIC [of SELECTOR] OP VALUE [WINDOW]`, each part on its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// The metric.
    pub metric: ConditionMetric,
    /// Of what.
    pub selector: ConditionSelector,
    /// `<`, `<=`, `>`, `>=`, `==` or `!=`.
    pub op: String,
    /// The value, in the unit of the metric: times in microseconds, shares from 0 to 1.
    pub value: f64,
    /// Over which stretches of the run.
    pub window: ConditionWindow,
}

/// What is measured; fields that say nothing of a metric are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConditionMetric {
    /// A stable word, like `quantile` or `rps`.
    pub name: String,
    /// Which quantile, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantile: Option<f64>,
    /// `service` or `response`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeKind>,
    /// `any`, `ok` or `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// `count` or `share`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portion: Option<Portion>,
    /// `PROBE.READING`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading: Option<String>,
}

/// Which requests a condition is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ConditionSelector {
    /// All of them.
    All,
    /// Those of a name, of one method or of any.
    Name {
        /// The method.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        method: Option<String>,
        /// The name.
        name: String,
    },
    /// Those of tasks with a tag.
    Tag {
        /// The tag.
        name: String,
    },
    /// Those of a task.
    Task {
        /// Its name.
        name: String,
    },
    /// Those of a user class.
    Class {
        /// Its name.
        name: String,
    },
    /// Those answered with a status from the first to the last of these.
    Status {
        /// The first.
        first: u16,
        /// The last.
        last: u16,
    },
}

/// The stretches of a run over which a condition has to hold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ConditionWindow {
    /// The whole run.
    Whole,
    /// Every second of some stretch of this length.
    Sustained {
        /// Its length in seconds.
        s: u32,
    },
    /// Each stretch of this length.
    Every {
        /// Its length in seconds.
        s: u32,
    },
    /// This share of all seconds.
    InSeconds {
        /// From 0 to 1.
        share: f64,
    },
}

impl From<&Criterion> for Condition {
    fn from(criterion: &Criterion) -> Self {
        Self {
            metric: ConditionMetric::from(&criterion.metric),
            selector: ConditionSelector::from(&criterion.of),
            op: criterion.op.sign().to_owned(),
            value: criterion.value,
            window: ConditionWindow::from(criterion.window),
        }
    }
}

impl From<&Metric> for ConditionMetric {
    fn from(metric: &Metric) -> Self {
        match metric {
            Metric::Requests => Self::named("requests"),
            Metric::Failures => Self::named("failures"),
            Metric::Success => Self::named("success"),
            Metric::Rps(outcome) => Self {
                outcome: Some(*outcome),
                ..Self::named("rps")
            },
            Metric::Mean(clocked) => Self::timed("mean", *clocked),
            Metric::Max(clocked) => Self::timed("max", *clocked),
            Metric::Quantile(clocked, quantile) => Self {
                quantile: Some(*quantile),
                ..Self::timed("quantile", *clocked)
            },
            Metric::Dropped(portion) => Self::portioned("dropped", *portion),
            Metric::Missed(portion) => Self::portioned("missed", *portion),
            Metric::Delivered => Self::named("delivered"),
            Metric::UsersFailed => Self::named("users_failed"),
            Metric::Probe(reading) => Self {
                reading: Some(reading.clone()),
                ..Self::named("probe")
            },
        }
    }
}

impl ConditionMetric {
    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    fn timed(name: &str, clocked: Clocked) -> Self {
        Self {
            time: Some(clocked.time),
            outcome: Some(clocked.outcome),
            ..Self::named(name)
        }
    }

    fn portioned(name: &str, portion: Portion) -> Self {
        Self {
            portion: Some(portion),
            ..Self::named(name)
        }
    }
}

impl From<&Selector> for ConditionSelector {
    fn from(selector: &Selector) -> Self {
        match selector.clone() {
            Selector::All => Self::All,
            Selector::Name(method, name) => Self::Name {
                method: method.map(|method| method.to_string()),
                name,
            },
            Selector::Tag(name) => Self::Tag { name },
            Selector::Task(name) => Self::Task { name },
            Selector::Class(name) => Self::Class { name },
            Selector::Status(first, last) => Self::Status { first, last },
        }
    }
}

impl From<CriterionWindow> for ConditionWindow {
    fn from(stretch: CriterionWindow) -> Self {
        match stretch {
            CriterionWindow::Whole => Self::Whole,
            CriterionWindow::Sustained(s) => Self::Sustained { s },
            CriterionWindow::Every(s) => Self::Every { s },
            CriterionWindow::InSeconds(share) => Self::InSeconds { share },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{Comparison, Method};

    #[test]
    fn a_criterion_is_told_part_by_part() {
        let criterion = Criterion {
            text: "response.p99 of \"GET /cart\" < 1s every 10s".to_owned(),
            metric: Metric::Quantile(
                Clocked {
                    time: TimeKind::Response,
                    outcome: Outcome::Any,
                },
                0.99,
            ),
            of: Selector::Name(Some(Method::Get), "/cart".to_owned()),
            op: Comparison::Less,
            value: 1e6,
            window: CriterionWindow::Every(10),
            abort: false,
        };
        let told = serde_json::to_value(Condition::from(&criterion)).expect("plain data");
        let expected = json!({
            "metric": {"name": "quantile", "quantile": 0.99, "time": "response", "outcome": "any"},
            "selector": {"kind": "name", "method": "GET", "name": "/cart"},
            "op": "<",
            "value": 1_000_000.0,
            "window": {"kind": "every", "s": 10},
        });
        assert_eq!(told, expected);
        let read: Condition = serde_json::from_value(told).expect("the same");
        assert_eq!(read, Condition::from(&criterion));
    }
}
