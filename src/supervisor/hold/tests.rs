use jiff::Timestamp;
use serde_json::json;
use tokio::net::UnixListener;
use tokio::net::UnixStream;

use super::*;
use crate::supervisor::Client;
use crate::supervisor::frame::{read_frame, write_frame};
use crate::supervisor::protocol::PROTOCOL;

/// A supervisor whose replies come from a function, in the given directory.
struct Scripted {
    _dir: tempfile::TempDir,
    paths: Paths,
}

type Script = fn(&Request) -> Vec<Reply>;

impl Scripted {
    /// Serves one connection for each script, then no more.
    fn new(scripts: Vec<Script>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let paths = Paths::new(dir.path().join("run")).unwrap();
        let listener = UnixListener::bind(paths.socket()).unwrap();
        tokio::spawn(async move {
            for script in scripts {
                let (stream, _) = listener.accept().await.unwrap();
                serve(stream, script).await;
            }
        });
        Self { _dir: dir, paths }
    }

    async fn hold(&self, names: &[&str]) -> Result<Hold, HoldError> {
        let specs = names.iter().map(|name| spec(name)).collect();
        Hold::start(self.paths.clone(), specs, options()).await
    }
}

/// Serves until the client leaves or is dropped: a script that returns no reply closes the
/// connection.
async fn serve(mut stream: UnixStream, script: Script) {
    while let Ok(Some(frame)) = read_frame(&mut stream).await {
        let request: Request = serde_json::from_slice(&frame).unwrap();
        let replies = match &request {
            Request::Hello { .. } => vec![Reply::Hello(info())],
            Request::Beat => vec![Reply::Done],
            request => script(request),
        };
        if replies.is_empty() {
            return;
        }
        for reply in replies {
            write_frame(&mut stream, &reply).await.unwrap();
        }
    }
}

fn info() -> SupervisorInfo {
    let started_at = Timestamp::UNIX_EPOCH;
    SupervisorInfo { protocol: PROTOCOL, version: "0".into(), pid: 1, guard_pid: None, started_at }
}

fn options() -> HoldOptions {
    let program = Some("/nowhere/watchdog".into());
    HoldOptions {
        launch: Launch { program, within: Duration::from_secs(5), ..Launch::current() },
        heartbeat: Duration::from_secs(5),
        ready_timeout: Duration::from_secs(30),
    }
}

pub(super) fn spec(name: &str) -> Spec {
    serde_json::from_value(json!({
        "name": name, "cluster": "prod", "context": "prod", "server": "https://prod",
        "namespace": "shop", "resource": "svc/web",
        "ports": [{"remote": "80", "local": {"from": 55553}}],
        "addresses": [], "idleMs": 0, "kubectl": "/bin/kubectl", "kubeconfig": null,
        "directory": "/", "environment": [],
    }))
    .unwrap()
}

fn status(name: &str, state: &str, port: u16) -> ForwardStatus {
    serde_json::from_value(json!({
        "name": name, "cluster": "prod", "context": "prod", "namespace": "shop",
        "resource": "svc/web", "remotePort": "80", "localAddress": "127.0.0.1",
        "localPort": port, "endpoint": format!("http://127.0.0.1:{port}"),
        "ports": [{"remote": "80", "local": port, "endpoint": format!("http://127.0.0.1:{port}")}],
        "addresses": [], "state": state, "pid": null, "restarts": 0,
        "openConnections": 0, "totalConnections": 0, "bytesIn": 0, "bytesOut": 0,
        "startedAt": "2026-01-01T00:00:00Z", "lastUsedAt": null, "idleMs": 0,
        "idleDeadline": null, "leases": [],
    }))
    .unwrap()
}

fn started(spec: &Spec, existing: bool) -> Reply {
    let name = spec.name.as_deref().unwrap();
    let forward = Box::new(status(name, "ready", 55600));
    Reply::Started { forward, existing, leased: existing, differs: Vec::new() }
}

fn event(name: &str, state: ForwardState) -> Reply {
    let (at, message) = (Timestamp::UNIX_EPOCH, "why".to_owned());
    Reply::Event(Event { name: name.to_owned(), at, state, message })
}

/// Starts what is requested, then drops the connection.
fn crashes(request: &Request) -> Vec<Reply> {
    match request {
        Request::Start { spec, .. } => vec![started(spec, false)],
        _ => Vec::new(),
    }
}

/// Starts a forward only at its previous local port.
fn same_port_only(request: &Request) -> Vec<Reply> {
    match request {
        Request::Start { spec, .. } => {
            assert_eq!(spec.ports[0].local, LocalPort::Exact(55600));
            vec![started(spec, false)]
        }
        Request::List { .. } => {
            vec![Reply::Forwards { forwards: vec![status("web", "ready", 55600)] }]
        }
        _ => vec![Reply::Done],
    }
}

fn refuses(request: &Request) -> Vec<Reply> {
    match request {
        Request::Start { spec, .. } if spec.name.as_deref() == Some("web") => {
            vec![started(spec, false)]
        }
        _ => vec![Reply::Error(Refusal {
            kind: RefusalKind::PortTaken,
            message: "port 55553 is taken".to_owned(),
        })],
    }
}

fn fails(request: &Request) -> Vec<Reply> {
    match request {
        Request::Start { spec, .. } => vec![started(spec, true)],
        Request::Watch { .. } => vec![Reply::Done, event("web", ForwardState::Failed)],
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn a_killed_supervisor_is_replaced_and_the_forward_keeps_its_port() {
    let supervisor = Scripted::new(vec![crashes, same_port_only]);
    let mut hold = supervisor.hold(&["web"]).await.unwrap();
    assert!(matches!(hold.next().await, HoldEvent::SupervisorLost));
    hold.reconnect().await.unwrap();
    assert_eq!(hold.statuses()[0].local_port, 55600);
    hold.refresh();
    assert!(matches!(hold.next().await, HoldEvent::Refreshed));
    assert_eq!(hold.outcome(), None);
    assert_eq!(hold.release().await.len(), 1);
}

#[tokio::test]
async fn a_refused_forward_fails_the_start_with_its_spec_and_the_reason() {
    let supervisor = Scripted::new(vec![refuses]);
    let Err(error) = supervisor.hold(&["web", "api"]).await else { panic!("it was started") };
    let HoldError::Refused { spec, refusal } = &error else { panic!("{error:?}") };
    assert_eq!((spec.name.as_deref(), refusal.kind), (Some("api"), RefusalKind::PortTaken));
    let text = "api (svc/web:80 in shop, cluster prod): port 55553 is taken";
    assert_eq!(error.to_string(), text);
}

#[tokio::test]
async fn a_forward_that_failed_is_not_restarted_with_the_supervisor() {
    let supervisor = Scripted::new(vec![fails]);
    let mut hold = supervisor.hold(&["web"]).await.unwrap();
    assert_eq!(hold.joined().map(|it| it.leased).collect::<Vec<_>>(), [true]);
    assert!(matches!(hold.next().await, HoldEvent::Forward(_)));
    assert_eq!(hold.outcome(), Some(Outcome::Failed));
    let error = hold.reconnect().await.unwrap_err();
    assert!(matches!(error, HoldError::NothingLeft(Outcome::Failed)), "{error:?}");
}

#[tokio::test]
async fn a_supervisor_that_cannot_be_started_is_an_error_that_names_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let paths = Paths::new(dir.path().join("run")).unwrap();
    let started = Hold::start(paths, vec![spec("web")], options()).await;
    let Err(HoldError::Unreachable(error)) = started else { panic!("it was started") };
    assert!(error.to_string().contains("/nowhere/watchdog"), "{error}");
}

/// Starts `web`, refuses all others, and rolls back.
fn rolls_back(request: &Request) -> Vec<Reply> {
    match request {
        Request::Rollback => vec![Reply::Done],
        request => refuses(request),
    }
}

#[tokio::test]
async fn detached_forwards_are_rolled_back_if_one_is_refused() {
    let options = DetachOptions {
        launch: options().launch,
        lease: LeaseRequest::None,
        ready_timeout: Duration::from_secs(30),
    };
    let steps = std::cell::RefCell::new(Vec::new());
    let progress = |step: StartProgress<'_>| steps.borrow_mut().push(format!("{step:?}"));

    let supervisor = Scripted::new(vec![rolls_back, rolls_back]);
    let specs = vec![spec("web"), spec("api")];
    let started = Detached::start(&supervisor.paths, specs, &options, progress).await;
    let Err(failed) = started else { panic!("it was started") };
    assert_eq!(failed.rolled_back, ["web"]);
    assert!(failed.to_string().ends_with("port 55553 is taken"), "{failed}");
    assert_eq!(steps.take(), ["Requested(0)", "Ready(0)", "Requested(1)"]);

    let started = Detached::start(&supervisor.paths, vec![spec("web")], &options, progress).await;
    let Ok(detached) = started else { panic!("it was refused") };
    assert_eq!((detached.statuses().len(), detached.joined().count()), (1, 0));
}

/// One that does not know `wake` says so with a refusal, as a real one does of an unknown request.
#[tokio::test]
async fn an_older_supervisor_that_cannot_wake_forwards_lists_them() {
    let older: Script = |request| match request {
        Request::Wake { .. } => vec![refused(RefusalKind::BadRequest)],
        Request::List { names } => {
            vec![Reply::Forwards { forwards: vec![status(&names[0], "dormant", 55600)] }]
        }
        other => panic!("{other:?}"),
    };
    let names = ["prom".to_owned()];
    let supervisor = Scripted::new(vec![older]);
    let mut client = Client::connect(&supervisor.paths).await.unwrap().unwrap();
    let forwards = client.wake(&names).await.unwrap();
    assert_eq!(forwards[0].endpoint, "http://127.0.0.1:55600");

    // Any other refusal is the answer.
    let unknown: Script = |request| match request {
        Request::Wake { .. } => vec![refused(RefusalKind::NotFound)],
        other => panic!("{other:?}"),
    };
    let supervisor = Scripted::new(vec![unknown]);
    let mut client = Client::connect(&supervisor.paths).await.unwrap().unwrap();
    let error = client.wake(&names).await.unwrap_err();
    assert!(matches!(&error, ClientError::Refused(it) if it.kind == RefusalKind::NotFound));
}

fn refused(kind: RefusalKind) -> Reply {
    Reply::Error(Refusal { kind, message: "refused".to_owned() })
}
