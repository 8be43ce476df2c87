use super::*;
use crate::findings::Evidence;

fn finding(id: &'static str, severity: Severity) -> Finding {
    Finding {
        id,
        severity,
        cluster: "prod".into(),
        namespace: "shop".to_owned(),
        hpa: "web".to_owned(),
        message: "5 of 5 replicas".to_owned(),
        action: "raise it".into(),
        evidence: Evidence::default(),
        location: None,
    }
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + 60 * minute).unwrap()
}

fn target() -> ObjectRef {
    ObjectRef { kind: "Deployment".into(), name: "web".to_owned(), ..ObjectRef::default() }
}

/// An outbox with one cluster, which takes a scan each minute.
#[derive(Default)]
struct Session {
    outbox: Outbox,
    minute: i64,
}

impl Session {
    /// Takes a scan; returns `NAME open|ended` of all that is due.
    fn scan(&mut self, findings: &[Finding], scan: LastScan) -> Vec<String> {
        self.minute += 1;
        let now = at(self.minute);
        let target = target();
        let present: Vec<PresentFinding<'_>> = findings
            .iter()
            .map(|finding| PresentFinding { finding, target: Some(&target) })
            .collect();
        let labels = BTreeMap::from([("cluster".to_owned(), "eu".to_owned())]);
        let clusters = BTreeMap::from([("prod".to_owned(), ClusterState { labels, scan })]);
        self.outbox.take(&present, &clusters, now);
        let due = self.outbox.due(now);
        let text = |it: &Outgoing| {
            let state = if it.ends_at > now { "open" } else { "ended" };
            let mark = if it.annotations.contains_key("stale") { " stale" } else { "" };
            let name = it.labels["alertname"].trim_start_matches("Watchdog").to_owned();
            format!("{name} {state}{mark}")
        };
        due.iter().map(text).collect()
    }

    fn restarted(&self) -> Self {
        let outbox = Outbox::from_json(&self.outbox.to_json().unwrap());
        Self { outbox, minute: self.minute }
    }

    fn failed(&mut self, findings: &[Finding]) -> Vec<String> {
        let scan = LastScan::Unreadable(at(self.minute + 1), "no route".to_owned());
        self.scan(findings, scan)
    }
}

const NOTHING: [&str; 0] = [];

#[test]
fn an_alert_is_sent_until_it_ends_and_its_end_for_some_minutes() {
    let mut session = Session::default();
    let maxed = [finding("maxed-out", Severity::Error), finding("low-min", Severity::Info)];
    assert_eq!(session.scan(&maxed, LastScan::Whole), ["HpaMaxedOut open"]);
    assert_eq!(session.scan(&maxed, LastScan::Whole), ["HpaMaxedOut open"]);
    let due = session.outbox.due(at(2));
    assert_eq!((due[0].starts_at, due[0].ends_at), (at(1), at(6)));
    let labels: Vec<String> =
        due[0].labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(
        labels.join(" "),
        "alertname=WatchdogHpaMaxedOut cluster=eu deployment=web finding=maxed-out \
         horizontalpodautoscaler=web namespace=shop severity=error"
    );
    assert_eq!(due[0].annotations["summary"], "HPA prod/shop/web: 5 of 5 replicas");
    for _ in 0..6 {
        assert_eq!(session.scan(&[], LastScan::Whole), ["HpaMaxedOut ended"]);
    }
    let kept = session.outbox.clone();
    assert_eq!(session.scan(&[], LastScan::Whole), NOTHING);
    assert!(session.outbox.is_empty());
    // The file is written once more when the last end need not be sent any more, and not again.
    let mut again = kept;
    assert!(again.take(&[], &BTreeMap::new(), at(99)));
    assert!(!again.take(&[], &BTreeMap::new(), at(99)));
}

#[test]
fn what_changes_its_labels_is_another_alert() {
    let mut session = Session::default();
    session.scan(&[finding("maxed-out", Severity::Warning)], LastScan::Whole);
    let worse = [finding("maxed-out", Severity::Error)];
    assert_eq!(session.scan(&worse, LastScan::Whole), ["HpaMaxedOut open", "HpaMaxedOut ended"]);
    // What has ended a moment ago and begins again is not sent as ended any more.
    session.scan(&[], LastScan::Whole);
    let due = session.scan(&worse, LastScan::Whole);
    assert_eq!(due, ["HpaMaxedOut open", "HpaMaxedOut ended"], "the milder one");
}

#[test]
fn an_outage_is_not_a_resolution() {
    let mut session = Session::default();
    let maxed = [finding("maxed-out", Severity::Error)];
    session.scan(&maxed, LastScan::Whole);
    assert_eq!(session.failed(&maxed), ["HpaMaxedOut open"], "one failure may be nothing");
    let due = session.failed(&maxed);
    assert_eq!(due, ["ClusterUnreadable open", "HpaMaxedOut open stale"]);
    // The session was started again meanwhile, and knows nothing of the cluster yet.
    let mut session = session.restarted();
    assert_eq!(session.scan(&[], LastScan::None).len(), 2);
    assert_eq!(session.failed(&[]).len(), 2);
    assert_eq!(session.failed(&[]), ["ClusterUnreadable open", "HpaMaxedOut open stale"]);
    // A part of the cluster says nothing of what was not seen since.
    assert_eq!(
        session.scan(&[], LastScan::Partial),
        ["HpaMaxedOut open stale", "ClusterUnreadable ended"]
    );
    assert_eq!(
        session.scan(&[], LastScan::Whole),
        ["ClusterUnreadable ended", "HpaMaxedOut ended"]
    );
}

#[test]
fn what_ended_while_nobody_looked_is_resolved_and_what_did_not_goes_on() {
    let mut session = Session::default();
    let both = [finding("maxed-out", Severity::Error), finding("target-missing", Severity::Error)];
    session.scan(&both, LastScan::Whole);
    let mut session = session.restarted();
    let due = session.scan(&both[..1], LastScan::Whole);
    assert_eq!(due, ["HpaMaxedOut open", "HpaTargetMissing ended"]);
    assert_eq!(session.outbox.due(at(9))[0].starts_at, at(1), "it has not begun again");
    // A finding that ended while a part could not be read: the session knows.
    let due = session.scan(&[], LastScan::Partial);
    assert_eq!(due, ["HpaTargetMissing ended", "HpaMaxedOut ended"]);
}

#[test]
fn nothing_ends_before_it_starts_when_the_clock_is_set_back() {
    let both = [finding("maxed-out", Severity::Error), finding("target-missing", Severity::Error)];
    let mut session = Session { minute: 60, ..Session::default() };
    session.scan(&both, LastScan::Whole);
    session.scan(&both[..1], LastScan::Whole);
    let now = at(59);
    let due = session.outbox.due(now);
    assert_eq!((due.len(), due[0].starts_at), (2, now));
    assert_eq!((due[1].starts_at, due[1].ends_at), (now, now));
    // What ends now has begun in what is the future by then.
    session.minute = 30;
    session.scan(&[], LastScan::Whole);
    let due = session.outbox.due(at(31));
    assert!(!due.is_empty() && due.iter().all(|it| it.starts_at <= it.ends_at), "{due:?}");
}

#[test]
fn a_cluster_that_is_not_scanned_any_more_ends_nothing() {
    let mut session = Session::default();
    session.scan(&[finding("maxed-out", Severity::Error)], LastScan::Whole);
    session.outbox.take(&[], &BTreeMap::new(), at(9));
    assert!(session.outbox.due(at(9)).is_empty(), "it resolves once it is not sent again");
}

#[test]
fn an_outbox_is_bounded_and_another_files_content_is_none() {
    let many: Vec<Finding> = (0..MOST_OPEN + 5)
        .map(|n| Finding { hpa: format!("web-{n}"), ..finding("maxed-out", Severity::Warning) })
        .chain([finding("target-missing", Severity::Error)])
        .collect();
    let mut session = Session::default();
    let due = session.scan(&many, LastScan::Whole);
    assert_eq!((due.len(), session.outbox.left_out()), (MOST_OPEN, 6));
    assert!(due.iter().any(|it| it == "HpaTargetMissing open"), "the worst first");
    // Worse ones leave no room for some that were open, and these have not ended.
    let worse: Vec<Finding> =
        many.iter()
            .rev()
            .cloned()
            .chain((0..7).map(|n| Finding {
                hpa: format!("api-{n}"),
                ..finding("maxed-out", Severity::Error)
            }))
            .collect();
    let due = session.scan(&worse, LastScan::Whole);
    assert_eq!((due.len(), session.outbox.left_out()), (MOST_OPEN, 13));
    assert!(due.iter().all(|it| it.ends_with(" open")));
    // What was open goes on, in whichever order findings come.
    let starts = session.outbox.due(at(session.minute));
    let of = |it: &&Outgoing| it.starts_at == at(1);
    assert_eq!(starts.iter().filter(of).count(), MOST_OPEN - 7);
    for json in ["", "{}", "[1]", r#"{"version":9,"open":[],"ended":[]}"#] {
        assert!(Outbox::from_json(json.as_bytes()).is_empty(), "{json}");
    }
}
