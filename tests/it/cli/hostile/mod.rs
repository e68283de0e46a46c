//! What must not get out, must not do anything on a terminal, must not keep the
//! program from starting, and must not be lost silently.

mod foreign_text;
mod input_files;
mod lost_output;
mod secrets;
