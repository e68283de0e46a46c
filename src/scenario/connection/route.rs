//! The keys of `http:` that concern connections.

use core::net::IpAddr;

use crate::model::{
    AddressPolicy, Blob, Connections, Dns, HttpVersion, Proxy, Route, Scheme, micros,
};
use crate::scenario::connection::host;
use crate::scenario::lower::reader::Reader;
use crate::scenario::schema::{Fields, maps};
use crate::scenario::yaml::node::{Node, shorten};

pub(crate) const VERSIONS: [(&str, HttpVersion); 3] = [
    ("1.1", HttpVersion::Http1),
    ("2", HttpVersion::Http2),
    ("2-prior-knowledge", HttpVersion::Http2PriorKnowledge),
];
pub(crate) const POLICIES: [(&str, AddressPolicy); 2] = [
    ("round_robin", AddressPolicy::RoundRobin),
    ("first", AddressPolicy::First),
];
pub(crate) const CONNECTIONS: [(&str, Connections); 3] = [
    ("per_user", Connections::PerUser),
    ("shared", Connections::Shared),
    ("close", Connections::Close),
];

impl Reader<'_> {
    /// Changes a route as an `http:` says.
    pub(crate) fn route(&mut self, fields: &Fields<'_>, route: &mut Route) {
        route.version = fields.word("version", &VERSIONS).unwrap_or(route.version);
        let connections = fields.word("connections", &CONNECTIONS);
        route.connections = connections.unwrap_or(route.connections);
        if let Some(node) = fields.value("tls") {
            route.tls = self.tls(node);
        }
        if let Some(node) = fields.value("proxy") {
            route.proxy = if is_none(node) {
                None
            } else {
                self.proxy(node)
            };
        }
        if fields.value("max_connection_age").is_some() {
            route.max_connection_age_us = fields.get("max_connection_age").map(micros);
        }
        if let Some(node) = fields.value("source_addresses") {
            let items = self.items(node, "`source_addresses`", "IP addresses");
            let addresses = items.unwrap_or_default().iter();
            route.source_addresses = addresses
                .filter_map(|item| self.address(item, "a source address"))
                .collect();
        }
        if let Some(node) = fields.value("dns") {
            self.dns(node, &mut route.dns);
        }
        if let Some(node) = fields.value("resolve") {
            route.resolve = self.pins(node);
        }
    }

    fn proxy(&mut self, node: &Node) -> Option<Proxy> {
        let text = self.plain_text(node, "`proxy`")?;
        let help = "for example `proxy: http://user:password@localhost:3128`";
        let proxy = match host::parse(text) {
            Ok(proxy) => proxy,
            Err(error) => {
                // A `host:` that is missing is something else.
                let message = match error {
                    host::HostError::Missing => "`proxy` is an address, or `none`".to_owned(),
                    error => error.to_string(),
                };
                self.report_with(node.span, message, help);
                return None;
            }
        };
        let origin = proxy.target.origin;
        if origin.scheme != Scheme::Http {
            let message = "a proxy is spoken to without TLS: its address begins with `http://`";
            self.report_with(node.span, message, help);
            return None;
        }
        if !proxy.base_path.is_empty() {
            let message = "the address of a proxy ends with its port";
            self.report_with(node.span, message, help);
            return None;
        }
        Some(Proxy {
            host: origin.host,
            port: origin.port,
            authorization: proxy
                .target
                .authorization
                .map(|value| Blob::from(value.as_bytes())),
        })
    }

    /// Changes how names are looked up as a `dns:` says.
    fn dns(&mut self, node: &Node, dns: &mut Dns) {
        let Some(fields) = self.fields(node, "`dns`", &maps::DNS) else {
            return;
        };
        if fields.value("ttl").is_some() {
            dns.ttl_us = fields.get("ttl").map(micros);
        }
        dns.policy = fields.word("policy", &POLICIES).unwrap_or(dns.policy);
    }

    fn pins(&mut self, node: &Node) -> Vec<(String, IpAddr)> {
        let entries = self.entries(node, "`resolve`");
        let mut pins = Vec::new();
        for entry in entries.unwrap_or_default() {
            let host = entry.key.text.trim_matches(['[', ']']);
            if host.is_empty() || host.contains(['/', ' ']) || host.split(':').count() == 2 {
                let message = "`resolve` names hosts, without scheme and port";
                let help = "for example `resolve: {shop.example: 127.0.0.1}`";
                self.report_with(entry.key.span, message, help);
            } else if let Some(address) = self.address(&entry.value, "the address of a host") {
                pins.push((host.to_owned(), address));
            }
        }
        pins
    }

    fn address(&mut self, node: &Node, what: &str) -> Option<IpAddr> {
        let scalar = self.text(node, what)?;
        let address = scalar.text.trim().trim_matches(['[', ']']).parse().ok();
        if address.is_none() {
            let text = shorten(&scalar.text);
            let message = format!("{what} must be an IP address such as 127.0.0.1, not `{text}`");
            self.report(node.span, message);
        }
        address
    }
}

/// Whether a value takes one from further out away.
fn is_none(node: &Node) -> bool {
    node.is_null() || node.as_scalar().is_some_and(|scalar| scalar.text == "none")
}
