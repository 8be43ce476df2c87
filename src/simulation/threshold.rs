//! `--fail-on MEASURE>NUMBER`: what of a simulation is a failure.

use std::fmt;
use std::str::FromStr;

use super::measures::Measure;
use super::run::Phases;
use crate::config::pattern::nearest;

/// Measures with their limits, separated by commas.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Thresholds(pub Vec<Threshold>);

/// A measure with a limit, as `minutesAtMax>30`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// The measure.
    pub measure: Measure,
    comparison: Comparison,
    limit: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    More,
    AtLeast,
    Less,
    AtMost,
}

/// The longest first, so that `>=` is not `>`.
const COMPARISONS: [(&str, Comparison); 4] = [
    (">=", Comparison::AtLeast),
    ("<=", Comparison::AtMost),
    (">", Comparison::More),
    ("<", Comparison::Less),
];

/// Why a text is no threshold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThresholdError {
    /// It has another form.
    #[error("{0:?} is not MEASURE>NUMBER, such as minutesAtMax>30 (also >=, < and <=)")]
    Form(String),
    /// There is no such measure.
    #[error("there is no measure {name:?}; {hint}")]
    Measure {
        /// The name.
        name: String,
        /// What is meant, or all that there are.
        hint: String,
    },
}

impl FromStr for Thresholds {
    type Err = ThresholdError;

    fn from_str(text: &str) -> Result<Self, ThresholdError> {
        text.split(',').map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl FromStr for Threshold {
    type Err = ThresholdError;

    fn from_str(text: &str) -> Result<Self, ThresholdError> {
        let form = || ThresholdError::Form(text.chars().take(80).collect());
        let found = COMPARISONS.iter().find_map(|(sign, comparison)| {
            let (name, limit) = text.split_once(sign)?;
            Some((name.trim(), *comparison, limit.trim()))
        });
        let (name, comparison, limit) = found.ok_or_else(form)?;
        let limit: f64 = limit.parse().ok().filter(|it: &f64| it.is_finite()).ok_or_else(form)?;
        let names = || Measure::ALL.into_iter().map(Measure::name);
        let measure = Measure::ALL.into_iter().find(|it| it.name().eq_ignore_ascii_case(name));
        let measure = measure.ok_or_else(|| ThresholdError::Measure {
            name: name.chars().take(80).collect(),
            hint: match nearest(name, names()).first() {
                Some(near) => format!("did you mean {near}?"),
                None => format!("the measures are {}", names().collect::<Vec<_>>().join(", ")),
            },
        })?;
        Ok(Self { measure, comparison, limit })
    }
}

impl Threshold {
    /// The value of the phase that is the farthest beyond it, or the nearest to it; `None` if the measure is not known.
    pub fn worst(&self, phases: &Phases) -> Option<f64> {
        let (least, most) = phases.range(self.measure)?;
        match self.comparison {
            Comparison::More | Comparison::AtLeast => Some(most),
            Comparison::Less | Comparison::AtMost => Some(least),
        }
    }

    /// Whether a value is beyond it.
    pub fn is_beyond(&self, value: f64) -> bool {
        match self.comparison {
            Comparison::More => value > self.limit,
            Comparison::AtLeast => value >= self.limit,
            Comparison::Less => value < self.limit,
            Comparison::AtMost => value <= self.limit,
        }
    }

    /// A value of the measure with as many decimals, at least one, as show whether it is beyond the limit.
    pub fn shown(&self, value: f64) -> String {
        if self.measure.is_count() {
            return format!("{value:.0}");
        }
        let is_same = |text: &String| {
            text.parse().is_ok_and(|it: f64| self.is_beyond(it) == self.is_beyond(value))
        };
        let text = (3..12).map(|decimals| format!("{value:.decimals$}")).find(is_same);
        let text = text.unwrap_or_else(|| value.to_string());
        let short = text.trim_end_matches('0');
        if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = COMPARISONS.iter().find(|(_, it)| *it == self.comparison);
        write!(f, "{}{}{}", self.measure.name(), sign.map_or("", |(sign, _)| sign), self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::super::measures::{Interval, Meter, Ready};
    use super::*;

    #[test]
    fn thresholds_are_read_and_compared() {
        let phase = |minutes: u64| {
            let mut meter = Meter::new(3, false);
            meter.add(
                Interval { before: 3, replicas: 3, ready: Ready::always(3), demand: None },
                60_000 * minutes,
            );
            meter.measures()
        };
        let phases = Phases::of(vec![phase(29), phase(31)]);
        let text = "minutesAtMax>30, minutesatmax>31,minutesAtMax>=31,highestReplicas<3,lowestReplicas<=3.5,unmetPodMinutes>0";
        let thresholds: Thresholds = text.parse().unwrap();
        let crossed: Vec<_> = (thresholds.0.iter())
            .map(|it| it.worst(&phases).map(|value| it.is_beyond(value)))
            .collect();
        assert_eq!(crossed, [Some(true), Some(false), Some(true), Some(false), Some(true), None]);
        assert_eq!(thresholds.0[2].to_string(), "minutesAtMax>=31");
    }

    #[test]
    fn what_is_beyond_a_limit_is_not_rounded_to_it() {
        let shown = |text: &str, value: f64| text.parse::<Threshold>().unwrap().shown(value);
        assert_eq!(shown("podHours>0.17", 0.175), "0.175");
        assert_eq!(shown("podHours>0.17", 0.170_04), "0.17004");
        assert_eq!(shown("minutesAtMax>30", 42.0), "42.0");
        assert_eq!(shown("minutesAtMax>30", 30.25), "30.25");
        assert_eq!(shown("scalings>3", 4.0), "4");
    }

    #[test]
    fn other_texts_are_refused() {
        let error = |text: &str| text.parse::<Thresholds>().unwrap_err().to_string();
        assert!(error("minutesAtMax").contains("is not MEASURE>NUMBER"));
        assert!(error("minutesAtMax>NaN").contains("is not MEASURE>NUMBER"));
        assert_eq!(
            error("minuteAtMax>1"),
            "there is no measure \"minuteAtMax\"; did you mean minutesAtMax?"
        );
        assert!(error("x>1").contains("the measures are podHours, "));
    }
}
