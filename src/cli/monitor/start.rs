//! How long the findings of the start wait for clusters that have not answered, to be summarised with
//! theirs: one cluster that is silent must not hold back those of all others.

use std::time::Duration;

use tokio::time::Instant;

use crate::output::monitor::Start;

/// The longest time that they wait.
const LONGEST: Duration = Duration::from_secs(10);
/// How long they wait for the next cluster, once half of the clusters have answered.
const QUIET: Duration = Duration::from_secs(2);
/// How long those of late clusters wait for further ones.
const LATE: Duration = Duration::from_secs(20);

/// When the findings of the start are printed.
#[derive(Clone, Copy, Debug)]
pub(super) struct StartWait {
    longest: Instant,
    /// When the last cluster has answered.
    answered: Option<Instant>,
}

impl StartWait {
    pub(super) fn begin(now: Instant) -> Self {
        Self { longest: now + LONGEST, answered: None }
    }

    /// Clusters have answered.
    pub(super) fn answered(&mut self, now: Instant) {
        self.answered = Some(now);
    }

    /// What has come so far was printed.
    pub(super) fn printed(&mut self, now: Instant) {
        self.longest = now + LATE;
    }

    /// When to print what has come so far.
    pub(super) fn due(&self, start: Start) -> Instant {
        let most_have_answered = start.awaited <= start.clusters / 2;
        match self.answered {
            Some(answered) if most_have_answered && !start.is_printed => {
                self.longest.min(answered + QUIET)
            }
            _ => self.longest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_cluster_is_not_waited_for() {
        let begun = Instant::now();
        let mut wait = StartWait::begin(begun);
        let due = |wait: StartWait, awaited, is_printed| {
            wait.due(Start { clusters: 5, awaited, is_printed }) - begun
        };
        assert_eq!(due(wait, 5, false), LONGEST);
        wait.answered(begun + QUIET);
        assert_eq!(due(wait, 4, false), LONGEST, "others may be about to answer");
        assert_eq!(due(wait, 1, false), 2 * QUIET);
        wait.answered(begun + LONGEST - QUIET / 2);
        assert_eq!(due(wait, 1, false), LONGEST);
        wait.printed(begun + LONGEST);
        assert_eq!(due(wait, 1, true), LONGEST + LATE, "those of late clusters come together");
    }
}
