use proptest::prelude::*;

use super::*;
use crate::client::session::buffers::Buffers;
use crate::model::{BodyNeed, LostAt, Malformed, Method, ResponseNeeds};

const MAX_BODY: usize = 1024;

/// Everything that can be seen of an answer that was read.
#[derive(Debug, PartialEq)]
struct ParsedResponse {
    status: u16,
    head: Vec<u8>,
    body: Vec<u8>,
    received_bytes: u64,
    reuse: Reuse,
    used: usize,
}

#[derive(Debug, PartialEq)]
enum ParseFailure {
    Malformed(Malformed),
    Lost(LostAt),
}

/// Feeds the portions, then closes.
fn read<'a>(
    method: Method,
    portions: impl Iterator<Item = &'a [u8]>,
) -> Result<ParsedResponse, ParseFailure> {
    let needs = ResponseNeeds {
        head: true,
        body: BodyNeed::Whole,
        url: false,
        preview: false,
    };
    let redirects = Redirects::Keep;
    let mut reader = Reader::new(ResponseOptions {
        method,
        needs,
        redirects,
        max_body: MAX_BODY,
    });
    let buffers = Buffers::default();
    let mut fed = 0;
    let mut ended_at = None;
    for portion in portions {
        match reader
            .feed(portion, &buffers)
            .map_err(ParseFailure::Malformed)?
        {
            Progress::More => fed += portion.len(),
            Progress::Done { used } => {
                ended_at = Some(fed + used);
                break;
            }
        }
    }
    if ended_at.is_none() {
        reader.close().map_err(|closed| match closed {
            Closed::Lost(at) => ParseFailure::Lost(at),
            Closed::Malformed(what) => ParseFailure::Malformed(what),
        })?;
    }
    let (status, received_bytes, reuse) =
        (reader.status(), reader.received_bytes(), reader.reuse());
    let (head, body) = reader.into_parts();
    Ok(ParsedResponse {
        status,
        head,
        body,
        received_bytes,
        reuse,
        used: ended_at.unwrap_or(fed),
    })
}

fn read_get(answer: &[u8]) -> Result<ParsedResponse, ParseFailure> {
    read(Method::Get, std::iter::once(answer))
}

fn body_of(answer: &str) -> String {
    let whole = read_get(answer.as_bytes()).expect("well-formed");
    String::from_utf8(whole.body).expect("text")
}

const ANSWERS: &[&str] = &[
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello and more",
    "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut short",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0A\r\n0123456789\r\n0\r\nA: b\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n1\r\nx\r\n0\r\n\r\nrest",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\n!",
    "HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\nleftover",
    "HTTP/1.0 200 OK\r\n\r\nuntil the end",
    "HTTP/1.1 200 OK\r\nConnection: Keep-Alive, Close\r\nContent-Length: 0\r\n\r\n",
    "\r\n\r\nHTTP/1.1 302 Found\r\nLocation: /x\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 2000 Too Much\r\n\r\n",
    "SSH-2.0-OpenSSH_9.6\r\n",
    "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
    "HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
    "HTTP/1.1  200 OK\r\nX-A : one\r\n two\r\nContent-Length\t:\r\n 2\r\n\r\nok",
    "",
];

#[test]
fn bodies_end_where_their_framing_says() {
    assert_eq!(body_of(ANSWERS[1]), "hello");
    assert_eq!(body_of(ANSWERS[4]), "hello0123456789");
    assert_eq!(body_of(ANSWERS[5]), "x");
    assert_eq!(body_of(ANSWERS[7]), "!");
    assert_eq!(body_of(ANSWERS[8]), "");
    assert_eq!(body_of(ANSWERS[9]), "until the end");
    assert_eq!(body_of(ANSWERS[16]), "ok");
    let head = read(Method::Head, std::iter::once(ANSWERS[0].as_bytes())).expect("well-formed");
    assert_eq!((head.body.len(), head.reuse), (0, Reuse::Allowed));
}

#[test]
fn a_connection_is_reused_only_if_nothing_speaks_against_it() {
    let reuse = |answer: &str| read_get(answer.as_bytes()).expect("well-formed").reuse;
    assert_eq!(reuse(ANSWERS[1]), Reuse::Allowed);
    assert_eq!(reuse(ANSWERS[4]), Reuse::Allowed);
    for at in [5, 9, 10] {
        assert_eq!(reuse(ANSWERS[at]), Reuse::Refused, "{}", ANSWERS[at]);
    }
}

#[test]
fn what_is_wrong_is_told_apart() {
    let bad = |answer: &str| read_get(answer.as_bytes()).expect_err("bad");
    assert_eq!(bad(ANSWERS[2]), ParseFailure::Malformed(Malformed::Framing));
    assert_eq!(bad(ANSWERS[3]), ParseFailure::Lost(LostAt::ClosedInBody));
    assert_eq!(bad(ANSWERS[6]), ParseFailure::Malformed(Malformed::Chunk));
    assert_eq!(bad(ANSWERS[13]), ParseFailure::Malformed(Malformed::Head));
    assert_eq!(
        bad(ANSWERS[15]),
        ParseFailure::Malformed(Malformed::HeadLine(2))
    );
    assert_eq!(
        bad(ANSWERS[17]),
        ParseFailure::Lost(LostAt::ClosedBeforeAnswer)
    );
    assert_eq!(
        bad("HTTP/1.1 200 OK\r\nA: b"),
        ParseFailure::Lost(LostAt::ClosedInHead)
    );
    let gzip = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n";
    assert_eq!(bad(gzip), ParseFailure::Malformed(Malformed::Framing));
    let long = "HTTP/1.1 200 OK\r\nContent-Length: 1025\r\n\r\n";
    assert_eq!(bad(long), ParseFailure::Malformed(Malformed::BodyTooLong));
}

#[test]
fn heads_are_bounded_however_they_come() {
    let long = format!("HTTP/1.1 200 OK\r\nA: {}\r\n\r\n", "x".repeat(70_000));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(200));
    let interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(40);
    for size in [1, 7, 1000, 100_000] {
        let read = |answer: &str| read(Method::Get, answer.as_bytes().chunks(size)).map(|_| ());
        assert_eq!(
            read(&long),
            Err(ParseFailure::Malformed(Malformed::HeadTooLong)),
            "{size}"
        );
        assert_eq!(
            read(&many),
            Err(ParseFailure::Malformed(Malformed::TooManyHeaders)),
            "{size}"
        );
        assert_eq!(
            read(&interim),
            Err(ParseFailure::Malformed(Malformed::HeadTooLong)),
            "{size}"
        );
    }
}

#[test]
fn unwanted_answers_are_read_without_a_buffer() {
    let buffers = Buffers::default();
    let mut reader = Reader::new(ResponseOptions {
        method: Method::Get,
        needs: ResponseNeeds::default(),
        redirects: Redirects::Keep,
        max_body: MAX_BODY,
    });
    let answer = ANSWERS[0].as_bytes();
    let used = answer.len();
    assert_eq!(reader.feed(answer, &buffers), Ok(Progress::Done { used }));
    assert_eq!((reader.status(), reader.received_bytes()), (200, 5));
    let (head, body) = reader.into_parts();
    assert_eq!((head.capacity(), body.capacity()), (0, 0));
}

/// `bytes` cut at these places, in order.
fn cut<'a>(bytes: &'a [u8], places: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut at: Vec<usize> = places
        .iter()
        .map(|place| place.index(bytes.len() + 1))
        .collect();
    at.extend([0, bytes.len()]);
    at.sort_unstable();
    at.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// However the network cuts an answer, sound or damaged, it reads the same.
    #[test]
    fn cuts_change_nothing(
        which in prop::sample::select(ANSWERS),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        places in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        method in prop::sample::select(&[Method::Get, Method::Head][..]),
    ) {
        let mut bytes = which.as_bytes().to_vec();
        for (at, byte) in damage {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        let at_once = read(method, std::iter::once(bytes.as_slice()));
        let in_cuts = read(method, cut(&bytes, &places).into_iter());
        prop_assert_eq!(&at_once, &in_cuts);
        let in_bytes = read(method, bytes.chunks(1));
        prop_assert_eq!(at_once, in_bytes);
    }
}
