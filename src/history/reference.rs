//! References to snapshots on the command line.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, Zoned};

use crate::config::duration;

/// A snapshot of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// By its number.
    Id(i64),
    /// This many snapshots before the last stored one.
    Latest(u32),
    /// The last snapshot taken this long ago or earlier.
    Ago(Duration),
    /// The last snapshot taken at this time or earlier.
    At(Timestamp),
    /// The last snapshot taken within this second or earlier.
    Second(Timestamp),
}

/// A snapshot of the database or in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// In the database.
    Stored(Moment),
    /// In a file that `snapshot take` or `snapshot show` wrote as JSON.
    File(PathBuf),
}

/// The text is not a reference to a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a snapshot: a number, latest, latest~N, a time ago (-1h), a date or time (2026-11-23, 15:00, yesterday) or a file"
)]
pub struct ReferenceError;

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "number {id}"),
            Self::Latest(0) => f.write_str("the latest"),
            Self::Latest(back) => write!(f, "latest~{back}"),
            Self::Ago(ago) => write!(f, "{} ago or earlier", duration::format(*ago)),
            Self::At(time) | Self::Second(time) => write!(f, "{time} or earlier"),
        }
    }
}

impl FromStr for Moment {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        if let Some(rest) = text.strip_prefix("latest") {
            let back = rest.strip_prefix('~').map(str::parse);
            return match (rest, back) {
                ("", _) => Ok(Self::Latest(0)),
                (_, Some(Ok(back))) => Ok(Self::Latest(back)),
                _ => Err(ReferenceError),
            };
        }
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().map(Self::Id).map_err(|_| ReferenceError);
        }
        // With and without a minus.
        let ago = text.strip_prefix('-').unwrap_or(text);
        if let Some(ago) = duration::parse(ago).ok().or_else(|| weeks(ago)) {
            return Ok(Self::Ago(ago));
        }
        if let Some(moment) = calendar(text, &Zoned::now()) {
            return Ok(moment);
        }
        let time = text.parse().map_err(|_| ReferenceError)?;
        // Times are printed in whole seconds: a time without a fraction means any moment of that
        // second.
        Ok(if text.contains(['.', ',']) { Self::At(time) } else { Self::Second(time) })
    }
}

/// `2w`.
fn weeks(text: &str) -> Option<Duration> {
    let weeks: u64 = text.strip_suffix('w')?.parse().ok()?;
    weeks.checked_mul(7 * 24 * 3600).map(Duration::from_secs)
}

/// `now`, days, and times without a zone, which are of the local one: a day means its last snapshot, a time of day the
/// last time that it was.
fn calendar(text: &str, now: &Zoned) -> Option<Moment> {
    let last_of = |day: Date| {
        let next = day.tomorrow().ok()?.to_zoned(now.time_zone().clone()).ok()?;
        let last = next.timestamp().checked_sub(jiff::SignedDuration::from_nanos(1)).ok()?;
        Some(Moment::At(last))
    };
    let at = |time: DateTime| {
        Some(Moment::Second(time.to_zoned(now.time_zone().clone()).ok()?.timestamp()))
    };
    match text {
        "now" => return Some(Moment::Latest(0)),
        "today" => return last_of(now.date()),
        "yesterday" => return last_of(now.date().yesterday().ok()?),
        _ => {}
    }
    let has_zone = text.contains(['Z', 'z', '+', '[']);
    if has_zone || !text.contains([':', '-']) {
        return None;
    }
    if text.contains(':') && !text.contains('-') {
        let time: Time = text.parse().ok()?;
        let today = now.date().to_datetime(time);
        let day = if today > now.datetime() { now.date().yesterday().ok()? } else { now.date() };
        return at(day.to_datetime(time));
    }
    if text.contains(':') {
        // With an offset, as in `2026-11-23T08:00:00-05:00`, it is a time as RFC 3339 has it.
        let (_, time) = text.split_once(['T', 't', ' '])?;
        return if time.contains('-') { None } else { at(text.parse().ok()?) };
    }
    last_of(text.parse().ok()?)
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        match text.parse() {
            Ok(moment) => Ok(Self::Stored(moment)),
            // A text that looks like a path is a file; anything else is a typo that must be
            // reported.
            Err(_) if text.contains(['/', '.']) && !text.starts_with('-') => {
                Ok(Self::File(text.into()))
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let stored = |text: &str| match text.parse() {
            Ok(Reference::Stored(moment)) => moment,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(stored("17"), Moment::Id(17));
        assert_eq!(stored("latest"), Moment::Latest(0));
        assert_eq!(stored("latest~3"), Moment::Latest(3));
        assert_eq!(stored("-1h30m"), Moment::Ago(Duration::from_mins(90)));
        assert_eq!(stored("1h30m"), Moment::Ago(Duration::from_mins(90)));
        let time = "2026-11-23T08:00:00Z";
        assert_eq!(stored(time), Moment::Second(time.parse().unwrap()));
        for exact in ["2026-11-23T08:00:00.000Z", "2026-11-23T08:00:00.25Z"] {
            assert_eq!(stored(exact), Moment::At(exact.parse().unwrap()));
        }
        assert_eq!("a.json".parse(), Ok(Reference::File("a.json".into())));
        assert_eq!("./17".parse(), Ok(Reference::File("./17".into())));
        assert_eq!(stored("-2w"), Moment::Ago(Duration::from_hours(14 * 24)));
        let offset = "2026-11-23T08:00:00-05:00";
        assert_eq!(stored(offset), Moment::Second(offset.parse().unwrap()));
        for wrong in ["", "lates", "latest~", "latest~-1", "-", "-1x", "99999999999999999999"] {
            assert_eq!(wrong.parse::<Reference>(), Err(ReferenceError), "{wrong}");
        }
    }

    #[test]
    fn days_and_times_are_local() {
        let now: Zoned = "2026-11-23T12:00:00+01:00[+01:00]".parse().unwrap();
        let second = |time: &str| Some(Moment::Second(time.parse().unwrap()));
        let at = |time: &str| Some(Moment::At(time.parse().unwrap()));
        let end = "2026-11-22T22:59:59.999999999Z";
        for (text, moment) in [
            ("now", Some(Moment::Latest(0))),
            ("yesterday", at(end)),
            ("2026-11-22", at(end)),
            ("today", at("2026-11-23T22:59:59.999999999Z")),
            ("2026-11-22T15:00", second("2026-11-22T14:00:00Z")),
            ("2026-11-22 15:00:30", second("2026-11-22T14:00:30Z")),
            ("11:30", second("2026-11-23T10:30:00Z")),
            ("15:00", second("2026-11-22T14:00:00Z")),
            ("2026-11-22T15:00:00Z", None),
            ("2026-11-22T15:00:00-05:00", None),
            ("2026-13-22", None),
            ("25:00", None),
            ("17", None),
        ] {
            assert_eq!(calendar(text, &now), moment, "{text}");
        }
    }
}
