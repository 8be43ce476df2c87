//! The web services: the parts of Prometheus' and Alertmanager's HTTP APIs that a demo needs, and
//! an application that says hello.

use std::{convert::Infallible, fmt::Write as _, sync::Arc, time::Instant};

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::promql::{self, Labels, Sample};
use crate::demo::{
    api::{Api, Options},
    world::Role,
};

/// The maximum length of a form in bytes.
const MAX_FORM: usize = 64 * 1024;

/// The maximum number of points of a range, as in Prometheus.
const MAX_POINTS: f64 = 11_000.0;

const VERSION: &str = "3.7.3";

/// A web service.
#[derive(Debug)]
pub(super) struct Site {
    role: Role,
    series: Vec<Sample>,
    started: Instant,
}

type Reply = Response<Full<Bytes>>;

/// Answers the requests of a connection.
pub(super) async fn serve(stream: TcpStream, site: Arc<Site>) {
    let service = service_fn(move |request| {
        let site = Arc::clone(&site);
        async move { Ok::<_, Infallible>(site.answer(request).await) }
    });
    // A client that leaves is not an error.
    let _ = http1::Builder::new()
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

impl Site {
    pub(super) fn new(role: Role, api: &Api) -> Site {
        let series = if role == Role::Prometheus { series(&api.hpas()) } else { Vec::new() };
        Site { role, series, started: Instant::now() }
    }

    async fn answer(&self, request: Request<Incoming>) -> Reply {
        let path = request.uri().path().to_owned();
        let name = match self.role {
            Role::Prometheus => "Prometheus",
            Role::Alertmanager => "Alertmanager",
            _ => {
                return text(StatusCode::OK, "text/plain", "Hello from a demo pod.\n".to_owned());
            }
        };
        let plain = "text/plain; charset=utf-8";
        match (self.role, path.as_str()) {
            // Alertmanager answers only OK.
            (Role::Alertmanager, "/-/healthy" | "/-/ready") => {
                text(StatusCode::OK, plain, "OK".to_owned())
            }
            (_, "/-/healthy") => {
                text(StatusCode::OK, plain, format!("{name} Server is Healthy.\n"))
            }
            (_, "/-/ready") => text(StatusCode::OK, plain, format!("{name} Server is Ready.\n")),
            (_, "/metrics") => {
                text(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", self.metrics())
            }
            (_, "/") => text(
                StatusCode::OK,
                "text/html; charset=utf-8",
                format!(
                    "<!DOCTYPE html>\n<html><head><title>{name}</title></head><body><h1>{name}</h1>\
                     <p>A stand-in for it, of a demo cluster.</p></body></html>\n"
                ),
            ),
            (Role::Alertmanager, "/api/v2/status") => document(StatusCode::OK, &status()),
            (Role::Alertmanager, "/api/v2/alerts") => document(StatusCode::OK, &json!([])),
            (Role::Prometheus, "/api/v1/status/buildinfo") => success(&json!({
                "version": VERSION,
                "revision": "demo",
                "branch": "HEAD",
                "buildUser": "demo",
                "buildDate": "20251101-00:00:00",
                "goVersion": "go1.25.3",
            })),
            (Role::Prometheus, "/api/v1/query") => self.query(request, false).await,
            (Role::Prometheus, "/api/v1/query_range") => self.query(request, true).await,
            _ => text(StatusCode::NOT_FOUND, plain, "404 page not found\n".to_owned()),
        }
    }

    fn metrics(&self) -> String {
        let mut out = String::new();
        let name = if self.role == Role::Prometheus { "prometheus" } else { "alertmanager" };
        let _ = writeln!(out, "# TYPE {name}_build_info gauge");
        let _ = writeln!(out, "{name}_build_info{{version=\"{VERSION}\"}} 1");
        let _ = writeln!(out, "# TYPE process_uptime_seconds gauge");
        let _ = writeln!(out, "process_uptime_seconds {:.3}", self.started.elapsed().as_secs_f64());
        out
    }

    async fn query(&self, request: Request<Incoming>, range: bool) -> Reply {
        let now = jiff::Timestamp::now().as_duration().as_secs_f64();
        let mut parameters = request.uri().query().unwrap_or_default().to_owned();
        if request.method() == Method::POST {
            let form = Limited::new(request.into_body(), MAX_FORM).collect().await;
            let Ok(form) = form else { return bad("cannot read the form") };
            parameters.push('&');
            parameters.push_str(&String::from_utf8_lossy(&form.to_bytes()));
        }
        let parameters = Options::parse(&parameters);
        let time = |name: &str| parameters.get(name).and_then(seconds);
        let query = parameters.get("query").unwrap_or_default();
        let at = time("time").unwrap_or(now);
        let value = match promql::evaluate(query, &self.series, at) {
            Ok(value) => value,
            Err(error) => return bad(&format!("invalid parameter \"query\": {error}")),
        };
        if !range {
            return success(&instant(&value, at));
        }
        let (Some(start), Some(end), Some(step)) = (time("start"), time("end"), time("step"))
        else {
            return bad("invalid parameter \"start\": cannot parse \"\" to a valid timestamp");
        };
        if end < start {
            return bad("invalid parameter \"end\": end timestamp must not be before start time");
        }
        if step <= 0.0 {
            return bad(
                "invalid parameter \"step\": zero or negative query resolution step widths \
                        are not accepted. Try a positive integer",
            );
        }
        if (end - start) / step > MAX_POINTS {
            return bad("exceeded maximum resolution of 11,000 points per timeseries. Try \
                        decreasing the query resolution (?step=XX)");
        }
        success(&over(&value, start, end, step))
    }
}

/// Parses a time in seconds since 1970, or a duration: `12.5`, `30s`, `5m`, or RFC 3339.
fn seconds(text: &str) -> Option<f64> {
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    let scaled = |unit: char, scale: f64| Some(number(text.strip_suffix(unit)?)? * scale);
    number(text)
        .or_else(|| scaled('s', 1.0))
        .or_else(|| scaled('m', 60.0))
        .or_else(|| scaled('h', 3600.0))
        .or_else(|| Some(text.parse::<jiff::Timestamp>().ok()?.as_duration().as_secs_f64()))
}

fn point(time: f64, value: f64) -> Value {
    json!([(time * 1000.0).round() / 1000.0, value.to_string()])
}

fn instant(value: &promql::Value, time: f64) -> Value {
    match value {
        promql::Value::Scalar(value) => {
            json!({"resultType": "scalar", "result": point(time, *value)})
        }
        promql::Value::Vector(samples) => {
            let result = samples
                .iter()
                .map(|sample| json!({"metric": sample.labels, "value": point(time, sample.value)}));
            json!({"resultType": "vector", "result": result.collect::<Vec<_>>()})
        }
    }
}

fn over(value: &promql::Value, start: f64, end: f64, step: f64) -> Value {
    let alone = [Sample { labels: Labels::new(), value: 0.0 }];
    let samples: &[Sample] = match value {
        promql::Value::Scalar(_) => &alone,
        promql::Value::Vector(samples) => samples,
    };
    let times = || {
        std::iter::successors(Some(start), |time| Some(time + step)).take_while(|time| *time <= end)
    };
    let result = samples.iter().map(|sample| {
        let value = match value {
            promql::Value::Scalar(value) => *value,
            promql::Value::Vector(_) => sample.value,
        };
        let values: Vec<Value> = times().map(|time| point(time, value)).collect();
        json!({"metric": sample.labels, "values": values})
    });
    json!({"resultType": "matrix", "result": result.collect::<Vec<_>>()})
}

/// The metrics of kube-state-metrics for the HPAs, and `up`.
fn series(hpas: &[Value]) -> Vec<Sample> {
    let mut series = Vec::new();
    let mut add = |labels: &[(&str, &str)], value: f64| {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        series.push(Sample { labels: labels.collect(), value });
    };
    for (job, instance) in
        [("prometheus", "localhost:9090"), ("kube-state-metrics", "kube-state-metrics:8080")]
    {
        add(&[("__name__", "up"), ("job", job), ("instance", instance)], 1.0);
    }
    for hpa in hpas {
        let text = |field: &str| hpa["metadata"][field].as_str().unwrap_or_default();
        let own = [
            ("namespace", text("namespace")),
            ("horizontalpodautoscaler", text("name")),
            ("job", "kube-state-metrics"),
            ("instance", "kube-state-metrics:8080"),
        ];
        let mut metric = |name: &str, more: &[(&str, &str)], value: f64| {
            let name = format!("kube_horizontalpodautoscaler_{name}");
            add(&[&[("__name__", name.as_str())], &own[..], more].concat(), value);
        };
        for (name, value) in [
            ("spec_max_replicas", &hpa["spec"]["maxReplicas"]),
            ("spec_min_replicas", &hpa["spec"]["minReplicas"]),
            ("status_current_replicas", &hpa["status"]["currentReplicas"]),
            ("status_desired_replicas", &hpa["status"]["desiredReplicas"]),
        ] {
            metric(name, &[], value.as_f64().unwrap_or(0.0));
        }
        for condition in hpa["status"]["conditions"].as_array().into_iter().flatten() {
            let kind = condition["type"].as_str().unwrap_or_default();
            let holds = condition["status"].as_str().unwrap_or_default();
            for status in ["true", "false", "unknown"] {
                let value = f64::from(u8::from(holds.eq_ignore_ascii_case(status)));
                metric("status_condition", &[("condition", kind), ("status", status)], value);
            }
        }
    }
    series
}

fn status() -> Value {
    json!({
        "cluster": {"name": "demo", "status": "ready", "peers": []},
        "config": {"original": "route:\n  receiver: default\nreceivers:\n- name: default\n"},
        "uptime": jiff::Timestamp::UNIX_EPOCH.to_string(),
        "versionInfo": {
            "branch": "HEAD",
            "buildDate": "20251101-00:00:00",
            "buildUser": "demo",
            "goVersion": "go1.25.3",
            "revision": "demo",
            "version": "0.29.0",
        },
    })
}

fn text(code: StatusCode, kind: &'static str, body: String) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(body)));
    *reply.status_mut() = code;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    reply
}

fn document(code: StatusCode, value: &Value) -> Reply {
    text(code, "application/json", value.to_string())
}

fn success(data: &Value) -> Reply {
    document(StatusCode::OK, &json!({"status": "success", "data": data}))
}

fn bad(error: &str) -> Reply {
    let body = json!({"status": "error", "errorType": "bad_data", "error": error});
    document(StatusCode::BAD_REQUEST, &body)
}
