//! Events that wait for a slow receiver: what happens to one finding, HPA or endpoint meanwhile is
//! merged, so that the receiver gets the last state of each and the number of waiting events is bounded
//! by the number of these things, not by how often they change.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::event::{Event, FindingEvent, Scaled};

/// More than this many are never waiting, whatever the number of findings.
const MOST: usize = 50_000;

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Subject {
    /// A finding, by cluster, namespace, HPA and id.
    Finding(String, String, String, &'static str),
    /// The replicas of an HPA.
    Replicas(String, String, String),
    /// A Prometheus or Alertmanager.
    Endpoint(String, &'static str),
    /// An alert of an HPA: its cluster, namespace and name, and the alert's name.
    Alert(String, String, String, String),
    History,
    /// The session itself, by the kind of event.
    Session(&'static str),
}

impl Subject {
    fn of(event: &Event) -> Self {
        match event {
            Event::Present(event)
            | Event::Began(event)
            | Event::Changed(event)
            | Event::Ended(event) => {
                let it = &event.finding;
                let (namespace, hpa) = (it.namespace.clone(), it.hpa.clone());
                Self::Finding(it.cluster.to_string(), namespace, hpa, it.id)
            }
            Event::Scaled(it) => {
                Self::Replicas(it.cluster.clone(), it.namespace.clone(), it.hpa.clone())
            }
            Event::AlertBegan(it) | Event::AlertEnded(it) => Self::Alert(
                it.cluster.clone(),
                it.namespace.clone(),
                it.hpa.clone(),
                it.alertname.clone(),
            ),
            Event::Endpoint(event) => Self::Endpoint(event.cluster.to_string(), event.role),
            Event::HistoryFailed(_) | Event::HistoryRecovered(_) => Self::History,
            event => Self::Session(event.kind()),
        }
    }
}

/// Two events of one subject as one.
#[derive(Debug)]
enum Merged {
    /// This one, in the place of the earlier one.
    One(Event),
    /// This one, after all others.
    Last(Event),
    /// Nothing: the later one has undone the earlier one.
    Nothing,
}

/// Merges an event that waits with a later one. `Present` and `Began` are news to the receiver,
/// which has the other findings as they were before.
fn merge(earlier: &Event, later: Event, has_changed: bool) -> Merged {
    match (earlier, later) {
        (Event::Present(first), Event::Changed(last)) => {
            Merged::One(Event::Present(FindingEvent { finding: last.finding, ..first.clone() }))
        }
        (Event::Began(first), Event::Changed(last)) => {
            Merged::One(Event::Began(FindingEvent { finding: last.finding, ..first.clone() }))
        }
        (Event::Present(_) | Event::Began(_), Event::Ended(_)) => Merged::Nothing,
        // The receiver still has it as it was before it ended.
        (Event::Ended(first), Event::Present(last) | Event::Began(last)) => {
            if has_changed && first.finding.severity != last.finding.severity {
                Merged::One(Event::Changed(last))
            } else {
                Merged::Nothing
            }
        }
        (Event::Scaled(first), Event::Scaled(last)) if first.from == last.to => Merged::Nothing,
        (Event::Scaled(first), Event::Scaled(last)) => {
            Merged::One(Event::Scaled(Scaled { from: first.from, ..last }))
        }
        (Event::Changed(_), later) => Merged::One(later),
        (_, later) => Merged::Last(later),
    }
}

/// What became of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// How many events are not sent, because others say the same or they have undone each other.
    pub(super) merged: u64,
    /// Whether there was no room for it.
    pub(super) dropped: bool,
}

/// The events that wait, in the order in which they are sent.
#[derive(Debug)]
pub(super) struct Waiting {
    /// Whether the receiver gets changes of findings.
    has_changed: bool,
    events: BTreeMap<u64, (Subject, Arc<Event>)>,
    places: HashMap<Subject, u64>,
    next: u64,
}

impl Waiting {
    /// Nothing waits. `kinds` are those that the receiver gets.
    pub(super) fn new(kinds: &[String]) -> Self {
        Self {
            has_changed: kinds.iter().any(|kind| kind == "changed"),
            events: BTreeMap::new(),
            places: HashMap::new(),
            next: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// Takes an event over.
    pub(super) fn push(&mut self, event: &Arc<Event>) -> Taken {
        let subject = Subject::of(event);
        let Some(place) = self.places.get(&subject).copied() else {
            if self.events.len() >= MOST {
                return Taken { dropped: true, ..Taken::default() };
            }
            self.append(subject, Arc::clone(event));
            return Taken::default();
        };
        let Some((_, waiting)) = self.events.get_mut(&place) else { return Taken::default() };
        let merged = match merge(waiting, Event::clone(event), self.has_changed) {
            Merged::One(event) => {
                *waiting = Arc::new(event);
                1
            }
            Merged::Last(event) => {
                self.events.remove(&place);
                self.append(subject, Arc::new(event));
                1
            }
            Merged::Nothing => {
                self.events.remove(&place);
                self.places.remove(&subject);
                2
            }
        };
        Taken { merged, dropped: false }
    }

    fn append(&mut self, subject: Subject, event: Arc<Event>) {
        self.places.insert(subject.clone(), self.next);
        self.events.insert(self.next, (subject, event));
        self.next += 1;
    }

    /// The next event to send.
    pub(super) fn pop(&mut self) -> Option<Arc<Event>> {
        let (_, (subject, event)) = self.events.pop_first()?;
        self.places.remove(&subject);
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::findings::{Evidence, Finding, Severity};
    use crate::session::event::Moment;

    fn finding(hpa: usize, severity: Severity) -> FindingEvent {
        let finding = Finding {
            location: None,
            id: "maxed-out",
            severity,
            cluster: "prod".into(),
            namespace: "shop".into(),
            hpa: format!("web-{hpa}"),
            message: String::new(),
            action: "".into(),
            evidence: Evidence::default(),
        };
        FindingEvent { at: Timestamp::UNIX_EPOCH, since: None, finding }
    }

    fn scaled(from: i32, to: i32) -> Event {
        Event::Scaled(Scaled {
            at: Timestamp::UNIX_EPOCH,
            cluster: "prod".to_owned(),
            namespace: "shop".to_owned(),
            hpa: "web".to_owned(),
            from,
            to,
        })
    }

    /// What is sent of these, as its kind and severity or replicas, and how many are merged.
    fn sent(events: impl IntoIterator<Item = Event>) -> (Vec<String>, u64) {
        let mut waiting = Waiting::new(&["changed".to_owned()]);
        let merged = events.into_iter().map(|event| waiting.push(&Arc::new(event)).merged).sum();
        let texts = std::iter::from_fn(|| waiting.pop()).map(|event| match &*event {
            Event::Scaled(it) => format!("{} to {}", it.from, it.to),
            event => match event.severity() {
                Some(severity) => format!("{} {severity}", event.kind()),
                None => event.kind().to_owned(),
            },
        });
        (texts.collect(), merged)
    }

    #[test]
    fn the_last_state_of_a_finding_is_sent() {
        use Event::{Began, Changed, Ended, Present};
        let [warning, error] = [Severity::Warning, Severity::Error].map(|it| finding(1, it));
        let cases: [(&[Event], &[&str], u64); 8] = [
            (&[Began(warning.clone())], &["began warning"], 0),
            (&[Began(warning.clone()), Changed(error.clone())], &["began error"], 1),
            (&[Present(warning.clone()), Changed(error.clone())], &["present error"], 1),
            (&[Began(warning.clone()), Ended(warning.clone())], &[], 2),
            (&[Changed(error.clone()), Ended(error.clone())], &["ended error"], 1),
            (&[Changed(error.clone()), Changed(warning.clone())], &["changed warning"], 1),
            // The receiver has it as it was.
            (&[Ended(warning.clone()), Began(warning.clone())], &[], 2),
            (&[Ended(warning.clone()), Began(error.clone())], &["changed error"], 1),
        ];
        for (events, wanted, merged) in cases {
            let (texts, count) = sent(events.iter().cloned());
            assert_eq!(texts, wanted, "{events:?}");
            assert_eq!(count, merged, "{events:?}");
        }
    }

    #[test]
    fn replicas_and_states_are_merged_too() {
        assert_eq!(sent([scaled(1, 2), scaled(2, 4)]), (vec!["1 to 4".to_owned()], 1));
        assert_eq!(sent([scaled(1, 2), scaled(2, 1)]), (vec![], 2));
        let recovered = || Event::HistoryRecovered(Moment { at: Timestamp::UNIX_EPOCH });
        let paused = || Event::RetentionPaused(Moment { at: Timestamp::UNIX_EPOCH });
        let kinds = |events| sent(events).0;
        assert_eq!(
            kinds(vec![recovered(), paused(), recovered()]),
            ["retentionPaused", "historyRecovered"],
            "the last one in its place"
        );
    }

    /// Whatever comes and goes, and however often: the number is that of what is left of it.
    #[test]
    fn a_burst_is_bounded_by_the_findings() {
        let mut waiting = Waiting::new(&[]);
        for _ in 0..1000 {
            for hpa in 0..10 {
                waiting.push(&Arc::new(Event::Began(finding(hpa, Severity::Error))));
            }
            assert_eq!(waiting.len(), 10);
            for hpa in 0..10 {
                waiting.push(&Arc::new(Event::Ended(finding(hpa, Severity::Error))));
            }
            assert_eq!(waiting.len(), 0);
        }
        let taken = |hpa| Arc::new(Event::Began(finding(hpa, Severity::Error)));
        for hpa in 0..MOST {
            assert_eq!(waiting.push(&taken(hpa)), Taken::default());
        }
        assert!(waiting.push(&taken(MOST)).dropped);
        assert_eq!(waiting.push(&Arc::new(Event::Ended(finding(7, Severity::Error)))).merged, 2);
    }
}
