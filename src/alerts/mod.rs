//! Which alerts concern an HPA: by the labels of the alerts and the objects of the cluster's API, never by how names
//! begin; and which of the alerts of a server for several clusters are one cluster's.
//!
//! Pure functions: no I/O and no clock. What cannot be known is said, and not guessed.

mod about;
mod cluster;
mod false_alarm;
#[cfg(test)]
pub(crate) mod fixtures;
mod matching;
mod outbox;
mod outgoing;
mod rules;

pub use cluster::{Belongs, ClusterLabels, Server, cluster_labels};
pub use false_alarm::false_alarm;
pub use matching::{AlertMatch, MatchedBy, Matches, Objects, Place};
pub use outbox::{ClusterState, LastScan, Outbox, PresentFinding, RESEND};
pub use outgoing::{Outgoing, UNREADABLE};
pub use rules::{PrometheusRule, prometheus_rules, rules_file, rules_object};
