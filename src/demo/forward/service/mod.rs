//! The listeners inside the "pods": real TCP listeners of this process, each started for its first
//! forward.

use std::{
    collections::HashMap,
    future::Future,
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
};

use crate::demo::{cluster::lock, monitoring::Monitoring, world::Role};

mod http;
mod plain;

/// Answers one connection.
type Answer = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The listeners of one cluster.
#[derive(Debug)]
pub(in crate::demo) struct Services {
    monitoring: Arc<Monitoring>,
    started: Mutex<HashMap<Role, (SocketAddr, AbortHandle)>>,
}

impl Services {
    pub(in crate::demo) fn new(monitoring: Arc<Monitoring>) -> Services {
        Services { monitoring, started: Mutex::default() }
    }

    /// The address of a role's listener; `None` if no port could be bound.
    pub(super) fn address(&self, role: Role) -> Option<SocketAddr> {
        let mut started = lock(&self.started);
        if let Some((address, _)) = started.get(&role) {
            return Some(*address);
        }
        let (address, task) = self.start(role).ok()?;
        started.insert(role, (address, task));
        Some(address)
    }

    /// Ends all listeners and their connections.
    pub(super) fn end(&self) {
        for (_, task) in lock(&self.started).values() {
            task.abort();
        }
    }

    fn start(&self, role: Role) -> io::Result<(SocketAddr, AbortHandle)> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = TcpListener::from_std(listener)?;
        let answer: Box<dyn Fn(TcpStream) -> Answer + Send + Sync> = match role {
            Role::Prometheus | Role::Alertmanager | Role::Application => {
                let monitoring = Arc::clone(&self.monitoring);
                Box::new(move |stream| Box::pin(http::serve(stream, role, Arc::clone(&monitoring))))
            }
            Role::Echo => Box::new(|stream| Box::pin(plain::echo(stream))),
            Role::Source => Box::new(|stream| Box::pin(plain::source(stream))),
            Role::Sink => Box::new(|stream| Box::pin(plain::sink(stream))),
            Role::HangUp => Box::new(|stream| Box::pin(plain::hang_up(stream))),
            Role::Reset => Box::new(|stream| Box::pin(plain::reset(stream))),
        };
        let task = tokio::spawn(accept(listener, answer)).abort_handle();
        Ok((address, task))
    }
}

async fn accept(listener: TcpListener, answer: Box<dyn Fn(TcpStream) -> Answer + Send + Sync>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let _ = stream.set_nodelay(true);
                    connections.spawn(answer(stream));
                }
                // For example out of descriptors: retry when some may have been closed.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}
