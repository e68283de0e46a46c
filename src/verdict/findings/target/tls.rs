//! TLS handshakes that fail.

use crate::model::{Failure, TlsFailure, percent_text, plural};
use crate::verdict::findings::data::case::Case;
use crate::verdict::findings::wording::{count_of, finding, float, share, shortened};
use crate::verdict::{Figure, Finding};

/// Failures from which on they are a finding, and their share of all requests.
const FEWEST: u64 = 10;
const SHARE: f64 = 0.01;

struct Failed {
    count: u64,
    requests: u64,
    /// Each way to fail, the most frequent first.
    causes: Vec<(TlsFailure, u64)>,
    range_s: (f64, f64),
}

/// Handshakes that fail.
pub(crate) fn tls_failed(case: &Case<'_>) -> Option<Finding> {
    let totals = case.evidence.totals;
    let mut causes: Vec<(TlsFailure, u64)> = Vec::new();
    let (mut first_us, mut last_us) = (u64::MAX, 0);
    for (_, failure, row) in totals.failures.sorted() {
        let Failure::Tls(why) = failure else { continue };
        first_us = first_us.min(row.first_us);
        last_us = last_us.max(row.last_us);
        match causes.iter_mut().find(|(known, _)| *known == why) {
            Some((_, count)) => *count += row.count,
            None => causes.push((why, row.count)),
        }
    }
    causes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let failed = Failed {
        count: causes.iter().map(|(_, count)| count).sum(),
        requests: totals.all.requests,
        causes,
        range_s: (float(first_us) / 1e6, float(last_us) / 1e6),
    };
    let is_worth_it = failed.count >= FEWEST && share(failed.count, failed.requests) >= SHARE;
    is_worth_it.then(|| failed.said()).flatten()
}

impl Failed {
    fn said(&self) -> Option<Finding> {
        let (why, _) = *self.causes.first()?;
        let part = share(self.count, self.requests);
        let text = format!(
            "TLS handshake failed for {} requests ({}): {why}",
            count_of(self.count, self.requests),
            percent_text(part),
        );
        let line = |(why, count): &(TlsFailure, u64)| {
            format!("{}: {why}", plural(*count, "request", "requests"))
        };
        Some(Finding {
            evidence: shortened(self.causes.iter().map(line).collect()),
            figures: vec![
                Figure::count("failures", self.count),
                Figure::count("requests", self.requests),
                Figure::new("failures_share", part, "share"),
            ],
            range_s: Some(self.range_s),
            ..finding("target.tls", text, advice(why))
        })
    }
}

fn advice(why: TlsFailure) -> &'static str {
    match why {
        TlsFailure::UnknownIssuer => {
            "Set the CA: `http: {tls: {ca: ca.pem}}`. For a test target with a self-signed certificate, `tls: {insecure: true}` disables verification."
        }
        TlsFailure::WrongName => {
            "Use the host name in the certificate. For a test target, `http: {tls: {insecure: true}}` disables verification."
        }
        TlsFailure::Expired => {
            "Renew the target's certificate, and compare the clocks of both machines."
        }
        TlsFailure::NotTls => {
            "Use http:// for this port, or the port on which the target speaks TLS."
        }
        TlsFailure::CertificateMissing => {
            "Set a client certificate that the target trusts: `http: {tls: {cert: client.pem, key: client.key}}`."
        }
        TlsFailure::Refused => {
            "Check the target's log for why it rejects the client certificate: CA, dates, key usage. Set it with `http: {tls: {cert: client.pem, key: client.key}}`."
        }
        TlsFailure::BadCertificate => {
            "Inspect the target's certificate: `openssl s_client -connect HOST:PORT` shows it."
        }
        TlsFailure::NoAgreement | TlsFailure::Closed | TlsFailure::Other => {
            "Check the target's or proxy's log for why handshakes end: TLS versions, ciphers, connection limits."
        }
    }
}
