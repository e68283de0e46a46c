//! What a hostile target answers over HTTP/2, frame by frame (RFC 9113).

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::bodies::BETWEEN_PIECES;

/// A way to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frames {
    /// CONTINUATION frames without end.
    Continuations,
    /// PING frames without end.
    Pings,
    /// SETTINGS frames without end.
    Settings,
    /// A header block of 16 KB that is 60 MB long when it is decoded.
    Hpack,
    /// DATA frames without end, whatever the window.
    Data,
    /// `RST_STREAM` for each request.
    Resets,
    /// GOAWAY for each request, and the connection stays.
    GoAways,
    /// Frames of random types with random bytes.
    Noise,
}

const PREFACE: usize = 24;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;
/// `:status: 200`, of the static table.
const STATUS_200: u8 = 0x88;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len()).unwrap_or(0).to_be_bytes();
    let mut frame = vec![len[1], len[2], len[3], kind, flags];
    frame.extend_from_slice(&stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

/// Speaks on a connection until the client has had enough.
pub(super) async fn speak(
    mut stream: TcpStream,
    how: Frames,
    received: &AtomicU64,
) -> io::Result<()> {
    stream.read_exact(&mut [0; PREFACE]).await?;
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let len = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        stream.read_exact(&mut vec![0; len]).await?;
        if head[3] == HEADERS {
            let number = received.fetch_add(1, Ordering::Relaxed);
            let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
            how.answer(&mut stream, id, number).await?;
        }
    }
}

impl Frames {
    async fn answer(self, stream: &mut TcpStream, id: u32, number: u64) -> io::Result<()> {
        let status = || frame(HEADERS, END_HEADERS, id, &[STATUS_200]);
        let bytes = match self {
            Self::Continuations => {
                stream
                    .write_all(&frame(HEADERS, 0, id, &[STATUS_200]))
                    .await?;
                // A literal field that is not indexed: `x: yyyy`.
                let field = b"\0\x01x\x04yyyy".repeat(1_000);
                return endless(stream, &frame(CONTINUATION, 0, id, &field)).await;
            }
            Self::Pings => return endless(stream, &frame(PING, 0, 0, &[0; 8]).repeat(500)).await,
            Self::Settings => {
                let table_size = [0, 1, 0, 0, 16, 0];
                return endless(stream, &frame(SETTINGS, 0, 0, &table_size).repeat(500)).await;
            }
            Self::Data => {
                stream.write_all(&status()).await?;
                return endless(stream, &frame(DATA, 0, id, &[b'x'; 16_000])).await;
            }
            Self::Hpack => {
                // A field that is indexed, with a value of 3,900 bytes, and then its index.
                let mut block = vec![STATUS_200, 0x40, 1, b'x', 0x7f, 0xbd, 0x1d];
                block.extend_from_slice(&[b'y'; 3_900]);
                block.resize(16_000, 0xbe);
                frame(HEADERS, END_HEADERS, id, &block)
            }
            Self::Resets => frame(RST_STREAM, 0, id, &[0, 0, 0, 2]),
            Self::GoAways => frame(GOAWAY, 0, 0, &[0; 8]),
            Self::Noise => {
                let mut rng = fastrand::Rng::with_seed(number);
                let noise: Vec<u8> = (0..rng.usize(..200)).map(|_| rng.u8(..)).collect();
                frame(
                    rng.u8(..12),
                    rng.u8(..),
                    if rng.bool() { id } else { 0 },
                    &noise,
                )
            }
        };
        stream.write_all(&bytes).await
    }
}

async fn endless(stream: &mut TcpStream, piece: &[u8]) -> io::Result<()> {
    loop {
        stream.write_all(piece).await?;
        sleep(BETWEEN_PIECES).await;
    }
}
