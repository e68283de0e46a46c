//! The same small closed load through Locust and through this program.
//! `docs/from-locust.md` lists what differs on purpose.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use swarmdeck::lab::LabConfig;
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::support::{Folder, eventually, lab, python, refused_port, soon};

/// The two programs.
#[derive(Clone, Copy, Debug)]
enum Program {
    Locust,
    Ours,
}

impl Program {
    /// It, with what it is to run.
    fn command(self) -> Option<Command> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/locust");
        let (program, file) = match self {
            Self::Locust => (python("locust")?, "locustfile.py"),
            Self::Ours => (env!("CARGO_BIN_EXE_swarmdeck").into(), "visitor.yaml"),
        };
        let mut command = Command::new(program);
        command
            .arg("-f")
            .arg(root.join(file))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        Some(command)
    }
}

/// What a headless run left behind.
struct Left {
    code: Option<i32>,
    stderr: String,
    folder: Folder,
}

impl Left {
    /// After five seconds of the load against this target.
    async fn by(program: Program, host: &str) -> Option<Self> {
        let folder = Folder::new();
        let mut command = program.command()?;
        command.args(["--headless", "-u", "4", "-r", "4", "-t", "5s"]);
        command.args(["--host", host, "--csv", &format!("{}/run", folder.path())]);
        let output = soon("the end", command.output()).await.unwrap();
        Some(Self {
            code: output.status.code(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            folder,
        })
    }

    fn text(&self, kind: &str) -> String {
        let path = format!("{}/run_{kind}.csv", self.folder.path());
        std::fs::read_to_string(path).unwrap()
    }

    /// The head and the rows of a file.
    fn table(&self, kind: &str) -> (Vec<String>, Vec<Vec<String>>) {
        let text = self.text(kind);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let list = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
        let head = list(reader.headers().unwrap());
        let rows = reader.records().map(|row| list(&row.unwrap())).collect();
        (head, rows)
    }
}

#[tokio::test]
async fn headless_runs_leave_the_same_files_lines_and_code() {
    let lab = lab(LabConfig::default());
    let Some(locust) = Left::by(Program::Locust, &lab.url()).await else {
        return;
    };
    let ours = Left::by(Program::Ours, &lab.url()).await.unwrap();
    assert_eq!(
        (locust.code, ours.code),
        (Some(1), Some(1)),
        "{}",
        ours.stderr
    );

    for kind in ["stats", "stats_history", "failures", "exceptions"] {
        assert_eq!(ours.table(kind).0, locust.table(kind).0, "{kind}");
        for left in [&ours, &locust] {
            let text = left.text(kind);
            let lines = text.matches('\n').count();
            assert_eq!(text.matches("\r\n").count(), lines, "{kind}");
        }
    }
    let (_, theirs) = locust.table("stats");
    let (_, rows) = ours.table("stats");
    assert_eq!(rows.len(), theirs.len());
    let number = |text: &str| text.parse::<f64>().unwrap();
    let all = |rows: &[Vec<String>]| number(&rows.last().unwrap()[2]);
    for (row, their) in rows.iter().zip(&theirs) {
        assert_eq!(row[..2], their[..2], "type and name, in order");
        // How many there are depends on how busy the machine is; what part of
        // them a name has does not.
        let (part, of_theirs) = (
            number(&row[2]) / all(&rows),
            number(&their[2]) / all(&theirs),
        );
        assert!(
            (part - of_theirs).abs() < 0.25,
            "{}: {part} of the requests, with Locust {of_theirs}",
            row[1]
        );
        assert_eq!(number(&row[3]) > 0.0, number(&their[3]) > 0.0, "failures");
        // Median and percentiles are whole milliseconds in both.
        for column in std::iter::once(4).chain(11..22) {
            assert!(row[column].parse::<u64>().is_ok(), "{column}: {row:?}");
            assert!(their[column].parse::<u64>().is_ok(), "{column}: {their:?}");
        }
    }
    let of_names = |left: &Left| -> Vec<(String, String)> {
        let rows = left.table("failures").1.into_iter();
        rows.map(|row| (row[0].clone(), row[1].clone())).collect()
    };
    assert_eq!(of_names(&ours), of_names(&locust));
    let (_, history) = ours.table("stats_history");
    assert!(history.len() >= 5, "{history:?}");
    assert!(history.iter().all(|row| row[3] == "Aggregated"));

    for phrase in [
        "Run time limit set to 5 seconds",
        "Ramping to 4 users at a rate of 4.00 per second",
        r#"All users spawned: {"Visitor": 4} (4 total users)"#,
        "--run-time limit reached, shutting down",
        "Shutting down (exit code 1)",
        "Type     Name",
        "# reqs      # fails |    Avg     Min     Max    Med |   req/s  failures/s",
        "Response time percentiles (approximated)",
        "Error report",
    ] {
        assert!(locust.stderr.contains(phrase), "Locust: {phrase}");
        assert!(ours.stderr.contains(phrase), "{phrase}\n{}", ours.stderr);
    }
}

/// A web interface that runs.
struct Web {
    url: String,
    client: reqwest::Client,
    _child: Child,
}

impl Web {
    async fn of(program: Program, host: &str) -> Option<Self> {
        let port = refused_port().await;
        let mut command = program.command()?;
        command.args(["--host", host, "--web-port", &port.to_string()]);
        command.args(["--web-host", "127.0.0.1"]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let web = Self {
            url: format!("http://127.0.0.1:{port}"),
            client,
            _child: child.unwrap(),
        };
        let address = format!("{}/stats/requests", web.url);
        let is_up = async || web.client.get(&address).send().await.is_ok();
        eventually("the web interface", Duration::from_secs(20), is_up).await;
        Some(web)
    }

    async fn get(&self, path: &str) -> (u16, String, String) {
        let answer = self.client.get(format!("{}{path}", self.url)).send().await;
        Self::read(answer.unwrap()).await
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, String, String) {
        let request = self.client.post(format!("{}{path}", self.url)).form(form);
        Self::read(request.send().await.unwrap()).await
    }

    /// Status, type and body.
    async fn read(answer: reqwest::Response) -> (u16, String, String) {
        let kind = &answer.headers()["content-type"];
        let kind = kind.to_str().unwrap().split(';').next().unwrap().to_owned();
        (answer.status().as_u16(), kind, answer.text().await.unwrap())
    }
}

/// The fields of a value and their types; lists by their first element.
fn shape(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(_) => "text".to_owned(),
        Value::Array(list) => format!("[{}]", list.first().map(shape).unwrap_or_default()),
        Value::Object(map) => {
            let mut fields: Vec<_> = map
                .iter()
                .map(|(name, value)| format!("{name}: {}", shape(value)))
                .collect();
            fields.sort();
            format!("{{{}}}", fields.join(", "))
        }
    }
}

fn shape_of(body: &str) -> String {
    let value: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {body}"));
    shape(&value)
}

#[tokio::test]
async fn the_routes_answer_in_the_same_shapes() {
    let lab = lab(LabConfig::default());
    let host = lab.url();
    let Some(locust) = Web::of(Program::Locust, &host).await else {
        return;
    };
    let ours = Web::of(Program::Ours, &host).await.unwrap();
    for form in [
        &[("user_count", "abc"), ("spawn_rate", "4")][..],
        &[("user_count", "4")],
        &[("user_count", "4"), ("spawn_rate", "4"), ("run_time", "5x")],
        &[("user_count", "4"), ("spawn_rate", "4")],
    ] {
        let (status, _, theirs) = locust.post("/swarm", form).await;
        let (our_status, _, body) = ours.post("/swarm", form).await;
        assert_eq!((our_status, status), (200, 200));
        let field =
            |body: &str, name: &str| serde_json::from_str::<Value>(body).unwrap()[name].clone();
        assert_eq!(field(&body, "success"), field(&theirs, "success"), "{body}");
        assert_eq!(field(&body, "message"), field(&theirs, "message"));
    }
    sleep(Duration::from_secs(5)).await;
    for path in [
        "/stats/requests",
        "/exceptions",
        "/tasks",
        "/logs",
        "/worker-count",
    ] {
        let (status, kind, theirs) = locust.get(path).await;
        let (our_status, our_kind, body) = ours.get(path).await;
        assert_eq!((our_status, &our_kind), (status, &kind), "{path}");
        assert_eq!(shape_of(&body), shape_of(&theirs), "{path}");
    }
    for path in [
        "/stats/requests/csv",
        "/stats/failures/csv",
        "/exceptions/csv",
    ] {
        let (status, kind, theirs) = locust.get(path).await;
        let (our_status, our_kind, body) = ours.get(path).await;
        assert_eq!((our_status, &our_kind), (status, &kind), "{path}");
        let head = |body: &str| body.split("\r\n").next().unwrap().to_owned();
        assert_eq!(head(&body), head(&theirs), "{path}");
    }
    for (path, message) in [("/stats/reset", "ok"), ("/stop", "Test stopped")] {
        let (status, _, theirs) = locust.post(path, &[]).await;
        let (our_status, _, body) = ours.post(path, &[]).await;
        assert_eq!((our_status, status), (200, 200), "{path}");
        assert!(theirs.contains(message) && body.contains(message), "{path}");
    }
    let full_history = "/stats/requests_full_history/csv";
    let (status, ..) = locust.get(full_history).await;
    let (our_status, ..) = ours.get(full_history).await;
    assert_eq!((our_status, status), (404, 404));
}
