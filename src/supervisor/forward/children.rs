//! A forward's kubectls: their start, their output, and what follows from their end.

use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;

use super::super::child::{Child, ChildEvent};
use super::super::protocol::{ForwardState, LogLine};
use super::super::registry::MARK;
use super::pin::{Verdict, modified_since};
use super::pool::{Doubt, Slot};
use super::report::push;
use super::restart::{MOST_WHILE_AWAITED, Record};
use super::{Effects, Forward};
use crate::kubectl::{ConnectionFailure, Culprit, Error, ErrorKind, ForwardCommand};
use crate::process;

const KEPT_LINES: usize = 500;
/// How many kubectls may be starting at once for waiting connections, if a start takes unusually
/// long.
const TRIED_BESIDE: usize = 3;
/// While connections wait, credentials are retried at this interval, unless a credential plugin is
/// involved, which might open a browser each time.
const LOGIN_AWAITED: Duration = Duration::from_secs(2);

impl Forward {
    /// Starts a kubectl.
    pub(in crate::supervisor) fn start(&mut self, effects: &mut Effects) {
        self.restart_at = None;
        // The context may have been changed since the request.
        if self.generation > 0 || self.spec.on_demand {
            let mark = (MARK, effects.registry.instance().id.as_str());
            match self.pin.check(&self.spec, mark) {
                Verdict::Same => {}
                Verdict::Elsewhere(why) if self.slots.iter().any(Slot::serves) => {
                    // Leave working kubectls alone, but start no further one.
                    let most = effects.timers.restart_most;
                    self.pace.failed_beside(Instant::now(), Duration::ZERO, most);
                    self.last_error = Some(why);
                    return;
                }
                Verdict::Elsewhere(why) => return self.fail(effects, &why),
                Verdict::Later { after, why } => {
                    let now = Instant::now();
                    self.pace.tried(now);
                    self.restart_at = Some(now + after);
                    if self.was_ready && !self.slots.iter().any(Slot::serves) {
                        self.state = ForwardState::Reconnecting;
                    }
                    if let Some(why) = why {
                        self.last_error = Some(why.clone());
                        self.note(effects, &why);
                    }
                    return;
                }
            }
        }
        let now = Instant::now();
        self.pace.started(now);
        self.generation += 1;
        let command = self.command(effects);
        let grace = effects.timers.stop_grace;
        let started =
            Child::start(&command, self.id, self.generation, grace, effects.to_actor.clone());
        let mut child = match started {
            Ok(child) => child,
            Err(error) => {
                return self.on_failure(effects, &error, Culprit::Kubectl, Record::Nothing);
            }
        };
        self.starts += 1;
        let pid = child.pid;
        let unregistered = effects.registry.add(pid, &self.name).err();
        if unregistered.is_some() {
            // Not in the registry: nothing would find it after a crash.
            child.stop();
        }
        // The first start is limited by its client's timeout.
        let ready_by = self.was_ready.then(|| now + effects.timers.ready);
        self.slots.push(Slot::new(child, ready_by));
        if let Some(error) = unregistered {
            let text = format!("cannot write the registry of children: {error}");
            let error = Error::new(ErrorKind::Other, text);
            return self.on_failure(effects, &error, Culprit::Kubectl, Record::Nothing);
        }
        if self.slots.iter().any(Slot::serves) {
            return;
        }
        let state =
            if self.was_ready { ForwardState::Reconnecting } else { ForwardState::Starting };
        self.transition(effects, state, &format!("kubectl started (pid {pid})"));
    }

    fn command(&self, effects: &Effects) -> ForwardCommand {
        let mut environment: Vec<_> =
            self.spec.environment.0.iter().map(|(n, v)| (n.clone(), v.clone())).collect();
        // Marks all descendants, so that they can be found.
        environment.push((MARK.into(), effects.registry.instance().id.clone().into()));
        ForwardCommand {
            program: self.spec.kubectl.clone(),
            kubeconfig: self.spec.kubeconfig.clone(),
            impersonation: self.spec.impersonation.clone(),
            context: self.spec.context.clone(),
            namespace: self.key.namespace.clone(),
            target: self.key.target.clone(),
            remotes: self.key.remotes.clone(),
            pod_selection: self.spec.pod_selection,
            environment,
            directory: self.spec.directory.clone(),
        }
    }

    /// Handles an event of one of the forward's kubectls.
    pub(in crate::supervisor) fn on_child(
        &mut self,
        effects: &mut Effects,
        generation: u64,
        event: ChildEvent,
    ) {
        let Some(at) = self.slots.iter().position(|slot| slot.child.generation == generation)
        else {
            return;
        };
        match event {
            ChildEvent::Ready(tunnel) => {
                let slot = &mut self.slots[at];
                slot.ready_by = None;
                slot.tunnel = Some(tunnel);
                slot.since = Instant::now();
                if slot.child.is_stopping() {
                    return;
                }
                self.is_up(effects);
            }
            ChildEvent::Said(text) => {
                push(&mut self.log, KEPT_LINES, LogLine { at: Timestamp::now(), text });
            }
            ChildEvent::Failed(failure) => match failure {
                ConnectionFailure::Refused | ConnectionFailure::Reset => self.resets += 1,
                ConnectionFailure::PodGone => self.doubt(effects, at, false, "its pod is gone"),
                ConnectionFailure::NotOpened => {}
            },
            ChildEvent::Wedged => {
                self.doubt(effects, at, true, "kubectl has lost its connection to the pod");
            }
            ChildEvent::Ended(why) => {
                let slot = self.slots.remove(at);
                effects.registry.remove(slot.child.pid);
                self.ended(effects, &slot, why);
            }
        }
        self.serve(effects);
    }

    /// Handles that one of the kubectls is up.
    fn is_up(&mut self, effects: &mut Effects) {
        self.restart_at = None;
        self.login = None;
        self.pace.is_up();
        if !self.was_ready {
            self.was_ready = true;
            self.wanted_again();
        }
        self.retire_doubtful();
        if matches!(self.state, ForwardState::Ready | ForwardState::Recovering) {
            return;
        }
        let text = format!("ready at {}", self.local());
        if self.recovering {
            let text = format!("{text}; no byte has passed yet");
            self.transition(effects, ForwardState::Recovering, &text);
        } else {
            self.transition(effects, ForwardState::Ready, &text);
        }
    }

    /// No further connection goes through this kubectl. If it is dead, it is ended once there is
    /// another one; otherwise its open connections go on.
    pub(super) fn doubt(&mut self, effects: &mut Effects, at: usize, dead: bool, why: &str) {
        let slot = &mut self.slots[at];
        if slot.child.is_stopping() || slot.doubt.is_some_and(|doubt| doubt.dead || !dead) {
            return;
        }
        slot.doubt = Some(Doubt { since: Instant::now(), dead });
        if let Some(tunnel) = &slot.tunnel {
            tunnel.set_doubted(dead);
        }
        let pid = slot.child.pid;
        self.last_error = Some(why.to_owned());
        self.recovering = true;
        self.quiet = false;
        let text = format!("{why}; it is replaced (pid {pid})");
        if self.slots.iter().any(Slot::serves) {
            self.transition(effects, ForwardState::Recovering, &text);
            self.retire_doubtful();
        } else {
            if !self.has_any() && self.restart_at.is_none() {
                let proven = self.slots[at].tunnel.as_ref().is_some_and(|it| it.is_proven());
                let record = if proven { Record::Served } else { Record::Nothing };
                let most = effects.timers.restart_most;
                self.restart_at = Some(self.pace.after(record, Instant::now(), most));
            }
            self.transition(effects, ForwardState::Reconnecting, &text);
        }
    }

    /// There is another kubectl: ends those in doubt, unless they have proved to work or still
    /// serve connections.
    pub(super) fn retire_doubtful(&mut self) {
        self.clear_doubts();
        if !self.slots.iter().any(Slot::serves) {
            return;
        }
        for slot in &mut self.slots {
            let Some(doubt) = slot.doubt else { continue };
            if slot.open == 0 {
                slot.child.stop();
            } else if doubt.dead {
                slot.child.abort();
            }
        }
    }

    fn ended(&mut self, effects: &mut Effects, slot: &Slot, why: Option<(Error, Culprit)>) {
        if !self.is_wanted() {
            return;
        }
        match why {
            Some((error, culprit)) => {
                let record = match (&slot.tunnel, culprit) {
                    (None, _) => Record::Nothing,
                    (_, Culprit::Application(ConnectionFailure::Refused)) => Record::Refused,
                    _ if slot.used || slot.started.elapsed() >= effects.timers.steady => {
                        Record::Served
                    }
                    _ => Record::Nothing,
                };
                self.on_failure(effects, &error, culprit, record);
            }
            None if slot.late && !self.has_any() => {
                let limit = crate::config::duration::format(effects.timers.ready);
                let text = format!("kubectl was not ready within {limit}; it was ended");
                let error = Error::new(ErrorKind::Timeout, text);
                self.on_failure(effects, &error, Culprit::Network, Record::Nothing);
            }
            // Ended on purpose; `serve` starts another one if needed.
            None => {}
        }
    }

    /// Whether a kubectl is up or starting.
    fn has_any(&self) -> bool {
        self.slots.iter().any(|slot| slot.serves() || slot.is_starting())
    }

    /// A kubectl ended by itself, or could not be started.
    fn on_failure(
        &mut self,
        effects: &mut Effects,
        error: &Error,
        culprit: Culprit,
        record: Record,
    ) {
        let now = Instant::now();
        let message = error.to_string();
        if record == Record::Served {
            self.pace.served();
        }
        if !self.was_ready && (error.is_permanent_for_forward() || error.needs_login()) {
            self.fail(effects, &message);
            return;
        }
        let due = self.pace.after(record, now, effects.timers.restart_most);
        self.restarts += u64::from(self.was_ready);
        let by_application = matches!(culprit, Culprit::Application(_));
        self.quiet &= by_application;
        if self.has_any() {
            // The other kubectls go on; `serve` starts another one if needed.
            if record == Record::Nothing {
                let least = error.needs_login().then_some(effects.timers.login_retry);
                let most = effects.timers.restart_most;
                self.pace.failed_beside(now, least.unwrap_or_default(), most);
            }
            if !by_application {
                self.last_error = Some(message.clone());
                self.note(effects, &format!("{message}; its other kubectls continue"));
            }
            return;
        }
        let wait = due.saturating_duration_since(now);
        if by_application && record == Record::Served && self.resets > 1 {
            // What happens all the time is not reported.
            self.state = ForwardState::Reconnecting;
            self.quiet = true;
        } else if error.needs_login() {
            let by_plugin = error.kind == ErrorKind::CredentialPlugin;
            self.login = Some((by_plugin, SystemTime::now()));
            self.last_error = Some(message.clone());
            self.restart_at = Some(now + effects.timers.login_retry);
            self.transition(effects, ForwardState::NeedsLogin, &message);
            return;
        } else {
            let state =
                if self.was_ready { ForwardState::Reconnecting } else { ForwardState::Starting };
            let why = match culprit {
                Culprit::Application(_) => format!("{}: {message}", culprit.as_str()),
                _ => message,
            };
            self.last_error = Some(why.clone());
            let text = match wait.as_millis() {
                0 => format!("{why}; kubectl is started again"),
                wait => format!("{why}; restarting kubectl in {wait} ms"),
            };
            self.transition(effects, state, &text);
        }
        self.restart_at = Some(due);
        self.tick_children(effects, now);
    }

    /// Does what is due at `now`: a start, or ending a kubectl that is not ready in time.
    pub(super) fn tick_children(&mut self, effects: &mut Effects, now: Instant) {
        if self.restart_at.is_some_and(|at| at <= now) {
            self.start(effects);
        }
        for slot in &mut self.slots {
            if slot.ready_by.is_some_and(|at| at <= now) {
                slot.ready_by = None;
                slot.late = true;
                slot.child.stop();
            }
        }
    }

    /// When to start another kubectl for waiting connections although one is already starting;
    /// `None` if that would not help.
    pub(super) fn awaited_start(&mut self, now: Instant) -> Option<Instant> {
        if self.waiting.is_empty() || !self.is_wanted() || self.slots.iter().any(Slot::serves) {
            return None;
        }
        if let Some((by_plugin, failed)) = self.login {
            // A plugin may open a browser each time: start it again only after the user has changed
            // the kubeconfig. If one is running, it may be waiting for the user.
            let tried = self.slots.iter().any(Slot::is_starting);
            let permitted =
                !tried && if by_plugin { modified_since(&self.spec, failed) } else { true };
            let at = self.pace.last_start().map_or(now, |last| last + LOGIN_AWAITED);
            return permitted.then_some(at);
        }
        if !self.was_ready {
            return None;
        }
        let at = self.pace.earliest_awaited(now);
        if at > now {
            return Some(at);
        }
        let starting = self.slots.iter().filter(|slot| slot.is_starting());
        let plugin = |slot: &Slot| process::busy_descendant(slot.child.pid, "kubectl").is_some();
        let (mut count, mut busy) = (0, false);
        for slot in starting {
            count += 1;
            busy |= slot.started.elapsed() > Duration::from_millis(500) && plugin(slot);
        }
        if count < TRIED_BESIDE && busy {
            // Check again after a while, not at every event.
            self.pace.tried(now);
            return Some(now + MOST_WHILE_AWAITED);
        }
        (count < TRIED_BESIDE).then_some(at)
    }
}
