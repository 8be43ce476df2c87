//! HPAs selected by their status.

use std::str::FromStr;

use super::rule::rules;
use super::selection::{IgnoreError, UnknownRule};
use crate::config::Pattern;

/// The status of an HPA without findings.
pub(super) const OK: &str = "OK";

/// `OK`, the id of a finding, a glob over these, or several with commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusFilter(Vec<Pattern>);

impl StatusFilter {
    /// Whether an HPA with this status is selected.
    pub fn matches(&self, status: &str) -> bool {
        self.0.iter().any(|pattern| pattern.matches(status))
    }
}

impl FromStr for StatusFilter {
    type Err = IgnoreError;

    fn from_str(text: &str) -> Result<Self, IgnoreError> {
        // A comma within braces is part of a glob.
        let texts: Vec<&str> =
            if text.contains('{') { vec![text] } else { text.split(',').map(str::trim).collect() };
        texts.into_iter().map(pattern).collect::<Result<_, _>>().map(Self)
    }
}

/// A pattern that matches at least one status.
fn pattern(text: &str) -> Result<Pattern, IgnoreError> {
    if text.eq_ignore_ascii_case(OK) {
        return Ok(Pattern::parse(OK)?);
    }
    let pattern = Pattern::parse(text)?;
    if pattern.matches(OK) || rules().iter().any(|rule| pattern.matches(rule.id)) {
        Ok(pattern)
    } else {
        Err(UnknownRule::new(text).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_globs_and_ok() {
        let filter = |text: &str| text.parse::<StatusFilter>().unwrap();
        for (text, status, matches) in [
            ("maxed-out", "maxed-out", true),
            ("max*", "maxed-out", true),
            ("*max*", "above-max", true),
            ("max*", "OK", false),
            ("ok, low-min", "OK", true),
            ("ok, low-min", "low-min", true),
            ("{low,no}-min", "low-min", true),
            ("*", "OK", true),
        ] {
            assert_eq!(filter(text).matches(status), matches, "{text} {status}");
        }
        let error = "maxed-uot".parse::<StatusFilter>().unwrap_err().to_string();
        assert_eq!(error, "there is no finding \"maxed-uot\"; did you mean maxed-out?");
        for text in ["", "z*", "OK,"] {
            assert!(text.parse::<StatusFilter>().is_err(), "{text:?}");
        }
    }
}
