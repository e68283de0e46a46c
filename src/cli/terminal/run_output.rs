//! Output during a run: log lines and tables, and in a terminal a block of
//! figures that stays at the bottom.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use crate::cli::config::options::LogArgs;
use crate::locust::{LogLevel, LogLine, name_width};
use crate::model::{plural, whole_lines, within_line};
use crate::probes::host;

/// The part of the program that logs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Logger {
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

/// Lines missing in the log file.
#[derive(Debug, Default)]
struct Lost {
    lines: u64,
    /// Why, the first time.
    why: String,
}

/// Standard error and the log file. A failed write does not stop the run. Texts
/// cannot break log lines or control the terminal.
#[derive(Debug)]
pub(crate) struct RunOutput {
    settings: LogArgs,
    file: Option<File>,
    lost: Lost,
    host: String,
    is_terminal: bool,
    /// Lines of the block that stand on the terminal.
    drawn: usize,
}

impl RunOutput {
    /// Opens the log; makes its folder.
    ///
    /// # Errors
    /// Why its file cannot be written.
    pub(crate) fn open(settings: LogArgs) -> Result<Self, String> {
        let open = |path: &Path| {
            open_log(path).map_err(|error| {
                format!(
                    "the log {} cannot be written: {error}; name another with --logfile",
                    path.display()
                )
            })
        };
        let file = settings.logfile.as_deref().map(open).transpose()?;
        Ok(Self {
            settings,
            file,
            lost: Lost::default(),
            host: host::host_name().unwrap_or_else(|| "localhost".to_owned()),
            is_terminal: std::io::stderr().is_terminal(),
            drawn: 0,
        })
    }

    /// Whether standard error is a terminal, so that a block can be redrawn.
    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// The width of names in tables.
    pub(crate) fn name_width(&self) -> usize {
        name_width(self.columns())
    }

    /// Writes a line of the log.
    pub(crate) fn log(&mut self, level: LogLevel, logger: Logger, message: &str) {
        if level < self.settings.loglevel || self.settings.skip_log_setup {
            return;
        }
        let line = LogLine {
            time: jiff::ZonedDateTime::now().datetime(),
            host: &self.host,
            level,
            logger: logger.as_str(),
            message: &within_line(message),
        };
        let line = format!("{line}\n");
        match &mut self.file {
            Some(file) => {
                if let Err(error) = file.write_all(line.as_bytes()) {
                    self.lost.add(&error);
                }
            }
            None => self.show(&line),
        }
    }

    /// A message about lines missing in the log file, if any.
    pub(crate) fn missing(&self) -> Option<String> {
        let path = self
            .settings
            .logfile
            .as_deref()
            .filter(|_| self.lost.lines > 0)?;
        let Lost { lines, why } = &self.lost;
        Some(format!(
            "the log {} is missing {}: {why}",
            path.display(),
            plural(*lines, "line", "lines")
        ))
    }

    /// Shows whole lines, above the block.
    pub(crate) fn show(&mut self, lines: &str) {
        self.put(&format!("{}{}", self.erasure(), whole_lines(lines)));
        self.drawn = 0;
    }

    /// Draws the block in the place of the last one. Does nothing where it
    /// could not be redrawn.
    pub(crate) fn draw(&mut self, lines: &[String]) {
        let Some(columns) = self.columns().map(usize::from) else {
            return;
        };
        let mut text = self.erasure();
        for line in lines {
            // A line that wraps could not be erased.
            let line = within_line(line);
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

impl Lost {
    fn add(&mut self, error: &io::Error) {
        if self.lines == 0 {
            self.why = error.to_string();
        }
        self.lines += 1;
    }
}

/// Opens a log to be appended to. One that is a pipe has to have a reader, who
/// holds nothing up: what it does not take is lost.
fn open_log(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
        fs::create_dir_all(folder)?;
    }
    let mut options = File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
        let is_pipe = fs::metadata(path).is_ok_and(|file| file.file_type().is_fifo());
        if is_pipe {
            options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
        }
    }
    options.open(path)
}
