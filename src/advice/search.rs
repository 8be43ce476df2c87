//! The cheapest settings that keep a promise.

use std::collections::HashMap;

use super::candidate::Candidate;
use super::promise::Promise;
use super::question::Interrupt;
use super::refusal::Refusal;
use super::space::Space;
use super::trial::{Trial, Tried};
use crate::hpa::Hpa;
use crate::simulation::PHASES;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goal {
    pub promise: Promise,
    /// By what factor a raised maximum is above the most replicas that there were.
    pub headroom: f64,
    /// What each changed setting has to save, as a share of the pod-hours, or of what is beyond the promise.
    pub change: f64,
}

/// How long is searched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    /// How often all blocks are gone through at most.
    pub sweeps: usize,
    /// After so many runs no further settings are tried; what was found is still run in all phases.
    pub runs: usize,
}

/// Tries settings over a load, each once in a phase.
pub(super) struct Search<'a> {
    hpa: &'a Hpa,
    trial: Trial<'a>,
    budget: Budget,
    /// How many of the budget's runs there may be so far.
    allowed: usize,
    interrupt: Option<&'a dyn Interrupt>,
    tried: HashMap<(Candidate, i32, i64), Tried>,
}

/// Settings, with their maximum and what came of them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub candidate: Candidate,
    pub tried: Tried,
}

impl<'a> Search<'a> {
    pub fn new(
        hpa: &'a Hpa,
        trial: Trial<'a>,
        budget: Budget,
        interrupt: Option<&'a dyn Interrupt>,
    ) -> Self {
        let allowed = budget.runs;
        Self { hpa, trial, budget, allowed, interrupt, tried: HashMap::new() }
    }

    /// From here on there may be this part of the budget's runs in all: what is looked for first leaves some for the rest.
    pub fn allow(&mut self, part: usize, of: usize) {
        self.allowed = self.budget.runs * part / of.max(1);
    }

    /// The pods that the load needs in the phase that was entered, by sync.
    pub fn needed(&self) -> &[Option<i32>] {
        self.trial.needed()
    }

    /// From here on settings are tried in this phase.
    pub fn enter(&mut self, phase: i64) {
        self.trial.enter(phase);
    }

    /// Settings in all phases, the phase of the rows first.
    pub fn phases(&mut self, found: &Found) -> Result<Vec<Tried>, Refusal> {
        let phase = self.trial.phase();
        let mut all = Vec::new();
        for phase in 0..PHASES {
            self.enter(phase);
            all.push(self.run(&found.candidate, found.tried.max)?);
        }
        self.enter(phase);
        Ok(all)
    }

    /// How many runs there were.
    pub fn runs(&self) -> usize {
        self.tried.len()
    }

    /// The best settings that are reached from others, by going through the blocks of a space again and again.
    pub fn descend(
        &mut self,
        start: &Candidate,
        space: impl Fn(&Candidate) -> Space,
        goal: &Goal,
    ) -> Result<Found, Refusal> {
        let mut best = self.attempt(start, goal)?;
        for _ in 0..self.budget.sweeps {
            let before = best.clone();
            let space = space(&best.candidate);
            for block in space.blocks() {
                for variant in block.variants(&best.candidate) {
                    if self.runs() >= self.allowed {
                        return Ok(best);
                    }
                    let found = self.attempt(&variant, goal)?;
                    if self.is_better(&found, &best, goal) {
                        best = found;
                    }
                }
            }
            if best == before {
                break;
            }
        }
        Ok(best)
    }

    /// Whether the one is better: the promise first, then the pod-hours. Each change has to be worth it.
    pub fn is_better(&self, one: &Found, other: &Found, goal: &Goal) -> bool {
        let excess =
            |it: &Found| goal.promise.excess(&it.tried.daily) * self.handicap(it, goal.change);
        let (a, b) = (excess(one), excess(other));
        if (a - b).abs() > 1e-9 {
            return a < b;
        }
        let price = |it: &Found| it.tried.daily.pod_hours * self.handicap(it, goal.change);
        price(one) + 1e-9 < price(other)
    }

    /// The factor that changes cost.
    fn handicap(&self, found: &Found, change: f64) -> f64 {
        let raised = u32::from(found.tried.max != self.hpa.max_replicas);
        1.0 + change * f64::from(found.candidate.changes(self.hpa) + raised)
    }

    /// Tries settings; with a higher maximum, where the present one breaks the promise.
    pub fn attempt(&mut self, candidate: &Candidate, goal: &Goal) -> Result<Found, Refusal> {
        let present = self.hpa.max_replicas;
        let tried = self.run(candidate, present)?;
        if tried.highest < present || goal.promise.is_kept(&tried.daily) {
            return Ok(Found { candidate: candidate.clone(), tried });
        }
        let free = self.run(candidate, unbounded(present))?;
        let max = raised(free.highest, goal.headroom).max(present);
        // Below the maximum its value changes nothing.
        let raised = Tried { max, ..free };
        let is_better = goal.promise.excess(&free.daily) < goal.promise.excess(&tried.daily);
        let tried = if is_better && free.highest < max { raised } else { tried };
        Ok(Found { candidate: candidate.clone(), tried })
    }

    /// Runs settings in the phase that was entered, unless they were.
    pub fn run(&mut self, candidate: &Candidate, max: i32) -> Result<Tried, Refusal> {
        let key = (candidate.clone(), max, self.trial.phase());
        if let Some(tried) = self.tried.get(&key) {
            return Ok(*tried);
        }
        if self.interrupt.is_some_and(Interrupt::is_interrupted) {
            return Err(Refusal::Interrupted);
        }
        let tried = self.trial.run(&candidate.apply(self.hpa, max))?;
        self.tried.insert(key, tried);
        Ok(tried)
    }
}

/// A maximum that no load reaches, but a mistake would.
pub(super) fn unbounded(present: i32) -> i32 {
    present.saturating_mul(10).saturating_add(100)
}

/// A maximum with room above the most replicas that there were.
#[expect(clippy::cast_possible_truncation, reason = "floats saturate")]
pub(super) fn raised(highest: i32, headroom: f64) -> i32 {
    ((f64::from(highest) * headroom).ceil() as i32).max(highest.saturating_add(1))
}
