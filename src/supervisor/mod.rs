//! The background process that holds port-forwards: leases and heartbeats, each forward as a state
//! machine, the relay that owns the local port, the kubectl child, the registry of children, and
//! the protocol for clients. It knows nothing of HPAs.
//!
//! One task owns all state (`actor`); connections, children and relays send it messages. Everything
//! runs on one thread, which also starts kubectl: the kernel's parent-death signal is bound to the
//! thread that started the child.

mod actor;
// Not behind a feature: the benches would need a second build of the library, which takes minutes.
#[doc(hidden)]
pub mod bench;
mod child;
mod client;
mod descriptors;
mod forward;
mod frame;
mod hold;
mod keep;
mod lease;
mod listen;
mod paths;
mod peer;
mod plan;
mod protocol;
mod reap;
mod registry;
mod relay;
mod serve;
mod server;
mod socket;
mod start;
mod surroundings;
mod timers;
mod tunnel;

pub use client::{Client, ClientError, ClientSender};
pub use hold::{
    DetachError, DetachOptions, Detached, Hold, HoldError, HoldEvent, HoldOptions, JoinedForward,
    NoPod, Outcome as HoldOutcome, StartProgress, Starting, StartingChange, StartingForward,
};
pub(crate) use keep::keep;
pub(crate) use paths::RUNTIME_DIR_VARIABLE;
pub use paths::{Paths, PathsError};
pub use plan::{ForwardOverrides, ForwardPlan, PlanError, PlannedForwards};
pub use protocol::{
    Environment, Event, ForwardState, ForwardStatus, Isolate, KubectlRun, KubectlStatus, LeaseKind,
    LeaseRequest, LeaseStatus, LocalPort, LogLine, PROTOCOL, PodSelection, PortSpec, PortStatus,
    Refusal, RefusalKind, Reply, Request, Spec, Story, SupervisorInfo,
};
pub(crate) use reap::{Reaped, Stray, reap};
pub(crate) use registry::MARK;
pub(crate) use serve::serve;
pub(crate) use socket::{Readiness, failure};
pub(crate) use start::shut_down;
pub use start::{Launch, connect_or_start, connect_within};
pub(crate) use timers::Timers;

/// Parses any bytes as frames of the socket, as both ends do.
#[cfg(any(test, fuzzing))]
pub(crate) fn fuzz(bytes: &[u8]) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else { return };
    runtime.block_on(async {
        let mut from = bytes;
        while let Ok(Some(frame)) = frame::read_frame(&mut from).await {
            let _ = serde_json::from_slice::<protocol::Request>(&frame);
            let _ = serde_json::from_slice::<protocol::Reply>(&frame);
        }
    });
}
