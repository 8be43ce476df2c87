//! Explains one HPA in plain words to a person on call: its goals, its readings, how it may scale,
//! and what its conditions mean.

mod behavior;
mod conditions;

use serde::Serialize;

use super::condition_names::conditions::{ABLE_TO_SCALE, SCALING_ACTIVE};
use super::record::{Hpa, Metric, MetricType, TargetType};
use crate::kube::Quantity;

pub use conditions::{ConditionText, explain_condition};

/// An HPA explained. Every text is a sentence or a fragment without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Shown first if set: the controller gave up, and the status is outdated.
    pub stale: Option<String>,
    /// Each metric, in the order of the spec.
    pub metrics: Vec<MetricText>,
    /// Which metric decides, if that is known.
    pub decisive: Option<String>,
    /// How it may scale up and down, and when it does nothing; defaults included.
    pub behavior: Vec<String>,
    /// Each condition, in the controller's order.
    pub conditions: Vec<ConditionText>,
}

/// A metric explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricText {
    /// Its short name, as in the TARGETS column.
    pub label: String,
    /// The HPA's goal: `scale to keep average cpu at 70 % of the request`.
    pub wants: String,
    /// The HPA's reading: `68 % of the request (68m a pod), 0.97 times the target`.
    pub sees: String,
}

/// Explains an HPA.
pub fn explain(hpa: &Hpa) -> Explanation {
    explain_with_replicas(hpa, hpa.current_replicas)
}

/// As [`explain`], where the target's replicas are known: the HPA's status may be older.
pub fn explain_with_replicas(hpa: &Hpa, replicas: i32) -> Explanation {
    let metric = |metric: &Metric| MetricText {
        label: metric.label(),
        wants: wants(metric),
        sees: sees(hpa, metric),
    };
    Explanation {
        stale: stale(hpa),
        metrics: hpa.metrics.iter().map(metric).collect(),
        decisive: decisive(hpa),
        behavior: behavior::lines(hpa, replicas),
        conditions: hpa.conditions.iter().map(|c| explain_condition(hpa, c)).collect(),
    }
}

fn stale(hpa: &Hpa) -> Option<String> {
    if hpa.conditions.is_empty() {
        return Some("no controller has reconciled this HPA yet".to_owned());
    }
    let kind = failed_condition(hpa)?;
    Some(format!(
        "the status is stale: while {kind} is False the controller sets no replica count, and \
         metrics, desired replicas and ScalingLimited are left over from an earlier round"
    ))
}

/// The condition that shows that the controller gave up.
fn failed_condition(hpa: &Hpa) -> Option<&'static str> {
    [ABLE_TO_SCALE, SCALING_ACTIVE]
        .into_iter()
        .find(|kind| hpa.condition(kind).and_then(crate::kube::Condition::is_true) == Some(false))
}

/// The metric's name with what distinguishes it from others, as part of a sentence.
fn subject(metric: &Metric) -> String {
    let name = &metric.name;
    let selector =
        metric.selector.as_ref().map(|selector| format!(" ({selector})")).unwrap_or_default();
    match (&metric.kind, &metric.container, &metric.object) {
        (MetricType::Resource, ..) => format!("average {name}"),
        (MetricType::ContainerResource, Some(container), _) => {
            format!("average {name} of container {container}")
        }
        (MetricType::Object, _, Some(object)) => {
            format!("{name}{selector} of {}/{}", object.kind, object.name)
        }
        (MetricType::Other(kind), ..) => format!("a metric of the unknown type \"{kind}\""),
        _ => format!("{name}{selector}"),
    }
}

/// An amount with its unit: `70 % of the request`, `1k a pod`, `2k`.
fn amount(metric: &Metric, text: &str) -> String {
    match &metric.target.kind {
        TargetType::Utilization => format!("{} % of the request", text.trim_end_matches('%')),
        TargetType::AverageValue => format!("{text} a pod"),
        TargetType::Value | TargetType::Other(_) => text.to_owned(),
    }
}

fn wants(metric: &Metric) -> String {
    if metric.target.value.is_none() {
        return format!("scale by {}", subject(metric));
    }
    format!("scale to keep {} at {}", subject(metric), amount(metric, &metric.target_text()))
}

fn sees(hpa: &Hpa, metric: &Metric) -> String {
    let Some(current) = &metric.current else {
        let partial = !hpa.is_stale() && hpa.metrics.iter().any(|m| m.current.is_some());
        let so = if partial { "; until there is one the HPA does not scale down" } else { "" };
        return format!("no reading{so}");
    };
    let (shown, exact) = (metric.current_text(), metric.exact_current());
    let mut text = match &exact {
        Some(_) => amount(metric, &shown),
        None => "no reading of that kind".to_owned(),
    };
    let mut beside: Vec<String> = Vec::new();
    beside.extend(exact.filter(|exact| *exact != shown).map(|exact| format!("exactly {exact}")));
    if let Some(average) = &current.average_value
        && metric.target.kind != TargetType::AverageValue
    {
        beside.push(match average.parse::<Quantity>() {
            Ok(bytes) if metric.counts_bytes() && bytes.human_bytes() != *average => {
                format!("{} a pod, exactly {average}", bytes.human_bytes())
            }
            _ => format!("{average} a pod"),
        });
    }
    if !beside.is_empty() {
        text = format!("{text} ({})", beside.join(", "));
    }
    if let Some(ratio) = metric.ratio() {
        text = format!("{text}, {} times the target", times(ratio));
    }
    match failed_condition(hpa) {
        Some(kind) => format!("{text}; this reading is old: {kind} is False"),
        None => text,
    }
}

/// The metric with the largest proposal wins, and proposals are proportional to current over
/// target. The winner is known if every metric has a reading, or if one asks for more, regardless
/// of the missing ones (the controller then scales up but never down); not with stale readings or a
/// tie.
fn decisive(hpa: &Hpa) -> Option<String> {
    if hpa.is_stale() {
        return None;
    }
    let mut ratios: Vec<(&Metric, f64)> =
        hpa.metrics.iter().filter_map(|metric| Some((metric, metric.ratio()?))).collect();
    ratios.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let (metric, ratio) = *ratios.first()?;
    let missing = hpa.metrics.len() - ratios.len();
    let tie = ratios.get(1).is_some_and(|(_, second)| ratio.total_cmp(second).is_le());
    let up = ratio > 1.0 + behavior::tolerance(hpa, behavior::Direction::Up);
    if tie || (missing > 0 && !up) {
        return None;
    }
    let label = metric.label();
    let ratio = times(ratio);
    Some(match (hpa.metrics.len(), missing) {
        (1, _) => format!("{label} is the only metric, at {ratio} times its target"),
        (_, 0) => format!("{label} decides: at {ratio} times its target it asks for the most"),
        (_, missing) => format!(
            "{label} decides, at {ratio} times its target: of the metrics with a reading it asks \
             for the most ({missing} without one; until they have one it does not scale down)"
        ),
    })
}

/// A ratio with two decimals, or with more if it would otherwise look like 1.
fn times(ratio: f64) -> String {
    if ratio.total_cmp(&1.0).is_eq() {
        return "1".to_owned();
    }
    let digits = (2..=9).map(|digits| format!("{ratio:.digits$}"));
    let text = digits.into_iter().find(|text| text.parse() != Ok(1.0)).unwrap_or_default();
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() { "1".to_owned() } else { text.to_owned() }
}

/// A number with two decimals, without trailing zeros.
fn decimal(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{hpa, shop, shop_hpa};
    use super::*;

    #[test]
    fn goals_and_readings_are_explained() {
        let of = |name: &str| {
            let explanation = explain(&shop_hpa(name));
            let metric = explanation.metrics.into_iter().next().unwrap();
            (metric.wants, metric.sees)
        };
        let check = |name: &str, wants: &str, sees: &str| {
            assert_eq!(of(name), (wants.to_owned(), sees.to_owned()), "{name}");
        };
        check(
            "healthy",
            "scale to keep average cpu at 70 % of the request",
            "68 % of the request (68m a pod), 0.97 times the target",
        );
        check(
            "averagevalue",
            "scale to keep average cpu at 100m a pod",
            "90m a pod, 0.9 times the target",
        );
        check(
            "container",
            "scale to keep average cpu of container app at 70 % of the request",
            "68 % of the request (68m a pod), 0.97 times the target",
        );
        check(
            "external",
            "scale to keep queue_depth (queue=orders) at 50 a pod",
            "40 a pod, 0.8 times the target",
        );
        check("objectmetric", "scale to keep requests of Ingress/main at 2k", "no reading");
        check(
            "podsmetric",
            "scale to keep http_requests_per_second at 1k a pod",
            "no reading; until there is one the HPA does not scale down",
        );
    }

    #[test]
    fn the_decisive_metric_is_named_only_if_it_is_known() {
        let decisive = |name: &str| explain(&shop_hpa(name)).decisive;
        assert_eq!(decisive("maxed").unwrap(), "cpu is the only metric, at 4.29 times its target");
        assert_eq!(decisive("podsmetric"), None, "one reading is missing, the other asks for less");
        assert_eq!(decisive("crashing"), None);

        let two = |cpu: i32, memory: &str| {
            let resource = |name: &str, value: &str| {
                format!(r#"{{"type":"Resource","resource":{{"name":"{name}",{value}}}}}"#)
            };
            let target = r#""target":{"type":"Utilization","averageUtilization":50}"#;
            let current = |n: &str| format!(r#""current":{{"averageUtilization":{n}}}"#);
            explain(&hpa(&format!(
                r#"{{"spec":{{"metrics":[{},{}]}},"status":{{"currentMetrics":[{},{}]}}}}"#,
                resource("cpu", target),
                resource("memory", target),
                resource("cpu", &current(&cpu.to_string())),
                resource("memory", &current(memory)),
            )))
            .decisive
        };
        assert_eq!(
            two(40, "45").unwrap(),
            "memory decides: at 0.9 times its target it asks for the most"
        );
        assert_eq!(two(45, "45"), None, "a tie");
        assert_eq!(two(54, "null"), None, "within the tolerance");
        assert!(
            two(75, "null").unwrap().starts_with("cpu decides, at 1.5 times its target: of the")
        );
    }

    #[test]
    fn exact_amounts_are_shown_with_readable_ones() {
        let sees = |metric: &str, current: &str, condition: &str| {
            let hpa = hpa(&format!(
                r#"{{"spec":{{"metrics":[{metric}]}},"status":{{"currentMetrics":[{current}],"conditions":[{condition}]}}}}"#
            ));
            explain(&hpa).metrics.remove(0).sees
        };
        let rps = |part: &str, value: &str| {
            format!(
                r#"{{"type":"External","external":{{"metric":{{"name":"rps"}},"{part}":{{"averageValue":"{value}"}}}}}}"#
            )
        };
        assert_eq!(
            sees(&rps("target", "10k"), &rps("current", "338162044m"), ""),
            "338k a pod (exactly 338162044m), 33.82 times the target"
        );
        assert_eq!(
            sees(&rps("target", "10"), &rps("current", "10001m"), ""),
            "10.001 a pod (exactly 10001m), 1.0001 times the target"
        );
        assert_eq!(
            sees(&rps("target", "10"), &rps("current", "10"), ""),
            "10 a pod, 1 times the target"
        );
        let memory =
            |part: &str| format!(r#"{{"type":"Resource","resource":{{"name":"memory",{part}}}}}"#);
        assert_eq!(
            sees(
                &memory(r#""target":{"averageUtilization":80}"#),
                &memory(r#""current":{"averageUtilization":60,"averageValue":"171502796800m"}"#),
                ""
            ),
            "60 % of the request (163.6Mi a pod, exactly 171502796800m), 0.75 times the target"
        );
        let failing =
            r#"{"type":"ScalingActive","status":"False","reason":"FailedGetExternalMetric"}"#;
        assert_eq!(
            sees(&rps("target", "10"), &rps("current", "5"), failing),
            "5 a pod, 0.5 times the target; this reading is old: ScalingActive is False"
        );
    }

    #[test]
    fn a_stale_status_is_reported_first() {
        for hpa in shop() {
            assert_eq!(explain(&hpa).stale.is_some(), hpa.is_stale(), "{}", hpa.name);
        }
        assert!(
            explain(&shop_hpa("target-missing")).stale.unwrap().contains("AbleToScale is False")
        );
        assert_eq!(explain(&hpa("{}")).stale.unwrap(), "no controller has reconciled this HPA yet");
    }

    #[test]
    fn unknown_metric_types_are_explained() {
        let explanation = explain(&hpa(r#"{"spec":{"metrics":[{"type":"Moon"}]}}"#));
        assert_eq!(explanation.metrics[0].wants, "scale by a metric of the unknown type \"Moon\"");
    }
}
