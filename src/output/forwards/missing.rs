//! What to do about a forward whose target does not exist.

use crate::config::pattern::nearest;
use crate::config::target::TargetKind;
use crate::prometheus::Service;
use crate::supervisor::{LocalPort, PortSpec, Spec};
use crate::term::text::{sanitize, shell_quoted};

/// How many namespaces are listed.
const NAMESPACES: usize = 3;

/// Notes about a target that does not exist: where it was searched for, and which Service may be meant. `services`
/// are those of the cluster, if they could be read; `configured` are the names of the configuration's forwards.
pub fn missing(spec: &Spec, services: Option<&[Service]>, configured: &[&str]) -> Vec<String> {
    let namespace = &spec.namespace;
    let context = spec.context.as_ref().map(|it| format!(" of context {it:?}"));
    let place = format!("namespace {:?}{}", namespace.to_string(), context.unwrap_or_default());
    let name = spec.resource.name();
    let kind = spec.resource.kind();
    let mut notes = Vec::new();
    let of_config = spec.name.as_deref().filter(|name| configured.contains(name));
    if kind == TargetKind::Pod && of_config.is_none() {
        let near = nearest(name, configured.iter().copied());
        if !near.is_empty() {
            let near: Vec<String> = near.iter().map(|name| format!("{name:?}")).collect();
            notes.push(format!("did you mean the configured forward {}?", near.join(" or ")));
        }
    }
    let suggestion = services
        .filter(|_| matches!(kind, TargetKind::Pod | TargetKind::Service))
        .and_then(|services| service(spec, services, of_config));
    match suggestion {
        Some(suggestion) => notes.push(format!("searched {place}; {suggestion}")),
        None => notes.push(format!("searched {place}; -n and --context choose others")),
    }
    notes
}

/// The Service of that name in this or another namespace, or else one with a similar name in this one.
fn service(spec: &Spec, services: &[Service], of_config: Option<&str>) -> Option<String> {
    let (name, namespace) = (spec.resource.name(), spec.namespace.as_str());
    let mut found: Vec<&str> = services
        .iter()
        .filter(|service| service.name == name)
        .map(|service| service.namespace.as_str())
        .collect();
    found.sort_unstable();
    if spec.resource.kind() == TargetKind::Pod && found.contains(&namespace) {
        found = vec![namespace];
    }
    let Some(first) = found.first() else {
        let here = services.iter().filter(|service| service.namespace == namespace);
        let near = nearest(name, here.map(|service| service.name.as_str()));
        let near = near.first().filter(|_| spec.resource.kind() == TargetKind::Service)?;
        return Some(format!("did you mean svc/{}?", sanitize(near)));
    };
    let listed: Vec<_> = found.iter().take(NAMESPACES).map(|it| sanitize(it)).collect();
    let more = match found.len().saturating_sub(NAMESPACES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let several = if found.len() > 1 { "namespaces" } else { "namespace" };
    let is = format!("there is a Service {name:?} in {several} {}{more}", listed.join(", "));
    if let Some(forward) = of_config {
        return Some(format!("{is}: change forward {forward:?} of the config"));
    }
    Some(format!("{is}: {}", command(spec, first)))
}

/// The command line that forwards to the Service of that namespace.
fn command(spec: &Spec, namespace: &str) -> String {
    let port = |port: &PortSpec| match port.local {
        LocalPort::Exact(local) if local > 0 => format!(" {local}:{}", port.remote),
        _ => format!(" {}", port.remote),
    };
    let ports: String = spec.ports.iter().map(port).collect();
    let context = spec.context.as_deref().map(|context| {
        let context = sanitize(context);
        format!(" --context {}", shell_quoted(&context))
    });
    let service = format!("svc/{}{ports} -n {}", spec.resource.name(), sanitize(namespace));
    format!("watchdog forward start {service}{}", context.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(resource: &str, name: Option<&str>) -> Spec {
        serde_json::from_value(serde_json::json!({
            "name": name, "cluster": "c", "context": "prod", "server": "https://prod",
            "namespace": "shop", "resource": resource,
            "ports": [{"remote": 80, "local": {"from": 55553}}, {"remote": "http", "local": {"exact": 9}}],
            "addresses": ["127.0.0.1"], "idleMs": 0, "kubectl": "/bin/kubectl", "kubeconfig": null,
            "directory": "/", "environment": [],
        }))
        .unwrap()
    }

    fn notes(resource: &str, name: Option<&str>, services: &[(&str, &str)]) -> String {
        let service = |(namespace, name): &(&str, &str)| Service {
            namespace: (*namespace).to_owned(),
            name: (*name).to_owned(),
            labels: std::iter::empty().collect(),
            ports: Vec::new(),
            ..Service::default()
        };
        let services: Vec<Service> = services.iter().map(service).collect();
        missing(&spec(resource, name), Some(&services), &["prom", "db"]).join("\n")
    }

    #[test]
    fn the_service_that_may_be_meant_is_named_with_its_command_line() {
        let web = [("web", "echo"), ("shop", "prometheus"), ("monitoring", "prometheus")];
        let searched = "searched namespace \"shop\" of context \"prod\"";
        assert_eq!(
            notes("svc/echo", None, &web),
            format!(
                "{searched}; there is a Service \"echo\" in namespace web: watchdog forward start svc/echo 80 9:http -n web --context prod"
            )
        );
        assert_eq!(
            notes("prometheus", None, &web),
            format!(
                "{searched}; there is a Service \"prometheus\" in namespace shop: watchdog forward start svc/prometheus 80 9:http -n shop --context prod"
            )
        );
        assert_eq!(
            notes("svc/promtheus", None, &web),
            format!("{searched}; did you mean svc/prometheus?")
        );
        let everywhere = ["a", "b", "c", "d", "e"].map(|namespace| (namespace, "echo"));
        let text = notes("svc/echo", None, &everywhere);
        assert!(text.contains("in namespaces a, b, c and 2 more: watchdog"), "{text}");
        let text = notes("svc/echo", Some("prom"), &web);
        assert!(
            text.ends_with("in namespace web: change forward \"prom\" of the config"),
            "{text}"
        );
    }

    #[test]
    fn without_a_service_the_place_is_named_and_similar_forwards_of_the_configuration() {
        let searched =
            "searched namespace \"shop\" of context \"prod\"; -n and --context choose others";
        assert_eq!(notes("svc/zebra", None, &[]), searched);
        assert_eq!(notes("deploy/echo", None, &[("web", "echo")]), searched);
        assert_eq!(missing(&spec("svc/echo", None), None, &[]).join("\n"), searched);
        assert_eq!(
            notes("pro", None, &[]),
            format!("did you mean the configured forward \"prom\"?\n{searched}")
        );
    }
}
