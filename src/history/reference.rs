//! References to snapshots on the command line.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;

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
    "expected a snapshot: a number, latest, latest~N, a time ago (-1h), an RFC 3339 time or a file"
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
        if let Ok(ago) = duration::parse(text.strip_prefix('-').unwrap_or(text)) {
            return Ok(Self::Ago(ago));
        }
        let time = text.parse().map_err(|_| ReferenceError)?;
        // Times are printed in whole seconds: a time without a fraction means any moment of that
        // second.
        Ok(if text.contains(['.', ',']) { Self::At(time) } else { Self::Second(time) })
    }
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
        for wrong in ["", "lates", "latest~", "latest~-1", "-", "-1x", "99999999999999999999"] {
            assert_eq!(wrong.parse::<Reference>(), Err(ReferenceError), "{wrong}");
        }
    }
}
