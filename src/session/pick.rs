//! Picks the Service of a cluster that is its Prometheus or Alertmanager, and names its forward:
//! pure functions.

use crate::config::Prometheus;
use crate::prometheus::{DiscoveredService, Role, Service, discover};

/// The name of the role in JSON and in names of forwards.
pub(super) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Prometheus => "prometheus",
        Role::Alertmanager => "alertmanager",
    }
}

/// Whether the configuration asks for this role.
pub(super) fn is_enabled(config: &Prometheus, role: Role) -> bool {
    config.auto_discover || role == Role::Prometheus && config.service.is_some()
}

/// The Service of the role. The configuration names that of Prometheus with `service`, in any
/// namespace unless `namespace` is set too; `namespace` alone restricts the search.
pub(crate) fn pick(
    config: &Prometheus,
    role: Role,
    services: &[Service],
) -> Option<DiscoveredService> {
    if !is_enabled(config, role) {
        return None;
    }
    if role == Role::Alertmanager {
        return discover(services, role).into_iter().next();
    }
    let within = |namespace: &str| config.namespace.as_ref().is_none_or(|only| only == namespace);
    let mut found = discover(services, role).into_iter().filter(|it| within(&it.namespace));
    let Some(name) = &config.service else { return found.next() };
    let labelled = found.find(|it| it.service == *name);
    labelled.or_else(|| {
        let named = services.iter().find(|it| it.name == *name && within(&it.namespace));
        let first = named.and_then(|it| it.ports.first()).map(|(_, port)| *port);
        let namespace = match (named, &config.namespace) {
            (Some(service), _) => service.namespace.clone(),
            // The Service may exist although the list of Services is forbidden.
            (None, Some(namespace)) => namespace.clone(),
            (None, None) => return None,
        };
        let (service, port) = (name.clone(), first.unwrap_or(9090));
        Some(DiscoveredService { stack: "configured", namespace, service, port, prefix: "" })
    })
}

/// Why there is no Prometheus.
pub(crate) fn not_found(config: &Prometheus) -> String {
    let place = match &config.namespace {
        Some(namespace) => format!(" in namespace {namespace}"),
        None => String::new(),
    };
    match &config.service {
        Some(service) => format!("there is no Service {service}{place}"),
        None => format!(
            "no Service{place} has the labels of a Prometheus; name it in \
             monitoring.prometheus.service"
        ),
    }
}

/// The name of a forward, made from role and cluster; none if the cluster's name has no usable
/// character.
pub(super) fn forward_name(role: Role, cluster: &str) -> Option<String> {
    const LONGEST: usize = 63;
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '-' };
    // Clusters differ in the last part of an ARN or a URL.
    let cluster = cluster.rsplit('/').next().unwrap_or(cluster);
    let cluster: String = cluster.chars().map(plain).collect();
    let name = format!("{}-{}", role_name(role), cluster.trim_matches('-'));
    let name = name.get(..LONGEST.min(name.len())).unwrap_or_default().trim_end_matches(['-', '.']);
    crate::config::target::forward_name(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(service: Option<&str>, namespace: Option<&str>) -> Prometheus {
        Prometheus {
            service: service.map(str::to_owned),
            namespace: namespace.map(str::to_owned),
            ..Prometheus::default()
        }
    }

    fn services() -> Vec<Service> {
        let json = br#"{"kind":"ServiceList","apiVersion":"v1","items":[
            {"metadata":{"name":"prometheus-server","namespace":"monitoring","labels":
              {"app.kubernetes.io/name":"prometheus","app.kubernetes.io/component":"server"}},
             "spec":{"ports":[{"name":"http","port":80}]}},
            {"metadata":{"name":"metrics","namespace":"team"},"spec":{"ports":[{"port":9091}]}}]}"#;
        crate::prometheus::parse_services(json).unwrap()
    }

    #[test]
    fn a_configured_service_wins_over_the_labels() {
        let pick = |config| {
            let found = pick(&config, Role::Prometheus, &services());
            found.map(|it| format!("{}/{}:{}", it.namespace, it.service, it.port))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(pick(config(None, None)), some("monitoring/prometheus-server:80"));
        assert_eq!(pick(config(None, Some("team"))), None);
        assert_eq!(pick(config(Some("metrics"), None)), some("team/metrics:9091"));
        // The Service may exist although it cannot be listed.
        assert_eq!(pick(config(Some("hidden"), Some("ops"))), some("ops/hidden:9090"));
        assert_eq!(pick(config(Some("hidden"), None)), None);
        let off = Prometheus { auto_discover: false, ..config(None, None) };
        assert_eq!(pick(off), None);
    }

    #[test]
    fn a_forward_is_named_after_the_last_part_of_its_clusters_name() {
        let name = |cluster| forward_name(Role::Prometheus, cluster);
        let arn = "arn:aws:eks:eu-west-1:1234:cluster/shop";
        assert_eq!(name(arn).as_deref(), Some("prometheus-shop"));
        assert_eq!(name("a b!").as_deref(), Some("prometheus-a-b"));
        assert!(name(&"x".repeat(200)).is_some_and(|name| name.len() == 63));
    }
}
