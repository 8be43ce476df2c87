//! The targets and ports of a forward, in kubectl's own syntax: `TYPE/NAME` and `[LOCAL:]REMOTE`.
//!
//! The configuration file and the command line share this module. No parsed value can become a
//! flag of kubectl: every part is an item of a closed list, a number, or a name without a leading
//! dash.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::pattern::nearest;

/// Why a text is not a target, as a sentence that says what would be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TargetError(String);

/// The types that kubectl forwards to: pods, and objects that have pods. Each with its full name,
/// its short name and its API group (empty for the core group).
const TYPES: &[(TargetKind, &str, &str, &str)] = &[
    (TargetKind::Pod, "pod", "po", ""),
    (TargetKind::Service, "service", "svc", ""),
    (TargetKind::Deployment, "deployment", "deploy", "apps"),
    (TargetKind::StatefulSet, "statefulset", "sts", "apps"),
    (TargetKind::DaemonSet, "daemonset", "ds", "apps"),
    (TargetKind::ReplicaSet, "replicaset", "rs", "apps"),
    (TargetKind::ReplicationController, "replicationcontroller", "rc", ""),
    (TargetKind::Job, "job", "job", "batch"),
];

/// A type of resource that has pods, or is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "they are Kubernetes' own kinds")]
pub enum TargetKind {
    Pod,
    Service,
    Deployment,
    StatefulSet,
    DaemonSet,
    ReplicaSet,
    ReplicationController,
    Job,
}

impl TargetKind {
    /// Reads a name of a type, in any case: alone, or as `TYPE.GROUP` and `TYPE.VERSION.GROUP`,
    /// which `kubectl get -o name` prints.
    fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let (name, group) = match lower.split_once('.') {
            None => (lower.as_str(), None),
            Some((name, rest)) => match rest.split_once('.') {
                Some((version, group)) if is_version(version) => (name, Some(group)),
                _ => (name, Some(rest)),
            },
        };
        let singular = name.strip_suffix('s').unwrap_or(name);
        TYPES
            .iter()
            .find(|(_, full, short, of)| {
                (name == *full || name == *short || singular == *full)
                    && group.is_none_or(|group| group == *of)
            })
            .map(|(kind, ..)| *kind)
    }

    fn names(self) -> (&'static str, &'static str) {
        TYPES
            .iter()
            .find(|(kind, ..)| *kind == self)
            .map_or(("pod", "po"), |(_, full, short, _)| (full, short))
    }

    /// kubectl's full name for it: `service`.
    pub fn as_str(self) -> &'static str {
        self.names().0
    }

    /// kubectl's short name for it: `svc`.
    pub fn short(self) -> &'static str {
        self.names().1
    }
}

/// Whether this is a version of an API: `v1`, `v2beta1`.
fn is_version(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('v') else { return false };
    rest.starts_with(|c: char| c.is_ascii_digit())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The target of a forward: `TYPE/NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ForwardTarget {
    kind: TargetKind,
    name: String,
}

impl ForwardTarget {
    /// Reads `TYPE/NAME`, or a bare `NAME`, which is a pod as it is for kubectl.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let (kind, name) = match text.split_once('/') {
            None => (TargetKind::Pod, text),
            Some((kind, name)) => {
                let kind = TargetKind::parse(kind).ok_or_else(|| unknown_type(text, kind))?;
                (kind, name)
            }
        };
        check_subdomain(name).map_err(|why| {
            TargetError(format!("{} is not TYPE/NAME, such as svc/web: {why}", quoted(text)))
        })?;
        Ok(Self { kind, name: name.to_owned() })
    }

    /// Its type.
    pub fn kind(&self) -> TargetKind {
        self.kind
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The argument for kubectl: `svc/web`, `pod/web-0`.
    pub fn short(&self) -> String {
        match self.kind {
            TargetKind::Pod => self.to_string(),
            kind => format!("{}/{}", kind.short(), self.name),
        }
    }
}

fn unknown_type(text: &str, kind: &str) -> TargetError {
    let names = TYPES.iter().flat_map(|(_, full, short, _)| [*full, *short]);
    let bare = kind.split('.').next().unwrap_or_default();
    let hint = if let Some(known) = TargetKind::parse(bare).filter(|_| bare != kind) {
        let known = known.as_str();
        format!("a {known} is not of that group; write {known}")
    } else if let Some(meant) = nearest(bare, names).first() {
        format!("did you mean {meant}?")
    } else {
        let shorts: Vec<&str> = TYPES.iter().map(|(_, _, short, _)| *short).collect();
        format!("the types are {}", shorts.join(", "))
    };
    TargetError(format!(
        "{}: nothing of the type {} can be forwarded to; {hint}",
        quoted(text),
        quoted(kind)
    ))
}

impl fmt::Display for ForwardTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.name)
    }
}

impl Serialize for ForwardTarget {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ForwardTarget {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(de::Error::custom)
    }
}

/// A port of the resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum RemotePort {
    /// By number, 1 to 65535.
    Number(u16),
    /// By the name in the Service or the container.
    Name(String),
}

impl RemotePort {
    /// Reads a number, or a name: a Service's ports have DNS labels (at most 63 of `a-z`, `0-9` and
    /// `-`), a container's at most 15 of the same.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return match text.parse() {
                Ok(port) if port > 0 => Ok(Self::Number(port)),
                _ if text.len() > 63 => Err(TargetError(format!(
                    "{} is not a port; ports are 1 to 65535",
                    quoted(text)
                ))),
                _ => Err(TargetError(format!("{text} is not a port; ports are 1 to 65535"))),
            };
        }
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_name = (1..=63).contains(&text.len())
            && text.bytes().all(plain)
            && !text.starts_with('-')
            && !text.ends_with('-');
        if is_name {
            Ok(Self::Name(text.to_owned()))
        } else {
            Err(TargetError(format!(
                "{} is not a port: expected a number, 1 to 65535, or the name of a port",
                quoted(text)
            )))
        }
    }
}

impl fmt::Display for RemotePort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl<'de> Deserialize<'de> for RemotePort {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Number(u64),
            Text(String),
        }
        let text = match Either::deserialize(from)? {
            Either::Number(number) => number.to_string(),
            Either::Text(text) => text,
        };
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// `[LOCAL:]REMOTE`, in kubectl's own order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ports {
    /// The local port, if specified; 0 (or nothing before the colon) means any port.
    pub local: Option<u16>,
    /// The port of the resource.
    pub remote: RemotePort,
}

impl Ports {
    /// Reads `80`, `http`, `8080:80`, `:80`.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let Some((local, remote)) = text.split_once(':') else {
            return Ok(Self { local: None, remote: RemotePort::parse(text)? });
        };
        let local = if local.is_empty() {
            0
        } else if local.bytes().all(|byte| byte.is_ascii_digit()) {
            local.parse().map_err(|_| {
                TargetError(format!("{text}: {local} is not a port; ports are 1 to 65535"))
            })?
        } else {
            return Err(TargetError(format!(
                "{text:?}: the local port {local:?} is not a number; the order is LOCAL:REMOTE"
            )));
        };
        let remote = RemotePort::parse(remote)
            .map_err(|TargetError(why)| TargetError(format!("{text:?}: {why}")))?;
        Ok(Self { local: Some(local), remote })
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.local {
            None => write!(f, "{}", self.remote),
            Some(0) => write!(f, ":{}", self.remote),
            Some(local) => write!(f, "{local}:{}", self.remote),
        }
    }
}

impl Serialize for Ports {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ports {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(de::Error::custom)
    }
}

/// The local port that a forward's ports contain twice, if any; 0 means any port and does not
/// count.
pub fn doubled_local(ports: &[Ports]) -> Option<u16> {
    let locals: Vec<u16> =
        ports.iter().filter_map(|port| port.local).filter(|port| *port > 0).collect();
    (1..locals.len()).find(|index| locals[..*index].contains(&locals[*index])).map(|it| locals[it])
}

/// Local addresses to listen on, one at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses(pub Vec<IpAddr>);

impl Addresses {
    /// Reads addresses with commas between them; `localhost` is 127.0.0.1 and ::1.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let mut addresses = Vec::new();
        for word in text.split(',').map(str::trim) {
            if word.eq_ignore_ascii_case("localhost") {
                addresses.push(Ipv4Addr::LOCALHOST.into());
                addresses.push(Ipv6Addr::LOCALHOST.into());
                continue;
            }
            let address = word.parse().map_err(|_| {
                TargetError(format!(
                    "{} is not an address to listen on: expected an IP address of this machine, such as 127.0.0.1, ::1 or 0.0.0.0, or localhost",
                    quoted(word)
                ))
            })?;
            addresses.push(address);
        }
        Ok(Self(addresses))
    }
}

impl fmt::Display for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.0.iter().map(IpAddr::to_string).collect();
        f.write_str(&texts.join(","))
    }
}

impl Serialize for Addresses {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Addresses {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(de::Error::custom)
    }
}

/// Quotes a text for an error, shortened if it is long.
fn quoted(text: &str) -> String {
    const MOST: usize = 63;
    let short: String = text.chars().take(MOST).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("{short:?}{dots}")
}

/// Checks the name of a forward, which is used in commands, tables and environment variables.
pub fn forward_name(text: &str) -> Result<String, TargetError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let is_name = (1..=63).contains(&text.len())
        && text.chars().all(plain)
        && text.starts_with(|c: char| c.is_ascii_alphabetic());
    if is_name {
        Ok(text.to_owned())
    } else {
        Err(TargetError(format!(
            "{} is not a forward name: a letter, then at most 62 letters, digits, dashes, \
             dots and underscores",
            quoted(text)
        )))
    }
}

/// The prefix of the environment variables of a forward with this name: the name in upper case,
/// with `_` for everything except letters and digits; never begins with a digit.
pub fn variable_prefix(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let prefix: String = name.chars().map(plain).collect();
    if prefix.starts_with(|c: char| c.is_ascii_digit()) { format!("_{prefix}") } else { prefix }
}

/// Checks the name of a namespace (a label of RFC 1123).
pub fn namespace_name(text: &str) -> Result<String, TargetError> {
    let why = if text.len() > 63 {
        Err("it is longer than 63 characters")
    } else if text.contains('.') {
        Err("it contains a dot")
    } else {
        check_subdomain(text)
    };
    match why {
        Ok(()) => Ok(text.to_owned()),
        Err(why) => Err(TargetError(format!("{text:?} is not a namespace: {why}"))),
    }
}

/// Names of everything in [`TYPES`] are DNS subdomains (RFC 1123) to the API server.
fn check_subdomain(name: &str) -> Result<(), &'static str> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if name.is_empty() {
        Err("the name is empty")
    } else if name.len() > 253 {
        Err("the name is longer than 253 characters")
    } else if name.chars().any(|c| c.is_ascii_uppercase()) {
        Err("names have no upper case letters")
    } else if !name.chars().all(plain) {
        Err("names are of small letters, digits, dashes and dots")
    } else if !name.split('.').all(|part| part.starts_with(edge) && part.ends_with(edge)) {
        Err("names begin and end with a letter or a digit")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
