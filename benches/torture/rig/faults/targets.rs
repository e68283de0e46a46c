//! Targets whose answers no client can use.

use rustix::process::Signal;

use fastrand::Rng;

use super::super::bodies::Bomb;
use super::super::episode::{Episode, FaultAction, Target};
use super::super::frames::Frames;
use super::{Fault, Group, moment};

macro_rules! bombs {
    (
        $($id:literal $bomb:ident $words:literal),*;
        $($frames_id:literal $frames:ident $frames_words:literal),*;
    ) => {
        &[
            $(Fault {
                id: $id,
                group: Group::Targets,
                words: $words,
                episode: |_| bombed(Bomb::$bomb),
            },)*
            $(Fault {
                id: $frames_id,
                group: Group::Targets,
                words: $frames_words,
                episode: |_| framed(Frames::$frames),
            },)*
            Fault {
                id: "target-killed",
                group: Group::Targets,
                words: "SIGKILL of the target",
                episode: killed,
            },
        ]
    };
}

pub(super) const FAULTS: &[Fault] = bombs![
    "bomb-gzip" Gzip "64 MiB of zeros as gzip",
    "bomb-brotli" Brotli "64 MiB of zeros as brotli",
    "bomb-zstd" Zstd "64 MiB of zeros as zstd",
    "endless-fields" Fields "header fields without end",
    "endless-field" Field "a header field without end",
    "endless-interim" Interim "interim answers without end",
    "endless-chunks" Chunks "chunks without end",
    "endless-tiny-chunks" TinyChunks "one-byte chunks with extensions, without end",
    "endless-body" Body "a body without length and end",
    "huge-length" Length "a length of 2^64 - 1 bytes",
    "endless-redirects" Redirects "redirects without end",
    "endless-origins" Origins "redirects without end to ever new origins",
    "cookies" Cookies "100 new cookies with each answer",
    "resets" Reset "resets within the body",
    "closes" Close "closes before the answer",
    "drip" Drip "an answer byte by byte",
    "silence" Silence "no answer at all",
    "garbage" Garbage "what is not HTTP";
    "h2-continuations" Continuations "HTTP/2: CONTINUATION frames without end",
    "h2-pings" Pings "HTTP/2: PING frames without end",
    "h2-settings" Settings "HTTP/2: SETTINGS frames without end",
    "h2-hpack" Hpack "HTTP/2: 16 KB of fields that are 60 MB decoded",
    "h2-data" Data "HTTP/2: DATA frames without end beyond the window",
    "h2-resets" Resets "HTTP/2: RST_STREAM for each request",
    "h2-goaways" GoAways "HTTP/2: GOAWAY for each request",
    "h2-noise" Noise "HTTP/2: random frames";
];

/// One task looks at the body, the other does not.
const LOOKS: &str = "http: {timeout: 800ms}
load: {users: 4, spawn_rate: 100}
user_classes:
  U:
    wait: 20ms
    tasks:
      look: [{get: /look, expect: {text: needle}}]
      pass: [{get: /pass}]
";

fn bombed(bomb: Bomb) -> Episode {
    Episode {
        target: Target::Hostile(bomb),
        scenario: LOOKS.to_owned(),
        run_s: 2,
        // A body of 8 MiB that is inspected and its coding, on each shard: some
        // 210 MB were seen, whatever the number of users and however long.
        memory_mb: 300,
        ..Episode::default()
    }
}

fn framed(frames: Frames) -> Episode {
    Episode {
        target: Target::HostileFrames(frames),
        scenario: LOOKS.replace("timeout", "version: 2-prior-knowledge, timeout"),
        ..bombed(Bomb::Close)
    }
}

fn killed(rng: &mut Rng) -> Episode {
    Episode {
        run_s: 3,
        actions: vec![(
            moment(rng, 0, 2_500),
            FaultAction::SignalTarget(Signal::KILL),
        )],
        ..Episode::default()
    }
}
