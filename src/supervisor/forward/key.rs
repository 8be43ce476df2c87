//! Which requests mean the same forward.

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;

use super::super::listen;
use super::super::protocol::{LocalPort, Refusal, RefusalKind, Spec};
use crate::config::Impersonation;
use crate::config::target::{ForwardTarget, RemotePort};
use crate::kubectl::Name;

/// Two requests with equal keys mean the same forward.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::supervisor) struct Key {
    kubectl: PathBuf,
    kubeconfig: Option<PathBuf>,
    kubeconfig_env: Option<OsString>,
    impersonation: Impersonation,
    context: Option<String>,
    server: String,
    pub(super) namespace: Name,
    pub(super) target: ForwardTarget,
    pub(super) remotes: Vec<RemotePort>,
    /// The local ports that were requested by number.
    locals: Vec<Option<u16>>,
    addresses: Vec<IpAddr>,
}

/// The key of a request. Checks what the types of its ports do not guarantee.
pub(in crate::supervisor) fn key(spec: &Spec) -> Result<Key, Refusal> {
    let bad = |message: String| Refusal { kind: RefusalKind::BadRequest, message };
    if spec.ports.is_empty() {
        return Err(bad("a forward needs at least one port".to_owned()));
    }
    let locals: Vec<Option<u16>> = spec.ports.iter().map(|port| exact(port.local)).collect();
    for (index, port) in locals.iter().enumerate() {
        if let Some(port) = port
            && locals[..index].contains(&Some(*port))
        {
            return Err(bad(format!("two ports of one forward cannot both be had at {port}")));
        }
    }
    Ok(Key {
        kubectl: spec.kubectl.clone(),
        kubeconfig: spec.kubeconfig.clone(),
        kubeconfig_env: spec.environment.get("KUBECONFIG").cloned(),
        impersonation: spec.impersonation.clone(),
        context: spec.context.clone(),
        server: spec.server.clone(),
        namespace: spec.namespace.clone(),
        target: spec.resource.clone(),
        remotes: spec.ports.iter().map(|port| port.remote.clone()).collect(),
        locals,
        addresses: spec.addresses.clone(),
    })
}

/// The local port if it was requested by number.
fn exact(port: LocalPort) -> Option<u16> {
    match port {
        LocalPort::Exact(port) if port > 0 => Some(port),
        _ => None,
    }
}

impl Key {
    /// Whether the forward of `other`, which has these local ports and listens on these addresses,
    /// serves a request with this key.
    pub(in crate::supervisor) fn is_served_by(
        &self,
        other: &Self,
        ports: &[u16],
        addresses: &[IpAddr],
    ) -> bool {
        let has_port = |(wanted, port): (&Option<u16>, &u16)| wanted.is_none_or(|it| it == *port);
        // Default requests are equal even on a machine without IPv6.
        let is_default = self.addresses.is_empty() && other.addresses.is_empty();
        self.has_target_of(other)
            && std::iter::zip(&self.locals, ports).all(has_port)
            && (is_default || self.has_addresses_of(addresses))
    }

    /// Whether a forward that listens on `addresses` is reachable at all addresses of this request.
    pub(in crate::supervisor) fn has_addresses_of(&self, addresses: &[IpAddr]) -> bool {
        let wanted = listen::distinct(&self.addresses);
        wanted.iter().all(|wanted| listen::covers(addresses, *wanted))
    }

    /// Whether both have the same target, regardless of local ports.
    pub(in crate::supervisor) fn has_target_of(&self, other: &Self) -> bool {
        let without =
            |key: &Self| Self { locals: Vec::new(), addresses: Vec::new(), ..key.clone() };
        without(self) == without(other)
    }

    /// The target's own name, the default name of the forward.
    pub(in crate::supervisor) fn target_name(&self) -> &str {
        self.target.name()
    }
}
