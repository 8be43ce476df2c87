//! Findings that an HPA's own annotations silence: `PREFIX/ignore` and `PREFIX/ignore-reason`.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::kube::json::{Text, or_absent};

const IGNORE: &str = "/ignore";
const REASON: &str = "/ignore-reason";

/// The findings that an HPA's annotations silence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Ids, or globs over ids, as they are written.
    #[serde(default)]
    pub findings: Vec<String>,
    /// Why, if the annotations say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The annotations of an object that may silence findings, whatever their prefix. All others are
/// skipped: kubectl's last-applied-configuration alone is larger than the HPA.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Silences(BTreeMap<String, String>);

impl Silences {
    /// What the annotations with this prefix silence; none without `PREFIX/ignore`.
    pub(super) fn of(&self, prefix: &str) -> Option<Silence> {
        let value = |name: &str| self.0.get(&format!("{prefix}{name}"));
        let ids = value(IGNORE)?.split([',', ' ', '\t', '\n', '\r']);
        let findings: Vec<String> =
            ids.filter(|id| !id.is_empty()).map(ToOwned::to_owned).collect();
        let reason = value(REASON).map(|reason| reason.trim().to_owned());
        (!findings.is_empty())
            .then(|| Silence { findings, reason: reason.filter(|it| !it.is_empty()) })
    }
}

impl<'de> Deserialize<'de> for Silences {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Collect)
    }
}

struct Collect;

impl<'de> Visitor<'de> for Collect {
    type Value = Silences;

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Silences, A::Error> {
        let mut found = BTreeMap::new();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if key.as_str().ends_with(IGNORE) || key.as_str().ends_with(REASON) {
                let value = map.next_value::<Text<'de>>()?;
                found.insert(key.into_string(), value.into_string());
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Silences(found))
    }
    // Annotations of a wrong type silence nothing.
    or_absent! { bool i64 u64 f64 str unit seq }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silence(annotations: &str, prefix: &str) -> Option<Silence> {
        serde_json::from_str::<Silences>(annotations).unwrap().of(prefix)
    }

    #[test]
    fn ids_are_separated_by_commas_or_blanks() {
        let annotations = r#"{"watchdog.dev/ignore": "low-min, memory-only,,m*\n",
            "watchdog.dev/ignore-reason": " one pod is enough ", "other/ignore": "*"}"#;
        let found = silence(annotations, "watchdog.dev").unwrap();
        assert_eq!(found.findings, ["low-min", "memory-only", "m*"]);
        assert_eq!(found.reason.as_deref(), Some("one pod is enough"));
        assert_eq!(silence(annotations, "other").unwrap().findings, ["*"]);
        assert_eq!(silence(annotations, "another"), None);
    }

    #[test]
    fn what_is_no_list_of_ids_silences_nothing() {
        for annotations in [
            "null",
            "{}",
            "[1, {}]",
            "3",
            "-3",
            "1.5",
            "true",
            r#""text""#,
            r#"{"watchdog.dev/ignore": ""}"#,
            r#"{"watchdog.dev/ignore": null}"#,
            r#"{"watchdog.dev/ignore-reason": "alone"}"#,
        ] {
            assert_eq!(silence(annotations, "watchdog.dev"), None, "{annotations}");
        }
    }
}
