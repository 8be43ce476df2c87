//! LimitRanges: the requests and limits that a namespace's containers have by default.

use serde_json::{Map, Value};

/// The defaults for containers.
#[derive(Debug)]
pub(super) struct LimitRange {
    pub(super) namespace: String,
    requests: Map<String, Value>,
    limits: Map<String, Value>,
}

impl LimitRange {
    /// Reads the object as the API server completes it: a default limit is the maximum where it is not set, and a
    /// default request the default limit, or else the minimum.
    pub(super) fn of(object: &Value) -> Self {
        let mut limits = Map::new();
        let mut requests = Map::new();
        for item in object["spec"]["limits"].as_array().into_iter().flatten() {
            if item["type"] != "Container" {
                continue;
            }
            let mut own = Map::new();
            add(&mut own, &item["default"]);
            add(&mut own, &item["max"]);
            add(&mut requests, &item["defaultRequest"]);
            add(&mut requests, &Value::Object(own.clone()));
            add(&mut requests, &item["min"]);
            add(&mut limits, &Value::Object(own));
        }
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default().to_owned();
        Self { namespace, requests, limits }
    }

    /// Adds the defaults to the containers of a workload's template.
    pub(super) fn apply(&self, workload: &mut Value) {
        let Some(spec) = workload.pointer_mut("/spec/template/spec") else { return };
        for kind in ["containers", "initContainers"] {
            let containers = spec.get_mut(kind).and_then(Value::as_array_mut);
            for container in containers.into_iter().flatten().filter(|it| it.is_object()) {
                self.complete(container);
            }
        }
    }

    fn complete(&self, container: &mut Value) {
        let object = |value: &Value| value.as_object().cloned().unwrap_or_default();
        let resources = &container["resources"];
        let (mut requests, mut limits) =
            (object(&resources["requests"]), object(&resources["limits"]));
        // A limit of its own is the request too, before any default.
        add(&mut requests, &Value::Object(limits.clone()));
        add(&mut requests, &Value::Object(self.requests.clone()));
        add(&mut limits, &Value::Object(self.limits.clone()));
        let mut completed = object(resources);
        completed.insert("requests".to_owned(), requests.into());
        completed.insert("limits".to_owned(), limits.into());
        container["resources"] = completed.into();
    }
}

/// Adds what is not there yet.
fn add(to: &mut Map<String, Value>, from: &Value) {
    for (key, value) in from.as_object().into_iter().flatten() {
        to.entry(key).or_insert_with(|| value.clone());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn containers_get_what_they_lack() {
        let range = LimitRange::of(&json!({"metadata": {"namespace": "shop"}, "spec": {"limits": [
            {"type": "Pod", "max": {"cpu": "9"}},
            {"type": "Container", "defaultRequest": {"cpu": "100m"}, "max": {"memory": "1Gi"},
             "min": {"cpu": "1m", "storage": "1"}},
        ]}}));
        let mut workload = json!({"spec": {"template": {"spec": {"containers": [
            {"name": "a"},
            {"name": "b", "resources": {"limits": {"cpu": "2"}, "requests": {"memory": "3"}}},
            "no container",
        ]}}}});
        range.apply(&mut workload);
        let containers = &workload["spec"]["template"]["spec"]["containers"];
        assert_eq!(
            containers[0]["resources"],
            json!({"requests": {"cpu": "100m", "memory": "1Gi", "storage": "1"}, "limits": {"memory": "1Gi"}})
        );
        assert_eq!(
            containers[1]["resources"],
            json!({"requests": {"cpu": "2", "memory": "3", "storage": "1"},
                   "limits": {"cpu": "2", "memory": "1Gi"}})
        );
        let mut odd = json!({"spec": {"template": "x"}});
        range.apply(&mut odd);
        assert_eq!(odd, json!({"spec": {"template": "x"}}));
    }
}
