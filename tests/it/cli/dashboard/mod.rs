//! The program with its dashboard.

mod autostart;
mod demo;
mod options;
mod start_form;
mod watched_files;
