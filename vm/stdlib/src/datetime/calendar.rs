//! The proleptic Gregorian calendar: plain numbers, no objects.

/// 31 December 9999, counted from 1 January of year 1, which is day 1.
pub const MAX_ORDINAL: i32 = 3_652_059;
pub const MIN_YEAR: i32 = 1;
pub const MAX_YEAR: i32 = 9999;
/// 1 January 1970.
pub const EPOCH_ORDINAL: i64 = 719_163;

const DAYS_BEFORE_MONTH: [i32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// A day, ordered as they come.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(C)]
pub struct Day {
    pub year: i32,
    pub month: i32,
    pub day: i32,
}

/// A time of day, ordered as they come.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
#[repr(C)]
pub struct Clock {
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    pub microsecond: i32,
}

impl Clock {
    /// The seconds since midnight.
    pub fn seconds(self) -> i32 {
        (self.hour * 60 + self.minute) * 60 + self.second
    }

    /// The time so many seconds after midnight (less than a day) and microseconds (less than a second).
    pub fn from_seconds(seconds: i32, microsecond: i32) -> Clock {
        Clock { hour: seconds / 3600, minute: seconds / 60 % 60, second: seconds % 60, microsecond }
    }
}

pub fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days a month (1 to 12) has.
pub fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days of the year before a month (1 to 12).
pub fn days_before_month(year: i32, month: i32) -> i32 {
    let days = DAYS_BEFORE_MONTH.get((month - 1).max(0) as usize).copied().unwrap_or(0);
    days + i32::from(month > 2 && is_leap(year))
}

/// The days before a year.
pub fn days_before_year(year: i32) -> i32 {
    let y = year - 1;
    y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400)
}

impl Day {
    pub fn ordinal(self) -> i32 {
        days_before_year(self.year) + days_before_month(self.year, self.month) + self.day
    }

    /// The day with this number, 1 or more.
    pub fn from_ordinal(ordinal: i32) -> Day {
        // Years of 365.2425 days: the guess is the year or one beside it.
        let mut year = (i64::from(ordinal) * 400 / 146_097) as i32 + 1;
        if days_before_year(year) >= ordinal {
            year -= 1;
        } else if days_before_year(year + 1) < ordinal {
            year += 1;
        }
        let in_year = ordinal - days_before_year(year);
        let mut month = ((in_year + 50) >> 5).clamp(1, 12);
        if days_before_month(year, month) >= in_year {
            month -= 1;
        }
        Day { year, month, day: in_year - days_before_month(year, month) }
    }

    /// Monday is 0.
    pub fn weekday(self) -> i32 {
        (self.ordinal() + 6).rem_euclid(7)
    }

    pub fn day_of_year(self) -> i32 {
        days_before_month(self.year, self.month) + self.day
    }

    /// Year, week and weekday (Monday is 1) of ISO 8601.
    pub fn iso(self) -> (i32, i32, i32) {
        let ordinal = self.ordinal();
        let mut year = self.year;
        let mut since = ordinal - week1_monday(year);
        if since < 0 {
            year -= 1;
            since = ordinal - week1_monday(year);
        } else if since >= 52 * 7 && ordinal >= week1_monday(year + 1) {
            year += 1;
            since = ordinal - week1_monday(year);
        }
        (year, since.div_euclid(7) + 1, since.rem_euclid(7) + 1)
    }
}

/// The day on which the first week of a year begins: that with its first Thursday.
fn week1_monday(year: i32) -> i32 {
    let first = days_before_year(year) + 1;
    let weekday = (first + 6).rem_euclid(7);
    let monday = first - weekday;
    if weekday > 3 { monday + 7 } else { monday }
}

/// What is wrong with a day by year, week and weekday.
#[derive(Debug, PartialEq, Eq)]
pub enum IsoError {
    Year,
    Week,
    Weekday,
}

/// The day of a week.
pub fn from_iso(year: i32, week: i32, weekday: i32) -> Result<Day, IsoError> {
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Err(IsoError::Year);
    }
    if !(1..=52).contains(&week) {
        // A year has 53 weeks if it begins on a Thursday, or on a Wednesday if it is a leap year.
        let first = (days_before_year(year) + 7).rem_euclid(7);
        if week != 53 || !(first == 3 || (first == 2 && is_leap(year))) {
            return Err(IsoError::Week);
        }
    }
    if !(1..=7).contains(&weekday) {
        return Err(IsoError::Weekday);
    }
    let ordinal = week1_monday(year) + (week - 1) * 7 + weekday - 1;
    if ordinal < 1 {
        // Only the first week of year 1 may reach back, and it does not: 1 January of year 1 is a Monday.
        return Err(IsoError::Year);
    }
    Ok(Day::from_ordinal(ordinal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_and_back() {
        let mut last = Day { year: 0, month: 12, day: 31 };
        for ordinal in 1..=MAX_ORDINAL {
            let day = Day::from_ordinal(ordinal);
            assert_eq!(day.ordinal(), ordinal);
            assert!(day > last && day.day <= days_in_month(day.year, day.month) && (1..=12).contains(&day.month));
            last = day;
        }
        assert_eq!(last, Day { year: 9999, month: 12, day: 31 });
        assert_eq!(Day::from_ordinal(MAX_ORDINAL + 1), Day { year: 10_000, month: 1, day: 1 });
    }

    #[test]
    fn weeks() {
        for ordinal in (1..=MAX_ORDINAL).step_by(5) {
            let day = Day::from_ordinal(ordinal);
            let (year, week, weekday) = day.iso();
            assert_eq!(weekday, day.weekday() + 1);
            if (MIN_YEAR..=MAX_YEAR).contains(&year) {
                assert_eq!(from_iso(year, week, weekday), Ok(day));
            }
        }
        assert_eq!(from_iso(2020, 53, 1), Ok(Day { year: 2020, month: 12, day: 28 }));
        assert_eq!(from_iso(2021, 53, 1), Err(IsoError::Week));
    }
}
