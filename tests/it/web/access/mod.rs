//! Who gets in: addresses, tokens, TLS, and how many connections.

mod auth;
mod auth_wire;
mod base_path;
mod connections;
#[cfg(target_os = "linux")]
mod idle_connections;
mod tls;
