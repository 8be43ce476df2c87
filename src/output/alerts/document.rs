//! Alerts in JSON and CSV.

use std::borrow::Cow;
use std::collections::BTreeMap;

use anyhow::Result;
use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::table::{Line, lines, matched_by, note, scope, source, summary};
use super::{Row, Rows, state};
use crate::alerts::Server;
use crate::kubectl::Outcome;
use crate::stores::ClusterAlerts;
use crate::term::time::whole_seconds;
use crate::term::{csv as csv_text, json};

/// The document of `watchdog alerts`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertDocument<'a> {
    schema_version: &'static str,
    kind: &'static str,
    taken_at: Timestamp,
    clusters: &'a [Outcome],
    sources: Vec<AlertOrigin<'a>>,
    alerts: Vec<AlertItem<'a>>,
}

/// Where a cluster's alerts come from.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AlertOrigin<'a> {
    cluster: &'a str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    /// `Alertmanager` or `Prometheus`.
    pub(super) server: Option<&'static str>,
    pub(super) source: Option<String>,
    /// Whether the server has alerts of several clusters.
    shared: Option<bool>,
    /// The labels that tell the cluster's alerts.
    cluster_labels: &'a BTreeMap<String, String>,
    /// How many alerts the server has.
    alerts: Option<usize>,
    /// Alerts of HPAs that may be of this cluster or of another one.
    unknown_cluster: Option<usize>,
    pub(super) warnings: Vec<String>,
}

impl<'a> AlertOrigin<'a> {
    pub(super) fn new(of: &'a ClusterAlerts<'a>) -> Self {
        let read = of.read.as_ref();
        let doubt = of.doubt.as_ref();
        let mut warnings = read.map(|read| read.failed.clone()).unwrap_or_default();
        warnings.extend(doubt.map(|doubt| doubt.why.clone()));
        warnings.extend(of.services_unread.clone());
        Self {
            cluster: &of.world.outcome.name,
            outcome: if read.is_ok() { "ok" } else { "error" },
            error: read.err().map(ToString::to_string),
            server: read.ok().map(|read| read.source.kind.name()),
            source: read.ok().map(|read| read.source.origin.to_string()),
            shared: read.ok().map(|read| read.source.server == Server::Shared),
            cluster_labels: &of.labels.labels,
            alerts: read.ok().map(|read| read.alerts.len()),
            unknown_cluster: read.ok().map(|_| doubt.map_or(0, |doubt| doubt.alerts)),
            warnings,
        }
    }
}

/// An alert in JSON.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AlertItem<'a> {
    cluster: &'a str,
    context: &'a str,
    /// `hpa`, `namespace` or `node`.
    scope: &'static str,
    /// The HPAs' namespace; null for a node.
    namespace: Option<&'a str>,
    hpas: Vec<&'a str>,
    matched_by: By<'a>,
    alertname: &'a str,
    severity: Option<&'a str>,
    state: &'static str,
    starts_at: Option<Timestamp>,
    /// Why it is a false alarm.
    false_alarm: Option<&'static str>,
    labels: &'a BTreeMap<String, String>,
    annotations: &'a BTreeMap<String, String>,
    silenced_by: &'a [String],
    inhibited_by: &'a [String],
    #[serde(rename = "generatorURL")]
    generator_url: Option<&'a str>,
    fingerprint: Option<&'a str>,
}

#[derive(Clone, Debug, Serialize)]
struct By<'a> {
    by: &'static str,
    #[serde(serialize_with = "pairs")]
    labels: &'a [(String, String)],
}

fn pairs<S: Serializer>(labels: &&[(String, String)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(labels.iter().map(|(name, value)| (name, value)))
}

impl<'a> AlertItem<'a> {
    pub(super) fn new(row: &Row<'a>) -> Self {
        let (matched, alert) = (row.matched, row.alert());
        let severity = row.label("severity");
        let first = matched.hpas.first();
        let scope = scope(row);
        Self {
            cluster: &row.of.world.outcome.name,
            context: &row.of.world.outcome.context,
            scope,
            namespace: first.filter(|_| scope != "node").map(|hpa| hpa.namespace.as_str()),
            hpas: matched.hpas.iter().map(|hpa| hpa.name.as_str()).collect(),
            matched_by: By { by: matched.by.place.name(), labels: &matched.by.labels },
            alertname: alert.name(),
            severity: (!severity.is_empty()).then_some(severity),
            state: state(alert).name(),
            starts_at: alert.starts_at.map(whole_seconds),
            false_alarm: first.and_then(|hpa| row.false_alarm(hpa)),
            labels: &alert.labels,
            annotations: &alert.annotations,
            silenced_by: &alert.silenced_by,
            inhibited_by: &alert.inhibited_by,
            generator_url: alert.generator_url.as_deref(),
            fingerprint: alert.fingerprint.as_deref(),
        }
    }
}

impl<'a> AlertDocument<'a> {
    /// The alerts of these clusters.
    pub fn new(
        clusters: &'a [Outcome],
        of: &'a [ClusterAlerts<'a>],
        rows: &Rows<'a>,
        now: Timestamp,
    ) -> Self {
        Self {
            schema_version: json::SCHEMA_VERSION,
            kind: "AlertList",
            taken_at: whole_seconds(now),
            clusters,
            sources: of.iter().map(AlertOrigin::new).collect(),
            alerts: rows.all().map(AlertItem::new).collect(),
        }
    }
}

/// One JSON object a line.
pub fn jsonl(rows: &Rows<'_>) -> Result<Vec<u8>> {
    let mut lines = Vec::new();
    for row in rows.all() {
        lines.extend(json::line(&AlertItem::new(row))?);
    }
    Ok(lines)
}

const CSV_HEADER: [&str; 16] = [
    "cluster",
    "context",
    "namespace",
    "hpa",
    "node",
    "scope",
    "alertname",
    "severity",
    "state",
    "startsAt",
    "matchedBy",
    "matchedLabels",
    "note",
    "summary",
    "fingerprint",
    "source",
];

/// Comma-separated values, a line for each alert of an HPA, a namespace or a node.
pub fn csv(rows: &Rows<'_>, no_headers: bool) -> Result<Vec<u8>> {
    let row = |Line { row, hpa, namespace, node }: Line<'_, '_>| {
        let item = AlertItem::new(row);
        let starts_at = item.starts_at.map(|at| at.to_string()).unwrap_or_default();
        let cells = [
            item.cluster.to_owned(),
            item.context.to_owned(),
            namespace.unwrap_or_default().to_owned(),
            hpa.map(|hpa| hpa.name.clone()).unwrap_or_default(),
            node.unwrap_or_default().to_owned(),
            item.scope.to_owned(),
            item.alertname.to_owned(),
            item.severity.unwrap_or_default().to_owned(),
            item.state.to_owned(),
            starts_at,
            row.matched.by.place.name().to_owned(),
            matched_by(row),
            hpa.map(|hpa| note(row, hpa)).unwrap_or_default(),
            summary(row).to_owned(),
            item.fingerprint.unwrap_or_default().to_owned(),
            source(row),
        ];
        cells.into_iter().map(Cow::Owned)
    };
    csv_text::document(if no_headers { &[] } else { &CSV_HEADER }, lines(rows).into_iter().map(row))
}
