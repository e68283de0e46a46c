//! Waits that end from outside: time-outs, cut-offs, sends that are given up.

use std::rc::Rc;

use swarmdeck::client::End;
use swarmdeck::model::{Failure, ResponseNeeds, TimedOut};

use super::misbehaviour::{CHUNKED, survive};
use super::scripted_server::{Act, Endless, Hang, Read, ScriptedServer, answer, send};
use super::shard::{User, failure, on_shard};

#[test]
fn silence_is_a_time_out_and_says_where() {
    let cases: Vec<(&str, Vec<Act>, TimedOut)> = vec![
        ("never answers", vec![Read, Hang], TimedOut::FirstByte),
        (
            "only promises",
            vec![Read, send("HTTP/1.1 100 Continue\r\n\r\n"), Hang],
            TimedOut::FirstByte,
        ),
        (
            "stops in the head",
            vec![Read, send("HTTP/1.1 200 OK\r\n"), Hang],
            TimedOut::Transfer,
        ),
        (
            "stops in the body",
            vec![Read, send(CHUNKED), send("5\r\n"), Hang],
            TimedOut::Transfer,
        ),
    ];
    for (what, script, expected) in cases {
        let exchange = survive(script, |user| user.timeout_us = 50_000);
        assert_eq!(failure(&exchange), Failure::TimedOut(expected), "{what}");
        assert!(exchange.ended_us >= 50_000, "{what}");
    }
    // What never stops coming is no silence, but time passes all the same.
    let endless = vec![
        Read,
        send("HTTP/1.1 200 OK\r\n\r\n"),
        Endless("more and more and more and more"),
    ];
    let exchange = survive(endless, |user| {
        user.timeout_us = 50_000;
        user.needs = ResponseNeeds::default();
    });
    assert_eq!(failure(&exchange), Failure::TimedOut(TimedOut::Transfer));
    assert!(exchange.received_bytes > 0);
}

#[test]
fn a_cut_off_ends_an_exchange_and_bars_the_next() {
    on_shard(async {
        let server =
            ScriptedServer::start(vec![vec![Read, Hang], vec![Read, answer("fine"), Hang]]).await;
        let mut user = User::of(server.address);
        let watch = Rc::clone(&user.watch);
        let requests = async {
            while server.requests().is_empty() {
                tokio::task::yield_now().await;
            }
            watch.cut_off();
        };
        let (exchange, ()) = tokio::join!(user.get("/"), requests);
        assert_eq!((exchange.end, exchange.exchanges), (End::CutOff, 1));
        let barred = user.get("/").await;
        assert_eq!((barred.end, barred.exchanges), (End::CutOff, 0));
        user.watch.reset();
        assert_eq!(user.get("/").await.end, End::Answered(200));
    });
}

#[test]
fn a_send_given_up_midway_leaves_no_half_used_connection() {
    on_shard(async {
        let late = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
        let server = ScriptedServer::start(vec![
            vec![Read, send(late), Hang],
            vec![Read, answer("new"), Hang],
        ])
        .await;
        let mut user = User::of(server.address);
        {
            let given_up = user.get("/");
            tokio::pin!(given_up);
            let waited = async {
                while server.requests().is_empty() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                _ = &mut given_up => panic!("it has no end"),
                () = waited => {}
            }
        }
        assert_eq!(user.client.open_connections(), 0);
        assert_eq!(
            (user.get("/").await.end, user.body()),
            (End::Answered(200), "new")
        );
    });
}
