//! The load and the HPA, and the answer: proposals, or why there are none.

use std::time::Duration;

use serde::Serialize;

use super::choose::{Chosen, is_worth};
use super::owner::Owner;
use super::promise::{Daily, Limits, Promise};
use super::refusal::Refusal;
use super::risk::Facts;
use super::trial::{Trial, Tried};
use crate::hpa::{Hpa, Metric};
use crate::simulation::{
    Conditions, Load, Phases, Recorded, Requests, Runner, Setting, SettingError,
};

const DAY: i64 = 24 * 60 * 60 * 1000;
/// The least length of a load, an hour less than 7 days: rows end before the time that was asked for does.
const LEAST: i64 = 7 * DAY - DAY / 24;
/// From this length on 10 of 14 days choose; the first 7 in 10 of what is shorter.
const LONG: i64 = 14 * DAY - DAY / 24;
/// The least share of the load that has to be known.
const KNOWN: f64 = 0.25;
/// What ends a search before its time.
pub trait Interrupt: std::fmt::Debug + Sync {
    /// Whether the search is to end.
    fn is_interrupted(&self) -> bool;
}

/// An HPA, its load, and what is promised.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The HPA as it is.
    pub hpa: &'a Hpa,
    /// Its load.
    pub load: &'a Load,
    /// What is the same for all settings.
    pub conditions: Conditions,
    /// The requests of each pod.
    pub requests: &'a Requests,
    /// The limits.
    pub limits: Limits,
    /// How long to search.
    pub effort: Effort,
    /// What ends the search, if anything.
    pub interrupt: Option<&'a dyn Interrupt>,
}

/// How thoroughly settings are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Effort {
    /// A coarse pass and a fine one.
    #[default]
    Full,
    /// A coarse pass, and a short fine one.
    Coarse,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Advice {
    /// What is promised, a day.
    pub promise: Promise,
    /// The share of its request, in percent, that a pod is taken to bear.
    pub capacity_percent: i32,
    /// The highest target that is proposed, in percent of the request.
    pub highest_target_percent: i32,
    /// The course as it was, and how far the replay can be trusted.
    pub recorded: Recorded,
    /// How long the days are that choose, and those that judge, in milliseconds.
    pub chosen_on: i64,
    /// The same of those that judge.
    pub judged_on: i64,
    /// The present settings.
    pub now: Now,
    /// At most three, each different from the present settings.
    pub proposals: Vec<Proposal>,
    /// What keeps the HPA as it is.
    pub owner: Option<Owner>,
    /// How many settings were run.
    pub runs: usize,
    /// For how many percent of the time it is known how many pods the load needs. What is a day is of that time.
    pub known_percent: f64,
}

/// The present settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Now {
    /// Over the whole load, as `hpa simulate` measures it.
    pub summary: Phases,
    /// A day, over the whole load.
    pub daily: Daily,
    /// On the days that choose.
    pub chosen: Daily,
    /// On the days that judge.
    pub judged: Daily,
    /// Whether they keep the promise on the days that judge.
    pub keeps_promise: bool,
}

/// Which of the proposals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// The fewest pod-hours that keep the promise.
    Cheapest,
    /// With the present targets: nothing worse than now, or what mends it.
    AsNow,
    /// A quarter of what the promise allows.
    Safer,
}

/// Other settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Which.
    pub kind: Kind,
    /// The HPA with them.
    pub hpa: Hpa,
    /// Over the whole load, as `hpa simulate` measures it.
    pub summary: Phases,
    /// A day, over the whole load.
    pub daily: Daily,
    /// On the days that choose.
    pub chosen: Daily,
    /// On the days that judge.
    pub judged: Daily,
    /// The worst of all phases on the days that judge.
    pub worst: Daily,
    /// Whether they keep the promise on the days that judge, in all phases.
    pub keeps_promise: bool,
    /// What is not known of it.
    pub risks: Vec<String>,
}

impl Kind {
    /// Its name for programs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Cheapest => "cheapest",
            Self::AsNow => "asNow",
            Self::Safer => "safer",
        }
    }
}

impl Proposal {
    /// What it is for people.
    pub fn title(&self) -> &'static str {
        match (self.kind, self.keeps_promise) {
            (Kind::Cheapest, true) => "cheapest that keeps the promise",
            (Kind::Cheapest, false) => "cheapest, but it does not keep the promise",
            (Kind::AsNow, true) => "same targets",
            (Kind::AsNow, false) => "same targets, but it does not keep the promise",
            (Kind::Safer, true) => "safer",
            (Kind::Safer, false) => "safer, but it does not keep the promise",
        }
    }
}

impl Advice {
    /// The proposal that is made first: the first that keeps the promise.
    pub fn best(&self) -> Option<&Proposal> {
        self.proposals.iter().find(|it| it.keeps_promise)
    }

    /// The pod-hours that a proposal saves a day: the lower of what it saves on the days that judge and over all, most of
    /// which have chosen it.
    pub fn saves(&self, proposal: &Proposal) -> f64 {
        self.gains(proposal, |it| it.pod_hours).0
    }

    /// The same in percent of what there is now on these days.
    pub fn saves_percent(&self, proposal: &Proposal) -> f64 {
        let (saves, before) = self.gains(proposal, |it| it.pod_hours);
        if before > 0.0 { saves / before * 100.0 } else { 0.0 }
    }

    /// The pod-minutes of unmet demand that a proposal prevents a day: the lower of the two as well.
    pub fn prevents(&self, proposal: &Proposal) -> f64 {
        self.gains(proposal, |it| it.unmet_pod_minutes).0
    }

    /// The lower gain of the days that judge and of all, and what there is now on these.
    fn gains(&self, proposal: &Proposal, of: fn(&Daily) -> f64) -> (f64, f64) {
        let gain = |now: &Daily, then: &Daily| (of(now) - of(then), of(now));
        let judged = gain(&self.now.judged, &proposal.judged);
        let all = gain(&self.now.daily, &proposal.daily);
        if judged.0 <= all.0 { judged } else { all }
    }
}

impl Question<'_> {
    /// Searches.
    ///
    /// # Errors
    /// Why the HPA cannot be judged.
    pub fn answer(&self) -> Result<Advice, Refusal> {
        let (mut whole, recorded) = self.admit()?;
        let promise = self.limits.promise(whole.needed_a_day());
        let split = if self.load.end() >= LONG {
            self.load.end() / 14 * 10
        } else {
            self.load.end() / 10 * 7
        };
        self.search(&mut whole, recorded, promise, split)
    }

    /// The load and how far it can be trusted, if that is enough to judge the HPA.
    pub(super) fn admit(&self) -> Result<(Trial<'_>, Recorded), Refusal> {
        self.is_of_demand()?;
        if self.load.end() < LEAST {
            let length = self.load.end().max(0).unsigned_abs();
            return Err(Refusal::TooShort(Duration::from_millis(length)));
        }
        let whole = self.trial(self.load, self.conditions).map_err(Refusal::Setting)?;
        let known = whole.known();
        if known < KNOWN {
            return Err(Refusal::TooFewPoints("the load", percent(known)));
        }
        Ok((whole, self.recorded()?))
    }

    fn capacity(&self) -> i32 {
        self.limits.capacity()
    }

    /// The highest target that is proposed, in percent of the request.
    pub(super) fn highest_target(&self) -> i32 {
        self.limits.highest_target(self.conditions.startup)
    }

    pub(super) fn trial<'l>(
        &'l self,
        load: &'l Load,
        conditions: Conditions,
    ) -> Result<Trial<'l>, SettingError> {
        Trial::new(load, conditions, self.requests, self.hpa, self.capacity())
    }

    /// Whether any metric tells how many pods a load needs.
    fn is_of_demand(&self) -> Result<(), Refusal> {
        let hpa = self.hpa;
        if hpa.min_replicas >= hpa.max_replicas {
            return Err(Refusal::Fixed(hpa.max_replicas));
        }
        if !hpa.metrics.is_empty() && hpa.metrics.iter().all(Metric::is_memory) {
            return Err(Refusal::MemoryOnly);
        }
        let setting = Setting::new(hpa, self.load, self.requests).map_err(Refusal::Setting)?;
        if setting.has_demand() { Ok(()) } else { Err(Refusal::ValuesOnly) }
    }

    fn recorded(&self) -> Result<Recorded, Refusal> {
        let setting = Setting::new(self.hpa, self.load, self.requests).map_err(Refusal::Setting)?;
        let mut runner = Runner::new(self.load, self.conditions);
        runner.enter(0);
        let recorded = Recorded::of(&runner, &setting).ok_or(Refusal::NoTrust)?;
        if recorded.trust.is_poor {
            return Err(Refusal::PoorTrust(recorded.trust));
        }
        Ok(recorded)
    }

    fn search(
        &self,
        whole: &mut Trial<'_>,
        recorded: Recorded,
        promise: Promise,
        split: i64,
    ) -> Result<Advice, Refusal> {
        let (first, last) = (part(self.load, 0, split), part(self.load, split, i64::MAX));
        let later = Conditions { replicas: begin(&last, self.conditions), ..self.conditions };
        let chooser = self.trial(&first, self.conditions)?;
        let mut judge = self.trial(&last, later)?;
        for (what, known) in [
            ("the part of the load that chooses", chooser.known()),
            ("the part of the load that judges", judge.known()),
        ] {
            if known < KNOWN {
                return Err(Refusal::TooFewPoints(what, percent(known)));
            }
        }
        let before = chooser.run(self.hpa)?.daily;
        let (chosen, runs) = self.choose(&first, chooser, &promise)?;
        let judged = judge.run_phases(self.hpa)?;
        let now = Now {
            summary: self.summary(self.hpa)?,
            daily: whole.run(self.hpa)?.daily,
            chosen: before,
            judged: first_of(&judged),
            keeps_promise: judged.iter().all(|it| promise.is_kept(&it.daily)),
        };
        let mut proposals: Vec<Proposal> = Vec::new();
        for Chosen { kind, found, mends } in chosen {
            let hpa = found.candidate.apply(self.hpa, found.tried.max);
            if hpa == *self.hpa || proposals.iter().any(|it| it.hpa == hpa) {
                continue;
            }
            let judged = judge.run_phases(&hpa)?;
            let of_rows = first_of(&judged);
            let daily = whole.run(&hpa)?.daily;
            // What is saved on the days that choose alone is not what is to be expected.
            let is_enough = is_worth(of_rows.pod_hours, now.judged.pod_hours)
                && is_worth(daily.pod_hours, now.daily.pod_hours);
            if !mends && !is_enough {
                continue;
            }
            proposals.push(Proposal {
                kind,
                summary: self.summary(&hpa)?,
                daily,
                chosen: found.tried.daily,
                judged: of_rows,
                worst: worst(&judged),
                keeps_promise: judged.iter().all(|it| promise.is_kept(&it.daily)),
                risks: Vec::new(),
                hpa,
            });
        }
        // Those that do not keep the promise come last.
        proposals.sort_by_key(|it| !it.keeps_promise);
        let facts = Facts {
            hpa: self.hpa,
            load: self.load,
            promise: &promise,
            recorded: &recorded,
            now: &now,
        };
        for proposal in &mut proposals {
            proposal.risks = facts.risks(proposal);
        }
        Ok(Advice {
            promise,
            capacity_percent: self.capacity(),
            highest_target_percent: self.highest_target(),
            recorded,
            chosen_on: split,
            judged_on: self.load.end() - split,
            now,
            proposals,
            owner: Owner::of(self.hpa),
            runs,
            known_percent: whole.known() * 100.0,
        })
    }

    fn summary(&self, hpa: &Hpa) -> Result<Phases, SettingError> {
        let setting = Setting::new(hpa, self.load, self.requests)?;
        Ok(Runner::new(self.load, self.conditions).measure_phases(&setting))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a percentage")]
fn percent(share: f64) -> u32 {
    (share * 100.0) as u32
}

fn first_of(phases: &[Tried]) -> Daily {
    phases.first().map(|it| it.daily).unwrap_or_default()
}

fn worst(phases: &[Tried]) -> Daily {
    let promise = Promise::of(phases.iter().map(|it| it.daily));
    Daily {
        pod_hours: phases.iter().map(|it| it.daily.pod_hours).fold(0.0, f64::max),
        unmet_pod_minutes: promise.unmet_pod_minutes,
        minutes_at_max: promise.minutes_at_max,
        scalings: promise.scalings,
    }
}

/// Replicas before the first row.
fn begin(load: &Load, conditions: Conditions) -> i32 {
    let recorded = load.replicas.as_ref().and_then(|it| it.iter().copied().flatten().next());
    recorded.unwrap_or(conditions.replicas)
}

/// The rows of a load from a time up to another one.
fn part(load: &Load, from: i64, until: i64) -> Load {
    let first = load.times.partition_point(|time| *time < from);
    let end = load.times.partition_point(|time| *time < until);
    let origin = load.times.get(first).copied().unwrap_or(0);
    let counts = |counts: &Option<Vec<Option<i32>>>| {
        counts.as_ref().and_then(|it| it.get(first..end)).map(<[_]>::to_vec)
    };
    let set = load.set_replicas.iter().filter(|(row, _)| (first..end).contains(row));
    Load {
        times: load
            .times
            .get(first..end)
            .unwrap_or_default()
            .iter()
            .map(|time| time - origin)
            .collect(),
        start: load
            .start
            .and_then(|start| start.checked_add(jiff::SignedDuration::from_millis(origin)).ok()),
        columns: load
            .columns
            .iter()
            .cloned()
            .map(|mut column| {
                column.values = column.values.get(first..end).unwrap_or_default().to_vec();
                column
            })
            .collect(),
        set_replicas: set.map(|(row, replicas)| (row - first, *replicas)).collect(),
        replicas: counts(&load.replicas),
        ready: counts(&load.ready),
    }
}
