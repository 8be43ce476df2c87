//! The deadline of a whole run, however many calls it makes.

use std::future::Future;
use std::time::{Duration, Instant};

use super::error::{Error, ErrorKind};
use crate::config::duration;

/// The deadline of a whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The moment; `None` if it is beyond the clock's range.
    at: Option<Instant>,
    limit: Duration,
}

impl Deadline {
    /// A deadline this long from now.
    pub fn after(limit: Duration) -> Self {
        Self { at: Instant::now().checked_add(limit), limit }
    }

    /// A new deadline with the same limit, from now on.
    #[must_use]
    pub fn again(self) -> Self {
        Self::after(self.limit)
    }

    /// The earlier of this deadline and `other`.
    pub fn or(self, other: Instant) -> Instant {
        self.at.map_or(other, |at| at.min(other))
    }

    /// Runs `work`, unless the deadline passes first. After the deadline no work is started.
    pub(super) async fn bound<T>(
        self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let Some(at) = self.at else { return work.await };
        let within = async {
            if Instant::now() >= at {
                return None;
            }
            tokio::time::timeout_at(at.into(), work).await.ok()
        };
        within.await.unwrap_or_else(|| {
            let limit = duration::format(self.limit);
            Err(Error::new(
                ErrorKind::Timeout,
                format!("not read within {limit}, the deadline of the whole run (--deadline)"),
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(future)
    }

    #[test]
    fn work_past_the_deadline_is_a_timeout_that_names_the_limit() {
        let never = std::future::pending::<Result<(), Error>>();
        let error = run(Deadline::after(Duration::from_millis(5)).bound(never)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Timeout);
        assert_eq!(
            error.message,
            "not read within 5ms, the deadline of the whole run (--deadline)"
        );
        let begun = std::cell::Cell::new(false);
        let work = async {
            begun.set(true);
            Ok(())
        };
        assert!(run(Deadline::after(Duration::ZERO).bound(work)).is_err());
        assert!(!begun.get(), "nothing is begun that has no time");
    }

    #[test]
    fn work_within_the_deadline_is_done() {
        for limit in [Duration::from_hours(1), Duration::MAX] {
            assert_eq!(run(Deadline::after(limit).bound(async { Ok(7) })), Ok(7));
        }
        let soon = Instant::now();
        assert_eq!(Deadline::after(Duration::MAX).or(soon), soon);
    }
}
