//! Functions and filters of the expression language, and what is kept secret.

use proptest::prelude::*;
use swarmdeck::model::SlotId;
use swarmdeck::program::Variables;
use swarmdeck::scenario::{Colour, Environment, Source, load};

use super::mistakes::assert_mistakes;
use super::{first_request, program_of_steps, render};

/// The JSON that an expression gives, or why it is not sent. `a` is a list,
/// `b` a text.
fn value(expression: &str) -> String {
    let program = program_of_steps(&format!("- post: /\n  json: \"{{{{ {expression} }}}}\""));
    let mut variables = Variables::new(2);
    variables.set_json(SlotId(0), r#"["x", 2, {"k": "v"}, null]"#);
    variables.set_text(SlotId(1), " Añb ");
    variables.begin(7, "Buyer");
    variables.begin_task(3);
    match render(first_request(&program), &variables) {
        Ok(message) => message.split("\r\n\r\n").nth(1).unwrap().to_owned(),
        Err(failure) => program.describe(failure),
    }
}

#[test]
fn functions_of_texts_agree_with_the_world() {
    for (expression, expected) in [
        ("base64('hello')", "aGVsbG8="),
        ("base64url('??>>')", "Pz8-Pg"),
        ("base64_decode('aGVsbG8')", "hello"),
        ("base64_decode('Pz8-Pg')", "??>>"),
        ("md5('')", "d41d8cd98f00b204e9800998ecf8427e"),
        (
            "sha256('abc')",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        (
            "hmac_sha256('key', 'The quick brown fox jumps over the lazy dog')",
            "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
        ),
        (
            "hmac_sha256('key', 'The quick brown fox jumps over the lazy dog', 'base64')",
            "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg=",
        ),
        ("urlencode('a b&c/é')", "a%20b%26c%2F%C3%A9"),
        ("base64(12)", "MTI="),
        ("now('%Y-%m-%d', '+2d')", "2023-11-16"),
        ("user.class", "Buyer"),
    ] {
        assert_eq!(value(expression), format!("\"{expected}\""), "{expression}");
    }
    assert_eq!(value("now('unix')"), "1700000000");
    assert_eq!(value("now('unix_ms')"), "1700000000123");
    assert_eq!(value("now('unix', '-1h30m')"), "1699994600");
    assert_eq!(value("user.number * 10 + user.iteration"), "73");
    assert_eq!(value("[sequence(), sequence('x'), sequence()]"), "[1,1,2]");
    // Bytes that are no text are kept, and read as ISO-8859-1.
    assert_eq!(value("base64_decode('/w==')"), "\"ÿ\"");
    assert_eq!(value("base64(base64_decode('/w=='))"), "\"/w==\"");
    assert!(value("fake.email()").contains("@example."));
    assert_eq!(value("fake.zip() | length"), "5");
}

#[test]
fn filters_follow_a_value() {
    for (expression, expected) in [
        ("b | trim | upper", "\"AÑB\""),
        ("b | lower | length", "5"),
        ("a | length", "4"),
        ("a[2] | length", "1"),
        ("a | first", "\"x\""),
        ("(a | last) is defined", "true"),
        ("[1, 2] | last", "2"),
        ("'xyz' | last", "\"z\""),
        ("a | join(', ')", r#""x, 2, {\"k\": \"v\"}, ""#),
        ("[1, 'b'] | join", "\"1b\""),
        ("a[2] | json", r#""{\"k\": \"v\"}""#),
        ("'x' | json", r#""\"x\"""#),
        ("'12' | int + 1", "13"),
        ("-2.7 | int", "-2"),
        ("12 | string", "\"12\""),
        ("a[9] | default('none')", "\"none\""),
        ("a[3] | default(1)", "1"),
        ("b | trim | base64 | base64_decode == 'Añb'", "true"),
        ("env.NOT_THERE | default('d')", "\"d\""),
        ("1 + a | length", "5"),
    ] {
        assert_eq!(value(expression), expected, "{expression}");
    }
    assert!(value("'x' | int").starts_with("not sent"));
    assert!(value("[] | first").starts_with("not sent"));
}

#[test]
fn mistakes_say_what_is_there() {
    let body = |expression: &str| {
        format!(
            "user_classes:\n  U:\n    tasks:\n      t:\n        - post: /\n          body: \"{{{{ {expression} }}}}\"\n"
        )
    };
    assert_mistakes(
        "functions",
        body,
        &[
            "'a' | uper",
            "'a' | hex",
            "upper('a')",
            "'a' | join(1, 2)",
            "'a' | default",
            "'a' |",
            "sha256()",
            "hmac_sha256('k')",
            "hmac_sha256('k', 'x', 'hx')",
            "now('unx')",
            "now('unix', '2d')",
            "now('unix', '+99999d')",
            "fake.nme()",
            "fake.name",
            "user.nmber",
            "user",
            "sequence(1)",
            "secret('NOT_THERE')",
            "1 - sha256('a')",
        ],
    );
}

const SECRETIVE: &str = "user_classes:
  U:
    tasks:
      t:
        - get: /x/{{ secret('KEY') }}/
          headers: {A: \"{{ base64('u:' + secret('KEY')) }}\"}
";

#[test]
fn secrets_are_not_shown() {
    let environment: Environment = [("KEY", "s3cr&t!")].into_iter().collect();
    let source = Source::new("s.yaml", SECRETIVE);
    let program = load(&source, &environment)
        .unwrap()
        .compile(Some("http://h"))
        .unwrap();
    assert_eq!(program.names[0].name, "/x/{secret('KEY')}/");
    let message = render(first_request(&program), &Variables::new(0)).unwrap();
    assert!(
        message.starts_with("GET /x/s3cr%26t%21/ "),
        "it is sent: {message}"
    );
    assert!(
        message.contains("dTpzM2NyJnQh"),
        "known before the run: {message}"
    );
    let masked = program.mask(&message);
    assert!(masked.starts_with("GET /x/***/ "), "{masked}");
    assert!(masked.contains("A: ***\r\n"), "{masked}");
    assert_eq!(program.mask("was s3cr&t! here"), "was *** here");

    let text = SECRETIVE.replace("base64('u:' + secret('KEY'))", "now(secret('KEY'))");
    let source = Source::new("s.yaml", text);
    let problems = load(&source, &environment).expect_err("no format");
    for problem in problems {
        let shown = problem.render(Colour::Never);
        assert!(!shown.contains("s3cr&t!") && !problem.to_string().contains("s3cr&t!"));
        assert!(shown.contains("***"), "{shown}");
    }
}

/// A text as an expression writes it, within double quotes of YAML.
fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\'', "\\'");
    let json = serde_json::to_string(&text).unwrap();
    json[1..json.len() - 1].to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn base64_comes_back(text in "\\PC{0,80}") {
        let text = quoted(&text);
        for way in ["base64", "base64url"] {
            let expression = format!("base64_decode('{text}' | {way}) == '{text}'");
            prop_assert_eq!(value(&expression), "true");
        }
    }
}
