//! Findings sent to an Alertmanager: by `monitor`, and by `hpa check --alertmanager`.

use std::collections::{BTreeMap, BTreeSet};
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
    what: &[String],
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
    let database = history::path(None, &history::Env::current()).map_err(CommandError::failed)?;
    let names = clusters.iter().map(|cluster| &*cluster.name);
    let name = outbox_name(&config.url, names, scope, what).map_err(CommandError::failed)?;
    let outbox = database.with_file_name(name);
    let clusters = clusters.iter().map(|cluster| {
        let names: [&str; 3] = [&cluster.name, &cluster.context, &cluster.entry];
        (cluster.name.to_string(), labels(setup, &names))
    });
    Ok(Some(AlertingPlan { members, outbox, clusters: clusters.collect() }))
}

/// The name of a session's file: another for each set of members, clusters, scope and `what`, and the same after an
/// update of watchdog.
fn outbox_name<'a>(
    urls: &[String],
    clusters: impl Iterator<Item = &'a str>,
    scope: &Scope,
    what: &[String],
) -> Result<String, serde_json::Error> {
    // The order of a kubeconfig means nothing.
    let clusters: BTreeSet<&str> = clusters.collect();
    let hash = sha1_smol::Sha1::from(serde_json::to_vec(&(urls, clusters, scope, what))?);
    let hash = hash.digest().to_string();
    Ok(format!("alerts-{hash:.16}.json"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Pattern;

    #[test]
    fn a_file_is_that_of_a_scope_in_every_version() {
        let urls = ["http://am-0:9093".to_owned()];
        let name = |clusters: &[&str], scope: &Scope, what: &[&str]| {
            let what: Vec<String> = what.iter().map(|it| (*it).to_owned()).collect();
            outbox_name(&urls, clusters.iter().copied(), scope, &what).unwrap()
        };
        let all = Scope::default();
        let both = name(&["eu", "us"], &all, &[]);
        assert_eq!(both, "alerts-f1ab3b7f859beb5d.json");
        assert_eq!(both, name(&["us", "eu"], &all, &[]));
        let shop = Scope::only(vec![Pattern::parse("shop").unwrap()]);
        let others = [
            name(&["eu"], &all, &[]),
            name(&["eu", "us"], &shop, &[]),
            name(&["eu", "us"], &all, &["low-min"]),
        ];
        assert!(others.iter().all(|it| *it != both), "{others:?}");
    }
}
