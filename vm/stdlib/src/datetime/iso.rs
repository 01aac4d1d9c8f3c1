//! Texts in the formats of ISO 8601, as `fromisoformat` reads them: plain bytes, no objects.

use super::calendar::{Clock, Day, IsoError, from_iso};

/// The text is in none of the formats.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed;

type Parsed<T> = Result<T, Malformed>;

/// A time of day and, if there is one, the offset from UTC: seconds and microseconds.
#[derive(Debug, PartialEq, Eq)]
pub struct ParsedTime {
    pub clock: Clock,
    pub offset: Option<(i32, i32)>,
}

/// `count` digits from `at` on.
fn digits(text: &[u8], at: usize, count: usize) -> Parsed<i32> {
    let digits = text.get(at..at + count).ok_or(Malformed)?;
    let mut number = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return Err(Malformed);
        }
        number = number * 10 + i32::from(digit - b'0');
    }
    Ok(number)
}

/// The date that a text begins with, which has `len` bytes. Only the form is checked, not whether there is such a day;
/// of a week, there is.
pub fn date(text: &[u8], len: usize) -> Parsed<Day> {
    let text = text.get(..len).ok_or(Malformed)?;
    let year = digits(text, 0, 4)?;
    let separated = text.get(4) == Some(&b'-');
    let mut at = 4 + usize::from(separated);
    // A separator stands everywhere or nowhere.
    let separator = |at: usize| separated == (text.get(at) == Some(&b'-'));
    if text.get(at) == Some(&b'W') {
        let week = digits(text, at + 1, 2)?;
        at += 3;
        let mut weekday = 1;
        if at < len {
            if !separator(at) {
                return Err(Malformed);
            }
            at += usize::from(separated);
            weekday = digits(text, at, 1)?;
            at += 1;
        }
        if at != len {
            return Err(Malformed);
        }
        return match from_iso(year, week, weekday) {
            Ok(day) => Ok(day),
            Err(IsoError::Year | IsoError::Week | IsoError::Weekday) => Err(Malformed),
        };
    }
    let month = digits(text, at, 2)?;
    at += 2;
    if !separator(at) {
        return Err(Malformed);
    }
    at += usize::from(separated);
    let day = digits(text, at, 2)?;
    if at + 2 != len {
        return Err(Malformed);
    }
    Ok(Day { year, month, day })
}

/// Where in a date with a time the date ends.
pub fn date_end(text: &[u8]) -> Parsed<usize> {
    let at = |i: usize| text.get(i).copied().unwrap_or(0);
    let len = text.len();
    if len == 7 {
        return Ok(7);
    }
    if at(4) == b'-' {
        if at(5) != b'W' {
            return Ok(10);
        }
        if len < 8 {
            return Err(Malformed);
        }
        if at(8) != b'-' {
            return Ok(8);
        }
        if len == 9 {
            return Err(Malformed);
        }
        // A hyphen between the date and two digits of an hour is likelier than a digit between them.
        return Ok(if at(10).is_ascii_digit() { 8 } else { 10 });
    }
    if at(4) != b'W' {
        return Ok(8);
    }
    // YYYYWww or YYYYWwwd: hours and minutes come in pairs of digits.
    let mut i = 7;
    while at(i).is_ascii_digit() {
        i += 1;
    }
    Ok(match i {
        0..9 => i,
        _ if i % 2 == 0 => 7,
        _ => 8,
    })
}

/// `HH[:MM[:SS[.ffffff]]]`, or without colons.
fn clock(text: &[u8]) -> Parsed<Clock> {
    let mut parts = [0; 3];
    let (mut at, mut separated) = (0, false);
    for (i, part) in parts.iter_mut().enumerate() {
        *part = digits(text, at, 2)?;
        at += 2;
        let Some(next) = text.get(at) else { break };
        if i == 0 {
            separated = *next == b':';
        }
        // Only seconds have a fraction.
        if i == 2 {
            break;
        }
        if separated {
            if *next != b':' {
                return Err(Malformed);
            }
            at += 1;
        }
    }
    let [hour, minute, second] = parts;
    let mut microsecond = 0;
    if let Some(mark) = text.get(at) {
        let fraction = text.get(at + 1..).unwrap_or(&[]);
        if !matches!(mark, b'.' | b',') || fraction.is_empty() || !fraction.iter().all(u8::is_ascii_digit) {
            return Err(Malformed);
        }
        // Digits beyond the sixth are cut off.
        for i in 0..6 {
            microsecond = microsecond * 10 + fraction.get(i).map_or(0, |d| i32::from(d - b'0'));
        }
    }
    Ok(Clock { hour, minute, second, microsecond })
}

/// A time, with an offset from UTC or without.
pub fn time(text: &[u8]) -> Parsed<ParsedTime> {
    let Some(at) = text.iter().position(|b| matches!(b, b'Z' | b'+' | b'-')) else {
        return Ok(ParsedTime { clock: clock(text)?, offset: None });
    };
    let (front, back) = text.split_at(at);
    let clock_part = clock(front)?;
    if back == b"Z" {
        return Ok(ParsedTime { clock: clock_part, offset: Some((0, 0)) });
    }
    let sign = match back.first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Err(Malformed),
    };
    let offset = clock(back.get(1..).unwrap_or(&[]))?;
    Ok(ParsedTime { clock: clock_part, offset: Some((sign * offset.seconds(), sign * offset.microsecond)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let day = Day { year: 2020, month: 12, day: 31 };
        assert_eq!(date(b"2020-12-31", 10), Ok(day));
        assert_eq!(date(b"20201231", 8), Ok(day));
        assert_eq!(date(b"2020-W53-4", 10), Ok(day));
        assert_eq!(date(b"2020W534", 8), Ok(day));
        for wrong in ["2020-1231", "202012-31", "2020-W534", "2020W53-4", "2020-W54", "2020-12-3", "2020-12-031"] {
            assert_eq!(date(wrong.as_bytes(), wrong.len()), Err(Malformed), "{wrong}");
        }
    }

    #[test]
    fn times() {
        let read = |s: &str| time(s.as_bytes());
        let clock = Clock { hour: 12, minute: 30, second: 15, microsecond: 120_000 };
        assert_eq!(read("12:30:15.12"), Ok(ParsedTime { clock, offset: None }));
        assert_eq!(read("123015,12Z"), Ok(ParsedTime { clock, offset: Some((0, 0)) }));
        assert_eq!(read("123015,12-01:00:00.5"), Ok(ParsedTime { clock, offset: Some((-3600, -500_000)) }));
        for wrong in [
            "",
            "1",
            "12:",
            "12:3",
            "12:3015",
            "1230:15",
            "12:30:15.",
            "12:30:15.1x",
            "12Z1",
            "12+",
            "12:30,5",
            "1230.5",
            "12:30:15:1",
        ] {
            assert_eq!(read(wrong), Err(Malformed), "{wrong}");
        }
    }
}
