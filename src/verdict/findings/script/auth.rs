//! Requests that the target refuses for who sends them.

use crate::model::percent_text;
use crate::verdict::answers::NameAnswers;
use crate::verdict::findings::data::answers::{
    Hit, UsersFailed, among, figures, lines, mostly, sums,
};
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::wording::{count_of, finding, share, shortened};
use crate::verdict::{Figure, Finding};

/// The refused requests, and the login before them.
struct Refused<'a> {
    hits: Vec<Hit<'a>>,
    /// Answers of these names that are 403; the others are 401.
    forbidden: u64,
    login: Login,
    users: Option<UsersFailed<'a>>,
}

/// The outcome of logins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Login {
    /// `on_start` itself is refused.
    Refused,
    /// It worked, so often of so many times.
    Worked { succeeded: u64, requests: u64 },
    /// There is no request before the first task, or too few of it succeeded.
    Unknown,
}

/// Credentials that are not valid, or not enough.
pub(crate) fn refused(case: &Case<'_>) -> Option<Finding> {
    let hits = mostly(case, |status| matches!(status, 401 | 403));
    let names = NameAnswers::all(&case.evidence);
    let of_hits = names.filter(|name| hits.iter().any(|hit| hit.id == name.id));
    let forbidden = of_hits.map(|name| name.unwanted(|status| status == 403));
    let refused = Refused {
        forbidden: forbidden.sum(),
        login: login(case, &hits),
        users: UsersFailed::of(case),
        hits,
    };
    refused.said()
}

fn login(case: &Case<'_>, hits: &[Hit<'_>]) -> Login {
    if hits.iter().any(|hit| hit.is_in_on_start) {
        return Login::Refused;
    }
    let logins = NameAnswers::all(&case.evidence).filter(NameAnswers::is_in_on_start);
    let (mut requests, mut failures) = (0, 0);
    for login in logins {
        requests += login.row.requests;
        failures += login.row.failures;
    }
    if requests > 0 && failures * 2 < requests {
        Login::Worked {
            succeeded: requests - failures,
            requests,
        }
    } else {
        Login::Unknown
    }
}

impl Refused<'_> {
    fn said(self) -> Option<Finding> {
        let (count, answers) = sums(&self.hits);
        let first = self.hits.first()?;
        let refused = format!(
            "{count} of {answers} responses ({}) from {} were 401 or 403",
            percent_text(share(count, answers)),
            among(first.name, self.hits.len())
        );
        let is_forbidden = self.forbidden * 2 > count;
        let (id, says, advice) = self.login.text(is_forbidden);
        let text = format!("{says}: {refused}");
        let mut evidence = shortened(lines(&self.hits, "401 or 403"));
        evidence.extend(self.users.map(|users| users.line()));
        let mut data = figures(&self.hits);
        data.push(Figure::count("forbidden", self.forbidden));
        data.extend(self.login.figures());
        data.extend(self.users.iter().flat_map(UsersFailed::figures));
        Some(Finding {
            evidence,
            figures: data,
            ..finding(id, text, advice)
        })
    }
}

impl Login {
    /// The finding's id, its first words, and what to do.
    fn text(self, is_forbidden: bool) -> (&'static str, String, &'static str) {
        match (self, is_forbidden) {
            (Self::Refused, _) => (
                "script.bad_auth",
                "login fails".to_owned(),
                if is_forbidden {
                    LOGIN_FORBIDDEN
                } else {
                    LOGIN_REFUSED
                },
            ),
            (
                Self::Worked {
                    succeeded,
                    requests,
                },
                true,
            ) => (
                "script.forbidden",
                format!(
                    "login works ({} succeeded), but later requests are forbidden",
                    count_of(succeeded, requests)
                ),
                FORBIDDEN,
            ),
            (
                Self::Worked {
                    succeeded,
                    requests,
                },
                false,
            ) => (
                "script.bad_auth",
                format!(
                    "login works ({} succeeded), but later requests send no valid credentials",
                    count_of(succeeded, requests)
                ),
                TOKEN,
            ),
            (Self::Unknown, _) => (
                "script.bad_auth",
                "requests send no valid credentials".to_owned(),
                if is_forbidden { FORBIDDEN } else { CREDENTIALS },
            ),
        }
    }

    fn figures(self) -> Vec<Figure> {
        match self {
            Self::Worked {
                succeeded,
                requests,
            } => vec![
                Figure::count("logins_succeeded", succeeded),
                Figure::count("logins", requests),
            ],
            Self::Refused | Self::Unknown => Vec::new(),
        }
    }
}

/// The response to a login check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginAnswer {
    /// With a status that does not count as success.
    Status(u16),
    /// With one that does, but not as the scenario expects.
    NotAsExpected,
}

/// What each user does first was refused when it was tried before the ramp;
/// `text` says so.
#[must_use]
pub fn login_refused(text: String, answer: LoginAnswer) -> Finding {
    let status = |status: u16| vec![Figure::count("status", u64::from(status))];
    match answer {
        LoginAnswer::Status(code @ (404 | 405)) => Finding {
            figures: status(code),
            ..finding(
                "script.wrong_path",
                text,
                crate::verdict::findings::script::paths::LOGIN_ADVICE,
            )
        },
        LoginAnswer::Status(code @ 403) => Finding {
            figures: status(code),
            ..finding("script.bad_auth", text, LOGIN_FORBIDDEN)
        },
        LoginAnswer::Status(code) => Finding {
            figures: status(code),
            ..finding("script.bad_auth", text, LOGIN_REFUSED)
        },
        LoginAnswer::NotAsExpected => finding("script.bad_auth", text, LOGIN_ANSWER),
    }
}

/// A login answered with a page that asks for a password, and nothing in the
/// scenario says that this is wrong; `text` says so.
#[must_use]
pub fn login_form_again(text: String, status: u16) -> Finding {
    Finding {
        figures: vec![Figure::count("status", u64::from(status))],
        ..finding("script.login_form", text, FORM_ADVICE)
    }
}

const LOGIN_REFUSED: &str = "Check that the account exists and is active, and check its password; `swarmdeck try` shows each request and response. If the password is right, compare the login's fields and content type with what the target expects.";
const LOGIN_FORBIDDEN: &str = "1. Form logins often need a CSRF token: GET the form page first, capture its token and cookie, and send both. 2. Check that the account is active and may log in this way. 3. Check the password. `swarmdeck try` shows the response.";
const LOGIN_ANSWER: &str = "A failed login often returns 200 with the form again. Check the account, its password, and that every form field is sent, including the hidden CSRF token; `swarmdeck try` shows the response. If the login worked, fix what the scenario expects or captures.";
const FORM_ADVICE: &str = "A failed login often returns 200 with the form again. Check with `swarmdeck try`. Add an `expect` that only a successful login meets, such as a redirect (`status: 302` with `max_redirects: 0`) or text of the next page; then a failed login is found before any user starts.";
const FORBIDDEN: &str = "1. Permissions: try an account with all roles. 2. CSRF: with cookies, each request that changes something needs the CSRF token in a header or field; capture it after login and send it. 3. Check that the login token is sent with these requests. `swarmdeck try` shows the response.";
const TOKEN: &str = "Check that the login token or cookie is captured, sent with these requests in the form the target expects (`Authorization: Bearer ...`), and does not expire during the run. `swarmdeck try` shows each request and response.";
const CREDENTIALS: &str = "Log in with the scenario's credentials, and check that the token or cookie it returns is captured and sent; `swarmdeck try` shows each request and response.";
