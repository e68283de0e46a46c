use std::cell::RefCell;
use std::rc::Rc;

use hyper::body::{Body, Incoming};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Request, StatusCode};
use serde::{Deserialize, Serialize};

use super::body;
use super::config::LabConfig;
use super::connection::Caller;
use super::counters::Counters;
use super::reply::Reply;
use super::route::{self, LabPage, Route, RouteMatch};
use crate::lab::faults::fault::{Fault, FaultError};
use crate::lab::faults::fault_set::Faults;
use crate::lab::faults::latency::Latency;
use crate::lab::routes::accounts::Accounts;
use crate::lab::routes::approvals::{Approvals, Decision};
use crate::lab::routes::connectors;
use crate::lab::routes::deployments::Deployments;
use crate::lab::routes::fields::FieldErrors;

const LIST_DEFAULT: usize = 50;
const LIST_MAX: usize = 1000;

/// Everything the lab knows. One thread owns it; no borrow outlives a poll.
pub(super) struct LabState {
    latency: Latency,
    /// Replaced as a whole; a request keeps those that it met.
    faults: RefCell<Rc<Faults>>,
    /// Takes the lines that a backend would log.
    log: Option<fn(&str)>,
    store: RefCell<Store>,
    pub(super) counters: RefCell<Counters>,
}

struct Store {
    accounts: Accounts,
    deployments: Deployments,
    approvals: Approvals,
}

/// Whether a response is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    Yes,
    No,
}

/// The most faults at a time: each is met by every request.
const FAULTS_MAX: usize = 16;

/// The faults as they are written.
#[derive(Deserialize, Serialize)]
struct FaultsBody {
    faults: Vec<String>,
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    database: &'static str,
}

impl LabState {
    pub(super) fn new(config: LabConfig) -> Self {
        Self {
            latency: config.latency,
            faults: RefCell::new(Rc::new(Faults::new(config.faults, config.log))),
            log: config.log,
            store: RefCell::new(Store {
                accounts: Accounts::new(config.password),
                deployments: Deployments::new(),
                approvals: Approvals::new(),
            }),
            counters: RefCell::default(),
        }
    }

    /// The answer to one request, after the configured service time.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        caller: &Caller,
    ) -> (Reply, Counted) {
        let (head, incoming) = request.into_parts();
        let path = head.uri.path();
        let found = route::find(&head.method, path);
        let counted = match found {
            RouteMatch::Lab(_) => Counted::No,
            _ if path.starts_with("/lab/") => Counted::No,
            _ => Counted::Yes,
        };
        if counted == Counted::Yes {
            let route = match found {
                RouteMatch::Api(route, _) => route,
                RouteMatch::WrongMethod(_) => Route::WrongMethod,
                RouteMatch::Unknown | RouteMatch::Lab(_) => Route::Unknown,
            };
            self.counters.borrow_mut().count_received(route);
        }
        let reply = match found {
            RouteMatch::Api(route, id) => self
                .serve((route, id), &head, incoming, caller)
                .await
                .unwrap_or_else(|refusal| refusal),
            RouteMatch::WrongMethod(allow) => Reply::method_not_allowed(allow),
            RouteMatch::Unknown => unknown(path),
            RouteMatch::Lab(page) => self
                .lab_page(page, &head.headers, incoming)
                .await
                .unwrap_or_else(|refusal| refusal),
        };
        (reply, counted)
    }

    async fn serve(
        &self,
        (route, id): (Route, &str),
        head: &Parts,
        incoming: Incoming,
        caller: &Caller,
    ) -> Result<Reply, Reply> {
        let body = if incoming.is_end_stream() {
            hyper::body::Bytes::new()
        } else {
            body::read(incoming).await?
        };
        let faults = Rc::clone(&self.faults.borrow());
        let struck = faults.strike(route, caller).await;
        if struck.is_ok()
            && let Some(service_time) = faults.slowed(self.latency.draw(), caller)
        {
            tokio::time::sleep(service_time).await;
        }
        faults.sit_out_pauses().await;
        struck?;
        self.store.borrow_mut().serve(route, id, head, &body)
    }

    async fn lab_page(
        &self,
        page: LabPage,
        headers: &HeaderMap,
        incoming: Incoming,
    ) -> Result<Reply, Reply> {
        match page {
            LabPage::Stats => {}
            LabPage::Reset => *self.counters.borrow_mut() = Counters::default(),
            LabPage::Faults => return Ok(self.show_faults()),
            LabPage::SetFaults => {
                let body = body::read(incoming).await?;
                let faults = read_faults(&body::parse(headers, &body)?)?;
                *self.faults.borrow_mut() = Rc::new(Faults::new(faults, self.log));
                return Ok(self.show_faults());
            }
            LabPage::Unknown => {
                let detail = "The lab has /lab/stats, /lab/reset and /lab/faults.";
                return Err(Reply::detail(StatusCode::NOT_FOUND, detail));
            }
        }
        Ok(Reply::json(StatusCode::OK, &*self.counters.borrow()))
    }

    fn show_faults(&self) -> Reply {
        let faults = self.faults.borrow();
        let faults = faults.asked().iter().map(ToString::to_string).collect();
        Reply::json(StatusCode::OK, &FaultsBody { faults })
    }
}

impl Store {
    fn serve(&mut self, route: Route, id: &str, head: &Parts, body: &[u8]) -> Result<Reply, Reply> {
        let headers = &head.headers;
        if !matches!(route, Route::Health | Route::Login) {
            self.accounts.check(headers)?;
        }
        match route {
            Route::Health => {
                let health = Health {
                    status: "healthy",
                    database: "connected",
                };
                Ok(Reply::json(StatusCode::OK, &health))
            }
            Route::Login => self.accounts.login(&body::parse(headers, body)?),
            Route::CreateDeployment => self.deployments.create(&body::parse(headers, body)?),
            Route::ListDeployments => Ok(self.deployments.list(limit(head)?)),
            Route::ReadDeployment => self.deployments.read(id),
            Route::PendingApprovals => Ok(self.approvals.list(limit(head)?)),
            Route::Approve | Route::Reject => {
                let decision = if route == Route::Approve {
                    Decision::Approve
                } else {
                    Decision::Reject
                };
                let body = body::parse(headers, body)?;
                self.approvals.decide(id, decision, &body)
            }
            Route::Publish => {
                connectors::publish(&mut self.deployments, &body::parse(headers, body)?)
            }
            Route::ConnectorStatus => connectors::status(&mut self.deployments, id),
            Route::Remediate => {
                connectors::remediate(&mut self.deployments, &body::parse(headers, body)?)
            }
            Route::WrongMethod | Route::Unknown => Err(unknown(head.uri.path())),
        }
    }
}

/// The faults that a body asks for.
fn read_faults(body: &FaultsBody) -> Result<Vec<Fault>, Reply> {
    let refuse = |detail: &str| Reply::detail(StatusCode::BAD_REQUEST, detail);
    if body.faults.len() > FAULTS_MAX {
        return Err(refuse("The lab has at most 16 faults at a time."));
    }
    let faults = body.faults.iter().map(|text| text.parse());
    faults
        .collect::<Result<_, _>>()
        .map_err(|error: FaultError| refuse(&error.to_string()))
}

/// `?limit=`, held to what is sensible.
fn limit(head: &Parts) -> Result<usize, Reply> {
    let query = head.uri.query().unwrap_or_default();
    let value = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("limit="));
    let Some(value) = value else {
        return Ok(LIST_DEFAULT);
    };
    match value.parse::<usize>() {
        Ok(limit) if limit > 0 => Ok(limit.min(LIST_MAX)),
        _ => {
            let mut errors = FieldErrors::default();
            errors.add("limit", "A positive integer is required.");
            errors.check()?;
            Ok(LIST_DEFAULT)
        }
    }
}

fn unknown(path: &str) -> Reply {
    let detail = if path.ends_with('/') {
        "Not found."
    } else {
        "Not found. Paths of this API end with a slash."
    };
    Reply::detail(StatusCode::NOT_FOUND, detail)
}
