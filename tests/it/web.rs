//! The web as a browser, a command line and a viewer see it: the real router
//! on a port.

mod changes;
mod door;
mod live;
mod stats;
