//! Findings that are not reported, because somebody silenced them.

use serde::Serialize;

use super::finding::Finding;
use super::rule::rules;
use crate::config::Pattern;
use crate::hpa::{Hpa, Silence};

/// A finding that is not reported. The order of the fields is that of the JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Silenced {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// What silences it.
    pub by: SilencedBy,
    /// Why, if an annotation says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What silences a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SilencedBy {
    /// `--ignore`, or `check.ignore` of the configuration.
    Ignore,
    /// The baseline accepts it.
    Baseline,
    /// The HPA's annotation.
    Annotation,
}

/// How many findings are silenced, by what silences them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SilencedCount {
    /// By `--ignore` or the configuration.
    pub ignore: usize,
    /// By the baseline.
    pub baseline: usize,
    /// By annotations.
    pub annotation: usize,
}

impl SilencedCount {
    /// Counts these findings.
    pub fn of<'a>(silenced: impl IntoIterator<Item = &'a Silenced>) -> Self {
        let mut count = Self::default();
        for one in silenced {
            match one.by {
                SilencedBy::Ignore => count.ignore += 1,
                SilencedBy::Baseline => count.baseline += 1,
                SilencedBy::Annotation => count.annotation += 1,
            }
        }
        count
    }
}

/// Whether an annotation silences findings of this id.
pub(super) fn is_silenced(silence: &Silence, id: &str) -> bool {
    let matches = |text: &String| Pattern::parse(text).is_ok_and(|pattern| pattern.matches(id));
    silence.findings.iter().any(matches)
}

/// The ids in the annotation of an HPA that are no finding's.
pub fn unknown_silences(hpa: &Hpa) -> Vec<&str> {
    let is_unknown = |text: &&String| {
        Pattern::parse(text)
            .map_or(true, |pattern| !rules().iter().any(|rule| pattern.matches(rule.id)))
    };
    let silence = hpa.ignore.iter().flat_map(|silence| &silence.findings);
    silence.filter(is_unknown).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::hpa;
    use super::*;

    #[test]
    fn ids_and_globs_silence_and_the_rest_is_unknown() {
        let mut hpa = hpa();
        let findings = ["low-min", "m*-only", "lowmin", "[a"].map(str::to_owned).to_vec();
        hpa.ignore = Some(Silence { findings, reason: None });
        let silence = hpa.ignore.as_ref().unwrap();
        assert!(is_silenced(silence, "low-min") && is_silenced(silence, "memory-only"));
        assert!(!is_silenced(silence, "maxed-out"));
        assert_eq!(unknown_silences(&hpa), ["lowmin", "[a"]);
    }
}
