use hyper::Method;

/// The routes that are served and counted, in the order of [`NAMES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Health,
    Login,
    CreateDeployment,
    ListDeployments,
    ReadDeployment,
    PendingApprovals,
    Approve,
    Reject,
    Publish,
    ConnectorStatus,
    Remediate,
    WrongMethod,
    Unknown,
}

/// The names under which `/lab/stats` counts, in the order of [`Route`].
pub(super) const NAMES: [&str; 13] = [
    "GET /api/v1/health/",
    "POST /api/v1/auth/login/",
    "POST /api/v1/deployments/",
    "GET /api/v1/deployments/",
    "GET /api/v1/deployments/{id}/",
    "GET /api/v1/cab/pending/",
    "POST /api/v1/cab/{id}/approve/",
    "POST /api/v1/cab/{id}/reject/",
    "POST /api/v1/connectors/publish/",
    "GET /api/v1/connectors/status/{deployment_id}/",
    "POST /api/v1/connectors/remediate/",
    "(method not allowed)",
    "(unknown path)",
];

/// The lab's own page, not part of the API and not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LabPage {
    Stats,
    Reset,
    Faults,
    SetFaults,
    Unknown,
}

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RouteMatch<'p> {
    /// A route of the API, with the id in its path or an empty one.
    Api(Route, &'p str),
    /// The path is known, the method is not: those in the text are.
    WrongMethod(&'static str),
    /// No such path.
    Unknown,
    /// The lab about itself.
    Lab(LabPage),
}

const GET: &str = "GET, HEAD";
const POST: &str = "POST";
const GET_OR_PUT: &str = "GET, HEAD, PUT";
const GET_OR_POST: &str = "GET, HEAD, POST";
/// More segments than any path has.
const SEGMENTS: usize = 5;

pub(super) fn find<'p>(method: &Method, path: &'p str) -> RouteMatch<'p> {
    if let Some(page) = path.strip_prefix("/lab/") {
        return lab_page(method, page);
    }
    let Some(rest) = path.strip_prefix("/api/v1/") else {
        return RouteMatch::Unknown;
    };
    let mut segments = [""; SEGMENTS];
    let mut count = 0;
    for segment in rest.split('/') {
        if count == SEGMENTS {
            return RouteMatch::Unknown;
        }
        segments[count] = segment;
        count += 1;
    }
    match segments[..count] {
        ["health", ""] => get(method, Route::Health, ""),
        ["auth", "login", ""] => post(method, Route::Login, ""),
        ["deployments", ""] => match *method {
            Method::POST => RouteMatch::Api(Route::CreateDeployment, ""),
            Method::GET | Method::HEAD => RouteMatch::Api(Route::ListDeployments, ""),
            _ => RouteMatch::WrongMethod(GET_OR_POST),
        },
        ["deployments", id, ""] => get(method, Route::ReadDeployment, id),
        ["cab", "pending", ""] => get(method, Route::PendingApprovals, ""),
        ["cab", id, "approve", ""] => post(method, Route::Approve, id),
        ["cab", id, "reject", ""] => post(method, Route::Reject, id),
        ["connectors", "publish", ""] => post(method, Route::Publish, ""),
        ["connectors", "status", id, ""] => get(method, Route::ConnectorStatus, id),
        ["connectors", "remediate", ""] => post(method, Route::Remediate, ""),
        _ => RouteMatch::Unknown,
    }
}

fn get<'p>(method: &Method, route: Route, id: &'p str) -> RouteMatch<'p> {
    match *method {
        Method::GET | Method::HEAD => RouteMatch::Api(route, id),
        _ => RouteMatch::WrongMethod(GET),
    }
}

fn post<'p>(method: &Method, route: Route, id: &'p str) -> RouteMatch<'p> {
    match *method {
        Method::POST => RouteMatch::Api(route, id),
        _ => RouteMatch::WrongMethod(POST),
    }
}

fn lab_page<'p>(method: &Method, page: &str) -> RouteMatch<'p> {
    match (page, method) {
        ("stats", &Method::GET | &Method::HEAD) => RouteMatch::Lab(LabPage::Stats),
        ("stats", _) => RouteMatch::WrongMethod(GET),
        ("reset", &Method::POST) => RouteMatch::Lab(LabPage::Reset),
        ("reset", _) => RouteMatch::WrongMethod(POST),
        ("faults", &Method::GET | &Method::HEAD) => RouteMatch::Lab(LabPage::Faults),
        // A page of another origin may post, but not put.
        ("faults", &Method::PUT) => RouteMatch::Lab(LabPage::SetFaults),
        ("faults", _) => RouteMatch::WrongMethod(GET_OR_PUT),
        _ => RouteMatch::Lab(LabPage::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_end_with_a_slash_and_keep_their_ids() {
        let find = |path| find(&Method::GET, path);
        assert_eq!(find("/api/v1/health/"), RouteMatch::Api(Route::Health, ""));
        assert_eq!(find("/api/v1/health"), RouteMatch::Unknown);
        assert_eq!(
            find("/api/v1/deployments/7/"),
            RouteMatch::Api(Route::ReadDeployment, "7")
        );
        assert_eq!(
            find("/api/v1/cab/7/approve/"),
            RouteMatch::WrongMethod("POST")
        );
        assert_eq!(find("/api/v1/a/b/c/d/e/f/"), RouteMatch::Unknown);
        assert_eq!(find("/"), RouteMatch::Unknown);
    }

    #[test]
    fn every_route_has_a_name() {
        assert_eq!(Route::Unknown as usize + 1, NAMES.len());
    }
}
