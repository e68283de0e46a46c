use std::io::Write;
use std::rc::Rc;

use flate2::Compression;
use flate2::write::GzEncoder;
use swarmdeck::client::{End, Exchange};
use swarmdeck::model::{BodyNeed, CodingName, ContentCoding, Failure, LostAt, Malformed, Method};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::scripted_server::{
    Act, Drip, Endless, Hang, Read, ReadBytes, Reset, ScriptedServer, Wait, answer, send,
};
use super::shard::{ALL, User, failure, on_shard};

const OK: &str = "HTTP/1.1 200 OK\r\n";
pub(super) const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// One exchange by the script, then a sound one: the session has to survive.
pub(super) fn survive(script: Vec<Act>, set: impl FnOnce(&mut User)) -> Exchange {
    on_shard(async {
        let server = ScriptedServer::start(vec![script, vec![Read, answer("fine"), Hang]]).await;
        let mut user = User::of(server.address);
        set(&mut user);
        let exchange = user.get("/first").await;
        assert_eq!(user.client.open_connections(), 0, "closed after a failure");
        (user.timeout_us, user.needs) = (20_000_000, ALL);
        let after = user.get("/second").await;
        assert_eq!(after.end, End::Answered(200));
        assert_eq!(user.body(), "fine");
        assert_eq!(
            (after.connections_opened, after.connections_replaced),
            (1, 0)
        );
        exchange
    })
}

/// What a server does to one request, in words and as a script, and what that has to be called.
type Case = (&'static str, Vec<Act>, Failure);

fn deaths() -> Vec<Case> {
    let lost = Failure::Lost;
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
    vec![
        (
            "closes at once",
            vec![Read],
            lost(LostAt::ClosedBeforeAnswer),
        ),
        (
            "resets before answering",
            vec![Read, Reset],
            lost(LostAt::Reset),
        ),
        (
            "closes in the head",
            vec![Read, send("HTTP/1.1 200 OK\r\nA: b\r\n")],
            lost(LostAt::ClosedInHead),
        ),
        (
            "closes in the body",
            vec![Read, send(half)],
            lost(LostAt::ClosedInBody),
        ),
        (
            "closes in a chunk",
            vec![Read, send(CHUNKED), send("5\r\nhal")],
            lost(LostAt::ClosedInBody),
        ),
        (
            "resets in the body",
            vec![Read, send(half), Reset],
            lost(LostAt::Reset),
        ),
    ]
}

fn bad_heads() -> Vec<Case> {
    let bad = Failure::Malformed;
    let lengths = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nhello";
    let coding = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n";
    vec![
        (
            "speaks another protocol",
            vec![Read, send("SSH-2.0-OpenSSH_9.6\r\n"), Hang],
            bad(Malformed::Head),
        ),
        (
            "sends binary",
            vec![Read, send("\u{0}\u{1}\u{2}\u{fe}"), Hang],
            bad(Malformed::Head),
        ),
        (
            "sends endless fields",
            vec![Read, send(OK), Endless("A: b\r\n")],
            bad(Malformed::TooManyHeaders),
        ),
        (
            "sends an endless field",
            vec![Read, send(OK), send("A: "), Endless("xxxxxxxxxxxxxxxx")],
            bad(Malformed::HeadTooLong),
        ),
        (
            "sends endless empty lines",
            vec![Read, Endless("\r\n\r\n\r\n\r\n")],
            bad(Malformed::HeadTooLong),
        ),
        (
            "sends endless 1xx",
            vec![Read, Endless("HTTP/1.1 100 Continue\r\n\r\n")],
            bad(Malformed::HeadTooLong),
        ),
        (
            "names no field",
            vec![Read, send(OK), send("A: b\r\nno colon\r\n\r\n"), Hang],
            bad(Malformed::HeadLine(3)),
        ),
        (
            "contradicts itself",
            vec![Read, send(lengths), Hang],
            bad(Malformed::Framing),
        ),
        (
            "names an odd coding",
            vec![Read, send(coding), Hang],
            bad(Malformed::Framing),
        ),
    ]
}

fn bad_bodies() -> Vec<Case> {
    let bad = Failure::Malformed;
    let gzip = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope";
    let invented = "HTTP/1.1 200 OK\r\nContent-Encoding: X-Mine\r\nContent-Length: 1\r\n\r\nx";
    let filler = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    vec![
        (
            "breaks a chunk",
            vec![Read, send(CHUNKED), send("2\r\nxyz\r\n"), Hang],
            bad(Malformed::Chunk),
        ),
        (
            "sends endless extensions",
            vec![Read, send(CHUNKED), send("5"), Endless(";a=b")],
            bad(Malformed::Chunk),
        ),
        (
            "sends endless trailers",
            vec![Read, send(CHUNKED), send("0\r\n"), Endless("A: b\r\n")],
            bad(Malformed::Chunk),
        ),
        (
            "sends endless zeros",
            vec![Read, send(CHUNKED), Endless("0000")],
            bad(Malformed::Chunk),
        ),
        (
            "sends too much to keep",
            vec![Read, send(OK), send("\r\n"), Endless(filler)],
            bad(Malformed::BodyTooLong),
        ),
        (
            "invents a coding",
            vec![Read, send(invented), Hang],
            bad(Malformed::UnknownCoding(CodingName::new(b"x-mine"))),
        ),
        (
            "lies about gzip",
            vec![Read, send(gzip), Hang],
            bad(Malformed::Encoding(ContentCoding::Gzip)),
        ),
    ]
}

#[test]
fn every_misbehaviour_has_its_name() {
    for (what, script, expected) in [deaths(), bad_heads(), bad_bodies()].concat() {
        let exchange = survive(script, |_| ());
        assert_eq!(failure(&exchange), expected, "{what}");
        let counts = (exchange.exchanges, exchange.connections_opened);
        assert_eq!(counts, (1, 1), "{what}");
    }
}

#[test]
fn a_connection_that_died_while_idle_is_replaced() {
    on_shard(async {
        let unasked = Rc::new(Notify::new());
        let mut server = ScriptedServer::start(vec![
            vec![Read, answer("one")],
            vec![Read, answer("two"), Reset],
            vec![
                Read,
                answer("three"),
                Wait(Rc::clone(&unasked)),
                send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"),
            ],
            vec![Read, answer("four"), Read, answer("five"), Hang],
        ])
        .await;
        let mut user = User::of(server.address);
        let first = user.get("/1").await;
        assert_eq!(
            (first.connections_opened, first.connections_replaced),
            (1, 0)
        );
        for (ended, body) in [(1, "two"), (2, "three"), (3, "four")] {
            if ended == 3 {
                unasked.notify_one();
            }
            server.ended(ended).await;
            let next = user.get("/next").await;
            assert_eq!((next.end, user.body()), (End::Answered(200), body));
            assert_eq!(
                (next.connections_opened, next.connections_replaced),
                (1, 1),
                "{body}"
            );
        }
        let last = user.get("/5").await;
        assert_eq!((last.connections_opened, last.connections_replaced), (0, 0));
        assert_eq!((last.phases.connect_us, user.body()), (0, "five"));
    });
}

#[test]
fn answers_that_say_so_are_not_followed_on_the_same_connection() {
    let once = [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and leftover",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    ];
    on_shard(async {
        let mut scripts: Vec<_> = once
            .iter()
            .map(|text| vec![Read, send(text), Hang])
            .collect();
        scripts.push(vec![Read, send("HTTP/1.1 200 OK\r\n\r\nok")]);
        scripts.push(vec![Read, answer("ok"), Hang]);
        let server = ScriptedServer::start(scripts).await;
        let mut user = User::of(server.address);
        for number in 0..=once.len() + 1 {
            let exchange = user.get("/").await;
            assert_eq!(
                (exchange.end, user.body()),
                (End::Answered(200), "ok"),
                "{number}"
            );
            assert_eq!(
                (exchange.connections_opened, exchange.connections_replaced),
                (1, 0)
            );
        }
    });
}

#[test]
fn http_1_0_and_heads_of_old_servers_are_read_as_they_are_meant() {
    on_shard(async {
        let server = ScriptedServer::start(vec![vec![
            Read,
            send("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 3\r\n\r\nold"),
            Read,
            send("HTTP/1.1  200 OK\r\nX-A : one\r\nX-B: two\r\n\tmore\r\nContent-Length :\r\n 4\r\n\r\nodd."),
            Read,
            Drip("HTTP/1.1 200 OK\r\nX-B: two\r\n more\r\nContent-Length: 4\r\n\r\nslow".to_owned()),
            Hang,
        ]])
        .await;
        let mut user = User::of(server.address);
        let mut heads = Vec::new();
        for (body, opened) in [("old", 1), ("odd.", 0), ("slow", 0)] {
            let exchange = user.get("/").await;
            assert_eq!((exchange.end, user.body()), (End::Answered(200), body));
            assert_eq!(exchange.connections_opened, opened, "{body}");
            heads.push(String::from_utf8_lossy(user.session.head()).into_owned());
        }
        assert!(
            heads[1].contains("\r\nX-A: one\r\nX-B: two  \tmore\r\n"),
            "{}",
            heads[1]
        );
        assert!(heads[2].contains("\r\nX-B: two   more\r\n"), "{}", heads[2]);
    });
}

#[test]
fn a_slow_answer_is_still_an_answer() {
    let head = format!(
        "HTTP/1.1 200 OK\r\nX: {}\r\nTransfer-Encoding: chunked\r\n\r\n",
        "y".repeat(3000)
    );
    on_shard(async {
        let text = format!("{head}5;z\r\nhello\r\n0\r\nT: u\r\n\r\n");
        let server =
            ScriptedServer::start(vec![vec![Read, Drip(text), Read, answer("next"), Hang]]).await;
        let mut user = User::of(server.address);
        let exchange = user.get("/").await;
        assert_eq!((exchange.end, user.body()), (End::Answered(200), "hello"));
        assert_eq!(user.session.head(), head.as_bytes());
        assert_eq!(exchange.received_bytes, 5);
        let next = user.get("/").await;
        assert_eq!((next.connections_opened, user.body()), (0, "next"));
    });
}

#[test]
fn an_answer_before_the_message_is_sent_counts() {
    let refusal =
        "HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig";
    let sent_in_full = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 3\r\n\r\nwho";
    let body = vec![b'x'; 8 * 1024 * 1024];
    on_shard(async {
        let server = ScriptedServer::start(vec![
            vec![ReadBytes(1000), send(refusal)],
            vec![ReadBytes(1000), send(refusal), Hang],
            vec![ReadBytes(1000), send(sent_in_full), Hang],
            vec![ReadBytes(1000), Reset],
            vec![Read, answer("fine"), Hang],
        ])
        .await;
        let mut user = User::of(server.address);
        for (status, text) in [(413, "big"), (413, "big"), (401, "who")] {
            let exchange = user.request(Method::Post, "/", "", &body).await;
            assert_eq!((exchange.end, user.body()), (End::Answered(status), text));
            assert_eq!(exchange.connections_opened, 1);
        }
        let lost = user.request(Method::Post, "/", "", &body).await;
        assert_eq!(failure(&lost), Failure::Lost(LostAt::Reset));
        let whole = user.request(Method::Post, "/", "", &body).await;
        assert_eq!((whole.end, user.body()), (End::Answered(200), "fine"));
        assert!(server.requests().last().expect("one").ends_with("xxx"));
    });
}

#[test]
fn a_bomb_is_not_unpacked() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        encoder.write_all(&[0; 1024 * 1024]).expect("in memory");
    }
    let bomb = encoder.finish().expect("in memory");
    on_shard(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let mut answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
            bomb.len()
        )
        .into_bytes();
        answer.extend_from_slice(&bomb);
        let server = answer_all(listener, answer);
        let mut user = User::of(address);
        let wanted = user.get("/").await;
        assert_eq!(failure(&wanted), Failure::Malformed(Malformed::BodyTooLong));
        user.needs.body = BodyNeed::None;
        let unwanted = user.get("/").await;
        assert_eq!(unwanted.end, End::Answered(200));
        assert_eq!(unwanted.received_bytes, bomb.len() as u64);
        server.abort();
    });
}

/// Answers every connection once with these bytes.
fn answer_all(listener: TcpListener, answer: Vec<u8>) -> tokio::task::JoinHandle<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    tokio::task::spawn_local(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(&answer).await;
        }
    })
}

#[test]
fn a_kept_connection_that_is_being_closed_is_told_from_a_loss() {
    on_shard(async {
        let server = ScriptedServer::start(vec![
            vec![Read, answer("kept"), Read],
            vec![Read],
            vec![Read, answer("kept"), Read, Reset],
            vec![Read, answer("kept"), Read, send("HTTP/1.1 200")],
        ])
        .await;
        let mut user = User::of(server.address);
        for expected in [
            None,
            Some(LostAt::Idle),
            Some(LostAt::ClosedBeforeAnswer),
            None,
            Some(LostAt::Idle),
            None,
            Some(LostAt::ClosedInHead),
        ] {
            let expected = match expected {
                None => End::Answered(200),
                Some(at) => End::Failed(Failure::Lost(at)),
            };
            assert_eq!(user.get("/").await.end, expected);
        }
    });
}
