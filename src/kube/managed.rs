//! Finds which clients other than an autoscaler set `spec.replicas` of a workload, from the
//! metadata written by the API server and by tools that apply manifests.

use jiff::Timestamp;
use serde::de::{Deserializer, IgnoredAny};
use serde::{Deserialize, Serialize};

use super::json::lenient_time;
use super::json::{Int, Opt, Seq, Text};

mod tools;

pub(super) use tools::Marks;
use tools::{CONFIG_SYNC, Client, KAPP, KUBECTL_APPLY, Tool};

/// The name used for a client without a name.
const UNNAMED: &str = "an unnamed client";

/// The clients that set `spec.replicas` of a workload, and whether an autoscaler does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReplicasOwners {
    /// Clients that own the field and may set it again. A person who created or edited the object
    /// by hand is not included.
    pub writers: Vec<ReplicasWriter>,
    /// Whether an autoscaler has set the field, according to the recorded field owners.
    pub scaled: bool,
    /// When the autoscaler last did so, if the API server tells.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient_time")]
    pub scaled_at: Option<Timestamp>,
}

/// A client that sets `spec.replicas`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplicasWriter {
    /// Its usual name: `kubectl apply`, `helm`, `argocd (argocd-controller)`.
    pub name: String,
    /// The tool alone, if it is a known one: `argocd`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Whether it is known to set the field on each of its runs.
    pub applies: bool,
    /// The value it sets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i32>,
    /// When it last wrote to the object, if the API server tells.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient_time")]
    pub at: Option<Timestamp>,
}

impl ReplicasOwners {
    /// Whether there are neither writers nor an autoscaler.
    pub fn is_empty(&self) -> bool {
        self.writers.is_empty() && !self.scaled
    }

    fn add(&mut self, writer: ReplicasWriter) {
        let is_same = |it: &&mut ReplicasWriter| match &it.tool {
            Some(_) => it.tool == writer.tool,
            None => it.name == writer.name,
        };
        match self.writers.iter_mut().find(is_same) {
            // An apply is more specific than an update of the same client.
            Some(known) if writer.applies && !known.applies => *known = writer,
            Some(known) => known.at = known.at.max(writer.at),
            None => self.writers.push(writer),
        }
    }
}

/// `metadata.managedFields`; only the managers of `spec.replicas` are kept.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct ManagedFields<'a>(#[serde(borrow)] Seq<Entry<'a>>);

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow)]
    manager: Text<'a>,
    #[serde(borrow)]
    operation: Text<'a>,
    #[serde(borrow)]
    subresource: Text<'a>,
    #[serde(borrow)]
    time: Text<'a>,
    #[serde(rename = "fieldsV1")]
    fields: Opt<Fields>,
}

impl Entry<'_> {
    fn holds_replicas(&self) -> bool {
        let spec = self.fields.0.as_ref().and_then(|fields| fields.spec.0.as_ref());
        spec.is_some_and(|spec| spec.replicas.0)
    }

    fn is_of_scale(&self) -> bool {
        self.subresource.as_str() == "scale"
    }
}

/// The fields of an entry, or the fields that a tool recorded as its own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    #[serde(rename = "f:spec")]
    spec: Opt<SpecFields>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct SpecFields {
    #[serde(rename = "f:replicas")]
    replicas: Present,
}

/// Whether a field is present, whatever its value; null counts as absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Present(bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<IgnoredAny>::deserialize(deserializer).map(|value| Self(value.is_some()))
    }
}

/// The `metadata.annotations` in which tools store what they applied.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Kept<'a> {
    #[serde(borrow, rename = "kubectl.kubernetes.io/last-applied-configuration")]
    last_applied: Text<'a>,
    #[serde(borrow, rename = "kapp.k14s.io/original")]
    kapp: Text<'a>,
    #[serde(borrow, rename = "configsync.gke.io/declared-fields")]
    declared: Text<'a>,
}

/// A manifest stored by a tool.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Manifest<'a> {
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    metadata: Opt<ManifestMeta<'a>>,
    spec: Opt<ManifestSpec>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct ManifestMeta<'a> {
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct ManifestSpec {
    replicas: Int,
}

/// What a stored manifest says about the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ManifestReplicas {
    /// There is no manifest, or it belongs to another object: operators copy annotations.
    Nothing,
    /// The manifest does not set the field.
    Silent,
    /// The manifest sets the field.
    Replicas(i32),
}

/// The metadata of a workload that shows who sets its replicas.
#[derive(Debug)]
pub(crate) struct Metadata<'a> {
    pub(crate) kind: &'a str,
    pub(crate) name: &'a str,
    pub(crate) replicas: Option<i32>,
    pub(crate) managed: &'a ManagedFields<'a>,
    pub(crate) labels: &'a Marks<'a>,
    pub(crate) annotations: &'a Marks<'a>,
    pub(crate) kept: &'a Kept<'a>,
    /// Whether another object controls it: an operator's copies carry the marks of the original.
    pub(crate) controlled: bool,
    /// Whether it is being deleted: then no client sets its replicas.
    pub(crate) being_deleted: bool,
}

impl Metadata<'_> {
    /// The clients that set the replicas.
    ///
    /// A server-side apply will be repeated. An update will be repeated if the client is a tool
    /// that applies manifests, judged by its name or its marks on the object. For any other update
    /// the time is kept, to compare it with the autoscaler's writes.
    ///
    /// The API server includes defaults in the fields of an update: a client that holds 1 replica
    /// may never have set the field.
    pub(crate) fn owners(&self) -> ReplicasOwners {
        let mut owners = ReplicasOwners::default();
        if self.being_deleted {
            return owners;
        }
        let last_applied = self.replicas_in(self.kept.last_applied.as_str());
        // A client that scales has no other field, even if another client has taken over this one
        // since.
        let has_replicas = |entry: &&Entry<'_>| entry.holds_replicas() || entry.is_of_scale();
        for entry in self.managed.0.0.iter().filter(has_replicas) {
            let client = Client::of(entry.manager.as_str(), self.kind);
            match (entry.subresource.as_str(), entry.operation.as_str(), client) {
                // `kubectl scale`, a one-time change.
                ("scale", _, Client::Once) => {}
                ("scale", ..) | ("", _, Client::Autoscaler) => {
                    owners.scaled = true;
                    owners.scaled_at = owners.scaled_at.max(entry.time.time());
                }
                ("", "Apply", _) => self.applied(entry, client, &mut owners),
                ("", ..) => self.updated(entry, client, last_applied, &mut owners),
                _ => {}
            }
        }
        let mut keeps = |tool: Tool, replicas: Option<i32>| {
            if !self.is_excused(tool) {
                owners.add(ReplicasWriter { replicas, ..writer(tool.name.to_owned(), Some(tool)) });
            }
        };
        if let ManifestReplicas::Replicas(replicas) = last_applied {
            keeps(self.keeper(), Some(replicas));
        }
        if let ManifestReplicas::Replicas(replicas) = self.replicas_in(self.kept.kapp.as_str()) {
            keeps(KAPP, Some(replicas));
        }
        let declared = serde_json::from_str::<Fields>(self.kept.declared.as_str()).ok();
        if declared.and_then(|fields| fields.spec.0).is_some_and(|spec| spec.replicas.0) {
            keeps(CONFIG_SYNC, None);
        }
        owners
    }

    fn applied(&self, entry: &Entry<'_>, client: Client, owners: &mut ReplicasOwners) {
        let manager = entry.manager.as_str();
        let tool = match client {
            Client::Applier(tool) => Some(tool),
            Client::Once if manager.to_ascii_lowercase().starts_with("kubectl") => {
                Some(KUBECTL_APPLY)
            }
            _ => None,
        };
        if tool.is_some_and(|tool| self.is_excused(tool)) {
            return;
        }
        let at = entry.time.time();
        owners.add(ReplicasWriter {
            at,
            replicas: self.replicas,
            ..writer(named(manager, tool), tool)
        });
    }

    fn updated(
        &self,
        entry: &Entry<'_>,
        client: Client,
        last_applied: ManifestReplicas,
        owners: &mut ReplicasOwners,
    ) {
        let manager = entry.manager.as_str();
        let tool = match client {
            Client::Autoscaler | Client::Once => return,
            // Its annotation shows what it applies, and whether that includes the field.
            Client::Applier(tool) if tool == KUBECTL_APPLY => return,
            Client::Applier(tool)
                if tool.keeps_last_applied && last_applied != ManifestReplicas::Nothing =>
            {
                return;
            }
            Client::Applier(tool) => Some(tool),
            Client::Other => self.marked().filter(|tool| {
                !tool.keeps_last_applied || last_applied == ManifestReplicas::Nothing
            }),
        };
        if tool.is_some_and(|tool| self.is_excused(tool)) {
            return;
        }
        let may_be_default = self.replicas == Some(1);
        owners.add(ReplicasWriter {
            applies: tool.is_some() && !may_be_default,
            at: entry.time.time(),
            replicas: self.replicas,
            ..writer(named(manager, tool), tool)
        });
    }

    /// The tool whose marks the object has.
    fn marked(&self) -> Option<Tool> {
        if self.controlled { None } else { Marks::tool([self.labels, self.annotations]) }
    }

    fn is_excused(&self, tool: Tool) -> bool {
        self.labels.excuse(tool) || self.annotations.excuse(tool)
    }

    /// The tool that writes the last-applied annotation.
    fn keeper(&self) -> Tool {
        let managers = self.managed.0.0.iter().map(|entry| entry.manager.as_str());
        let by_name = |manager| match Client::of(manager, self.kind) {
            Client::Applier(tool) => Some(tool),
            _ => None,
        };
        let keeps = |tool: &Tool| tool.keeps_last_applied && *tool != KUBECTL_APPLY;
        (self.marked().filter(keeps))
            .or_else(|| managers.filter_map(by_name).find(keeps))
            .unwrap_or(KUBECTL_APPLY)
    }

    fn replicas_in(&self, manifest: &str) -> ManifestReplicas {
        let Ok(manifest) = serde_json::from_str::<Manifest<'_>>(manifest) else {
            return ManifestReplicas::Nothing;
        };
        let name = manifest.metadata.0.unwrap_or_default().name;
        let differs = |text: &str, own: &str| !text.is_empty() && text != own;
        if differs(manifest.kind.as_str(), self.kind) || differs(name.as_str(), self.name) {
            return ManifestReplicas::Nothing;
        }
        match manifest.spec.0.unwrap_or_default().replicas.as_i32() {
            Some(replicas) => ManifestReplicas::Replicas(replicas),
            None => ManifestReplicas::Silent,
        }
    }
}

fn writer(name: String, tool: Option<Tool>) -> ReplicasWriter {
    let tool = tool.map(|tool| tool.name.to_owned());
    ReplicasWriter { name, tool, applies: true, replicas: None, at: None }
}

/// The name of a client: `argocd (argocd-controller)`, `helm`, `my-operator`.
fn named(manager: &str, tool: Option<Tool>) -> String {
    match tool {
        Some(tool) if tool == KUBECTL_APPLY || manager.eq_ignore_ascii_case(tool.name) => {
            tool.name.to_owned()
        }
        Some(tool) if is_unnamed(manager) => tool.name.to_owned(),
        Some(tool) => format!("{} ({manager})", tool.name),
        None if is_unnamed(manager) => UNNAMED.to_owned(),
        None => manager.to_owned(),
    }
}

/// Whether the name is the API server's placeholder for a client without a user agent.
fn is_unnamed(manager: &str) -> bool {
    matches!(manager.trim(), "" | "unknown")
}
