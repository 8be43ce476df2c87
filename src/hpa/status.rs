//! `controller` in JSON: `OK`, or the first problem among the conditions, by its reason.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::condition_names::{conditions, reasons};
use super::record::Hpa;

/// The severity of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Nothing is wrong.
    Ok,
    /// It scales, but not as intended; or it is too new to judge.
    Warning,
    /// It does not scale.
    Error,
}

/// A one-word summary of an HPA.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status<'a> {
    /// How severe it is.
    pub severity: Severity,
    /// `OK`, `NeverReconciled`, or the unchanged reason of the first condition that shows a
    /// problem.
    pub reason: Cow<'a, str>,
}

/// How long a new HPA may have no conditions.
const UNRECONCILED: SignedDuration = SignedDuration::from_mins(2);
/// How long a new HPA may have no metrics: its pods have to start and be measured.
const UNMEASURED: SignedDuration = SignedDuration::from_mins(5);

impl<'a> Status<'a> {
    /// Evaluates an HPA's conditions. `AbleToScale` comes first, then `ScalingActive`; while either
    /// is false the others are from an earlier round and are ignored. `ScalingLimited` is a problem
    /// only if more replicas are wanted than allowed: at the minimum all is well, and min equal to
    /// max is deliberate.
    ///
    /// `now` allows leniency for a new HPA: no conditions in its first two minutes, and no metrics
    /// in its first five, are only a warning.
    pub fn of(hpa: &'a Hpa, now: Timestamp) -> Self {
        let younger = |limit| hpa.age(now).is_some_and(|age| age < limit);
        let excused = |limit| if younger(limit) { Severity::Warning } else { Severity::Error };
        if hpa.conditions.is_empty() {
            return Self {
                severity: excused(UNRECONCILED),
                reason: Cow::Borrowed("NeverReconciled"),
            };
        }
        if let Some(reason) = reason_if(hpa, conditions::ABLE_TO_SCALE, false) {
            return Self { severity: Severity::Error, reason };
        }
        if let Some(reason) = reason_if(hpa, conditions::SCALING_ACTIVE, false) {
            // Scaled to zero, and scaled up again by the same controller.
            if reason == reasons::SCALING_DISABLED && (hpa.is_of_keda() || hpa.has_scaled_to_zero())
            {
                return Self { severity: Severity::Ok, reason: Cow::Borrowed("OK") };
            }
            let severity = match &*reason {
                reasons::SCALING_DISABLED => Severity::Warning,
                reason if reason.starts_with(reasons::FAILED_GET) => excused(UNMEASURED),
                _ => Severity::Error,
            };
            return Self { severity, reason };
        }
        match reason_if(hpa, conditions::SCALING_LIMITED, true) {
            Some(reason)
                if reason == reasons::TOO_MANY_REPLICAS && hpa.min_replicas != hpa.max_replicas =>
            {
                Self { severity: Severity::Warning, reason }
            }
            _ => Self { severity: Severity::Ok, reason: Cow::Borrowed("OK") },
        }
    }

    /// Whether there is a problem.
    pub fn is_problem(&self) -> bool {
        self.severity > Severity::Ok
    }
}

/// The reason of a condition whose status is `status`; if it has none, `Type=Status`.
fn reason_if<'a>(hpa: &'a Hpa, kind: &str, status: bool) -> Option<Cow<'a, str>> {
    let condition = hpa.condition(kind)?;
    (condition.is_true() == Some(status)).then(|| {
        if condition.reason.is_empty() {
            Cow::Owned(format!("{kind}={}", condition.status))
        } else {
            Cow::Borrowed(condition.reason.as_str())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{hpa, shop};
    use super::*;

    fn later() -> Timestamp {
        "2026-11-23T06:00:00Z".parse().unwrap()
    }

    #[test]
    fn every_recorded_hpa_has_the_expected_status() {
        let expected = |name: &str| match name {
            "container-missing" => (Severity::Error, "FailedGetContainerResourceMetric"),
            "crashing" | "nometrics" | "norequests" | "paused" | "pending"
            | "sidecar-norequests" => (Severity::Error, "FailedGetResourceMetric"),
            "dup-a" | "dup-b" => (Severity::Error, "AmbiguousSelector"),
            "objectmetric" => (Severity::Error, "FailedGetObjectMetric"),
            "target-missing" => (Severity::Error, "FailedGetScale"),
            "maxed" | "scaling-up" => (Severity::Warning, "TooManyReplicas"),
            "zero" => (Severity::Warning, "ScalingDisabled"),
            _ => (Severity::Ok, "OK"),
        };
        let hpas = shop();
        assert_eq!(hpas.len(), 29);
        for hpa in &hpas {
            let status = Status::of(hpa, later());
            let (severity, reason) = expected(&hpa.name);
            assert_eq!((status.severity, &*status.reason), (severity, reason), "{}", hpa.name);
            assert_eq!(status.is_problem(), severity != Severity::Ok);
        }
    }

    fn status(min: i32, conditions: &str) -> (Severity, String) {
        let hpa = hpa(&format!(
            r#"{{"spec":{{"minReplicas":{min},"maxReplicas":5}},"status":{{"conditions":{conditions}}}}}"#
        ));
        let status = Status::of(&hpa, later());
        (status.severity, status.reason.into_owned())
    }

    #[test]
    fn stale_conditions_are_ignored() {
        let limited = r#"{"type":"ScalingLimited","status":"True","reason":"TooManyReplicas"}"#;
        let wrong = |s: &str| format!("[{limited},{s}]");
        let (_, reason) = status(
            1,
            &wrong(r#"{"type":"ScalingActive","status":"False","reason":"InvalidSelector"}"#),
        );
        assert_eq!(reason, "InvalidSelector");
        let (_, reason) = status(
            1,
            &wrong(
                r#"{"type":"ScalingActive","status":"False","reason":"X"},{"type":"AbleToScale","status":"False","reason":"FailedUpdateScale"}"#,
            ),
        );
        assert_eq!(reason, "FailedUpdateScale");
        assert_eq!(
            status(1, &format!("[{limited}]")),
            (Severity::Warning, "TooManyReplicas".into())
        );
        assert_eq!(status(5, &format!("[{limited}]")), (Severity::Ok, "OK".into()));
    }

    #[test]
    fn unknown_and_missing_reasons_are_reported() {
        let of = |c: &str| status(1, &format!("[{c}]"));
        assert_eq!(
            of(r#"{"type":"ScalingActive","status":"False","reason":"FromTheFuture"}"#),
            (Severity::Error, "FromTheFuture".into())
        );
        assert_eq!(
            of(r#"{"type":"AbleToScale","status":"False"}"#),
            (Severity::Error, "AbleToScale=False".into())
        );
        for fine in ["TooFewReplicas", "ScaleUpLimit", "ScaleDownLimit", ""] {
            let json = format!(r#"{{"type":"ScalingLimited","status":"True","reason":"{fine}"}}"#);
            assert_eq!(of(&json).0, Severity::Ok, "{fine}");
        }
        assert_eq!(of(r#"{"type":"ScalingActive","status":"Unknown"}"#).0, Severity::Ok);
    }

    #[test]
    fn a_target_at_rest_is_not_a_problem() {
        let disabled = r#"{"type":"ScalingActive","status":"False","reason":"ScalingDisabled"}"#;
        let asleep = |by: &str| {
            status(0, &format!(r#"[{disabled},{{"type":"ScaledToZero","status":"{by}"}}]"#)).0
        };
        assert_eq!(asleep("True"), Severity::Ok);
        assert_eq!(asleep("False"), Severity::Warning);
        let keda = hpa(&format!(
            r#"{{"metadata":{{"name":"x","labels":{{"scaledobject.keda.sh/name":"worker"}}}},"status":{{"conditions":[{disabled}]}}}}"#
        ));
        assert_eq!(Status::of(&keda, later()).severity, Severity::Ok);
    }

    #[test]
    fn new_hpas_are_excused() {
        let young = |conditions: &str, now: &str| {
            let hpa = hpa(&format!(
                r#"{{"metadata":{{"name":"x","creationTimestamp":"2026-11-23T05:00:00Z"}},"status":{{"conditions":{conditions}}}}}"#
            ));
            Status::of(&hpa, now.parse().unwrap()).severity
        };
        assert_eq!(young("null", "2026-11-23T05:01:59Z"), Severity::Warning);
        assert_eq!(young("[]", "2026-11-23T05:02:00Z"), Severity::Error);
        let failed =
            r#"[{"type":"ScalingActive","status":"False","reason":"FailedGetResourceMetric"}]"#;
        assert_eq!(young(failed, "2026-11-23T05:04:59Z"), Severity::Warning);
        assert_eq!(young(failed, "2026-11-23T05:05:00Z"), Severity::Error);
        assert_eq!(status(1, "null"), (Severity::Error, "NeverReconciled".into()));
    }
}
