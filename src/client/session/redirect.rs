use crate::client::connect::destination::is_same;
use crate::client::http1::message::{Message, is_field};
use crate::client::http1::response::field_values;
use crate::client::session::location;
use crate::client::session::location::Location;
use crate::model::{CREDENTIAL_FIELDS, Malformed, Method, Origin};

/// The message that a redirect asks for.
#[derive(Debug)]
pub(crate) struct RedirectRequest {
    pub(crate) origin: Origin,
    pub(crate) method: Method,
    pub(crate) bytes: Vec<u8>,
    pub(crate) head_len: usize,
}

/// Turns a message and the redirect that answered it into the next message. `first`
/// is what the scenario itself sent: `message`, or one that led to it.
pub(crate) fn next(
    first: &Message<'_>,
    message: &Message<'_>,
    status: u16,
    head: &[u8],
) -> Result<RedirectRequest, Malformed> {
    let Location {
        origin,
        target,
        authorization,
    } = location(message, head)?;
    let (method, body) = match (status, message.method) {
        (303, Method::Get | Method::Head) => (message.method, message.body()),
        (303, _) | (301 | 302, Method::Post) => (Method::Get, &[][..]),
        (_, method) => (method, message.body()),
    };

    let mut bytes = Vec::with_capacity(message.bytes.len() + 64);
    bytes.extend_from_slice(method.as_str().as_bytes());
    bytes.push(b' ');
    bytes.extend_from_slice(&target);
    // What the scenario gives its origin is for no other one, and for that one
    // also where a redirect leads back to it.
    let same = [message, first]
        .into_iter()
        .find(|one| is_same(&one.destination.origin, &origin));
    let source = same.unwrap_or(message);
    let given = same.and_then(|same| same.field("Host"));
    bytes.extend_from_slice(b" HTTP/1.1\r\nHost: ");
    bytes.extend_from_slice(given.unwrap_or(origin.authority().as_bytes()));
    bytes.extend_from_slice(b"\r\n");
    let secrets: &[&str] = match same {
        Some(_) => &[],
        None => &CREDENTIAL_FIELDS,
    };
    let about_body: &[&str] = if method == source.method {
        &[]
    } else {
        &[
            "Content-Length",
            "Content-Type",
            "Content-Encoding",
            "Transfer-Encoding",
            "Expect",
        ]
    };
    for line in source.field_lines() {
        let mut dropped = ["Host"].iter().chain(secrets).chain(about_body);
        if !dropped.any(|name| is_field(line, name)) {
            bytes.extend_from_slice(line);
            bytes.extend_from_slice(b"\r\n");
        }
    }
    // What the scenario itself says to this origin counts more.
    let is_authorized = same.is_some_and(|same| same.field("Authorization").is_some());
    if let Some(authorization) = authorization.filter(|_| !is_authorized) {
        bytes.extend_from_slice(b"Authorization: ");
        bytes.extend_from_slice(authorization.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    let head_len = bytes.len();
    bytes.extend_from_slice(body);
    Ok(RedirectRequest {
        origin,
        method,
        bytes,
        head_len,
    })
}

/// Where the first `Location` that is not empty leads.
fn location(message: &Message<'_>, head: &[u8]) -> Result<Location, Malformed> {
    let from = &message.destination.origin;
    let mut found = None;
    field_values(head, "location", |value| {
        let value = value.trim_ascii();
        if found.is_none() && !value.is_empty() {
            found = Some(location::resolve(from, message.target().as_bytes(), value));
        }
    });
    found.unwrap_or(Err(Malformed::Redirect))
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;
    use std::sync::Arc;

    use super::*;
    use crate::client::connect::destination::Destination;
    use crate::client::connect::route_state::RouteState;
    use crate::model::Scheme;

    const POST: &str = "POST /a/b?q=1 HTTP/1.1\r\nHost: here.test\r\nAuthorization: Bearer t\r\nAccept: */*\r\ncontent-length: 2\r\n\r\nhi";

    fn origin_of(host: &str) -> Origin {
        Origin {
            scheme: Scheme::Http,
            host: host.to_owned(),
            port: 80,
        }
    }

    fn follow(status: u16, location: &str) -> Result<RedirectRequest, Malformed> {
        follow_from(POST, status, location)
    }

    fn destination(origin: Origin) -> Rc<Destination> {
        let route_state = Rc::new(RouteState::new(Arc::default()));
        Destination::new(origin, &[], route_state, 0)
    }

    fn follow_from(first: &str, status: u16, location: &str) -> Result<RedirectRequest, Malformed> {
        follow_all(first, &[(status, location)])
    }

    /// The message that the last of these redirects asks for.
    fn follow_all(first: &str, redirects: &[(u16, &str)]) -> Result<RedirectRequest, Malformed> {
        let here = destination(origin_of("here.test"));
        let first = Message {
            destination: &here,
            method: Method::Post,
            bytes: first.as_bytes(),
            head_len: first.len() - 2,
        };
        let mut response: Option<(RedirectRequest, Rc<Destination>)> = None;
        for (status, location) in redirects {
            let message = response.as_ref().map_or(first, |(next, to)| Message {
                destination: to,
                method: next.method,
                bytes: &next.bytes,
                head_len: next.head_len,
            });
            let head = format!("HTTP/1.1 {status} Moved\r\n{location}\r\n\r\n");
            let next = next(&first, &message, *status, head.as_bytes())?;
            let to = destination(next.origin.clone());
            response = Some((next, to));
        }
        Ok(response.expect("a redirect").0)
    }

    fn text(next: &RedirectRequest) -> &str {
        str::from_utf8(&next.bytes).expect("text")
    }

    #[test]
    fn a_post_that_found_its_answer_elsewhere_becomes_a_get() {
        for status in [301, 302, 303] {
            let next = follow(status, "Location: ../c?d#e").expect("usable");
            assert_eq!(
                text(&next),
                "GET /c?d HTTP/1.1\r\nHost: here.test\r\nAuthorization: Bearer t\r\nAccept: */*\r\n\r\n"
            );
        }
    }

    #[test]
    fn a_moved_post_is_repeated_and_secrets_stay_at_home() {
        let next = follow(308, "Location: https://there.test:8443/x").expect("usable");
        assert_eq!(
            text(&next),
            "POST /x HTTP/1.1\r\nHost: there.test:8443\r\nAccept: */*\r\ncontent-length: 2\r\n\r\nhi"
        );
        assert_eq!(next.head_len, next.bytes.len() - 2);
        assert_eq!(next.origin.to_string(), "https://there.test:8443");
    }

    #[test]
    fn credentials_of_a_location_are_sent_unless_the_scenario_has_its_own() {
        let next = follow(302, "Location: http://us:pw@there.test/x").expect("usable");
        assert_eq!(
            text(&next),
            "GET /x HTTP/1.1\r\nHost: there.test\r\nAccept: */*\r\nAuthorization: Basic dXM6cHc=\r\n\r\n"
        );
        let next = follow(302, "Location: http://us:pw@here.test/x").expect("usable");
        assert!(text(&next).contains("Bearer t") && !text(&next).contains("Basic"));
    }

    #[test]
    fn a_given_host_and_secrets_stay_with_their_origin() {
        const GIVEN: &str = "POST /a HTTP/1.1\r\nhost:  tenant.test \r\nauthorization: Basic t\r\nCookie: a=b\r\nX-Key: k\r\n\r\nhi";
        for (location, expected) in [
            ("/b", "tenant.test"),
            ("?b", "tenant.test"),
            ("http://HERE.test:80/b", "tenant.test"),
            ("//here.test/b", "tenant.test"),
            ("http://here.test:81/b", "here.test:81"),
            ("https://here.test/b", "here.test"),
            ("http://tenant.test/b", "tenant.test"),
            ("http://a.here.test/b", "a.here.test"),
        ] {
            let next = follow_from(GIVEN, 307, &format!("Location: {location}"));
            let next = next.expect("usable");
            let hosts: Vec<_> = text(&next)
                .lines()
                .filter_map(|line| line.split_once(": "))
                .filter(|(name, _)| name.eq_ignore_ascii_case("host"))
                .collect();
            assert_eq!(hosts, [("Host", expected)], "{location}");
            let stays = is_same(&next.origin, &origin_of("here.test"));
            for secret in ["authorization: Basic t\r\n", "Cookie: a=b\r\n"] {
                assert_eq!(text(&next).contains(secret), stays, "{location}");
            }
            assert!(text(&next).contains("X-Key: k\r\n"), "{location}");
        }
    }

    #[test]
    fn what_the_scenario_gives_its_origin_is_there_again_when_a_redirect_leads_back() {
        const GIVEN: &str = "POST /a HTTP/1.1\r\nHost: tenant.test\r\nAuthorization: Bearer t\r\nCookie: a=b\r\nContent-Type: text/plain\r\n\r\nhi";
        let away = (307, "Location: http://us:pw@there.test/b");
        let back = (307, "Location: http://here.test/c");
        let next = follow_all(GIVEN, &[away]).expect("usable");
        let at_there = "POST /b HTTP/1.1\r\nHost: there.test\r\nContent-Type: text/plain\r\nAuthorization: Basic dXM6cHc=\r\n\r\nhi";
        assert_eq!(text(&next), at_there);
        let next = follow_all(GIVEN, &[away, back]).expect("usable");
        assert_eq!(text(&next), GIVEN.replace("/a", "/c"));
        // By way of two others, and within one of these.
        let other = (302, "Location: http://other.test/x");
        let within = (302, "Location: /y");
        let next = follow_all(GIVEN, &[away, other, within, back]).expect("usable");
        assert_eq!(
            text(&next),
            "GET /c HTTP/1.1\r\nHost: tenant.test\r\nAuthorization: Bearer t\r\nCookie: a=b\r\n\r\n"
        );
        // Another port is another origin.
        let next = follow_all(GIVEN, &[away, (307, "Location: http://here.test:81/c")]);
        let next = next.expect("usable");
        assert!(text(&next).starts_with("POST /c HTTP/1.1\r\nHost: here.test:81\r\nContent-Type"));
        // Credentials of an address on the way are for that one alone.
        let own = (302, "Location: http://us:pw@here.test/d");
        let next = follow_all(POST, &[away, own]).expect("usable");
        assert!(text(&next).contains("Bearer t") && !text(&next).contains("Basic"));
    }

    #[test]
    fn a_location_that_leads_nowhere_is_refused() {
        for bad in [
            "X: y",
            "Location: ftp://here.test/",
            "Location: http://[",
            "Location: data:x",
        ] {
            assert_eq!(
                follow(302, bad).map(|_| ()),
                Err(Malformed::Redirect),
                "{bad}"
            );
        }
    }
}
