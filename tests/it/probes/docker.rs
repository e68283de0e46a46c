use super::{all_readers, error_text, value};
use crate::support::{Docker, Folder};

#[tokio::test]
async fn containers_are_read_each_by_itself() {
    let docker = Docker::start();
    docker.change("api", |api| {
        api.cpu = (1_000, 10_000);
        api.log
            .push((1, "QueuePool limit, of yesterday".to_owned()));
    });
    docker.change("db", |db| db.has_ended = true);
    let host = docker.host();
    let text = "x: {docker: {containers: [api, db, absent], logs: 'QueuePool .*'}}";
    let mut readers = all_readers(text, &[("DOCKER_HOST", &host)]);
    let [api, db, absent] = &mut readers[..] else {
        panic!("three containers");
    };
    let first = api.read().await;
    assert_eq!(first.error, None);
    assert_eq!(value(&first, "api.memory"), 250.0);
    assert_eq!(value(&first, "api.memory_share"), 25.0);
    assert_eq!(value(&first, "api.log_matches"), 0.0);
    docker.change("api", |api| {
        api.cpu = (3_500, 20_000);
        api.received = 5_000;
        api.restarts = 1;
        api.log.push((2, "QueuePool limit of size 5".to_owned()));
        api.log.push((3, "all is well".to_owned()));
    });
    let second = api.read().await;
    assert_eq!(value(&second, "api.cpu"), 50.0, "a quarter of two cores");
    assert_eq!(value(&second, "api.restarts"), 1.0);
    assert_eq!(value(&second, "api.log_matches"), 1.0);
    assert!(value(&second, "api.network_in") > 0.0);
    assert_eq!(
        value(&api.read().await, "api.log_matches"),
        1.0,
        "once each"
    );
    let round = db.read().await;
    assert!(
        error_text(&round).contains("killed (out of memory)"),
        "{round:?}"
    );
    assert_eq!(value(&round, "db.restarts"), 0.0);
    let said = error_text(&absent.read().await);
    assert!(said.contains("`docker ps -a`"), "{said}");
}

#[tokio::test]
async fn an_engine_that_is_not_there_is_said() {
    let folder = Folder::new();
    let host = format!("unix://{}/none.sock", folder.path());
    let mut readers = all_readers("x: {docker: {containers: api}}", &[("DOCKER_HOST", &host)]);
    let said = error_text(&readers[0].read().await);
    assert!(said.contains("is Docker running?"), "{said}");
}
