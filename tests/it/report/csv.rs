//! Locust's own files, made by hand as Locust writes them.

use proptest::prelude::*;
use swarmdeck::report::{CsvError, CsvFile, CsvFiles, RunFile, import_csv, markdown};

const STATS: &str = "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%\r
GET,\"/a,b\",75,0,120,125.5,40.25,300.0,318.0,15.0,0.0,120,130,140,150,160,170,180,190,300,300,300\r
POST,/api/v1/deployments/,250,5,145,150.25,50.5,450.75,120.0,50.0,1.0,145,150,160,170,200,300,400,430,450,450,450\r
POST,/never,0,0,0,0.0,0.0,0.0,0.0,0.0,0.0,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A\r
,Aggregated,325,5,140,144.5,40.25,450.75,165.7,65.0,1.0,140,150,160,170,200,280,400,430,450,450,450\r
";
const FAILURES: &str = "Method,Name,Error,Occurrences,First Seen,Last Seen\r
POST,/api/v1/deployments/,\"HTTPError('500 Server Error: \"\"oops\"\" for url: /x')\",5,2026-11-23T18:49:40Z,2026-11-23T18:50:40Z\r
";
const HISTORY: &str = "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%,Total Request Count,Total Failure Count,Total Median Response Time,Total Average Response Time,Total Min Response Time,Total Max Response Time,Total Average Content Size\r
1769335200,0,,Aggregated,0.000000,0.000000,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,0,0,0,0.0,0.0,0,0\r
1769335201,10,,Aggregated,30.000000,0.000000,140,150,160,170,200,280,400,430,450,450,450,60,0,140,144.5,40,450,165\r
1769335203,20,,Aggregated,60.000000,1.000000,140,150,160,170,200,280,400,430,450,450,450,325,5,140,144.5,40,450,165\r
";
/// As the load testing guide shows it.
const GUIDE: &str = "Name,# requests,# failures,Median response time,Average response time,Min response time,Max response time
POST /api/v1/deployments/,250,0,145,150,50,450
GET /api/v1/deployments/,75,0,120,125,40,300
";

fn file(name: &str, text: &str) -> CsvFile {
    CsvFile {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

fn stats_only(text: &str) -> Result<RunFile, CsvError> {
    import_csv(&CsvFiles {
        prefix: "scenario1_deployments".to_owned(),
        stats: file("x_stats.csv", text),
        ..CsvFiles::default()
    })
}

#[test]
fn all_that_locust_wrote_is_there_and_nothing_is_judged() {
    let run = import_csv(&CsvFiles {
        prefix: "scenario1_deployments".to_owned(),
        stats: file("x_stats.csv", STATS),
        failures: Some(file("x_failures.csv", FAILURES)),
        history: Some(file("x_stats_history.csv", HISTORY)),
    });
    let run = run.expect("sound");
    assert!(run.judgement.is_none());
    assert_eq!(run.run.scenario, "scenario1_deployments");
    assert_eq!((run.aggregated.requests, run.aggregated.failures), (325, 5));
    assert_eq!(run.aggregated.latencies.service.p99_us, Some(430_000));
    let [first, second, never] = run.requests.as_slice() else {
        panic!("{:?}", run.requests);
    };
    assert_eq!((&*first.method, &*first.name), ("GET", "/a,b"));
    assert_eq!(first.min_us, Some(40_250));
    assert_eq!(second.mean_us, Some(150_250.0));
    assert_eq!(second.latencies.service.p95_us, Some(300_000));
    assert_eq!((never.max_us, never.latencies.service.p50_us), (None, None));
    let [failure] = run.failures.as_slice() else {
        panic!("{:?}", run.failures);
    };
    assert_eq!(failure.count, 5);
    assert!(failure.text.contains("500 Server Error: \"oops\""));
    let seconds: Vec<_> = run
        .series
        .iter()
        .map(|row| (row.end_s, row.width_s))
        .collect();
    assert_eq!(seconds, [(1, 1), (2, 1), (4, 2)]);
    let requests: Vec<_> = run.series.iter().map(|row| row.requests).collect();
    assert_eq!(requests, [0, 60, 265]);
    assert_eq!(run.load.peak_users, Some(20));
    let text = markdown(&[run]);
    assert!(text.contains("the file has no criteria"), "{text}");
    assert!(text.contains("Against the baseline"), "{text}");
}

#[test]
fn the_table_that_the_guide_shows_is_read_too() {
    let run = stats_only(GUIDE).expect("sound");
    assert_eq!(run.requests[0].method, "POST");
    assert_eq!(&*run.requests[0].name, "/api/v1/deployments/");
    assert_eq!(run.requests[1].latencies.service.p50_us, Some(120_000));
    let all = &run.aggregated;
    assert_eq!((all.requests, all.failures), (325, 0));
    assert_eq!(all.max_us, Some(450_000));
    assert_eq!(all.latencies.service.p50_us, None, "medians do not add up");
}

#[test]
fn mistakes_name_file_line_and_column() {
    for (text, words) in [
        ("a,b\n1,2\n", "x_stats.csv: no column `Name` in line 1"),
        ("Name,x\n/,2\n", "`Request Count` or `# requests`"),
        (
            "Name,# requests\n/a,1\n/b,many\n",
            "x_stats.csv: line 3: `many` in column `Request Count` is not a number",
        ),
        ("Name,# requests\n/a,-1\n", "line 2: `-1`"),
        ("Name,# requests\n/a,1e999\n", "line 2: `1e999`"),
        ("", "no column"),
    ] {
        let error = stats_only(text).expect_err(text).to_string();
        assert!(error.contains(words), "{text:?}: {error}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,400}") {
        let _ = stats_only(&text);
    }

    #[test]
    fn no_table_makes_it_or_a_report_panic(
        cells in proptest::collection::vec("[-0-9.,eNA/\" \n]{0,12}", 0..60),
        times in proptest::collection::vec("[0-9]{0,20}", 0..30),
    ) {
        let head = "Name,# requests,# failures,50%,99%,Average Response Time,Requests/s\n";
        let mut body = head.to_owned();
        for row in cells.chunks(7) {
            body.push_str(&row.join(","));
            body.push('\n');
        }
        let lines = times.chunks(3).map(|row| format!("Aggregated,{}", row.join(",")));
        let head = "Name,Timestamp,Total Request Count,User Count".to_owned();
        let history: Vec<_> = std::iter::once(head).chain(lines).collect();
        let history = history.join("\n");
        let run = import_csv(&CsvFiles {
            prefix: "x".to_owned(),
            stats: file("x_stats.csv", &body),
            history: Some(file("x_stats_history.csv", &history)),
            failures: Some(file("x_failures.csv", &body)),
        });
        if let Ok(run) = run {
            let _ = markdown(&[run]);
        }
    }
}
