//! The web as a browser, a command line and a viewer see it: the real router
//! on a port.

mod base;
mod changes;
mod classes;
mod contract;
mod demo;
mod door;
mod limit;
mod live;
mod locust;
mod openapi;
mod past;
mod rails;
mod stats;
mod suite;
mod tls;
mod watch;
