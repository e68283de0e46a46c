use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, getuid, kill_process};
use tokio_postgres::{Client, NoTls};

use super::time::eventually;

/// A PostgreSQL server with a cluster of its own, ended and removed with it.
pub(crate) struct Postgres {
    folder: PathBuf,
    server: Child,
    pub(crate) port: u16,
}

/// The password of the role `postgres`.
pub(crate) const PASSWORD: &str = "of the test";

impl Postgres {
    /// Starts one that takes 20 connections, on this machine alone.
    pub(crate) async fn start() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("swarmdeck-postgres-{}-{number}", std::process::id());
        // The user of the server has to get there, so not below the target folder.
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).expect("a folder");
        let password = folder.join("password");
        std::fs::write(&password, PASSWORD).expect("a file");
        if let Some((user, group)) = other_user() {
            chown(&folder, Some(user), Some(group)).expect("root");
            chown(&password, Some(user), Some(group)).expect("root");
        }
        let data = folder.join("data");
        let mut initdb = command("initdb");
        initdb.args(["--username=postgres", "--auth=scram-sha-256", "--no-sync"]);
        initdb.arg(format!("--pwfile={}", password.display()));
        let made = initdb.arg("-D").arg(&data).output().expect("initdb");
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = free.local_addr().expect("bound").port();
        drop(free);
        let mut server = command("postgres");
        server.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=20",
            "fsync=off",
        ] {
            server.args(["-c", setting]);
        }
        let server = server.stderr(Stdio::null()).spawn().expect("postgres");
        let postgres = Self {
            folder,
            server,
            port,
        };
        eventually("a database", Duration::from_secs(30), async || {
            postgres.try_connect().await.is_ok()
        })
        .await;
        postgres
    }

    /// A session.
    pub(crate) async fn connect(&self) -> Client {
        self.try_connect().await.expect("a database")
    }

    async fn try_connect(&self) -> Result<Client, tokio_postgres::Error> {
        let mut config = tokio_postgres::Config::new();
        config.host("127.0.0.1").port(self.port);
        config.user("postgres").password(PASSWORD);
        let (client, connection) = config.connect(NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // At once, but with its shared memory given back.
        let id = i32::try_from(self.server.id()).ok().and_then(Pid::from_raw);
        if let Some(id) = id {
            let _ = kill_process(id, Signal::QUIT);
        }
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A program of PostgreSQL. It refuses to run as root.
fn command(name: &str) -> Command {
    let mut command = Command::new(find(name));
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command.current_dir(std::env::temp_dir());
    if let Some((user, group)) = other_user() {
        command.uid(user).gid(group);
    }
    command
}

/// Debian keeps the programs of servers off the path.
fn find(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let folders = versions.flatten().map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::split_paths(&path).collect::<Vec<_>>();
    let mut all = folders.chain(path).map(|folder| folder.join(name));
    all.find(|program| program.exists())
        .unwrap_or_else(|| panic!("there is no {name}: tests/run installs PostgreSQL"))
}

/// The user and group `postgres`, for tests that run as root.
fn other_user() -> Option<(u32, u32)> {
    if !getuid().is_root() {
        return None;
    }
    let users = std::fs::read_to_string(Path::new("/etc/passwd")).expect("users");
    let line = users.lines().find(|line| line.starts_with("postgres:"));
    let mut fields = line.expect("a user postgres").split(':').skip(2);
    let mut id = || fields.next()?.parse().ok();
    Some((id()?, id()?))
}
