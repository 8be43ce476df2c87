//! One forward as a state machine: what it does when its kubectl, its relay or the clock says
//! something. Its leases and the replies to clients are its owner's business (`actor`).

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::mpsc;

mod key;
mod pin;
mod report;

use pin::{Pin, Verdict};
use report::push;

pub(super) use key::{Key, key};

use super::actor::Message;
use super::child::{Child, ChildEvent};
use super::lease::Lease;
use super::protocol::{Event, ForwardState, LogLine, Refusal, Spec};
use super::registry::{MARK, Registry};
use super::relay::{Relay, RelayEvent, Upstream};
use super::timers::Timers;
use crate::kubectl::{Backoff, Error, ForwardCommand, Name};

const KEPT_LINES: usize = 500;

/// What forwards need of the world.
pub(super) struct World {
    pub(super) timers: Timers,
    pub(super) to_actor: mpsc::Sender<Message>,
    pub(super) relay_events: mpsc::UnboundedSender<(u64, RelayEvent)>,
    pub(super) registry: Arc<Registry>,
    /// What happened, for those who watch.
    pub(super) outbox: Vec<Event>,
}

/// A forward.
pub(super) struct Forward {
    pub(super) id: u64,
    pub(super) name: String,
    /// Other names under which it was asked for.
    pub(super) aliases: Vec<String>,
    pub(super) key: Key,
    pub(super) state: ForwardState,
    pub(super) leases: Vec<Lease>,
    /// Why it failed for good: to be told to those who wait, after which it is ended.
    pub(super) fatal: Option<String>,
    spec: Spec,
    pin: Pin,
    namespace: Name,
    ports: Vec<u16>,
    addresses: Vec<IpAddr>,
    relay: Option<Relay>,
    child: Option<Child>,
    generation: u64,
    restarts: u64,
    attempt: u32,
    restart_at: Option<Instant>,
    ready_since: Option<Instant>,
    /// When a kubectl that was started again must be ready.
    ready_by: Option<Instant>,
    /// It was not, and was told to end.
    stuck: bool,
    was_ready: bool,
    /// A connection arrived while it was falling asleep.
    wake: bool,
    unused_since: Option<Instant>,
    started_at: Timestamp,
    last_used_at: Option<Timestamp>,
    last_error: Option<String>,
    events: VecDeque<Event>,
    log: VecDeque<LogLine>,
}

impl Forward {
    /// Binds the port; starts nothing yet.
    pub(super) fn new(
        id: u64,
        name: String,
        spec: Spec,
        (key, namespace): (Key, Name),
        world: &World,
    ) -> Result<Self, Refusal> {
        let events = world.relay_events.clone();
        let relay = Relay::bind(id, (&spec.ports, &spec.addresses), world.timers.park, events)?;
        Ok(Self {
            id,
            name,
            aliases: Vec::new(),
            key,
            state: ForwardState::Starting,
            leases: Vec::new(),
            fatal: None,
            spec,
            pin: Pin::default(),
            namespace,
            ports: relay.ports.clone(),
            addresses: relay.addresses.clone(),
            relay: Some(relay),
            child: None,
            generation: 0,
            restarts: 0,
            attempt: 0,
            restart_at: None,
            ready_since: None,
            ready_by: None,
            stuck: false,
            was_ready: false,
            wake: false,
            unused_since: Some(Instant::now()),
            started_at: Timestamp::now(),
            last_used_at: None,
            last_error: None,
            events: VecDeque::new(),
            log: VecDeque::new(),
        })
    }

    /// Whether it is found by this name.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }

    /// The local ports.
    pub(super) fn ports(&self) -> &[u16] {
        &self.ports
    }

    /// The addresses that it listens on.
    pub(super) fn addresses(&self) -> &[IpAddr] {
        &self.addresses
    }

    /// Whether it has its ports.
    pub(super) fn is_open(&self) -> bool {
        self.relay.is_some()
    }

    /// Starts kubectl.
    pub(super) fn start(&mut self, world: &mut World) {
        self.restart_at = None;
        self.wake = false;
        if self.generation > 0 {
            let mark = (MARK, world.registry.instance().id.as_str());
            match self.pin.check(&self.spec, mark) {
                Verdict::Same => {}
                Verdict::Elsewhere(why) => return self.fail(world, &why),
                Verdict::Later { after, why } => {
                    self.restart_at = Some(Instant::now() + after);
                    if self.was_ready {
                        self.state = ForwardState::Reconnecting;
                    }
                    if let Some(why) = why {
                        self.last_error = Some(why.clone());
                        self.note(world, &why);
                    }
                    return;
                }
            }
            self.restarts += 1;
        }
        self.generation += 1;
        let state =
            if self.was_ready { ForwardState::Reconnecting } else { ForwardState::Starting };
        let command = self.command(world);
        let grace = world.timers.stop_grace;
        let started =
            Child::start(&command, self.id, self.generation, grace, world.to_actor.clone());
        let mut child = match started {
            Ok(child) => child,
            Err(error) => {
                self.state = state;
                self.broke(world, &error);
                return;
            }
        };
        if let Err(error) = world.registry.add(child.pid, &self.name) {
            // Without an entry nobody would find it after a crash: better no forward at all.
            child.stop();
            self.child = Some(child);
            self.fail(world, &format!("cannot write the registry of children: {error}"));
            return;
        }
        let pid = child.pid;
        self.child = Some(child);
        // The first start has its client's patience for a limit.
        self.ready_by = self.was_ready.then(|| Instant::now() + world.timers.ready);
        self.stuck = false;
        self.become_(world, state, &format!("kubectl started (pid {pid})"));
    }

    fn command(&self, world: &World) -> ForwardCommand {
        let mut environment: Vec<_> =
            self.spec.environment.0.iter().map(|(n, v)| (n.clone(), v.clone())).collect();
        // So that whatever descends from it can be found.
        environment.push((MARK.into(), world.registry.instance().id.clone().into()));
        ForwardCommand {
            program: self.spec.kubectl.clone(),
            kubeconfig: self.spec.kubeconfig.clone(),
            context: self.spec.context.clone(),
            namespace: self.namespace.clone(),
            target: self.key.target.clone(),
            remotes: self.key.remotes.clone(),
            pod_selection: self.spec.pod_selection,
            environment,
            directory: self.spec.directory.clone(),
        }
    }

    /// Its kubectl said something.
    pub(super) fn heard(&mut self, world: &mut World, generation: u64, event: ChildEvent) {
        if self.child.as_ref().is_none_or(|child| child.generation != generation) {
            return;
        }
        match event {
            ChildEvent::Ready(ports) => {
                if self.child.as_ref().is_some_and(Child::is_stopping) {
                    return;
                }
                self.ready_since = Some(Instant::now());
                self.ready_by = None;
                if !self.was_ready {
                    self.was_ready = true;
                    self.wanted_again();
                }
                self.lead(Upstream::Up { generation, ports: ports.into() });
                let text = format!("ready at {}", self.local());
                self.become_(world, ForwardState::Ready, &text);
            }
            ChildEvent::Said(text) => {
                push(&mut self.log, KEPT_LINES, LogLine { at: Timestamp::now(), text });
            }
            ChildEvent::Ended(error) => {
                if let Some(child) = self.child.take() {
                    world.registry.remove(child.pid);
                }
                self.ready_by = None;
                self.lead(Upstream::Down);
                self.ended(world, error);
            }
        }
    }

    fn ended(&mut self, world: &mut World, error: Option<Error>) {
        match (self.state, error) {
            (ForwardState::Stopping | ForwardState::Failed, _) => {}
            (ForwardState::Dormant, _) => {
                if self.wake {
                    self.awake(world);
                }
            }
            (_, Some(error)) => self.broke(world, &error),
            (_, None) if std::mem::take(&mut self.stuck) => {
                let limit = crate::config::duration::format(world.timers.ready);
                let text = format!("kubectl was not ready within {limit}; it was ended");
                self.broke(world, &Error::new(crate::kubectl::ErrorKind::Timeout, text));
            }
            // Told to end so that another one can take its place.
            (_, None) => self.start(world),
        }
    }

    /// kubectl ended by itself, or could not be started.
    fn broke(&mut self, world: &mut World, error: &Error) {
        let now = Instant::now();
        let message = error.to_string();
        self.last_error = Some(message.clone());
        let steady = |since: Instant| now.duration_since(since) >= world.timers.steady;
        if self.ready_since.take().is_some_and(steady) {
            self.attempt = 0;
        }
        if !self.was_ready && (error.is_permanent_for_forward() || error.needs_login()) {
            self.fail(world, &message);
            return;
        }
        if error.needs_login() {
            self.restart_at = Some(now + world.timers.login_retry);
            self.become_(world, ForwardState::NeedsLogin, &message);
            return;
        }
        let wait = match self.attempt {
            0 => Duration::ZERO,
            retry => {
                Backoff { most: world.timers.restart_most, ..Backoff::default() }.delay(retry - 1)
            }
        };
        self.attempt = self.attempt.saturating_add(1);
        let state =
            if self.was_ready { ForwardState::Reconnecting } else { ForwardState::Starting };
        let text = match wait.as_millis() {
            0 => format!("{message}; kubectl is started again"),
            wait => format!("{message}; kubectl is started again in {wait} ms"),
        };
        self.become_(world, state, &text);
        if wait.is_zero() {
            self.start(world);
        } else {
            self.restart_at = Some(now + wait);
        }
    }

    fn awake(&mut self, world: &mut World) {
        self.note(world, "a connection woke it");
        self.start(world);
    }

    fn fail(&mut self, world: &mut World, why: &str) {
        self.last_error = Some(why.to_owned());
        self.fatal = Some(why.to_owned());
        self.lead(Upstream::Closed);
        self.become_(world, ForwardState::Failed, why);
    }

    /// Its relay said something.
    pub(super) fn relayed(&mut self, world: &mut World, event: RelayEvent) {
        match event {
            RelayEvent::Used => self.unused_since = None,
            RelayEvent::Unused => {
                // The events of connections may come out of order; the counter does not lie.
                if self.open() == 0 {
                    self.unused_since = Some(Instant::now());
                    self.last_used_at = Some(Timestamp::now());
                }
            }
            RelayEvent::Wanted if self.state == ForwardState::Dormant => {
                if self.child.is_some() {
                    self.wake = true;
                } else {
                    self.awake(world);
                }
            }
            RelayEvent::Wanted => {}
            RelayEvent::Broken(generation) => {
                if let Some(child) = &mut self.child
                    && child.generation == generation
                    && self.state == ForwardState::Ready
                {
                    child.stop();
                    let text = "kubectl takes no more connections; it is replaced";
                    self.lead(Upstream::Down);
                    self.become_(world, ForwardState::Reconnecting, text);
                }
            }
        }
    }

    /// When the clock next matters to it.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let idle = self.idle_deadline().filter(|_| {
            !matches!(
                self.state,
                ForwardState::Dormant | ForwardState::Stopping | ForwardState::Failed
            )
        });
        [self.restart_at, self.ready_by, idle].into_iter().flatten().min()
    }

    fn idle_deadline(&self) -> Option<Instant> {
        // The time that its first kubectl takes is nobody's neglect.
        if self.spec.idle_ms == 0
            || matches!(self.state, ForwardState::Starting | ForwardState::Dormant)
        {
            return None;
        }
        self.unused_since?.checked_add(Duration::from_millis(self.spec.idle_ms))
    }

    /// The clock says `now`. Returns whether the idle rule ends it.
    pub(super) fn tick(&mut self, world: &mut World, now: Instant) -> bool {
        if self.restart_at.is_some_and(|at| at <= now) {
            self.start(world);
        }
        if self.ready_by.is_some_and(|at| at <= now) {
            self.ready_by = None;
            self.stuck = true;
            if let Some(child) = &mut self.child {
                child.stop();
            }
        }
        let idle = self.idle_deadline().is_some_and(|at| at <= now) && self.open() == 0;
        let awake = matches!(
            self.state,
            ForwardState::Ready | ForwardState::Reconnecting | ForwardState::NeedsLogin
        );
        if !idle || !awake {
            return false;
        }
        if !self.leases.iter().any(Lease::is_owner) {
            return true;
        }
        self.restart_at = None;
        self.ready_by = None;
        self.lead(Upstream::Down);
        if let Some(child) = &mut self.child {
            child.stop();
        }
        let idle = Duration::from_millis(self.spec.idle_ms);
        let text = format!(
            "unused for {}: asleep until the next connection",
            crate::config::duration::format(idle)
        );
        self.become_(world, ForwardState::Dormant, &text);
        false
    }

    /// Somebody asked for it: the idle time begins anew.
    pub(super) fn wanted_again(&mut self) {
        if let Some(since) = &mut self.unused_since {
            *since = Instant::now();
        }
    }

    /// Ends kubectl and starts another one.
    pub(super) fn restart(&mut self, world: &mut World) {
        self.attempt = 0;
        self.fatal = None;
        self.wanted_again();
        self.lead(Upstream::Down);
        if let Some(child) = &mut self.child {
            child.stop();
            self.become_(world, ForwardState::Reconnecting, "restarted by request");
        } else {
            self.start(world);
        }
    }

    /// Ends it: the port at once, kubectl in good order.
    pub(super) fn stop(&mut self, world: &mut World, why: &str) {
        if self.state == ForwardState::Stopping {
            return;
        }
        self.relay = None;
        self.restart_at = None;
        self.ready_by = None;
        if let Some(child) = &mut self.child {
            child.stop();
        }
        self.become_(world, ForwardState::Stopping, why);
    }

    /// Whether it has been ended and nothing of it is left.
    pub(super) fn is_gone(&self) -> bool {
        self.state == ForwardState::Stopping && self.child.is_none()
    }

    fn lead(&self, to: Upstream) {
        if let Some(relay) = &self.relay {
            relay.lead(to);
        }
    }

    fn open(&self) -> u64 {
        self.relay.as_ref().map_or(0, |relay| relay.counters.open.load(Relaxed))
    }

    /// Takes a state, and says why.
    fn become_(&mut self, world: &mut World, state: ForwardState, message: &str) {
        self.state = state;
        self.note(world, message);
    }
}
