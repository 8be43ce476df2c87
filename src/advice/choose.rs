//! The proposals that are worth making, by the days that choose: searched, reduced to the changes that matter, and left
//! out where they gain little.

use super::candidate::Candidate;
use super::promise::Promise;
use super::question::{Effort, Kind, Question};
use super::refusal::Refusal;
use super::search::{Budget, Found, Goal, Search};
use super::space::{Bounds, Space};
use super::trial::{Trial, Tried};
use crate::hpa::Hpa;
use crate::simulation::{Conditions, Load};

/// The period of syncs in a coarse pass, in milliseconds.
const COARSE: i64 = 60_000;
/// How much of the unmet demand that is promised a coarse pass may leave, which sees changes later.
const COARSE_UNMET: f64 = 2.0;
/// How much of it may be left in one phase on the days that choose. The rest is for what they do not show; where the
/// promise is not kept in all phases, less is tried.
const UNMET: [f64; 4] = [0.8, 0.4, 0.1, 0.0];
/// The share of the unmet demand that is promised which a safer proposal may leave.
const SAFER: f64 = 0.25;
/// What a proposal has to save that mends nothing, in percent of the present pod-hours.
pub const WORTH_PERCENT: i32 = 5;
/// What each changed setting has to save, as a share of the present pod-hours, or of what is beyond the promise.
const CHANGE: f64 = 0.02;
/// How near settings have to come to a promise that none keeps, as a share of what the present ones are beyond it.
const NEARER: f64 = 0.75;

/// Settings to propose.
pub(super) struct Chosen {
    pub kind: Kind,
    pub found: Found,
    /// Whether the present settings do not keep the promise, and these do, or come nearer to it where none does.
    pub mends: bool,
}

impl Question<'_> {
    /// Searches on these days. A promise that cannot be kept makes nothing cheaper.
    pub(super) fn choose<'l>(
        &'l self,
        first: &'l Load,
        fine: Trial<'l>,
        promise: &Promise,
    ) -> Result<(Vec<Chosen>, usize), Refusal> {
        let present = Candidate::present(self.hpa);
        let slow = Conditions { period: self.conditions.period.max(COARSE), ..self.conditions };
        let budget = self.effort.budget();
        let coarse = self.trial(first, slow)?;
        let mut rough = Search::new(self.hpa, coarse, Effort::Full.budget(), self.interrupt);
        let mut exact = Search::new(self.hpa, fine, budget, self.interrupt);
        let now = exact.run(&present, self.hpa.max_replicas)?;
        let as_it_is = Found { candidate: present.clone(), tried: now };
        let phases = exact.phases(&as_it_is)?;
        let is_any =
            |beyond: fn(&Tried, &Promise) -> bool| phases.iter().any(|it| beyond(it, promise));
        let bounds = Bounds {
            target: self.highest_target(),
            is_unmet: is_any(|it, promise| it.daily.unmet_pod_minutes > promise.unmet_pod_minutes),
            is_restless: is_any(|it, promise| it.daily.scalings > promise.scalings),
        };
        let space = Space::of(self.hpa, exact.needed(), bounds);
        let is_broken = is_any(|it, promise| !promise.is_kept(&it.daily));
        let mut chosen: Vec<Chosen> = Vec::new();
        for (number, goal) in goals(promise, &phases).into_iter().enumerate() {
            // Half for the first of three, a quarter for each of the others.
            rough.allow(number + 2, 4);
            exact.allow(number + 2, 4);
            let space = match goal.kind {
                Kind::AsNow => space.with_present_targets(),
                _ => space.clone(),
            };
            let start = rough.descend(&present, |_| space.clone(), &goal.aim(COARSE_UNMET))?;
            let around = |best: &Candidate| space.around(self.hpa, best);
            let best = exact_best(&mut exact, &start.candidate, around, &goal)?;
            let best = fewer_changes(&mut exact, self.hpa, best, &goal, &phases)?;
            let before = goal.worst(&phases);
            // Where nothing keeps the promise, what comes nearer to it is safer.
            let is_nearer = goal.kind == Kind::Safer && best.excess <= NEARER * before;
            let mends = is_broken && (best.is_kept() || is_nearer);
            let hours = best.found.tried.daily.pod_hours;
            let saves = best.is_kept() && is_worth(hours, now.daily.pod_hours);
            if mends || saves {
                chosen.push(Chosen { kind: goal.kind, found: best.found, mends });
            }
        }
        Ok((chosen, rough.runs() + exact.runs()))
    }
}

/// Whether settings that mend nothing save enough to be proposed.
pub(super) fn is_worth(hours: f64, present: f64) -> bool {
    hours <= present * (1.0 - f64::from(WORTH_PERCENT) / 100.0)
}

/// Settings in all phases.
struct Best {
    /// With what came of them in the phase of the rows.
    found: Found,
    /// How far the worst phase is beyond the promise.
    excess: f64,
}

impl Best {
    fn is_kept(&self) -> bool {
        self.excess <= 0.0
    }
}

/// The best settings in the phase in which they do worst.
fn exact_best(
    exact: &mut Search<'_>,
    start: &Candidate,
    around: impl Fn(&Candidate) -> Space,
    goal: &KindGoal,
) -> Result<Best, Refusal> {
    exact.enter(0);
    let mut found = exact.attempt(start, &goal.aim(1.0))?;
    let mut excess = 0.0;
    for share in UNMET {
        found = exact.descend(&found.candidate, &around, &goal.aim(share))?;
        let phases = exact.phases(&found)?;
        found.tried = phases.first().copied().unwrap_or(found.tried);
        excess = goal.worst(&phases);
        if excess <= 0.0 {
            break;
        }
        let of = |tried: &Tried| goal.promise.excess(&tried.daily);
        let worst = (0..).zip(&phases).max_by(|a, b| of(a.1).total_cmp(&of(b.1)));
        exact.enter(worst.map_or(0, |(phase, _)| phase));
    }
    Ok(Best { found, excess })
}

/// Takes back the changes without which nearly the same comes out, one after the other.
fn fewer_changes(
    exact: &mut Search<'_>,
    hpa: &Hpa,
    mut best: Best,
    goal: &KindGoal,
    now: &[Tried],
) -> Result<Best, Refusal> {
    exact.enter(0);
    let (hours, excess) = (first_hours(now), goal.worst(now));
    loop {
        let max = best.found.tried.max;
        let mut simpler: Vec<(Candidate, i32)> =
            best.found.candidate.simpler(hpa).into_iter().map(|it| (it, max)).collect();
        if max != hpa.max_replicas {
            simpler.push((best.found.candidate.clone(), hpa.max_replicas));
        }
        let mut next: Option<Best> = None;
        for (candidate, max) in simpler {
            let tried = exact.run(&candidate, max)?;
            let is_cheap = |it: &Tried| {
                it.daily.pod_hours <= best.found.tried.daily.pod_hours + CHANGE * hours
            };
            if !is_cheap(&tried) {
                continue;
            }
            let found = Found { candidate, tried };
            let beyond = goal.worst(&exact.phases(&found)?);
            let allowed = if best.is_kept() { 0.0 } else { best.excess + CHANGE * excess };
            let is_cheaper = next
                .as_ref()
                .is_none_or(|next| tried.daily.pod_hours < next.found.tried.daily.pod_hours);
            if beyond <= allowed && is_cheaper {
                next = Some(Best { found, excess: beyond });
            }
        }
        match next {
            Some(next) => best = next,
            None => return Ok(best),
        }
    }
}

fn first_hours(phases: &[Tried]) -> f64 {
    phases.first().map_or(0.0, |it| it.daily.pod_hours)
}

impl Effort {
    fn budget(self) -> Budget {
        match self {
            Self::Full => Budget { sweeps: 4, runs: 700 },
            Self::Coarse => Budget { sweeps: 1, runs: 150 },
        }
    }
}

/// What a kind of proposal has to keep, in all phases.
struct KindGoal {
    kind: Kind,
    promise: Promise,
    headroom: f64,
}

impl KindGoal {
    fn aim(&self, unmet: f64) -> Goal {
        Goal { promise: self.promise.with_unmet(unmet), headroom: self.headroom, change: CHANGE }
    }

    /// How far the worst phase is beyond the promise.
    fn worst(&self, phases: &[Tried]) -> f64 {
        phases.iter().map(|it| self.promise.excess(&it.daily)).fold(0.0, f64::max)
    }
}

/// What is looked for. Where the present settings keep the promise, nothing may get worse with the present targets.
fn goals(promise: &Promise, now: &[Tried]) -> Vec<KindGoal> {
    let promise = *promise;
    let mut goals = vec![KindGoal { kind: Kind::Cheapest, promise, headroom: 1.2 }];
    let is_kept = now.iter().all(|it| promise.is_kept(&it.daily));
    let as_now = if is_kept { Promise::of(now.iter().map(|it| it.daily)) } else { promise };
    goals.push(KindGoal { kind: Kind::AsNow, promise: as_now, headroom: 1.2 });
    let careful = Promise { minutes_at_max: 0.0, ..promise.with_unmet(SAFER) };
    goals.push(KindGoal { kind: Kind::Safer, promise: careful, headroom: 1.5 });
    goals
}
