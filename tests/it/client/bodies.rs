//! How much of a body is kept.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use swarmdeck::client::End;
use swarmdeck::model::{BodyNeed, Failure, Malformed, ResponseNeeds};

use super::scripted_server::{Act, Hang, Read, ScriptedServer, send};
use super::shard::{User, failure, on_shard};

const LIMIT: usize = 64 * 1024;

fn sized(bytes: &[u8], fields: &str) -> Act {
    let len = bytes.len();
    let head = format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: {len}\r\n\r\n");
    Act::SendAll([head.as_bytes(), bytes].concat())
}

fn gzipped(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).expect("in memory");
    encoder.finish().expect("in memory")
}

fn wants(body: BodyNeed, preview: bool) -> ResponseNeeds {
    ResponseNeeds {
        body,
        preview,
        ..ResponseNeeds::default()
    }
}

#[test]
fn a_size_needs_no_body_to_be_kept() {
    let large = vec![b'x'; LIMIT * 4];
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        large.len(),
        String::from_utf8_lossy(&large)
    );
    let encoded = sized(&gzipped(&large), "Content-Encoding: gzip\r\n");
    on_shard(async {
        let script = [sized(&large, ""), send(&chunked), encoded];
        let script = script.into_iter().flat_map(|act| [Read, act]);
        let server = ScriptedServer::start(vec![script.chain([Hang]).collect()]).await;
        let mut user = User::of(server.address);
        user.max_body = LIMIT;
        user.needs = wants(BodyNeed::Size, false);
        for _ in 0..3 {
            assert_eq!(user.get("/").await.end, End::Answered(200));
            assert_eq!(user.session.body_size(), large.len() as u64);
            assert!(user.session.body().is_empty(), "nothing is kept");
        }
    });
}

#[test]
fn what_is_longer_than_the_limit_fails_only_where_all_of_it_is_wanted() {
    let large = vec![b'x'; LIMIT + 1];
    on_shard(async {
        for want in [BodyNeed::None, BodyNeed::Size, BodyNeed::Whole] {
            let server = ScriptedServer::start(vec![vec![Read, sized(&large, ""), Hang]]).await;
            let mut user = User::of(server.address);
            user.max_body = LIMIT;
            user.needs = wants(want, true);
            let exchange = user.get("/").await;
            if want == BodyNeed::Whole {
                let too_long = Failure::Malformed(Malformed::BodyTooLong);
                assert_eq!(failure(&exchange), too_long);
            } else {
                assert_eq!(exchange.end, End::Answered(200));
                assert!(user.body().starts_with("xxx"), "its beginning is shown");
            }
        }
    });
}

#[test]
fn what_is_only_shown_is_decoded_as_far_as_it_goes() {
    let encoded = gzipped("a page ".repeat(1_000).as_bytes());
    let odd = sized(b"whatever", "Content-Encoding: odd\r\n");
    on_shard(async {
        let script = vec![
            Read,
            sized(&encoded, "Content-Encoding: gzip\r\n"),
            Read,
            odd,
            Hang,
        ];
        let server = ScriptedServer::start(vec![script]).await;
        let mut user = User::of(server.address);
        user.needs = wants(BodyNeed::None, true);
        assert_eq!(user.get("/").await.end, End::Answered(200));
        assert!(user.body().starts_with("a page a page"));
        assert_eq!(user.get("/").await.end, End::Answered(200));
        assert_eq!(user.body(), "");
    });
}

#[test]
fn what_is_shown_is_whole_where_its_size_is_wanted_too() {
    let text = "a page ".repeat(1_000);
    let twice = gzipped(&gzipped(text.as_bytes()));
    on_shard(async {
        let answer = sized(&twice, "Content-Encoding: gzip, gzip\r\n");
        let server = ScriptedServer::start(vec![vec![Read, answer, Hang]]).await;
        let mut user = User::of(server.address);
        user.needs = wants(BodyNeed::Size, true);
        assert_eq!(user.get("/").await.end, End::Answered(200));
        assert_eq!(user.session.body_size(), text.len() as u64);
        assert!(user.body().starts_with("a page a page"), "{}", user.body());
    });
}
