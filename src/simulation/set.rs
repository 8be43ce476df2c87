//! `--set PATH=VALUE`: a change of an HPA's spec.

use std::str::FromStr;

use serde_json::{Map, Value, json};

use super::columns::ColumnNames;
use crate::config::nesting::flow_depth;
use crate::hpa::Hpa;

/// A change of one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    path: String,
    value: Value,
}

/// Why a text is no change, or a change does not fit an HPA.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// There is no path or no value.
    #[error("{0:?} is not PATH=VALUE, such as maxReplicas=20 or metrics.cpu.target=60")]
    Form(String),
    /// The value is not YAML.
    #[error("{0}: the value is not valid YAML")]
    Value(String),
    /// There is no such metric.
    #[error("{path}: the HPA has no metric so named; its metrics are {metrics}")]
    Metric {
        /// The path.
        path: String,
        /// The names of those that there are.
        metrics: String,
    },
    /// A part of the path is neither a field nor a place in a list.
    #[error("{path}: there is nothing at {part:?}")]
    Path {
        /// The path.
        path: String,
        /// The part.
        part: String,
    },
}

impl FromStr for Change {
    type Err = ChangeError;

    fn from_str(text: &str) -> Result<Self, ChangeError> {
        let mut depth = 0_i32;
        let equals = text.char_indices().find(|(_, c)| {
            depth += i32::from(*c == '{') - i32::from(*c == '}');
            *c == '=' && depth <= 0
        });
        let form = || ChangeError::Form(text.chars().take(80).collect());
        let (path, value) = text.split_at(equals.ok_or_else(form)?.0);
        let path = path.trim().trim_start_matches("spec.");
        if path.is_empty() {
            return Err(form());
        }
        let wrong = || ChangeError::Value(path.to_owned());
        let value = value.get(1..).unwrap_or_default().trim();
        if flow_depth(value.as_bytes()) > 50 {
            return Err(wrong());
        }
        // `60%` is a utilization.
        let percent = value.strip_suffix('%').filter(|it| it.parse::<u32>().is_ok());
        let value: serde_yaml::Value =
            serde_yaml::from_str(percent.unwrap_or(value)).map_err(|_| wrong())?;
        let value = serde_json::to_value(value).map_err(|_| wrong())?;
        let is_percent = percent.is_some() && path.ends_with(".target");
        let path = if is_percent { format!("{path}.averageUtilization") } else { path.to_owned() };
        Ok(Self { path, value })
    }
}

/// A key or a place in a list.
enum Part<'p> {
    Key(&'p str),
    Place(usize),
}

impl Change {
    /// The path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Changes the spec of an HPA, as [`Hpa::spec_json`] writes it. Whether the result is valid is not decided here.
    ///
    /// # Errors
    /// If the path leads nowhere.
    pub fn apply(&self, hpa: &Hpa, spec: &mut Value) -> Result<(), ChangeError> {
        match self.path.strip_prefix("metrics.") {
            Some(rest) => self.apply_to_metric(hpa, rest, spec),
            None => self.put(spec, &self.path),
        }
    }

    fn apply_to_metric(&self, hpa: &Hpa, rest: &str, spec: &mut Value) -> Result<(), ChangeError> {
        let names = ColumnNames::of(&hpa.metrics);
        let (place, rest) = self.metric(&names, rest, hpa)?;
        let Some(metrics) = spec["metrics"].as_array_mut() else {
            return Err(self.nothing("metrics"));
        };
        if rest.is_empty() && self.value.is_null() {
            if place < metrics.len() {
                metrics.remove(place);
            }
            return Ok(());
        }
        let Some(metric) = metrics.get_mut(place) else { return Err(self.nothing("metrics")) };
        let source = metric.as_object_mut().into_iter().flatten();
        let source = source.filter(|(key, _)| *key != "type").map(|(_, source)| source).next();
        let Some(source) = source else { return Err(self.nothing(rest)) };
        let target = &mut source["target"];
        let keys = [
            ("averageUtilization", "Utilization"),
            ("averageValue", "AverageValue"),
            ("value", "Value"),
        ];
        let (key, kind) = match rest.strip_prefix("target") {
            // The value of the type that the target has.
            Some("") => match keys.iter().find(|(key, _)| target.get(*key).is_some()) {
                Some(key) if !self.value.is_object() => *key,
                _ => return self.put(source, rest),
            },
            Some(key) => match keys.iter().find(|(it, _)| key.strip_prefix('.') == Some(*it)) {
                Some(key) => *key,
                None => return self.put(source, rest),
            },
            None => return self.put(source, rest),
        };
        *target = json!({"type": kind, key: self.value});
        Ok(())
    }

    /// The metric that the path begins with, and the rest of the path. Names may contain dots.
    fn metric<'r>(
        &self,
        names: &ColumnNames,
        rest: &'r str,
        hpa: &Hpa,
    ) -> Result<(usize, &'r str), ChangeError> {
        let mut depth = 0_i32;
        let ends = rest.char_indices().filter_map(|(at, c)| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            (c == '.' && depth <= 0).then_some(at)
        });
        let ends: Vec<usize> = ends.chain([rest.len()]).collect();
        let found = ends.iter().rev().find_map(|end| {
            let (name, rest) = rest.split_at(*end);
            let place = names.metrics_of(name).next()?;
            Some((place, rest.trim_start_matches('.')))
        });
        let by_place = || {
            let (place, rest) = rest.split_once('.').unwrap_or((rest, ""));
            let place: usize = place.parse().ok().filter(|place| *place < hpa.metrics.len())?;
            Some((place, rest))
        };
        found.or_else(by_place).ok_or_else(|| {
            let all = (0..hpa.metrics.len()).filter_map(|metric| names.shortest(metric));
            let metrics = all.collect::<Vec<_>>().join(", ");
            ChangeError::Metric { path: self.path.clone(), metrics }
        })
    }

    /// Puts the value at a path; null removes what is there.
    fn put(&self, mut node: &mut Value, path: &str) -> Result<(), ChangeError> {
        let parts: Vec<Part<'_>> = path
            .split(['.', '[', ']'])
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().map_or(Part::Key(part), Part::Place))
            .collect();
        let Some((last, before)) = parts.split_last() else { return Err(self.nothing(path)) };
        for part in before {
            node = match part {
                Part::Key(key) if node.is_object() || node.is_null() => &mut node[*key],
                Part::Place(place) => {
                    let item = node.as_array_mut().and_then(|items| items.get_mut(*place));
                    item.ok_or_else(|| self.nothing(&place.to_string()))?
                }
                Part::Key(key) => return Err(self.nothing(key)),
            };
        }
        match (last, node) {
            (Part::Key(key), Value::Object(fields)) if self.value.is_null() => {
                fields.shift_remove(*key);
            }
            (Part::Key(key), Value::Object(fields)) => {
                fields.insert((*key).to_owned(), self.value.clone());
            }
            (Part::Key(_), Value::Null) if self.value.is_null() => {}
            (Part::Key(key), node @ Value::Null) => {
                let field = ((*key).to_owned(), self.value.clone());
                *node = Value::Object(Map::from_iter([field]));
            }
            (Part::Place(place), Value::Array(items))
                if *place < items.len() && self.value.is_null() =>
            {
                items.remove(*place);
            }
            (Part::Place(place), Value::Array(items)) if *place < items.len() => {
                if let Some(item) = items.get_mut(*place) {
                    item.clone_from(&self.value);
                }
            }
            (Part::Place(place), Value::Array(items)) if *place == items.len() => {
                items.push(self.value.clone());
            }
            (Part::Key(part), _) => return Err(self.nothing(part)),
            (Part::Place(place), _) => return Err(self.nothing(&place.to_string())),
        }
        Ok(())
    }

    fn nothing(&self, part: &str) -> ChangeError {
        ChangeError::Path { path: self.path.clone(), part: part.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::hpa::parse_one;

    fn changed(changes: &[&str]) -> Result<Value, String> {
        let object = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "web"}, "spec": {"maxReplicas": 5, "metrics": [
            {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}},
            {"type": "External", "external": {"metric": {"name": "a.b", "selector": {"matchLabels": {"q": "x"}}},
                "target": {"type": "AverageValue", "averageValue": "30"}}}]}});
        let name: Arc<str> = "x".into();
        let hpa = parse_one(&name, &name, object.to_string().as_bytes()).unwrap();
        let mut spec = hpa.spec_json();
        for change in changes {
            let change: Change = change.parse().map_err(|error: ChangeError| error.to_string())?;
            change.apply(&hpa, &mut spec).map_err(|error| error.to_string())?;
        }
        Ok(spec)
    }

    #[test]
    fn fields_are_set_and_removed() {
        let spec = changed(&[
            "maxReplicas=20",
            "spec.minReplicas=null",
            "behavior.scaleDown.stabilizationWindowSeconds=600",
            "behavior.scaleUp.policies=[{type: Pods, value: 8, periodSeconds: 15}]",
            "behavior.scaleUp.policies[0].value=9",
            "behavior.scaleUp.tolerance=0.05",
        ])
        .unwrap();
        assert_eq!(spec["maxReplicas"], 20);
        assert_eq!(spec.get("minReplicas"), None);
        assert_eq!(spec["behavior"]["scaleDown"], json!({"stabilizationWindowSeconds": 600}));
        assert_eq!(spec["behavior"]["scaleUp"]["policies"][0]["value"], 9);
        assert_eq!(spec["behavior"]["scaleUp"]["tolerance"], 0.05);
    }

    #[test]
    fn metrics_are_named() {
        let target = |change: &str, metric: usize| {
            let spec = changed(&[change]).unwrap();
            let metric = &spec["metrics"][metric];
            metric.get("resource").or(metric.get("external")).unwrap()["target"].clone()
        };
        assert_eq!(
            target("metrics.cpu.target=70", 0),
            json!({"type": "Utilization", "averageUtilization": 70})
        );
        assert_eq!(
            target("metrics.cpu.target=70%", 0),
            json!({"type": "Utilization", "averageUtilization": 70})
        );
        assert_eq!(
            target("metrics.cpu.target.averageValue=500m", 0),
            json!({"type": "AverageValue", "averageValue": "500m"})
        );
        assert_eq!(
            target("metrics.a.b.target=40", 1),
            json!({"type": "AverageValue", "averageValue": 40})
        );
        assert_eq!(
            target("metrics.a.b{q=x}.target=40", 1),
            json!({"type": "AverageValue", "averageValue": 40})
        );
        assert_eq!(target("metrics.1.target.value=40", 1), json!({"type": "Value", "value": 40}));
        assert_eq!(changed(&["metrics.cpu=null"]).unwrap()["metrics"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn what_leads_nowhere_is_an_error() {
        let error = |change: &str| changed(&[change]).unwrap_err();
        assert!(error("maxReplicas").contains("is not PATH=VALUE"));
        assert!(error("=5").contains("is not PATH=VALUE"));
        assert_eq!(
            error("metrics.gpu.target=5"),
            "metrics.gpu.target: the HPA has no metric so named; its metrics are cpu, a.b"
        );
        assert_eq!(error("maxReplicas.x=5"), "maxReplicas.x: there is nothing at \"x\"");
        assert_eq!(
            error("behavior.scaleUp.policies[0].value=5"),
            "behavior.scaleUp.policies[0].value: there is nothing at \"0\""
        );
        assert_eq!(error("maxReplicas=[1"), "maxReplicas: the value is not valid YAML");
        assert!(error(&format!("x={}", "[".repeat(10_000))).contains("not valid YAML"));
    }
}
