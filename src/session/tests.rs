//! Sessions with a fake reader, by a paused clock.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::json;

use super::*;
use crate::collect::ClusterWorld;
use crate::config::{ForwardDefaults, Prometheus};
use crate::findings::World;
use crate::kubectl::{Error, ErrorKind, Failure};
use crate::prometheus::{Service, parse_services};
use crate::supervisor::{Environment, HoldOptions, KubectlRun, Launch, Paths};

const INTERVAL: Duration = Duration::from_secs(10);

/// The scripted answer of a cluster.
#[derive(Clone, Copy)]
enum Answer {
    /// One HPA with this many replicas and a maximum of 9.
    Replicas(i32),
    /// One HPA that wants more replicas than its maximum: a finding.
    MaxedOut,
    /// No answer.
    Fails,
    /// A bug in the reader.
    Panics,
    /// A healthy HPA, after a while.
    Slow(Duration),
}

use Answer::{Fails, MaxedOut, Panics, Replicas, Slow};

/// Answers as scripted, and repeats the last answer after that.
#[derive(Default)]
struct Fake {
    answers: BTreeMap<&'static str, Vec<Answer>>,
    reads: Mutex<BTreeMap<String, usize>>,
    services: Vec<Service>,
}

impl Fake {
    fn new(answers: impl IntoIterator<Item = (&'static str, Vec<Answer>)>) -> Arc<Self> {
        Arc::new(Self { answers: answers.into_iter().collect(), ..Self::default() })
    }

    fn reads(&self, cluster: &str) -> usize {
        self.reads.lock().unwrap().get(cluster).copied().unwrap_or(0)
    }
}

impl Reader for Fake {
    fn read<'a>(
        &'a self,
        cluster: &'a Cluster,
        _: &'a WorldRequest,
        _: Duration,
    ) -> ReaderFuture<'a, ClusterWorld> {
        let answer = {
            let mut reads = self.reads.lock().unwrap();
            let count = reads.entry(cluster.name.to_string()).or_default();
            *count += 1;
            let answers = &self.answers[&*cluster.name];
            answers[(*count).min(answers.len()) - 1]
        };
        Box::pin(async move {
            let hpa = match answer {
                Fails => {
                    let error = Error::new(ErrorKind::Other, "no route");
                    return ClusterWorld::unread(cluster, Duration::ZERO, error);
                }
                Replicas(replicas) => hpa(cluster, replicas, false),
                MaxedOut => hpa(cluster, 9, true),
                Panics => panic!("as a bug would"),
                Slow(duration) => {
                    tokio::time::sleep(duration).await;
                    hpa(cluster, 3, false)
                }
            };
            ClusterWorld::complete(cluster, Duration::ZERO, World::of(vec![hpa]))
        })
    }

    fn services<'a>(&'a self, _: &'a Cluster) -> ReaderFuture<'a, Result<Vec<Service>, Failure>> {
        let services = self.services.clone();
        Box::pin(async move { Ok(services) })
    }
}

fn hpa(cluster: &Cluster, replicas: i32, limited: bool) -> crate::hpa::Hpa {
    let (status, reason) =
        if limited { ("True", "TooManyReplicas") } else { ("False", "DesiredWithinRange") };
    let list = json!({
        "kind": "HorizontalPodAutoscalerList", "apiVersion": "autoscaling/v2",
        "items": [{
            "metadata": {"name": "web", "namespace": "shop", "uid": "1"},
            "spec": {"minReplicas": 1, "maxReplicas": 9,
                "scaleTargetRef": {"kind": "Deployment", "name": "web"}},
            "status": {"currentReplicas": replicas, "desiredReplicas": replicas,
                "conditions": [{"type": "ScalingLimited", "status": status, "reason": reason}]},
        }],
    });
    let list = crate::hpa::parse_list(&cluster.name, &cluster.context, list.to_string().as_bytes());
    list.unwrap().hpas.pop().unwrap()
}

fn cluster(name: &str) -> Cluster {
    Cluster { name: name.into(), context: name.into(), ..Cluster::own_pod() }
}

fn plan(reader: &Arc<Fake>, clusters: &[&str]) -> Plan {
    let clusters = clusters.iter().map(|name| cluster(name)).collect();
    let mut plan = Plan::new(clusters, Arc::clone(reader) as Arc<dyn Reader>);
    plan.selection = Selection::only(["maxed-out"]).unwrap();
    plan.interval = Some(INTERVAL);
    plan
}

/// The events up to the end of the next scan, in short.
async fn scan_of(events: &mut Events) -> Vec<String> {
    let mut all = Vec::new();
    loop {
        let event = events.next().await.expect("the session goes on");
        all.extend(short(&event));
        if let Event::Scan(_) = &*event {
            return all;
        }
    }
}

fn short(event: &Event) -> Option<String> {
    let finding = |word: &str, event: &FindingEvent| {
        Some(format!("{word} {} {}", event.finding.cluster, event.finding.id))
    };
    match event {
        Event::Present(event) => finding("present", event),
        Event::Began(event) => finding("began", event),
        Event::Changed(event) => finding("changed", event),
        Event::Ended(event) => finding("ended", event),
        Event::Scaled(scaled) => Some(format!("scaled {} to {}", scaled.from, scaled.to)),
        Event::Reloaded(watching) => Some(format!("reloaded {}", watching.clusters.join(","))),
        Event::Dropped(_) => Some("dropped".to_owned()),
        Event::HistoryFailed(_) => Some("history failed".to_owned()),
        Event::HistoryRecovered(_) => Some("history recovered".to_owned()),
        Event::Scan(scan) => {
            let failed = scan.clusters.iter().filter_map(|it| it.error.as_ref());
            let failed: Vec<&str> = failed.map(|failure| failure.kind.as_str()).collect();
            Some(format!("scan {} {}", scan.hpas.len(), failed.join(",")).trim_end().to_owned())
        }
        Event::AlertBegan(_) | Event::AlertEnded(_) => Some("alert".to_owned()),
        Event::Started(_) | Event::Partial(_) | Event::Endpoint(_) | Event::RetentionPaused(_) => {
            None
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_finding_begins_and_ends_when_two_scans_agree() {
    let answers = vec![Replicas(3), MaxedOut, Replicas(3), MaxedOut, MaxedOut, Replicas(9)];
    let (session, mut events) = start(plan(&Fake::new([("prod", answers)]), &["prod"]));
    let mut found = Vec::new();
    for _ in 0..7 {
        found.extend(scan_of(&mut events).await);
    }
    found.retain(|it| !it.starts_with("scan ") && !it.starts_with("scaled"));
    assert_eq!(found, ["began prod maxed-out", "ended prod maxed-out"]);
    assert_eq!(session.state().borrow().counts["prod"].scans, 7);
}

#[tokio::test(start_paused = true)]
async fn a_scaled_hpa_is_reported_before_its_scan() {
    let answers = vec![Replicas(3), Replicas(5)];
    let (_session, mut events) = start(plan(&Fake::new([("prod", answers)]), &["prod"]));
    assert_eq!(scan_of(&mut events).await, ["scan 1"]);
    assert_eq!(scan_of(&mut events).await, ["scaled 3 to 5", "scan 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_fails_and_comes_back_ends_no_finding() {
    let answers = vec![MaxedOut, Fails, Fails, MaxedOut, Replicas(9), Replicas(9)];
    let (session, mut events) = start(plan(&Fake::new([("prod", answers)]), &["prod"]));
    assert_eq!(scan_of(&mut events).await, ["present prod maxed-out", "scan 1"]);
    for _ in 0..2 {
        assert_eq!(scan_of(&mut events).await, ["scan 0 other"]);
        assert_eq!(session.state().borrow().findings.len(), 1);
    }
    assert_eq!(scan_of(&mut events).await, ["scan 1"]);
    assert_eq!(scan_of(&mut events).await, ["scan 1"]);
    assert_eq!(scan_of(&mut events).await, ["ended prod maxed-out", "scan 1"]);
    assert_eq!(session.state().borrow().counts["prod"].failed["other"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_cluster_behind_an_open_breaker_is_not_read_until_its_time_has_come() {
    let reader = Fake::new([("prod", vec![Fails, Fails, Fails, Replicas(3)])]);
    let (_session, mut events) = start(plan(&reader, &["prod"]));
    let mut scans = Vec::new();
    for _ in 0..6 {
        scans.extend(scan_of(&mut events).await);
    }
    let open = format!("scan 0 {}", ErrorKind::BreakerOpen.as_str());
    assert_eq!(scans[..3], ["scan 0 other", "scan 0 other", "scan 0 other"]);
    assert_eq!(scans[3..5], [open.as_str(), open.as_str()]);
    assert_eq!((scans[5].as_str(), reader.reads("prod")), ("scan 1", 4));
}

#[tokio::test(start_paused = true)]
async fn events_of_a_fast_cluster_do_not_wait_for_a_slow_one() {
    let slow = vec![Slow(Duration::from_secs(8))];
    let reader = Fake::new([("fast", vec![MaxedOut]), ("slow", slow)]);
    let (_session, mut events) = start(plan(&reader, &["slow", "fast"]));
    let begin = tokio::time::Instant::now();
    let mut present = None;
    loop {
        match &*events.next().await.unwrap() {
            Event::Present(_) => present = Some(begin.elapsed()),
            Event::Scan(scan) => {
                let names: Vec<&str> = scan.clusters.iter().map(|it| &*it.name).collect();
                assert_eq!(names, ["slow", "fast"], "in the order of the plan");
                break;
            }
            _ => {}
        }
    }
    let seconds = |duration: Duration| duration.as_secs();
    assert_eq!(present.map(seconds), Some(2));
    assert_eq!(seconds(begin.elapsed()), 8);
}

#[tokio::test(start_paused = true)]
async fn clusters_that_are_scanned_each_by_itself_do_not_wait_for_a_slow_one() {
    let slow = vec![Slow(INTERVAL * 3 / 2)];
    let reader = Fake::new([("fast", vec![Replicas(3), Replicas(5)]), ("slow", slow)]);
    let mut plan = plan(&reader, &["slow", "fast"]);
    plan.unit = ScanUnit::EachCluster;
    let (session, mut events) = start(plan.clone());
    let begin = tokio::time::Instant::now();
    let mut scans = Vec::new();
    while scans.len() < 4 {
        if let Event::Scan(scan) = &*events.next().await.unwrap() {
            let names: Vec<&str> = scan.clusters.iter().map(|it| &*it.name).collect();
            scans.push((begin.elapsed().as_secs(), names.join(",")));
        }
    }
    let expected = [(0, "fast"), (10, "fast"), (15, "slow"), (20, "fast")];
    assert_eq!(scans, expected.map(|(at, name)| (at, name.to_owned())));
    // The state has all clusters, whichever was scanned last.
    let state = Arc::clone(&session.state().borrow());
    let hpas: Vec<_> =
        state.hpas().map(|it| (&*it.hpa().cluster, it.hpa().current_replicas)).collect();
    assert_eq!(hpas, [("fast", 5), ("slow", 3)]);
    // The slow cluster is being read: the other plan waits for that.
    session.reload(Plan { interval: None, ..plan }).await.unwrap();
    let mut rest = Vec::new();
    while let Some(event) = events.next().await {
        rest.extend(short(&event));
    }
    assert_eq!(rest, ["scan 1", "reloaded slow,fast", "scan 1", "scan 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_waits_for_its_subscribers_scans_when_they_have_taken_its_events() {
    let reader = Fake::new([("prod", vec![MaxedOut])]);
    let plan = Plan { wait_for_subscribers: true, ..plan(&reader, &["prod"]) };
    let (_session, mut events) = start(plan);
    tokio::time::sleep(INTERVAL * 5).await;
    assert_eq!(reader.reads("prod"), 1);
    assert_eq!(scan_of(&mut events).await, ["present prod maxed-out", "scan 1"]);
    tokio::time::sleep(INTERVAL * 5).await;
    assert_eq!(reader.reads("prod"), 2);
    assert_eq!(scan_of(&mut events).await, ["scan 1"], "nothing was dropped");
}

#[tokio::test(start_paused = true)]
async fn the_state_has_what_the_last_scan_of_each_cluster_found() {
    let reader = Fake::new([("prod", vec![Replicas(3), MaxedOut, Fails])]);
    let (session, mut events) = start(plan(&reader, &["prod"]));
    let state = session.state();
    let found = || {
        let state = state.borrow();
        let cluster = &state.clusters["prod"];
        let statuses: Vec<_> = cluster.hpas.iter().map(|hpa| hpa.status()).collect();
        (cluster.is_complete, statuses.join(","), state.findings.len())
    };
    scan_of(&mut events).await;
    assert_eq!(found(), (true, "OK".to_owned(), 0));
    scan_of(&mut events).await;
    // The status shows the finding of this scan, while its event waits for a second scan.
    assert_eq!(found(), (true, "maxed-out".to_owned(), 0));
    scan_of(&mut events).await;
    assert_eq!(found(), (false, String::new(), 0));
}

#[tokio::test(start_paused = true)]
async fn a_reload_forgets_clusters_that_are_not_scanned_any_more() {
    let reader = Fake::new([("prod", vec![MaxedOut]), ("test", vec![MaxedOut])]);
    let (session, mut events) = start(plan(&reader, &["prod", "test"]));
    assert_eq!(scan_of(&mut events).await.len(), 3);
    session.reload(plan(&reader, &["test"])).await.unwrap();
    // No event: the finding has not ended.
    assert_eq!(scan_of(&mut events).await, ["reloaded test", "scan 1"]);
    let state = Arc::clone(&session.state().borrow());
    assert_eq!(state.findings.iter().map(|it| &*it.cluster).collect::<Vec<_>>(), ["test"]);
    assert_eq!(state.counts.keys().map(|it| &**it).collect::<Vec<_>>(), ["test"]);
    assert_eq!(scan_of(&mut events).await, ["scan 1"]);
    assert_eq!(reader.reads("prod"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_bug_ends_the_session_as_a_failure() {
    let (session, mut events) = start(plan(&Fake::new([("prod", vec![Panics])]), &["prod"]));
    while events.next().await.is_some() {}
    assert_eq!(session.ended().await, Err(SessionFailed));
    let mut once = plan(&Fake::new([("prod", vec![Replicas(3)])]), &["prod"]);
    once.interval = None;
    let (session, mut events) = start(once);
    while events.next().await.is_some() {}
    assert_eq!(session.ended().await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_reload_waits_for_the_scan_under_way() {
    let reader = Fake::new([("prod", vec![Slow(Duration::from_secs(5))])]);
    let (session, mut events) = start(plan(&reader, &["prod"]));
    tokio::time::sleep(Duration::from_secs(1)).await;
    session.reload(plan(&reader, &["prod"])).await.unwrap();
    assert_eq!(scan_of(&mut events).await, ["scan 1"]);
    assert_eq!(scan_of(&mut events).await, ["reloaded prod", "scan 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_subscriber_learns_what_it_lost_and_what_is_present() {
    let answers = vec![Replicas(3), MaxedOut];
    let (session, mut events) = start(plan(&Fake::new([("prod", answers)]), &["prod"]));
    let scans = u32::try_from(BACKLOG).unwrap() + 50;
    tokio::time::sleep(INTERVAL * scans).await;
    let Event::Dropped(dropped) = &*events.next().await.unwrap() else { panic!("none lost") };
    // Each scan is a group of events, and the start is one.
    assert_eq!(dropped.count, session.state().borrow().counts["prod"].scans + 1);
    assert_eq!(scan_of(&mut events).await, ["present prod maxed-out", "scan 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_history_that_cannot_be_written_fails_once_and_recovers() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("history.db");
    // A directory is not a database.
    std::fs::create_dir(&path).unwrap();
    let reader = Fake::new([("prod", vec![Replicas(3)])]);
    let history = Some(HistoryPlan { path: path.clone(), keep: Duration::ZERO });
    let (_session, mut events) = start(Plan { history, ..plan(&reader, &["prod"]) });
    assert_eq!(scan_of(&mut events).await, ["history failed", "scan 1"]);
    assert_eq!(scan_of(&mut events).await, ["scan 1"]);
    std::fs::remove_dir(&path).unwrap();
    assert_eq!(scan_of(&mut events).await, ["history recovered", "scan 1"]);
    assert!(path.is_file());
}

#[tokio::test(start_paused = true)]
async fn a_single_scan_ends_the_session() {
    let reader = Fake::new([("prod", vec![Replicas(3)])]);
    let once = Plan { interval: None, ..plan(&reader, &["prod"]) };
    let (session, mut events) = start(once.clone());
    assert_eq!(scan_of(&mut events).await, ["scan 1"]);
    assert!(events.next().await.is_none());
    assert_eq!(session.reload(once).await, Err(SessionEnded));
}

#[tokio::test(start_paused = true)]
async fn a_scan_on_demand_does_not_wait_for_the_interval() {
    let reader = Fake::new([("prod", vec![Replicas(3)])]);
    let (session, mut events) = start(plan(&reader, &["prod"]));
    scan_of(&mut events).await;
    let begin = tokio::time::Instant::now();
    session.scan_now().await.unwrap();
    scan_of(&mut events).await;
    assert!(begin.elapsed() < INTERVAL);
    drop(session);
    assert!(events.next().await.is_none(), "the session ends with its last handle");
}

#[tokio::test(start_paused = true)]
async fn a_forward_that_cannot_start_reports_its_reason_once_for_each_pause() {
    let dir = tempfile::tempdir().unwrap();
    let services = br#"{"kind":"ServiceList","apiVersion":"v1","items":[
        {"metadata":{"name":"metrics","namespace":"team"},"spec":{"ports":[{"port":9090}]}}]}"#;
    let fake = Fake {
        answers: [("prod", vec![Replicas(3)])].into(),
        services: parse_services(services).unwrap(),
        ..Fake::default()
    };
    let program = Some("/nowhere/watchdog".into());
    let endpoints = EndpointPlan {
        services: Prometheus { service: Some("metrics".to_owned()), ..Prometheus::default() },
        forward: ForwardDefaults::default(),
        run: KubectlRun {
            kubectl: "/bin/kubectl".into(),
            kubeconfig: None,
            impersonation: crate::config::Impersonation::default(),
            directory: "/".into(),
            environment: Environment::default(),
        },
        probe_interval: INTERVAL,
        hold: HoldOptions {
            launch: Launch { program, ..Launch::current() },
            heartbeat: Duration::from_secs(5),
            ready_timeout: Duration::from_secs(30),
        },
        supervisor: Some(Paths::new(dir.path().join("run")).unwrap()),
    };
    let mut plan = plan(&Arc::new(fake), &["prod"]);
    plan.endpoints = Some(endpoints);
    let (session, mut events) = start(plan);
    let (mut reasons, mut scans) = (Vec::new(), 0);
    // Several attempts later it is still one event.
    while reasons.is_empty() || scans < 12 {
        match &*events.next().await.unwrap() {
            Event::Endpoint(event) => {
                assert_eq!(
                    (&*event.cluster, event.role, &event.endpoint),
                    ("prod", "prometheus", &None)
                );
                reasons.push(event.message.clone());
            }
            Event::Scan(_) => scans += 1,
            _ => {}
        }
    }
    let [reason] = &reasons[..] else { panic!("{reasons:?}") };
    assert!(reason.starts_with("cannot start the forward, retried until it works: "), "{reason}");
    assert!(reason.contains("/nowhere/watchdog"), "{reason}");
    let state = Arc::clone(&session.state().borrow());
    assert_eq!(state.endpoints[&("prod".into(), "prometheus")].message, *reason);
}
