use serde_json::json;

use super::super::super::fixtures::{Case, MINUTE_AGO};
use super::super::super::unknown::Unknown;
use super::*;
use crate::hpa::{Behavior, ScalingRules};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

#[test]
fn stuck() {
    let wants = || Case::new().hpa(|hpa| hpa.desired_replicas = 7);
    assert_eq!(
        wants().minutes([3, 2, 1]).message("desired-stuck"),
        "wants 7 replicas, but Deployment/web has stayed at 4 for 3 min or more"
    );
    assert_eq!(wants().why_unknown("desired-stuck"), Unknown::NoHistory);
    assert_eq!(wants().history().why_unknown("desired-stuck"), TOO_LITTLE);
    wants().before(SignedDuration::from_secs(60), |_| {}).raised("desired-stuck");
    let short = wants().before(SignedDuration::from_secs(59), |_| {});
    assert_eq!(short.why_unknown("desired-stuck"), TOO_LITTLE);
    // The replicas change.
    wants().before(MINUTE, |hpa| hpa.current_replicas = 3).clear("desired-stuck");
    wants().before(MINUTE, |hpa| hpa.desired_replicas = 4).clear("desired-stuck");
    Case::new().minutes([2, 1]).clear("desired-stuck");
    // The target has as many already: only the status is behind.
    let of_target = |replicas| {
        wants().target(move |target| target.replicas.spec = Some(replicas)).minutes([3, 2, 1])
    };
    of_target(7).clear("desired-stuck");
    of_target(4).raised("desired-stuck");
    // The counts are left from an earlier round.
    let stale = wants().condition("ScalingActive", "False", "FailedGetResourceMetric", "");
    stale.minutes([2, 1]).clear("desired-stuck");
}

fn for_minutes(case: Case, minutes: i64) -> Case {
    case.minutes((1..=minutes).rev())
}

#[test]
fn off_target_upwards() {
    let hot = |percent: i32| Case::new().cpu(100, Some(percent));
    assert_eq!(
        for_minutes(hot(150), 5).message("not-scaling"),
        "does not scale up: cpu is at 150% (target 100%), and 4 replicas (max 10) have not changed for 5 min or more"
    );
    for_minutes(hot(130), 5).clear("not-scaling");
    for_minutes(hot(131), 5).raised("not-scaling");
    assert_eq!(for_minutes(hot(150), 4).why_unknown("not-scaling"), TOO_LITTLE);
    assert_eq!(hot(150).why_unknown("not-scaling"), Unknown::NoHistory);
    for_minutes(hot(150).created(MINUTE_AGO), 1).clear("not-scaling");
    for_minutes(hot(150).replicas(2, 10, 10), 5).clear("not-scaling");
    let stabilized = hot(150).condition("AbleToScale", "True", "ScaleUpStabilized", "");
    for_minutes(stabilized, 5).clear("not-scaling");
    let scaling = hot(150)
        .before(SignedDuration::from_mins(3), |hpa| hpa.current_replicas = 3)
        .minutes([2, 1]);
    scaling.clear("not-scaling");
}

#[test]
fn off_target_downwards() {
    let cold = |percent: i32| Case::new().cpu(100, Some(percent));
    assert!(for_minutes(cold(20), 5).message("not-scaling").starts_with("does not scale down"));
    for_minutes(cold(20).replicas(4, 4, 10), 5).clear("not-scaling");
    // Three quarters of 3 replicas are rounded up to 3.
    for_minutes(cold(69).replicas(1, 3, 10), 5).clear("not-scaling");
    for_minutes(cold(20).external("queue", "50", None), 5).clear("not-scaling");
    let stabilized = cold(20).condition("AbleToScale", "True", "ScaleDownStabilized", "");
    for_minutes(stabilized, 5).clear("not-scaling");
    let tolerant = cold(20).hpa(|hpa| {
        let rules = ScalingRules { tolerance: Some("700m".to_owned()), ..ScalingRules::default() };
        hpa.behavior = Some(Behavior { scale_down: Some(rules), ..Behavior::default() });
    });
    for_minutes(tolerant, 5).clear("not-scaling");
}

#[test]
fn broken_pods_explain_it() {
    let hot = Case::new().cpu(100, Some(150)).pods(4, |_| {}).pods(1, |pod| {
        pod.ready = false;
        pod.waiting_reasons = vec!["CrashLoopBackOff".to_owned()];
    });
    assert_eq!(for_minutes(hot, 10).ids(), ["crash-oom"]);
    // A pod that ran out of memory but is ready again does not explain it.
    let healed = Case::new().cpu(100, Some(150)).pods(4, |_| {}).pods(1, |pod| {
        pod.last_oom = Some(crate::kube::LastTermination {
            container: "app".to_owned(),
            reason: "OOMKilled".to_owned(),
            exit_code: Some(137),
            at: super::super::super::fixtures::MINUTE_AGO.parse().ok(),
        });
    });
    assert_eq!(for_minutes(healed, 10).ids(), ["crash-oom", "not-scaling"]);
}

#[test]
fn wasted() {
    let idle = |percent: i32| {
        let held = Case::new().replicas(2, 8, 10).cpu(100, Some(percent));
        held.condition("AbleToScale", "True", "ScaleDownStabilized", "")
    };
    assert_eq!(
        for_minutes(idle(30), 15).message("underused"),
        "8 replicas for 15 min or more where about 3 would do: cpu is at 30% (target 100%)"
    );
    assert_eq!(for_minutes(idle(30), 15).ids(), ["underused"]);
    for_minutes(idle(60), 15).raised("underused");
    for_minutes(idle(61), 15).clear("underused");
    assert_eq!(for_minutes(idle(30), 14).why_unknown("underused"), TOO_LITTLE);
    for_minutes(idle(30).replicas(5, 8, 10), 15).clear("underused");
    for_minutes(idle(30).external("queue", "50", None), 15).clear("underused");
    // Nothing holds it back: that is reported.
    let free = idle(30).condition("AbleToScale", "True", "ReadyForNewScale", "");
    assert_eq!(for_minutes(free, 15).ids(), ["not-scaling"]);
    let disabled = idle(30).hpa(|hpa| {
        hpa.behavior =
            serde_json::from_value(json!({"scaleDown": {"selectPolicy": "Disabled"}})).unwrap();
    });
    assert_eq!(for_minutes(disabled, 15).ids(), ["direction-disabled"]);
}
