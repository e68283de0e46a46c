use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

use super::time::soon;

/// The program, to be given arguments; it is killed with its handle.
fn swarmdeck() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_swarmdeck"));
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// The program, after a line of the shell that sets something for it; it is to
/// be given arguments, and is killed with its handle.
fn swarmdeck_after(line: &str) -> Command {
    let mut command = Command::new("sh");
    let script = format!("{line}; exec \"$0\" \"$@\"");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_swarmdeck")]);
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// A program that is running.
pub(crate) struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Program {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::spawn(swarmdeck().args(arguments))
    }

    /// Starts it after a line of the shell, such as `ulimit -n 256`.
    pub(crate) fn start_after(line: &str, arguments: &[&str]) -> Self {
        Self::spawn(swarmdeck_after(line).args(arguments))
    }

    /// The id of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("running")
    }

    /// Starts it, and gives what it says where errors go.
    pub(crate) fn start_heard(arguments: &[&str]) -> (Self, Lines<BufReader<ChildStderr>>) {
        let mut program = Self::spawn(swarmdeck().args(arguments).stderr(Stdio::piped()));
        let stderr = program.child.stderr.take().expect("piped");
        (program, BufReader::new(stderr).lines())
    }

    fn spawn(command: &mut Command) -> Self {
        command.stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program");
        let stdout = child.stdout.take().expect("piped");
        Self {
            child,
            lines: BufReader::new(stdout).lines(),
        }
    }

    /// Runs it to its end.
    pub(crate) async fn output(arguments: &[&str]) -> (Option<i32>, String, String) {
        Captured::start(arguments).end().await
    }

    /// Runs it to its end in a folder, which is the user's own as well, with
    /// no more environment than this.
    pub(crate) async fn output_in(
        folder: &Folder,
        environment: &[(&str, &str)],
        arguments: &[&str],
    ) -> (Option<i32>, String, String) {
        let mut command = swarmdeck();
        command.env_clear().env("HOME", folder.path());
        command.envs(environment.iter().copied());
        command.current_dir(folder.path());
        Self::end_of(command, arguments).await
    }

    async fn end_of(mut command: Command, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = soon("the end", command.args(arguments).output()).await;
        let Output {
            status,
            stdout,
            stderr,
        } = output.expect("the program");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (status.code(), text(stdout), text(stderr))
    }

    /// The next line that it prints.
    pub(crate) async fn line(&mut self) -> String {
        let line = soon("a line", self.lines.next_line()).await;
        line.expect("readable").expect("another line")
    }

    /// The next line that begins with this word, and the address after it.
    pub(crate) async fn address(&mut self, word: &str) -> (String, String) {
        loop {
            let line = self.line().await;
            let rest = line.strip_prefix(word);
            if let Some(address) = rest.and_then(|rest| rest.split_whitespace().next()) {
                return (address.trim_end_matches(':').to_owned(), line);
            }
        }
    }

    /// Where its dashboard listens.
    pub(crate) async fn dashboard(&mut self) -> SocketAddr {
        let (url, _) = self.address("Dashboard").await;
        let port = url.trim_end_matches('/').rsplit(':').next();
        let port = port.and_then(|port| port.parse().ok()).expect("a port");
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    pub(crate) fn signal(&self, signal: Signal) {
        send(&self.child, signal);
    }

    pub(crate) async fn ended(&mut self) -> ExitStatus {
        soon("the end", self.child.wait()).await.expect("ours")
    }
}

/// A program that is running and of which everything is read at its end.
pub(crate) struct Captured(Child);

impl Captured {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::spawn(swarmdeck().args(arguments))
    }

    /// Starts it after a line of the shell.
    pub(crate) fn start_after(line: &str, arguments: &[&str]) -> Self {
        Self::spawn(swarmdeck_after(line).args(arguments))
    }

    fn spawn(command: &mut Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().expect("the program"))
    }

    pub(crate) fn signal(&self, signal: Signal) {
        send(&self.0, signal);
    }

    /// Its exit code, its standard output, its standard error.
    pub(crate) async fn end(self) -> (Option<i32>, String, String) {
        let output = soon("the end", self.0.wait_with_output()).await;
        let Output {
            status,
            stdout,
            stderr,
        } = output.expect("the program");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (status.code(), text(stdout), text(stderr))
    }
}

fn send(child: &Child, signal: Signal) {
    let id = child.id().expect("running");
    let id = Pid::from_raw(i32::try_from(id).expect("an id")).expect("an id");
    kill_process(id, signal).expect("a process of ours");
}

/// A folder of its own for a test, removed with it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("cli-{}-{number}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().expect("text")
    }

    /// Writes a file and says where.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("text").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left over lies in the target folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
