use super::super::super::fixtures::{Case, HOUR_AGO, MINUTE_AGO, hpa, pod};
use crate::hpa::{Hpa, ObjectRef};

const NOT_FOUND: &str = "the HPA controller was unable to get the target's current scale: \
                         deployments.apps \"web\" not found";

#[test]
fn missing() {
    let gone = Case::new().no_target();
    assert_eq!(gone.message("target-missing"), "its scale target Deployment/web does not exist");
    Case::new().clear("target-missing");
    let failed = |case: Case| case.condition("AbleToScale", "False", "FailedGetScale", NOT_FOUND);
    let exists = failed(Case::new()).raised("target-missing");
    assert!(exists.message.ends_with(": deployments.apps \"web\" not found"), "{}", exists.message);
    assert!(exists.action.unwrap().contains("RBAC"));
    // Another group is another object.
    let group = Case::new().hpa(|hpa| hpa.target.api_version = "extensions/v1beta1".into());
    group.raised("target-missing");
}

#[test]
fn missing_or_unread() {
    let unread = || {
        Case::new()
            .no_target()
            .world(|world| world.unread = vec![("apps/Deployment".into(), "forbidden".into())])
    };
    unread().clear("target-missing");
    let silent = unread().hpa(|hpa| {
        hpa.conditions.clear();
        (hpa.able_to_scale, hpa.scaling_active) = (None, None);
    });
    assert_eq!(silent.unknown("target-missing"), "forbidden");
    let failed = unread().condition("AbleToScale", "False", "FailedGetScale", NOT_FOUND);
    assert!(failed.message("target-missing").starts_with("the controller cannot read"));
    // What follows from it is not even listed as not evaluated.
    let listed = failed.evaluation();
    assert_eq!(listed.findings.len(), 1);
    let ids: Vec<_> = listed.not_evaluated.iter().map(|n| n.id).collect();
    assert_eq!(ids, ["config-drift"]);
    let core =
        Case::new().no_target().world(|w| w.unread = vec![("Deployment".into(), "?".into())]);
    core.raised("target-missing");
}

#[test]
fn a_missing_target_is_the_only_finding() {
    let gone = Case::new()
        .no_target()
        .condition("AbleToScale", "False", "FailedGetScale", NOT_FOUND)
        .condition("ScalingLimited", "True", "TooManyReplicas", "");
    assert_eq!(gone.ids(), ["target-missing"]);
}

#[test]
fn write_failed() {
    let failed = |reason: &str| {
        Case::new().condition(
            "AbleToScale",
            "False",
            reason,
            "the HPA controller was unable to update the target scale: denied",
        )
    };
    assert_eq!(
        failed("FailedUpdateScale").message("scale-write-failed"),
        "the controller cannot write the replica count of Deployment/web: denied"
    );
    assert!(failed("FromTheFuture").message("scale-write-failed").contains("(FromTheFuture)"));
    failed("FailedGetScale").clear("scale-write-failed");
    Case::new().clear("scale-write-failed");
}

/// What the status says is of before the target went.
#[test]
fn nothing_follows_from_a_target_that_is_gone() {
    let maxed =
        Case::new().replicas(2, 10, 10).condition("ScalingLimited", "True", "TooManyReplicas", "");
    assert_eq!(maxed.ids(), ["maxed-out"]);
    assert_eq!(maxed.clone().no_target().ids(), ["target-missing"]);
    let inactive = |reason| Case::new().condition("ScalingActive", "False", reason, "").no_target();
    for reason in ["FailedGetResourceMetric", "ScalingDisabled"] {
        assert_eq!(inactive(reason).ids(), ["target-missing"]);
    }
    let unwritten = Case::new().condition("AbleToScale", "False", "FailedUpdateScale", "");
    assert_eq!(unwritten.no_target().ids(), ["target-missing"]);
    // The HPA's own faults stay.
    assert_eq!(Case::new().replicas(1, 1, 10).no_target().ids(), ["target-missing", "low-min"]);
    let twice = other(|_| {}).no_target();
    assert_eq!(twice.ids(), ["target-missing", "duplicate-target"]);
}

#[test]
fn never_reconciled() {
    let silent = |created: &str| Case::new().created(created).hpa(|hpa| hpa.conditions.clear());
    assert_eq!(
        silent(HOUR_AGO).message("never-reconciled"),
        "no controller has looked at this HPA in the 1 h since it was created"
    );
    silent("").raised("never-reconciled");
    silent(MINUTE_AGO).clear("never-reconciled");
    silent("2026-11-23T11:58:00Z").raised("never-reconciled");
    Case::new().clear("never-reconciled");
}

fn other(change: impl FnOnce(&mut Hpa)) -> Case {
    let case = Case::new();
    let mut other = None;
    case.clone()
        .hpa(|hpa| {
            let mut hpa = hpa.clone();
            hpa.name = "web-2".to_owned();
            change(&mut hpa);
            other = Some(hpa);
        })
        .clear("duplicate-target");
    case.world(|world| world.hpas.extend(other))
}

#[test]
fn duplicates() {
    let both = other(|_| {});
    let raise = both.raised("duplicate-target");
    assert_eq!(raise.message, "Deployment/web is also scaled by HPA web-2");
    let ambiguous =
        both.condition("ScalingActive", "False", "AmbiguousSelector", "pods by selector …");
    assert!(ambiguous.message("duplicate-target").ends_with("acts for none of them"));
    assert_eq!(ambiguous.ids(), ["duplicate-target"]);
    let alone =
        Case::new().condition("ScalingActive", "False", "AmbiguousSelector", "pods by selector …");
    assert!(alone.message("duplicate-target").ends_with(": pods by selector …"));
    other(|hpa| hpa.namespace = "other".to_owned()).clear("duplicate-target");
    other(|hpa| hpa.target.kind = "StatefulSet".into()).clear("duplicate-target");
    other(|hpa| hpa.target.name = "api".to_owned()).clear("duplicate-target");
    other(|hpa| hpa.target.api_version = "example.com/v1".into()).clear("duplicate-target");
    other(|hpa| {
        hpa.target = ObjectRef { api_version: "apps/v1beta1".into(), ..hpa.target.clone() };
    })
    .raised("duplicate-target");
}

/// Of thousands the first are named and the others counted.
#[test]
fn many_duplicates() {
    let crowd = Case::new().world(|world| {
        world.hpas.extend((0..200).map(|number| Hpa { name: format!("web-{number}"), ..hpa() }));
    });
    let raise = crowd.raised("duplicate-target");
    assert_eq!(
        raise.message,
        "Deployment/web is also scaled by HPA web-0, web-1, web-2 and 197 more"
    );
    assert_eq!(raise.evidence["others"].as_array().unwrap().len(), 10);
    assert_eq!(raise.evidence["otherCount"], 200);
}

#[test]
fn a_duplicate_of_keda_is_named_as_such() {
    let label = |name: &str| {
        let name = name.to_owned();
        move |hpa: &mut Hpa| {
            hpa.labels.insert("scaledobject.keda.sh/name".to_owned(), name);
        }
    };
    assert_eq!(
        other(label("jobs")).message("duplicate-target"),
        "Deployment/web is also scaled by KEDA HPA web-2 of ScaledObject jobs"
    );
    let both = other(label("jobs"))
        .world(|world| world.hpas.push(Hpa { name: "web-3".to_owned(), ..hpa() }));
    assert_eq!(
        both.message("duplicate-target"),
        "Deployment/web is also scaled by KEDA HPA web-2 of ScaledObject jobs, HPA web-3"
    );
}

#[test]
fn overlap() {
    let stranger = |change: fn(&mut crate::hpa::Pod)| {
        Case::new().pods(2, |_| {}).world(|world| {
            let mut stranger = pod(9);
            stranger.name = "batch-x".to_owned();
            stranger.owner.as_mut().unwrap().kind = "Job".to_owned();
            stranger.owner.as_mut().unwrap().name = "batch".to_owned();
            change(&mut stranger);
            world.pods.as_mut().unwrap().push(stranger);
        })
    };
    let case = stranger(|_| {});
    assert_eq!(
        case.message("selector-overlap"),
        "the selector app=web of Deployment/web also matches 1 pod that it does not own, such as batch-x of \
         Job/batch: their usage counts for this HPA"
    );
    assert_eq!(case.ids(), ["selector-overlap"]);
    // Without a request it stops the metric, and that is no fault of the target's own pods.
    let lacking = |pod: &mut crate::hpa::Pod| {
        pod.missing_requests.insert("cpu".to_owned(), vec!["app".to_owned()]);
    };
    let failed = stranger(lacking).condition(
        "ScalingActive",
        "False",
        "FailedGetResourceMetric",
        "missing request for cpu in container app of Pod batch-x",
    );
    assert_eq!(failed.ids(), ["selector-overlap"]);
    assert_eq!(failed.severity("selector-overlap"), crate::findings::Severity::Error);
    assert!(
        failed
            .message("selector-overlap")
            .ends_with(", and batch-x lacks a request, which stops its metric")
    );
    assert_eq!(failed.clone().pods(1, lacking).ids(), ["selector-overlap", "missing-requests"]);
    // The controller's word of selectors that overlap is of the same; two HPAs of one target are not.
    let ambiguous =
        case.clone().condition("ScalingActive", "False", "AmbiguousSelector", "pods by …");
    assert_eq!(ambiguous.ids(), ["duplicate-target"]);
    let twice = failed.world(|world| {
        world.hpas.push(Hpa { name: "twin".to_owned(), uid: "2".into(), ..Case::new().present() });
    });
    assert_eq!(twice.ids(), ["duplicate-target", "selector-overlap"]);
    stranger(|pod| pod.phase = "Succeeded".to_owned()).clear("selector-overlap");
    stranger(|pod| pod.deleted_at = MINUTE_AGO.parse().ok()).clear("selector-overlap");
    stranger(|pod| pod.namespace = "other".to_owned()).clear("selector-overlap");
    stranger(|pod| pod.labels.clear()).clear("selector-overlap");
    Case::new().pods(2, |_| {}).clear("selector-overlap");
    let unread = Case::new().world(|world| world.pods = Err("forbidden".to_owned()));
    assert_eq!(unread.unknown("selector-overlap"), "forbidden");
    let expression =
        case.target(|target| target.selector = Some("app in (web,api),!canary".into()));
    expression.raised("selector-overlap");
    let nonsense = expression.target(|target| target.selector = Some("app Near (web)".into()));
    assert!(nonsense.unknown("selector-overlap").contains("cannot be read"));
    // Which pods a custom resource owns cannot be told.
    let custom = stranger(|_| {})
        .hpa(|hpa| (hpa.target.api_version, hpa.target.kind) = ("x.io/v1".into(), "Farm".into()))
        .target(|t| (t.api_version, t.kind) = ("x.io/v1".to_owned(), "Farm".to_owned()));
    assert_eq!(custom.unknown("selector-overlap"), "whose pods are a Farm's cannot be told");
}

#[test]
fn zero() {
    let zero =
        Case::new().replicas(2, 0, 10).condition("ScalingActive", "False", "ScalingDisabled", "");
    assert!(zero.message("scaled-to-zero").starts_with("Deployment/web has 0 replicas"));
    assert_eq!(zero.ids(), ["scaled-to-zero"]);
    zero.replicas(0, 0, 10).clear("scaled-to-zero");
    Case::new().clear("scaled-to-zero");
}
