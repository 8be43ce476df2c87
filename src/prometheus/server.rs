//! A page of metrics, for a Prometheus to scrape.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use super::tls::Identity;

/// Requests that are served at the same time; further ones are refused.
const SERVED: usize = 16;
/// The time for one request and its response. Prometheus itself waits for 10 s.
const SERVE_WITHIN: Duration = Duration::from_secs(5);
/// Requests that are refused with a response at the same time; further connections are dropped.
const REFUSED: usize = 64;
/// The time for such a response.
const REFUSE_WITHIN: Duration = Duration::from_secs(1);
/// The pause after a connection that could not be accepted, such as for lack of descriptors.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Text that is made for each request.
pub type Live = Arc<dyn Fn() -> String + Send + Sync>;

/// What is served, and to whom.
#[derive(Clone)]
struct Served {
    page: Arc<Mutex<Bytes>>,
    /// What goes before the page.
    live: Live,
    token: Option<Token>,
}

/// A secret that a request must bear: `Authorization: Bearer TOKEN`.
#[derive(Clone)]
pub struct Token(Arc<[u8]>);

impl Token {
    /// `None` if the text is empty, or cannot be sent in a header.
    pub fn new(text: &str) -> Option<Self> {
        let is_valid = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_valid.then(|| Self(text.as_bytes().into()))
    }

    /// Compares in a time that does not depend on where the difference is.
    fn is(&self, given: &[u8]) -> bool {
        let differs = self.0.iter().enumerate().fold(0, |differs, (index, byte)| {
            let other = given.get(index).copied().unwrap_or_default();
            std::hint::black_box(differs | (byte ^ other))
        });
        differs == 0 && given.len() == self.0.len()
    }
}

/// With what TLS is spoken; none for plain HTTP.
type SharedIdentity = Arc<Mutex<Option<Identity>>>;

/// Serves one page at `/metrics`. It ends when dropped.
pub struct MetricsServer {
    page: Arc<Mutex<Bytes>>,
    identity: SharedIdentity,
    address: SocketAddr,
    task: AbortHandle,
}

impl Drop for MetricsServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl MetricsServer {
    /// Listens at the first of `addresses` that is free. Before a page is published, requests get
    /// 503. What `live` returns is served before the page; with a token, to those who bear it only; with an
    /// identity, over TLS.
    pub async fn listen(
        addresses: &[SocketAddr],
        token: Option<Token>,
        identity: Option<Identity>,
        live: Live,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(addresses).await?;
        let address = listener.local_addr()?;
        let page = Arc::<Mutex<Bytes>>::default();
        let served = Served { page: Arc::clone(&page), live, token };
        let identity = Arc::new(Mutex::new(identity));
        let task = tokio::spawn(serve(listener, served, Arc::clone(&identity))).abort_handle();
        Ok(Self { page, identity, address, task })
    }

    /// The address with the actual port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Speaks TLS with this identity from now on.
    pub fn renew(&self, identity: Identity) {
        *self.identity.lock().unwrap_or_else(PoisonError::into_inner) = Some(identity);
    }

    /// Serves this page, in the OpenMetrics format, from now on.
    pub fn publish(&self, page: String) {
        *self.page.lock().unwrap_or_else(PoisonError::into_inner) = page.into();
    }
}

async fn serve(listener: TcpListener, served: Served, identity: SharedIdentity) {
    let slots = Arc::new(Semaphore::new(SERVED));
    let more = Arc::new(Semaphore::new(REFUSED));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_AGAIN).await;
            continue;
        };
        let slot = Arc::clone(&slots).try_acquire_owned();
        let (served, limit) = match slot {
            Ok(_) => (Some(served.clone()), SERVE_WITHIN),
            Err(_) => (None, REFUSE_WITHIN),
        };
        let Ok(slot) = slot.or_else(|_| Arc::clone(&more).try_acquire_owned()) else { continue };
        let identity = identity.lock().unwrap_or_else(PoisonError::into_inner).clone();
        tokio::spawn(async move {
            let _slot = slot;
            let answered = async {
                match identity {
                    None => answer(stream, served.as_ref()).await,
                    Some(identity) => {
                        if let Ok(stream) = identity.accept(stream).await {
                            answer(stream, served.as_ref()).await;
                        }
                    }
                }
            };
            // A connection that breaks, or is too slow, concerns its client only.
            let _ = timeout(limit, answered).await;
        });
    }
}

/// Serves one request.
async fn answer(stream: impl AsyncRead + AsyncWrite + Unpin, served: Option<&Served>) {
    let service = service_fn(|request: Request<Incoming>| {
        let response = response(&request, served);
        async move { Ok::<_, Infallible>(response) }
    });
    let connection =
        http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), service);
    let _ = connection.await;
}

/// The response; without what is served, 503 for too many requests.
fn response<T>(request: &Request<T>, served: Option<&Served>) -> Response<Full<Bytes>> {
    let unavailable =
        |why| (StatusCode::SERVICE_UNAVAILABLE, "text/plain", Bytes::from_static(why));
    let (status, kind, body) = match (request.method(), request.uri().path()) {
        _ if served.is_some_and(|served| !served.is_for(request)) => {
            (StatusCode::UNAUTHORIZED, "text/plain", Bytes::from_static(b"a token is needed\n"))
        }
        (&Method::GET | &Method::HEAD, "/metrics") => match served {
            Some(Served { page, live, .. }) => {
                let page = page.lock().unwrap_or_else(PoisonError::into_inner).clone();
                // An empty page would look like a cluster without HPAs.
                if page.is_empty() {
                    unavailable(b"no scan yet\n")
                } else {
                    let mut text = live().into_bytes();
                    text.extend_from_slice(&page);
                    (StatusCode::OK, CONTENT_TYPE, text.into())
                }
            }
            None => unavailable(b"too many requests at once\n"),
        },
        (&Method::GET | &Method::HEAD, _) => {
            (StatusCode::NOT_FOUND, "text/plain", Bytes::from_static(b"see /metrics\n"))
        }
        _ => (StatusCode::METHOD_NOT_ALLOWED, "text/plain", Bytes::new()),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    if status == StatusCode::UNAUTHORIZED {
        let bearer = header::HeaderValue::from_static("Bearer");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
    }
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    response
}

impl Served {
    /// Whether the request bears the token, if there is one.
    fn is_for<T>(&self, request: &Request<T>) -> bool {
        let Some(token) = &self.token else { return true };
        let given = request.headers().get(header::AUTHORIZATION);
        let given = given.and_then(|given| given.as_bytes().split_at_checked(BEARER.len()));
        given.is_some_and(|(scheme, given)| scheme.eq_ignore_ascii_case(BEARER) && token.is(given))
    }
}

/// What stands before the token in a header.
const BEARER: &[u8] = b"Bearer ";

#[cfg(test)]
mod tests {
    use super::*;

    fn served(token: Option<&str>) -> Served {
        let token = token.map(|token| Token::new(token).unwrap());
        Served { page: Arc::default(), live: Arc::new(|| "live 1\n".to_owned()), token }
    }

    fn status(method: Method, path: &str, served: Option<&Served>) -> u16 {
        let request = Request::builder().method(method).uri(path).body(()).unwrap();
        response(&request, served).status().as_u16()
    }

    #[test]
    fn the_page_is_served_once_it_is_published() {
        let served = served(None);
        assert_eq!(status(Method::GET, "/metrics", Some(&served)), 503);
        *served.page.lock().unwrap() = "# EOF\n".into();
        assert_eq!(status(Method::GET, "/metrics", Some(&served)), 200);
        assert_eq!(status(Method::HEAD, "/metrics", Some(&served)), 200);
        assert_eq!(status(Method::GET, "/", Some(&served)), 404);
        assert_eq!(status(Method::POST, "/metrics", Some(&served)), 405);
        assert_eq!(status(Method::GET, "/metrics", None), 503);
    }

    #[test]
    fn only_a_request_that_bears_the_token_is_served() {
        let served = served(Some("s3cret"));
        *served.page.lock().unwrap() = "# EOF\n".into();
        let with = |value: &str| {
            let request = Request::builder().uri("/metrics").header("authorization", value);
            response(&request.body(()).unwrap(), Some(&served)).status().as_u16()
        };
        assert_eq!([with("Bearer s3cret"), with("bearer s3cret")], [200, 200]);
        for wrong in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer s3cre",
            "Bearer s3cretx",
            "s3cret",
            "Basic s3cret",
            "Bearer x3cret",
        ] {
            assert_eq!(with(wrong), 401, "{wrong}");
        }
        assert_eq!(status(Method::GET, "/metrics", Some(&served)), 401);
        assert_eq!(status(Method::GET, "/", Some(&served)), 401);
        assert!(Token::new("").is_none() && Token::new("a b").is_none());
    }
}
