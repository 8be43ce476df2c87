//! A start that a person waits for: why it is not ready is told, and what waiting does not mend
//! ends the wait.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::super::forward::Forward;
use super::super::protocol::{Event, ForwardState};
use super::{Actor, Waiter};
use crate::kubectl::Outlook;

/// How long an API server that refuses connections is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the person knows.
pub(super) struct Attention {
    impatient_at: Instant,
    told: Option<String>,
}

impl Attention {
    pub(super) fn new(now: Instant) -> Self {
        Self { impatient_at: now + PATIENCE, told: None }
    }

    /// Whether the wait is over, by what went wrong last.
    fn is_over(&self, forward: &Forward, now: Instant) -> bool {
        let Some(trouble) = forward.trouble() else { return false };
        match Outlook::of(trouble) {
            Outlook::Hopeless => true,
            // Between two tries: what runs may be about to succeed.
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
    /// Tells the person who waits why it is not ready. Returns why the wait is over, where it is.
    pub(super) fn attend(&self, waiter: &mut Waiter, forward: &Forward) -> Option<String> {
        let attention = waiter.attention.as_mut()?;
        let trouble = forward.trouble()?;
        if attention.is_over(forward, Instant::now()) {
            return Some(trouble.to_owned());
        }
        if attention.told.as_deref() != Some(trouble) {
            attention.told = Some(trouble.to_owned());
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

    /// When patience ends, of those who still have some.
    pub(super) fn impatience(&self, now: Instant) -> impl Iterator<Item = Instant> {
        let attended = self.waiters.iter().filter_map(|waiter| waiter.attention.as_ref());
        attended.map(|attention| attention.impatient_at).filter(move |at| *at > now)
    }
}
