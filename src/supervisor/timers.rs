//! Every time that the supervisor goes by.

use std::time::Duration;

use crate::config::Config;

/// The supervisor's times, all by the monotonic clock: time asleep (suspend) does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// A session or heartbeat lease ends after so long a silence.
    pub heartbeat_timeout: Duration,
    /// How often that is checked.
    pub heartbeat_check: Duration,
    /// How long a kubectl may take to end before it is killed.
    pub stop_grace: Duration,
    /// Without a forward and a client, the supervisor ends after so long.
    pub exit_after: Duration,
    /// The longest wait between two restarts of kubectl.
    pub restart_most: Duration,
    /// A kubectl that was ready for so long has earned a restart at once.
    pub steady: Duration,
    /// How long a kubectl that was started again may take to be ready.
    pub ready: Duration,
    /// How long a connection waits for kubectl.
    pub park: Duration,
    /// How often it is tried again where only a login can help.
    pub login_retry: Duration,
}

impl Timers {
    /// As the configuration says.
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
