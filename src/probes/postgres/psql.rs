use crate::model::PsqlProbe;
use crate::probes::docker::{Engine, first_line};
use crate::probes::postgres::activity;
use crate::probes::{ProbeError, Round};

/// Asks by `psql` in a container, where the server's port is not published.
#[derive(Debug)]
pub(crate) struct Psql {
    engine: Engine,
    probe: PsqlProbe,
}

impl Psql {
    pub(crate) fn new(probe: &PsqlProbe) -> Self {
        Self {
            engine: Engine::new(&probe.engine),
            probe: probe.clone(),
        }
    }

    pub(crate) async fn read(&mut self) -> Round {
        let PsqlProbe {
            container,
            user,
            database,
            ..
        } = &self.probe;
        let user = format!("--username={user}");
        let database = format!("--dbname={database}");
        let command = [
            "psql",
            "--no-psqlrc",
            "--no-password",
            "--tuples-only",
            "--no-align",
            "--field-separator=|",
            &user,
            &database,
            "--command",
            activity::QUERY,
        ];
        let executed = match self.engine.execute(container, &command).await {
            Ok(executed) => executed,
            Err(error) => return error.into(),
        };
        if executed.exit_code != 0 {
            // Where there is no psql, the engine says so on standard output.
            let said = match executed.stderr.trim() {
                "" => &executed.stdout,
                _ => &executed.stderr,
            };
            return ProbeError::Psql {
                container: container.clone(),
                why: first_line(said),
            }
            .into();
        }
        activity::round(executed.stdout.trim().split('|'))
    }
}
