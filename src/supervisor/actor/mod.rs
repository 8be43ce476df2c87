//! The one task that owns all state: forwards, sessions, leases. Everything else sends it messages;
//! nothing is locked, and nothing in here blocks.

mod clock;
mod settle;
mod start;
mod wait;

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::child::ChildEvent;
use super::forward::{Effects, Forward};
use super::lease::{Lease, Session, SessionId};
use super::protocol::{
    Environment, Event, ForwardState, ForwardStatus, Refusal, RefusalKind, Reply, Request, Story,
    SupervisorInfo,
};
use super::relay::RelayEvent;
use super::surroundings::differences;
use crate::process::{self, NetworkChanges};
use start::StartEffect;
use wait::Attention;

/// How many stories of ended forwards are kept for `forward why`.
const KEPT_STORIES: usize = 50;

/// Network changes come in bursts: routes are checked this long after the first one.
const NETWORK_SETTLES: Duration = Duration::from_secs(1);

/// A message to the actor.
pub(super) enum Message {
    /// A client connected.
    Opened { session: SessionId, pid: Option<u32>, events: mpsc::Sender<Event> },
    /// A client sent something.
    Beat { session: SessionId },
    /// A client sent a request.
    Request { session: SessionId, request: Request, reply: oneshot::Sender<Reply> },
    /// A client disconnected.
    Closed { session: SessionId },
    /// Something happened to a kubectl.
    Child { id: u64, generation: u64, event: ChildEvent },
    /// A process that holds a lease has exited.
    PidEnded { id: u64, pid: u32 },
    /// A signal asks the supervisor to end.
    Shutdown { why: String },
    /// The guard is gone: the supervisor must not run without one, although nobody requested its
    /// end.
    GuardKilled,
    /// Another supervisor has taken over the runtime directory: clients cannot find this one any
    /// more.
    Displaced { why: &'static str },
}

/// Why the actor ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// On request, or idle for long enough: clients know, or have no forwards.
    Told,
    /// As in a crash: clients must see their connections close, and restart their forwards.
    Crashed,
}

/// A client that waits for a forward to become ready.
struct Waiter {
    session: SessionId,
    existing: bool,
    addition: StartEffect,
    deadline: Instant,
    /// Set if a person waits.
    attention: Option<Attention>,
    /// The variables whose values differ from those that the forward runs with.
    differs: Vec<String>,
    reply: oneshot::Sender<Reply>,
}

struct Client {
    session: Session,
    events: mpsc::Sender<Event>,
    /// The watched forwards: `None` for none, empty for all.
    watches: Option<Vec<String>>,
    /// What this client's starts have added.
    added: Vec<StartEffect>,
}

pub(super) struct Actor {
    effects: Effects,
    info: SupervisorInfo,
    forwards: Vec<Forward>,
    clients: HashMap<SessionId, Client>,
    waiters: Vec<Waiter>,
    /// Clients that wait until forwards have ended.
    stoppers: Vec<(Vec<u64>, oneshot::Sender<Reply>)>,
    stories: VecDeque<Story>,
    next_id: u64,
    next_check: Option<Instant>,
    idle_since: Instant,
    shutting_down: bool,
    /// Whether the guard is gone: no request is answered any more.
    orphaned: bool,
    /// When routes will be checked after a network change.
    routes_due: Option<Instant>,
    /// The machine's total suspended time when it was last read.
    suspended: Duration,
    /// Held so that these requests stay unanswered until the connection closes.
    unanswered: Vec<oneshot::Sender<Reply>>,
}

impl Actor {
    pub(super) fn new(effects: Effects, info: SupervisorInfo) -> Self {
        Self {
            effects,
            info,
            forwards: Vec::new(),
            clients: HashMap::new(),
            waiters: Vec::new(),
            stoppers: Vec::new(),
            stories: VecDeque::new(),
            next_id: 1,
            next_check: None,
            idle_since: Instant::now(),
            shutting_down: false,
            orphaned: false,
            routes_due: None,
            suspended: process::time_suspended(),
            unanswered: Vec::new(),
        }
    }

    /// Runs until the supervisor is to end, or has had nothing to do for long enough.
    pub(super) async fn run(
        mut self,
        mut messages: mpsc::Receiver<Message>,
        mut relayed: mpsc::UnboundedReceiver<(u64, RelayEvent)>,
    ) -> End {
        let mut network = NetworkChanges::listen();
        loop {
            self.notice_suspension();
            self.settle();
            if self.shutting_down && self.forwards.is_empty() {
                return if self.orphaned { End::Crashed } else { End::Told };
            }
            let deadline = self.deadline();
            let sleep = async {
                match deadline {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // Messages come before timers: after a pause of this process (SIGSTOP, a very
                // loaded machine) heartbeats that waited must count first.
                biased;
                message = messages.recv() => match message {
                    Some(message) => self.handle(message),
                    None => return End::Told,
                },
                Some((id, event)) = relayed.recv() => {
                    if let Some(forward) = self.forwards.iter_mut().find(|f| f.id == id) {
                        forward.on_relay(&mut self.effects, event);
                    }
                }
                () = network.next() => {
                    self.routes_due.get_or_insert(Instant::now() + NETWORK_SETTLES);
                }
                () = sleep => {
                    if self.tick() {
                        return End::Told;
                    }
                }
            }
        }
    }

    pub(super) fn handle(&mut self, message: Message) {
        match message {
            Message::Opened { session, pid, events } => {
                let session_state = Session { pid, last_beat: Instant::now(), suspended: false };
                let client =
                    Client { session: session_state, events, watches: None, added: Vec::new() };
                self.clients.insert(session, client);
            }
            Message::Beat { session } => {
                if let Some(client) = self.clients.get_mut(&session) {
                    client.session.last_beat = Instant::now();
                }
            }
            Message::Request { session, request, reply } => {
                self.handle_request(session, request, reply);
            }
            Message::Closed { session } => {
                self.clients.remove(&session);
                let cancelled = self.waiters.extract_if(.., |waiter| waiter.session == session);
                for waiter in cancelled.collect::<Vec<_>>() {
                    let why = "its client disconnected before it was ready";
                    self.undo_start(session, &waiter.addition, why);
                }
                self.end_leases(
                    "the client has ended",
                    |lease| matches!(lease, Lease::Session(of) if *of == session),
                );
                self.idle_since = Instant::now();
            }
            Message::Child { id, generation, event } => {
                if let Some(forward) = self.forwards.iter_mut().find(|f| f.id == id) {
                    forward.on_child(&mut self.effects, generation, event);
                }
            }
            Message::PidEnded { id, pid } => {
                let why = format!("owner process {pid} exited");
                self.end_leases_of(
                    id,
                    &why,
                    |lease| matches!(lease, Lease::Pid(of, _) if *of == pid),
                );
            }
            Message::Shutdown { why } => self.shut_down(&why),
            Message::GuardKilled => self.crash("the supervisor's guard was killed"),
            Message::Displaced { why } => self.crash(why),
        }
    }

    /// Ends in good order, but to clients like a crash: no client hears that its forwards are
    /// stopping, so that those who still need them start them again.
    fn crash(&mut self, why: &str) {
        if !self.shutting_down {
            let alive = self.forwards.iter().filter(|f| f.state != ForwardState::Stopping);
            let event = |forward: &Forward| Event {
                name: forward.name.clone(),
                at: Timestamp::now(),
                state: ForwardState::Reconnecting,
                message: why.to_owned(),
            };
            alive.map(event).for_each(|event| self.publish(&event));
            self.orphaned = true;
        }
        self.shut_down(why);
    }

    fn shut_down(&mut self, why: &str) {
        self.shutting_down = true;
        for forward in &mut self.forwards {
            forward.stop(&mut self.effects, why);
        }
    }

    fn handle_request(
        &mut self,
        session: SessionId,
        request: Request,
        reply: oneshot::Sender<Reply>,
    ) {
        if self.orphaned {
            self.unanswered.push(reply);
            return;
        }
        let answer = match request {
            Request::Hello { .. } => Reply::Hello(self.info.clone()),
            Request::Shutdown => {
                self.shut_down("the supervisor was stopped");
                let all = self.forwards.iter().map(|forward| forward.id).collect();
                self.stoppers.push((all, reply));
                return;
            }
            Request::Start { spec, lease, ready_timeout_ms, attended } => {
                let timeout = Duration::from_millis(ready_timeout_ms);
                let environment = spec.environment.clone();
                match self.start(session, *spec, lease) {
                    Ok((addition, existing)) => {
                        let now = Instant::now();
                        let deadline = now.checked_add(timeout).unwrap_or(now);
                        let id = addition.forward;
                        let attention = attended.then(|| Attention::new(now));
                        self.waiters.push(Waiter {
                            session,
                            existing,
                            addition,
                            deadline,
                            attention,
                            differs: self.differences(id, &environment),
                            reply,
                        });
                        return;
                    }
                    Err(refusal) => Reply::Error(refusal),
                }
            }
            Request::List { names } => match self.unknown(&names) {
                Some(refusal) => Reply::Error(refusal),
                None => Reply::Forwards { forwards: self.statuses(&names) },
            },
            Request::Wake { names } => self.wake(&names),
            Request::Beat => Reply::Done,
            Request::Suspend { suspended } => {
                if let Some(client) = self.clients.get_mut(&session) {
                    client.session.suspended = suspended;
                }
                Reply::Done
            }
            Request::Heartbeat { name } => self.heartbeat(&name),
            Request::Stop { names } => {
                if let Some(refusal) = self.unknown(&names) {
                    Reply::Error(refusal)
                } else {
                    let meant =
                        |f: &Forward| names.is_empty() || names.iter().any(|n| f.is_named(n));
                    let mut ids = Vec::new();
                    for forward in self.forwards.iter_mut().filter(|f| meant(f)) {
                        forward.stop(&mut self.effects, "stopped by request");
                        ids.push(forward.id);
                    }
                    self.stoppers.push((ids, reply));
                    return;
                }
            }
            Request::Release { name } => {
                let Some(id) = self.find(&name) else {
                    let _ = reply.send(Reply::Error(self.not_found(&name)));
                    return;
                };
                self.end_leases_of(
                    id,
                    "its client released it",
                    |lease| matches!(lease, Lease::Session(of) if *of == session),
                );
                Reply::Done
            }
            Request::Rollback => {
                let ids = self.roll_back(session);
                self.stoppers.push((ids, reply));
                return;
            }
            Request::Restart { name } => {
                // A forward that is stopping stays so: its port is released already.
                let meant =
                    |f: &&mut Forward| f.is_named(&name) && f.state != ForwardState::Stopping;
                match self.forwards.iter_mut().find(meant) {
                    Some(forward) => {
                        forward.restart(&mut self.effects);
                        Reply::Done
                    }
                    None => Reply::Error(self.not_found(&name)),
                }
            }
            Request::Story { name } => self.story(&name),
            Request::Watch { names } => {
                if let Some(client) = self.clients.get_mut(&session) {
                    client.watches = Some(names);
                }
                Reply::Done
            }
        };
        let _ = reply.send(answer);
    }

    /// The names of the variables that differ in the forward's environment.
    fn differences(&self, id: u64, environment: &Environment) -> Vec<String> {
        let forward = self.forwards.iter().find(|forward| forward.id == id);
        forward.map_or_else(Vec::new, |it| differences(it.environment(), environment))
    }

    fn wake(&mut self, names: &[String]) -> Reply {
        if let Some(refusal) = self.unknown(names) {
            return Reply::Error(refusal);
        }
        let meant = |it: &&mut Forward| names.iter().any(|name| it.is_named(name));
        for forward in self.forwards.iter_mut().filter(meant) {
            forward.wake(&mut self.effects);
        }
        Reply::Forwards { forwards: self.statuses(names) }
    }

    fn heartbeat(&mut self, name: &str) -> Reply {
        let Some(id) = self.find(name) else { return Reply::Error(self.not_found(name)) };
        let forward = self.forwards.iter_mut().find(|forward| forward.id == id);
        let leases = forward.map(|forward| &mut forward.leases);
        let beat = leases.into_iter().flatten().find_map(|lease| match lease {
            Lease::Heartbeat(beat) => Some(beat),
            _ => None,
        });
        match beat {
            Some(beat) => {
                *beat = Instant::now();
                Reply::Done
            }
            None => Reply::Error(Refusal {
                kind: RefusalKind::BadRequest,
                message: format!("{name} was not started with --require-heartbeat"),
            }),
        }
    }

    fn story(&self, name: &str) -> Reply {
        if let Some(forward) = self.forwards.iter().find(|forward| forward.is_named(name)) {
            return Reply::Story(self.story_of(forward, true).fitted());
        }
        let named =
            |story: &&Story| story.name == name || story.aliases.iter().any(|alias| alias == name);
        match self.stories.iter().rev().find(named) {
            Some(story) => Reply::Story(story.clone().fitted()),
            None => Reply::Error(self.not_found(name)),
        }
    }

    fn story_of(&self, forward: &Forward, alive: bool) -> Story {
        let (events, log) = forward.story();
        let status = alive.then(|| Box::new(self.status(forward)));
        let (name, aliases) = (forward.name.clone(), forward.aliases.clone());
        Story { name, aliases, forward: status, events, log }
    }

    /// The forward with this name; one that is stopping only if there is no other.
    fn find(&self, name: &str) -> Option<u64> {
        let named = self.forwards.iter().filter(|forward| forward.is_named(name));
        let found = named.min_by_key(|forward| forward.state == ForwardState::Stopping);
        found.map(|forward| forward.id)
    }

    fn unknown(&self, names: &[String]) -> Option<Refusal> {
        let unknown = names.iter().find(|name| self.find(name).is_none())?;
        Some(self.not_found(unknown))
    }

    fn not_found(&self, name: &str) -> Refusal {
        let names = self.forwards.iter().flat_map(|f| std::iter::once(&f.name).chain(&f.aliases));
        let names = names.map(String::as_str);
        let near = crate::config::pattern::nearest(name, names);
        let hint = match near.first() {
            Some(near) => format!("; did you mean {near}?"),
            None => String::new(),
        };
        let message = format!("no forward is named {name}{hint}");
        Refusal { kind: RefusalKind::NotFound, message }
    }

    fn status(&self, forward: &Forward) -> ForwardStatus {
        let now = Instant::now();
        let leases = forward.leases.iter().map(|lease| {
            let session = match lease {
                Lease::Session(id) => self.clients.get(id).map(|client| &client.session),
                _ => None,
            };
            lease.status(session, now)
        });
        forward.status(leases.collect())
    }

    pub(super) fn statuses(&self, names: &[String]) -> Vec<ForwardStatus> {
        let meant = |f: &&Forward| names.is_empty() || names.iter().any(|n| f.is_named(n));
        let mut all: Vec<_> = self.forwards.iter().filter(meant).map(|f| self.status(f)).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// Ends the leases that `ends` selects, and the forwards that then have no lease left.
    fn end_leases(&mut self, why: &str, ends: impl Fn(&Lease) -> bool) {
        for at in 0..self.forwards.len() {
            let id = self.forwards[at].id;
            self.end_leases_of(id, why, &ends);
        }
    }

    fn end_leases_of(&mut self, id: u64, why: &str, ends: impl Fn(&Lease) -> bool) {
        let Some(forward) = self.forwards.iter_mut().find(|forward| forward.id == id) else {
            return;
        };
        let before = forward.leases.len();
        forward.leases.retain(|lease| !ends(lease));
        if forward.leases.len() == before {
            return;
        }
        if forward.leases.is_empty() {
            forward.stop(&mut self.effects, why);
        } else {
            forward.note(&mut self.effects, &format!("a lease ended: {why}"));
        }
    }
}
