use super::probes;

/// The first mistake of probes, with its line, and what is suggested.
fn mistake(text: &str, environment: &[(&str, &str)]) -> String {
    let problems = probes(text, environment).expect_err("a mistake");
    problems[0].render(swarmdeck::scenario::Colour::Never)
}

#[test]
fn mistakes_are_found_where_they_stand() {
    for (text, words) in [
        ("db: {}", "exactly one kind"),
        (
            "db: {postgres: \"postgres://a\", json: \"http://a\"}",
            "exactly one kind",
        ),
        ("db: {postgress: x}", "`postgres`"),
        ("db: {postgres: here}", "address of a database"),
        (
            "db: {postgres: \"postgres://a/b?sslmode=require\"}",
            "without TLS",
        ),
        (
            "db: {postgres: {user: x}}",
            "`docker`, the name of the container",
        ),
        (
            "db: {postgres: \"postgres://{{ user.number }}@a\"}",
            "known before the run",
        ),
        (
            "db: {postgres: \"postgres://a\", every: 100ms}",
            "every 500ms at most",
        ),
        (
            "db: {postgres: \"postgres://a\", timeout: 2m}",
            "60s at most",
        ),
        (
            "db: {postgres: \"postgres://a\", readings: {a: b}}",
            "goes with `prometheus` and `json`",
        ),
        ("a: {docker: {containers: []}}", "1 to 50 containers"),
        (
            "a: {docker: {containers: [a/b]}}",
            "not the name of a container",
        ),
        (
            "a: {docker: {containers: a, logs: '('}}",
            "regular expression",
        ),
        ("a: {docker: {logs: x}}", "`containers`"),
        (
            "a: {json: /stats, readings: {a: $.a}}",
            "begins with http:// or https://",
        ),
        ("a: {json: 'http://a'}", "`readings`"),
        ("a: {json: 'http://a', readings: {a: b}}", "not a JSON path"),
        (
            "a: {json: 'http://a', readings: {a: {value: $.a, rate: $.a}}}",
            "either `value` or `rate`",
        ),
        (
            "a: {json: 'http://a', readings: {'a.b': $.a}}",
            "cannot name a reading",
        ),
        (
            "a: {prometheus: 'http://a', readings: {a: 'b{c}'}}",
            "does not name a metric",
        ),
        ("a: {process: 5}", "`process: true`"),
        ("'a b': process", "cannot name a probe"),
        ("[a]", "`probes` is a map"),
    ] {
        let said = mistake(text, &[]);
        assert!(said.contains(words), "{text}: {said}");
        assert!(said.contains("test.yaml:2:"), "{text}: {said}");
    }
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
