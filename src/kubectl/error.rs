//! The errors of one call, by kinds that scripts rely on.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::redact::redact;
use super::stderr::{Words, is_shim, last_words};

/// The kind of a failure: `error.kind` in the output contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ErrorKind {
    /// No connection to the API server: refused, DNS, TLS, reset.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// 401: the credentials are not accepted.
    Unauthorized,
    /// 403: the credentials have no permission.
    Forbidden,
    /// 404: no such object, or no such API.
    NotFound,
    /// The kubeconfig's exec plugin is missing, failed or hung.
    CredentialPlugin,
    /// kubectl could not be found or started.
    KubectlMissing,
    /// kubectl's answer is not of the expected form.
    BadResponse,
    /// Not tried, because the cluster's circuit breaker is open.
    BreakerOpen,
    /// Not read, because the user or a signal ended the command.
    Interrupted,
    /// Anything else, in kubectl's words.
    Other,
}

impl ErrorKind {
    /// The kind's name in JSON.
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
            Self::Interrupted => "interrupted",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A failed call: its kind and one sentence, kubectl's own if it wrote one. The sentence contains
/// no secret (see [`redact`]) and no control characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The kind of failure.
    pub kind: ErrorKind,
    /// One sentence.
    pub message: String,
    /// Whether the same call may succeed in a moment.
    pub transient: bool,
}

impl Error {
    /// An error that a retry does not fix.
    pub fn new(kind: ErrorKind, message: impl AsRef<str>) -> Self {
        // Keep one sentence on one line: line breaks from a server or a plugin must not break it.
        // Other control characters become visible.
        let message = redact(message.as_ref());
        let message = message.split(['\n', '\r', '\t']).filter(|part| !part.is_empty());
        let message =
            crate::term::text::sanitize(&message.collect::<Vec<_>>().join(" ")).into_owned();
        Self { kind, message, transient: false }
    }

    /// Whether the failure lasts until somebody changes something: permission denied, or no such
    /// object.
    pub fn is_lasting(&self) -> bool {
        matches!(self.kind, ErrorKind::Forbidden | ErrorKind::NotFound)
    }

    fn transient(kind: ErrorKind, message: &str) -> Self {
        Self { transient: true, ..Self::new(kind, message) }
    }

    /// The call took longer than `limit`; `said` is what kubectl had written to standard error.
    pub fn deadline(limit: Duration, said: &str) -> Self {
        let late = format!("no answer within {}", seconds(limit));
        Self::new(ErrorKind::Timeout, with_reason(&late, last_words(said)))
    }

    /// The server sent nothing for as long as a person waits; `said` as in [`Error::deadline`].
    pub fn silence(limit: Duration, said: &str) -> Self {
        let late = format!("no answer within {} (--timeout 30s waits longer)", seconds(limit));
        Self::new(ErrorKind::Timeout, with_reason(&late, last_words(said)))
    }

    /// The call took longer than `limit`, and a child of kubectl was still running: its exec
    /// credential plugin. `said` may contain the login page and the code that the plugin waits for.
    pub fn plugin_deadline(limit: Duration, plugin: &str, said: &str) -> Self {
        let late = format!("credential plugin {plugin} did not answer within {}", seconds(limit));
        Self::new(ErrorKind::CredentialPlugin, with_reason(&late, last_words(said)))
    }

    /// Classifies a failed kubectl by its stderr.
    ///
    /// Texts are matched case-insensitively: their wording changes between versions.
    pub fn from_stderr(stderr: &str, ending: &Ending) -> Self {
        let Some(words) = Words::read(stderr) else {
            let text = format!("kubectl {} without an error message", ending.words);
            let missing = matches!(ending.code, Some(126 | 127));
            let kind = if missing { ErrorKind::KubectlMissing } else { ErrorKind::Other };
            return Self::new(kind, text);
        };
        if is_shim(ending.code, stderr) {
            return Self::new(ErrorKind::KubectlMissing, words.of_a_shim());
        }
        let line = words.sentence.as_str();
        let low = line.to_ascii_lowercase();
        let contains_any = |needles: &[&str]| needles.iter().any(|needle| low.contains(needle));

        if low == "eof" && ending.prompted {
            let context = ending.context.as_ref();
            let context =
                context.map_or_else(|| "the context".to_owned(), |name| format!("context {name}"));
            let why = "has no credentials: its user is missing or empty in the kubeconfig";
            Self::new(ErrorKind::Unauthorized, format!("{context} {why}"))
        } else if contains_any(&["getting credentials", "exec plugin", "credential plugin"])
            || contains_any(&["to use exec authentication plugin", "auth plugin has been removed"])
            || contains_any(&["no auth provider found", "token source", "idp-issuer-url"])
        {
            Self::new(ErrorKind::CredentialPlugin, with_reason(line, words.reason()))
        } else if contains_any(&[
            "you must be logged in",
            "(unauthorized)",
            "proxy authentication required",
        ]) {
            Self::new(ErrorKind::Unauthorized, line)
        } else if contains_any(&["(forbidden)"]) {
            Self::new(ErrorKind::Forbidden, line)
        } else if contains_any(&["(notfound)", "the server doesn't have a resource type"]) {
            Self::new(ErrorKind::NotFound, line)
        } else if contains_any(&["(timeout)", "(gatewaytimeout)"]) {
            Self::transient(ErrorKind::Timeout, line)
        } else if contains_any(&["(toomanyrequests)", "too many requests", "(internalerror)"])
            || contains_any(&["(serviceunavailable)", "server is currently unable", "(unknown)"])
        {
            Self::transient(ErrorKind::Other, line)
        } else if low.contains("the connection to the server") && low.contains("was refused") {
            Self::transient(ErrorKind::Unreachable, line)
        } else if low.starts_with("unable to read c") {
            // A file that the kubeconfig refers to does not exist.
            Self::new(ErrorKind::Other, line)
        } else if contains_any(&["i/o timeout", "deadline exceeded", "client.timeout", "timed out"])
            || contains_any(&["handshake timeout", "timeout awaiting", "request canceled"])
        {
            Self::transient(ErrorKind::Timeout, line)
        } else if contains_any(&["x509:", "tls: ", "certificate", "no such host"])
            || contains_any(&["server gave http response to https"])
        {
            Self::new(ErrorKind::Unreachable, line)
        } else if contains_any(&[
            "unable to connect to the server",
            "connection reset",
            "unexpected eof",
        ]) || contains_any(&[
            "connection refused",
            "no route to host",
            "network is unreachable",
        ]) || contains_any(&[": eof", "goaway", "proxyconnect", "broken pipe"])
        {
            Self::transient(ErrorKind::Unreachable, line)
        } else {
            Self::new(ErrorKind::Other, words.foreign().as_deref().unwrap_or(line))
        }
    }
}

/// How a kubectl ended, and for which context it ran.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    /// How it ended, e.g. `exited with status 1`.
    pub words: String,
    /// Its exit status, if it exited.
    pub code: Option<i32>,
    /// The context that it was called with.
    pub context: Option<String>,
    /// Whether it prompted for a user name, on standard output.
    pub prompted: bool,
}

/// Whether kubectl prompts for credentials with this text, which it does before anything else.
pub(super) fn is_prompt(stdout: &[u8]) -> bool {
    stdout.starts_with(b"Please enter Username:") || stdout.starts_with(b"Please enter Password:")
}

/// `sentence`, followed by the reason, if any.
fn with_reason(sentence: &str, reason: Option<String>) -> String {
    match reason {
        Some(reason) => format!("{sentence}: {reason}"),
        None => sentence.to_owned(),
    }
}

fn seconds(limit: Duration) -> String {
    if limit.subsec_millis() == 0 {
        format!("{} s", limit.as_secs())
    } else {
        format!("{} ms", limit.as_millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(stderr: &str) -> Error {
        Error::from_stderr(stderr, &Ending::default())
    }

    fn kind(stderr: &str) -> (ErrorKind, bool) {
        let error = failed(stderr);
        (error.kind, error.transient)
    }

    #[test]
    fn kubectls_messages_are_classified() {
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
    fn noise_before_the_error_line_is_skipped() {
        let stderr = "E1123 05:10:11.123456   12345 memcache.go:265] couldn't get current server API group list: Get \"http://x/api\": dial tcp: connection refused\n\
            E1123 05:10:11.123457   12345 memcache.go:265] couldn't get current server API group list\n\
            The connection to the server x:1 was refused - did you specify the right host or port?\n";
        let error = failed(stderr);
        assert_eq!(
            error.message,
            "The connection to the server x:1 was refused - did you specify the right host or port?"
        );
    }

    #[test]
    fn log_lines_alone_still_give_a_sentence() {
        let error = failed("F1123 05:10:11.1 1 main.go:1] no luck\n");
        assert_eq!(error.message, "no luck");
        let error = Error::from_stderr(
            "\n \n",
            &Ending { words: "was ended by SIGKILL".to_owned(), ..Ending::default() },
        );
        assert_eq!(error.message, "kubectl was ended by SIGKILL without an error message");
    }

    #[test]
    fn the_prefix_error_is_not_repeated() {
        let error = failed("error: context \"x\" does not exist\n");
        assert_eq!(error.message, "context \"x\" does not exist");
        // A line shorter than the prefix, and one whose seventh byte is inside a character.
        assert_eq!(failed("no").message, "no");
        assert_eq!(failed("errorüü").message, "errorüü");
    }

    #[test]
    fn a_context_without_credentials_is_reported() {
        let ending = Ending { context: Some("a".to_owned()), prompted: true, ..Ending::default() };
        for stderr in
            ["error: EOF\n", "kuberc: no preferences loaded, use --v=5 to see detailserror: EOF\n"]
        {
            let error = Error::from_stderr(stderr, &ending);
            assert_eq!(error.kind, ErrorKind::Unauthorized);
            let said =
                "context a has no credentials: its user is missing or empty in the kubeconfig";
            assert_eq!(error.message, said);
        }
        // Without a prompt, EOF may have another cause.
        assert_eq!(failed("error: EOF\n").kind, ErrorKind::Other);
        assert!(is_prompt(b"Please enter Username: ") && !is_prompt(b"Forwarding from"));
    }

    #[test]
    fn failures_of_a_credential_plugin_have_its_kind() {
        for stderr in [
            "error: exec plugin: invalid apiVersion \"client.authentication.k8s.io/v1alpha1\"",
            "error: interactiveMode must be specified for u to use exec authentication plugin",
            "error: apiVersion must be specified for u to use exec authentication plugin",
            "error: The azure auth plugin has been removed.\nPlease use the https://x credential plugin instead.",
            "error: no Auth Provider found for name \"openstack\"",
            "Unable to connect to the server: getting credentials: plugin \"/x\" not allowed: policy set to \"DenyAll\"",
        ] {
            assert_eq!(kind(stderr), (ErrorKind::CredentialPlugin, false), "{stderr}");
        }
        let refused = "refreshing... The connection to the server x was refused - did you specify the right host or port?";
        assert_eq!(kind(refused), (ErrorKind::Unreachable, true));
        let proxy =
            "Unable to connect to the server: proxyconnect tcp: Proxy Authentication Required";
        assert_eq!(kind(proxy), (ErrorKind::Unauthorized, false));
    }

    #[test]
    fn a_plugins_reason_is_in_the_message_without_its_secrets() {
        let stderr = "Error loading SSO Token: Token for team-sso does not exist, password=hunter2\n\
            Unable to connect to the server: getting credentials: exec: executable aws failed with exit code 255\n";
        assert_eq!(
            failed(stderr).message,
            "Unable to connect to the server: getting credentials: exec: executable aws failed with exit code 255: \
             Error loading SSO Token: Token for team-sso does not exist, password=REDACTED"
        );
        let limit = Duration::from_secs(5);
        let late = Error::plugin_deadline(
            limit,
            "aws",
            "open https://x/device and enter the code ABCD1234\n",
        );
        assert_eq!(
            late.message,
            "credential plugin aws did not answer within 5 s: open https://x/device and enter the code ABCD1234"
        );
        let late =
            Error::deadline(limit, "Right kubectl missing, downloading version 1.31.0\n\r 3%");
        assert_eq!(
            late.message,
            "no answer within 5 s: Right kubectl missing, downloading version 1.31.0"
        );
    }

    #[test]
    fn a_shim_without_a_version_is_a_missing_kubectl() {
        let asdf = "No version is set for command kubectl\nConsider adding one of the following\nkubectl 1.31.0";
        let with = |code| Ending { code: Some(code), ..Ending::default() };
        for (stderr, code) in [
            (asdf, 126),
            ("mise ERROR No version is set for shim: kubectl\nSet a global default version", 1),
            ("/bin/sh: 1: exec: kubectl: not found\nmore", 127),
        ] {
            let error = Error::from_stderr(stderr, &with(code));
            assert_eq!(error.kind, ErrorKind::KubectlMissing, "{stderr}");
            assert_eq!(error.message, stderr.lines().next().unwrap());
        }
    }
}
