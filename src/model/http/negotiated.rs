use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{Protocol, TlsVersion};

/// What is spoken with an origin, as it showed before the run. `Display` gives
/// all but the origin, such as `HTTP/2 over TLS 1.3, by ALPN`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Negotiated {
    /// The origin's address.
    pub origin: String,
    /// The version of HTTP.
    pub protocol: Protocol,
    /// The version of TLS below it; `None` in plain text.
    pub tls: Option<TlsVersion>,
    /// How the version was agreed on.
    pub agreed: Agreed,
}

/// How a version of HTTP was agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Agreed {
    /// The scenario asks for HTTP/1.1, which needs no agreement.
    Configured,
    /// The scenario knows that the target speaks HTTP/2.
    PriorKnowledge,
    /// The target chose HTTP/2 during the TLS handshake.
    Alpn,
    /// HTTP/2 was requested and not agreed on.
    Fallback,
}

impl fmt::Display for Negotiated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.protocol.fmt(f)?;
        if let Some(tls) = self.tls {
            write!(f, " over {tls}")?;
        }
        f.write_str(match self.agreed {
            Agreed::Configured => "",
            Agreed::PriorKnowledge => ", with prior knowledge",
            Agreed::Alpn => ", by ALPN",
            Agreed::Fallback => ", HTTP/2 was not agreed on",
        })
    }
}
