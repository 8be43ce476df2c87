//! The closed loop: a load, spread over the pods that the controller asked for.

use super::cohorts::{Cohorts, Lags};
use super::controller::{Controller, Decision};
use super::metric::{Failure, Proposal, Reading};
use super::pods::{PodCounts, PodSums};
use super::spec::{Metric, Target};
use super::target::{ScaleTarget, Selector};
use super::time::{Span, Time};

/// What happens to a target with equal pods. The load does not depend on their number.
#[derive(Debug, Clone, Copy)]
pub struct Simulation<'a> {
    /// The load of each metric, in the order of the spec. A metric without one cannot be read.
    pub loads: &'a [Load<'a>],
    /// How many syncs; loads that end before it cannot be read from there on.
    pub syncs: usize,
    /// The time of the first sync.
    pub start: Time,
    /// The time between two syncs.
    pub period: Span,
    /// Replicas before the first sync, whose pods have been ready for long.
    pub replicas: i32,
    /// Replicas that somebody set by hand just before a sync, by its number, in that order.
    pub set_replicas: &'a [(usize, i32)],
    /// How long a new pod takes until it is ready. Until then it has no samples.
    pub startup: Span,
    /// The time that a sample is measured over. It ends with the sync.
    pub sample_window: Span,
}

/// The load of one metric.
#[derive(Debug, Clone, Copy, Default)]
pub struct Load<'a> {
    /// Its values in thousandths, one a sync; `None` could not be read.
    pub values: &'a [Option<i64>],
    /// For a per-pod metric, what the values are. For others they are the metric's own.
    pub share: Share,
    /// The request of each pod in thousandths. A utilization fails without it.
    pub request: Option<i64>,
}

/// What pods have of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Share {
    /// The load is that of all pods together: the ready ones share it evenly.
    #[default]
    OfTotal,
    /// The load is that of each pod, however many there are.
    Each,
}

/// A sync of a simulation.
#[derive(Debug, Clone, Copy)]
pub struct Tick<'a> {
    /// Its number, from 0.
    pub number: usize,
    /// Its time.
    pub now: Time,
    /// The pods before it.
    pub pods: PodCounts,
    /// The pods that are ready from it until the next.
    pub ready: ReadyUntilNext,
    /// What was decided.
    pub decision: &'a Decision,
    /// What each metric proposes, where [`Grounds`](super::Grounds) say that it was asked.
    pub proposals: &'a [Proposal],
}

/// The ready pods from a sync until the next, when the decision is carried out. As pods are made at syncs alone, their
/// number changes once at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadyUntilNext {
    /// At first.
    pub first: i32,
    /// How long that is so.
    pub lasts: Span,
    /// From then on.
    pub then: i32,
}

/// Runs a simulation with a controller, which may remember something already, and calls `each` after
/// every sync. Pods are made and removed at once when they are asked for.
pub fn simulate(
    controller: &mut Controller<'_>,
    simulation: &Simulation<'_>,
    mut each: impl FnMut(Tick<'_>),
) {
    let (spec, settings) = (controller.spec(), controller.settings());
    let lags = Lags {
        startup: simulation.startup,
        sample_window: simulation.sample_window,
        cpu_initialization: settings.cpu_initialization,
    };
    let mut cohorts = Cohorts::new(simulation.replicas, lags);
    let mut set_replicas = simulation.set_replicas.iter().peekable();
    let mut readings: Vec<Reading<'_>> = Vec::with_capacity(spec.metrics.len());
    let mut replicas = simulation.replicas;
    let mut now = simulation.start;
    // Pods are made at syncs, so all that become ready between two of them do so at the same moment.
    let lasts = simulation.startup.as_millis().rem_euclid(simulation.period.as_millis().max(1));
    let lasts = Span::from_millis(lasts);
    for number in 0..simulation.syncs {
        while let Some((_, by_hand)) = set_replicas.next_if(|(at, _)| *at <= number) {
            replicas = *by_hand;
            cohorts.scale(replicas, now);
        }
        let pods = cohorts.counts(now);
        readings.clear();
        readings.extend(spec.metrics.iter().enumerate().map(|(place, &metric)| {
            simulation
                .loads
                .get(place)
                .map_or(Reading::UNREADABLE, |load| load.reading(number, metric, pods))
        }));
        let target = ScaleTarget {
            replicas,
            status_replicas: replicas,
            pods: pods.all,
            ready_pods: pods.ready,
            selector: Selector::Usable,
        };
        let decision = controller.sync(now, &target, &readings);
        if decision.desired != replicas {
            replicas = decision.desired;
            cohorts.scale(replicas, now);
        }
        let (first, then) = (cohorts.ready_at(now), cohorts.ready_at(now.after(lasts)));
        let ready = ReadyUntilNext { first, lasts, then };
        let proposals = controller.proposals();
        each(Tick { number, now, pods, ready, decision: &decision, proposals });
        now = now.after(simulation.period);
    }
}

impl Load<'_> {
    #[inline]
    fn reading(&self, sync: usize, metric: Metric, pods: PodCounts) -> Reading<'static> {
        let Some(value) = self.values.get(sync).copied().flatten() else {
            return Reading::UNREADABLE;
        };
        if !metric.is_of_pods() {
            return Reading::Value(value);
        }
        if self.request.is_none() && matches!(metric.target, Target::Utilization(_)) {
            return Reading::Failed(Failure::NoRequest { pod: None });
        }
        let total = match self.share {
            Share::OfTotal => value,
            Share::Each => value.wrapping_mul(i64::from(pods.ready)),
        };
        Reading::Sums(PodSums::spread(total, pods, self.request.unwrap_or(0), metric))
    }
}
