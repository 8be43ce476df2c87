//! The protocol between client and supervisor, as JSON (framing: `frame`).
//!
//! `Hello` and `Shutdown` never change their form, so that a client of any version can identify and
//! replace the supervisor.

mod spec;
mod status;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use crate::config::{Isolate, PodSelection};
pub use spec::{Environment, KubectlRun, LocalPort, PortSpec, Spec};
pub use status::{
    Event, ForwardState, ForwardStatus, KubectlStatus, LeaseKind, LeaseStatus, LogLine, PortStatus,
    Story,
};

/// The version of everything but `Hello` and `Shutdown`.
pub const PROTOCOL: u32 = 5;

/// A client's request. Each has one reply, in order; events may come between replies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Request {
    /// Identifies both sides. Always the first request. Its form never changes.
    Hello {
        /// The client's [`PROTOCOL`].
        protocol: u32,
    },
    /// End every forward and exit. Its form never changes.
    Shutdown,
    /// Start a forward, or take a lease on the existing one for the same target.
    Start {
        /// What to forward.
        spec: Box<Spec>,
        /// What the lease depends on.
        lease: LeaseRequest,
        /// How long to wait for the forward to become ready, in milliseconds.
        ready_timeout_ms: u64,
        /// A person waits: the reason why the forward is not ready yet is sent as events, and a
        /// problem that waiting cannot fix is an error at once.
        #[serde(default)]
        attended: bool,
    },
    /// The forwards, all or those named.
    List {
        /// Empty for all.
        names: Vec<String>,
    },
    /// This session is alive. Sent every few seconds by a client that holds a session lease.
    Beat,
    /// The user is suspending this session (Ctrl-Z) or has resumed it: missing heartbeats are
    /// expected meanwhile.
    Suspend {
        /// True when it is suspended, false when it resumes.
        suspended: bool,
    },
    /// Renews the heartbeat lease of a forward.
    Heartbeat {
        /// The forward.
        name: String,
    },
    /// Ends forwards, even if others hold leases on them. Empty for all.
    Stop {
        /// The forwards.
        names: Vec<String>,
    },
    /// Releases this session's lease on a forward.
    Release {
        /// The forward.
        name: String,
    },
    /// Undoes the starts of this connection: ends the leases and removes the names that they added,
    /// for a client one of whose starts failed. What existed before stays.
    Rollback,
    /// Starts the kubectls of dormant forwards, as a connection would. The reply is that to `List`.
    Wake {
        /// The forwards.
        names: Vec<String>,
    },
    /// Ends a forward's kubectl and starts another one.
    Restart {
        /// The forward.
        name: String,
    },
    /// A forward's history of events, and the last lines of its kubectl.
    Story {
        /// The forward; a recently ended one too.
        name: String,
    },
    /// Subscribes this connection to the events of these forwards. Empty for all.
    Watch {
        /// The forwards.
        names: Vec<String>,
    },
}

/// What the supervisor sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Reply {
    /// The reply to `Hello`.
    Hello(SupervisorInfo),
    /// Done.
    Done,
    /// A forward is ready, or already existed.
    Started {
        /// The status of the forward.
        forward: Box<ForwardStatus>,
        /// Whether the forward existed before.
        existing: bool,
        /// Whether the request added a lease: false if the same owner already had one.
        leased: bool,
        /// The variables for credentials and routes whose values in this request differ from those
        /// that the forward runs with.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        differs: Vec<String>,
    },
    /// The requested forwards.
    Forwards {
        /// Sorted by name.
        forwards: Vec<ForwardStatus>,
    },
    /// A forward's story.
    Story(Story),
    /// The request failed.
    Error(Refusal),
    /// Something happened to a watched forward. Not a reply to a request.
    Event(Event),
}

/// Which supervisor answers on the socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SupervisorInfo {
    /// Its [`PROTOCOL`].
    pub protocol: u32,
    /// The program's version.
    pub version: String,
    /// Its process id.
    pub pid: u32,
    /// Its guard's process id, if it has a guard.
    pub guard_pid: Option<u32>,
    /// When it started.
    pub started_at: Timestamp,
}

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct Refusal {
    /// The kind, for programs.
    pub kind: RefusalKind,
    /// The sentence, for people.
    pub message: String,
}

/// Kinds of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RefusalKind {
    /// No forward of that name.
    NotFound,
    /// Another process holds the local port.
    PortTaken,
    /// Another forward of this supervisor holds the local port.
    PortOurs,
    /// The address cannot be listened on: no permission, no such address, no descriptor left.
    CannotListen,
    /// A forward of another target has the name.
    NameTaken,
    /// kubectl failed for good.
    Failed,
    /// The forward was not ready in time.
    Timeout,
    /// The frame is not a request that this supervisor knows.
    BadRequest,
    /// The supervisor is shutting down.
    ShuttingDown,
}

/// What a lease on a forward depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum LeaseRequest {
    /// This connection: ends with it, or with its heartbeats.
    Session,
    /// A process: ends when it exits.
    Pid {
        /// The process.
        pid: u32,
    },
    /// `forward heartbeat`: ends when none arrives within the heartbeat timeout.
    Heartbeat,
    /// Nothing: only the idle rule ends the forward.
    None,
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;

    use super::*;

    #[test]
    fn hello_and_shutdown_keep_their_form() {
        let hello = serde_json::to_string(&Request::Hello { protocol: 7 }).unwrap();
        assert_eq!(hello, r#"{"request":"hello","protocol":7}"#);
        assert_eq!(serde_json::to_string(&Request::Shutdown).unwrap(), r#"{"request":"shutdown"}"#);
    }

    #[test]
    fn a_story_of_the_longest_lines_fits_into_a_frame() {
        let line = |text: String| LogLine { at: Timestamp::UNIX_EPOCH, text };
        let story = |lines: usize, length: usize| Story {
            name: "a".to_owned(),
            aliases: Vec::new(),
            forward: None,
            events: Vec::new(),
            log: (0..lines).map(|it| line(format!("{it}{}", "\u{1}".repeat(length)))).collect(),
        };
        assert_eq!(story(400, 8 << 10).fitted().log.len(), 400, "all that is kept is to be had");
        let most = story(900, 8 << 10).fitted();
        assert!(serde_json::to_vec(&Reply::Story(most.clone())).unwrap().len() < 32 << 20);
        assert!(most.log.last().unwrap().text.starts_with("899"), "the latest stay");
    }

    #[test]
    fn a_target_that_kubectl_could_take_for_something_else_is_no_request() {
        let request = |field: &str, value: serde_json::Value| {
            let mut request = serde_json::json!({
                "request": "start",
                "spec": {
                    "name": null, "cluster": "c", "context": null, "server": "https://c",
                    "namespace": "default", "resource": "svc/web",
                    "ports": [{"remote": "80", "local": {"from": 55553}}, {"remote": "http", "local": {"exact": 0}}],
                    "addresses": [], "idleMs": 0, "kubectl": "/bin/kubectl", "kubeconfig": null,
                    "directory": "/", "environment": [],
                },
                "lease": {"kind": "session"},
                "readyTimeoutMs": 0,
            });
            *request.pointer_mut(field).unwrap() = value;
            serde_json::from_value::<Request>(request)
        };
        let read = request("/spec/resource", "deploy.apps/web".into()).unwrap();
        let Request::Start { spec, .. } = read else { panic!("{read:?}") };
        assert_eq!(spec.title(), "deploy/web:80,http in default, cluster c");
        for (field, value) in [
            ("/spec/resource", "hpa/web"),
            ("/spec/resource", "svc/-o"),
            ("/spec/namespace", "--all-namespaces"),
            ("/spec/namespace", "a/b"),
            ("/spec/ports/0/remote", "-80"),
            ("/spec/ports/1/remote", "65536"),
        ] {
            assert!(request(field, value.into()).is_err(), "{field}: {value}");
        }
    }

    #[test]
    fn the_lines_that_two_logs_share_are_counted() {
        let story = |lines: &[i64]| Story {
            name: "a".to_owned(),
            aliases: Vec::new(),
            forward: None,
            events: Vec::new(),
            log: lines
                .iter()
                .map(|&second| LogLine {
                    at: Timestamp::from_second(second).unwrap(),
                    text: "Handling connection for 1".to_owned(),
                })
                .collect(),
        };
        let before = story(&[1, 2, 3]);
        assert_eq!(story(&[1, 2, 3]).repeated(&before), 3);
        assert_eq!(story(&[1, 2, 3, 4]).repeated(&before), 3);
        assert_eq!(story(&[3, 4, 5]).repeated(&before), 1);
        assert_eq!(story(&[7, 8]).repeated(&before), 0);
        assert_eq!(story(&[7]).repeated(&story(&[])), 0);
    }

    #[test]
    fn an_environment_that_is_not_text_survives_and_is_not_shown() {
        let mut environment = Environment::default();
        environment.0.insert("SECRET".into(), OsString::from_vec(vec![0xff, b'x']));
        let json = serde_json::to_string(&environment).unwrap();
        assert!(serde_json::from_str::<Environment>(&json).unwrap() == environment);
        let old = r#"[["A",[104,105]],["B",[]]]"#;
        let old = serde_json::from_str::<Environment>(old).unwrap();
        assert_eq!((old.get("A"), old.get("B")), (Some(&"hi".into()), Some(&"".into())));
        environment.0.insert("A".into(), "x".repeat(1000).into());
        assert!(
            serde_json::to_string(&environment).unwrap().len() < 1100,
            "text takes its own room"
        );
    }
}
