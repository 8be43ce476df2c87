//! The targets of an HPA: a Deployment, a `StatefulSet`, a `ReplicaSet`, a `ReplicationController`,
//! an Argo Rollout, or any other object with `spec.replicas`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::api;
use super::condition::Condition;
use super::containers::{Container, Demand, PodSpec, Resources};
use super::json::lenient_time;
use super::json::{Flag, Int, Opt, Seq, Text};
use super::managed::{Kept, ManagedFields, Marks, Metadata, ReplicasOwners};
use super::owner::OwnerReferences;
use super::read::{Kinded, ParseError, read_list, read_one, wrong_kind};
use super::reference::{ObjectRef, group};
use super::selector::Selector;

/// A scale target. Fields that an object does not have are absent: all kinds have only
/// `spec.replicas` in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Workload {
    /// For example `apps/v1`.
    pub api_version: String,
    /// For example `Deployment`.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
    /// When it was created.
    #[serde(default, deserialize_with = "lenient_time")]
    pub created_at: Option<Timestamp>,
    /// When its deletion was requested.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient_time")]
    pub deleted_at: Option<Timestamp>,
    /// The numbers of its pods.
    pub replicas: Replicas,
    /// Whether its rollout is paused.
    pub paused: bool,
    /// Its conditions, such as Progressing, Available, `ReplicaFailure`.
    pub conditions: Vec<Condition>,
    /// The selector of its pods in the syntax of `kubectl -l`.
    pub selector: Option<String>,
    /// The selector of its `/scale`, if different: of the pods that an HPA measures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale_selector: Option<String>,
    /// Why there is no selector, if its `/scale` should have provided one.
    #[serde(skip)]
    pub no_selector: Option<String>,
    /// The object that holds its pod template, if it has none itself (`spec.workloadRef` of a
    /// Rollout).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_of: Option<ObjectRef>,
    /// The containers of its pod template that keep running, sidecars included.
    pub containers: Vec<Container>,
    /// The requests of one pod: at pod level if the template has them, else the sum over the
    /// containers that request the resource.
    pub requests: Resources,
    /// The limits of one pod: at pod level, else the sum if every container has one.
    pub limits: Resources,
    /// Under `cpu` and `memory`: the containers without that request. A `LimitRange` may still add
    /// one when a pod is created.
    pub missing_requests: BTreeMap<String, Vec<String>>,
    /// The clients other than an autoscaler that set `spec.replicas`, from `managedFields` and from
    /// annotations of tools.
    #[serde(default, skip_serializing_if = "ReplicasOwners::is_empty")]
    pub replicas_owners: ReplicasOwners,
}

/// Numbers of pods. Kubernetes omits zeros in a status: they are filled in for kinds that are known
/// to report them, and stay `None` (unknown: count the pods) for others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Replicas {
    /// `spec.replicas`: requested.
    pub spec: Option<i32>,
    /// `status.replicas`: existing.
    pub status: Option<i32>,
    /// Ready pods.
    pub ready: Option<i32>,
    /// Pods that have been ready for long enough.
    pub available: Option<i32>,
    /// Pods with the newest template.
    pub updated: Option<i32>,
    /// Pods that are missing or not available.
    pub unavailable: Option<i32>,
}

impl Workload {
    /// Parses a single object of any kind.
    pub fn parse(json: &[u8]) -> Result<Self, ParseError> {
        let is_object = |kind: &str| !kind.is_empty() && kind != "Status" && !is_list(kind);
        read_one::<Raw<'_>>(json, is_object, "a single object")?.convert("", "")
    }

    /// Parses a list of objects of any kind, as printed by `--raw` or `-o json`. The second part is
    /// the token for the next page.
    pub fn parse_list(json: &[u8]) -> Result<(Vec<Self>, Option<String>), ParseError> {
        let list = read_list::<Raw<'_>>(json, None)?;
        let api_version = list.api_version.as_str();
        let convert = |item: Raw<'_>| item.convert(api_version, &list.item_kind);
        let workloads = list.items.into_iter().map(convert).collect::<Result<_, _>>()?;
        Ok((workloads, list.continue_token))
    }

    /// The condition of that type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.kind == kind)
    }

    /// Whether it is of a kind whose pods always name it, or its intermediate object, as their
    /// owner.
    pub fn owns_its_pods(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "Deployment"
                | "StatefulSet"
                | "ReplicaSet"
                | "ReplicationController"
                | "DeploymentConfig"
        )
    }

    /// The selector of the pods that an HPA measures.
    pub fn measured_by(&self) -> Option<&str> {
        self.scale_selector.as_deref().or(self.selector.as_deref())
    }

    /// Whether an HPA's reference means this object: kind, name and API group match (the version
    /// need not). The caller compares the namespaces.
    pub fn is(&self, reference: &ObjectRef) -> bool {
        self.kind == reference.kind.as_str()
            && self.name == reference.name
            && group(&self.api_version) == reference.group()
    }
}

fn is_list(kind: &str) -> bool {
    kind.ends_with("List") || kind == "Table"
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Raw<'a> {
    #[serde(borrow)]
    api_version: Text<'a>,
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    metadata: Opt<Meta<'a>>,
    #[serde(borrow)]
    spec: Opt<Spec<'a>>,
    #[serde(borrow)]
    status: Opt<Status<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Meta<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    namespace: Text<'a>,
    #[serde(borrow)]
    uid: Text<'a>,
    #[serde(borrow)]
    creation_timestamp: Text<'a>,
    #[serde(borrow)]
    managed_fields: ManagedFields<'a>,
    #[serde(borrow)]
    deletion_timestamp: Text<'a>,
    #[serde(borrow)]
    owner_references: OwnerReferences<'a>,
    #[serde(borrow)]
    labels: Opt<Marks<'a>>,
    #[serde(borrow)]
    annotations: Opt<Annotations<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Annotations<'a> {
    #[serde(borrow, flatten)]
    kept: Kept<'a>,
    #[serde(borrow, flatten)]
    marks: Marks<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec<'a> {
    replicas: Int,
    paused: Flag,
    selector: Selector,
    #[serde(borrow)]
    template: Opt<Template<'a>>,
    #[serde(borrow)]
    workload_ref: Opt<api::CrossVersionObjectReference<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Template<'a> {
    #[serde(borrow)]
    spec: Opt<PodSpec<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status<'a> {
    replicas: Int,
    ready_replicas: Int,
    available_replicas: Int,
    updated_replicas: Int,
    unavailable_replicas: Int,
    /// Objects with a `/scale` subresource store their selector here as text.
    #[serde(borrow)]
    selector: Text<'a>,
    #[serde(borrow)]
    conditions: Seq<api::Condition<'a>>,
}

impl Kinded for Raw<'_> {
    fn kind(&self) -> &str {
        self.kind.as_str()
    }
}

impl Raw<'_> {
    /// Items of a typed list omit the fields that the list states for all of them: `api_version`
    /// and `kind`.
    fn convert(self, api_version: &str, kind: &str) -> Result<Workload, ParseError> {
        let or = |own: Text<'_>, list: &str| own.into_option().unwrap_or_else(|| list.to_owned());
        let kind = or(self.kind, kind);
        if kind.is_empty() || is_list(&kind) {
            return Err(wrong_kind(&kind, "an object"));
        }
        let metadata = self.metadata.0.unwrap_or_default();
        let spec = self.spec.0.unwrap_or_default();
        let status = self.status.0.unwrap_or_default();
        let name = metadata
            .name
            .into_option()
            .ok_or_else(|| ParseError::Malformed { detail: format!("a {kind} without a name") })?;
        let annotations = metadata.annotations.0.unwrap_or_default();
        let replicas_owners = Metadata {
            kind: &kind,
            name: &name,
            replicas: spec.replicas.as_i32(),
            managed: &metadata.managed_fields,
            labels: &metadata.labels.0.unwrap_or_default(),
            annotations: &annotations.marks,
            kept: &annotations.kept,
            controlled: metadata.owner_references.controller().is_some(),
            being_deleted: !metadata.deletion_timestamp.as_str().is_empty(),
        }
        .owners();
        let counts = |kinds: &[&str]| kinds.contains(&kind.as_str()).then_some(0);
        let built_in =
            counts(&["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"]);
        let replicas = Replicas {
            spec: spec.replicas.as_i32(),
            status: status.replicas.as_i32().or(built_in),
            ready: status.ready_replicas.as_i32().or(built_in),
            available: status.available_replicas.as_i32().or(built_in),
            updated: status
                .updated_replicas
                .as_i32()
                .or_else(|| counts(&["Deployment", "StatefulSet"])),
            unavailable: status.unavailable_replicas.as_i32().or_else(|| counts(&["Deployment"])),
        };
        let pod = spec.template.0.and_then(|template| template.spec.0).unwrap_or_default();
        let Demand { containers, requests, limits, missing_requests, .. } = pod.demand();
        // The built-in kinds derive it from their spec; a Rollout narrows it while a canary runs.
        let (own, scale) = (spec.selector.text(), status.selector.into_option());
        let scale_selector = scale
            .clone()
            .filter(|scale| built_in.is_none() && own.as_ref().is_some_and(|own| own != scale));
        let template_of = spec.workload_ref.0.map(ObjectRef::from);
        Ok(Workload {
            api_version: or(self.api_version, api_version),
            namespace: metadata.namespace.into_string(),
            name,
            uid: metadata.uid.into_string(),
            created_at: metadata.creation_timestamp.time(),
            deleted_at: metadata.deletion_timestamp.time(),
            replicas,
            paused: spec.paused.0,
            conditions: status.conditions.0.into_iter().map(Condition::from).collect(),
            selector: own.or(scale),
            scale_selector,
            no_selector: None,
            template_of: template_of.filter(|of| !of.name.is_empty()),
            containers,
            requests,
            limits,
            missing_requests,
            replicas_owners,
            kind,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! recording {
        ($name:literal) => {
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/", $name))
        };
    }

    fn list(json: &[u8]) -> Vec<Workload> {
        Workload::parse_list(json).unwrap().0
    }

    #[test]
    fn deployments_are_parsed() {
        let all = list(recording!("deployments-shop.json"));
        assert_eq!(all.len(), 25);
        let find = |name: &str| all.iter().find(|w| w.name == name).unwrap();
        let healthy = find("healthy");
        assert_eq!((&*healthy.api_version, &*healthy.kind), ("apps/v1", "Deployment"));
        assert_eq!(healthy.replicas.spec, Some(2));
        assert_eq!(healthy.replicas.ready, Some(2));
        assert_eq!(healthy.replicas.unavailable, Some(0));
        assert_eq!(healthy.selector.as_deref(), Some("app=healthy"));
        assert_eq!(healthy.requests["cpu"].to_string(), "100m");
        assert_eq!(healthy.limits["memory"].to_string(), "512Mi");
        assert!(healthy.missing_requests.is_empty());
        assert_eq!(healthy.condition("Progressing").unwrap().reason, "NewReplicaSetAvailable");

        assert!(find("paused").paused && !healthy.paused);
        assert_eq!(find("zero").replicas.spec, Some(0));
        assert_eq!(find("zero").replicas.ready, Some(0));
        assert_eq!(find("crashing").replicas.ready, Some(0));
        assert_eq!(find("sidecar-norequests").missing_requests["cpu"], ["istio-proxy"]);
        assert_eq!(find("container").containers.len(), 2);
        assert_eq!(find("container").requests["cpu"].to_string(), "200m");
    }

    #[test]
    fn other_kinds_are_parsed() {
        let db = &list(recording!("statefulsets-shop.json"))[0];
        assert_eq!((&*db.kind, db.replicas.updated), ("StatefulSet", Some(3)));
        let canary = &list(recording!("rollouts-shop.json"))[0];
        assert_eq!((&*canary.kind, canary.replicas.spec), ("Rollout", Some(2)));
        assert_eq!(canary.replicas.ready, None, "it does not say");
        assert_eq!(canary.selector.as_deref(), Some("app=canary"));
        assert_eq!(list(recording!("replicasets-shop.json")).len(), 24);

        let rc = Workload::parse(
            br#"{"apiVersion":"v1","kind":"ReplicationController","metadata":{"name":"old"},
                "spec":{"replicas":1,"selector":{"app":"old","tier":"x"}}}"#,
        )
        .unwrap();
        assert_eq!(rc.selector.as_deref(), Some("app=old,tier=x"));
        let custom = Workload::parse(
            br#"{"apiVersion":"x.io/v1","kind":"Farm","metadata":{"name":"f"},
                "spec":{"replicas":"3","template":[],"selector":7,"paused":"true"},
                "status":{"selector":"farm=f","conditions":{"Ready":true}}}"#,
        )
        .unwrap();
        assert_eq!(custom.replicas, Replicas { spec: Some(3), ..Replicas::default() });
        assert_eq!(custom.selector.as_deref(), Some("farm=f"));
        assert!(custom.paused && custom.containers.is_empty());
    }

    #[test]
    fn an_hpa_measures_the_pods_of_the_scale_selector() {
        let rollout = |status: &str| {
            let json = format!(
                r#"{{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{{"name":"canary"}},
                    "spec":{{"selector":{{"matchLabels":{{"app":"canary"}}}},
                        "workloadRef":{{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}}}},
                    "status":{{"selector":"{status}"}}}}"#
            );
            Workload::parse(json.as_bytes()).unwrap()
        };
        let stable = rollout("app=canary,rollouts-pod-template-hash=aaa");
        assert_eq!(stable.measured_by(), Some("app=canary,rollouts-pod-template-hash=aaa"));
        assert_eq!(stable.selector.as_deref(), Some("app=canary"), "its pods are more");
        assert_eq!(stable.template_of.as_ref().unwrap().name, "web");
        let json = serde_json::to_string(&stable).unwrap();
        assert_eq!(serde_json::from_str::<Workload>(&json).unwrap(), stable);
        for same in ["app=canary", ""] {
            assert_eq!(rollout(same).scale_selector, None);
            assert_eq!(rollout(same).measured_by(), Some("app=canary"));
        }
    }

    #[test]
    fn the_clients_that_set_the_replicas_are_found() {
        let all = list(recording!("deployments-shop.json"));
        let find = |name: &str| all.iter().find(|w| w.name == name).unwrap();
        // Created with a number by a client without a name, and never scaled since.
        let creator = &find("healthy").replicas_owners;
        assert_eq!((creator.scaled, creator.writers.len()), (false, 1));
        let creator = &creator.writers[0];
        assert_eq!((&*creator.name, creator.applies), ("an unnamed client", false));
        // The controller has written the subresource since.
        let scaled = &find("external").replicas_owners;
        assert!(scaled.scaled && scaled.writers.is_empty());
    }

    #[test]
    fn a_reference_matches_by_kind_name_and_group() {
        let rollout = &list(recording!("rollouts-shop.json"))[0];
        let reference = |api_version: &str, name: &str| ObjectRef {
            api_version: api_version.into(),
            kind: "Rollout".into(),
            name: name.into(),
        };
        assert!(rollout.is(&reference("argoproj.io/v1alpha1", "canary")));
        assert!(rollout.is(&reference("argoproj.io/v2", "canary")));
        assert!(!rollout.is(&reference("apps/v1", "canary")));
        assert!(!rollout.is(&reference("argoproj.io/v1alpha1", "other")));
    }

    #[test]
    fn json_is_parsed_unchanged() {
        for workload in list(recording!("deployments-shop.json")) {
            let json = serde_json::to_string(&workload).unwrap();
            assert_eq!(serde_json::from_str::<Workload>(&json).unwrap(), workload);
        }
    }

    #[test]
    fn anything_but_an_object_is_rejected() {
        let status = Workload::parse(recording!("status-404.json")).unwrap_err();
        assert!(matches!(status, ParseError::Status { code: 404, .. }));
        let list = Workload::parse(recording!("deployments-shop.json")).unwrap_err();
        assert_eq!(list.to_string(), "the answer is DeploymentList, not a single object");
    }
}
