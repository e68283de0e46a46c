//! Judgements: pure functions of what was counted.

mod soundness;

pub use soundness::{Evidence, Unsound, soundness};
