//! Lines of a container's log that match a pattern.

use hyper::Method;
use regex::bytes::Regex;

use crate::probes::ProbeError;
use crate::probes::docker::engine::Engine;
use crate::probes::docker::frames::{Streams, pieces};

/// How much of a log is read at a time; the rest is read the next time.
const LOG_MOST: usize = 4 << 20;

/// A pattern, and how far the log was read.
#[derive(Debug)]
pub(super) struct LogWatch {
    pattern: Regex,
    /// The time stamp of the latest line, as the engine writes it; empty
    /// before there was one. `None` before the log was looked at.
    read_to: Option<String>,
    matches: u64,
}

impl LogWatch {
    pub(super) fn new(pattern: &str) -> Result<Self, ProbeError> {
        let pattern = Regex::new(pattern).map_err(|error| ProbeError::Spec(error.to_string()))?;
        Ok(Self {
            pattern,
            read_to: None,
            matches: 0,
        })
    }

    /// How many lines have matched since the first call.
    pub(super) async fn read(
        &mut self,
        engine: &Engine,
        container: &str,
        streams: Streams,
    ) -> Result<u64, ProbeError> {
        let from = match &self.read_to {
            // Earlier lines do not count: only the last one is read.
            None => "tail=1".to_owned(),
            Some(stamp) => format!("since={}", unix(stamp)),
        };
        let path =
            format!("/containers/{container}/logs?stdout=true&stderr=true&timestamps=true&{from}");
        let response = engine.ask(Method::GET, &path, String::new(), LOG_MOST);
        let body = engine.accept(response.await?, container)?;
        self.count(&body, streams);
        Ok(self.matches)
    }

    /// Takes lines in. Those of the latest time stamp come twice: the engine
    /// gives them from that moment on.
    fn count(&mut self, body: &[u8], streams: Streams) {
        let is_first = self.read_to.is_none();
        let read_to = self.read_to.take().unwrap_or_default();
        let mut latest = read_to.clone();
        for (_, piece) in pieces(body, streams) {
            for line in piece.split(|byte| *byte == b'\n') {
                let Some((stamp, text)) = stamped(line) else {
                    continue;
                };
                if stamp <= read_to.as_str() {
                    continue;
                }
                if !is_first && self.pattern.is_match(text) {
                    self.matches += 1;
                }
                if stamp > latest.as_str() {
                    stamp.clone_into(&mut latest);
                }
            }
        }
        self.read_to = Some(latest);
    }
}

/// A line and its time stamp. They all have the same length and zone, so that
/// they compare as texts.
fn stamped(line: &[u8]) -> Option<(&str, &[u8])> {
    let end = line.iter().position(|byte| *byte == b' ')?;
    let stamp = std::str::from_utf8(&line[..end]).ok()?;
    let is_stamp =
        stamp.len() < 40 && stamp.contains('T') && stamp.starts_with(|c: char| c.is_ascii_digit());
    is_stamp.then_some((stamp, &line[end + 1..]))
}

/// A time stamp as seconds since 1970 with nanoseconds, for `since`; 0 for
/// none.
fn unix(stamp: &str) -> String {
    stamp.parse::<jiff::Timestamp>().map_or_else(
        |_| "0".to_owned(),
        |time| format!("{}.{:09}", time.as_second(), time.subsec_nanosecond()),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(line: &str) -> Vec<u8> {
        let length = u32::try_from(line.len()).expect("short");
        [&[1, 0, 0, 0], &length.to_be_bytes()[..], line.as_bytes()].concat()
    }

    #[test]
    fn lines_are_counted_once_and_those_of_before_not_at_all() {
        let mut watch = LogWatch::new("QueuePool").expect("a pattern");
        let line = |second: u32, text: &str| {
            frame(&format!("2026-11-24T17:00:{second:02}.000000000Z {text}\n"))
        };
        watch.count(&line(1, "QueuePool limit, long ago"), Streams::Framed);
        assert_eq!(watch.matches, 0);
        let body = [
            line(1, "QueuePool limit, long ago"),
            line(2, "QueuePool limit"),
            line(3, "fine"),
        ];
        watch.count(&body.concat(), Streams::Framed);
        watch.count(&[line(3, "fine")].concat(), Streams::Framed);
        assert_eq!(watch.matches, 1);
        let stamp = watch.read_to.as_deref().expect("read");
        assert_eq!(unix(stamp), "1795539603.000000000");
    }

    #[test]
    fn a_log_that_was_empty_is_read_from_its_beginning() {
        let mut watch = LogWatch::new("x").expect("a pattern");
        watch.count(b"", Streams::Raw);
        assert_eq!(unix(watch.read_to.as_deref().expect("looked at")), "0");
        watch.count(b"2026-11-24T17:00:00.000000000Z x\r\n", Streams::Raw);
        assert_eq!(watch.matches, 1);
    }

    proptest! {
        #[test]
        fn no_log_makes_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut watch = LogWatch::new("a").expect("a pattern");
            watch.count(&body, Streams::Framed);
            watch.count(&body, Streams::Raw);
        }
    }
}
