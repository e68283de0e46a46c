//! The sessions of a PostgreSQL server, asked over its protocol or by `psql`
//! in a container.

mod activity;
mod psql;
mod sessions;

pub(super) use psql::Psql;
pub(super) use sessions::Sessions;
