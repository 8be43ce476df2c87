//! What pods use, as tables and documents have it.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::check::HpaUsage;
use crate::findings::{Known, Unknown};
use crate::hpa::Hpa;
use crate::kube::{PodMetrics, Quantity};
use crate::term::table::Cell;
use crate::usage::{NoPressure, PodUsage, Pressure, ResourceUsage, TargetUsage};

/// Where usage comes from.
const SOURCE: &str = "metrics.k8s.io";
/// Where the pressure comes from.
const STATUS: &str = "HorizontalPodAutoscaler.status";

/// What the pods of an HPA's target use, or why that is not known: fields of an HPA.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Used {
    usage: Option<Sums>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_unknown: Option<Unknown>,
}

/// The usage of a target.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Sums {
    source: &'static str,
    window_seconds: Option<f64>,
    age_seconds: Option<i64>,
    pods: usize,
    pods_with_metrics: usize,
    pods_unready: usize,
    pods_finished: usize,
    pods_terminating: usize,
    cpu: Option<Cpu>,
    memory: Option<Memory>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<String>,
}

/// CPU in thousandths of a core.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Cpu {
    used_milli: f64,
    requested_milli: Option<f64>,
    limit_milli: Option<f64>,
    #[serde(flatten)]
    shares: Shares,
}

/// Memory in bytes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Memory {
    used_bytes: u64,
    requested_bytes: Option<u64>,
    limit_bytes: Option<u64>,
    #[serde(flatten)]
    shares: Shares,
}

/// What is used of the requests and of the limits: 1 is all of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shares {
    used_of_requested: Option<f64>,
    used_of_limit: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_unknown: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit_unknown: Option<String>,
}

impl Used {
    pub(super) fn of(usage: &Known<TargetUsage<'_>>, now: Timestamp) -> Self {
        match usage {
            Ok(usage) => Self { usage: Some(Sums::of(usage, now)), usage_unknown: None },
            Err(why) => Self { usage: None, usage_unknown: Some(why.clone()) },
        }
    }
}

impl Sums {
    fn of(usage: &TargetUsage<'_>, now: Timestamp) -> Self {
        Self {
            source: SOURCE,
            window_seconds: usage.window.map(|window| rounded(window.as_secs_f64(), 3)),
            age_seconds: usage.age(now).map(|age| age.as_secs()),
            pods: usage.pods,
            pods_with_metrics: usage.with_metrics,
            pods_unready: usage.unready,
            pods_finished: usage.finished,
            pods_terminating: usage.terminating,
            cpu: usage.cpu.as_ref().map(|cpu| Cpu {
                used_milli: milli(cpu.used),
                requested_milli: cpu.requested.map(milli),
                limit_milli: cpu.limit.map(milli),
                shares: Shares::of(cpu),
            }),
            memory: usage.memory.as_ref().map(|memory| Memory {
                used_bytes: bytes(memory.used),
                requested_bytes: memory.requested.map(bytes),
                limit_bytes: memory.limit.map(bytes),
                shares: Shares::of(memory),
            }),
            unknown: usage.unmeasured(),
        }
    }
}

impl Shares {
    fn of(usage: &ResourceUsage) -> Self {
        let without = |number: usize, what: &str| {
            let verb = if number == 1 { "has" } else { "have" };
            (number > 0).then(|| format!("{number} of {} pods {verb} no such {what}", usage.pods))
        };
        Self {
            used_of_requested: usage.of_requested().map(|share| rounded(share, 4)),
            used_of_limit: usage.of_limit().map(|share| rounded(share, 4)),
            requested_unknown: without(usage.without_request, "request"),
            limit_unknown: without(usage.without_limit, "limit"),
        }
    }
}

/// What one pod uses, in JSON.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodUsed<'a> {
    name: &'a str,
    timestamp: Option<Timestamp>,
    window_seconds: Option<f64>,
    cpu_milli: Option<f64>,
    memory_bytes: Option<u64>,
    containers: Vec<ContainerUsed<'a>>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ContainerUsed<'a> {
    name: &'a str,
    cpu_milli: Option<f64>,
    memory_bytes: Option<u64>,
}

impl<'a> PodUsed<'a> {
    pub(super) fn of(PodUsage { pod, metrics }: PodUsage<'a>) -> Self {
        let containers = metrics.into_iter().flat_map(|it| &it.containers);
        Self {
            name: &pod.name,
            timestamp: metrics.and_then(|it| it.timestamp),
            window_seconds: metrics
                .and_then(|it| it.window)
                .map(|window| rounded(window.as_secs_f64(), 3)),
            cpu_milli: metrics.and_then(PodMetrics::cpu).map(milli),
            memory_bytes: metrics.and_then(PodMetrics::memory).map(bytes),
            containers: containers
                .map(|it| ContainerUsed {
                    name: &it.name,
                    cpu_milli: it.cpu.map(milli),
                    memory_bytes: it.memory.map(bytes),
                })
                .collect(),
        }
    }
}

/// The pressure on an HPA and what is left to its maximum: fields of an HPA.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pressed {
    pressure: Option<Worst>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pressure_unknown: Option<Reason>,
    headroom: Room,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Worst {
    source: &'static str,
    metric: String,
    reading: String,
    target: String,
    ratio: f64,
    metrics_unread: usize,
}

#[derive(Clone, Debug, Serialize)]
struct Reason {
    kind: &'static str,
    reason: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Room {
    replicas: i64,
    load_factor: Option<f64>,
}

impl Pressed {
    pub(super) fn of(usage: &HpaUsage<'_>) -> Self {
        let worst = |pressure: &Pressure<'_>| Worst {
            source: STATUS,
            metric: pressure.metric.label(),
            reading: pressure.metric.current_text(),
            target: pressure.metric.target_text(),
            ratio: rounded(pressure.ratio, 4),
            metrics_unread: pressure.unread,
        };
        let reason = |why: &NoPressure<'_>| Reason { kind: why.kind(), reason: why.to_string() };
        Self {
            pressure: usage.pressure.as_ref().ok().map(worst),
            pressure_unknown: usage.pressure.as_ref().err().map(reason),
            headroom: Room {
                replicas: usage.headroom.replicas,
                load_factor: usage.headroom.load_factor.map(|factor| rounded(factor, 3)),
            },
        }
    }
}

/// The usage of HPAs, looked up by the HPA.
#[derive(Debug, Default)]
pub struct UsageOfHpas<'a>(HashMap<(&'a str, &'a str, &'a str), HpaUsage<'a>>);

impl<'a> UsageOfHpas<'a> {
    /// Takes the usage of all HPAs.
    pub fn new(usages: impl IntoIterator<Item = HpaUsage<'a>>) -> Self {
        Self(usages.into_iter().map(|usage| (key(usage.hpa), usage)).collect())
    }

    /// The usage of an HPA.
    pub(super) fn of<'b>(&'b self, hpa: &'b Hpa) -> Option<&'b HpaUsage<'a>> {
        self.0.get(&key(hpa))
    }

    /// The cells for CPU, memory, and the pods that were measured.
    pub(super) fn cells(&self, hpa: &Hpa) -> [Cell; 3] {
        let usage = self.of(hpa).map(|it| &it.usage);
        let cell = |text: Option<String>| Cell::new(text.unwrap_or_else(|| "-".to_owned()));
        [
            cell(usage.map(|it| of_requested(it, cpu, Quantity::human_cpu))),
            cell(usage.map(|it| of_requested(it, memory, Quantity::human_bytes))),
            cell(usage.map(measured)),
        ]
    }
}

fn key(hpa: &Hpa) -> (&str, &str, &str) {
    (&hpa.cluster, &hpa.namespace, &hpa.name)
}

/// The columns of usage in CSV.
pub(super) const USED_HEADER: [&str; 10] = [
    "cpuUsedMilli",
    "cpuRequestedMilli",
    "cpuLimitMilli",
    "memoryUsedBytes",
    "memoryRequestedBytes",
    "memoryLimitBytes",
    "pods",
    "podsWithMetrics",
    "usageSource",
    "usageWindowSeconds",
];

/// The cells of [`USED_HEADER`]; what is not known is empty.
pub(super) fn used_cells(usage: Option<&TargetUsage<'_>>) -> [String; 10] {
    let of = |resource: Option<&ResourceUsage>, amount: fn(Quantity) -> String| {
        let amounts = [
            resource.map(|it| it.used),
            resource.and_then(|it| it.requested),
            resource.and_then(|it| it.limit),
        ];
        amounts.map(|it| it.map(amount).unwrap_or_default())
    };
    let [cpu, cpu_requested, cpu_limit] =
        of(usage.and_then(|it| it.cpu.as_ref()), |it| milli(it).to_string());
    let [memory, memory_requested, memory_limit] =
        of(usage.and_then(|it| it.memory.as_ref()), |it| bytes(it).to_string());
    let count = |number: Option<usize>| number.map(|it| it.to_string()).unwrap_or_default();
    let window = usage.and_then(|it| it.window);
    let (pods, measured) = (usage.map(|it| it.pods), usage.map(|it| it.with_metrics));
    [
        cpu,
        cpu_requested,
        cpu_limit,
        memory,
        memory_requested,
        memory_limit,
        count(pods),
        count(measured),
        usage.map_or_else(String::new, |_| SOURCE.to_owned()),
        window.map(|it| rounded(it.as_secs_f64(), 3).to_string()).unwrap_or_default(),
    ]
}

/// Thousandths of a core, to the microcore.
fn milli(cores: Quantity) -> f64 {
    rounded(cores.as_f64() * 1e3, 3)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole and not negative, and what is beyond saturates"
)]
fn bytes(bytes: Quantity) -> u64 {
    bytes.as_f64().round() as u64
}

/// The number with so many decimals.
pub(super) fn rounded(number: f64, decimals: i32) -> f64 {
    let unit = 10_f64.powi(decimals);
    let rounded = (number * unit).round() / unit;
    if rounded.is_finite() { rounded } else { number }
}

/// A share in percent: `68%`.
pub(super) fn percent(share: f64) -> String {
    match share * 100.0 {
        small if small > 0.0 && small < 0.5 => "<1%".to_owned(),
        percent => format!("{percent:.0}%"),
    }
}

/// What is used of the requests, as a cell: `68%`; the amount where no share is known; `-` where
/// nothing is.
pub(super) fn of_requested(
    usage: &Known<TargetUsage<'_>>,
    resource: fn(&TargetUsage<'_>) -> Option<ResourceUsage>,
    amount: fn(Quantity) -> String,
) -> String {
    let Some(usage) = usage.as_ref().ok().and_then(resource) else { return "-".to_owned() };
    usage.of_requested().map_or_else(|| amount(usage.used), percent)
}

/// What is used, of which requests and of which limits, as a cell: `740m/600m/3`.
pub(super) fn amounts(
    usage: &Known<TargetUsage<'_>>,
    resource: fn(&TargetUsage<'_>) -> Option<ResourceUsage>,
    amount: fn(Quantity) -> String,
) -> String {
    let Some(usage) = usage.as_ref().ok().and_then(resource) else { return "-".to_owned() };
    let known = |quantity: Option<Quantity>| quantity.map_or_else(|| "-".to_owned(), amount);
    format!("{}/{}/{}", amount(usage.used), known(usage.requested), known(usage.limit))
}

/// The pods with metrics of those that are expected to run: `4/6`.
pub(super) fn measured(usage: &Known<TargetUsage<'_>>) -> String {
    usage.as_ref().map_or_else(|_| "-".to_owned(), |it| format!("{}/{}", it.with_metrics, it.pods))
}

/// The CPU of a target.
pub(super) fn cpu(usage: &TargetUsage<'_>) -> Option<ResourceUsage> {
    usage.cpu.clone()
}

/// The memory of a target.
pub(super) fn memory(usage: &TargetUsage<'_>) -> Option<ResourceUsage> {
    usage.memory.clone()
}
