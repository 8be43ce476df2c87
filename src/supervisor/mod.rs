//! The background process that holds port-forwards: leases and heartbeats, each forward as a
//! state machine, the relay that owns the local port, the kubectl child, the registry of
//! children, and the protocol by which clients ask. It knows nothing of HPAs.

mod client;
mod paths;
mod peer;
mod protocol;
mod start;

pub use client::{Client, ClientError, ClientSender};
pub use paths::Paths;
pub use protocol::{
    Environment, Event, ForwardState, ForwardStatus, LeaseKind, LeaseRequest, LeaseStatus,
    LocalPort, LogLine, PROTOCOL, Refusal, RefusalKind, Reply, Request, Spec, Story,
    SupervisorInfo,
};
pub use start::{connect_or_start, reap, serve};
