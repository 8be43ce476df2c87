//! The pods of a scale target, for details that an HPA's own status does not show.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::api;
use super::containers::{Container, Demand, PodSpec, RawResources, Resources};
use super::json::lenient_time;
use super::json::{Int, Opt, Seq, StringMap, Text};
use super::owner::{Owner, OwnerReferences};
use super::read::{ParseError, read_list};
use super::reference::group;
use super::resize::Resize;
use super::workload::Workload;

/// A pod.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pod {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The object that controls it.
    pub owner: Option<Owner>,
    /// When it was created.
    #[serde(default, deserialize_with = "lenient_time")]
    pub created_at: Option<Timestamp>,
    /// When its deletion was requested: it is terminating.
    #[serde(default, deserialize_with = "lenient_time")]
    pub deleted_at: Option<Timestamp>,
    /// The node on which it runs.
    pub node: Option<String>,
    /// Pending, Running, Succeeded, Failed or Unknown.
    pub phase: String,
    /// Whether the condition `Ready` is true.
    pub ready: bool,
    /// Since when that has been so. Not a part of documents.
    #[serde(skip)]
    pub ready_since: Option<Timestamp>,
    /// The pod's own reason, such as `Evicted`.
    pub reason: Option<String>,
    /// Restarts of all its containers together.
    pub restarts: i32,
    /// Why containers do not run, each reason once: `CrashLoopBackOff`, `ImagePullBackOff`, …; the
    /// reason of an ordinary start (`ContainerCreating`) only if there is no other.
    pub waiting_reasons: Vec<String>,
    /// The last end of a container.
    pub last_termination: Option<LastTermination>,
    /// The last time a container ran out of memory, if any. Another container may have ended since.
    pub last_oom: Option<LastTermination>,
    /// The scheduler's message, if it finds no node.
    pub unschedulable: Option<String>,
    /// Set while it is being resized in place, or waits for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resize: Option<Resize>,
    /// The containers that keep running, sidecars included.
    pub containers: Vec<Container>,
    /// The pod's requests.
    pub requests: Resources,
    /// The pod's limits, if it is limited as a whole or in every container.
    pub limits: Resources,
    /// Under `cpu` and `memory`: the containers without that request, if the HPA controller
    /// therefore knows no request for the pod.
    pub missing_requests: BTreeMap<String, Vec<String>>,
    /// Whether it has pod-level requests, which controllers before Kubernetes 1.34 ignore.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pod_level_requests: bool,
}

/// The end of a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastTermination {
    /// The container.
    pub container: String,
    /// For example `OOMKilled`, `Error`, `Completed`.
    pub reason: String,
    /// The exit code.
    pub exit_code: Option<i32>,
    /// When it ended.
    #[serde(default, deserialize_with = "lenient_time")]
    pub at: Option<Timestamp>,
}

const OOM_KILLED: &str = "OOMKilled";

/// Counts of pods.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PodSummary {
    /// All pods, terminating and finished ones included.
    pub total: u32,
    /// Pods that are ready and not terminating.
    pub ready: u32,
    /// By phase, with `Terminating` for pods that are being deleted.
    pub by_phase: BTreeMap<String, u32>,
    /// By problem: a waiting reason, `Unschedulable`, the pod's own reason, `OOMKilled`. A pod
    /// counts once for each of its reasons.
    pub reasons: BTreeMap<String, u32>,
    /// Restarts of all containers together.
    pub restarts: i32,
    /// Under `cpu` and `memory`: the pods in which a running container has no such request. One is
    /// enough to make a utilization metric fail.
    pub missing_requests: BTreeMap<String, Vec<String>>,
}

impl Pod {
    /// Parses a list of pods, as printed by `--raw` or `-o json`. The second part is the token for
    /// the next page.
    pub fn parse_list(json: &[u8]) -> Result<(Vec<Self>, Option<String>), ParseError> {
        let list = read_list::<Raw<'_>>(json, Some("Pod"))?;
        Ok((list.items.into_iter().map(Raw::convert).collect(), list.continue_token))
    }

    /// Whether one of its containers crashes repeatedly.
    pub fn is_crash_looping(&self) -> bool {
        self.waiting_reasons.iter().any(|reason| reason == "CrashLoopBackOff")
    }

    /// Whether it has ended permanently.
    pub fn is_finished(&self) -> bool {
        matches!(self.phase.as_str(), "Succeeded" | "Failed")
    }

    /// Whether `workload` owns it, directly or through an intermediate object: the `ReplicaSet` of
    /// a Deployment or Rollout, named after it and the pod's template hash; the
    /// `ReplicationController` of a `DeploymentConfig`, named after it and a number.
    pub fn is_owned_by(&self, workload: &Workload) -> bool {
        if self.namespace != workload.namespace {
            return false;
        }
        let is_owner = |(kind, name): (&str, &str)| kind == workload.kind && name == workload.name;
        let is_itself = |owner: &Owner| {
            is_owner((&owner.kind, &owner.name))
                && group(&owner.api_version) == group(&workload.api_version)
                && (owner.uid == workload.uid || owner.uid.is_empty() || workload.uid.is_empty())
        };
        self.owner.as_ref().is_some_and(is_itself) || self.owner_above().is_some_and(is_owner)
    }

    /// Whether it may belong to a workload that owns none of the pods: the pods of an operator's
    /// custom resource are created by other objects.
    pub fn may_be_of(&self, workload: &Workload) -> bool {
        match &self.owner {
            None => true,
            // A Rollout's ReplicaSets are named after it, so its pods would have been recognized.
            Some(_) if workload.kind == "Rollout" => false,
            Some(owner) => owner.kind != "Job",
        }
    }

    /// Kind and name of the owner of the intermediate object, by the naming rules of those kinds.
    pub fn owner_above(&self) -> Option<(&'static str, &str)> {
        let owner = self.owner.as_ref();
        let after_hash = |label: &str, kind: &'static str| {
            let replica_set = owner.filter(|owner| owner.kind == "ReplicaSet")?;
            let hash = self.labels.get(label).filter(|hash| !hash.is_empty())?;
            let name = replica_set.name.strip_suffix(hash.as_str())?.strip_suffix('-')?;
            Some((kind, name))
        };
        let of_config = || {
            let named = self.labels.get("deploymentconfig").filter(|name| !name.is_empty());
            let controller = match owner {
                Some(owner) => (owner.kind == "ReplicationController").then_some(&owner.name)?,
                None => named.and(self.labels.get("deployment"))?,
            };
            if self.is_deployer() {
                return None;
            }
            let (name, number) = controller.rsplit_once('-')?;
            let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            let is_its = named.is_none_or(|named| named == name);
            (is_number && is_its).then_some(("DeploymentConfig", name))
        };
        after_hash("pod-template-hash", "Deployment")
            .or_else(|| after_hash("rollouts-pod-template-hash", "Rollout"))
            .or_else(of_config)
    }

    /// Whether it is one of OpenShift's own pods for rolling out a `DeploymentConfig`, and not a
    /// replica.
    pub fn is_deployer(&self) -> bool {
        const LABEL: &str = "openshift.io/deployer-pod-for.name";
        let deploys = |controller: &str| self.name.strip_suffix("-deploy") == Some(controller);
        self.labels.contains_key(LABEL)
            || self.labels.get("deployment").is_some_and(|controller| deploys(controller))
            || self
                .owner
                .as_ref()
                .is_some_and(|owner| owner.kind == "ReplicationController" && deploys(&owner.name))
    }
}

/// The pods that `workload` owns. A selector alone may also match other pods.
pub fn owned_by<'a>(pods: &'a [Pod], workload: &Workload) -> Vec<&'a Pod> {
    pods.iter().filter(|pod| pod.is_owned_by(workload)).collect()
}

/// Counts pods.
pub fn summarize<'a>(pods: impl IntoIterator<Item = &'a Pod>) -> PodSummary {
    let mut summary = PodSummary::default();
    for pod in pods {
        let terminating = pod.deleted_at.is_some();
        summary.total += 1;
        summary.ready += u32::from(pod.ready && !terminating);
        summary.restarts = summary.restarts.saturating_add(pod.restarts);
        let phase = if terminating { "Terminating" } else { pod.phase.as_str() };
        *summary.by_phase.entry(phase.to_owned()).or_default() += 1;

        let reasons = [
            pod.reason.as_deref(),
            pod.unschedulable.as_ref().map(|_| "Unschedulable"),
            pod.last_oom.as_ref().map(|_| OOM_KILLED),
        ];
        let waiting = pod.waiting_reasons.iter().map(String::as_str);
        for reason in reasons.into_iter().flatten().chain(waiting) {
            *summary.reasons.entry(reason.to_owned()).or_default() += 1;
        }
        if !terminating && !pod.is_finished() {
            for resource in pod.missing_requests.keys() {
                let pods: &mut Vec<String> =
                    summary.missing_requests.entry(resource.clone()).or_default();
                pods.push(pod.name.clone());
            }
        }
    }
    summary
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Raw<'a> {
    #[serde(borrow)]
    metadata: Opt<Meta<'a>>,
    #[serde(borrow)]
    spec: Opt<PodSpec<'a>>,
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
    creation_timestamp: Text<'a>,
    #[serde(borrow)]
    deletion_timestamp: Text<'a>,
    labels: StringMap,
    #[serde(borrow)]
    owner_references: OwnerReferences<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status<'a> {
    #[serde(borrow)]
    phase: Text<'a>,
    #[serde(borrow)]
    reason: Text<'a>,
    #[serde(borrow)]
    conditions: Seq<api::Condition<'a>>,
    #[serde(borrow)]
    container_statuses: Seq<ContainerStatus<'a>>,
    #[serde(borrow)]
    init_container_statuses: Seq<ContainerStatus<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ContainerStatus<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    restart_count: Int,
    #[serde(borrow)]
    state: Opt<State<'a>>,
    #[serde(borrow)]
    last_state: Opt<State<'a>>,
    /// The effective resources, which may differ from the spec.
    resources: Opt<RawResources>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct State<'a> {
    #[serde(borrow)]
    waiting: Opt<Waiting<'a>>,
    #[serde(borrow)]
    terminated: Opt<Terminated<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Waiting<'a> {
    #[serde(borrow)]
    reason: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Terminated<'a> {
    #[serde(borrow)]
    reason: Text<'a>,
    exit_code: Int,
    #[serde(borrow)]
    finished_at: Text<'a>,
}

impl Raw<'_> {
    fn convert(self) -> Pod {
        let metadata = self.metadata.0.unwrap_or_default();
        let mut spec = self.spec.0.unwrap_or_default();
        let node = std::mem::take(&mut spec.node_name).into_option();
        let Demand { containers, requests, limits, missing_requests, pod_level } = spec.demand();
        let status = self.status.0.unwrap_or_default();
        let conditions = &status.conditions.0;
        let unschedulable = conditions.iter().find(|c| {
            c.kind.as_str() == "PodScheduled"
                && c.status.as_str() == "False"
                && c.reason.as_str() == "Unschedulable"
        });
        let statuses =
            || status.container_statuses.0.iter().chain(&status.init_container_statuses.0);
        let held: BTreeMap<&str, Resources> = statuses()
            .filter_map(|status| {
                Some((status.name.as_str(), status.resources.0.as_ref()?.held_requests()))
            })
            .collect();
        let resize = Resize::of(conditions, &containers, |name| held.get(name));
        let ready =
            conditions.iter().find(|c| c.kind.as_str() == "Ready" && c.status.as_str() == "True");
        Pod {
            namespace: metadata.namespace.into_string(),
            name: metadata.name.into_string(),
            labels: metadata.labels.0,
            owner: metadata.owner_references.controller(),
            created_at: metadata.creation_timestamp.time(),
            deleted_at: metadata.deletion_timestamp.time(),
            node,
            ready: ready.is_some(),
            ready_since: ready.and_then(|condition| condition.last_transition_time.time()),
            unschedulable: unschedulable.map(|c| c.message.as_str().to_owned()),
            resize,
            restarts: statuses().fold(0, |sum: i32, status| {
                sum.saturating_add(status.restart_count.as_i32().unwrap_or(0))
            }),
            waiting_reasons: waiting_reasons(statuses()),
            last_termination: last_termination(statuses(), |_| true),
            last_oom: last_termination(statuses(), |reason| reason == OOM_KILLED),
            phase: status.phase.into_option().unwrap_or_else(|| "Unknown".to_owned()),
            reason: status.reason.into_option(),
            containers,
            requests,
            limits,
            missing_requests,
            pod_level_requests: pod_level,
        }
    }
}

fn waiting_reasons<'a>(statuses: impl Iterator<Item = &'a ContainerStatus<'a>>) -> Vec<String> {
    let mut reasons: Vec<&str> = Vec::new();
    for status in statuses {
        let waiting = status.state.0.as_ref().and_then(|state| state.waiting.0.as_ref());
        let reason = waiting.map_or("", |waiting| waiting.reason.as_str());
        if !reason.is_empty() && !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let is_trouble = |reason: &&str| !matches!(*reason, "ContainerCreating" | "PodInitializing");
    if reasons.iter().any(is_trouble) {
        reasons.retain(is_trouble);
    } else {
        reasons.truncate(1);
    }
    reasons.into_iter().map(str::to_owned).collect()
}

/// The latest end of any container with a matching reason. Init containers that succeeded do not
/// count.
fn last_termination<'a>(
    statuses: impl Iterator<Item = &'a ContainerStatus<'a>>,
    is_meant: impl Fn(&str) -> bool,
) -> Option<LastTermination> {
    statuses
        .flat_map(|status| {
            let states = [status.state.0.as_ref(), status.last_state.0.as_ref()];
            states.into_iter().flatten().map(move |state| (status, state))
        })
        .filter_map(|(status, state)| Some((status, state.terminated.0.as_ref()?)))
        .filter(|(_, end)| {
            // If the kernel killed a child process, the container itself may have succeeded.
            let reason = end.reason.as_str();
            (end.exit_code.0 != Some(0) || reason == OOM_KILLED) && is_meant(reason)
        })
        .max_by_key(|(_, end)| end.finished_at.time())
        .map(|(status, end)| LastTermination {
            container: status.name.as_str().to_owned(),
            reason: end.reason.as_str().to_owned(),
            exit_code: end.exit_code.as_i32(),
            at: end.finished_at.time(),
        })
}

#[cfg(test)]
mod tests;
