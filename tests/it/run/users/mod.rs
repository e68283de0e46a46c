//! What users do: behaviour, steps, values, and who does how much of it.

mod behaviour;
mod large_values;
mod links;
#[cfg(unix)]
mod several_files;
mod shards;
mod steps;
mod values;
