//! Matches the metrics of a spec with their readings in the status.

use super::api;
use super::record::{Metric, MetricCurrent, MetricTarget, MetricType, TargetType};
use crate::kube::ObjectRef;
use crate::kube::Quantity;
use crate::kube::json::Text;

/// What distinguishes one metric of an HPA from another.
#[derive(PartialEq)]
struct MetricKey<'a> {
    kind: MetricType,
    name: Text<'a>,
    container: Text<'a>,
    selector: Option<String>,
    object: Option<ObjectRef>,
}

/// A metric of the spec with its target, or of the status with its current value.
struct Part<'a> {
    key: MetricKey<'a>,
    /// The type of its value; `None` if there is no value.
    field: Option<TargetType>,
    value: api::MetricValue<'a>,
}

impl<'a> Part<'a> {
    fn new(metric: api::Metric<'a>, value_of: impl Fn(&mut Source<'a>) -> Value<'a>) -> Self {
        let kind = MetricType::from(metric.kind.as_str());
        let source = match kind {
            MetricType::Resource => metric.resource,
            MetricType::ContainerResource => metric.container_resource,
            MetricType::Pods => metric.pods,
            MetricType::Object => metric.object,
            MetricType::External => metric.external,
            MetricType::Other(_) => None,
        };
        let mut source = source.map_or_else(Source::default, |source| *source);
        let value = value_of(&mut source).unwrap_or_default();
        let (name, selector) = match source.metric {
            Some(metric) => (metric.name, metric.selector.text()),
            None => (source.name, None),
        };
        let object = source.described_object.map(ObjectRef::from);
        let field = field(&kind, &value);
        let key = MetricKey { kind, name, container: source.container, selector, object };
        Self { key, field, value }
    }
}

type Source<'a> = api::MetricSource<'a>;
type Value<'a> = Option<api::MetricValue<'a>>;

/// Which field counts: the controller uses the fields that are set; where they disagree with
/// `type`, it ignores `type`.
fn field(kind: &MetricType, value: &api::MetricValue<'_>) -> Option<TargetType> {
    let average = || !value.average_value.as_str().is_empty();
    let total = || !value.value.as_str().is_empty();
    let percent = || value.average_utilization.0.is_some();
    let first = |fields: [(bool, TargetType); 3]| {
        fields.into_iter().find(|(is_set, _)| *is_set).map(|(_, field)| field)
    };
    let (average, total, percent) = (
        (average(), TargetType::AverageValue),
        (total(), TargetType::Value),
        (percent(), TargetType::Utilization),
    );
    match kind {
        MetricType::Resource | MetricType::ContainerResource => first([average, percent, total]),
        _ => first([average, total, percent]),
    }
}

/// The metrics of a spec, each with its reading.
///
/// The controller writes readings in the order of the spec, an empty one for each that failed; but
/// servers in between may omit or reorder some. Therefore a reading is found by its metric's
/// identity, and among metrics with equal identity by its position, else by its field, else by
/// order.
pub(super) fn metrics(spec: Vec<api::Metric<'_>>, status: Vec<api::Metric<'_>>) -> Vec<Metric> {
    let spec: Vec<Part<'_>> =
        spec.into_iter().map(|metric| Part::new(metric, |source| source.target.take())).collect();
    let mut readings: Vec<Option<Part<'_>>> = status
        .into_iter()
        .map(|metric| {
            let part = Part::new(metric, |source| source.current.take());
            part.field.is_some().then_some(part)
        })
        .collect();
    if spec.is_empty() {
        let value = api::MetricValue {
            average_utilization: crate::kube::json::Int(Some(80)),
            ..api::MetricValue::default()
        };
        let key = MetricKey {
            kind: MetricType::Resource,
            name: Text::from("cpu"),
            container: Text::default(),
            selector: None,
            object: None,
        };
        let cpu = vec![Part { key, field: Some(TargetType::Utilization), value }];
        return pair(cpu, &mut readings);
    }
    pair(spec, &mut readings)
}

/// Whether a reading has the value with which the target is compared.
fn has_compared_value(target: &Part<'_>, reading: &Part<'_>) -> bool {
    let wanted = target.field.as_ref().unwrap_or(&TargetType::Value);
    let is_own = reading.field.as_ref() == Some(wanted);
    match wanted {
        // A reading of the utilization also contains the average; one of the average contains
        // nothing else.
        TargetType::Utilization => reading.value.average_utilization.0.is_some(),
        TargetType::AverageValue => is_own && reading.value.average_utilization.0.is_none(),
        TargetType::Value | TargetType::Other(_) => is_own,
    }
}

fn pair(spec: Vec<Part<'_>>, readings: &mut [Option<Part<'_>>]) -> Vec<Metric> {
    let mut found: Vec<Option<Part<'_>>> = spec.iter().map(|_| None).collect();
    if readings.len() == spec.len() {
        for ((target, reading), found) in spec.iter().zip(readings.iter_mut()).zip(&mut found) {
            *found = reading.take_if(|it| it.key == target.key && has_compared_value(target, it));
        }
    }
    for exact in [true, false] {
        for (target, found) in spec.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
            *found = readings.iter_mut().find_map(|reading| {
                reading.take_if(|it| {
                    it.key == target.key && (!exact || has_compared_value(target, it))
                })
            });
        }
    }
    spec.into_iter().zip(found).map(|(target, reading)| metric(target, reading)).collect()
}

fn metric(target: Part<'_>, reading: Option<Part<'_>>) -> Metric {
    let Part { key, field, value } = target;
    let kind = field.unwrap_or_else(|| TargetType::from(value.kind.as_str()));
    let current = reading.and_then(|reading| current(&key.kind, &kind, &reading.value));
    Metric {
        kind: key.kind,
        name: key.name.into_string(),
        container: key.container.into_option(),
        selector: key.selector,
        object: key.object,
        target: MetricTarget { value: of(&kind, &value), kind },
        current,
    }
}

/// The value of that type, as it was written.
fn of(field: &TargetType, value: &api::MetricValue<'_>) -> Option<String> {
    match field {
        TargetType::Utilization => {
            value.average_utilization.as_i32().map(|percent| percent.to_string())
        }
        TargetType::AverageValue => value.average_value.clone().into_option(),
        TargetType::Value | TargetType::Other(_) => value.value.clone().into_option(),
    }
}

/// The reading; `None` if it has no number, or an impossible one: after dividing zero by zero the
/// controller writes the smallest integer.
fn current(
    metric: &MetricType,
    target: &TargetType,
    reading: &api::MetricValue<'_>,
) -> Option<MetricCurrent> {
    let possible =
        |text: &str| text.parse::<Quantity>().is_ok_and(|amount| is_possible(metric, amount));
    let value = of(target, reading);
    if value.as_deref().is_some_and(|value| !possible(value)) {
        return None;
    }
    let average_value = of(&TargetType::AverageValue, reading).filter(|it| possible(it));
    let utilization = reading.average_utilization.as_i32().filter(|percent| *percent >= 0);
    (value.is_some() || average_value.is_some() || utilization.is_some()).then_some(MetricCurrent {
        value,
        average_value,
        utilization,
    })
}

/// The index in `other` of each metric of `one`, for the metrics of an HPA at two times. Metrics
/// with equal identity are matched by their targets, and otherwise by order.
pub fn matching(one: &[Metric], other: &[Metric]) -> Vec<Option<usize>> {
    type Alike = fn(&MetricTarget, &MetricTarget) -> bool;
    let alike: [Alike; 3] = [|a, b| a == b, |a, b| a.kind == b.kind, |_, _| true];
    let mut places: Vec<Option<usize>> = vec![None; one.len()];
    for is_alike in alike {
        for (metric, place) in one.iter().zip(0..) {
            if places.get(place).is_none_or(Option::is_some) {
                continue;
            }
            let found = other.iter().enumerate().position(|(index, it)| {
                it.is_of_same_source(metric)
                    && is_alike(&it.target, &metric.target)
                    && !places.contains(&Some(index))
            });
            if let Some(place) = places.get_mut(place) {
                *place = found;
            }
        }
    }
    places
}

/// Whether the amount can have been measured. A custom metric may be negative, the resource usage
/// of pods may not.
fn is_possible(metric: &MetricType, amount: Quantity) -> bool {
    let of_pods = matches!(metric, MetricType::Resource | MetricType::ContainerResource);
    !amount.is_overflow() && (!of_pods || amount >= Quantity::ZERO)
}

#[cfg(test)]
mod tests;
