//! The files of a run, read by those who read them: a CSV reader, pandas,
//! JSON.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use swarmdeck::lab::LabConfig;

use crate::support::{self, Captured, Folder, PATIENCE, Program, eventually, lab, soon};

const TWO: &str = "user_classes:
  Two:
    wait: 10ms
    tasks:
      health: [{get: /api/v1/health/}]
      stats: [{get: /lab/stats}]
      sold_out: [{fail: sold out}]
";

async fn run(file: &str, host: &str, more: &[&str]) -> (String, String) {
    let arguments = ["-f", file, "-H", host, "--headless", "-u", "2", "-r", "100"];
    let arguments = [&arguments, more].concat();
    let (_, stdout, stderr) = Program::output(&arguments).await;
    assert!(stderr.contains("Shutting down"), "{stderr}");
    (stdout, stderr)
}

fn rows(path: &str) -> Vec<csv::StringRecord> {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.ends_with("\r\n"), "{text}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap()).collect()
}

#[tokio::test]
async fn four_files_agree_with_each_other_and_with_the_json() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", TWO);
    let prefix = format!("{}/new/folder/x", folder.path());
    let arguments = ["-t", "3s", "--csv", &prefix, "--json"];
    let (stdout, stderr) = run(&file, &lab.url(), &arguments).await;
    let stats = rows(&format!("{prefix}_stats.csv"));
    let names: Vec<_> = stats.iter().map(|row| (&row[0], &row[1])).collect();
    let expected = [
        ("GET", "/api/v1/health/"),
        ("GET", "/lab/stats"),
        ("", "Aggregated"),
    ];
    assert_eq!(names, expected);
    let count = |row: &csv::StringRecord, at: usize| row[at].parse::<u64>().unwrap();
    assert_eq!(
        count(&stats[2], 2),
        count(&stats[0], 2) + count(&stats[1], 2)
    );
    let history = rows(&format!("{prefix}_stats_history.csv"));
    assert!((3..=8).contains(&history.len()), "{history:?}");
    let times: Vec<_> = history.iter().map(|row| count(row, 0)).collect();
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
    let last = history.last().unwrap();
    assert_eq!(count(last, 17), count(&stats[2], 2), "complete at the end");
    assert_eq!(&last[3], "Aggregated");
    assert_eq!(rows(&format!("{prefix}_failures.csv")).len(), 0);
    let exceptions = rows(&format!("{prefix}_exceptions.csv"));
    assert_eq!(&exceptions[0][1], "sold_out: sold out");
    assert_eq!(&exceptions[0][2], "", "no traceback");
    assert_eq!(&exceptions[0][3], "local");
    // Standard output is the JSON alone; the tables went where errors go.
    let entries: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(entries.as_array().unwrap().len(), 2);
    assert_eq!(entries[0]["num_requests"], count(&stats[0], 2));
    let buckets = entries[0]["response_times"].as_object().unwrap();
    let timed: u64 = buckets.values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(timed, count(&stats[0], 2));
    assert!(stdout.starts_with("[\n    {\n        \"name\""), "{stdout}");
    assert!(stderr.contains("Response time percentiles"), "{stderr}");
    let left: Vec<_> = std::fs::read_dir(format!("{}/new/folder", folder.path()))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 6, "nothing else is left: {left:?}");
    let response = rows(&format!("{prefix}_response.csv"));
    assert_eq!(response.len(), 0, "no start was planned: {response:?}");
}

#[tokio::test]
async fn the_full_history_has_a_row_for_each_name() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", TWO);
    let prefix = format!("{}/x", folder.path());
    let arguments = ["-t", "2s", "--csv", &prefix, "--csv-full-history"];
    run(&file, &lab.url(), &arguments).await;
    let history = rows(&format!("{prefix}_stats_history.csv"));
    let names: Vec<_> = history.iter().rev().take(3).map(|row| &row[3]).collect();
    assert_eq!(names, ["Aggregated", "/lab/stats", "/api/v1/health/"]);
    // In so short a run the last 10 s are the whole run.
    let stats = rows(&format!("{prefix}_stats.csv"));
    for (row, whole) in history[history.len() - 3..].iter().zip(&stats) {
        let slowest = |text: &str| text.parse::<f64>().unwrap();
        assert!(
            slowest(&row[16]) >= slowest(&whole[21]),
            "{row:?} {whole:?}"
        );
    }
}

#[tokio::test]
async fn a_disk_that_goes_away_and_comes_back_costs_no_run() {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", TWO);
    let results = format!("{}/results", folder.path());
    let away = format!("{}/away", folder.path());
    let prefix = format!("{results}/x");
    let url = lab.url();
    let arguments = [
        "-f",
        &file,
        "-H",
        &url,
        "--headless",
        "-t",
        "6s",
        "--csv",
        &prefix,
    ];
    let running = Captured::start(&arguments);
    let stats = format!("{prefix}_stats.csv");
    eventually("requests in the file", PATIENCE, async || {
        std::fs::read_to_string(&stats).is_ok_and(|text| text.contains("GET,"))
    })
    .await;
    // A file where the folder was: it cannot be made again.
    std::fs::rename(&results, &away).unwrap();
    std::fs::write(&results, "").unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    std::fs::remove_file(&results).unwrap();
    std::fs::rename(&away, &results).unwrap();
    let (_, _, stderr) = running.end().await;
    assert_eq!(stderr.matches("the run continues").count(), 1, "{stderr}");
    assert!(stderr.contains("writing files works again"), "{stderr}");
    let stats = rows(&stats);
    let history = rows(&format!("{prefix}_stats_history.csv"));
    assert_eq!(history.last().unwrap()[17], stats.last().unwrap()[2]);
    assert!(history.len() >= 6, "no second is missing: {history:?}");
}

/// Runs a scenario with its files on a disk of 64 KiB of its own, which is
/// filled up in the midst of it and, if asked to, cleared again. `$1` is the disk,
/// `$2` where what it holds is copied to.
const FULL: &str = r#"
disk=$1 copy=$2 program=$3; shift 3
mount -t tmpfs -o size=64k tmpfs "$disk" || exit 77
"$program" "$@" --csv "$disk/x" & run=$!
sleep 2.5; head -c 100000 /dev/zero > "$disk/fill"
sleep 2.5; [ -n "$STAYS_FULL" ] || rm "$disk/fill"
wait $run; code=$?
cp "$disk"/x* "$copy"; exit $code
"#;

/// Its exit code, what it said, and where its files are.
async fn on_a_full_disk(stays_full: &str, host: &str) -> Option<(i32, String, Folder)> {
    let folder = Folder::new();
    let file = folder.file("a.yaml", TWO);
    let disk = format!("{}/disk", folder.path());
    std::fs::create_dir(&disk).unwrap();
    let mut command = tokio::process::Command::new("unshare");
    command
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", FULL])
        .args(["sh", &disk, folder.path(), env!("CARGO_BIN_EXE_swarmdeck")])
        .args(["-f", &file, "-H", host, "--headless", "-t", "7s"])
        .args(["-u", "2", "-r", "100"])
        .env("STAYS_FULL", stays_full)
        .kill_on_drop(true);
    let output = soon("the end", command.output()).await.unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let code = output.status.code().unwrap();
    let is_refused = code == 77 || stderr.starts_with("unshare:");
    // Some systems, containers above all, let nobody have a disk of one's own.
    (!is_refused).then_some((code, stderr, folder))
}

#[tokio::test]
async fn a_disk_that_is_full_costs_no_run() {
    let lab = lab(LabConfig::default());
    let url = lab.url();
    let (cleared, full) = tokio::join!(on_a_full_disk("", &url), on_a_full_disk("yes", &url));
    let (Some(cleared), Some(full)) = (cleared, full) else {
        return;
    };
    for (code, stderr, folder) in [&cleared, &full] {
        assert_eq!(*code, 1, "tasks that fail: {stderr}");
        assert_eq!(stderr.matches("the run continues").count(), 1, "{stderr}");
        assert!(stderr.contains("No space left"), "{stderr}");
        assert!(stderr.contains("Shutting down"), "{stderr}");
        // The existing rows are complete, as `rows` checks.
        let stats = rows(&format!("{}/x_stats.csv", folder.path()));
        assert_eq!(&stats.last().unwrap()[1], "Aggregated");
        rows(&format!("{}/x_stats_history.csv", folder.path()));
    }
    let (_, stderr, folder) = &cleared;
    assert!(stderr.contains("writing files works again"), "{stderr}");
    let history = rows(&format!("{}/x_stats_history.csv", folder.path()));
    let stats = rows(&format!("{}/x_stats.csv", folder.path()));
    assert_eq!(history.last().unwrap()[17], stats.last().unwrap()[2]);
    assert!(history.len() >= 6, "no second is missing: {history:?}");
    let (_, stderr, _) = &full;
    assert!(!stderr.contains("works again"), "{stderr}");
}

/// What Python prints; pandas has to be there (`tests/run` installs it for
/// Debian's own Python, which need not be the first one found).
fn python(python: &Path, folder: &str, code: &str) -> String {
    let mut command = Command::new(python);
    let output = command
        .args(["-c", code])
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// The guide's analysis of its first scenario.
const PARSE: &str = "import pandas as pd
df = pd.read_csv('results/scenario1_deployments_stats.csv')
print(df[['Name', 'Request Count', 'Failure Count', 'Median Response Time', 'Max Response Time']])
";

/// The guide's analysis of all scenarios.
const AGGREGATE: &str = "import pandas as pd
import glob

# Load all scenario results
scenarios = {}
for file in glob.glob('results/scenario*_stats.csv'):
    name = file.split('/')[-1].split('_stats')[0]
    scenarios[name] = pd.read_csv(file)

# Print summary
for scenario, df in scenarios.items():
    print(f\"\\n{scenario.upper()}\")
    print(f\"  Total Requests: {df['# requests'].sum()}\")
    print(f\"  Total Failures: {df['# failures'].sum()}\")
    print(f\"  Avg Response: {df['Median response time'].mean():.0f}ms\")
    print(f\"  Max Response: {df['Max response time'].max():.0f}ms\")
";

/// Runs as the guide does: the folder in which its scripts run, and the prefix
/// of the files there.
async fn guide_run(style: &[&str]) -> (Folder, String) {
    let lab = lab(LabConfig::default());
    let folder = Folder::new();
    let file = folder.file("a.yaml", TWO);
    let prefix = format!("{}/results/scenario1_deployments", folder.path());
    let arguments = ["-t", "2s", "--csv", &prefix];
    run(&file, &lab.url(), &[&arguments, style].concat()).await;
    (folder, prefix)
}

#[tokio::test]
async fn pandas_reads_locusts_style() {
    let Some(with_pandas) = support::python("python") else {
        return;
    };
    let (folder, _) = guide_run(&[]).await;
    let checks = "assert df['Request Count'].dtype == 'int64' and df['Median Response Time'].dtype == 'int64'
assert df['Request Count'].iloc[-1] == df['Request Count'].iloc[:-1].sum() > 0
history = pd.read_csv('results/scenario1_deployments_stats_history.csv')
assert list(history['Name']) == ['Aggregated'] * len(history)";
    let seen = python(&with_pandas, folder.path(), &format!("{PARSE}{checks}"));
    assert!(seen.contains("Aggregated"), "{seen}");
}

#[tokio::test]
async fn both_scripts_of_the_guide_read_the_files_of_one_command() {
    let Some(with_pandas) = support::python("python") else {
        return;
    };
    let (folder, prefix) = guide_run(&["--csv-style", "guide"]).await;
    let checks =
        "assert (df['Request Count'] == df['# requests']).all() and df['Request Count'].sum() > 0
assert (df['Max Response Time'] == df['Max response time']).all()";
    let seen = python(&with_pandas, folder.path(), &format!("{PARSE}{checks}"));
    assert!(seen.contains("GET /api/v1/health/"), "{seen}");
    assert!(!seen.contains("Aggregated"), "sums count once: {seen}");
    let checks = "history = pd.read_csv('results/scenario1_deployments_stats_history.csv')
assert list(history.columns) == ['Time', 'Type', 'Name', '# requests', '# failures', 'Median response time']
assert history['Time'].iloc[0] > 1e12";
    let seen = python(&with_pandas, folder.path(), &format!("{AGGREGATE}{checks}"));
    assert!(seen.contains("SCENARIO1_DEPLOYMENTS"), "{seen}");
    assert!(seen.contains("Total Failures: 0"), "{seen}");
    let stats = rows(&format!("{prefix}_stats.csv"));
    assert_eq!(&stats[0][0], "GET /api/v1/health/");
    assert!(!std::path::Path::new(&format!("{prefix}_exceptions.csv")).exists());
}
