use super::outputs::{OutputError, ab, hey, locust, oha, wrk};

const WRK: &str = "Running 5s test @ http://127.0.0.1:8100/
  1 threads and 100 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     0.90ms    1.20ms  20.03ms   95.11%
    Req/Sec   119.50k     9.80k  133.92k    80.00%
  594612 requests in 5.01s, 261.47MB read
Requests/sec: 118685.03
Transfer/sec:     52.19MB
";

#[test]
fn wrk_says_requests_and_time_or_what_failed() {
    let totals = wrk(WRK).expect("usable");
    assert_eq!((totals.requests, totals.seconds), (594_612.0, 5.01));
    let minutes = WRK.replace("5.01s,", "1.50m,");
    assert_eq!(wrk(&minutes).expect("usable").seconds, 90.0);
    let failing = format!("{WRK}  Non-2xx or 3xx responses: 7\n");
    let words = "Non-2xx or 3xx responses: 7".to_owned();
    assert_eq!(wrk(&failing), Err(OutputError::Failures(words)));
    let lost = format!("{WRK}  Socket errors: connect 0, read 3, write 0, timeout 0\n");
    assert!(matches!(wrk(&lost), Err(OutputError::Failures(_))));
    assert_eq!(
        wrk("resource_usage"),
        Err(OutputError::Without("line of requests"))
    );
}

#[test]
fn ab_counts_what_is_complete() {
    let text = "Time taken for tests:   5.000 seconds
Complete requests:      186512
Failed requests:        0
Keep-Alive requests:    186512
";
    let totals = ab(text).expect("usable");
    assert_eq!((totals.requests, totals.seconds), (186_512.0, 5.0));
    let failing = text.replace("Failed requests:        0", "Failed requests:        3");
    assert!(matches!(ab(&failing), Err(OutputError::Failures(_))));
    let unwelcome = format!("{text}Non-2xx responses:      3\n");
    assert!(matches!(ab(&unwelcome), Err(OutputError::Failures(_))));
}

#[test]
fn hey_says_a_rate() {
    let text = "
Summary:
  Total:\t5.0000 secs
  Requests/sec:\t20000.5

Status code distribution:
  [200]\t100002 responses
";
    let totals = hey(text).expect("usable");
    assert_eq!((totals.requests, totals.seconds), (100_002.5, 5.0));
    let failing = format!("{text}  [503]\t2 responses\n");
    assert!(matches!(hey(&failing), Err(OutputError::Failures(_))));
    let lost = format!("{text}\nError distribution:\n  [1]\tGet: EOF\n");
    assert!(matches!(hey(&lost), Err(OutputError::Failures(_))));
}

#[test]
fn oha_may_abort_what_is_under_way() {
    let text = r#"{"summary": {"successRate": 1.0, "total": 5.0},
        "statusCodeDistribution": {"200": 400, "201": 100},
        "errorDistribution": {"aborted due to deadline": 100}}"#;
    let totals = oha(text).expect("usable");
    assert_eq!((totals.requests, totals.seconds), (500.0, 5.0));
    for (good, bad) in [
        ("201", "503"),
        ("aborted due to deadline", "connection reset"),
    ] {
        let failing = text.replace(good, bad);
        assert!(
            matches!(oha(&failing), Err(OutputError::Failures(_))),
            "{bad}"
        );
    }
}

#[test]
fn locust_is_found_among_other_lines() {
    let line = r#"{"requests": 9, "failures": 0, "seconds": 5.0, "user_s": 1.5, "system_s": 0.5}"#;
    let told = locust(&format!("Type Name\n{line}\n")).expect("usable");
    assert_eq!((told.requests, told.seconds), (9.0, 5.0));
    assert_eq!((told.user_s, told.system_s), (1.5, 0.5));
    let failing = line.replace("\"failures\": 0", "\"failures\": 1");
    assert!(matches!(locust(&failing), Err(OutputError::Failures(_))));
    assert!(matches!(locust("no"), Err(OutputError::Without(_))));
}
