//! Disks that do not take what is written.

use std::path::Path;
use std::process::{Command, Stdio};

/// What is wrong with the disk of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disk {
    Sound,
    /// A disk of so many KiB.
    Small(u32),
    /// From one second on it is full, from three seconds on there is room again.
    FullForAWhile,
    /// From one second on it cannot be written to.
    ReadOnly,
    /// It can never be written to.
    AlwaysReadOnly,
    /// Standard output is `/dev/full`.
    FullOutput,
    /// Standard error is `/dev/full`.
    FullErrors,
}

/// Whether this machine lets a process mount a disk of its own.
pub(crate) fn has_namespaces() -> bool {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
    command.arg("mount -t tmpfs -o size=64k none /mnt");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

impl Disk {
    /// Whether it is one of the run's own, in a namespace.
    pub(super) fn is_mounted(self) -> bool {
        !matches!(self, Self::Sound | Self::FullOutput | Self::FullErrors)
    }

    /// The words before those of the program that give it such a disk at
    /// `disk`, and copy to `kept` what is on it when the program has ended.
    pub(super) fn wrapper(self, disk: &Path, kept: &Path) -> Vec<String> {
        let (kib, meanwhile) = match self {
            Self::Sound | Self::FullOutput | Self::FullErrors => return Vec::new(),
            Self::Small(kib) => (kib, ":"),
            Self::FullForAWhile => (
                1_024,
                r#"sleep 1; cat /dev/zero >"$disk/filler" 2>/dev/null; sleep 2; rm "$disk/filler""#,
            ),
            // An open file keeps a file system from being remounted, so one
            // that cannot be written to is mounted over the folder.
            Self::ReadOnly => (
                1_024,
                r#"sleep 1; mkdir "$kept/first"; cp -a "$disk/." "$kept/first"; mount -t tmpfs -o ro none "$disk""#,
            ),
            Self::AlwaysReadOnly => (64, ":"),
        };
        let mode = if self == Self::AlwaysReadOnly {
            "ro,"
        } else {
            ""
        };
        let script = format!(
            r#"disk=$1; kept=$2; shift 2
mount -t tmpfs -o {mode}size={kib}k none "$disk" || exit 99
({meanwhile}) & 
"$@"; code=$?
wait
rm -f "$disk/filler"
cp -a "$disk/." "$kept"
exit $code"#
        );
        let [disk, kept] = [disk, kept].map(|path| path.display().to_string());
        let words = [
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            &script,
            "sh",
            &disk,
            &kept,
        ];
        words.map(str::to_owned).to_vec()
    }
}
