//! The command line: the only layer that prints and reads the environment.

mod args;
mod ask;
mod autostart;
mod check;
mod console;
mod dashboard;
mod demo;
mod exit;
mod layers;
mod library;
mod offer;
mod options;
mod refused;
mod settings;
mod shell;
mod sources;
mod start;
mod target;
mod try_;
mod values;
mod waterfall;

pub use exit::Exit;
pub use settings::{
    Ask, Console, CsvOutput, LoadSettings, LogSettings, Mode, Outputs, Settings, SettingsError,
    TlsFiles, WaitFor, WebSettings,
};
pub use start::start;
pub use values::{CsvStyle, LogLevel};
