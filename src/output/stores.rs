//! `prometheus test`: what each cluster's store is and has.

use std::fmt::Write as _;
use std::time::Duration;

use serde::Serialize;

use crate::config::duration;
use crate::prometheus::{CpuForm, Names, Presence, Source, Tier, Tiers};
use crate::stores::Examined;
use crate::term::color::Style;
use crate::term::shown::shown;
use crate::term::text::{sanitize, wrap};
use crate::term::time::age;

/// A cluster's store in a document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterStore {
    /// The cluster.
    pub cluster: String,
    /// `ok` or `error`.
    outcome: &'static str,
    /// Why it cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// From where answers come.
    source: Option<String>,
    /// The pod from which labels were learnt, `namespace/name`.
    pod: Option<String>,
    /// How series are distinguished from those of other clusters.
    labels: Option<Labels>,
    /// The series that there are.
    series: Vec<Series>,
    /// The name of the recorded CPU usage that is used; null for the counters.
    recorded_cpu: Option<&'static str>,
    /// Seconds between samples of kube-state-metrics.
    objects_every_seconds: Option<u64>,
    /// Seconds between samples of cAdvisor.
    usage_every_seconds: Option<u64>,
    /// For how many seconds HPAs are known at least; null if for less than a day.
    history_seconds: Option<u64>,
    /// Seconds by which the server's clock is ahead; null if it agrees.
    clock_ahead_seconds: Option<i64>,
    /// What is incomplete, or could not be checked.
    warnings: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Labels {
    /// Labels that select the series of kube-state-metrics.
    objects: serde_json::Map<String, serde_json::Value>,
    /// Labels that select the series of cAdvisor; null if it has none.
    usage: Option<serde_json::Map<String, serde_json::Value>>,
    /// Whether usage is of containers, or of whole pods alone.
    has_containers: bool,
    /// Labels by which copies of one series differ.
    copies: Vec<String>,
    /// The label with an object's namespace, pod and container.
    names: [String; 3],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Series {
    name: &'static str,
    tier: &'static str,
    count: Option<u64>,
    age_seconds: Option<u64>,
}

fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Base => "base",
        Tier::Full => "full",
        Tier::Rules => "rules",
    }
}

fn matchers(source: &Source) -> serde_json::Map<String, serde_json::Value> {
    source.matchers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect()
}

impl ClusterStore {
    /// What was found for a cluster.
    pub fn new(cluster: &str, examined: &Examined) -> Self {
        let mut store = Self {
            cluster: cluster.to_owned(),
            outcome: "ok",
            error: None,
            source: examined.origin.as_ref().map(ToString::to_string),
            pod: None,
            labels: None,
            series: Vec::new(),
            recorded_cpu: None,
            objects_every_seconds: None,
            usage_every_seconds: None,
            history_seconds: None,
            clock_ahead_seconds: None,
            warnings: Vec::new(),
        };
        let report = match &examined.result {
            Err(error) => {
                store.outcome = "error";
                store.error = Some(error.to_string());
                return store;
            }
            Ok(report) => report,
        };
        let (learnt, tiers) = (&report.learnt, &report.tiers);
        let Names { namespace, pod, container } = learnt.labels.objects.names.clone();
        store.pod = Some(format!("{}/{}", learnt.pod.namespace, learnt.pod.name));
        store.labels = Some(Labels {
            objects: matchers(&learnt.labels.objects),
            usage: learnt.labels.usage.as_ref().map(matchers),
            has_containers: learnt.labels.has_containers,
            copies: learnt.labels.copies.clone(),
            names: [namespace, pod, container],
        });
        let seconds = |duration: Option<Duration>| duration.map(|it| it.as_secs());
        let series = |one: &Presence| Series {
            name: one.name,
            tier: tier(one.tier),
            count: one.count,
            age_seconds: seconds(one.age),
        };
        store.series = tiers.series.iter().map(series).collect();
        if let CpuForm::Recorded(name) = tiers.cpu_form() {
            store.recorded_cpu = Some(name);
        }
        store.objects_every_seconds = seconds(tiers.objects_every);
        store.usage_every_seconds = seconds(tiers.usage_every);
        store.history_seconds = seconds(tiers.depth);
        store.clock_ahead_seconds = report.clock_ahead;
        let unchecked = learnt.unchecked.as_ref().map(|why| {
            format!("it could not be checked whether there are other clusters' series: {why}")
        });
        store.warnings = tiers.incomplete.iter().cloned().chain(unchecked).collect();
        store
    }

    /// Whether the store can be used and said all.
    pub fn is_complete(&self) -> bool {
        self.error.is_none() && self.warnings.is_empty()
    }
}

/// A paragraph for a cluster.
pub fn text(cluster: &str, examined: &Examined, style: Style, terminal: Option<usize>) -> String {
    let name = shown(cluster);
    let mut text = format!("{}\n", style.bold(&sanitize(&name)));
    let mut line = |what: &str, message: &str| {
        let room = terminal.map_or(usize::MAX, |columns| columns.saturating_sub(14).max(24));
        let lines = wrap(&sanitize(message), room);
        let _ = writeln!(text, "  {what:<11} {}", lines.join(&format!("\n{:14}", "")));
    };
    let origin = examined.origin.as_ref().map(ToString::to_string).unwrap_or_default();
    let report = match &examined.result {
        Err(error) => {
            if !origin.is_empty() {
                line("source", &origin);
            }
            line("error", &error.to_string());
            return text;
        }
        Ok(report) => report,
    };
    let (learnt, tiers) = (&report.learnt, &report.tiers);
    let labels = &learnt.labels;
    line("source", &format!("{origin}, answers in {} ms", report.took.as_millis()));
    let pod = format!("{}/{}", learnt.pod.namespace, learnt.pod.name);
    line("labels", &format!("{}; learnt from pod {pod}", labels.objects));
    let names = &labels.objects.names;
    if *names != Names::default() {
        let Names { namespace, pod, container } = names;
        line("", &format!("objects are named by {namespace}, {pod} and {container}"));
    }
    if !labels.copies.is_empty() {
        line("", &format!("copies differ in {} and count once", labels.copies.join(", ")));
    }
    match &labels.usage {
        None => line("usage", "there is no series of cAdvisor for the pod: no usage is known"),
        Some(_) if !labels.has_containers => {
            line("usage", "of whole pods: cAdvisor's series have no label container");
        }
        Some(usage) if usage.matchers != labels.objects.matchers => {
            line("usage", &format!("cAdvisor's series have {usage}"));
        }
        Some(_) => {}
    }
    line("base tier", &of_tier(tiers, Tier::Base));
    line("full tier", &of_tier(tiers, Tier::Full));
    line(
        "CPU from",
        match tiers.cpu_form() {
            CpuForm::Recorded(name) => name,
            CpuForm::Counters(_) => "container_cpu_usage_seconds_total (no recording rule)",
        },
    );
    let [depth, beyond] = [tiers.depth, tiers.beyond()].map(|it| it.map(duration::format));
    let depth = match (depth, beyond) {
        (Some(depth), Some(beyond)) => format!("at least {depth}, less than {beyond}"),
        (Some(depth), None) => format!("at least {depth}"),
        (None, beyond) => format!("less than {}", beyond.unwrap_or_default()),
    };
    line("history", &format!("{depth} of HPAs"));
    if let Some(ahead) = report.clock_ahead {
        let by = age(Duration::from_secs(ahead.unsigned_abs()));
        let side = if ahead > 0 { "ahead of" } else { "behind" };
        line("clock", &format!("the server's is {by} {side} this machine's"));
    }
    if let Some(warning) = &tiers.incomplete {
        line("incomplete", warning);
    }
    if let Some(why) = &learnt.unchecked {
        line("unchecked", &format!("whether there are other clusters' series: {why}"));
    }
    text
}

/// How many of a tier's series there are, how old, how dense, and which are missing.
fn of_tier(tiers: &Tiers, tier: Tier) -> String {
    let of: Vec<&Presence> = tiers.series.iter().filter(|one| one.tier == tier).collect();
    let missing = tiers.missing(tier);
    let mut text = format!("{} of {} series", of.len() - missing.len(), of.len());
    if let Some(newest) = of.iter().filter_map(|one| one.age).min() {
        let _ = write!(text, ", newest {} old", age(newest));
    }
    if let (Tier::Base, Some(every)) = (tier, tiers.objects_every) {
        let _ = write!(text, ", one every {}", duration::format(every));
    }
    if !missing.is_empty() {
        let _ = write!(text, "; missing: {}", missing.join(", "));
    }
    text
}
