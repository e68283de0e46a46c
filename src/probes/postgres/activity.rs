//! The query for activity, and its result as readings.

use crate::probes::{ProbeError, Round, Value};

/// One row of figures about the sessions of clients, the asking one left out.
///
/// View: <https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW>
pub(super) const QUERY: &str = "\
SELECT count(*) FILTER (WHERE state = 'active'), \
count(*) FILTER (WHERE state = 'idle'), \
count(*) FILTER (WHERE state LIKE 'idle in transaction%'), \
count(*), \
current_setting('max_connections'), \
coalesce(max(extract(epoch FROM clock_timestamp() - query_start)) FILTER (WHERE state = 'active'), 0), \
count(*) FILTER (WHERE query = '<insufficient privilege>') \
FROM pg_stat_activity \
WHERE datid IS NOT NULL AND pid <> pg_backend_pid() \
AND (backend_type IS NULL OR backend_type = 'client backend')";

/// The readings of an answer, column by column as text.
pub(super) fn round<'c>(columns: impl IntoIterator<Item = &'c str>) -> Round {
    let columns = columns.into_iter();
    let numbers = columns.filter_map(|text| text.trim().parse::<f64>().ok());
    let numbers: Vec<_> = numbers.collect();
    let [active, idle, in_transaction, total, most, longest_s, hidden] = numbers[..] else {
        return ProbeError::Missing("pg_stat_activity".to_owned()).into();
    };
    let mut values = vec![Value::new("total", "sessions", total)];
    if most > 0.0 {
        values.push(Value::new("used_share", "%", total / most * 100.0));
    }
    if hidden > 0.0 {
        // Counting those that are seen would tell of calm where there is none.
        return Round {
            values,
            error: Some(ProbeError::HiddenSessions),
        };
    }
    values.extend([
        Value::new("active", "sessions", active),
        Value::new("idle", "sessions", idle),
        Value::new("idle_in_transaction", "sessions", in_transaction),
        // A query may have started after the clock was read.
        Value::new("longest_query", "s", longest_s.max(0.0)),
    ]);
    Round {
        values,
        error: None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sessions_that_are_hidden_are_not_taken_for_idle() {
        let names = |text: &str| {
            let round = round(text.split('|'));
            let names: Vec<_> = round.values.into_iter().map(|value| value.name).collect();
            (names.join(" "), round.error)
        };
        let (all, error) = names("3|10|1|14|100|0.25|0");
        assert_eq!(
            all,
            "total used_share active idle idle_in_transaction longest_query"
        );
        assert_eq!(error, None);
        let (some, error) = names("1|0|0|14|100|0|13");
        assert_eq!(some, "total used_share");
        assert_eq!(error, Some(ProbeError::HiddenSessions));
        assert!(names("psql: error").1.is_some());
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(text in "[0-9.|e-]{0,40}|\\PC{0,40}") {
            round(text.split('|'));
        }
    }
}
