//! Events posted to a URL, each at most once. The URL and the headers are secrets: only the host is
//! ever shown.

use std::fmt;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::prometheus::{Roots, parse_headers};

/// How much of an answer is read.
const MOST: usize = 64 << 10;

/// A URL to which events are posted.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    host: String,
    port: u16,
    path: String,
    /// For https.
    roots: Option<Roots>,
    headers: header::HeaderMap,
}

impl Webhook {
    /// Reads a URL and lines of `Name: value`. Messages contain neither. A server of https needs a certificate
    /// that is issued by one of `ca`, or else by one that this machine trusts.
    ///
    /// # Errors
    ///
    /// If the URL is not one of http or https, a line is no header, or there is no certificate to trust.
    pub fn new(url: &str, headers: &str, ca: Option<&[u8]>) -> Result<Self, String> {
        let uri: Uri = url.trim().parse().map_err(|_| "it is not a URL".to_owned())?;
        let roots = match uri.scheme_str() {
            Some("http") if ca.is_some() => {
                return Err("ca_file is for a URL that begins with https://".to_owned());
            }
            Some("http") => None,
            Some("https") => Some(Roots::new(ca)?),
            _ => return Err("it is not a URL that begins with https:// or http://".to_owned()),
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or("the URL has no host")?;
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err("a user in the URL is not supported; use a header".to_owned());
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let headers = parse_headers(headers)?;
        let port = uri.port_u16().unwrap_or(if roots.is_some() { 443 } else { 80 });
        Ok(Self { host: host.to_owned(), port, path, roots, headers })
    }

    /// Posts the event. Everything but a status of 2xx is a failure.
    pub(super) async fn post(&self, event: &[u8]) -> Result<(), String> {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((bare, self.port));
        let stream = stream.await.map_err(|error| format!("no connection: {error}"))?;
        match &self.roots {
            None => self.exchange(stream, event).await,
            Some(roots) => {
                let stream = roots.connect(bare, stream).await;
                let stream = stream.map_err(|error| format!("no TLS connection: {error}"))?;
                self.exchange(stream, event).await
            }
        }
    }

    async fn exchange<S>(&self, stream: S, event: &[u8]) -> Result<(), String>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let broken = |error: hyper::Error| format!("the connection broke: {error}");
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
        let body = Full::new(Bytes::copy_from_slice(event));
        let mut request = Request::post(&*self.path)
            .header(header::HOST, format!("{}:{}", self.host, self.port))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .map_err(|_| "the request cannot be made".to_owned())?;
        for (name, value) in &self.headers {
            request.headers_mut().insert(name, value.clone());
        }
        let answer = async {
            let answer = sender.send_request(request).await.map_err(broken)?;
            let status = answer.status();
            // Read so that the server is not reset while it writes.
            let _ = Limited::new(answer.into_body(), MOST).collect().await;
            if status.is_success() { Ok(()) } else { Err(format!("the server answered {status}")) }
        };
        let mut answer = std::pin::pin!(answer);
        // The connection moves bytes only while it is polled.
        tokio::select! {
            answer = &mut answer => answer,
            // An error of the connection is the answer's too, unless the answer was whole.
            _ = connection => answer.await,
        }
    }
}

impl fmt::Display for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Webhook({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    async fn answered(answer: &'static str) -> (Result<(), String>, String) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let webhook =
            Webhook::new(&format!("http://{address}/hook/s3cret?x=1"), "X-Token: t0ken\n", None)
                .unwrap();
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"{}") {
                let mut buffer = [0; 1024];
                let count = stream.read(&mut buffer).await.unwrap();
                request.extend_from_slice(&buffer[..count]);
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8(request).unwrap()
        };
        tokio::join!(webhook.post(b"{}"), server)
    }

    #[tokio::test]
    async fn an_event_is_posted_with_its_headers() {
        let (sent, request) =
            answered("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
        assert_eq!(sent, Ok(()));
        assert!(request.starts_with("POST /hook/s3cret?x=1 HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("x-token: t0ken\r\n"), "{request}");
        assert!(request.contains("content-type: application/json\r\n"), "{request}");
        let (sent, _) = answered("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n").await;
        assert_eq!(sent.unwrap_err(), "the server answered 500 Internal Server Error");
    }

    #[test]
    fn a_webhook_shows_no_secret_and_wrong_ones_are_refused() {
        let webhook = Webhook::new("http://hooks.example/T0/s3cret\n", "A: s3cret", None).unwrap();
        assert_eq!(format!("{webhook} {webhook:?}"), "hooks.example:80 Webhook(hooks.example:80)");
        for (url, headers) in [
            ("", ""),
            ("ftp://hooks.example/s3cret", ""),
            ("hooks.example/s3cret", ""),
            ("http://u:s3cret@hooks.example/", ""),
            ("http://hooks.example/", "s3cret"),
            ("http://hooks.example/", "A B: s3cret"),
            ("http://hooks.example/", "Content-Length: s3cret"),
            ("http://hooks.example/", "HOST: s3cret"),
            ("http://hooks.example/", "X-Token: a\ntransfer-encoding: s3cret"),
        ] {
            let error = Webhook::new(url, headers, None).unwrap_err();
            assert!(!error.contains("s3cret"), "{error}");
        }
        for url in ["http://hooks.example/s3cret", "https://hooks.example/s3cret"] {
            let error = Webhook::new(url, "", Some(b"no certificate s3cret")).unwrap_err();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
