//! The scenarios of `scenarios/examples` against the servers that
//! `docs/lessons.md` names: Django and `FastAPI` as they come from `PyPI`.

use std::fs;
use std::path::Path;

use crate::support::{Folder, Program, Server};

const SECRET: (&str, &str) = ("CLIENT_SECRET", "s3cret-of-the-client");

fn path(name: &str) -> String {
    format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Tries an example, then runs it for three seconds: the first thing is all
/// that `try` said, the second what the run said.
async fn play(example: &str, url: &str, users: &[&str], sets: &[&str]) -> (String, String) {
    let file = path(&format!("scenarios/examples/{example}.yaml"));
    let folder = Folder::new();
    let sets: Vec<&str> = sets.iter().flat_map(|set| ["--set", set]).collect();
    let arguments = [vec!["try", &file, "-H", url], sets.clone()].concat();
    let (code, tried, stderr) = Program::output_in(&folder, &[SECRET], &arguments).await;
    assert_eq!(code, Some(0), "{tried}{stderr}");
    let run = ["-f", &file, "-H", url, "--headless", "--only-summary"];
    let arguments = [&run[..], users, &sets].concat();
    let (code, stdout, stderr) = Program::output_in(&folder, &[SECRET], &arguments).await;
    let said = stdout + stderr.as_str();
    assert_eq!(code, Some(0), "{said}");
    (tried, said)
}

/// Requests and failures of a row of the table.
fn row(said: &str, kind: &str, name: &str) -> (u64, u64) {
    let mut rows = said.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let is_it = words.next() == Some(kind) && words.next() == Some(name);
        let requests = words.next().filter(|_| is_it)?.parse().ok()?;
        let failures = words.next()?.split('(').next()?.parse().ok()?;
        Some((requests, failures))
    });
    rows.next()
        .unwrap_or_else(|| panic!("{kind} {name}: {said}"))
}

const CLOSED: [&str; 6] = ["-u", "5", "-r", "50", "-t", "3s"];

#[tokio::test]
async fn a_client_renews_its_token_and_follows_links_to_the_last_page() {
    let Some(server) = Server::start("catalogue", &[]).await else {
        return;
    };
    let sets = ["user_classes.Reader.wait=20ms"];
    let (tried, said) = play("oauth_pages", &server.url, &CLOSED, &sets).await;
    assert!(!tried.contains(SECRET.1), "{tried}");
    assert!(tried.contains("Authorization: Bearer ***"), "{tried}");
    assert_eq!(
        tried.matches("\n    GET ").count(),
        5,
        "five pages: {tried}"
    );
    let (items, failed) = row(&said, "GET", "/items");
    let (tokens, refused) = row(&said, "POST", "/oauth/token");
    assert_eq!((failed, refused), (0, 0), "{said}");
    // The server takes ten requests a token.
    assert!(items > 50 && items <= tokens * 10, "{said}");
}

/// A token that was not got is asked for again, not counted down.
#[tokio::test]
async fn a_client_that_got_no_token_asks_again() {
    let Some(server) = Server::start("catalogue", &[]).await else {
        return;
    };
    let file = path("scenarios/examples/oauth_pages.yaml");
    let wrong = [("CLIENT_SECRET", "another-secret")];
    let arguments = [
        "-f",
        &file,
        "-H",
        &server.url,
        "--headless",
        "--only-summary",
        "-u",
        "1",
        "-t",
        "1s",
        "--set",
        "user_classes.Reader.wait=20ms",
    ];
    let (code, stdout, stderr) = Program::output_in(&Folder::new(), &wrong, &arguments).await;
    let said = stdout + stderr.as_str();
    assert_ne!(code, Some(0), "{said}");
    let (tokens, refused) = row(&said, "POST", "/oauth/token");
    let (items, failed) = row(&said, "GET", "/items");
    assert!(tokens >= 5 && tokens == refused, "{said}");
    // The end of the run may be between the two.
    assert!(items == failed && tokens.abs_diff(items) <= 1, "{said}");
}

#[tokio::test]
async fn customers_log_in_by_a_form_fill_their_carts_and_some_leave() {
    let Some(server) = Server::start("shop", &[]).await else {
        return;
    };
    let sets = ["user_classes.Customer.wait=20ms"];
    let (tried, said) = play("shop", &server.url, &CLOSED, &sets).await;
    assert!(tried.contains("< HTTP/1.1 302 Found"), "{tried}");
    assert!(tried.contains("csrftoken=***"), "{tried}");
    let (carts, failed) = row(&said, "POST", "/cart/");
    let (orders, _) = row(&said, "POST", "/checkout/");
    assert_eq!(failed, 0, "{said}");
    assert!(orders > 5 && carts >= orders * 3, "{said}");
    assert_eq!(row(&said, "POST", "/login/").0, 5, "{said}");
}

/// As the lesson says, a post over HTTPS names where it comes from.
#[tokio::test]
async fn over_https_the_login_needs_a_referer() {
    let folder = Folder::new();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = folder.file("cert.pem", &made.cert.pem());
    let key = folder.file("key.pem", &made.signing_key.serialize_pem());
    let options = ["--ssl-certfile", &certificate, "--ssl-keyfile", &key];
    let Some(server) = Server::start("shop", &options).await else {
        return;
    };
    let file = path("scenarios/examples/shop.yaml");
    let trial = [
        "try",
        &file,
        "-H",
        &server.url,
        "--set",
        "http.tls.insecure=true",
    ];
    let (code, tried, _) = Program::output(&trial).await;
    assert_eq!(code, Some(1), "{tried}");
    assert!(tried.contains("failed: status 403"), "{tried}");
    let referer = format!("user_classes.Customer.headers.Referer={}/", server.url);
    let (code, tried, _) = Program::output(&[&trial[..], &["--set", &referer]].concat()).await;
    assert_eq!(code, Some(0), "{tried}");
}

#[tokio::test]
async fn five_endpoints_are_used_at_a_rate() {
    let Some(server) = Server::start("orders", &[]).await else {
        return;
    };
    // Too short for percentiles of each endpoint.
    let sets = [
        "load.stages=[{over: 1s, rate: 60/s}, {over: 2s, rate: 60/s}]",
        "criteria={all: [success == 100%, failures of \"POST /orders\" == 0]}",
    ];
    let (tried, said) = play("orders", &server.url, &[], &sets).await;
    assert!(tried.contains("5 tasks tried; no failures"), "{tried}");
    for (kind, name) in [
        ("GET", "/products"),
        ("GET", "/products/{product}"),
        ("POST", "/orders"),
        ("GET", "/orders/{order}"),
        ("POST", "/receipts"),
    ] {
        let (requests, failed) = row(&said, kind, name);
        assert!(requests > 0 && failed == 0, "{kind} {name}: {said}");
    }
}

/// What the lessons quote stands in the files.
#[test]
fn the_lessons_quote_the_examples() {
    let lessons = fs::read_to_string(path("docs/lessons.md")).expect("lessons");
    let quotes = lessons.split("```yaml ").skip(1);
    let mut count = 0;
    for quote in quotes {
        let (name, rest) = quote.split_once('\n').expect("a name");
        let quoted = rest.split("```").next().expect("an end");
        let file = Path::new(&path("scenarios/examples")).join(name);
        let text = fs::read_to_string(file).expect("an example");
        assert!(text.contains(quoted), "{name} does not hold:\n{quoted}");
        count += 1;
    }
    assert!(count >= 6);
}
