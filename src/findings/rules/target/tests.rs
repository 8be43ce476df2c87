use super::super::super::fixtures::{Case, HOUR_AGO, MINUTE_AGO, hpa, pod};
use crate::hpa::Hpa;
use crate::kube::ObjectRef;

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
    // The same kind in another group is another object.
    let group = Case::new().hpa(|hpa| hpa.target.api_version = "extensions/v1beta1".into());
    group.raised("target-missing");
}

#[test]
fn missing_or_unread() {
    let unread = || {
        Case::new()
            .no_target()
            .world(|world| _ = world.unread.insert("apps/Deployment".into(), Case::unread()))
    };
    unread().clear("target-missing");
    let silent = unread().hpa(|hpa| {
        hpa.conditions.clear();
        (hpa.able_to_scale, hpa.scaling_active) = (None, None);
    });
    assert_eq!(silent.unknown("target-missing"), "forbidden");
    let failed = unread().condition("AbleToScale", "False", "FailedGetScale", NOT_FOUND);
    assert!(failed.message("target-missing").starts_with("the controller cannot read"));
    // Rules that depend on the target are not even listed as not evaluated.
    let (findings, undecided) = failed.reported();
    assert_eq!((findings.len(), &undecided[..]), (1, &["config-drift"][..]));
    let core =
        Case::new().no_target().world(|w| _ = w.unread.insert("Deployment".into(), Case::unread()));
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

/// The status is from before the target was deleted.
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
    // Findings about the HPA itself remain.
    assert_eq!(Case::new().replicas(1, 1, 10).no_target().ids(), ["target-missing", "low-min"]);
    let twice = other(|_| {}).no_target();
    assert_eq!(twice.ids(), ["target-missing", "duplicate-target"]);
}

#[test]
fn never_reconciled() {
    let silent = |created: &str| Case::new().created(created).hpa(|hpa| hpa.conditions.clear());
    assert_eq!(
        silent(HOUR_AGO).message("never-reconciled"),
        "no controller has reconciled this HPA in the 1 h since it was created"
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
    // With two targets the selectors may be wrong.
    let action = alone.raised("duplicate-target").action.unwrap();
    assert!(
        action.starts_with("delete all but one of these HPAs; if they have different targets"),
        "{action}"
    );
    assert_eq!(ambiguous.raised("duplicate-target").action, None);
    other(|hpa| hpa.namespace = "other".to_owned()).clear("duplicate-target");
    other(|hpa| hpa.target.kind = "StatefulSet".into()).clear("duplicate-target");
    other(|hpa| hpa.target.name = "api".to_owned()).clear("duplicate-target");
    other(|hpa| hpa.target.api_version = "example.com/v1".into()).clear("duplicate-target");
    other(|hpa| {
        hpa.target = ObjectRef { api_version: "apps/v1beta1".into(), ..hpa.target.clone() };
    })
    .raised("duplicate-target");
}

/// Of thousands, the first are named and the others counted.
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
    let stranger = |change: fn(&mut crate::kube::Pod)| {
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
        "the selector app=web of Deployment/web also matches a pod that it does not own, batch-x of \
         Job/batch: its usage counts for this HPA"
    );
    assert_eq!(case.ids(), ["selector-overlap"]);
    // Without a request it stops the metric, which is not the fault of the target's own pods.
    let lacking = |pod: &mut crate::kube::Pod| {
        pod.missing_requests.insert("cpu".to_owned(), vec!["app".to_owned()]);
    };
    let failed = stranger(lacking).condition(
        "ScalingActive",
        "False",
        "FailedGetResourceMetric",
        "missing request for cpu in container app of Pod batch-x",
    );
    assert_eq!(failed.ids(), ["selector-overlap"]);
    // While the metric has a reading, no request is missing.
    assert_eq!(stranger(lacking).severity("selector-overlap"), crate::findings::Severity::Warning);
    assert_eq!(failed.severity("selector-overlap"), crate::findings::Severity::Error);
    assert!(
        failed
            .message("selector-overlap")
            .ends_with(", and batch-x lacks a request, which stops its metric")
    );
    assert_eq!(failed.clone().pods(1, lacking).ids(), ["selector-overlap", "missing-requests"]);
    // The controller's condition about overlapping selectors has the same cause; two HPAs of one
    // target do not.
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
    let unread = Case::new().world(|world| world.pods = Err(Case::unread()));
    assert_eq!(unread.unknown("selector-overlap"), "forbidden");
    let expression =
        case.target(|target| target.selector = Some("app in (web,api),!canary".into()));
    expression.raised("selector-overlap");
    let nonsense = expression.target(|target| target.selector = Some("app Near (web)".into()));
    assert!(nonsense.unknown("selector-overlap").contains("cannot be read"));
}

/// A custom resource's pods cannot be determined, unless they all have one owner.
#[test]
fn overlap_of_a_custom_resource() {
    let farm = |case: Case| {
        case.hpa(|hpa| {
            (hpa.target.api_version, hpa.target.kind) = ("x.io/v1".into(), "Farm".into());
        })
        .target(|t| (t.api_version, t.kind) = ("x.io/v1".to_owned(), "Farm".to_owned()))
    };
    let owned = |kind: &'static str, name: &'static str| {
        farm(Case::new()).pods(2, |_| {}).world(move |world| {
            let mut pod = pod(9);
            let owner = pod.owner.as_mut().unwrap();
            (owner.kind, owner.name) = (kind.to_owned(), name.to_owned());
            world.pods.as_mut().unwrap().push(pod);
        })
    };
    farm(Case::new()).pods(3, |_| {}).clear("selector-overlap");
    assert!(
        owned("Job", "batch")
            .message("selector-overlap")
            .contains("does not own, web-5d4b9d8b47-9 of Job/batch")
    );
    let other = owned("StatefulSet", "other");
    assert_eq!(other.unknown("selector-overlap"), "the pods of a Farm cannot be determined");
    // For other rules all pods that it selects are its own.
    let crashing =
        |pod: &mut crate::kube::Pod| pod.waiting_reasons = vec!["CrashLoopBackOff".into()];
    other.pods(1, crashing).raised("crash-oom");
    let unknown = |why: Option<&str>| {
        farm(Case::new()).pods(2, |_| {}).target(|target| {
            target.selector = None;
            target.no_selector = why.map(str::to_owned);
        })
    };
    assert_eq!(unknown(None).unknown("crash-oom"), "the pods of a Farm cannot be determined");
    assert_eq!(unknown(Some("scale: forbidden")).unknown("crash-oom"), "scale: forbidden");
    assert_eq!(unknown(Some("scale: forbidden")).unknown("selector-overlap"), "scale: forbidden");
}

/// A canary with its own traffic is not measured.
#[test]
fn a_rollout_is_measured_by_the_selector_of_its_status() {
    let lacking = |pod: &mut crate::kube::Pod| {
        pod.labels.insert("canary".to_owned(), "yes".to_owned());
        pod.missing_requests.insert("cpu".to_owned(), vec!["debug".to_owned()]);
    };
    let case = Case::new().cpu(70, None).pods(2, |_| {}).pods(1, lacking);
    case.raised("missing-requests");
    let narrow = case.target(|target| target.scale_selector = Some("app=web,!canary".to_owned()));
    narrow.clear("missing-requests");
    narrow.clear("selector-overlap");
}

/// The Deployment whose template a Rollout uses was left running.
#[test]
fn the_workload_that_a_rollout_refers_to() {
    let case = |name: &str| {
        Case::new()
            .hpa(|hpa| {
                (hpa.target.api_version, hpa.target.kind) =
                    ("argoproj.io/v1alpha1".into(), "Rollout".into());
            })
            .target(|target| {
                (target.api_version, target.kind) =
                    ("argoproj.io/v1alpha1".into(), "Rollout".into());
                target.template_of = Some(ObjectRef {
                    api_version: "apps/v1".into(),
                    kind: "Deployment".into(),
                    name: name.to_owned(),
                });
            })
            .pods(2, |pod| {
                pod.labels.insert("rollouts-pod-template-hash".into(), "5d4b9d8b47".into());
                pod.labels.remove("pod-template-hash");
            })
    };
    case("web").clear("selector-overlap");
    let beside = |name: &str| case(name).world(|world| world.pods.as_mut().unwrap().push(pod(7)));
    let raise = beside("web").raised("selector-overlap");
    assert!(
        raise
            .message
            .ends_with("; Deployment/web is what its workloadRef names, and runs pods beside it"),
        "{}",
        raise.message
    );
    assert!(raise.action.unwrap().starts_with("scale Deployment/web to 0"));
    assert!(!beside("other").message("selector-overlap").contains("workloadRef"));
    // A VPA that sizes that Deployment's template also sizes the Rollout's pods.
    let sized = |name: &'static str| {
        case("web").world(move |world| {
            let vertical = crate::kube::VerticalAutoscaler {
                namespace: "shop".into(),
                name: "vpa".into(),
                target: ObjectRef {
                    api_version: "apps/v1".into(),
                    kind: "Deployment".into(),
                    name: name.into(),
                },
                mode: "Auto".into(),
                containers: std::collections::BTreeMap::new(),
                others: vec!["cpu".into()],
            };
            world.vertical.as_mut().unwrap().push(vertical);
        })
    };
    sized("web").raised("vpa-conflict");
    sized("other").clear("vpa-conflict");
}

/// 0 replicas, with an inactive controller.
fn off(min: i32) -> Case {
    Case::new().replicas(min, 0, 10).condition("ScalingActive", "False", "ScalingDisabled", "")
}

#[test]
fn zero() {
    let zero = off(2);
    assert_eq!(
        zero.message("scaled-to-zero"),
        "Deployment/web has 0 replicas, which turns autoscaling off; minReplicas (2) does not bring it back"
    );
    assert_eq!(zero.ids(), ["scaled-to-zero"]);
    Case::new().clear("scaled-to-zero");
}

/// An HPA with a minimum of 0 is scaled up again only if its controller scaled it to zero.
#[test]
fn zero_with_a_minimum_of_zero() {
    let by_hand = off(0);
    assert!(by_hand.message("scaled-to-zero").ends_with("scaled to zero itself (minReplicas 0)"));
    assert_eq!(by_hand.ids(), ["scaled-to-zero"]);
    off(0).condition("ScaledToZero", "False", "NotScaledToZero", "").raised("scaled-to-zero");
    off(0).condition("ScaledToZero", "True", "ScaledToZero", "").clear("scaled-to-zero");
    // With a minimum above 0 the condition is outdated.
    off(1).condition("ScaledToZero", "True", "ScaledToZero", "").raised("scaled-to-zero");
    let asleep =
        Case::new().replicas(0, 0, 10).condition("ScaledToZero", "True", "ScaledToZero", "");
    assert_eq!(asleep.ids(), [""; 0]);
}
