//! Steps of a user without a network.

mod comparisons;
mod nesting;
mod steps;
