//! Alerts of HPAs that begin and end, read beside the scans of a session.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::cli::alerts;
use crate::cli::setup::Reading;
use crate::collect::{ClusterWorld, WorldRequest, collect_worlds};
use crate::prometheus::AlertState;
use crate::session::{AlertEvent, Event};
use crate::stores::{AlertReader, ClusterAlerts, Reads, cluster_alerts};
use crate::term::shown::shown;

/// The shortest time from one reading to the next: each reads the pods of all HPAs.
const LEAST: Duration = Duration::from_secs(15);

/// What is read, and how often.
#[derive(Clone)]
pub(super) struct AlertWatchPlan {
    pub(super) reader: Arc<AlertReader>,
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
    plans: watch::Sender<AlertWatchPlan>,
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
        let (to_plans, plans) = watch::channel(plan.clone());
        let watcher = Watcher { plan, firing: BTreeMap::new(), failing: BTreeSet::new() };
        Self { task: tokio::spawn(watcher.run(plans, to_news)), plans: to_plans, news }
    }

    /// Reads by another plan from now on. What fires has not begun again.
    pub(super) fn replace(&self, plan: AlertWatchPlan) {
        let _ = self.plans.send(plan);
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
    async fn run(
        mut self,
        mut plans: watch::Receiver<AlertWatchPlan>,
        news: mpsc::Sender<AlertNews>,
    ) {
        let mut ticks = self.ticks();
        loop {
            let read = async {
                ticks.tick().await;
                self.read().await
            };
            let read = tokio::select! {
                changed = plans.changed() => match changed {
                    Ok(()) => None,
                    Err(_) => return,
                },
                read = read => Some(read),
            };
            let Some(read) = read else {
                self.plan = plans.borrow_and_update().clone();
                let AlertWatchPlan { reading, request, .. } = &self.plan;
                let clusters: BTreeSet<&str> =
                    reading.clusters.iter().map(|it| &*it.name).collect();
                keep(&mut self.firing, &clusters, |namespace| request.scope.covers(namespace));
                ticks = self.ticks();
                continue;
            };
            for one in read {
                if news.send(one).await.is_err() {
                    return;
                }
            }
        }
    }

    fn ticks(&self) -> Interval {
        let mut ticks = interval(self.plan.every.max(LEAST));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    }

    async fn read(&mut self) -> Vec<AlertNews> {
        let AlertWatchPlan { reader, reading, request, .. } = &self.plan;
        let worlds = collect_worlds(&reading.collector, &reading.clusters, request).await;
        let Ok(worlds) = worlds else { return Vec::new() };
        let reads = alerts::read_by(reader, reading, &worlds).await;
        let (mut news, problems) = take(&mut self.firing, &worlds, &reads, Timestamp::now());
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

/// Forgets the alerts of clusters and namespaces that are not watched any more, without events: nothing has ended there.
fn keep(
    firing: &mut BTreeMap<Key, AlertEvent>,
    clusters: &BTreeSet<&str>,
    is_covered: impl Fn(&str) -> bool,
) {
    firing.retain(|(cluster, namespace, ..), _| {
        clusters.contains(cluster.as_str()) && is_covered(namespace)
    });
}

/// Takes a reading: what has begun and ended, and why some of it is not known.
fn take(
    firing: &mut BTreeMap<Key, AlertEvent>,
    worlds: &[ClusterWorld],
    reads: &[Reads],
    now: Timestamp,
) -> (Vec<AlertNews>, Vec<String>) {
    let joined = cluster_alerts(worlds, reads, now);
    let mut problems = Vec::new();
    for of in &joined {
        let doubt = of.doubt.as_ref().map(|doubt| doubt.why.clone());
        let services = of.services_unread.clone();
        let why = of.read.as_ref().err().map(ToString::to_string).or(doubt).or(services);
        let name = shown(&of.world.outcome.name);
        problems.extend(why.map(|why| format!("alerts of {name}: {why}")));
    }
    let present = joined.iter().flat_map(|of| events(of, now)).collect();
    let known = Known::of(worlds, &joined);
    (changes(firing, present, |key| known.is_over(key), now), problems)
}

/// What a reading says of alerts that are not there any more.
struct Known<'a> {
    /// For each cluster whose alerts were read: those that fire, and may concern any HPA.
    clusters: BTreeMap<&'a str, HashSet<&'a BTreeMap<String, String>>>,
}

impl<'a> Known<'a> {
    fn of(worlds: &'a [ClusterWorld], joined: &'a [ClusterAlerts<'_>]) -> Self {
        // In a cluster that was read and has no such HPA nothing concerns any. One that cannot be read is reported by
        // the session.
        let read = worlds.iter().filter(|it| it.outcome.error.is_none());
        let mut clusters: BTreeMap<&str, HashSet<_>> =
            read.map(|it| (&*it.outcome.name, HashSet::new())).collect();
        for of in joined {
            let name = &*of.world.outcome.name;
            if of.read.is_err() {
                clusters.remove(name);
                continue;
            }
            let firing = of.undecided().filter(|alert| alert.state == AlertState::Firing);
            clusters.insert(name, firing.map(|alert| &alert.labels).collect());
        }
        Self { clusters }
    }

    /// Whether an alert that was matched before and is not now has ended. What cannot be known is no end.
    fn is_over(&self, (cluster, _, _, labels): &Key) -> bool {
        self.clusters.get(cluster.as_str()).is_some_and(|undecided| !undecided.contains(labels))
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

/// What has begun, and of what is not present any more, what has ended.
fn changes(
    firing: &mut BTreeMap<Key, AlertEvent>,
    present: BTreeMap<Key, AlertEvent>,
    is_over: impl Fn(&Key) -> bool,
    at: Timestamp,
) -> Vec<AlertNews> {
    let mut news = Vec::new();
    firing.retain(|key, event| {
        let is_over = !present.contains_key(key) && is_over(key);
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
    use crate::alerts::fixtures::alert;
    use crate::kubectl::{ErrorKind, Failure};
    use crate::prometheus::{Alert, Service};
    use crate::stores::fixtures::{read_alerts, world};

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
            let present = present.into_iter().collect();
            let is_over = |key: &Key| known.contains(&key.0.as_str());
            let news = changes(&mut firing, present, is_over, Timestamp::UNIX_EPOCH);
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

    #[test]
    fn what_is_not_watched_any_more_is_forgotten() {
        let mut firing = BTreeMap::from([event("a", "X"), event("b", "X")]);
        keep(&mut firing, &BTreeSet::from(["a"]), |namespace| namespace == "shop");
        assert_eq!(firing.keys().map(|key| key.0.as_str()).collect::<Vec<_>>(), ["a"]);
        keep(&mut firing, &BTreeSet::from(["a"]), |namespace| namespace == "media");
        assert!(firing.is_empty());
    }

    fn firing(labels: &[(&str, &str)]) -> Alert {
        alert(&[labels, &[("namespace", "shop")]].concat())
    }

    /// What comes of a reading of the cluster's own server.
    fn reading(
        known: &mut BTreeMap<Key, AlertEvent>,
        alerts: &[Alert],
        services: Result<Arc<[Service]>, Failure>,
    ) -> (Vec<&'static str>, usize) {
        let (worlds, reads) =
            ([world("a", &["shop/web"])], [Some((Ok(read_alerts(alerts)), services))]);
        let now = Timestamp::UNIX_EPOCH;
        let (news, problems) = take(known, &worlds, &reads, now);
        let kind = |news: &AlertNews| match news {
            AlertNews::Event(event) => event.kind(),
            AlertNews::Problem(_) => "problem",
        };
        (news.iter().map(kind).collect(), problems.len())
    }

    #[test]
    fn an_alert_whose_cluster_is_not_known_any_more_has_not_ended() {
        let own = firing(&[("horizontalpodautoscaler", "web"), ("cluster", "eu")]);
        let other = firing(&[("deployment", "other"), ("cluster", "us")]);
        let mut known = BTreeMap::new();
        let mut read = |alerts: &[&Alert]| {
            let alerts: Vec<Alert> = alerts.iter().map(|it| (*it).clone()).collect();
            reading(&mut known, &alerts, Ok(Arc::default()))
        };
        assert_eq!(read(&[&own]), (vec!["alertBegan"], 0));
        // Which of the two values is the cluster's is not known now, and that is reported.
        assert_eq!(read(&[&own, &other]), (vec![], 1));
        assert_eq!(read(&[&own]), (vec![], 0));
        assert_eq!(read(&[&own, &other]), (vec![], 1));
        // The server does not have it any more: that is an end, whosever it was.
        assert_eq!(read(&[&other]), (vec!["alertEnded"], 0));
    }

    #[test]
    fn an_alert_of_a_service_that_cannot_be_read_has_not_ended() {
        let alert = firing(&[("service", "web"), ("alertname", "X")]);
        let mut known = BTreeMap::new();
        // As it was matched while Services could be read.
        let key = ("a".into(), "shop".into(), "web".into(), alert.labels.clone());
        known.insert(key, event("a", "X").1);
        let failure = || Failure { kind: ErrorKind::Forbidden, message: "no services".to_owned() };
        assert_eq!(reading(&mut known, std::slice::from_ref(&alert), Err(failure())), (vec![], 1));
        assert_eq!(known.len(), 1);
        assert_eq!(reading(&mut known, &[alert], Ok(Arc::default())), (vec!["alertEnded"], 0));
    }
}
