//! Ages as kubectl prints them.

use std::time::Duration;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// An age as kubectl writes it, by the rules of `HumanDuration` in Kubernetes'
/// `k8s.io/apimachinery/pkg/util/duration`: two units while the first is small, otherwise one.
pub fn age(age: Duration) -> String {
    let seconds = age.as_secs();
    let minutes = seconds / MINUTE;
    let hours = seconds / HOUR;
    let days = hours / 24;
    let years = days / 365;
    if seconds < 2 * MINUTE {
        format!("{seconds}s")
    } else if minutes < 10 {
        two(minutes, 'm', seconds % MINUTE, 's')
    } else if minutes < 3 * 60 {
        format!("{minutes}m")
    } else if hours < 8 {
        two(hours, 'h', minutes % 60, 'm')
    } else if hours < 48 {
        format!("{hours}h")
    } else if hours < 8 * 24 {
        two(days, 'd', hours % 24, 'h')
    } else if hours < 2 * 365 * 24 {
        format!("{days}d")
    } else if hours < 8 * 365 * 24 {
        two(years, 'y', days % 365, 'd')
    } else {
        format!("{years}y")
    }
}

/// The time that long before `now`.
pub fn ago(now: Timestamp, duration: Duration) -> Timestamp {
    now.checked_sub(duration).unwrap_or(Timestamp::MIN)
}

fn two(large: u64, large_unit: char, small: u64, small_unit: char) -> String {
    if small == 0 {
        format!("{large}{large_unit}")
    } else {
        format!("{large}{large_unit}{small}{small_unit}")
    }
}

/// The time rounded down to whole seconds. Not to the nearest one: a printed time that is later
/// used as a reference to a snapshot must not be after the snapshot.
pub fn whole_seconds(time: Timestamp) -> Timestamp {
    let second = TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Floor);
    time.round(second).unwrap_or(time)
}

/// The age at `now` of an object created at `created`. A time in the future, by a clock that is
/// ahead, is now: kubectl's `<invalid>` helps nobody.
pub fn age_at(created: Timestamp, now: Timestamp) -> String {
    age(Duration::try_from(now.duration_since(created)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_formatted_as_by_kubectl() {
        const DAY: u64 = 24 * HOUR;
        const YEAR: u64 = 365 * DAY;
        let cases = [
            (0, "0s"),
            (1, "1s"),
            (119, "119s"),
            (120, "2m"),
            (5 * MINUTE + 48, "5m48s"),
            (10 * MINUTE - 1, "9m59s"),
            (10 * MINUTE, "10m"),
            (3 * HOUR - 1, "179m"),
            (3 * HOUR, "3h"),
            (8 * HOUR - 1, "7h59m"),
            (8 * HOUR, "8h"),
            (2 * DAY - 1, "47h"),
            (2 * DAY, "2d"),
            (8 * DAY - 1, "7d23h"),
            (8 * DAY, "8d"),
            (2 * YEAR - 1, "729d"),
            (2 * YEAR, "2y"),
            (2 * YEAR + DAY, "2y1d"),
            (8 * YEAR - 1, "7y364d"),
            (8 * YEAR, "8y"),
            (8 * YEAR + 300 * DAY, "8y"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(age(Duration::from_secs(seconds)), expected, "{seconds} s");
        }
        assert_eq!(age(Duration::from_millis(1999)), "1s");
    }

    #[test]
    fn times_are_rounded_down_to_seconds() {
        let cut = |text: &str| whole_seconds(text.parse().unwrap()).to_string();
        assert_eq!(cut("2026-11-23T15:28:18.999Z"), "2026-11-23T15:28:18Z");
        assert_eq!(cut("2026-11-23T15:28:18Z"), "2026-11-23T15:28:18Z");
        assert_eq!(cut("1969-12-31T23:59:58.5Z"), "1969-12-31T23:59:58Z");
    }

    #[test]
    fn clocks_may_differ_by_a_second() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(age_at(at(1000), at(1050)), "50s");
        assert_eq!(age_at(at(1001), at(1000)), "0s");
        assert_eq!(age_at(at(1002), at(1000)), "0s");
        assert!(age_at(Timestamp::MIN, Timestamp::MAX).ends_with('y'));
        assert_eq!(age_at(Timestamp::MAX, Timestamp::MIN), "0s");
    }
}
