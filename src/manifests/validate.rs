//! What an API server would refuse of an HPA's manifest: fields that do not exist, values of another
//! type or out of limits, what is missing, and what contradicts itself.

use serde_json::Value;

use super::annotated::{self, Annotated};
use super::schema::{ANNOTATED_BEHAVIOR, ANNOTATED_METRICS, Field, SOURCES, Shape, manifest};
use super::yaml::{Content, Node};
use crate::config::pattern::nearest;
use crate::kube::Quantity;

const KIND: &str = "HorizontalPodAutoscaler";
const GROUP: &str = "autoscaling/";

/// Why a manifest is refused, and the line of what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) line: usize,
    pub(super) message: String,
}

/// What is wrong with the version or kind of an object that is an HPA, or is meant to be one.
pub(super) fn misnamed(node: &Node, api_version: &str, kind: &str) -> Option<Refused> {
    let refused = |key: &str, message| Refused { line: node.line_of(&[key]), message };
    if kind == KIND {
        if manifest(api_version).is_some() {
            return None;
        }
        let message = format!("there is no {KIND} of {api_version}; did you mean autoscaling/v2?");
        return Some(refused("apiVersion", message));
    }
    let is_meant = kind.eq_ignore_ascii_case(KIND)
        || kind.eq_ignore_ascii_case("hpa")
        || api_version.starts_with(GROUP) && !["Scale", "List"].iter().any(|it| kind.ends_with(it));
    is_meant.then(|| {
        refused("kind", format!("there is no kind {kind} of {api_version}; did you mean {KIND}?"))
    })
}

/// What is wrong with an HPA, in the order of its lines.
pub(super) fn refusals(hpa: &Node, api_version: &str, annotated: &Annotated) -> Vec<Refused> {
    let Some(fields) = manifest(api_version) else { return Vec::new() };
    let mut found = Refusals { refused: Vec::new() };
    found.object(hpa, "", fields);
    found.annotated(annotated);
    if let Some(spec) = hpa.get("spec") {
        found.bounds(spec, annotated);
        for (index, metric) in items(spec, "metrics").iter().enumerate() {
            found.metric(metric, &format!("spec.metrics[{index}]"));
        }
        if let Some(behavior) = spec.get("behavior") {
            found.policies(behavior, "spec.behavior");
        }
    }
    found.refused.sort_by_key(|refused| refused.line);
    found.refused
}

struct Refusals {
    refused: Vec<Refused>,
}

impl Refusals {
    fn add(&mut self, line: usize, message: String) {
        self.refused.push(Refused { line, message });
    }

    fn object(&mut self, node: &Node, path: &str, fields: &[Field]) {
        let entries = node.entries();
        let full =
            |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        for (index, (key, value)) in entries.iter().enumerate() {
            if let Some((_, first)) = entries[..index].iter().find(|(it, _)| it == key) {
                let line = first.line;
                self.add(value.line, format!("{} is there twice, also on line {line}", full(key)));
            }
            match fields.iter().find(|field| field.name == key) {
                Some(field) if !is_null(value) => self.value(value, &full(key), field.shape),
                Some(_) => {}
                None => self.add(value.line, unknown(path, key, fields)),
            }
        }
        for field in fields.iter().filter(|field| field.required) {
            if node.get(field.name).is_none_or(is_null) {
                self.add(node.line, format!("{} is missing", full(field.name)));
            }
        }
    }

    fn value(&mut self, node: &Node, path: &str, shape: Shape) {
        match shape {
            Shape::Any => {}
            Shape::Object(fields) => match &node.value {
                Content::Map(_) => self.object(node, path, fields),
                _ => self.add(node.line, format!("{path} is {}, not a map", described(node))),
            },
            Shape::List(items) => match &node.value {
                Content::List(nodes) => {
                    for (index, node) in nodes.iter().enumerate() {
                        self.value(node, &format!("{path}[{index}]"), *items);
                    }
                }
                _ => self.add(node.line, format!("{path} is {}, not a list", described(node))),
            },
            Shape::Text => match text(node) {
                Some("") => self.add(node.line, format!("{path} is empty")),
                Some(_) => {}
                None => self.add(node.line, format!("{path} is {}, not text", described(node))),
            },
            Shape::OneOf(values) => {
                let known = text(node).is_some_and(|text| values.contains(&text));
                if !known {
                    let values = values.join(", ");
                    self.add(
                        node.line,
                        format!("{path} is {}, not one of {values}", described(node)),
                    );
                }
            }
            Shape::Integer { least, most } => {
                let limits = if most == i64::from(i32::MAX) {
                    format!("from {least}")
                } else {
                    format!("from {least} to {most}")
                };
                match integer(node) {
                    Some(number) if (least..=most).contains(&number) => {}
                    _ => self.add(
                        node.line,
                        format!("{path} is {}, not a whole number {limits}", described(node)),
                    ),
                }
            }
            Shape::Quantity { positive } => match quantity(node) {
                Some(quantity) if quantity > Quantity::ZERO || quantity.is_zero() && !positive => {}
                Some(_) if positive => {
                    self.add(node.line, format!("{path} is {}, not positive", described(node)));
                }
                Some(_) => self.add(node.line, format!("{path} is {}, negative", described(node))),
                None => self.add(
                    node.line,
                    format!("{path} is {}, not a quantity such as 500m or 1Gi", described(node)),
                ),
            },
        }
    }

    /// What annotations stand for has the rules of the fields.
    fn annotated(&mut self, Annotated { metrics, behavior }: &Annotated) {
        if let Some(metrics) = metrics {
            let path = format!("the annotation {}: metrics", annotated::METRICS);
            self.value(metrics, &path, ANNOTATED_METRICS);
            for (index, metric) in metrics.items().iter().enumerate() {
                self.metric(metric, &format!("{path}[{index}]"));
            }
        }
        if let Some(behavior) = behavior {
            let path = format!("the annotation {}: behavior", annotated::BEHAVIOR);
            self.value(behavior, &path, ANNOTATED_BEHAVIOR);
            self.policies(behavior, &path);
        }
    }

    fn policies(&mut self, behavior: &Node, path: &str) {
        for direction in ["scaleUp", "scaleDown"] {
            let policies = behavior.get(direction).and_then(|it| it.get("policies"));
            if let Some(node) = policies
                && node.items().is_empty()
                && !is_null(node)
            {
                let path = format!("{path}.{direction}.policies");
                self.add(node.line, format!("{path} is empty; leave it out for the defaults"));
            }
        }
    }

    fn bounds(&mut self, spec: &Node, annotated: &Annotated) {
        let of = |key| spec.get(key).and_then(integer);
        let min = of("minReplicas");
        if let (Some(min), Some(max)) = (min, of("maxReplicas"))
            && max >= 1
            && min > max
        {
            let line = spec.line_of(&["minReplicas"]);
            self.add(
                line,
                format!("spec.minReplicas ({min}) is more than spec.maxReplicas ({max})"),
            );
        }
        let of_annotation = annotated.metrics.as_ref().map(Node::items).unwrap_or_default();
        let scales_from_zero = items(spec, "metrics")
            .iter()
            .chain(of_annotation)
            .any(|metric| matches!(metric.text("type"), "Object" | "External"));
        if min == Some(0) && !scales_from_zero {
            let line = spec.line_of(&["minReplicas"]);
            let message = "spec.minReplicas is 0, which needs an Object or External metric";
            self.add(line, message.to_owned());
        }
    }

    /// A metric has the source of its type and no other, and the target that its type needs.
    fn metric(&mut self, metric: &Node, path: &str) {
        let kind = metric.text("type");
        let Some((_, own)) = SOURCES.iter().find(|(it, _)| *it == kind) else { return };
        let is_there = |key: &str| metric.get(key).is_some_and(|node| !is_null(node));
        if !is_there(own) {
            self.add(metric.line, format!("{path} is of type {kind}, but {path}.{own} is missing"));
        }
        for (_, other) in SOURCES.iter().filter(|(_, it)| it != own) {
            if is_there(other) {
                let line = metric.line_of(&[other]);
                self.add(line, format!("{path}.{other} is in a metric of type {kind}"));
            }
        }
        let Some(target) = metric.get(own).and_then(|source| source.get("target")) else { return };
        let allowed: &[&str] = match kind {
            "Resource" | "ContainerResource" => &["averageUtilization", "averageValue"],
            "Pods" => &["averageValue"],
            _ => &["value", "averageValue"],
        };
        if !matches!(target.value, Content::Map(_)) || target.get("kind").is_some() {
            return;
        }
        let set: Vec<&str> = ["averageUtilization", "averageValue", "value"]
            .into_iter()
            .filter(|key| target.get(key).is_some_and(|node| !is_null(node)))
            .collect();
        let path = format!("{path}.{own}.target");
        match set.as_slice() {
            [] => self.add(target.line, format!("{path} has no {}", allowed.join(" or "))),
            [one] if allowed.contains(one) => {}
            [one] => self.add(
                target.line_of(&[one]),
                format!("{path}.{one} is not for metrics of type {kind}: {}", allowed.join(" or ")),
            ),
            several => self.add(
                target.line,
                format!("{path} has {}; only one is allowed", several.join(" and ")),
            ),
        }
    }
}

fn unknown(path: &str, key: &str, fields: &[Field]) -> String {
    let place = if path.is_empty() { KIND } else { path };
    let meant = match nearest(key, fields.iter().map(|field| field.name)).first() {
        Some(name) => format!("; did you mean {name}?"),
        None => String::new(),
    };
    format!("{place} has no field {key}{meant}")
}

fn items<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.get(key).map(Node::items).unwrap_or_default()
}

fn is_null(node: &Node) -> bool {
    matches!(node.value, Content::Scalar(Value::Null))
}

fn text(node: &Node) -> Option<&str> {
    match &node.value {
        Content::Scalar(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// The whole number of a node; 2.0 is one as well.
fn integer(node: &Node) -> Option<i64> {
    let Content::Scalar(Value::Number(number)) = &node.value else { return None };
    #[expect(clippy::cast_possible_truncation, reason = "a fraction or a larger number is none")]
    let whole = |float: f64| (float.fract() == 0.0 && float.abs() < 1e15).then_some(float as i64);
    number.as_i64().or_else(|| number.as_f64().and_then(whole))
}

fn quantity(node: &Node) -> Option<Quantity> {
    let text = match &node.value {
        Content::Scalar(Value::String(text)) => text.clone(),
        Content::Scalar(Value::Number(number)) => number.to_string(),
        _ => return None,
    };
    text.parse().ok()
}

/// What a value is, for a sentence.
fn described(node: &Node) -> String {
    const LONGEST: usize = 40;
    match &node.value {
        Content::Map(_) => "a map".to_owned(),
        Content::List(_) => "a list".to_owned(),
        Content::Scalar(Value::String(text)) if text.chars().count() > LONGEST => {
            format!("{:?}…", text.chars().take(LONGEST).collect::<String>())
        }
        Content::Scalar(value) => value.to_string(),
    }
}

#[cfg(test)]
mod tests;
