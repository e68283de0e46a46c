//! A request over the wire, as processor time of the thread that sends: the
//! floor, and the client alone on top of it.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use swarmdeck::client::{Client, ClientConfig, Clock, End, Endpoint, Outgoing, Session};
use swarmdeck::model::{Cookies, Method, Origin, OriginId, ResponseNeeds, Samples, Scheme};
use swarmdeck::probes::host::thread_cpu_us;
use tokio::runtime::{Builder, LocalOptions};
use tokio::task::JoinSet;

use crate::floor::Floor;
use crate::machine::{Core, on_core, raise_descriptor_limit, stay_on};
use crate::target::Target;
use crate::traffic::{ANSWER, CREATES, STATIC, Walker};

const CONNECTIONS: [usize; 2] = [100, 1_000];

/// The floor and the client, over so many connections.
pub(crate) fn bench(criterion: &mut Criterion) {
    let target = apart_from_target();
    let host = format!("http://{}", target.address);
    let mut walker = Walker::new(STATIC, &host).expect("a sound scenario");
    let request = walker.next();
    let message: Rc<[u8]> = walker.render(request).bytes.into();
    let mut group = criterion.benchmark_group("sockets");
    group.throughput(Throughput::Elements(1));
    for connections in CONNECTIONS {
        let floor = Floor {
            address: target.address,
            connections,
            message: Rc::clone(&message),
        };
        group.bench_function(BenchmarkId::new("floor", connections), |bencher| {
            bencher.iter_custom(|requests| of_floor(&floor, requests).expect("a target"));
        });
        group.bench_function(BenchmarkId::new("client", connections), |bencher| {
            bencher.iter_custom(|requests| of_client(&floor, requests).expect("a target"));
        });
    }
    group.finish();
}

/// A target on its core, and this thread on the other. Where threads cannot be
/// kept apart, figures are less steady and still say something.
pub(crate) fn apart_from_target() -> Target {
    raise_descriptor_limit();
    let start = || Target::start(ANSWER, CREATES);
    let target = on_core(Core::Target, start).or_else(|_| start());
    let _ = stay_on(Core::Generator);
    target.expect("a target")
}

fn of_floor(floor: &Floor, requests: u64) -> io::Result<Duration> {
    on_shard(async {
        let streams = floor.connect().await?;
        let answered = Rc::new(Cell::new(0));
        let before = thread_cpu_us();
        floor.run(streams, &answered, requests).await?;
        Ok(share(before, requests, answered.get()))
    })
}

/// The same messages, each connection a session of its own.
fn of_client(floor: &Floor, requests: u64) -> io::Result<Duration> {
    on_shard(async {
        let origin = Origin {
            scheme: Scheme::Http,
            host: floor.address.ip().to_string(),
            port: floor.address.port(),
        };
        let clock = Clock::start();
        let client = Client::new(ClientConfig {
            clock,
            endpoints: vec![Endpoint::direct(origin, vec![floor.address])],
            fence: Arc::default(),
            samples: Samples::Kept,
            first_address: 0,
        });
        let mut sessions = Vec::new();
        for _ in 0..floor.connections {
            let mut session = Session::new(Rc::clone(&client), Rc::default());
            // The first one connects, which is not what is measured.
            ask(&mut session, &floor.message, clock).await?;
            sessions.push(session);
        }
        let answered = Rc::new(Cell::new(0));
        let before = thread_cpu_us();
        let mut users = JoinSet::new();
        for mut session in sessions {
            let (message, answered) = (Rc::clone(&floor.message), Rc::clone(&answered));
            users.spawn_local(async move {
                while answered.get() < requests {
                    ask(&mut session, &message, clock).await?;
                    answered.set(answered.get() + 1);
                }
                Ok::<_, io::Error>(())
            });
        }
        while let Some(ended) = users.join_next().await {
            ended.map_err(io::Error::other)??;
        }
        Ok(share(before, requests, answered.get()))
    })
}

async fn ask(session: &mut Session, message: &[u8], clock: Clock) -> io::Result<()> {
    let outgoing = Outgoing {
        origin: OriginId(0),
        elsewhere: None,
        method: Method::Get,
        bytes: message,
        head_len: message.len(),
        needs: ResponseNeeds::default(),
        timeout_us: 60_000_000,
        connect_timeout_us: 60_000_000,
        max_redirects: 0,
        max_body: 0,
        cookies: Cookies::Kept,
        turns: None,
    };
    match session.send(outgoing, clock.now_us()).await.end {
        End::Answered(200) => Ok(()),
        end => Err(io::Error::other(format!("{end:?}"))),
    }
}

/// The processor time since `before` of so many requests: a few more have been
/// answered, because all connections are at work when the last is.
fn share(before: Option<u64>, requests: u64, answered: u64) -> Duration {
    let used = thread_cpu_us()
        .zip(before)
        .map(|(now, before)| now - before);
    let used = Duration::from_micros(used.expect("processor time is told here"));
    used.mul_f64(float(requests) / float(answered.max(1)))
}

/// As a shard runs: one thread, one runtime.
fn on_shard<T>(act: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    Builder::new_current_thread()
        .enable_io()
        .build_local(LocalOptions::default())?
        .block_on(act)
}

#[expect(clippy::cast_precision_loss, reason = "numbers of requests")]
fn float(value: u64) -> f64 {
    value as f64
}
