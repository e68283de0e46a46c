//! What a run writes while it goes on: log lines and tables one below the
//! other, and in a terminal a block of figures that stays at the bottom.

use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::Path;

use crate::cli::settings::LogSettings;
use crate::locust::{LogLevel, LogLine, name_width};
use crate::probes::host;

/// Which part of the program says something.
#[derive(Clone, Copy, Debug)]
pub(super) enum Logger {
    Main,
    Runners,
    Scenario,
}

impl Logger {
    fn as_str(self) -> &'static str {
        match self {
            Self::Main => "swarmdeck.main",
            Self::Runners => "swarmdeck.runners",
            Self::Scenario => "swarmdeck.scenario",
        }
    }
}

/// Standard error, and the log's file. What cannot be written is the reader's
/// decision, or the disk's: the run goes on.
#[derive(Debug)]
pub(super) struct Screen {
    settings: LogSettings,
    file: Option<File>,
    host: String,
    is_terminal: bool,
    /// Lines of the block that stand on the terminal.
    drawn: usize,
}

impl Screen {
    /// Opens the log.
    ///
    /// # Errors
    /// Why its file cannot be written.
    pub(super) fn open(settings: LogSettings) -> Result<Self, String> {
        let open = |path: &Path| {
            let file = File::options().append(true).create(true).open(path);
            file.map_err(|error| {
                format!(
                    "the log {} cannot be written: {error}; name another with --logfile",
                    path.display()
                )
            })
        };
        let file = settings.file.as_deref().map(open).transpose()?;
        Ok(Self {
            settings,
            file,
            host: host::host_name().unwrap_or_else(|| "localhost".to_owned()),
            is_terminal: std::io::stderr().is_terminal(),
            drawn: 0,
        })
    }

    /// Whether people see it as it comes, so that a block can be redrawn.
    pub(super) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// How wide names are in tables.
    pub(super) fn name_width(&self) -> usize {
        name_width(self.columns())
    }

    /// Writes a line of the log.
    pub(super) fn log(&mut self, level: LogLevel, logger: Logger, message: &str) {
        if level < self.settings.level || self.settings.skip_setup {
            return;
        }
        let line = LogLine {
            time: jiff::ZonedDateTime::now().datetime(),
            host: &self.host,
            level,
            logger: logger.as_str(),
            message,
        };
        let line = format!("{line}\n");
        match &mut self.file {
            Some(file) => {
                let _ = file.write_all(line.as_bytes());
            }
            None => self.show(&line),
        }
    }

    /// Shows whole lines, above the block.
    pub(super) fn show(&mut self, lines: &str) {
        self.put(&format!("{}{lines}", self.erasure()));
        self.drawn = 0;
    }

    /// Draws the block in the place of the last one. Does nothing where it
    /// could not be redrawn.
    pub(super) fn draw(&mut self, lines: &[String]) {
        let Some(columns) = self.columns().map(usize::from) else {
            return;
        };
        let mut text = self.erasure();
        for line in lines {
            // A line that wraps could not be erased.
            text.extend(line.chars().take(columns.saturating_sub(1)));
            text.push('\n');
        }
        self.put(&text);
        self.drawn = lines.len();
    }

    fn erasure(&self) -> String {
        match self.drawn {
            0 => String::new(),
            lines => format!("\x1b[{lines}A\r\x1b[J"),
        }
    }

    fn put(&self, text: &str) {
        let mut stderr = std::io::stderr().lock();
        let _ = stderr.write_all(text.as_bytes());
    }

    fn columns(&self) -> Option<u16> {
        if !self.is_terminal {
            return None;
        }
        #[cfg(unix)]
        let columns = rustix::termios::tcgetwinsize(std::io::stderr())
            .ok()
            .map(|size| size.ws_col);
        #[cfg(not(unix))]
        let columns = None;
        columns.filter(|columns| *columns > 0).or(Some(80))
    }
}
