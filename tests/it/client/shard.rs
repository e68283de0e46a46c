//! What an engine would be to the client, as small as it can be.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use swarmdeck::client::{
    Client, ClientConfig, Clock, Deadline, End, Endpoint, Exchange, Outgoing, Session, TlsConfig,
};
use swarmdeck::model::{
    BodyNeed, Cookies, Failure, Fence, Method, Origin, OriginId, ResponseNeeds, Samples, Scheme,
};
use tokio::runtime::{Builder, LocalOptions};

/// Nothing here takes longer unless it hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs a test as a shard runs: one thread, one runtime.
pub(crate) fn on_shard<F: Future>(test: F) -> F::Output {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
        .expect("a runtime");
    runtime.block_on(async {
        tokio::time::timeout(PATIENCE, test)
            .await
            .expect("ends within bounded time")
    })
}

/// Both parts of an answer.
pub(crate) const ALL: ResponseNeeds = ResponseNeeds {
    head: true,
    body: BodyNeed::Whole,
    url: false,
    preview: false,
};

/// One user with its session, and the sweep that its shard would do.
pub(crate) struct User {
    pub(crate) client: Rc<Client>,
    pub(crate) watch: Rc<Deadline>,
    pub(crate) session: Session,
    pub(crate) clock: Clock,
    pub(crate) needs: ResponseNeeds,
    pub(crate) timeout_us: u64,
    pub(crate) connect_timeout_us: u64,
    pub(crate) max_redirects: u8,
    pub(crate) max_body: usize,
    pub(crate) cookies: Cookies,
    authority: String,
    sweep: tokio::task::JoinHandle<()>,
}

impl Drop for User {
    fn drop(&mut self) {
        self.sweep.abort();
    }
}

impl User {
    /// A user of a plain server.
    pub(crate) fn of(address: SocketAddr) -> Self {
        let origin = Origin {
            scheme: Scheme::Http,
            host: address.ip().to_string(),
            port: address.port(),
        };
        Self::with(origin, vec![address], None)
    }

    pub(crate) fn with(origin: Origin, addresses: Vec<SocketAddr>, tls: Option<TlsConfig>) -> Self {
        let endpoint = Endpoint::direct(origin, addresses);
        Self::at(Endpoint { tls, ..endpoint })
    }

    /// A user of an endpoint.
    pub(crate) fn at(endpoint: Endpoint) -> Self {
        Self::among(vec![endpoint])
    }

    /// A user of the first of these endpoints; redirects may lead to the others.
    pub(crate) fn among(endpoints: Vec<Endpoint>) -> Self {
        Self::within(Arc::default(), endpoints)
    }

    /// The same where redirects may not lead anywhere.
    pub(crate) fn within(fence: Arc<Fence>, endpoints: Vec<Endpoint>) -> Self {
        let clock = Clock::start();
        let watch = Rc::new(Deadline::new());
        let authority = endpoints[0].origin.authority();
        let client = Client::new(ClientConfig {
            clock,
            endpoints,
            fence,
            samples: Samples::Kept,
            first_address: 0,
        });
        Self {
            session: Session::new(Rc::clone(&client), Rc::clone(&watch)),
            client,
            sweep: sweep(&watch, clock),
            watch,
            clock,
            needs: ALL,
            timeout_us: 20_000_000,
            connect_timeout_us: 10_000_000,
            max_redirects: 0,
            max_body: 8 * 1024 * 1024,
            cookies: Cookies::Kept,
            authority,
        }
    }

    /// Another user of the same shard, that asks the same target.
    pub(crate) fn beside(&self) -> Self {
        let watch = Rc::new(Deadline::new());
        let (client, clock) = (Rc::clone(&self.client), self.clock);
        Self {
            session: Session::new(Rc::clone(&client), Rc::clone(&watch)),
            client,
            clock,
            sweep: sweep(&watch, clock),
            watch,
            authority: self.authority.clone(),
            needs: self.needs,
            timeout_us: self.timeout_us,
            connect_timeout_us: self.connect_timeout_us,
            max_redirects: self.max_redirects,
            max_body: self.max_body,
            cookies: self.cookies,
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Exchange {
        self.request(Method::Get, path, "", b"").await
    }

    /// Sends; `fields` are whole lines.
    pub(crate) async fn request(
        &mut self,
        method: Method,
        path: &str,
        fields: &str,
        body: &[u8],
    ) -> Exchange {
        let authority = &self.authority;
        let mut bytes = format!("{method} {path} HTTP/1.1\r\nHost: {authority}\r\n{fields}");
        if !body.is_empty() {
            let line = format!("Content-Length: {}\r\n", body.len());
            bytes.push_str(&line);
        }
        bytes.push_str("\r\n");
        let head_len = bytes.len();
        let mut bytes = bytes.into_bytes();
        bytes.extend_from_slice(body);
        let outgoing = Outgoing {
            origin: OriginId(0),
            elsewhere: None,
            method,
            bytes: &bytes,
            head_len,
            needs: self.needs,
            timeout_us: self.timeout_us,
            connect_timeout_us: self.connect_timeout_us,
            max_redirects: self.max_redirects,
            max_body: self.max_body,
            cookies: self.cookies,
            turns: None,
        };
        self.send(outgoing).await
    }

    /// Sends a message that is put together already.
    pub(crate) async fn send(&mut self, outgoing: Outgoing<'_>) -> Exchange {
        self.session.send(outgoing, self.clock.now_us()).await
    }

    pub(crate) fn body(&self) -> &str {
        str::from_utf8(self.session.body()).expect("text")
    }
}

/// Looks for passed deadlines, as a shard does.
fn sweep(watch: &Rc<Deadline>, clock: Clock) -> tokio::task::JoinHandle<()> {
    let swept = Rc::clone(watch);
    tokio::task::spawn_local(async move {
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        loop {
            ticks.tick().await;
            swept.sweep(clock.now_us());
        }
    })
}

/// The failure that an exchange ended with.
pub(crate) fn failure(exchange: &Exchange) -> Failure {
    match exchange.end {
        End::Failed(failure) => failure,
        ref other => panic!("a failure, not {other:?}"),
    }
}
