//! Sends the present errors and warnings of a session to an Alertmanager: again and again while they last, and their end.
//! All members of a highly available set get everything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use hyper::body::Bytes;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

use super::State;
use crate::alerts::{ClusterState, LastScan, Outbox, Outgoing, PresentFinding, RESEND};
use crate::prometheus::HttpTransport;
use crate::term::file::write_private;

/// How many alerts are in one request.
const BATCH: usize = 500;
/// How many problems may wait to be reported.
const PROBLEMS: usize = 8;

/// Where a session's findings are sent.
#[derive(Clone, Debug)]
pub struct AlertingPlan {
    /// The members of the set.
    pub members: Vec<HttpTransport>,
    /// The file with what is open, from which the next session learns what has ended meanwhile.
    pub outbox: PathBuf,
    /// The clusters that are scanned, with the labels of their alerts.
    pub clusters: BTreeMap<String, BTreeMap<String, String>>,
}

/// Sends findings. Dropping it ends that; what is open fires for some minutes more.
#[derive(Debug)]
pub struct Alerting {
    task: JoinHandle<()>,
    problems: mpsc::Receiver<String>,
}

impl Drop for Alerting {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Alerting {
    /// Starts to send what the session knows.
    pub fn start(plan: AlertingPlan, state: watch::Receiver<Arc<State>>) -> Self {
        let (to_problems, problems) = mpsc::channel(PROBLEMS);
        let sender = Sender {
            outbox: std::fs::read(&plan.outbox)
                .map(|json| Outbox::from_json(&json))
                .unwrap_or_default(),
            plan,
            problems: to_problems,
            failing: BTreeSet::new(),
            is_left_out: false,
        };
        Self { task: tokio::spawn(sender.run(state)), problems }
    }

    /// Ends it, and returns when nothing of it runs any more: the next one may have the same file.
    pub async fn stop(mut self) {
        self.task.abort();
        // Its end is that it was aborted.
        let _ = (&mut self.task).await;
    }

    /// The next problem to report. Cancel safe.
    pub async fn problem(&mut self) -> String {
        match self.problems.recv().await {
            Some(problem) => problem,
            None => std::future::pending().await,
        }
    }
}

struct Sender {
    plan: AlertingPlan,
    outbox: Outbox,
    problems: mpsc::Sender<String>,
    /// What fails, and was reported: members, and the file.
    failing: BTreeSet<String>,
    is_left_out: bool,
}

impl Sender {
    async fn run(mut self, mut state: watch::Receiver<Arc<State>>) {
        let mut again = interval(RESEND);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let is_due = tokio::select! {
                changed = state.changed() => match changed {
                    Ok(()) => false,
                    Err(_) => return,
                },
                _ = again.tick() => true,
            };
            let now = Timestamp::now();
            let known = Arc::clone(&state.borrow_and_update());
            let has_changed = self.take(&known, now);
            if has_changed {
                self.save();
            }
            if has_changed || is_due {
                self.send(self.outbox.due(now)).await;
            }
        }
    }

    fn take(&mut self, state: &State, now: Timestamp) -> bool {
        let clusters = &self.plan.clusters;
        let states = clusters.iter().map(|(name, labels)| {
            let scan = match state.clusters.get(name.as_str()) {
                None => LastScan::None,
                Some(scanned) => match &scanned.outcome.error {
                    Some(error) if !scanned.is_complete && scanned.hpas.is_empty() => {
                        LastScan::Unreadable(scanned.at, error.message.clone())
                    }
                    None if scanned.is_complete => LastScan::Whole,
                    _ => LastScan::Partial,
                },
            };
            (name.clone(), ClusterState { labels: labels.clone(), scan })
        });
        let states: BTreeMap<String, ClusterState> = states.collect();
        let mut targets = BTreeMap::new();
        for scanned in state.hpas() {
            let hpa = scanned.hpa();
            targets.insert((&*hpa.cluster, hpa.namespace.as_str(), hpa.name.as_str()), &hpa.target);
        }
        let present: Vec<PresentFinding<'_>> = state
            .findings
            .iter()
            .map(|finding| {
                let of = (&*finding.cluster, finding.namespace.as_str(), finding.hpa.as_str());
                PresentFinding { finding, target: targets.get(&of).copied() }
            })
            .collect();
        let has_changed = self.outbox.take(&present, &states, now);
        let left_out = self.outbox.left_out();
        if left_out > 0 && !std::mem::replace(&mut self.is_left_out, true) {
            self.report(format!("too many findings are open: {left_out} are not sent as alerts"));
        }
        self.is_left_out &= left_out > 0;
        has_changed
    }

    /// Writes the outbox, or removes it where nothing is open.
    fn save(&mut self) {
        let path = &self.plan.outbox;
        let written = if self.outbox.is_empty() {
            match std::fs::remove_file(path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            }
        } else {
            self.outbox
                .to_json()
                .map_err(std::io::Error::from)
                .and_then(|json| write_private(path, &json, true))
        };
        let name = path.display().to_string();
        let problem = written.err().map(|error| format!("cannot write {name}: {error}; alerts that end while watchdog does not run will not be resolved at once"));
        self.note(name, problem);
    }

    async fn send(&mut self, alerts: Vec<Outgoing>) {
        if alerts.is_empty() {
            return;
        }
        for (member, sent) in post_alerts(&self.plan.members, &alerts).await {
            let problem =
                sent.err().map(|why| format!("alerts could not be sent to {member}: {why}"));
            self.note(member, problem);
        }
    }

    /// Reports a problem once, until it is over.
    fn note(&mut self, what: String, problem: Option<String>) {
        match problem {
            None => drop(self.failing.remove(&what)),
            Some(problem) => {
                if self.failing.insert(what) {
                    self.report(problem);
                }
            }
        }
    }

    fn report(&self, problem: String) {
        let _ = self.problems.try_send(problem);
    }
}

/// Posts alerts to all members at the same time; returns each with what came of it: the first failure, if there is one.
pub async fn post_alerts(
    members: &[HttpTransport],
    alerts: &[Outgoing],
) -> Vec<(String, Result<(), String>)> {
    let batches: Vec<Bytes> = alerts
        .chunks(BATCH)
        .filter_map(|batch| Some(serde_json::to_vec(batch).ok()?.into()))
        .collect();
    let mut posts = JoinSet::new();
    for (index, member) in members.iter().cloned().enumerate() {
        let batches = batches.clone();
        posts.spawn(async move {
            let mut sent = Ok(());
            for batch in batches {
                if let Err(error) = member.post("/api/v2/alerts", batch).await {
                    // Of what is wrong with an alert, the other batches know nothing.
                    let is_last = error.is_of_the_server();
                    sent = sent.and(Err(error.to_string()));
                    if is_last {
                        break;
                    }
                }
            }
            (index, member.to_string(), sent)
        });
    }
    let mut sent = posts.join_all().await;
    sent.sort_by_key(|(index, ..)| *index);
    sent.into_iter().map(|(_, member, sent)| (member, sent)).collect()
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::prometheus::Limits;

    /// A server that gives these answers, one a connection; the thread returns how many were taken.
    fn answering(answers: &'static [&'static str]) -> (String, thread::JoinHandle<usize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = thread::spawn(move || {
            let mut taken = 0;
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let (mut request, mut buffer) = (Vec::new(), [0; 8 << 10]);
                loop {
                    let text = String::from_utf8_lossy(&request).to_lowercase();
                    if let Some((head, body)) = text.split_once("\r\n\r\n") {
                        let length =
                            head.lines().find_map(|it| it.strip_prefix("content-length: "));
                        if body.len() >= length.unwrap().parse().unwrap() {
                            break;
                        }
                    }
                    match stream.read(&mut buffer).unwrap() {
                        0 => return taken,
                        count => request.extend_from_slice(&buffer[..count]),
                    }
                }
                taken += 1;
                let head = "Connection: close\r\nContent-Length:";
                let (status, body) = answer.split_once('|').unwrap();
                let text = format!("HTTP/1.1 {status}\r\n{head} {}\r\n\r\n{body}", body.len());
                stream.write_all(text.as_bytes()).unwrap();
            }
            taken
        });
        (url, served)
    }

    async fn posted(url: &str) -> Result<(), String> {
        let limits = Limits { within: Duration::from_secs(20), ..Limits::default() };
        let member = HttpTransport::new(url, "", None, limits).unwrap();
        let (start, end) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        let alert = |n: usize| Outgoing {
            labels: BTreeMap::from([("n".to_owned(), n.to_string())]),
            annotations: BTreeMap::new(),
            starts_at: start,
            ends_at: end,
        };
        let alerts: Vec<Outgoing> = (0..=2 * BATCH).map(alert).collect();
        post_alerts(&[member], &alerts).await.remove(0).1
    }

    #[tokio::test]
    async fn a_refused_batch_does_not_stop_the_others_and_a_server_that_is_gone_does() {
        let (url, served) = answering(&["400 Bad|\"bad label\"", "200 OK|", "400 Bad|\"other\""]);
        assert_eq!(posted(&url).await.unwrap_err(), "the server answered 400: bad label");
        assert_eq!(served.join().unwrap(), 3);
        // The second batch is refused because of the server: there is no third.
        let (url, served) = answering(&["200 OK|", "503 No|{}"]);
        assert!(posted(&url).await.unwrap_err().starts_with("the server answered 503"));
        assert_eq!(served.join().unwrap(), 2);
    }
}
