//! The HTTP API of Alertmanager: its alerts, those that were posted to it, and its status.

use std::collections::BTreeMap;

use hyper::{Method, StatusCode};
use promql_parser::{
    label::Matcher,
    parser::{self, Expr},
};
use serde_json::{Value, json};

use super::{Monitoring, Question, Reply, document, not_found, now, text, time};
use crate::demo::{
    api::Options,
    cluster::lock,
    world::{Alert, Handling, World, fingerprint},
};

/// How long an alert without an end lasts, in milliseconds.
const RESOLVE_TIMEOUT: i64 = 5 * 60 * 1000;
/// The maximum number of posted alerts that are held.
const MAX_POSTED: usize = 10_000;
/// The id of the one silence.
const SILENCE: &str = "6e1b5c1c-3c8e-4c55-9b0c-3f6c7a7f2d10";

/// An alert that was posted.
#[derive(Debug, Clone)]
pub(super) struct Posted {
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    generator: String,
    starts_at: i64,
    ends_at: i64,
    updated_at: i64,
}

impl Monitoring {
    /// Answers a request for `/api/v2/…`.
    pub(super) fn alertmanager(&self, question: &Question) -> Reply {
        match (&question.method, question.path.trim_start_matches("/api/v2/")) {
            (&Method::POST, "alerts") => self.post(question),
            (&Method::GET, "alerts") => self.list(&Options::parse(&question.query)),
            (&Method::GET, "status") => document(&status()),
            (&Method::GET, "receivers") => document(&json!([{"name": "default"}])),
            (&Method::GET, "silences") => document(&json!([silence(now())])),
            (_, "alerts" | "status" | "receivers" | "silences") => text(
                StatusCode::METHOD_NOT_ALLOWED,
                "application/json",
                json!({"code": 405, "message": "method not allowed"}).to_string(),
            ),
            _ => not_found(),
        }
    }

    fn list(&self, parameters: &Options) -> Reply {
        let mut matchers: Vec<Matcher> = Vec::new();
        for filter in parameters.all("filter") {
            let inner = filter.trim().trim_start_matches('{').trim_end_matches('}');
            // A value without quotes is allowed.
            let found = parser::parse(&format!("x{{{inner}}}"))
                .or_else(|_| parser::parse(&format!("x{{{}}}", quoted(inner))));
            let Ok(Expr::VectorSelector(selector)) = found else {
                let why = format!("bad matcher format: {filter}");
                return text(StatusCode::BAD_REQUEST, "application/json", json!(why).to_string());
            };
            matchers.extend(selector.matchers.matchers);
        }
        let shows = |name: &str| parameters.get(name).is_none_or(|value| value != "false");
        let now = now();
        let world = self.api.with_world(World::alerts).unwrap_or_default();
        let firing = world.into_iter().filter(|alert| alert.fires_at() * 1000 <= now);
        let firing = firing.map(|alert| {
            let is_shown = match alert.handling {
                Handling::Active => shows("active"),
                Handling::Silenced => shows("silenced"),
                Handling::Inhibited => shows("inhibited"),
            };
            (alert.labels.clone(), is_shown, one(&alert, now))
        });
        let posted: Vec<Posted> = {
            let mut posted = lock(&self.posted);
            posted.retain(|_, alert| alert.ends_at > now);
            posted.values().cloned().collect()
        };
        let posted = posted
            .into_iter()
            .map(|alert| (alert.labels.clone(), shows("active"), of_posted(&alert)));
        let is_asked = |labels: &BTreeMap<String, String>| {
            let value = |name: &str| labels.get(name).map_or("", String::as_str);
            matchers.iter().all(|matcher| matcher.is_match(value(&matcher.name)))
        };
        let all = firing.chain(posted);
        let all = all.filter(|(labels, is_shown, _)| *is_shown && is_asked(labels));
        document(&json!(all.map(|(.., alert)| alert).collect::<Vec<_>>()))
    }

    fn post(&self, question: &Question) -> Reply {
        let bad =
            |why: &str| text(StatusCode::BAD_REQUEST, "application/json", json!(why).to_string());
        let Ok(Value::Array(alerts)) = serde_json::from_slice(&question.body) else {
            return bad("the body is no array of alerts");
        };
        let now = now();
        let mut posted = lock(&self.posted);
        posted.retain(|_, alert| alert.ends_at > now);
        for alert in alerts {
            let Some(labels) = texts(&alert["labels"]).filter(|labels| !labels.is_empty()) else {
                return bad("at least one label pair required");
            };
            let Some(annotations) = texts(&alert["annotations"]) else {
                return bad("annotations are no object of strings");
            };
            let at = |field: &str| match &alert[field] {
                Value::Null => Some(None),
                Value::String(text) => {
                    Some(Some(text.parse::<jiff::Timestamp>().ok()?.as_millisecond()))
                }
                _ => None,
            };
            let (Some(starts_at), Some(ends_at)) = (at("startsAt"), at("endsAt")) else {
                return bad("a time is not in RFC 3339");
            };
            if starts_at.zip(ends_at).is_some_and(|(start, end)| end < start) {
                return bad("start time must be before end time");
            }
            let key = fingerprint(&labels);
            // An alert that is sent again goes on.
            let began = posted.get(&key).map(|alert| alert.starts_at);
            if posted.len() >= MAX_POSTED && began.is_none() {
                return bad("too many alerts");
            }
            let starts_at = starts_at.into_iter().chain(began).min().unwrap_or(now);
            let generator = alert["generatorURL"].as_str().unwrap_or_default().to_owned();
            let ends_at = ends_at.unwrap_or(now + RESOLVE_TIMEOUT);
            let alert =
                Posted { labels, annotations, generator, starts_at, ends_at, updated_at: now };
            posted.insert(key, alert);
        }
        text(StatusCode::OK, "application/json", String::new())
    }
}

/// An object of strings; an absent one is empty.
fn texts(value: &Value) -> Option<BTreeMap<String, String>> {
    match value {
        Value::Null => Some(BTreeMap::new()),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect(),
        _ => None,
    }
}

/// A matcher with its value in quotes.
fn quoted(matcher: &str) -> String {
    let operators = ["!=", "=~", "!~", "="];
    let found = operators.into_iter().find_map(|it| Some((it, matcher.split_once(it)?)));
    match found {
        Some((operator, (name, value))) => format!("{name}{operator}{}", json!(value.trim())),
        None => matcher.to_owned(),
    }
}

fn one(alert: &Alert, now: i64) -> Value {
    let state = if alert.handling == Handling::Active { "active" } else { "suppressed" };
    let silenced: &[&str] = if alert.handling == Handling::Silenced { &[SILENCE] } else { &[] };
    let mut inhibited = Vec::new();
    if alert.handling == Handling::Inhibited {
        inhibited.push(format!("{:016x}", 0x05ee_d0f1_7a6e_b3c4_u64));
    }
    json!({
        "annotations": alert.annotations,
        "endsAt": time(now + 4 * 60 * 1000),
        "fingerprint": alert.fingerprint(),
        "receivers": [{"name": "default"}],
        "startsAt": time(alert.fires_at() * 1000),
        "status": {
            "inhibitedBy": inhibited,
            "mutedBy": [],
            "silencedBy": silenced,
            "state": state,
        },
        "updatedAt": time(now - 20_000),
        "generatorURL": "http://prometheus-server.monitoring:9090/graph?g0.expr=1",
        "labels": alert.labels,
    })
}

fn of_posted(alert: &Posted) -> Value {
    json!({
        "annotations": alert.annotations,
        "endsAt": time(alert.ends_at),
        "fingerprint": fingerprint(&alert.labels),
        "receivers": [{"name": "default"}],
        "startsAt": time(alert.starts_at),
        "status": {"inhibitedBy": [], "mutedBy": [], "silencedBy": [], "state": "active"},
        "updatedAt": time(alert.updated_at),
        "generatorURL": alert.generator,
        "labels": alert.labels,
    })
}

fn silence(now: i64) -> Value {
    json!({
        "id": SILENCE,
        "status": {"state": "active"},
        "comment": "known: the image is being rebuilt",
        "createdBy": "on call",
        "startsAt": time(now - 20 * 60 * 1000),
        "endsAt": time(now + 3 * 3600 * 1000),
        "updatedAt": time(now - 20 * 60 * 1000),
        "matchers": [{
            "name": "alertname",
            "value": "KubeDeploymentRolloutStuck",
            "isRegex": false,
            "isEqual": true,
        }],
    })
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
