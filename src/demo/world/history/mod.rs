//! The weeks before the demo started, as a Prometheus would have scraped them: computed when somebody asks, as a
//! function of the names and the start time.
//!
//! `load` is what a workload had to do at each time, `course` how many replicas the controller gave it for that,
//! `objects` and `usage` are the series of kube-state-metrics and cAdvisor, and `scrape` says when samples were taken.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use super::{
    World, pod,
    spec::{Hpa, Workload},
};
use crate::demo::{
    cluster::lock,
    promql::{Labels, MAX_SERIES, MatchOp, Matcher, NAME, Store, Stored},
};

mod course;
mod load;
mod objects;
mod scrape;
#[cfg(test)]
mod tests;
mod usage;

use course::{Course, Life, Plan};
use scrape::{Scrapes, Value};

/// The maximum number of courses that are held: about 100 MiB.
const MAX_COURSES: usize = 4000;

/// The courses of the workloads that were asked for lately.
#[derive(Debug, Default)]
pub(in crate::demo) struct Courses(Mutex<Held>);

/// Courses by the place of their workload, and these places in the order in which they were asked for.
type Held = (HashMap<usize, Arc<Known>>, VecDeque<usize>);

/// What is known of a workload's past.
#[derive(Debug)]
struct Known {
    course: Course,
    lives: Vec<Life>,
    /// When the replicas last rose to those of the present.
    rises: Vec<Option<i64>>,
}

impl Courses {
    fn of(&self, place: usize, plan: impl FnOnce() -> Plan) -> Arc<Known> {
        if let Some(known) = lock(&self.0).0.get(&place) {
            return Arc::clone(known);
        }
        let plan = plan();
        let course = plan.course();
        let (lives, rises) = (course.lives(), plan.last_rises());
        let known = Arc::new(Known { course, lives, rises });
        let mut held = lock(&self.0);
        let (courses, order) = &mut *held;
        if courses.insert(place, Arc::clone(&known)).is_none() {
            order.push_back(place);
        }
        if order.len() > MAX_COURSES
            && let Some(oldest) = order.pop_front()
        {
            courses.remove(&oldest);
        }
        known
    }
}

impl World {
    /// The HPAs of a workload.
    fn scalers(&self, place: usize) -> Vec<&Hpa> {
        let all = self.scaled_by.get(place).into_iter().flatten();
        all.filter_map(|hpa| self.hpas.get(*hpa)).collect()
    }

    /// When the pods of a workload were created, as far as that follows from its history: `None` for those
    /// that have been there for longer than a day.
    pub(super) fn last_rises(&self, workload: &Workload) -> Vec<Option<i64>> {
        let key = (workload.namespace.clone(), workload.kind.name(), workload.name.clone());
        let scalers = self.index.get(&key).map(|place| self.scalers(*place)).unwrap_or_default();
        if scalers.is_empty() {
            return Vec::new();
        }
        Plan::new(self, workload, &scalers).last_rises()
    }

    /// When an HPA last scaled, as far as its history says so: within the last day.
    pub(super) fn last_scaling(&self, hpa: &Hpa) -> Option<i64> {
        let (kind, name) = &hpa.target;
        let place = *self.index.get(&(hpa.namespace.clone(), kind.name(), name.clone()))?;
        Plan::new(self, self.workloads.get(place)?, &self.scalers(place)).last_scaling()
    }
}

/// The series of a world, at a time that is not before its start.
pub(in crate::demo) struct Series<'a> {
    world: &'a World,
    courses: &'a Courses,
    now: i64,
}

/// Where series are added that match.
struct Found<'a, 'q> {
    matchers: &'q [Matcher],
    /// The labels of the scrape's target.
    target: Vec<(&'static str, String)>,
    scrapes: Scrapes,
    all: Vec<Stored<'a>>,
}

impl<'a> Found<'a, '_> {
    /// The only name that is asked for, if there is one.
    fn name(&self) -> Option<&str> {
        let name = self.matchers.iter().find(|it| it.name == NAME && it.op == MatchOp::Equal);
        name.map(|name| name.value.as_str())
    }

    /// Whether there may be series of this name.
    fn asks_for(&self, name: &str) -> bool {
        self.matchers.iter().all(|matcher| matcher.name != NAME || matcher.is_match(name))
    }

    fn add(
        &mut self,
        name: &str,
        labels: &[(&str, &str)],
        value: impl Fn(i64) -> Option<f64> + 'a,
    ) {
        let target = self.target.iter().map(|(name, value)| (*name, value.as_str()));
        let all = || target.clone().chain([(NAME, name)]).chain(labels.iter().copied());
        // The last one counts.
        let value_of =
            |label: &str| all().rfind(|(name, _)| *name == label).map_or("", |(_, value)| value);
        let is_asked =
            self.asks_for(name) && self.matchers.iter().all(|it| it.is_match(value_of(&it.name)));
        if is_asked && self.all.len() <= MAX_SERIES {
            let value: Value<'a> = Box::new(value);
            let samples = self.scrapes.of(value);
            self.all.push(Stored { labels: Labels::of(all()), samples: Box::new(samples) });
        }
    }
}

/// A workload with all that its series are made of.
struct Subject<'a> {
    workload: &'a Workload,
    hpas: Vec<&'a Hpa>,
    known: Arc<Known>,
}

/// A pod of the past or present.
#[derive(Debug, Clone)]
struct Pod {
    index: i64,
    name: String,
    uid: String,
    node: String,
    /// When it was created, as the API says.
    created: i64,
    /// Since when it is seen.
    from: i64,
    until: Option<i64>,
}

impl Pod {
    fn is_present(&self) -> bool {
        self.until.is_none()
    }

    fn exists(&self, at: i64) -> bool {
        at >= self.from && self.until.is_none_or(|until| at < until)
    }
}

impl<'a> Series<'a> {
    pub(in crate::demo) fn new(world: &'a World, courses: &'a Courses, now: i64) -> Series<'a> {
        Series { world, courses, now: now.max(world.now) }
    }

    /// The pods of a workload in a range of time.
    fn pods(&self, subject: &Subject<'_>, after: i64, until: i64) -> Vec<Arc<Pod>> {
        let workload = subject.workload;
        let mut pods = Vec::new();
        for life in &subject.known.lives {
            if life.from > until || life.until.is_some_and(|until| until < after) {
                continue;
            }
            let pod = |identity, created: i64, until| {
                let pod::Identity { name, uid, node } = identity;
                let (index, from) = (life.index, created.max(life.from));
                Arc::new(Pod { index, name, uid, node, created, from, until })
            };
            let past = |until: Option<i64>| {
                pod(pod::past(self.world, workload, life.index, life.from), life.from, until)
            };
            if life.until.is_some() {
                pods.push(past(life.until));
                continue;
            }
            if life.index >= course::present(workload) {
                continue;
            }
            // The present pod may be younger than its place: it replaced another one.
            let created = pod::created(self.world, workload, life.index, &subject.known.rises);
            if created > life.from && created > after {
                pods.push(past(Some(created)));
            }
            pods.push(pod(pod::identity(self.world, workload, life.index), created, None));
        }
        pods
    }
}

impl Store for Series<'_> {
    fn select(&self, matchers: &[Matcher], after: i64, until: i64) -> Vec<Stored<'_>> {
        let (after, until) = (after.div_euclid(1000), until.div_euclid(1000) + 1);
        let scrapes = Scrapes::new(self.world.now, self.now);
        let mut found = Found { matchers, target: Vec::new(), scrapes, all: Vec::new() };
        scrape::up(&mut found);
        let namespace =
            matchers.iter().find(|it| it.name == "namespace" && it.op == MatchOp::Equal);
        let is_asked = |of: &str| namespace.is_none_or(|namespace| namespace.value == of);
        let (asks_objects, asks_usage) = (objects::asked(&found), usage::asked(&found));
        let is_of_pods =
            |name: &str| ["kube_pod_", "container_"].iter().any(|it| name.starts_with(it));
        let asks_pods = found.name().is_none_or(is_of_pods);
        for (place, workload) in self.world.workloads.iter().enumerate() {
            if !is_asked(&workload.namespace) || !(asks_objects || asks_usage) {
                continue;
            }
            let hpas = self.world.scalers(place);
            let known = self.courses.of(place, || Plan::new(self.world, workload, &hpas));
            let subject = Subject { workload, hpas, known };
            let pods = if asks_pods { self.pods(&subject, after, until) } else { Vec::new() };
            if asks_objects {
                objects::add(self.world, &mut found, &subject, &pods);
            }
            if asks_usage {
                usage::add(&mut found, &subject, &pods);
            }
        }
        // HPAs without a target.
        for hpa in self.world.hpas.iter().filter(|hpa| is_asked(&hpa.namespace)) {
            if asks_objects && self.world.target(hpa).is_none() {
                objects::add_hpa(self.world, &mut found, hpa, None);
            }
        }
        found.all
    }
}
