//! Forwards held by this process: the connection to the supervisor with its heartbeats, the last
//! known status of each forward, and a restart if the supervisor was killed. Prints nothing.

mod connection;
mod detached;
mod starting;

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use connection::{Connection, Kind};
pub use detached::{DetachError, DetachOptions, Detached};
pub use starting::{NoPod, Starting, StartingChange, StartingForward};

use super::client::ClientError;
use super::paths::Paths;
use super::protocol::{
    Event, ForwardState, ForwardStatus, LeaseRequest, LocalPort, PortSpec, Refusal, RefusalKind,
    Reply, Request, Spec, SupervisorInfo,
};
use super::start::{Launch, connect_or_start};

/// How long to wait for a supervisor that is shutting down before another one is started.
const SHUTDOWN: Duration = Duration::from_secs(10);
/// How long to wait for the replies to the last requests.
const LAST_REPLIES: Duration = Duration::from_millis(500);
/// The pauses before each attempt to restart the forwards of a killed supervisor.
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_millis(800),
    Duration::from_secs(3),
];

/// A forward held by this process.
struct Held {
    spec: Spec,
    status: ForwardStatus,
    /// Set if the forward existed before.
    joined: Option<Joined>,
    /// Whether another client stopped it, or it has failed permanently.
    ended: bool,
}

/// How a forward that existed before was joined.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Joined {
    leased: bool,
    differs: Vec<String>,
}

impl Held {
    /// The requested name, or else the name assigned by the supervisor.
    fn name(&self) -> &str {
        self.spec.name.as_deref().unwrap_or(&self.status.name)
    }

    fn joined(&self) -> Option<JoinedForward<'_>> {
        let Joined { leased, differs } = self.joined.as_ref()?;
        Some(JoinedForward { spec: &self.spec, status: &self.status, leased: *leased, differs })
    }
}

/// A forward that existed before this process requested it.
#[derive(Clone, Copy, Debug)]
pub struct JoinedForward<'a> {
    /// The requested specification.
    pub spec: &'a Spec,
    /// The status of the existing forward.
    pub status: &'a ForwardStatus,
    /// Whether this process got a lease.
    pub leased: bool,
    /// The environment variables that differ from those of the forward's kubectl.
    pub differs: &'a [String],
}

/// What a [`Hold`] needs besides the forwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldOptions {
    /// How to start the supervisor if none is running.
    pub launch: Launch,
    /// The interval between heartbeats.
    pub heartbeat: Duration,
    /// How long a forward may take to become ready.
    pub ready_timeout: Duration,
}

impl HoldOptions {
    /// A heartbeat every 5 s, and 30 s for a forward to become ready.
    pub fn new(launch: Launch) -> Self {
        let (heartbeat, ready_timeout) = (Duration::from_secs(5), Duration::from_secs(30));
        Self { launch, heartbeat, ready_timeout }
    }
}

/// Why forwards could not be started or restarted.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// The supervisor cannot be reached.
    #[error(transparent)]
    Unreachable(#[from] ClientError),
    /// The supervisor refused one of the forwards. None of them is held.
    #[error("{}: {refusal}", .spec.title())]
    Refused {
        /// The forward.
        spec: Box<Spec>,
        /// The reason.
        refusal: Refusal,
    },
    /// All forwards had ended when the supervisor was lost.
    #[error("the supervisor is gone; all forwards have ended")]
    NothingLeft(Outcome),
}

/// How forwards ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All were stopped.
    Stopped,
    /// At least one has failed permanently.
    Failed,
}

/// Progress of a start.
#[derive(Clone, Copy, Debug)]
pub enum StartProgress<'a> {
    /// The forward at this position was requested.
    Requested(usize),
    /// Something happened to one of the forwards.
    Event(&'a Event),
    /// The forward at this position is ready.
    Ready(usize),
}

/// What happened to the forwards that are held.
#[derive(Debug)]
pub enum HoldEvent {
    /// An event of one of them.
    Forward(Event),
    /// A refresh has arrived: see [`Hold::statuses`].
    Refreshed,
    /// The connection to the supervisor has ended: call [`Hold::reconnect`].
    SupervisorLost,
}

/// Forwards that live as long as this value. Dropping it ends their leases; [`Hold::release`] also
/// returns their statuses after that.
///
/// ```no_run
/// use watchdog::supervisor::{Hold, HoldEvent, HoldOptions, Launch, Paths, Spec};
///
/// async fn hold(spec: Spec) -> Result<(), Box<dyn std::error::Error>> {
///     // The supervisor is the watchdog program, started on demand.
///     let launch = Launch { program: Some("/usr/bin/watchdog".into()), ..Launch::current() };
///     let mut hold = Hold::start(Paths::from_env()?, vec![spec], HoldOptions::new(launch)).await?;
///     for forward in hold.statuses() {
///         println!("{} at {}", forward.name, forward.endpoint);
///     }
///     while hold.outcome().is_none() {
///         match hold.next().await {
///             HoldEvent::Forward(event) => println!("{}: {}", event.name, event.message),
///             HoldEvent::Refreshed => {}
///             // The supervisor was killed. Its forwards are restarted on the same local ports.
///             HoldEvent::SupervisorLost => hold.reconnect().await?,
///         }
///     }
///     Ok(())
/// }
/// ```
pub struct Hold {
    paths: Paths,
    options: HoldOptions,
    connection: Connection,
    forwards: Vec<Held>,
    /// Whether a refresh is in progress.
    refreshing: bool,
}

impl Hold {
    /// Starts the forwards and waits until all are ready. On an error none is held.
    pub async fn start(
        paths: Paths,
        specs: Vec<Spec>,
        options: HoldOptions,
    ) -> Result<Self, HoldError> {
        Self::open(paths, specs, options, None::<&fn(StartProgress<'_>)>).await
    }

    /// Like [`Hold::start`], for a user who waits: `progress` is called as the start proceeds, and
    /// a start whose failure waiting cannot fix fails immediately.
    pub async fn start_attended(
        paths: Paths,
        specs: Vec<Spec>,
        options: HoldOptions,
        progress: impl Fn(StartProgress<'_>),
    ) -> Result<Self, HoldError> {
        Self::open(paths, specs, options, Some(&progress)).await
    }

    async fn open<P: Fn(StartProgress<'_>)>(
        paths: Paths,
        specs: Vec<Spec>,
        options: HoldOptions,
        progress: Option<&P>,
    ) -> Result<Self, HoldError> {
        let deadline = Instant::now() + SHUTDOWN;
        loop {
            let opened = open(&paths, specs.clone(), &options, progress).await;
            // A supervisor that is shutting down will soon allow another one to start.
            if opened.as_ref().is_err_and(HoldError::is_shutdown) && Instant::now() < deadline {
                sleep(PAUSES[1]).await;
                continue;
            }
            let (connection, forwards) = opened?;
            return Ok(Self { paths, options, connection, forwards, refreshing: false });
        }
    }

    /// The supervisor that holds the forwards.
    pub fn info(&self) -> &SupervisorInfo {
        &self.connection.info
    }

    /// The last known statuses of the forwards, in the order of the specs.
    pub fn statuses(&self) -> Vec<ForwardStatus> {
        self.forwards.iter().map(|held| held.status.clone()).collect()
    }

    /// The last known statuses, each with its requested name, if any.
    pub fn named(&self) -> Vec<(String, ForwardStatus)> {
        let named = |held: &Held| (held.name().to_owned(), held.status.clone());
        self.forwards.iter().map(named).collect()
    }

    /// The forwards that existed before.
    pub fn joined(&self) -> impl Iterator<Item = JoinedForward<'_>> {
        self.forwards.iter().filter_map(Held::joined)
    }

    /// How the forwards ended; `None` while at least one is held.
    pub fn outcome(&self) -> Option<Outcome> {
        if !self.forwards.iter().all(|held| held.ended) {
            return None;
        }
        let failed = |held: &Held| held.status.state == ForwardState::Failed;
        let any_failed = self.forwards.iter().any(failed);
        Some(if any_failed { Outcome::Failed } else { Outcome::Stopped })
    }

    /// The next event. Cancel safe.
    pub async fn next(&mut self) -> HoldEvent {
        loop {
            let Some((kind, reply)) = self.connection.next().await else {
                return HoldEvent::SupervisorLost;
            };
            if let Some(event) = self.take(kind, reply) {
                return event;
            }
        }
    }

    /// Requests the statuses of the forwards; they arrive as [`HoldEvent::Refreshed`].
    pub fn refresh(&mut self) {
        // List all forwards: listing by name would fail if one of them has ended.
        if self.outcome().is_none() && !self.refreshing {
            let list = Request::List { names: Vec::new() };
            self.refreshing = self.connection.requests.try_send((Kind::List, list)).is_ok();
        }
    }

    /// Restarts the supervisor and the forwards that had not ended, on the same local ports.
    pub async fn reconnect(&mut self) -> Result<(), HoldError> {
        if let Some(outcome) = self.outcome() {
            return Err(HoldError::NothingLeft(outcome));
        }
        let specs = self.forwards.iter().filter(|held| !held.ended);
        let specs: Vec<Spec> = specs.map(same_place).collect();
        let none = None::<&fn(StartProgress<'_>)>;
        let mut attempt = 0;
        loop {
            sleep(PAUSES[attempt]).await;
            attempt += 1;
            match open(&self.paths, specs.clone(), &self.options, none).await {
                Ok((connection, forwards)) => {
                    self.connection = connection;
                    self.forwards.retain(|held| held.ended);
                    self.forwards.extend(forwards);
                    self.refreshing = false;
                    return Ok(());
                }
                Err(error) if !error.is_temporary() || attempt == PAUSES.len() => {
                    return Err(error);
                }
                Err(_) => {}
            }
        }
    }

    /// Announces that heartbeats stop because this process is suspended (Ctrl-Z), or have resumed.
    pub async fn suspend(&mut self, suspended: bool) {
        self.connection.send(Kind::Last, Request::Suspend { suspended }).await;
        self.replied(1).await;
    }

    /// Ends this process's leases. Returns the statuses after that, if the supervisor replies in
    /// time; a forward that other clients lease continues.
    pub async fn release(mut self) -> Vec<ForwardStatus> {
        let names = self.forwards.iter().filter(|held| !held.ended);
        let names: Vec<String> = names.map(|held| held.status.name.clone()).collect();
        let count = names.len();
        for name in &names {
            self.connection.send(Kind::Last, Request::Release { name: name.clone() }).await;
        }
        self.connection.send(Kind::Last, Request::List { names: Vec::new() }).await;
        // If the replies do not arrive in time, closing the connection ends the leases a moment
        // later.
        if !self.replied(count + 1).await {
            return Vec::new();
        }
        self.forwards.retain(|held| names.contains(&held.status.name));
        self.forwards.into_iter().map(|held| held.status).collect()
    }

    /// Waits for the replies to the last requests. Returns whether all came in time.
    async fn replied(&mut self, count: usize) -> bool {
        let wait = async {
            let mut left = count;
            while left > 0 {
                let Some((kind, reply)) = self.connection.next().await else { return false };
                left -= usize::from(kind == Some(Kind::Last));
                self.take(kind, reply);
            }
            true
        };
        timeout(LAST_REPLIES, wait).await.unwrap_or(false)
    }

    fn take(&mut self, kind: Option<Kind>, reply: Reply) -> Option<HoldEvent> {
        match reply {
            Reply::Event(event) => {
                // Several entries if the forward was requested by several of its names.
                let named = |held: &&mut Held| held.status.name == event.name;
                for held in self.forwards.iter_mut().filter(named) {
                    held.status.state = event.state;
                    held.ended |=
                        matches!(event.state, ForwardState::Stopping | ForwardState::Failed);
                }
                Some(HoldEvent::Forward(event))
            }
            Reply::Forwards { forwards } => {
                self.refreshing = false;
                for held in self.forwards.iter_mut().filter(|held| !held.ended) {
                    let now = forwards.iter().find(|forward| forward.name == held.status.name);
                    if let Some(status) = now {
                        held.status = status.clone();
                    } else {
                        held.status.state = ForwardState::Stopping;
                    }
                    let state = held.status.state;
                    held.ended = matches!(state, ForwardState::Stopping | ForwardState::Failed);
                }
                Some(HoldEvent::Refreshed)
            }
            Reply::Error(_) if kind == Some(Kind::List) => {
                // The reason is in the event of the ended forward.
                self.refreshing = false;
                None
            }
            _ => None,
        }
    }
}

impl HoldError {
    /// Whether the supervisor is shutting down.
    fn is_shutdown(&self) -> bool {
        let Self::Refused { refusal, .. } = self else { return false };
        refusal.kind == RefusalKind::ShuttingDown
    }

    /// Whether another attempt may succeed: processes of a killed supervisor may still hold the
    /// port for a moment, and the new supervisor may be shutting down.
    fn is_temporary(&self) -> bool {
        match self {
            Self::Refused { refusal, .. } => {
                matches!(refusal.kind, RefusalKind::PortTaken | RefusalKind::ShuttingDown)
            }
            Self::Unreachable(_) => true,
            Self::NothingLeft(_) => false,
        }
    }
}

/// Connects, requests all forwards at once, waits until all are ready, and subscribes to their
/// events.
async fn open<P: Fn(StartProgress<'_>)>(
    paths: &Paths,
    specs: Vec<Spec>,
    options: &HoldOptions,
    progress: Option<&P>,
) -> Result<(Connection, Vec<Held>), HoldError> {
    let report = |step: StartProgress<'_>| {
        if let Some(progress) = progress {
            progress(step);
        }
    };
    let client = connect_or_start(paths, &options.launch).await?;
    client.check_protocol()?;
    let mut connection = Connection::new(client, options.heartbeat);
    let attended = progress.is_some();
    for (index, spec) in specs.iter().enumerate() {
        report(StartProgress::Requested(index));
        let lease = LeaseRequest::Session;
        let request = Request::start(spec, lease, options.ready_timeout, attended);
        connection.send(Kind::Start, request).await;
    }
    let mut forwards = Vec::new();
    for (index, spec) in specs.into_iter().enumerate() {
        let reply = loop {
            match connection.next().await {
                Some((Some(Kind::Start), reply)) => break reply,
                Some((_, Reply::Event(event))) => report(StartProgress::Event(&event)),
                Some(_) => {}
                None => return Err(ClientError::Gone(closed()).into()),
            }
        };
        let (status, joined) = match reply {
            Reply::Started { forward, existing, leased, differs } => {
                (*forward, existing.then_some(Joined { leased, differs }))
            }
            Reply::Error(refusal) => {
                return Err(HoldError::Refused { spec: Box::new(spec), refusal });
            }
            _ => return Err(ClientError::Confused.into()),
        };
        report(StartProgress::Ready(index));
        forwards.push(Held { spec, status, joined, ended: false });
    }
    let names = forwards.iter().map(|held| held.status.name.clone()).collect();
    connection.send(Kind::Watch, Request::Watch { names }).await;
    Ok((connection, forwards))
}

impl Request {
    /// The request that starts a forward. With `attended`, a user waits for the reply.
    pub fn start(
        spec: &Spec,
        lease: LeaseRequest,
        ready_timeout: Duration,
        attended: bool,
    ) -> Self {
        Self::Start {
            spec: Box::new(spec.clone()),
            lease,
            ready_timeout_ms: u64::try_from(ready_timeout.as_millis()).unwrap_or(u64::MAX),
            attended,
        }
    }
}

/// The same forward, with its previous name and local ports.
fn same_place(held: &Held) -> Spec {
    let had = held.status.ports.iter().map(|port| LocalPort::Exact(port.local));
    let ports = std::iter::zip(&held.spec.ports, had)
        .map(|(port, local)| PortSpec { remote: port.remote.clone(), local });
    Spec { name: Some(held.name().to_owned()), ports: ports.collect(), ..held.spec.clone() }
}

fn closed() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "the supervisor closed the connection")
}

#[cfg(test)]
mod tests;
