//! Waits for the lock that processes taking snapshots hold; the caller passes the times.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::error::Error;
use super::location::{Holder, Lock};
use crate::config::duration;

/// The pause between two attempts to take the lock.
const PAUSE: Duration = Duration::from_millis(100);

/// How long to wait for a process that has just taken the lock to write its name, and the pause
/// between two looks at the file: two lines of a crontab start in the same moment.
const NAMING: Duration = Duration::from_secs(1);
const NAMING_PAUSE: Duration = Duration::from_millis(10);

/// Tries to take the lock until a given time.
#[derive(Debug)]
pub struct LockWait {
    path: PathBuf,
    /// How long the user allows for waiting, if at all.
    limit: Option<Duration>,
    until: Instant,
}

/// The result of one attempt.
#[derive(Debug)]
pub enum Attempt {
    /// The lock is taken.
    Locked(Lock),
    /// Another process holds the lock: try again after this time.
    Later(Duration),
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds the lock.
    #[error("another run is taking a snapshot: {holder}{}", waited(*.limit))]
    Held {
        /// The process that holds the lock.
        holder: Holder,
        /// How long this process waited, if at all.
        limit: Option<Duration>,
    },
    /// The lock's file cannot be used.
    #[error(transparent)]
    History(#[from] Error),
}

fn waited(limit: Option<Duration>) -> String {
    limit.map(|limit| format!(" (waited {})", duration::format(limit))).unwrap_or_default()
}

impl LockWait {
    /// Waits for the lock of the database at `path`, until the time `until`; `limit` is the same
    /// wait as a duration, for error messages.
    pub fn new(path: PathBuf, limit: Option<Duration>, until: Instant) -> Self {
        Self { path, limit, until }
    }

    /// Tries once to take the lock. `taken_at` is written into the lock's file.
    pub fn attempt(&self, taken_at: Timestamp, now: Instant) -> Result<Attempt, LockError> {
        let holder = match Lock::take(&self.path, taken_at)? {
            Ok(lock) => return Ok(Attempt::Locked(lock)),
            Err(holder) => holder,
        };
        if now < self.until {
            return Ok(Attempt::Later(PAUSE.min(self.until - now)));
        }
        // A holder that has not written its name may write it, or end, in the meantime.
        if holder == Holder::Unknown && now < self.until + NAMING {
            return Ok(Attempt::Later(NAMING_PAUSE));
        }
        Err(LockError::Held { holder, limit: self.limit })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{minute, temporary};
    use super::*;

    #[test]
    fn a_held_lock_is_tried_until_the_time_is_over() {
        let (_dir, path) = temporary();
        let start = Instant::now();
        let limit = Duration::from_millis(150);
        let wait = LockWait::new(path, Some(limit), start + limit);
        let Attempt::Locked(held) = wait.attempt(minute(0), start).unwrap() else {
            panic!("held by nobody")
        };
        let at = |millis| wait.attempt(minute(0), start + Duration::from_millis(millis));
        assert!(matches!(at(0), Ok(Attempt::Later(PAUSE))));
        let rest = Duration::from_millis(50);
        assert!(matches!(at(100), Ok(Attempt::Later(pause)) if pause == rest));
        let error = at(150).unwrap_err().to_string();
        assert!(error.starts_with("another run is taking a snapshot: process "), "{error}");
        assert!(error.ends_with(" (waited 150ms)"), "{error}");
        drop(held);
        assert!(matches!(at(150), Ok(Attempt::Locked(_))));
    }

    #[test]
    fn a_holder_without_a_name_has_a_second_to_write_it() {
        let (_dir, path) = temporary();
        let start = Instant::now();
        let wait = LockWait::new(path.clone(), None, start);
        let Attempt::Locked(_held) = wait.attempt(minute(0), start).unwrap() else {
            panic!("held by nobody")
        };
        std::fs::write(path.with_extension("db.lock"), "").unwrap();
        assert!(matches!(wait.attempt(minute(0), start), Ok(Attempt::Later(NAMING_PAUSE))));
        let error = wait.attempt(minute(0), start + NAMING).unwrap_err();
        assert_eq!(error.to_string(), "another run is taking a snapshot: another process");
    }
}
