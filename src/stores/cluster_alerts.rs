//! The alerts of each cluster joined with the HPAs that they concern.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::alerts::{AlertsUnread, ReadAlerts};
use crate::alerts::{Belongs, ClusterLabels, Matches, Objects, cluster_labels, false_alarm};
use crate::check::judge_hpas;
use crate::collect::ClusterWorld;
use crate::findings::{Finding, Unknown};
use crate::hpa::Hpa;
use crate::kubectl::Failure;
use crate::prometheus::{Alert, Service};

/// Alerts that may be a cluster's or another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// How many would concern HPAs of the cluster.
    pub alerts: usize,
    /// Why this is not known, and what to do.
    pub why: String,
}

/// The alerts of the HPAs of one cluster.
#[derive(Debug)]
pub struct ClusterAlerts<'a> {
    /// The cluster with its HPAs.
    pub world: &'a ClusterWorld,
    /// What its server has.
    pub read: &'a Result<ReadAlerts, AlertsUnread>,
    /// What distinguishes its alerts from those of other clusters.
    pub labels: ClusterLabels,
    /// The alerts that concern its HPAs.
    pub matches: Matches<'a>,
    /// Alerts that may be another cluster's, and are in none of the matches.
    pub doubt: Option<Doubt>,
    /// Why it is not known of which Services alerts are, where that matters.
    pub services_unread: Option<String>,
    findings: HashMap<(&'a str, &'a str), Vec<Finding>>,
    /// Names of the server's alerts by their fingerprints, where one inhibits another.
    names: HashMap<&'a str, &'a str>,
}

impl ClusterAlerts<'_> {
    /// The name of the alert of the same server with this fingerprint.
    pub fn name_of(&self, fingerprint: &str) -> Option<&str> {
        self.names.get(fingerprint).copied().filter(|name| !name.is_empty())
    }

    /// Whether the alerts of the HPAs are known, and no other may concern them.
    pub fn is_certain(&self) -> bool {
        self.read.is_ok() && self.doubt.is_none() && self.services_unread.is_none()
    }

    /// The alerts of the server of which it is not known whether they concern more HPAs than they are matched with: they
    /// may be another cluster's, or not all objects by which alerts are matched could be read.
    pub fn undecided(&self) -> impl Iterator<Item = &Alert> {
        let is_whole = self.world.outcome.error.is_none() && self.services_unread.is_none();
        let alerts = self.read.as_ref().into_iter().flat_map(|read| read.alerts.iter());
        alerts.filter(move |alert| !is_whole || self.labels.of(alert) == Belongs::Unknown)
    }

    /// Why an alert of this HPA is a false alarm, if it is one.
    pub fn false_alarm(&self, alert: &Alert, hpa: &Hpa) -> Option<&'static str> {
        let findings = self.findings.get(&(hpa.namespace.as_str(), hpa.name.as_str()))?;
        false_alarm(alert, findings)
    }
}

fn objects<'a>(world: &'a ClusterWorld, services: &'a [Service], now: Timestamp) -> Objects<'a> {
    let subjects = world.world.subjects(now, &|_| Err(Unknown::NotRequested));
    let chosen = subjects.into_iter().filter(|subject| world.is_chosen(subject.hpa));
    let hpas = chosen.map(|subject| {
        let pods = subject.pods.map(|pods| pods.to_vec());
        (subject.hpa, pods.unwrap_or_default())
    });
    Objects::new(hpas, world.world.pods.iter().flatten(), services)
}

fn known(services: &Result<Arc<[Service]>, Failure>) -> &[Service] {
    services.as_deref().unwrap_or_default()
}

/// Whether a cluster's Services are needed to say which alerts concern its HPAs.
pub fn need_services(world: &ClusterWorld, read: &ReadAlerts, now: Timestamp) -> bool {
    objects(world, &[], now).needs_services(read.alerts.iter())
}

/// What was read for a cluster's alerts; none where it has no HPA that is asked for. Its Services are empty where no alert
/// needs them.
pub type Reads = Option<(Result<ReadAlerts, AlertsUnread>, Result<Arc<[Service]>, Failure>)>;

/// Joins the alerts of clusters with their HPAs. `reads` are in the order of `worlds`.
pub fn cluster_alerts<'a>(
    worlds: &'a [ClusterWorld],
    reads: &'a [Reads],
    now: Timestamp,
) -> Vec<ClusterAlerts<'a>> {
    let joined = worlds.iter().zip(reads);
    let joined: Vec<_> =
        joined.filter_map(|(world, reads)| Some((world, reads.as_ref()?))).collect();
    let all: Vec<Objects<'a>> =
        joined.iter().map(|(world, (_, services))| objects(world, known(services), now)).collect();
    let joined = joined.into_iter().zip(&all).enumerate().map(|(index, ((world, reads), own))| {
        let (read, services) = reads;
        let outcome = &world.outcome;
        let mut joined = ClusterAlerts {
            world,
            read,
            labels: ClusterLabels::default(),
            matches: Matches::default(),
            doubt: None,
            services_unread: None,
            findings: HashMap::new(),
            names: HashMap::new(),
        };
        let Ok(ReadAlerts { source, alerts, configured, .. }) = read else { return joined };
        let others: Vec<&Objects<'_>> =
            all.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, it)| it).collect();
        let names: [&str; 2] = [&outcome.name, &outcome.context];
        let labels = cluster_labels(alerts, source.server, configured, own, &others, &names);
        let labels_of = &labels;
        let that = |belongs| alerts.iter().filter(move |it| labels_of.of(it) == belongs);
        let doubtful = own.matches(that(Belongs::Unknown)).of_hpas;
        joined.matches = own.matches(that(Belongs::Here));
        if !doubtful.is_empty() {
            let why = labels.doubt(&outcome.name, doubtful.iter().map(|it| it.alert));
            joined.doubt = Some(Doubt { alerts: doubtful.len(), why });
        }
        // An alert of another cluster needs no Services of this one.
        joined.services_unread = services
            .as_ref()
            .err()
            .filter(|_| own.needs_services(that(Belongs::Here)))
            .map(|failure| format!("cannot read Services: {}", failure.message));
        joined.labels = labels;
        if alerts.iter().any(|it| !it.inhibited_by.is_empty()) {
            let by_fingerprint = |it: &'a Alert| Some((it.fingerprint.as_deref()?, it.name()));
            joined.names = alerts.iter().filter_map(by_fingerprint).collect();
        }
        if joined.matches.of_hpas.iter().any(|it| it.alert.name() == "KubeHpaMaxedOut") {
            let judged = judge_hpas(&world.world, now);
            let of = |it: crate::findings::Judged<'a>| {
                ((it.hpa.namespace.as_str(), it.hpa.name.as_str()), it.findings)
            };
            joined.findings = judged.into_iter().map(of).collect();
        }
        joined
    });
    joined.collect()
}
