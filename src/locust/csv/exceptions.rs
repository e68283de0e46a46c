use crate::locust::csv::fields::table;
use crate::run::Tables;

/// `PREFIX_exceptions.csv`: what failed in tasks and is no request's failure:
/// a `fail` step, a `poll` that ran out of time. There is no code and so no
/// traceback; the message begins with the task.
#[must_use]
pub fn exceptions(tables: &Tables) -> Vec<u8> {
    let header = ["Count", "Message", "Traceback", "Nodes"].map(str::to_owned);
    let lines = tables.failures.iter();
    let lines = lines.filter(|line| line.is_task());
    let records = lines.map(|line| {
        [
            line.count.to_string(),
            format!("{}: {}", line.name, line.text),
            String::new(),
            "local".to_owned(),
        ]
    });
    table(std::iter::once(header).chain(records))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locust::example::tables;

    #[test]
    fn failures_of_tasks_are_exceptions() {
        let text = String::from_utf8(exceptions(&tables())).expect("text");
        let expected = "Count,Message,Traceback,Nodes\r\n2,buy: sold out,,local\r\n";
        assert_eq!(text, expected);
    }
}
