use super::probes;
use crate::scenario::described;
use crate::support::assert_snapshot;

/// The first mistake of probes, with its line, and what is suggested.
fn mistake(text: &str, environment: &[(&str, &str)]) -> String {
    let problems = probes(text, environment).expect_err("a mistake");
    problems[0].render(swarmdeck::scenario::Colour::Never)
}

#[test]
fn mistakes_are_found_where_they_stand() {
    let cases = [
        "db: {}",
        "db: {postgres: \"postgres://a\", json: \"http://a\"}",
        "db: {postgress: x}",
        "db: {postgres: here}",
        "db: {postgres: \"postgres://a/b?sslmode=require\"}",
        "db: {postgres: {user: x}}",
        "db: {postgres: \"postgres://{{ user.number }}@a\"}",
        "db: {postgres: \"postgres://a\", every: 100ms}",
        "db: {postgres: \"postgres://a\", timeout: 2m}",
        "db: {postgres: \"postgres://a\", readings: {a: b}}",
        "a: {docker: {containers: []}}",
        "a: {docker: {containers: [a/b]}}",
        "a: {docker: {containers: a, logs: '('}}",
        "a: {docker: {logs: x}}",
        "a: {json: /stats, readings: {a: $.a}}",
        "a: {json: 'http://a'}",
        "a: {json: 'http://a', readings: {a: b}}",
        "a: {json: 'http://a', readings: {a: {value: $.a, rate: $.a}}}",
        "a: {json: 'http://a', readings: {'a.b': $.a}}",
        "a: {prometheus: 'http://a', readings: {a: 'b{c}'}}",
        "a: {process: 5}",
        "'a b': process",
        "[a]",
    ];
    let messages = cases.map(|text| {
        let mistakes = probes(text, &[]).expect_err(text);
        assert_eq!(mistakes[0].line, 2, "{text}: {mistakes:?}");
        described(&format!("probes:\n  {text}\n"), &mistakes)
    });
    assert_snapshot("mistakes/probes", &messages.concat());
}

#[test]
fn an_engine_that_cannot_be_spoken_to_is_a_mistake() {
    let said = mistake(
        "a: {docker: {containers: a}}",
        &[("DOCKER_HOST", "ssh://me@far")],
    );
    assert!(said.contains("DOCKER_HOST is `ssh://***@far`"), "{said}");
}

#[test]
fn a_probe_reads_every_two_seconds_unless_it_says_otherwise() {
    let probes = probes(
        "a: process\n  b: {process: true, every: 5s, timeout: 1s}",
        &[],
    )
    .expect("sound");
    let times: Vec<_> = probes
        .iter()
        .map(|probe| (probe.every.as_secs(), probe.timeout.as_secs()))
        .collect();
    assert_eq!(times, [(2, 2), (5, 1)]);
}
