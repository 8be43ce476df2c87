//! All durations that the supervisor uses.

use std::time::Duration;

use crate::config::Config;

/// The supervisor's durations, measured by the monotonic clock: time in suspend does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// A session or heartbeat lease ends after this time without a heartbeat.
    pub heartbeat_timeout: Duration,
    /// How often leases are checked.
    pub heartbeat_check: Duration,
    /// How long a kubectl may take to end before it is killed.
    pub stop_grace: Duration,
    /// The supervisor exits after this time without a forward and without a client.
    pub exit_after: Duration,
    /// The longest pause before kubectl is restarted.
    pub restart_most: Duration,
    /// A kubectl that was ready for this time is restarted without a pause.
    pub steady: Duration,
    /// How long a restarted kubectl may take to become ready.
    pub ready: Duration,
    /// How long a connection waits for a kubectl.
    pub park: Duration,
    /// How often a forward that needs a login is retried.
    pub login_retry: Duration,
}

impl Timers {
    /// The durations of the configuration.
    pub fn new(config: &Config) -> Self {
        let forward = &config.forward;
        Self {
            heartbeat_timeout: forward.heartbeat_timeout(),
            heartbeat_check: forward.heartbeat_check(),
            stop_grace: config.supervisor.stop_grace(),
            exit_after: config.supervisor.exit_after(),
            restart_most: config.supervisor.restart_max(),
            ..Self::default()
        }
    }
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            heartbeat_timeout: Duration::from_secs(30),
            heartbeat_check: Duration::from_secs(10),
            stop_grace: Duration::from_secs(3),
            exit_after: Duration::from_mins(1),
            restart_most: Duration::from_secs(30),
            steady: Duration::from_secs(10),
            ready: Duration::from_secs(30),
            park: Duration::from_secs(30),
            login_retry: Duration::from_mins(1),
        }
    }
}
