//! Proxies between this machine and a server at a URL: which one the environment names, and connections through it.

use std::error::Error;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::{fmt, io};

use hyper::Uri;
use hyper::header::HeaderValue;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use super::transport::Pending;

static CURRENT: OnceLock<Proxies> = OnceLock::new();

/// The proxies of this process, none unless set.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Option<Arc<Matcher>>);

impl Proxies {
    /// The values of the variables: the proxy for `http://`, the one for `https://`, and the hosts that are reached
    /// without one. An empty value is none.
    pub fn new(http: String, https: String, no: String) -> Self {
        let matcher = Matcher::builder().http(http).https(https).no(no).build();
        Self(Some(Arc::new(matcher)))
    }

    /// Makes them those of all servers that are named from now on.
    pub fn make_current(self) {
        // They are set once, when the program begins.
        let _ = CURRENT.set(self);
    }

    /// Those of this process.
    pub(super) fn current() -> Self {
        CURRENT.get().cloned().unwrap_or_default()
    }

    /// The way to a server.
    ///
    /// # Errors
    /// If it leads through a proxy that is not spoken to.
    pub(super) fn route_to(&self, server: &Uri) -> Result<Route, String> {
        let host = server.host().unwrap_or_default();
        // As kubectl does: this machine is never behind a proxy.
        let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        let is_own = host == "localhost" || address.is_some_and(|address| address.is_loopback());
        let matcher = self.0.as_ref().filter(|_| !is_own);
        let Some(found) = matcher.and_then(|matcher| matcher.intercept(server)) else {
            return Ok(Route(Way::Direct));
        };
        let is_tunnel = server.scheme_str() == Some("https");
        let variable = if is_tunnel { "HTTPS_PROXY" } else { "HTTP_PROXY" };
        if found.uri().scheme_str() != Some("http") {
            return Err(format!("{variable} is not a URL that begins with http://"));
        }
        let mut credentials = found.basic_auth().cloned();
        if let Some(credentials) = &mut credentials {
            credentials.set_sensitive(true);
        }
        let proxy = Proxy { uri: found.uri().clone(), credentials, variable };
        Ok(Route(if is_tunnel { Way::Tunnel(proxy) } else { Way::Forward(proxy) }))
    }
}

/// A proxy.
#[derive(Clone, Debug)]
struct Proxy {
    /// Without its user.
    uri: Uri,
    credentials: Option<HeaderValue>,
    /// The variable that names it.
    variable: &'static str,
}

/// The way to one server.
#[derive(Clone, Debug)]
pub(super) struct Route(Way);

#[derive(Clone, Debug)]
enum Way {
    Direct,
    /// The proxy passes bytes on, which are TLS.
    Tunnel(Proxy),
    /// The proxy passes requests on.
    Forward(Proxy),
}

impl Route {
    /// What each request has for the proxy.
    pub(super) fn credentials(&self) -> Option<&HeaderValue> {
        match &self.0 {
            Way::Forward(proxy) => proxy.credentials.as_ref(),
            _ => None,
        }
    }

    /// Makes connections to the server.
    pub(super) fn connector(&self, tcp: HttpConnector) -> Connector {
        match &self.0 {
            Way::Direct => Connector::Direct(tcp),
            Way::Tunnel(proxy) => {
                let tunnel = Tunnel::new(proxy.uri.clone(), tcp);
                Connector::Tunnel(match &proxy.credentials {
                    Some(credentials) => tunnel.with_auth(credentials.clone()),
                    None => tunnel,
                })
            }
            Way::Forward(proxy) => Connector::Forward(proxy.uri.clone(), tcp),
        }
    }
}

impl fmt::Display for Route {
    /// ` (through the proxy HOST:PORT of HTTPS_PROXY)`, or nothing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Way::Tunnel(proxy) | Way::Forward(proxy)) = &self.0 else { return Ok(()) };
        let place = proxy.uri.authority().map_or("", |authority| authority.as_str());
        write!(f, " (through the proxy {place} of {})", proxy.variable)
    }
}

/// Makes connections to one server.
#[derive(Clone, Debug)]
pub(super) enum Connector {
    Direct(HttpConnector),
    Tunnel(Tunnel<HttpConnector>),
    Forward(Uri, HttpConnector),
}

type BoxedError = Box<dyn Error + Send + Sync>;

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxedError;
    type Future = Pending<'static, Result<Stream, BoxedError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxedError>> {
        match self {
            Self::Direct(tcp) | Self::Forward(_, tcp) => tcp.poll_ready(cx).map_err(Into::into),
            Self::Tunnel(tunnel) => tunnel.poll_ready(cx).map_err(Into::into),
        }
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        match self {
            Self::Direct(tcp) => {
                let stream = tcp.call(server);
                Box::pin(async { Ok(Stream { tcp: stream.await?, is_proxied: false }) })
            }
            Self::Tunnel(tunnel) => {
                let stream = tunnel.call(server);
                Box::pin(async { Ok(Stream { tcp: stream.await?, is_proxied: false }) })
            }
            Self::Forward(proxy, tcp) => {
                let stream = tcp.call(proxy.clone());
                Box::pin(async { Ok(Stream { tcp: stream.await?, is_proxied: true }) })
            }
        }
    }
}

/// A connection.
#[derive(Debug)]
pub(super) struct Stream {
    tcp: TokioIo<TcpStream>,
    /// Whether requests name the whole URL.
    is_proxied: bool,
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        self.tcp.connected().proxy(self.is_proxied)
    }
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(cx, buffer)
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_by_scheme_and_host() {
        let text = |text: &str| text.to_owned();
        let proxies = Proxies::new(
            text("http://plain:3128"),
            text("http://me:s3cret@tls.example:8080"),
            text(".internal,10.0.0.0/8,exact.example"),
        );
        let route = |url: &str| proxies.route_to(&url.parse().unwrap()).unwrap();
        let shown = |url: &str| route(url).to_string();
        assert_eq!(
            shown("https://mimir.example/prometheus"),
            " (through the proxy tls.example:8080 of HTTPS_PROXY)"
        );
        assert_eq!(
            shown("http://prom.example:9090"),
            " (through the proxy plain:3128 of HTTP_PROXY)"
        );
        for own in [
            "http://localhost:9090",
            "http://127.0.0.2:9090",
            "https://[::1]",
            "https://a.b.internal",
            "https://10.1.2.3:9090",
            "http://exact.example",
        ] {
            assert_eq!(shown(own), "", "{own}");
        }
        // Credentials of a tunnel are for the proxy alone, in its own request.
        assert!(route("https://mimir.example").credentials().is_none());
        assert!(!format!("{:?}", route("https://mimir.example")).contains("s3cret"));
        let socks = Proxies::new(text("socks5://p:1080"), String::new(), String::new());
        let error = socks.route_to(&"http://prom.example".parse().unwrap()).unwrap_err();
        assert_eq!(error, "HTTP_PROXY is not a URL that begins with http://");
        let none = Proxies::new(String::new(), String::new(), String::new());
        assert_eq!(none.route_to(&"https://a.example".parse().unwrap()).unwrap().to_string(), "");
    }
}
