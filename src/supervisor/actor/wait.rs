//! A start for which a person waits: the reason why it is not ready is reported, and a problem that
//! waiting cannot fix ends the wait.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::super::forward::Forward;
use super::super::protocol::{Event, ForwardState};
use super::{Actor, Waiter};
use crate::kubectl::Outlook;

/// How long to wait for an API server that refuses connections.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was reported to a waiting person.
pub(super) struct Attention {
    impatient_at: Instant,
    reported: Option<String>,
}

impl Attention {
    pub(super) fn new(now: Instant) -> Self {
        Self { impatient_at: now + PATIENCE, reported: None }
    }

    /// Whether the last problem ends the wait.
    fn is_over(&self, forward: &Forward, now: Instant) -> bool {
        let Some(trouble) = forward.trouble() else { return false };
        match Outlook::of(trouble) {
            Outlook::Hopeless => true,
            // Only between two attempts: a running kubectl may be about to succeed.
            Outlook::Doubtful => {
                forward.state == ForwardState::Starting
                    && !forward.has_kubectl()
                    && now >= self.impatient_at
            }
            Outlook::Open => false,
        }
    }
}

impl Actor {
    /// Reports to the waiting person why the forward is not ready. Returns the reason why the wait
    /// is over, if it is.
    pub(super) fn attend(&self, waiter: &mut Waiter, forward: &Forward) -> Option<String> {
        let attention = waiter.attention.as_mut()?;
        let trouble = forward.trouble()?;
        if attention.is_over(forward, Instant::now()) {
            return Some(trouble.to_owned());
        }
        if attention.reported.as_deref() != Some(trouble) {
            attention.reported = Some(trouble.to_owned());
            let event = Event {
                name: forward.name.clone(),
                at: Timestamp::now(),
                state: forward.state,
                message: trouble.to_owned(),
            };
            if let Some(client) = self.clients.get(&waiter.session) {
                let _ = client.events.try_send(event);
            }
        }
        None
    }

    /// When the waits that can still run out of patience do so.
    pub(super) fn impatience(&self, now: Instant) -> impl Iterator<Item = Instant> {
        let attended = self.waiters.iter().filter_map(|waiter| waiter.attention.as_ref());
        attended.map(|attention| attention.impatient_at).filter(move |at| *at > now)
    }
}
