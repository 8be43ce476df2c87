//! `forwards`: named port-forwards, and the validation of the list.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::duration;
use super::keys::Judge;
use super::node::{Node, Part};
use super::pattern::nearest;
use super::target::{
    Addresses, ForwardTarget, Ports, RemotePort, TargetError, doubled_local, forward_name,
    namespace_name, variable_prefix,
};

/// An entry of `forwards`: a port-forward that `watchdog forward start NAME` starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forward {
    /// The name, unique in the list.
    pub name: String,
    /// The context. Without `context` and `cluster`, the current context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The kubeconfig's name for the cluster, instead of `context`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The namespace; `None` for the context's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// `TYPE/NAME`.
    pub resource: ForwardTarget,
    /// The port of the resource, if there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<RemotePort>,
    /// The ports, instead of `port` and `local_port`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Ports>,
    /// The addresses to listen on; `None` for loopback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Addresses>,
    /// The local port: 0 for any; `None` for the first free one from `forward.local_port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_port: Option<u16>,
    /// How long without a connection before it becomes dormant, 0 for no limit; `None` for
    /// `forward.idle`.
    #[serde(default, with = "idle", skip_serializing_if = "Option::is_none")]
    pub idle: Option<Duration>,
    /// Whether a supervisor that was not started on demand starts and holds it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep: bool,
    /// Environment variables of its kubectl, in addition to those of the process that starts it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
}

impl Forward {
    /// The ports to forward, at least one.
    pub fn all_ports(&self) -> Vec<Ports> {
        let one = |remote: &RemotePort| Ports { local: self.local_port, remote: remote.clone() };
        self.port.iter().map(one).chain(self.ports.iter().cloned()).collect()
    }
}

mod idle {
    use super::{Duration, duration};
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    #[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
    pub(super) fn serialize<S: Serializer>(
        idle: &Option<Duration>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match idle {
            Some(idle) => to.serialize_str(&duration::format(*idle)),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Duration>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| duration::parse(&text).map_err(de::Error::custom)).transpose()
    }
}

/// The keys of an entry, and whether each is required.
const KEYS: &[(&str, bool)] = &[
    ("name", true),
    ("context", false),
    ("cluster", false),
    ("namespace", false),
    ("resource", true),
    ("port", false),
    ("local_port", false),
    ("ports", false),
    ("address", false),
    ("idle", false),
    ("keep", false),
    ("environment", false),
];

impl Judge {
    /// Validates the list. Returns it if there is no error.
    pub(super) fn forwards(&mut self, path: &str, items: &[Node], here: &[usize]) -> Option<Value> {
        let before = self.findings.len();
        let mut names: Vec<String> = Vec::new();
        let mut ports: Vec<(u16, String)> = Vec::new();
        let mut forwards = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let entry: Vec<usize> = here.iter().copied().chain([index]).collect();
            let path = format!("{path}[{index}]");
            let Some(forward) = self.forward(&path, item, &entry) else { continue };
            let at = |key| position(item, key).map_or(entry.clone(), |at| join(&entry, at));
            let Some(Value::String(name)) = forward.get("name") else { continue };
            let prefix = variable_prefix(name);
            if names.contains(name) {
                let message = format!("{path}.name: another forward is named {name:?} already");
                self.add(&at("name"), Part::Value, message);
            } else if let Some(other) = names.iter().find(|it| variable_prefix(it) == prefix) {
                let message = format!(
                    "{path}.name: {name:?} and {other:?} have the same environment variables, {prefix}_ENDPOINT and others"
                );
                self.add(&at("name"), Part::Value, message);
            }
            names.push(name.clone());
            for (key, port) in locals(&forward) {
                if let Some((_, other)) = ports.iter().find(|(taken, _)| *taken == port) {
                    let message =
                        format!("{path}.{key}: {port} is the local port of forward {other:?}");
                    self.add(&at(key), Part::Value, message);
                }
                ports.push((port, name.clone()));
            }
            forwards.push(Value::Object(forward));
        }
        (self.findings.len() == before).then_some(Value::Array(forwards))
    }

    fn forward(&mut self, path: &str, node: &Node, here: &[usize]) -> Option<Map<String, Value>> {
        let Node::Map(items) = node else {
            let keys: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
            let keys = keys.join(", ");
            let message = format!("{path}: expected a map with the keys {keys}, found {node}");
            self.add(here, Part::Value, message);
            return None;
        };
        let mut forward = Map::new();
        let mut seen: Vec<&str> = Vec::new();
        for (index, (key, value)) in items.iter().enumerate() {
            let at = join(here, index);
            let name = match key {
                Node::Text(name) => name.clone(),
                other => other.to_string(),
            };
            let Some((known, required)) = KEYS.iter().find(|(known, _)| *known == name) else {
                self.add(&at, Part::Key, unknown(path, &name));
                continue;
            };
            if seen.contains(known) {
                self.add(&at, Part::Key, format!("{path}.{known} is given twice"));
                continue;
            }
            seen.push(known);
            if *value == Node::Null && !required {
                continue;
            }
            match field(known, value) {
                Ok(value) => {
                    forward.insert(name, value);
                }
                Err(why) => self.add(&at, Part::Value, format!("{path}.{known}: {why}")),
            }
        }
        for (key, _) in KEYS.iter().filter(|(key, required)| *required && !seen.contains(key)) {
            self.add(here, Part::Value, format!("{path} has no {key}"));
        }
        if !seen.contains(&"port") && !seen.contains(&"ports") {
            self.add(here, Part::Value, format!("{path} has no port"));
        }
        for (key, why) in [
            ("port", "either port or ports, not both"),
            ("local_port", "local_port goes with port; in ports, write LOCAL:REMOTE"),
        ] {
            if let (Some(_), Some(at)) = (forward.get(key), position(node, "ports")) {
                self.add(&join(here, at), Part::Key, format!("{path}: {why}"));
            }
        }
        if let (Some(_), Some(at)) = (forward.get("context"), position(node, "cluster"))
            && forward.contains_key("cluster")
        {
            let message = format!("{path}: either context or cluster, not both");
            self.add(&join(here, at), Part::Key, message);
        }
        Some(forward)
    }
}

/// Validates a key of an entry. Returns the message for an invalid value.
fn field(key: &str, node: &Node) -> Result<Value, String> {
    let said = |error: TargetError| error.to_string();
    match (key, node) {
        ("local_port", Node::Int(port)) if (0..=65535).contains(port) => {
            Ok(i64::try_from(*port).map_or(Value::Null, Value::from))
        }
        ("local_port", _) => Err(format!("expected a whole number, 0 to 65535, found {node}")),
        ("port", Node::Int(port)) => {
            RemotePort::parse(&port.to_string()).map_err(said)?;
            Ok(i64::try_from(*port).map_or(Value::Null, Value::from))
        }
        ("ports", Node::List(items)) => ports(items),
        ("ports", _) => Err(format!("expected a list, such as [80, 8080:http], found {node}")),
        ("address", node) => address(node),
        ("keep", Node::Bool(keep)) => Ok(Value::Bool(*keep)),
        ("keep", _) => Err(format!("expected true or false, found {node}")),
        ("environment", node) => environment(node),
        ("idle", Node::Int(0)) => Ok(Value::String("0".to_owned())),
        (_, Node::Text(text)) => {
            match key {
                "name" => forward_name(text).map(drop).map_err(said),
                "namespace" => namespace_name(text).map(drop).map_err(said),
                "resource" => ForwardTarget::parse(text).map(drop).map_err(said),
                "port" => RemotePort::parse(text).map(drop).map_err(said),
                "idle" => duration::parse(text).map(drop).map_err(|error| error.to_string()),
                _ if text.is_empty() => Err("it is empty".to_owned()),
                _ => Ok(()),
            }?;
            Ok(Value::String(text.clone()))
        }
        ("port", _) => Err(format!("expected a number or the name of a port, found {node}")),
        ("idle", _) => Err(format!("expected a duration, such as 5m, found {node}")),
        (_, Node::Int(_) | Node::Float(_) | Node::Bool(_)) => {
            Err(format!("expected a text, found {node}; a name like this needs quotes"))
        }
        _ => Err(format!("expected a text, found {node}")),
    }
}

/// The exact local ports of an entry, each with its key. 0 means any free port.
fn locals(forward: &Map<String, Value>) -> Vec<(&'static str, u16)> {
    let one = forward.get("local_port").and_then(Value::as_u64);
    let one = one.and_then(|port| u16::try_from(port).ok()).map(|port| ("local_port", port));
    let several = forward.get("ports").and_then(Value::as_array).into_iter().flatten();
    let several = several.filter_map(|port| Ports::parse(port.as_str()?).ok()?.local);
    one.into_iter()
        .chain(several.map(|port| ("ports", port)))
        .filter(|(_, port)| *port > 0)
        .collect()
}

/// `ports`: a list of ports in the command line's syntax.
fn ports(items: &[Node]) -> Result<Value, String> {
    let mut ports = Vec::new();
    for item in items {
        let text = match item {
            Node::Int(port) => port.to_string(),
            Node::Text(text) => text.clone(),
            other => return Err(format!("expected ports, such as 80 or 8080:http, found {other}")),
        };
        ports.push(Ports::parse(&text).map_err(|error| error.to_string())?);
    }
    if ports.is_empty() {
        return Err("the list is empty".to_owned());
    }
    if let Some(port) = doubled_local(&ports) {
        return Err(format!("the local port {port} is given twice"));
    }
    Ok(Value::Array(ports.iter().map(|port| Value::String(port.to_string())).collect()))
}

/// `address`: one address, or a list.
fn address(node: &Node) -> Result<Value, String> {
    let text = match node {
        Node::Text(text) => text.clone(),
        Node::List(items) if !items.is_empty() => {
            let texts: Option<Vec<&str>> = items
                .iter()
                .map(|item| if let Node::Text(text) = item { Some(text.as_str()) } else { None })
                .collect();
            texts.ok_or_else(|| "expected texts, such as 127.0.0.1".to_owned())?.join(",")
        }
        other => return Err(format!("expected an address, such as 0.0.0.0, found {other}")),
    };
    let addresses = Addresses::parse(&text).map_err(|error| error.to_string())?;
    Ok(Value::String(addresses.to_string()))
}

/// `environment`: names and values of variables.
fn environment(node: &Node) -> Result<Value, String> {
    let Node::Map(items) = node else {
        return Err(format!("expected a map, such as {{AWS_PROFILE: production}}, found {node}"));
    };
    let mut variables = Map::new();
    for (name, value) in items {
        let Node::Text(name) = name else {
            return Err(format!("expected the name of a variable, found {name}"));
        };
        if name.is_empty() || name.contains(['=', '\0']) {
            return Err(format!("{name:?} is not the name of a variable"));
        }
        // Clusters are looked up before the forward starts, in the environment of the caller.
        if name == "KUBECONFIG" {
            return Err(
                "KUBECONFIG cannot be set for one forward; set it where watchdog is started"
                    .to_owned(),
            );
        }
        match value {
            Node::Text(value) if !value.contains('\0') => {
                variables.insert(name.clone(), Value::String(value.clone()));
            }
            // The value may be a secret, so the message does not contain it.
            _ => return Err(format!("{name}: expected a text; a value like this needs quotes")),
        }
    }
    Ok(Value::Object(variables))
}

fn unknown(path: &str, name: &str) -> String {
    let plain = |text: &str| text.replace(['_', '-'], "").to_lowercase();
    let keys = || KEYS.iter().map(|(key, _)| *key);
    let meant = keys().find(|key| plain(key) == plain(name));
    let shown = if name.chars().any(char::is_control) { format!("{name:?}") } else { name.into() };
    if let Some(meant) = meant.or_else(|| nearest(name, keys()).first().copied()) {
        return format!("unknown key {path}.{shown}; did you mean {meant}?");
    }
    let all: Vec<&str> = keys().collect();
    format!("unknown key {path}.{shown}; the keys here are {}", all.join(", "))
}

fn join(here: &[usize], index: usize) -> Vec<usize> {
    here.iter().copied().chain([index]).collect()
}

fn position(node: &Node, key: &str) -> Option<usize> {
    let Node::Map(items) = node else { return None };
    items.iter().position(|(name, _)| *name == Node::Text(key.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::{Config, parse};
    use super::*;
    use std::path::Path;

    fn read(text: &str) -> Result<Config, String> {
        parse(text.as_bytes(), Path::new("w.yaml")).map_err(|error| error.to_string())
    }

    fn complaint(text: &str) -> String {
        read(text).map_or_else(|error| error, |config| format!("none about {config:?}"))
    }

    #[test]
    fn a_list_is_read_and_written_back() {
        let config = read(
            "forwards:\n\
             - {name: prom, context: production, namespace: monitoring, resource: svc/prometheus-server, port: 80, local_port: 9090, idle: 1h30m}\n\
             - name: db\n  cluster: staging\n  resource: postgres-0\n  port: postgres\n  idle: 0\n",
        )
        .unwrap();
        let [prom, db] = config.forwards.as_slice() else { panic!("{config:?}") };
        assert_eq!(prom.resource.to_string(), "service/prometheus-server");
        assert_eq!((prom.local_port, &prom.port), (Some(9090), &Some(RemotePort::Number(80))));
        assert_eq!(prom.idle, Some(Duration::from_mins(90)));
        assert_eq!((db.idle, db.namespace.as_deref()), (Some(Duration::ZERO), None));
        let written = serde_yaml::to_string(&config).unwrap();
        assert_eq!(read(&written).unwrap(), config);
    }

    #[test]
    fn ports_and_addresses_have_the_syntax_of_the_command_line() {
        let config = read(
            "forwards:\n\
             - {name: a, resource: svc/a, ports: [80, \"8080:http\", \":443\"], address: \"::\"}\n\
             - {name: b, resource: svc/b, port: 80, address: [localhost, 192.0.2.1]}\n",
        )
        .unwrap();
        let shown = |forward: &Forward| {
            let ports: Vec<String> = forward.all_ports().iter().map(Ports::to_string).collect();
            let address = forward.address.as_ref().map(ToString::to_string);
            format!("{} at {}", ports.join(" "), address.unwrap_or_default())
        };
        let shown: Vec<String> = config.forwards.iter().map(shown).collect();
        assert_eq!(shown, ["80 8080:http :443 at ::", "80 at 127.0.0.1,::1,192.0.2.1"]);
        let written = serde_yaml::to_string(&config).unwrap();
        assert_eq!(read(&written).unwrap(), config);
        insta::assert_snapshot!(complaint(
            "forwards:\n\
             - {name: a, resource: a, ports: [], address: example.org}\n\
             - {name: b, resource: a, ports: 80, address: 7}\n\
             - {name: c, resource: a, ports: [80], port: 80, local_port: 1}\n\
             - {name: d, resource: a, ports: [\"9090:80\", \"9090:81\"]}\n\
             - {name: e, resource: a, ports: [\"9090:80\", true]}\n\
             - {name: f, resource: a, ports: [\"9090:80\"]}\n\
             - {name: g, resource: a, ports: [\"9090:80\"], address: [1]}\n"
        ), @r#"
        w.yaml:2:33: forwards[0].ports: the list is empty
        w.yaml:2:46: forwards[0].address: "example.org" is not an address to listen on: expected an IP address of this machine, such as 127.0.0.1, ::1 or 0.0.0.0, or localhost
        w.yaml:3:33: forwards[1].ports: expected a list, such as [80, 8080:http], found 80
        w.yaml:3:46: forwards[1].address: expected an address, such as 0.0.0.0, found 7
        w.yaml:4:26: forwards[2]: either port or ports, not both
        w.yaml:4:26: forwards[2]: local_port goes with port; in ports, write LOCAL:REMOTE
        w.yaml:5:33: forwards[3].ports: the local port 9090 is given twice
        w.yaml:6:33: forwards[4].ports: expected ports, such as 80 or 8080:http, found true
        w.yaml:8:33: forwards[6].ports: 9090 is the local port of forward "f"
        w.yaml:8:55: forwards[6].address: expected texts, such as 127.0.0.1
        "#);
    }

    #[test]
    fn all_errors_are_located_and_name_the_expected_value() {
        insta::assert_snapshot!(complaint(
            "forwards:\n\
             - name: prom\n  resource: svc/p\n  port: 80\n  localPort: 1\n\
             - name: prom\n  resource: ingress/p\n  port: 0\n  idle: 5\n\
             - name: -x\n  resource: p\n  port: http\n  context: a\n  cluster: b\n  namespace: A\n\
             - resource: p\n  local_port: 70000\n  context: 5\n\
             - prom\n"
        ), @r#"
        w.yaml:5:3: unknown key forwards[0].localPort; did you mean local_port?
        w.yaml:6:9: forwards[1].name: another forward is named "prom" already
        w.yaml:7:13: forwards[1].resource: "ingress/p": nothing of the type "ingress" can be forwarded to; the types are po, svc, deploy, sts, ds, rs, rc, job
        w.yaml:8:9: forwards[1].port: 0 is not a port; ports are 1 to 65535
        w.yaml:9:9: forwards[1].idle: expected a duration, such as 5m, found 5
        w.yaml:10:9: forwards[2].name: "-x" is not a forward name: a letter, then at most 62 letters, digits, dashes, dots and underscores
        w.yaml:14:3: forwards[2]: either context or cluster, not both
        w.yaml:15:14: forwards[2].namespace: "A" is not a namespace: names have no upper case letters
        w.yaml:16:3: forwards[3] has no name
        w.yaml:16:3: forwards[3] has no port
        w.yaml:17:15: forwards[3].local_port: expected a whole number, 0 to 65535, found 70000
        w.yaml:18:12: forwards[3].context: expected a text, found 5; a name like this needs quotes
        w.yaml:19:3: forwards[4]: expected a map with the keys name, context, cluster, namespace, resource, port, local_port, ports, address, idle, keep, environment, found the text "prom"
        "#);
        insta::assert_snapshot!(complaint(
            "forwards:\n\
             - {name: a-b, resource: p, port: 1, local_port: 9090}\n\
             - name: A.b\n  resource: q\n  port: 1\n  local_port: 9090\n\
             - {name: c, resource: r, port: 1, local_port: 0}\n\
             - {name: d, resource: s, port: 1, local_port: 0}\n"
        ), @r#"
        w.yaml:3:9: forwards[1].name: "A.b" and "a-b" have the same environment variables, A_B_ENDPOINT and others
        w.yaml:6:15: forwards[1].local_port: 9090 is the local port of forward "a-b"
        "#);
        insta::assert_snapshot!(complaint(
            "forwards:\n\
             - {name: a, resource: p, port: 1, keep: 1, environment: [x]}\n\
             - {name: b, resource: q, port: 1, environment: {A: 1}}\n\
             - {name: c, resource: q, port: 1, environment: {KUBECONFIG: x}}\n\
             - {name: d, resource: q, port: 1, environment: {A=: x}}\n"
        ), @r#"
        w.yaml:2:41: forwards[0].keep: expected true or false, found 1
        w.yaml:2:57: forwards[0].environment: expected a map, such as {AWS_PROFILE: production}, found a list
        w.yaml:3:48: forwards[1].environment: A: expected a text; a value like this needs quotes
        w.yaml:4:48: forwards[2].environment: KUBECONFIG cannot be set for one forward; set it where watchdog is started
        w.yaml:5:48: forwards[3].environment: "A=" is not the name of a variable
        "#);
        let kept = "forwards: [{name: a, resource: p, port: 1, keep: true, environment: {A: b}}]";
        let kept = read(kept).unwrap();
        assert!(kept.forwards[0].keep);
        assert_eq!(kept.forwards[0].environment["A"], "b");
        assert_eq!(read(&serde_yaml::to_string(&kept).unwrap()).unwrap(), kept);
        assert_eq!(
            complaint("forwards: {name: x}"),
            "w.yaml:1:11: forwards: expected a list of maps (for none, []), found a map"
        );
    }
}
