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
mod patience;
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

pub(crate) use advice::advice;
pub(crate) use breaker::Breaker;
pub use command::{ApiPath, KindRef, ListQuery, ObjectRef, Read, Resource};
pub use deadline::Deadline;
pub(crate) use destination::Destination;
pub use error::{Error, ErrorKind};
pub(crate) use forward::{
    ConnectionFailure, Counts, Culprit, ForwardCommand, ForwardEvent, PortForward,
};
pub(crate) use kubeconfig::{Clash, Oddity, SingleFile};
pub use kubeconfig::{Context, KubeConfig, KubeConfigError, Sources, in_cluster};
pub use locate::locate;
pub use name::{InvalidName, Name};
pub(crate) use newest::Newest;
pub use outcome::{Failure, Outcome};
pub(crate) use outlook::Outlook;
pub use patience::Patience;
pub use redact::redact;
pub(crate) use retry::Backoff;
pub use run::{Kubectl, Settings, Target};
pub(crate) use scope::ListedContext;
pub use scope::{Called, Cluster, ScopeError, Selected, Selection, select};
pub(crate) use selector::requirements;
pub use selector::{InvalidSelector, check_selector};
pub use server::ServerPath;
pub(crate) use version::{ClientVersion, RawPaths};
pub(crate) use versions::{CACHE_DIR_VARIABLE, versions_file};
