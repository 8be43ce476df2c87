//! Who holds `spec.replicas` of a workload besides an autoscaler, by what the API server and
//! `kubectl apply` keep in its metadata.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};

use super::json::{Opt, Seq, Text};

/// How `kubectl apply` is named that keeps the field in its annotation.
const LAST_APPLIED: &str = "kubectl apply (last-applied)";

/// `metadata.managedFields`, of which only the managers of `spec.replicas` are kept.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct ManagedFields<'a>(#[serde(borrow)] Seq<Entry<'a>>);

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow)]
    manager: Text<'a>,
    #[serde(borrow)]
    operation: Text<'a>,
    #[serde(borrow)]
    subresource: Text<'a>,
    #[serde(rename = "fieldsV1")]
    fields: Opt<Fields>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    #[serde(rename = "f:spec")]
    spec: Opt<SpecFields>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct SpecFields {
    #[serde(rename = "f:replicas")]
    replicas: Present,
}

/// `metadata.annotations`, as far as it matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Annotations<'a> {
    #[serde(borrow, rename = "kubectl.kubernetes.io/last-applied-configuration")]
    last_applied: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LastApplied {
    spec: Opt<AppliedSpec>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct AppliedSpec {
    replicas: Present,
}

/// Whether a field is there, whatever it holds; null is not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Present(bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<IgnoredAny>::deserialize(deserializer).map(|value| Self(value.is_some()))
    }
}

/// The field managers that hold `spec.replicas`, in the server's order, each once. A write to the
/// subresource `scale` is what an autoscaler (or `kubectl scale`) does, and is not counted. Nor is one
/// that has updated the object, or created it, where there is 1 replica: the API server puts defaults
/// among what such a manager holds, and it may never have named the field.
pub(super) fn replicas_holders(
    managed: &ManagedFields<'_>,
    annotations: &Annotations<'_>,
    replicas: Option<i32>,
) -> Vec<String> {
    let mut holders: Vec<String> = Vec::new();
    for entry in &managed.0.0 {
        let spec = entry.fields.0.as_ref().and_then(|fields| fields.spec.0.as_ref());
        let may_be_default = replicas == Some(1) && entry.operation.as_str() != "Apply";
        let holds = spec.is_some_and(|spec| spec.replicas.0) && !may_be_default;
        let name = entry.manager.as_str();
        if holds && entry.subresource.as_str() != "scale" && !holders.iter().any(|h| h == name) {
            holders.push(name.to_owned());
        }
    }
    let applied = annotations.last_applied.as_str();
    let names_it = || {
        let applied = serde_json::from_str::<LastApplied>(applied).ok()?;
        Some(applied.spec.0?.replicas.0)
    };
    if !applied.is_empty() && names_it() == Some(true) {
        holders.push(LAST_APPLIED.to_owned());
    }
    holders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holders(managed: &str, applied: &str) -> Vec<String> {
        holders_of(3, managed, applied)
    }

    fn holders_of(replicas: i32, managed: &str, applied: &str) -> Vec<String> {
        let annotations = serde_json::json!({
            "kubectl.kubernetes.io/last-applied-configuration": applied, "other": "x"
        })
        .to_string();
        replicas_holders(
            &serde_json::from_str(managed).unwrap(),
            &serde_json::from_str(&annotations).unwrap(),
            Some(replicas),
        )
    }

    #[test]
    fn what_may_be_a_default_is_held_by_nobody() {
        let managed = r#"[
            {"manager":"helm","operation":"Update","fieldsV1":{"f:spec":{"f:replicas":{}}}},
            {"manager":"argocd","operation":"Apply","fieldsV1":{"f:spec":{"f:replicas":{}}}}]"#;
        assert_eq!(holders_of(1, managed, "{}"), ["argocd"]);
        assert_eq!(holders_of(2, managed, "{}"), ["helm", "argocd"]);
        assert_eq!(holders_of(1, "[]", r#"{"spec":{"replicas":1}}"#), [LAST_APPLIED]);
    }

    #[test]
    fn managers_of_the_field_but_for_the_subresource_scale() {
        let managed = r#"[
            {"manager":"argocd","fieldsV1":{"f:spec":{"f:template":{},"f:replicas":{}}}},
            {"manager":"argocd","operation":"Apply","fieldsV1":{"f:spec":{"f:replicas":{}}}},
            {"manager":"helm","fieldsV1":{"f:spec":{"f:template":{"f:replicas":{}}}}},
            {"manager":"kube-controller-manager","subresource":"scale","fieldsV1":{"f:spec":{"f:replicas":{}}}},
            {"manager":"kube-controller-manager","subresource":"status","fieldsV1":{"f:status":{"f:replicas":{}}}},
            {"manager":"odd","fieldsV1":[]},7,{"manager":"none"}]"#;
        assert_eq!(holders(managed, ""), ["argocd"]);
        assert!(holders("null", "").is_empty());
    }

    #[test]
    fn kubectl_apply_by_its_annotation() {
        assert_eq!(holders("[]", r#"{"spec":{"replicas":3}}"#), [LAST_APPLIED]);
        for not in [r#"{"spec":{"replicas":null}}"#, r#"{"spec":{}}"#, "[", r#"{"replicas":3}"#] {
            assert!(holders("[]", not).is_empty(), "{not}");
        }
    }
}
