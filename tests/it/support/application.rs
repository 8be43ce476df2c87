//! Applications to forward to, each with a typical behaviour.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

/// A listener, and how it serves each connection. Dropping it closes everything.
pub struct Application {
    address: SocketAddr,
    inner: Arc<Inner>,
    socket: Option<Socket>,
}

#[derive(Default)]
struct Inner {
    open: Mutex<Vec<Weak<TcpStream>>>,
    over: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Application {
    /// Serves each connection by `serve`, in its own thread.
    pub fn new(serve: impl Fn(&TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let mut application = Self::refusing();
        application.listen(serve);
        application
    }

    /// An application with a port that refuses every connection.
    pub fn refusing() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        Self { address, inner: Arc::default(), socket: Some(socket) }
    }

    /// Starts to accept connections.
    pub fn listen(&mut self, serve: impl Fn(&TcpStream) -> io::Result<()> + Send + Sync + 'static) {
        let socket = self.socket.take().expect("it did not listen before");
        socket.listen(1024).unwrap();
        let listener = TcpListener::from(socket);
        let (inner, serve) = (Arc::clone(&self.inner), Arc::new(serve));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if inner.over.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let _ = stream.set_nodelay(true);
                let stream = Arc::new(stream);
                let mut open = lock(&inner.open);
                open.retain(|stream| stream.strong_count() > 0);
                open.push(Arc::downgrade(&stream));
                let serve = Arc::clone(&serve);
                // Errors of a connection are for its client to notice.
                thread::spawn(move || serve(&stream));
            }
        });
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        self.inner.over.store(true, Ordering::SeqCst);
        for stream in lock(&self.inner.open).iter().filter_map(Weak::upgrade) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // Wakes the accepting thread.
        let _ = TcpStream::connect(self.address);
    }
}

/// Makes closing the connection send a reset.
fn ends_by_reset(stream: &TcpStream) -> io::Result<()> {
    SockRef::from(stream).set_linger(Some(Duration::ZERO))
}

/// A line including its end; empty at the end of the stream.
fn line(reader: &mut BufReader<&TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    Ok(line)
}

/// Answers each line, and resets the connection after the client's end, like Postgres over TLS.
pub fn postgres(mut stream: &TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let query = line(&mut reader)?;
        if query.is_empty() {
            return ends_by_reset(stream);
        }
        stream.write_all(format!("row {query}").as_bytes())?;
    }
}

/// Resets the connection after the first line, without an answer.
pub fn resets_unanswered(stream: &TcpStream) -> io::Result<()> {
    line(&mut BufReader::new(stream))?;
    ends_by_reset(stream)
}

/// The length of the greeting of [`greets`] in bytes.
pub const GREETING: usize = 80;

/// Speaks first, then answers each line, like MySQL.
pub fn greets(mut stream: &TcpStream) -> io::Result<()> {
    stream.write_all(&[b'g'; GREETING])?;
    let mut reader = BufReader::new(stream);
    loop {
        let query = line(&mut reader)?;
        if query.is_empty() {
            return Ok(());
        }
        stream.write_all(format!("row {query}").as_bytes())?;
    }
}

/// Lets the time pass that an application takes before it answers: its behaviour, not a wait for it.
pub fn works_for(time: Duration) {
    thread::sleep(time);
}

/// Answers each line after `delay`.
pub fn answers_after(delay: Duration) -> impl Fn(&TcpStream) -> io::Result<()> {
    move |mut stream| {
        let mut reader = BufReader::new(stream);
        loop {
            let query = line(&mut reader)?;
            if query.is_empty() {
                return Ok(());
            }
            works_for(delay);
            stream.write_all(format!("row {query}").as_bytes())?;
        }
    }
}

/// An application that counts every executed request `METHOD /pay?id=ID`.
#[derive(Clone, Default)]
pub struct Payments {
    executed: Arc<Mutex<HashMap<String, u32>>>,
    working: Arc<AtomicU64>,
}

impl Payments {
    /// Answers each request after the time `work`, then closes.
    pub fn application(&self, work: Duration) -> Application {
        let payments = self.clone();
        Application::new(move |stream| payments.serve(stream, work))
    }

    fn serve(&self, mut stream: &TcpStream, work: Duration) -> io::Result<()> {
        let mut reader = BufReader::new(stream);
        let request = line(&mut reader)?;
        let mut length = 0;
        loop {
            let field = line(&mut reader)?.to_ascii_lowercase();
            if let Some(value) = field.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            if field.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        // A truncated request is not executed.
        reader.read_exact(&mut body)?;
        let id = request.split_once("id=").and_then(|(_, rest)| rest.split(' ').next());
        let id = id.ok_or(io::ErrorKind::InvalidData)?;
        *lock(&self.executed).entry(id.to_owned()).or_default() += 1;
        self.working.fetch_add(1, Ordering::SeqCst);
        works_for(work);
        self.working.fetch_sub(1, Ordering::SeqCst);
        let answer = format!("done {id}");
        let length = answer.len();
        let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}");
        stream.write_all(format!("{head}\r\n\r\n{answer}").as_bytes())
    }

    /// How often a request was executed.
    pub fn of(&self, id: &str) -> u32 {
        lock(&self.executed).get(id).copied().unwrap_or_default()
    }

    /// How many requests are being processed.
    pub fn working(&self) -> u64 {
        self.working.load(Ordering::SeqCst)
    }

    /// The requests that were executed more than once.
    pub fn repeated(&self) -> Vec<(String, u32)> {
        let executed = lock(&self.executed);
        let repeated = executed.iter().filter(|(_, times)| **times > 1);
        repeated.map(|(id, times)| (id.clone(), *times)).collect()
    }

    /// How many requests were executed.
    pub fn executed(&self) -> usize {
        lock(&self.executed).len()
    }
}

/// A body whose bytes depend on their position, sent in pieces until it is ended.
#[derive(Clone, Default)]
pub struct Download {
    enough: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
}

/// Not a power of two, so that a missing piece is detected.
const PATTERN: usize = 8191;

fn pattern(at: u64, length: usize) -> impl Iterator<Item = u8> {
    let start = usize::try_from(at % PATTERN as u64).unwrap();
    let byte = |at: usize| u8::try_from(at % PATTERN % 251).unwrap();
    (start..start + length).map(byte)
}

impl Download {
    /// An application that sends the body to each client.
    pub fn application(&self) -> Application {
        let download = self.clone();
        Application::new(move |stream| download.serve(stream))
    }

    /// Sends the body.
    pub fn serve(&self, mut stream: &TcpStream) -> io::Result<()> {
        let mut at = 0;
        while !self.enough.load(Ordering::SeqCst) {
            let piece: Vec<u8> = pattern(at, 16 * 1024).collect();
            stream.write_all(&piece)?;
            at += piece.len() as u64;
            self.sent.store(at, Ordering::SeqCst);
            works_for(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Lets the body end.
    pub fn finish(&self) {
        self.enough.store(true, Ordering::SeqCst);
    }

    /// How many bytes were sent to the last client.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }

    /// Reads the whole body, counting bytes; the result tells how it ended. Panics on a wrong byte.
    pub fn read(mut stream: &TcpStream, count: &AtomicU64) -> io::Result<()> {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let length = stream.read(&mut buffer)?;
            if length == 0 {
                return Ok(());
            }
            let at = count.fetch_add(length as u64, Ordering::SeqCst);
            assert!(pattern(at, length).eq(buffer[..length].iter().copied()), "at {at}");
        }
    }
}
