//! Explains each condition of the HPA controller, and what to do if something is wrong.

use serde::Serialize;

use super::super::condition_names::{conditions, reasons};
use super::super::record::Hpa;
use crate::kube::{Condition, InternedStr};

/// A condition explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConditionText {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: InternedStr,
    /// Its status.
    pub status: InternedStr,
    /// Its reason.
    pub reason: InternedStr,
    /// The controller's own message, which contains the names.
    pub message: InternedStr,
    /// The explanation; for an unknown reason, the controller's own message.
    pub meaning: String,
    /// What to do, if something is wrong.
    pub action: Option<String>,
    /// Whether it is from before the controller gave up, and says nothing about the present.
    pub stale: bool,
}

/// Explains one condition of an HPA.
pub fn explain_condition(hpa: &Hpa, condition: &Condition) -> ConditionText {
    let stale = hpa.is_stale() && condition.kind == conditions::SCALING_LIMITED
        || hpa.able_to_scale == Some(false) && condition.kind == conditions::SCALING_ACTIVE;
    let (meaning, action) = known(hpa, condition).unwrap_or_else(|| (fallback(condition), None));
    ConditionText {
        kind: condition.kind.clone(),
        status: condition.status.clone(),
        reason: condition.reason.clone(),
        message: condition.message.clone(),
        meaning,
        // Advice on an outdated condition would mislead.
        action: action.filter(|_| !stale).map(str::to_owned),
        stale,
    }
}

fn fallback(condition: &Condition) -> String {
    let Condition { kind, status, reason, message, .. } = condition;
    match (message.as_str(), reason.as_str()) {
        ("", "") => format!("{kind} is {status}, without a reason"),
        ("", reason) => format!("{kind} is {status}: {reason}"),
        (message, _) => message.to_owned(),
    }
}

/// The controller's message if the metrics API itself is missing, and not the metrics of the pods.
const NO_METRICS_API: &str = "unable to fetch metrics from resource metrics API";

fn known(hpa: &Hpa, condition: &Condition) -> Option<(String, Option<&'static str>)> {
    let target = hpa.reference();
    let (min, max) = (hpa.min_replicas, hpa.max_replicas);
    let key = (condition.kind.as_str(), condition.status.as_str(), condition.reason.as_str());
    Some(match key {
        (conditions::ABLE_TO_SCALE, "False", reasons::FAILED_GET_SCALE) => (
            format!("the controller cannot read the scale of {target}"),
            Some(
                "check that the target exists under this apiVersion, kind and name, that its kind \
                 can be scaled, and that the controller may read its /scale",
            ),
        ),
        (conditions::ABLE_TO_SCALE, "False", reasons::FAILED_UPDATE_SCALE) => (
            format!("the controller knows a new replica count, but writing it to {target} fails"),
            Some(
                "remove what refuses the write to /scale: an admission webhook, a quota, or missing RBAC of \
                 the controller",
            ),
        ),
        (conditions::ABLE_TO_SCALE, "True", reasons::SUCCEEDED_GET_SCALE) => (
            format!("the controller can read the scale of {target}, and has not calculated a replica count yet"),
            None,
        ),
        (conditions::ABLE_TO_SCALE, "True", reasons::READY_FOR_NEW_SCALE) => (
            "the replica count is what the metrics ask for, and it can change at any time".to_owned(),
            None,
        ),
        (conditions::ABLE_TO_SCALE, "True", reasons::SUCCEEDED_RESCALE) => {
            ("the controller has just changed the replica count".to_owned(), None)
        }
        (conditions::ABLE_TO_SCALE, "True", reasons::SCALE_UP_STABILIZED) => (
            "more replicas are wanted, but fewer were within the scale-up window, and that count \
             holds until the window has passed"
                .to_owned(),
            None,
        ),
        (conditions::ABLE_TO_SCALE, "True", reasons::SCALE_DOWN_STABILIZED) => (
            "fewer replicas are wanted, but more were within the scale-down window, and that count \
             holds until the window has passed"
                .to_owned(),
            None,
        ),
        (conditions::SCALING_ACTIVE, "True", reasons::VALID_METRIC_FOUND) => {
            ("at least one metric has a reading, and the replica count follows it".to_owned(), None)
        }
        (conditions::SCALING_ACTIVE, "False", reasons::SCALING_DISABLED) if hpa.is_of_keda() => (
            "the target has 0 replicas, as KEDA leaves it while its triggers ask for none; KEDA wakes it, \
             and autoscaling goes on"
                .to_owned(),
            None,
        ),
        (conditions::SCALING_ACTIVE, "False", reasons::INVALID_SELECTOR)
            if condition.message.contains("missing a selector") =>
        (
            format!("the /scale of {target} names no selector of its pods, and without one there is nothing to measure"),
            Some(
                "an HPA cannot scale it: its CRD needs labelSelectorPath (subresources.scale), and its \
                 controller must fill that field; until then scale it by hand, or the object that runs its pods",
            ),
        ),
        (conditions::SCALING_ACTIVE, "False", _) => scaling_inactive(condition, min)?,
        (conditions::SCALING_LIMITED, "True", reasons::TOO_MANY_REPLICAS) if min == max => (
            format!("more replicas are wanted, but min and max are both {max}"),
            None,
        ),
        (conditions::SCALING_LIMITED, "True", reasons::TOO_MANY_REPLICAS) => (
            format!("more replicas are wanted than the maximum of {max}: the target is short of capacity"),
            Some("raise maxReplicas, or find out why the load is so high; see that the nodes can take more pods"),
        ),
        (conditions::SCALING_LIMITED, "True", reasons::TOO_FEW_REPLICAS) => (
            format!("fewer replicas are wanted than the minimum of {min}: it rests at the minimum, as intended"),
            None,
        ),
        (conditions::SCALING_LIMITED, "True", reasons::SCALE_UP_LIMIT) => (
            "more replicas are wanted than may be added at once; the rest follows in the next rounds"
                .to_owned(),
            Some("where it stays so while load is high, loosen behavior.scaleUp"),
        ),
        (conditions::SCALING_LIMITED, "True", reasons::SCALE_DOWN_LIMIT) => (
            "fewer replicas are wanted than may be removed at once; the rest follows in the next \
             rounds"
                .to_owned(),
            None,
        ),
        ("ScaledToZero", "True", _) => (
            "the HPA has put the target to sleep, and wakes it when its metrics ask for it".to_owned(),
            None,
        ),
        ("ScaledToZero", "False", "ScaledFromZero") => {
            ("the HPA has woken the target from 0 replicas".to_owned(), None)
        }
        ("ScaledToZero", "False", _) => {
            ("the HPA has not put the target to sleep".to_owned(), None)
        }
        (conditions::SCALING_LIMITED, "False", reasons::DESIRED_WITHIN_RANGE) => {
            (format!("the replica count wanted lies between {min} and {max}"), None)
        }
        _ => return None,
    })
}

fn scaling_inactive(condition: &Condition, min: i32) -> Option<(String, Option<&'static str>)> {
    let (meaning, action) = match condition.reason.as_str() {
        reasons::FAILED_GET_RESOURCE_METRIC | reasons::FAILED_GET_CONTAINER_RESOURCE_METRIC
            if condition.message.contains(NO_METRICS_API) =>
        {
            (
                "the API that serves cpu and memory readings cannot be read",
                "check that metrics-server is installed and runs (kubectl get apiservice \
             v1beta1.metrics.k8s.io; kubectl top pods)",
            )
        }
        reasons::FAILED_GET_RESOURCE_METRIC => (
            "no usable cpu or memory reading of the target's pods",
            "check that metrics-server runs (kubectl top pods), that the pods are \
             ready, and that every container of every pod has a request for that resource",
        ),
        reasons::FAILED_GET_CONTAINER_RESOURCE_METRIC => (
            "no usable cpu or memory reading of the container that the metric names",
            "see that the container exists under this name in every pod, has a request for that \
             resource, and that metrics-server runs",
        ),
        reasons::FAILED_GET_PODS_METRIC => (
            "no usable reading of a custom metric of the target's pods",
            "see that a custom metrics adapter serves it (kubectl get --raw \
             /apis/custom.metrics.k8s.io/v1beta1) and that the pods export it",
        ),
        reasons::FAILED_GET_OBJECT_METRIC => (
            "no usable reading of a custom metric of another object",
            "see that the object exists and that a custom metrics adapter serves the metric \
             (kubectl get --raw /apis/custom.metrics.k8s.io/v1beta1)",
        ),
        reasons::FAILED_GET_EXTERNAL_METRIC => (
            "no usable reading of an external metric",
            "see that an external metrics adapter (KEDA, prometheus-adapter, …) serves it (kubectl \
             get --raw /apis/external.metrics.k8s.io/v1beta1) and can reach its source",
        ),
        reasons::INVALID_METRIC_SOURCE_TYPE => (
            "the spec names a metric type that this cluster does not know",
            "correct the metric's type",
        ),
        reasons::INVALID_SELECTOR => (
            "the target's selector of its pods cannot be read",
            "correct the target's selector; a custom resource must give it as text in its /scale",
        ),
        reasons::AMBIGUOUS_SELECTOR => (
            "several HPAs act on the same pods, and the controller acts for none of them",
            "delete all but one of the HPAs that the message names, or make the selectors of their \
             targets distinct",
        ),
        reasons::SCALING_DISABLED if min > 0 => (
            "the target has 0 replicas, which turns autoscaling off",
            "to turn it on again, scale the target to 1 or more",
        ),
        reasons::SCALING_DISABLED => (
            "the target has 0 replicas, and the controller wakes only what it has scaled to zero itself",
            "nothing where it is idle by intent; else scale the target to 1 or more",
        ),
        _ => return None,
    };
    Some((meaning.to_owned(), Some(action)))
}

#[cfg(test)]
mod tests {
    use super::super::super::fixtures::{hpa, shop, shop_hpa};
    use super::*;

    fn text(kind: &str, status: &str, reason: &str) -> ConditionText {
        let hpa = hpa(&format!(
            r#"{{"spec":{{"minReplicas":2,"maxReplicas":5,"scaleTargetRef":{{"kind":"Deployment","name":"web"}}}},
                "status":{{"conditions":[{{"type":"{kind}","status":"{status}","reason":"{reason}","message":"the controller's words"}}]}}}}"#
        ));
        explain_condition(&hpa, &hpa.conditions[0])
    }

    /// In that case containers and requests are not the cause.
    #[test]
    fn an_unavailable_metrics_api_is_explained() {
        let said = "unable to fetch metrics from resource metrics API: the server could not find the requested resource";
        for (reason, message, of_pods) in [
            ("FailedGetResourceMetric", said, false),
            ("FailedGetContainerResourceMetric", said, false),
            ("FailedGetContainerResourceMetric", "container x not present", true),
            ("FailedGetResourceMetric", "no metrics returned from resource metrics API", true),
        ] {
            let hpa = hpa(&format!(
                r#"{{"spec":{{"scaleTargetRef":{{"kind":"Deployment","name":"web"}}}},
                    "status":{{"conditions":[{{"type":"ScalingActive","status":"False","reason":"{reason}","message":"{message}"}}]}}}}"#
            ));
            let action = explain_condition(&hpa, &hpa.conditions[0]).action.unwrap();
            assert!(action.contains("metrics-server"), "{action}");
            assert_eq!(action.contains("container"), of_pods, "{action}");
        }
    }

    #[test]
    fn every_reason_has_an_explanation() {
        for (kind, status, wrong, reasons) in [
            ("AbleToScale", "False", true, &["FailedGetScale", "FailedUpdateScale"][..]),
            (
                "AbleToScale",
                "True",
                false,
                &[
                    "SucceededGetScale",
                    "ReadyForNewScale",
                    "SucceededRescale",
                    "ScaleUpStabilized",
                    "ScaleDownStabilized",
                ],
            ),
            (
                "ScalingActive",
                "False",
                true,
                &[
                    "FailedGetResourceMetric",
                    "FailedGetContainerResourceMetric",
                    "FailedGetPodsMetric",
                    "FailedGetObjectMetric",
                    "FailedGetExternalMetric",
                    "InvalidMetricSourceType",
                    "InvalidSelector",
                    "AmbiguousSelector",
                    "ScalingDisabled",
                ],
            ),
            ("ScalingActive", "True", false, &["ValidMetricFound"]),
            ("ScalingLimited", "True", true, &["TooManyReplicas", "ScaleUpLimit"]),
            ("ScalingLimited", "True", false, &["TooFewReplicas", "ScaleDownLimit"]),
            ("ScalingLimited", "False", false, &["DesiredWithinRange"]),
            ("ScaledToZero", "True", false, &["ScaledToZero"]),
            ("ScaledToZero", "False", false, &["ScaledFromZero", "NotScaledToZero"]),
        ] {
            for reason in reasons {
                let text = text(kind, status, reason);
                assert_ne!(text.meaning, "the controller's words", "{reason}");
                assert_eq!(text.action.is_some(), wrong, "{reason}");
                assert!(!text.meaning.contains("  "), "{reason}");
            }
        }
    }

    #[test]
    fn a_missing_selector_is_not_blamed_on_metrics() {
        let explained = |message: &str| {
            let hpa = hpa(&format!(
                r#"{{"spec":{{"scaleTargetRef":{{"kind":"KafkaConnector","name":"x"}}}},"status":{{"conditions":[
                    {{"type":"ScalingActive","status":"False","reason":"InvalidSelector","message":"{message}"}}]}}}}"#
            ));
            explain_condition(&hpa, &hpa.conditions[0])
        };
        let missing = explained("the HPA target's scale is missing a selector");
        assert!(
            missing.meaning.contains("KafkaConnector/x names no selector"),
            "{}",
            missing.meaning
        );
        assert!(missing.action.unwrap().contains("labelSelectorPath"));
        let broken =
            explained("couldn't convert selector into a corresponding internal selector object");
        assert!(broken.action.unwrap().starts_with("correct the target's selector"));
    }

    #[test]
    fn unknown_reasons_show_the_controllers_message() {
        let text = text("ScalingActive", "False", "FromTheFuture");
        assert_eq!((text.meaning.as_str(), text.action), ("the controller's words", None));
        let silent = hpa(r#"{"status":{"conditions":[{"type":"New","status":"True"}]}}"#);
        let text = explain_condition(&silent, &silent.conditions[0]);
        assert_eq!(text.meaning, "New is True, without a reason");
    }

    #[test]
    fn every_recorded_condition_is_known() {
        for hpa in shop() {
            for condition in &hpa.conditions {
                assert!(known(&hpa, condition).is_some(), "{}: {condition:?}", hpa.name);
            }
        }
    }

    /// A target that KEDA wakes needs no manual scaling.
    #[test]
    fn a_target_at_rest_under_keda_is_explained() {
        let hpa = hpa(
            r#"{"metadata":{"name":"x","labels":{"app.kubernetes.io/managed-by":"keda-operator"}},
                "spec":{"minReplicas":1},"status":{"conditions":[{"type":"ScalingActive","status":"False","reason":"ScalingDisabled"}]}}"#,
        );
        let text = explain_condition(&hpa, &hpa.conditions[0]);
        assert!(text.meaning.contains("KEDA wakes it"), "{}", text.meaning);
        assert_eq!(text.action, None);
    }

    #[test]
    fn outdated_conditions_are_marked() {
        let hpa = shop_hpa("dup-a");
        let stale: Vec<_> = hpa
            .conditions
            .iter()
            .map(|c| explain_condition(&hpa, c))
            .map(|text| (text.kind, text.stale))
            .collect();
        assert_eq!(
            stale,
            [
                ("AbleToScale".into(), false),
                ("ScalingActive".into(), false),
                ("ScalingLimited".into(), true)
            ]
        );
    }
}
