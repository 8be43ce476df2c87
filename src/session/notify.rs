//! Events as JSON to a command of the user's, one after the other. A slow command delays neither the
//! session nor another event's printing: events wait for it, and those of one finding are merged.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::event::Event;
use super::waiting::Waiting;
use super::webhook::Webhook;
use crate::findings::Severity;
use crate::process::Group;
use crate::term::json;

/// From this many waiting events on, the receiver is reported as slow.
const MANY: usize = 256;
/// How many problems may wait to be reported; further ones are only counted.
const PROBLEMS: usize = 8;
/// The time from one report of a problem to the next one of the same problem.
const REPORT_AGAIN: Duration = Duration::from_mins(10);
/// How many different problems are reported within that time.
const MOST_REPORTED: usize = 16;

/// Which events go where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotifyPlan {
    /// The program and its arguments; empty for none. The event is its standard input.
    pub command: Vec<String>,
    /// Where events are posted; none for nowhere.
    pub webhook: Option<Webhook>,
    /// The mildest findings that are sent.
    pub severity: Severity,
    /// The kinds of events that are sent, as they are called in JSON.
    pub kinds: Vec<String>,
    /// How long one event may take.
    pub within: Duration,
}

impl NotifyPlan {
    /// Whether this event is sent.
    fn includes(&self, event: &Event) -> bool {
        let is_kind = self.kinds.iter().any(|kind| kind == event.kind());
        let is_mild = event.severity().is_some_and(|severity| severity < self.severity);
        // A change may have made it as mild as that, which is news.
        is_kind && (!is_mild || matches!(event, Event::Changed(_)))
    }
}

/// What has become of events.
#[derive(Debug, Default)]
pub struct NotifyCounts {
    /// Taken by their receiver.
    pub sent: AtomicU64,
    /// Not taken, or not in time.
    pub failed: AtomicU64,
    /// Not sent, because others say the same, or they have undone each other.
    pub merged: AtomicU64,
    /// Not tried, because too many were waiting, or at the end.
    dropped: Mutex<BTreeMap<&'static str, u64>>,
}

impl NotifyCounts {
    /// How many were dropped, by their kind.
    pub fn dropped(&self) -> BTreeMap<&'static str, u64> {
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn drop_one(&self, kind: &'static str) {
        let mut dropped = self.dropped.lock().unwrap_or_else(PoisonError::into_inner);
        *dropped.entry(kind).or_default() += 1;
    }
}

/// A receiver of events.
#[derive(Clone, Debug)]
enum Receiver {
    Command(Arc<[String]>),
    Webhook(Webhook),
}

/// Sends events. Dropping it ends what it runs.
#[derive(Debug)]
pub struct Notifier {
    plan: NotifyPlan,
    queues: Vec<Queue>,
    to_problems: mpsc::Sender<String>,
    problems: mpsc::Receiver<String>,
}

#[derive(Debug)]
struct Queue {
    name: &'static str,
    waiting: Arc<Shared>,
    /// Whether it was reported that many events wait, since that was last not so.
    is_reported: bool,
    counts: Arc<NotifyCounts>,
    task: JoinHandle<()>,
}

/// The events that wait for a receiver.
#[derive(Debug)]
struct Shared {
    waiting: Mutex<Waiting>,
    /// The kind of the event that is being sent.
    sending: Mutex<Option<&'static str>>,
    /// Whether no more are to come.
    is_closed: AtomicBool,
    news: Notify,
}

impl Shared {
    fn new(kinds: &[String]) -> Self {
        Self {
            waiting: Waiting::new(kinds).into(),
            sending: Mutex::new(None),
            is_closed: AtomicBool::new(false),
            news: Notify::new(),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sending(&self) -> MutexGuard<'_, Option<&'static str>> {
        self.sending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.is_closed.store(true, Relaxed);
        self.news.notify_one();
    }

    /// The next event to send; none once no more are to come.
    async fn next(&self) -> Option<Arc<Event>> {
        loop {
            let event = self.waiting().pop();
            *self.sending() = event.as_ref().map(|event| event.kind());
            if event.is_some() || self.is_closed.load(Relaxed) {
                return event;
            }
            self.news.notified().await;
        }
    }

    /// The kinds of all events that were not sent.
    fn left(&self) -> Vec<&'static str> {
        let mut left: Vec<_> = self.sending().take().into_iter().collect();
        let mut waiting = self.waiting();
        left.extend(std::iter::from_fn(|| waiting.pop()).map(|event| event.kind()));
        left
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Notifier {
    /// Starts to take events.
    pub fn start(plan: NotifyPlan) -> Self {
        let (to_problems, problems) = mpsc::channel(PROBLEMS);
        let command = (!plan.command.is_empty())
            .then(|| ("command", Receiver::Command(plan.command.clone().into())));
        let webhook = plan.webhook.clone().map(|it| ("webhook", Receiver::Webhook(it)));
        let queues = command.into_iter().chain(webhook).map(|(name, receiver)| {
            let waiting = Arc::new(Shared::new(&plan.kinds));
            let counts = Arc::<NotifyCounts>::default();
            let (events, to_count) = (Arc::clone(&waiting), Arc::clone(&counts));
            let work = work(receiver, events, plan.within, to_count, to_problems.clone());
            Queue { name, waiting, is_reported: false, counts, task: tokio::spawn(work) }
        });
        let queues = queues.collect();
        Self { plan, queues, to_problems, problems }
    }

    /// The plan.
    pub fn plan(&self) -> &NotifyPlan {
        &self.plan
    }

    /// Sends the event, if the plan includes it. Never waits.
    pub fn event(&mut self, event: &Arc<Event>) {
        if self.queues.is_empty() || !self.plan.includes(event) {
            return;
        }
        for Queue { name, waiting, is_reported, counts, .. } in &mut self.queues {
            let (taken, count) = {
                let mut waiting = waiting.waiting();
                (waiting.push(event), waiting.len())
            };
            waiting.news.notify_one();
            counts.merged.fetch_add(taken.merged, Relaxed);
            if taken.dropped {
                counts.drop_one(event.kind());
                if counts.dropped().values().sum::<u64>() == 1 {
                    let text = format!(
                        "the {name} for events is too slow: {count} events are waiting, further ones \
                         are dropped"
                    );
                    let _ = self.to_problems.try_send(text);
                }
            }
            if count >= MANY && !std::mem::replace(is_reported, true) {
                let text = format!(
                    "the {name} for events is slow: {count} events are waiting, and those of one \
                     finding are merged"
                );
                let _ = self.to_problems.try_send(text);
            }
            *is_reported &= count >= MANY / 2;
        }
    }

    /// The next problem to report. Cancel safe.
    pub async fn problem(&mut self) -> String {
        match self.problems.recv().await {
            Some(problem) => problem,
            None => std::future::pending().await,
        }
    }

    /// A problem that has come already.
    pub fn problem_now(&mut self) -> Option<String> {
        self.problems.try_recv().ok()
    }

    /// The counts of each receiver, by its name.
    pub fn counts(&self) -> Vec<(&'static str, Arc<NotifyCounts>)> {
        self.queues.iter().map(|queue| (queue.name, Arc::clone(&queue.counts))).collect()
    }

    /// Waits until what is waiting has been sent, at most `within`. Events that are left then are not
    /// sent: they count as dropped, and are a problem to report.
    pub async fn finish(&mut self, within: Duration) {
        for queue in &self.queues {
            queue.waiting.close();
        }
        let all = async {
            for queue in &mut self.queues {
                let _ = (&mut queue.task).await;
            }
        };
        if timeout(within, all).await.is_ok() {
            return;
        }
        for Queue { name, waiting, counts, task, .. } in &self.queues {
            task.abort();
            let mut left: BTreeMap<&str, u64> = BTreeMap::new();
            for kind in waiting.left() {
                counts.drop_one(kind);
                *left.entry(kind).or_default() += 1;
            }
            if !left.is_empty() {
                let within = crate::config::duration::format(within);
                let kinds: Vec<_> =
                    left.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
                let (kinds, left) = (kinds.join(", "), left.values().sum::<u64>());
                let text = format!(
                    "the {name} for events is too slow: {left} were not sent within {within} ({kinds})"
                );
                let _ = self.to_problems.try_send(text);
            }
        }
    }
}

/// Sends events to one receiver until there are none any more.
async fn work(
    receiver: Receiver,
    events: Arc<Shared>,
    within: Duration,
    counts: Arc<NotifyCounts>,
    problems: mpsc::Sender<String>,
) {
    let mut reported = Reported::default();
    while let Some(event) = events.next().await {
        // Cannot fail: the value has only strings, numbers and times.
        let event = json::line(&*event).unwrap_or_default();
        let sent = match timeout(within, receiver.send(&event)).await {
            Ok(sent) => sent,
            Err(_) => Err(format!("not done within {}", crate::config::duration::format(within))),
        };
        match sent {
            Ok(()) => {
                counts.sent.fetch_add(1, Relaxed);
            }
            Err(why) => {
                counts.failed.fetch_add(1, Relaxed);
                if reported.is_due(&why, Instant::now()) {
                    let _ = problems.try_send(format!("{receiver}: {why}"));
                }
            }
        }
    }
}

/// The problems of a receiver that were reported in the last time, and when.
#[derive(Debug, Default)]
struct Reported(BTreeMap<String, Instant>);

impl Reported {
    /// Whether to report this problem now. A receiver that fails now and then has the same one again
    /// and again, which is only counted.
    fn is_due(&mut self, why: &str, now: Instant) -> bool {
        self.0.retain(|_, at| now.duration_since(*at) < REPORT_AGAIN);
        if self.0.len() >= MOST_REPORTED || self.0.contains_key(why) {
            return false;
        }
        self.0.insert(why.to_owned(), now);
        true
    }
}

impl Receiver {
    async fn send(&self, event: &[u8]) -> Result<(), String> {
        match self {
            Self::Command(command) => run(command, event).await,
            Self::Webhook(webhook) => webhook.post(event).await,
        }
    }
}

impl std::fmt::Display for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // Its arguments may contain a secret.
            Self::Command(command) => {
                let program = command.first().map_or("", String::as_str);
                write!(f, "monitoring.on_event ({program})")
            }
            Self::Webhook(webhook) => write!(f, "monitoring.webhook ({webhook})"),
        }
    }
}

/// Runs a command with the event as its standard input. It is a process group of its own, which
/// ends when this is dropped.
async fn run(command: &[String], event: &[u8]) -> Result<(), String> {
    let Some((program, args)) = command.split_first() else { return Ok(()) };
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut group = Group::spawn(command).map_err(|error| format!("cannot be started: {error}"))?;
    let stdin = group.stdin().map_err(|error| error.to_string())?;
    if let Some(mut stdin) = stdin {
        // A command that does not read its input has closed it, which is its own affair.
        let _ = stdin.write_all(event).await;
    }
    group.exited().await.map_err(|error| error.to_string())?;
    let status = group.finish().map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(status.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::super::event::{Moment, Scaled};
    use super::*;

    fn plan(command: &[&str]) -> NotifyPlan {
        NotifyPlan {
            command: command.iter().map(ToString::to_string).collect(),
            webhook: None,
            severity: Severity::Warning,
            kinds: vec!["scaled".to_owned()],
            within: Duration::from_secs(20),
        }
    }

    /// Each of another HPA.
    fn scaled(to: i32) -> Arc<Event> {
        Arc::new(Event::Scaled(Scaled {
            at: jiff::Timestamp::UNIX_EPOCH,
            cluster: "prod".to_owned(),
            namespace: "shop".to_owned(),
            hpa: format!("web-{to}"),
            from: 1,
            to,
        }))
    }

    fn count(notifier: &Notifier) -> [u64; 3] {
        let counts = &notifier.counts()[0].1;
        let [sent, failed] = [&counts.sent, &counts.failed].map(|count| count.load(Relaxed));
        [sent, failed, counts.dropped().values().sum()]
    }

    #[tokio::test]
    async fn a_command_gets_each_event_that_is_asked_for() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("events");
        let script = format!("cat >> '{}'", path.display());
        let mut notifier = Notifier::start(plan(&["sh", "-c", &script]));
        notifier.event(&scaled(2));
        let moment = Moment { at: jiff::Timestamp::UNIX_EPOCH };
        notifier.event(&Arc::new(Event::HistoryRecovered(moment)));
        notifier.event(&scaled(3));
        notifier.finish(Duration::from_secs(20)).await;
        assert_eq!(count(&notifier), [2, 0, 0]);
        let text = std::fs::read_to_string(path).unwrap();
        let to: Vec<i64> = text
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["to"].as_i64())
            .map(Option::unwrap)
            .collect();
        assert_eq!(to, [2, 3]);
    }

    #[tokio::test]
    async fn a_command_that_fails_or_hangs_is_reported_once_and_blocks_nothing() {
        let mut notifier = Notifier::start(plan(&["sh", "-c", "exit 3"]));
        notifier.event(&scaled(2));
        notifier.event(&scaled(3));
        assert_eq!(notifier.problem().await, "monitoring.on_event (sh): exit status: 3");
        while count(&notifier)[1] < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(notifier.problem_now().is_none(), "the same again is only counted");

        let within = Duration::from_millis(50);
        let mut notifier = Notifier::start(NotifyPlan { within, ..plan(&["sleep", "600"]) });
        notifier.event(&scaled(2));
        assert!(notifier.problem().await.contains("not done within"));

        let mut notifier = Notifier::start(plan(&["/nowhere/program"]));
        notifier.event(&scaled(2));
        assert!(notifier.problem().await.contains("cannot be started"));
    }

    #[test]
    fn a_problem_that_comes_and_goes_is_reported_now_and_then() {
        let mut reported = Reported::default();
        let start = Instant::now();
        let mut at =
            |seconds, why: &str| reported.is_due(why, start + Duration::from_secs(seconds));
        assert!(at(0, "refused") && at(1, "not done within 10s"));
        assert!(!at(2, "refused") && !at(599, "refused"));
        assert!(at(600, "refused") && !at(600, "not done within 10s"));
        let many = (0..100).filter(|number| at(601, &number.to_string())).count();
        assert!(many < MOST_REPORTED, "{many}");
    }

    /// A receiver that fails at every second event has one problem, not one for each of them.
    #[tokio::test]
    async fn successes_between_failures_are_no_news() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("fails").display().to_string();
        let script = r#"if [ -e "$0" ]; then rm "$0"; else : > "$0"; exit 3; fi"#;
        let mut notifier = Notifier::start(plan(&["sh", "-c", script, &path]));
        (0..6).for_each(|to| notifier.event(&scaled(to)));
        notifier.finish(Duration::from_secs(20)).await;
        assert_eq!(count(&notifier), [3, 3, 0]);
        assert!(notifier.problem_now().is_some());
        assert_eq!(notifier.problem_now(), None);
    }

    #[tokio::test]
    async fn what_is_left_at_the_end_is_reported() {
        let mut notifier = Notifier::start(plan(&["sleep", "600"]));
        (0..3).for_each(|to| notifier.event(&scaled(to)));
        notifier.finish(Duration::from_millis(50)).await;
        assert_eq!(count(&notifier), [0, 0, 3]);
        let problem = notifier.problem_now().unwrap();
        assert!(problem.contains("3 were not sent within 50ms (3 scaled)"), "{problem}");
    }

    #[tokio::test]
    async fn a_slow_receiver_is_reported_once_and_loses_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("open").display().to_string();
        let script = r#"while [ ! -e "$0" ]; do sleep 0.01; done"#;
        let mut notifier = Notifier::start(plan(&["sh", "-c", script, &path]));
        (0..300).for_each(|to| notifier.event(&scaled(to)));
        assert!(
            notifier.problem().await.contains(" is slow: 256 events are waiting, and those of ")
        );
        std::fs::write(&path, "").unwrap();
        notifier.finish(Duration::from_mins(1)).await;
        assert_eq!(count(&notifier), [300, 0, 0]);
        assert_eq!(notifier.problem_now(), None);
    }
}
