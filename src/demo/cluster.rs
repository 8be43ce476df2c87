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

use http_body_util::{BodyExt, Collected, Limited};
use hyper::{
    HeaderMap, Method, Request, Response,
    body::Incoming,
    header::{CONTENT_LENGTH, HeaderValue},
    server::conn::http1,
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
    forward::{self, End, ForwardCounts, ForwardFault, Forwards, Runtime, Services},
    monitoring::{MAX_FORM, Monitoring, Question},
    status::{self, Status},
};

/// How many requests the log holds.
const LOG_SIZE: usize = 4096;

/// A demo cluster. Dropping it closes its listener and its connections.
#[derive(Debug)]
pub struct Cluster {
    name: String,
    description: &'static str,
    address: SocketAddr,
    /// The path below a shared port (`/k8s/clusters/NAME`); empty if it has its own port.
    path: String,
    state: Arc<State>,
    /// `None` for a cluster that is down.
    served: Option<Served>,
    /// The socket of a cluster that is down: bound, so that nothing else can take the port, but not
    /// listening, so that connections are refused.
    _reserved: Option<TcpSocket>,
}

/// The serving part of a cluster that is up.
#[derive(Debug, Clone)]
struct Served {
    handler: Handler,
    /// `None` if the port is shared.
    task: Option<AbortHandle>,
}

#[derive(Debug, Default)]
struct State {
    faults: Mutex<Faults>,
    requests: Mutex<VecDeque<String>>,
}

impl Cluster {
    /// Binds a free port of 127.0.0.1 and serves the API that `api` creates for its `HOST:PORT`.
    pub(super) async fn serve(
        name: &str,
        description: &'static str,
        api: impl FnOnce(String) -> Api,
    ) -> io::Result<Cluster> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let mut cluster = Cluster::behind(name, description, address, String::new(), api);
        if let Some(served) = &mut cluster.served {
            let mounts = Mounts { below: Vec::new(), root: served.handler.clone() };
            served.task = Some(tokio::spawn(accept(listener, Arc::new(mounts))).abort_handle());
        }
        Ok(cluster)
    }

    /// A cluster below `path` on another listener's port.
    pub(super) fn behind(
        name: &str,
        description: &'static str,
        address: SocketAddr,
        path: String,
        api: impl FnOnce(String) -> Api,
    ) -> Cluster {
        let state = Arc::new(State::default());
        let api = Arc::new(api(address.to_string()));
        let monitoring = Arc::new(Monitoring::new(Arc::clone(&api)));
        let forwards = Arc::new(Forwards::new(Services::new(Arc::clone(&monitoring))));
        let handler = Handler { api, forwards, monitoring, state: Arc::clone(&state) };
        let (name, served) = (name.to_owned(), Some(Served { handler, task: None }));
        Cluster { name, description, address, path, state, served, _reserved: None }
    }

    /// A cluster whose port refuses connections.
    pub(super) fn down(name: &str, description: &'static str, path: String) -> io::Result<Cluster> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Cluster {
            name: name.to_owned(),
            description,
            address: socket.local_addr()?,
            path,
            state: Arc::default(),
            served: None,
            _reserved: Some(socket),
        })
    }

    /// The cluster's name in the kubeconfig.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The context that points to it, which has the same name.
    pub fn context(&self) -> &str {
        &self.name
    }

    /// Its purpose, in a few words.
    pub fn description(&self) -> &str {
        self.description
    }

    /// The URL of its API server: `http://127.0.0.1:PORT`, with a path if it shares the port.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.path)
    }

    /// Replaces all faults by this one, for every path; `None` ends all faults.
    pub fn set_fault(&self, fault: Option<Fault>) {
        let mut faults = lock(&self.state.faults);
        faults.clear();
        if let Some(fault) = fault {
            faults.add("", fault);
        }
    }

    /// Adds a fault for paths that begin with `prefix`, such as `/apis/autoscaling/v2`. If several
    /// apply to a request the first one counts; latencies add up.
    pub fn add_fault(&self, prefix: &str, fault: Fault) {
        lock(&self.state.faults).add(prefix, fault);
    }

    /// The active faults.
    pub fn faults(&self) -> Vec<Fault> {
        lock(&self.state.faults).list()
    }

    /// The last few thousand requests, oldest first, as `GET /path?query` (below the cluster's own
    /// path).
    pub fn requests(&self) -> Vec<String> {
        lock(&self.state.requests).iter().cloned().collect()
    }

    /// Sets or ends a fault of port-forward. A fault of [`Cluster::set_fault`] takes precedence for
    /// the upgrade request.
    pub fn set_forward_fault(&self, fault: Option<ForwardFault>) {
        if let Some(served) = &self.served {
            served.handler.forwards.set_fault(fault);
        }
    }

    /// Sets whether port-forward inside a WebSocket is supported, as in API servers from 1.31 on
    /// (the default). Without it kubectl falls back to plain SPDY.
    pub fn set_forward_websockets(&self, on: bool) {
        if let Some(served) = &self.served {
            served.handler.forwards.set_websockets(on);
        }
    }

    /// Sets the container runtime below the kubelet: it decides the wording of failures on the
    /// error stream, and how a half-closed connection ends. Without one, failures are worded like
    /// containerd's, and one direction may go on for any time after the other has ended.
    pub fn set_runtime(&self, runtime: Option<Runtime>) {
        if let Some(served) = &self.served {
            served.handler.forwards.set_runtime(runtime);
        }
    }

    /// Connects a pod's port to a listener of this machine. `pod` is the name of a pod, or of its
    /// workload, which then applies to all its present and future pods.
    pub fn forward_target(&self, namespace: &str, pod: &str, port: u16, to: SocketAddr) {
        if let Some(served) = &self.served {
            served.handler.forwards.set_target(namespace, pod, port, to);
        }
    }

    /// The number of present forwards.
    pub fn forwards(&self) -> ForwardCounts {
        self.served.as_ref().map(|served| served.handler.forwards.counts()).unwrap_or_default()
    }

    /// Cuts all forwards by a TCP reset.
    pub fn cut_forwards(&self) {
        if let Some(served) = &self.served {
            served.handler.forwards.cut(End::Reset, |_, _| true);
        }
    }

    /// Deletes a pod: it is gone at once, and a ready pod replaces it, under another name unless it
    /// belongs to a `StatefulSet`. Forwards to it end as with a real API server: plain ones close;
    /// in a WebSocket nothing happens until the client sends something (kubectl pings every 10 s).
    /// Returns false if there is no pod of that name.
    pub fn delete_pod(&self, namespace: &str, name: &str) -> bool {
        let Some(served) = &self.served else { return false };
        let deleted = served.handler.api.delete_pod(namespace, name);
        if deleted {
            let here = |of: &str, pod: &str| of == namespace && pod == name;
            served.handler.forwards.cut(End::PodGone, here);
        }
        deleted
    }
}

impl Cluster {
    /// Deletes a pod like [`Cluster::delete_pod`], but keeps the connections to it, over which
    /// every forward then fails because there is no sandbox. This happens behind proxies that do
    /// not pass on the pod's end, and with kubectl up to 1.22.
    pub fn lose_sandbox(&self, namespace: &str, name: &str) -> bool {
        let Some(served) = &self.served else { return false };
        let deleted = served.handler.api.delete_pod(namespace, name);
        if deleted {
            served.handler.forwards.lose_sandbox(namespace, name);
        }
        deleted
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The connections' tasks belong to this task, and end with it.
        if let Some(served) = &self.served {
            if let Some(task) = &served.task {
                task.abort();
            }
            served.handler.forwards.end();
        }
    }
}

/// A panic elsewhere must not stop the server.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers the requests for one cluster.
#[derive(Debug, Clone)]
struct Handler {
    api: Arc<Api>,
    forwards: Arc<Forwards>,
    monitoring: Arc<Monitoring>,
    state: Arc<State>,
}

/// The clusters behind one port.
#[derive(Debug)]
struct Mounts {
    /// The handlers by path, such as `/k8s/clusters/production`.
    below: Vec<(String, Handler)>,
    /// The handler for all other paths.
    root: Handler,
}

impl Mounts {
    /// The handler for a path, and the path as that handler sees it.
    fn find<'a>(&self, path: &'a str) -> (&Handler, &'a str) {
        let below = self.below.iter().find_map(|(mount, handler)| {
            let rest = path.strip_prefix(mount.as_str())?;
            (rest.is_empty() || rest.starts_with('/')).then_some((handler, rest))
        });
        match below {
            Some((handler, "")) => (handler, "/"),
            Some(found) => found,
            None => (&self.root, path),
        }
    }
}

/// One port for several clusters, each below its own path. Dropping it closes the listener and its
/// connections.
#[derive(Debug)]
pub(super) struct Front {
    root: Cluster,
    task: AbortHandle,
}

impl Front {
    /// Serves clusters created for this listener; `root` answers all other paths.
    pub(super) fn serve(
        listener: TcpListener,
        clusters: &[Cluster],
        root: Cluster,
    ) -> Option<Front> {
        let below = clusters.iter().filter_map(|cluster| {
            Some((cluster.path.clone(), cluster.served.as_ref()?.handler.clone()))
        });
        let mounts = Mounts { below: below.collect(), root: root.served.as_ref()?.handler.clone() };
        let task = tokio::spawn(accept(listener, Arc::new(mounts))).abort_handle();
        Some(Front { root, task })
    }

    pub(super) fn root(&self) -> &Cluster {
        &self.root
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, mounts: Arc<Mounts>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Answers are a header and a large body, so waiting for more data gains
                    // nothing.
                    let _ = stream.set_nodelay(true);
                    let mounts = Arc::clone(&mounts);
                    connections.spawn(async move {
                        let service = service_fn(move |request: Request<Incoming>| {
                            let path = request.uri().path().to_owned();
                            let (handler, path) = mounts.find(&path);
                            let (handler, path) = (handler.clone(), path.to_owned());
                            async move {
                                Ok::<_, Infallible>(handler.respond(&path, request).await)
                            }
                        });
                        // A client that leaves, or a deliberate cut, is not an error.
                        let _ = http1::Builder::new()
                            .serve_connection(TokioIo::new(stream), service)
                            .with_upgrades()
                            .await;
                    });
                }
                // For example out of descriptors: retry when some may have been closed.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

impl Handler {
    /// Answers a request for `path`, which may be only a part of the request's path.
    async fn respond(&self, path: &str, request: Request<Incoming>) -> Response<Body> {
        let query = request.uri().query().unwrap_or_default();
        self.log(request.method(), path, query);
        let types = self.api.types();
        let route = Route::of(types, path);
        let resource = route.resource(types).map(|resource| match route {
            Route::Scale { .. } => format!("{}/scale", resource.plural),
            Route::Proxy { .. } => format!("{}/proxy", resource.plural),
            // Not to be confused with the pods themselves.
            _ if resource.is_measured() => resource.qualified(),
            _ => resource.plural.clone(),
        });
        let Encounter { delay, fault } =
            lock(&self.state.faults).effect_on(path, resource.as_deref());
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if let Some(user) = impersonated(request.headers()) {
            return self.forbidden(&route, path, &user).map(Body::new);
        }
        let answer = || self.api.answer(request.method(), &route, query, request.headers());
        match fault {
            None | Some(Fault::Latency(_) | Fault::StatusTimes(..)) => match &route {
                Route::PortForward { resource, namespace, name } => {
                    self.forward(*resource, namespace, name, request).await.map(Body::new)
                }
                Route::Proxy { resource, namespace, service, path } => {
                    self.proxied(*resource, namespace, service, path, request).await
                }
                route if api::is_watch(request.method(), route, query) => {
                    api::open().map(|_| Body::open())
                }
                _ => answer().map(Body::new),
            },
            Some(Fault::Status(403) | Fault::Forbid(_)) => {
                self.forbidden(&route, path, status::USER).map(Body::new)
            }
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
        let Some(resource) = self.api.types().get(resource) else {
            return api::status(&Status::method_not_allowed());
        };
        let pod = self.api.pod_target(resource, namespace, name);
        forward::upgrade(&self.forwards, pod, namespace, name, request).await
    }

    /// Passes a request on to what is behind a Service.
    async fn proxied(
        &self,
        resource: usize,
        namespace: &str,
        service: &str,
        path: &str,
        request: Request<Incoming>,
    ) -> Response<Body> {
        let Some(resource) = self.api.types().get(resource) else {
            return api::status(&Status::method_not_allowed()).map(Body::new);
        };
        let role = match self.api.service_role(resource, namespace, service) {
            Ok(role) => role,
            Err(error) => return api::status(&error).map(Body::new),
        };
        let (head, body) = request.into_parts();
        let body = Limited::new(body, MAX_FORM).collect().await;
        let Ok(body) = body.map(Collected::to_bytes) else {
            return api::status(&Status::bad_request("the body is too large")).map(Body::new);
        };
        let query = head.uri.query().unwrap_or_default().to_owned();
        let question = Question { role, method: head.method, path: path.to_owned(), query, body };
        let (head, body) = self.monitoring.answer(question).await.into_parts();
        let body = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
        Response::from_parts(head, Body::new(body))
    }

    fn forbidden(&self, route: &Route, path: &str, user: &str) -> Answer {
        let error = match (route, route.resource(self.api.types())) {
            (Route::List { namespace, .. }, Some(resource)) => {
                Status::forbidden(resource, namespace.as_deref(), None, None)
            }
            (Route::Object { namespace, name, .. }, Some(resource)) => {
                Status::forbidden(resource, namespace.as_deref(), Some(name), None)
            }
            (Route::Scale { namespace, name, .. }, Some(resource)) => {
                Status::forbidden(resource, Some(namespace), Some(name), Some("scale"))
            }
            (Route::PortForward { namespace, name, .. }, _) => {
                Status::forbidden_forward(namespace, name)
            }
            (Route::Proxy { namespace, service, .. }, _) => {
                Status::forbidden_proxy(namespace, service)
            }
            _ => Status::forbidden_path(path),
        };
        api::status(&error.addressed_to(user))
    }
}

/// The user that the client impersonates, if that user may not read: all but `reader`, and the
/// members of `system:masters`.
fn impersonated(headers: &HeaderMap) -> Option<String> {
    let user = headers.get("impersonate-user")?.to_str().unwrap_or_default();
    let is_master = |group: &HeaderValue| group.as_bytes() == b"system:masters";
    let may_read =
        user == status::USER || headers.get_all("impersonate-group").iter().any(is_master);
    (!may_read).then(|| user.to_owned())
}
