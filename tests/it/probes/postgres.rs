use std::time::Duration;

use super::{all_readers, error_text, reader, value};
use crate::support::{Docker, PASSWORD, Postgres, eventually, refused_port, soon};

fn address(port: u16) -> String {
    format!(
        "db: {{postgres: \"postgres://postgres:{{{{ env.PW | urlencode }}}}@127.0.0.1:{port}/postgres\"}}"
    )
}

#[tokio::test]
async fn sessions_are_counted_by_what_they_do() {
    let server = Postgres::start().await;
    let mut reader = reader(&address(server.port), &[("PW", PASSWORD)]);
    let _idle = [server.connect().await, server.connect().await];
    let waiting = server.connect().await;
    waiting.batch_execute("BEGIN").await.expect("a transaction");
    let busy = server.connect().await;
    let sleep = tokio::spawn(async move { busy.batch_execute("SELECT pg_sleep(60)").await });
    eventually("a query", Duration::from_secs(10), async || {
        value(&reader.read().await, "active") == 1.0
    })
    .await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let round = reader.read().await;
    assert_eq!(round.error, None);
    assert_eq!(value(&round, "active"), 1.0);
    assert_eq!(value(&round, "idle_in_transaction"), 1.0);
    let (idle, total) = (value(&round, "idle"), value(&round, "total"));
    // A session of the start may be about to leave.
    assert!(idle >= 2.0 && total == idle + 2.0, "{round:?}");
    assert!(
        (value(&round, "used_share") - total * 5.0).abs() < 1e-6,
        "{round:?}"
    );
    let longest_s = value(&round, "longest_query");
    assert!((0.3..30.0).contains(&longest_s), "{round:?}");
    sleep.abort();
}

#[tokio::test]
async fn a_role_without_the_right_is_told_which_it_needs() {
    let server = Postgres::start().await;
    let client = server.connect().await;
    let role = "CREATE ROLE watcher LOGIN PASSWORD 'w'";
    client.batch_execute(role).await.expect("a role");
    let url = format!(
        "db: {{postgres: \"postgres://watcher:w@127.0.0.1:{}/postgres\"}}",
        server.port
    );
    let mut reader = reader(&url, &[]);
    let round = reader.read().await;
    assert!(error_text(&round).contains("GRANT pg_monitor"), "{round:?}");
    assert!(value(&round, "total") >= 1.0, "{round:?}");
    assert!(
        round.values.iter().all(|value| value.name != "active"),
        "{round:?}"
    );
    let grant = "GRANT pg_monitor TO watcher";
    client.batch_execute(grant).await.expect("a right");
    let round = reader.read().await;
    assert_eq!(round.error, None);
    assert_eq!(value(&round, "active"), 0.0);
}

#[tokio::test]
async fn a_server_that_went_away_is_found_again() {
    let server = Postgres::start().await;
    let mut reader = reader(&address(server.port), &[("PW", PASSWORD)]);
    assert_eq!(reader.read().await.error, None);
    let client = server.connect().await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'swarmdeck'";
    client.batch_execute(end).await.expect("an end");
    eventually("a new session", Duration::from_secs(10), async || {
        reader.read().await.error.is_none()
    })
    .await;
}

#[tokio::test]
async fn refusals_are_said_in_the_words_of_the_server() {
    let server = Postgres::start().await;
    let mut wrong = reader(&address(server.port), &[("PW", "wrong")]);
    let said = error_text(&wrong.read().await);
    assert!(said.contains("password authentication failed"), "{said}");
    let mut nobody = reader(&address(refused_port().await), &[("PW", "x")]);
    let said = error_text(&nobody.read().await);
    assert!(
        said.contains("cannot reach") && said.contains("refused"),
        "{said}"
    );
}

#[tokio::test]
async fn psql_in_a_container_reads_the_same() {
    let server = Postgres::start().await;
    let docker = Docker::start();
    docker.change("eucora-db", |_| ());
    docker.set("PGHOST", "127.0.0.1");
    docker.set("PGPORT", &server.port.to_string());
    docker.set("PGPASSWORD", PASSWORD);
    let host = docker.host();
    let probes = "a: {postgres: {docker: eucora-db}}\n  b: {postgres: {docker: eucora-db, user: nobody}}\n  c: {postgres: {docker: absent}}";
    let mut readers = all_readers(probes, &[("DOCKER_HOST", &host)]);
    let _idle = server.connect().await;
    let round = soon("psql", readers[0].read()).await;
    assert_eq!(round.error, None);
    assert!(value(&round, "idle") >= 1.0, "{round:?}");
    assert!(value(&round, "used_share") >= 5.0, "{round:?}");
    let said = error_text(&soon("psql", readers[1].read()).await);
    assert!(
        said.contains("psql in container `eucora-db` failed"),
        "{said}"
    );
    let said = error_text(&soon("psql", readers[2].read()).await);
    assert!(said.contains("unknown container `absent`"), "{said}");
}
