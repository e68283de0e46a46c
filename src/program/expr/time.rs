//! `now()`: the wall clock, in many forms.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::program::expr::evaluate::Missing;
use crate::program::expr::value::{SmallText, Value};

/// The time, as `now()` gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Now {
    pub(crate) form: TimeForm,
    /// How far from now, in microseconds; negative is before.
    pub(crate) shift_us: i64,
}

/// How a time is written; always in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeForm {
    /// RFC 3339 with milliseconds.
    Rfc3339,
    /// A format of strftime.
    Format(Box<str>),
    /// Seconds since 1970, a number.
    Unix,
    /// Milliseconds since 1970, a number.
    UnixMs,
}

impl Now {
    /// Whether this is a format of strftime that can be written.
    pub(crate) fn is_format(format: &str) -> bool {
        // One that holds nothing of the time is a slip; and writing is lenient
        // with what it does not know, this is not.
        format.contains('%')
            && jiff::fmt::strtime::format(format, jiff::Timestamp::UNIX_EPOCH).is_ok()
    }

    pub(crate) fn value(&self, unix_us: u64) -> Result<Value<'static>, Missing> {
        let shifted = i64::try_from(unix_us)
            .ok()
            .and_then(|unix_us| unix_us.checked_add(self.shift_us))
            .ok_or(Missing::NoValue)?;
        let format = match &self.form {
            TimeForm::Unix => return Ok(Value::Int(shifted.div_euclid(1_000_000))),
            TimeForm::UnixMs => return Ok(Value::Int(shifted.div_euclid(1_000))),
            TimeForm::Rfc3339 => None,
            TimeForm::Format(format) => Some(format),
        };
        let time = jiff::Timestamp::from_microsecond(shifted).map_err(|_| Missing::NoValue)?;
        let mut small = SmallText::EMPTY;
        let Some(format) = format else {
            write!(small, "{time:.3}").map_err(|_| Missing::NoValue)?;
            return Ok(Value::Small(small));
        };
        if write!(small, "{}", time.strftime(&**format)).is_ok() {
            return Ok(Value::Small(small));
        }
        let mut text = String::new();
        write!(text, "{}", time.strftime(&**format)).map_err(|_| Missing::NoValue)?;
        Ok(Value::Text(Cow::Owned(text)))
    }
}
