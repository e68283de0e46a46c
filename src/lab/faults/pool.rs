use hyper::StatusCode;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::lab::faults::fault::PoolFault;
use crate::lab::reply::Reply;

/// A pool of connections to a database that is not there: only the waiting is
/// real. Requests wait in the order in which they came; there are at most as
/// many as connections that the lab serves.
pub(crate) struct Pool {
    fault: PoolFault,
    connections: Semaphore,
    log: Option<fn(&str)>,
}

impl Pool {
    pub(crate) fn new(fault: PoolFault, log: Option<fn(&str)>) -> Self {
        Self {
            fault,
            connections: Semaphore::new(fault.size as usize),
            log,
        }
    }

    /// Waits for a connection, and keeps it for as long as a query takes.
    pub(crate) async fn query(&self) -> Result<(), Reply> {
        let waited = timeout(self.fault.timeout, self.connections.acquire()).await;
        // The semaphore is never closed.
        let Ok(Ok(_connection)) = waited else {
            return Err(self.timed_out());
        };
        sleep(self.fault.hold).await;
        Ok(())
    }

    fn timed_out(&self) -> Reply {
        // The words are those of SQLAlchemy, for which people search their logs.
        let why = format!(
            "QueuePool limit of size {} overflow 0 reached, connection timed out, timeout {:.2}",
            self.fault.size,
            self.fault.timeout.as_secs_f64()
        );
        if let Some(log) = self.log {
            log(&format!("sqlalchemy.exc.TimeoutError: {why}"));
        }
        Reply::detail(StatusCode::INTERNAL_SERVER_ERROR, &why)
    }
}
