//! The state of a session, for a Prometheus to scrape.

use std::collections::BTreeMap;
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

use crate::findings::Finding;
use crate::history::Snapshot;
use crate::output::openmetrics;
use crate::session::ScanCounts;

/// The connections that are answered at the same time; further ones are refused.
const AT_ONCE: usize = 16;
/// The time for one request and its answer. Prometheus itself waits for 10 s.
const PATIENCE: Duration = Duration::from_secs(5);
/// The connections that are refused with an answer at the same time.
const REFUSED: usize = 64;
/// The time for such an answer.
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
    pub(super) fn publish(
        &self,
        snapshot: &Snapshot,
        findings: &[Finding],
        counts: &BTreeMap<Arc<str>, ScanCounts>,
    ) {
        let page = openmetrics::session(snapshot, findings, counts);
        *self.page.lock().unwrap_or_else(PoisonError::into_inner) = page.into();
    }
}

async fn serve(listener: TcpListener, page: Page) {
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let more = Arc::new(Semaphore::new(REFUSED));
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
            // A connection that breaks, or is too slow, concerns its client only.
            let _ = timeout(limit, served).await;
        });
    }
}

/// The answer; without a page, that there are too many connections.
fn answer(request: &Request<Incoming>, page: Option<&Page>) -> Response<Full<Bytes>> {
    let unavailable =
        |why| (StatusCode::SERVICE_UNAVAILABLE, "text/plain", Bytes::from_static(why));
    let (status, kind, body) = match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/metrics") => match page {
            Some(page) => {
                let page = page.lock().unwrap_or_else(PoisonError::into_inner).clone();
                // Before the first scan: an empty page would mean that there is nothing.
                if page.is_empty() {
                    unavailable(b"no scan yet\n")
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
