//! Ending a collection early, with what has been read so far.

use std::sync::Arc;

use tokio::sync::watch;

use crate::kubectl::{Cluster, Error, ErrorKind, Outcome};

/// Ends collections: clusters that have not been read by then fail with [`ErrorKind::Interrupted`].
/// Clones end the same collections.
#[derive(Clone, Debug)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    /// Ends the present collections, and every later one at its start.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether collections have been ended.
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// Resolves once collections are ended.
    pub async fn stopped(&self) {
        let mut stopped = self.0.subscribe();
        // The sender is this value.
        let _ = stopped.wait_for(|stopped| *stopped).await;
    }
}

/// A cluster's part of a collection.
pub(super) trait OfCluster {
    /// The part of a cluster that was not read.
    fn unread(outcome: Outcome) -> Self;
}

impl<T> OfCluster for (Outcome, Vec<T>) {
    fn unread(outcome: Outcome) -> Self {
        (outcome, Vec::new())
    }
}

/// The outcome of a cluster that was not read before the collection was ended.
pub(super) fn interrupted(cluster: &Cluster, took: std::time::Duration) -> Outcome {
    let error = Error::new(ErrorKind::Interrupted, "not read yet");
    Outcome::new(cluster, took, Some(error))
}
