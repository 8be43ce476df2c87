//! The subresource `scale`: the replicas of an object of any kind, and the selector of its pods.

use serde_json::{Value, json};

/// Where a kind stores the values of its `scale`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scale {
    /// The status field with the existing replicas.
    pub(super) replicas: &'static str,
    pub(super) selector: Selector,
}

/// Where a kind stores its selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Selector {
    /// `.spec.selector`, a label selector with `matchLabels` and `matchExpressions`.
    Spec,
    /// `.spec.selector`, a plain map of labels.
    Labels,
    /// A path (`.status.labelSelector`) to a selector as text.
    Text(String),
    None,
}

impl Scale {
    /// The `scale` of a built-in or well-known kind.
    pub(super) fn of_kind(kind: &str) -> Option<Scale> {
        let (replicas, selector) = match kind {
            "Deployment" | "ReplicaSet" | "StatefulSet" => ("replicas", Selector::Spec),
            "ReplicationController" => ("replicas", Selector::Labels),
            "Rollout" => ("HPAReplicas", Selector::Text(".status.selector".to_owned())),
            _ => return None,
        };
        Some(Scale { replicas, selector })
    }

    /// The `Scale` of an object.
    pub(super) fn of(&self, object: &Value) -> Value {
        let mut metadata = json!({});
        for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            if let Some(value) = object["metadata"].get(field) {
                metadata[field] = value.clone();
            }
        }
        let number = |value: &Value| value.as_i64().unwrap_or(0);
        let mut spec = json!({});
        // Zero is omitted, as everywhere in this API.
        if number(&object["spec"]["replicas"]) != 0 {
            spec["replicas"] = object["spec"]["replicas"].clone();
        }
        let mut status = json!({"replicas": number(&object["status"][self.replicas])});
        if let Some(selector) = self.selector.of(object).filter(|text| !text.is_empty()) {
            status["selector"] = json!(selector);
        }
        json!({
            "kind": "Scale",
            "apiVersion": "autoscaling/v1",
            "metadata": metadata,
            "spec": spec,
            "status": status,
        })
    }
}

impl Selector {
    /// An object's selector as text.
    fn of(&self, object: &Value) -> Option<String> {
        match self {
            Selector::Spec => Some(text(&object["spec"]["selector"])),
            Selector::Labels => Some(text(&json!({"matchLabels": object["spec"]["selector"]}))),
            Selector::Text(path) => {
                let parts = path.split('.').filter(|part| !part.is_empty());
                let found = parts.fold(object, |value, part| &value[part]);
                found.as_str().map(str::to_owned)
            }
            Selector::None => None,
        }
    }
}

/// A label selector as text, with its terms sorted by key.
fn text(selector: &Value) -> String {
    let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let labels = selector["matchLabels"].as_object().into_iter().flatten();
    let mut terms: Vec<(String, String)> =
        labels.map(|(key, value)| (key.clone(), format!("{key}={}", string(value)))).collect();
    for expression in selector["matchExpressions"].as_array().into_iter().flatten() {
        let key = string(&expression["key"]);
        let values = expression["values"].as_array().into_iter().flatten();
        let mut values: Vec<String> = values.map(string).collect();
        values.sort();
        let values = values.join(",");
        let term = match expression["operator"].as_str() {
            Some("In") => format!("{key} in ({values})"),
            Some("NotIn") => format!("{key} notin ({values})"),
            Some("DoesNotExist") => format!("!{key}"),
            _ => key.clone(),
        };
        terms.push((key, term));
    }
    terms.sort();
    let terms: Vec<String> = terms.into_iter().map(|(_, term)| term).collect();
    terms.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selector_is_text_wherever_a_kind_stores_it() {
        let deployment = json!({
            "metadata": {"name": "api", "namespace": "shop", "labels": {"a": "b"}},
            "spec": {"replicas": 2, "selector": {
                "matchLabels": {"app": "api"},
                "matchExpressions": [
                    {"key": "tier", "operator": "In", "values": ["b", "a"]},
                    {"key": "canary", "operator": "DoesNotExist"},
                ],
            }},
            "status": {"replicas": 3},
        });
        assert_eq!(
            Scale::of_kind("Deployment").unwrap().of(&deployment),
            json!({
                "kind": "Scale", "apiVersion": "autoscaling/v1",
                "metadata": {"name": "api", "namespace": "shop"},
                "spec": {"replicas": 2},
                "status": {"replicas": 3, "selector": "app=api,!canary,tier in (a,b)"},
            })
        );
        let controller = json!({"spec": {"selector": {"app": "old", "a": "1"}}});
        let scale = Scale::of_kind("ReplicationController").unwrap().of(&controller);
        assert_eq!(scale["status"], json!({"replicas": 0, "selector": "a=1,app=old"}));
        let connect = json!({"status": {"replicas": 3, "labelSelector": "app=connect"}});
        let at = |path: &str| {
            let selector = Selector::Text(path.to_owned());
            Scale { replicas: "replicas", selector }.of(&connect)["status"].clone()
        };
        assert_eq!(at(".status.labelSelector"), json!({"replicas": 3, "selector": "app=connect"}));
        assert_eq!(at(".status.selector"), json!({"replicas": 3}));
        assert_eq!(Scale::of_kind("Pod"), None);
    }
}
