//! A request whose address comes from a value: the link of an answer.

use std::sync::Arc;

use url::Url;

use crate::model::{CREDENTIAL_FIELDS, Failure, Method, Origin, Scheme, SlotId};
use crate::program::code::variables::Variables;
use crate::program::expr::evaluate::EvalContext;
use crate::program::request::template::Template;
use crate::program::request::{Header, Rendered, Scratch, field_lines, write_end};

/// Where a link leads: a URI reference (RFC 3986, section 4.1) that is known
/// only when the request is sent.
#[derive(Clone, Debug)]
pub struct Link {
    /// The reference: an address, a path, or what is relative to the address
    /// whose answer its first variable was captured from.
    pub(crate) reference: Template,
    /// Further parameters of the query, `&` between them; may be empty.
    pub(crate) query: Template,
    /// What the failure is called when the text leads nowhere.
    pub(crate) unusable: SlotId,
    /// Resolved against this where the variable was not captured.
    pub(crate) host: LinkHost,
    /// The origins that the scenario names. Credentials of the scenario and
    /// of the class are sent to these only.
    pub(crate) named: Arc<[Origin]>,
}

/// The host of a run, as links see it.
#[derive(Clone, Debug)]
pub struct LinkHost {
    pub(crate) origin: Origin,
    /// What stands before every path; without a slash at its end.
    pub(crate) base_path: String,
    /// `Authorization` from the host's `user:password@`; sent to it alone.
    pub(crate) authorization: Option<String>,
}

/// The message of a link.
#[derive(Clone, Debug)]
pub(super) struct LinkMessage {
    method: Method,
    link: Link,
    /// The first variable of the reference.
    from: Option<SlotId>,
    /// The fields that every origin gets.
    fields: Template,
    /// Those for named origins only.
    credentials: Template,
    /// Whether `Host` is among the fields.
    has_host: bool,
    /// Whether `Authorization` is among the fields, so that the host's is not added.
    has_authorization: bool,
    body: Option<Template>,
}

impl LinkMessage {
    pub(super) fn new(
        method: Method,
        link: Link,
        headers: &[Header],
        body: Option<Template>,
    ) -> Self {
        let has = |name: &str| {
            let mut names = headers.iter().map(|header| &header.name);
            names.any(|one| one.eq_ignore_ascii_case(name))
        };
        let is_credential = |header: &&Header| {
            header.is_inherited
                && CREDENTIAL_FIELDS
                    .iter()
                    .any(|name| header.name.eq_ignore_ascii_case(name))
        };
        Self {
            method,
            fields: field_lines(headers.iter().filter(|header| !is_credential(header))),
            credentials: field_lines(headers.iter().filter(is_credential)),
            has_host: has("host"),
            has_authorization: has("authorization"),
            from: link.reference.first_variable(),
            link,
            body,
        }
    }

    pub(super) fn templates(&self) -> impl Iterator<Item = &Template> {
        let (reference, query) = (&self.link.reference, &self.link.query);
        [reference, query, &self.fields, &self.credentials]
            .into_iter()
            .chain(&self.body)
    }

    /// The whole message. Allocates: addresses are parsed and resolved anew.
    ///
    /// # Errors
    /// [`Failure::Unset`] when a hole has no value, or the text leads nowhere.
    pub(super) fn render<'a>(
        &'a self,
        variables: &Variables,
        context: &mut EvalContext<'_>,
        scratch: &'a mut Scratch,
    ) -> Result<Rendered<'a>, Failure> {
        let link = &self.link;
        scratch.message.clear();
        scratch.body.clear();
        link.reference
            .write(&mut scratch.body, variables, context)?;
        let reference = str::from_utf8(&scratch.body).unwrap_or_default();
        let base = self.from.and_then(|slot| variables.source(slot));
        let unusable = Failure::Unset(link.unusable);
        let url = resolve(reference.trim(), base, &link.host).ok_or(unusable)?;
        let origin = link.origin(&url, base).ok_or(unusable)?;

        let out = &mut scratch.message;
        out.extend_from_slice(self.method.as_str().as_bytes());
        out.push(b' ');
        out.extend_from_slice(url.path().as_bytes());
        let sign = match url.query().filter(|query| !query.is_empty()) {
            Some(query) => {
                out.push(b'?');
                out.extend_from_slice(query.as_bytes());
                b'&'
            }
            None => b'?',
        };
        if !link.query.as_literal().is_some_and(<[u8]>::is_empty) {
            out.push(sign);
            link.query.write(out, variables, context)?;
        }
        out.extend_from_slice(b" HTTP/1.1\r\n");
        if !self.has_host {
            write_field(out, "Host", &origin.authority());
        }
        self.fields.write(out, variables, context)?;
        if link.named.contains(&origin) {
            self.credentials.write(out, variables, context)?;
        }
        let is_host = link.host.origin == origin;
        if let Some(authorization) = &link.host.authorization
            && is_host
            && !self.has_authorization
        {
            write_field(out, "Authorization", authorization);
        }
        scratch.elsewhere = (!is_host).then_some(origin);
        scratch.body.clear();
        let head_len = write_end(self.body.as_ref(), variables, context, scratch)?;
        Ok(Rendered {
            bytes: &scratch.message,
            head_len,
            elsewhere: scratch.elsewhere.as_ref(),
        })
    }
}

impl Link {
    /// The origin of an http or https address. One that is known has the zone
    /// that addresses of answers do not name: that of the answer itself first.
    fn origin(&self, url: &Url, base: Option<&str>) -> Option<Origin> {
        let origin = origin(url)?;
        let known = std::iter::once(&self.host.origin).chain(&*self.named);
        let known = known.filter(|known| is_same(known, &origin));
        let is_other =
            |known: &&Origin| !base.is_some_and(|base| base.starts_with(&known.to_string()));
        let known = known.min_by_key(is_other).cloned();
        Some(known.unwrap_or(origin))
    }
}

/// Whether two origins are one, zones aside.
fn is_same(one: &Origin, other: &Origin) -> bool {
    (one.scheme, one.port) == (other.scheme, other.port)
        && one.host_without_zone() == other.host_without_zone()
}

fn write_field(out: &mut Vec<u8>, name: &str, value: &str) {
    for part in [name, ": ", value, "\r\n"] {
        out.extend_from_slice(part.as_bytes());
    }
}

/// The address that a reference leads to from the answer it came with; from
/// the host as a path of the scenario does, where that is not known.
fn resolve(reference: &str, base: Option<&str>, host: &LinkHost) -> Option<Url> {
    if reference.is_empty() {
        return None;
    }
    if let Some(base) = base {
        let plain = without_zone(base);
        let base = Url::parse(plain.as_deref().unwrap_or(base)).ok()?;
        return base.join(reference).ok();
    }
    let LinkHost {
        origin, base_path, ..
    } = host;
    let (scheme, authority) = (origin.scheme.as_str(), origin.authority());
    let root = format!("{scheme}://{authority}{base_path}");
    let is_path = reference.starts_with('/') && !reference.starts_with("//");
    if is_path {
        return Url::parse(&format!("{root}{reference}")).ok();
    }
    let base = Url::parse(&format!("{root}/")).ok()?;
    base.join(reference).ok()
}

/// An address without the zone of its host, which no URL can hold; `None` if
/// it has none.
fn without_zone(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let (host, rest) = rest.strip_prefix('[')?.split_once(']')?;
    let (host, _) = host.split_once('%')?;
    Some(format!("{scheme}://[{host}]{rest}"))
}

/// The origin of an http or https address.
fn origin(url: &Url) -> Option<Origin> {
    let scheme = match url.scheme() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        _ => return None,
    };
    let host = url.host_str().filter(|host| !host.is_empty())?;
    Some(Origin {
        scheme,
        host: host.trim_matches(['[', ']']).to_owned(),
        port: url.port().unwrap_or(scheme.default_port()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::data::sequences::Sequences;
    use crate::program::expr::expression::Expression;
    use crate::program::request::encoding::Encoding;
    use crate::program::request::template::Hole;

    fn resolved(reference: &str, base: Option<&str>) -> Option<String> {
        let host = LinkHost {
            origin: Origin {
                scheme: Scheme::Http,
                host: "host.test".to_owned(),
                port: 80,
            },
            base_path: "/api".to_owned(),
            authorization: None,
        };
        resolve(reference, base, &host).map(|url| url.to_string())
    }

    /// The examples of RFC 3986, section 5.4.1, that load goes to.
    #[test]
    fn references_are_resolved_as_the_standard_says() {
        let base = Some("http://a/b/c/d;p?q");
        for (reference, expected) in [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            (";x", "http://a/b/c/;x"),
            ("g;x?y", "http://a/b/c/g;x?y"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../../../g", "http://a/g"),
            ("https://e/x?a=%20b%26c", "https://e/x?a=%20b%26c"),
        ] {
            assert_eq!(
                resolved(reference, base).as_deref(),
                Some(expected),
                "{reference}"
            );
        }
        assert_eq!(resolved("", base), None);
        assert_eq!(resolved("http://", base), None);
    }

    #[test]
    fn without_an_answer_a_reference_belongs_to_the_host() {
        for (reference, expected) in [
            ("/g", "http://host.test/api/g"),
            ("g?y", "http://host.test/api/g?y"),
            ("http://e/x", "http://e/x"),
            ("//e/x", "http://e/x"),
        ] {
            assert_eq!(
                resolved(reference, None).as_deref(),
                Some(expected),
                "{reference}"
            );
        }
    }

    fn zoned(host: &str) -> Origin {
        Origin {
            scheme: Scheme::Http,
            host: host.to_owned(),
            port: 8000,
        }
    }

    /// The host that a link leads to, and the first two lines of its message;
    /// `source` is the address that it was captured from.
    fn followed(reference: &str, source: &str) -> (String, String) {
        let slot = SlotId(0);
        let mut template = Template::default();
        template.push_hole(Hole {
            expression: Expression::Variable(slot),
            encoding: Encoding::Raw,
            no_value: slot,
            null: slot,
        });
        let named = ["fe80::1%eth0", "fe80::2%eth0", "fe80::2%eth1"].map(zoned);
        let link = Link {
            reference: template,
            query: Template::default(),
            unusable: SlotId(9),
            host: LinkHost {
                origin: zoned("fe80::1%eth0"),
                base_path: "/api".to_owned(),
                authorization: None,
            },
            named: named.into(),
        };
        let message = LinkMessage::new(Method::Get, link, &[], None);
        let mut variables = Variables::new(1);
        variables.set_text(slot, reference);
        variables.set_source(slot, source);
        let mut context = EvalContext {
            rng: &mut fastrand::Rng::with_seed(1),
            unix_us: 0,
            sequences: &Sequences::default(),
        };
        let mut scratch = Scratch::default();
        let rendered = message.render(&variables, &mut context, &mut scratch);
        let rendered = rendered.expect("an address");
        let text = str::from_utf8(rendered.bytes).expect("text");
        let to = rendered.elsewhere.map_or("host", |origin| &origin.host);
        let lines: Vec<&str> = text.lines().take(2).collect();
        (to.to_owned(), lines.join(", "))
    }

    #[test]
    fn a_zone_stays_with_the_origin_that_has_it() {
        let first = "http://[fe80::1%25eth0]:8000/a/b?[%25c]";
        let third = "http://[fe80::2%25eth1]:8000/a/b";
        for (reference, source, to, path, authority) in [
            ("g", "", "host", "/api/g", "[fe80::1]:8000"),
            ("/g", "", "host", "/api/g", "[fe80::1]:8000"),
            ("g", first, "host", "/a/g", "[fe80::1]:8000"),
            ("//[fe80::1]:8000/g", third, "host", "/g", "[fe80::1]:8000"),
            ("g", third, "fe80::2%eth1", "/a/g", "[fe80::2]:8000"),
            (
                "http://[fe80::2]:8000/g",
                "",
                "fe80::2%eth0",
                "/g",
                "[fe80::2]:8000",
            ),
            ("http://[fe80::1]/g", first, "fe80::1", "/g", "[fe80::1]"),
            (
                "https://[fe80::1]:8000/g",
                first,
                "fe80::1",
                "/g",
                "[fe80::1]:8000",
            ),
        ] {
            let expected = format!("GET {path} HTTP/1.1, Host: {authority}");
            let found = followed(reference, source);
            assert_eq!(found, (to.to_owned(), expected), "{reference} of {source}");
        }
    }
}
