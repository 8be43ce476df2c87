//! The stand-ins for Prometheus and Alertmanager of a cluster, whichever way a request reaches them: through a
//! port-forward or the API server's proxy.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Instant,
};

use http_body_util::Full;
use hyper::{
    Method, Response, StatusCode,
    body::Bytes,
    header::{CONTENT_TYPE, HeaderValue},
};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{
    api::{Api, Options},
    world::{Courses, Role},
};

mod alertmanager;
mod answer;
mod kept;
mod prometheus;

pub(super) use kept::Kept;

/// The maximum length of a form in bytes.
pub(super) const MAX_FORM: usize = 1024 * 1024;

pub(super) type Reply = Response<Full<Bytes>>;

/// The stand-ins of one cluster.
#[derive(Debug)]
pub(super) struct Monitoring {
    api: Arc<Api>,
    courses: Courses,
    /// One query at a time: each needs memory.
    queries: Arc<Semaphore>,
    /// The alerts that were posted, by their fingerprints.
    posted: Mutex<BTreeMap<String, alertmanager::Posted>>,
    started: Instant,
}

/// A request to one of them.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) role: Role,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) body: Bytes,
}

impl Question {
    /// The parameters of the query and of a form.
    fn parameters(&self) -> Options {
        let form = String::from_utf8_lossy(&self.body);
        Options::parse(&format!("{}&{form}", self.query))
    }
}

impl Monitoring {
    pub(super) fn new(api: Arc<Api>) -> Monitoring {
        Monitoring {
            api,
            courses: Courses::default(),
            queries: Arc::new(Semaphore::new(1)),
            posted: Mutex::default(),
            started: Instant::now(),
        }
    }

    /// Answers a request.
    pub(super) async fn answer(self: &Arc<Self>, question: Question) -> Reply {
        let plain = "text/plain; charset=utf-8";
        let name = match question.role {
            Role::Prometheus => "Prometheus",
            Role::Alertmanager => "Alertmanager",
            _ => return text(StatusCode::OK, "text/plain", "Hello from a demo pod.\n".to_owned()),
        };
        match (question.role, question.path.as_str()) {
            // Alertmanager answers only OK.
            (Role::Alertmanager, "/-/healthy" | "/-/ready") => {
                text(StatusCode::OK, plain, "OK".to_owned())
            }
            (_, "/-/healthy") => {
                text(StatusCode::OK, plain, format!("{name} Server is Healthy.\n"))
            }
            (_, "/-/ready") => text(StatusCode::OK, plain, format!("{name} Server is Ready.\n")),
            (_, "/metrics") => {
                let kind = "text/plain; version=0.0.4; charset=utf-8";
                text(StatusCode::OK, kind, self.metrics(&name.to_lowercase()))
            }
            (_, "/") => text(
                StatusCode::OK,
                "text/html; charset=utf-8",
                format!(
                    "<!DOCTYPE html>\n<html><head><title>{name}</title></head><body><h1>{name}</h1>\
                     <p>A stand-in for it, of a demo cluster.</p></body></html>\n"
                ),
            ),
            (Role::Alertmanager, path) if path.starts_with("/api/v2/") => {
                self.alertmanager(&question)
            }
            (Role::Prometheus, path) if path.starts_with("/api/v1/") => {
                self.prometheus(question).await
            }
            _ => not_found(),
        }
    }

    fn metrics(&self, name: &str) -> String {
        format!(
            "# TYPE {name}_build_info gauge\n{name}_build_info{{version=\"{}\"}} 1\n\
             # TYPE process_uptime_seconds gauge\nprocess_uptime_seconds {:.3}\n",
            prometheus::VERSION,
            self.started.elapsed().as_secs_f64()
        )
    }
}

/// The present time in milliseconds since 1970.
fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A time in milliseconds since 1970, as text.
fn time(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds).unwrap_or_default().to_string()
}

pub(super) fn text(code: StatusCode, kind: &'static str, body: String) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(body)));
    *reply.status_mut() = code;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    reply
}

fn not_found() -> Reply {
    text(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "404 page not found\n".to_owned())
}

fn document(value: &Value) -> Reply {
    text(StatusCode::OK, "application/json", value.to_string())
}

fn success(data: &Value) -> Reply {
    document(&json!({"status": "success", "data": data}))
}

fn failure(code: StatusCode, kind: &str, error: &str) -> Reply {
    let body = json!({"status": "error", "errorType": kind, "error": error});
    text(code, "application/json", body.to_string())
}

/// The answer to a question that is wrong in itself.
pub(super) fn bad(error: &str) -> Reply {
    failure(StatusCode::BAD_REQUEST, "bad_data", error)
}
