//! What a session sees, for a Prometheus to scrape.

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
use tokio::time::timeout;

use super::digest::Digest;
use crate::output::openmetrics;

/// As many are answered at one time; who comes then is sent away.
const AT_ONCE: usize = 16;
/// How long somebody may take to ask and to read the answer. Prometheus itself waits for 10 s.
const PATIENCE: Duration = Duration::from_secs(5);
/// As many of those are told so.
const SENT_AWAY: usize = 64;
/// How long that may take.
const BRIEFLY: Duration = Duration::from_secs(1);
const TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Page = Arc<Mutex<Bytes>>;

/// A server of one page. It ends with this.
pub(super) struct Metrics {
    page: Page,
    address: SocketAddr,
    task: AbortHandle,
}

impl Drop for Metrics {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Metrics {
    pub(super) async fn listen(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let page = Page::default();
        let task = tokio::spawn(serve(listener, Arc::clone(&page))).abort_handle();
        Ok(Self { page, address, task })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What is served from now on.
    pub(super) fn publish(&self, digest: &Digest) {
        let page = openmetrics::session(&digest.snapshot, &digest.present, &digest.counts);
        *self.page.lock().unwrap_or_else(PoisonError::into_inner) = page.into();
    }
}

async fn serve(listener: TcpListener, page: Page) {
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let more = Arc::new(Semaphore::new(SENT_AWAY));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let slot = Arc::clone(&slots).try_acquire_owned();
        let (page, limit) = match slot {
            Ok(_) => (Some(Arc::clone(&page)), PATIENCE),
            Err(_) => (None, BRIEFLY),
        };
        let Ok(slot) = slot.or_else(|_| Arc::clone(&more).try_acquire_owned()) else { continue };
        tokio::spawn(async move {
            let _slot = slot;
            let answer = service_fn(|request: Request<Incoming>| {
                let answer = answer(&request, page.as_ref());
                async move { Ok::<_, Infallible>(answer) }
            });
            let served = http1::Builder::new()
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), answer);
            // One that breaks, or is too slow, is its client's affair.
            let _ = timeout(limit, served).await;
        });
    }
}

/// Without a page, there are too many.
fn answer(request: &Request<Incoming>, page: Option<&Page>) -> Response<Full<Bytes>> {
    let unavailable =
        |why| (StatusCode::SERVICE_UNAVAILABLE, "text/plain", Bytes::from_static(why));
    let (status, kind, body) = match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/metrics") => match page {
            Some(page) => {
                let page = page.lock().unwrap_or_else(PoisonError::into_inner).clone();
                // Nothing has been seen yet: an empty page would say that there is nothing.
                if page.is_empty() {
                    unavailable(b"no look yet\n")
                } else {
                    (StatusCode::OK, TYPE, page)
                }
            }
            None => unavailable(b"too many at once\n"),
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
