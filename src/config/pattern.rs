//! Patterns for names (contexts, clusters, namespaces), and the nearest names to a mistyped one.

use std::fmt;
use std::str::FromStr;

use globset::{GlobBuilder, GlobMatcher};
use regex::Regex;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A name, or a glob for several names, as a user writes it.
///
/// - `name`: exactly that name.
/// - a text with `*`, `?`, `[…]` or `{a,b}`: a glob over the whole name, in which `*` takes `/` and
///   `:` too, since names look like `arn:aws:eks:eu-west-1:1234:cluster/prod`. A name that is
///   written exactly like the glob matches as well.
/// - `/regex/`: a regular expression, found anywhere in the name (use `^` and `$` to anchor). A
///   text with only a leading slash is a name, because `OpenShift` makes contexts such as
///   `/api-example-com:6443/admin`.
#[derive(Debug, Clone)]
pub struct Pattern {
    source: String,
    matcher: Matcher,
}

#[derive(Debug, Clone)]
enum Matcher {
    Exact,
    Glob(GlobMatcher),
    Regex(Regex),
}

/// Why a text is not a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// The text is empty.
    #[error("an empty pattern matches nothing; write * for every name")]
    Empty,
    /// The text has glob characters but is not a valid glob.
    #[error("invalid glob {pattern:?}: {reason}")]
    Glob {
        /// The text as given.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The text is between slashes but is not a valid regular expression.
    #[error("invalid regex {pattern:?}: {reason}")]
    Regex {
        /// The text as given, slashes included.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Pattern {
    /// Reads a name, a glob or a `/regex/`.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let matcher = if text.is_empty() {
            return Err(PatternError::Empty);
        } else if let Some(inner) = between_slashes(text) {
            if inner.is_empty() {
                return Err(PatternError::Empty);
            }
            let regex = Regex::new(inner).map_err(|error| PatternError::Regex {
                pattern: text.to_owned(),
                reason: regex_reason(&error),
            })?;
            Matcher::Regex(regex)
        } else if text.contains(['*', '?', '[', '{']) {
            let glob = GlobBuilder::new(text)
                .literal_separator(false)
                .backslash_escape(true)
                .build()
                .map_err(|error| PatternError::Glob {
                    pattern: text.to_owned(),
                    reason: error.kind().to_string(),
                })?;
            Matcher::Glob(glob.compile_matcher())
        } else {
            Matcher::Exact
        };
        Ok(Self { source: text.to_owned(), matcher })
    }

    /// The pattern that matches this one name, whatever characters it has.
    pub fn exact(name: impl Into<String>) -> Self {
        Self { source: name.into(), matcher: Matcher::Exact }
    }

    /// Resolves the pattern against the existing names: a pattern that is written exactly like a
    /// name means only that name. For example, `oc` creates contexts such as `/api-prod:6443/`,
    /// which would be a regex.
    #[must_use]
    pub fn among<'a>(&self, mut names: impl Iterator<Item = &'a str>) -> Self {
        if !self.is_exact() && names.any(|name| name == self.source) {
            Self::exact(self.source.clone())
        } else {
            self.clone()
        }
    }

    /// Whether the pattern matches the name.
    pub fn matches(&self, name: &str) -> bool {
        match &self.matcher {
            Matcher::Exact => name == self.source,
            Matcher::Glob(glob) => name == self.source || glob.is_match(name),
            Matcher::Regex(regex) => regex.is_match(name),
        }
    }

    /// Whether the pattern is a single name, so that a missing match is probably a typo.
    pub fn is_exact(&self) -> bool {
        matches!(self.matcher, Matcher::Exact)
    }

    /// The text from which the pattern was parsed.
    pub fn as_str(&self) -> &str {
        &self.source
    }
}

fn between_slashes(text: &str) -> Option<&str> {
    text.strip_prefix('/')?.strip_suffix('/')
}

/// The last line of the regex crate's message, which draws the expression over several lines.
fn regex_reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().next_back().unwrap_or_default().trim();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source && self.is_exact() == other.is_exact()
    }
}

impl Eq for Pattern {}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.source)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// Up to three candidates that a user who typed `name` may have meant, best first.
///
/// Ignores case. A candidate qualifies if at most a third of its letters differ (at least one may),
/// or if it contains the typed name: `prod` finds `arn:aws:eks:…:cluster/prod`.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    const MOST: usize = 3;
    const SHORTEST_PART: usize = 3;
    let typed = name.to_lowercase();
    let length = typed.chars().count();
    if length == 0 {
        return Vec::new();
    }
    let mut found: Vec<(usize, &str)> = Vec::new();
    for candidate in candidates {
        let lower = candidate.to_lowercase();
        let distance = strsim::damerau_levenshtein(&typed, &lower);
        let allowed = (length.max(lower.chars().count()) / 3).max(1);
        let rank = if distance <= allowed && distance < length {
            distance
        } else if length >= SHORTEST_PART && lower.contains(&typed) {
            // These come after all near misses, those with the shortest remainder first.
            1000 + distance
        } else {
            continue;
        };
        if !found.iter().any(|(_, known)| *known == candidate) {
            found.push((rank, candidate));
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().take(MOST).map(|(_, candidate)| candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(name)
    }

    const ARN: &str = "arn:aws:eks:eu-west-1:1234:cluster/prod";

    #[test]
    fn a_name_is_taken_literally() {
        assert!(matches(ARN, ARN));
        assert!(!matches("prod", ARN));
        assert!(!matches("prod", "Prod"));
        assert!(!matches("a.c", "abc"));
        assert!(matches("admin user@my cluster", "admin user@my cluster"));
    }

    #[test]
    fn a_glob_covers_the_whole_name_and_slashes() {
        assert!(matches("*", ARN));
        assert!(matches("arn:*/prod", ARN));
        assert!(matches("*prod", ARN));
        assert!(!matches("prod*", ARN));
        assert!(matches("prod-[0-9]", "prod-1"));
        assert!(matches("prod-{eu,us}", "prod-us"));
        assert!(!matches("prod-?", "prod-12"));
    }

    #[test]
    fn a_name_with_glob_characters_matches_itself() {
        assert!(matches("team[blue]", "team[blue]"));
        assert!(matches("a{b}", "a{b}"));
    }

    #[test]
    fn an_existing_name_that_looks_like_a_pattern_takes_precedence() {
        let names = ["/api-prod:6443/", "/api-prod:6443/kube:admin", "team-[ab]", "team-a"];
        let meant = |text: &str| {
            let pattern = Pattern::parse(text).unwrap().among(names.into_iter());
            names.into_iter().filter(|name| pattern.matches(name)).collect::<Vec<_>>()
        };
        assert_eq!(meant("/api-prod:6443/"), ["/api-prod:6443/"]);
        assert_eq!(meant("/api-prod/"), names[..2]);
        assert_eq!(meant("team-[ab]"), ["team-[ab]"]);
        assert_eq!(meant("team-[a]"), ["team-a"]);
    }

    #[test]
    fn a_regex_is_found_anywhere() {
        assert!(matches("/prod/", ARN));
        assert!(!matches("/^prod/", ARN));
        assert!(matches("/cluster/prod$/", ARN));
        assert!(matches("/(?i)PROD/", ARN));
    }

    #[test]
    fn a_lone_leading_slash_is_a_name() {
        let name = "/api-example-com:6443/admin";
        assert!(matches(name, name));
        assert!(matches("/", "/"));
    }

    #[test]
    fn errors_explain_why_a_text_is_not_a_pattern() {
        let message = |text: &str| Pattern::parse(text).unwrap_err().to_string();
        assert_eq!(message(""), "an empty pattern matches nothing; write * for every name");
        assert_eq!(message("//"), message(""));
        assert_eq!(message("/(/"), "invalid regex \"/(/\": unclosed group");
        assert_eq!(message("[a"), "invalid glob \"[a\": unclosed character class; missing ']'");
        let nested = format!("/{}/", "(a{1000}){1000}");
        assert!(message(&nested).contains("size limit"), "{}", message(&nested));
    }

    #[test]
    fn nearest_names_come_best_first() {
        let names = ["production", "staging", "dr", ARN, "prod-eu", "prod-us", "prod-ap"];
        assert_eq!(nearest("produciton", names), ["production"]);
        assert_eq!(nearest("STAGING", names), ["staging"]);
        assert_eq!(nearest("stagin", names), ["staging"]);
        assert_eq!(nearest("prod-e", names), ["prod-eu", "prod-us", "prod-ap"]);
        assert_eq!(nearest("cluster/prod", names), [ARN]);
        assert!(nearest("zzz", names).is_empty());
        assert!(nearest("", names).is_empty());
        assert!(nearest("x", names).is_empty());
    }
}
