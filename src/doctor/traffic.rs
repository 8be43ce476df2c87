//! Proofs about traffic: no request is executed twice, the reset of one connection does not affect
//! another, and a kubectl that passes no bytes is replaced.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::scratch::{
    PATIENCE, PAUSE, Scratch, Target, healthy, identity, ms, wait_for, wait_for_end,
};
use crate::demo::Cluster;
use crate::process;
use crate::supervisor::{Client, ForwardState, ForwardStatus, LocalPort};

/// How often kubectl is killed, and how many requests are in flight each time.
const KILLS: usize = 3;
const REQUESTS: usize = 4;
/// How long the application takes for a request.
const WORK: Duration = Duration::from_millis(100);
/// Connections that the application resets.
const RESETS: usize = 5;

const COUNTED: Target = Target { namespace: "default", resource: "svc/echo" };
const MIXED: Target = Target { namespace: "default", resource: "svc/hangup" };

/// A listener that stands in for the application of a demo pod.
struct Application {
    address: SocketAddr,
    task: AbortHandle,
}

impl Application {
    async fn serve<F>(answer: impl Fn(TcpStream) -> F + Send + 'static) -> Result<Self, String>
    where
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let accept = async move {
            let mut connections = JoinSet::new();
            loop {
                tokio::select! {
                    accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                        connections.spawn(answer(stream));
                    },
                    Some(_) = connections.join_next() => {}
                }
            }
        };
        Ok(Self { address, task: tokio::spawn(accept).abort_handle() })
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How often each request was executed, by its id.
#[derive(Clone, Default)]
struct Executed(Arc<Mutex<HashMap<String, u32>>>);

impl Executed {
    fn add(&self, id: &str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(id.to_owned()).or_default() += 1;
    }

    fn of(&self, id: &str) -> u32 {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(id).copied().unwrap_or_default()
    }

    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Proves that no request is executed twice while kubectl is killed repeatedly.
pub(super) async fn at_most_once(
    scratch: &Scratch,
    cluster: &Cluster,
    client: &mut Client,
) -> Result<String, String> {
    let executed = Executed::default();
    let counting = executed.clone();
    let application = Application::serve(move |stream| count(stream, counting.clone())).await?;
    cluster.forward_target("default", "echo", 8080, application.address);
    let forward = scratch.start(client, COUNTED, LocalPort::Exact(0)).await?;
    let (mut answered, mut reset) = (0, 0);
    for round in 0..KILLS {
        let before = executed.len();
        let mut requests = JoinSet::new();
        for number in 0..REQUESTS {
            let id = format!("{round}-{number}");
            let port = forward.local_port;
            requests.spawn(async move { (post(port, &id).await, id) });
        }
        until("no request reached the application", || executed.len() > before).await?;
        let now = wait_for(client, &forward.name, |now| now.is_some()).await?;
        for kubectl in now.iter().flat_map(|now| &now.kubectls) {
            identity(kubectl.pid)?.kill();
        }
        while let Some(done) = requests.join_next().await {
            let (result, id) = done.map_err(|error| error.to_string())?;
            match (result, executed.of(&id)) {
                (_, 2..) => return Err(format!("request {id} was executed twice")),
                (Ok(()), 1) => answered += 1,
                (Ok(()), _) => return Err(format!("request {id} was not answered")),
                (Err(error), _) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return Err(format!("request {id} ended as if there were no answer to it"));
                }
                (Err(_), _) => reset += 1,
            }
        }
        // The next request is served.
        let id = format!("{round}-after");
        post(forward.local_port, &id).await.map_err(|why| format!("request {id}: {why}"))?;
        answered += 1;
    }
    let all = answered + reset;
    Ok(format!(
        "{all} POSTs, kubectl killed {KILLS} times under them: {answered} answered, {reset} reset, none executed twice"
    ))
}

/// Executes a request, whose first line ends in its id, and answers after [`WORK`].
async fn count(stream: TcpStream, executed: Executed) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    executed.add(line.trim());
    sleep(WORK).await;
    stream.write_all(b"done\n").await
}

async fn post(port: u16, id: &str) -> io::Result<()> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream.write_all(format!("{id}\n").as_bytes()).await?;
    let mut answer = [0; 5];
    timeout(PATIENCE, stream.read_exact(&mut answer)).await??;
    Ok(())
}

/// Proves that a stream survives while the application resets other connections.
pub(super) async fn isolation(
    scratch: &Scratch,
    cluster: &Cluster,
    client: &mut Client,
) -> Result<String, String> {
    let (enough, sent) = (Arc::new(Notify::new()), Arc::new(AtomicU64::new(0)));
    let stream = (Arc::clone(&enough), Arc::clone(&sent));
    let application = Application::serve(move |one| mixed(one, stream.clone())).await?;
    cluster.forward_target("default", "hangup", 8080, application.address);
    let forward = scratch.start(client, MIXED, LocalPort::Exact(0)).await?;
    let error = |error: io::Error| error.to_string();
    let port = forward.local_port;
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.map_err(error)?;
    stream.write_all(b"stream\n").await.map_err(error)?;
    // A task reads the stream from here on.
    let reader =
        tokio::spawn(async move { tokio::io::copy(&mut stream, &mut tokio::io::sink()).await });
    // Wait for two kubectls: one for the stream, one for the other connections.
    let apart = |now: &ForwardStatus| {
        let serves = |busy: bool| {
            let mut kubectls = now.kubectls.iter();
            kubectls.any(|it| it.serves && (it.open_connections > 0) == busy)
        };
        serves(true) && serves(false)
    };
    let now = wait_for(client, &forward.name, |now| now.is_some_and(apart)).await?;
    let kubectls = now.map_or(0, |now| now.kubectls.len());
    for number in 1..=RESETS {
        let answer = timeout(PATIENCE, session(port)).await;
        let failed =
            |why: String| format!("connection {number} that the application resets: {why}");
        answer
            .map_err(|_| failed("no answer".to_owned()))?
            .map_err(|why| failed(why.to_string()))?;
    }
    enough.notify_one();
    let read = timeout(PATIENCE, reader).await.map_err(|_| "the stream did not end".to_owned())?;
    let read = read.map_err(|error| error.to_string())?;
    let read = read.map_err(|error| format!("the stream beside them broke: {error}"))?;
    let sent = sent.load(Ordering::Relaxed);
    if read != sent {
        return Err(format!("the stream beside them ended after {read} of {sent} bytes"));
    }
    Ok(format!(
        "{RESETS} connections reset by their application, each answered; the stream beside them whole \
         ({read} bytes), {kubectls} kubectls"
    ))
}

/// Serves a stream to a client that requests one. Otherwise answers, then resets the connection.
async fn mixed(stream: TcpStream, (enough, sent): (Arc<Notify>, Arc<AtomicU64>)) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    if line == "stream\n" {
        let piece = [0; 16 << 10];
        loop {
            stream.write_all(&piece).await?;
            sent.fetch_add(piece.len() as u64, Ordering::Relaxed);
            if timeout(PAUSE, enough.notified()).await.is_ok() {
                return stream.shutdown().await;
            }
        }
    }
    stream.write_all(format!("row {line}").as_bytes()).await?;
    let _ = stream.read_u8().await;
    stream.get_ref().set_zero_linger()
}

async fn session(port: u16) -> io::Result<()> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream.write_all(b"select\n").await?;
    let mut answer = [0; 11];
    stream.read_exact(&mut answer).await?;
    stream.shutdown().await?;
    // However the connection ends, the client has its answer.
    let _ = stream.read_u8().await;
    Ok(())
}

/// Proves recovery from a kubectl that is stopped, like one that hangs or has lost its network.
pub(super) async fn recovery(
    client: &mut Client,
    forward: &ForwardStatus,
) -> Result<String, String> {
    let now = wait_for(client, &forward.name, |now| now.is_some()).await?;
    let pid = now.and_then(|now| now.pid).ok_or("it has no kubectl")?;
    let old = identity(pid)?;
    let stopped = i32::try_from(pid).map_err(|error| error.to_string())?;
    let began = Instant::now();
    kill(Pid::from_raw(stopped), Signal::SIGSTOP).map_err(|error| error.to_string())?;
    until("kubectl was not stopped", || process::is_stopped(pid)).await?;
    let answer = healthy(forward.local_port).await?;
    let took = ms(began);
    wait_for_end(std::slice::from_ref(&old)).await?;
    let back = |now: &ForwardStatus| now.state == ForwardState::Ready && now.pid != Some(pid);
    let now = wait_for(client, &forward.name, |now| now.is_some_and(back)).await?;
    let new = now.and_then(|now| now.pid).unwrap_or_default();
    Ok(format!("pid {pid} stopped: the next request served ({answer}) after {took}, by pid {new}"))
}

/// Polls a condition for which there is no notification.
async fn until(what: &str, done: impl Fn() -> bool) -> Result<(), String> {
    let wait = async {
        while !done() {
            sleep(PAUSE).await;
        }
    };
    timeout(PATIENCE, wait).await.map_err(|_| what.to_owned())
}
