//! Start-up of a dashboard: everything that can fail does so here, before it
//! opens.

use std::net::SocketAddr;
use std::path::Path;

use tokio::net::TcpListener;

use crate::cli::commands::demo::LabProcess;
use crate::cli::config::criteria;
use crate::cli::config::options::{LogArgs, Settings, WebArgs};
use crate::cli::config::settings::TlsFiles;
use crate::cli::exit::Exit;
use crate::cli::run::results;
use crate::cli::terminal::console::{complain, refuse};
use crate::cli::terminal::run_output::RunOutput;
use crate::disk::{open_typed, read_certificates};
use crate::lab::bind;
use crate::model::Criterion;
use crate::output::CsvFiles;
use crate::session::Catalog;
use crate::web::{ServerTls, Token};

/// The resources of a dashboard, acquired before anything runs.
pub(super) struct Startup {
    pub(crate) listener: TcpListener,
    pub(crate) bound: SocketAddr,
    pub(crate) tls: Option<ServerTls>,
    pub(crate) token: Option<Token>,
    pub(crate) criteria: Vec<Criterion>,
    pub(crate) screen: RunOutput,
    pub(crate) files: Option<CsvFiles>,
    pub(crate) lab: Option<LabProcess>,
}

impl Startup {
    /// Acquires all of them, or reports the first failure.
    pub(crate) async fn take(settings: &Settings, catalog: &Catalog) -> Result<Self, Exit> {
        let web = &settings.web;
        let listener = listen(web)?;
        let criteria = criteria::read(&settings.verdict.criteria).map_err(refuse)?;
        criteria::fit_some(&criteria, catalog).map_err(refuse)?;
        if let Some(wait_for) = settings.wait_for() {
            wait_for.check().map_err(refuse)?;
        }
        let screen = RunOutput::open(log_settings(&settings.log)).map_err(refuse)?;
        let files = results::prepare(&settings.outputs, None).map_err(refuse)?;
        let lab = settings.common.demo.then(LabProcess::start);
        Ok(Self {
            bound: listener.local_addr().map_err(refuse)?,
            listener,
            tls: web.tls().map(certificate).transpose().map_err(refuse)?,
            token: token(web)?,
            criteria,
            screen,
            files,
            lab: match lab {
                Some(lab) => Some(lab.await.map_err(refuse)?),
                None => None,
            },
        })
    }
}

/// The log of runs beside a dashboard goes to the named file, not to the
/// terminal: the dashboard shows it.
fn log_settings(asked: &LogArgs) -> LogArgs {
    LogArgs {
        skip_log_setup: asked.skip_log_setup || asked.logfile.is_none(),
        ..asked.clone()
    }
}

fn listen(web: &WebArgs) -> Result<TcpListener, Exit> {
    let address = SocketAddr::new(web.web_host, web.web_port);
    bind(address).map_err(|error| {
        if error.kind() == std::io::ErrorKind::AddrInUse {
            let port = web.web_port;
            refuse(format!(
                "port {port} is in use; choose another with --web-port"
            ))
        } else {
            refuse(format!(
                "cannot listen on {address}: {error} (set --web-host or --web-port)"
            ))
        }
    })
}

fn certificate(files: TlsFiles<'_>) -> Result<ServerTls, String> {
    let read = |path: &Path| {
        let text = open_typed(path).and_then(read_certificates);
        text.map_err(|error| format!("cannot read {}: {error}", path.display()))
    };
    let tls = ServerTls::from_pem(&read(files.cert)?, &read(files.key)?);
    tls.map_err(|error| format!("--tls-cert, --tls-key: {error}"))
}

fn token(web: &WebArgs) -> Result<Option<Token>, Exit> {
    if web.web_host.is_loopback() || web.no_auth {
        return Ok(None);
    }
    Token::random().map(Some).map_err(|error| {
        complain(format!("cannot create the access token: {error}"));
        Exit::Fault
    })
}
