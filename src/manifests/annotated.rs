//! Metrics and behavior of an HPA of an early version, which has no fields for them: as JSON in annotations,
//! as `kubectl get hpa.v1.autoscaling -o yaml` prints them.
//!
//! Source: `pkg/apis/autoscaling/{v1,v2beta1}/conversion.go` of Kubernetes 1.36. An API server drops an annotation that
//! it cannot read without a word; here it is refused.

use serde_json::{Map, Value};

use super::validate::Refused;
use super::yaml::Node;

pub(super) const METRICS: &str = "autoscaling.alpha.kubernetes.io/metrics";
pub(super) const BEHAVIOR: &str = "autoscaling.alpha.kubernetes.io/behavior";

/// What the annotations of an HPA of this version stand for. All nodes have the line of their annotation.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Annotated {
    /// In the form of v2beta1.
    pub(super) metrics: Option<Node>,
    pub(super) behavior: Option<Node>,
}

impl Annotated {
    /// Reads the annotations that an API server converts for this version.
    pub(super) fn of(hpa: &Node, api_version: &str) -> Result<Self, Vec<Refused>> {
        let has_metrics = api_version == "autoscaling/v1";
        let has_behavior = has_metrics || api_version == "autoscaling/v2beta1";
        let mut refused = Vec::new();
        let mut read = |name: &str, is_read: bool| {
            let node = hpa.get("metadata")?.get("annotations")?.get(name).filter(|_| is_read)?;
            match json(node) {
                Ok(value) => Some((value, node.line)),
                Err(why) => {
                    let message = format!(
                        "the annotation {name} is no JSON: {why}; an API server would ignore it"
                    );
                    refused.push(Refused { line: node.line, message });
                    None
                }
            }
        };
        let metrics = read(METRICS, has_metrics).map(|(value, line)| Node::of(value, line));
        let behavior =
            read(BEHAVIOR, has_behavior).map(|(value, line)| Node::of(small_keys(value), line));
        if refused.is_empty() { Ok(Self { metrics, behavior }) } else { Err(refused) }
    }
}

fn json(node: &Node) -> Result<Value, String> {
    match node.to_json() {
        Value::String(text) => serde_json::from_str(&text).map_err(|error| error.to_string()),
        _ => Err("it is not text".to_owned()),
    }
}

/// API servers write the names of a behavior's fields with a capital letter (`ScaleUp`), and read both.
fn small_keys(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let entry = |(key, value): (String, Value)| {
                let mut letters = key.chars();
                let first = letters.next().map(|first| first.to_ascii_lowercase());
                (first.into_iter().chain(letters).collect(), small_keys(value))
            };
            Value::Object(entries.into_iter().map(entry).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(small_keys).collect(),
        scalar => scalar,
    }
}
