//! Finds the Services of a cluster's Prometheus and Alertmanager: by the labels that the common
//! installations put on them, never by name alone.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A Service, as far as discovery needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its ports by name; the name may be empty.
    pub ports: Vec<(String, u16)>,
    /// The labels of the pods that it selects; empty if it selects none.
    pub selector: BTreeMap<String, String>,
}

/// What to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A server that answers PromQL.
    Prometheus,
    /// A server that holds alerts.
    Alertmanager,
}

/// A Service that is likely to have the role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoveredService {
    /// The software it was installed with.
    pub stack: &'static str,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub service: String,
    /// The port of its API.
    pub port: u16,
    /// The prefix of `/api/v1` in its paths; empty, or with a leading but no trailing slash.
    pub prefix: &'static str,
}

/// How to recognize one kind of installation.
struct ServiceSignature {
    role: Role,
    stack: &'static str,
    /// Labels that the Service has, `key=value`.
    labels: &'static [&'static str],
    /// Possible names of its port, the best first; after these, `fallback`.
    ports: &'static [&'static str],
    fallback: u16,
    prefix: &'static str,
}

/// The first match is the best: servers for a whole fleet come last, because their answers need a
/// label to distinguish clusters.
const SIGNATURES: [ServiceSignature; 12] = {
    use Role::{Alertmanager, Prometheus};
    const fn sign(
        role: Role,
        stack: &'static str,
        labels: &'static [&'static str],
        ports: &'static [&'static str],
        fallback: u16,
    ) -> ServiceSignature {
        ServiceSignature { role, stack, labels, ports, fallback, prefix: "" }
    }
    [
        sign(
            Prometheus,
            "kube-prometheus-stack",
            &["app=kube-prometheus-stack-prometheus"],
            &["http-web", "web"],
            9090,
        ),
        sign(
            Prometheus,
            "prometheus chart",
            &["app.kubernetes.io/name=prometheus", "app.kubernetes.io/component=server"],
            &["http"],
            80,
        ),
        sign(
            Prometheus,
            "kube-prometheus",
            &["app.kubernetes.io/name=prometheus", "app.kubernetes.io/instance=k8s"],
            &["web"],
            9090,
        ),
        sign(Prometheus, "prometheus operator", &["operated-prometheus=true"], &["web"], 9090),
        sign(Prometheus, "VictoriaMetrics", &["app.kubernetes.io/name=vmsingle"], &["http"], 8428),
        ServiceSignature {
            prefix: "/select/0/prometheus",
            ..sign(
                Prometheus,
                "VictoriaMetrics cluster",
                &["app.kubernetes.io/name=vmselect"],
                &["http"],
                8481,
            )
        },
        sign(
            Prometheus,
            "Thanos",
            &["app.kubernetes.io/name=thanos-query"],
            &["http", "web"],
            9090,
        ),
        sign(
            Prometheus,
            "Thanos",
            &["app.kubernetes.io/component=query", "app.kubernetes.io/name=thanos"],
            &["http", "web"],
            9090,
        ),
        sign(
            Alertmanager,
            "kube-prometheus-stack",
            &["app=kube-prometheus-stack-alertmanager"],
            &["http-web", "web"],
            9093,
        ),
        sign(
            Alertmanager,
            "kube-prometheus",
            &["app.kubernetes.io/name=alertmanager", "app.kubernetes.io/component=alert-router"],
            &["web"],
            9093,
        ),
        sign(Alertmanager, "prometheus operator", &["operated-alertmanager=true"], &["web"], 9093),
        sign(
            Alertmanager,
            "alertmanager chart",
            &["app.kubernetes.io/name=alertmanager"],
            &["http", "web"],
            9093,
        ),
    ]
};

/// The Services that are likely to have the role, the best first; those of one kind of installation
/// are sorted by namespace and name.
///
/// Servers that need more than a port are not found: OpenShift's, which requires a token and TLS,
/// and Mimir's, which requires a tenant. They have to be configured.
pub fn discover(services: &[Service], role: Role) -> Vec<DiscoveredService> {
    let mut found: Vec<DiscoveredService> = Vec::new();
    for sign in SIGNATURES.iter().filter(|sign| sign.role == role) {
        let mut fitting: Vec<&Service> =
            services.iter().filter(|service| sign.matches(service)).collect();
        fitting.sort_by_key(|service| (&service.namespace, &service.name));
        for service in fitting {
            let known = |found: &DiscoveredService| {
                found.namespace == service.namespace && found.service == service.name
            };
            if let Some(port) = sign.port(service)
                && !found.iter().any(known)
            {
                found.push(DiscoveredService {
                    stack: sign.stack,
                    namespace: service.namespace.clone(),
                    service: service.name.clone(),
                    port,
                    prefix: sign.prefix,
                });
            }
        }
    }
    found
}

impl ServiceSignature {
    fn matches(&self, service: &Service) -> bool {
        self.labels.iter().all(|label| {
            label.split_once('=').is_some_and(|(key, value)| {
                service.labels.get(key).is_some_and(|actual| actual == value)
            })
        })
    }

    /// The port by name, else by number, else the only one.
    fn port(&self, service: &Service) -> Option<u16> {
        let named = |name: &&str| service.ports.iter().find(|(port_name, _)| port_name == name);
        let numbered = || service.ports.iter().find(|(_, port)| *port == self.fallback);
        let only = || if let [only] = &*service.ports { Some(only) } else { None };
        self.ports.iter().find_map(named).or_else(numbered).or_else(only).map(|(_, port)| *port)
    }
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    items: Option<Vec<Item>>,
}

#[derive(Deserialize)]
struct Item {
    metadata: Metadata,
    #[serde(default)]
    spec: Spec,
}

#[derive(Deserialize)]
struct Metadata {
    name: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    labels: Option<BTreeMap<String, String>>,
}

#[derive(Default, Deserialize)]
struct Spec {
    #[serde(default)]
    ports: Option<Vec<Port>>,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    selector: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct Port {
    #[serde(default)]
    name: Option<String>,
    #[serde(rename = "port")]
    number: u16,
    #[serde(default)]
    protocol: Option<String>,
}

/// Parses a list of Services, as printed by `--raw` or `-o json`. Ports other than TCP are omitted,
/// since they cannot be forwarded, and so are Services that only name another host.
///
/// # Errors
/// A sentence, if the JSON is not such a list.
pub fn parse_services(json: &[u8]) -> Result<Vec<Service>, String> {
    let list: List =
        serde_json::from_slice(json).map_err(|error| format!("not a list of Services: {error}"))?;
    let service = |item: Item| Service {
        namespace: item.metadata.namespace,
        name: item.metadata.name,
        labels: item.metadata.labels.unwrap_or_default(),
        selector: item.spec.selector.unwrap_or_default(),
        ports: item
            .spec
            .ports
            .into_iter()
            .flatten()
            .filter(|port| port.protocol.as_deref().is_none_or(|protocol| protocol == "TCP"))
            .map(|port| (port.name.unwrap_or_default(), port.number))
            .collect(),
    };
    let items = list.items.into_iter().flatten();
    Ok(items.filter(|item| item.spec.kind != "ExternalName").map(service).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(place: &str, labels: &[&str], ports: &[(&str, u16)]) -> Service {
        let (namespace, name) = place.split_once('/').unwrap();
        let label = |text: &&str| {
            let (key, value) = text.split_once('=').unwrap();
            (key.to_owned(), value.to_owned())
        };
        Service {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            labels: labels.iter().map(label).collect(),
            ports: ports.iter().map(|(name, port)| ((*name).to_owned(), *port)).collect(),
            selector: BTreeMap::new(),
        }
    }

    fn places(services: &[Service], role: Role) -> Vec<String> {
        let place =
            |f: &DiscoveredService| format!("{}/{}:{}{}", f.namespace, f.service, f.port, f.prefix);
        discover(services, role).iter().map(place).collect()
    }

    const NAME: &str = "app.kubernetes.io/name=prometheus";

    #[test]
    fn each_stack_is_recognized_by_labels_and_its_port_by_name() {
        let services = [
            service("a/operated", &["operated-prometheus=true"], &[("web", 9090)]),
            service(
                "b/k8s",
                &[NAME, "app.kubernetes.io/instance=k8s"],
                &[("reloader-web", 8080), ("web", 9090)],
            ),
            service("c/server", &[NAME, "app.kubernetes.io/component=server"], &[("http", 80)]),
            service(
                "d/stack",
                &["app=kube-prometheus-stack-prometheus"],
                &[("http-web", 9090), ("reloader-web", 8080)],
            ),
            service("e/vm", &["app.kubernetes.io/name=vmselect"], &[("http", 8481)]),
            service("f/am", &["operated-alertmanager=true"], &[("mesh", 9094), ("web", 9093)]),
        ];
        assert_eq!(
            places(&services, Role::Prometheus),
            [
                "d/stack:9090",
                "c/server:80",
                "b/k8s:9090",
                "a/operated:9090",
                "e/vm:8481/select/0/prometheus"
            ]
        );
        assert_eq!(places(&services, Role::Alertmanager), ["f/am:9093"]);
    }

    #[test]
    fn a_name_alone_is_not_sufficient() {
        let services = [
            service("a/prometheus", &[], &[("web", 9090)]),
            service("a/prometheus-node-exporter", &[NAME], &[("http", 9100)]),
            service(
                "a/prometheus-server",
                &[NAME, "app.kubernetes.io/component=server"],
                // Two ports, neither of them known.
                &[("a", 1), ("b", 2)],
            ),
        ];
        assert_eq!(places(&services, Role::Prometheus), <[&str; 0]>::default());
    }

    #[test]
    fn a_list_is_parsed() {
        let json = br#"{"kind":"ServiceList","items":[
            {"metadata":{"name":"dns","namespace":"kube-system"},
             "spec":{"ports":[{"name":"dns","port":53,"protocol":"UDP"},{"name":"dns-tcp","port":53,"protocol":"TCP"}]}},
            {"metadata":{"name":"headless","namespace":"a","labels":null},"spec":{"ports":null}},
            {"metadata":{"name":"elsewhere","namespace":"a"},"spec":{"type":"ExternalName"}}]}"#;
        let services = parse_services(json).unwrap();
        assert_eq!(services.len(), 2);
        assert_eq!(services[0].ports, [("dns-tcp".to_owned(), 53)]);
        assert_eq!(parse_services(br#"{"items":null}"#).unwrap(), []);
        assert!(parse_services(b"<html>").unwrap_err().starts_with("not a list of Services"));
    }
}
