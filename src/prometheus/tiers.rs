//! What a store has of a cluster: which series, how old their newest sample is, and how dense they are.

use std::time::Duration;

use jiff::Timestamp;

use super::answer::{Answer, Sample};
use super::client::Client;
use super::error::QueryError;
use super::labels::{Labels, Pod};
use super::promql::{self, CpuForm, RECORDED_CPU};

/// How far a series can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Replicas, owners, requests and usage: even the shortest lists of managed services have these.
    Base,
    /// Metrics with their targets, conditions, throttling, ready times.
    Full,
    /// Results of recording rules, which make questions cheaper.
    Rules,
}

/// By which exporter's labels a series is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Objects,
    Usage,
}

const SERIES: [(&str, Tier, Of); 20] = {
    use Of::{Objects, Usage};
    use Tier::{Base, Full, Rules};
    [
        ("kube_horizontalpodautoscaler_status_current_replicas", Base, Objects),
        ("kube_horizontalpodautoscaler_status_desired_replicas", Base, Objects),
        ("kube_horizontalpodautoscaler_spec_min_replicas", Base, Objects),
        ("kube_horizontalpodautoscaler_spec_max_replicas", Base, Objects),
        ("kube_pod_owner", Base, Objects),
        ("kube_replicaset_owner", Base, Objects),
        ("kube_pod_status_phase", Base, Objects),
        ("kube_pod_container_resource_requests", Base, Objects),
        ("kube_pod_container_resource_limits", Base, Objects),
        ("container_cpu_usage_seconds_total", Base, Usage),
        ("container_memory_working_set_bytes", Base, Usage),
        ("kube_horizontalpodautoscaler_status_target_metric", Full, Objects),
        ("kube_horizontalpodautoscaler_spec_target_metric", Full, Objects),
        ("kube_horizontalpodautoscaler_status_condition", Full, Objects),
        ("kube_horizontalpodautoscaler_metadata_generation", Full, Objects),
        ("kube_pod_created", Full, Objects),
        ("kube_pod_status_ready_time", Full, Objects),
        ("container_cpu_cfs_throttled_periods_total", Full, Usage),
        (RECORDED_CPU[0], Rules, Usage),
        (RECORDED_CPU[1], Rules, Usage),
    ]
};

/// Times ago at which the store is asked for HPAs, the latest first.
const DEPTHS: [Duration; 5] = [days(1), days(7), days(14), days(21), days(30)];

const fn days(days: u64) -> Duration {
    Duration::from_hours(days * 24)
}

/// One series by its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Presence {
    /// Its name.
    pub name: &'static str,
    /// Its tier.
    pub tier: Tier,
    /// How many series of this name the cluster has; `None` for none.
    pub count: Option<u64>,
    /// How long ago the newest sample was taken.
    pub age: Option<Duration>,
}

/// What a store has of a cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Tiers {
    /// All series that are asked for.
    pub series: Vec<Presence>,
    /// The time between two samples of kube-state-metrics.
    pub objects_every: Option<Duration>,
    /// The time between two samples of cAdvisor.
    pub usage_every: Option<Duration>,
    /// How far back HPAs are known at least; `None` if not for a day.
    pub depth: Option<Duration>,
    /// Why this may not be all; `None` if it is.
    pub incomplete: Option<String>,
}

impl Tiers {
    /// Whether there is a series of this name.
    pub fn has(&self, name: &str) -> bool {
        self.series.iter().any(|one| one.name == name && one.count.is_some())
    }

    /// The names of a tier that are missing.
    pub fn missing(&self, tier: Tier) -> Vec<&'static str> {
        let is_missing = |one: &&Presence| one.tier == tier && one.count.is_none();
        self.series.iter().filter(is_missing).map(|one| one.name).collect()
    }

    /// The time for which HPAs are not known any more; `None` where that was not found.
    pub fn beyond(&self) -> Option<Duration> {
        DEPTHS.into_iter().find(|depth| self.depth.is_none_or(|known| *depth > known))
    }

    /// The cheapest form in which CPU usage can be had.
    pub fn cpu_form(&self) -> CpuForm {
        let recorded = RECORDED_CPU.into_iter().find(|name| self.has(name));
        recorded
            .map_or_else(|| CpuForm::Counters(promql::window(self.usage_every)), CpuForm::Recorded)
    }
}

/// Asks for the series of a cluster, at a time or else at the server's own now. `pod` is one that runs.
///
/// # Errors
/// If the server does not answer.
pub async fn tiers(
    client: &Client,
    labels: &Labels,
    pod: &Pod,
    at: Option<Timestamp>,
) -> Result<Tiers, QueryError> {
    let selected = |of: Of, name: &str| match (of, &labels.usage) {
        (Of::Objects, _) => Some(promql::of_cluster(&labels.objects, name, "")),
        (Of::Usage, Some(usage)) => Some(promql::of_cluster(usage, name, "")),
        (Of::Usage, None) => None,
    };
    let each = |form: &dyn Fn(&str) -> String| {
        let one = |(name, _, of): &(&'static str, Tier, Of)| {
            Some(promql::tagged(&form(&selected(*of, name)?), "series", name))
        };
        SERIES.iter().filter_map(one).collect::<Vec<_>>().join(" or ")
    };
    let counts = client.query(&each(&|series| format!("count({series})")), at).await?;
    let ages =
        client.query(&each(&|series| format!("time() - max(timestamp({series}))")), at).await?;
    let find = |answer: &Answer<Sample>, name: &str| {
        let sample = answer.items.iter().find(|sample| sample.is("series", name))?;
        Some(sample.value)
    };
    let series = SERIES.iter().map(|(name, tier, _)| Presence {
        name,
        tier: *tier,
        count: find(&counts, name).and_then(whole),
        age: find(&ages, name).and_then(|age| Duration::try_from_secs_f64(age.max(0.0)).ok()),
    });
    let series = series.collect();
    let objects = promql::of_pod(&labels.objects, "kube_pod_info", pod);
    let objects_every = every(client, &objects, at).await?;
    let usage_every = match &labels.usage {
        None => None,
        Some(usage) => {
            let usage = promql::of_pod(usage, "container_memory_working_set_bytes", pod);
            every(client, &usage, at).await?
        }
    };
    let incomplete = counts.incomplete().or_else(|| ages.incomplete());
    let depth = depth(client, labels, at).await?;
    Ok(Tiers { series, objects_every, usage_every, depth, incomplete })
}

/// The time between two samples of a series: of the last hour, or of ten minutes where it is younger.
async fn every(
    client: &Client,
    series: &str,
    at: Option<Timestamp>,
) -> Result<Option<Duration>, QueryError> {
    let query = format!(
        "3600 / (max(count_over_time({series}[1h])) and max({series} offset 55m)) \
         or 600 / max(count_over_time({series}[10m]))"
    );
    let answer = client.query(&query, at).await?;
    let every = answer.items.first().map(|sample| usual(sample.value));
    Ok(every.and_then(|every| Duration::try_from_secs_f64(every).ok()))
}

/// Seconds between scrapes as people configure them: an hour has one sample more or less.
fn usual(seconds: f64) -> f64 {
    if seconds < 8.0 { seconds.round() } else { (seconds / 5.0).round() * 5.0 }
}

async fn depth(
    client: &Client,
    labels: &Labels,
    at: Option<Timestamp>,
) -> Result<Option<Duration>, QueryError> {
    let series = "kube_horizontalpodautoscaler_spec_max_replicas";
    let series = promql::of_cluster(&labels.objects, series, "");
    let mut deepest = None;
    for depth in DEPTHS {
        let query = format!("count({series} offset {}s)", depth.as_secs());
        if client.query(&query, at).await?.items.is_empty() {
            break;
        }
        deepest = Some(depth);
    }
    Ok(deepest)
}

fn whole(value: f64) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count; one that is none saturates"
    )]
    let count = value as u64;
    (count > 0).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_one_that_people_configure() {
        for (samples, every) in
            [(61.0, 60.0), (121.0, 30.0), (240.0, 15.0), (361.0, 10.0), (720.0, 5.0)]
        {
            assert!((usual(3600.0 / samples) - every).abs() < f64::EPSILON, "{samples}");
        }
    }
}
