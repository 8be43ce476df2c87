//! The names of metrics as columns of a load.

use super::load::{Load, RESERVED};
use crate::hpa::{Metric, MetricType};
use crate::kube::Selector;

/// The names by which metrics are known, the shortest first, and for each metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnNames(Vec<Vec<String>>);

impl ColumnNames {
    /// The names of an HPA's metrics. Of several metrics that a name could mean it is the strongest's; where they are
    /// equally strong, it is nobody's.
    pub fn of(metrics: &[Metric]) -> Self {
        let all: Vec<Vec<Form>> = metrics.iter().map(forms).collect();
        let is_own = |own: &Metric, form: &Form| {
            let others =
                metrics.iter().zip(&all).filter(|(other, _)| !own.is_of_same_source(other));
            let mut same = others.flat_map(|(_, forms)| forms).filter(|it| it.name == form.name);
            same.all(|other| form.strength > other.strength)
        };
        let own = metrics.iter().zip(&all).map(|(metric, forms)| {
            let own = forms.iter().filter(|form| is_own(metric, form));
            own.map(|form| form.name.clone()).collect()
        });
        Self(own.collect())
    }

    /// The name that a metric's column is written with.
    pub fn shortest(&self, metric: usize) -> Option<&str> {
        self.0.get(metric)?.first().map(String::as_str)
    }

    /// The metrics that a column is of.
    pub fn metrics_of(&self, column: &str) -> impl Iterator<Item = usize> {
        let column = normalized(column);
        let names = self.0.iter().enumerate();
        names.filter(move |(_, names)| names.contains(&column)).map(|(place, _)| place)
    }

    /// The column of each metric of a load, in the metrics' order; the names of those that have none are the error.
    pub fn places(&self, load: &Load) -> Result<Vec<usize>, Vec<String>> {
        let mut places: Vec<Option<usize>> = vec![None; self.0.len()];
        for (column, place) in load.columns.iter().zip(0..) {
            for metric in self.metrics_of(&column.name) {
                if let Some(found) = places.get_mut(metric) {
                    *found = found.or(Some(place));
                }
            }
        }
        let missing: Vec<String> = (places.iter().enumerate().filter(|(_, place)| place.is_none()))
            .map(|(metric, _)| self.shortest(metric).unwrap_or_default().to_owned())
            .collect();
        if missing.is_empty() { Ok(places.into_iter().flatten().collect()) } else { Err(missing) }
    }

    /// The columns of a load that are of no metric.
    pub fn strangers<'l>(&self, load: &'l Load) -> Vec<&'l str> {
        let names = load.columns.iter().map(|column| column.name.as_str());
        names.filter(|name| self.metrics_of(name).next().is_none()).collect()
    }
}

fn is_resource(metric: &Metric) -> bool {
    matches!(metric.kind, MetricType::Resource | MetricType::ContainerResource)
}

/// A name that a metric could have.
#[derive(Debug)]
struct Form {
    name: String,
    strength: Strength,
}

/// How strong a claim to a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// The metric's selector or object is left out.
    Abbreviated,
    /// It is the metric's whole name.
    Whole,
    /// A resource of the pods.
    Resource,
}

/// The names that a metric could have, the shortest first.
fn forms(metric: &Metric) -> Vec<Form> {
    let kind = metric.kind.as_str();
    let is_free = |name: &String| !RESERVED.contains(&name.as_str()) && !name.is_empty();
    if is_resource(metric) {
        let name = match &metric.container {
            Some(container) => format!("{}/{container}", metric.name),
            None => metric.name.clone(),
        };
        let long = format!("{kind}:{name}");
        let names = [name, long].into_iter().filter(is_free);
        return names.map(|name| Form { name, strength: Strength::Resource }).collect();
    }
    let name = metric.name.as_str();
    let selector = metric.selector.as_deref().map(|text| normalized(&format!("{{{text}}}")));
    let (selector, strength) = match &selector {
        Some(selector) => (selector.as_str(), Strength::Abbreviated),
        None => ("", Strength::Whole),
    };
    let mut forms = vec![Form { name: name.to_owned(), strength }];
    let whole = |name: String| Form { name, strength: Strength::Whole };
    if !selector.is_empty() {
        forms.push(whole(format!("{name}{selector}")));
    }
    forms.push(Form { name: format!("{kind}:{name}"), strength });
    if !selector.is_empty() {
        forms.push(whole(format!("{kind}:{name}{selector}")));
    }
    if let Some(object) = &metric.object {
        forms.push(whole(format!("{kind}:{name}{selector}@{}/{}", object.kind, object.name)));
    }
    forms.retain(|form| is_free(&form.name));
    forms
}

/// A name with its selector, if it has one, as selectors are always written: without blanks, sorted.
fn normalized(name: &str) -> String {
    let Some((head, rest)) = name.split_once('{') else { return name.to_owned() };
    let Some((selector, tail)) = rest.rsplit_once('}') else { return name.to_owned() };
    let Some(selector) = Selector::parse(selector).map(Selector::sorted) else {
        return name.to_owned();
    };
    match selector.text() {
        Some(text) => format!("{head}{{{text}}}{tail}"),
        None => format!("{head}{tail}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "JSON is written where it is needed")]
    fn metric(kind: &str, name: &str, more: Value) -> Metric {
        let mut json =
            json!({"type": kind, "name": name, "target": {"type": "AverageValue", "value": "1"}});
        json.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(json).unwrap()
    }

    fn shortest(metrics: &[Metric]) -> Vec<String> {
        let names = ColumnNames::of(metrics);
        (0..metrics.len()).map(|it| names.shortest(it).unwrap().to_owned()).collect()
    }

    #[test]
    fn a_name_is_as_long_as_it_must_be() {
        let none = || json!({});
        let with = |selector: &str| json!({"selector": selector});
        let metrics = [
            metric("Resource", "cpu", none()),
            metric("ContainerResource", "cpu", json!({"container": "app"})),
            metric("Pods", "cpu", none()),
            metric("Pods", "time", none()),
            metric("External", "queue", with("b=2,a=1")),
            metric("External", "queue", with("a=2")),
            metric("Object", "hits", none()),
            metric("External", "hits", none()),
        ];
        assert_eq!(
            shortest(&metrics),
            [
                "cpu",
                "cpu/app",
                "Pods:cpu",
                "Pods:time",
                "queue{a=1,b=2}",
                "queue{a=2}",
                "Object:hits",
                "External:hits"
            ]
        );
        let one_without = [metric("External", "q", none()), metric("External", "q", with("a=1"))];
        assert_eq!(shortest(&one_without), ["q", "q{a=1}"]);
        let object =
            |name: &str| json!({"object": {"apiVersion": "v1", "kind": "Service", "name": name}});
        let objects =
            [metric("Object", "hits", object("a")), metric("Object", "hits", object("b"))];
        assert_eq!(shortest(&objects), ["Object:hits@Service/a", "Object:hits@Service/b"]);
    }

    #[test]
    fn columns_are_found_by_any_name() {
        let external = metric("External", "queue", json!({"selector": "a=1,b=2"}));
        let metrics =
            [metric("Resource", "cpu", json!({})), external, metric("Resource", "cpu", json!({}))];
        let names = ColumnNames::of(&metrics);
        for queue in [
            "queue",
            "queue{a=1,b=2}",
            "queue{ b = 2, a=1 }",
            "External:queue",
            "External:queue{b=2,a=1}",
        ] {
            let load = Load::parse(&format!("time,\"{queue}\",cpu\n0,1,1\n")).unwrap();
            assert_eq!(names.places(&load), Ok(vec![1, 0, 1]), "{queue}");
            assert!(names.strangers(&load).is_empty());
        }
        let load = Load::parse("time,queue{a=2},memory,cpu\n0,1,1,1\n").unwrap();
        assert_eq!(names.places(&load), Err(vec!["queue".to_owned()]));
        assert_eq!(names.strangers(&load), ["queue{a=2}", "memory"]);
    }
}
