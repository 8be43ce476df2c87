//! What client and supervisor say to each other, as JSON (its frames: `frame`).
//!
//! `Hello` and `Shutdown` never change their form, so that a client of any version can find out
//! whom it talks to, and replace it.

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
pub const PROTOCOL: u32 = 4;

/// What a client asks. Each request has one reply, in order; events come between replies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Request {
    /// Who are you? Always the first request. Its form never changes.
    Hello {
        /// The client's [`PROTOCOL`].
        protocol: u32,
    },
    /// End every forward and exit. Its form never changes.
    Shutdown,
    /// Start a forward, or take a lease on the one that is there for the same target.
    Start {
        /// What to forward.
        spec: Box<Spec>,
        /// On whose behalf.
        lease: LeaseRequest,
        /// How long to wait until it is ready, in milliseconds.
        ready_timeout_ms: u64,
        /// A person waits: why it is not ready comes as events until it is, and what waiting does
        /// not mend is an error at once.
        #[serde(default)]
        attended: bool,
    },
    /// The forwards, all or those named.
    List {
        /// Empty for all.
        names: Vec<String>,
    },
    /// This session lives. Sent every few seconds by a client that holds a session lease.
    Beat,
    /// This session is about to be stopped by its user (Ctrl-Z), or is back: silence is meant.
    Suspend {
        /// Whether it is going, or is back.
        suspended: bool,
    },
    /// Renews the heartbeat lease of a forward.
    Heartbeat {
        /// The forward.
        name: String,
    },
    /// Ends forwards whatever leases they have. Empty for all.
    Stop {
        /// The forwards.
        names: Vec<String>,
    },
    /// Gives up this session's lease on a forward.
    Release {
        /// The forward.
        name: String,
    },
    /// Undoes the starts of this connection: ends the leases and removes the names that they added,
    /// for a client one of whose starts failed. What existed before stays.
    Rollback,
    /// Ends a forward's kubectl and starts another one.
    Restart {
        /// The forward.
        name: String,
    },
    /// What happened to a forward, and what its kubectl said.
    Story {
        /// The forward; one that ended lately too.
        name: String,
    },
    /// From now on, send events of these forwards on this connection. Empty for all.
    Watch {
        /// The forwards.
        names: Vec<String>,
    },
}

/// What the supervisor sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Reply {
    /// Who it is.
    Hello(SupervisorInfo),
    /// Done.
    Done,
    /// A forward is ready, or was there already.
    Started {
        /// It, as it stands.
        forward: Box<ForwardStatus>,
        /// Whether it was there before.
        existing: bool,
        /// Whether it has a lease more by it: asked for twice on the same behalf, it has not.
        leased: bool,
        /// The variables that decide about credentials and routes, and that the forward runs with
        /// otherwise than this request had them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        differs: Vec<String>,
    },
    /// The forwards asked for.
    Forwards {
        /// By name.
        forwards: Vec<ForwardStatus>,
    },
    /// A forward's story.
    Story(Story),
    /// It could not be done.
    Error(Refusal),
    /// Something happened to a watched forward: not a reply to anything.
    Event(Event),
}

/// Who answers on the socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SupervisorInfo {
    /// Its [`PROTOCOL`].
    pub protocol: u32,
    /// The program's version.
    pub version: String,
    /// Its process id.
    pub pid: u32,
    /// Its guard's process id, where it has one.
    pub guard_pid: Option<u32>,
    /// When it started.
    pub started_at: Timestamp,
}

/// Why something could not be done.
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
    /// The local port is held by somebody else.
    PortTaken,
    /// The local port is another forward's.
    PortOurs,
    /// There can be no listener there: no permission, no such address, no descriptor left.
    CannotListen,
    /// The name is taken by a forward of another target.
    NameTaken,
    /// kubectl said no, for good.
    Failed,
    /// It was not ready in time.
    Timeout,
    /// The frame was no request, or one that this supervisor does not know.
    BadRequest,
    /// The supervisor is ending.
    ShuttingDown,
}

/// On whose behalf a forward lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum LeaseRequest {
    /// This connection's: ends with it, or with its silence.
    Session,
    /// A process's: ends with it.
    Pid {
        /// The process.
        pid: u32,
    },
    /// `forward heartbeat`'s: ends without one for the heartbeat timeout.
    Heartbeat,
    /// Nobody's: only the idle rule ends it.
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
    fn a_story_of_the_longest_lines_goes_into_a_frame() {
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
