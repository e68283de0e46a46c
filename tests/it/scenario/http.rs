//! `http:` at its three levels, and its mistakes.

use std::path::Path;
use std::sync::Arc;

use swarmdeck::model::{AddressPolicy, Connections, Cookies, HttpVersion, Route, Verification};
use swarmdeck::program::{Program, Request, Variables};
use swarmdeck::scenario::{Environment, Source, load};

use super::mistakes::mistakes;
use super::{compile, render};
use crate::support::assert_snapshot;

/// The requests of a scenario, each with its route.
fn requests(program: &Program) -> Vec<(&Request, &Route)> {
    let route = |request: &Request| &*program.routes[request.origin.index()];
    let requests = program.requests.iter();
    requests.map(|request| (request, route(request))).collect()
}

/// The program of the file that uses every key.
fn every_key() -> Program {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/http.yaml");
    let source = Source::read(&path).unwrap();
    let loaded = load(&source, &Environment::default());
    let loaded = loaded.unwrap_or_else(|problems| panic!("{problems:#?}"));
    loaded.compile(None).unwrap()
}

#[test]
fn every_key_reaches_the_program() {
    let program = every_key();
    let requests = requests(&program);
    let (top, route) = requests[0];
    assert_eq!(
        (top.timeout_us, top.connect_timeout_us),
        (30_000_000, 2_000_000)
    );
    assert_eq!((top.max_redirects, top.cookies), (3, Cookies::Kept));
    assert_eq!(
        (top.max_body, requests[1].0.max_body),
        (64 << 20, 512 << 10)
    );
    assert_eq!(route.version, HttpVersion::Http2);
    assert_eq!(route.tls.authorities.len(), 1);
    assert_eq!(route.tls.identity.as_ref().unwrap().certificates.len(), 1);
    assert_eq!(route.tls.verification, Verification::Full);
    let proxy = route.proxy.as_ref().unwrap();
    assert_eq!(proxy.to_string(), "http://localhost:3128");
    let authorization = proxy.authorization.as_ref().unwrap();
    assert_eq!(authorization.as_bytes(), b"Basic dXNlcjpzZWNyZXQ=");
    assert_eq!(route.connections, Connections::PerUser);
    assert_eq!(route.max_connection_age_us, Some(300_000_000));
    assert_eq!(route.source_addresses.len(), 2);
    assert_eq!(route.dns.ttl_us, Some(10_000_000));
    assert_eq!(route.dns.policy, AddressPolicy::First);
    assert_eq!(
        route
            .pinned("SHOP.example")
            .map(|a| a.to_string())
            .as_deref(),
        Some("127.0.0.1")
    );

    let (step, _) = requests[1];
    assert_eq!(
        (step.timeout_us, step.connect_timeout_us),
        (1_000_000, 500_000)
    );
    assert_eq!((step.max_redirects, step.cookies), (0, Cookies::Ignored));
    assert_eq!(step.origin, top.origin, "steps share connections");
    let sent = |request| render(request, &Variables::new(0)).unwrap();
    assert!(sent(top).contains("Accept-Encoding: "));
    assert!(!sent(step).contains("Accept-Encoding"));

    let (_, pool) = requests[2];
    assert_eq!(pool.version, HttpVersion::Http2PriorKnowledge);
    assert_eq!(pool.tls.verification, Verification::Off);
    assert!(pool.tls.authorities.is_empty(), "a map replaces a map");
    assert_eq!(
        (pool.connections, &pool.proxy),
        (Connections::Shared, &None)
    );
    assert_eq!(pool.max_connection_age_us, Some(300_000_000));

    let (once, route) = requests[3];
    let expected = Route {
        connections: Connections::Close,
        ..Route::default()
    };
    assert_eq!(route, &expected);
    assert!(sent(once).contains("\r\nConnection: close\r\n"));
}

#[test]
fn a_pair_of_origin_and_route_has_one_place() {
    let program = every_key();
    let places = program.origins.iter().map(ToString::to_string);
    assert_eq!(
        places.collect::<Vec<_>>(),
        [
            "https://shop.example:8443",
            "https://shop.example:8443",
            "https://shop.example:8443",
            "https://other.example",
        ]
    );
    assert_eq!(program.routes.len(), program.origins.len());
    let shared = Arc::ptr_eq(&program.routes[2], &program.routes[3]);
    assert!(shared, "what is made of a route is made once");
}

#[test]
fn secrets_do_not_show() {
    let program = format!("{:?}", every_key().routes);
    assert!(!program.contains("dXNlcjp"), "{program}");
    assert!(program.contains("bytes)"), "{program}");
}

#[test]
fn the_host_comes_first_even_if_nobody_goes_there_the_usual_way() {
    let program = compile(
        "user_classes:
  U:
    http: {connections: shared}
    tasks: {t: [{get: /}]}
",
    );
    assert_eq!(program.origins.len(), 1);
    assert_eq!(program.routes[0].connections, Connections::Shared);

    let usual = compile(
        "user_classes: {U: {tasks: {t: [{get: /}, {get: 'http://a/'}, {get: 'http://127.0.0.1:8000/b'}]}}}",
    );
    assert_eq!(
        usual.origins.len(),
        2,
        "the host by its address is the host"
    );
    assert!(Arc::ptr_eq(&usual.routes[0], &usual.routes[1]));
}

#[test]
fn mistakes_have_their_place() {
    let top =
        |line: &str| format!("http: {line}\nuser_classes: {{U: {{tasks: {{t: [{{get: /}}]}}}}}}\n");
    let mut messages = mistakes(
        top,
        &[
            "{verson: 2}",
            "{version: 3}",
            "{connections: pooled}",
            "{connections: sharde}",
            "{compression: 1}",
            "{cookies: 'true'}",
            "{max_connection_age: 0s}",
            "{dns: {ttl: 999ms}}",
            "{dns: {ttl: soon}}",
            "{dns: {policy: random}}",
            "{dns: 30s}",
            "{source_addresses: localhost}",
            "{source_addresses: [localhost]}",
            "{resolve: {'a:80': 127.0.0.1}}",
            "{resolve: {a: b}}",
            "{proxy: localhost:3128}",
            "{proxy: 'https://a:1'}",
            "{proxy: 'http://a:1/x'}",
            "{tls: {ca: nowhere.pem}}",
            "{tls: {ca: tls}}",
            "{tls: {ca: accounts.csv}}",
            "{tls: {key: accounts.csv, cert: accounts.csv}}",
            "{tls: {cert: accounts.csv}}",
            "{tls: {insecure: maybe}}",
        ],
    );
    // Connections are not for single steps.
    let of_a_step = "user_classes:
  U:
    tasks:
      t:
        - get: /
          http: {timeout: 1s, version: 2, proxy: none}
";
    messages += &mistakes(str::to_owned, &[of_a_step]);
    assert_snapshot("mistakes/http", &messages);
}
