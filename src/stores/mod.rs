//! A cluster's Prometheus or Alertmanager for the time of one command: at a URL, by a forward that is held for that time, or by the API
//! server's proxy; with the labels that were learnt from a pod of the cluster.

mod alerts;
mod cluster_alerts;
mod learn;
mod open;
mod proxy;
mod report;
mod token;

pub use alerts::{AlertReader, AlertSource, AlertsUnread, ReadAlerts, ServerKind};
pub use cluster_alerts::{ClusterAlerts, Doubt, Reads, cluster_alerts, need_services};
pub use learn::{Learnt, known_pod, learn};
pub use open::{Opener, Store, StoreError, StoreOrigin};
pub use report::{Examined, StoreReport};
pub use token::{TokenCommand, TokenFile};
