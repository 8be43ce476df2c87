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
    /// A percentage is not what the field takes.
    #[error("{path}: {value}% is not possible here, {hint}")]
    Percent {
        /// The path.
        path: String,
        /// The number before the sign.
        value: String,
        /// What to write.
        hint: String,
    },
    /// Several metrics have the name.
    #[error("{path}: {name} is ambiguous: {metrics}")]
    Ambiguous {
        /// The path.
        path: String,
        /// The name.
        name: String,
        /// The names that are not.
        metrics: String,
    },
    /// The path ends with the metric's name.
    #[error(
        "{path} is a whole metric: {path}.target={value} sets its target, {path}=null removes it"
    )]
    Whole {
        /// The path.
        path: String,
        /// The value.
        value: String,
    },
    /// The path goes on with the key of another type of metric.
    #[error(
        "{path}: the metric is of type {kind}, which has no {key}; its target is {metric}.target"
    )]
    Kind {
        /// The path.
        path: String,
        /// The metric's type.
        kind: String,
        /// The key.
        key: String,
        /// The metric, as the path begins.
        metric: String,
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
        let percent = value.strip_suffix('%').map(str::trim);
        let percent = percent.filter(|it| it.parse().is_ok_and(f64::is_finite));
        let is_of_metric = path.starts_with("metrics.");
        let takes_percent =
            is_of_metric && (path.ends_with(".target") || path.ends_with(".averageUtilization"));
        if let Some(percent) = percent.filter(|_| !takes_percent) {
            return Err(percentage(path, percent));
        }
        let value: serde_yaml::Value =
            serde_yaml::from_str(percent.unwrap_or(value)).map_err(|_| wrong())?;
        let value = serde_json::to_value(value).map_err(|_| wrong())?;
        let is_percent = percent.is_some() && path.ends_with(".target");
        let path = if is_percent { format!("{path}.averageUtilization") } else { path.to_owned() };
        Ok(Self { path, value })
    }
}

/// That a field takes no percentage, and what it takes instead.
fn percentage(path: &str, percent: &str) -> ChangeError {
    let share = percent.parse::<f64>().unwrap_or_default() / 100.0;
    let share = (share * 1e6).round() / 1e6;
    let hint = if path.ends_with("tolerance") {
        format!("write {share}")
    } else if path.contains(".policies") {
        format!("write {percent}, which is a percentage if the policy is of type Percent")
    } else {
        format!("write a number: {percent}")
    };
    ChangeError::Percent { path: path.to_owned(), value: percent.to_owned(), hint }
}

/// The keys of the types of metrics.
const SOURCES: [&str; 5] = ["resource", "containerResource", "pods", "object", "external"];

/// The policies that the API server fills in where there are none, for a path that leads into them.
fn fill_policies(spec: &mut Value, path: &str) {
    let Some(rest) = path.strip_prefix("behavior.") else { return };
    let direction = ["scaleUp", "scaleDown"].into_iter().find_map(|direction| {
        let rest = rest.strip_prefix(direction)?.strip_prefix(".policies")?;
        rest.starts_with(['[', '.']).then_some(direction)
    });
    let Some(direction) = direction else { return };
    let is_free = |node: &Value| node.is_null() || node.is_object();
    let behavior = spec.get("behavior").unwrap_or(&Value::Null);
    let rules = behavior.get(direction).unwrap_or(&Value::Null);
    if !is_free(behavior) || !is_free(rules) {
        return;
    }
    let is_empty = match rules.get("policies") {
        None | Some(Value::Null) => true,
        Some(policies) => policies.as_array().is_some_and(Vec::is_empty),
    };
    if is_empty {
        let percent = json!({"type": "Percent", "value": 100, "periodSeconds": 15});
        let pods = json!({"type": "Pods", "value": 4, "periodSeconds": 15});
        let both = if direction == "scaleUp" { json!([pods, percent]) } else { json!([percent]) };
        spec["behavior"][direction]["policies"] = both;
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
        if let Some(rest) = self.path.strip_prefix("metrics.") {
            return self.apply_to_metric(hpa, rest, spec);
        }
        fill_policies(spec, &self.path);
        self.put(spec, &self.path)
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
        if rest.is_empty() {
            let value = self.value.to_string();
            return Err(ChangeError::Whole { path: self.path.clone(), value });
        }
        let Some(metric) = metrics.get_mut(place) else { return Err(self.nothing("metrics")) };
        let kind = metric["type"].as_str().unwrap_or_default().to_owned();
        let source = metric.as_object_mut().into_iter().flatten().find(|(key, _)| *key != "type");
        let Some((own, source)) = source else { return Err(self.nothing(rest)) };
        let rest = self.inside(own, &kind, rest)?;
        self.of_source(source, rest, &kind)
    }

    /// The path inside of a metric's source: without the key of its type, if that is written.
    fn inside<'r>(&self, own: &str, kind: &str, rest: &'r str) -> Result<&'r str, ChangeError> {
        let (first, tail) = rest.split_once('.').unwrap_or((rest, ""));
        if first == own && !tail.is_empty() {
            return Ok(tail);
        }
        if !SOURCES.contains(&first) || first == own {
            return Ok(rest);
        }
        let metric = self.path.strip_suffix(rest).unwrap_or_default().trim_end_matches('.');
        Err(ChangeError::Kind {
            path: self.path.clone(),
            kind: kind.to_owned(),
            key: first.to_owned(),
            metric: metric.to_owned(),
        })
    }

    fn of_source(&self, source: &mut Value, rest: &str, kind: &str) -> Result<(), ChangeError> {
        if rest == "target.averageUtilization" && !kind.ends_with("Resource") {
            let hint = format!(
                "a metric of type {kind} has no percentage: write an amount as {}",
                self.path.replace("averageUtilization", "averageValue")
            );
            return Err(ChangeError::Percent {
                path: self.path.clone(),
                value: self.value.to_string(),
                hint,
            });
        }
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
        let place_of = |name: &str| names.metrics_of(name).next();
        let split = |end: &usize| {
            let (name, rest) = rest.split_at(*end);
            (name, rest.trim_start_matches('.'))
        };
        // The longest name, but no whole metric's where a shorter one leaves a field to be set.
        let all = || ends.iter().rev().map(split);
        let longest = all().find(|(name, _)| place_of(name).is_some());
        let is_field = |rest: &str| !rest.is_empty() || self.value.is_null();
        let field = all().find(|(name, rest)| is_field(rest) && place_of(name).is_some());
        let found = field.or(longest).and_then(|(name, rest)| Some((place_of(name)?, rest)));
        if found.is_none() {
            self.unambiguous(names, all().map(|(name, _)| name), hpa)?;
        }
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

    /// That none of these names is that of several metrics.
    fn unambiguous<'n>(
        &self,
        names: &ColumnNames,
        candidates: impl Iterator<Item = &'n str>,
        hpa: &Hpa,
    ) -> Result<(), ChangeError> {
        for name in candidates {
            let same = hpa.metrics.iter().enumerate().filter(|(_, metric)| metric.name == name);
            let metrics: Vec<&str> = same.filter_map(|(it, _)| names.shortest(it)).collect();
            if !metrics.is_empty() {
                return Err(ChangeError::Ambiguous {
                    path: self.path.clone(),
                    name: name.to_owned(),
                    metrics: metrics.join(", "),
                });
            }
        }
        Ok(())
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
#[path = "set_tests.rs"]
mod tests;
