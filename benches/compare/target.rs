//! The target: nginx with one worker and a constant answer.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::net::TcpStream;

use super::error::BenchError;
use super::folder::Folder;
use super::traffic;
use crate::machine::{Core, on_core};

/// nginx, on the target's core, until it is dropped.
#[derive(Debug)]
pub(crate) struct Target {
    child: Child,
    address: SocketAddr,
}

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(5);

impl Target {
    /// Starts it; its files go into the folder.
    pub(crate) async fn start(folder: &Folder) -> Result<Self, BenchError> {
        let address = free_address().map_err(BenchError::io("a port for nginx"))?;
        let text = configuration(folder, address);
        let path = folder
            .write("nginx.conf", text.as_bytes())
            .map_err(BenchError::io("the configuration of nginx"))?;
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder.path()).arg("-c").arg(path);
        command.arg("-e").arg(folder.path().join("nginx.log"));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::null());
        let child = on_core(Core::Target, || command.spawn()).map_err(|why| match why.kind() {
            std::io::ErrorKind::NotFound => BenchError::Missing {
                program: "nginx",
                remedy: "on Debian, apt-get install nginx-light",
            },
            _ => BenchError::io("nginx")(why),
        })?;
        let target = Self { child, address };
        target.until_it_answers(folder).await?;
        Ok(target)
    }

    /// Its address as a URL without a path.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    async fn until_it_answers(&self, folder: &Folder) -> Result<(), BenchError> {
        let connects = async {
            while TcpStream::connect(self.address).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let Err(_) = tokio::time::timeout(PATIENCE, connects).await else {
            return Ok(());
        };
        let log = std::fs::read_to_string(folder.path().join("nginx.log"));
        Err(BenchError::Failed {
            program: "nginx",
            words: log.unwrap_or_default(),
        })
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // Its worker would outlive a master that is killed.
        let asked = i32::try_from(self.child.id())
            .ok()
            .and_then(Pid::from_raw)
            .is_some_and(|pid| kill_process(pid, Signal::TERM).is_ok());
        if !asked {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// An address that was free a moment ago: nginx has to be told a port.
fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// Every path gives the same answer; only creating has a status of its own.
fn configuration(folder: &Folder, address: SocketAddr) -> String {
    let path = folder.path().display();
    let answer = traffic::ANSWER;
    let created = traffic::CREATES;
    format!(
        "daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid {path}/nginx.pid;
error_log {path}/nginx.log warn;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {path}/body;
    proxy_temp_path {path}/proxy;
    fastcgi_temp_path {path}/fastcgi;
    uwsgi_temp_path {path}/uwsgi;
    scgi_temp_path {path}/scgi;
    default_type application/json;
    server {{
        listen {address} backlog=16384;
        location / {{ return 200 '{answer}'; }}
        location = {created} {{
            if ($request_method = POST) {{ return 201 '{answer}'; }}
            return 200 '{answer}';
        }}
    }}
}}
"
    )
}
