//! How questions reach a server: over HTTP ([`HttpTransport`](super::HttpTransport)), or by whatever else a room above has.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use hyper::body::Bytes;
use jiff::Timestamp;

use super::error::QueryError;

/// A future in a box.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its body.
    pub body: Bytes,
    /// The server's time, where it says so.
    pub date: Option<Timestamp>,
}

/// Reads from one server.
pub trait Transport: fmt::Debug + Send + Sync {
    /// The answer to a path below the server's own (`/api/v1/query`) with these parameters. Everything but success
    /// is an error.
    fn get<'a>(
        &'a self,
        path: &'a str,
        parameters: &'a [(&'a str, String)],
    ) -> Pending<'a, Result<Reply, QueryError>>;
}

/// Parameters as they are in a URL or a form.
pub fn encoded(parameters: &[(&str, String)]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for (name, value) in parameters {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        // All but the unreserved characters of RFC 3986.
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}
