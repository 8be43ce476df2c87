//! The client's side of starting a supervisor on demand: one at a time, and reporting the
//! supervisor's own reason if it fails.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::client::{Client, ClientError};
use super::paths::{Paths, RUNTIME_DIR_VARIABLE};
use super::protocol::{RefusalKind, Request};
use super::reap::reap;
use super::registry::MARK;
use super::socket::{
    ALREADY_RUNNING, FAILED, LockState, READY, REPORT_VARIABLE, lock_state, open_lock,
};
use crate::process::{Identity, own_program, spawn_detached};

/// How to start a supervisor in the background.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The absolute path of the program; `None` for this program, even if its file is moved
    /// meanwhile.
    pub program: Option<PathBuf>,
    /// Its arguments, by default `guard`. Its `argv[0]` is `watchdog`.
    pub arguments: Vec<OsString>,
    /// Variables in addition to this process's own, e.g. for the configuration file.
    pub environment: Vec<(OsString, OsString)>,
    /// The time limit for the whole start.
    pub within: Duration,
}

impl Launch {
    /// This program's own guard, within ten seconds.
    pub fn current() -> Self {
        Self {
            program: None,
            arguments: vec!["guard".into()],
            environment: Vec::new(),
            within: Duration::from_secs(10),
        }
    }

    /// Like [`Launch::current`], with this configuration file. The path is made absolute, because
    /// the supervisor runs in another directory.
    ///
    /// # Errors
    ///
    /// If the working directory cannot be determined.
    pub fn with_config(path: Option<&Path>) -> std::io::Result<Self> {
        let mut launch = Self::current();
        if let Some(path) = path {
            let path = std::path::absolute(path)?;
            launch.environment.push(("WATCHDOG_CONFIG".into(), path.into()));
        }
        Ok(launch)
    }
}

/// How long processes left by a dead supervisor may take to end in good order.
const GRACE: Duration = Duration::from_secs(1);

/// How long a supervisor may take to restore its socket, to start, or to end.
const RETURN: Duration = Duration::from_secs(2);

/// The pause between two checks of a lock or a socket that another process is about to change.
const PAUSE: Duration = Duration::from_millis(5);

/// Connects to the supervisor, and starts one if there is none. However many clients do this at the
/// same time, one supervisor is started and all connect to it.
pub async fn connect_or_start(paths: &Paths, launch: &Launch) -> Result<Client, ClientError> {
    let deadline = Instant::now() + launch.within;
    // The directory may have been removed since `paths` was created.
    Paths::new(paths.base())?;
    if let Some(client) = connect(paths, deadline).await? {
        return Ok(client);
    }
    let _starting = start_lock(paths, deadline).await?;
    let patience = Instant::now() + RETURN;
    loop {
        // Another client may have started a supervisor while we waited for the lock.
        if let Some(client) = connect(paths, deadline).await? {
            return Ok(client);
        }
        let unusable =
            |error| ClientError::Unusable(format!("{}: {error}", paths.lock().display()));
        match lock_state(paths).map_err(unusable)? {
            // The supervisor has no socket now: it is starting or ending.
            LockState::Held(pid) if Instant::now() >= deadline => return Err(silent(pid)),
            LockState::Held(_) => sleep(PAUSE).await,
            // A supervisor whose directory was removed restores it in a moment, or ends.
            LockState::Missing | LockState::Free
                if Instant::now() < patience && paths.supervisor().is_some() =>
            {
                sleep(PAUSE * 10).await;
            }
            LockState::Missing | LockState::Free => match start(paths, launch, deadline).await {
                // A supervisor that was not started by a client was faster.
                Err(ClientError::Start(reason)) if reason.starts_with(ALREADY_RUNNING) => {
                    sleep(PAUSE).await;
                }
                Err(error) => return Err(error),
                Ok(()) if Instant::now() >= deadline => return Err(vanished()),
                Ok(()) => {}
            },
        }
    }
}

/// Connects to the running supervisor; `None` if none is running. If it does not answer `within`
/// this time, the error names it.
pub async fn connect_within(
    paths: &Paths,
    within: Duration,
) -> Result<Option<Client>, ClientError> {
    let deadline = Instant::now() + within;
    let patience = Instant::now() + RETURN;
    loop {
        if let Some(client) = connect(paths, deadline).await? {
            return Ok(Some(client));
        }
        let by_lock = match lock_state(paths) {
            Ok(LockState::Held(pid)) => Some(pid),
            _ => None,
        };
        let by_process = || paths.supervisor().map(|it| Some(it.pid));
        // The supervisor is starting or ending, or its socket was removed and will be restored.
        match by_lock.or_else(by_process) {
            None => return Ok(None),
            Some(pid) if Instant::now() >= patience => return Err(ClientError::Lost { pid }),
            Some(_) => sleep(PAUSE * 10).await,
        }
    }
}

/// Ends the supervisor, of whatever version it is, and all that it holds: by a request, else by a
/// signal, after which it may take `grace` longer. Returns whether one was running.
pub async fn shut_down(
    paths: &Paths,
    within: Duration,
    grace: Duration,
) -> Result<bool, ClientError> {
    let mut client = match connect_within(paths, within).await {
        Ok(Some(client)) => client,
        Ok(None) => return Ok(false),
        Err(ClientError::Lost { .. }) if end_unreachable(paths, within + grace).await => {
            return Ok(true);
        }
        Err(error) => return Err(error),
    };
    match client.request(&Request::Shutdown).await {
        // It may be gone before it has replied.
        Ok(_) | Err(ClientError::Gone(_)) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Ends a supervisor whose socket cannot be reached: in good order, as by a signal of the service
/// manager. Returns whether there was one and it has ended.
async fn end_unreachable(paths: &Paths, within: Duration) -> bool {
    let Some(supervisor) = paths.supervisor() else { return false };
    supervisor.terminate();
    timeout(within, crate::process::exit_of(supervisor)).await.is_ok()
}

/// Like [`Client::connect`], but a supervisor that is shutting down counts as none, and the error
/// for one that does not answer names it.
async fn connect(paths: &Paths, deadline: Instant) -> Result<Option<Client>, ClientError> {
    match timeout_at(deadline, Client::connect(paths)).await {
        Err(_) => Err(silent(match lock_state(paths) {
            Ok(LockState::Held(pid)) => pid,
            _ => None,
        })),
        Ok(Err(ClientError::Gone(_))) => Ok(None),
        Ok(Err(ClientError::Refused(refusal))) if refusal.kind == RefusalKind::ShuttingDown => {
            Ok(None)
        }
        Ok(result) => result,
    }
}

/// Takes the lock that lets only one client start a supervisor at a time; held until the file is
/// closed.
async fn start_lock(paths: &Paths, deadline: Instant) -> Result<File, ClientError> {
    let path = paths.start_lock();
    let unusable = |error| ClientError::Unusable(format!("{}: {error}", path.display()));
    let lock = open_lock(&path).map_err(unusable)?;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => sleep(PAUSE).await,
            Err(TryLockError::WouldBlock) => {
                let reason = "another watchdog is taking too long to start it; try again";
                return Err(ClientError::Start(reason.to_owned()));
            }
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
    }
}

/// Starts the guard, which starts the supervisor, and waits for its report.
async fn start(paths: &Paths, launch: &Launch, deadline: Instant) -> Result<(), ClientError> {
    let failed = |reason: String| Err(ClientError::Start(reason));
    reap(paths, GRACE).await;
    let program = match &launch.program {
        Some(program) => program.clone(),
        None => own_program().map_err(|error| ClientError::Start(error.to_string()))?,
    };
    let mut command = Command::new(&program);
    command
        .arg0("watchdog")
        .args(&launch.arguments)
        .envs(launch.environment.iter().map(|(name, value)| (name, value)))
        .env(RUNTIME_DIR_VARIABLE, paths.base())
        .env(REPORT_VARIABLE, "stdout")
        // This process may itself be the child of a supervisor.
        .env_remove(MARK);
    // The log of this supervisor only; if it cannot be emptied, nothing is logged.
    let log = OpenOptions::new().append(true).create(true).mode(0o600).open(paths.log());
    let log = log.ok().filter(|log| log.set_len(0).is_ok());
    let started = match spawn_detached(command, log) {
        Ok(started) => started,
        Err(error) => return failed(format!("{}: {error}", program.display())),
    };
    let guard = Identity::of(started.pid);
    let mut words = Vec::new();
    // Bounded: the report is one sentence.
    let mut report = BufReader::new(started.report.take(64 << 10));
    if timeout_at(deadline, report.read_until(b'\n', &mut words)).await.is_err() {
        // Do not leave a half-started supervisor behind.
        if let Some(guard) = guard {
            guard.terminate();
        }
        return failed(format!(
            "the supervisor was not ready within {:?}{}",
            launch.within,
            last_words(paths)
        ));
    }
    let words = String::from_utf8_lossy(&words);
    let line = words.lines().next().unwrap_or_default();
    if line == READY {
        return Ok(());
    }
    match line.strip_prefix(FAILED) {
        Some(reason) => failed(reason.to_owned()),
        None => failed(format!("it ended before it was ready{}", last_words(paths))),
    }
}

/// The last line of the supervisor's standard error, if there is one.
fn last_words(paths: &Paths) -> String {
    let log = fs::read(paths.log()).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let last = log.lines().rev().map(str::trim).find(|line| !line.is_empty());
    last.map_or_else(String::new, |line| format!(": {line}"))
}

fn silent(pid: Option<u32>) -> ClientError {
    let who = pid.map_or_else(String::new, |pid| format!(" (pid {pid})"));
    let then =
        pid.map_or_else(String::new, |pid| format!("; kill -9 {pid} ends it and its forwards"));
    ClientError::Unusable(format!("the supervisor that is running{who} does not answer{then}"))
}

fn vanished() -> ClientError {
    ClientError::Start("it was ready, but cannot be reached".to_owned())
}

#[cfg(test)]
#[path = "start_tests.rs"]
mod tests;
