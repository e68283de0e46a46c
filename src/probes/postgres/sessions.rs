use tokio::task::JoinSet;
use tokio_postgres::{Client, Config, Error, NoTls, SimpleQueryMessage};

use crate::model::Hidden;
use crate::probes::postgres::activity;
use crate::probes::{ProbeError, Round};

/// Asks a server over one connection, which is kept.
#[derive(Debug)]
pub(crate) struct Sessions {
    config: Config,
    open: Option<Open>,
}

struct Open {
    client: Client,
    /// The task that drives the connection.
    _driver: JoinSet<()>,
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Open")
    }
}

impl Sessions {
    pub(crate) fn new(url: &Hidden) -> Result<Self, ProbeError> {
        let config = url.0.parse::<Config>();
        let mut config = config.map_err(|error| ProbeError::Spec(error.to_string()))?;
        if config.get_application_name().is_none() {
            config.application_name("swarmdeck");
        }
        Ok(Self { config, open: None })
    }

    pub(crate) async fn read(&mut self) -> Round {
        // One that is given up halfway is not used again: its answer would be
        // taken for the next one.
        let kept = self.open.take().filter(|open| !open.client.is_closed());
        let open = match kept {
            Some(open) => open,
            None => match self.connect().await {
                Ok(open) => open,
                Err(error) => return probe_error(&error).into(),
            },
        };
        match open.client.simple_query(activity::QUERY).await {
            Ok(messages) => {
                self.open = Some(open);
                let row = messages.iter().find_map(|message| match message {
                    SimpleQueryMessage::Row(row) => Some(row),
                    _ => None,
                });
                let columns = row
                    .into_iter()
                    .flat_map(|row| (0..row.len()).map(|at| row.get(at)));
                activity::round(columns.map(Option::unwrap_or_default))
            }
            Err(error) => probe_error(&error).into(),
        }
    }

    async fn connect(&self) -> Result<Open, Error> {
        let (client, connection) = self.config.connect(NoTls).await?;
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            // The next question finds out that it has ended.
            let _ = connection.await;
        });
        Ok(Open {
            client,
            _driver: driver,
        })
    }
}

/// The message of the server or the operating system.
fn probe_error(error: &Error) -> ProbeError {
    if let Some(said) = error.as_db_error() {
        return ProbeError::Database(said.message().to_owned());
    }
    let why = match std::error::Error::source(error) {
        Some(source) => source.to_string(),
        None => error.to_string(),
    };
    ProbeError::Unreachable {
        place: "the database".to_owned(),
        why,
    }
}
