//! Which settings are tried.

use super::candidate::{Candidate, Direction, Pace, Side, target};
use crate::hpa::{Hpa, MetricType, TargetType};

/// The highest utilization of a request that is ever proposed, in percent.
const HIGHEST_TARGET: i64 = 95;
const LOWEST_TARGET: i64 = 30;
const UP_WINDOWS: [i32; 5] = [0, 30, 60, 120, 300];
/// Never 0, with which every dip removes pods.
const DOWN_WINDOWS: [i32; 8] = [60, 120, 180, 300, 600, 900, 1800, 3600];

/// The values that are tried of each setting.
#[derive(Debug, Clone)]
pub(super) struct Space {
    mins: Vec<i32>,
    /// Of each metric that has a target to change.
    targets: Vec<(usize, Vec<Option<i64>>)>,
    up: Vec<Direction>,
    down: Vec<Direction>,
}

impl Space {
    /// All that makes sense of an HPA whose load needs so many pods at these moments.
    pub fn of(hpa: &Hpa, needed: &[Option<i32>]) -> Self {
        let is_whole =
            hpa.metrics.iter().all(|metric| !matches!(metric.kind, MetricType::Other(_)));
        let targets = hpa.metrics.iter().enumerate().filter(|_| is_whole);
        let targets = targets.filter_map(|(place, metric)| {
            let present = target(metric)?;
            let is_percent = metric.target.kind == TargetType::Utilization;
            let tried = if is_percent { percents(present) } else { amounts(present) };
            let tried = tried.into_iter().filter(|it| *it != present).map(Some);
            Some((place, [None].into_iter().chain(tried).collect()))
        });
        Self {
            mins: mins(hpa, needed),
            targets: targets.collect(),
            up: directions(Side::Up, hpa, &UP_WINDOWS, &[Pace::Default, Pace::Fast]),
            down: directions(Side::Down, hpa, &DOWN_WINDOWS, &[Pace::Default, Pace::Slow]),
        }
    }

    /// The same with the targets as they are.
    #[must_use]
    pub fn with_present_targets(&self) -> Self {
        Self { targets: Vec::new(), ..self.clone() }
    }

    /// What lies next to settings: for a second, finer pass.
    #[must_use]
    pub fn around(&self, hpa: &Hpa, candidate: &Candidate) -> Self {
        let targets = self.targets.iter().map(|(place, _)| {
            let metric = hpa.metrics.get(*place);
            let present = metric.and_then(target).unwrap_or(1);
            let is_percent = metric.is_some_and(|it| it.target.kind == TargetType::Utilization);
            let at = candidate.targets.get(*place).copied().flatten().unwrap_or(present);
            let highest = if is_percent { HIGHEST_TARGET.max(present) } else { i64::MAX };
            let step = if is_percent { 1 } else { (present / 50).max(1) };
            let near = (-4..=4).map(|steps| at.saturating_add(step * steps));
            let near = near.filter(|it| *it != present && (1..=highest).contains(it)).map(Some);
            (*place, [None].into_iter().chain(near).collect())
        });
        let near = |all: &[Direction], at: Direction| -> Vec<Direction> {
            let place = all.iter().position(|it| *it == at).unwrap_or(0);
            let is_near = |other: usize| other.abs_diff(place) <= 1 || other == 0;
            all.iter().enumerate().filter(|(other, _)| is_near(*other)).map(|(_, it)| *it).collect()
        };
        let place = self.mins.iter().position(|it| *it == candidate.min).unwrap_or(0);
        let mins = self.mins.iter().enumerate().filter(|(other, _)| other.abs_diff(place) <= 1);
        Self {
            mins: mins.map(|(_, min)| *min).collect(),
            targets: targets.collect(),
            up: near(&self.up, candidate.up),
            down: near(&self.down, candidate.down),
        }
    }

    /// The variants of settings, in blocks: within a block settings are tried together.
    pub fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks: Vec<Block<'_>> = Vec::new();
        for (place, targets) in &self.targets {
            blocks.push(Block::TargetAndMin(*place, targets, &self.mins));
        }
        if blocks.is_empty() {
            blocks.push(Block::Min(&self.mins));
        }
        blocks.push(Block::Down(&self.down));
        blocks.push(Block::Up(&self.up));
        blocks
    }
}

/// Settings that are tried together.
#[derive(Debug, Clone, Copy)]
pub(super) enum Block<'a> {
    TargetAndMin(usize, &'a [Option<i64>], &'a [i32]),
    Min(&'a [i32]),
    Down(&'a [Direction]),
    Up(&'a [Direction]),
}

impl Block<'_> {
    /// The variants of these settings.
    pub fn variants(self, of: &Candidate) -> Vec<Candidate> {
        match self {
            Self::TargetAndMin(place, targets, mins) => {
                let all =
                    targets.iter().flat_map(|target| mins.iter().map(move |min| (target, min)));
                all.map(|(target, min)| {
                    let mut variant = Candidate { min: *min, ..of.clone() };
                    if let Some(at) = variant.targets.get_mut(place) {
                        *at = *target;
                    }
                    variant
                })
                .collect()
            }
            Self::Min(mins) => {
                mins.iter().map(|min| Candidate { min: *min, ..of.clone() }).collect()
            }
            Self::Down(all) => {
                all.iter().map(|down| Candidate { down: *down, ..of.clone() }).collect()
            }
            Self::Up(all) => all.iter().map(|up| Candidate { up: *up, ..of.clone() }).collect(),
        }
    }
}

/// Utilizations: every 5 %.
fn percents(present: i64) -> Vec<i64> {
    let lowest = LOWEST_TARGET.min(present);
    let highest = HIGHEST_TARGET.max(present);
    (lowest / 5..=highest / 5).map(|it| it * 5).filter(|it| *it > 0).collect()
}

/// Amounts per pod: from half of the present one to a half more, by tenths.
fn amounts(present: i64) -> Vec<i64> {
    (5..=15)
        .filter_map(|tenths| present.checked_mul(tenths))
        .map(|it| it / 10)
        .filter(|it| *it > 0)
        .collect()
}

/// Minima: what the load needs at quiet times, and at busier ones. Never 1 where it is more, because a single pod is no
/// spare; 0 stays 0.
fn mins(hpa: &Hpa, needed: &[Option<i32>]) -> Vec<i32> {
    let present = hpa.min_replicas;
    if present == 0 {
        return vec![0];
    }
    let mut sorted: Vec<i32> = needed.iter().flatten().copied().collect();
    sorted.sort_unstable();
    let at = |percent: usize| sorted.get((sorted.len().saturating_sub(1)) * percent / 100).copied();
    let quantiles = [0, 2, 10, 25, 50, 75].into_iter().filter_map(at);
    let more = quantiles.clone().filter_map(|it| it.checked_add((it / 4).max(1)));
    let below = [present / 2, present - 1, present + 1, present.saturating_mul(2)];
    let all = quantiles.chain(more).chain(below).chain([2, present]);
    let mut mins: Vec<i32> =
        all.filter(|min| (present.min(2)..=hpa.max_replicas).contains(min)).collect();
    mins.sort_unstable();
    mins.dedup();
    mins
}

fn directions(side: Side, hpa: &Hpa, windows: &[i32], paces: &[Pace]) -> Vec<Direction> {
    let present = Direction::default();
    if side.is_disabled(hpa) {
        return vec![present];
    }
    let paces = paces.iter().copied().filter(|pace| !pace.is_present(side, hpa));
    let paces: Vec<Pace> = [Pace::Present].into_iter().chain(paces).collect();
    let now = side.window(hpa);
    let windows = windows.iter().copied().filter(|window| *window != now).map(Some);
    let windows: Vec<Option<i32>> = [None].into_iter().chain(windows).collect();
    let all = paces.iter().flat_map(|pace| windows.iter().map(move |window| (*pace, *window)));
    all.map(|(pace, window)| Direction { window, pace }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_stay_within_reason() {
        assert_eq!(percents(50).first(), Some(&30));
        assert_eq!(percents(50).last(), Some(&95));
        assert_eq!(percents(150).last(), Some(&150));
        assert_eq!(amounts(1000).len(), 11);
        assert_eq!(amounts(1), [1, 1, 1, 1, 1, 1]);
        assert!(amounts(i64::MAX).is_empty());
    }
}
