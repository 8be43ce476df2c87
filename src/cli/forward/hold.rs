//! Forwards held by this process: the session with the supervisor, its heartbeats, what is known of
//! the forwards, and starting again where the supervisor was killed.

use std::rc::Rc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::connection::{PATIENCE, launch, refused};
use super::waiting::Waiting;
use super::wording::{self, Joined};
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::setup::Setup;
use crate::supervisor::{
    Client, ClientError, Event, ForwardState, ForwardStatus, LeaseRequest, LocalPort, Paths,
    PortSpec, RefusalKind, Reply, Request, Spec, SupervisorInfo, connect_or_start,
};

/// How long to wait for the answer to a farewell.
const FAREWELL: Duration = Duration::from_millis(500);
/// The pauses before each try to start again what a killed supervisor held.
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_millis(800),
    Duration::from_secs(3),
];

/// What a reply answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Beat,
    Start,
    Watch,
    List,
    Farewell,
}

/// A connection on which heartbeats are sent, by a task of their own.
struct Session {
    requests: mpsc::Sender<(Asked, Request)>,
    /// What was sent and is not answered yet, in order.
    asked: mpsc::UnboundedReceiver<Asked>,
    replies: mpsc::Receiver<Reply>,
    writer: JoinHandle<()>,
    info: SupervisorInfo,
}

impl Session {
    fn new(client: Client, beat: Duration) -> Self {
        let info = client.info().clone();
        let (mut sender, replies) = client.into_split();
        let (requests, mut to_send) = mpsc::channel::<(Asked, Request)>(16);
        let (sent, asked) = mpsc::unbounded_channel();
        let writer = tokio::spawn(async move {
            let mut beats = interval(beat);
            beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                let (what, request) = tokio::select! {
                    request = to_send.recv() => match request {
                        Some(request) => request,
                        None => return,
                    },
                    _ = beats.tick() => (Asked::Beat, Request::Beat),
                };
                // Before it is sent, so that no reply comes to a question not yet noted.
                if sent.send(what).is_err() || sender.send(&request).await.is_err() {
                    return;
                }
            }
        });
        Self { requests, asked, replies, writer, info }
    }

    async fn send(&self, what: Asked, request: Request) {
        // A writer that has gone is noticed where replies are waited for.
        let _ = self.requests.send((what, request)).await;
    }

    /// What arrives next, and what it answers; none when the supervisor is gone. Can be dropped
    /// and called again.
    async fn next(&mut self) -> Option<(Option<Asked>, Reply)> {
        loop {
            let reply = self.replies.recv().await?;
            if matches!(reply, Reply::Event(_)) {
                return Some((None, reply));
            }
            match self.asked.try_recv() {
                Ok(Asked::Beat) => {}
                Ok(what) => return Some((Some(what), reply)),
                // A reply to nothing.
                Err(_) => return None,
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.writer.abort();
    }
}

/// A forward that is held.
pub(super) struct Held {
    spec: Spec,
    pub(super) status: ForwardStatus,
    /// It was there before; whether it has a lease more by us.
    joined: Option<Joined>,
    /// It was ended by somebody else, or will not come back by itself.
    ended: bool,
}

impl Held {
    /// The name that it was asked for by, else the one that it got.
    fn name(&self) -> &str {
        self.spec.name.as_deref().unwrap_or(&self.status.name)
    }
}

/// What happened to the forwards that are held.
#[derive(Debug)]
pub(in crate::cli) enum Change {
    /// An event of one of them.
    Event(Event),
    /// Their numbers changed.
    Status,
    /// The supervisor is gone: call [`Hold::again`].
    Lost,
}

/// Forwards that live as long as this process wants them.
pub(in crate::cli) struct Hold {
    setup: Rc<Setup>,
    paths: Paths,
    ready_timeout: Duration,
    session: Session,
    forwards: Vec<Held>,
    listing: bool,
}

impl Hold {
    /// Starts the forwards and waits until all of them are ready. On failure the user has been
    /// told, and none is held. A person who waits for them sees why, and does not wait for what
    /// will not come.
    pub(in crate::cli) async fn start(
        setup: Rc<Setup>,
        specs: Vec<Spec>,
        ready_timeout: Duration,
        waiting: Option<Waiting>,
    ) -> Result<Self, CommandError> {
        let paths =
            Paths::from_env().map_err(|error| CommandError::from(ClientError::from(error)))?;
        let opened = async {
            let open = open_patiently(&setup, &paths, specs, ready_timeout, waiting.as_ref());
            match &waiting {
                None => open.await,
                Some(waiting) => tokio::select! {
                    opened = open => opened,
                    never = waiting.explain() => match never {},
                },
            }
        };
        let opened = opened.await;
        if let Some(waiting) = &waiting {
            waiting.done();
        }
        let (session, forwards) = opened.map_err(|failure| {
            let error = match failure {
                Failure::Client(error) => error.into(),
                Failure::Refused(spec, error) => refused(Some(&spec), error),
            };
            let causes = waiting.as_ref().map(Waiting::causes).unwrap_or_default();
            causes.into_iter().fold(error, CommandError::note)
        })?;
        for held in &forwards {
            if let Some(how) = &held.joined {
                wording::joined(&setup, &held.spec, &held.status, how);
            }
        }
        Ok(Self { setup, paths, ready_timeout, session, forwards, listing: false })
    }

    /// Who holds them.
    pub(super) fn info(&self) -> &SupervisorInfo {
        &self.session.info
    }

    /// How they stand, in the order in which they were asked for.
    pub(in crate::cli) fn statuses(&self) -> Vec<ForwardStatus> {
        self.forwards.iter().map(|held| held.status.clone()).collect()
    }

    /// The same, each with the name that it was asked for by.
    pub(super) fn named(&self) -> Vec<(String, ForwardStatus)> {
        let named = |held: &Held| (held.name().to_owned(), held.status.clone());
        self.forwards.iter().map(named).collect()
    }

    /// Whether none of them is left, and if so, whether one failed.
    pub(in crate::cli) fn over(&self) -> Option<bool> {
        let failed = |held: &Held| held.status.state == ForwardState::Failed;
        self.forwards.iter().all(|held| held.ended).then(|| self.forwards.iter().any(failed))
    }

    /// What happens next. Can be dropped and called again.
    pub(in crate::cli) async fn next(&mut self) -> Change {
        loop {
            match self.session.next().await {
                None => return Change::Lost,
                Some((asked, reply)) => {
                    if let Some(change) = self.take(asked, reply) {
                        return change;
                    }
                }
            }
        }
    }

    /// Asks for their numbers, which come as [`Change::Status`].
    pub(super) fn refresh(&mut self) {
        // All of them: asked for by name, one that has ended would be an error for the rest. And
        // one question at a time is enough.
        if self.forwards.iter().any(|held| !held.ended) && !self.listing {
            let list = Request::List { names: Vec::new() };
            self.listing = self.session.requests.try_send((Asked::List, list)).is_ok();
        }
    }

    /// Starts everything again that was held by a supervisor that is gone, on the same local
    /// ports. Where none is left, how that ends.
    pub(in crate::cli) async fn again(&mut self) -> Result<Option<Exit>, CommandError> {
        let setup = &Rc::clone(&self.setup);
        if let Some(failed) = self.over() {
            setup.messages.note("the supervisor is gone; no forward is left to start again");
            return Ok(Some(if failed { Exit::Failed } else { Exit::Done }));
        }
        setup.messages.note("the supervisor is gone; starting it and the forwards again");
        let specs = self.forwards.iter().filter(|held| !held.ended);
        let specs: Vec<Spec> = specs.map(same_place).collect();
        let mut failure = None;
        for pause in PAUSES {
            sleep(pause).await;
            match open(setup, &self.paths, specs.clone(), self.ready_timeout, None).await {
                Ok((session, forwards)) => {
                    self.session = session;
                    self.forwards.retain(|held| held.ended);
                    self.forwards.extend(forwards);
                    self.listing = false;
                    return Ok(None);
                }
                Err(Failure::Refused(spec, error)) if !may_pass(&error) => {
                    return Err(refused(Some(&spec), error));
                }
                Err(other) => failure = Some(other),
            }
        }
        Err(match failure {
            Some(Failure::Refused(spec, error)) => refused(Some(&spec), error),
            Some(Failure::Client(error)) => error.into(),
            None => CommandError::failed("no forward could be started again"),
        })
    }

    /// Tells the supervisor that silence is meant (Ctrl-Z), or that it is over.
    pub(super) async fn suspend(&mut self, suspended: bool) {
        self.session.send(Asked::Farewell, Request::Suspend { suspended }).await;
        self.answered(1).await;
    }

    /// Gives the forwards up. Returns how each stands then, if the supervisor says so in time: one
    /// that others still want stays.
    pub(super) async fn release(mut self) -> Vec<ForwardStatus> {
        let names = self.forwards.iter().filter(|held| !held.ended);
        let names: Vec<String> = names.map(|held| held.status.name.clone()).collect();
        let count = names.len();
        for name in &names {
            self.session.send(Asked::Farewell, Request::Release { name: name.clone() }).await;
        }
        self.session.send(Asked::Farewell, Request::List { names: Vec::new() }).await;
        // The end of the connection says the same, a moment later.
        if !self.answered(count + 1).await {
            return Vec::new();
        }
        self.forwards.retain(|held| names.contains(&held.status.name));
        self.forwards.into_iter().map(|held| held.status).collect()
    }

    /// Waits a moment for the answers to farewells. Returns whether all have come.
    async fn answered(&mut self, count: usize) -> bool {
        let wait = async {
            let mut left = count;
            while left > 0 {
                let Some((asked, reply)) = self.session.next().await else { return false };
                left -= usize::from(asked == Some(Asked::Farewell));
                self.take(asked, reply);
            }
            true
        };
        timeout(FAREWELL, wait).await.unwrap_or(false)
    }

    fn take(&mut self, asked: Option<Asked>, reply: Reply) -> Option<Change> {
        match reply {
            Reply::Event(event) => {
                // More than one where two of its names were asked for.
                let named = |held: &&mut Held| held.status.name == event.name;
                for held in self.forwards.iter_mut().filter(named) {
                    held.status.state = event.state;
                    held.ended |=
                        matches!(event.state, ForwardState::Stopping | ForwardState::Failed);
                }
                Some(Change::Event(event))
            }
            Reply::Forwards { forwards } => {
                self.listing = false;
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
                Some(Change::Status)
            }
            Reply::Error(_) if asked == Some(Asked::List) => {
                // One of those named has ended; which one, its event says.
                self.listing = false;
                None
            }
            _ => None,
        }
    }
}

/// Why forwards could not be started.
enum Failure {
    Client(ClientError),
    Refused(Box<Spec>, ClientError),
}

/// [`open`]; a supervisor that is just ending is no obstacle: there will be another.
async fn open_patiently(
    setup: &Setup,
    paths: &Paths,
    specs: Vec<Spec>,
    ready_timeout: Duration,
    waiting: Option<&Waiting>,
) -> Result<(Session, Vec<Held>), Failure> {
    let patience = Instant::now() + PATIENCE;
    loop {
        match open(setup, paths, specs.clone(), ready_timeout, waiting).await {
            Err(Failure::Refused(_, error)) if error.is_ending() && Instant::now() < patience => {
                sleep(PAUSES[1]).await;
            }
            result => return result,
        }
    }
}

/// Connects, starts all forwards at once, waits until all are ready, and asks for their events.
async fn open(
    setup: &Setup,
    paths: &Paths,
    specs: Vec<Spec>,
    ready_timeout: Duration,
    waiting: Option<&Waiting>,
) -> Result<(Session, Vec<Held>), Failure> {
    let launch = launch(setup).map_err(Failure::Client)?;
    let client = connect_or_start(paths, &launch).await.map_err(Failure::Client)?;
    client.check_protocol().map_err(Failure::Client)?;
    let beat = setup.config.forward.heartbeat_interval();
    let mut session = Session::new(client, beat);
    for (index, spec) in specs.iter().enumerate() {
        if let Some(waiting) = waiting {
            waiting.begun(index);
        }
        let request = start_request(spec, LeaseRequest::Session, ready_timeout, waiting.is_some());
        session.send(Asked::Start, request).await;
    }
    let mut forwards = Vec::new();
    for (index, spec) in specs.into_iter().enumerate() {
        let reply = loop {
            match session.next().await {
                Some((Some(Asked::Start), reply)) => break reply,
                Some((_, Reply::Event(event))) => {
                    if let Some(waiting) = waiting {
                        waiting.heard(&event);
                    }
                }
                Some(_) => {}
                None => return Err(Failure::Client(ClientError::Gone(gone()))),
            }
        };
        let (status, joined) = match reply {
            Reply::Started { forward, existing, leased, differs } => {
                (*forward, existing.then_some(Joined { leased, differs }))
            }
            Reply::Error(refusal) => {
                return Err(Failure::Refused(Box::new(spec), ClientError::Refused(refusal)));
            }
            _ => return Err(Failure::Client(ClientError::Confused)),
        };
        if let Some(waiting) = waiting {
            waiting.ready(index);
        }
        forwards.push(Held { spec, status, joined, ended: false });
    }
    let names = forwards.iter().map(|held| held.status.name.clone()).collect();
    session.send(Asked::Watch, Request::Watch { names }).await;
    Ok((session, forwards))
}

/// Whether a refusal may be different a moment later: what the dead supervisor left may still hold
/// the port, and the new one may be ending.
fn may_pass(error: &ClientError) -> bool {
    let ClientError::Refused(refusal) = error else { return true };
    matches!(refusal.kind, RefusalKind::PortTaken | RefusalKind::ShuttingDown)
}

/// The request that starts a forward.
pub(super) fn start_request(
    spec: &Spec,
    lease: LeaseRequest,
    ready_timeout: Duration,
    attended: bool,
) -> Request {
    Request::Start {
        spec: Box::new(spec.clone()),
        lease,
        ready_timeout_ms: u64::try_from(ready_timeout.as_millis()).unwrap_or(u64::MAX),
        attended,
    }
}

/// The forward under the name and at the port that its users know.
fn same_place(held: &Held) -> Spec {
    let had = held.status.ports.iter().map(|port| LocalPort::Exact(port.local));
    let ports = std::iter::zip(&held.spec.ports, had)
        .map(|(port, local)| PortSpec { remote: port.remote.clone(), local });
    Spec { name: Some(held.name().to_owned()), ports: ports.collect(), ..held.spec.clone() }
}

fn gone() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "it closed the connection")
}
