//! A program that is started, sends, says what it did, and ends.

use std::io;
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Child;

use crate::cost::{Cost, Cpu, RunTotals};
use crate::error::BenchError;
use crate::machine::{Core, on_core};
use crate::outputs::OutputError;
use crate::resource_usage::Stat;

/// How much longer than its time a program may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program to be measured.
#[derive(Debug)]
pub(super) struct Program {
    /// What it is called.
    pub(super) name: &'static str,
    /// How it is installed.
    pub(super) remedy: &'static str,
    /// With its arguments.
    pub(super) command: Command,
}

/// What a program left behind.
#[derive(Debug)]
pub(super) struct FinishedProgram {
    name: &'static str,
    /// What it printed.
    pub(super) output: String,
    /// All the processor time that it took.
    pub(super) cpu: Cpu,
}

impl Program {
    /// Runs it to its end on the generator's core.
    pub(super) async fn run(self, time: Duration) -> Result<FinishedProgram, BenchError> {
        let Self {
            name,
            remedy,
            mut command,
        } = self;
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut command = tokio::process::Command::from(command);
        command.kill_on_drop(true);
        let spawned = on_core(Core::Generator, || command.spawn());
        let mut child = spawned.map_err(|why| match why.kind() {
            io::ErrorKind::NotFound => BenchError::Missing {
                program: name,
                remedy,
            },
            _ => BenchError::io(name)(why),
        })?;
        let (mut output, mut complaint) = (String::new(), String::new());
        let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
        let reading = async {
            let out = async {
                match &mut stdout {
                    Some(stdout) => stdout.read_to_string(&mut output).await,
                    None => Ok(0),
                }
            };
            let err = async {
                match &mut stderr {
                    Some(stderr) => stderr.read_to_string(&mut complaint).await,
                    None => Ok(0),
                }
            };
            tokio::try_join!(out, err)?;
            let cpu = cpu_at_end(&child).await?;
            Ok((cpu, child.wait().await?))
        };
        let (cpu, status) = match tokio::time::timeout(time + PATIENCE, reading).await {
            Ok(ended) => ended.map_err(BenchError::io(name))?,
            Err(_) => {
                let words = format!("it has not ended {PATIENCE:?} after its time");
                return Err(BenchError::Failed {
                    program: name,
                    words,
                });
            }
        };
        if !status.success() {
            let words = format!("{status}: {}", complaint.trim());
            return Err(BenchError::Failed {
                program: name,
                words,
            });
        }
        Ok(FinishedProgram { name, output, cpu })
    }
}

/// What a program has used when it has ended: its last figures are there until
/// it is waited for.
async fn cpu_at_end(child: &Child) -> io::Result<Cpu> {
    let pid = child.id().ok_or(io::ErrorKind::NotFound)?;
    loop {
        let stat = Stat::of(pid)?;
        if stat.has_ended {
            return Ok(stat.cpu);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

impl FinishedProgram {
    /// What it cost, all of its life counted.
    pub(super) fn cost(
        &self,
        read: fn(&str) -> Result<RunTotals, OutputError>,
    ) -> Result<Cost, BenchError> {
        let totals = self.read(read)?;
        self.cost_of(totals, self.cpu)
    }

    /// What it says.
    pub(super) fn read<T>(
        &self,
        read: fn(&str) -> Result<T, OutputError>,
    ) -> Result<T, BenchError> {
        let program = self.name;
        read(&self.output).map_err(|unusable| match unusable {
            OutputError::Without(what) => BenchError::Unreadable {
                program,
                what,
                output: self.output.clone(),
            },
            OutputError::Failures(words) => BenchError::Unsound { program, words },
        })
    }

    /// What it cost, of which only a part of its life is counted.
    pub(super) fn cost_of(&self, totals: RunTotals, cpu: Cpu) -> Result<Cost, BenchError> {
        Cost::new(totals, cpu).ok_or(BenchError::Failed {
            program: self.name,
            words: "it was not answered once".to_owned(),
        })
    }
}
