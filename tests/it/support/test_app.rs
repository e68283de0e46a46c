use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;
use swarmdeck::client::Clock;
use swarmdeck::lab::Lab;
use swarmdeck::model::{Rails, Recent, Samples};
use swarmdeck::run::{Runs, spawn_within};
use swarmdeck::scenario::{Changes, Environment, Source};
use swarmdeck::session::{Catalog, Defaults, DemoLab, Script, Session};
use swarmdeck::web::{App, BasePath, ConnectionLimits, Guard, ServerTls, Token, router, serve};
use tokio::net::TcpListener;

use super::time::soon;

/// A host on which nothing listens.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:1";

/// A dashboard on a free port, for as long as the test's runtime lives.
pub(crate) struct TestApp {
    pub(crate) address: SocketAddr,
    pub(crate) runs: Runs,
    pub(crate) session: Session,
    client: reqwest::Client,
}

/// One kind of user that asks for the lab's health.
const HEALTH: &str = "name: Health
load: {users: 3, spawn_rate: 100}
user_classes:
  U:
    wait: 20ms
    tasks:
      health:
        - get: /api/v1/health/
";

/// Task starts per second, planned by the file, and a probe.
const OPEN: &str = "name: Open
load: {rate: 60/s, max_users: 40}
probes: {own: {process: true, every: 500ms}}
user_classes:
  U:
    tasks:
      health:
        - get: /api/v1/health/
";

/// Users over time, planned by the file, and criteria of which one is not met.
const STAGED: &str = "name: Staged
criteria: [rps of task:health > 1, failures > 0]
load:
  stages:
    - {over: 1s, users: 7}
    - {over: 1m, users: 7}
user_classes:
  U:
    wait: 20ms
    tasks:
      health:
        - get: /api/v1/health/
";

/// Two classes with weights, of which one has a task that fails by itself.
const FAILS: &str = "name: 'Fails, \"loudly\"'
load: {users: 4, spawn_rate: 100}
user_classes:
  Often:
    weight: 3
    wait: 20ms
    tasks:
      health: {weight: 3, steps: [{get: /api/v1/health/}]}
      loud: {weight: 1, steps: [{log: something was done}, {fail: 'no, not this'}]}
  Seldom:
    wait: 20ms
    tasks:
      health:
        - get: /api/v1/health/
";

/// How a dashboard is served.
#[derive(Default)]
struct Serving {
    base: Option<BasePath>,
    tls: Option<ServerTls>,
    rails: Rails,
    demo: Option<DemoLab>,
    limits: Option<ConnectionLimits>,
}

/// Users that log in, then ask for deployments.
const MEMBERS: &str = "name: Members
load: {users: 3, spawn_rate: 100}
user_classes:
  U:
    wait: 20ms
    headers: {Authorization: 'Bearer {{ token }}'}
    on_start:
      - post: /api/v1/auth/login/
        json: {username: loadtest_user, password: test123}
        capture: {token: {json: $.token}}
    tasks:
      list:
        - get: /api/v1/deployments/
";

/// Of a dashboard on loopback.
fn loopback() -> Guard {
    Guard::new(Ipv4Addr::LOCALHOST.into(), None, Vec::new())
}

/// Of a dashboard that can be reached from everywhere, with this token.
fn anywhere(token: Token) -> Guard {
    Guard::new(Ipv4Addr::UNSPECIFIED.into(), Some(token), Vec::new())
}

impl TestApp {
    /// On loopback, with the scenarios `health`, `broken`, `open`, `staged`, `fails`.
    pub(crate) async fn new(host: &str) -> Self {
        Self::guarded(host, loopback(), Serving::default()).await
    }

    /// The same within guard rails.
    pub(crate) async fn within(rails: Rails, host: &str) -> Self {
        let serving = Serving {
            rails,
            ..Serving::default()
        };
        Self::guarded(host, loopback(), serving).await
    }

    /// On loopback, with a demo that is played on this lab by three users.
    pub(crate) async fn with_demo(lab: &Lab, beat: Duration) -> Self {
        let serving = Serving {
            demo: Some(DemoLab {
                address: lab.address(),
                script: Script { users: 3, beat },
            }),
            ..Serving::default()
        };
        let app = Self::guarded(&lab.url(), loopback(), serving).await;
        let sources = [Source::new("health.yaml", MEMBERS)];
        let catalog = Catalog::new(sources, &Environment::default(), &Changes::default());
        app.session.offer(catalog);
        app
    }

    /// On loopback, below a path.
    pub(crate) async fn below(base: &str, host: &str) -> Self {
        let serving = Serving {
            base: Some(base.parse().expect("a base path")),
            ..Serving::default()
        };
        Self::guarded(host, loopback(), serving).await
    }

    /// On loopback, with these limits of its connections.
    pub(crate) async fn limited(host: &str, limits: ConnectionLimits) -> Self {
        let serving = Serving {
            limits: Some(limits),
            ..Serving::default()
        };
        Self::guarded(host, loopback(), serving).await
    }

    /// As if it could be reached from everywhere, with a token and these limits
    /// of its connections; over TLS if that is given.
    pub(crate) async fn limited_with_token(
        host: &str,
        token: Token,
        tls: Option<ServerTls>,
        limits: ConnectionLimits,
    ) -> Self {
        let serving = Serving {
            tls,
            limits: Some(limits),
            ..Serving::default()
        };
        Self::guarded(host, anywhere(token), serving).await
    }

    /// As if it could be reached from everywhere, over TLS.
    pub(crate) async fn over_tls(tls: ServerTls, token: Token) -> Self {
        let serving = Serving {
            tls: Some(tls),
            ..Serving::default()
        };
        Self::guarded(NOWHERE, anywhere(token), serving).await
    }

    /// As if it could be reached from everywhere, with a token.
    pub(crate) async fn with_token(host: &str, token: Token) -> Self {
        let anywhere = IpAddr::from(Ipv4Addr::UNSPECIFIED);
        let guard = Guard::new(anywhere, Some(token), vec!["Deck.Example".to_owned()]);
        Self::guarded(host, guard, Serving::default()).await
    }

    /// One of several dashboards of a host.
    pub(crate) async fn instance_with_token(instance: &str, token: Token) -> Self {
        let guard = anywhere(token).of_instance(instance);
        Self::guarded(NOWHERE, guard, Serving::default()).await
    }

    /// The same below a path.
    pub(crate) async fn below_with_token(base: &str, token: Token) -> Self {
        let serving = Serving {
            base: Some(base.parse().expect("a base path")),
            ..Serving::default()
        };
        Self::guarded(NOWHERE, anywhere(token), serving).await
    }

    async fn guarded(host: &str, guard: Guard, serving: Serving) -> Self {
        // Long enough for a hello to fill a socket's buffers before long.
        let talkative = format!("description: {}\n{HEALTH}", "long ".repeat(4_000));
        let sources = [
            Source::new("health.yaml", HEALTH),
            Source::new("broken.yaml", "user_classes: {U: {tusks: {}}}"),
            Source::new("talkative.yaml", talkative),
            Source::new("open.yaml", OPEN),
            Source::new("staged.yaml", STAGED),
            Source::new("fails.yaml", FAILS),
        ];
        let defaults = Defaults {
            scenario: "health".to_owned(),
            users: None,
            spawn_rate: None,
            host: Some(host.to_owned()),
            run_time: None,
            stop_timeout: None,
            profile: None,
            criteria: Vec::new(),
            recent: Recent::All,
            samples: Samples::Kept,
        };
        let runs = spawn_within(serving.rails, Clock::start(), 1);
        let catalog = Catalog::new(sources, &Environment::default(), &Changes::default());
        let mut session = Session::new(runs.clone(), catalog, defaults);
        if let Some(lab) = serving.demo {
            session = session.with_demo(lab);
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = listener.await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let mut web = router(App::new(session.clone()), guard);
        if let Some(base) = serving.base {
            web = base.mount(web);
        }
        let never = std::future::pending::<()>();
        let limits = serving.limits.unwrap_or_default();
        tokio::spawn(serve(listener, serving.tls, web, limits, never));
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        Self {
            address,
            runs,
            session,
            client: client.build().expect("a client"),
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        self.client.request(method, url)
    }

    pub(crate) async fn send(&self, method: Method, path: &str) -> Response {
        answer(self.request(method, path)).await
    }

    /// Status and JSON of an answer to a JSON body; `""` sends none.
    pub(crate) async fn json(&self, method: Method, path: &str, body: &str) -> (u16, Value) {
        let mut request = self.request(method, path);
        if !body.is_empty() {
            let json = ("content-type", "application/json");
            request = request.header(json.0, json.1).body(body.to_owned());
        }
        let answer = answer(request).await;
        let status = answer.status().as_u16();
        (status, answer.json().await.expect("JSON"))
    }

    /// The answer to a form that is posted to `/swarm`.
    pub(crate) async fn swarm(&self, fields: &[(&str, &str)]) -> Value {
        let answer = answer(self.request(Method::POST, "/swarm").form(fields)).await;
        assert_eq!(answer.status(), 200, "as Locust does");
        answer.json().await.expect("JSON")
    }
}

/// Sends a request that has to be answered.
pub(crate) async fn answer(request: RequestBuilder) -> Response {
    soon("an answer", request.send()).await.expect("an answer")
}
