//! Turns findings into events that begin and end. Debounced, because a finding that comes and goes
//! with every scan would be noise to a person on call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::event::{Event, FindingEvent, Scaled};
use crate::findings::{Finding, Judged, Rule};
use crate::hpa::Hpa;
use jiff::Timestamp;

/// The number of scans in a row that must show a finding before it begins, or must not show it
/// before it ends.
const SCANS: u32 = 2;

/// One cluster at one scan.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClusterScan<'a> {
    /// The cluster.
    pub(super) cluster: &'a Arc<str>,
    /// Its HPAs.
    pub(super) hpas: &'a [Judged<'a>],
    /// Whether these are all HPAs of the cluster. If not, the others are unknown, not gone.
    pub(super) complete: bool,
}

/// The events of one scan of a cluster.
#[derive(Debug, Default)]
pub(super) struct ScanEvents {
    /// Events of findings.
    pub(super) findings: Vec<Event>,
    /// HPAs that were scaled.
    pub(super) scaled: Vec<Scaled>,
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
    finding: Arc<Finding>,
    /// The first scan with the finding; none if that was the first scan of its cluster.
    since: Option<Timestamp>,
    /// Before the finding is reported, the scans in a row that showed it; after, those that did
    /// not.
    scans: u32,
    reported: bool,
}

/// The findings and replicas of a session's clusters. HPAs that a scan could not read stay as
/// they were.
#[derive(Debug, Default)]
pub(super) struct Tracker {
    clusters: BTreeMap<Arc<str>, Cluster>,
}

impl Tracker {
    /// The events of one scan of a cluster, the most severe first. Findings of the first scan are
    /// present: when they began is unknown.
    pub(super) fn scan(&mut self, scan: &ClusterScan<'_>, now: Timestamp) -> ScanEvents {
        if !scan.complete && scan.hpas.is_empty() {
            return ScanEvents::default();
        }
        let first = !self.clusters.contains_key(scan.cluster);
        let cluster = self.clusters.entry(Arc::clone(scan.cluster)).or_default();
        let findings = cluster.findings(scan, now, first);
        ScanEvents { findings, scaled: cluster.scaled(scan, now) }
    }

    /// The findings that were reported and have not ended, by cluster, place and id.
    pub(super) fn present(&self) -> impl Iterator<Item = &Arc<Finding>> {
        let states = self.clusters.values().flat_map(|cluster| cluster.findings.values());
        states.filter(|state| state.reported).map(|state| &state.finding)
    }

    /// Forgets clusters and namespaces that are not scanned any more, without events: nothing has
    /// ended there.
    pub(super) fn keep(
        &mut self,
        clusters: &BTreeSet<Arc<str>>,
        is_covered: impl Fn(&str) -> bool,
    ) {
        self.clusters.retain(|name, _| clusters.contains(name));
        for cluster in self.clusters.values_mut() {
            cluster.findings.retain(|((namespace, _), _), _| is_covered(namespace));
            cluster.replicas.retain(|(namespace, _), _| is_covered(namespace));
        }
    }
}

/// The variant of an event.
type Kind = fn(FindingEvent) -> Event;

impl Cluster {
    fn findings(&mut self, scan: &ClusterScan<'_>, now: Timestamp, first: bool) -> Vec<Event> {
        let mut events = Vec::new();
        let mut seen = BTreeSet::new();
        for finding in scan.hpas.iter().flat_map(|judged| &judged.findings) {
            let key = ((finding.namespace.clone(), finding.hpa.clone()), finding.id);
            seen.insert(key.clone());
            let state = self.findings.entry(key).or_insert_with(|| State {
                finding: Arc::new(finding.clone()),
                since: (!first).then_some(now),
                scans: 0,
                reported: false,
            });
            let before = std::mem::replace(&mut state.finding, Arc::new(finding.clone()));
            let kind = if state.reported {
                state.scans = 0;
                (before.severity != finding.severity).then_some(Event::Changed as Kind)
            } else {
                state.scans += 1;
                state.reported = first || state.scans >= SCANS;
                state.scans = if state.reported { 0 } else { state.scans };
                let kind: Kind = if state.since.is_none() { Event::Present } else { Event::Began };
                state.reported.then_some(kind)
            };
            if let Some(kind) = kind {
                let (since, finding) = (state.since, finding.clone());
                events.push(kind(FindingEvent { at: now, since, finding }));
            }
        }
        let listed: BTreeSet<Place> = scan.hpas.iter().map(|judged| place(judged.hpa)).collect();
        // A rule that could not be decided says nothing: its finding may still be present.
        let undecided: BTreeSet<(Place, &str)> = scan
            .hpas
            .iter()
            .flat_map(|judged| {
                let rule = |(rule, _): &(&'static Rule, _)| (place(judged.hpa), rule.id);
                judged.undecided.iter().map(rule)
            })
            .collect();
        self.findings.retain(|key, state| {
            let known = listed.contains(&key.0) || scan.complete;
            if seen.contains(key) || undecided.contains(key) || !known {
                return true;
            }
            if !state.reported {
                return false;
            }
            state.scans += 1;
            let ended = state.scans >= SCANS;
            if ended {
                let (since, finding) = (state.since, Finding::clone(&state.finding));
                events.push(Event::Ended(FindingEvent { at: now, since, finding }));
            }
            !ended
        });
        events
    }

    fn scaled(&mut self, scan: &ClusterScan<'_>, now: Timestamp) -> Vec<Scaled> {
        let mut scaled = Vec::new();
        let mut replicas = BTreeMap::new();
        for Judged { hpa, .. } in scan.hpas {
            let place = place(hpa);
            // An HPA with another uid is another object of the same name: not a scaling.
            let before = self.replicas.remove(&place).filter(|(uid, _)| *uid == hpa.uid);
            if let Some((_, from)) = before
                && from != hpa.current_replicas
            {
                scaled.push(Scaled {
                    at: now,
                    cluster: scan.cluster.to_string(),
                    namespace: hpa.namespace.clone(),
                    hpa: hpa.name.clone(),
                    from,
                    to: hpa.current_replicas,
                });
            }
            replicas.insert(place, (hpa.uid.clone(), hpa.current_replicas));
        }
        if !scan.complete {
            replicas.append(&mut self.replicas);
        }
        self.replicas = replicas;
        scaled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Evidence, Severity, Unknown, find};
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
            self.scan(found, &[&hpa("web")], &[], true)
        }

        fn undecided(
            &mut self,
            found: &[(&'static str, Severity)],
            undecided: &[(usize, &'static str)],
        ) -> Vec<String> {
            self.scan(found, &[&hpa("web")], undecided, true)
        }

        fn scan<'h>(
            &mut self,
            found: &[(&'static str, Severity)],
            hpas: &[&'h Hpa],
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
                location: None,
            };
            let judged = |(position, hpa): (usize, &&'h Hpa)| Judged {
                hpa,
                findings: if hpa.name == "web" {
                    found.iter().map(finding).collect()
                } else {
                    Vec::new()
                },
                undecided: undecided
                    .iter()
                    .filter(|(at, _)| *at == position)
                    .map(|(_, id)| (rule(id), Unknown::NoHistory))
                    .collect(),
                silenced: Vec::new(),
            };
            let hpas: Vec<Judged<'_>> = hpas.iter().enumerate().map(judged).collect();
            let cluster = Arc::clone(&self.cluster);
            let scan = ClusterScan { cluster: &cluster, hpas: &hpas, complete };
            self.now += jiff::SignedDuration::from_secs(30);
            let events = self.tracker.scan(&scan, self.now).findings;
            let text = |event: &Event| {
                let (kind, event) = match event {
                    Event::Present(event) => ("Present", event),
                    Event::Began(event) => ("Began", event),
                    Event::Changed(event) => ("Changed", event),
                    Event::Ended(event) => ("Ended", event),
                    other => panic!("{other:?}"),
                };
                let since = if event.since.is_some() { "" } else { " (from the start)" };
                format!("{} {kind}{since}", event.finding.id)
            };
            events.iter().map(text).collect()
        }
    }

    fn rule(id: &str) -> &'static Rule {
        find(id).unwrap()
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
    fn a_finding_of_the_first_scan_is_present_and_a_later_one_begins_at_its_second_scan() {
        let mut session = Session::new();
        assert_eq!(session.at(&[("maxed-out", Error)]), ["maxed-out Present (from the start)"]);
        assert_eq!(session.at(&[("maxed-out", Error), ("low-min", Error)]), <[&str; 0]>::default());
        // The finding has gone again before it was reported.
        assert_eq!(session.at(&[("maxed-out", Error)]), <[&str; 0]>::default());
        assert_eq!(session.at(&[("maxed-out", Error), ("low-min", Error)]), <[&str; 0]>::default());
        assert_eq!(session.at(&[("maxed-out", Error), ("low-min", Error)]), ["low-min Began"]);
        assert_eq!(session.tracker.present().count(), 2);
    }

    #[test]
    fn a_finding_ends_after_two_scans_without_it_and_changes_severity_at_once() {
        let mut session = Session::new();
        session.at(&[("maxed-out", Warning)]);
        assert_eq!(session.at(&[("maxed-out", Error)]), ["maxed-out Changed (from the start)"]);
        assert_eq!(session.at(&[]), <[&str; 0]>::default());
        assert_eq!(session.at(&[("maxed-out", Error)]), <[&str; 0]>::default());
        assert_eq!(session.at(&[]), <[&str; 0]>::default());
        assert_eq!(session.at(&[]), ["maxed-out Ended (from the start)"]);
        assert_eq!(session.at(&[]), <[&str; 0]>::default());
        assert_eq!(session.tracker.present().count(), 0);
    }

    #[test]
    fn an_undecided_finding_has_not_ended() {
        let mut session = Session::new();
        session.at(&[("maxed-out", Error)]);
        for _ in 0..5 {
            assert_eq!(session.undecided(&[], &[(0, "maxed-out")]), <[&str; 0]>::default());
        }
        session.at(&[]);
        assert_eq!(session.at(&[]), ["maxed-out Ended (from the start)"]);
    }

    #[test]
    fn an_undecided_finding_of_one_hpa_keeps_none_of_another() {
        let mut session = Session::new();
        let (web, other) = (hpa("web"), hpa("other"));
        session.scan(&[("maxed-out", Error)], &[&web, &other], &[], true);
        for expected in [0, 1] {
            let events = session.scan(&[], &[&web, &other], &[(1, "maxed-out")], true);
            assert_eq!(events.len(), expected, "{events:?}");
        }
        // Nor does it keep the finding of an HPA that is gone.
        session.scan(&[("low-min", Error)], &[&web], &[], true);
        session.scan(&[("low-min", Error)], &[&web], &[], true);
        for expected in [0, 1] {
            let events = session.scan(&[], &[&other], &[(0, "low-min")], true);
            assert_eq!(events.len(), expected, "{events:?}");
        }
    }

    #[test]
    fn a_finding_that_an_incomplete_scan_did_not_reach_stays() {
        let mut session = Session::new();
        let (web, other) = (hpa("web"), hpa("other"));
        session.scan(&[("maxed-out", Error)], &[&web, &other], &[], true);
        for _ in 0..3 {
            assert_eq!(session.scan(&[], &[&other], &[], false), <[&str; 0]>::default());
            assert_eq!(session.scan(&[], &[], &[], false), <[&str; 0]>::default());
        }
        assert_eq!(session.tracker.present().count(), 1);
        // The finding of an HPA that was read ends as usual.
        session.scan(&[], &[&web], &[], false);
        let ended = session.scan(&[], &[&web], &[], false);
        assert_eq!(ended, ["maxed-out Ended (from the start)"]);
    }
}
