//! Findings as events that begin and end, debounced: one that comes and goes with every look would
//! be noise to a person on call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::findings::Finding;
use crate::hpa::Hpa;

/// A finding must be there, or not be there, in so many looks in a row before that counts.
const LOOKS: u32 = 2;

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum EventKind {
    /// It was there at the first look.
    Present,
    /// It is there now, and was not.
    Began,
    /// It is worse, or better, than it was.
    Changed,
    /// It is there no more.
    Ended,
}

/// Something that happened to a finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// The beginning of the look that showed it.
    pub at: Timestamp,
    /// What.
    pub event: EventKind,
    /// The first look at which the finding was there; none where it was there from the start.
    pub since: Option<Timestamp>,
    /// The finding as it was last seen.
    pub finding: Finding,
}

/// An HPA whose number of replicas is another than at the last look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Scaled {
    /// When that was seen.
    pub at: Timestamp,
    /// Its cluster.
    pub cluster: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub hpa: String,
    /// The replicas at the last look.
    pub from: i32,
    /// The replicas now.
    pub to: i32,
}

/// One cluster at one look.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The cluster.
    pub cluster: &'a Arc<str>,
    /// Its HPAs.
    pub hpas: &'a [&'a Hpa],
    /// Whether these are all that there are. If not, nothing is known of the others.
    pub complete: bool,
    /// What was found in them.
    pub findings: &'a [Finding],
    /// Rules that could not be decided, by the position of the HPA: what they do not find may be
    /// there all the same.
    pub undecided: &'a [(usize, &'static str)],
}

/// Namespace and name.
type Place = (String, String);

fn place(hpa: &Hpa) -> Place {
    (hpa.namespace.clone(), hpa.name.clone())
}

#[derive(Debug, Default)]
struct Cluster {
    findings: BTreeMap<(Place, &'static str), State>,
    replicas: BTreeMap<Place, (String, i32)>,
}

#[derive(Debug)]
struct State {
    finding: Finding,
    /// None where it was there at the first look.
    since: Option<Timestamp>,
    /// Looks in a row at which it was there, while that is not told; at which it was not, after.
    looks: u32,
    told: bool,
}

/// The memory of a session. Of a cluster that could not be read, or not wholly, what was not seen is
/// left as it was.
#[derive(Debug, Default)]
pub struct Tracker {
    clusters: BTreeMap<Arc<str>, Cluster>,
}

impl Tracker {
    /// What a look at one cluster makes happen. At the first look at a cluster whatever is found has
    /// begun before.
    pub fn look(&mut self, look: &Look<'_>, now: Timestamp) -> (Vec<Event>, Vec<Scaled>) {
        if !look.complete && look.hpas.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let first = !self.clusters.contains_key(look.cluster);
        let cluster = self.clusters.entry(Arc::clone(look.cluster)).or_default();
        (cluster.findings(look, now, first), cluster.scaled(look, now))
    }

    /// The findings that are there, as told: the clusters in order, and in each by place and id.
    pub fn present(&self) -> impl Iterator<Item = &Finding> {
        let states = self.clusters.values().flat_map(|cluster| cluster.findings.values());
        states.filter(|state| state.told).map(|state| &state.finding)
    }

    /// Forgets clusters, and namespaces of others, that are looked at no more. Nothing has ended there:
    /// nobody looks.
    pub fn keep(&mut self, clusters: &BTreeSet<Arc<str>>, is_meant: impl Fn(&str) -> bool) {
        self.clusters.retain(|name, _| clusters.contains(name));
        for cluster in self.clusters.values_mut() {
            cluster.findings.retain(|((namespace, _), _), _| is_meant(namespace));
            cluster.replicas.retain(|(namespace, _), _| is_meant(namespace));
        }
    }
}

impl Cluster {
    fn findings(&mut self, look: &Look<'_>, now: Timestamp, first: bool) -> Vec<Event> {
        let mut events = Vec::new();
        let mut seen = BTreeSet::new();
        for finding in look.findings {
            let key = ((finding.namespace.clone(), finding.hpa.clone()), finding.id);
            seen.insert(key.clone());
            let state = self.findings.entry(key).or_insert_with(|| State {
                finding: finding.clone(),
                since: (!first).then_some(now),
                looks: 0,
                told: false,
            });
            let before = std::mem::replace(&mut state.finding, finding.clone());
            let kind = if state.told {
                state.looks = 0;
                (before.severity != finding.severity).then_some(EventKind::Changed)
            } else {
                state.looks += 1;
                state.told = first || state.looks >= LOOKS;
                state.looks = if state.told { 0 } else { state.looks };
                let kind =
                    if state.since.is_none() { EventKind::Present } else { EventKind::Began };
                state.told.then_some(kind)
            };
            if let Some(event) = kind {
                let finding = finding.clone();
                events.push(Event { at: now, event, since: state.since, finding });
            }
        }
        let listed: BTreeSet<Place> = look.hpas.iter().map(|hpa| place(hpa)).collect();
        let undecided: BTreeSet<(Place, &str)> = look
            .undecided
            .iter()
            .filter_map(|(position, id)| Some((place(look.hpas.get(*position)?), *id)))
            .collect();
        self.findings.retain(|key, state| {
            let known = listed.contains(&key.0) || look.complete;
            if seen.contains(key) || undecided.contains(key) || !known {
                return true;
            }
            if !state.told {
                return false;
            }
            state.looks += 1;
            let ended = state.looks >= LOOKS;
            if ended {
                events.push(Event {
                    at: now,
                    event: EventKind::Ended,
                    since: state.since,
                    finding: state.finding.clone(),
                });
            }
            !ended
        });
        events
    }

    fn scaled(&mut self, look: &Look<'_>, now: Timestamp) -> Vec<Scaled> {
        let mut scaled = Vec::new();
        let mut replicas = BTreeMap::new();
        for hpa in look.hpas {
            let place = place(hpa);
            // Another object of the same name was not scaled.
            let before = self.replicas.remove(&place).filter(|(uid, _)| *uid == hpa.uid);
            if let Some((_, from)) = before
                && from != hpa.current_replicas
            {
                scaled.push(Scaled {
                    at: now,
                    cluster: look.cluster.to_string(),
                    namespace: hpa.namespace.clone(),
                    hpa: hpa.name.clone(),
                    from,
                    to: hpa.current_replicas,
                });
            }
            replicas.insert(place, (hpa.uid.clone(), hpa.current_replicas));
        }
        if !look.complete {
            replicas.append(&mut self.replicas);
        }
        self.replicas = replicas;
        scaled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Evidence, Severity};
    use crate::hpa::parse_list;

    struct Session {
        tracker: Tracker,
        cluster: Arc<str>,
        now: Timestamp,
    }

    impl Session {
        fn new() -> Self {
            let now = "2026-11-23T10:00:00Z".parse().unwrap();
            Self { tracker: Tracker::default(), cluster: Arc::from("prod"), now }
        }

        fn at(&mut self, found: &[(&'static str, Severity)]) -> Vec<String> {
            self.look(found, &[&hpa("web")], &[], true)
        }

        fn undecided(
            &mut self,
            found: &[(&'static str, Severity)],
            undecided: &[(usize, &'static str)],
        ) -> Vec<String> {
            self.look(found, &[&hpa("web")], undecided, true)
        }

        fn look(
            &mut self,
            found: &[(&'static str, Severity)],
            hpas: &[&Hpa],
            undecided: &[(usize, &'static str)],
            complete: bool,
        ) -> Vec<String> {
            let finding = |(id, severity): &(&'static str, Severity)| Finding {
                id,
                severity: *severity,
                cluster: Arc::clone(&self.cluster),
                namespace: "shop".to_owned(),
                hpa: "web".to_owned(),
                message: String::new(),
                action: "".into(),
                evidence: Evidence::new(),
            };
            let findings: Vec<Finding> = found.iter().map(finding).collect();
            let cluster = Arc::clone(&self.cluster);
            let look = Look { cluster: &cluster, hpas, complete, findings: &findings, undecided };
            self.now += jiff::SignedDuration::from_secs(30);
            let (events, _) = self.tracker.look(&look, self.now);
            let text = |event: &Event| {
                let since = if event.since.is_some() { "" } else { " (from the start)" };
                format!("{} {:?}{since}", event.finding.id, event.event)
            };
            events.iter().map(text).collect()
        }
    }

    fn hpa(name: &str) -> Hpa {
        let shop =
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/hpas-shop.json"));
        let cluster = Arc::from("prod");
        let template = parse_list(&cluster, &cluster, shop).unwrap().hpas.remove(0);
        Hpa { namespace: "shop".to_owned(), name: name.to_owned(), ..template }
    }

    use Severity::{Error, Warning};

    #[test]
    fn what_is_there_at_first_is_told_at_once_and_what_comes_later_when_it_stays() {
        let mut session = Session::new();
        assert_eq!(session.at(&[("a", Error)]), ["a Present (from the start)"]);
        assert_eq!(session.at(&[("a", Error), ("b", Error)]), <[&str; 0]>::default());
        // Gone again before it counted.
        assert_eq!(session.at(&[("a", Error)]), <[&str; 0]>::default());
        assert_eq!(session.at(&[("a", Error), ("b", Error)]), <[&str; 0]>::default());
        assert_eq!(session.at(&[("a", Error), ("b", Error)]), ["b Began"]);
        assert_eq!(session.tracker.present().count(), 2);
    }

    #[test]
    fn the_end_counts_when_it_lasts_and_a_change_of_severity_at_once() {
        let mut session = Session::new();
        session.at(&[("a", Warning)]);
        assert_eq!(session.at(&[("a", Error)]), ["a Changed (from the start)"]);
        assert_eq!(session.at(&[]), <[&str; 0]>::default());
        assert_eq!(session.at(&[("a", Error)]), <[&str; 0]>::default());
        assert_eq!(session.at(&[]), <[&str; 0]>::default());
        assert_eq!(session.at(&[]), ["a Ended (from the start)"]);
        assert_eq!(session.at(&[]), <[&str; 0]>::default());
        assert_eq!(session.tracker.present().count(), 0);
    }

    #[test]
    fn what_could_not_be_decided_has_not_ended() {
        let mut session = Session::new();
        session.at(&[("a", Error)]);
        for _ in 0..5 {
            assert_eq!(session.undecided(&[], &[(0, "a")]), <[&str; 0]>::default());
        }
        session.at(&[]);
        assert_eq!(session.at(&[]), ["a Ended (from the start)"]);
    }

    #[test]
    fn what_is_undecided_of_one_hpa_keeps_nothing_of_another() {
        let mut session = Session::new();
        let (web, other) = (hpa("web"), hpa("other"));
        session.look(&[("a", Error)], &[&web, &other], &[], true);
        for expected in [0, 1] {
            let events = session.look(&[], &[&web, &other], &[(1, "a")], true);
            assert_eq!(events.len(), expected, "{events:?}");
        }
        // Nor of one that is gone.
        session.look(&[("b", Error)], &[&web], &[], true);
        session.look(&[("b", Error)], &[&web], &[], true);
        for expected in [0, 1] {
            let events = session.look(&[], &[&other], &[(0, "b")], true);
            assert_eq!(events.len(), expected, "{events:?}");
        }
    }

    #[test]
    fn what_was_not_seen_by_a_look_that_is_not_complete_stays() {
        let mut session = Session::new();
        let (web, other) = (hpa("web"), hpa("other"));
        session.look(&[("a", Error)], &[&web, &other], &[], true);
        for _ in 0..3 {
            assert_eq!(session.look(&[], &[&other], &[], false), <[&str; 0]>::default());
            assert_eq!(session.look(&[], &[], &[], false), <[&str; 0]>::default());
        }
        assert_eq!(session.tracker.present().count(), 1);
        // Of one that was seen it ends as ever.
        session.look(&[], &[&web], &[], false);
        let ended = session.look(&[], &[&web], &[], false);
        assert_eq!(ended, ["a Ended (from the start)"]);
    }
}
