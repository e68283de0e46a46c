use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The service time of the lab, drawn uniformly between two bounds. Read from
/// `10ms` or `5ms..20ms`. The timer behind it has a resolution of 1 ms and
/// rounds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    min: Duration,
    max: Duration,
}

/// The longest service time.
const LONGEST: Duration = Duration::from_secs(600);

/// Why a text is no service time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LatencyError {
    /// No number where one belongs.
    #[error("{0:?} is not a service time; use 10ms or 5ms..20ms")]
    Number(String),
    /// No unit, or none that is known.
    #[error("{0:?} has no valid unit; use us, ms or s, as in 10ms")]
    Unit(String),
    /// The range runs backwards.
    #[error("{0:?}: put the shorter time first")]
    Backwards(String),
    /// Longer than the lab waits.
    #[error("{0:?} is too long: the lab takes at most 600s to answer")]
    TooLong(String),
}

impl Latency {
    /// Answer at once.
    pub const NONE: Self = Self {
        min: Duration::ZERO,
        max: Duration::ZERO,
    };

    /// One draw; `None` means at once.
    pub(crate) fn draw(self) -> Option<Duration> {
        if self.max.is_zero() {
            return None;
        }
        let spread = u64::try_from((self.max - self.min).as_micros()).unwrap_or(u64::MAX);
        Some(self.min + Duration::from_micros(fastrand::u64(0..=spread)))
    }
}

impl Default for Latency {
    fn default() -> Self {
        Self::NONE
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.min == self.max {
            write!(f, "{:?}", self.min)
        } else {
            write!(f, "{:?}..{:?}", self.min, self.max)
        }
    }
}

impl FromStr for Latency {
    type Err = LatencyError;

    fn from_str(text: &str) -> Result<Self, LatencyError> {
        let (min, max) = match text.split_once("..") {
            Some((min, max)) => (duration(min)?, duration(max)?),
            None => (duration(text)?, duration(text)?),
        };
        if min > max {
            return Err(LatencyError::Backwards(text.trim().to_owned()));
        }
        Ok(Self { min, max })
    }
}

/// `20ms`, `1.5s`, `2m`: at most [`LONGEST`].
pub(crate) fn duration(text: &str) -> Result<Duration, LatencyError> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: f64 = number
        .parse()
        .map_err(|_| LatencyError::Number(text.to_owned()))?;
    let seconds = match unit.trim() {
        "us" | "\u{b5}s" => number / 1e6,
        "ms" => number / 1e3,
        "s" => number,
        "m" => number * 60.0,
        _ => return Err(LatencyError::Unit(text.to_owned())),
    };
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if duration <= LONGEST => Ok(duration),
        _ => Err(LatencyError::TooLong(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_stay_between_the_bounds() {
        let latency: Latency = "5ms..20ms".parse().unwrap();
        for _ in 0..1000 {
            let drawn = latency.draw().unwrap();
            assert!(drawn >= latency.min && drawn <= latency.max, "{drawn:?}");
        }
        assert_eq!(Latency::NONE.draw(), None);
    }

    #[test]
    fn reads_back_what_it_prints() {
        for text in ["10ms", "5ms..20ms", "1.5s", "250\u{b5}s..1ms"] {
            let latency: Latency = text.parse().unwrap();
            assert_eq!(latency.to_string(), text);
            assert_eq!(latency.to_string().parse(), Ok(latency));
        }
    }
}
