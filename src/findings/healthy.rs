//! Healthy HPAs with targets that are created and maintained in the usual ways: a rule that raises
//! a false alarm here raises it in every cluster.
//!
//! The owners of `spec.replicas` are those that the API server records: an update takes ownership
//! of the fields that it changes (at creation, defaults too), server-side apply of the fields that
//! it names.

use serde_json::{Map, Value, json};

use super::fixtures::{Case, HOUR_AGO, MINUTE_AGO};
use super::{Severity, Verdict};
use crate::kube::{Owner, ScaledObject, Workload};

const CREATED: &str = "2026-11-20T00:00:00Z";
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Deployment,
    StatefulSet,
    Rollout,
}

const KINDS: [Kind; 3] = [Kind::Deployment, Kind::StatefulSet, Kind::Rollout];

impl Kind {
    fn api_version(self) -> &'static str {
        if self == Self::Rollout { "argoproj.io/v1alpha1" } else { "apps/v1" }
    }

    fn name(self) -> String {
        format!("{self:?}")
    }
}

/// A target with its metadata.
#[derive(Clone)]
struct Object {
    kind: Kind,
    replicas: i32,
    labels: Map<String, Value>,
    annotations: Map<String, Value>,
    entries: Vec<Value>,
    owner: Option<Value>,
}

impl Object {
    /// Created by an update, with explicit replicas or with the default.
    fn created(kind: Kind, manager: &str, replicas: Option<i32>) -> Self {
        let mut object = Self {
            kind,
            replicas: replicas.unwrap_or(1),
            labels: Map::new(),
            annotations: Map::new(),
            entries: Vec::new(),
            owner: None,
        };
        // The API server does not default a custom resource; a Rollout gets the default from its
        // controller.
        let defaulted = replicas.is_none() && kind == Kind::Rollout;
        object.own(manager, "Update", CREATED, !defaulted);
        if defaulted {
            object.own("rollouts-controller", "Update", CREATED, true);
        }
        object
    }

    /// Created by server-side apply.
    fn applied(kind: Kind, manager: &str, replicas: Option<i32>) -> Self {
        let mut object = Self::created(kind, manager, replicas);
        object.entries.clear();
        object.own(manager, "Apply", CREATED, replicas.is_some());
        object
    }

    fn own(&mut self, manager: &str, operation: &str, time: &str, replicas: bool) {
        let mut spec = json!({"f:selector": {}, "f:template": {}});
        if replicas {
            spec["f:replicas"] = json!({});
        }
        self.entries.push(json!({
            "manager": manager, "operation": operation, "apiVersion": self.kind.api_version(),
            "time": time, "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": spec},
        }));
    }

    fn disown(&mut self) {
        for entry in &mut self.entries {
            entry["fieldsV1"]["f:spec"].as_object_mut().unwrap().remove("f:replicas");
        }
        self.entries.retain(|entry| entry["subresource"] != "scale");
    }

    /// Scaled through the `/scale` subresource: by the HPA, KEDA, or `kubectl scale`. For a custom
    /// resource this is not recorded.
    fn scaled(mut self, manager: &str, replicas: i32) -> Self {
        self.replicas = replicas;
        if self.kind != Kind::Rollout {
            self.disown();
            self.entries.push(json!({
                "manager": manager, "operation": "Update", "subresource": "scale", "apiVersion": "apps/v1",
                "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {"f:replicas": {}}},
            }));
        }
        self
    }

    /// An update of other fields, and of the replicas if given.
    fn updated(mut self, manager: &str, time: &str, replicas: Option<i32>) -> Self {
        if let Some(replicas) = replicas {
            self.disown();
            self.replicas = replicas;
        }
        let known = self.entries.iter_mut().find(|entry| {
            entry["manager"] == manager
                && entry["operation"] == "Update"
                && entry["subresource"].is_null()
        });
        match known {
            Some(entry) => {
                entry["time"] = time.into();
                if replicas.is_some() {
                    entry["fieldsV1"]["f:spec"]["f:replicas"] = json!({});
                }
            }
            None => self.own(manager, "Update", time, replicas.is_some()),
        }
        self
    }

    fn labelled(mut self, key: &str, value: &str) -> Self {
        self.labels.insert(key.to_owned(), value.into());
        self
    }

    fn annotated(mut self, key: &str, value: &str) -> Self {
        self.annotations.insert(key.to_owned(), value.into());
        self
    }

    fn last_applied(self, replicas: Option<i32>) -> Self {
        let mut spec = json!({"selector": {"matchLabels": {"app": "web"}}, "template": {}});
        if let Some(replicas) = replicas {
            spec["replicas"] = replicas.into();
        }
        let manifest = json!({
            "apiVersion": self.kind.api_version(), "kind": self.kind.name(),
            "metadata": {"name": "web", "namespace": "shop"}, "spec": spec,
        });
        self.annotated(LAST_APPLIED, &manifest.to_string())
    }

    fn helms(self) -> Self {
        self.labelled("app.kubernetes.io/managed-by", "Helm")
            .labelled("app.kubernetes.io/instance", "web")
            .annotated("meta.helm.sh/release-name", "web")
            .annotated("meta.helm.sh/release-namespace", "shop")
    }

    fn argos(self) -> Self {
        self.annotated("argocd.argoproj.io/tracking-id", "shop:apps/Deployment:shop/web")
    }

    fn operators(mut self) -> Self {
        self.owner = Some(json!([{
            "apiVersion": "shop.example.com/v1", "kind": "Shop", "name": "web", "uid": "7",
            "controller": true, "blockOwnerDeletion": true,
        }]));
        self
    }

    /// The healthy HPA that scales it. It scaled an hour ago, or never.
    fn case(&self, has_scaled: bool) -> Case {
        let mut metadata = json!({
            "name": "web", "namespace": "shop", "uid": "2", "creationTimestamp": CREATED,
            "labels": self.labels, "annotations": self.annotations, "managedFields": self.entries,
        });
        if let Some(owner) = &self.owner {
            metadata["ownerReferences"] = owner.clone();
        }
        let count = self.replicas;
        let json = json!({
            "apiVersion": self.kind.api_version(), "kind": self.kind.name(), "metadata": metadata,
            "spec": {
                "replicas": count, "selector": {"matchLabels": {"app": "web"}},
                "template": {"spec": {"containers": [{"name": "app", "resources": {"requests": {"cpu": "100m"}}}]}},
            },
            "status": {
                "replicas": count, "readyReplicas": count, "availableReplicas": count,
                "updatedReplicas": count, "HPAReplicas": count, "selector": "app=web",
            },
        });
        let workload = Workload::parse(json.to_string().as_bytes()).unwrap();
        Case::new()
            .hpa(|hpa| {
                hpa.target.api_version = self.kind.api_version().into();
                hpa.target.kind = self.kind.name().as_str().into();
                hpa.last_scale_time = has_scaled.then(|| HOUR_AGO.parse().unwrap());
            })
            .target(|target| *target = workload)
            .replicas(2, count, 10)
    }
}

const HPA: &str = "kube-controller-manager";

/// Objects whose managers leave the replicas to the HPA, with a description.
fn at_peace(kind: Kind) -> Vec<(&'static str, Object)> {
    let create = |manager, replicas| Object::created(kind, manager, replicas);
    let apply = |manager| Object::applied(kind, manager, None);
    let client_side = || create("kubectl-client-side-apply", None).last_applied(None);
    vec![
        ("kubectl create", create("kubectl-create", Some(3))),
        ("a dashboard", create("dashboard", Some(3))),
        ("a client without a name", create("unknown", Some(3))),
        ("a script", create("OpenAPI-Generator", Some(3))),
        ("kubectl apply", client_side()),
        ("kubectl apply, then kubectl scale", client_side().scaled("kubectl", 3)),
        (
            "kubectl apply, then kubectl edit",
            client_side().updated("kubectl-edit", CREATED, Some(3)),
        ),
        (
            "kubectl apply, then a restart",
            client_side().updated("kubectl-rollout", MINUTE_AGO, None),
        ),
        ("server-side apply", apply("kubectl")),
        ("server-side apply of what was created", {
            let mut object = create("kubectl-create", Some(3));
            object.own("kubectl", "Apply", CREATED, false);
            object
        }),
        ("Helm", create("helm", None).helms()),
        ("Helm 4", apply("helm").helms()),
        ("Argo CD", create("argocd-controller", None).argos().last_applied(None)),
        ("Argo CD, server-side", apply("argocd-controller").argos()),
        (
            "Argo CD of a chart",
            create("argocd-controller", None).argos().helms().last_applied(None),
        ),
        (
            "Flux",
            apply("kustomize-controller").labelled("kustomize.toolkit.fluxcd.io/name", "shop"),
        ),
        (
            "Flux, a chart",
            create("helm-controller", None).helms().labelled("helm.toolkit.fluxcd.io/name", "web"),
        ),
        ("Terraform", create("HashiCorp", None)),
        (
            "Pulumi",
            apply("pulumi-kubernetes-3b1c").labelled("app.kubernetes.io/managed-by", "pulumi"),
        ),
        ("an operator", create("shop-operator", Some(3)).operators()),
        (
            "an operator that copies labels",
            create("shop-operator", Some(3)).operators().helms().argos(),
        ),
        (
            "an operator at work",
            create("manager", Some(3)).operators().updated("manager", MINUTE_AGO, None),
        ),
    ]
}

/// Objects whose managers set the replicas repeatedly, with the manager's name.
fn at_war(kind: Kind) -> Vec<(&'static str, Object)> {
    let create = |manager| Object::created(kind, manager, Some(3));
    let apply = |manager| Object::applied(kind, manager, Some(3));
    vec![
        ("kubectl apply", create("kubectl-client-side-apply").last_applied(Some(3))),
        ("kubectl apply", apply("kubectl")),
        ("helm", create("helm").helms()),
        ("helm", apply("helm").helms()),
        (
            "helm (terraform-provider-helm_v2.11.0_x5)",
            create("terraform-provider-helm_v2.11.0_x5").helms(),
        ),
        ("argocd", create("argocd-controller").argos().last_applied(Some(3))),
        ("argocd (argocd-controller)", apply("argocd-controller").argos()),
        ("flux (kustomize-controller)", apply("kustomize-controller")),
        ("flux (helm-controller)", create("helm-controller").helms()),
        ("terraform (HashiCorp)", create("HashiCorp")),
        ("pulumi (pulumi-kubernetes-3b1c)", apply("pulumi-kubernetes-3b1c")),
        ("shop-operator", apply("shop-operator").operators()),
    ]
}

fn alarms(case: &Case) -> Vec<(&'static str, String)> {
    let (findings, _) = case.reported();
    let bad = findings.into_iter().filter(|finding| finding.severity > Severity::Info);
    bad.map(|finding| (finding.id, finding.message)).collect()
}

#[test]
fn managers_that_leave_the_replicas_to_the_hpa_raise_no_alarm() {
    for kind in KINDS {
        for (maker, object) in at_peace(kind) {
            // As created, before the HPA has scaled it.
            let fresh = object.case(false);
            assert_eq!(alarms(&fresh), [], "{kind:?} by {maker}");
            assert_eq!(fresh.verdict("replicas-fight"), Verdict::Clear, "{kind:?} by {maker}");
            // After the HPA has scaled it.
            let scaled = object.clone().scaled(HPA, 5).case(true);
            assert_eq!(alarms(&scaled), [], "{kind:?} by {maker}, scaled");
            // After another deployment by the manager that created it.
            let manager = object.entries[0]["manager"].as_str().unwrap().to_owned();
            let deployed = object.scaled(HPA, 5).updated(&manager, MINUTE_AGO, None).case(true);
            assert_eq!(alarms(&deployed), [], "{kind:?} by {maker}, deployed");
        }
    }
}

#[test]
fn managers_that_apply_replicas_are_named() {
    for kind in KINDS {
        for (name, object) in at_war(kind) {
            let alarms = alarms(&object.case(false));
            let message = format!(
                "spec.replicas of {}/web is also set by {name}, against the HPA",
                kind.name()
            );
            assert_eq!(alarms, [("replicas-fight", message)], "{kind:?} by {name}");
        }
    }
    // An annotation proves the conflict even after the HPA has scaled.
    let kept = Object::created(Kind::Deployment, "kubectl-client-side-apply", Some(3));
    let kept = kept.last_applied(Some(3)).scaled(HPA, 5).case(true);
    assert_eq!(alarms(&kept).len(), 1);
    // An operator that sets the replicas again.
    for kind in [Kind::Deployment, Kind::StatefulSet] {
        let object = Object::created(kind, "shop-operator", Some(3)).operators();
        let again = object.scaled(HPA, 5).updated("shop-operator", MINUTE_AGO, Some(3)).case(true);
        let alarms = alarms(&again);
        assert!(alarms[0].1.contains("by shop-operator, against the HPA, again"), "{alarms:?}");
    }
}

/// A queue worker, with KEDA between it and its HPA.
#[test]
fn keda_is_no_alarm() {
    let object = |min, idle| ScaledObject {
        namespace: "shop".to_owned(),
        name: "web".to_owned(),
        hpa: Some("web".to_owned()),
        min_replicas: min,
        idle_replicas: idle,
        ready: Some(true),
        ..ScaledObject::default()
    };
    for kind in KINDS {
        for (min, idle) in [(None, None), (Some(0), None), (Some(2), Some(0))] {
            for (count, manager) in [(0, "keda"), (1, "keda"), (5, HPA)] {
                let target = Object::created(kind, "helm", None).helms().scaled(manager, count);
                let case = target
                    .case(count > 1)
                    .hpa(|hpa| {
                        hpa.min_replicas = min.unwrap_or(0).max(1);
                        hpa.owner = Some(Owner {
                            api_version: "keda.sh/v1alpha1".to_owned(),
                            kind: "ScaledObject".to_owned(),
                            name: "web".to_owned(),
                            uid: "9".to_owned(),
                        });
                    })
                    .world(|world| world.scaled_objects = Ok(vec![object(min, idle)]));
                let case = if count == 0 {
                    case.condition("ScalingActive", "False", "ScalingDisabled", "")
                } else {
                    case
                };
                assert_eq!(alarms(&case), [], "{kind:?}: {count} of {min:?}, idle {idle:?}");
            }
        }
    }
}
