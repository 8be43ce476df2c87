//! `forward`: the settings of all port-forwards, and the earlier tool's keys for them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::duration;
use super::keys::{Judge, Kind, seconds};
use super::node::Part;

/// `forward`: the defaults of every port-forward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForwardDefaults {
    /// The first local port, 1 to 65535.
    pub local_port: u16,
    /// The local addresses: `localhost` for both loopback addresses, or IP addresses.
    pub address: Vec<String>,
    /// How long a forward may be unused before it becomes dormant; zero for no limit.
    #[serde(with = "duration::text")]
    pub idle: Duration,
    /// Which pod of a Service or workload is forwarded to.
    pub pod_selection: PodSelection,
    /// Which connections get a separate kubectl.
    pub isolate: Isolate,
    /// The maximum number of kubectls of one forward at a time, 1 to 64.
    pub pool: u32,
    /// Whether idempotent requests are repeated if kubectl ended before the answer.
    pub retry_idempotent: bool,
    /// The interval between TCP keep-alives; zero for none.
    #[serde(with = "duration::text")]
    pub keepalive: Duration,
    /// Seconds between two heartbeats of a forward's client, 1 to 3600.
    pub heartbeat_interval_seconds: u64,
    /// Seconds without a heartbeat after which a client's forwards end; more than the interval.
    pub heartbeat_timeout_seconds: u64,
    /// Seconds between two checks for silent clients, 1 to 3600.
    pub heartbeat_check_seconds: u64,
}

impl Default for ForwardDefaults {
    fn default() -> Self {
        Self {
            local_port: 55553,
            address: vec!["localhost".to_owned()],
            idle: Duration::from_mins(5),
            pod_selection: PodSelection::Kubectl,
            isolate: Isolate::Auto,
            pool: 8,
            retry_idempotent: false,
            keepalive: Duration::ZERO,
            heartbeat_interval_seconds: 5,
            heartbeat_timeout_seconds: 30,
            heartbeat_check_seconds: 10,
        }
    }
}

impl ForwardDefaults {
    /// The local addresses. Empty means both loopback addresses, of which a host may have only one.
    pub fn addresses(&self) -> Vec<IpAddr> {
        if self.address.iter().all(|address| address == "localhost") {
            return Vec::new();
        }
        let loopback = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
        let of = |address: &String| match address.parse() {
            Ok(address) => vec![address],
            Err(_) => loopback.to_vec(),
        };
        self.address.iter().flat_map(of).collect()
    }

    /// The time between two heartbeats of a forward's client.
    pub fn heartbeat_interval(&self) -> Duration {
        Duration::from_secs(self.heartbeat_interval_seconds)
    }

    /// The time without a heartbeat after which a client's forwards end.
    pub fn heartbeat_timeout(&self) -> Duration {
        Duration::from_secs(self.heartbeat_timeout_seconds)
    }

    /// The time between two checks for missing heartbeats.
    pub fn heartbeat_check(&self) -> Duration {
        Duration::from_secs(self.heartbeat_check_seconds)
    }
}

/// Which pod of a Service or workload is forwarded to: `forward.pod_selection` and `--pod-selection`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PodSelection {
    /// The pod that kubectl chooses: the one that has been ready longest.
    #[default]
    Kubectl,
    /// The newest pod that is ready and not being deleted.
    Newest,
}

impl PodSelection {
    /// The names of the choices.
    pub const NAMES: &'static [&'static str] = &["kubectl", "newest"];
}

impl std::str::FromStr for PodSelection {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        super::choice(text, Self::NAMES, [Self::Kubectl, Self::Newest])
    }
}

/// Which connections get a separate kubectl: `forward.isolate` and `--isolate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Isolate {
    /// Connections that would otherwise share a kubectl with another one, while the pool has room.
    #[default]
    Auto,
    /// Every connection.
    Always,
    /// No connection: all share one kubectl.
    Never,
}

impl Isolate {
    /// The names of the choices.
    pub const NAMES: &'static [&'static str] = &["auto", "always", "never"];
}

impl std::str::FromStr for Isolate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        super::choice(text, Self::NAMES, [Self::Auto, Self::Always, Self::Never])
    }
}

pub(super) const HEARTBEAT_INTERVAL: &str = "forward.heartbeat_interval_seconds";
pub(super) const HEARTBEAT_TIMEOUT: &str = "forward.heartbeat_timeout_seconds";
const IDLE: &str = "forward.idle";
const MINUTES: &str = "monitoring.prometheus.inactive_cleanup_minutes";

/// The section in which the earlier tool has keys for forwards.
const EARLIER_SECTION: &str = "monitoring.prometheus";

/// The earlier tool's keys, the type of their values, and the present key for each.
pub(super) const EARLIER: &[(&str, Kind, &str)] = &[
    (
        "monitoring.prometheus.local_port",
        Kind::Whole { min: 1, max: 65535, unit: "" },
        "forward.local_port",
    ),
    ("monitoring.prometheus.heartbeat_interval_seconds", seconds(3600), HEARTBEAT_INTERVAL),
    ("monitoring.prometheus.heartbeat_timeout_seconds", seconds(86_400), HEARTBEAT_TIMEOUT),
    (
        "monitoring.prometheus.heartbeat_check_seconds",
        seconds(3600),
        "forward.heartbeat_check_seconds",
    ),
    (MINUTES, Kind::Whole { min: 0, max: 7 * 24 * 60, unit: " minutes" }, IDLE),
];

/// The last part of a key's path.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

impl Judge {
    /// Moves the values of the earlier tool's keys to the present keys. If both are set, the
    /// present key takes precedence, with a warning if the values differ.
    pub(super) fn adopt_earlier(&mut self, document: &mut Value) {
        for (earlier, _, today) in EARLIER {
            let section =
                EARLIER_SECTION.split('.').try_fold(&mut *document, |at, name| at.get_mut(name));
            let held =
                section.and_then(Value::as_object_mut).and_then(|it| it.remove(last(earlier)));
            let Some(value) = held else { continue };
            let value = if *earlier == MINUTES { minutes(&value) } else { value };
            let Some(forward) = forward_section(document) else { continue };
            match forward.get(last(today)) {
                None => {
                    // The key counts as seen even if its value was refused.
                    if !self.seen.contains_key(today) {
                        forward.insert(last(today).to_owned(), value);
                        if let Some(at) = self.seen.get(earlier).cloned() {
                            self.seen.insert(today, at);
                        }
                        self.adopted.push((today, earlier));
                    }
                }
                Some(other) if same(other, &value) => {}
                Some(other) => {
                    let (other, value) = (shown(other), shown(&value));
                    let message =
                        format!("{earlier} ({value}) is not used: {today} ({other}) outranks it");
                    let at = self.seen.get(earlier).cloned().unwrap_or_default();
                    self.warn(&at, Part::Key, message);
                }
            }
        }
    }
}

fn forward_section(document: &mut Value) -> Option<&mut serde_json::Map<String, Value>> {
    let document = document.as_object_mut()?;
    let forward =
        document.entry("forward").or_insert_with(|| Value::Object(serde_json::Map::new()));
    forward.as_object_mut()
}

fn minutes(value: &Value) -> Value {
    match value.as_u64() {
        Some(0) | None => Value::String("0".to_owned()),
        Some(minutes) => Value::String(format!("{minutes}m")),
    }
}

/// Whether two values are equal, or denote the same duration.
fn same(one: &Value, other: &Value) -> bool {
    let duration = |value: &Value| value.as_str().and_then(|text| duration::parse(text).ok());
    one == other || duration(one).is_some_and(|it| Some(it) == duration(other))
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `localhost`, or an IP address.
pub(super) fn is_address(text: &str) -> bool {
    text == "localhost" || text.parse::<std::net::IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::load::parse_with_warnings;
    use super::*;
    use std::path::Path;

    fn read(text: &str) -> (ForwardDefaults, Vec<String>) {
        let (config, warnings) = parse_with_warnings(text.as_bytes(), Path::new("w.yaml")).unwrap();
        (config.forward, warnings.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_earlier_tools_keys_go_on_working() {
        let (forward, warnings) = read(
            "monitoring: {prometheus: {local_port: 9090, inactive_cleanup_minutes: 90,\n\
             heartbeat_interval_seconds: 1, heartbeat_timeout_seconds: 60, heartbeat_check_seconds: 2}}",
        );
        assert_eq!((forward.local_port, forward.idle), (9090, Duration::from_mins(90)));
        assert_eq!(forward.heartbeat_interval_seconds, 1);
        assert_eq!(forward.heartbeat_timeout_seconds, 60);
        assert_eq!(forward.heartbeat_check_seconds, 2);
        assert!(warnings.is_empty(), "{warnings:?}");
        let (forward, _) = read("monitoring: {prometheus: {inactive_cleanup_minutes: 0}}");
        assert_eq!(forward.idle, Duration::ZERO);
    }

    #[test]
    fn todays_key_outranks_the_earlier_one_and_a_difference_is_said() {
        let (forward, warnings) = read(
            "forward: {local_port: 7000, idle: 1h}\n\
             monitoring:\n  prometheus:\n    local_port: 9090\n    inactive_cleanup_minutes: 60\n",
        );
        assert_eq!((forward.local_port, forward.idle), (7000, Duration::from_hours(1)));
        assert_eq!(
            warnings,
            [
                "w.yaml:4:5: monitoring.prometheus.local_port (9090) is not used: forward.local_port \
              (7000) outranks it"
            ]
        );
    }

    #[test]
    fn all_of_it_is_read() {
        let (forward, _) = read(
            "forward: {isolate: always, pool: 3, retry_idempotent: true, keepalive: 15s,\n\
             address: [127.0.0.1, '::1']}",
        );
        assert_eq!((forward.isolate, forward.pool), (Isolate::Always, 3));
        assert!(forward.retry_idempotent);
        assert_eq!(forward.keepalive, Duration::from_secs(15));
        assert_eq!(forward.address, ["127.0.0.1", "::1"]);
        assert_eq!(forward.addresses().len(), 2);
        assert!(ForwardDefaults::default().addresses().is_empty());
    }
}
