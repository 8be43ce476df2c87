//! What changes from one spec to another: by path, and as a JSON merge patch (RFC 7386), which has whole lists.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::hpa::Hpa;
use crate::simulation::ColumnNames;

/// A setting that changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    /// Its path, as `hpa simulate --set` takes it.
    pub path: String,
    /// The value that it has; `null` if it has none, so that the API's default counts.
    pub from: Value,
    /// The value that it should have.
    pub to: Value,
}

/// What changes from one HPA to another, setting by setting.
pub fn changes(from: &Hpa, to: &Hpa) -> Vec<Changed> {
    let (a, b) = (from.spec_json(), to.spec_json());
    let mut changes = Vec::new();
    let names = ColumnNames::of(&from.metrics);
    for (place, (one, other)) in from.metrics.iter().zip(&to.metrics).enumerate() {
        if one.target != other.target {
            let name = names.shortest(place).map_or_else(|| place.to_string(), str::to_owned);
            let number = |text: &Option<String>| {
                let text = text.as_deref().unwrap_or_default();
                text.parse::<i64>().map_or_else(|_| text.into(), Value::from)
            };
            changes.push(Changed {
                path: format!("metrics.{name}.target"),
                from: number(&one.target.value),
                to: number(&other.target.value),
            });
        }
    }
    let mut fields = Vec::new();
    differ(&without_metrics(a), &without_metrics(b), "", &mut fields);
    changes.splice(0..0, fields.iter().filter(|it| !it.path.starts_with("behavior")).cloned());
    changes.extend(fields.into_iter().filter(|it| it.path.starts_with("behavior")));
    changes
}

fn without_metrics(mut spec: Value) -> Value {
    if let Some(spec) = spec.as_object_mut() {
        spec.remove("metrics");
    }
    spec
}

fn differ(from: &Value, to: &Value, path: &str, into: &mut Vec<Changed>) {
    if from == to {
        return;
    }
    let at = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    let none = Map::new();
    match (from, to) {
        (Value::Object(_) | Value::Null, Value::Object(to)) => {
            let from = from.as_object().unwrap_or(&none);
            for (key, value) in to {
                differ(from.get(key).unwrap_or(&Value::Null), value, &at(key), into);
            }
            for (key, value) in from.iter().filter(|(key, _)| !to.contains_key(*key)) {
                differ(value, &Value::Null, &at(key), into);
            }
        }
        _ => into.push(Changed { path: path.to_owned(), from: from.clone(), to: to.clone() }),
    }
}

/// The merge patch that makes one HPA another: `{"spec": {…}}`, empty where nothing changes.
pub fn merge_patch(from: &Hpa, to: &Hpa) -> Value {
    match merged(&from.spec_json(), &to.spec_json()) {
        Some(spec) => json!({ "spec": spec }),
        None => json!({}),
    }
}

/// What has to be merged into a value, if anything.
fn merged(from: &Value, to: &Value) -> Option<Value> {
    if from == to {
        return None;
    }
    let none = Map::new();
    match (from, to) {
        (Value::Object(_) | Value::Null, Value::Object(to)) => {
            let from = from.as_object().unwrap_or(&none);
            let mut patch = Map::new();
            for (key, value) in to {
                if let Some(value) = merged(from.get(key).unwrap_or(&Value::Null), value) {
                    patch.insert(key.clone(), value);
                }
            }
            for key in from.keys().filter(|key| !to.contains_key(*key)) {
                patch.insert(key.clone(), Value::Null);
            }
            Some(patch.into())
        }
        _ => Some(to.clone()),
    }
}

/// The HPA as a manifest.
pub fn manifest(hpa: &Hpa) -> Value {
    json!({
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": hpa.name, "namespace": hpa.namespace},
        "spec": hpa.spec_json(),
    })
}
