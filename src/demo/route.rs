//! Routes from ports of demo pods to listeners on this machine.

use std::net::SocketAddr;
use std::str::FromStr;

/// A route from a port of a pod, or of all pods of a workload, to a listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodRoute {
    /// The namespace.
    pub namespace: String,
    /// The name of a pod or a workload.
    pub name: String,
    /// The container's port.
    pub port: u16,
    /// The listener.
    pub to: SocketAddr,
}

/// The text is not a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected something like default/echo:8080=127.0.0.1:9000")]
pub struct InvalidRoute;

impl FromStr for PodRoute {
    type Err = InvalidRoute;

    /// Reads `NAMESPACE/NAME:PORT=ADDRESS:PORT`.
    fn from_str(text: &str) -> Result<Self, InvalidRoute> {
        let parse = || {
            let (pod, to) = text.split_once('=')?;
            let (namespace, rest) = pod.split_once('/')?;
            let (name, port) = rest.split_once(':')?;
            let (namespace, name) = (namespace.to_owned(), name.to_owned());
            Some(Self { namespace, name, port: port.parse().ok()?, to: to.parse().ok()? })
        };
        parse().ok_or(InvalidRoute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_a_pods_port_and_a_listener() {
        let route: PodRoute = "default/echo:8080=[::1]:9000".parse().unwrap();
        assert_eq!((&*route.namespace, &*route.name, route.port), ("default", "echo", 8080));
        assert_eq!(route.to, "[::1]:9000".parse().unwrap());
        for bad in ["", "echo:80=127.0.0.1:1", "a/b=127.0.0.1:1", "a/b:80", "a/b:x=127.0.0.1:1"] {
            assert_eq!(bad.parse::<PodRoute>(), Err(InvalidRoute), "{bad}");
        }
    }
}
