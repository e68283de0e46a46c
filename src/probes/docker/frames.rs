//! Several streams in one, as the engine sends them.
//!
//! Format: "Stream format" of
//! <https://docs.docker.com/reference/api/engine/latest/#tag/Container/operation/ContainerAttach>

/// Whether the container has a terminal, which merges both streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Streams {
    /// Frames with a head that names the stream.
    Framed,
    /// The bytes as they are.
    Raw,
}

/// The stream of standard error in frames.
pub(super) const STDERR: u8 = 2;
const HEAD: usize = 8;

/// The pieces of a body with their stream: that of raw bytes is 1. The last
/// may be incomplete.
pub(super) fn pieces(body: &[u8], streams: Streams) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = body;
    std::iter::from_fn(move || {
        if streams == Streams::Raw {
            let whole = std::mem::take(&mut rest);
            return (!whole.is_empty()).then_some((1, whole));
        }
        let (head, after) = rest.split_first_chunk::<HEAD>()?;
        let [stream, _, _, _, a, b, c, d] = *head;
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        let (piece, after) = after.split_at(length.min(after.len()));
        rest = after;
        Some((stream, piece))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn frames_are_taken_apart() {
        let body = b"\x01\0\0\0\0\0\0\x03one\x02\0\0\0\0\0\0\x05other";
        let found: Vec<_> = pieces(body, Streams::Framed).collect();
        assert_eq!(found, [(1, &b"one"[..]), (2, b"other")]);
        let cut: Vec<_> = pieces(&body[..body.len() - 2], Streams::Framed).collect();
        assert_eq!(cut[1], (2, &b"oth"[..]));
        assert_eq!(pieces(b"plain", Streams::Raw).count(), 1);
        assert_eq!(pieces(b"", Streams::Raw).count(), 0);
    }

    proptest! {
        #[test]
        fn nothing_is_made_up(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            for streams in [Streams::Framed, Streams::Raw] {
                let bytes: usize = pieces(&body, streams).map(|(_, piece)| piece.len()).sum();
                prop_assert!(bytes <= body.len());
            }
        }
    }
}
