use serde_json::json;

use super::super::super::fixtures::{Case, HOUR_AGO, MINUTE_AGO};
use super::*;

/// The replicas at intervals of `step`, oldest first; the last count is the present one.
fn replicas(step: SignedDuration, counts: &[i32]) -> Case {
    let (now, before) = counts.split_last().unwrap();
    let case =
        Case::new().replicas(2, *now, 20).hpa(|hpa| hpa.last_scale_time = MINUTE_AGO.parse().ok());
    before.iter().enumerate().fold(case, |case, (at, count)| {
        let ago = step * i32::try_from(before.len() - at).unwrap();
        case.before(ago, |hpa| hpa.current_replicas = *count)
    })
}

const HALF: SignedDuration = SignedDuration::from_secs(30);
const MINUTES: SignedDuration = SignedDuration::from_mins(1);

#[test]
fn to_and_fro() {
    let swings = replicas(MINUTES, &[4, 4, 6, 6, 4, 5, 5, 3]);
    let raise = swings.raised("flapping");
    assert_eq!(
        raise.message,
        "its replicas changed direction 3 times in 10 minutes, between 3 and 6; whether more than 5 times in 5 \
         minutes, the readings are too far apart to tell"
    );
    assert_eq!(raise.severity, Severity::Warning);
    assert_eq!(swings.ids(), ["flapping"]);
    replicas(MINUTES, &[4, 4, 6, 6, 4, 5, 5, 6]).clear("flapping");
    let slow = SignedDuration::from_mins(4);
    let sparse = replicas(slow, &[4, 6, 4, 6, 4, 6]);
    let why = sparse.unknown("flapping");
    assert!(why.contains("at most 2 min apart (watchdog monitor)"), "{why}");
}

/// A Prometheus has the replicas where it has no conditions.
#[test]
fn to_and_fro_by_prometheus() {
    let all = ["AbleToScale", "ScalingActive", "ScalingLimited"];
    let swings = replicas(MINUTES, &[4, 4, 6, 6, 4, 5, 5, 3]).observed(&all).raised("flapping");
    assert_eq!((swings.severity, &swings.evidence["reversals"]), (Severity::Warning, &json!(3)));
}

#[test]
fn in_leaps() {
    let climbs = replicas(HALF, &[2, 3, 4, 5, 6, 7, 8, 9]).raised("flapping");
    assert_eq!(climbs.severity, Severity::Error);
    assert_eq!(climbs.message, "its replicas changed 7 times in 5 minutes, between 2 and 9");
    replicas(HALF, &[2, 2, 2, 3, 4, 5, 6, 7]).clear("flapping");
    // As many changes, but over ten minutes: each reading shows another count, so there may be more
    // in between.
    let why = replicas(MINUTES, &[2, 3, 4, 5, 6, 7, 8, 9]).unknown("flapping");
    assert!(why.contains("at most 50 s apart (run watchdog monitor)"), "{why}");
    replicas(MINUTES, &[2, 3, 4, 5, 6, 7, 7, 9]).clear("flapping");
    // Dense enough to show that there were no more changes.
    let swings = replicas(HALF, &[4, 6, 6, 6, 6, 4, 6, 6, 6, 6, 4]).raised("flapping");
    assert_eq!(swings.severity, Severity::Warning);
    assert!(swings.message.ends_with("between 4 and 6"), "{}", swings.message);
}

#[test]
fn who_has_not_scaled_does_not_flap() {
    Case::new().clear("flapping");
    Case::new().hpa(|hpa| hpa.last_scale_time = HOUR_AGO.parse().ok()).clear("flapping");
    let recent = Case::new().hpa(|hpa| hpa.last_scale_time = MINUTE_AGO.parse().ok());
    assert_eq!(recent.why_unknown("flapping"), Unknown::NoHistory);
    // A failed round says nothing about the replicas.
    let blind = replicas(MINUTES, &[4, 4, 4, 4, 4, 4]);
    let blind = (1..=6).rev().fold(blind, |case, minutes| {
        case.before(SignedDuration::from_mins(minutes), |hpa| {
            hpa.able_to_scale = Some(false);
            hpa.current_replicas = 0;
        })
    });
    blind.clear("flapping");
}

#[test]
fn drift() {
    let changed = |change: fn(&mut Hpa)| Case::new().before(MINUTES, change);
    assert_eq!(
        changed(|hpa| hpa.max_replicas = 20).message("config-drift"),
        "changed since the reading 1 min ago: maxReplicas 20 → 10"
    );
    changed(|_| {}).clear("config-drift");
    changed(|hpa| hpa.current_replicas = 9).clear("config-drift");
    // Equal by value.
    changed(|hpa| hpa.metrics[0].target.value = Some("70.0".to_owned())).clear("config-drift");
    changed(|hpa| hpa.target.api_version = "apps/v1beta1".into()).clear("config-drift");
    for (change, text) in [
        ((|hpa| hpa.min_replicas = 1) as fn(&mut Hpa), "minReplicas 1 → 2"),
        (
            |hpa| hpa.target.name = "old".to_owned(),
            "target apps/Deployment/old → apps/Deployment/web",
        ),
        (
            |hpa| hpa.metrics[0].target.value = Some("50".to_owned()),
            "metric cpu 50% (Utilization) → 70% (Utilization)",
        ),
        (|hpa| hpa.metrics.clear(), "metric cpu none → 70% (Utilization)"),
        (
            |hpa| {
                hpa.behavior =
                    serde_json::from_value(json!({"scaleDown": {"stabilizationWindowSeconds": 0}}))
                        .unwrap();
            },
            "behavior {\"scaleDown\":{\"stabilizationWindowSeconds\":0}} → none",
        ),
    ] {
        let message = changed(change).message("config-drift");
        assert!(message.ends_with(text), "{message}");
    }
    assert_eq!(Case::new().why_unknown("config-drift"), Unknown::NoHistory);
    assert_eq!(
        Case::new().history().unknown("config-drift"),
        "there is no reading of the last 24 hours"
    );
}

#[test]
fn a_change_is_told_for_a_day() {
    // As recorded by cron: the change is already in the history when somebody asks.
    let case = [60, 55, 50, 45, 40].into_iter().fold(Case::new(), |case, ago| {
        case.before(SignedDuration::from_mins(ago), move |hpa| {
            hpa.max_replicas = if ago > 50 { 20 } else { 10 };
        })
    });
    let raise = case.raised("config-drift");
    assert_eq!(raise.message, "changed 50 min to 55 min ago: maxReplicas 20 → 10");
    assert_eq!(raise.evidence["since"], "2026-11-23T11:05:00Z");
    assert_eq!(raise.evidence["seen"], "2026-11-23T11:10:00Z");
    // Changed back: reports the latest change and the number of changes.
    let back = case.hpa(|hpa| hpa.max_replicas = 20);
    assert_eq!(
        back.message("config-drift"),
        "changed since the reading 40 min ago: maxReplicas 10 → 20; the latest of 2 changes in 24 hours"
    );
}

#[test]
fn the_order_of_metrics_does_not_count() {
    let two =
        Case::new().external("queue", "50", None).before(MINUTES, |hpa| hpa.metrics.reverse());
    two.clear("config-drift");
}

#[test]
fn requests_and_limits() {
    let case = Case::new().minutes([1]).target(|target| {
        target.requests.insert("cpu".to_owned(), "200m".parse().unwrap());
        target.limits.remove("memory");
    });
    let message = case.message("config-drift");
    assert!(message.ends_with("requests.cpu 100m → 200m, limits.memory 512Mi → none"), "{message}");
    let same = Case::new().minutes([1]).target(|target| {
        target.requests.insert("cpu".to_owned(), "0.1".parse().unwrap());
    });
    same.clear("config-drift");
    let unread = |case: Case| {
        case.no_target().world(|w| _ = w.unread.insert("apps/Deployment".into(), Case::unread()))
    };
    assert_eq!(unread(Case::new().minutes([1])).unknown("config-drift"), "forbidden");
    // No snapshot contains requests and limits.
    let unkept = Case::new().minutes([2, 1]).kept_no_target();
    let why = unkept.unknown("config-drift");
    assert_eq!(why, "the history contains no requests or limits of its target");
    // A change between earlier readings is reported even if the present target cannot be read.
    let before = Case::new().minutes([9]).target(|target| {
        target.requests.insert("cpu".to_owned(), "200m".parse().unwrap());
    });
    let message = unread(before.minutes([5])).message("config-drift");
    assert_eq!(message, "changed 5 min to 9 min ago: requests.cpu 100m → 200m");
    let spec = Case::new().before(MINUTES, |hpa| hpa.max_replicas = 20);
    unread(spec).raised("config-drift");
}
