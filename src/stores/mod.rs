//! A cluster's Prometheus for the time of one command: at a URL, by a forward that is held for that time, or by the API
//! server's proxy; with the labels that were learnt from a pod of the cluster.

mod learn;
mod open;
mod proxy;
mod report;
mod token;

pub use learn::{Learnt, known_pod, learn};
pub use open::{Opener, Store, StoreError, StoreOrigin};
pub use report::{Examined, StoreReport};
pub use token::{TokenCommand, TokenFile};
