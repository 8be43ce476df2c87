//! Earlier readings that Prometheus has, for HPAs of which the history has too few.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::readings::read_pasts;
use crate::collect::ClusterWorld;
use crate::findings::{Known, Past, Selection};
use crate::history::{Pasts, Store};
use crate::hpa::Hpa;

/// What Prometheus and the history have together, by cluster, namespace and name.
#[derive(Debug, Default)]
pub struct ObservedPasts(BTreeMap<(Arc<str>, String, String), Past>);

/// An HPA that Prometheus is asked about.
#[derive(Debug)]
pub struct Lacking<'a> {
    /// The HPA.
    pub hpa: &'a Hpa,
    /// What the history has of it.
    pub stored: Past,
}

impl<'a> Lacking<'a> {
    /// An HPA of which nothing else counts.
    pub fn all(hpa: &'a Hpa) -> Self {
        Self { hpa, stored: Past::default() }
    }
}

impl ObservedPasts {
    /// Adds what Prometheus has of an HPA.
    pub fn add(&mut self, lacking: Lacking<'_>, observed: Past) {
        if !observed.readings.is_empty() {
            let mut past = lacking.stored;
            past.merge(observed);
            self.0.insert(key(lacking.hpa), past);
        }
    }

    /// The earlier readings of an HPA: these where there are any, or else those of the history.
    pub(super) fn or<'a>(&'a self, hpa: &Hpa, history: Known<&'a Past>) -> Known<&'a Past> {
        self.0.get(&key(hpa)).map_or(history, Ok)
    }
}

fn key(hpa: &Hpa) -> (Arc<str>, String, String) {
    (Arc::clone(&hpa.cluster), hpa.namespace.clone(), hpa.name.clone())
}

/// The HPAs of which the history has fewer readings than rules could use. Where the history is damaged, or cannot be
/// read, that is for the check to say.
pub fn lacking_readings<'a>(
    worlds: &'a [ClusterWorld],
    history: &Known<Store>,
    selection: &Selection,
    now: Timestamp,
) -> Vec<Lacking<'a>> {
    let mut found = Vec::new();
    for world in worlds {
        let mut kept = Pasts::default();
        let pasts = match history {
            Ok(store) => match read_pasts(&mut kept, store, world, selection, now) {
                Ok(Ok(pasts)) => Some(pasts),
                _ => continue,
            },
            Err(_) => None,
        };
        let lacking = |hpa: &'a Hpa| match pasts.map(|pasts| pasts.of(hpa)) {
            None => Some(Lacking::all(hpa)),
            Some(Ok(past)) => {
                (!past.is_whole(hpa.created_at, now)).then(|| Lacking { hpa, stored: past.clone() })
            }
            Some(Err(_)) => None,
        };
        found.extend(world.judged().filter_map(lacking));
    }
    found
}
