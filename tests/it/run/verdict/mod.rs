//! What is said of a run at its end.

mod criteria;
mod failure_samples;
mod findings;
mod sample_size;
