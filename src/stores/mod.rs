//! A cluster's Prometheus or Alertmanager for the time of one command: at a URL, by a forward that is held for that time, or by the API
//! server's proxy; with the labels that were learnt from a pod of the cluster.

mod alerts;
mod cluster_alerts;
mod course;
mod doubts;
#[cfg(test)]
pub(crate) mod fixtures;
mod learn;
mod load;
mod open;
mod past;
mod proxy;
mod ready;
mod report;
mod services;
mod token;

pub use alerts::{AlertReader, AlertReading, AlertSource, AlertsUnread, ReadAlerts, ServerKind};
pub use cluster_alerts::{ClusterAlerts, Doubt, Reads, cluster_alerts, need_services};
pub use course::{ClusterCourses, HpaPast, MetricLines, summary, whole};
pub use learn::{Learnt, known_pod, learn};
pub use load::RecordedLoad;
pub use open::{Opener, Store, StoreError, StoreOrigin, Turns, transport};
pub use past::{ClusterPast, HpaQuery, Namespace, PastParts, PastQuery, grid};
pub use ready::{Ready, each};
pub use report::{Examined, StoreReport};
pub use services::ClusterServices;
pub use token::{TokenCommand, TokenCommands, TokenFile};
