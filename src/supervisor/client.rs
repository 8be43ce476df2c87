//! The client's side of the socket.

use std::collections::VecDeque;
use std::io;

use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use super::frame::{read_frame, write_frame};
use super::paths::{Paths, PathsError};
use super::protocol::{
    Event, ForwardStatus, PROTOCOL, Refusal, RefusalKind, Reply, Request, Story, SupervisorInfo,
};

/// Why a request to the supervisor failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The socket cannot be used, or belongs to another user.
    #[error("{0}")]
    Unusable(String),
    /// The runtime directory cannot be used.
    #[error(transparent)]
    Paths(#[from] PathsError),
    /// The supervisor could not be started, for the reason that it reported.
    #[error("cannot start the supervisor: {0}")]
    Start(String),
    /// A supervisor is running, but its socket is missing.
    #[error(
        "a supervisor is running{}, but its socket is gone; watchdog supervisor stop ends it and its forwards",
        .pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default()
    )]
    Lost {
        /// Its process id, if known.
        pid: Option<u32>,
    },
    /// The connection broke.
    #[error("the supervisor is gone: {0}")]
    Gone(#[from] io::Error),
    /// The supervisor speaks another protocol.
    #[error(
        "the supervisor that is running (version {version}, pid {pid}) speaks protocol {theirs}, this program {PROTOCOL}; \
         watchdog supervisor stop ends it and its forwards"
    )]
    Protocol {
        /// The supervisor's version.
        version: String,
        /// The supervisor's process id.
        pid: u32,
        /// The supervisor's protocol.
        theirs: u32,
    },
    /// The supervisor refused the request.
    #[error("{0}")]
    Refused(Refusal),
    /// The reply is not one that this request can have.
    #[error("unexpected answer of the supervisor")]
    Confused,
}

impl ClientError {
    /// Whether the supervisor is shutting down, so that another one can be started in a moment.
    pub fn is_ending(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.kind == RefusalKind::ShuttingDown)
    }
}

/// A connection to the supervisor. Requests are answered in order; events that arrive in between
/// are queued for [`Client::next_event`].
#[derive(Debug)]
pub struct Client {
    read: OwnedReadHalf,
    write: OwnedWriteHalf,
    events: VecDeque<Event>,
    info: SupervisorInfo,
}

impl Client {
    /// Connects to a running supervisor; `None` if none is running.
    pub async fn connect(paths: &Paths) -> Result<Option<Self>, ClientError> {
        let stream = match UnixStream::connect(paths.socket()).await {
            Ok(stream) => stream,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound
                        | io::ErrorKind::ConnectionRefused
                        // The supervisor is ending.
                        | io::ErrorKind::ConnectionReset
                        | io::ErrorKind::BrokenPipe
                ) =>
            {
                return Ok(None);
            }
            Err(error) => {
                let socket = paths.socket();
                return Err(ClientError::Unusable(format!("{}: {error}", socket.display())));
            }
        };
        // Our requests carry the environment: another user must not receive it.
        super::peer::check(&stream).map_err(ClientError::Unusable)?;
        Self::greet(stream).await.map(Some)
    }

    async fn greet(stream: UnixStream) -> Result<Self, ClientError> {
        let (mut read, mut write) = stream.into_split();
        write_frame(&mut write, &Request::Hello { protocol: PROTOCOL }).await?;
        let frame = read_frame(&mut read).await?.ok_or_else(closed)?;
        let info = match serde_json::from_slice(&frame) {
            Ok(Reply::Hello(info)) => info,
            Ok(Reply::Error(refusal)) => return Err(ClientError::Refused(refusal)),
            _ => return Err(ClientError::Confused),
        };
        Ok(Self { read, write, events: VecDeque::new(), info })
    }

    /// Who answered `Hello`.
    pub fn info(&self) -> &SupervisorInfo {
        &self.info
    }

    /// Checks that the supervisor speaks our protocol, as everything but [`Request::Shutdown`]
    /// requires.
    pub fn check_protocol(&self) -> Result<(), ClientError> {
        if self.info.protocol == PROTOCOL {
            return Ok(());
        }
        let SupervisorInfo { version, pid, protocol: theirs, .. } = self.info.clone();
        Err(ClientError::Protocol { version, pid, theirs })
    }

    /// Sends a request and waits for its reply. A refusal is an error.
    pub async fn request(&mut self, request: &Request) -> Result<Reply, ClientError> {
        self.send(request).await?;
        loop {
            match self.receive().await? {
                Reply::Event(event) => self.events.push_back(event),
                Reply::Error(refusal) => return Err(ClientError::Refused(refusal)),
                reply => return Ok(reply),
            }
        }
    }

    /// Like [`Client::request`], but passes events that arrive meanwhile to `heard`.
    pub async fn request_with(
        &mut self,
        request: &Request,
        heard: impl Fn(&Event),
    ) -> Result<Reply, ClientError> {
        self.send(request).await?;
        loop {
            match self.receive().await? {
                Reply::Event(event) => heard(&event),
                Reply::Error(refusal) => return Err(ClientError::Refused(refusal)),
                reply => return Ok(reply),
            }
        }
    }

    /// The forwards with these names; all forwards if `names` is empty.
    pub async fn forwards(&mut self, names: &[String]) -> Result<Vec<ForwardStatus>, ClientError> {
        match self.request(&Request::List { names: names.to_vec() }).await? {
            Reply::Forwards { forwards } => Ok(forwards),
            _ => Err(ClientError::Confused),
        }
    }

    /// The named forwards, which wake if they are dormant.
    pub async fn wake(&mut self, names: &[String]) -> Result<Vec<ForwardStatus>, ClientError> {
        match self.request(&Request::Wake { names: names.to_vec() }).await {
            Ok(Reply::Forwards { forwards }) => Ok(forwards),
            Ok(_) => Err(ClientError::Confused),
            // A supervisor that does not know the request: a connection wakes them.
            Err(ClientError::Refused(refusal)) if refusal.kind == RefusalKind::BadRequest => {
                self.forwards(names).await
            }
            Err(error) => Err(error),
        }
    }

    /// The recorded events and log lines of a forward.
    pub async fn story(&mut self, name: &str) -> Result<Story, ClientError> {
        match self.request(&Request::Story { name: name.to_owned() }).await? {
            Reply::Story(story) => Ok(story),
            _ => Err(ClientError::Confused),
        }
    }

    /// The next event of the watched forwards. Not cancel safe: a frame that was read in part is
    /// lost. A client that does other things at the same time uses [`Client::into_split`].
    pub async fn next_event(&mut self) -> Result<Event, ClientError> {
        if let Some(event) = self.events.pop_front() {
            return Ok(event);
        }
        loop {
            if let Reply::Event(event) = self.receive().await? {
                return Ok(event);
            }
        }
    }

    /// Splits the connection into the sender of requests and the frames that arrive, read by a task
    /// of their own.
    pub fn into_split(self) -> (ClientSender, tokio::sync::mpsc::Receiver<Reply>) {
        let (to, from) = tokio::sync::mpsc::channel(64);
        let Self { mut read, write, events, .. } = self;
        tokio::spawn(async move {
            for event in events {
                if to.send(Reply::Event(event)).await.is_err() {
                    return;
                }
            }
            while let Ok(Some(frame)) = read_frame(&mut read).await {
                let Ok(reply) = serde_json::from_slice(&frame) else { return };
                if to.send(reply).await.is_err() {
                    return;
                }
            }
        });
        (ClientSender { write }, from)
    }

    async fn send(&mut self, request: &Request) -> Result<(), ClientError> {
        Ok(write_frame(&mut self.write, request).await?)
    }

    async fn receive(&mut self) -> Result<Reply, ClientError> {
        let frame = read_frame(&mut self.read).await?.ok_or_else(closed)?;
        serde_json::from_slice(&frame).map_err(|_| ClientError::Confused)
    }
}

/// The sending half of a [`Client`].
#[derive(Debug)]
pub struct ClientSender {
    write: OwnedWriteHalf,
}

impl ClientSender {
    /// Sends a request; its reply arrives at the receiving half.
    pub async fn send(&mut self, request: &Request) -> Result<(), ClientError> {
        Ok(write_frame(&mut self.write, request).await?)
    }
}

fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the supervisor closed the connection")
}
