//! A proxy between kubectl and an API server, which simulates network failures.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use socket2::{SockFilter, SockRef};
use watchdog::demo::Cluster;

/// A proxy in front of a demo cluster. Dropping it cuts all connections.
pub struct ApiPath {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: TcpListener,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    to: SocketAddr,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    next: u64,
    open: Vec<Open>,
    /// What happens to new connections.
    weather: Weather,
    idle: Option<Duration>,
    over: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Weather {
    #[default]
    Fair,
    /// Packets are lost.
    Lost,
    /// Bytes are acknowledged but not passed on.
    Swallowed,
}

struct Open {
    number: u64,
    weather: Weather,
    client: Arc<TcpStream>,
    server: Arc<TcpStream>,
    last: Instant,
}

/// A filter that drops every packet, so that nothing is even acknowledged.
fn drop_all() -> [SockFilter; 1] {
    // BPF_RET with 0: drop the packet.
    [SockFilter::new(6, 0, 0, 0)]
}

impl ApiPath {
    /// A proxy to this cluster.
    pub fn to(cluster: &Cluster) -> Self {
        let to = cluster.url().strip_prefix("http://").unwrap().parse().unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared { to, state: Mutex::default(), changed: Condvar::default() });
        let accepting = listener.try_clone().unwrap();
        let thread = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&accepting, &shared)
        });
        Self { address, shared, listener, thread: Some(thread) }
    }

    /// The URL for a kubeconfig.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Open connections lose every packet from now on, as after suspend or a change of networks;
    /// new ones work.
    pub fn lose_open(&self) {
        self.shared.lock().open.iter_mut().for_each(Open::lose);
    }

    /// Open connections are acknowledged but pass nothing on, as behind a middlebox that has lost
    /// its other side; new ones work.
    pub fn swallow_open(&self) {
        let mut state = self.shared.lock();
        state.open.iter_mut().for_each(|open| open.weather = Weather::Swallowed);
        drop(state);
        self.shared.changed.notify_all();
    }

    /// Every packet is lost, also of new connections.
    pub fn go_away(&self) {
        let mut state = self.shared.lock();
        state.weather = Weather::Lost;
        SockRef::from(&self.listener).attach_filter(&drop_all()).unwrap();
        state.open.iter_mut().for_each(Open::lose);
    }

    /// New connections work again. Earlier ones stay lost, as for a client with a new address.
    pub fn come_back(&self) {
        self.shared.lock().weather = Weather::Fair;
        SockRef::from(&self.listener).detach_filter().unwrap();
    }

    /// Resets every open connection.
    pub fn reset(&self) {
        let mut state = self.shared.lock();
        for open in state.open.drain(..) {
            for end in [&open.client, &open.server] {
                let _ = SockRef::from(&**end).set_linger(Some(Duration::ZERO));
                // Wakes the threads, which drop the last handles; nothing is sent before that.
                let _ = end.shutdown(Shutdown::Read);
            }
        }
    }

    /// Connections that were silent for this long pass nothing on any more.
    pub fn forget_idle(&self, after: Duration) {
        self.shared.lock().idle = Some(after);
    }

    /// Whether every open connection has been silent long enough to pass nothing on any more.
    pub fn has_forgotten(&self) -> bool {
        let state = self.shared.lock();
        let idle = state.idle.expect("it forgets idle connections");
        state.open.iter().all(|open| open.weather != Weather::Fair || open.last.elapsed() > idle)
    }
}

impl Drop for ApiPath {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.over = true;
        for open in state.open.drain(..) {
            let _ = open.client.shutdown(Shutdown::Both);
            let _ = open.server.shutdown(Shutdown::Both);
        }
        drop(state);
        self.shared.changed.notify_all();
        let _ = SockRef::from(&self.listener).detach_filter();
        // Wakes the accepting thread.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Open {
    fn lose(&mut self) {
        self.weather = Weather::Lost;
        let _ = SockRef::from(&*self.client).attach_filter(&drop_all());
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether data of this connection is passed on; if not, waits for the connection's end.
    fn passes(&self, number: u64) -> bool {
        let mut state = self.lock();
        let idle = state.idle;
        loop {
            let Some(open) = state.open.iter_mut().find(|open| open.number == number) else {
                return false;
            };
            if open.weather == Weather::Fair && idle.is_some_and(|idle| open.last.elapsed() > idle)
            {
                open.lose();
            }
            if open.weather == Weather::Fair {
                open.last = Instant::now();
                return true;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn forget(&self, number: u64) {
        self.lock().open.retain(|open| open.number != number);
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming() {
        let mut state = shared.lock();
        if state.over {
            return;
        }
        let (Ok(client), Ok(server)) = (client, TcpStream::connect(shared.to)) else { continue };
        let (client, server) = (Arc::new(client), Arc::new(server));
        let number = state.next;
        state.next += 1;
        for (from, to) in [(&client, &server), (&server, &client)] {
            from.set_nodelay(true).unwrap();
            let (from, to, shared) = (Arc::clone(from), Arc::clone(to), Arc::clone(shared));
            thread::spawn(move || copy(&from, &to, number, &shared));
        }
        let weather = Weather::Fair;
        let mut open = Open { number, weather, client, server, last: Instant::now() };
        if state.weather == Weather::Lost {
            open.lose();
        }
        state.open.push(open);
    }
}

fn copy(mut from: &TcpStream, mut to: &TcpStream, number: u64, shared: &Shared) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut buffer);
        if !shared.passes(number) {
            return;
        }
        match read {
            Ok(0) => {
                let _ = to.shutdown(Shutdown::Write);
                return;
            }
            Ok(length) if to.write_all(&buffer[..length]).is_ok() => {}
            Ok(_) | Err(_) => {
                for end in [from, to] {
                    let _ = end.shutdown(Shutdown::Both);
                }
                shared.forget(number);
                return;
            }
        }
    }
}
