//! A rule's result for an HPA.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::unknown::{Known, Unknown};

/// The severity of a finding. The worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Informational.
    Info,
    /// The HPA scales, but not correctly, or it will soon fail to.
    Warning,
    /// The HPA does not scale, or its target does not run.
    Error,
}

impl Severity {
    /// `info`, `warning`, `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Info, Self::Warning, Self::Error]
            .into_iter()
            .find(|severity| severity.as_str() == text)
            .ok_or_else(|| format!("{text:?} is none of error, warning and info"))
    }
}

/// The maximum number of list items named in evidence.
pub(super) const MOST_EVIDENCE: usize = 10;

/// The facts behind a finding: camelCase keys, in a readable order.
pub type Evidence = serde_json::Map<String, Value>;

/// A problem of one HPA. The order of the fields is that of the JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The rule's id, such as `target-missing`.
    pub id: &'static str,
    /// The severity of this finding.
    pub severity: Severity,
    /// The cluster's name in the kubeconfig.
    #[serde(serialize_with = "shared")]
    pub cluster: Arc<str>,
    /// The HPA's namespace.
    pub namespace: String,
    /// The HPA's name.
    pub hpa: String,
    /// What is wrong: one sentence with the numbers, without a full stop. May contain text from the
    /// cluster, including control characters.
    pub message: String,
    /// What to do: one sentence.
    pub action: Cow<'static, str>,
    /// The facts.
    pub evidence: Evidence,
    /// Where the HPA is defined, if it was read from a manifest.
    #[serde(flatten)]
    pub location: Option<Location>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Location {
    /// The file.
    #[serde(serialize_with = "shared")]
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
}

impl Finding {
    /// `cluster/namespace/name`.
    pub fn place(&self) -> String {
        format!("{}/{}/{}", self.cluster, self.namespace, self.hpa)
    }
}

fn shared<S: Serializer>(text: &Arc<str>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(text)
}

/// A rule's result for an HPA: a [`Finding`] without the HPA.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// The severity of this finding.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do, if it differs from the rule's action.
    pub action: Option<Cow<'static, str>>,
    /// The facts.
    pub evidence: Evidence,
}

impl Violation {
    pub(super) fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self { severity, message: message.into(), action: None, evidence: Evidence::new() }
    }

    /// Adds a fact. Of a long list, the first ten items are named and the others counted
    /// (`KEYOmitted`): items that many HPAs share must not be written out for each of them.
    pub(super) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        let mut value = value.into();
        let mut omitted = 0;
        if let Value::Array(items) = &mut value {
            omitted = items.len().saturating_sub(MOST_EVIDENCE);
            items.truncate(MOST_EVIDENCE);
        }
        self.evidence.insert(key.to_owned(), value);
        if omitted > 0 {
            self.evidence.insert(format!("{key}Omitted"), omitted.into());
        }
        self
    }

    pub(super) fn action(mut self, action: impl Into<Cow<'static, str>>) -> Self {
        self.action = Some(action.into());
        self
    }
}

/// A rule's answer for one HPA.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The rule does not apply.
    Clear,
    /// The rule applies.
    Raised(Violation),
    /// The rule cannot be decided, with the reason.
    NotEvaluated(Unknown),
}

impl From<Violation> for Verdict {
    fn from(raise: Violation) -> Self {
        Self::Raised(raise)
    }
}

impl From<Option<Violation>> for Verdict {
    fn from(raise: Option<Violation>) -> Self {
        raise.map_or(Self::Clear, Self::Raised)
    }
}

/// Turns `Ok` into the verdict, and an unknown value into the reason why there is none.
impl<T: Into<Verdict>> From<Known<T>> for Verdict {
    fn from(result: Known<T>) -> Self {
        result.map_or_else(Self::NotEvaluated, Into::into)
    }
}
