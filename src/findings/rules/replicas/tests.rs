use super::super::super::fixtures::Case;
use super::super::super::unknown::Unknown;
use super::*;

fn maxed() -> Case {
    Case::new().replicas(2, 10, 10).cpu(70, Some(300)).condition(
        "ScalingLimited",
        "True",
        "TooManyReplicas",
        "",
    )
}

#[test]
fn wants_more() {
    let raise = maxed().raised("maxed-out");
    assert_eq!(raise.severity, Severity::Warning);
    assert_eq!(
        raise.message,
        "wants more than its maximum of 10 replicas: cpu is at 300% (target 70%), which asks for 43"
    );
    assert_eq!(raise.evidence["wantedReplicas"], 43);
    maxed().replicas(10, 10, 10).clear("maxed-out");
    maxed().condition("ScalingLimited", "True", "TooFewReplicas", "").clear("maxed-out");
    maxed().condition("ScalingLimited", "False", "DesiredWithinRange", "").clear("maxed-out");
    let stale = maxed().condition("ScalingActive", "False", "FailedGetResourceMetric", "");
    stale.clear("maxed-out");
}

/// A Prometheus does not say why scaling was limited.
#[test]
fn a_limit_without_a_reason_proves_nothing() {
    let observed = maxed().minutes((1..=30).rev()).observed(&[]).raised("maxed-out");
    assert_eq!(observed.severity, Severity::Warning);
    assert_eq!(observed.evidence.get("lastedSeconds"), None);
    assert!(!observed.message.contains("Prometheus"), "{}", observed.message);
}

#[test]
fn too_few_is_never_raised() {
    let resting = Case::new()
        .replicas(2, 2, 10)
        .cpu(70, Some(1))
        .condition("ScalingLimited", "True", "TooFewReplicas", "")
        .minutes((1..=60).rev());
    assert_eq!(resting.ids(), [""; 0]);
}

#[test]
fn an_error_after_a_quarter_of_an_hour() {
    let since = |minutes: i64| maxed().minutes((1..=minutes).rev()).raised("maxed-out");
    assert_eq!(since(14).severity, Severity::Warning);
    assert_eq!(since(15).severity, Severity::Error);
    assert!(since(15).message.ends_with(", for 15 min or more"));
    // An interruption resets the duration.
    let fine = |hpa: &mut Hpa| hpa.conditions.retain(|c| c.kind != "ScalingLimited");
    let paused = maxed()
        .minutes((11..=30).rev())
        .before(SignedDuration::from_mins(10), fine)
        .minutes((1..=9).rev());
    assert_eq!(paused.severity("maxed-out"), Severity::Warning);
    // While the controller does not scale, the status is outdated and proves nothing.
    let inactive = |hpa: &mut Hpa| {
        let condition = hpa.conditions.iter_mut().find(|it| it.kind == "ScalingActive").unwrap();
        condition.status = "False".into();
        hpa.scaling_active = Some(false);
    };
    let interrupted = maxed()
        .minutes((11..=30).rev())
        .before(SignedDuration::from_mins(10), inactive)
        .minutes((1..=9).rev());
    assert_eq!(interrupted.severity("maxed-out"), Severity::Error);
    // Nor does a gap without readings.
    let gap = maxed().minutes((12..=40).rev()).minutes((1..=5).rev());
    assert_eq!(gap.severity("maxed-out"), Severity::Warning);
    let sparse = maxed().minutes([40, 30, 20, 10]);
    assert_eq!(sparse.severity("maxed-out"), Severity::Error);
}

#[test]
fn at_max_and_satisfied() {
    let case = Case::new().replicas(2, 10, 10);
    assert_eq!(case.ids(), ["at-max-satisfied"]);
    assert_eq!(
        case.message("at-max-satisfied"),
        "runs at its maximum of 10 replicas, and its metrics ask for no more: there is no headroom"
    );
    case.clone().replicas(10, 10, 10).clear("at-max-satisfied");
    case.replicas(2, 9, 10).clear("at-max-satisfied");
    maxed().clear("at-max-satisfied");
}

#[test]
fn throttled() {
    let limited = || Case::new().condition("ScalingLimited", "True", "ScaleUpLimit", "");
    let raise = limited().minutes([2, 1]).raised("scale-up-throttled");
    assert!(
        raise.message.contains("in 3 readings in a row, for 2 min or more"),
        "{}",
        raise.message
    );
    assert_eq!(limited().minutes([1]).why_unknown("scale-up-throttled"), TOO_LITTLE);
    assert_eq!(limited().why_unknown("scale-up-throttled"), Unknown::NoHistory);
    let fine = |hpa: &mut Hpa| hpa.conditions.retain(|c| c.kind != "ScalingLimited");
    limited().before(SignedDuration::from_mins(2), fine).minutes([1]).clear("scale-up-throttled");
    Case::new().clear("scale-up-throttled");
}

#[test]
fn hourly_readings_are_enough() {
    let hourly = |hours: i64| maxed().minutes((1..=hours).rev().map(|hour| hour * 60));
    let raise = hourly(4).raised("maxed-out");
    assert_eq!(raise.severity, Severity::Error);
    assert!(raise.message.ends_with(", for 4 h or more"), "{}", raise.message);
}

#[test]
fn above_the_maximum() {
    let above = || Case::new().replicas(3, 24, 20);
    let failing =
        || above().condition("ScalingActive", "False", "FailedGetResourceMetric", "no metrics");
    let raise = failing().raised("above-max");
    assert_eq!(raise.severity, Severity::Info);
    assert_eq!(
        raise.message,
        "24 replicas, max is 20: the controller lowers them to that by itself, and further only when it has metrics"
    );
    assert_eq!(failing().ids(), ["metrics-unavailable", "above-max"]);
    assert!(above().message("above-max").ends_with("lowers them to that in its next round"));
    Case::new().replicas(3, 20, 20).clear("above-max");
    // Only the wanted count is above: it is from before the maximum was lowered.
    Case::new().replicas(3, 20, 20).hpa(|hpa| hpa.desired_replicas = 24).clear("above-max");
    let unwritten = above().condition("AbleToScale", "False", "FailedUpdateScale", "denied");
    assert_eq!(unwritten.ids(), ["scale-write-failed"]);
    above().hpa(|hpa| hpa.conditions.clear()).clear("above-max");
}

#[test]
fn above_the_maximum_for_long() {
    let above = || Case::new().replicas(3, 24, 20);
    let lasting = above().minutes([5, 4, 3, 2, 1]).raised("above-max");
    assert_eq!(lasting.severity, Severity::Warning);
    assert!(
        lasting.message.starts_with("24 replicas, max is 20, for 5 min"),
        "{}",
        lasting.message
    );
    let failing = above()
        .condition("ScalingActive", "False", "FailedGetResourceMetric", "no metrics")
        .minutes([3, 2, 1]);
    assert_eq!(failing.severity("above-max"), Severity::Warning);
    // The maximum has just been lowered.
    let raised_max = |hpa: &mut Hpa| hpa.max_replicas = 30;
    let just = above()
        .before(SignedDuration::from_mins(2), raised_max)
        .before(SignedDuration::from_secs(20), raised_max);
    assert_eq!(just.severity("above-max"), Severity::Info);
}

fn busy(percent: i32) -> Case {
    Case::new().cpu(100, Some(percent))
}

fn tolerant(case: Case, tolerance: &str) -> Case {
    case.hpa(|hpa| {
        hpa.behavior =
            serde_json::from_value(serde_json::json!({"scaleUp": {"tolerance": tolerance}}))
                .unwrap();
    })
}

#[test]
fn above_the_tolerance() {
    let raise = busy(150).raised("above-target");
    assert_eq!(raise.severity, Severity::Info);
    assert_eq!(
        raise.message,
        "cpu is at 150% (target 100%) with 4 replicas (max 10): no more are wanted so far"
    );
    assert_eq!(raise.evidence["ratio"], 1.5);
    assert_eq!(raise.evidence["current"], "150%");
    // The controller does nothing up to and including 10 %.
    busy(110).clear("above-target");
    busy(111).raised("above-target");
    busy(90).clear("above-target");
    busy(10).clear("above-target");
    tolerant(busy(150), "500m").clear("above-target");
    tolerant(busy(151), "500m").raised("above-target");
    tolerant(busy(101), "0").raised("above-target");
    tolerant(busy(100), "0").clear("above-target");
    // The strongest metric counts, and one without a reading does not.
    busy(90).external("q", "10", Some("11500m")).raised("above-target");
    busy(90).external("q", "10", Some("11")).clear("above-target");
    busy(90).external("q", "10", None).clear("above-target");
    let message = busy(90).external("q", "10k", Some("338162044m")).message("above-target");
    assert!(message.starts_with("q is at 338k (target 10k) with"), "{message}");
    let exact = busy(90).external("q", "10k", Some("338162044m")).raised("above-target");
    assert_eq!(exact.evidence["current"], "338162044m");
}

#[test]
fn above_target_while_it_scales() {
    let ends = |case: Case, end: &str| {
        let message = case.message("above-target");
        assert!(message.ends_with(end), "{message}");
    };
    ends(busy(150).hpa(|hpa| hpa.desired_replicas = 6), ": scaling up to 6 is under way");
    let able = |reason: &str| busy(150).condition("AbleToScale", "True", reason, "");
    ends(able("ScaleUpStabilized"), "once that has lasted for the scale-up window");
    ends(able("SucceededRescale"), "the count has just been changed");
    ends(
        busy(150).condition("ScalingLimited", "True", "ScaleUpLimit", ""),
        "as fast as its policy allows",
    );
}

#[test]
fn not_above_target_where_something_stops_it() {
    assert_eq!(maxed().ids(), ["maxed-out"]);
    assert_eq!(maxed().replicas(10, 10, 10).ids(), ["min-eq-max"]);
    assert_eq!(busy(150).ids(), ["above-target"]);
    for (kind, reason) in
        [("ScalingActive", "FailedGetResourceMetric"), ("AbleToScale", "FailedGetScale")]
    {
        busy(150).condition(kind, "False", reason, "").clear("above-target");
    }
    busy(150).hpa(|hpa| hpa.conditions.clear()).clear("above-target");
    let throttled = busy(150).condition("ScalingLimited", "True", "ScaleUpLimit", "");
    assert_eq!(throttled.minutes([2, 1]).ids(), ["scale-up-throttled"]);
    let disabled = busy(150).hpa(|hpa| {
        hpa.behavior =
            serde_json::from_value(serde_json::json!({"scaleUp": {"selectPolicy": "Disabled"}}))
                .unwrap();
    });
    assert_eq!(disabled.ids(), ["direction-disabled"]);
    assert_eq!(busy(150).minutes((1..=5).rev()).ids(), ["not-scaling"]);
}

#[test]
fn one_replica_is_no_plural() {
    let above = Case::new().replicas(1, 1, 9).cpu(70, Some(90)).message("above-target");
    assert!(above.contains(" with 1 replica (max 9)"), "{above}");
    let one = maxed().replicas(0, 1, 1).message("maxed-out");
    assert!(one.starts_with("wants more than its maximum of 1 replica:"), "{one}");
}
