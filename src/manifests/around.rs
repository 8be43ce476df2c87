//! Joins the HPAs of each file with the objects around them. Of those only what the rules read about these HPAs is in
//! a file's world: it is copied for every file, and a directory may have thousands.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};

use super::File;
use super::limit_range::LimitRange;
use super::object::pods;
use crate::findings::{Unknown, World};
use crate::hpa::Hpa;
use crate::kube::{
    DisruptionBudget, ObjectRef, ParseError, Pod, ScaledObject, Selector, VerticalAutoscaler,
    Workload,
};

/// An object of a file.
pub(super) struct Of<T> {
    pub(super) file: usize,
    pub(super) object: T,
}

/// A workload with the pods that it makes.
pub(super) struct Made {
    workload: Workload,
    /// The pods that an HPA of it measures.
    measured: Option<Selector>,
    pods: Vec<Pod>,
    /// The object, from which pods are made again where defaults are added to them.
    source: Value,
}

impl Made {
    pub(super) fn new(source: Value) -> Result<Self, ParseError> {
        let workload = Workload::parse(source.to_string().as_bytes())?;
        let measured = workload.measured_by().and_then(Selector::parse);
        Ok(Self { workload, measured, pods: made_by(&source)?, source })
    }

    /// Whether the selector matches its pods, which all have the same labels.
    fn is_selected(&self, namespace: &str, selector: &Selector) -> bool {
        self.workload.namespace == namespace
            && self.pods.first().is_some_and(|pod| selector.matches(&pod.labels))
    }
}

fn made_by(workload: &Value) -> Result<Vec<Pod>, ParseError> {
    let list = json!({"kind": "PodList", "apiVersion": "v1", "items": pods(workload)});
    Pod::parse_list(list.to_string().as_bytes()).map(|(pods, _)| pods)
}

/// A PodDisruptionBudget with its selector; none if it selects nothing.
pub(super) struct Budget {
    budget: DisruptionBudget,
    selector: Option<Selector>,
}

impl Budget {
    pub(super) fn new(budget: DisruptionBudget) -> Self {
        let selector = budget.selector.as_deref().and_then(|text| match text {
            // In policy/v1, a selector without requirements matches all pods.
            "" => Some(Selector::default()),
            text => Selector::parse(text),
        });
        Self { budget, selector }
    }
}

/// Namespace, kind and name: what makes two objects the same.
type Identity = (String, String, String);

/// The objects of all files.
#[derive(Default)]
pub(super) struct All {
    pub(super) hpas: Vec<Of<Hpa>>,
    /// The line of each of the HPAs.
    pub(super) lines: Vec<usize>,
    pub(super) workloads: Vec<Of<Made>>,
    pub(super) budgets: Vec<Of<Budget>>,
    pub(super) vertical: Vec<Of<VerticalAutoscaler>>,
    pub(super) scaled_objects: Vec<Of<ScaledObject>>,
    pub(super) limit_ranges: Vec<Of<LimitRange>>,
    /// The files that define each HPA or workload.
    pub(super) files_of: HashMap<Identity, BTreeSet<usize>>,
    pub(super) namespaces: HashSet<String>,
}

impl All {
    /// Gives containers the requests and limits that LimitRanges of their namespace set: those of the same file, else
    /// of the same directory, else of any.
    pub(super) fn apply_limit_ranges(&mut self, files: &[File]) {
        if self.limit_ranges.is_empty() {
            return;
        }
        let directory = |index: usize| files.get(index).map(|file| &file.directory);
        for Of { file, object: made } in &mut self.workloads {
            let distance = |of: usize| match () {
                () if of == *file => 0,
                () if directory(of) == directory(*file) => 1,
                () => 2,
            };
            let of_namespace = self.limit_ranges.iter();
            let of_namespace =
                of_namespace.filter(|it| it.object.namespace == made.workload.namespace);
            let found: Vec<(usize, &LimitRange)> =
                of_namespace.map(|it| (distance(it.file), &it.object)).collect();
            let Some(nearest) = found.iter().map(|(distance, _)| *distance).min() else { continue };
            for (_, limit_range) in found.iter().filter(|(distance, _)| *distance == nearest) {
                limit_range.apply(&mut made.source);
            }
            if let Ok(pods) = made_by(&made.source) {
                made.pods = pods;
            }
        }
    }

    /// The HPAs of a file with the objects around them.
    pub(super) fn world(&self, files: &[File], file: usize, own: &[&Hpa]) -> World {
        let around = Around::new(self, files, file, own);
        let mut hpas: Vec<Hpa> = own.iter().map(|hpa| (*hpa).clone()).collect();
        let beside = self.hpas.iter().filter(|it| it.file != file);
        let rivals = beside.filter(|it| around.targets.contains(&target_of(&it.object)));
        hpas.extend(rivals.filter(|it| around.is_near(it.file)).map(|it| it.object.clone()));

        let mut world = World::of(hpas);
        world.of_manifests = true;
        let made = around.workloads();
        let targets: Vec<&Made> =
            made.iter().copied().filter(|made| around.is_target(made)).collect();
        let near: HashSet<&str> = made.iter().map(|it| it.workload.namespace.as_str()).collect();
        let is_there = |hpa: &Hpa| {
            targets
                .iter()
                .any(|it| it.workload.is(&hpa.target) && it.workload.namespace == hpa.namespace)
        };
        // A target that is not there is missing only where workloads of its namespace are:
        // otherwise it is defined elsewhere.
        let is_elsewhere = |hpa: &&Hpa| !near.contains(hpa.namespace.as_str()) && !is_there(hpa);
        let elsewhere: BTreeSet<String> =
            own.iter().copied().filter(is_elsewhere).map(|hpa| hpa.target.kind_name()).collect();
        world.unread.retain(|kind, _| elsewhere.contains(kind));
        for why in world.unread.values_mut() {
            *why = Unknown::NeedsCluster;
        }
        let measured = around.measured(&made, &targets);
        let budgets = around.budgets(&measured);
        let is_covered = |made: &Made| {
            let covers = |it: &&Budget| {
                it.selector
                    .as_ref()
                    .is_some_and(|it_selects| made.is_selected(&it.budget.namespace, it_selects))
            };
            budgets.iter().any(covers)
        };
        let is_read =
            |made: &&Made| measured.iter().any(|it| std::ptr::eq(*it, *made)) || is_covered(made);
        let read: Vec<&Made> = made.iter().copied().filter(is_read).collect();
        world.pods = Ok(read.iter().flat_map(|it| it.pods.iter().cloned()).collect());
        world.workloads = read.iter().map(|it| it.workload.clone()).collect();
        world.budgets = Ok(budgets.into_iter().map(|it| it.budget.clone()).collect());
        world.vertical = Ok(around.vertical(&targets));
        world.scaled_objects = Ok(around.scaled_objects(own));
        world
    }

    /// The files that define an HPA of this file again: renderings for another environment, whose
    /// objects never meet those of this file.
    fn alternatives(&self, own: &[&Hpa], file: usize) -> BTreeSet<usize> {
        let hpa = |hpa: &Hpa| {
            (hpa.namespace.clone(), "HorizontalPodAutoscaler".to_owned(), hpa.name.clone())
        };
        let files = own.iter().filter_map(|it| self.files_of.get(&hpa(it))).flatten();
        files.copied().filter(|it| *it != file).collect()
    }
}

/// Namespace, kind and name of a target.
type Target<'a> = (&'a str, &'a str, &'a str);

fn target<'a>(namespace: &'a str, of: &'a ObjectRef) -> Target<'a> {
    (namespace, of.kind.as_str(), &of.name)
}

fn target_of(hpa: &Hpa) -> Target<'_> {
    target(&hpa.namespace, &hpa.target)
}

/// What is around the HPAs of one file.
struct Around<'a> {
    all: &'a All,
    files: &'a [File],
    file: usize,
    /// The files whose objects never meet those of this one.
    others: BTreeSet<usize>,
    /// The namespaces of the HPAs.
    namespaces: BTreeSet<&'a str>,
    /// The targets of the HPAs, whatever their API groups.
    targets: HashSet<Target<'a>>,
    groups: HashSet<(Target<'a>, &'a str)>,
}

impl<'a> Around<'a> {
    fn new(all: &'a All, files: &'a [File], file: usize, own: &[&'a Hpa]) -> Self {
        Self {
            all,
            files,
            file,
            others: all.alternatives(own, file),
            namespaces: own.iter().map(|hpa| hpa.namespace.as_str()).collect(),
            targets: own.iter().map(|hpa| target_of(hpa)).collect(),
            groups: own.iter().map(|hpa| (target_of(hpa), hpa.target.group())).collect(),
        }
    }

    /// Whether a file belongs to the same directory, and is not an alternative.
    fn is_near(&self, file: usize) -> bool {
        let directory = |index: usize| self.files.get(index).map(|file| &file.directory);
        file == self.file || directory(file) == directory(self.file) && !self.others.contains(&file)
    }

    /// 0 for the file itself, 1 for its directory, 2 for others.
    fn distance(&self, file: usize) -> usize {
        if file == self.file { 0 } else { 2 - usize::from(self.is_near(file)) }
    }

    fn is_target(&self, made: &Made) -> bool {
        let workload = &made.workload;
        let name = (&*workload.namespace, &*workload.kind, &*workload.name);
        let group = workload.api_version.rsplit_once('/').map_or("", |(group, _)| group);
        self.targets.contains(&name) && self.groups.contains(&(name, group))
    }

    /// The workloads nearby, and the targets wherever they are; of several with one name, the
    /// nearest.
    fn workloads(&self) -> Vec<&'a Made> {
        let mut found: Vec<(usize, &Made)> = Vec::new();
        let mut positions: HashMap<Target<'_>, usize> = HashMap::new();
        for Of { file, object } in &self.all.workloads {
            let workload = &object.workload;
            if !self.namespaces.contains(workload.namespace.as_str()) {
                continue;
            }
            let distance = self.distance(*file);
            if distance > 1 && !self.is_target(object) {
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

    /// The targets, and others whose pods the targets' selectors match too.
    fn measured(&self, made: &[&'a Made], targets: &[&'a Made]) -> Vec<&'a Made> {
        let is_measured = |made: &&&Made| {
            self.is_target(made)
                || targets.iter().any(|target| {
                    let selector = target.measured.as_ref();
                    selector.is_some_and(|it| made.is_selected(&target.workload.namespace, it))
                })
        };
        made.iter().filter(is_measured).copied().collect()
    }

    /// The budgets nearby that cover a pod of these workloads.
    fn budgets(&self, of: &[&Made]) -> Vec<&'a Budget> {
        let nearest = self.nearest(&self.all.budgets, |it| {
            self.namespaces
                .contains(it.budget.namespace.as_str())
                .then_some((&*it.budget.namespace, &*it.budget.name))
        });
        let covers = |it: &&Budget| {
            let covers =
                |selector| of.iter().any(|made| made.is_selected(&it.budget.namespace, selector));
            it.selector.as_ref().is_some_and(covers)
        };
        nearest.into_iter().filter(covers).collect()
    }

    /// The VerticalPodAutoscalers nearby of the targets, or of the objects that have their templates.
    fn vertical(&self, targets: &[&Made]) -> Vec<VerticalAutoscaler> {
        let templates: HashSet<Target<'_>> = targets
            .iter()
            .filter_map(|it| {
                Some(target(&it.workload.namespace, it.workload.template_of.as_ref()?))
            })
            .collect();
        let nearest = self.nearest(&self.all.vertical, |it| {
            self.namespaces.contains(it.namespace.as_str()).then_some((&*it.namespace, &*it.name))
        });
        let is_read = |it: &&VerticalAutoscaler| {
            let target = target(&it.namespace, &it.target);
            self.targets.contains(&target) || templates.contains(&target)
        };
        nearest.into_iter().filter(is_read).cloned().collect()
    }

    /// The ScaledObjects nearby of which KEDA makes one of these HPAs, or that have their targets.
    fn scaled_objects(&self, own: &[&Hpa]) -> Vec<ScaledObject> {
        let is_of_keda = own.iter().any(|hpa| hpa.is_of_keda());
        let is_read = |it: &&ScaledObject| {
            let rivals = it.target.as_ref().map(|of| target(&it.namespace, of));
            is_of_keda || rivals.is_some_and(|it| self.targets.contains(&it))
        };
        let nearest = self.nearest(&self.all.scaled_objects, |it| {
            self.namespaces.contains(it.namespace.as_str()).then_some((&*it.namespace, &*it.name))
        });
        nearest.into_iter().filter(is_read).cloned().collect()
    }

    /// The objects nearby, or else those elsewhere; of several with one name, the nearest.
    fn nearest<T>(
        &self,
        objects: &'a [Of<T>],
        key: impl Fn(&'a T) -> Option<(&'a str, &'a str)>,
    ) -> Vec<&'a T> {
        let mut by_distance: [Vec<((&str, &str), &T)>; 3] = Default::default();
        for Of { file, object } in objects {
            if let Some(key) = key(object)
                && let Some(same) = by_distance.get_mut(self.distance(*file))
            {
                same.push((key, object));
            }
        }
        let [own, directory, elsewhere] = by_distance;
        let is_near = !own.is_empty() || !directory.is_empty();
        let elsewhere = if is_near { Vec::new() } else { elsewhere };
        let mut seen: HashSet<(&str, &str)> = HashSet::new();
        let nearest = own.into_iter().chain(directory).chain(elsewhere);
        nearest.filter(|(key, _)| seen.insert(*key)).map(|(_, object)| object).collect()
    }
}
