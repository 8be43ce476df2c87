//! The questions as PromQL: pure functions of what was learnt about labels ([`Labels`]) and of a
//! namespace. Each answers for all workloads or HPAs of the namespace at once.
//!
//! Copies (of a pair of servers, or of two jobs that scrape the same) are merged by `max by` before
//! anything is added up, and who owns a pod is joined at each step of a range, so that pods that
//! are gone by now count for the times at which they lived.

use std::fmt::Write as _;
use std::time::Duration;

use super::labels::{Labels, Names, Pod, Source};

/// The label that says what a sample is about, where one query asks for several things.
pub const METRIC: &str = "metric";
/// The label with the name of the workload that owns a pod.
pub const WORKLOAD: &str = "workload";
/// The label with its kind, as Kubernetes writes it (`Deployment`).
pub const WORKLOAD_TYPE: &str = "workload_type";
/// The label with the name of an HPA.
pub const HPA: &str = "horizontalpodautoscaler";

/// The recorded CPU usage of kubernetes-mixin, the newest rule first.
pub const RECORDED_CPU: [&str; 2] = [
    "node_namespace_pod_container:container_cpu_usage_seconds_total:sum_rate5m",
    "node_namespace_pod_container:container_cpu_usage_seconds_total:sum_irate",
];

/// From what CPU usage is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CpuForm {
    /// From the counters, over a window.
    Counters(Duration),
    /// From the result of a recording rule, one of [`RECORDED_CPU`].
    Recorded(&'static str),
}

impl CpuForm {
    /// The time that a value is the mean of, which ends at the value's own.
    pub fn window(self) -> Duration {
        match self {
            Self::Counters(window) => window,
            Self::Recorded(rule) if rule.ends_with("rate5m") => Duration::from_mins(5),
            Self::Recorded(_) => Duration::ZERO,
        }
    }
}

/// The shortest window that has four samples: a longer one hides peaks, a shorter one has gaps. Five
/// minutes if the time between samples is not known.
pub fn window(between_samples: Option<Duration>) -> Duration {
    let least = Duration::from_mins(1);
    between_samples.map_or(Duration::from_mins(5), |between| (between * 4).max(least))
}

/// The expressions for one namespace of one cluster.
#[derive(Debug, Clone, Copy)]
pub struct Questions<'a> {
    labels: &'a Labels,
    namespace: &'a str,
}

impl<'a> Questions<'a> {
    /// Questions about a namespace.
    pub fn new(labels: &'a Labels, namespace: &'a str) -> Self {
        Self { labels, namespace }
    }

    /// Replicas of each HPA: `current`, `desired`, `min` and `max` by [`METRIC`].
    pub fn replicas(&self) -> String {
        let one = |(metric, series): (&str, &str)| {
            let series = format!("kube_horizontalpodautoscaler_{series}_replicas");
            tagged(&self.object(&series, ""), METRIC, metric)
        };
        let all = [
            ("current", "status_current"),
            ("desired", "status_desired"),
            ("min", "spec_min"),
            ("max", "spec_max"),
        ];
        let all: Vec<_> = all.into_iter().map(one).collect();
        format!("max by ({HPA}, {METRIC}) ({})", all.join(" or "))
    }

    /// What the running pods of each workload use: `cpu` in cores and `memory` in bytes by [`METRIC`].
    /// `None` if there are no series of usage.
    pub fn usage(&self, cpu: CpuForm) -> Option<String> {
        let usage = self.labels.usage.as_ref()?;
        let of = format!("{WORKLOAD}, {WORKLOAD_TYPE}, {METRIC}");
        let cpu = match cpu {
            CpuForm::Counters(window) => {
                let counter = self.containers(usage, "container_cpu_usage_seconds_total");
                // A container that was restarted has another id, and both count in the window. Old
                // kubelets have a series for each core.
                rate(usage, &counter, window, &["pod", "container", "id", "cpu"])
            }
            CpuForm::Recorded(series) => {
                let plain = Source { names: Names::default(), ..usage.clone() };
                let series = selector(&plain, series, self.namespace, "");
                format!("max by (pod, container) ({series})")
            }
        };
        // Not by id: the samples of a container that was restarted may linger for five minutes.
        let memory = self.containers(usage, "container_memory_working_set_bytes");
        let memory = format!("max by (pod, container) ({})", usage.usual(&memory));
        Some(format!(
            "sum by ({of}) (({} or {}) {})",
            tagged(&cpu, METRIC, "cpu"),
            tagged(&memory, METRIC, "memory"),
            self.times_owners(),
        ))
    }

    /// What the pods of each workload that have not finished request and may use, as the HPA controller adds it up:
    /// `request` and `limit` by the label `bound`, `cpu` and `memory` by [`METRIC`].
    ///
    /// Native sidecars (init containers that go on) count, other init containers do not.
    pub fn requests(&self) -> String {
        let sidecars = self.object("kube_pod_init_container_info", r#"restart_policy="Always""#);
        let sidecars = format!("max by (pod, container) ({sidecars})");
        let mut all = Vec::new();
        for (bound, series) in [("request", "requests"), ("limit", "limits")] {
            for init in ["", "init_"] {
                let series = format!("kube_pod_{init}container_resource_{series}");
                let series = self.object(&series, r#"resource=~"cpu|memory""#);
                let mut amounts = format!("max by (pod, container, resource) ({series})");
                if !init.is_empty() {
                    let _ = write!(amounts, " * on (pod, container) group_left () {sidecars}");
                }
                all.push(tagged(&amounts, "bound", bound));
            }
        }
        let sum = format!("({}) {}", all.join(" or "), self.times_owners());
        let named = format!(r#"label_replace({sum}, "{METRIC}", "$1", "resource", "(.+)")"#);
        format!("sum by ({WORKLOAD}, {WORKLOAD_TYPE}, bound, {METRIC}) ({named})")
    }

    /// The share of scheduling periods in which the containers of each workload were throttled, 0 to 1.
    pub fn throttling(&self, window: Duration) -> Option<String> {
        let usage = self.labels.usage.as_ref()?;
        let sum = |series: &str| {
            let counter = self.containers(usage, series);
            let rate = rate(usage, &counter, window, &["pod", "container", "id"]);
            format!("sum by ({WORKLOAD}, {WORKLOAD_TYPE}) ({rate} {})", self.times_owners())
        };
        let throttled = sum("container_cpu_cfs_throttled_periods_total");
        Some(format!("{throttled} / {}", sum("container_cpu_cfs_periods_total")))
    }

    /// Each metric of each HPA, full tier: its current value (`status`) and target (`spec`) by
    /// `side`; utilizations in percent.
    pub fn targets(&self) -> String {
        let side = |side: &str| {
            let series = format!("kube_horizontalpodautoscaler_{side}_target_metric");
            tagged(&self.object(&series, ""), "side", side)
        };
        let by = "metric_name, metric_target_type, container";
        format!("max by ({HPA}, {by}, side) ({} or {})", side("status"), side("spec"))
    }

    /// The largest ratio of a metric to its target for each HPA, full tier.
    pub fn worst_ratio(&self) -> String {
        let by = format!("{HPA}, metric_name, metric_target_type, container");
        let side = |side: &str| {
            let series = format!("kube_horizontalpodautoscaler_{side}_target_metric");
            format!("max by ({by}) ({})", self.object(&series, ""))
        };
        format!("max by ({HPA}) ({} / on ({by}) {})", side("status"), side("spec"))
    }

    /// The conditions that hold for each HPA, full tier: `condition` and `status`.
    pub fn conditions(&self) -> String {
        let series = self.object("kube_horizontalpodautoscaler_status_condition", "");
        format!("max by ({HPA}, condition, status) ({series} == 1)")
    }

    /// The generation of each HPA's spec: a step is a change. Full tier.
    pub fn generations(&self) -> String {
        let series = self.object("kube_horizontalpodautoscaler_metadata_generation", "");
        format!("max by ({HPA}) ({series})")
    }

    /// Joins what comes before, by pod, with the workload that owns the pod. Pods that have finished are left out.
    fn times_owners(&self) -> String {
        format!("* on (pod) group_left ({WORKLOAD}, {WORKLOAD_TYPE}) ({})", self.owners())
    }

    /// The workload of each pod that has not finished. `topk` because a pair that is ambiguous for
    /// a moment would fail the whole query.
    fn owners(&self) -> String {
        let by = format!("{WORKLOAD}, {WORKLOAD_TYPE}");
        let owned = |series: &str| {
            let owner = self.object(series, r#"owner_is_controller="true""#);
            let owner = renamed(&owner, WORKLOAD, "owner_name");
            renamed(&owner, WORKLOAD_TYPE, "owner_kind")
        };
        let mut all = Vec::new();
        for (kind, series, label) in [
            ("ReplicaSet", "kube_replicaset_owner", "replicaset"),
            ("ReplicationController", "kube_replicationcontroller_owner", "replicationcontroller"),
        ] {
            let pods = format!(r#"owner_kind="{kind}",owner_is_controller="true""#);
            let pods = renamed(&self.object("kube_pod_owner", &pods), label, "owner_name");
            let sets =
                format!("topk by ({label}) (1, group by ({label}, {by}) ({}))", owned(series));
            let pods = format!("{pods} * on ({label}) group_left ({by}) {sets}");
            all.push(format!("group by (pod, {by}) ({pods})"));
        }
        // Whatever owns the pod itself, also a ReplicaSet that nothing owns.
        all.push(format!("group by (pod, {by}) ({})", owned("kube_pod_owner")));
        let finished = self.object("kube_pod_status_phase", r#"phase=~"Succeeded|Failed""#);
        let finished = format!("group by (pod) ({finished} == 1)");
        format!("topk by (pod) (1, {}) unless on (pod) {finished}", all.join(" or on (pod) "))
    }

    /// A series of kube-state-metrics, with the object's labels by their usual names.
    fn object(&self, series: &str, matchers: &str) -> String {
        let source = &self.labels.objects;
        source.usual(&selector(source, series, self.namespace, matchers))
    }

    /// A series of cAdvisor, of containers (or of whole pods, where there are no others).
    fn containers(&self, usage: &Source, series: &str) -> String {
        let container = &usage.names.container;
        let matchers = if self.labels.has_containers {
            format!(r#"{container}!="",{container}!="POD""#)
        } else {
            format!(r#"{}!="",{container}="""#, usage.names.pod)
        };
        selector(usage, series, self.namespace, &matchers)
    }
}

impl Source {
    /// `expression` with the labels `pod` and `container` where they have other names.
    fn usual(&self, expression: &str) -> String {
        let mut usual = expression.to_owned();
        for (name, own) in [("pod", &self.names.pod), ("container", &self.names.container)] {
            if own != name {
                usual = renamed(&usual, name, own);
            }
        }
        usual
    }
}

/// What tells that a store's answer is about one cluster alone: a pod of each server that
/// kube-state-metrics was scraped from. The API has to know every one of them.
pub fn one_pod_of_each_target(labels: &Labels) -> String {
    format!("topk by (job, instance) (1, {})", of_cluster(&labels.objects, "kube_pod_info", ""))
}

/// A second look after [`one_pod_of_each_target`], without the pods whose `uids` the API does not know: a pod of each
/// namespace of each server. A pod that ended since the last scrape is alone in that, another cluster's is not.
pub fn pods_beside(labels: &Labels, uids: &[&str]) -> String {
    let pattern: Vec<String> = uids.iter().map(|uid| regex::escape(uid)).collect();
    let others = format!("uid!~{}", quoted(&pattern.join("|")));
    let namespace = &labels.objects.names.namespace;
    let pods = of_cluster(&labels.objects, "kube_pod_info", &others);
    format!("topk by (job, instance, {namespace}) (1, {pods})")
}

/// All series of this name that the cluster has.
pub(super) fn of_cluster(source: &Source, series: &str, more: &str) -> String {
    format!("{series}{{{}}}", matchers(source, more))
}

/// The series of this name about one pod.
pub(super) fn of_pod(source: &Source, series: &str, pod: &Pod) -> String {
    let name = format!("{}={}", source.names.pod, quoted(&pod.name));
    selector(source, series, &pod.namespace, &name)
}

/// What `kube_pod_info` says about a pod of this cluster.
pub fn pod_info(uid: &str) -> String {
    format!("kube_pod_info{{uid={}}}", quoted(uid))
}

/// The usage of a pod of this name, in whatever label the name is.
pub fn pod_usage(pod: &str) -> String {
    let series = "container_memory_working_set_bytes";
    let pod = quoted(pod);
    format!("{series}{{pod={pod}}} or {series}{{exported_pod={pod}}}")
}

/// `rate` over the window, one for each combination of `by`.
fn rate(usage: &Source, counter: &str, window: Duration, by: &[&str]) -> String {
    let rate = usage.usual(&format!("rate({counter}[{}s])", window.as_secs().max(1)));
    format!("max by ({}) ({rate})", by.join(", "))
}

/// `expression` with a further label.
pub(super) fn tagged(expression: &str, label: &str, value: &str) -> String {
    format!(r#"label_replace({expression}, "{label}", "{value}", "", "")"#)
}

/// `expression` with the value of the label `from` as `to`, too.
fn renamed(expression: &str, to: &str, from: &str) -> String {
    format!(r#"label_replace({expression}, "{to}", "$1", "{from}", "(.+)")"#)
}

/// `series{…}` of one cluster and namespace.
fn selector(source: &Source, series: &str, namespace: &str, more: &str) -> String {
    let namespace = format!("{}={}", source.names.namespace, quoted(namespace));
    let more = if more.is_empty() { namespace } else { format!("{namespace},{more}") };
    of_cluster(source, series, &more)
}

fn matchers(source: &Source, more: &str) -> String {
    let own = source.matchers.iter().map(|(name, value)| format!("{name}={}", quoted(value)));
    let more = (!more.is_empty()).then(|| more.to_owned());
    own.chain(more).collect::<Vec<_>>().join(",")
}

/// A text as a string of PromQL.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_leave_their_string() {
        assert_eq!(quoted("a\"} or up{\\\n\u{7}é"), "\"a\\\"} or up{\\\\\\n\\u0007é\"");
        let labels = Labels::default();
        let replicas = Questions::new(&labels, "a\"} or up{x=\"").replicas();
        assert!(replicas.contains(r#"{namespace="a\"} or up{x=\""}"#), "{replicas}");
    }

    #[test]
    fn a_window_has_four_samples() {
        let seconds = Duration::from_secs;
        assert_eq!(window(Some(seconds(5))), seconds(60));
        assert_eq!(window(Some(seconds(60))), seconds(240));
        assert_eq!(window(None), seconds(300));
    }

    #[test]
    fn names_that_a_scrape_has_taken_are_given_back() {
        let mut labels = Labels::default();
        let [namespace, pod, container] =
            ["exported_namespace", "exported_pod", "exported_container"].map(str::to_owned);
        labels.objects.names = Names { namespace, pod, container };
        labels.objects.matchers = vec![("cluster".to_owned(), "prod".to_owned())];
        let questions = Questions::new(&labels, "shop");
        let replicas = questions.replicas();
        let selected = r#"{cluster="prod",exported_namespace="shop"}"#;
        assert_eq!(replicas.matches(selected).count(), 4, "{replicas}");
        let renamed = r#", "pod", "$1", "exported_pod", "(.+)")"#;
        assert!(questions.requests().contains(renamed));
        assert!(questions.usage(CpuForm::Counters(Duration::from_mins(5))).is_none());
    }
}
