//! The files of a scenario: where they are found, what each may say, how they
//! combine.

pub(crate) mod builtin;
pub(crate) mod disk;
pub(crate) mod environment;
pub(crate) mod file_section;
pub(crate) mod include;
pub(crate) mod sub_scenario;
pub(crate) mod top;
