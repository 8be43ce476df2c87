//! What can go wrong with one call, as the kinds that scripts rely on.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::redact::redact;

/// The kind of a failure: the contract's `error.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ErrorKind {
    /// No connection to the API server: refused, DNS, TLS, reset.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// 401: the credentials are not accepted.
    Unauthorized,
    /// 403: the credentials do not suffice.
    Forbidden,
    /// 404: no such object, or no such API.
    NotFound,
    /// The kubeconfig's exec plugin is missing, failed or hung.
    CredentialPlugin,
    /// kubectl could not be found or started.
    KubectlMissing,
    /// kubectl answered with something that is not what was asked for.
    BadResponse,
    /// Not tried: the cluster's circuit breaker is open.
    BreakerOpen,
    /// Anything else, in kubectl's words.
    Other,
}

impl ErrorKind {
    /// The name as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "notFound",
            Self::CredentialPlugin => "credentialPlugin",
            Self::KubectlMissing => "kubectlMissing",
            Self::BadResponse => "badResponse",
            Self::BreakerOpen => "breakerOpen",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A failed call: its kind and one sentence, kubectl's own where it had one. The sentence holds
/// no secret (see [`redact`]) and no control characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// One sentence.
    pub message: String,
    /// Whether the same call may succeed in a moment.
    pub transient: bool,
}

impl Error {
    /// An error that trying again does not mend.
    pub fn new(kind: ErrorKind, message: impl AsRef<str>) -> Self {
        // One sentence on one line: what else a server or a plugin wrote has no business in it.
        let message = redact(message.as_ref());
        let message = message.split(char::is_control).filter(|part| !part.is_empty());
        let message = message.collect::<Vec<_>>().join(" ");
        Self { kind, message, transient: false }
    }

    fn transient(kind: ErrorKind, message: &str) -> Self {
        Self { transient: true, ..Self::new(kind, message) }
    }

    /// The call took longer than `limit`.
    pub fn deadline(limit: Duration) -> Self {
        Self::new(ErrorKind::Timeout, format!("no answer within {}", seconds(limit)))
    }

    /// The call took longer than `limit`, and a child of kubectl's was still at work: its exec
    /// credential plugin.
    pub fn plugin_deadline(limit: Duration, plugin: &str) -> Self {
        Self::new(
            ErrorKind::CredentialPlugin,
            format!("credential plugin {plugin} did not answer within {}", seconds(limit)),
        )
    }

    /// Classifies a kubectl that ended with something other than success, by its stderr.
    ///
    /// Texts are matched without regard to case: their wording changes between versions.
    pub fn from_stderr(stderr: &str, ending: &str) -> Self {
        let Some(line) = sentence(stderr) else {
            return Self::new(ErrorKind::Other, format!("kubectl {ending} without a word"));
        };
        let low = line.to_ascii_lowercase();
        let has = |needles: &[&str]| needles.iter().any(|needle| low.contains(needle));

        if has(&["getting credentials", "exec plugin", "credential plugin"]) {
            Self::new(ErrorKind::CredentialPlugin, line)
        } else if has(&["you must be logged in", "(unauthorized)"]) {
            Self::new(ErrorKind::Unauthorized, line)
        } else if has(&["(forbidden)"]) {
            Self::new(ErrorKind::Forbidden, line)
        } else if has(&["(notfound)", "the server doesn't have a resource type"]) {
            Self::new(ErrorKind::NotFound, line)
        } else if has(&["(timeout)", "(gatewaytimeout)"]) {
            Self::transient(ErrorKind::Timeout, line)
        } else if has(&["(toomanyrequests)", "too many requests", "(internalerror)"])
            || has(&["(serviceunavailable)", "server is currently unable", "(unknown)"])
        {
            Self::transient(ErrorKind::Other, line)
        } else if low.starts_with("the connection to the server") && low.contains("was refused") {
            Self::transient(ErrorKind::Unreachable, line)
        } else if has(&["i/o timeout", "deadline exceeded", "client.timeout", "timed out"])
            || has(&["handshake timeout", "timeout awaiting", "request canceled"])
        {
            Self::transient(ErrorKind::Timeout, line)
        } else if has(&["x509:", "tls: ", "certificate", "no such host"])
            || has(&["server gave http response to https"])
        {
            Self::new(ErrorKind::Unreachable, line)
        } else if has(&["unable to connect to the server", "connection reset", "unexpected eof"])
            || has(&["connection refused", "no route to host", "network is unreachable"])
            || has(&[": eof", "goaway", "proxyconnect", "broken pipe"])
        {
            Self::transient(ErrorKind::Unreachable, line)
        } else {
            Self::new(ErrorKind::Other, line)
        }
    }
}

fn seconds(limit: Duration) -> String {
    if limit.subsec_millis() == 0 {
        format!("{} s", limit.as_secs())
    } else {
        format!("{} ms", limit.as_millis())
    }
}

/// kubectl's own sentence in what it wrote to stderr: the last line of a known beginning (noise
/// from discovery comes before it), else the last line that is no log line.
fn sentence(stderr: &str) -> Option<&str> {
    const BEGINNINGS: [&str; 5] =
        ["error:", "error from server", "error in configuration", "the connection", "unable to"];
    let lines = || stderr.lines().rev().map(str::trim).filter(|line| !line.is_empty());
    let known = lines().find(|line| {
        let low = line.to_ascii_lowercase();
        BEGINNINGS.iter().any(|beginning| low.starts_with(beginning))
    });
    let line = known.or_else(|| lines().find(|line| !is_log_line(line))).or_else(|| {
        // Nothing but log lines: the last one's text, after `file.go:123] `.
        lines().next().map(|line| line.split_once("] ").map_or(line, |(_, text)| text))
    })?;
    let cut = line.get(..7).filter(|start| start.eq_ignore_ascii_case("error: "));
    Some(if cut.is_some() { &line[7..] } else { line })
}

/// klog's prefix: a letter, the date, e.g. `E1123 05:10:11.123456   12345 memcache.go:265] …`.
fn is_log_line(line: &str) -> bool {
    let bytes = line.as_bytes();
    matches!(bytes.first(), Some(b'I' | b'W' | b'E' | b'F'))
        && bytes.get(1..5).is_some_and(|date| date.iter().all(u8::is_ascii_digit))
        && bytes.get(5) == Some(&b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(stderr: &str) -> (ErrorKind, bool) {
        let error = Error::from_stderr(stderr, "exited with status 1");
        (error.kind, error.transient)
    }

    #[test]
    fn kubectls_sentences_become_kinds() {
        use ErrorKind as K;
        let cases = [
            (
                "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?",
                K::Unreachable,
                true,
            ),
            (
                "Unable to connect to the server: dial tcp: lookup nope.invalid: no such host",
                K::Unreachable,
                false,
            ),
            (
                "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority",
                K::Unreachable,
                false,
            ),
            (
                "Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout",
                K::Timeout,
                true,
            ),
            ("Unable to connect to the server: net/http: TLS handshake timeout", K::Timeout, true),
            (
                "Unable to connect to the server: context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
                K::Timeout,
                true,
            ),
            ("Unable to connect to the server: EOF", K::Unreachable, true),
            ("error: You must be logged in to the server (Unauthorized)", K::Unauthorized, false),
            (
                "error: You must be logged in to the server (the server has asked for the client to provide credentials)",
                K::Unauthorized,
                false,
            ),
            (
                "Error from server (Forbidden): pods is forbidden: User \"reader\" cannot list resource \"pods\"",
                K::Forbidden,
                false,
            ),
            (
                "Error from server (NotFound): the server could not find the requested resource",
                K::NotFound,
                false,
            ),
            ("error: the server doesn't have a resource type \"rollouts\"", K::NotFound, false),
            (
                "Error from server (Timeout): the server was unable to return a response in the time allotted",
                K::Timeout,
                true,
            ),
            ("Error from server (TooManyRequests): slow down", K::Other, true),
            (
                "Error from server (ServiceUnavailable): the server is currently unable to handle the request",
                K::Other,
                true,
            ),
            ("Error from server (InternalError): an error on the server", K::Other, true),
            ("error: context \"x\" does not exist", K::Other, false),
            (
                "Unable to connect to the server: getting credentials: exec: executable nope not found\n\nIt looks like you are trying to use a client-go credential plugin that is not installed.\n",
                K::CredentialPlugin,
                false,
            ),
        ];
        for (stderr, expected, transient) in cases {
            assert_eq!(kind(stderr), (expected, transient), "{stderr}");
        }
    }

    #[test]
    fn noise_before_the_real_line_is_passed_over() {
        let stderr = "E1123 05:10:11.123456   12345 memcache.go:265] couldn't get current server API group list: Get \"http://x/api\": dial tcp: connection refused\n\
            E1123 05:10:11.123457   12345 memcache.go:265] couldn't get current server API group list\n\
            The connection to the server x:1 was refused - did you specify the right host or port?\n";
        let error = Error::from_stderr(stderr, "exited with status 1");
        assert_eq!(
            error.message,
            "The connection to the server x:1 was refused - did you specify the right host or port?"
        );
    }

    #[test]
    fn only_log_lines_still_give_a_sentence() {
        let error = Error::from_stderr("F1123 05:10:11.1 1 main.go:1] no luck\n", "exited");
        assert_eq!(error.message, "no luck");
        let error = Error::from_stderr("\n \n", "was ended by SIGKILL");
        assert_eq!(error.message, "kubectl was ended by SIGKILL without a word");
    }

    #[test]
    fn the_prefix_error_is_not_said_twice() {
        let error = Error::from_stderr("error: context \"x\" does not exist\n", "");
        assert_eq!(error.message, "context \"x\" does not exist");
        // A line shorter than the prefix, and one whose seventh byte is inside a character.
        assert_eq!(Error::from_stderr("no", "").message, "no");
        assert_eq!(Error::from_stderr("errorüü", "").message, "errorüü");
    }
}
