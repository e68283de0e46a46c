//! Scenario files from the outside: text in; diagnostics, messages and
//! judgements out.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod bytes;
mod criteria;
mod delivery;
mod environment;
mod files;
mod flow;
mod functions;
mod http;
mod mistakes;
mod never_panics;
mod requests;
mod selection;
mod timeline;
mod values;

pub(crate) use mistakes::described;

use swarmdeck::program::{
    EvalContext, Instruction, Program, ReceivedResponse, Request, Scratch, Sequences, Variables,
};
use swarmdeck::scenario::{Diagnostic, Environment, Loaded, Source, builtin, load};

/// An environment with what the tests read.
fn environment() -> Environment {
    let values = [
        ("HOME_TOWN", "Bern"),
        ("EMPTY", ""),
        ("ADDRESS", "127.0.0.1"),
        ("USERS", "12"),
        ("FILE", "accounts"),
        ("PREFIX", "/v1"),
    ];
    values.into_iter().collect()
}

fn try_load(text: &str) -> Result<Loaded, Vec<Diagnostic>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios");
    load(
        &Source::new("test.yaml", text).in_folder(folder),
        &environment(),
    )
}

/// The program of a file that has to be sound.
fn compile(text: &str) -> Program {
    let source = Source::new("test.yaml", text);
    let loaded = load(&source, &environment()).unwrap_or_else(|problems| {
        let text: String = problems
            .iter()
            .map(|problem| problem.render(swarmdeck::scenario::Colour::Never))
            .collect();
        panic!("{text}")
    });
    loaded.compile(Some("http://127.0.0.1:8000")).unwrap()
}

/// A program of one class with these steps, indented by nothing; `$.seed` sets
/// `a` and `b`, which the steps may use.
fn program_of_steps(steps: &str) -> Program {
    let steps = steps.replace('\n', "\n        ");
    compile(&format!(
        "user_classes:\n  U:\n    on_start:\n      - get: /seed\n        capture: {{a: {{json: $.a}}, b: {{json: $.b}}}}\n    tasks:\n      t:\n        {steps}\n"
    ))
}

/// The request of the first step of the first task.
fn first_request(program: &Program) -> &Request {
    let entry = program.classes[0].tasks[0].entry;
    match program.code[entry.index()] {
        Instruction::Request(id) => &program.requests[id.index()],
        _ => panic!("the task does not begin with a request"),
    }
}

fn render(request: &Request, variables: &Variables) -> Result<String, swarmdeck::model::Failure> {
    let bytes = render_bytes(request, variables)?;
    Ok(String::from_utf8(bytes).unwrap())
}

/// The bytes of a request that can be sent.
fn message(request: &Request, variables: &Variables) -> Vec<u8> {
    render_bytes(request, variables).unwrap()
}

fn render_bytes(
    request: &Request,
    variables: &Variables,
) -> Result<Vec<u8>, swarmdeck::model::Failure> {
    let mut rng = fastrand::Rng::with_seed(7);
    let mut context = EvalContext {
        rng: &mut rng,
        unix_us: 1_700_000_000_123_456,
        sequences: &Sequences::new(2, &swarmdeck::model::Slots::all()),
    };
    let mut scratch = Scratch::default();
    let rendered = request.render(variables, &mut context, &mut scratch)?;
    Ok(rendered.bytes.to_vec())
}

/// What a request says to an answer.
fn judge(
    request: &Request,
    answer: ReceivedResponse<'_>,
    variables: &mut Variables,
) -> Result<(), swarmdeck::model::Failure> {
    let mut context = EvalContext {
        rng: &mut fastrand::Rng::with_seed(3),
        unix_us: 0,
        sequences: &Sequences::default(),
    };
    let verdict = request.judge(answer, variables, &mut context);
    if verdict.is_err() {
        request.forget(variables);
    }
    verdict
}

#[test]
fn the_built_in_scenarios_load_and_compile() {
    assert_eq!(builtin().len(), 5);
    for source in builtin() {
        let loaded = load(source, &Environment::default()).unwrap_or_else(|problems| {
            panic!("{}: {problems:#?}", source.file);
        });
        let program = loaded.compile(None).unwrap();
        assert_eq!(program.origins[0].to_string(), "http://localhost:8000");
        assert!(!loaded.scenario.description.is_empty());
    }
}

#[test]
fn the_built_in_scenarios_are_paced_as_the_guide_demands() {
    let loaded: Vec<_> = builtin()
        .iter()
        .map(|source| load(source, &Environment::default()).unwrap().scenario)
        .collect();
    let figures = |index: usize| {
        let load = loaded[index].steered().expect("users");
        let run_time = loaded[index].run_time.map(|time| time.as_secs());
        (load.users, load.spawn_rate, run_time)
    };
    assert_eq!(figures(0), (100, 10.0, Some(300)));
    assert_eq!(figures(1), (50, 5.0, Some(300)));
    assert_eq!(figures(2), (200, 20.0, Some(300)));
    assert_eq!(figures(3), (1000, 100.0, Some(240)));
    let period = |index: usize| loaded[index].user_classes[0].wait.period_seconds();
    assert_eq!(period(1), Some(0.5));
    assert_eq!(period(3), Some(1.0 / 12.0));
    let weights: Vec<_> = loaded[1].user_classes[0]
        .tasks
        .iter()
        .map(|t| t.weight)
        .collect();
    assert_eq!(weights, [4, 3, 1]);
    let planes = ["INTUNE", "JAMF", "SCCM", "LANDSCAPE", "ANSIBLE"];
    for plane in planes {
        let tasks = &loaded[2].user_classes[0].tasks;
        let tagged = tasks
            .iter()
            .filter(|task| task.tags.iter().any(|tag| tag == plane));
        assert_eq!(tagged.count(), 1, "{plane}");
    }
}

#[test]
fn statistics_rows_are_path_templates() {
    let program = compile(
        "user_classes:
  U:
    tasks:
      t:
        - get: /d/{{ id }}/?limit=5
          capture: {id: {json: $.id}}
        - get: /d/{{ id }}/
        - get: /r/{{ int(1, 5) }}
        - post: /r/{{ int(1, 5) }}
        - get: https://other.example:444/x/{{ id }}
        - get: https://other.example:444
        - {get: /named, name: A name}
",
    );
    let names: Vec<_> = program
        .names
        .iter()
        .map(|name| format!("{} {}", name.kind, name.name))
        .collect();
    assert_eq!(
        names,
        [
            "GET /d/{id}/",
            "GET /r/{int(1, 5)}",
            "POST /r/{int(1, 5)}",
            "GET https://other.example:444/x/{id}",
            "GET https://other.example:444/",
            "GET A name",
        ]
    );
    assert_eq!(program.origins.len(), 2);
}

#[test]
fn too_many_names_share_a_row() {
    let steps: String = (0..1_100)
        .map(|i| format!("        - get: /p{i}\n"))
        .collect();
    let program = compile(&format!(
        "user_classes:\n  U:\n    tasks:\n      t:\n{steps}"
    ));
    assert!(program.names.len() <= Program::MAX_NAMES);
    assert_eq!(program.requests.len(), 1_100);
    assert_eq!(program.names.last().unwrap().name, Program::OTHER);
}

#[test]
fn a_host_is_needed_and_wins_over_the_file() {
    let loaded = try_load("user_classes: {U: {tasks: {t: [{get: /}]}}}").unwrap();
    let error = loaded.compile(None).unwrap_err().to_string();
    assert!(error.contains("--host"), "{error}");
    let loaded =
        try_load("{host: 'http://a', user_classes: {U: {tasks: {t: [{get: /x}]}}}}").unwrap();
    assert_eq!(loaded.scenario.name, "test");
    let host = |host| {
        loaded
            .compile(host)
            .map(|program| program.origins[0].to_string())
    };
    assert_eq!(host(None).unwrap(), "http://a");
    assert_eq!(host(Some("https://b:1")).unwrap(), "https://b:1");
    assert!(host(Some("b:1")).is_err());
    let program = loaded.compile(Some("http://user:pw@b/base/")).unwrap();
    let message = render(first_request(&program), &Variables::new(0)).unwrap();
    assert!(
        message.starts_with("GET /base/x HTTP/1.1\r\nHost: b\r\n"),
        "{message}"
    );
    assert!(
        message.contains("Authorization: Basic dXNlcjpwdw==\r\n"),
        "{message}"
    );
}
