//! Joins the HPAs of each file with the objects around them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::object::{Object, objects, pods, to_v2};
use super::validate::{Refused, misnamed, refusals};
use super::yaml::documents;
use super::{File, Key, Lines, Manifests, Place, Problem, Request};
use crate::collect::ClusterWorld;
use crate::findings::{Unknown, World};
use crate::hpa::{self, Hpa};
use crate::kube::{DisruptionBudget, ParseError, Pod, ScaledObject, VerticalAutoscaler, Workload};
use crate::kubectl::{ErrorKind, Failure, Outcome};

/// An object of a file.
struct Of<T> {
    file: usize,
    object: T,
}

/// A workload with the pods that it makes.
struct Made {
    workload: Workload,
    pods: Vec<Pod>,
}

/// Namespace, kind and name: what makes two objects the same.
type Identity = (String, String, String);

/// The objects of all files.
#[derive(Default)]
struct All {
    hpas: Vec<Of<Hpa>>,
    workloads: Vec<Of<Made>>,
    budgets: Vec<Of<DisruptionBudget>>,
    vertical: Vec<Of<VerticalAutoscaler>>,
    scaled_objects: Vec<Of<ScaledObject>>,
    /// The files that define each HPA or workload.
    files_of: HashMap<Identity, BTreeSet<usize>>,
    namespaces: HashSet<String>,
}

pub(super) fn read(files: &[File], request: &Request) -> Manifests {
    let mut all = All::default();
    let mut found = Manifests {
        worlds: Vec::new(),
        places: HashMap::new(),
        problems: Vec::new(),
        skipped: Vec::new(),
        removed: Vec::new(),
        documents: 0,
        files: files.len(),
        absent_namespaces: Vec::new(),
    };
    for (index, file) in files.iter().enumerate() {
        // A file that ends too early is wrong on its last line, not after it.
        let last_line = file.text.lines().count().max(1);
        for document in documents(&file.text) {
            let at = |line| Place { path: Arc::clone(&file.path), line };
            match &document.root {
                Err(error) => found.problems.push(Problem {
                    place: at(error.line.min(last_line)),
                    message: format!("not valid YAML: {}{}", error.message, hint(&file.text)),
                }),
                Ok(root) => match objects(root) {
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
        if object.is_hpa() {
            let refused = refusals(object.node, &object.api_version);
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
                let hpa = read_hpa(&source.path, &to_v2(value), request).map_err(unread)?;
                let key = (Arc::clone(&source.path), hpa.namespace.clone(), hpa.name.clone());
                places.insert(key, Lines::of(object.node));
                self.hpas.push(Of { file, object: hpa });
            }
            ("PodDisruptionBudget", _) => {
                let object = one(&value, "PodDisruptionBudget", DisruptionBudget::parse_list)
                    .map_err(unread)?;
                self.budgets.push(Of { file, object });
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
                let workload = Workload::parse(value.to_string().as_bytes());
                let workload = workload.map_err(|error| unread(text(&error)))?;
                let list = json!({"kind": "PodList", "apiVersion": "v1", "items": pods(&value)});
                let (pods, _) = Pod::parse_list(list.to_string().as_bytes())
                    .map_err(|error| unread(text(&error)))?;
                self.workloads.push(Of { file, object: Made { workload, pods } });
            }
            _ => {}
        }
        Ok(())
    }

    /// The HPAs of a file with the objects around them.
    fn world(&self, files: &[File], file: usize, own: &[&Hpa]) -> World {
        let namespaces: BTreeSet<&str> = own.iter().map(|hpa| hpa.namespace.as_str()).collect();
        let around = Around { all: self, files, file, others: self.alternatives(own, file) };
        let mut hpas: Vec<Hpa> = own.iter().map(|hpa| (*hpa).clone()).collect();
        let beside = self.hpas.iter().filter(|it| it.file != file);
        let beside = beside.filter(|it| namespaces.contains(it.object.namespace.as_str()));
        hpas.extend(beside.filter(|it| around.is_near(it.file)).map(|it| it.object.clone()));

        let mut world = World::of(hpas);
        world.of_manifests = true;
        let made = around.workloads(own, &namespaces);
        let is_there = |hpa: &&Hpa| {
            made.iter()
                .any(|it| it.workload.is(&hpa.target) && it.workload.namespace == hpa.namespace)
        };
        // A target that is not there is missing only where workloads of its namespace are:
        // otherwise it is defined elsewhere.
        let is_elsewhere = |hpa: &&Hpa| {
            !is_there(hpa) && !made.iter().any(|it| it.workload.namespace == hpa.namespace)
        };
        let elsewhere: BTreeSet<String> =
            own.iter().copied().filter(is_elsewhere).map(|hpa| hpa.target.kind_name()).collect();
        world.unread.retain(|kind, _| elsewhere.contains(kind));
        for why in world.unread.values_mut() {
            *why = Unknown::NeedsCluster;
        }
        world.pods = Ok(made.iter().flat_map(|it| it.pods.iter().cloned()).collect());
        world.workloads = made.iter().map(|it| it.workload.clone()).collect();
        world.budgets = Ok(around.nearest(&self.budgets, |it| {
            namespaces.contains(it.namespace.as_str()).then_some((&*it.namespace, &*it.name))
        }));
        world.vertical = Ok(around.nearest(&self.vertical, |it| {
            namespaces.contains(it.namespace.as_str()).then_some((&*it.namespace, &*it.name))
        }));
        world.scaled_objects = Ok(around.nearest(&self.scaled_objects, |it| {
            namespaces.contains(it.namespace.as_str()).then_some((&*it.namespace, &*it.name))
        }));
        world
    }

    /// The files that define an HPA or a target of this file again: renderings for another
    /// environment, whose objects never meet those of this file.
    fn alternatives(&self, own: &[&Hpa], file: usize) -> BTreeSet<usize> {
        let hpa = |hpa: &Hpa| {
            (hpa.namespace.clone(), "HorizontalPodAutoscaler".to_owned(), hpa.name.clone())
        };
        let files = own.iter().filter_map(|it| self.files_of.get(&hpa(it))).flatten();
        files.copied().filter(|it| *it != file).collect()
    }
}

/// What is around the HPAs of one file.
struct Around<'a> {
    all: &'a All,
    files: &'a [File],
    file: usize,
    others: BTreeSet<usize>,
}

impl Around<'_> {
    /// Whether a file belongs to the same directory, and is not an alternative.
    fn is_near(&self, file: usize) -> bool {
        let directory = |index: usize| self.files.get(index).map(|file| &file.directory);
        file == self.file || directory(file) == directory(self.file) && !self.others.contains(&file)
    }

    /// 0 for the file itself, 1 for its directory, 2 for others.
    fn distance(&self, file: usize) -> usize {
        if file == self.file { 0 } else { 2 - usize::from(self.is_near(file)) }
    }

    /// The workloads nearby, and the targets wherever they are; of several with one name, the
    /// nearest.
    fn workloads(&self, own: &[&Hpa], namespaces: &BTreeSet<&str>) -> Vec<&Made> {
        let is_target = |made: &Made| {
            let workload = &made.workload;
            own.iter().any(|hpa| hpa.namespace == workload.namespace && workload.is(&hpa.target))
        };
        let mut found: Vec<(usize, &Made)> = Vec::new();
        let mut positions: HashMap<(&str, &str, &str), usize> = HashMap::new();
        for Of { file, object } in &self.all.workloads {
            let distance = self.distance(*file);
            let workload = &object.workload;
            if !namespaces.contains(workload.namespace.as_str())
                || distance > 1 && !is_target(object)
            {
                continue;
            }
            let key = (&*workload.namespace, &*workload.kind, &*workload.name);
            match positions.get(&key).copied() {
                Some(position) if found[position].0 <= distance => {}
                Some(position) => found[position] = (distance, object),
                None => {
                    positions.insert(key, found.len());
                    found.push((distance, object));
                }
            }
        }
        found.into_iter().map(|(_, made)| made).collect()
    }

    /// The objects nearby, or else those elsewhere; of several with one name, the nearest.
    fn nearest<'o, T: Clone>(
        &self,
        objects: &'o [Of<T>],
        key: impl Fn(&'o T) -> Option<(&'o str, &'o str)>,
    ) -> Vec<T> {
        let mut found: Vec<(usize, &T)> = Vec::new();
        let mut seen: HashSet<(&str, &str)> = HashSet::new();
        let mut sorted: Vec<&Of<T>> = objects.iter().collect();
        sorted.sort_by_key(|it| self.distance(it.file));
        for Of { file, object } in sorted {
            let distance = self.distance(*file);
            let is_last_resort = distance > 1 && found.iter().any(|(near, _)| *near <= 1);
            if let Some(key) = key(object)
                && !is_last_resort
                && seen.insert(key)
            {
                found.push((distance, object));
            }
        }
        found.into_iter().map(|(_, object)| object.clone()).collect()
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

/// Whether an HPA may scale it: of a built-in kind, or a custom one that makes pods.
fn is_workload(kind: &str, group: &str, value: &Value) -> bool {
    let is_never = matches!(kind, "Job" | "CronJob" | "DaemonSet" | "Pod" | "PodTemplate");
    let is_custom = group.contains('.') || group == "apps";
    let makes_pods = value["spec"]["template"]["spec"].is_object()
        || value["spec"]["workloadRef"].is_object()
        || value["spec"]["replicas"].is_number();
    !is_never && (is_custom || kind == "ReplicationController") && makes_pods
}
