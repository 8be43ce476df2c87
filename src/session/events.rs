//! A subscription to a session's events.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{broadcast, watch};

use super::State;
use super::event::{Dropped, Event, FindingEvent};
use crate::findings::Finding;

/// Events that are published together.
pub(super) type Group = Arc<Vec<Arc<Event>>>;

/// The events of a session. A subscriber that is too slow loses groups of events: it gets
/// [`Event::Dropped`] and the findings that are present, and then the events that follow.
pub struct Events {
    groups: broadcast::Receiver<Group>,
    state: watch::Receiver<Arc<State>>,
    pending: VecDeque<Arc<Event>>,
}

impl Events {
    pub(super) fn new(
        groups: broadcast::Receiver<Group>,
        state: watch::Receiver<Arc<State>>,
    ) -> Self {
        Self { groups, state, pending: VecDeque::new() }
    }

    /// The next event; none once the session has ended. Cancel safe.
    pub async fn next(&mut self) -> Option<Arc<Event>> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                return Some(event);
            }
            match self.groups.recv().await {
                Ok(group) => self.pending.extend(group.iter().cloned()),
                Err(broadcast::error::RecvError::Lagged(count)) => self.resume(count),
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    fn resume(&mut self, count: u64) {
        let at = Timestamp::now();
        // The remaining groups are older than the state, which is read after this: skip them.
        let count = count + u64::try_from(self.groups.len()).unwrap_or(u64::MAX);
        self.groups = self.groups.resubscribe();
        let state = Arc::clone(&self.state.borrow());
        self.pending.push_back(Arc::new(Event::Dropped(Dropped { at, count })));
        self.pending.extend(state.findings.iter().map(|finding| {
            let finding = Finding::clone(finding);
            Arc::new(Event::Present(FindingEvent { at, since: None, finding }))
        }));
    }
}
