//! Whose failure it is when a `kubectl port-forward` ends, or one of its connections fails, judged
//! by kubectl's text. The texts are those of client-go's portforward.go and, after "an error
//! occurred forwarding", those of the container runtimes (containerd, CRI-O, dockershim).

use super::super::error::{Error, ErrorKind};

/// Why a connection through kubectl failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionFailure {
    /// Nothing listens on that port of the pod.
    Refused,
    /// The application, or something on the node, reset the connection.
    Reset,
    /// The pod is gone or terminating.
    PodGone,
    /// kubectl could not open its streams: none of the connection's bytes have reached the pod.
    NotOpened,
}

impl ConnectionFailure {
    /// Parses a line of kubectl's standard error.
    pub(super) fn read(line: &str) -> Option<Self> {
        let low = line.to_ascii_lowercase();
        let contains_any = |texts: &[&str]| texts.iter().any(|text| low.contains(text));
        if contains_any(&["error creating error stream", "error creating forwarding stream"]) {
            return Some(Self::NotOpened);
        }
        if !contains_any(&["error occurred forwarding"]) {
            return None;
        }
        // containerd mentions the sandbox's network namespace in every text: look for the cause
        // first.
        Some(if contains_any(&["connection refused"]) {
            Self::Refused
        } else if contains_any(&["connection reset", "broken pipe"]) {
            Self::Reset
        } else if contains_any(&["sandbox", "not found", "not running", "no such container"])
            || contains_any(&["network namespace for", "does not exist", "pod is terminat"])
        {
            Self::PodGone
        } else {
            Self::Reset
        })
    }
}

/// Whether the line says that kubectl's tunnel is unusable although kubectl keeps running.
pub(super) fn is_wedged(line: &str) -> bool {
    let low = line.to_ascii_lowercase();
    // kubectl 1.20 writes "occured".
    low.contains("timeout occur") || low.contains("error creating error stream")
}

/// Whose failure the end of a kubectl is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Culprit {
    /// The application refused or reset a connection, which ends kubectl.
    Application(ConnectionFailure),
    /// The pod is gone, was replaced, or is not running yet.
    Pod,
    /// The route to the API server, or from there to the node.
    Network,
    /// The credentials.
    Login,
    /// kubectl itself: killed, crashed, or anything else.
    Kubectl,
}

impl Culprit {
    /// Judges a kubectl that ended with `error`; `failure` is why its last connection failed, and
    /// `killed` whether a signal ended it.
    pub(super) fn of(error: &Error, failure: Option<ConnectionFailure>, killed: bool) -> Self {
        let low = error.message.to_ascii_lowercase();
        if killed {
            return Self::Kubectl;
        }
        if low.contains("lost connection to pod") {
            return match failure {
                Some(failure @ (ConnectionFailure::Refused | ConnectionFailure::Reset)) => {
                    Self::Application(failure)
                }
                Some(ConnectionFailure::PodGone) => Self::Pod,
                Some(ConnectionFailure::NotOpened) | None => Self::Network,
            };
        }
        if error.needs_login() {
            return Self::Login;
        }
        let pod = ["pod is not running", "timed out waiting for the condition", "pods \""];
        if pod.iter().any(|text| low.contains(text)) {
            return Self::Pod;
        }
        match error.kind {
            ErrorKind::Unreachable | ErrorKind::Timeout => Self::Network,
            _ if low.contains("error upgrading connection") => Self::Network,
            _ => Self::Kubectl,
        }
    }

    /// As a clause for a message.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Application(ConnectionFailure::Refused) => {
                "nothing listens at that port of the pod"
            }
            Self::Application(_) => "the application reset a connection",
            Self::Pod => "the pod is gone or not running",
            Self::Network => "the connection to the cluster was lost",
            Self::Login => "the credentials were not accepted",
            Self::Kubectl => "kubectl itself ended",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::error::Ending;
    use super::*;

    #[test]
    fn a_connections_failure_is_parsed_from_each_runtimes_text() {
        for (line, failure) in [
            (
                "E1125 10:00:00.000000 1 portforward.go:409] an error occurred forwarding 41161 -> 81: error forwarding port 81 to pod 0a1b, uid : failed to execute portforward in network namespace \"/var/run/netns/cni-1\": failed to connect to localhost:81 inside namespace \"0a1b\", IPv4: dial tcp4 127.0.0.1:81: connect: connection refused IPv6 dial tcp6 [::1]:81: connect: connection refused ",
                ConnectionFailure::Refused,
            ),
            (
                "an error occurred forwarding 5432 -> 5432: error forwarding port 5432 to pod x, uid : failed to execute portforward in network namespace \"/var/run/netns/x\": read tcp4 127.0.0.1:5->127.0.0.1:5432: read: connection reset by peer",
                ConnectionFailure::Reset,
            ),
            (
                "an error occurred forwarding 80 -> 80: error forwarding port 80 to pod x, uid : failed to find sandbox \"x\" in store: not found",
                ConnectionFailure::PodGone,
            ),
            (
                "an error occurred forwarding 80 -> 80: error forwarding port 80 to pod x, uid : exit status 1: 2021/01/01 socat[1] E connect(5, AF=2 127.0.0.1:80, 16): Connection refused",
                ConnectionFailure::Refused,
            ),
            (
                "error creating error stream for port 1 -> 2: Timeout occured",
                ConnectionFailure::NotOpened,
            ),
            (
                "\"Unhandled Error\" err=\"error creating forwarding stream for port 1 -> 2: Timeout occurred\"",
                ConnectionFailure::NotOpened,
            ),
            (
                "\"An error occurred forwarding\" err=\"connect: connection refused\" localPort=1 remotePort=2",
                ConnectionFailure::Refused,
            ),
        ] {
            assert_eq!(ConnectionFailure::read(line), Some(failure), "{line}");
        }
        assert_eq!(ConnectionFailure::read("error: lost connection to pod"), None);
        assert!(is_wedged("Timeout occured") && !is_wedged("error: lost connection to pod"));
    }

    #[test]
    fn the_culprit_of_each_ending_is_recognized() {
        let culprit = |stderr: &str, failure| {
            Culprit::of(&Error::from_stderr(stderr, &Ending::default()), failure, false)
        };
        let lost = "error: lost connection to pod";
        let reset = ConnectionFailure::Reset;
        assert_eq!(culprit(lost, Some(reset)), Culprit::Application(reset));
        assert_eq!(culprit(lost, Some(ConnectionFailure::PodGone)), Culprit::Pod);
        assert_eq!(culprit(lost, None), Culprit::Network);
        for (stderr, whose) in [
            (
                "error: unable to forward port because pod is not running. Current status=Pending",
                Culprit::Pod,
            ),
            ("error: timed out waiting for the condition", Culprit::Pod),
            ("Error from server (NotFound): pods \"x\" not found", Culprit::Pod),
            ("error: You must be logged in to the server (Unauthorized)", Culprit::Login),
            (
                "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?",
                Culprit::Network,
            ),
            ("Unable to connect to the server: net/http: TLS handshake timeout", Culprit::Network),
            ("error: error upgrading connection: error dialing backend: EOF", Culprit::Network),
            ("panic: runtime error", Culprit::Kubectl),
        ] {
            assert_eq!(culprit(stderr, None), whose, "{stderr}");
        }
        let error = Error::from_stderr(lost, &Ending::default());
        assert_eq!(Culprit::of(&error, Some(reset), true), Culprit::Kubectl);
    }
}
