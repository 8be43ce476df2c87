//! One forward as a state machine: how it reacts to its kubectls, its relay and the clock. Its
//! leases and the replies to clients are handled by its owner (`actor`).

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use tokio::sync::mpsc;

mod children;
mod key;
mod pin;
mod pool;
mod report;
mod restart;
mod serving;

use pin::Pin;
use pool::{Policy, Slot};
use restart::Restarts;
use serving::Waiting;

pub(super) use key::{Key, key};

use super::actor::Message;
use super::lease::Lease;
use super::protocol::{Event, ForwardState, Isolate, LogLine, Refusal, Spec};
use super::registry::Registry;
use super::relay::{Relay, RelayEvent};
use super::timers::Timers;

/// What forwards act through: the timers, the actor's mailbox, the registry, and the events for
/// clients.
pub(super) struct Effects {
    pub(super) timers: Timers,
    pub(super) to_actor: mpsc::Sender<Message>,
    pub(super) relay_events: mpsc::UnboundedSender<(u64, RelayEvent)>,
    pub(super) registry: Arc<Registry>,
    /// Events for clients that watch.
    pub(super) outbox: Vec<Event>,
}

/// A forward.
pub(super) struct Forward {
    pub(super) id: u64,
    pub(super) name: String,
    /// Other names by which it was requested.
    pub(super) aliases: Vec<String>,
    pub(super) key: Key,
    pub(super) state: ForwardState,
    pub(super) leases: Vec<Lease>,
    /// Why it failed for good: reported to waiting clients, after which the forward is ended.
    pub(super) fatal: Option<String>,
    spec: Spec,
    pin: Pin,
    ports: Vec<u16>,
    addresses: Vec<IpAddr>,
    relay: Option<Relay>,
    /// Its kubectls, oldest first.
    slots: Vec<Slot>,
    /// Connections that wait for a kubectl.
    waiting: VecDeque<Waiting>,
    generation: u64,
    /// How many kubectls were started to replace one that had ended.
    restarts: u64,
    /// How many kubectls were started in total.
    starts: u64,
    /// Connections that the application refused or reset, according to kubectl.
    resets: u64,
    pace: Restarts,
    restart_at: Option<Instant>,
    /// Set if the last attempt failed for lack of credentials: whether a plugin provides them, and
    /// when it failed.
    login: Option<(bool, SystemTime)>,
    /// Connections in a row that kubectl closed without a byte.
    unanswered: u32,
    /// Ended connections, up to a small limit.
    ends: u32,
    /// Whether events are suppressed, because the application makes kubectl end again and again.
    quiet: bool,
    /// When a kubectl may next be replaced on suspicion alone, and the pause after that.
    suspicion: (Option<Instant>, Duration),
    /// Whether kubectl was replaced because it passed nothing on, and no byte has passed since.
    recovering: bool,
    was_ready: bool,
    unused_since: Option<Instant>,
    started_at: Timestamp,
    last_used_at: Option<Timestamp>,
    last_error: Option<String>,
    events: VecDeque<Event>,
    log: VecDeque<LogLine>,
}

/// The initial pause between two replacements on suspicion alone.
const SUSPICION_PAUSE: Duration = Duration::from_secs(30);

impl Forward {
    /// Binds the ports; starts no kubectl yet.
    pub(super) fn new(
        id: u64,
        name: String,
        spec: Spec,
        key: Key,
        effects: &Effects,
    ) -> Result<Self, Refusal> {
        let relay = Relay::bind(id, &spec, effects.timers.park, effects.relay_events.clone())?;
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
            ports: relay.ports.clone(),
            addresses: relay.addresses.clone(),
            relay: Some(relay),
            slots: Vec::new(),
            waiting: VecDeque::new(),
            generation: 0,
            restarts: 0,
            starts: 0,
            resets: 0,
            pace: Restarts::new(),
            restart_at: None,
            login: None,
            unanswered: 0,
            ends: 0,
            quiet: false,
            suspicion: (None, SUSPICION_PAUSE),
            recovering: false,
            was_ready: false,
            unused_since: Some(Instant::now()),
            started_at: Timestamp::now(),
            last_used_at: None,
            last_error: None,
            events: VecDeque::new(),
            log: VecDeque::new(),
        })
    }

    /// Starts kubectl, or leaves that to the first connection.
    pub(super) fn begin(&mut self, effects: &mut Effects) {
        if self.spec.on_demand {
            let text = "asleep until the first connection";
            self.transition(effects, ForwardState::Dormant, text);
        } else {
            self.start(effects);
        }
    }

    /// Starts kubectl if that was left to the first connection: somebody waits until it is ready.
    pub(super) fn begin_now(&mut self, effects: &mut Effects) {
        if self.generation == 0 && self.state == ForwardState::Dormant {
            self.transition(effects, ForwardState::Starting, "requested again, to be ready now");
            self.start(effects);
        }
    }

    /// Starts kubectl if the forward is dormant: somebody is about to connect.
    pub(super) fn wake(&mut self, effects: &mut Effects) {
        if self.state == ForwardState::Dormant {
            self.wanted_again();
            self.transition(
                effects,
                ForwardState::Reconnecting,
                "woken: its endpoint was requested",
            );
            self.serve(effects);
        }
    }

    /// Whether this is its name or one of its aliases.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }

    /// The local ports.
    pub(super) fn ports(&self) -> &[u16] {
        &self.ports
    }

    /// The addresses on which it listens.
    pub(super) fn addresses(&self) -> &[IpAddr] {
        &self.addresses
    }

    /// Whether it holds its ports.
    pub(super) fn is_open(&self) -> bool {
        self.relay.is_some()
    }

    /// Whether it should have a kubectl.
    fn is_wanted(&self) -> bool {
        !matches!(self.state, ForwardState::Dormant | ForwardState::Stopping | ForwardState::Failed)
    }

    fn policy(&self) -> Policy {
        let most = usize::try_from(self.spec.pool).unwrap_or(usize::MAX).max(1);
        let most = if self.spec.isolate == Isolate::Never { 1 } else { most };
        Policy { isolate: self.spec.isolate, most, resets: self.resets > 0 }
    }

    fn fail(&mut self, effects: &mut Effects, why: &str) {
        self.last_error = Some(why.to_owned());
        self.fatal = Some(why.to_owned());
        self.restart_at = None;
        // Dropping them closes their connections.
        self.waiting.clear();
        self.end_all();
        self.transition(effects, ForwardState::Failed, why);
    }

    /// When the forward's next timed work is due.
    pub(super) fn deadline(&mut self) -> Option<Instant> {
        let idle = self.idle_deadline().filter(|_| self.is_wanted());
        let ready = self.slots.iter().filter_map(|slot| slot.ready_by).min();
        let serving = self.serving_deadline();
        [self.restart_at, ready, idle, serving].into_iter().flatten().min()
    }

    fn idle_deadline(&self) -> Option<Instant> {
        // The time spent starting the first kubectl does not count as idle.
        if self.spec.idle_ms == 0
            || matches!(self.state, ForwardState::Starting | ForwardState::Dormant)
        {
            return None;
        }
        self.unused_since?.checked_add(Duration::from_millis(self.spec.idle_ms))
    }

    /// Does what is due at `now`. Returns whether the idle rule ends the forward.
    pub(super) fn tick(&mut self, effects: &mut Effects, now: Instant) -> bool {
        self.tick_children(effects, now);
        self.serve(effects);
        let idle = self.idle_deadline().is_some_and(|at| at <= now) && self.open() == 0;
        let awake = matches!(
            self.state,
            ForwardState::Ready
                | ForwardState::Recovering
                | ForwardState::Reconnecting
                | ForwardState::NeedsLogin
        );
        if !idle || !awake {
            return false;
        }
        if !self.leases.iter().any(Lease::is_owner) {
            return true;
        }
        self.restart_at = None;
        self.end_all();
        let idle = Duration::from_millis(self.spec.idle_ms);
        let text = format!(
            "unused for {}: asleep until the next connection",
            crate::config::duration::format(idle)
        );
        self.transition(effects, ForwardState::Dormant, &text);
        false
    }

    /// A client requested the forward: restarts the idle time.
    pub(super) fn wanted_again(&mut self) {
        if let Some(since) = &mut self.unused_since {
            *since = Instant::now();
        }
    }

    /// Ends all kubectls and starts another one.
    pub(super) fn restart(&mut self, effects: &mut Effects) {
        self.pace.served();
        self.quiet = false;
        self.fatal = None;
        self.wanted_again();
        self.end_all();
        self.restarts += 1;
        self.transition(effects, ForwardState::Reconnecting, "restarted by request");
        self.start(effects);
    }

    /// Ends the forward: closes the ports at once, ends the kubectls in good order.
    pub(super) fn stop(&mut self, effects: &mut Effects, why: &str) {
        if self.state == ForwardState::Stopping {
            return;
        }
        self.relay = None;
        self.restart_at = None;
        self.waiting.clear();
        self.end_all();
        self.transition(effects, ForwardState::Stopping, why);
    }

    /// Ends every kubectl.
    fn end_all(&mut self) {
        for slot in &mut self.slots {
            slot.ready_by = None;
            slot.child.stop();
        }
    }

    /// Whether it has been stopped and all its kubectls have ended.
    pub(super) fn is_gone(&self) -> bool {
        self.state == ForwardState::Stopping && self.slots.is_empty()
    }

    fn open(&self) -> u64 {
        self.relay.as_ref().map_or(0, |relay| relay.counters.open.load(Relaxed))
    }

    /// Enters a state and reports why.
    fn transition(&mut self, effects: &mut Effects, state: ForwardState, message: &str) {
        let news = !std::mem::take(&mut self.quiet) || !is_passing(self.state, state);
        self.quiet = !news;
        self.state = state;
        if news {
            self.note(effects, message);
        }
    }
}

/// Whether the transition is only part of a kubectl restart.
fn is_passing(from: ForwardState, to: ForwardState) -> bool {
    use ForwardState::{Ready, Reconnecting};
    matches!((from, to), (Reconnecting | Ready, Reconnecting | Ready))
}
