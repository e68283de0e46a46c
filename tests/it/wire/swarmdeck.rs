//! A case as Swarmdeck sees it: a scenario of its requests, compiled, sent by
//! one user as a shard sends them, and judged.

use std::borrow::Cow;
use std::net::SocketAddr;

use serde_json::{Map, Value, json};
use swarmdeck::client::{End, Endpoint, Outgoing};
use swarmdeck::model::{Origin, Scheme, SlotId, Slots};
use swarmdeck::program::{
    EvalContext, Program, ReceivedResponse, Request, Scratch, Sequences, Variables,
};
use swarmdeck::scenario::{Environment, Source, load};

use super::case::{Case, HOST};
use super::observation::{Observation, Outcome};
use super::server::Server;
use crate::client::shard::User;

/// Hosts that redirects lead to; all of them are the one server.
const HOSTS: [(&str, u16); 7] = [
    ("there.test", 80),
    ("here.test", 8080),
    ("a.here.test", 80),
    ("b.here.test", 80),
    ("xn--bcher-kva.test", 80),
    ("127.0.0.1", 80),
    ("::1", 80),
];

pub(super) async fn observe(case: &Case) -> Observation {
    let server = Server::start(&case.answers).await;
    let program = program(case);
    let mut user = User::among(endpoints(&program, server.address));
    let mut variables = Variables::new(program.slot_count());
    let mut outcomes = Vec::new();
    for request in &program.requests {
        outcomes.push(outcome(&mut user, request, &mut variables).await);
    }
    for (outcome, ask) in outcomes.iter_mut().zip(&case.asks) {
        if let Outcome::Answered { text, .. } = outcome
            && !ask.wants_text
        {
            *text = None;
        }
    }
    Observation {
        outcomes,
        seen: server.seen(),
    }
}

/// A scenario that makes the requests one after the other.
fn program(case: &Case) -> Program {
    let steps: Vec<Value> = case
        .asks
        .iter()
        .map(|ask| {
            let mut step = Map::new();
            step.insert(ask.method.to_lowercase(), json!(ask.target));
            step.insert(
                "capture".to_owned(),
                json!({"text": {"body": true, "default": ""}}),
            );
            step.insert("expect".to_owned(), json!({"status": "100-599"}));
            if !ask.headers.is_empty() {
                let headers = ask.headers.iter();
                let headers = headers.map(|(name, value)| (name.clone(), json!(value)));
                step.insert("headers".to_owned(), Value::Object(headers.collect()));
            }
            if let Some(body) = &ask.body {
                step.insert("body".to_owned(), json!(body));
            }
            Value::Object(step)
        })
        .collect();
    let scenario = json!({
        "http": {"timeout": "20s"},
        "user_classes": {"U": {"tasks": {"t": steps}}},
    });
    let source = Source::new("case.json", scenario.to_string());
    let loaded = load(&source, &Environment::default());
    let loaded = loaded.unwrap_or_else(|problems| panic!("{}: {problems:#?}", case.place));
    loaded.compile(Some(&format!("http://{HOST}"))).unwrap()
}

/// The origins of the program and those that redirects lead to, all at one address.
fn endpoints(program: &Program, address: SocketAddr) -> Vec<Endpoint> {
    let further = HOSTS.map(|(host, port)| Origin {
        scheme: Scheme::Http,
        host: host.to_owned(),
        port,
    });
    let origins = program.origins.iter().chain(&further);
    let endpoint = |origin: &Origin| Endpoint::direct(origin.clone(), vec![address]);
    origins.map(endpoint).collect()
}

async fn outcome(user: &mut User, request: &Request, variables: &mut Variables) -> Outcome {
    let mut rng = fastrand::Rng::with_seed(1);
    let mut context = EvalContext {
        rng: &mut rng,
        unix_us: 1_700_000_000_000_000,
        sequences: &Sequences::new(0, &Slots::all()),
    };
    let mut scratch = Scratch::default();
    let message = request
        .render(variables, &mut context, &mut scratch)
        .unwrap();
    let outgoing = Outgoing {
        origin: request.origin,
        elsewhere: message.elsewhere,
        method: request.method,
        bytes: message.bytes,
        head_len: message.head_len,
        needs: request.needs,
        timeout_us: request.timeout_us,
        connect_timeout_us: request.connect_timeout_us,
        max_redirects: request.max_redirects,
        max_body: request.max_body,
        cookies: request.cookies,
        turns: None,
    };
    let exchange = user.send(outgoing).await;
    let failed = |failure: swarmdeck::model::Failure| {
        Outcome::Failed(format!("{}: {failure}", failure.kind()))
    };
    let status = match exchange.end {
        End::Answered(status) => status,
        End::Failed(failure) => return failed(failure),
        End::CutOff => unreachable!("a case is never cut off"),
    };
    let answer = ReceivedResponse {
        status,
        head: user.session.head(),
        earlier: user.session.earlier(),
        body: user.session.body(),
        body_size: user.session.body_size(),
        charset: user.session.charset(),
        url: user.session.url(),
        service_time_us: 1,
    };
    if let Err(failure) = request.judge(answer, variables, &mut context) {
        return failed(failure);
    }
    Outcome::Answered {
        status,
        body: user.session.body().to_vec(),
        text: variables.text(SlotId(0)).map(Cow::into_owned),
    }
}
