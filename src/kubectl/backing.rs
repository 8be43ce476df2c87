//! The pods behind a forward's target: which ones exist, and why none of them serves.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::command::{ListQuery, ObjectRef, Read, Resource};
use super::error::{Error, ErrorKind};
use super::name::Name;
use super::run::{Kubectl, Target};
use crate::config::target::{self, TargetKind};

/// The pods behind a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backing {
    /// The label selector that found the pods; none for a pod itself.
    selector: Option<String>,
    pods: Vec<Pod>,
}

/// A pod, as far as needed to tell whether it can be forwarded to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pod {
    name: String,
    created: Option<Timestamp>,
    phase: String,
    ready: bool,
    terminating: bool,
    /// Why it does not run or is not ready, in the words of its status.
    why: Option<String>,
}

impl Kubectl {
    /// The pods behind `resource`; `None` if it has no selector. Makes two calls, or one for a pod.
    ///
    /// # Errors
    /// If kubectl fails: the resource does not exist, or may not be read.
    pub async fn backing(
        &self,
        target: Target<'_>,
        namespace: &Name,
        resource: &target::ForwardTarget,
    ) -> Result<Option<Backing>, Error> {
        let object = self.object_of(target, namespace, resource).await?;
        if resource.kind() == TargetKind::Pod {
            return Ok(Some(Backing { selector: None, pods: vec![read(&object)] }));
        }
        self.pods_of(target, namespace, &object).await
    }

    /// The object that a forward targets.
    pub(super) async fn object_of(
        &self,
        target: Target<'_>,
        namespace: &Name,
        resource: &target::ForwardTarget,
    ) -> Result<Value, Error> {
        let odd =
            || Error::new(ErrorKind::BadResponse, format!("unexpected content in {resource}"));
        let name = Name::parse(resource.name()).map_err(|_| odd())?;
        let read_of = read_of(resource.kind(), namespace.clone(), name).ok_or_else(odd)?;
        let object = self.read_once(target, &read_of).await?;
        serde_json::from_slice(&object).map_err(|_| odd())
    }

    /// The pods that the object's selector matches.
    pub(super) async fn pods_of(
        &self,
        target: Target<'_>,
        namespace: &Name,
        object: &Value,
    ) -> Result<Option<Backing>, Error> {
        let odd = || Error::new(ErrorKind::BadResponse, "unexpected content in the list of pods");
        let Some(selector) = selector(&object["spec"]["selector"]) else { return Ok(None) };
        let query = ListQuery { label_selector: Some(selector.clone()), ..ListQuery::default() };
        let namespace = Some(namespace.clone());
        let list = Read::List { resource: Resource::Pods, namespace, query };
        let list = self.read_once(target, &list).await?;
        let List { items } = serde_json::from_slice(&list).map_err(|_| odd())?;
        let pods = items.unwrap_or_default().iter().map(read).collect();
        Ok(Some(Backing { selector: Some(selector), pods }))
    }
}

fn read_of(kind: TargetKind, namespace: Name, name: Name) -> Option<Read> {
    let resource = match kind {
        TargetKind::Pod => Resource::Pods,
        TargetKind::Service => Resource::Services,
        TargetKind::ReplicationController => Resource::ReplicationControllers,
        TargetKind::Deployment => Resource::Deployments,
        TargetKind::StatefulSet => Resource::StatefulSets,
        TargetKind::ReplicaSet => Resource::ReplicaSets,
        TargetKind::DaemonSet => {
            return ObjectRef::new("apps/v1", "DaemonSet", namespace, name).map(Read::Object);
        }
        TargetKind::Job => {
            return ObjectRef::new("batch/v1", "Job", namespace, name).map(Read::Object);
        }
    };
    Some(Read::Named { resource, namespace, name })
}

/// A selector as text for a query: from a Service's map, or from a workload's `matchLabels` and
/// `matchExpressions`. `None` if there is none, or it is not understood.
fn selector(selector: &Value) -> Option<String> {
    let selector = selector.as_object()?;
    let equals = |map: &Map<String, Value>| -> Option<Vec<String>> {
        map.iter().map(|(key, value)| Some(format!("{key}={}", value.as_str()?))).collect()
    };
    let labels = selector.get("matchLabels").and_then(Value::as_object);
    let expressions = selector.get("matchExpressions").and_then(Value::as_array);
    if labels.is_none() && expressions.is_none() {
        return Some(equals(selector)?.join(",")).filter(|text| !text.is_empty());
    }
    let mut all = labels.map_or_else(|| Some(Vec::new()), equals)?;
    for expression in expressions.into_iter().flatten() {
        let key = expression["key"].as_str()?;
        let values = expression["values"].as_array().into_iter().flatten();
        let values: Option<Vec<&str>> = values.map(Value::as_str).collect();
        let values = values?.join(",");
        all.push(match expression["operator"].as_str()? {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "Exists" => key.to_owned(),
            "DoesNotExist" => format!("!{key}"),
            _ => return None,
        });
    }
    Some(all.join(",")).filter(|text| !text.is_empty())
}

#[derive(Deserialize)]
struct List {
    items: Option<Vec<Value>>,
}

fn read(pod: &Value) -> Pod {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let (metadata, status) = (&pod["metadata"], &pod["status"]);
    let conditions = || status["conditions"].as_array().into_iter().flatten();
    let condition = |kind: &str| conditions().find(|it| it["type"] == kind);
    let containers = status["containerStatuses"].as_array().into_iter().flatten();
    let waiting = containers
        .filter_map(|container| {
            let waiting = &container["state"]["waiting"];
            Some((container["name"].as_str()?, waiting["reason"].as_str()?))
        })
        .find(|(_, reason)| *reason != "ContainerCreating" && *reason != "PodInitializing");
    let unscheduled = condition("PodScheduled").filter(|it| it["status"] == "False");
    let why = match (unscheduled, waiting) {
        (Some(unscheduled), _) => text(&unscheduled["message"]),
        (None, Some((container, reason))) => Some(format!("container {container}: {reason}")),
        (None, None) => text(&status["reason"]),
    };
    Pod {
        name: text(&metadata["name"]).unwrap_or_default(),
        created: metadata["creationTimestamp"].as_str().and_then(|at| at.parse().ok()),
        phase: text(&status["phase"]).unwrap_or_default(),
        ready: condition("Ready").is_some_and(|it| it["status"] == "True"),
        terminating: metadata["deletionTimestamp"].is_string(),
        why,
    }
}

impl Pod {
    fn serves(&self) -> bool {
        self.phase == "Running" && self.ready && !self.terminating
    }

    /// How far the pod is from serving; 0 is nearest.
    fn rank(&self) -> u8 {
        match self.phase.as_str() {
            _ if self.terminating => 3,
            "Running" => 0,
            "Pending" => 1,
            _ => 2,
        }
    }

    fn state(&self) -> String {
        let why = self.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        match self.phase.as_str() {
            _ if self.terminating => "is being deleted".to_owned(),
            "Running" => format!("is running and not ready{why}"),
            phase => format!("is {phase}{why}"),
        }
    }
}

impl Backing {
    /// The newest ready pod that is not terminating.
    pub fn newest(&self) -> Option<&str> {
        let serving = self.pods.iter().filter(|pod| pod.serves());
        serving.max_by_key(|pod| (pod.created, &pod.name)).map(|pod| pod.name.as_str())
    }

    /// Why no pod serves; `None` if one does.
    pub fn why_not(&self) -> Option<String> {
        if self.newest().is_some() {
            return None;
        }
        let Some(nearest) = self.pods.iter().min_by_key(|pod| (pod.rank(), &pod.name)) else {
            let selector = self.selector.as_deref().unwrap_or_default();
            return Some(format!("there is no pod yet with {selector}"));
        };
        let others = match self.pods.len() - 1 {
            0 => String::new(),
            1 => ", and 1 more pod is not ready".to_owned(),
            more => format!(", and {more} more pods are not ready"),
        };
        Some(format!("pod {} {}{others}", nearest.name, nearest.state()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod(name: &str, phase: &str, ready: bool, minute: u8) -> Value {
        let ready = if ready { "True" } else { "False" };
        json!({
            "metadata": {"name": name, "creationTimestamp": format!("2026-11-27T01:{minute:02}:00Z")},
            "status": {"phase": phase, "conditions": [{"type": "Ready", "status": ready}]},
        })
    }

    fn backing(pods: impl IntoIterator<Item = Value>) -> Backing {
        let selector = Some("app=web".to_owned());
        Backing { selector, pods: pods.into_iter().map(|pod| read(&pod)).collect() }
    }

    #[test]
    fn the_newest_ready_pod_that_is_not_terminating_is_chosen() {
        let mut going = pod("going", "Running", true, 9);
        going["metadata"]["deletionTimestamp"] = json!("2026-11-27T01:10:00Z");
        let all = [
            pod("old", "Running", true, 1),
            pod("new", "Running", true, 5),
            pod("unready", "Running", false, 7),
            pod("pending", "Pending", false, 8),
            pod("done", "Succeeded", true, 8),
            going,
        ];
        assert_eq!(backing(all).newest(), Some("new"));
        assert_eq!(backing([]).newest(), None);
    }

    #[test]
    fn the_reason_is_that_of_the_pod_nearest_to_serving() {
        let why = |pods: Vec<Value>| backing(pods).why_not().unwrap_or_default();
        let mut unscheduled = pod("b", "Pending", false, 1);
        unscheduled["status"]["conditions"] = json!([
            {"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available"},
        ]);
        let mut pulling = pod("c", "Pending", false, 1);
        pulling["status"]["containerStatuses"] =
            json!([{"name": "app", "state": {"waiting": {"reason": "ImagePullBackOff"}}}]);
        let mut going = pod("d", "Running", true, 1);
        going["metadata"]["deletionTimestamp"] = json!("2026-11-27T01:10:00Z");
        assert_eq!(why(vec![]), "there is no pod yet with app=web");
        assert_eq!(why(vec![unscheduled.clone()]), "pod b is Pending: 0/3 nodes are available");
        assert_eq!(why(vec![pulling]), "pod c is Pending: container app: ImagePullBackOff");
        assert_eq!(why(vec![going.clone()]), "pod d is being deleted");
        assert_eq!(
            why(vec![going, unscheduled, pod("a", "Running", false, 1)]),
            "pod a is running and not ready, and 2 more pods are not ready"
        );
        assert_eq!(why(vec![pod("a", "Running", true, 1)]), "");
    }

    #[test]
    fn selectors_of_services_and_of_workloads_become_queries() {
        let text = |value: Value| selector(&value);
        assert_eq!(text(json!({"app": "web", "tier": "b"})).as_deref(), Some("app=web,tier=b"));
        assert_eq!(text(json!({})), None);
        assert_eq!(text(Value::Null), None);
        let workload = json!({
            "matchLabels": {"app": "web"},
            "matchExpressions": [
                {"key": "a", "operator": "In", "values": ["x", "y"]},
                {"key": "b", "operator": "DoesNotExist"},
                {"key": "c", "operator": "Exists"},
                {"key": "d", "operator": "NotIn", "values": ["z"]},
            ],
        });
        assert_eq!(text(workload).as_deref(), Some("app=web,a in (x,y),!b,c,d notin (z)"));
    }
}
