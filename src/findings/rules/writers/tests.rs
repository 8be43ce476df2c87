//! Tests from objects as the API server writes them to the finding.

use serde_json::{Value, json};

use super::super::super::fixtures::{Case, HOUR_AGO, MINUTE_AGO};
use super::*;
use crate::findings::Verdict;

const CREATED: &str = "2026-11-20T00:00:00Z";

/// An entry of managedFields that owns `spec.replicas`.
fn entry(manager: &str, operation: &str, time: &str) -> Value {
    json!({
        "manager": manager, "operation": operation, "time": time, "apiVersion": "apps/v1",
        "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {"f:replicas": {}, "f:template": {}}},
    })
}

/// The controller's write, as the API server records it: without a time.
fn scale_entry() -> Value {
    json!({
        "manager": "kube-controller-manager", "operation": "Update", "subresource": "scale",
        "apiVersion": "apps/v1", "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {"f:replicas": {}}},
    })
}

/// A target of that kind with `replicas` replicas, created three days ago, with more metadata.
fn target_of((api_version, kind): (&str, &str), replicas: i32, metadata: &Value) -> Case {
    let mut all =
        json!({"name": "web", "namespace": "shop", "uid": "2", "creationTimestamp": CREATED});
    all.as_object_mut().unwrap().extend(metadata.as_object().unwrap().clone());
    let object = json!({
        "apiVersion": api_version, "kind": kind, "metadata": all,
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}},
    });
    let workload = Workload::parse(object.to_string().as_bytes()).unwrap();
    Case::new()
        .hpa(|hpa| {
            (hpa.target.api_version, hpa.target.kind) = (api_version.into(), kind.into());
        })
        .target(|target| *target = workload)
}

fn target(metadata: &Value) -> Case {
    target_of(("apps/v1", "Deployment"), 4, metadata)
}

fn held(entries: &[Value]) -> Case {
    target(&json!({"managedFields": entries}))
}

fn last_applied(manifest: &Value) -> Value {
    json!({"kubectl.kubernetes.io/last-applied-configuration": manifest.to_string()})
}

fn manifest(spec: &Value) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec})
}

/// Created three days ago; the HPA scaled it an hour ago.
fn scaled(case: Case) -> Case {
    case.hpa(|hpa| hpa.last_scale_time = HOUR_AGO.parse().ok())
}

fn names(case: &Case) -> Option<String> {
    match case.verdict("replicas-fight") {
        Verdict::Raised(raise) => {
            assert_eq!(raise.severity, Severity::Warning);
            Some(
                raise.evidence["managers"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|it| it.as_str().unwrap())
                    .collect::<Vec<_>>()
                    .join(", "),
            )
        }
        Verdict::Clear => None,
        Verdict::NotEvaluated(why) => panic!("{why}"),
    }
}

#[test]
fn who_applies_again_and_again() {
    for (manager, operation, name) in [
        ("kubectl", "Apply", "kubectl apply"),
        ("my-pipeline", "Apply", "my-pipeline"),
        ("argocd-controller", "Apply", "argocd (argocd-controller)"),
        ("kustomize-controller", "Apply", "flux (kustomize-controller)"),
        ("helm-controller", "Update", "flux (helm-controller)"),
        ("helm", "Update", "helm"),
        ("helm", "Apply", "helm"),
        ("Terraform", "Apply", "terraform"),
        ("HashiCorp", "Update", "terraform (HashiCorp)"),
        ("pulumi-kubernetes-3b1c", "Apply", "pulumi (pulumi-kubernetes-3b1c)"),
        ("configsync", "Apply", "config sync (configsync)"),
        ("argocd-controller", "Update", "argocd (argocd-controller)"),
    ] {
        let case = held(&[entry(manager, operation, CREATED)]);
        assert_eq!(names(&case).as_deref(), Some(name), "{manager}");
        // The controller also owns the field if it has set the same count.
        let shared = held(&[entry(manager, operation, CREATED), scale_entry()]);
        assert_eq!(names(&shared).as_deref(), Some(name), "{manager}");
    }
    let argocd = held(&[entry("argocd-controller", "Apply", CREATED)]).raised("replicas-fight");
    assert!(argocd.action.unwrap().contains("ignoreDifferences"));
    assert_eq!(
        held(&[entry("helm", "Update", CREATED)]).message("replicas-fight"),
        "spec.replicas of Deployment/web is also set by helm, against the HPA"
    );
    let many = held(&[entry("helm", "Update", CREATED), entry("kubectl", "Apply", CREATED)]);
    assert_eq!(names(&many).as_deref(), Some("helm, kubectl apply"));
}

#[test]
fn who_has_set_it_once() {
    for manager in [
        "kubectl-create",
        "kubectl-client-side-apply",
        "kubectl-edit",
        "kubectl-patch",
        "kubectl",
        "kubectl-rollout",
        "kubectl-replace",
        "before-first-apply",
        "Mozilla",
        "dashboard",
        "k9s",
        "argocd-server",
        "unknown",
        "",
        "my-operator",
        "OpenAPI-Generator",
        "kube-controller-manager",
    ] {
        for kind in [
            ("apps/v1", "Deployment"),
            ("apps/v1", "StatefulSet"),
            ("argoproj.io/v1alpha1", "Rollout"),
        ] {
            let created = json!({"managedFields": [entry(manager, "Update", CREATED)]});
            assert_eq!(names(&target_of(kind, 4, &created)), None, "{manager} {kind:?}");
            let scaled = scaled(target_of(kind, 4, &json!({"managedFields": [scale_entry()]})));
            assert_eq!(names(&scaled), None);
        }
    }
    // Any user of the subresource: an autoscaler, or kubectl scale.
    let scale = |manager: &str| {
        let mut entry = scale_entry();
        entry["manager"] = manager.into();
        held(&[entry])
    };
    for manager in ["kubectl", "keda", "helm"] {
        assert_eq!(names(&scaled(scale(manager))), None);
    }
}

/// A default counts as set by the client that created or updated the object.
#[test]
fn what_may_be_a_default() {
    let one =
        |entry: Value| target_of(("apps/v1", "Deployment"), 1, &json!({"managedFields": [entry]}));
    assert_eq!(names(&one(entry("helm", "Update", CREATED))), None);
    assert_eq!(names(&one(entry("kubectl", "Apply", CREATED))).as_deref(), Some("kubectl apply"));
    // The HPA had scaled to more, so 1 is not a default now.
    let again = scaled(one(entry("helm", "Update", MINUTE_AGO)));
    assert_eq!(names(&again).as_deref(), Some("helm"));
}

#[test]
fn what_kubectl_apply_keeps() {
    let kept = |manifest: &Value| {
        target(&json!({
            "annotations": last_applied(manifest),
            "managedFields": [entry("kubectl-client-side-apply", "Update", CREATED)],
        }))
    };
    let fight = kept(&manifest(&json!({"replicas": 3})));
    assert_eq!(names(&fight).as_deref(), Some("kubectl apply"));
    assert_eq!(fight.raised("replicas-fight").evidence["setTo"], 3);
    assert_eq!(names(&kept(&manifest(&json!({"replicas": null})))), None);
    assert_eq!(names(&kept(&manifest(&json!({})))), None);
    assert_eq!(names(&kept(&json!("nonsense"))), None);
    // An operator copied it from its own resource.
    let foreign =
        json!({"kind": "Prometheus", "metadata": {"name": "web"}, "spec": {"replicas": 3}});
    assert_eq!(names(&kept(&foreign)), None);
    // Argo CD uses the same annotation.
    let argocd = |spec: &Value| {
        let mut annotations = last_applied(&manifest(spec));
        annotations["argocd.argoproj.io/tracking-id"] = "shop:apps/Deployment:shop/web".into();
        target(&json!({
            "annotations": annotations,
            "managedFields": [entry("argocd-controller", "Update", CREATED)],
        }))
    };
    assert_eq!(names(&argocd(&json!({"replicas": 3}))).as_deref(), Some("argocd"));
    assert_eq!(names(&argocd(&json!({"template": {}}))), None);
    let by_name = target(&json!({
        "annotations": last_applied(&manifest(&json!({"replicas": 3}))),
        "managedFields": [entry("argocd-controller", "Update", CREATED)],
    }));
    assert_eq!(names(&by_name).as_deref(), Some("argocd"));
}

#[test]
fn by_the_marks_of_a_tool() {
    let helm =
        json!({"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "shop"});
    let marked = |manager: &str, more: Value| {
        let mut metadata =
            json!({"annotations": helm, "managedFields": [entry(manager, "Update", CREATED)]});
        metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        target(&metadata)
    };
    assert_eq!(names(&marked("unknown", json!({}))).as_deref(), Some("helm"));
    assert_eq!(
        names(&marked("Go-http-client", json!({}))).as_deref(),
        Some("helm (Go-http-client)")
    );
    assert_eq!(names(&marked("kubectl-create", json!({}))), None);
    // An operator copies the marks of its own resource.
    let owner = json!([{"apiVersion": "x.io/v1", "kind": "Farm", "name": "f", "uid": "9", "controller": true}]);
    assert_eq!(names(&marked("farm-operator", json!({"ownerReferences": owner}))), None);
    let flux = json!({"kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent"});
    let excused = json!({"annotations": flux, "managedFields": [entry("kustomize-controller", "Apply", CREATED)]});
    assert_eq!(names(&target(&excused)), None);
    let kapp = json!({"kapp.k14s.io/original": manifest(&json!({"replicas": 2})).to_string()});
    assert_eq!(names(&target(&json!({"annotations": kapp}))).as_deref(), Some("kapp"));
    let declared = json!({"configsync.gke.io/declared-fields": r#"{"f:spec":{"f:replicas":{}}}"#});
    assert_eq!(names(&target(&json!({"annotations": declared}))).as_deref(), Some("config sync"));
}

/// The HPA's write takes over the field: a client that owns it now has written since.
#[test]
fn who_sets_it_again() {
    let again = scaled(held(&[entry("my-operator", "Update", MINUTE_AGO)]));
    assert_eq!(
        again.message("replicas-fight"),
        "spec.replicas of Deployment/web is also set by my-operator, against the HPA, again after the HPA had scaled"
    );
    assert!(again.raised("replicas-fight").action.unwrap().contains("have my-operator leave"));
    for unnamed in ["unknown", ""] {
        let again = scaled(held(&[entry(unnamed, "Update", MINUTE_AGO)]));
        assert_eq!(names(&again).as_deref(), Some("an unnamed client"));
    }
    // A person's edit is not repeated.
    assert_eq!(names(&scaled(held(&[entry("kubectl-edit", "Update", MINUTE_AGO)]))), None);
    // Before the HPA scaled, or if it never has.
    assert_eq!(names(&scaled(held(&[entry("my-operator", "Update", CREATED)]))), None);
    assert_eq!(names(&held(&[entry("my-operator", "Update", MINUTE_AGO)])), None);
    // The HPA scaled an earlier object of the same name.
    let recreated = scaled(target(&json!({
        "creationTimestamp": MINUTE_AGO, "managedFields": [entry("my-operator", "Update", MINUTE_AGO)],
    })));
    assert_eq!(names(&recreated), None);
    // If both own the field, the times of the entries decide.
    let mut at = scale_entry();
    at["time"] = HOUR_AGO.into();
    let both = |time: &str| held(&[entry("my-operator", "Update", time), at.clone()]);
    assert_eq!(names(&both(MINUTE_AGO)).as_deref(), Some("my-operator"));
    assert_eq!(names(&both(CREATED)), None);
    // The field was taken from the HPA; a person's scaling does not count as an HPA's.
    let mut taken = at.clone();
    taken["fieldsV1"] = json!({"f:spec": {}});
    let taken = held(&[entry("my-operator", "Update", MINUTE_AGO), taken]);
    assert_eq!(names(&taken).as_deref(), Some("my-operator"));
    let mut by_hand = at.clone();
    by_hand["manager"] = "kubectl".into();
    let by_hand = held(&[entry("my-operator", "Update", MINUTE_AGO), by_hand]);
    assert_eq!(names(&by_hand), None);
    // API servers before 1.22 record no subresource.
    at.as_object_mut().unwrap().remove("subresource");
    let old = |time: &str| held(&[entry("my-operator", "Update", time), at.clone()]);
    assert_eq!(names(&old(MINUTE_AGO)).as_deref(), Some("my-operator"));
    assert_eq!(names(&old(CREATED)), None);
    // The managedFields of a custom resource do not show that it was scaled.
    let rollout = |entries: &[Value]| {
        scaled(target_of(
            ("argoproj.io/v1alpha1", "Rollout"),
            4,
            &json!({"managedFields": entries}),
        ))
    };
    assert_eq!(names(&rollout(&[entry("my-operator", "Update", MINUTE_AGO)])), None);
    let both = rollout(&[entry("my-operator", "Update", MINUTE_AGO), at]);
    assert_eq!(names(&both).as_deref(), Some("my-operator"));
}

#[test]
fn where_there_is_no_fight() {
    let applied = || entry("kubectl", "Apply", CREATED);
    // The HPA sets the same count.
    held(&[applied()]).replicas(4, 4, 4).clear("replicas-fight");
    let three =
        || target(&json!({"annotations": last_applied(&manifest(&json!({"replicas": 3})))}));
    three().hpa(|hpa| (hpa.min_replicas, hpa.max_replicas) = (3, 3)).clear("replicas-fight");
    three().hpa(|hpa| (hpa.min_replicas, hpa.max_replicas) = (4, 4)).raised("replicas-fight");
    // The target is being deleted.
    let going = json!({"deletionTimestamp": MINUTE_AGO, "managedFields": [applied()]});
    target(&going).clear("replicas-fight");
    Case::new().clear("replicas-fight");
    Case::new().no_target().clear("replicas-fight");
}
