//! `kubectl port-forward` to the newest ready pod behind a target. kubectl itself takes the pod
//! that has been ready for longest, which in a rollout is the next to be removed.
//!
//! This runs as a program that reads and then becomes kubectl by `exec`, so that to its parent it
//! is a single process from start to end.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::name::Name;
use super::run::{Kubectl, Settings, Target};
use super::server::ServerPath;
use crate::config::Impersonation;
use crate::config::target::{ForwardTarget, TargetKind};

/// How long reading may take; after that, kubectl chooses the pod.
const WITHIN: Duration = Duration::from_secs(5);

/// What to forward to, and how kubectl is run for it.
#[derive(Clone, Debug)]
pub struct Newest {
    /// kubectl.
    pub program: PathBuf,
    /// See [`Settings::go_is_tuned`].
    pub go_is_tuned: bool,
    /// `--kubeconfig`.
    pub kubeconfig: Option<PathBuf>,
    /// The user as which kubectl acts.
    pub impersonation: Impersonation,
    /// `--context`.
    pub context: Option<String>,
    /// The namespace.
    pub namespace: Name,
    /// The target.
    pub target: ForwardTarget,
    /// Its ports.
    pub remotes: Vec<String>,
    /// kubectl's arguments, up to the target.
    pub arguments: Vec<OsString>,
}

impl Newest {
    /// Becomes kubectl. Returns only if that fails.
    pub async fn exec(self) -> std::io::Error {
        let (target, remotes) = match self.choose().await {
            Some((pod, remotes)) => (format!("pod/{pod}"), remotes),
            // Not permitted, not found, no pod, no such port: kubectl itself reports the problem.
            None => (self.target.short(), self.remotes.clone()),
        };
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).arg(target);
        command.args(remotes.iter().map(|remote| format!(":{remote}")));
        command.exec()
    }

    async fn choose(&self) -> Option<(String, Vec<String>)> {
        let kubectl = Kubectl::new(Settings {
            program: self.program.clone(),
            kubeconfig: self.kubeconfig.clone(),
            impersonation: self.impersonation.clone(),
            timeout: WITHIN,
            retries: 0,
            versions: None,
            go_is_tuned: self.go_is_tuned,
        });
        let path = ServerPath::default();
        let target = match &self.context {
            Some(name) => Target::Context { name, path: &path },
            None => Target::Default,
        };
        let object = kubectl.object_of(target, &self.namespace, &self.target).await.ok()?;
        let backing = kubectl.pods_of(target, &self.namespace, &object).await.ok()??;
        let pod = backing.newest()?.to_owned();
        let remotes = if self.target.kind() == TargetKind::Service {
            let remotes = self.remotes.iter().map(|remote| container_port(&object, remote));
            remotes.collect::<Option<_>>()?
        } else {
            self.remotes.clone()
        };
        Some((pod, remotes))
    }
}

/// Translates a Service's port to the pod's port: its number, or the pod's name for it. `None` if
/// kubectl should report what is wrong.
fn container_port(service: &Value, remote: &str) -> Option<String> {
    let ports = service["spec"]["ports"].as_array()?;
    let is_meant = |port: &&Value| match remote.parse::<u16>() {
        Ok(number) => port["port"].as_u64() == Some(number.into()),
        Err(_) => port["name"] == remote,
    };
    let is_tcp = |port: &&Value| port["protocol"].as_str().is_none_or(|it| it == "TCP");
    let port = ports.iter().filter(is_tcp).find(is_meant)?;
    let number = || port["port"].as_u64().map(|number| number.to_string());
    if service["spec"]["clusterIP"] == "None" {
        // The ports of a headless Service are not translated.
        return number();
    }
    match &port["targetPort"] {
        Value::String(name) => Some(name.clone()),
        target => target.as_u64().filter(|port| *port > 0).map(|it| it.to_string()).or_else(number),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_services_port_is_translated_as_kubectl_does() {
        let mut service = json!({"spec": {"clusterIP": "10.0.0.1", "ports": [
            {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 5353},
            {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 5354},
            {"name": "web", "port": 80, "targetPort": "http"},
            {"name": "same", "port": 81},
            {"name": "syslog", "port": 514, "protocol": "UDP", "targetPort": 514},
        ]}});
        let port = |service: &Value, remote: &str| container_port(service, remote);
        for (remote, expected) in [
            ("80", Some("http")),
            ("web", Some("http")),
            ("81", Some("81")),
            // The same port number for TCP and UDP, in either order.
            ("53", Some("5354")),
            ("dns-tcp", Some("5354")),
            ("514", None),
            ("9999", None),
            ("nope", None),
        ] {
            assert_eq!(port(&service, remote).as_deref(), expected, "{remote}");
        }
        service["spec"]["clusterIP"] = json!("None");
        assert_eq!(port(&service, "web").as_deref(), Some("80"));
    }
}
