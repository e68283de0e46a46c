//! What an answer may cost, whatever the target sends.

/// Bytes of a head, status line and blank line included.
pub(super) const HEAD_BYTES: usize = 64 * 1024;
/// Bytes of an HTTP/2 head as it is decompressed, by the reckoning of RFC 9113:
/// beyond [`HEAD_BYTES`], so that what is too long can be read and be told so.
pub(super) const HTTP2_HEAD_BYTES: u32 = 256 * 1024;
/// Fields of a head.
pub(super) const HEAD_FIELDS: usize = 128;
/// Interim (1xx) answers before the real one.
pub(super) const INTERIM_ANSWERS: u8 = 32;
/// Bytes of the beginning of a body that is kept for people.
pub(super) const PREVIEW_BYTES: usize = 256 * 1024;
/// How often the limit of a body fits into the size of one that is only
/// decoded to be counted.
pub(super) const COUNTED_TIMES: u64 = 16;
/// Bytes of extensions on one chunk's size line.
pub(super) const CHUNK_EXTENSION_BYTES: u32 = 4 * 1024;
/// Bytes of trailer fields after the last chunk.
pub(super) const TRAILER_BYTES: u32 = 16 * 1024;
/// Content codings applied to one body.
pub(super) const CODINGS: usize = 5;
/// The shard's read buffer: the most one read can bring.
pub(super) const READ_BYTES: usize = 64 * 1024;
/// Idle buffers a shard keeps for heads and bodies.
pub(super) const POOLED_BUFFERS: usize = 64;
/// A buffer that has grown beyond this is not kept.
pub(super) const POOLED_BUFFER_BYTES: usize = 128 * 1024;
/// Connections (origins) one session keeps open.
pub(super) const SESSION_CONNECTIONS: usize = 16;
/// Idle connections to one destination that the users of a shard share.
pub(super) const POOLED_CONNECTIONS: usize = 16 * 1024;
/// What an HTTP/2 target may send on one stream before we have read it.
pub(super) const HTTP2_STREAM_WINDOW: u32 = 2 * 1024 * 1024;
/// And on all streams of a connection together.
pub(super) const HTTP2_CONNECTION_WINDOW: u32 = 16 * 1024 * 1024;
/// Bytes of a proxy's answer to `CONNECT`.
pub(super) const TUNNEL_HEAD_BYTES: usize = 16 * 1024;
/// Origins learned from redirects that a shard remembers the addresses of.
pub(super) const LEARNED_ORIGINS: usize = 64;
/// Addresses of a destination that are left out for a while.
pub(super) const RESTING_ADDRESSES: usize = 64;
/// Addresses that took no connection and are told of, per report.
pub(super) const EXCLUDED_MAX: usize = 8;
/// Cookies one session keeps.
pub(super) const COOKIES: usize = 50;
/// Bytes of one cookie, name and value.
pub(super) const COOKIE_BYTES: usize = 4 * 1024;
/// Bytes of the heads of a redirect chain that are kept beside the last one.
pub(super) const CHAIN_HEAD_BYTES: usize = 256 * 1024;
/// Hops of a sample that a trial keeps.
pub(super) const HOPS: usize = 20;
/// Bytes of each body that a trial keeps.
pub(super) const HOP_BODY_BYTES: usize = 64 * 1024;
/// Bytes of one attribute of a cookie (RFC 6265bis, section 5.6).
pub(super) const COOKIE_ATTRIBUTE_BYTES: usize = 1024;
