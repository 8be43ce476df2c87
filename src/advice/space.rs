//! Which settings are tried.

use super::candidate::{Candidate, Direction, Pace, Side, target};
use super::promise::TARGET_STEP;
use crate::hpa::{Hpa, MetricType, TargetType};

const LOWEST_TARGET: i64 = 30;
const UP_WINDOWS: [i32; 5] = [0, 30, 60, 120, 300];
/// Longer ones than the present.
const DOWN_WINDOWS: [i32; 8] = [60, 120, 180, 300, 600, 900, 1800, 3600];
/// The API's default, in seconds: a window is not shortened below.
const DOWN_WINDOW: i32 = 300;

/// What bounds the values that are tried.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// The highest target that is proposed, in percent.
    pub target: i32,
    /// Whether the present settings leave more demand unmet than is promised: only then more is tried of what scales up.
    pub is_unmet: bool,
    /// Whether they scale more often than is promised: only then slower scaling is tried.
    pub is_restless: bool,
}

/// So many values around the best one are tried in the second pass.
const NEAR: usize = 2;

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
    pub fn of(hpa: &Hpa, needed: &[Option<i32>], bounds: Bounds) -> Self {
        let is_whole =
            hpa.metrics.iter().all(|metric| !matches!(metric.kind, MetricType::Other(_)));
        let targets = hpa.metrics.iter().enumerate().filter(|_| is_whole);
        let targets = targets.filter_map(|(place, metric)| {
            let present = target(metric)?;
            let is_percent = metric.target.kind == TargetType::Utilization;
            let highest = i64::from(bounds.target);
            let tried = if is_percent { percents(present, highest) } else { amounts(present) };
            let tried = tried.into_iter().filter(|it| *it != present).map(Some);
            Some((place, [None].into_iter().chain(tried).collect()))
        });
        Self {
            mins: mins(hpa, needed),
            targets: targets.collect(),
            up: ups(hpa, bounds),
            down: downs(hpa, bounds),
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
        let targets = self.targets.iter().map(|(place, all)| {
            let present = hpa.metrics.get(*place).and_then(target);
            let at = candidate.targets.get(*place).copied().flatten().or(present);
            // In the order of the values, with the present one among them.
            let value = |tried: &Option<i64>| tried.or(present);
            let mut sorted = all.clone();
            sorted.sort_unstable_by_key(value);
            let place_of = sorted.iter().position(|it| value(it) == at).unwrap_or(0);
            let near = sorted
                .iter()
                .enumerate()
                .filter(|(other, it)| it.is_none() || other.abs_diff(place_of) <= NEAR);
            (*place, near.map(|(_, it)| *it).collect())
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
fn percents(present: i64, highest: i64) -> Vec<i64> {
    let lowest = LOWEST_TARGET.min(present).min(highest);
    let step = TARGET_STEP;
    (lowest / step..=highest / step).map(|it| it * step).filter(|it| *it > 0).collect()
}

/// Amounts per pod: from half of the present one to a fifth more, by twentieths, in round numbers.
fn amounts(present: i64) -> Vec<i64> {
    let mut unit = 1;
    while unit <= present / 200 {
        unit *= 10;
    }
    let mut amounts: Vec<i64> = (10..=24)
        .filter_map(|twentieths| present.checked_mul(twentieths))
        .map(|it| (it / 20 + unit / 2) / unit * unit)
        .filter(|it| *it > 0)
        .collect();
    amounts.dedup();
    amounts
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

/// How it may scale up: faster only where demand is unmet, later only where it scales too often.
fn ups(hpa: &Hpa, bounds: Bounds) -> Vec<Direction> {
    let now = Side::Up.window(hpa);
    let windows = UP_WINDOWS
        .into_iter()
        .filter(|window| bounds.is_unmet && *window < now || bounds.is_restless && *window > now);
    let paces: &[Pace] = if bounds.is_unmet { &[Pace::Default, Pace::Fast] } else { &[] };
    directions(Side::Up, hpa, windows, paces)
}

/// How it may scale down: after a longer window, or after a shorter one that is not below the default.
fn downs(hpa: &Hpa, bounds: Bounds) -> Vec<Direction> {
    let now = Side::Down.window(hpa);
    let windows = DOWN_WINDOWS.into_iter();
    let windows = windows.filter(|window| *window > now || (DOWN_WINDOW..now).contains(window));
    let paces: &[Pace] =
        if bounds.is_restless { &[Pace::Default, Pace::Slow] } else { &[Pace::Default] };
    directions(Side::Down, hpa, windows, paces)
}

fn directions(
    side: Side,
    hpa: &Hpa,
    windows: impl Iterator<Item = i32>,
    paces: &[Pace],
) -> Vec<Direction> {
    let present = Direction::default();
    if side.is_disabled(hpa) {
        return vec![present];
    }
    let paces = paces.iter().copied().filter(|pace| !pace.is_present(side, hpa));
    let paces: Vec<Pace> = [Pace::Present].into_iter().chain(paces).collect();
    let windows: Vec<Option<i32>> = [None].into_iter().chain(windows.map(Some)).collect();
    let all = paces.iter().flat_map(|pace| windows.iter().map(move |window| (*pace, *window)));
    all.map(|(pace, window)| Direction { window, pace }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_stay_within_reason() {
        assert_eq!(percents(50, 80).first(), Some(&30));
        assert_eq!(percents(50, 80).last(), Some(&80));
        assert_eq!(percents(150, 80).last(), Some(&80));
        assert_eq!(percents(10, 80).first(), Some(&10));
        assert_eq!(amounts(1000).last(), Some(&1200));
        // In whole numbers, where the present one is.
        assert_eq!(amounts(30_000)[..4], [15_000, 17_000, 18_000, 20_000]);
        assert_eq!(amounts(1), [1]);
        assert!(amounts(i64::MAX).is_empty());
    }

    #[test]
    fn scaling_changes_only_for_what_is_broken() {
        let name: std::sync::Arc<str> = "x".into();
        let json = br#"{"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "web"}, "spec": {"maxReplicas": 9, "behavior": {
                "scaleUp": {"stabilizationWindowSeconds": 60}, "scaleDown": {"stabilizationWindowSeconds": 900}}}}"#;
        let hpa = crate::hpa::parse_one(&name, &name, json).unwrap();
        let windows = |all: Vec<Direction>| -> Vec<i32> {
            let mut windows: Vec<i32> = all.into_iter().filter_map(|it| it.window).collect();
            windows.sort_unstable();
            windows.dedup();
            windows
        };
        let calm = Bounds { target: 80, is_unmet: false, is_restless: false };
        assert_eq!(ups(&hpa, calm), [Direction::default()]);
        assert_eq!(windows(downs(&hpa, calm)), [300, 600, 1800, 3600]);
        let unmet = ups(&hpa, Bounds { is_unmet: true, ..calm });
        assert!(unmet.iter().any(|it| it.pace == Pace::Fast), "{unmet:?}");
        assert_eq!(windows(unmet), [0, 30]);
        assert_eq!(windows(ups(&hpa, Bounds { is_restless: true, ..calm })), [120, 300]);
    }
}
