//! `{{ env.NAME }}` where only what is known before the run can stand.

use swarmdeck::model::Method;
use swarmdeck::program::{Instruction, Variables};

use super::{render, try_load};

#[test]
fn the_environment_stands_where_nothing_else_can() {
    let text = "name: run in {{ env.HOME_TOWN }}
host: http://{{ env.ADDRESS }}:{{ env.PORT or 80 }}/api
load: {users: '{{ env.USERS }}', spawn_rate: '{{ env.RATE or 3 }}/s', run_time: '{{ env.USERS }}m'}
http: {timeout: '{{ env.USERS }}s'}
criteria: ['p99 < {{ env.USERS }}ms']
data:
  a: {csv: '{{ env.FILE }}.csv'}
user_classes:
  U:
    weight: '{{ env.USERS }}'
    wait: '{{ env.USERS }}s'
    tasks: {t: {weight: '{{ env.USERS }}', steps: [{get: '{{ env.PREFIX }}/x/{{ a.name }}'}, {get: 'http://{{ env.ADDRESS }}:9/y'}]}}
";
    let loaded = try_load(text).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let scenario = &loaded.scenario;
    assert_eq!(scenario.name, "run in Bern");
    assert_eq!(scenario.host.as_deref(), Some("http://127.0.0.1:80/api"));
    let load = scenario.steered().unwrap();
    assert_eq!((load.users, load.spawn_rate), (12, 3.0));
    assert_eq!(scenario.run_time.map(|time| time.as_secs()), Some(720));
    let program = loaded.compile(None).unwrap();
    assert_eq!(program.requests[0].timeout_us, 12_000_000);
    let names: Vec<_> = program.names.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["/v1/x/{a.name}", "http://127.0.0.1:9/y"]);
    let origins: Vec<_> = program.origins.iter().map(ToString::to_string).collect();
    assert_eq!(origins, ["http://127.0.0.1", "http://127.0.0.1:9"]);

    let wrong = |host: &str| {
        let text = format!("host: '{host}'\nuser_classes: {{U: {{tasks: {{t: [{{get: /}}]}}}}}}\n");
        let problems = try_load(&text).map(|_| ()).expect_err("a mistake");
        let messages = problems.iter().map(|one| one.message.clone());
        messages.collect::<Vec<_>>()
    };
    assert_eq!(
        wrong("http://{{ env.NOWHERE }}"),
        ["the environment variable `NOWHERE` is not set"]
    );
    let words = wrong("http://{{ user.number }}.test");
    assert!(
        words[0].contains("--host and --set replace it"),
        "{words:?}"
    );
}

#[test]
fn the_environment_stands_in_every_step() {
    let text = "host: 'http://{{ env.ADDRESS }}'
variables: {kept: '{{ env.USERS }}'}
headers: {X-Town: '{{ env.HOME_TOWN }}'}
health: {get: /up, within: '{{ env.USERS }}s', every: '{{ env.USERS }}ms'}
probes: {p: {process: true, every: '{{ env.USERS }}s'}}
blocks:
  block: [{think: '{{ env.USERS }}s'}]
user_classes:
  U:
    on_start: [{use: \"{{ env.NONE or 'block' }}\"}]
    tasks:
      t:
        - group: in {{ env.HOME_TOWN }}
          steps:
            - think: {between: ['{{ env.USERS }}ms', '{{ env.USERS }}s']}
            - poll: {until: 'x is defined', every: '{{ env.USERS }}ms', timeout: '{{ env.USERS }}s'}
              steps: [{set: {x: 1}}]
        - repeat: {while: 'x is defined', max: '{{ env.USERS }}'}
          steps: [{think: 1s}]
        - repeat: '{{ env.USERS }}'
          steps: [{think: 1s}]
        - choose: [{weight: '{{ env.USERS }}', steps: [{fail: '{{ env.HOME_TOWN }}'}]}, {steps: []}]
        - parallel: [{get: /p, timeout: '{{ env.USERS }}s'}]
        - post: /x
          name: '{{ env.HOME_TOWN }}'
          timeout: '{{ env.USERS }}s'
          json: {timeout: '{{ env.USERS }}', n: '{{ env.USERS | int }}'}
          http: {max_redirects: '{{ env.USERS }}', compression: \"{{ env.NONE or 'false' }}\"}
          expect: {size: '< {{ env.USERS }}KiB', time: '{{ env.USERS }}ms', json: {'$.a': {matches: '^{{ env.HOME_TOWN }}$'}}}
          capture: {y: {regex: '{{ env.HOME_TOWN }}(.)', match: '{{ env.USERS }}', default: '{{ env.USERS }}'}}
";
    let loaded = try_load(text).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let program = loaded.compile(None).unwrap();
    let names: Vec<_> = program.names.iter().map(|row| row.name.as_str()).collect();
    assert!(
        names.contains(&"in Bern") && names.contains(&"Bern"),
        "{names:?}"
    );
    let timeouts = program.requests.iter().map(|one| one.timeout_us);
    assert_eq!(timeouts.filter(|us| *us == 12_000_000).count(), 2);
    let thinks = program.code.iter().filter_map(|one| match one {
        Instruction::Think(wait) => Some(wait.to_string()),
        _ => None,
    });
    let thinks: Vec<_> = thinks.collect();
    assert!(
        thinks.contains(&"thinks 12 s after each task".to_owned()),
        "{thinks:?}"
    );
    let post = program
        .requests
        .iter()
        .find(|one| one.method == Method::Post);
    let message = render(post.unwrap(), &Variables::new(program.slot_count())).unwrap();
    assert!(message.ends_with(r#"{"timeout":"12","n":12}"#), "{message}");
}

#[test]
fn what_is_not_set_is_told_once_wherever_it_stands() {
    for step in [
        "think: '{{ env.NOWHERE }}s'",
        "{get: /, timeout: '{{ env.NOWHERE }}s'}",
        "{group: '{{ env.NOWHERE }}', steps: [{get: /}]}",
        "{get: /, capture: {x: {regex: '{{ env.NOWHERE }}'}}}",
        "{poll: {until: 'true', every: '{{ env.NOWHERE }}'}, steps: [{get: /}]}",
    ] {
        let text = format!(
            "user_classes:\n  U:\n    tasks:\n      t:\n        - get: /\n        - {step}\n"
        );
        let problems = try_load(&text).map(|_| ()).expect_err("a mistake");
        let messages: Vec<_> = problems.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(
            messages,
            ["the environment variable `NOWHERE` is not set"],
            "{step}"
        );
    }
}
