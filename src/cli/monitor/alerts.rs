//! Alerts of HPAs that begin and end, read beside the scans of a session.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::cli::alerts;
use crate::cli::flags::Global;
use crate::cli::setup::Reading;
use crate::collect::{WorldRequest, collect_worlds};
use crate::prometheus::AlertState;
use crate::session::{AlertEvent, Event};
use crate::stores::{ClusterAlerts, cluster_alerts};
use crate::term::shown::shown;

/// The shortest time from one reading to the next: each reads the pods of all HPAs.
const LEAST: Duration = Duration::from_secs(15);

/// What is read, and how often.
pub(super) struct AlertWatchPlan {
    pub(super) global: Global,
    pub(super) reading: Arc<Reading>,
    pub(super) request: WorldRequest,
    pub(super) every: Duration,
}

/// What a reading has shown.
pub(super) enum AlertNews {
    /// An alert has begun or ended.
    Event(Arc<Event>),
    /// The alerts of a cluster cannot be read.
    Problem(String),
}

/// Reads alerts until it is dropped.
pub(super) struct AlertWatch {
    task: JoinHandle<()>,
    news: mpsc::Receiver<AlertNews>,
}

impl Drop for AlertWatch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl AlertWatch {
    pub(super) fn start(plan: AlertWatchPlan) -> Self {
        let (to_news, news) = mpsc::channel(64);
        let watcher = Watcher { plan, firing: BTreeMap::new(), failing: BTreeSet::new() };
        Self { task: tokio::spawn(watcher.run(to_news)), news }
    }

    /// The next news. Cancel safe.
    pub(super) async fn next(&mut self) -> AlertNews {
        match self.news.recv().await {
            Some(news) => news,
            None => std::future::pending().await,
        }
    }
}

/// Cluster, namespace and HPA, and all labels of the alert.
type Key = (String, String, String, BTreeMap<String, String>);

struct Watcher {
    plan: AlertWatchPlan,
    firing: BTreeMap<Key, AlertEvent>,
    /// What cannot be read, and was reported.
    failing: BTreeSet<String>,
}

impl Watcher {
    async fn run(mut self, news: mpsc::Sender<AlertNews>) {
        let mut ticks = interval(self.plan.every.max(LEAST));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            for one in self.read().await {
                if news.send(one).await.is_err() {
                    return;
                }
            }
        }
    }

    async fn read(&mut self) -> Vec<AlertNews> {
        let AlertWatchPlan { global, reading, request, .. } = &self.plan;
        let worlds = collect_worlds(&reading.collector, &reading.clusters, request).await;
        let Ok(worlds) = worlds else { return Vec::new() };
        let reads = match alerts::read(global, reading, &worlds).await {
            Ok(reads) => reads,
            Err(error) => return self.problems([format!("alerts: {}", error.message())]),
        };
        let now = Timestamp::now();
        let joined = cluster_alerts(&worlds, &reads, now);
        // A cluster that cannot be read is reported by the session; nothing has begun or ended there.
        let mut known: BTreeSet<&str> = worlds
            .iter()
            .filter(|it| it.outcome.error.is_none())
            .map(|it| &*it.outcome.name)
            .collect();
        let mut problems = Vec::new();
        for of in &joined {
            let name = &*of.world.outcome.name;
            let doubt = of.doubt.as_ref().map(|doubt| doubt.why.clone());
            let why = of.read.as_ref().err().map(ToString::to_string);
            if why.is_some() {
                known.remove(name);
            }
            problems.extend(why.or(doubt).map(|why| format!("alerts of {}: {why}", shown(name))));
        }
        let present: BTreeMap<Key, AlertEvent> =
            joined.iter().flat_map(|of| events(of, now)).collect();
        let mut news = changes(&mut self.firing, present, &known, now);
        news.extend(self.problems(problems));
        news
    }

    /// Those that are not known yet.
    fn problems(&mut self, now: impl IntoIterator<Item = String>) -> Vec<AlertNews> {
        let now: BTreeSet<String> = now.into_iter().collect();
        let new = now.difference(&self.failing).cloned().map(AlertNews::Problem).collect();
        self.failing = now;
        new
    }
}

/// The alerts that fire for HPAs of a cluster.
fn events<'a>(
    of: &'a ClusterAlerts<'_>,
    at: Timestamp,
) -> impl Iterator<Item = (Key, AlertEvent)> + use<'a> {
    let firing = of.matches.of_hpas.iter().filter(|it| it.alert.state == AlertState::Firing);
    firing.flat_map(move |matched| {
        matched.hpas.iter().map(move |hpa| {
            let alert = matched.alert;
            let event = AlertEvent {
                at,
                cluster: hpa.cluster.to_string(),
                namespace: hpa.namespace.clone(),
                hpa: hpa.name.clone(),
                alertname: alert.name().to_owned(),
                severity: alert.labels.get("severity").cloned(),
                starts_at: alert.starts_at,
                matched_by: matched.by.labels.iter().map(|(name, _)| name.clone()).collect(),
                false_alarm: of.false_alarm(alert, hpa),
                labels: alert.labels.clone(),
            };
            let key = (
                event.cluster.clone(),
                event.namespace.clone(),
                event.hpa.clone(),
                event.labels.clone(),
            );
            (key, event)
        })
    })
}

/// What has begun and ended in the clusters whose alerts are known.
fn changes(
    firing: &mut BTreeMap<Key, AlertEvent>,
    present: BTreeMap<Key, AlertEvent>,
    known: &BTreeSet<&str>,
    at: Timestamp,
) -> Vec<AlertNews> {
    let mut news = Vec::new();
    firing.retain(|key, event| {
        let is_over = known.contains(key.0.as_str()) && !present.contains_key(key);
        if is_over {
            let ended = AlertEvent { at, ..event.clone() };
            news.push(AlertNews::Event(Arc::new(Event::AlertEnded(ended))));
        }
        !is_over
    });
    for (key, event) in present {
        if firing.insert(key, event.clone()).is_none() {
            news.push(AlertNews::Event(Arc::new(Event::AlertBegan(event))));
        }
    }
    news
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(cluster: &str, alertname: &str) -> (Key, AlertEvent) {
        let text = str::to_owned;
        let labels = BTreeMap::from([(text("alertname"), text(alertname))]);
        let event = AlertEvent {
            at: Timestamp::UNIX_EPOCH,
            cluster: text(cluster),
            namespace: text("shop"),
            hpa: text("web"),
            alertname: text(alertname),
            severity: None,
            starts_at: None,
            matched_by: Vec::new(),
            false_alarm: None,
            labels: labels.clone(),
        };
        ((text(cluster), text("shop"), text("web"), labels), event)
    }

    #[test]
    fn alerts_begin_and_end_and_an_outage_ends_none() {
        let mut firing = BTreeMap::new();
        let mut at = |present: Vec<(Key, AlertEvent)>, known: &[&str]| {
            let known = known.iter().copied().collect();
            let present = present.into_iter().collect();
            let news = changes(&mut firing, present, &known, Timestamp::UNIX_EPOCH);
            let text = |news: &AlertNews| match news {
                AlertNews::Event(event) => event.kind(),
                AlertNews::Problem(_) => "problem",
            };
            news.iter().map(text).collect::<Vec<_>>()
        };
        assert_eq!(at(vec![event("a", "X"), event("b", "X")], &["a", "b"]), ["alertBegan"; 2]);
        assert_eq!(at(vec![event("a", "X")], &["a"]), [""; 0], "b could not be read");
        assert_eq!(
            at(vec![event("a", "Y")], &["a", "b"]),
            ["alertEnded", "alertEnded", "alertBegan"]
        );
    }
}
