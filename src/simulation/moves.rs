//! Replicas as they were that the controller with these settings cannot have decided, by the load's own rows.

use super::load::Load;
use super::reach::Reach;
use super::report::Seconds;
use super::run::Setting;

/// A controller sees metrics late: a change may be due to a load of so many rows before.
const LATE: usize = 3;
/// The share of a need that neither tolerance nor noise explains.
const SLACK: f64 = 1.1;
/// For how long replicas may be other than what the load needs, in milliseconds: windows and policies hold changes back.
const HELD: i64 = 10 * 60 * 1000;

/// The rows of a load with replicas.
pub(super) struct Moves<'a> {
    pub(super) load: &'a Load,
    pub(super) setting: &'a Setting,
    /// The time between two syncs, and the longest time between two rows of which something is known, in milliseconds.
    pub(super) period: i64,
    pub(super) gap: i64,
}

/// A change of replicas.
#[derive(Debug, Clone, Copy)]
struct Move {
    row: usize,
    from: i32,
    to: i32,
}

impl Moves<'_> {
    /// What the rows say of changes that the controller cannot have made, and of those that it did not make.
    pub(super) fn reasons(&self) -> Vec<String> {
        let needs = self.setting.needs(self.load);
        let moves: Vec<Move> = self.moves().collect();
        let mut reasons = Vec::new();
        let against = moves.iter().copied().filter(|it| self.is_against(*it, &needs));
        reasons.extend(self.sentence(
            against,
            "which the load did not ask for: they were set by hand, by KEDA, or under another spec",
        ));
        let beyond = moves.iter().copied().filter(|it| !self.is_allowed(*it));
        reasons.extend(self.sentence(
            beyond,
            "which is more than the policies allow: they were set by hand, or other policies were in force",
        ));
        reasons.extend(self.ignored(&needs));
        reasons
    }

    fn replicas(&self, row: usize) -> Option<i32> {
        self.load.replicas.as_ref()?.get(row).copied().flatten()
    }

    fn time(&self, row: usize) -> i64 {
        self.load.times.get(row).copied().unwrap_or(0)
    }

    /// The changes from one row to the next, without those that the load says were by hand.
    fn moves(&self) -> impl Iterator<Item = Move> {
        (1..self.load.times.len()).filter_map(|row| {
            let (from, to) = (self.replicas(row - 1)?, self.replicas(row)?);
            let by_hand = |(set, _): &(usize, i32)| *set == row || *set + 1 == row;
            let is_known = self.time(row) - self.time(row - 1) <= self.gap;
            let is_move = from != to && from > 0 && to > 0 && is_known;
            let is_said = is_move && self.load.set_replicas.iter().any(by_hand);
            (is_move && !is_said).then_some(Move { row, from, to })
        })
    }

    /// Whether replicas left what the load needed at the time.
    fn is_against(&self, it: Move, needs: &[Option<i32>]) -> bool {
        let rows = needs.get(it.row.saturating_sub(LATE)..=it.row).unwrap_or_default();
        let spec = self.setting.spec();
        let (low, high) = (spec.min_replicas, spec.max_replicas.max(spec.min_replicas));
        if rows.iter().any(Option::is_none) {
            return false;
        }
        let needs = || rows.iter().flatten().map(|need| f64::from((*need).clamp(low, high)));
        let to = f64::from(it.to);
        if it.to > it.from {
            to > needs().fold(0.0, f64::max) * SLACK
        } else {
            to * SLACK < needs().fold(f64::INFINITY, f64::min)
        }
    }

    fn is_allowed(&self, it: Move) -> bool {
        let spec = self.setting.spec();
        // Below the minimum and above the maximum no policy counts.
        if it.from < spec.min_replicas || it.from > spec.max_replicas {
            return true;
        }
        let seconds = (self.time(it.row) - self.time(it.row - 1) + self.period) / 1000;
        let reach = Reach { seconds, period: self.period / 1000, from: f64::from(it.from) };
        reach.allows(f64::from(it.to), spec)
    }

    fn sentence(&self, mut moves: impl Iterator<Item = Move>, why: &str) -> Option<String> {
        let Move { row, from, to } = moves.next()?;
        let at = Seconds(self.time(row));
        let others = match moves.count() {
            0 => String::new(),
            more => format!(" and {more} more {}", if more == 1 { "time" } else { "times" }),
        };
        Some(format!("replicas changed from {from} to {to} before second {at}{others}, {why}"))
    }

    /// That replicas stayed as they were for long, while the load needed others.
    fn ignored(&self, needs: &[Option<i32>]) -> Option<String> {
        let spec = self.setting.spec();
        let (low, high) = (spec.min_replicas, spec.max_replicas.max(spec.min_replicas));
        let is_off = |row: usize| {
            let replicas = self.replicas(row).filter(|it| (low..=high).contains(it))?;
            let need = needs.get(row).copied().flatten()?.clamp(low, high);
            let (is, needs) = (f64::from(replicas), f64::from(need));
            (needs > is * SLACK || needs * SLACK < is).then_some((replicas, need > replicas))
        };
        let mut longest: Option<(i64, usize)> = None;
        let mut begin: Option<(usize, (i32, bool))> = None;
        for row in 0..self.load.times.len() {
            let off = is_off(row);
            begin = match (begin, off) {
                (Some((first, was)), Some(is)) if was == is => Some((first, was)),
                (_, Some(is)) => Some((row, is)),
                (_, None) => None,
            };
            let length = begin.map(|(first, _)| (self.time(row) - self.time(first), first));
            longest = longest.max(length);
        }
        let (millis, row) = longest.filter(|(millis, _)| *millis > HELD)?;
        let (replicas, need) = (self.replicas(row)?, needs.get(row).copied().flatten()?);
        Some(format!(
            "replicas stayed at {replicas} for {} min while the load needed others (at first {need}): another target, request or \
             minimum was in force, or something held the controller",
            millis / 60_000
        ))
    }
}
