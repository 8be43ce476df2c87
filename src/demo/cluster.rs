//! One demo cluster: its socket, its connections, its faults.

use std::{
    collections::VecDeque,
    convert::Infallible,
    future::pending,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hyper::{
    Method, Request, Response, body::Incoming, header::CONTENT_LENGTH, server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpSocket},
    task::{AbortHandle, JoinSet},
};

use super::{
    api::{self, Answer, Api, Route},
    body::Body,
    fault::{Encounter, Fault, Faults},
    forward::{self, End, ForwardCounts, ForwardFault, Forwards, Services},
    resources::RESOURCES,
    status::Status,
    world::World,
};

/// How many requests the log keeps.
const LOG_SIZE: usize = 4096;

/// A demo cluster. Dropping it ends its listener and its connections.
#[derive(Debug)]
pub struct Cluster {
    name: String,
    description: &'static str,
    address: SocketAddr,
    state: Arc<State>,
    /// None for a cluster that is down.
    served: Option<Served>,
    /// The socket of a cluster that is down: bound, so that nothing else can take the port, and not
    /// listening, so that connections are refused.
    _reserved: Option<TcpSocket>,
}

/// What a cluster that is up serves.
#[derive(Debug, Clone)]
struct Served {
    api: Arc<Api>,
    forwards: Arc<Forwards>,
    task: AbortHandle,
}

#[derive(Debug, Default)]
struct State {
    faults: Mutex<Faults>,
    requests: Mutex<VecDeque<String>>,
}

impl Cluster {
    /// Binds a free port of 127.0.0.1 and serves `world` on it.
    pub(super) async fn serve(
        name: &str,
        description: &'static str,
        world: World,
    ) -> io::Result<Cluster> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::default());
        let api = Arc::new(Api::new(address.to_string(), world));
        let forwards = Arc::new(Forwards::new(Services::new(Arc::clone(&api))));
        let handler = Handler {
            api: Arc::clone(&api),
            forwards: Arc::clone(&forwards),
            state: Arc::clone(&state),
        };
        let task = tokio::spawn(accept(listener, handler)).abort_handle();
        let (name, served) = (name.to_owned(), Some(Served { api, forwards, task }));
        Ok(Cluster { name, description, address, state, served, _reserved: None })
    }

    /// A cluster whose port refuses connections.
    pub(super) fn down(name: &str, description: &'static str) -> io::Result<Cluster> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Cluster {
            name: name.to_owned(),
            description,
            address: socket.local_addr()?,
            state: Arc::default(),
            served: None,
            _reserved: Some(socket),
        })
    }

    /// The cluster's name in the kubeconfig.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The context that points to it: the same name.
    pub fn context(&self) -> &str {
        &self.name
    }

    /// What it is good for, in a few words.
    pub fn description(&self) -> &str {
        self.description
    }

    /// Its API server: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Replaces all faults by this one, for every path; none makes the cluster behave again.
    pub fn set_fault(&self, fault: Option<Fault>) {
        let mut faults = lock(&self.state.faults);
        faults.clear();
        if let Some(fault) = fault {
            faults.add("", fault);
        }
    }

    /// Adds a fault for the paths that begin with `prefix`, such as `/apis/autoscaling/v2`. Of
    /// several that concern a request the first decides; latencies add up.
    pub fn add_fault(&self, prefix: &str, fault: Fault) {
        lock(&self.state.faults).add(prefix, fault);
    }

    /// The faults now in force.
    pub fn faults(&self) -> Vec<Fault> {
        lock(&self.state.faults).list()
    }

    /// The requests so far, oldest first, as `GET /path?query`: the last few thousand.
    pub fn requests(&self) -> Vec<String> {
        lock(&self.state.requests).iter().cloned().collect()
    }

    /// Makes port-forward misbehave, or behave again. Of the upgrade, [`Cluster::set_fault`] has
    /// the first word.
    pub fn set_forward_fault(&self, fault: Option<ForwardFault>) {
        if let Some(served) = &self.served {
            served.forwards.set_fault(fault);
        }
    }

    /// Whether port-forward inside a WebSocket is served, as API servers from 1.31 do; it is unless
    /// switched off. Without it kubectl falls back to plain SPDY.
    pub fn set_forward_websockets(&self, on: bool) {
        if let Some(served) = &self.served {
            served.forwards.set_websockets(on);
        }
    }

    /// Points a pod's port to a listener of this machine. `pod` is the name of a pod, or that of
    /// its workload: then it holds for every pod of it, also for one that comes later.
    pub fn forward_target(&self, namespace: &str, pod: &str, port: u16, to: SocketAddr) {
        if let Some(served) = &self.served {
            served.forwards.set_target(namespace, pod, port, to);
        }
    }

    /// What is being forwarded now.
    pub fn forwards(&self) -> ForwardCounts {
        self.served.as_ref().map(|served| served.forwards.counts()).unwrap_or_default()
    }

    /// Cuts all forwards, by a TCP reset.
    pub fn cut_forwards(&self) {
        if let Some(served) = &self.served {
            served.forwards.cut(End::Reset, |_, _| true);
        }
    }

    /// Deletes a pod: it is gone at once, and another one is there and ready in its place, under
    /// another name unless a `StatefulSet` made it. Forwards to it end as with a real API server:
    /// plain ones close, in a WebSocket nothing happens until the client sends something (kubectl
    /// pings every 10 s). False where there is no pod of that name.
    pub fn delete_pod(&self, namespace: &str, name: &str) -> bool {
        let Some(served) = &self.served else { return false };
        let deleted = served.api.delete_pod(namespace, name);
        if deleted {
            let here = |of: &str, pod: &str| of == namespace && pod == name;
            served.forwards.cut(End::PodGone, here);
        }
        deleted
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The connections' tasks belong to this one, and end with it.
        if let Some(served) = &self.served {
            served.task.abort();
            served.forwards.end();
        }
    }
}

/// A panic elsewhere is no reason to stop serving.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What answers requests.
#[derive(Debug, Clone)]
struct Handler {
    api: Arc<Api>,
    forwards: Arc<Forwards>,
    state: Arc<State>,
}

async fn accept(listener: TcpListener, handler: Handler) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // An answer is a header and a large body: nothing to gather in between.
                    let _ = stream.set_nodelay(true);
                    let handler = handler.clone();
                    connections.spawn(async move {
                        let service = service_fn(move |request| {
                            let handler = handler.clone();
                            async move { Ok::<_, Infallible>(handler.respond(request).await) }
                        });
                        // A client that goes away, or a cut on purpose, is no news.
                        let _ = http1::Builder::new()
                            .serve_connection(TokioIo::new(stream), service)
                            .with_upgrades()
                            .await;
                    });
                }
                // Out of descriptors, say: try again when some may have been closed.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

impl Handler {
    async fn respond(&self, request: Request<Incoming>) -> Response<Body> {
        let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
        self.log(request.method(), path, query);
        let route = Route::of(path);
        let resource = route.resource().map(|resource| resource.plural);
        let Encounter { delay, fault } = lock(&self.state.faults).meet(path, resource);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let answer = || self.api.answer(request.method(), &route, query, request.headers());
        match fault {
            None | Some(Fault::Latency(_) | Fault::StatusTimes(..)) => match &route {
                Route::PortForward { resource, namespace, name } => {
                    self.forward(*resource, namespace, name, request).await.map(Body::new)
                }
                route if api::is_watch(request.method(), route, query) => {
                    api::open().map(|_| Body::open())
                }
                _ => answer().map(Body::new),
            },
            Some(Fault::Status(403) | Fault::Forbid(_)) => forbidden(&route, path).map(Body::new),
            Some(Fault::Status(code)) => api::status(&Status::of_code(code)).map(Body::new),
            Some(Fault::Hang) => pending().await,
            Some(Fault::Html) => api::html().map(Body::new),
            Some(Fault::TruncateBody) => {
                answer().map(|body| Body::new(body.slice(..body.len() / 2)))
            }
            Some(Fault::CutConnection) => {
                let mut response = answer().map(|body| Body::cut(&body));
                let length = hyper::body::Body::size_hint(response.body()).lower();
                response.headers_mut().insert(CONTENT_LENGTH, length.into());
                response
            }
        }
    }

    fn log(&self, method: &Method, path: &str, query: &str) {
        let mut line = format!("{method} {path}");
        if !query.is_empty() {
            line.push('?');
            line.push_str(query);
        }
        let mut log = lock(&self.state.requests);
        if log.len() == LOG_SIZE {
            log.pop_front();
        }
        log.push_back(line);
    }

    async fn forward(
        &self,
        resource: usize,
        namespace: &str,
        name: &str,
        request: Request<Incoming>,
    ) -> Answer {
        let Some(resource) = RESOURCES.get(resource) else {
            return api::status(&Status::method_not_allowed());
        };
        let pod = self.api.pod_target(resource, namespace, name);
        forward::upgrade(&self.forwards, pod, namespace, name, request).await
    }
}

fn forbidden(route: &Route, path: &str) -> Answer {
    let error = match (route, route.resource()) {
        (Route::List { namespace, .. }, Some(resource)) => {
            Status::forbidden(resource, namespace.as_deref(), None)
        }
        (Route::Object { namespace, name, .. }, Some(resource)) => {
            Status::forbidden(resource, namespace.as_deref(), Some(name))
        }
        (Route::PortForward { namespace, name, .. }, _) => {
            Status::forbidden_forward(namespace, name)
        }
        _ => Status::forbidden_path(path),
    };
    api::status(&error)
}
