//! Accepted findings, so that only new ones count.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::finding::{Finding, Severity};

const SCHEMA_VERSION: &str = "1";
const KIND: &str = "FindingBaseline";

/// The identity of a finding: the rule and the HPA. Numbers in a finding change, and a finding that
/// has become less severe is still the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The HPA's cluster.
    pub cluster: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub hpa: String,
    /// The rule.
    pub id: String,
}

impl From<&Finding> for Fingerprint {
    fn from(finding: &Finding) -> Self {
        Self {
            cluster: finding.cluster.to_string(),
            namespace: finding.namespace.clone(),
            hpa: finding.hpa.clone(),
            id: finding.id.to_owned(),
        }
    }
}

/// A set of findings, as a document: `{"schemaVersion","kind":"FindingBaseline","findings":[…]}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Each with the severity up to which it is accepted; `None` for any severity.
    findings: BTreeMap<Fingerprint, Option<Severity>>,
    /// Whether it is a list of findings as printed, and no file that was written as a baseline.
    is_list: bool,
}

/// Why a text is not a baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// The text is not JSON, or has another structure.
    #[error("not a baseline: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The text is another document, or a newer version of this one.
    #[error(
        "not a baseline: kind {kind:?}, schemaVersion {version:?}; expected \"FindingBaseline\" or \"FindingList\" of version \"1\""
    )]
    Other {
        /// The document's kind.
        kind: String,
        /// The document's version.
        version: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: String,
    kind: String,
    #[serde(default)]
    findings: Vec<Accepted>,
}

#[derive(Serialize, Deserialize)]
struct Accepted {
    #[serde(flatten)]
    fingerprint: Fingerprint,
    /// Absent in old files: accepted at any severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
}

impl Baseline {
    /// Parses the document. Also accepts a list of findings as printed by `hpa check -o json`.
    pub fn parse(json: &[u8]) -> Result<Self, BaselineError> {
        let document: Document = serde_json::from_slice(json)?;
        let known = document.schema_version == SCHEMA_VERSION
            && [KIND, "FindingList"].contains(&document.kind.as_str());
        if !known {
            return Err(BaselineError::Other {
                kind: document.kind,
                version: document.schema_version,
            });
        }
        let accepted = |it: Accepted| (it.fingerprint, it.severity);
        let baseline = Self::of(document.findings.into_iter().map(accepted));
        Ok(Self { is_list: document.kind != KIND, ..baseline })
    }

    /// Formats the document: indented, sorted, with a newline at the end.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut json = serde_json::to_vec_pretty(&Document {
            schema_version: SCHEMA_VERSION.to_owned(),
            kind: KIND.to_owned(),
            findings: (self.findings.iter())
                .map(|(fingerprint, severity)| Accepted {
                    fingerprint: fingerprint.clone(),
                    severity: *severity,
                })
                .collect(),
        })?;
        json.push(b'\n');
        Ok(json)
    }

    /// A finding that occurs twice is accepted at the worse severity.
    fn of(accepted: impl Iterator<Item = (Fingerprint, Option<Severity>)>) -> Self {
        let mut findings = BTreeMap::new();
        for (fingerprint, severity) in accepted {
            let known = findings.entry(fingerprint).or_insert(severity);
            *known = known.zip(severity).map(|(one, other)| one.max(other));
        }
        Self { findings, is_list: false }
    }

    /// Whether it is a list of findings as printed, and no file that was written as a baseline.
    pub fn is_list(&self) -> bool {
        self.is_list
    }

    /// The same findings of clusters with other names.
    #[must_use]
    pub fn renamed(self, name: impl Fn(String) -> String) -> Self {
        let rename = |(fingerprint, severity): (Fingerprint, Option<Severity>)| {
            (Fingerprint { cluster: name(fingerprint.cluster), ..fingerprint }, severity)
        };
        let is_list = self.is_list;
        Self { is_list, ..Self::of(self.findings.into_iter().map(rename)) }
    }

    /// Whether the finding is accepted: it is in the baseline, and has not become more severe.
    pub fn contains(&self, finding: &Finding) -> bool {
        let known = self.findings.get(&Fingerprint::from(finding));
        known.is_some_and(|worst| worst.is_none_or(|worst| finding.severity <= worst))
    }

    /// The accepted findings, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &Fingerprint> {
        self.findings.keys()
    }
}

impl<'a> FromIterator<&'a Finding> for Baseline {
    fn from_iter<I: IntoIterator<Item = &'a Finding>>(findings: I) -> Self {
        let accepted = |finding: &Finding| (Fingerprint::from(finding), Some(finding.severity));
        Self::of(findings.into_iter().map(accepted))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::finding;
    use super::*;

    #[test]
    fn what_was_there_is_accepted() {
        let mut known = finding("low-min", ("prod", "shop", "web"));
        let baseline: Baseline =
            [&known, &known, &finding("maxed-out", ("prod", "shop", "web"))].into_iter().collect();
        let json = baseline.to_json().unwrap();
        let baseline = Baseline::parse(&json).unwrap();
        assert_eq!(baseline.iter().count(), 2);
        known.message = "other numbers".to_owned();
        assert!(baseline.contains(&known));
        for new in [
            finding("low-min", ("dr", "shop", "web")),
            finding("low-min", ("prod", "shop", "api")),
            finding("min-eq-max", ("prod", "shop", "web")),
        ] {
            assert!(!baseline.contains(&new), "{new:?}");
        }
    }

    #[test]
    fn what_has_become_worse_is_new() {
        let mut known = finding("maxed-out", ("prod", "shop", "web"));
        let baseline: Baseline = [&known].into_iter().collect();
        let old = br#"{"schemaVersion":"1","kind":"FindingBaseline","findings":[
            {"cluster":"prod","namespace":"shop","hpa":"web","id":"maxed-out"}]}"#;
        let old = Baseline::parse(old).unwrap();
        for (severity, accepted) in
            [(Severity::Info, true), (Severity::Warning, true), (Severity::Error, false)]
        {
            known.severity = severity;
            assert_eq!(baseline.contains(&known), accepted, "{severity}");
            assert!(old.contains(&known), "it does not say");
        }
    }

    #[test]
    fn the_document() {
        let baseline: Baseline =
            [&finding("low-min", ("prod", "shop", "web"))].into_iter().collect();
        assert_eq!(
            String::from_utf8(baseline.to_json().unwrap()).unwrap(),
            "{\n  \"schemaVersion\": \"1\",\n  \"kind\": \"FindingBaseline\",\n  \"findings\": [\n    {\n      \
             \"cluster\": \"prod\",\n      \"namespace\": \"shop\",\n      \"hpa\": \"web\",\n      \
             \"id\": \"low-min\",\n      \"severity\": \"warning\"\n    }\n  ]\n}\n"
        );
        let list = format!(
            r#"{{"schemaVersion":"1","kind":"FindingList","clusters":[],"findings":[{}]}}"#,
            serde_json::to_string(&finding("low-min", ("prod", "shop", "web"))).unwrap()
        );
        assert_eq!(
            Baseline::parse(list.as_bytes()).unwrap(),
            Baseline { is_list: true, ..baseline }
        );
    }

    #[test]
    fn other_documents_are_refused() {
        let error = |json: &str| Baseline::parse(json.as_bytes()).unwrap_err().to_string();
        assert!(error("[]").starts_with("not a baseline: "));
        assert!(error(r#"{"schemaVersion":"2","kind":"FindingBaseline"}"#).contains("\"2\""));
        assert!(error(r#"{"schemaVersion":"1","kind":"HpaList"}"#).contains("HpaList"));
    }
}
