//! The web as a browser, a command line and a viewer see it: the real router
//! on a port.

mod access;
mod classes;
mod contract;
mod demo;
mod edits;
mod limit;
mod live;
mod locust;
mod monitoring;
mod openapi;
mod rails;
mod requests;
mod shapes;
mod stats;
mod suite;
mod texts;
mod windows;
