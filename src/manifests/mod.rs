//! Manifests as worlds: the documents of files, with lines, and HPAs with the objects beside them.
//! No cluster and no file is read here.

mod annotated;
mod around;
mod limit_range;
mod object;
mod schema;
mod validate;
mod world;
mod yaml;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use annotated::Annotated;

use crate::collect::ClusterWorld;
use crate::config::{Pattern, Scope};
use crate::findings::{Finding, Location};
use crate::hpa::{Hpa, HpaNames};
use crate::kube::Selector;

/// How standard input is shown where a file would be.
pub const STDIN: &str = "stdin";

/// A file of manifests.
#[derive(Debug, Clone)]
pub struct File {
    /// The path as it is shown.
    pub path: Arc<str>,
    /// Its directory: what is in one directory belongs together.
    pub directory: String,
    /// Its content, or why it is no text.
    pub text: Result<String, String>,
}

impl File {
    /// Whether it has no document: it is empty, or has only comments.
    pub fn is_blank(&self) -> bool {
        self.text.as_deref().is_ok_and(yaml::is_blank)
    }
}

/// Which HPAs of the manifests are checked, and how they are read.
#[derive(Debug, Clone)]
pub struct Request {
    /// The namespaces.
    pub scope: Scope,
    /// The requested HPAs, if only some are.
    pub names: HpaNames,
    /// The prefix of the annotations that silence findings.
    pub annotation_prefix: String,
}

impl Request {
    /// The namespace of objects that name none: the requested one, as kubectl would apply them
    /// into it, or else `default`.
    fn namespace(&self) -> &str {
        match self.scope.namespaces.as_slice() {
            [only] if only.is_exact() => only.as_str(),
            _ => "default",
        }
    }

    fn selector(&self) -> Option<Selector> {
        self.scope.selector.as_deref().and_then(Selector::parse)
    }

    /// The namespaces that are named outright.
    fn named_namespaces(&self) -> impl Iterator<Item = &str> {
        self.scope.namespaces.iter().filter(|it| it.is_exact()).map(Pattern::as_str)
    }
}

/// What was read of manifests.
#[derive(Debug)]
pub struct Manifests {
    /// A world for each file that has HPAs or errors, in the order of the files.
    pub worlds: Vec<ClusterWorld>,
    /// Where each HPA is.
    places: HashMap<Key, Lines>,
    /// Namespace and name of every HPA, also of those that are not checked.
    pub names: Vec<(String, String)>,
    /// The line of each of them.
    pub lines: Vec<usize>,
    /// What is wrong with files, in their order.
    pub problems: Vec<Problem>,
    /// Documents that are no Kubernetes objects.
    pub skipped: Vec<Place>,
    /// HPAs of versions that no current cluster serves, with their versions.
    pub removed: Vec<(Place, String)>,
    /// How many documents are Kubernetes objects, or lists of them.
    pub documents: usize,
    /// How many files were read.
    pub files: usize,
    /// Namespaces that are requested by name and that no object is in.
    pub absent_namespaces: Vec<String>,
}

/// File, namespace and name of an HPA.
type Key = (Arc<str>, String, String);

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file.
    #[serde(rename = "file")]
    pub path: Arc<str>,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// The lines of an HPA's fields.
#[derive(Debug, Clone, Copy, Default)]
struct Lines {
    begin: usize,
    target: usize,
    bounds: (usize, usize),
    metrics: usize,
    behavior: usize,
}

impl Lines {
    fn of(node: &yaml::Node, api_version: &str) -> Self {
        let line = |path: &[&str]| node.line_of(path);
        let has = |key: &str| node.get("spec").is_some_and(|spec| spec.get(key).is_some());
        let cpu = "targetCPUUtilizationPercentage";
        let metrics = if has("metrics") || !has(cpu) { "metrics" } else { cpu };
        let annotated = Annotated::of(node, api_version).unwrap_or_default();
        let or_line = |annotated: Option<yaml::Node>, path: &[&str]| {
            annotated.map_or_else(|| line(path), |node| node.line)
        };
        Self {
            begin: line(&[]),
            target: line(&["spec", "scaleTargetRef"]),
            bounds: (line(&["spec", "minReplicas"]), line(&["spec", "maxReplicas"])),
            metrics: or_line(annotated.metrics, &["spec", metrics]),
            behavior: or_line(annotated.behavior, &["spec", "behavior"]),
        }
    }

    /// The line that a finding is about.
    fn of_finding(&self, id: &str) -> usize {
        match id {
            "target-missing" | "duplicate-target" | "replicas-fight" => self.target,
            "low-min" | "pdb-blocks" => self.bounds.0,
            "min-eq-max" => self.bounds.1,
            "missing-requests" | "container-missing" | "target-over-limit" | "memory-only"
            | "vpa-conflict" => self.metrics,
            "direction-disabled" | "window-zero" => self.behavior,
            _ => self.begin,
        }
    }
}

impl Manifests {
    /// Reads files.
    pub fn read(files: &[File], request: &Request) -> Self {
        world::read(files, request)
    }

    /// The place that a finding is about.
    pub fn location(&self, finding: &Finding) -> Option<Location> {
        let file = Arc::clone(&finding.cluster);
        let key = (Arc::clone(&file), finding.namespace.clone(), finding.hpa.clone());
        let line = self.places.get(&key)?.of_finding(finding.id);
        Some(Location { file, line })
    }
}

/// An HPA with another spec of autoscaling/v2, or all that an API server would refuse of it.
pub fn with_spec(hpa: &Hpa, spec: &Value) -> Result<Hpa, Vec<String>> {
    world::with_spec(hpa, spec)
}

#[cfg(test)]
mod tests;
