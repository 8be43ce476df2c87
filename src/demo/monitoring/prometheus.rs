//! The HTTP API of Prometheus, as far as queries, series, labels, rules and alerts go.

use std::{collections::BTreeSet, sync::Arc};

use hyper::StatusCode;
use promql_parser::parser::{self, Expr};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{
    Monitoring, Question, Reply, answer, bad, failure, not_found, now, success, text, time,
};
use crate::demo::{
    api::Options,
    promql::{Error, Labels, MatchOp, Matcher, NAME, Query, Steps, Store},
    world::{Alert, Series, World},
};

pub(super) const VERSION: &str = "3.7.3";

/// The maximum number of points of a range, as in Prometheus.
const MAX_POINTS: i64 = 11_000;
/// The stack of a query: expressions may be nested as deep as they are long.
const STACK: usize = 256 << 20;
/// What matchers that select everything find is limited to this time.
const RECENT: i64 = 5 * 60 * 1000;

/// What is listed of series.
enum Listing {
    Series,
    Names,
    Values(String),
}

impl Monitoring {
    /// Answers a request for `/api/v1/…`.
    pub(super) async fn prometheus(self: &Arc<Self>, question: Question) -> Reply {
        let parameters = question.parameters();
        let path = question.path.trim_start_matches("/api/v1/");
        match path {
            "query" => self.in_thread(move |site| site.query(&parameters)).await,
            "query_range" => self.in_thread(move |site| site.query_range(&parameters)).await,
            "series" => {
                self.in_thread(move |site| site.series(&parameters, &Listing::Series)).await
            }
            "labels" => self.in_thread(move |site| site.series(&parameters, &Listing::Names)).await,
            "alerts" => success(&json!({"alerts": self.alerts()})),
            "rules" => success(&json!({"groups": self.groups()})),
            "status/buildinfo" => success(&json!({
                "version": VERSION,
                "revision": "demo",
                "branch": "HEAD",
                "buildUser": "demo",
                "buildDate": "20251101-00:00:00",
                "goVersion": "go1.25.3",
            })),
            _ => {
                let name = path.strip_prefix("label/").and_then(|it| it.strip_suffix("/values"));
                let Some(name) = name else { return not_found() };
                let listing = Listing::Values(name.to_owned());
                self.in_thread(move |site| site.series(&parameters, &listing)).await
            }
        }
    }

    /// Runs a query in a thread of its own, which has stack enough for every expression.
    async fn in_thread(
        self: &Arc<Self>,
        query: impl FnOnce(&Monitoring) -> Reply + Send + 'static,
    ) -> Reply {
        let busy = || failure(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "the server is busy");
        let Ok(permit) = Arc::clone(&self.queries).acquire_owned().await else { return busy() };
        let (sender, receiver) = oneshot::channel();
        let site = Arc::clone(self);
        let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || {
            // The client may have left.
            let _ = sender.send(query(&site));
            drop(permit);
        });
        match thread {
            Ok(_) => receiver.await.unwrap_or_else(|_| busy()),
            Err(_) => busy(),
        }
    }

    fn with_series(&self, ask: impl Fn(&dyn Store) -> Result<String, Error>) -> Reply {
        let now = now().div_euclid(1000);
        let answer = self.api.with_world(|world| ask(&Series::new(world, &self.courses, now)));
        let answer = answer.or_else(|| self.api.with_given(|series| ask(series)));
        match answer {
            Some(Ok(data)) => {
                let body = format!(r#"{{"status":"success","data":{data}}}"#);
                text(StatusCode::OK, "application/json", body)
            }
            Some(Err(Error::Bad(error))) => bad(&error),
            Some(Err(Error::Execution(error))) => {
                failure(StatusCode::UNPROCESSABLE_ENTITY, "execution", &error)
            }
            Some(Err(Error::Timeout)) => failure(
                StatusCode::SERVICE_UNAVAILABLE,
                "timeout",
                "query timed out in expression evaluation",
            ),
            None => not_found(),
        }
    }

    fn query(&self, parameters: &Options) -> Reply {
        let at = match parameters.get("time") {
            None => now(),
            Some(text) => match milliseconds(text) {
                Some(at) => at,
                None => return bad_time("time", text),
            },
        };
        let query = parameters.get("query").unwrap_or_default();
        self.with_series(|store| Ok(answer::instant(Query::parse(query)?.at(store, at)?, at)))
    }

    fn query_range(&self, parameters: &Options) -> Reply {
        let mut times = [0; 2];
        for (place, name) in times.iter_mut().zip(["start", "end"]) {
            let text = parameters.get(name).unwrap_or_default();
            match milliseconds(text) {
                Some(at) => *place = at,
                None => return bad_time(name, text),
            }
        }
        let [start, end] = times;
        if end < start {
            return bad("invalid parameter \"end\": end timestamp must not be before start time");
        }
        let text = parameters.get("step").unwrap_or_default();
        let Some(step) = duration(text) else {
            return bad(&format!(
                "invalid parameter \"step\": cannot parse {text:?} to a valid duration"
            ));
        };
        if step <= 0 {
            return bad(
                "invalid parameter \"step\": zero or negative query resolution step widths are \
                 not accepted. Try a positive integer",
            );
        }
        if (end - start) / step > MAX_POINTS {
            return bad("exceeded maximum resolution of 11,000 points per timeseries. Try \
                        decreasing the query resolution (?step=XX)");
        }
        let count = usize::try_from((end - start) / step + 1).unwrap_or(1);
        let steps = Steps { start, step, count };
        let query = parameters.get("query").unwrap_or_default();
        self.with_series(|store| Ok(answer::over(Query::parse(query)?.over(store, steps)?, steps)))
    }

    /// Series, the names of labels, or the values of one.
    fn series(&self, parameters: &Options, listing: &Listing) -> Reply {
        let selectors: Vec<&str> = parameters.all("match[]").collect();
        if selectors.is_empty() && matches!(listing, Listing::Series) {
            return bad("no match[] parameter provided");
        }
        let end = parameters.get("end").and_then(milliseconds).unwrap_or_else(now);
        let start = parameters.get("start").and_then(milliseconds).unwrap_or(end - RECENT);
        let mut all: Vec<Vec<Matcher>> = Vec::new();
        for selector in selectors {
            let parsed = Query::parse(selector)
                .err()
                .map_or_else(|| parser::parse(selector), |_| Err("parse error".to_owned()));
            let Ok(Expr::VectorSelector(selector)) = parsed else {
                return bad(&format!("invalid parameter \"match[]\": {selector:?} is no selector"));
            };
            let mut matchers = selector.matchers.matchers;
            let name = selector.name.iter();
            matchers.extend(name.map(|name| Matcher::new(MatchOp::Equal, NAME, name)));
            all.push(matchers);
        }
        if all.is_empty() {
            all.push(Vec::new());
        }
        self.with_series(|store| {
            let found = all.iter().flat_map(|matchers| store.select(matchers, start, end));
            let labels: BTreeSet<Labels> = found
                .filter(|series| {
                    let mut samples = Vec::new();
                    series.samples.within(start.max(end - RECENT), end, &mut samples);
                    !samples.is_empty()
                        || series.samples.latest(start - RECENT, start).is_some()
                        || !matches!(listing, Listing::Series)
                })
                .map(|series| series.labels)
                .collect();
            Ok(match listing {
                Listing::Series => json!(labels.iter().map(answer::labels).collect::<Vec<_>>()),
                Listing::Names => {
                    let names = labels.iter().flat_map(|all| all.iter().map(|(name, _)| name));
                    json!(names.collect::<BTreeSet<_>>())
                }
                Listing::Values(name) => {
                    let values = labels.iter().map(|all| all.get(name));
                    json!(values.filter(|it| !it.is_empty()).collect::<BTreeSet<_>>())
                }
            }
            .to_string())
        })
    }

    /// The alerts that fire and those that are pending.
    fn alerts(&self) -> Vec<Value> {
        let now = now();
        let alerts = self.api.with_world(World::alerts).unwrap_or_default();
        alerts.iter().map(|alert| one(alert, now)).collect()
    }

    /// The rules, each with its alerts.
    fn groups(&self) -> Vec<Value> {
        let now = now();
        let alerts = self.api.with_world(World::alerts).unwrap_or_default();
        let name = |alert: &Alert| alert.labels.get("alertname").cloned().unwrap_or_default();
        let names: BTreeSet<String> = alerts.iter().map(name).collect();
        let rules = names.into_iter().map(|rule| {
            let own: Vec<&Alert> = alerts.iter().filter(|alert| name(alert) == rule).collect();
            let is_firing = own.iter().any(|alert| alert.fires_at() * 1000 <= now);
            let first = own.first();
            json!({
                "state": if is_firing { "firing" } else { "pending" },
                "name": rule,
                "query": format!("ALERTS{{alertname=\"{rule}\"}}"),
                "duration": first.map_or(0, |alert| alert.after),
                "labels": {"severity": first.and_then(|alert| alert.labels.get("severity"))},
                "annotations": first.map(|alert| &alert.annotations),
                "alerts": own.iter().map(|alert| one(alert, now)).collect::<Vec<_>>(),
                "health": "ok",
                "evaluationTime": 0.001,
                "lastEvaluation": time(now - 12_000),
                "type": "alerting",
            })
        });
        vec![json!({
            "name": "kubernetes-apps",
            "file": "/etc/prometheus/rules/kubernetes-apps.yaml",
            "rules": rules.collect::<Vec<_>>(),
            "interval": 30,
            "evaluationTime": 0.004,
            "lastEvaluation": time(now - 12_000),
        })]
    }
}

fn one(alert: &Alert, now: i64) -> Value {
    json!({
        "labels": alert.labels,
        "annotations": alert.annotations,
        "state": if alert.fires_at() * 1000 <= now { "firing" } else { "pending" },
        "activeAt": time(alert.active_at * 1000),
        "value": "1e+00",
    })
}

fn bad_time(name: &str, text: &str) -> Reply {
    bad(&format!("invalid parameter {name:?}: cannot parse {text:?} to a valid timestamp"))
}

/// Parses a time in seconds since 1970, or in RFC 3339, to milliseconds.
fn milliseconds(text: &str) -> Option<i64> {
    let number = text.parse::<f64>().ok().and_then(thousandths);
    number.or_else(|| Some(text.parse::<jiff::Timestamp>().ok()?.as_millisecond()))
}

/// Parses a duration in seconds, or as Prometheus writes it (`1h30m`), to milliseconds.
fn duration(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse::<f64>() {
        return thousandths(number);
    }
    let duration = promql_parser::util::parse_duration(text).ok()?;
    i64::try_from(duration.as_millis()).ok()
}

fn thousandths(seconds: f64) -> Option<i64> {
    let limit = 1e12;
    #[expect(clippy::cast_possible_truncation, reason = "bounded")]
    (seconds.abs() < limit).then(|| (seconds * 1000.0).round() as i64)
}
