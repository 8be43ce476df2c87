//! Findings that are accepted as they stand, so that only new ones count.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::finding::Finding;

const SCHEMA_VERSION: &str = "1";
const KIND: &str = "FindingBaseline";

/// What makes two findings the same one: the rule and the HPA. Severity and numbers come and go.
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
    findings: BTreeSet<Fingerprint>,
}

/// Why a text is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is no JSON, or not of this form.
    #[error("not a baseline: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Another document, or a newer version of this one.
    #[error(
        "not a baseline: kind {kind:?}, schemaVersion {version:?}; expected \"FindingBaseline\" or \"FindingList\" of version \"1\""
    )]
    Other {
        /// What it says it is.
        kind: String,
        /// Its version.
        version: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: String,
    kind: String,
    #[serde(default)]
    findings: Vec<Fingerprint>,
}

impl Baseline {
    /// Reads the document. A list of findings as `hpa check -o json` prints it will do as well.
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
        Ok(Self { findings: document.findings.into_iter().collect() })
    }

    /// The document, indented and sorted, with a newline at the end.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut json = serde_json::to_vec_pretty(&Document {
            schema_version: SCHEMA_VERSION.to_owned(),
            kind: KIND.to_owned(),
            findings: self.findings.iter().cloned().collect(),
        })?;
        json.push(b'\n');
        Ok(json)
    }

    /// Whether the finding is accepted.
    pub fn contains(&self, finding: &Finding) -> bool {
        self.findings.contains(&Fingerprint::from(finding))
    }

    /// Those that are accepted, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &Fingerprint> {
        self.findings.iter()
    }
}

impl<'a> FromIterator<&'a Finding> for Baseline {
    fn from_iter<I: IntoIterator<Item = &'a Finding>>(findings: I) -> Self {
        Self { findings: findings.into_iter().map(Fingerprint::from).collect() }
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
    fn the_document() {
        let baseline: Baseline =
            [&finding("low-min", ("prod", "shop", "web"))].into_iter().collect();
        assert_eq!(
            String::from_utf8(baseline.to_json().unwrap()).unwrap(),
            "{\n  \"schemaVersion\": \"1\",\n  \"kind\": \"FindingBaseline\",\n  \"findings\": [\n    {\n      \
             \"cluster\": \"prod\",\n      \"namespace\": \"shop\",\n      \"hpa\": \"web\",\n      \
             \"id\": \"low-min\"\n    }\n  ]\n}\n"
        );
        let list = format!(
            r#"{{"schemaVersion":"1","kind":"FindingList","clusters":[],"findings":[{}]}}"#,
            serde_json::to_string(&finding("low-min", ("prod", "shop", "web"))).unwrap()
        );
        assert_eq!(Baseline::parse(list.as_bytes()).unwrap(), baseline);
    }

    #[test]
    fn other_documents_are_refused() {
        let error = |json: &str| Baseline::parse(json.as_bytes()).unwrap_err().to_string();
        assert!(error("[]").starts_with("not a baseline: "));
        assert!(error(r#"{"schemaVersion":"2","kind":"FindingBaseline"}"#).contains("\"2\""));
        assert!(error(r#"{"schemaVersion":"1","kind":"HpaList"}"#).contains("HpaList"));
    }
}
