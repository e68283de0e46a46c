//! The program in a process group of its own, watched from outside.

use std::fs::{self, File};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio::time::{interval, timeout};

use super::episode::Exit;

const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A process group, killed when dropped.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    group: Pid,
    stderr: PathBuf,
    stdout: PathBuf,
}

/// Where something goes that a process writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sink {
    File,
    /// `/dev/full`: nothing can be written.
    Full,
}

impl Process {
    /// Starts these words, with output into `folder`.
    pub(super) fn start(
        words: &[String],
        folder: &Path,
        stdout: Sink,
        stderr: Sink,
    ) -> io::Result<Self> {
        let open = |name: &str, sink| {
            let path = folder.join(name);
            let file = match sink {
                Sink::File => File::create(&path)?,
                Sink::Full => File::options().write(true).open("/dev/full")?,
            };
            Ok::<_, io::Error>((path, Stdio::from(file)))
        };
        let (stdout_path, stdout) = open("stdout", stdout)?;
        let (stderr_path, stderr) = open("stderr", stderr)?;
        let (first, rest) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(first);
        command.args(rest).current_dir(folder).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", folder);
        command.stdin(Stdio::null()).stdout(stdout).stderr(stderr);
        command.process_group(0).kill_on_drop(true);
        let child = command.spawn()?;
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        let group = id.and_then(Pid::from_raw).ok_or(io::ErrorKind::NotFound)?;
        Ok(Self {
            child,
            group,
            stderr: stderr_path,
            stdout: stdout_path,
        })
    }

    /// Sends a signal to all of the group; it may have ended.
    pub(super) fn signal(&self, signal: Signal) {
        let _ = kill_process_group(self.group, signal);
    }

    /// What it has written to standard error up to now.
    pub(super) fn stderr(&self) -> String {
        text(&self.stderr)
    }

    /// What it has written to standard output up to now.
    pub(super) fn stdout(&self) -> String {
        text(&self.stdout)
    }

    /// Who watches its memory.
    pub(super) fn watch(&self) -> Watch {
        Watch(self.group)
    }

    /// Its end; `None` if it took longer and was killed.
    pub(super) async fn end(&mut self, within: Duration) -> io::Result<Option<Exit>> {
        match timeout(within, self.child.wait()).await {
            Ok(status) => Ok(Some(exit(status?))),
            Err(_) => {
                self.signal(Signal::KILL);
                self.child.wait().await?;
                Ok(None)
            }
        }
    }

    /// How many processes of the group are left.
    pub(super) fn left(&self) -> usize {
        members(self.group).len()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

fn exit(status: ExitStatus) -> Exit {
    match (status.code(), status.signal()) {
        // As a shell reports a program that was ended by a signal.
        (Some(code), _) if (129..=159).contains(&code) && code != 130 => Exit::Signal(code - 128),
        (Some(code), _) => Exit::Code(code),
        (None, signal) => Exit::Signal(signal.unwrap_or_default()),
    }
}

fn text(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}

/// Looks at the memory of a process group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch(Pid);

impl Watch {
    /// Raises `peak_kb` to the most resident memory that one of them has had.
    /// Never comes back.
    pub(super) async fn follow(self, peak_kb: &mut u64) {
        let mut looks = interval(LOOK_EVERY);
        loop {
            looks.tick().await;
            for member in members(self.0) {
                *peak_kb = (*peak_kb).max(peak_of(member).unwrap_or_default());
            }
        }
    }
}

fn peak_of(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The processes of a group that have not ended.
fn members(group: Pid) -> Vec<u32> {
    let group = group.as_raw_nonzero().get().to_string();
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let is_member = |process: &u32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // After the name, which may hold anything: state, parent, group.
        let Some((_, rest)) = stat.rsplit_once(')') else {
            return false;
        };
        let mut fields = rest.split_whitespace();
        fields.next().is_some_and(|state| state != "Z") && fields.nth(1) == Some(&group)
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(is_member)
        .collect()
}
