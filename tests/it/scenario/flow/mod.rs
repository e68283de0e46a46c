//! Steps of a user without a network.

mod comparisons;
mod expectations;
mod nesting;
mod steps;
