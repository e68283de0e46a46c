//! Names whose addresses change during a run. The resolver is the test's.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use swarmdeck::format::event_lines;
use swarmdeck::run::{EventKind, Resolver};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::support::{Bench, PATIENCE, assert_conserved, eventually};

const SCENARIO: &str = "
http: {connections: close, dns: {ttl: 1s, policy: POLICY}}
user_classes:
  U:
    wait: 5ms
    tasks: {t: [{get: /}]}
";

/// A server at one of the addresses of the name.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let connections = Arc::<AtomicU64>::default();
        let taken = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            while let Ok((mut tcp, _)) = listener.accept().await {
                taken.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move {
                    let mut request = [0; 1024];
                    let _ = tcp.read(&mut request).await;
                    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                    let _ = tcp.write_all(answer.as_bytes()).await;
                    // Until the other side closes.
                    let _ = tcp.read(&mut request).await;
                });
            }
        });
        Self {
            address,
            connections,
            task,
        }
    }

    fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Until so many more connections have come.
    async fn until(&self, more: u64) {
        let enough = self.connections() + more;
        let come = async || self.connections() >= enough;
        eventually("connections", PATIENCE, come).await;
    }
}

/// What a name is looked up as.
type Answers = Arc<Mutex<Vec<SocketAddr>>>;

fn bench(policy: &str, answers: &Answers) -> Bench {
    let mut bench = Bench::new(&SCENARIO.replace("POLICY", policy), "http://shop.test");
    let answers = Arc::clone(answers);
    let resolver = Resolver::new(move |host, _| {
        assert_eq!(host, "shop.test");
        let found = answers.lock().expect("no panic").clone();
        async move { Ok(found) }
    });
    bench.runs = bench.runs.clone().with_resolver(resolver);
    bench
}

fn said(bench: &Bench) -> Vec<String> {
    let (events, _) = event_lines(&bench.runs.log(), 0);
    let said = events
        .into_iter()
        .filter(|one| one.kind == EventKind::Target);
    said.map(|event| event.text).collect()
}

#[tokio::test]
async fn new_connections_follow_a_name_that_moves() {
    let (first, second) = (Server::start().await, Server::start().await);
    let answers = Answers::new(Mutex::new(vec![first.address]));
    let mut bench = bench("round_robin", &answers);
    bench.start(2, 1_000.0).await;
    first.until(20).await;
    assert_eq!(second.connections(), 0);
    *answers.lock().expect("no panic") = vec![second.address];
    second.until(20).await;
    let before = first.connections();
    second.until(20).await;
    // One may have been on its way to it.
    assert!(first.connections() <= before + 1);
    let end = bench.stop().await;
    assert_conserved(&end);
    assert_eq!(end.counts.failed, 0, "{:?}", end.tables.failures);
    let said = said(&bench);
    let moved = format!("moved from {} to {}", first.address, second.address);
    assert!(said.iter().any(|text| text.contains(&moved)), "{said:?}");
}

#[tokio::test]
async fn addresses_take_turns_or_the_first_takes_all() {
    for (policy, shares) in [("round_robin", true), ("first", false)] {
        let (first, second) = (Server::start().await, Server::start().await);
        let answers = Answers::new(Mutex::new(vec![first.address, second.address]));
        let mut bench = bench(policy, &answers);
        bench.start(2, 1_000.0).await;
        bench.until_requests(40).await;
        let end = bench.stop().await;
        assert_eq!(end.counts.failed, 0, "{:?}", end.tables.failures);
        // Before the run, where that takes a connection, one looks whether somebody is there.
        let before = if cfg!(target_os = "linux") { 0 } else { 1 };
        let (most, least) = (first.connections() - before, second.connections() - before);
        if shares {
            assert!(most.abs_diff(least) <= 4, "{most} and {least}");
        } else {
            assert_eq!(least, 0);
        }
    }
}

#[tokio::test]
async fn an_address_that_goes_down_is_left_out_and_said() {
    let (lives, ends) = (Server::start().await, Server::start().await);
    let answers = Answers::new(Mutex::new(vec![lives.address, ends.address]));
    let mut bench = bench("round_robin", &answers);
    bench.start(2, 1_000.0).await;
    ends.until(10).await;
    let gone = ends.address;
    drop(ends);
    let told = async || said(&bench).iter().any(|text| text.contains("is skipped"));
    eventually("an event", PATIENCE, told).await;
    lives.until(20).await;
    let end = bench.stop().await;
    assert_conserved(&end);
    let said = said(&bench);
    let expected =
        format!("{gone} is skipped for 5 s at a time: could not connect: connection refused");
    let count = said.iter().filter(|text| text.contains(&expected)).count();
    assert_eq!(count, 1, "{said:?}");
    let refused = |text: &str| text.contains("refused");
    let failures = end.tables.failures.iter();
    let failures: Vec<_> = failures
        .map(|line| line.failure.expect("of a run").to_string())
        .collect();
    assert!(!failures.iter().any(|text| refused(text)), "{failures:?}");
}
