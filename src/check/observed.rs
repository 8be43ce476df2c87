//! Earlier readings that Prometheus has, for HPAs of which the history has none.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::readings::read_pasts;
use crate::collect::ClusterWorld;
use crate::findings::{Known, Past, Selection};
use crate::history::{Pasts, Store};
use crate::hpa::Hpa;

/// What Prometheus has, by cluster, namespace and name.
#[derive(Debug, Default)]
pub struct ObservedPasts(BTreeMap<(Arc<str>, String, String), Past>);

impl ObservedPasts {
    /// Adds what it has of an HPA.
    pub fn add(&mut self, hpa: &Hpa, past: Past) {
        self.0.insert(key(hpa), past);
    }

    /// The earlier readings of an HPA: those of the history, or else these.
    pub(super) fn or<'a>(&'a self, hpa: &Hpa, history: Known<&'a Past>) -> Known<&'a Past> {
        match history {
            Ok(past) if !past.readings.is_empty() => Ok(past),
            other => match self.0.get(&key(hpa)) {
                Some(past) if !past.readings.is_empty() => Ok(past),
                _ => other,
            },
        }
    }
}

fn key(hpa: &Hpa) -> (Arc<str>, String, String) {
    (Arc::clone(&hpa.cluster), hpa.namespace.clone(), hpa.name.clone())
}

/// The HPAs of which the history has no reading that a rule could use now. Where the history is damaged, or cannot be
/// read, that is for the check to say.
pub fn without_readings<'a>(
    worlds: &'a [ClusterWorld],
    history: &Known<Store>,
    selection: &Selection,
    now: Timestamp,
) -> Vec<&'a Hpa> {
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
        let has_none = |hpa: &&Hpa| {
            pasts.is_none_or(|pasts| pasts.of(hpa).is_ok_and(|past| past.readings.is_empty()))
        };
        found.extend(world.judged().filter(has_none));
    }
    found
}
