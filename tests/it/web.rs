//! The web as a browser, a command line and a viewer see it: the real router
//! on a port.

mod base;
mod changes;
mod classes;
mod connections;
mod contract;
mod demo;
mod door;
mod door_wire;
#[cfg(target_os = "linux")]
mod idle_connections;
mod limit;
mod live;
mod locust;
mod openapi;
mod past;
mod rails;
mod requests;
mod shapes;
mod stats;
mod suite;
mod texts;
mod tls;
mod watch;
