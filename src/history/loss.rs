//! Damage to a history: the data that was left out of an answer.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::path::Path;

use jiff::Timestamp;

/// The kind of data that was lost.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lost {
    /// Everything in these snapshots.
    Snapshots,
    /// The data of a cluster.
    Cluster(String),
    /// A cluster's name.
    ClusterName(i64),
    /// The scope of a snapshot.
    Scope,
    /// The readings of an HPA: cluster, namespace and name.
    Hpa(String),
    /// The name of an HPA.
    HpaName(i64),
    /// The names of an unknown number of HPAs.
    HpaNames,
    /// The number of the last snapshot.
    Latest,
}

/// The snapshots in which something is lost, with their times as far as known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Where {
    pub(super) snapshots: (i64, i64),
    pub(super) times: Option<(i64, i64)>,
}

impl Where {
    /// A single snapshot.
    pub(super) fn at(snapshot: i64, time: i64) -> Self {
        Self { snapshots: (snapshot, snapshot), times: Some((time, time)) }
    }

    fn join(&mut self, other: Self) {
        let wider = |a: (i64, i64), b: (i64, i64)| (a.0.min(b.0), a.1.max(b.1));
        self.snapshots = wider(self.snapshots, other.snapshots);
        self.times = match (self.times, other.times) {
            (Some(a), Some(b)) => Some(wider(a, b)),
            (a, b) => a.or(b),
        };
    }
}

/// All damage that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Losses {
    found: BTreeMap<Lost, Option<Where>>,
}

/// The maximum number of losses that are named; the others are counted.
const NAMED: usize = 10;

impl Losses {
    /// Whether nothing was lost.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn add(&mut self, lost: Lost, place: Option<Where>) {
        match (self.found.entry(lost).or_insert(place), place) {
            (Some(known), Some(place)) => known.join(place),
            (known @ None, place) => *known = place,
            (Some(_), None) => {}
        }
    }

    /// Adds the losses of another answer.
    pub fn join(&mut self, other: &Self) {
        for (lost, place) in &other.found {
            self.add(lost.clone(), *place);
        }
    }

    /// All losses as one sentence about the database at `path`.
    pub fn sentence(&self, path: &Path) -> String {
        format!("history {} is damaged: {self} cannot be read; the rest can", path.display())
    }

    /// Like [`Losses::sentence`], without snapshots and times, so that the text stays the same for
    /// as long as the damage does.
    pub fn short_sentence(&self, path: &Path) -> String {
        let found = self.found.keys().map(|lost| (lost.clone(), None)).collect();
        Self { found }.sentence(path)
    }

    /// A phrase for each of the first ten losses.
    pub fn phrases(&self) -> Vec<String> {
        let mut phrases: Vec<String> =
            self.found.iter().take(NAMED).map(|(lost, place)| phrase(lost, *place)).collect();
        if self.found.len() > NAMED {
            phrases.push(format!("and {} more", self.found.len() - NAMED));
        }
        phrases
    }
}

impl Display for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.phrases().join("; "))
    }
}

/// `HPA prod/shop/api in snapshots 64 to 127 (2026-11-23T08:00:00Z to 2026-11-23T09:03:00Z)`
pub(super) fn phrase(lost: &Lost, place: Option<Where>) -> String {
    let what = match lost {
        Lost::Snapshots => return place.map_or_else(|| "some snapshots".to_owned(), numbers),
        Lost::Latest => return "the number of the latest snapshot".to_owned(),
        Lost::HpaNames => return "the names of some HPAs".to_owned(),
        Lost::Cluster(name) => format!("cluster {name}"),
        Lost::ClusterName(id) => format!("the name of a cluster (number {id})"),
        Lost::Scope => "the requested scope".to_owned(),
        Lost::Hpa(name) => format!("HPA {name}"),
        Lost::HpaName(id) => format!("the name of an HPA (number {id})"),
    };
    match place {
        Some(place) => format!("{what} in {}", numbers(place)),
        None => what,
    }
}

fn numbers(place: Where) -> String {
    let time = |time: i64| {
        Timestamp::from_millisecond(time / 1000 * 1000)
            .map_or_else(|_| "an impossible time".to_owned(), |time| time.to_string())
    };
    let range = |(from, to): (String, String)| {
        if from == to { from } else { format!("{from} to {to}") }
    };
    let (first, last) = place.snapshots;
    let plural = if first == last { "" } else { "s" };
    let mut text = format!("snapshot{plural} {}", range((first.to_string(), last.to_string())));
    if let Some((since, until)) = place.times {
        text += &format!(" ({})", range((time(since), time(until))));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_named_once_and_all_of_it_counted() {
        let mut losses = Losses::default();
        assert!(losses.is_empty());
        let hpa = || Lost::Hpa("prod/shop/api".to_owned());
        losses.add(hpa(), Some(Where::at(5, 1_800_000_000_000)));
        losses.add(hpa(), Some(Where::at(3, 1_800_000_060_999)));
        losses.add(Lost::Snapshots, Some(Where { snapshots: (64, 127), times: None }));
        assert_eq!(
            losses.to_string(),
            "snapshots 64 to 127; HPA prod/shop/api in snapshots 3 to 5 \
             (2027-01-15T08:00:00Z to 2027-01-15T08:01:00Z)"
        );
        for id in 0..20 {
            losses.add(Lost::HpaName(id), None);
        }
        assert_eq!(losses.phrases().len(), NAMED + 1);
        assert!(losses.to_string().ends_with("and 12 more"), "{losses}");
    }
}
