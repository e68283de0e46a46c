//! How values of options are written.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::locust::LogLevel;
use crate::model::{LoadKind, MAX_SPAWN_RATE};
use crate::output::CsvStyle;
use crate::scenario::parse_duration;

/// When a dashboard with `--autostart` exits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quit {
    /// Locust's -1.
    Never,
    /// So long after the end of the run.
    After(Duration),
}

impl ValueEnum for LogLevel {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()))
    }
}

impl ValueEnum for LoadKind {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Users, Self::Rate]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Users => PossibleValue::new("users").help("number of users"),
            Self::Rate => PossibleValue::new("rate").help("task starts per second"),
        })
    }
}

impl ValueEnum for CsvStyle {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Locust, Self::Guide]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Locust => PossibleValue::new("locust").help("the same four files as Locust"),
            Self::Guide => {
                PossibleValue::new("guide").help("three files, one row per method and path")
            }
        })
    }
}

pub(crate) fn spawn_rate(text: &str) -> Result<f64, String> {
    let rate: Option<f64> = text
        .parse()
        .ok()
        .filter(|rate| *rate > 0.0 && *rate <= MAX_SPAWN_RATE);
    rate.ok_or_else(|| format!("must be a number above 0 and at most {MAX_SPAWN_RATE}"))
}

/// The highest limit of requests per second; more than any machine sends.
const MAX_RPS: f64 = 1e9;

/// A limit of requests per second.
pub(crate) fn rps(text: &str) -> Result<f64, String> {
    let rate: Option<f64> = text
        .parse()
        .ok()
        .filter(|rate| *rate > 0.0 && *rate <= MAX_RPS);
    rate.ok_or_else(|| format!("must be a number above 0 and at most {MAX_RPS}"))
}

/// A time as Locust writes it, or as scenarios do.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|_| {
        "Invalid time span format. Valid formats: 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc.; \
         also 500ms and 1.5s"
            .to_owned()
    })
}

pub(crate) fn quit(text: &str) -> Result<Quit, String> {
    match text.strip_prefix('-') {
        Some(rest) if rest.parse::<u32>().is_ok() => Ok(Quit::Never),
        _ => time(text).map(Quit::After),
    }
}

pub(crate) fn address(text: &str) -> Result<IpAddr, String> {
    match text {
        "localhost" => Ok(IpAddr::from([127, 0, 0, 1])),
        "*" => Ok(IpAddr::from([0, 0, 0, 0])),
        _ => text
            .parse()
            .map_err(|_| "must be an IP address, like 127.0.0.1 or 0.0.0.0".to_owned()),
    }
}

/// A name or address that a browser may call the dashboard by, without a port;
/// of IPv6 without brackets.
pub(crate) fn host_name(text: &str) -> Result<String, String> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let bare = bare.unwrap_or(text);
    if bare.parse::<IpAddr>().is_ok() {
        return Ok(bare.to_owned());
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    if bare.split('.').all(is_label) {
        Ok(bare.to_owned())
    } else {
        Err("must be a host name or an address without a port, like deck.example.org".to_owned())
    }
}

/// The prefix of the dashboard's addresses, without a slash at its end.
pub(crate) fn base_path(text: &str) -> Result<String, String> {
    let path = text.trim_end_matches('/');
    let is_plain = path
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "/-_.~".contains(c));
    let has_gap = path.contains("//") || path.split('/').any(|part| part == "." || part == "..");
    if text.starts_with('/') && is_plain && !has_gap {
        Ok(path.to_owned())
    } else {
        Err(
            "must start with / and consist of letters, digits, -, _, . and ~, like /load"
                .to_owned(),
        )
    }
}

/// An address to ask whether the target is there.
pub(super) fn web_address(text: &str) -> Result<String, String> {
    url::Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .map(|_| text.to_owned())
        .ok_or_else(|| "must be a URL, like http://localhost:8000/health".to_owned())
}

/// The file of `--json-file`, which ends in `.json` whatever was typed.
pub(super) fn json_file(path: PathBuf) -> PathBuf {
    let mut name = path.into_os_string();
    name.push(".json");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_when_to_quit() {
        assert_eq!(quit("-1"), Ok(Quit::Never));
        assert_eq!(quit("0"), Ok(Quit::After(Duration::ZERO)));
        assert_eq!(quit("1m"), Ok(Quit::After(Duration::from_secs(60))));
        assert!(quit("-x").is_err() && quit("").is_err() && quit("soon").is_err());
    }

    #[test]
    fn reads_addresses_to_listen_on() {
        assert_eq!(address("localhost"), Ok(IpAddr::from([127, 0, 0, 1])));
        assert_eq!(address("*"), Ok(IpAddr::from([0, 0, 0, 0])));
        assert_eq!(address("::1").map(|ip| ip.is_loopback()), Ok(true));
        // Empty is not everywhere.
        for text in ["", " ", "0", "any", "127.0.0.1:80"] {
            assert!(address(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn reads_names_of_the_dashboard() {
        for text in [
            "deck.example.org",
            "deck",
            "Deck_1.example",
            "10.0.0.1",
            "::1",
        ] {
            assert_eq!(host_name(text).as_deref(), Ok(text));
        }
        assert_eq!(host_name("[::1]").as_deref(), Ok("::1"));
        for text in [
            "",
            " ",
            "*",
            "deck.example.org:8089",
            "http://deck",
            "a..b",
            ".",
            "a b",
        ] {
            assert!(host_name(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn reads_base_paths() {
        assert_eq!(base_path("/load/").as_deref(), Ok("/load"));
        assert_eq!(base_path("/a/b-c").as_deref(), Ok("/a/b-c"));
        assert_eq!(base_path("/").as_deref(), Ok(""));
        for text in ["", "load", "/a//b", "/a b", "/../x", "/ä", "/a?b", "/{x}"] {
            assert!(base_path(text).is_err(), "{text}");
        }
    }
}
