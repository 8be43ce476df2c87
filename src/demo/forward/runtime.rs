//! How container runtimes behave at the pod's end of a forwarded connection: the texts of failures,
//! and how connections end. The wording is from their source code and from users' reports.

use std::{io, time::Duration};

use super::PodTarget;

/// A container runtime below the kubelet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// containerd 1.5 and newer.
    Containerd,
    /// CRI-O 1.19 and newer.
    CriO,
    /// Docker, through socat: Kubernetes up to 1.23, and cri-dockerd.
    Dockershim,
}

/// How a runtime ends a connection of which one direction has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    /// Whether the client's end is passed on to the application while it may still answer.
    pub(super) half_closes: bool,
    /// How long the other direction may go on; `None` for unlimited.
    pub(super) grace: Option<Duration>,
}

impl Manner {
    /// The behaviour of the chosen runtime; without one nothing is cut short.
    pub(super) fn of(runtime: Option<Runtime>) -> Manner {
        match runtime {
            None => Manner { half_closes: true, grace: None },
            Some(Runtime::Containerd | Runtime::CriO) => {
                Manner { half_closes: false, grace: Some(Duration::from_secs(1)) }
            }
            // The default of socat.
            Some(Runtime::Dockershim) => {
                Manner { half_closes: true, grace: Some(Duration::from_millis(500)) }
            }
        }
    }
}

/// Why a connection failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// At the application.
    Application(io::Error),
    /// The pod no longer exists.
    NoSandbox,
}

/// The text of a failure as the kubelet passes it on; `None` if the runtime reports nothing.
pub(super) fn words(
    runtime: Option<Runtime>,
    pod: &PodTarget,
    port: u16,
    failure: &Failure,
) -> Option<String> {
    let runtime = runtime.unwrap_or(Runtime::Containerd);
    let sandbox = &pod.sandbox;
    let cause = match failure {
        Failure::NoSandbox => no_sandbox(runtime, sandbox),
        Failure::Application(error) => application(runtime, pod, port, error)?,
    };
    Some(format!("error forwarding port {port} to pod {sandbox}, uid : {cause}"))
}

fn no_sandbox(runtime: Runtime, sandbox: &str) -> String {
    match runtime {
        Runtime::Containerd => format!("failed to find sandbox \"{sandbox}\" in store: not found"),
        Runtime::CriO => {
            format!("PodSandbox with ID starting with {sandbox} not found: ID does not exist")
        }
        Runtime::Dockershim => format!("Error: No such container: {sandbox}"),
    }
}

fn application(runtime: Runtime, pod: &PodTarget, port: u16, error: &io::Error) -> Option<String> {
    let (sandbox, space) = (&pod.sandbox, &pod.network);
    let here = format!("127.0.0.1:43210->127.0.0.1:{port}");
    // Go names the network with which the socket was dialled.
    let tcp = if runtime == Runtime::CriO { "tcp" } else { "tcp4" };
    let ended = match error.kind() {
        io::ErrorKind::ConnectionReset => {
            Some(format!("read {tcp} {here}: read: connection reset by peer"))
        }
        io::ErrorKind::BrokenPipe => {
            Some(format!("readfrom {tcp} {here}: write {tcp} {here}: write: broken pipe"))
        }
        _ => None,
    };
    match runtime {
        Runtime::Containerd => {
            let cause = ended.unwrap_or_else(|| {
                format!(
                    "failed to connect to localhost:{port} inside namespace \"{sandbox}\", IPv4: \
                     dial tcp4 127.0.0.1:{port}: connect: connection refused IPv6 dial tcp6 \
                     [::1]:{port}: connect: connection refused "
                )
            });
            Some(format!("failed to execute portforward in network namespace \"{space}\": {cause}"))
        }
        Runtime::CriO => {
            let cause = ended.unwrap_or_else(|| {
                format!(
                    "failed to connect to localhost:{port} inside namespace {sandbox}: dial tcp \
                     127.0.0.1:{port}: connect: connection refused"
                )
            });
            Some(format!("port forward into network namespace \"{space}\": {cause}"))
        }
        // For socat a reset is only a warning, which it does not print, and it then exits
        // successfully.
        Runtime::Dockershim => match ended {
            Some(_) => None,
            None => Some(format!(
                "exit status 1: 2026/11/27 10:00:00 socat[43210] E connect(5, AF=2 \
                 127.0.0.1:{port}, 16): Connection refused\n"
            )),
        },
    }
}
