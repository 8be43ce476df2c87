//! The only access to `kubectl`: a closed set of read-only calls, each with a deadline and its own
//! process group; errors as kinds, retries, the circuit breaker, and the contexts of the
//! kubeconfig.
//!
//! No other room starts kubectl except through this one, and its types cannot express a call that
//! writes to a cluster.

mod advice;
mod backing;
mod breaker;
mod command;
mod deadline;
mod destination;
mod error;
mod forward;
mod kubeconfig;
mod locate;
mod name;
mod newest;
mod outcome;
mod outlook;
mod redact;
mod retry;
mod run;
mod scale;
mod scope;
mod selector;
mod server;
mod stderr;
mod version;
mod versions;

pub use advice::advice;
pub use backing::Backing;
pub use breaker::{Breaker, BreakerState};
pub use command::{ApiPath, KindRef, ListQuery, ObjectRef, Read, Resource};
pub use deadline::Deadline;
pub use destination::Destination;
pub use error::{Error, ErrorKind};
pub use forward::{ConnectionFailure, Counts, Culprit, ForwardCommand, ForwardEvent, PortForward};
pub use kubeconfig::{
    Clash, Context, Credential, KubeConfig, KubeConfigError, Oddity, SingleFile, Sources,
    in_cluster, refusal,
};
pub use locate::locate;
pub use name::{InvalidName, Name};
pub use newest::Newest;
pub use outcome::{Failure, Outcome};
pub use outlook::Outlook;
pub use redact::redact;
pub use retry::Backoff;
pub use run::{Kubectl, Settings, Target};
pub use scope::{Cluster, ListedContext, ScopeError, Selected, Selection, select};
pub(crate) use selector::requirements;
pub use selector::{InvalidSelector, check_selector};
pub use server::ServerPath;
pub use version::{ClientVersion, RawPaths};
pub use versions::{CACHE_DIR_VARIABLE, versions_file};
