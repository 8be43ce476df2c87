//! The path of a server's URL: behind Rancher, a gateway or a proxy each cluster has one.

use std::fmt::{self, Write as _};
use std::sync::Arc;

/// The path of a server's URL, percent-encoded, without a trailing slash; empty if there is none.
///
/// Normalized as kubectl does: decoded, empty and dotted segments removed, encoded again.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ServerPath(Arc<str>);

impl ServerPath {
    /// The path of a server in a kubeconfig. Empty for a URL that kubectl cannot parse either.
    pub fn of(server: &str) -> Self {
        let Some((_, rest)) = server.split_once("://") else { return Self::default() };
        let rest = rest.split(['#', '?']).next().unwrap_or_default();
        let Some((authority, path)) = rest.split_once('/') else { return Self::default() };
        let host = authority.rsplit('@').next().unwrap_or_default();
        let port = host.rsplit(']').next().and_then(|rest| rest.rsplit_once(':'));
        // For example half of a password that contains a slash, which kubectl refuses too.
        if port.is_some_and(|(_, port)| port.contains(|c: char| !c.is_ascii_digit())) {
            return Self::default();
        }
        let Some(path) = decoded(path) else { return Self::default() };
        let mut segments: Vec<&[u8]> = Vec::new();
        for segment in path.split(|&byte| byte == b'/') {
            match segment {
                b"" | b"." => {}
                b".." => {
                    segments.pop();
                }
                segment => segments.push(segment),
            }
        }
        let mut clean = String::new();
        for segment in segments {
            clean.push('/');
            percent_encode(&mut clean, segment);
        }
        Self(clean.into())
    }

    /// Whether the URL has no path.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The prefix of a path below the server's URL.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Hides the path: like the rest of the server's URL it may be confidential.
impl fmt::Debug for ServerPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "ServerPath" } else { "ServerPath(…)" })
    }
}

/// The bytes of a percent-encoded path; `None` if a `%` is not followed by two hexadecimal digits.
fn decoded(path: &str) -> Option<Vec<u8>> {
    let mut bytes = path.bytes();
    let mut decoded = Vec::with_capacity(path.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    Some(decoded)
}

/// Appends `text` with everything but RFC 3986's unreserved characters percent-encoded.
pub(super) fn percent_encode(to: &mut String, text: &[u8]) {
    for &byte in text {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            to.push(byte as char);
        } else {
            let _ = write!(to, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_what_kubectl_makes_of_it() {
        for (server, path) in [
            ("https://host", ""),
            ("https://host/", ""),
            ("https://host//", ""),
            ("https://host:6443", ""),
            ("https://host/k8s/clusters/c-1", "/k8s/clusters/c-1"),
            ("https://host/k8s/clusters/c-1/", "/k8s/clusters/c-1"),
            ("https://host//k8s//c-1//", "/k8s/c-1"),
            ("https://host/a/./../k8s/c-1", "/k8s/c-1"),
            ("https://host/../../x", "/x"),
            ("https://host/k8s/c%201", "/k8s/c%201"),
            ("https://host/k8s/c%2F1", "/k8s/c/1"),
            ("https://host/k8s/c%3f1", "/k8s/c%3F1"),
            ("https://host/k8s/é:@", "/k8s/%C3%A9%3A%40"),
            ("https://host/k8s?x=/y", "/k8s"),
            ("https://host?x=/y", ""),
            ("https://host#/y", ""),
            ("https://host/k8s#y?z/w", "/k8s"),
            ("https://u:p@host:6443/k8s/@x", "/k8s/%40x"),
            ("HTTPS://[::1]:6443/k8s", "/k8s"),
            ("https://[fe80::1]/k8s", "/k8s"),
            // URLs that kubectl refuses.
            ("https://u:pa/ss@host/k8s", ""),
            ("https://host/k8s/%zz", ""),
            ("https://host/k8s/%4", ""),
            ("host:6443/k8s", ""),
            ("", ""),
        ] {
            assert_eq!(ServerPath::of(server).as_str(), path, "{server}");
        }
    }

    #[test]
    fn the_path_is_hidden_in_debug_output() {
        let path = ServerPath::of("https://host/token-hunter2");
        assert!(!format!("{path:?}").contains("hunter2"));
    }
}
