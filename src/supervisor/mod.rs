//! The background process that holds port-forwards: leases and heartbeats, each forward as a
//! state machine, the relay that owns the local port, the kubectl child, the registry of
//! children, and the protocol by which clients ask. It knows nothing of HPAs.

pub mod client;
pub mod paths;
pub mod peer;
mod protocol;
pub mod reap;
pub mod registry;
pub mod socket;
pub mod start;

pub use protocol::{
    Environment, Event, ForwardState, ForwardStatus, LeaseKind, LeaseRequest, LeaseStatus,
    LocalPort, LogLine, PROTOCOL, Refusal, RefusalKind, Reply, Request, Spec, Story,
    SupervisorInfo,
};

pub use socket::failure;
