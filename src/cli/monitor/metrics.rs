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
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;

use super::digest::Digest;
use crate::output::openmetrics;

/// As many are answered at one time; more wait.
const AT_ONCE: usize = 16;
/// How long somebody may take to ask.
const PATIENCE: Duration = Duration::from_secs(10);
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
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let page = Arc::clone(&page);
        tokio::spawn(async move {
            let _slot = slot;
            let answer = service_fn(|request: Request<Incoming>| {
                let answer = answer(&request, &page);
                async move { Ok::<_, Infallible>(answer) }
            });
            let served = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .serve_connection(TokioIo::new(stream), answer);
            // One that breaks is its client's affair.
            let _ = served.await;
        });
    }
}

fn answer(request: &Request<Incoming>, page: &Page) -> Response<Full<Bytes>> {
    let (status, kind, body) = match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/metrics") => {
            let page = page.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if page.is_empty() {
                // Nothing has been seen yet: an empty page would say that there is nothing.
                (
                    StatusCode::SERVICE_UNAVAILABLE,
                    "text/plain",
                    Bytes::from_static(b"no look yet\n"),
                )
            } else {
                (StatusCode::OK, TYPE, page)
            }
        }
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
