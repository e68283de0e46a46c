use hyper::header::AUTHORIZATION;
use hyper::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::lab::ids::{IdMaker, Kind};
use crate::lab::reply::Reply;
use crate::lab::routes::fields::{Field, FieldErrors};

const ACCOUNTS: [&str; 3] = ["loadtest_user", "cab_approver", "publisher_user"];
const BURST_PREFIX: &str = "burst_user_";

/// The accounts and their tokens. Tokens are not stored: they are recognised by
/// recomputing them, and valid as long as the lab runs.
pub(crate) struct Accounts {
    password: String,
    tokens: IdMaker,
    logins: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Login<'a> {
    #[serde(borrow)]
    username: Field<'a>,
    #[serde(borrow)]
    password: Field<'a>,
}

#[derive(Serialize)]
struct LoggedIn<'a> {
    token: uuid::fmt::Simple,
    username: &'a str,
}

impl Accounts {
    pub(crate) fn new(password: String) -> Self {
        Self {
            password,
            tokens: IdMaker::new(Kind::Token),
            logins: 0,
        }
    }

    pub(crate) fn login(&mut self, login: &Login<'_>) -> Result<Reply, Reply> {
        let mut errors = FieldErrors::default();
        let username = errors.text("username", &login.username);
        let password = errors.text("password", &login.password);
        errors.check()?;
        let burst = username.strip_prefix(BURST_PREFIX);
        let known = ACCOUNTS.contains(&username) || burst.is_some_and(|rest| !rest.is_empty());
        if !known || password != self.password {
            return Err(Reply::unauthorized("Invalid username or password."));
        }
        self.logins += 1;
        let token = self.tokens.seal(self.logins).simple();
        Ok(Reply::json(StatusCode::OK, &LoggedIn { token, username }))
    }

    /// That the request carries a token from [`Self::login`].
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Reply> {
        let Some(value) = headers.get(AUTHORIZATION) else {
            return Err(Reply::unauthorized(
                "Authentication credentials were not provided.",
            ));
        };
        let token = value.to_str().ok().and_then(bearer);
        match token.and_then(|token| self.tokens.open(token)) {
            Some(_) => Ok(()),
            None => Err(Reply::unauthorized("Invalid token.")),
        }
    }
}

fn bearer(value: &str) -> Option<Uuid> {
    let (scheme, token) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    Uuid::try_parse(token.trim()).ok()
}
