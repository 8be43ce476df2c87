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
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

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

type Page = Arc<Mutex<Bytes>>;

/// Serves one page at `/metrics`. It ends when dropped.
pub struct MetricsServer {
    page: Page,
    address: SocketAddr,
    task: AbortHandle,
}

impl Drop for MetricsServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl MetricsServer {
    /// Listens at `address`. Before a page is published, requests get 503.
    pub async fn listen(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let page = Page::default();
        let task = tokio::spawn(serve(listener, Arc::clone(&page))).abort_handle();
        Ok(Self { page, address, task })
    }

    /// The address with the actual port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves this page, in the OpenMetrics format, from now on.
    pub fn publish(&self, page: String) {
        *self.page.lock().unwrap_or_else(PoisonError::into_inner) = page.into();
    }
}

async fn serve(listener: TcpListener, page: Page) {
    let slots = Arc::new(Semaphore::new(SERVED));
    let more = Arc::new(Semaphore::new(REFUSED));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_AGAIN).await;
            continue;
        };
        let slot = Arc::clone(&slots).try_acquire_owned();
        let (page, limit) = match slot {
            Ok(_) => (Some(Arc::clone(&page)), SERVE_WITHIN),
            Err(_) => (None, REFUSE_WITHIN),
        };
        let Ok(slot) = slot.or_else(|_| Arc::clone(&more).try_acquire_owned()) else { continue };
        tokio::spawn(async move {
            let _slot = slot;
            let service = service_fn(|request: Request<Incoming>| {
                let response = response(&request, page.as_ref());
                async move { Ok::<_, Infallible>(response) }
            });
            let served = http1::Builder::new()
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), service);
            // A connection that breaks, or is too slow, concerns its client only.
            let _ = timeout(limit, served).await;
        });
    }
}

/// The response; without a page, 503 for too many requests.
fn response<T>(request: &Request<T>, page: Option<&Page>) -> Response<Full<Bytes>> {
    let unavailable =
        |why| (StatusCode::SERVICE_UNAVAILABLE, "text/plain", Bytes::from_static(why));
    let (status, kind, body) = match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/metrics") => match page {
            Some(page) => {
                let page = page.lock().unwrap_or_else(PoisonError::into_inner).clone();
                // An empty page would look like a cluster without HPAs.
                if page.is_empty() {
                    unavailable(b"no scan yet\n")
                } else {
                    (StatusCode::OK, CONTENT_TYPE, page)
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
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(method: Method, path: &str, page: Option<&Page>) -> u16 {
        let request = Request::builder().method(method).uri(path).body(()).unwrap();
        response(&request, page).status().as_u16()
    }

    #[test]
    fn the_page_is_served_once_it_is_published() {
        let page = Page::default();
        assert_eq!(status(Method::GET, "/metrics", Some(&page)), 503);
        *page.lock().unwrap() = "# EOF\n".into();
        assert_eq!(status(Method::GET, "/metrics", Some(&page)), 200);
        assert_eq!(status(Method::HEAD, "/metrics", Some(&page)), 200);
        assert_eq!(status(Method::GET, "/", Some(&page)), 404);
        assert_eq!(status(Method::POST, "/metrics", Some(&page)), 405);
        assert_eq!(status(Method::GET, "/metrics", None), 503);
    }
}
