use proptest::prelude::*;

use super::parse_criterion;
use crate::model::{
    Clocked, Comparison, Criterion, CriterionWindow, Method, Metric, Outcome, Portion, Selector,
    TimeKind,
};

fn clocked(time: TimeKind, outcome: Outcome) -> Clocked {
    Clocked { time, outcome }
}

fn read(text: &str) -> Criterion {
    parse_criterion(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn metrics_and_their_values() {
    use Outcome::{Any, Failed, Ok};
    use TimeKind::{Response, Service};
    let quantile = |time, outcome, share| Metric::Quantile(clocked(time, outcome), share);
    for (text, metric, value) in [
        ("requests >= 10,000", Metric::Requests, 10_000.0),
        ("failures<=5", Metric::Failures, 5.0),
        ("success >= 99.5%", Metric::Success, 0.995),
        ("success == 100 %", Metric::Success, 1.0),
        ("rps >= 10000", Metric::Rps(Any), 10_000.0),
        ("rps(ok) >= 10_000/s", Metric::Rps(Ok), 10_000.0),
        ("rps > 30/min", Metric::Rps(Any), 0.5),
        ("mean < 1m", Metric::Mean(clocked(Service, Any)), 6e7),
        (
            "mean(failed)<1ms",
            Metric::Mean(clocked(Service, Failed)),
            1e3,
        ),
        (
            "response.max < 1,000ms",
            Metric::Max(clocked(Response, Any)),
            1e6,
        ),
        ("p50 < 200 ms", quantile(Service, Any, 0.5), 2e5),
        ("p99(ok) < 0.5s", quantile(Service, Ok, 0.99), 5e5),
        (
            "response.p99.9 < 1.5s",
            quantile(Response, Any, 0.999),
            1.5e6,
        ),
        ("users.failed == 0", Metric::UsersFailed, 0.0),
        ("dropped <= 1,000", Metric::Dropped(Portion::Count), 1_000.0),
        ("dropped < 1%", Metric::Dropped(Portion::Share), 0.01),
        ("missed == 0", Metric::Missed(Portion::Count), 0.0),
        ("missed < 0.5 %", Metric::Missed(Portion::Share), 0.005),
        ("delivered >= 99%", Metric::Delivered, 0.99),
        (
            "probe.db.pool.active < 60",
            Metric::Probe("db.pool.active".to_owned()),
            60.0,
        ),
        (
            "probe.host.delta > -0.5",
            Metric::Probe("host.delta".to_owned()),
            -0.5,
        ),
    ] {
        let read = read(text);
        assert_eq!(read.metric, metric, "{text}");
        assert!((read.value - value).abs() < 1e-9, "{text}: {}", read.value);
        assert_eq!((read.window, read.abort), (CriterionWindow::Whole, false));
        assert_eq!((read.of, read.text.as_str()), (Selector::All, text));
    }
}

#[test]
fn selectors_windows_and_abort() {
    use CriterionWindow::{Every, InSeconds, Sustained, Whole};
    let name = |method, name: &str| Selector::Name(method, name.to_owned());
    for (text, of) in [
        (
            "p50 of \"GET /a b/\" < 1s",
            name(Some(Method::Get), "/a b/"),
        ),
        ("p50 of 'GETTING there' < 1s", name(None, "GETTING there")),
        ("rps of tag:INTUNE > 0", Selector::Tag("INTUNE".to_owned())),
        (
            "rps of tag:\"two words\" > 0",
            Selector::Tag("two words".to_owned()),
        ),
        (
            "rps of task:create > 0",
            Selector::Task("create".to_owned()),
        ),
        ("rps of class:User > 0", Selector::Class("User".to_owned())),
        ("failures of status:5xx <= 5", Selector::Status(500, 599)),
        ("requests of status:404 == 0", Selector::Status(404, 404)),
        (
            "requests of status:500-503 == 0",
            Selector::Status(500, 503),
        ),
    ] {
        assert_eq!(read(text).of, of, "{text}");
    }
    for (text, window, abort) in [
        ("rps >= 1 sustained 60s", Sustained(60), false),
        ("rps >= 1 sustained 1 m", Sustained(60), false),
        ("success >= 90% every 10s abort", Every(10), true),
        ("rps > 0 in 95% of seconds", InSeconds(0.95), false),
        ("failures <= 5 abort", Whole, true),
        ("success == 100% abort", Whole, true),
        ("probe.db.active < 60 abort", Whole, true),
        ("dropped <= 5 abort", Whole, true),
        ("missed == 0% abort", Whole, true),
        ("delivered >= 90% every 10s abort", Every(10), true),
    ] {
        assert_eq!(
            (read(text).window, read(text).abort),
            (window, abort),
            "{text}"
        );
    }
    for (sign, op) in [
        ("<", Comparison::Less),
        ("<=", Comparison::AtMost),
        (">", Comparison::Greater),
        (">=", Comparison::AtLeast),
        ("==", Comparison::Equal),
        ("!=", Comparison::NotEqual),
    ] {
        assert_eq!(read(&format!("rps {sign} 7")).op, op);
    }
}

#[expect(clippy::too_many_lines, reason = "a table")]
#[test]
fn mistakes_name_their_place_and_the_cure() {
    for (text, column, part) in [
        ("", 1, "p99 < 500ms"),
        ("  ", 3, "p99 < 500ms"),
        ("< 5", 1, "begins with what is measured"),
        ("p98.999 < 1s", 1, "p50 to p99.99"),
        ("p30 < 1s", 1, "p50 to p99.99"),
        ("median < 1s", 1, "did you mean `p50`?"),
        ("reqests > 5", 1, "did you mean `requests`?"),
        ("fps < 1", 1, "did you mean `rps(failed)`?"),
        ("probe.db < 1", 1, "probe.NAME.READING"),
        ("000", 1, "a comma separates"),
        ("requests(failed) < 1", 1, "write `failures`"),
        ("requests(ok) < 1", 1, "success"),
        ("response.p99(ok) < 1s", 1, "write `response.p99`"),
        ("p99(k) < 1s", 5, "(ok)"),
        ("p99(ok < 1s", 8, "`)` is missing"),
        ("p99 of < 1s", 8, "needs what is selected"),
        ("p99 of write < 1s", 8, "selects no requests"),
        ("p99 of tga:x < 1s", 8, "did you mean `tag`?"),
        ("p99 of tag: x < 1s", 8, "without a blank"),
        ("p99 of \"\" < 1s", 8, "the name is empty"),
        ("p99 of \"GET / < 1s", 8, "not closed"),
        ("requests of status:6xx > 1", 13, "status:5xx"),
        ("requests of status:500-400 > 1", 13, "status:5xx"),
        ("p99 of status:5xx < 1s", 1, "p99(failed)"),
        (
            "success of status:5xx > 1%",
            1,
            "only requests, failures and rps",
        ),
        ("users.failed of tag:x == 0", 14, "leave `of` out"),
        ("dropped of tag:x < 1%", 9, "not for requests"),
        ("delivered of \"GET /\" >= 99%", 11, "select a class"),
        ("delivered >= 0.99", 14, "98%"),
        ("missed < 1.5", 10, "a share is written in percent"),
        ("dropped(ok) < 1", 1, "write `dropped`"),
        ("dropped_iterations < 1", 1, "did you mean `dropped`?"),
        ("delivered > 100%", 13, "never holds"),
        ("missed < 1% abort", 13, "every 10s abort"),
        ("p99 = 1s", 5, "write `==`"),
        ("p99 ! 1s", 5, "write `!=`"),
        ("p99 1s", 5, "a comparison belongs here"),
        ("p99 <", 6, "a value is missing"),
        ("p99 < 500", 7, "a time has a unit"),
        ("p99 < 1,00ms", 7, "a time has a unit"),
        ("success >= 0.98", 12, "98%"),
        ("success >= 101%", 12, "98%"),
        ("requests >= 1,00", 13, "10,000"),
        ("requests >= 1.5", 13, "whole number"),
        ("rps >= fast", 8, "per second"),
        ("rps >= 5/h", 8, "per second"),
        ("failures >= 0", 13, "always holds"),
        ("rps < 0", 7, "never holds"),
        ("success <= 100%", 12, "always holds"),
        ("success > 100%", 11, "never holds"),
        ("rps > 1 sustain 60s", 9, "did you mean `sustained`?"),
        ("rps > 1 sustained", 18, "sustained 60s"),
        ("rps > 1 sustained 1.5s", 19, "whole seconds"),
        ("rps > 1 every 0s", 15, "from 1s to 10m"),
        ("rps > 1 every 11m", 15, "from 1s to 10m"),
        ("rps > 1 in every 10s", 9, "leave the `in` out"),
        ("rps > 1 in 95 of seconds", 12, "above 0%"),
        ("rps > 1 in 95% seconds", 16, "`of` is missing"),
        ("rps > 1 in 95% of", 18, "`seconds` is missing"),
        ("users.failed == 0 every 10s", 19, "leave the window out"),
        ("rps > 1 and p99 < 1s", 9, "write two criteria"),
        ("p99 < 1s of tag:x", 10, "comes before the comparison"),
        ("p99 < 1s abort", 10, "every 10s abort"),
        ("success >= 98% abort", 16, "every 10s abort"),
        ("rps > 1 sustained 60s abort", 23, "too late"),
        ("failures <= 5 abort now", 21, "nothing comes after"),
        ("é < 1s", 1, "there is no metric"),
        ("rps > 1 \"é\" x", 9, "room for a window"),
    ] {
        let error = parse_criterion(text).expect_err(text);
        assert_eq!(error.column, column, "{text}: {error}");
        assert!(error.to_string().contains(part), "{text}: {error}");
    }
    for (text, part) in [
        ("failures of \"X\" < 1%", "`success > 99%`"),
        ("failures <= 0.5%", "`success >= 99.5%`"),
        ("rps(failed) < 1%", "`success > 99%`"),
        ("requests > 95%", "`success > 95%`"),
        ("errors < 1%", "`failures <= 5`, `success > 99%`"),
        ("error_rate < 1%", "`success > 99%`"),
        ("success < 200ms", "a time is `p95 < 200ms`"),
        ("requests < 1s", "a time is `p95 < 1s`"),
        ("requests > 50/s", "a rate is `rps > 50/s`"),
        ("failures < 1/min", "a rate is `rps(failed) < 1/min`"),
        ("rps > 99%", "`success > 99%`"),
    ] {
        let error = parse_criterion(text).expect_err(text);
        assert!(error.to_string().contains(part), "{text}: {error}");
    }
    let long = format!("rps > 1 {}", "x".repeat(1_000));
    let error = parse_criterion(&long).expect_err("too long");
    assert!(error.message.contains("at most 1000"), "{error}");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}") {
        let _ = parse_criterion(&text);
    }

    #[test]
    fn no_order_of_its_words_makes_it_panic(words in proptest::collection::vec(
        prop::sample::select(vec![
            "p99", "response.", "success", "rps", "(ok)", "(", ")", "of", "\"GET /\"", "tag:", "status:5xx",
            "<", ">=", "=", "1s", "98%", "10,000", "é", "in", "every", "sustained", "of seconds", "abort", "'",
        ]), 0..10))
    {
        if let Err(error) = parse_criterion(&words.join(" ")) {
            prop_assert!(error.column >= 1);
        }
        let _ = parse_criterion(&words.concat());
    }

    /// What is read is what was meant, however it is spaced.
    #[test]
    fn blanks_make_no_difference(value in 1u32..1_000_000, blanks in 0usize..4, seconds in 1u32..600) {
        let b = " ".repeat(blanks);
        let tight = format!("rps>={value} every {seconds}s");
        let loose = format!("rps{b}>={b}{value}{b} every {b}{seconds}{b}s{b}");
        let (tight, loose) = (parse_criterion(&tight), parse_criterion(&loose));
        let (tight, loose) = (tight.expect("sound"), loose.expect("sound"));
        prop_assert_eq!((tight.metric, tight.window), (loose.metric, loose.window));
        prop_assert!((tight.value - loose.value).abs() < 1e-9);
    }
}
