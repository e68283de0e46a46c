use std::net::SocketAddr;
use std::sync::Arc;

use swarmdeck::client::{End, Endpoint};
use swarmdeck::model::{
    ConnectFailure, Failure, Fence, Malformed, Method, Origin, Rails, Scheme, Targets,
};

use super::scripted_server::{Act, Hang, Read, ScriptedServer, SendAll, answer, send};
use super::shard::{User, failure, on_shard};

fn redirect(status: u16, location: &str) -> Act {
    send(&format!(
        "HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 4\r\n\r\nmove"
    ))
}

#[test]
fn a_chain_is_one_sample_of_several_exchanges() {
    on_shard(async {
        let there = ScriptedServer::start(vec![vec![Read, answer("found"), Hang]]).await;
        let away = format!("http://{}/end", there.address);
        let here = ScriptedServer::start(vec![vec![
            Read,
            redirect(302, "/b?c=d"),
            Read,
            redirect(307, &away),
            Hang,
        ]])
        .await;
        let mut user = User::of(here.address);
        user.max_redirects = 5;
        let exchange = user
            .request(
                Method::Post,
                "/a",
                "Authorization: Bearer secret\r\n",
                b"body",
            )
            .await;
        assert_eq!((exchange.end, user.body()), (End::Answered(200), "found"));
        assert_eq!((exchange.exchanges, exchange.connections_opened), (3, 2));
        assert_eq!(exchange.received_bytes, 4 + 4 + 5);
        assert!(user.session.head().starts_with(b"HTTP/1.1 200 OK"));

        let asked = here.requests();
        assert!(asked[0].starts_with("POST /a HTTP/1.1\r\n") && asked[0].ends_with("body"));
        assert!(asked[1].starts_with("GET /b?c=d HTTP/1.1\r\n"));
        assert!(asked[1].contains("Bearer secret") && asked[1].ends_with("\r\n\r\n"));
        let asked = there.requests();
        assert!(asked[0].contains(&format!("Host: {}\r\n", there.address)));
        assert!(!asked[0].contains("secret"), "{}", asked[0]);
    });
}

#[test]
fn a_loop_ends_at_the_limit() {
    on_shard(async {
        let rounds: Vec<_> = (0..4)
            .flat_map(|_| [Read, redirect(301, "/again")])
            .collect();
        let server =
            ScriptedServer::start(vec![[rounds, vec![Read, answer("fine"), Hang]].concat()]).await;
        let mut user = User::of(server.address);
        user.max_redirects = 3;
        let exchange = user.get("/").await;
        assert_eq!(failure(&exchange), Failure::TooManyRedirects);
        assert_eq!((exchange.exchanges, exchange.connections_opened), (4, 1));
        assert_eq!(user.get("/").await.end, End::Answered(200));
    });
}

#[test]
fn without_following_a_redirect_is_the_answer() {
    on_shard(async {
        let server = ScriptedServer::start(vec![vec![Read, redirect(302, "/x"), Hang]]).await;
        let mut user = User::of(server.address);
        let exchange = user.get("/").await;
        assert_eq!((exchange.end, user.body()), (End::Answered(302), "move"));
        assert_eq!(exchange.exchanges, 1);
    });
}

#[test]
fn redirects_into_nothing_are_failures() {
    on_shard(async {
        let server = ScriptedServer::start(vec![vec![
            Read,
            redirect(302, "mailto:someone@example.test"),
            Read,
            redirect(302, "http://127.0.0.1:1/"),
            Read,
            answer("fine"),
            Hang,
        ]])
        .await;
        let mut user = User::of(server.address);
        user.max_redirects = 3;
        assert_eq!(
            failure(&user.get("/").await),
            Failure::Malformed(Malformed::Redirect)
        );
        assert_eq!(
            failure(&user.get("/").await),
            Failure::Connect(ConnectFailure::Refused)
        );
        let exchange = user.get("/").await;
        assert_eq!(
            (exchange.end, exchange.connections_opened),
            (End::Answered(200), 0)
        );
    });
}

/// As browsers and curl take it: there is nowhere to go.
#[test]
fn a_redirect_that_says_nowhere_is_the_answer() {
    on_shard(async {
        let server = ScriptedServer::start(vec![vec![
            Read,
            send("HTTP/1.1 302 Found\r\nContent-Length: 4\r\n\r\nhere"),
            Read,
            redirect(301, ""),
            Hang,
        ]])
        .await;
        let mut user = User::of(server.address);
        user.max_redirects = 3;
        for (status, body) in [(302, "here"), (301, "move")] {
            let exchange = user.get("/").await;
            assert_eq!((exchange.end, user.body()), (End::Answered(status), body));
            assert_eq!(exchange.exchanges, 1);
        }
    });
}

#[test]
fn bytes_and_credentials_of_a_location_are_sent_as_curl_sends_them() {
    on_shard(async {
        let away = ScriptedServer::start(vec![vec![Read, answer("found"), Hang]]).await;
        let there = format!("http://us:p%40w@{}/x", away.address);
        let here = ScriptedServer::start(vec![vec![
            Read,
            SendAll(
                b"HTTP/1.1 302 F\r\nLocation: /caf\xe9?n=\xfc\r\nContent-Length: 0\r\n\r\n"
                    .to_vec(),
            ),
            Read,
            redirect(302, &there),
            Hang,
        ]])
        .await;
        let mut user = User::of(here.address);
        user.max_redirects = 3;
        assert_eq!(user.get("/").await.end, End::Answered(200));
        let asked = here.requests();
        assert!(
            asked[1].starts_with("GET /caf%e9?n=%fc HTTP/1.1\r\n"),
            "{}",
            asked[1]
        );
        let asked = away.requests();
        assert!(
            asked[0].contains("\r\nAuthorization: Basic dXM6cEB3\r\n"),
            "{}",
            asked[0]
        );
    });
}

/// The zone says on which link the address is; the target is not told.
#[test]
fn a_zone_leads_to_its_link() {
    on_shard(async {
        let listener = tokio::net::TcpListener::bind("[::1]:0")
            .await
            .expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let server = ScriptedServer::on(listener, vec![vec![Read, answer("found"), Hang]]);
        let here = ScriptedServer::start(vec![vec![
            Read,
            redirect(302, &format!("http://[::1%251]:{port}/x")),
            Hang,
        ]])
        .await;
        let mut user = User::of(here.address);
        user.max_redirects = 3;
        let exchange = user.get("/").await;
        assert_eq!((exchange.end, user.body()), (End::Answered(200), "found"));
        let asked = server.requests();
        assert!(
            asked[0].contains(&format!("Host: [::1]:{port}\r\n")),
            "{}",
            asked[0]
        );
    });
}

#[test]
fn cookies_come_back_and_an_explicit_one_wins() {
    on_shard(async {
        let login = "HTTP/1.1 303 See Other\r\nSet-Cookie: session=abc; Path=/; HttpOnly\r\nSet-Cookie: gone=1; Max-Age=0\r\nLocation: /home\r\nContent-Length: 0\r\n\r\n";
        let server = ScriptedServer::start(vec![vec![
            Read,
            send(login),
            Read,
            answer("home"),
            Read,
            answer("own"),
            Hang,
        ]])
        .await;
        let mut user = User::of(server.address);
        user.max_redirects = 1;
        let exchange = user.request(Method::Post, "/login", "", b"who").await;
        assert_eq!((exchange.end, user.body()), (End::Answered(200), "home"));
        assert_eq!(user.session.cookie("session").as_deref(), Some(&b"abc"[..]));
        user.request(Method::Post, "/own", "cookie: mine=1\r\n", b"body")
            .await;

        let asked = server.requests();
        assert!(!asked[0].to_lowercase().contains("cookie"));
        assert!(
            asked[1].ends_with("\r\nCookie: session=abc\r\n\r\n"),
            "{}",
            asked[1]
        );
        assert!(asked[2].contains("cookie: mine=1\r\n") && !asked[2].contains("session"));
    });
}

#[test]
fn a_redirect_to_a_planned_origin_needs_no_look_up() {
    on_shard(async {
        let there = ScriptedServer::start(vec![vec![Read, answer("found"), Hang]]).await;
        let location = format!("http://there.test:{}/", there.address.port());
        let here = ScriptedServer::start(vec![vec![Read, redirect(302, &location), Hang]]).await;
        let endpoint = |host: &str, address: SocketAddr| {
            let origin = Origin {
                scheme: Scheme::Http,
                host: host.to_owned(),
                port: address.port(),
            };
            Endpoint::direct(origin, vec![address])
        };
        let mut user = User::among(vec![
            endpoint("here.test", here.address),
            endpoint("there.test", there.address),
        ]);
        user.max_redirects = 1;
        let exchange = user.get("/").await;
        assert_eq!((exchange.end, user.body()), (End::Answered(200), "found"));
        assert_eq!(exchange.phases.resolve_us, 0);
    });
}

#[test]
fn a_redirect_beyond_the_fence_is_not_followed() {
    on_shard(async {
        let there = ScriptedServer::start(vec![vec![Read, answer("found"), Hang]]).await;
        let port = there.address.port();
        let here = ScriptedServer::start(vec![vec![
            Read,
            redirect(302, &format!("http://127.0.0.2:{port}/")),
            Read,
            redirect(302, &format!("http://{}/", there.address)),
            Hang,
        ]])
        .await;
        let rails = Rails {
            allowed: Some(Targets::new(vec!["127.0.0.1".parse().expect("one")])),
            ..Rails::default()
        };
        let fence = Fence::new(Arc::new(rails), Vec::new());
        let origin = Origin {
            scheme: Scheme::Http,
            host: here.address.ip().to_string(),
            port: here.address.port(),
        };
        let endpoint = Endpoint::direct(origin, vec![here.address]);
        let mut user = User::within(Arc::new(fence), vec![endpoint]);
        user.max_redirects = 1;
        assert_eq!(
            failure(&user.get("/").await),
            Failure::Connect(ConnectFailure::NotAllowed)
        );
        let exchange = user.get("/").await;
        assert_eq!((exchange.end, user.body()), (End::Answered(200), "found"));
    });
}
