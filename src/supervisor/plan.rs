//! Turns requested forwards into specifications: each with one cluster, one namespace, its ports
//! and its settings.

use std::time::Duration;

use super::protocol::{KubectlRun, LocalPort, PortSpec, Spec};
use crate::config::target::{Addresses, Ports, forward_name};
use crate::config::{
    Clusters, Forward, ForwardDefaults, ForwardRequest, Isolate, Pattern, PodSelection,
};
use crate::kubectl::{self, Cluster, KubeConfig, Name, ScopeError, Selection};

/// The input for the specifications of several forwards.
#[derive(Debug)]
pub struct ForwardPlan<'a> {
    /// The kubeconfig with the clusters and contexts.
    pub kubeconfig: &'a KubeConfig,
    /// The clusters of the configuration, for their aliases.
    pub clusters: &'a Clusters,
    /// The defaults of the configuration for all forwards.
    pub defaults: &'a ForwardDefaults,
    /// Settings that override the configuration.
    pub overrides: ForwardOverrides,
    /// How kubectl is run. A configured forward adds its environment variables.
    pub run: KubectlRun,
}

/// Settings that override the configuration for each forward of a plan.
#[derive(Clone, Debug, Default)]
pub struct ForwardOverrides {
    /// The cluster; `None` for the forward's own, or else the current context's.
    pub selection: Option<Selection>,
    /// The namespace; `None` for the forward's own, or else the context's.
    pub namespace: Option<String>,
    /// The forward's name.
    pub name: Option<String>,
    /// The local port of a forward with one port; 0 for any.
    pub local_port: Option<u16>,
    /// The addresses to listen on.
    pub addresses: Option<Addresses>,
    /// The idle timeout; zero for none.
    pub idle: Option<Duration>,
    /// Which connections get a separate kubectl.
    pub isolate: Option<Isolate>,
    /// Which pod of a Service or workload is forwarded to.
    pub pod_selection: Option<PodSelection>,
    /// Repeats idempotent HTTP requests, whatever the configuration says.
    pub retry_idempotent: bool,
    /// The interval of TCP keep-alives; zero for none.
    pub keepalive: Option<Duration>,
}

impl ForwardOverrides {
    /// Checks what needs no kubeconfig: the name, and that what is for one forward is not for
    /// several.
    ///
    /// # Errors
    ///
    /// [`PlanError::Usage`]
    pub fn check(&self, requests: &[ForwardRequest<'_>]) -> Result<(), PlanError> {
        if let Some(name) = &self.name {
            forward_name(name).map_err(|error| PlanError::Usage(error.to_string()))?;
        }
        if requests.len() > 1 && (self.name.is_some() || self.local_port.is_some()) {
            let text = "--name and --local-port are for one forward";
            return Err(PlanError::Usage(text.to_owned()));
        }
        Ok(())
    }
}

/// Why a forward cannot be planned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The request contradicts itself, or matches several clusters.
    #[error("{0}")]
    Usage(String),
    /// The configuration or the kubeconfig is unusable.
    #[error("{0}")]
    Failed(String),
}

/// The result of planning.
#[derive(Debug)]
pub struct PlannedForwards {
    /// The specifications, in the order of the requests.
    pub specs: Vec<Spec>,
    /// What a user should know about the kubeconfig.
    pub notes: Vec<String>,
}

impl ForwardPlan<'_> {
    /// The specifications of the requested forwards.
    pub fn specs(&self, requests: &[ForwardRequest<'_>]) -> Result<PlannedForwards, PlanError> {
        self.overrides.check(requests)?;
        let mut notes = Vec::new();
        let specs = requests.iter().map(|request| self.spec(request, &mut notes));
        let specs = specs.collect::<Result<Vec<Spec>, PlanError>>()?;
        Ok(PlannedForwards { specs, notes })
    }

    fn spec(
        &self,
        request: &ForwardRequest<'_>,
        notes: &mut Vec<String>,
    ) -> Result<Spec, PlanError> {
        let (configured, resource, ports) = match request {
            ForwardRequest::Configured(it) => (Some(*it), &it.resource, it.all_ports()),
            ForwardRequest::Target(resource, ports) => (None, resource, ports.clone()),
        };
        let Self { defaults, overrides, .. } = self;
        let ports = self.ports(configured.is_some(), &ports)?;
        let cluster = self.cluster(configured, notes)?;
        let namespace = self.namespace(configured, &cluster)?;
        let settings = ForwardDefaults {
            idle: overrides
                .idle
                .or_else(|| configured.and_then(|it| it.idle))
                .unwrap_or(defaults.idle),
            isolate: overrides.isolate.unwrap_or(defaults.isolate),
            pod_selection: overrides.pod_selection.unwrap_or(defaults.pod_selection),
            retry_idempotent: overrides.retry_idempotent || defaults.retry_idempotent,
            keepalive: overrides.keepalive.unwrap_or(defaults.keepalive),
            ..(*defaults).clone()
        };
        let mut run = self.run.clone();
        let given = configured.into_iter().flat_map(|forward| &forward.environment);
        run.environment.0.extend(given.map(|(name, value)| (name.into(), value.into())));
        let spec = Spec::new(&cluster, namespace, resource.clone(), ports, &settings, run);
        let addresses = overrides.addresses.clone();
        let addresses = addresses.or_else(|| configured.and_then(|it| it.address.clone()));
        Ok(Spec {
            name: overrides.name.clone().or_else(|| configured.map(|it| it.name.clone())),
            addresses: addresses.map_or(spec.addresses, |addresses| addresses.0),
            ..spec
        })
    }

    /// The ports, each with its local port: as overridden or requested, or else the first free one.
    fn ports(&self, is_configured: bool, ports: &[Ports]) -> Result<Vec<PortSpec>, PlanError> {
        let overridden = self.overrides.local_port;
        if overridden.is_some() && ports.len() > 1 {
            let text = "--local-port is for one port; with several, write LOCAL:REMOTE for each";
            return Err(PlanError::Usage(text.to_owned()));
        }
        let local = |port: &Ports| match (overridden, port.local) {
            (Some(flag), Some(word)) if flag != word && !is_configured => Err(PlanError::Usage(
                format!("--local-port {flag} and {word}:{} name two local ports", port.remote),
            )),
            (Some(port), _) | (None, Some(port)) => Ok(LocalPort::Exact(port)),
            (None, None) => Ok(LocalPort::From(self.defaults.local_port)),
        };
        let port = |port: &Ports| Ok(PortSpec { remote: port.remote.clone(), local: local(port)? });
        ports.iter().map(port).collect()
    }

    /// The namespace: as overridden, or else the forward's, or else the context's.
    fn namespace(
        &self,
        configured: Option<&Forward>,
        cluster: &Cluster,
    ) -> Result<Name, PlanError> {
        let namespace = self.overrides.namespace.clone();
        let namespace = namespace.or_else(|| configured.and_then(|it| it.namespace.clone()));
        let namespace = namespace.or_else(|| own_namespace(cluster));
        // The configuration and flags have been validated, but the kubeconfig's namespace has not.
        Name::parse(namespace.as_deref().unwrap_or("default"))
            .map_err(|error| PlanError::Failed(format!("namespace: {error}")))
    }

    /// The cluster: as overridden, or else the forward's, or else the current context's.
    fn cluster(
        &self,
        configured: Option<&Forward>,
        notes: &mut Vec<String>,
    ) -> Result<Cluster, PlanError> {
        let own = configured.and_then(selection_of);
        let own = own.map(|selection| selection.resolved(self.kubeconfig, self.clusters));
        let of_config = configured.filter(|_| self.overrides.selection.is_none() && own.is_some());
        let selection = self.overrides.selection.clone().or(own);
        if selection.is_none() && self.kubeconfig.contexts.is_empty() && kubectl::in_cluster() {
            return Ok(Cluster::own_pod());
        }
        let selection =
            selection.unwrap_or_else(|| Selection { current: true, ..Selection::default() });
        // Clusters that the configuration excludes from lists can still be forwarded to.
        match kubectl::select(self.kubeconfig, &selection, &Clusters::default()) {
            Ok(mut scope) if scope.clusters.len() == 1 => {
                notes.append(&mut scope.unread);
                Ok(scope.clusters.remove(0))
            }
            Ok(scope) => {
                let all = scope.clusters.iter().map(|cluster| &*cluster.context);
                let all = all.collect::<Vec<_>>().join(", ");
                Err(PlanError::Usage(format!(
                    "several clusters match ({all}): choose one with --context"
                )))
            }
            Err(error) => Err(match of_config {
                Some(forward) => {
                    let name = &forward.name;
                    PlanError::Failed(format!("forward {name:?} of the config: {error}"))
                }
                None => error.into(),
            }),
        }
    }
}

impl From<ScopeError> for PlanError {
    fn from(error: ScopeError) -> Self {
        if error.is_usage() {
            Self::Usage(error.to_string())
        } else {
            Self::Failed(error.to_string())
        }
    }
}

fn selection_of(forward: &Forward) -> Option<Selection> {
    let exact = |name: &Option<String>| name.iter().map(Pattern::exact).collect::<Vec<_>>();
    (forward.context.is_some() || forward.cluster.is_some()).then(|| Selection {
        contexts: exact(&forward.context),
        clusters: exact(&forward.cluster),
        ..Selection::default()
    })
}

/// The context's namespace; inside a pod, the pod's own, as for kubectl.
fn own_namespace(cluster: &Cluster) -> Option<String> {
    const POD: &str = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";
    let pods = || std::fs::read_to_string(POD).ok().map(|text| text.trim().to_owned());
    let namespace = cluster.namespace.clone();
    namespace.or_else(|| cluster.in_cluster.then(pods).flatten()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::Environment;

    const KUBECONFIG: &str = r#"{
        "current-context": "a",
        "contexts": [
            {"name": "a", "context": {"cluster": "one", "user": "u", "namespace": "shop"}},
            {"name": "b", "context": {"cluster": "two", "user": "u"}}
        ],
        "clusters": [
            {"name": "one", "cluster": {"server": "https://one:6443"}},
            {"name": "two", "cluster": {"server": "https://two:6443"}}
        ],
        "users": [{"name": "u", "user": {}}]
    }"#;
    const CONFIG: &str = "
forwards:
- {name: db, context: b, resource: postgres-0, port: 5432, idle: 1h, environment: {A: b}}
- {name: gone, context: c, resource: svc/web, port: 80}
- {name: films, cluster: media, resource: svc/web, port: 80}
clusters: {aliases: {two: media}}
";

    /// The plan for these arguments, in short.
    fn plan(words: &str, overrides: ForwardOverrides) -> Result<String, PlanError> {
        let kubeconfig = KubeConfig::from_view(KUBECONFIG.as_bytes(), Vec::new()).unwrap();
        let config = crate::config::parse(CONFIG.as_bytes(), std::path::Path::new("w")).unwrap();
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        let requests = ForwardRequest::parse_all(&words, &config.forwards).unwrap();
        let run = KubectlRun {
            kubectl: "/bin/kubectl".into(),
            kubeconfig: None,
            impersonation: crate::config::Impersonation::default(),
            directory: "/".into(),
            environment: Environment::default(),
        };
        let plan = ForwardPlan {
            kubeconfig: &kubeconfig,
            clusters: &config.clusters,
            defaults: &config.forward,
            overrides,
            run,
        };
        let line = |spec: &Spec| {
            let variables: Vec<_> = spec.environment.0.keys().collect();
            let locals: Vec<_> = spec.ports.iter().map(|port| port.local).collect();
            format!("{} {locals:?} idle {} {variables:?}", spec.title(), spec.idle_ms / 1000)
        };
        Ok(plan.specs(&requests)?.specs.iter().map(line).collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn flags_override_the_forward_which_overrides_the_defaults() {
        let planned = |words| plan(words, ForwardOverrides::default()).unwrap();
        assert_eq!(
            planned("svc/web 80 :http"),
            "svc/web:80,http in shop, cluster one [From(55553), Exact(0)] idle 300 []"
        );
        assert_eq!(
            planned("db"),
            r#"db (pod/postgres-0:5432 in default, cluster two) [From(55553)] idle 3600 ["A"]"#
        );
        // By the alias of its cluster.
        assert_eq!(
            planned("films"),
            "films (svc/web:80 in default, cluster two) [From(55553)] idle 300 []"
        );
        let overrides = ForwardOverrides {
            selection: Some(Selection { current: true, ..Selection::default() }),
            namespace: Some("other".to_owned()),
            name: Some("mine".to_owned()),
            local_port: Some(9000),
            idle: Some(Duration::ZERO),
            ..ForwardOverrides::default()
        };
        assert_eq!(
            plan("db", overrides).unwrap(),
            r#"mine (pod/postgres-0:5432 in other, cluster one) [Exact(9000)] idle 0 ["A"]"#
        );
    }

    #[test]
    fn errors_distinguish_usage_from_failures() {
        let error = |words, overrides| plan(words, overrides).unwrap_err();
        let local_port = || ForwardOverrides { local_port: Some(1), ..ForwardOverrides::default() };
        let usage = |error: PlanError| match error {
            PlanError::Usage(text) => text,
            PlanError::Failed(text) => panic!("not usage: {text}"),
        };
        assert!(usage(error("svc/web 80 81", local_port())).contains("write LOCAL:REMOTE"));
        assert!(usage(error("svc/web 2:80", local_port())).contains("name two local ports"));
        assert!(usage(error("db svc/web 80", local_port())).contains("are for one forward"));
        let named = ForwardOverrides { name: Some("-x".to_owned()), ..ForwardOverrides::default() };
        assert!(usage(error("db", named)).contains("not a forward name"));
        let all =
            Selection { contexts: vec![Pattern::parse("*").unwrap()], ..Selection::default() };
        let both = ForwardOverrides { selection: Some(all), ..ForwardOverrides::default() };
        assert_eq!(
            usage(error("db", both)),
            "several clusters match (a, b): choose one with --context"
        );
        let PlanError::Failed(text) = error("gone", ForwardOverrides::default()) else {
            panic!("the configuration is wrong, not the command line");
        };
        assert!(text.starts_with("forward \"gone\" of the config: "), "{text}");
    }
}
