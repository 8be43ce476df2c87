//! Findings sent to an Alertmanager: by `monitor`, and by `hpa check --alertmanager`.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::time::Duration;

use jiff::Timestamp;

use super::error::CommandError;
use super::setup::Setup;
use crate::alerts::Outgoing;
use crate::check::Report;
use crate::config::{Access, Scope};
use crate::findings::Severity;
use crate::history;
use crate::kubectl::Cluster;
use crate::prometheus::{HttpTransport, Limits};
use crate::session::{AlertingPlan, post_alerts};
use crate::stores::transport;
use crate::term::Messages;

/// How long a member may take for one request.
const WITHIN: Duration = Duration::from_secs(10);

/// Where a session sends its findings; none unless it is configured. `what` tells sessions apart that watch different
/// HPAs or findings.
pub(super) fn plan(
    setup: &Setup,
    clusters: &[Cluster],
    scope: &Scope,
    what: &str,
) -> Result<Option<AlertingPlan>, CommandError> {
    let config = &setup.config.monitoring.alertmanager;
    if !config.send {
        return Ok(None);
    }
    if config.url.is_empty() {
        let text = "monitoring.alertmanager: send is true, and there is no url to send to";
        return Err(CommandError::failed(text));
    }
    let members = members(setup, &config.url)
        .map_err(|why| CommandError::failed(format!("monitoring.alertmanager: {why}")))?;
    let mut hasher = DefaultHasher::new();
    (&config.url, format!("{scope:?}"), what).hash(&mut hasher);
    let database = history::path(None, &history::Env::current()).map_err(CommandError::failed)?;
    let outbox = database.with_file_name(format!("alerts-{:016x}.json", hasher.finish()));
    let clusters = clusters.iter().map(|cluster| {
        let names: [&str; 3] = [&cluster.name, &cluster.context, &cluster.entry];
        (cluster.name.to_string(), labels(setup, &names))
    });
    Ok(Some(AlertingPlan { members, outbox, clusters: clusters.collect() }))
}

/// The members of a set. What the configuration says is sent only to a URL of the configuration.
fn members(setup: &Setup, urls: &[String]) -> Result<Vec<HttpTransport>, String> {
    let config = &setup.config.monitoring.alertmanager;
    let limits = Limits { within: WITHIN, ..Limits::default() };
    let member = |url: &String| {
        let access = if config.url.contains(url) { config.access() } else { Access::default() };
        transport(url, &access, limits)
    };
    urls.iter().map(member).collect()
}

/// The labels of a cluster's alerts: those that the configuration says, and always `cluster`.
fn labels(setup: &Setup, names: &[&str]) -> BTreeMap<String, String> {
    let monitoring = &setup.config.monitoring;
    let mut labels = monitoring.alertmanager.store(names).store.labels;
    if labels.is_empty() {
        labels = monitoring.prometheus.store(names).labels;
    }
    let name = names.first().copied().unwrap_or_default();
    labels.entry("cluster".to_owned()).or_insert_with(|| name.to_owned());
    labels
}

/// The members that `--alertmanager` names, before anything is read.
pub(super) fn given(setup: &Setup, urls: &[String]) -> Result<Vec<HttpTransport>, CommandError> {
    members(setup, urls).map_err(|why| CommandError::usage(format!("--alertmanager: {why}")))
}

/// Sends the errors and warnings of a report, which fire until they are sent again, at most for `fires_for`. Returns
/// whether all members have them.
pub(super) async fn send(
    setup: &Setup,
    members: &[HttpTransport],
    report: &Report<'_>,
    fires_for: Duration,
) -> bool {
    if members.is_empty() {
        return true;
    }
    let now = Timestamp::now();
    let ends_at = now.checked_add(fires_for).unwrap_or(Timestamp::MAX);
    let mut alerts = Vec::new();
    for judged in report.hpas() {
        let hpa = judged.hpa;
        let labels = labels(setup, &[&hpa.cluster, &hpa.context]);
        let findings = judged.findings.iter().filter(|it| it.severity >= Severity::Warning);
        alerts.extend(
            findings.map(|it| Outgoing::of_finding(it, Some(&hpa.target), &labels, now, ends_at)),
        );
    }
    for outcome in report.outcomes() {
        if let Some(error) = &outcome.error {
            let labels = labels(setup, &[&outcome.name, &outcome.context]);
            let (name, why) = (&*outcome.name, &*error.message);
            alerts.push(Outgoing::of_unreadable(name, why, &labels, now, ends_at));
        }
    }
    if alerts.is_empty() {
        setup.messages.note("no alerts were sent: there are no errors or warnings");
        return true;
    }
    report_sent(setup.messages, alerts.len(), post_alerts(members, &alerts).await)
}

/// Reports which members have so many alerts, and which do not; returns whether all have them.
fn report_sent(messages: Messages, count: usize, sent: Vec<(String, Result<(), String>)>) -> bool {
    let mut all = true;
    let alerts = if count == 1 { "1 alert".to_owned() } else { format!("{count} alerts") };
    for (member, sent) in sent {
        match sent {
            Ok(()) => messages.note(&format!("sent {alerts} to {member}")),
            Err(why) => {
                messages.error(&format!("alerts could not be sent to {member}: {why}"));
                all = false;
            }
        }
    }
    all
}
