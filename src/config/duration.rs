//! Durations as users write them: `30s`, `5m`, `1h30m`, `500ms`, `2d`, `0`.

use std::time::Duration;

/// Units from the largest down, each in milliseconds.
const UNITS: &[(&str, u64)] =
    &[("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// The text is empty.
    #[error("expected a duration such as 30s, 5m or 1h30m")]
    Empty,
    /// The duration is negative.
    #[error("{0:?} is negative; a duration is 0 or more")]
    Negative(String),
    /// A number without a unit.
    #[error("{text:?} has no unit; write {number}s, {number}m or {number}h")]
    NoUnit {
        /// The text as given.
        text: String,
        /// The number without a unit.
        number: String,
    },
    /// A number with a fraction.
    #[error("{0:?} has a fraction; write whole numbers, such as 1h30m or 1500ms")]
    Fraction(String),
    /// An unknown unit.
    #[error("{text:?}: unknown unit {unit:?}; the units are d, h, m, s and ms")]
    UnknownUnit {
        /// The text as given.
        text: String,
        /// The unknown unit.
        unit: String,
    },
    /// A unit occurs twice, or after a smaller one.
    #[error("{0:?}: each unit once, from the largest to the smallest, such as 1h30m")]
    Order(String),
    /// The text has another form.
    #[error("{0:?} is not a duration; write one such as 30s, 5m or 1h30m")]
    Malformed(String),
    /// The duration exceeds the maximum.
    #[error("{0:?} is too long")]
    TooLong(String),
}

/// Reads a duration: whole numbers with the units `d`, `h`, `m`, `s`, `ms`, from the largest to the
/// smallest, each at most once; or a plain `0`.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let trimmed = text.trim();
    let owned = || text.to_owned();
    if trimmed.is_empty() {
        return Err(DurationError::Empty);
    }
    if trimmed.starts_with('-') {
        return Err(DurationError::Negative(owned()));
    }
    if trimmed.bytes().all(|byte| byte == b'0') {
        return Ok(Duration::ZERO);
    }
    let mut total: u64 = 0;
    let mut rest = trimmed;
    let mut next_unit = 0;
    while !rest.is_empty() {
        let (number, after) = split_while(rest, |c| c.is_ascii_digit());
        if after.starts_with(['.', ',']) && !number.is_empty() {
            return Err(DurationError::Fraction(owned()));
        }
        if number.is_empty() {
            return Err(DurationError::Malformed(owned()));
        }
        let (unit, after) = split_while(after, char::is_alphabetic);
        if unit.is_empty() {
            if after.is_empty() {
                return Err(DurationError::NoUnit { text: owned(), number: number.to_owned() });
            }
            return Err(DurationError::Malformed(owned()));
        }
        let Some(index) = UNITS.iter().position(|(name, _)| *name == unit) else {
            return Err(DurationError::UnknownUnit { text: owned(), unit: unit.to_owned() });
        };
        if index < next_unit {
            return Err(DurationError::Order(owned()));
        }
        next_unit = index + 1;
        let factor = UNITS.get(index).map_or(0, |(_, factor)| *factor);
        total = number
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(factor))
            .and_then(|millis| total.checked_add(millis))
            .ok_or_else(|| DurationError::TooLong(owned()))?;
        rest = after;
    }
    Ok(Duration::from_millis(total))
}

fn split_while(text: &str, keep: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c: char| !keep(c)).unwrap_or(text.len());
    text.split_at(end)
}

/// Writes a duration as [`parse`] reads it, in whole milliseconds (rounded down):
/// `1h30m`, `500ms`, `2d`, `0s`.
pub fn format(duration: Duration) -> String {
    let mut millis = duration.as_millis();
    if millis == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (unit, factor) in UNITS {
        let count = millis / u128::from(*factor);
        if count > 0 {
            text.push_str(&count.to_string());
            text.push_str(unit);
        }
        millis %= u128::from(*factor);
    }
    text
}

/// Serializes a duration as text.
pub(super) mod text {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(in super::super) fn serialize<S: Serializer>(
        duration: &Duration,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::format(*duration))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Duration, D::Error> {
        super::parse(&String::deserialize(from)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_usual_forms_are_read() {
        let seconds = |text| parse(text).unwrap().as_secs();
        assert_eq!(seconds("30s"), 30);
        assert_eq!(seconds("5m"), 300);
        assert_eq!(seconds("1h30m"), 5400);
        assert_eq!(seconds("2d"), 172_800);
        assert_eq!(seconds(" 10s "), 10);
        assert_eq!(parse("500ms").unwrap(), Duration::from_millis(500));
        assert_eq!(parse("1s500ms").unwrap(), Duration::from_millis(1500));
        for zero in ["0", "0s", "0ms", "000"] {
            assert_eq!(parse(zero).unwrap(), Duration::ZERO, "{zero}");
        }
    }

    #[test]
    fn errors_contain_a_valid_form() {
        let message = |text: &str| parse(text).unwrap_err().to_string();
        assert_eq!(message(""), "expected a duration such as 30s, 5m or 1h30m");
        assert_eq!(message("30"), "\"30\" has no unit; write 30s, 30m or 30h");
        assert_eq!(message("1h30"), "\"1h30\" has no unit; write 30s, 30m or 30h");
        assert_eq!(message("-5s"), "\"-5s\" is negative; a duration is 0 or more");
        assert_eq!(
            message("1.5h"),
            "\"1.5h\" has a fraction; write whole numbers, such as 1h30m or 1500ms"
        );
        assert_eq!(message("3w"), "\"3w\": unknown unit \"w\"; the units are d, h, m, s and ms");
        assert!(matches!(parse("30S"), Err(DurationError::UnknownUnit { .. })));
        assert!(matches!(parse("1m1h"), Err(DurationError::Order(_))));
        assert!(matches!(parse("1s1s"), Err(DurationError::Order(_))));
        assert!(matches!(parse("soon"), Err(DurationError::Malformed(_))));
        assert!(matches!(parse("1 h"), Err(DurationError::Malformed(_))));
        assert!(matches!(parse("99999999999999999999s"), Err(DurationError::TooLong(_))));
        assert!(matches!(parse("999999999999999999d"), Err(DurationError::TooLong(_))));
    }

    #[test]
    fn durations_are_formatted_briefly() {
        assert_eq!(format(Duration::from_mins(90)), "1h30m");
        assert_eq!(format(Duration::from_millis(500)), "500ms");
        assert_eq!(format(Duration::from_hours(48)), "2d");
        assert_eq!(format(Duration::ZERO), "0s");
        assert_eq!(format(Duration::from_micros(900)), "0s");
    }

    proptest! {
        #[test]
        fn formatted_durations_are_parsed_again(millis in 0..u64::MAX) {
            let duration = Duration::from_millis(millis);
            prop_assert_eq!(parse(&format(duration)).unwrap(), duration);
        }

        #[test]
        fn no_text_causes_a_panic(text in ".*") {
            let _ = parse(&text);
        }
    }
}
