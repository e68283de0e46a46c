use std::fmt;

use crate::model::{CodingName, ContentCoding, Http2Failure, SlotId};

/// Why a request counts as failed. Small and copyable: failures are counted by
/// this key on the hot path and turned into words only where they are shown.
///
/// `Display` gives the words, except for [`Failure::Expectation`],
/// [`Failure::Capture`], [`Failure::Unset`], [`Failure::TooLarge`],
/// [`Failure::Said`] and [`Failure::Poll`], whose words the program keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Failure {
    /// No connection was made.
    Connect(ConnectFailure),
    /// The TLS handshake failed.
    Tls(TlsFailure),
    /// A limit of time passed.
    TimedOut(TimedOut),
    /// The connection died under the request.
    Lost(LostAt),
    /// The target gave up a stream or a connection of HTTP/2.
    Http2(Http2Failure),
    /// The answer is not HTTP, or breaks a limit.
    Malformed(Malformed),
    /// An HTTP status that does not count as success.
    Status(u16),
    /// An expectation of the scenario was not met; index into the program's texts.
    Expectation(u16),
    /// A capture found nothing; index into the program's texts.
    Capture(u16),
    /// The request needs a variable that is not set yet; it was not sent.
    Unset(SlotId),
    /// A variable would take more memory than it may.
    TooLarge(SlotId),
    /// More redirects than the limit.
    TooManyRedirects,
    /// A `fail` step of the scenario; index into the program's texts.
    Said(u16),
    /// What a `poll` waited for did not come in time; index into the program's texts.
    Poll(u16),
    /// Told apart no further because the table of failures is full.
    Other,
}

/// Why no connection was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConnectFailure {
    /// The host name has no address.
    Resolve,
    /// The target refused.
    Refused,
    /// The target reset the connection while it was being made.
    Reset,
    /// No route, or the network is down.
    Unreachable,
    /// Our own limit: no file descriptor left.
    NoDescriptor,
    /// Our own limit: no local port left.
    NoPort,
    /// Our own limit: a redirect or a link leads where load may not be sent.
    NotAllowed,
    /// The proxy takes no connections.
    ProxyUnreachable,
    /// The proxy does not connect; its status.
    ProxyRefused(u16),
    /// The proxy closed the connection, or its answer is not HTTP/1.
    ProxyBroken,
    /// Anything else the operating system says.
    Other,
}

/// Why a TLS handshake failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TlsFailure {
    /// The certificate is not signed by a known authority.
    UnknownIssuer,
    /// The certificate is for another name.
    WrongName,
    /// The certificate has expired or is not valid yet.
    Expired,
    /// The certificate fails in another way.
    BadCertificate,
    /// The other side does not speak TLS.
    NotTls,
    /// The target asks for a client certificate, and the route has none.
    CertificateMissing,
    /// The target refuses our client certificate.
    Refused,
    /// No version of TLS, or no cipher, that both sides have.
    NoAgreement,
    /// The connection closed during the handshake.
    Closed,
    /// The handshake failed in another way.
    Other,
}

/// The time limit that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TimedOut {
    /// While connecting.
    Connect,
    /// While sending or waiting for the first byte.
    FirstByte,
    /// While the answer was arriving.
    Transfer,
}

/// When the connection died.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LostAt {
    /// Reset by the target.
    Reset,
    /// Closed before the first byte of the answer.
    ClosedBeforeAnswer,
    /// The same at once, on a connection that was kept from an earlier request:
    /// the target closed it while the request was on its way.
    Idle,
    /// Closed within the head of the answer.
    ClosedInHead,
    /// Closed within the body of the answer.
    ClosedInBody,
    /// Another error of the operating system.
    Other,
}

/// A defect of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Malformed {
    /// The answer does not begin as HTTP/1 does.
    Head,
    /// This line of the head, from 1, is not a header field.
    HeadLine(u16),
    /// The answer is not HTTP/2, or breaks its rules for connections.
    Http2,
    /// One answer breaks the rules of HTTP/2, or its head is far longer than
    /// the limit, which the library that reads it does not tell apart.
    Http2Message,
    /// A head far longer than the limit, or more frames without content than
    /// the library puts up with.
    Http2Flood,
    /// The head is longer than the limit.
    HeadTooLong,
    /// The head has more fields than the limit.
    TooManyHeaders,
    /// Content-Length and Transfer-Encoding are contradictory or unreadable.
    Framing,
    /// A chunk of a chunked body is broken.
    Chunk,
    /// The body does not decode as its Content-Encoding says.
    Encoding(ContentCoding),
    /// Content-Encoding names a coding that is not known here.
    UnknownCoding(CodingName),
    /// Content-Encoding names more codings than the limit.
    TooManyCodings,
    /// A body that has to be inspected is longer than the limit.
    BodyTooLong,
    /// A redirect without a usable Location.
    Redirect,
}

impl Failure {
    /// A short stable word for the kind, for APIs.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::TimedOut(_) => "timeout",
            Self::Lost(_) => "lost",
            Self::Http2(_) => "http2",
            Self::Malformed(_) => "malformed",
            Self::Status(_) => "status",
            Self::Expectation(_) => "expectation",
            Self::Capture(_) => "capture",
            Self::Unset(_) => "unset",
            Self::TooLarge(_) => "too_large",
            Self::TooManyRedirects => "redirects",
            Self::Said(_) => "fail",
            Self::Poll(_) => "poll",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(why) => write!(f, "could not connect: {why}"),
            Self::Tls(why) => write!(f, "TLS failed: {why}"),
            Self::TimedOut(what) => write!(f, "timed out {what}"),
            Self::Lost(when) => write!(f, "connection lost: {when}"),
            Self::Http2(what) => write!(f, "HTTP/2: {what}"),
            Self::Malformed(what) => write!(f, "malformed response: {what}"),
            Self::Status(status) => write!(f, "status {status}"),
            Self::Expectation(_) => f.write_str("expectation not met"),
            Self::Capture(_) => f.write_str("capture found nothing"),
            Self::Unset(_) => f.write_str("not sent: a variable is not set yet"),
            Self::TooLarge(_) => f.write_str(
                "variable too large (limits: 8 MiB each, 16 MiB per user, 1 GiB in total)",
            ),
            Self::TooManyRedirects => f.write_str("too many redirects"),
            Self::Said(_) => f.write_str("failed by a `fail` step"),
            Self::Poll(_) => f.write_str("`poll` timed out"),
            Self::Other => f.write_str("(other failures)"),
        }
    }
}

impl fmt::Display for ConnectFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAllowed => {
                "redirect or link to a host that is not allowed (see --allow-target, --confirm-public)"
            }
            Self::ProxyRefused(status) => {
                return write!(f, "the proxy responded with status {status}");
            }
            Self::ProxyUnreachable => "the proxy cannot be reached",
            Self::ProxyBroken => "the proxy closed the connection, or does not speak HTTP/1",
            Self::Resolve => "host name not found (DNS)",
            Self::Refused => "connection refused",
            Self::Reset => "connection reset",
            Self::Unreachable => "host unreachable",
            Self::NoDescriptor => "this machine is out of file descriptors (raise `ulimit -n`)",
            Self::NoPort => {
                "this machine is out of local ports (keep connections alive, or widen ip_local_port_range)"
            }
            Self::Other => "refused by the operating system",
        })
    }
}

impl fmt::Display for TlsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownIssuer => "certificate issuer not trusted (set `tls: {ca: FILE}`)",
            Self::WrongName => "the certificate is for another host name",
            Self::Expired => "the certificate has expired or is not valid yet",
            Self::BadCertificate => "invalid certificate",
            Self::NotTls => "the target does not speak TLS on this port",
            Self::CertificateMissing => {
                "client certificate required (set `tls: {cert: FILE, key: FILE}`)"
            }
            Self::Refused => "client certificate rejected",
            Self::NoAgreement => "no common TLS version or cipher",
            Self::Closed => "the connection closed during the handshake",
            Self::Other => "the handshake failed",
        })
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "while connecting",
            Self::FirstByte => "before the first byte",
            Self::Transfer => "while receiving the body",
        })
    }
}

impl fmt::Display for LostAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reset => "reset by the target",
            Self::ClosedBeforeAnswer => "closed before the response",
            Self::Idle => "keep-alive connection closed while sending",
            Self::ClosedInHead => "closed while receiving the headers",
            Self::ClosedInBody => "closed while receiving the body",
            Self::Other => "network error",
        })
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HeadLine(line) => {
                return write!(f, "header line {line} is not a header field");
            }
            Self::Encoding(coding) => return write!(f, "body is not valid {coding}"),
            Self::UnknownCoding(name) => {
                return write!(f, "unknown content coding `{name}`");
            }
            Self::TooManyCodings => "more than 5 content codings",
            Self::Head => "not HTTP/1",
            Self::Http2 => "HTTP/2 protocol error",
            Self::Http2Message => "HTTP/2 protocol error, or headers over 256 KiB",
            Self::Http2Flood => "headers far over 64 KiB, or HTTP/2 frame flood",
            Self::HeadTooLong => "headers over 64 KiB",
            Self::TooManyHeaders => "more than 128 header fields",
            Self::Framing => {
                "conflicting or invalid body length (Content-Length, Transfer-Encoding)"
            }
            Self::Chunk => "invalid chunk",
            Self::BodyTooLong => "body longer than `max_body` of `http`",
            Self::Redirect => "redirect without a usable Location",
        })
    }
}
