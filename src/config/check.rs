//! `check`: which findings count, and from where on they fail a check.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::choice;

/// The prefix of the annotations by which an HPA silences its own findings, unless configured.
pub const ANNOTATION_PREFIX: &str = "watchdog.dev";

/// `check`: what `hpa check` reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Check {
    /// Findings that are left out, as for `--ignore`.
    pub ignore: Vec<String>,
    /// The least severity of a finding that is a failure.
    pub fail_on: FailOn,
    /// A file of accepted findings, relative to the configuration file.
    pub baseline: Option<PathBuf>,
    /// The prefix of the annotations `PREFIX/ignore` and `PREFIX/ignore-reason`.
    pub annotation_prefix: String,
}

impl Default for Check {
    fn default() -> Self {
        Self {
            ignore: Vec::new(),
            fail_on: FailOn::Error,
            baseline: None,
            annotation_prefix: ANNOTATION_PREFIX.to_owned(),
        }
    }
}

/// `check.fail_on`: the least severity of a finding that is a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Errors.
    #[default]
    Error,
    /// Errors and warnings.
    Warning,
    /// Any finding.
    Info,
    /// None.
    Never,
}

impl FailOn {
    /// The names of the choices, for the file and `--fail-on`.
    pub const NAMES: &'static [&'static str] = &["error", "warning", "info", "never"];
}

impl std::str::FromStr for FailOn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        choice(text, Self::NAMES, [Self::Error, Self::Warning, Self::Info, Self::Never])
    }
}

/// Whether a text can be the prefix of an annotation: a DNS name.
pub(super) fn is_prefix(text: &str) -> bool {
    let is_label = |label: &str| {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        !label.is_empty()
            && label.chars().all(|c| is_plain(c) || c == '-')
            && label.starts_with(is_plain)
            && label.ends_with(is_plain)
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_dns_name() {
        for prefix in [ANNOTATION_PREFIX, "a", "team-1.example.com"] {
            assert!(is_prefix(prefix), "{prefix}");
        }
        for text in ["", "watchdog.dev/", "A.b", "a..b", "-a", "a b", &"a".repeat(254)] {
            assert!(!is_prefix(text), "{text}");
        }
    }
}
