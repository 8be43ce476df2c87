//! What commands share that ask Prometheus about a time: its flags, and how much is asked.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::error::CommandError;
use super::flags::{Global, since};
use super::prometheus::opener;
use super::setup::Reading;
use crate::collect::Stop;
use crate::config::duration;
use crate::hpa::Hpa;
use crate::prometheus::{Estimate, Range};
use crate::stores::{ClusterCourses, Followed, Opener, courses, each};
use crate::term::text::thousands;

/// From this number of points on, the number is printed before the first question.
const MANY: u64 = 1_000_000;

/// The time that Prometheus is asked about.
#[derive(Debug, Args)]
pub struct PastArgs {
    /// With what Prometheus knows of this time, e.g. 24h or 7d: time at the maximum, scalings, usage of requests
    #[arg(long, value_name = "DUR", value_parser = past_since, allow_hyphen_values = true)]
    pub since: Option<Duration>,
    /// The time between two points
    #[arg(long, value_name = "DUR", value_parser = step, default_value = "1m")]
    pub step: Duration,
    /// Ask for at most this many points of all series together
    #[arg(long, value_name = "N", default_value_t = 100_000_000)]
    pub max_points: u64,
}

/// How far back from now: more than nothing.
fn past_since(text: &str) -> Result<Duration, String> {
    let since = since(text)?;
    if since < Duration::from_secs(1) { Err("at least 1s".to_owned()) } else { Ok(since) }
}

/// The time between two points.
fn step(text: &str) -> Result<Duration, String> {
    match duration::parse(text) {
        Ok(step) if step.as_secs() >= 1 && step.subsec_nanos() == 0 => Ok(step),
        Ok(_) => Err("whole seconds, at least 1s".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

impl PastArgs {
    /// The range that is asked about; none without `--since`.
    pub(super) fn range(&self, now: Timestamp) -> Option<Range> {
        self.since.map(|since| Range::before(now, since, self.step))
    }

    /// Checks how much will be asked, and says so where it is much.
    pub(super) fn announce(
        &self,
        reading: &Reading,
        estimate: Estimate,
    ) -> Result<(), CommandError> {
        estimate.within(self.max_points).map_err(CommandError::usage)?;
        if estimate.points >= MANY {
            let shown = |number: u64| thousands(usize::try_from(number).unwrap_or(usize::MAX));
            reading.setup.messages.note(&format!(
                "Prometheus is asked for about {} points in {} queries, one after the other",
                shown(estimate.points),
                shown(estimate.queries),
            ));
        }
        Ok(())
    }

    pub(super) fn opener(
        &self,
        global: &Global,
        reading: &Reading,
    ) -> Result<Arc<Opener>, CommandError> {
        opener(global, reading, self.max_points).map(Arc::new)
    }
}

/// HPAs by namespace, with their targets.
pub(super) fn followed<'a>(
    hpas: impl IntoIterator<Item = &'a Hpa>,
) -> BTreeMap<Arc<str>, BTreeMap<String, Vec<Followed>>> {
    let mut followed: BTreeMap<Arc<str>, BTreeMap<String, Vec<Followed>>> = BTreeMap::new();
    for hpa in hpas {
        let cluster = followed.entry(Arc::clone(&hpa.cluster)).or_default();
        cluster.entry(hpa.namespace.clone()).or_default().push(Followed {
            name: hpa.name.clone(),
            target: (hpa.target.kind.to_string(), hpa.target.name.to_string()),
        });
    }
    followed
}

/// How much is asked about HPAs of several clusters.
pub(super) fn estimate(
    range: &Range,
    followed: &BTreeMap<Arc<str>, BTreeMap<String, Vec<Followed>>>,
) -> Estimate {
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let of = |namespaces: &BTreeMap<String, Vec<Followed>>| {
        let hpas = number(namespaces.values().map(Vec::len).sum());
        Estimate::of_namespaces(range, number(namespaces.len()), hpas, hpas)
    };
    followed.values().map(of).fold(Estimate::default(), Estimate::and)
}

/// What the clusters' stores know of HPAs, by cluster. What is missing is printed; whether nothing is.
pub(super) async fn read(
    args: &PastArgs,
    global: &Global,
    reading: &Reading,
    hpas: impl IntoIterator<Item = &Hpa>,
    range: Range,
    stop: &Stop,
) -> Result<(BTreeMap<String, ClusterCourses>, bool), CommandError> {
    let followed = followed(hpas);
    args.announce(reading, estimate(&range, &followed))?;
    if followed.is_empty() {
        return Ok((BTreeMap::new(), true));
    }
    let opener = args.opener(global, reading)?;
    let clusters = reading
        .clusters
        .iter()
        .filter_map(|cluster| Some((cluster.clone(), followed.get(&cluster.name)?.clone())));
    let parallel = reading.setup.config.clusters.max_parallel;
    let found = each(clusters.collect(), parallel, |(cluster, followed)| {
        let (opener, stop) = (Arc::clone(&opener), stop.clone());
        async move {
            let now = Timestamp::now;
            let found = courses(&opener, &cluster, &followed, &range, &stop, now).await;
            (cluster.name.to_string(), found)
        }
    });
    let found: BTreeMap<String, ClusterCourses> = found.await.into_iter().collect();
    let mut is_whole = true;
    for (cluster, courses) in &found {
        is_whole &= super::prometheus::report_problems(reading, cluster, &courses.problems());
    }
    Ok((found, is_whole))
}
