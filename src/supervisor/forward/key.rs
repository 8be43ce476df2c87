//! Which requests mean the same forward.

use std::ffi::OsString;
use std::path::PathBuf;

use super::super::protocol::{LocalPort, Refusal, RefusalKind, Spec};
use crate::kubectl::{ForwardTarget, Name, RemotePort};

/// What makes two requests mean one forward.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::supervisor) struct Key {
    kubectl: PathBuf,
    kubeconfig: Option<PathBuf>,
    kubeconfig_env: Option<OsString>,
    context: Option<String>,
    server: String,
    namespace: String,
    pub(super) target: ForwardTarget,
    pub(super) remote: RemotePort,
    port: Option<u16>,
}

/// Reads what a request says into types; nothing of it has been trusted before.
pub(in crate::supervisor) fn key(spec: &Spec) -> Result<(Key, Name), Refusal> {
    let bad = |message: String| Refusal { kind: RefusalKind::BadRequest, message };
    let namespace = Name::parse(&spec.namespace).map_err(|error| bad(error.to_string()))?;
    let key = Key {
        kubectl: spec.kubectl.clone(),
        kubeconfig: spec.kubeconfig.clone(),
        kubeconfig_env: spec.environment.get("KUBECONFIG").cloned(),
        context: spec.context.clone(),
        server: spec.server.clone(),
        namespace: spec.namespace.clone(),
        target: ForwardTarget::parse(&spec.resource).map_err(|error| bad(error.to_string()))?,
        remote: RemotePort::parse(&spec.remote_port).map_err(|error| bad(error.to_string()))?,
        port: match spec.local_port {
            LocalPort::Exact(port) if port > 0 => Some(port),
            _ => None,
        },
    };
    Ok((key, namespace))
}

impl Key {
    /// Whether a request with this key is served by the forward of `other`.
    pub(in crate::supervisor) fn is_served_by(&self, other: &Self, port: u16) -> bool {
        self.has_target_of(other) && self.port.is_none_or(|wanted| wanted == port)
    }

    /// Whether both lead to the same, from whatever local port.
    pub(in crate::supervisor) fn has_target_of(&self, other: &Self) -> bool {
        let without = |key: &Self| Self { port: None, ..key.clone() };
        without(self) == without(other)
    }

    /// The target's own name, from which a forward without a name gets one.
    pub(in crate::supervisor) fn target_name(&self) -> &str {
        self.target.name()
    }
}
