//! Kubernetes objects as an API server or kubectl writes them, parsed tolerantly: lists and single
//! objects, fields common to all kinds, workloads, pods, and the policies that limit them.
//!
//! Pure functions: no I/O and no clock; where the time matters it is passed in.

pub(crate) mod api;
mod condition;
mod containers;
mod event;
mod interned;
pub(crate) mod json;
mod managed;
pub(crate) mod owner;
mod pod_metrics;
mod pods;
mod policies;
mod quantity;
pub(crate) mod read;
mod reference;
mod resize;
mod scale;
mod selector;
mod workload;

pub use condition::Condition;
pub use containers::{Container, Resources};
pub use event::Event;
pub use interned::InternedStr;
pub use managed::{ReplicasOwners, ReplicasWriter};
pub use owner::Owner;
pub use pod_metrics::{ContainerMetrics, PodMetrics};
pub use pods::{LastTermination, Pod, PodSummary, owned_by, summarize};
pub use policies::{Amount, DisruptionBudget, Quota, ScaledObject, VerticalAutoscaler};
pub use quantity::{Quantity, QuantityError};
pub use read::ParseError;
pub use reference::ObjectRef;
pub use resize::{PendingRequest, Resize};
pub use scale::Scale;
pub use selector::Selector;
pub use workload::{Replicas, Workload};
