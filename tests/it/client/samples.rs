//! What can be shown of an answer that nobody asked to keep.

use std::rc::Rc;
use std::time::Duration;

use swarmdeck::client::End;
use swarmdeck::model::{
    BodyNeed, CopiedAnswer, Failure, LostAt, Malformed, ResponseNeeds, SAMPLE_BODY_BYTES,
    SAMPLE_HEAD_BYTES, TimedOut,
};
use tokio::sync::Notify;

use super::http2::{Server, speak};
use super::scripted_server::{Act, Drip, Hang, Read, ScriptedServer, Wait, send};
use super::shard::{User, failure, on_shard};

const HEAD: &str = "HTTP/1.1 500 Oops\r\nX-Request-Id: 7\r\nContent-Length: 5\r\n\r\n";

/// Head, body, and what is said of them.
fn copied(user: &User) -> (String, String, CopiedAnswer) {
    let (mut head, mut body) = ([0; SAMPLE_HEAD_BYTES], [0; SAMPLE_BODY_BYTES]);
    let copied = user.session.copy_response(&mut head, &mut body);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    (
        text(&head[..copied.head_len]),
        text(&body[..copied.body_len]),
        copied,
    )
}

/// A user that keeps nothing, and what a server does to it.
async fn met(script: Vec<Act>) -> (User, ScriptedServer) {
    let server = ScriptedServer::start(vec![script]).await;
    let mut user = User::of(server.address);
    user.needs = ResponseNeeds::default();
    user.timeout_us = 300_000;
    (user, server)
}

/// Two users of a shard, who are answered `first` and `other`.
async fn two_met() -> (User, User, ScriptedServer) {
    let answer = |body| vec![Read, send(&format!("{HEAD}{body}")), Hang];
    let server = ScriptedServer::start(vec![answer("first"), answer("other")]).await;
    let mut user = User::of(server.address);
    user.needs = ResponseNeeds::default();
    let other = user.beside();
    (user, other, server)
}

#[test]
fn an_answer_in_one_read_is_shown_whatever_its_status() {
    on_shard(async {
        for status in [200, 500] {
            let text = HEAD.replace("500", &status.to_string());
            let (mut user, _server) = met(vec![Read, send(&format!("{text}hello")), Hang]).await;
            assert_eq!(user.get("/").await.end, End::Answered(status));
            let (head, body, said) = copied(&user);
            assert_eq!((head.as_str(), body.as_str()), (text.as_str(), "hello"));
            assert_eq!((said.status, said.body_bytes), (status, 5));
            assert!(!said.is_decoded);
            assert!(user.session.head().is_empty() && user.session.body().is_empty());
            user.session.release();
            assert_eq!(copied(&user).2, CopiedAnswer::default());
        }
    });
}

#[test]
fn an_error_in_several_reads_is_shown() {
    on_shard(async {
        let rest = Rc::new(Notify::new());
        let (mut user, _server) = met(vec![
            Read,
            send(HEAD),
            Wait(Rc::clone(&rest)),
            send("he"),
            Wait(Rc::clone(&rest)),
            send("llo"),
            Read,
            Drip(format!("{HEAD}again")),
            Hang,
        ])
        .await;
        user.timeout_us = 20_000_000;
        let words = async {
            for _ in 0..2 {
                tokio::time::sleep(Duration::from_millis(20)).await;
                rest.notify_one();
            }
        };
        let (exchange, ()) = tokio::join!(user.get("/"), words);
        assert_eq!(exchange.end, End::Answered(500));
        let (head, body, _) = copied(&user);
        assert_eq!((head.as_str(), body.as_str()), (HEAD, "hello"));
        user.get("/").await;
        let (head, body, _) = copied(&user);
        assert_eq!((head.as_str(), body.as_str()), (HEAD, "again"));
    });
}

#[test]
fn the_framing_of_chunks_is_not_shown() {
    on_shard(async {
        let head = "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n";
        let chunks = "3;a=b\r\nbus\r\n1\r\ny\r\n0\r\n\r\n";
        for script in [
            vec![Read, send(&format!("{head}{chunks}")), Hang],
            vec![Read, Drip(format!("{head}{chunks}")), Hang],
        ] {
            let (mut user, _server) = met(script).await;
            user.get("/").await;
            let (shown, body, said) = copied(&user);
            assert_eq!((shown.as_str(), body.as_str()), (head, "busy"));
            assert_eq!(said.body_bytes, 4);
        }
    });
}

#[test]
fn an_answer_that_ends_with_the_connection_is_shown() {
    on_shard(async {
        let answer = "HTTP/1.0 502 Bad Gateway\r\n\r\n<h1>nginx</h1>";
        let (mut user, _server) = met(vec![Read, send(answer)]).await;
        assert_eq!(user.get("/").await.end, End::Answered(502));
        assert_eq!(copied(&user).1, "<h1>nginx</h1>");
    });
}

#[test]
fn long_answers_are_shown_from_their_beginning() {
    on_shard(async {
        let body = "0123456789".repeat(20_000);
        let fields = format!("{}C: {}\r\n", "A: b\r\n".repeat(120), "d".repeat(2_000));
        let head = format!(
            "HTTP/1.1 500 Oops\r\nContent-Length: {}\r\n{fields}\r\n",
            body.len()
        );
        let (mut user, _server) = met(vec![Read, send(&format!("{head}{body}")), Hang]).await;
        user.timeout_us = 20_000_000;
        assert_eq!(user.get("/").await.end, End::Answered(500));
        let (shown_head, shown_body, said) = copied(&user);
        assert_eq!(shown_head, head[..SAMPLE_HEAD_BYTES]);
        assert_eq!(shown_body, body[..SAMPLE_BODY_BYTES]);
        assert_eq!(said.body_bytes, 200_000);
    });
}

#[test]
fn half_an_answer_is_shown() {
    on_shard(async {
        let (mut user, _server) = met(vec![Read, send(&format!("{HEAD}he"))]).await;
        let lost = Failure::Lost(LostAt::ClosedInBody);
        assert_eq!(failure(&user.get("/").await), lost);
        let (head, body, said) = copied(&user);
        assert_eq!(
            (head.as_str(), body.as_str(), said.status),
            (HEAD, "he", 500)
        );

        let (mut user, _server) = met(vec![Read, send(&format!("{HEAD}he")), Hang]).await;
        let late = Failure::TimedOut(TimedOut::Transfer);
        assert_eq!(failure(&user.get("/").await), late);
        assert_eq!(copied(&user).1, "he");
    });
}

#[test]
fn what_is_no_answer_is_shown_as_it_came() {
    on_shard(async {
        let (mut user, _server) = met(vec![Read, send("SSH-2.0-OpenSSH_9.6\r\n"), Hang]).await;
        let end = Failure::Malformed(Malformed::Head);
        assert_eq!(failure(&user.get("/").await), end);
        let (head, body, said) = copied(&user);
        assert_eq!((head.as_str(), said.status), ("", 0));
        assert_eq!(body, "SSH-2.0-OpenSSH_9.6\r\n");
    });
}

#[test]
fn without_an_answer_nothing_of_another_is_shown() {
    on_shard(async {
        let (mut user, _server) = met(vec![Read, send(&format!("{HEAD}hello")), Read, Hang]).await;
        user.get("/").await;
        let late = Failure::TimedOut(TimedOut::FirstByte);
        assert_eq!(failure(&user.get("/").await), late);
        assert_eq!(copied(&user).2, CopiedAnswer::default());
    });
}

#[test]
fn what_another_user_has_read_since_is_not_shown() {
    on_shard(async {
        let (mut user, mut other, _server) = two_met().await;
        user.get("/").await;
        other.get("/").await;
        let (head, body, said) = copied(&user);
        assert_eq!((head.as_str(), body.as_str(), said.status), ("", "", 500));
        assert_eq!(copied(&other).1, "other");
    });
}

#[test]
fn an_answer_that_is_put_aside_keeps_what_can_be_shown() {
    on_shard(async {
        let (mut user, mut other, _server) = two_met().await;
        user.get("/").await;
        let aside = user.session.take_response();
        other.get("/").await;
        user.session.put_response(aside);
        assert_eq!(copied(&user).1, "first");
    });
}

#[test]
fn of_a_chain_of_redirects_the_last_answer_is_shown() {
    on_shard(async {
        let hop = "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 3\r\n\r\nhop";
        let (mut user, _server) = met(vec![
            Read,
            send(hop),
            Read,
            send(&format!("{HEAD}hello")),
            Hang,
        ])
        .await;
        user.max_redirects = 3;
        assert_eq!(user.get("/").await.end, End::Answered(500));
        let (head, body, said) = copied(&user);
        assert_eq!((head.as_str(), body.as_str()), (HEAD, "hello"));
        assert_eq!(said.body_bytes, 5);

        let (mut user, _server) = met(vec![Read, send(hop), Read, send(hop), Hang]).await;
        user.max_redirects = 1;
        assert_eq!(failure(&user.get("/").await), Failure::TooManyRedirects);
        let (_, body, said) = copied(&user);
        assert_eq!((body.as_str(), said.status), ("hop", 302));
    });
}

#[test]
fn an_error_over_http_2_is_shown() {
    on_shard(async {
        let server = Server::start(speak).await;
        let mut user = server.user();
        user.needs = ResponseNeeds::default();
        assert_eq!(user.get("/status/404").await.end, End::Answered(404));
        let (head, body, said) = copied(&user);
        assert!(head.starts_with("HTTP/1.1 404 \r\n"), "{head}");
        assert_eq!(
            (body.as_str(), said.status, said.body_bytes),
            ("gone", 404, 4)
        );
        assert_eq!(user.get("/empty").await.end, End::Answered(204));
        assert_eq!(copied(&user).1, "", "nothing of the answer before");
    });
}

#[test]
fn a_body_that_was_kept_is_shown_decoded() {
    on_shard(async {
        let (mut user, _server) = met(vec![Read, send(&format!("{HEAD}hello")), Hang]).await;
        user.needs.body = BodyNeed::Whole;
        user.get("/").await;
        let (head, body, said) = copied(&user);
        assert_eq!((head.as_str(), body.as_str()), (HEAD, "hello"));
        assert!(said.is_decoded);
    });
}

#[test]
fn many_errors_at_once_take_no_more_than_the_slots_and_give_them_back() {
    on_shard(async {
        let scripts = (0..20).map(|_| vec![Read, Drip(format!("{HEAD}hello")), Hang]);
        let server = ScriptedServer::start(scripts.collect()).await;
        let first = User::of(server.address);
        for _ in 0..2 {
            let users = (0..10).map(|_| {
                let mut user = first.beside();
                user.needs = ResponseNeeds::default();
                async move {
                    assert_eq!(user.get("/").await.end, End::Answered(500));
                    user
                }
            });
            let mut users = futures_util::future::join_all(users).await;
            let shown = users.iter().filter(|user| copied(user).1 == "hello");
            assert_eq!(shown.count(), 8);
            users.iter_mut().for_each(|user| user.session.release());
        }
    });
}
