//! What is sent, and how answers are judged.

use proptest::prelude::*;
use swarmdeck::model::{BodyNeed, Failure, SlotId};
use swarmdeck::program::{Program, ReceivedResponse, Request, Variables};

use super::{compile, first_request, program_of_steps, render};

/// Variables `a` and `b` of [`program_of_steps`].
fn variables(a: &str, b: &str) -> Variables {
    let mut variables = Variables::new(2);
    variables.set_text(SlotId(0), a);
    variables.set_text(SlotId(1), b);
    variables
}

struct Parsed {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Parsed {
    fn header(&self, name: &str) -> Option<&str> {
        let mut found = self
            .headers
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name));
        let first = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} twice");
        first
    }
}

/// Reads a message as a server would.
fn parse(message: &str) -> Parsed {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    let status = request.parse(message.as_bytes()).expect(message);
    let httparse::Status::Complete(head_len) = status else {
        panic!("incomplete: {message}")
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Parsed {
        method: request.method.unwrap().to_owned(),
        target: request.path.unwrap().to_owned(),
        headers: request
            .headers
            .iter()
            .map(|header| (header.name.to_owned(), text(header.value)))
            .collect(),
        body: message.as_bytes()[head_len..].to_vec(),
    }
}

#[test]
fn a_request_has_the_usual_headers() {
    let program = program_of_steps("- get: /x");
    let message = parse(&render(first_request(&program), &Variables::new(2)).unwrap());
    assert_eq!(
        (message.method.as_str(), message.target.as_str()),
        ("GET", "/x")
    );
    assert_eq!(message.header("host"), Some("127.0.0.1:8000"));
    assert_eq!(message.header("accept"), Some("*/*"));
    assert_eq!(
        message.header("accept-encoding"),
        Some("gzip, deflate, br, zstd")
    );
    assert!(
        message
            .header("user-agent")
            .unwrap()
            .starts_with("swarmdeck/")
    );
    assert_eq!(message.header("content-length"), None);
    assert_eq!(message.header("content-type"), None);
}

#[test]
fn later_headers_win_and_null_takes_one_away() {
    let program = compile(
        "headers: {X-A: top, X-B: top, User-Agent: mine, X-C: top}
user_classes:
  U:
    headers: {x-a: class, X-B: class}
    tasks:
      t:
        - post: /
          headers: {X-A: own, X-C: null, Accept: null, content-type: text/csv, Host: other}
          body: a,b
",
    );
    let message = parse(&render(first_request(&program), &Variables::new(0)).unwrap());
    assert_eq!(message.header("x-a"), Some("own"));
    assert_eq!(message.header("x-b"), Some("class"));
    assert_eq!(message.header("x-c"), None);
    assert_eq!(message.header("accept"), None);
    assert_eq!(message.header("user-agent"), Some("mine"));
    assert_eq!(message.header("content-type"), Some("text/csv"));
    assert_eq!(message.header("host"), Some("other"));
    assert_eq!(message.header("content-length"), Some("3"));
}

#[test]
fn bodies_come_in_three_kinds() {
    let send = |step: &str| {
        let program = program_of_steps(step);
        parse(&render(first_request(&program), &variables("x y&z", "7")).unwrap())
    };
    let json = send(
        "- post: /\n  json: {n: \"{{ int(3, 3) }}\", t: \"<{{ a }}>\", l: [1, 1.50, null, true, 0x10], \"{{ a }}\": {}}",
    );
    assert_eq!(json.header("content-type"), Some("application/json"));
    assert_eq!(
        String::from_utf8(json.body).unwrap(),
        r#"{"n":3,"t":"<x y&z>","l":[1,1.50,null,true,16],"x y&z":{}}"#
    );
    let form = send("- put: /\n  form: {a: \"{{ a }}\", b: [1, 2], \"c d\": é}");
    assert_eq!(form.body, b"a=x+y%26z&b=1&b=2&c+d=%C3%A9");
    assert_eq!(
        form.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    let text = send("- patch: /\n  body: |\n    {{ a }}!");
    assert_eq!(text.body, b"x y&z!\n");
    let none = send("- post: /");
    assert_eq!(none.header("content-length"), Some("0"));
    assert_eq!(send("- delete: /").header("content-length"), None);
}

#[test]
fn paths_keep_their_text_and_escape_holes() {
    let send = |step: &str| {
        let program = program_of_steps(step);
        parse(&render(first_request(&program), &variables("a/b ?é", "x&y")).unwrap()).target
    };
    assert_eq!(send("- get: /p%20q/{{ a }}/"), "/p%20q/a%2Fb%20%3F%C3%A9/");
    assert_eq!(send("- get: \"/ü x?q={{ b }}&r\""), "/%C3%BC%20x?q=x%26y&r");
    assert_eq!(
        send("- get: /s?z=1\n  query: {q: \"{{ b }}\", l: [1, 2]}"),
        "/s?z=1&q=x%26y&l=1&l=2"
    );
    assert_eq!(send("- get: /s\n  query: {q: a b}"), "/s?q=a%20b");
}

#[test]
fn functions_give_what_they_promise() {
    let send = |hole: &str| {
        let program = program_of_steps(&format!("- post: /\n  json: \"{{{{ {hole} }}}}\""));
        let mut variables = Variables::new(2);
        variables.set_json(
            SlotId(0),
            r#"{"f": [10, {"g": "h"}], "big": 18446744073709551616}"#,
        );
        variables.set_json(SlotId(1), "3");
        match render(first_request(&program), &variables) {
            Ok(message) => String::from_utf8(parse(&message).body).unwrap(),
            Err(failure) => program.describe(failure),
        }
    };
    assert_eq!(send("now()"), "\"2023-11-14T22:13:20.123Z\"");
    assert_eq!(send("now('%Y/%m')"), "\"2023/11\"");
    let uuid = send("uuid()");
    assert_eq!((uuid.len(), &uuid[15..16]), (38, "4"));
    assert_eq!(send("hex(100)").len(), 102);
    assert!(
        send("hex(8)")
            .trim_matches('"')
            .bytes()
            .all(|b| b.is_ascii_hexdigit())
    );
    assert_eq!(send("a.f[1].g"), "\"h\"");
    assert_eq!(send("a['f'][-2]"), "10");
    assert_eq!(send("a.big"), "18446744073709551616");
    assert_eq!(send("a.f"), r#"[10, {"g": "h"}]"#);
    assert_eq!(send("b * 2 + 1"), "7");
    assert_eq!(send("b / 2"), "1.5");
    assert_eq!(send("-b % 2"), "1");
    assert_eq!(send("'x' + b"), "\"x3\"");
    assert_eq!(send("not b == 3 or b in [1, 3]"), "true");
    assert_eq!(send("b not in [1, 3] and 1"), "false");
    assert_eq!(send("a.none is defined"), "false");
    assert_eq!(send("choice(a.f) is defined"), "true");
    assert_eq!(send("env.HOME_TOWN"), "\"Bern\"");
    assert_eq!(send("env.EMPTY or 'x'"), "\"x\"");
    assert_eq!(send("['p', 1]"), r#"["p",1]"#);
    assert!(send("a.none").starts_with("not sent: `a.none` has no value here"));
    assert!(send("b / (b - 3)").contains("division by zero"));
    assert!(send("9223372036854775807 + b").starts_with("not sent"));
}

#[test]
fn what_is_not_set_is_not_sent() {
    let program = program_of_steps("- get: /{{ a }}");
    let failure = render(first_request(&program), &Variables::new(2)).unwrap_err();
    assert_eq!(failure, Failure::Unset(SlotId(0)));
    assert_eq!(
        program.describe(failure),
        "not sent: variable \"a\" is not set yet"
    );
}

#[test]
fn a_header_cannot_split_the_message() {
    let program = program_of_steps("- get: /\n  headers: {X: \"{{ a }}\"}");
    let render = |a: &str| render(first_request(&program), &variables(a, ""));
    assert_eq!(parse(&render("fine").unwrap()).header("x"), Some("fine"));
    for bad in ["a\r\nEvil: 1", "a\nb", "a\0b", "\r"] {
        let failure = render(bad).unwrap_err();
        assert!(program.describe(failure).contains("line break in a header"));
    }
}

#[test]
fn a_class_header_waits_for_its_token() {
    let program = compile(
        "user_classes:
  U:
    headers: {Authorization: \"Bearer {{ token }}\"}
    on_start:
      - {post: /login, capture: {token: {json: $.token}}}
      - get: /me
    tasks: {t: [{get: /x}]}
",
    );
    let mut variables = Variables::new(1);
    let [login, me, task] = program.requests.as_slice() else {
        panic!()
    };
    let header = |request: &Request, variables: &Variables| {
        render(request, variables)
            .map(|message| parse(&message).header("authorization").map(str::to_owned))
    };
    assert_eq!(header(login, &variables), Ok(None));
    assert_eq!(header(task, &variables), Err(Failure::Unset(SlotId(0))));
    let answered = answer(200, "", r#"{"token": "t1"}"#);
    super::judge(login, answered, &mut variables).unwrap();
    assert_eq!(header(me, &variables), Ok(Some("Bearer t1".to_owned())));
    assert_eq!(header(task, &variables), Ok(Some("Bearer t1".to_owned())));
}

fn answer<'a>(status: u16, head: &'a str, body: &'a str) -> ReceivedResponse<'a> {
    ReceivedResponse {
        status,
        head: head.as_bytes(),
        earlier: &[],
        body: body.as_bytes(),
        url: "",
        body_size: body.len() as u64,
        charset: None,
        service_time_us: 100_000,
    }
}

/// The words for what is wrong with an answer, or "ok".
fn judged(program: &Program, answer: ReceivedResponse<'_>) -> String {
    match super::judge(first_request(program), answer, &mut Variables::new(2)) {
        Ok(()) => "ok".to_owned(),
        Err(failure) => program.describe(failure),
    }
}

#[test]
fn statuses_are_judged() {
    let judge = |expect: &str, status| {
        let program = program_of_steps(&format!("- get: /\n  expect: {expect}"));
        judged(&program, answer(status, "", "")) == "ok"
    };
    assert!(judge("{time: 1s}", 399) && !judge("{time: 1s}", 400));
    assert!(judge("{status: 404}", 404) && !judge("{status: 404}", 200));
    assert!(judge("{status: [2xx, 304]}", 299) && judge("{status: [2xx, 304]}", 304));
    assert!(!judge("{status: \"200-204\"}", 205) && judge("{status: \"200-204\"}", 204));
}

#[test]
fn expectations_name_themselves() {
    let program = program_of_steps(
        "- get: /\n  expect:\n    json: {$.ok: true, $.n: 2.0, $.x: {exists: false}, $.l: [1, {a: b}]}\n    text: [\"ok\"]\n    time: < 200ms",
    );
    let request = first_request(&program);
    assert!(request.needs.body == BodyNeed::Whole && !request.needs.head);
    let sound = r#"{"ok": true, "n": 2, "l": [1, {"a": "b"}]}"#;
    assert_eq!(judged(&program, answer(200, "", sound)), "ok");
    assert_eq!(judged(&program, answer(500, "", sound)), "status 500");
    let judge = |from: &str, to: &str| judged(&program, answer(200, "", &sound.replace(from, to)));
    assert_eq!(judge("true", "false"), "expected $.ok == true");
    assert_eq!(judge("2,", "\"2\","), "expected $.n == 2.0");
    assert_eq!(judge("\"n\"", "\"x\": 0, \"n\""), "expected no $.x");
    assert_eq!(judge("\"b\"", "\"c\""), r#"expected $.l == [1,{"a":"b"}]"#);
    let slow = ReceivedResponse {
        url: "",
        service_time_us: 200_000,
        ..answer(200, "", sound)
    };
    assert_eq!(judged(&program, slow), "expected a response within 200ms");
    assert_eq!(
        judged(&program, answer(200, "", "")),
        "expected $.ok == true"
    );
}

#[test]
fn captures_keep_their_type_and_forget() {
    let program = program_of_steps(
        "- get: /\n  capture:\n    a: {json: \"$.items[0]\"}\n    b: {header: X-Next}",
    );
    let request = first_request(&program);
    assert!(request.needs.body == BodyNeed::Whole && request.needs.head);
    let mut variables = variables("old", "old");
    let head = "HTTP/1.1 200 OK\r\nX-Next: 5\r\n\r\n";
    let one = answer(200, head, r#"{"items": [{"id": 1}]}"#);
    super::judge(request, one, &mut variables).unwrap();
    assert_eq!(variables.text(SlotId(0)).unwrap(), r#"{"id": 1}"#);
    assert_eq!(variables.text(SlotId(1)).unwrap(), "5");
    let none = answer(200, head, r#"{"items": []}"#);
    let failure = super::judge(request, none, &mut variables).unwrap_err();
    assert_eq!(
        program.describe(failure),
        "capture \"a\": $.items[0] found nothing"
    );
    assert!(
        !variables.is_set(SlotId(0)),
        "an old value must not be used on"
    );

    let program = program_of_steps("- post: /\n  capture: {a: null}");
    let mut variables = super::requests::variables("decided", "");
    let empty = answer(200, "", "");
    super::judge(first_request(&program), empty, &mut variables).unwrap();
    assert!(!variables.is_set(SlotId(0)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_value_gives_a_message_that_parses_back(a in ".*", b in any::<String>()) {
        let program = program_of_steps(
            "- post: /{{ a }}/x\n  query: {q: \"{{ b }}\"}\n  form: {f: \"{{ a }}\", g: \"{{ b }}\"}",
        );
        let message = parse(&render(first_request(&program), &variables(&a, &b)).unwrap());
        let url = url::Url::parse(&format!("http://h{}", message.target)).unwrap();
        let query: Vec<_> = url.query_pairs().collect();
        prop_assert_eq!(query.len(), 1);
        prop_assert_eq!(&query[0].1, &b);
        let segment = message.target[1..].split('/').next().unwrap();
        let decoded = percent_encoding::percent_decode_str(segment).decode_utf8().unwrap();
        prop_assert_eq!(&decoded, &a);
        let form: Vec<_> = url::form_urlencoded::parse(&message.body).collect();
        prop_assert_eq!(form.len(), 2);
        prop_assert_eq!((&form[0].1, &form[1].1), (&a.into(), &b.into()));
        let length = message.body.len().to_string();
        prop_assert_eq!(message.header("content-length"), Some(length.as_str()));
    }

    #[test]
    fn any_value_leaves_json_valid(a in any::<String>(), number in any::<f64>()) {
        let program = program_of_steps(
            "- post: /\n  json: {whole: \"{{ a }}\", part: \"<{{ a }}>\", \"k{{ a }}\": \"{{ b }}\"}",
        );
        let mut variables = variables(&a, "");
        let number = serde_json::json!(number);
        variables.set_json(SlotId(1), &number.to_string());
        let message = parse(&render(first_request(&program), &variables).unwrap());
        let body: serde_json::Value = serde_json::from_slice(&message.body).unwrap();
        prop_assert_eq!(&body["whole"], &a);
        prop_assert_eq!(&body["part"], &format!("<{a}>"));
        // serde_json reads floats to within a bit or two.
        let (sent, got) = (number.as_f64().unwrap_or(0.0), body[format!("k{a}")].as_f64());
        prop_assert!((sent - got.unwrap_or(0.0)).abs() <= sent.abs() * 1e-14);
    }

    #[test]
    fn a_header_is_either_whole_or_not_sent(a in any::<String>()) {
        let program = program_of_steps("- get: /\n  headers: {X: \"{{ a }}\"}");
        if let Ok(message) = render(first_request(&program), &variables(&a, "")) {
            let message = parse(&message);
            prop_assert_eq!(message.header("x"), Some(a.trim_matches([' ', '\t'])));
        }
    }

    #[test]
    fn any_answer_is_judged(head in any::<String>(), body in any::<String>(), status in any::<u16>()) {
        let program = program_of_steps(
            "- get: /\n  expect: {json: {$.x: 1, $..y: 2}, text: z}\n  capture: {a: {json: \"$.x[0]\"}, b: {cookie: c}}",
        );
        let verdict = judged(&program, answer(status, &head, &body));
        prop_assert!(!verdict.is_empty());
    }
}

#[test]
fn what_steps_mean_by_their_answers_is_known_by_name() {
    let program = compile(
        "host: http://h
health: {get: /health}
user_classes:
  U:
    on_start: [{post: /login, expect: {status: 200}}]
    tasks:
      t:
        - {get: /gone, expect: {status: 404}}
        - {get: /refused, expect: {status: [401, 403]}}
        - {get: /any, expect: {status: 4xx}}
        - {get: /both, expect: {status: [200, 404]}}
        - {get: /wide, expect: {status: 200-499}}
        - {get: /shared, expect: {status: 404}}
        - {get: /shared}
",
    );
    let intents = program.intents();
    let of = |path: &str| {
        let at = program.names.iter().position(|name| name.name == path);
        &intents[at.expect(path)]
    };
    assert!(of("/login").is_in_on_start && !of("/gone").is_in_on_start);
    assert!(of("/gone").wants(404) && of("/gone").wants_errors_only && !of("/gone").wants(401));
    assert!(of("/refused").wants(401) && of("/refused").wants(403));
    assert!(of("/any").wants(404) && of("/any").wants(429) && !of("/any").wants(500));
    for path in ["/both", "/wide", "/health", "/login"] {
        assert!(
            !of(path).wants(404) && !of(path).wants_errors_only,
            "{path}"
        );
    }
    assert!(of("/both").tolerated.contains(404) && of("/wide").tolerated.contains(499));
    assert!(!of("/wide").tolerated.contains(200));
    assert!(of("/shared").wants(404) && !of("/shared").wants_errors_only);
}
