//! Kubernetes objects among the documents of a file.

use serde_json::{Map, Value, json};

use super::annotated::Annotated;
use super::yaml::Node;

/// An object with the line on which it begins.
#[derive(Debug)]
pub(super) struct Object<'n> {
    pub(super) node: &'n Node,
    pub(super) api_version: String,
    pub(super) kind: String,
}

/// The objects of a document: itself, or the items of a list. None if it is no Kubernetes object.
pub(super) fn objects(root: &Node) -> Option<Vec<Object<'_>>> {
    let (api_version, kind) = (root.text("apiVersion"), root.text("kind"));
    if api_version.is_empty() || kind.is_empty() {
        return None;
    }
    let Some(items) = root.get("items").filter(|_| kind.ends_with("List")) else {
        let object =
            Object { node: root, api_version: api_version.to_owned(), kind: kind.to_owned() };
        return Some(vec![object]);
    };
    // Items of a typed list omit what the list states for all of them.
    let item_kind = kind.strip_suffix("List").unwrap_or_default();
    let or = |own: &str, list: &str| if own.is_empty() { list.to_owned() } else { own.to_owned() };
    let item = |node| Object {
        node,
        api_version: or(node.text("apiVersion"), api_version),
        kind: or(node.text("kind"), item_kind),
    };
    // A list may hold lists.
    let nested = |node| match objects(node) {
        Some(objects) if node.text("kind").ends_with("List") => objects,
        _ => vec![item(node)],
    };
    Some(items.items().iter().flat_map(nested).collect())
}

impl Object<'_> {
    /// The object as JSON, with its version and kind, and with this namespace if it has none.
    pub(super) fn json(&self, namespace: &str) -> Value {
        let mut value = self.node.to_json();
        value["apiVersion"] = self.api_version.as_str().into();
        value["kind"] = self.kind.as_str().into();
        if !value["metadata"].is_object() {
            value["metadata"] = json!({});
        }
        let own = value["metadata"]["namespace"].as_str().unwrap_or_default();
        if own.is_empty() {
            value["metadata"]["namespace"] = namespace.into();
        }
        value
    }

    /// Whether it is an HPA of a beta version, which current clusters do not serve.
    pub(super) fn is_removed(&self) -> bool {
        self.is_hpa() && matches!(&*self.api_version, "autoscaling/v2beta1" | "autoscaling/v2beta2")
    }

    /// Whether it is an HPA of a version that can be read.
    pub(super) fn is_hpa(&self) -> bool {
        self.kind == "HorizontalPodAutoscaler" && self.api_version.starts_with("autoscaling/")
    }
}

/// An HPA of any version as autoscaling/v2, with what its annotations stand for.
pub(super) fn to_v2(mut hpa: Value, annotated: Annotated) -> Value {
    match hpa["apiVersion"].as_str() {
        Some("autoscaling/v1") => {
            let metrics = annotated.metrics.as_ref().map(Node::to_json);
            let mut metrics = match metrics {
                Some(Value::Array(metrics)) => metrics,
                _ => Vec::new(),
            };
            metrics.iter_mut().for_each(metric_of_v2beta1);
            let percent = hpa["spec"]["targetCPUUtilizationPercentage"].clone();
            if percent.is_number() {
                metrics.push(json!({"type": "Resource", "resource": {
                    "name": "cpu", "target": {"type": "Utilization", "averageUtilization": percent},
                }}));
            }
            if !metrics.is_empty() {
                hpa["spec"]["metrics"] = metrics.into();
            }
        }
        Some("autoscaling/v2beta1") => {
            if let Some(metrics) = hpa["spec"]["metrics"].as_array_mut() {
                metrics.iter_mut().for_each(metric_of_v2beta1);
            }
        }
        _ => return hpa,
    }
    if let Some(behavior) = annotated.behavior {
        hpa["spec"]["behavior"] = behavior.to_json();
    }
    hpa["apiVersion"] = "autoscaling/v2".into();
    hpa
}

/// In v2beta1 names and targets are fields of the source itself.
fn metric_of_v2beta1(metric: &mut Value) {
    let Some(metric) = metric.as_object_mut() else { return };
    for (kind, source) in metric.iter_mut() {
        let Some(source) = source.as_object_mut() else { continue };
        let described = if kind == "object" { source.remove("target") } else { None };
        if let Some(described) = described {
            source.insert("describedObject".to_owned(), described);
        }
        let mut target = Map::new();
        for (old, kind, new) in [
            ("targetAverageUtilization", "Utilization", "averageUtilization"),
            ("targetAverageValue", "AverageValue", "averageValue"),
            ("targetValue", "Value", "value"),
            ("averageValue", "AverageValue", "averageValue"),
        ] {
            if let Some(value) = source.remove(old) {
                target.insert("type".to_owned(), kind.into());
                target.insert(new.to_owned(), value);
            }
        }
        source.insert("target".to_owned(), target.into());
        if let Some(name) = source.remove("metricName") {
            let selector = source.remove("metricSelector").or_else(|| source.remove("selector"));
            let mut identifier = json!({"name": name});
            if let Some(selector) = selector {
                identifier["selector"] = selector;
            }
            source.insert("metric".to_owned(), identifier);
        }
    }
}

/// What a workload's template makes: pods with its labels and its containers, as many as the
/// workload asks for.
pub(super) fn pods(workload: &Value) -> Vec<Value> {
    /// Only how many there are beside others under one budget counts.
    const MOST: u64 = 50;
    let template = &workload["spec"]["template"];
    if !template["spec"]["containers"].is_array() {
        return Vec::new();
    }
    let count = workload["spec"]["replicas"].as_u64().unwrap_or(1).clamp(1, MOST);
    let metadata = &workload["metadata"];
    let pod = |index| {
        json!({
            "metadata": {
                "name": format!("{}-{index}", metadata["name"].as_str().unwrap_or_default()),
                "namespace": metadata["namespace"],
                "labels": template["metadata"]["labels"],
                "ownerReferences": [{
                    "apiVersion": workload["apiVersion"], "kind": workload["kind"],
                    "name": metadata["name"], "uid": "", "controller": true,
                }],
            },
            "spec": template["spec"],
            "status": {"phase": "Running"},
        })
    };
    (0..count).map(pod).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::yaml::documents;
    use super::*;
    use crate::hpa::{Hpa, parse_one};

    fn hpa(value: Value) -> Hpa {
        let name: Arc<str> = "x".into();
        parse_one(&name, &name, to_v2(value, Annotated::default()).to_string().as_bytes()).unwrap()
    }

    #[test]
    fn earlier_versions_are_read_as_v2() {
        let of = |version: &str, spec: Value| {
            hpa(json!({"apiVersion": version, "kind": "HorizontalPodAutoscaler",
                       "metadata": {"name": "web"}, "spec": spec}))
        };
        let v1 = of("autoscaling/v1", json!({"targetCPUUtilizationPercentage": 65}));
        assert_eq!(v1.target_texts(), of("autoscaling/v2", json!({"metrics": [{"type": "Resource",
            "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 65}}}]})).target_texts());
        let metrics = json!([
            {"type": "Resource", "resource": {"name": "memory", "targetAverageUtilization": 70}},
            {"type": "Pods", "pods": {"metricName": "rps", "targetAverageValue": "10"}},
            {"type": "Object", "object": {"metricName": "hits", "targetValue": "2k",
                "target": {"kind": "Ingress", "name": "main"}}},
            {"type": "External", "external": {"metricName": "queue", "targetAverageValue": "3",
                "metricSelector": {"matchLabels": {"q": "a"}}}},
        ]);
        let old = of("autoscaling/v2beta1", json!({"metrics": metrics}));
        let names: Vec<&str> = old.metrics.iter().map(|metric| &*metric.name).collect();
        assert_eq!(names, ["memory", "rps", "hits", "queue"]);
        let values: Vec<_> =
            old.metrics.iter().map(|metric| metric.target.value.as_deref()).collect();
        assert_eq!(values, [Some("70"), Some("10"), Some("2k"), Some("3")]);
        assert_eq!(old.metrics[2].object.as_ref().unwrap().name, "main");
        assert_eq!(old.metrics[3].selector.as_deref(), Some("q=a"));
    }

    #[test]
    fn lists_are_their_items() {
        let text = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: apps/v1, kind: Deployment}\n\
                    - apiVersion: apps/v1\n  kind: DeploymentList\n  items: [{metadata: {name: a}}]\n";
        let documents = documents(text);
        let objects = objects(documents[0].root.as_ref().unwrap()).unwrap();
        let kinds: Vec<(&str, &str, usize)> =
            objects.iter().map(|it| (&*it.api_version, &*it.kind, it.node.line)).collect();
        assert_eq!(kinds, [("apps/v1", "Deployment", 4), ("apps/v1", "Deployment", 7)]);
        assert!(
            super::objects(super::super::yaml::documents("a: 1")[0].root.as_ref().unwrap())
                .is_none()
        );
    }
}
