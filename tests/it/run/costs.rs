//! What a request costs in steady state, counted and not timed: allocations,
//! reads, writes and wake-ups of a shard's thread.

#[path = "../../../benches/traffic/messages.rs"]
mod messages;
#[path = "../../../benches/parts/target.rs"]
mod target;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use swarmdeck::engine::Swarm;

use super::swarm::{self, setup};
use crate::support::{allocations, reads, soon, waits, writes};

use messages::{ANSWER, CREATES, MIX, STATIC};
use target::Target;

/// Users of the shard that is watched.
const USERS: u32 = 10;
/// Requests before it counts: buffers have grown by then.
const WARM_UP: u64 = 5_000;
/// Requests that are counted, at least.
const COUNTED: u64 = 20_000;

#[test]
fn allocations_are_counted() {
    let before = allocations();
    let held = vec![std::hint::black_box(1_u8)];
    assert_eq!(allocations(), before.map(|before| before + 1));
    drop(held);
}

#[tokio::test]
async fn a_constant_request_allocates_nothing() {
    assert_allocates_nothing(STATIC).await;
}

#[tokio::test]
async fn the_mix_allocates_nothing() {
    assert_allocates_nothing(MIX).await;
}

/// Every answer is a failure: its status is not the one that is expected.
const FAILING: &str = "user_classes:
  Failing:
    wait: 0
    tasks:
      fail:
        - get: /constant
          expect: {status: 404}
";

#[tokio::test]
async fn a_failing_request_allocates_nothing() {
    assert_allocates_nothing(FAILING).await;
}

#[tokio::test]
async fn a_failing_request_allocates_nothing_if_its_answer_comes_in_pieces() {
    let steady = steady_against(in_pieces(), FAILING, allocations).await;
    assert!(steady.metered <= 50 * steady.intervals, "{steady:?}");
}

/// A target that answers each request with an error, head and body by themselves.
fn in_pieces() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    let serve = |mut stream: TcpStream| -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        while stream.read(&mut [0; 4096])? > 0 {
            stream.write_all(b"HTTP/1.1 500 Oops\r\nContent-Length: 300\r\n\r\n")?;
            thread::yield_now();
            stream.write_all(&[b'x'; 300])?;
        }
        Ok(())
    };
    // They end with the connections, and at the latest with the tests.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(stream));
        }
    });
    address
}

/// An interval may allocate what it is reported with, a request nothing.
async fn assert_allocates_nothing(scenario: &str) {
    let steady = steady(scenario, allocations).await;
    assert!(steady.metered <= 50 * steady.intervals, "{steady:?}");
}

#[tokio::test]
async fn a_request_is_one_write_and_one_read() {
    for scenario in [STATIC, MIX] {
        for meter in [reads, writes] {
            let steady = steady(scenario, meter).await;
            // Those under way at either end of an interval.
            let off_by = steady.metered.abs_diff(steady.requests);
            assert!(off_by <= u64::from(USERS), "{steady:?}");
        }
    }
}

#[tokio::test]
async fn a_shard_wakes_up_at_most_once_a_request() {
    for scenario in [STATIC, MIX] {
        let steady = steady(scenario, waits).await;
        // Beside that, the runtime looks at its sockets after so many turns, and
        // the shard reports.
        let most = steady.requests + steady.requests / 20 + 10 * steady.intervals;
        assert!(steady.metered <= most, "{steady:?}");
    }
}

/// What a shard's thread did over some intervals.
#[derive(Debug, Default)]
struct Steady {
    intervals: u64,
    requests: u64,
    metered: u64,
}

/// Lets one shard run a scenario and gives what the meter says of it, read on
/// the shard's thread when it reports.
async fn steady(scenario: &str, meter: fn() -> Option<u64>) -> Steady {
    let target = Target::start(ANSWER, CREATES).expect("a target");
    steady_against(target.address, scenario, meter).await
}

async fn steady_against(address: SocketAddr, scenario: &str, meter: fn() -> Option<u64>) -> Steady {
    let setup = setup(scenario, address, swarm::soon(USERS), meter).expect("a sound scenario");
    let fails = scenario == FAILING;
    let mut swarm = Swarm::start(&setup).expect("a shard");
    let mut before = 0;
    let mut steady = Steady::default();
    while steady.requests < COUNTED {
        let report = soon("a report", swarm.report()).await.expect("a shard");
        let counts = &report.interval.counts;
        let (ended, others) = match fails {
            true => (counts.failed, counts.succeeded),
            false => (counts.succeeded, counts.failed),
        };
        assert_eq!(others, 0, "{:?}", report.interval.failures);
        if before >= WARM_UP {
            steady.intervals += 1;
            steady.requests += ended;
            steady.metered += report.cpu_us.expect("metered");
        }
        before += ended;
        swarm.recycle(report);
    }
    swarm.stop(u64::MAX, 0).await;
    while soon("the last report", swarm.report()).await.is_some() {}
    assert_eq!(swarm.join(), [""; 0]);
    steady
}
