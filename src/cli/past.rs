//! What commands share that ask Prometheus about a time: its flags, and how much is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::error::CommandError;
use super::flags::{Global, since};
use super::prometheus::{opener, report_problems};
use super::setup::Reading;
use crate::collect::Stop;
use crate::config::duration;
use crate::hpa::Hpa;
use crate::prometheus::{Estimate, OnAnswer, Range};
use crate::stores::{
    ClusterPast, HpaPast, HpaQuery, Namespace, Opener, PastParts, PastQuery, each, summary, whole,
};
use crate::term::Progress;
use crate::term::text::thousands;
use crate::usage::{CourseSummary, Grid};

/// From this number of points on, the number is printed before the first question.
const MANY: u64 = 1_000_000;

/// The time between two points, unless another is given.
const STEP: Duration = Duration::from_mins(1);
/// 3,000 HPAs over two days, a point a minute, are fewer.
pub(super) const MAX_POINTS: u64 = 100_000_000;

/// The time that Prometheus is asked about.
#[derive(Debug, Default, Args)]
pub struct PastArgs {
    /// With what Prometheus knows of this time, e.g. 24h or 7d: time at the maximum, scalings, usage of requests
    #[arg(long, value_name = "DUR", value_parser = past_since, allow_hyphen_values = true)]
    pub since: Option<Duration>,
    #[command(flatten)]
    pub limits: Limits,
}

/// How much Prometheus is asked for.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Limits {
    /// The time between two points of Prometheus [default: 1m]
    #[arg(long, value_name = "DUR", value_parser = step, allow_hyphen_values = true)]
    pub step: Option<Duration>,
    /// Ask for at most this many points of all series together [default: 100000000; of hpa advise, which reads some
    /// HPAs at a time, ten times as many]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub max_points: Option<u64>,
}

/// How far back from now: more than nothing.
pub(super) fn past_since(text: &str) -> Result<Duration, String> {
    if let Some(positive) = text.strip_prefix('-') {
        return Err(format!("a time back from now has no minus: {positive}"));
    }
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
        self.since.map(|since| Range::before(now, since, self.limits.step()))
    }

    /// Refuses what cannot be meant, before anything is read.
    pub(super) fn check(&self) -> Result<(), CommandError> {
        match self.since {
            Some(since) => self.limits.check(since),
            None => self.limits.unused("add --since, e.g. --since 24h"),
        }
    }
}

impl Limits {
    /// The time between two points.
    pub(super) fn step(&self) -> Duration {
        self.step.unwrap_or(STEP)
    }

    /// The most points of all series together.
    pub(super) fn max_points(&self) -> u64 {
        self.max_points.unwrap_or(MAX_POINTS)
    }

    /// Refuses a step that does not fit into the time.
    pub(super) fn check(&self, time: Duration) -> Result<(), CommandError> {
        let step = self.step();
        if step <= time {
            return Ok(());
        }
        let (step, time) = (duration::format(step), duration::format(time));
        Err(CommandError::usage(format!(
            "a step of {step} does not fit into a time of {time}: use a smaller --step or a longer --since"
        )))
    }

    /// Refuses a flag where Prometheus is not asked over a time.
    pub(super) fn unused(&self, instead: &str) -> Result<(), CommandError> {
        let flag = match (self.step, self.max_points) {
            (Some(_), _) => "--step",
            (None, Some(_)) => "--max-points",
            (None, None) => return Ok(()),
        };
        Err(CommandError::usage(format!(
            "{flag} is for what Prometheus knows of a time: {instead}"
        )))
    }

    /// Checks how much will be asked, and says so where it is much.
    pub(super) fn announce(
        &self,
        reading: &Reading,
        estimate: Estimate,
    ) -> Result<(), CommandError> {
        estimate.within(self.max_points()).map_err(CommandError::usage)?;
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
}

/// The HPAs that are followed, by cluster and namespace.
type AllFollowed = BTreeMap<Arc<str>, BTreeMap<String, Vec<HpaQuery>>>;

fn followed<'a>(hpas: impl IntoIterator<Item = &'a Hpa>) -> AllFollowed {
    let mut followed = AllFollowed::new();
    for hpa in hpas {
        let cluster = followed.entry(Arc::clone(&hpa.cluster)).or_default();
        cluster.entry(hpa.namespace.clone()).or_default().push(HpaQuery::new(hpa));
    }
    followed
}

/// How much is asked about HPAs of several clusters.
fn estimate(range: &Range, followed: &AllFollowed, parts: PastParts) -> Estimate {
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let of = |namespaces: &BTreeMap<String, Vec<HpaQuery>>| {
        let hpas = number(namespaces.values().map(Vec::len).sum());
        parts.estimate(range, number(namespaces.len()), hpas)
    };
    followed.values().map(of).fold(Estimate::default(), Estimate::and)
}

/// What is asked, about which time.
pub(super) struct Question<'a> {
    pub(super) global: &'a Global,
    pub(super) reading: &'a Reading,
    pub(super) args: Limits,
    pub(super) range: Range,
    pub(super) parts: PastParts,
    pub(super) stop: &'a Stop,
}

/// What was read of clusters, and whether it is all.
pub(super) type Found<T> = (BTreeMap<String, ClusterPast<T>>, bool);

/// The clusters and problems that were printed.
pub(super) type Printed = BTreeSet<(String, String)>;

impl Question<'_> {
    /// A few figures for each HPA, by cluster. What is missing is printed.
    pub(super) async fn courses<'a>(
        &self,
        hpas: impl IntoIterator<Item = &'a Hpa>,
    ) -> Result<Found<CourseSummary>, CommandError> {
        self.read(hpas, summary).await
    }

    /// All points of each HPA, by cluster. What is missing is printed.
    pub(super) async fn pasts<'a>(
        &self,
        hpas: impl IntoIterator<Item = &'a Hpa>,
    ) -> Result<Found<HpaPast>, CommandError> {
        self.read(hpas, whole).await
    }

    async fn read<'a, T: Send + 'static>(
        &self,
        hpas: impl IntoIterator<Item = &'a Hpa>,
        make: fn(&Namespace, &HpaQuery, &Grid) -> T,
    ) -> Result<Found<T>, CommandError> {
        let followed = followed(hpas);
        let estimate = estimate(&self.range, &followed, self.parts);
        self.args.announce(self.reading, estimate)?;
        let opener = opener(self.global, self.reading, self.args.max_points())?;
        // There is one line of progress at a time.
        self.reading.done();
        let total = usize::try_from(estimate.queries).unwrap_or(usize::MAX);
        let progress = Arc::new(Progress::of_queries(total, self.global.quiet));
        // Dropped with this future, when tasks may still have the other.
        let shown = Shown(Arc::clone(&progress));
        let on_answer = OnAnswer::new(move || progress.answered());
        let opener = Arc::new(Opener { on_answer, ..opener });
        let found = self.read_by(&opener, &followed, make).await;
        drop(shown);
        Ok(self.report(found, &mut Printed::new()))
    }

    /// What opens the stores, once it is known that not too much will be asked about these HPAs.
    pub(super) fn open<'a>(
        &self,
        hpas: impl IntoIterator<Item = &'a Hpa>,
    ) -> Result<Arc<Opener>, CommandError> {
        self.args.announce(self.reading, estimate(&self.range, &followed(hpas), self.parts))?;
        Ok(Arc::new(opener(self.global, self.reading, self.args.max_points())?))
    }

    /// All points of some of the HPAs that the stores were opened for. A problem is printed once for all of them.
    pub(super) async fn pasts_by<'a>(
        &self,
        opener: &Arc<Opener>,
        hpas: impl IntoIterator<Item = &'a Hpa>,
        printed: &mut Printed,
    ) -> Found<HpaPast> {
        let found = self.read_by(opener, &followed(hpas), whole).await;
        self.report(found, printed)
    }

    async fn read_by<T: Send + 'static>(
        &self,
        opener: &Arc<Opener>,
        followed: &AllFollowed,
        make: fn(&Namespace, &HpaQuery, &Grid) -> T,
    ) -> BTreeMap<String, ClusterPast<T>> {
        let clusters =
            self.reading.clusters.iter().filter_map(|cluster| {
                Some((cluster.clone(), followed.get(&cluster.name)?.clone()))
            });
        let parallel = self.reading.setup.config.clusters.max_parallel;
        let found = each(clusters.collect(), parallel, |(cluster, followed)| {
            let (opener, stop) = (Arc::clone(opener), self.stop.clone());
            let (range, parts) = (self.range, self.parts);
            async move {
                let asking =
                    PastQuery { cluster: &cluster, followed: &followed, range, parts, stop: &stop };
                let found = asking.read(&opener, Timestamp::now, make).await;
                (cluster.name.to_string(), found)
            }
        });
        found.await.into_iter().collect()
    }

    /// Prints what is missing from what was read, unless it was printed before.
    fn report<T>(
        &self,
        found: BTreeMap<String, ClusterPast<T>>,
        printed: &mut Printed,
    ) -> Found<T> {
        let mut is_whole = true;
        for (cluster, past) in &found {
            let problems = past.problems();
            is_whole &= problems.is_empty();
            let new = |problem: &String| printed.insert((cluster.clone(), problem.clone()));
            let new: Vec<String> = problems.into_iter().filter(new).collect();
            report_problems(self.reading, cluster, &new);
        }
        (found, is_whole)
    }
}

/// Progress whose line is cleared when this value is dropped.
struct Shown(Arc<Progress>);

impl Drop for Shown {
    fn drop(&mut self) {
        self.0.clear();
    }
}
