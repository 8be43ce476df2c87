//! Why a query failed: a sentence for each case. None contains a URL, a header or a token.

use std::time::Duration;

/// Why a query failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Connecting failed, or the connection broke.
    #[error("no connection: {0}")]
    Connection(String),
    /// The answer did not come in time.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The server demands credentials, or does not accept those given.
    #[error("the server answered {code} ({}){}{message}", denied(*code), if message.is_empty() { "" } else { ": " })]
    Denied {
        /// The HTTP status, 401 or 403.
        code: u16,
        /// The server's own message, if any.
        message: String,
    },
    /// The token for the server could not be had.
    #[error("no token: {0}")]
    Token(String),
    /// The server answered with an error.
    #[error("the server answered {code}: {message}")]
    Refused {
        /// The HTTP status.
        code: u16,
        /// The server's own message, if any.
        message: String,
    },
    /// The server refers to another one, to which nothing is sent.
    #[error(
        "the server answered {code}, a redirection to {to}, which is not followed: is a login or a path prefix missing?"
    )]
    Redirected {
        /// The HTTP status.
        code: u16,
        /// The host of the other address.
        to: String,
    },
    /// The answer is a page for a browser.
    #[error(
        "the answer is an HTML page, not an answer of the API: a login page, or the wrong path prefix"
    )]
    Html,
    /// The answer ended before its end.
    #[error("the answer was cut off after {0} bytes")]
    CutOff(usize),
    /// The answer is longer than what is read.
    #[error("the answer is longer than {} MiB, the most that is read", .0 >> 20)]
    TooLong(usize),
    /// The answer to a query over a range is longer than what is read.
    #[error("the answer is longer than {} MiB, the most that is read; use a shorter time, a larger step or fewer namespaces", .0 >> 20)]
    TooLongRange(usize),
    /// The answers have more points than allowed.
    #[error("the answers have more than {0} points, the limit of --max-points")]
    TooManyPoints(u64),
    /// The answer is not one of Prometheus.
    #[error("not an answer of Prometheus: {0}")]
    Unreadable(String),
    /// The answer is not one of Alertmanager.
    #[error("not an answer of Alertmanager: {0}")]
    NotAlertmanager(String),
}

fn denied(code: u16) -> &'static str {
    if code == 401 { "credentials are missing or not accepted" } else { "not allowed" }
}

impl QueryError {
    /// Whether every other question would fail alike: it is the server, the way to it or a limit of ours.
    pub fn is_of_the_server(&self) -> bool {
        match self {
            Self::Connection(_)
            | Self::Timeout(_)
            | Self::Denied { .. }
            | Self::Token(_)
            | Self::Redirected { .. }
            | Self::Html
            | Self::TooManyPoints(_) => true,
            Self::Refused { code, .. } => matches!(code, 429 | 502 | 503 | 504),
            Self::CutOff(_)
            | Self::TooLong(_)
            | Self::TooLongRange(_)
            | Self::Unreadable(_)
            | Self::NotAlertmanager(_) => false,
        }
    }

    /// Whether the same query may succeed a moment later: the server is starting, overloaded, or being replaced.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connection(_) | Self::CutOff(_) => true,
            Self::Refused { code, .. } => matches!(code, 429 | 502 | 503 | 504),
            _ => false,
        }
    }
}
