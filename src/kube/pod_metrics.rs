//! What pods use at present: the `PodMetrics` of metrics.k8s.io, as metrics-server or what stands
//! in for it serves them.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::json::{Opt, Seq, StringMap, Text};
use super::quantity::Quantity;
use super::read::{ParseError, read_list};

/// What a pod used, on average over a window of time.
#[derive(Debug, Clone, PartialEq)]
pub struct PodMetrics {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's name.
    pub name: String,
    /// The end of the window.
    pub timestamp: Option<Timestamp>,
    /// The length of the window.
    pub window: Option<SignedDuration>,
    /// What each of its containers used.
    pub containers: Vec<ContainerMetrics>,
}

/// What a container used.
#[derive(Debug, Clone, PartialEq)]
pub struct ContainerMetrics {
    /// Its name.
    pub name: String,
    /// In cores.
    pub cpu: Option<Quantity>,
    /// In bytes: the working set.
    pub memory: Option<Quantity>,
}

impl PodMetrics {
    /// Parses a list of `PodMetrics`; the second part is the token for the next page.
    pub fn parse_list(json: &[u8]) -> Result<(Vec<Self>, Option<String>), ParseError> {
        let list = read_list::<Opt<Raw<'_>>>(json, Some("PodMetrics"))?;
        let items = list.items.into_iter().filter_map(|item| item.0);
        Ok((items.map(Raw::convert).collect(), list.continue_token))
    }

    /// The CPU of all containers together. As to the HPA controller, a pod of which a container is
    /// missing has none.
    pub fn cpu(&self) -> Option<Quantity> {
        self.sum(|container| container.cpu)
    }

    /// The memory of all containers together, on the same terms.
    pub fn memory(&self) -> Option<Quantity> {
        self.sum(|container| container.memory)
    }

    fn sum(&self, of: impl Fn(&ContainerMetrics) -> Option<Quantity>) -> Option<Quantity> {
        if self.containers.is_empty() {
            return None;
        }
        self.containers.iter().map(of).sum()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Raw<'a> {
    #[serde(borrow)]
    metadata: Opt<Meta<'a>>,
    #[serde(borrow)]
    timestamp: Text<'a>,
    #[serde(borrow)]
    window: Text<'a>,
    #[serde(borrow)]
    containers: Seq<RawContainer<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta<'a> {
    #[serde(borrow)]
    namespace: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawContainer<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    usage: StringMap,
}

impl Raw<'_> {
    fn convert(self) -> PodMetrics {
        let metadata = self.metadata.0.unwrap_or_default();
        PodMetrics {
            namespace: metadata.namespace.into_string(),
            name: metadata.name.into_string(),
            timestamp: self.timestamp.time(),
            window: self.window.as_str().parse().ok().filter(SignedDuration::is_positive),
            containers: self.containers.0.into_iter().map(RawContainer::convert).collect(),
        }
    }
}

impl RawContainer<'_> {
    fn convert(self) -> ContainerMetrics {
        ContainerMetrics {
            cpu: amount(&self.usage, "cpu"),
            memory: amount(&self.usage, "memory"),
            name: self.name.into_string(),
        }
    }
}

/// An amount that can have been measured.
fn amount(usage: &StringMap, resource: &str) -> Option<Quantity> {
    let amount: Quantity = usage.0.get(resource)?.parse().ok()?;
    (amount >= Quantity::ZERO).then_some(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(items: &str) -> Vec<PodMetrics> {
        let json = format!(
            r#"{{"kind":"PodMetricsList","apiVersion":"metrics.k8s.io/v1beta1","metadata":{{}},"items":{items}}}"#
        );
        PodMetrics::parse_list(json.as_bytes()).unwrap().0
    }

    /// As metrics-server 0.8 answers.
    #[test]
    fn usage_is_read_with_its_window() {
        let pods = parsed(
            r#"[{"metadata":{"name":"web-1","namespace":"shop","creationTimestamp":"2026-11-27T10:00:09Z","labels":{"app":"web"}},
                "timestamp":"2026-11-27T10:00:00Z","window":"15.013s",
                "containers":[{"name":"app","usage":{"cpu":"184912345n","memory":"93112Ki"}},
                              {"name":"mesh","usage":{"cpu":"12u","memory":"1Mi"}}]}]"#,
        );
        let [pod] = pods.as_slice() else { panic!("{pods:?}") };
        assert_eq!((&*pod.namespace, &*pod.name), ("shop", "web-1"));
        assert_eq!(pod.timestamp, "2026-11-27T10:00:00Z".parse().ok());
        assert_eq!(pod.window, Some(SignedDuration::from_millis(15_013)));
        assert_eq!(pod.cpu(), "184924345n".parse().ok());
        assert_eq!(pod.memory(), "94136Ki".parse().ok());
    }

    #[test]
    fn go_writes_a_window_in_several_units() {
        let window = |text: &str| parsed(&format!(r#"[{{"window":"{text}"}}]"#))[0].window;
        assert_eq!(window("1m0s"), Some(SignedDuration::from_mins(1)));
        assert_eq!(window("30s"), Some(SignedDuration::from_secs(30)));
        for impossible in ["0s", "-15s", "soon", ""] {
            assert_eq!(window(impossible), None, "{impossible}");
        }
    }

    /// A pod is whole or unknown: a sum without one of its containers would be too low.
    #[test]
    fn what_was_not_measured_is_unknown() {
        for containers in [
            "[]",
            "null",
            r#"[{"name":"app"}]"#,
            r#"[{"name":"app","usage":{"cpu":"1"}},{"name":"mesh","usage":{}}]"#,
            r#"[{"name":"app","usage":{"cpu":"-1"}}]"#,
            r#"[{"name":"app","usage":{"cpu":"lots"}}]"#,
            r#"[{"name":"app","usage":[]}]"#,
        ] {
            let pods = parsed(&format!(r#"[{{"containers":{containers}}}]"#));
            assert_eq!(pods[0].cpu(), None, "{containers}");
        }
        assert_eq!(parsed("[null,7,[]]").len(), 0);
        let whole = parsed(r#"[{"containers":[{"usage":{"cpu":0,"memory":1024}}]}]"#);
        assert_eq!(whole[0].cpu(), Some(Quantity::ZERO));
        assert_eq!(whole[0].memory(), "1Ki".parse().ok());
    }

    #[test]
    fn another_kind_is_refused() {
        let other = br#"{"kind":"NodeMetricsList","items":[{"window":"15s"}]}"#;
        assert!(matches!(PodMetrics::parse_list(other), Err(ParseError::WrongKind { .. })));
        let list = br#"{"kind":"List","items":[{"kind":"PodMetrics","window":"15s"}]}"#;
        assert_eq!(PodMetrics::parse_list(list).unwrap().0.len(), 1);
    }
}
