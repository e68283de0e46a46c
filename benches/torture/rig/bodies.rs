//! What a hostile target answers.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::LazyLock;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

/// A way to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bomb {
    /// 64 MiB of zeros, compressed.
    Gzip,
    /// The same.
    Brotli,
    /// The same.
    Zstd,
    /// Header fields without end.
    Fields,
    /// One header field without end.
    Field,
    /// Interim answers without end.
    Interim,
    /// Chunks without end.
    Chunks,
    /// One-byte chunks with extensions.
    TinyChunks,
    /// A body without a length and without end.
    Body,
    /// The longest length that can be written, and a few bytes.
    Length,
    /// A redirect to another path, each time.
    Redirects,
    /// A redirect to another port, each time.
    Origins,
    /// A reset within the body.
    Reset,
    /// A close before the first byte.
    Close,
    /// A sound answer, byte by byte.
    Drip,
    /// Nothing at all.
    Silence,
    /// What is not HTTP.
    Garbage,
    /// Cookies without end, each with another name.
    Cookies,
}

/// 64 MiB of zeros as `brotli -q 11 --lgwin=24` has them.
const BROTLI: [u8; 54] = [
    0xcf, 0xff, 0xff, 0x7f, 0xf8, 0x27, 0x00, 0xe2, 0xb1, 0x40, 0x20, 0xf7, 0xfe, 0x9f, 0xff, 0xff,
    0xff, 0xf0, 0x4f, 0x00, 0xc4, 0x61, 0x01, 0x80, 0xee, 0xfd, 0x3f, 0xff, 0xff, 0xff, 0xe1, 0x9f,
    0x00, 0x88, 0xc3, 0x22, 0x00, 0xdd, 0xfb, 0x7f, 0xfe, 0xff, 0xff, 0xc3, 0x3f, 0x01, 0x10, 0x87,
    0x05, 0x00, 0xba, 0xf7, 0xff, 0x03,
];

static GZIP: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        // Writing to memory does not fail.
        let _ = encoder.write_all(&[0; 1 << 20]);
    }
    encoder.finish().unwrap_or_default()
});

/// RFC 8878: a frame with a window of 128 KiB and 512 blocks, each of which
/// says to repeat a zero 128 KiB times.
static ZSTD: LazyLock<Vec<u8>> = LazyLock::new(|| {
    const BLOCK: u32 = 128 << 10;
    const BLOCKS: u32 = 512;
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
    for block in 1..=BLOCKS {
        let header = BLOCK << 3 | 1 << 1 | u32::from(block == BLOCKS);
        frame.extend_from_slice(&header.to_le_bytes()[..3]);
        frame.push(0);
    }
    frame
});

const OK: &str = "HTTP/1.1 200 OK\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const LONGEST: &str = "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nshort";
/// What is sent without end is sent in pieces of about this length.
const PIECE: usize = 16 << 10;
/// What comes is read as fast as it comes, and the machine has other work.
pub(super) const BETWEEN_PIECES: Duration = Duration::from_millis(1);

impl Bomb {
    /// Makes what takes long to make.
    pub(super) fn prepare(self) {
        if self == Self::Gzip {
            LazyLock::force(&GZIP);
        }
    }

    /// Answers one request, `number` of the server. Whether the connection can
    /// have another.
    pub(super) async fn answer(
        self,
        stream: &mut TcpStream,
        number: u64,
        ports: &[u16],
    ) -> io::Result<bool> {
        match self {
            Self::Gzip => encoded(stream, "gzip", &GZIP).await?,
            Self::Brotli => encoded(stream, "br", &BROTLI).await?,
            Self::Zstd => encoded(stream, "zstd", &ZSTD).await?,
            Self::Fields => endless(stream, OK, "X-More: and more\r\n").await?,
            Self::Field => endless(stream, "HTTP/1.1 200 OK\r\nX: ", "and more ").await?,
            Self::Interim => endless(stream, "", "HTTP/1.1 100 Continue\r\n\r\n").await?,
            Self::Chunks => endless(stream, CHUNKED, "10\r\n0123456789abcdef\r\n").await?,
            Self::TinyChunks => endless(stream, CHUNKED, "1;a=b\r\nx\r\n").await?,
            Self::Body => endless(stream, "HTTP/1.1 200 OK\r\n\r\n", "and more ").await?,
            Self::Cookies => {
                let mut head = OK.to_owned();
                for cookie in 0..100 {
                    let value = "v".repeat(300);
                    let _ = write!(head, "Set-Cookie: c{number}_{cookie}={value}\r\n");
                }
                head += "Content-Length: 0\r\n\r\n";
                stream.write_all(head.as_bytes()).await?;
            }
            Self::Redirects => redirect(stream, &format!("/again/{number}")).await?,
            Self::Origins => {
                let port = ports[usize::try_from(number).unwrap_or(0) % ports.len()];
                let host = number % 200 + 1;
                redirect(stream, &format!("http://127.0.0.{host}:{port}/")).await?;
            }
            Self::Length => {
                stream.write_all(LONGEST.as_bytes()).await?;
                hang(stream).await?;
            }
            Self::Reset => {
                let half = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf";
                stream.write_all(half.as_bytes()).await?;
                stream.set_zero_linger()?;
                return Ok(false);
            }
            Self::Close => return Ok(false),
            Self::Drip => {
                for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" {
                    stream.write_all(&[*byte]).await?;
                    sleep(Duration::from_millis(20)).await;
                }
            }
            Self::Silence => hang(stream).await?,
            Self::Garbage => {
                let noise: Vec<u8> = (0..200_u64)
                    .map(|at| {
                        (number.wrapping_mul(31).wrapping_add(at * at) % 256).to_le_bytes()[0]
                    })
                    .collect();
                stream.write_all(&noise).await?;
                return Ok(false);
            }
        }
        Ok(true)
    }
}

async fn encoded(stream: &mut TcpStream, coding: &str, body: &[u8]) -> io::Result<()> {
    let len = body.len();
    let head = format!("{OK}Content-Encoding: {coding}\r\nContent-Length: {len}\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await
}

async fn endless(stream: &mut TcpStream, first: &str, then: &str) -> io::Result<()> {
    stream.write_all(first.as_bytes()).await?;
    let piece = then.repeat(PIECE / then.len());
    loop {
        stream.write_all(piece.as_bytes()).await?;
        sleep(BETWEEN_PIECES).await;
    }
}

async fn redirect(stream: &mut TcpStream, to: &str) -> io::Result<()> {
    let head = format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
    stream.write_all(head.as_bytes()).await
}

/// Until the other side closes.
async fn hang(stream: &mut TcpStream) -> io::Result<()> {
    while stream.read(&mut [0; 256]).await? > 0 {}
    Ok(())
}
