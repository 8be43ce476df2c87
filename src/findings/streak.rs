//! For how long a state has lasted, according to an HPA's earlier readings.

use jiff::{SignedDuration, Timestamp};

use super::past::{Origin, Past, Reading};
use super::subject::{Subject, is_fresh};
use super::unknown::Unknown;
use crate::hpa::Hpa;

/// Readings are not joined if the time between them exceeds this multiple of the usual (median)
/// time: a snapshot without the cluster is no evidence that nothing changed.
const GAP: i32 = 3;
/// Readings further apart than this are never joined.
const LONGEST_GAP: SignedDuration = SignedDuration::from_hours(2);

/// How a [`Streak`] begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// The state did not hold in the reading before.
    Change,
    /// The state before is unknown: there is no earlier reading, or the gap is too long.
    Unknown,
}

/// The consecutive readings, back from now, in which a state holds.
#[derive(Debug, Clone)]
pub(super) struct Streak<'a> {
    /// The earlier readings, newest first, without the present one.
    pub(super) readings: Vec<&'a Reading>,
    /// The time from the first reading until now.
    pub(super) length: Length,
    /// How the streak begins.
    pub(super) beginning: Beginning,
}

/// How long a state has lasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Length {
    time: SignedDuration,
    /// Whether the state may have lasted longer: there are no earlier readings, or rules do not use
    /// them.
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

/// The answer to "has it lasted for at least this long?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lasted {
    /// Yes, for this long already.
    Yes(Length),
    /// No, it began later.
    No,
    /// The readings do not reach back far enough.
    Unknown,
}

impl<'a> Streak<'a> {
    /// The consecutive readings for which `holds` is true; the present reading is assumed to be one
    /// of them. Readings for which `holds` returns `None` (undecided) are skipped.
    pub(super) fn of(
        past: &'a Past,
        now: Timestamp,
        holds: impl Fn(&Reading) -> Option<bool>,
    ) -> Self {
        let gaps = Gaps::of(past, now);
        let mut run = Self {
            readings: Vec::new(),
            length: SignedDuration::ZERO.into(),
            beginning: Beginning::Unknown,
        };
        // The last reading that was joined, of all and of each source.
        let (mut after, mut after_snapshot, mut after_observed) = (now, now, now);
        for reading in past.readings.iter().rev() {
            let (own, widest) = match reading.origin {
                Origin::Snapshot => (&mut after_snapshot, gaps.snapshots),
                Origin::Prometheus => (&mut after_observed, gaps.observed),
            };
            // What one source alone would join, another does not part.
            let is_joined = after.duration_since(reading.at) <= gaps.all
                || own.duration_since(reading.at) <= widest;
            if !is_joined && !gaps.is_mixed {
                break;
            }
            match holds(reading) {
                Some(true) if is_joined => {}
                Some(false) => {
                    if is_joined {
                        run.beginning = Beginning::Change;
                    }
                    break;
                }
                // Skipped like a missing reading. If too many are skipped, the next gap is too
                // wide.
                Some(true) | None => continue,
            }
            after = reading.at;
            *own = reading.at;
            run.readings.push(reading);
            run.length.time = now.duration_since(after).max(SignedDuration::ZERO);
        }
        run.length.or_more = run.beginning == Beginning::Unknown;
        run
    }

    /// The consecutive readings whose HPA has the state. Readings with a stale status are skipped.
    pub(super) fn of_hpa(past: &'a Past, now: Timestamp, is_so: impl Fn(&Hpa) -> bool) -> Self {
        Self::of(past, now, |reading| {
            let then = &reading.hpa();
            is_fresh(then).then(|| is_so(then))
        })
    }

    /// Whether the state has lasted for `length` and for this many readings, including the present
    /// one. It cannot have, if the HPA is younger than `length`.
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

/// The maximum times between two joined readings.
struct Gaps {
    all: SignedDuration,
    snapshots: SignedDuration,
    observed: SignedDuration,
    /// Whether there are readings of both sources.
    is_mixed: bool,
}

impl Gaps {
    fn of(past: &Past, now: Timestamp) -> Self {
        let of = |origin| {
            let own = past.readings.iter().rev().filter(move |it| it.origin == origin);
            widest_gap(own.map(|it| it.at), now)
        };
        let all = widest_gap(past.readings.iter().rev().map(|it| it.at), now);
        if past.has(Origin::Snapshot) && past.has(Origin::Prometheus) {
            let (snapshots, observed) = (of(Origin::Snapshot), of(Origin::Prometheus));
            Self { all, snapshots, observed, is_mixed: true }
        } else {
            Self { all, snapshots: all, observed: all, is_mixed: false }
        }
    }
}

/// The maximum time between two joined readings of these times, the newest first.
fn widest_gap(times: impl Iterator<Item = Timestamp>, now: Timestamp) -> SignedDuration {
    // Only recent readings determine the usual time.
    const LATE: usize = 32;
    let times: Vec<Timestamp> = std::iter::once(now).chain(times.take(LATE)).collect();
    let mut distances: Vec<SignedDuration> = times
        .windows(2)
        .filter_map(|pair| match pair {
            [two, one] => Some(two.duration_since(*one)),
            _ => None,
        })
        .collect();
    distances.sort_unstable();
    let median = distances.get(distances.len().saturating_sub(1) / 2).copied().unwrap_or_default();
    median.checked_mul(GAP).unwrap_or(LONGEST_GAP).min(LONGEST_GAP)
}

/// Formats a length of time for users: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`, `1 h or more`.
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

    /// Readings these many seconds ago, oldest first.
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
        // An undecided reading counts as missing.
        assert_eq!(run(&[90, 60, 30], |ago| (ago != 60).then_some(true)).0, 2);
        let silent = |ago| (!(60..=180).contains(&ago)).then_some(true);
        assert_eq!(run(&[240, 210, 180, 150, 120, 90, 60, 30], silent).0, 1, "for too long");
    }

    /// Prometheus' readings among those of snapshots.
    fn mixed(
        snapshots: &[i64],
        observed: &[i64],
        holds: impl Fn(i64) -> Option<bool>,
    ) -> (i64, Beginning) {
        let mut past = past(snapshots);
        let mut more = self::past(observed);
        for reading in &mut more.readings {
            *reading = reading.clone().observed();
        }
        past.merge(more);
        let run =
            Streak::of(&past, now(), |reading| holds(now().duration_since(reading.at).as_secs()));
        (run.length.as_secs(), run.beginning)
    }

    #[test]
    fn two_sources_join_what_each_joins_alone() {
        let always = |_| Some(true);
        let unknown = Beginning::Unknown;
        // Two late snapshots, and what Prometheus has before them.
        let dense: Vec<i64> = (1..=20).rev().map(|n| n * 30).collect();
        assert_eq!(mixed(&[40, 10], &dense, always), (600, unknown));
        assert_eq!(mixed(&[400, 360], &dense, always), (600, unknown));
        // Hourly snapshots reach back further than Prometheus.
        let hourly = [10_800, 7200, 3600];
        assert_eq!(mixed(&hourly, &dense, always), (10_800, unknown));
        assert_eq!(mixed(&hourly, &[], always), (10_800, unknown));
        // Before a gap that neither bears, Prometheus' readings do not count, but they may tell of a change.
        let late: Vec<i64> =
            dense.iter().map(|it| it + 4000).chain(dense.iter().copied()).collect();
        assert_eq!(mixed(&[40, 10], &late, always), (600, unknown));
        assert_eq!(mixed(&hourly, &late, |ago| Some(ago < 4500)), (3600, unknown));
        assert_eq!(mixed(&hourly, &dense, |ago| Some(ago < 300)), (270, Beginning::Change));
    }

    #[test]
    fn gaps_part_it() {
        let always = |_| Some(true);
        // Two readings are missing, then three.
        assert_eq!(run(&[240, 210, 180, 150, 60, 30], always).0, 6);
        assert_eq!(run(&[240, 210, 180, 60, 30], always), (2, 60, Beginning::Unknown));
        // There are no recent readings.
        assert_eq!(run(&[3090, 3060, 3030, 3000], always), (0, 0, Beginning::Unknown));
        // A reading a day is usual here, but no evidence about the time between.
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
