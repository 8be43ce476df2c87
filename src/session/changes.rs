//! What changed from one scan to the next, HPA by HPA, for a list that is watched. Nothing is
//! debounced: every change is reported. A cluster that could not be read changes nothing; its HPAs
//! are marked as unknown.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::findings::{self, Finding};
use crate::hpa::Hpa;

/// An HPA as a scan saw it, with what was found of it.
#[derive(Debug, Clone)]
pub struct Observed {
    /// The HPA.
    pub hpa: Hpa,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

impl Observed {
    fn reading(&self) -> Reading {
        Reading {
            min_replicas: self.hpa.min_replicas,
            max_replicas: self.hpa.max_replicas,
            current_replicas: self.hpa.current_replicas,
            status: findings::status(&self.findings),
        }
    }

    fn is_problem(&self) -> bool {
        findings::is_problem(&self.findings)
    }
}

/// What of an HPA is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// The fewest replicas it may set.
    pub min_replicas: i32,
    /// The most replicas it may set.
    pub max_replicas: i32,
    /// The replicas now.
    pub current_replicas: i32,
    /// `OK`, or the id of the worst finding.
    pub status: &'static str,
}

/// How an HPA stands since the last scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It was there before.
    Present,
    /// It was not there before.
    New,
    /// It is there no more.
    Gone,
    /// Its cluster could not be read: this is what was seen last.
    Unknown,
}

/// An HPA of the list.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The HPA as it was last seen.
    pub seen: Observed,
    /// How it stands.
    pub state: State,
    /// What it was at the scan before, where that was something else.
    pub before: Option<Reading>,
    /// Whether it has a problem, or had one at the scan before.
    pub concerns: bool,
}

/// What kind of change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ChangeKind {
    /// It was there at the first scan at its cluster.
    Present,
    /// It is there now, and was not.
    Appeared,
    /// Replicas, bounds or status are others than they were.
    Changed,
    /// It was there, and is no more.
    Gone,
}

/// A change of one HPA.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What kind of change.
    pub event: ChangeKind,
    /// When it was seen, which is up to a scan later than when it was.
    pub at: Timestamp,
    /// The HPA's cluster.
    pub cluster: Arc<str>,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What it is now; of one that is gone, what it was last.
    #[serde(flatten)]
    pub now: Reading,
    /// What it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Reading>,
    /// Whether it has a problem, or had one before.
    #[serde(skip)]
    pub concerns: bool,
}

type Place = (String, String);

/// The list as it stands.
#[derive(Debug, Default)]
pub struct Changes {
    clusters: BTreeMap<Arc<str>, BTreeMap<Place, Entry>>,
}

impl Changes {
    /// Takes in what a scan saw of one cluster, and tells what changed. With `complete` what was not
    /// seen is gone; else it is unknown.
    pub fn scan(
        &mut self,
        cluster: &Arc<str>,
        seen: Vec<Observed>,
        complete: bool,
        at: Timestamp,
    ) -> Vec<Change> {
        // A first scan that failed is none: what comes then was there all the while.
        if !complete && seen.is_empty() && !self.clusters.contains_key(cluster) {
            return Vec::new();
        }
        let first = !self.clusters.contains_key(cluster);
        let mut known = self.clusters.remove(cluster).unwrap_or_default();
        known.retain(|_, entry| entry.state != State::Gone);
        let mut now = BTreeMap::new();
        let mut changes = Vec::new();
        let mut tell = |event, seen: &Observed, before, concerns| {
            changes.push(Change {
                event,
                at,
                cluster: Arc::clone(cluster),
                namespace: seen.hpa.namespace.clone(),
                name: seen.hpa.name.clone(),
                now: seen.reading(),
                before,
                concerns,
            });
        };
        for seen in seen {
            let place = (seen.hpa.namespace.clone(), seen.hpa.name.clone());
            let entry = match known.remove(&place) {
                Some(last) if last.seen.hpa.uid == seen.hpa.uid => {
                    let before = last.seen.reading();
                    let before = (before != seen.reading()).then_some(before);
                    let concerns = seen.is_problem() || last.seen.is_problem();
                    if before.is_some() {
                        tell(ChangeKind::Changed, &seen, before, concerns);
                    }
                    Entry { seen, state: State::Present, before, concerns }
                }
                last => {
                    // Another object of the same name.
                    if let Some(last) = last {
                        tell(ChangeKind::Gone, &last.seen, None, last.seen.is_problem());
                    }
                    let event = if first { ChangeKind::Present } else { ChangeKind::Appeared };
                    tell(event, &seen, None, seen.is_problem());
                    let state = if first { State::Present } else { State::New };
                    Entry { concerns: seen.is_problem(), seen, state, before: None }
                }
            };
            now.insert(place, entry);
        }
        for (place, last) in known {
            let state = if complete { State::Gone } else { State::Unknown };
            let concerns = last.seen.is_problem();
            if complete {
                tell(ChangeKind::Gone, &last.seen, None, concerns);
            }
            now.insert(place, Entry { state, before: None, concerns, ..last });
        }
        self.clusters.insert(Arc::clone(cluster), now);
        changes
    }

    /// All HPAs, by cluster, namespace and name; those that the last scan found gone included.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.clusters.values().flat_map(BTreeMap::values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Evidence, Severity};

    fn seen(name: &str, uid: &str, replicas: i32, status: &'static str) -> Observed {
        let json = format!(
            r#"{{"kind":"HorizontalPodAutoscalerList","apiVersion":"autoscaling/v2","items":[{{"metadata":{{"name":"{name}","namespace":"shop","uid":"{uid}"}},
            "spec":{{"minReplicas":1,"maxReplicas":9,"scaleTargetRef":{{"kind":"Deployment","name":"{name}"}}}},
            "status":{{"currentReplicas":{replicas},"desiredReplicas":{replicas}}}}}]}}"#
        );
        let list = crate::hpa::parse_list(&"prod".into(), &"prod".into(), json.as_bytes());
        let hpa = list.unwrap().hpas.pop().unwrap();
        let finding = || Finding {
            id: status,
            severity: Severity::Warning,
            cluster: "prod".into(),
            namespace: "shop".to_owned(),
            hpa: name.to_owned(),
            message: String::new(),
            action: "".into(),
            evidence: Evidence::new(),
        };
        let findings = if status == "OK" { Vec::new() } else { vec![finding()] };
        Observed { hpa, findings }
    }

    #[derive(Default)]
    struct Watch(Changes);

    impl Watch {
        fn scan(&mut self, seen: Vec<Observed>, complete: bool) -> Vec<String> {
            let at = "2026-11-23T10:00:00Z".parse().unwrap();
            let changes = self.0.scan(&"prod".into(), seen, complete, at);
            let text = |it: &Change| {
                let from = it.before.map(|b| format!(" {} {}", b.current_replicas, b.status));
                let (from, now) = (from.unwrap_or_default(), it.now);
                format!("{:?} {}{from}: {} {}", it.event, it.name, now.current_replicas, now.status)
            };
            changes.iter().map(text).collect()
        }

        fn states(&self) -> Vec<State> {
            self.0.entries().map(|entry| entry.state).collect()
        }
    }

    const NOTHING: [&str; 0] = [];

    #[test]
    fn what_is_there_at_first_is_present_and_the_same_again_is_nothing() {
        let mut watch = Watch::default();
        let scan = || vec![seen("a", "1", 3, "OK")];
        assert_eq!(watch.scan(scan(), true), ["Present a: 3 OK"]);
        assert_eq!(watch.scan(scan(), true), NOTHING);
        assert_eq!(watch.states(), [State::Present]);
        let scaled = vec![seen("a", "1", 5, "at-max")];
        assert_eq!(watch.scan(scaled.clone(), true), ["Changed a 3 OK: 5 at-max"]);
        assert!(watch.0.entries().all(|entry| entry.before.is_some() && entry.concerns));
        assert_eq!(watch.scan(scaled, true), NOTHING);
        assert!(watch.0.entries().all(|entry| entry.before.is_none()), "marked for one scan");
        // Healthy again, it stays in a list of problems for one scan: its end is shown.
        watch.scan(scan(), true);
        assert!(watch.0.entries().all(|entry| entry.concerns));
        watch.scan(scan(), true);
        assert!(watch.0.entries().all(|entry| !entry.concerns));
    }

    #[test]
    fn what_comes_appears_and_what_goes_is_seen_to_be_gone_once() {
        let mut watch = Watch::default();
        watch.scan(vec![seen("a", "1", 3, "OK")], true);
        let both = vec![seen("a", "1", 3, "OK"), seen("b", "2", 1, "OK")];
        assert_eq!(watch.scan(both, true), ["Appeared b: 1 OK"]);
        assert_eq!(watch.states(), [State::Present, State::New]);
        assert_eq!(watch.scan(vec![seen("b", "2", 1, "OK")], true), ["Gone a: 3 OK"]);
        assert_eq!(watch.states(), [State::Gone, State::Present]);
        assert_eq!(watch.scan(vec![seen("b", "2", 1, "OK")], true), NOTHING);
        assert_eq!(watch.states(), [State::Present]);
        // The same name again is another object.
        let other = vec![seen("b", "3", 1, "OK")];
        assert_eq!(watch.scan(other, true), ["Gone b: 1 OK", "Appeared b: 1 OK"]);
    }

    #[test]
    fn a_cluster_that_cannot_be_read_is_unknown_and_nothing_in_it_gone() {
        let mut watch = Watch::default();
        assert_eq!(watch.scan(Vec::new(), false), NOTHING);
        // It was there before anybody could see it.
        assert_eq!(watch.scan(vec![seen("a", "1", 3, "OK")], true), ["Present a: 3 OK"]);
        assert_eq!(watch.scan(Vec::new(), false), NOTHING);
        assert_eq!(watch.states(), [State::Unknown]);
        // In part: what is seen is known, the rest is not.
        assert_eq!(watch.scan(vec![seen("b", "2", 1, "OK")], false), ["Appeared b: 1 OK"]);
        assert_eq!(watch.states(), [State::Unknown, State::New]);
        // A change meanwhile is reported against the last known values.
        let both = vec![seen("a", "1", 4, "OK"), seen("b", "2", 1, "OK")];
        assert_eq!(watch.scan(both, true), ["Changed a 3 OK: 4 OK"]);
        assert_eq!(watch.scan(Vec::new(), true), ["Gone a: 4 OK", "Gone b: 1 OK"]);
    }
}
