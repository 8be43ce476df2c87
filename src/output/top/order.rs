//! The order of `hpa top`.

use std::cmp::Ordering;

use super::PastOfHpas;
use crate::check::HpaUsage;
use crate::usage::TargetUsage;

/// What `hpa top` is sorted by. What is not known comes last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TopBy {
    /// The worst reading over its target first.
    #[default]
    Pressure,
    /// The most CPU of what is requested first.
    Cpu,
    /// The most memory of what is requested first.
    Memory,
    /// The fewest pods left to the maximum first.
    Headroom,
    /// The longest at the maximum first, of the time that was asked for.
    AtMax,
    /// The highest 95th percentile of CPU of what is requested first.
    P95,
    /// Name, across clusters and namespaces.
    Name,
}

impl TopBy {
    /// Whether this is known only over a time.
    pub fn needs_past(self) -> bool {
        matches!(self, Self::AtMax | Self::P95)
    }

    /// Sorts rows that are sorted by cluster, namespace and name; equals stay so.
    pub fn sort(self, rows: &mut [HpaUsage<'_>], past: Option<&PastOfHpas>) {
        let pressure = |row: &HpaUsage<'_>| row.pressure.ok().map(|pressure| pressure.ratio);
        let left = |row: &HpaUsage<'_>| row.headroom.replicas;
        match self {
            Self::Pressure => rows
                .sort_by(|a, b| most_first(pressure(a), pressure(b)).then(left(a).cmp(&left(b)))),
            Self::Cpu => by_share(rows, |usage| usage.cpu.as_ref()?.of_requested()),
            Self::Memory => by_share(rows, |usage| usage.memory.as_ref()?.of_requested()),
            Self::Headroom => rows
                .sort_by(|a, b| left(a).cmp(&left(b)).then(most_first(pressure(a), pressure(b)))),
            Self::AtMax => by_past(rows, |row| past?.share_at_max(row)),
            Self::P95 => by_past(rows, |row| past?.p95(row)),
            Self::Name => rows.sort_by(|a, b| a.hpa.name.cmp(&b.hpa.name)),
        }
    }
}

fn by_share(rows: &mut [HpaUsage<'_>], share: fn(&TargetUsage<'_>) -> Option<f64>) {
    let of = |row: &HpaUsage<'_>| row.usage.as_ref().ok().and_then(share);
    rows.sort_by(|a, b| most_first(of(a), of(b)));
}

fn by_past(rows: &mut [HpaUsage<'_>], figure: impl Fn(&HpaUsage<'_>) -> Option<f64>) {
    rows.sort_by(|a, b| most_first(figure(a), figure(b)));
}

/// The larger number first, and none last.
fn most_first(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_comes_last() {
        let mut numbers = [Some(0.5), None, Some(2.0), Some(0.0), None];
        numbers.sort_by(|a, b| most_first(*a, *b));
        assert_eq!(numbers, [Some(2.0), Some(0.5), Some(0.0), None, None]);
    }
}
