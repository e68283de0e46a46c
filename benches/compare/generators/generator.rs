use std::path::PathBuf;
use std::time::Duration;

use crate::cost::Cost;
use crate::error::BenchError;
use crate::folder::Folder;
use crate::target::Target;

use super::swarmdeck::{Dashboard, Swarmdeck};
use super::{ab, floor, hey, locust, oha, wrk};

/// What generators run against, and how long.
#[derive(Debug)]
pub(crate) struct Context {
    /// The target.
    pub(crate) target: Target,
    /// Where scenarios and scripts lie.
    pub(crate) folder: Folder,
    /// How long each of them sends.
    pub(crate) time: Duration,
    /// The program that is measured.
    pub(crate) program: PathBuf,
    /// Another build of it, if one was named.
    pub(crate) other: Option<PathBuf>,
    /// A Python that has Locust.
    pub(crate) python: PathBuf,
}

/// A generator, and what it is to do.
#[derive(Clone, Debug)]
pub(crate) enum Generator {
    /// This project.
    Swarmdeck(Swarmdeck),
    /// wrk with one thread; with a script that sends these messages in turn.
    Wrk {
        users: u32,
        messages: Option<&'static str>,
    },
    /// wrk, while a dashboard on the target's core is looked at by so many.
    WrkBeside { users: u32, viewers: usize },
    /// A bare loop of tokio and httparse.
    Floor {
        users: usize,
        messages: &'static str,
    },
    /// oha without its display.
    Oha { users: u32 },
    /// hey.
    Hey { users: u32 },
    /// `ApacheBench`, keeping connections.
    Ab { users: u32 },
    /// Locust in one process.
    Locust { users: u32, user: locust::User },
}

impl Generator {
    /// What it is called in tables.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Swarmdeck(swarmdeck) => swarmdeck.name(),
            Self::Wrk {
                users,
                messages: None,
            } => format!("wrk, {users} users"),
            Self::Wrk { users, .. } => format!("wrk with a script, {users} users"),
            Self::WrkBeside { users, viewers } => {
                format!("wrk, {users} users, beside {viewers} viewers")
            }
            Self::Floor { users, .. } => format!("tokio and httparse alone, {users} users"),
            Self::Oha { users } => format!("oha, {users} users"),
            Self::Hey { users } => format!("hey, {users} users"),
            Self::Ab { users } => format!("ab, {users} users"),
            Self::Locust { users, user } => format!("Locust {}, {users} users", user.class()),
        }
    }

    /// Runs it once.
    pub(crate) async fn run(&self, ground: &Context) -> Result<Cost, BenchError> {
        match self {
            Self::Swarmdeck(swarmdeck) => swarmdeck.run(ground).await,
            Self::Wrk { users, messages } => wrk::run(ground, *users, *messages).await,
            Self::WrkBeside { users, viewers } => {
                let mut dashboard = Dashboard::beside(ground, *viewers).await?;
                tokio::select! {
                    cost = wrk::run(ground, *users, None) => cost,
                    early = dashboard.until_it_ends() => Err(early),
                }
            }
            Self::Floor { users, messages } => floor::measure(ground, *users, messages).await,
            Self::Oha { users } => oha::run(ground, *users).await,
            Self::Hey { users } => hey::run(ground, *users).await,
            Self::Ab { users } => ab::run(ground, *users).await,
            Self::Locust { users, user } => locust::run(ground, *users, *user).await,
        }
    }
}
