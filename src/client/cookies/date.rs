//! The dates of cookies (RFC 6265, section 5.1.1).

use jiff::civil::DateTime;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
const MONTHS: [&[u8; 3]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];

/// Reads a date in any of the forms that the RFC's algorithm understands, in
/// Unix seconds. Time zones are ignored: every date is one of UTC.
pub(super) fn parse(text: &[u8]) -> Option<i64> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    let tokens = text.split(|&byte| is_delimiter(byte));
    for token in tokens.filter(|token| !token.is_empty()) {
        if time.is_none()
            && let Some(found) = time_of(token)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some(found) = number(token, 1, 2)
        {
            day = Some(found);
        } else if month.is_none()
            && let Some(found) = month_of(token)
        {
            month = Some(found);
        } else if year.is_none()
            && let Some(found) = number(token, 2, 4)
        {
            year = Some(found);
        }
    }
    let year = match year? {
        short @ 70..=99 => short + 1900,
        short @ 0..=69 => short + 2000,
        long => long,
    };
    let (day, month, [hour, minute, second]) = (day?, month?, time?);
    let at = DateTime::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        0,
    );
    let at = at.ok().filter(|_| year >= 1601)?;
    Some(at.duration_since(EPOCH).as_secs())
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, 0x09 | 0x20..=0x2f | 0x3b..=0x40 | 0x5b..=0x60 | 0x7b..=0x7e)
}

/// Splits digits off the start, `least` to `most` of them. `None` if there are
/// fewer or more.
fn digits(text: &[u8], least: usize, most: usize) -> Option<(i64, &[u8])> {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(count)?;
    let is_fit = (least..=most).contains(&count);
    let value = |all: &[u8]| {
        all.iter()
            .fold(0, |sum, &digit| sum * 10 + i64::from(digit - b'0'))
    };
    is_fit.then(|| (value(digits), rest))
}

/// What may follow the digits does not count.
fn number(token: &[u8], least: usize, most: usize) -> Option<i64> {
    digits(token, least, most).map(|(value, _)| value)
}

/// Hour, minute and second.
fn time_of(token: &[u8]) -> Option<[i64; 3]> {
    let (hour, rest) = digits(token, 1, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(b":")?, 1, 2)?;
    let (second, _) = digits(rest.strip_prefix(b":")?, 1, 2)?;
    Some([hour, minute, second])
}

/// From 1. Only the first three letters count.
fn month_of(token: &[u8]) -> Option<i64> {
    let start = token.get(..3)?;
    let at = MONTHS
        .iter()
        .position(|month| start.eq_ignore_ascii_case(*month))?;
    i64::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    /// 1994-11-06 08:49:37.
    const WRITTEN: i64 = 784_111_777;

    #[test]
    fn forms_of_dates_that_servers_send() {
        // The same moment, as servers of many years write it.
        let same = [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06-Nov-1994 08:49:37 GMT",
            "Sun, 06-Nov-94 08:49:37 GMT",
            "Sun, 6 Nov 1994 8:49:37 GMT",
            "Sun, 06 Nov 94 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37 +0000",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun,06 Nov 1994 08:49:37 GMT",
            "06 Nov 1994 08:49:37",
            "06-nov-1994 08:49:37 gmt",
            "Nov 6 1994 08:49:37",
            "November 6, 1994 08:49:37",
            "1994 Nov 6 08:49:37",
            "08:49:37 6 Nov 1994",
            "08:49:37 1994 Nov 6th",
            "6 NOVember 1994 08:49:37.123",
            "Sun; 06/Nov/1994; 08:49:37",
            "\tSun   06 _ Nov ~ 1994 @ 08:49:37  ",
            "Sun, 06 Nov 1994 08:49:37 PST",
            "Wed, 06 Nov 1994 08:49:37 GMT",
            "6th of Nov 1994 08:49:37",
            "06 Nov 1994 08:49:37 and 07 Dec 1995 09:50:38",
            "06 Nov 1994AD 08:49:37Z",
            "Thu, 06-Nov-1994 8:49:37",
        ];
        for form in same {
            assert_eq!(parse(form.as_bytes()), Some(WRITTEN), "{form}");
        }
        let other = [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Thu, 01-Jan-70 00:00:01 GMT", Some(1)),
            ("Fri, 31-Dec-69 23:59:59 GMT", Some(3_155_759_999)),
            ("Wed, 31 Dec 1969 23:59:59 GMT", Some(-1)),
            ("29 Feb 2024 12:00:00", Some(1_709_208_000)),
            ("29 Feb 2000 00:00:00", Some(951_782_400)),
            ("1 Jan 1601 00:00:00", Some(-11_644_473_600)),
            ("31 Dec 9999 23:59:59", Some(253_402_300_799)),
            ("29 Feb 2023 12:00:00", None),
            ("31 Apr 2024 12:00:00", None),
            ("0 Apr 2024 12:00:00", None),
            ("32 Apr 2024 12:00:00", None),
            ("31 Dec 1600 23:59:59", None),
            ("6 Nov 1994 24:00:00", None),
            ("6 Nov 1994 08:60:00", None),
            ("6 Nov 1994 08:49:60", None),
            ("6 Nov 1994 08:49", None),
            ("6 Nov 1994", None),
            ("6 Nov 08:49:37", None),
            ("6 1994 08:49:37", None),
            ("Nov 1994 08:49:37", None),
            ("1994-11-06T08:49:37Z", None),
            ("6 Nov 01994 08:49:37", None),
            ("006 Nov 1994 08:49:37", None),
            ("6 Nov 1994 08:49:377", None),
            ("784111777", None),
            ("0", None),
            ("", None),
        ];
        for (form, expected) in other {
            assert_eq!(parse(form.as_bytes()), expected, "{form}");
        }
    }

    proptest! {
        #[test]
        fn every_day_is_found_as_a_calendar_has_it(
            // The library's last moment with a time zone.
            seconds in -11_644_473_600_i64..=253_402_207_200,
            form in 0..4_usize,
        ) {
            let at = jiff::Timestamp::from_second(seconds).expect("in range");
            let at = TimeZone::UTC.to_datetime(at);
            let form = [
                "%a, %d %b %Y %H:%M:%S GMT",
                "%A, %d-%b-%Y %H:%M:%S",
                "%a %b %e %H:%M:%S %Y",
                "%Y %B %d %T",
            ][form];
            let text = at.strftime(form).to_string();
            prop_assert_eq!(parse(text.as_bytes()), Some(seconds), "{}", text);
        }

        #[test]
        fn a_day_is_a_date_if_a_calendar_has_it(
            year in 1601..=9999_i16, month in 1..=12_i8, day in 0..=40_i8,
        ) {
            let name = MONTHS[usize::try_from(month - 1).expect("a month")];
            let name = str::from_utf8(name).expect("text");
            let text = format!("{day} {name} {year} 0:0:0");
            let exists = civil::Date::new(year, month, day).is_ok();
            prop_assert_eq!(parse(text.as_bytes()).is_some(), exists, "{}", text);
        }

        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn nothing_near_a_date_panics(text in "[0-9:A-Za-z ,;-]{0,40}") {
            let _ = parse(text.as_bytes());
        }
    }
}
