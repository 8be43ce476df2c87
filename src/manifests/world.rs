//! Reads the objects of files.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::annotated::Annotated;
use super::around::{All, Budget, Made, Of};
use super::limit_range::LimitRange;
use super::object::{Object, objects, to_v2};
use super::validate::{Refused, misnamed, refusals};
use super::yaml::{Node, documents};
use super::{File, Key, Lines, Manifests, Place, Problem, Request};
use crate::collect::ClusterWorld;
use crate::hpa::{self, Hpa};
use crate::kube::{DisruptionBudget, ParseError, ScaledObject, VerticalAutoscaler};
use crate::kubectl::{ErrorKind, Failure, Outcome};

pub(super) fn read(files: &[File], request: &Request) -> Manifests {
    let mut all = All::default();
    let mut found = Manifests {
        worlds: Vec::new(),
        places: HashMap::new(),
        names: Vec::new(),
        lines: Vec::new(),
        problems: Vec::new(),
        skipped: Vec::new(),
        removed: Vec::new(),
        documents: 0,
        files: files.len(),
        absent_namespaces: Vec::new(),
    };
    for (index, file) in files.iter().enumerate() {
        let at = |line| Place { path: Arc::clone(&file.path), line };
        let content = match &file.text {
            Ok(content) => content,
            Err(why) => {
                found.problems.push(Problem { place: at(1), message: why.clone() });
                continue;
            }
        };
        // A file that ends too early is wrong on its last line, not after it.
        let last_line = content.lines().count().max(1);
        for document in documents(content) {
            match &document.root {
                Err(error) => found.problems.push(Problem {
                    place: at(error.line.min(last_line)),
                    message: format!("not valid YAML: {}{}", error.message, hint(content)),
                }),
                Ok(root) => match objects(root) {
                    // Of kubectl alone: no cluster has it.
                    _ if root.text("kind") == "Kustomization"
                        && root.text("apiVersion").starts_with("kustomize.config.k8s.io/") =>
                    {
                        found.skipped.push(at(document.line));
                    }
                    None => found.skipped.push(at(document.line)),
                    Some(objects) => {
                        found.documents += 1;
                        for object in objects {
                            if object.is_removed() {
                                let place = at(object.node.line_of(&["apiVersion"]));
                                found.removed.push((place, object.api_version.clone()));
                            }
                            let added = all.add(index, file, &object, request, &mut found.places);
                            let refused = added.err().unwrap_or_default().into_iter();
                            let problem =
                                |it: Refused| Problem { place: at(it.line), message: it.message };
                            found.problems.extend(refused.map(problem));
                        }
                    }
                },
            }
        }
    }
    all.apply_limit_ranges(files);
    found.lines = std::mem::take(&mut all.lines);
    found.names =
        (all.hpas.iter()).map(|it| (it.object.namespace.clone(), it.object.name.clone())).collect();
    let absent = request.named_namespaces().filter(|name| !all.namespaces.contains(*name));
    found.absent_namespaces = absent.map(ToOwned::to_owned).collect();
    let selector = request.selector();
    let is_chosen = |hpa: &Hpa| {
        request.scope.covers(&hpa.namespace)
            && request.names.matches(hpa)
            && selector.as_ref().is_none_or(|selector| selector.matches(&hpa.labels))
    };
    for (index, file) in files.iter().enumerate() {
        let problem = found.problems.iter().find(|it| it.place.path == file.path);
        let own: Vec<&Hpa> =
            all.hpas.iter().filter(|it| it.file == index).map(|it| &it.object).collect();
        if problem.is_some() || own.iter().any(|hpa| is_chosen(hpa)) {
            let outcome = outcome(file, problem);
            let world = all.world(files, index, &own);
            let chosen = own.iter().filter(|hpa| is_chosen(hpa)).copied();
            found.worlds.push(ClusterWorld::of_manifests(outcome, world, chosen));
        }
    }
    found
}

/// What to do about a file that is no YAML before Helm has rendered it.
fn hint(text: &str) -> &'static str {
    if text.contains("{{") && text.contains("}}") {
        " (a Helm template? helm template CHART | watchdog hpa check -f -)"
    } else {
        ""
    }
}

fn outcome(file: &File, problem: Option<&Problem>) -> Outcome {
    Outcome {
        tags: Arc::default(),
        name: Arc::clone(&file.path),
        context: Arc::clone(&file.path),
        user: "".into(),
        server: String::new(),
        error: problem.map(|problem| Failure {
            kind: ErrorKind::BadResponse,
            message: format!("line {}: {}", problem.place.line, problem.message),
        }),
        duration: Duration::ZERO,
    }
}

/// The only item of a list of this kind.
fn one<T>(
    object: &Value,
    kind: &str,
    parse: impl Fn(&[u8]) -> Result<(Vec<T>, Option<String>), ParseError>,
) -> Result<T, String> {
    let list = json!({"kind": format!("{kind}List"), "apiVersion": "v1", "items": [object]});
    let (items, _) = parse(list.to_string().as_bytes()).map_err(|error| text(&error))?;
    items.into_iter().next().ok_or_else(|| format!("a {kind} that cannot be read"))
}

/// The parser speaks of an answer of a server.
fn text(error: &ParseError) -> String {
    error.to_string().replacen("the answer", "the object", 1)
}

impl All {
    fn add(
        &mut self,
        file: usize,
        source: &File,
        object: &Object<'_>,
        request: &Request,
        places: &mut HashMap<Key, Lines>,
    ) -> Result<(), Vec<Refused>> {
        if let Some(misnamed) = misnamed(object.node, &object.api_version, &object.kind) {
            return Err(vec![misnamed]);
        }
        let mut annotated = Annotated::default();
        if object.is_hpa() {
            annotated = Annotated::of(object.node, &object.api_version)?;
            let refused = refusals(object.node, &object.api_version, &annotated);
            if !refused.is_empty() {
                return Err(refused);
            }
        }
        let unread = |message| vec![Refused { line: object.node.line, message }];
        let value = object.json(request.namespace());
        let text_of = |key: &str| value["metadata"][key].as_str().unwrap_or_default().to_owned();
        let (namespace, name) = (text_of("namespace"), text_of("name"));
        self.namespaces.insert(if object.kind == "Namespace" {
            name.clone()
        } else {
            namespace.clone()
        });
        let mut identify = |kind: &str| {
            let identity = (namespace.clone(), kind.to_owned(), name.clone());
            self.files_of.entry(identity).or_default().insert(file);
        };
        match (object.kind.as_str(), object.api_version.split('/').next()) {
            _ if object.is_hpa() => {
                identify(&object.kind);
                let hpa =
                    read_hpa(&source.path, &to_v2(value, annotated), request).map_err(unread)?;
                let key = (Arc::clone(&source.path), hpa.namespace.clone(), hpa.name.clone());
                places.insert(key, Lines::of(object.node, &object.api_version));
                self.hpas.push(Of { file, object: hpa });
                self.lines.push(object.node.line);
            }
            ("LimitRange", Some("v1")) => {
                self.limit_ranges.push(Of { file, object: LimitRange::of(&value) });
            }
            ("PodDisruptionBudget", _) => {
                let budget = one(&value, "PodDisruptionBudget", DisruptionBudget::parse_list)
                    .map_err(unread)?;
                self.budgets.push(Of { file, object: Budget::new(budget) });
            }
            ("VerticalPodAutoscaler", _) => {
                let object = one(&value, "VerticalPodAutoscaler", VerticalAutoscaler::parse_list)
                    .map_err(unread)?;
                self.vertical.push(Of { file, object });
            }
            ("ScaledObject", _) => {
                let object =
                    one(&value, "ScaledObject", ScaledObject::parse_list).map_err(unread)?;
                self.scaled_objects.push(Of { file, object });
            }
            (kind, group) if is_workload(kind, group.unwrap_or_default(), &value) => {
                identify(kind);
                let made = Made::new(value).map_err(|error| unread(text(&error)))?;
                self.workloads.push(Of { file, object: made });
            }
            _ => {}
        }
        Ok(())
    }
}

fn read_hpa(path: &Arc<str>, value: &Value, request: &Request) -> Result<Hpa, String> {
    let source =
        hpa::Source { cluster: path, context: path, annotation_prefix: &request.annotation_prefix };
    let list = json!({"kind": "List", "apiVersion": "v1", "items": [value]});
    let page = hpa::parse_list_from(&source, list.to_string().as_bytes());
    let page = page.map_err(|error| text(&error))?;
    page.hpas.into_iter().next().ok_or_else(|| "an HPA that cannot be read".to_owned())
}

pub(super) fn with_spec(hpa: &Hpa, spec: &Value) -> Result<Hpa, Vec<String>> {
    let object = json!({
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": hpa.name, "namespace": hpa.namespace, "labels": hpa.labels},
        "spec": spec,
    });
    let refused = refusals(&Node::of(object.clone(), 1), "autoscaling/v2", &Annotated::default());
    if !refused.is_empty() {
        return Err(refused.into_iter().map(|it| it.message).collect());
    }
    let read = hpa::parse_one(&hpa.cluster, &hpa.context, object.to_string().as_bytes());
    let read = read.map_err(|error| vec![text(&error)])?;
    Ok(Hpa { uid: hpa.uid.clone(), created_at: hpa.created_at, owner: hpa.owner.clone(), ..read })
}

/// Whether an HPA may scale it: of a built-in kind, or a custom one that makes pods.
fn is_workload(kind: &str, group: &str, value: &Value) -> bool {
    let is_never = matches!(kind, "Job" | "CronJob" | "DaemonSet" | "Pod" | "PodTemplate");
    let is_custom = group.contains('.') || group == "apps";
    let makes_pods = value["spec"]["template"]["spec"].is_object()
        || value["spec"]["workloadRef"].is_object()
        || value["spec"]["replicas"].is_number();
    !is_never && (is_custom || kind == "ReplicationController") && makes_pods
}
