//! The command line: the only layer that prints and reads the environment.

mod alone;
mod args;
mod ask;
mod attendance;
mod attendant;
mod autostart;
mod check;
mod clocks;
mod closing;
mod console;
mod criteria;
mod dashboard;
mod demo;
mod exit;
mod failing_answers;
mod ground;
mod headless;
mod json_lines;
mod keys;
mod layers;
mod library;
mod messages;
mod multipart;
mod narrator;
mod offer;
mod options;
mod probes;
mod progress;
mod rails;
mod refused;
mod report;
mod results;
mod runtime;
mod screen;
mod settings;
mod shell;
mod signals;
mod sources;
mod start;
mod suite;
mod target;
mod try_;
mod values;
mod wait_for;
mod waterfall;

pub use exit::Exit;
pub use settings::{
    Ask, Console, LoadSettings, LogSettings, Mode, Outputs, Settings, SettingsError, TlsFiles,
    WaitFor, WebSettings,
};
pub use start::start;
