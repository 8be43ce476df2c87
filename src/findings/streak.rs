//! For how long something has been so, by an HPA's earlier readings.

use jiff::{SignedDuration, Timestamp};

use super::past::{Past, Reading};
use super::subject::{Subject, is_fresh};
use super::unknown::Unknown;
use crate::hpa::Hpa;

/// Readings further apart than this many times their usual distance (the median) are not joined:
/// a snapshot without the cluster is no evidence that nothing changed.
const GAP: i32 = 3;
/// Nor are readings further apart than this, whatever is usual.
const LONGEST_GAP: SignedDuration = SignedDuration::from_hours(2);

/// How a [`Streak`] begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// The reading before it is otherwise.
    Change,
    /// What was before is not known: there is no earlier reading, or too long a gap.
    Unknown,
}

/// The unbroken row of readings, back from now, for which something holds.
#[derive(Debug, Clone)]
pub(super) struct Streak<'a> {
    /// The earlier readings in it, newest first. The present one comes on top.
    pub(super) readings: Vec<&'a Reading>,
    /// The time from its first reading until now.
    pub(super) length: Length,
    /// What ends it.
    pub(super) beginning: Beginning,
}

/// How long something has been so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Length {
    time: SignedDuration,
    /// It may have been so before as well: nobody looked, or the findings do not look further back.
    or_more: bool,
}

impl Length {
    /// In seconds.
    pub(super) fn as_secs(self) -> i64 {
        self.time.as_secs()
    }
}

impl From<SignedDuration> for Length {
    fn from(time: SignedDuration) -> Self {
        Self { time, or_more: false }
    }
}

/// Why the answer is [`Lasted::Unknown`].
pub(super) const TOO_LITTLE: Unknown =
    Unknown::TooFewReadings("the history does not reach back far enough");

/// The answer to "for at least so long?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lasted {
    /// So long already.
    Yes(Length),
    /// It began later than that.
    No,
    /// The readings do not reach back that far.
    Unknown,
}

impl<'a> Streak<'a> {
    /// The run of readings in which `holds` is true; in the present one it is taken to be. `None`
    /// stands for a reading that does not tell, and counts for nothing.
    pub(super) fn of(
        past: &'a Past,
        now: Timestamp,
        holds: impl Fn(&Reading) -> Option<bool>,
    ) -> Self {
        let widest = widest_gap(past, now);
        let mut run = Self {
            readings: Vec::new(),
            length: SignedDuration::ZERO.into(),
            beginning: Beginning::Unknown,
        };
        let mut after = now;
        for reading in past.readings.iter().rev() {
            if after.duration_since(reading.at) > widest {
                break;
            }
            match holds(reading) {
                Some(true) => {}
                Some(false) => {
                    run.beginning = Beginning::Change;
                    break;
                }
                // As if nobody had looked; if that is so for too long, the next gap is too wide.
                None => continue,
            }
            after = reading.at;
            run.readings.push(reading);
            run.length.time = now.duration_since(after).max(SignedDuration::ZERO);
        }
        run.length.or_more = run.beginning == Beginning::Unknown;
        run
    }

    /// The run of readings whose HPA is so. One whose status is of before does not tell.
    pub(super) fn of_hpa(past: &'a Past, now: Timestamp, is_so: impl Fn(&Hpa) -> bool) -> Self {
        Self::of(past, now, |reading| {
            let then = &reading.hpa();
            is_fresh(then).then(|| is_so(then))
        })
    }

    /// Whether it has lasted for `length` and over that many readings, the present one included.
    /// An HPA younger than `length` has had no time for it.
    pub(super) fn lasted(
        &self,
        subject: &Subject<'_>,
        length: SignedDuration,
        readings: usize,
    ) -> Lasted {
        if self.length.time >= length && self.readings.len() + 1 >= readings {
            Lasted::Yes(self.length)
        } else if self.beginning == Beginning::Change || subject.is_younger(length) {
            Lasted::No
        } else {
            Lasted::Unknown
        }
    }
}

/// The distance up to which two readings are neighbours.
fn widest_gap(past: &Past, now: Timestamp) -> SignedDuration {
    // The usual distance of late counts, not that of a month ago.
    const LATE: usize = 32;
    let recent = past.readings.get(past.readings.len().saturating_sub(LATE)..).unwrap_or_default();
    let times: Vec<Timestamp> = recent.iter().map(|reading| reading.at).chain([now]).collect();
    let mut distances: Vec<SignedDuration> = times
        .windows(2)
        .filter_map(|pair| match pair {
            [one, two] => Some(two.duration_since(*one)),
            _ => None,
        })
        .collect();
    distances.sort_unstable();
    let median = distances.get(distances.len().saturating_sub(1) / 2).copied().unwrap_or_default();
    median.checked_mul(GAP).unwrap_or(LONGEST_GAP).min(LONGEST_GAP)
}

/// A length of time for people: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`, `1 h or more`.
pub(super) fn span(length: impl Into<Length>) -> String {
    let length = length.into();
    if length.or_more {
        return format!("{} or more", span(length.time));
    }
    let seconds = length.as_secs();
    let two = |large: i64, name: &str, small: i64, small_name: &str| match small {
        0 => format!("{large} {name}"),
        _ => format!("{large} {name} {small} {small_name}"),
    };
    match seconds {
        ..60 => format!("{} s", seconds.max(0)),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => two(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::now;
    use super::*;

    fn hpa() -> Hpa {
        let json =
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/hpas-shop.json"));
        let name = std::sync::Arc::from("prod");
        crate::hpa::parse_list(&name, &name, json.as_bytes()).unwrap().hpas.remove(0)
    }

    /// Readings so many seconds ago, oldest first.
    fn past(ago: &[i64]) -> Past {
        let hpa = hpa();
        let kept: std::sync::Arc<dyn super::super::past::Kept> = std::sync::Arc::new((hpa, None));
        let reading = |ago: &i64| {
            Reading::new(now() - SignedDuration::from_secs(*ago), std::sync::Arc::clone(&kept))
        };
        Past { readings: ago.iter().map(reading).collect(), ..Past::default() }
    }

    fn run(ago: &[i64], holds: impl Fn(i64) -> Option<bool>) -> (usize, i64, Beginning) {
        let past = past(ago);
        let run =
            Streak::of(&past, now(), |reading| holds(now().duration_since(reading.at).as_secs()));
        (run.readings.len(), run.length.as_secs(), run.beginning)
    }

    #[test]
    fn until_it_was_otherwise() {
        let always = |_| Some(true);
        assert_eq!(run(&[], always), (0, 0, Beginning::Unknown));
        assert_eq!(run(&[90, 60, 30], always), (3, 90, Beginning::Unknown));
        assert_eq!(run(&[90, 60, 30], |ago| Some(ago < 70)), (2, 60, Beginning::Change));
        assert_eq!(
            run(&[90, 60, 30], |ago| (ago < 70).then_some(true)),
            (2, 60, Beginning::Unknown)
        );
        assert_eq!(run(&[90, 60, 30], |_| Some(false)), (0, 0, Beginning::Change));
        // One that does not tell is as if it were missing.
        assert_eq!(run(&[90, 60, 30], |ago| (ago != 60).then_some(true)).0, 2);
        let silent = |ago| (!(60..=180).contains(&ago)).then_some(true);
        assert_eq!(run(&[240, 210, 180, 150, 120, 90, 60, 30], silent).0, 1, "for too long");
    }

    #[test]
    fn gaps_part_it() {
        let always = |_| Some(true);
        // Two readings are missing, then three.
        assert_eq!(run(&[240, 210, 180, 150, 60, 30], always).0, 6);
        assert_eq!(run(&[240, 210, 180, 60, 30], always), (2, 60, Beginning::Unknown));
        // Nothing was read of late.
        assert_eq!(run(&[3090, 3060, 3030, 3000], always), (0, 0, Beginning::Unknown));
        // Once a day is usual, and still no evidence of what lay between.
        let day = 86_400;
        assert_eq!(run(&[3 * day, 2 * day, day], always).0, 0);
        assert_eq!(run(&[10_800, 7200, 3600], always).0, 3);
    }

    #[test]
    fn spans() {
        let text = |seconds| span(SignedDuration::from_secs(seconds));
        for (seconds, expected) in [
            (-5, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3599, "59 min"),
            (3600, "1 h"),
            (12_000, "3 h 20 min"),
            (86_400, "1 d"),
            (187_200, "2 d 4 h"),
        ] {
            assert_eq!(text(seconds), expected);
        }
    }
}
