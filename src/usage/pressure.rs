//! How close an HPA is to its target and to its maximum, by what its controller reads.

use std::fmt;

use crate::hpa::{Hpa, Metric, TargetType, conditions, reasons};

/// The worst of an HPA's metrics: the one that asks for the most replicas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pressure<'a> {
    /// The metric.
    pub metric: &'a Metric,
    /// Its reading over its target: above 1 it asks for more replicas.
    pub ratio: f64,
    /// How many of the HPA's metrics have no reading, and may be worse.
    pub unread: usize,
}

/// Why the pressure is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPressure<'a> {
    /// The controller has not looked at the HPA yet.
    NotReconciled,
    /// The controller gave up before it read the metrics: what the status has is older.
    Stale {
        /// The reason of the condition that is false.
        reason: &'a str,
    },
    /// No metric has a reading.
    NoReading,
}

impl NoPressure<'_> {
    /// The kind, for scripts.
    pub fn kind(self) -> &'static str {
        match self {
            Self::NotReconciled => "notReconciled",
            Self::Stale { .. } => "stale",
            Self::NoReading => "noReading",
        }
    }
}

impl fmt::Display for NoPressure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotReconciled => f.write_str("the controller has not evaluated the HPA yet"),
            Self::Stale { reason } => write!(f, "the controller has no current reading: {reason}"),
            Self::NoReading => f.write_str("no metric of the HPA has a reading"),
        }
    }
}

impl<'a> Pressure<'a> {
    /// The pressure on an HPA, or why it is not known.
    pub fn of(hpa: &'a Hpa) -> Result<Self, NoPressure<'a>> {
        if hpa.conditions.is_empty() {
            return Err(NoPressure::NotReconciled);
        }
        if let Some(reason) = stale(hpa) {
            return Err(NoPressure::Stale { reason });
        }
        let mut worst: Option<(&Metric, f64)> = None;
        let mut unread = 0;
        for metric in &hpa.metrics {
            match metric.ratio().filter(|ratio| ratio.is_finite()) {
                Some(ratio) if worst.is_none_or(|(_, worst)| ratio > worst) => {
                    worst = Some((metric, ratio));
                }
                Some(_) => {}
                None => unread += 1,
            }
        }
        let (metric, ratio) = worst.ok_or(NoPressure::NoReading)?;
        Ok(Self { metric, ratio, unread })
    }
}

/// Why the readings in the status are of an earlier round, if they are. A controller that could only not
/// write the replicas has written what it read.
fn stale(hpa: &Hpa) -> Option<&str> {
    let failed = |kind: &str| hpa.condition(kind).filter(|it| it.is_true() == Some(false));
    let unable = failed(conditions::ABLE_TO_SCALE)
        .filter(|condition| condition.reason != *reasons::FAILED_UPDATE_SCALE);
    let condition = unable.or_else(|| failed(conditions::SCALING_ACTIVE))?;
    Some(&condition.reason)
}

/// What is left to the maximum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Headroom {
    /// The maximum minus the current replicas; below zero if there are more than the maximum.
    pub replicas: i64,
    /// By how much the load may grow until the maximum of replicas is at the target: 2 is twice the
    /// present load, below 1 it is already too much. None if the present load is unknown or zero, or does not divide
    /// over pods: memory, and targets of type Value.
    pub load_factor: Option<f64>,
}

impl Headroom {
    /// The headroom of an HPA whose target has `current` replicas, under its present pressure.
    pub fn of(hpa: &Hpa, current: i32, pressure: Option<&Pressure<'_>>) -> Self {
        let max = hpa.max_replicas;
        let pressure = pressure.filter(|pressure| divides(pressure.metric));
        let load = pressure.map(|pressure| f64::from(current) * pressure.ratio);
        Self {
            replicas: i64::from(max) - i64::from(current),
            load_factor: load
                .filter(|load| *load > 0.0)
                .map(|load| f64::from(max) / load)
                .filter(|factor| factor.is_finite()),
        }
    }
}

/// Whether more pods have less of the metric each.
fn divides(metric: &Metric) -> bool {
    !metric.is_memory() && metric.target.kind != TargetType::Value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hpa::parse_one;

    const CPU: &str = r#"{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":70}}}"#;
    const QUEUE: &str = r#"{"type":"External","external":{"metric":{"name":"queue"},"target":{"type":"AverageValue","averageValue":"50"}}}"#;

    fn hpa(current: i32, readings: &str, active: &str) -> Hpa {
        let json = format!(
            r#"{{"kind":"HorizontalPodAutoscaler","apiVersion":"autoscaling/v2","metadata":{{"namespace":"shop","name":"web"}},
            "spec":{{"maxReplicas":10,"scaleTargetRef":{{"kind":"Deployment","name":"web"}},"metrics":[{CPU},{QUEUE}]}},
            "status":{{"currentReplicas":{current},"currentMetrics":[{readings}],
            "conditions":[{{"type":"ScalingActive","status":"{active}","reason":"x"}}]}}}}"#
        );
        let cluster = "c".into();
        parse_one(&cluster, &cluster, json.as_bytes()).unwrap()
    }

    fn cpu(percent: i32) -> String {
        format!(
            r#"{{"type":"Resource","resource":{{"name":"cpu","current":{{"averageUtilization":{percent},"averageValue":"{percent}m"}}}}}}"#
        )
    }

    fn queue(length: i32) -> String {
        format!(
            r#"{{"type":"External","external":{{"metric":{{"name":"queue"}},"current":{{"averageValue":"{length}"}}}}}}"#
        )
    }

    #[test]
    fn the_worst_metric_is_the_one_farthest_above_its_target() {
        let web = hpa(4, &format!("{},{}", cpu(68), queue(60)), "True");
        let pressure = Pressure::of(&web).unwrap();
        assert_eq!((&*pressure.metric.name, pressure.unread), ("queue", 0));
        assert!((pressure.ratio - 1.2).abs() < 1e-9);
        let headroom = Headroom::of(&web, 4, Some(&pressure));
        // Ten pods bear 500, and there are 4 × 60.
        assert_eq!(headroom.replicas, 6);
        assert!((headroom.load_factor.unwrap() - 500.0 / 240.0).abs() < 1e-9);
    }

    #[test]
    fn a_metric_without_a_reading_is_counted() {
        let web = hpa(4, &format!("{},{{\"type\":\"\"}}", cpu(35)), "True");
        let pressure = Pressure::of(&web).unwrap();
        assert_eq!((&*pressure.metric.name, pressure.unread), ("cpu", 1));
        assert!((pressure.ratio - 0.5).abs() < 1e-9);
    }

    #[test]
    fn what_is_not_known_is_not_zero() {
        let none = hpa(4, "", "True");
        assert_eq!(Pressure::of(&none), Err(NoPressure::NoReading));
        assert_eq!(Headroom::of(&none, 4, None), Headroom { replicas: 6, load_factor: None });
        assert_eq!(
            Pressure::of(&hpa(4, &cpu(68), "False")),
            Err(NoPressure::Stale { reason: "x" })
        );
        let new = Hpa { conditions: Vec::new(), ..hpa(0, "", "True") };
        assert_eq!(Pressure::of(&new), Err(NoPressure::NotReconciled));
    }

    /// The replicas could not be written, but the readings are those of this round.
    #[test]
    fn a_refused_write_leaves_the_reading() {
        let mut web = hpa(4, &cpu(140), "True");
        let mut refused = web.conditions[0].clone();
        refused.kind = "AbleToScale".into();
        refused.status = "False".into();
        refused.reason = "FailedUpdateScale".into();
        web.conditions.push(refused.clone());
        web.able_to_scale = Some(false);
        assert!((Pressure::of(&web).unwrap().ratio - 2.0).abs() < 1e-9);
        web.conditions[1].reason = "FailedGetScale".into();
        assert_eq!(Pressure::of(&web), Err(NoPressure::Stale { reason: "FailedGetScale" }));
    }

    #[test]
    fn a_load_that_does_not_divide_over_pods_has_no_factor() {
        let mut web = hpa(4, &cpu(68), "True");
        let factor =
            |web: &Hpa| Headroom::of(web, 4, Some(&Pressure::of(web).unwrap())).load_factor;
        assert!(factor(&web).is_some());
        web.metrics[0].target.kind = TargetType::Value;
        assert_eq!(factor(&web), None);
        web.metrics[0].target.kind = TargetType::Utilization;
        web.metrics[0].name = "memory".into();
        assert_eq!(factor(&web), None);
    }

    #[test]
    fn no_load_has_no_factor() {
        let idle = hpa(4, &format!("{},{}", cpu(0), queue(0)), "True");
        let pressure = Pressure::of(&idle).unwrap();
        assert_eq!(Headroom::of(&idle, 4, Some(&pressure)).load_factor, None);
        let above = hpa(12, &cpu(70), "True");
        let pressure = Pressure::of(&above).unwrap();
        assert_eq!(Headroom::of(&above, 12, Some(&pressure)).replicas, -2);
    }
}
