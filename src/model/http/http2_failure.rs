use std::fmt;

/// The error code with which a target ended an HTTP/2 stream or connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Http2Failure {
    /// It reset the request's stream (`RST_STREAM`); the connection goes on.
    Reset(Http2Code),
    /// It closed the connection (`GOAWAY`) and does not answer the request.
    GoAway(Http2Code),
}

/// The error codes of RFC 9113, section 7. `Display` gives their names there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Http2Code {
    /// No error: it shuts down, or wants no more of the request.
    NoError,
    /// It sees a breach of the protocol.
    ProtocolError,
    /// An error of its own.
    InternalError,
    /// It was sent more than it allowed.
    FlowControlError,
    /// Its settings were not acknowledged in time.
    SettingsTimeout,
    /// It was sent something for a stream that had ended.
    StreamClosed,
    /// It was sent a frame of a wrong size.
    FrameSizeError,
    /// It did not process the request.
    RefusedStream,
    /// It does not want the stream any more.
    Cancel,
    /// It could not read the compressed fields.
    CompressionError,
    /// The connection of a `CONNECT` was lost.
    ConnectError,
    /// It thinks that it is asked too much.
    EnhanceYourCalm,
    /// TLS is not good enough for it.
    InadequateSecurity,
    /// It answers this only in HTTP/1.1.
    Http11Required,
    /// A code that the RFC does not have.
    Unknown,
}

impl From<u32> for Http2Code {
    fn from(code: u32) -> Self {
        match code {
            0x0 => Self::NoError,
            0x1 => Self::ProtocolError,
            0x2 => Self::InternalError,
            0x3 => Self::FlowControlError,
            0x4 => Self::SettingsTimeout,
            0x5 => Self::StreamClosed,
            0x6 => Self::FrameSizeError,
            0x7 => Self::RefusedStream,
            0x8 => Self::Cancel,
            0x9 => Self::CompressionError,
            0xa => Self::ConnectError,
            0xb => Self::EnhanceYourCalm,
            0xc => Self::InadequateSecurity,
            0xd => Self::Http11Required,
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for Http2Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reset(code) => {
                write!(f, "the target reset the stream: {code}")?;
                f.write_str(match code {
                    Http2Code::RefusedStream => " (request not processed)",
                    Http2Code::Http11Required => " (set `version: 1.1`)",
                    _ => "",
                })
            }
            Self::GoAway(code) => write!(f, "the target closed the connection: GOAWAY {code}"),
        }
    }
}

impl fmt::Display for Http2Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoError => "NO_ERROR",
            Self::ProtocolError => "PROTOCOL_ERROR",
            Self::InternalError => "INTERNAL_ERROR",
            Self::FlowControlError => "FLOW_CONTROL_ERROR",
            Self::SettingsTimeout => "SETTINGS_TIMEOUT",
            Self::StreamClosed => "STREAM_CLOSED",
            Self::FrameSizeError => "FRAME_SIZE_ERROR",
            Self::RefusedStream => "REFUSED_STREAM",
            Self::Cancel => "CANCEL",
            Self::CompressionError => "COMPRESSION_ERROR",
            Self::ConnectError => "CONNECT_ERROR",
            Self::EnhanceYourCalm => "ENHANCE_YOUR_CALM",
            Self::InadequateSecurity => "INADEQUATE_SECURITY",
            Self::Http11Required => "HTTP_1_1_REQUIRED",
            Self::Unknown => "a code unknown to RFC 9113",
        })
    }
}
