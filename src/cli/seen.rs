//! HPAs as watchdog's own snapshots have seen them shortly before, for `hpa get --why`.

use jiff::{SignedDuration, Timestamp};

use super::database;
use super::setup::Setup;
use crate::history::{Error, Store, TrackQuery};
use crate::hpa::{Hpa, Metric};

/// A stabilization window is an hour at most.
const LONGEST: SignedDuration = SignedDuration::from_secs(3600 + 120);

/// Each HPA as it was in the snapshots of the longest window, the oldest first. Without a database there are none.
pub(super) fn before(setup: &Setup, hpas: &[&Hpa], now: Timestamp) -> Vec<Vec<(Timestamp, Hpa)>> {
    let nothing = || vec![Vec::new(); hpas.len()];
    let store = match database::open(setup) {
        Ok(store) => store,
        Err(Error::Missing { .. }) => return nothing(),
        Err(error) => {
            setup.messages.note(&format!("the snapshots cannot be read: {error}"));
            return nothing();
        }
    };
    let pasts = hpas.iter().map(|hpa| match of(&store, hpa, now) {
        Ok(past) => past,
        Err(error) => {
            setup.messages.note(&format!("the snapshots cannot be read: {error}"));
            Vec::new()
        }
    });
    let pasts = pasts.collect();
    let losses = store.take_losses();
    if !losses.is_empty() {
        setup.messages.note(&losses.sentence(store.path()));
    }
    pasts
}

fn of(store: &Store, hpa: &Hpa, now: Timestamp) -> Result<Vec<(Timestamp, Hpa)>, Error> {
    let query = TrackQuery {
        cluster: Some(hpa.cluster.to_string()),
        namespace: Some(hpa.namespace.clone()),
        name: Some(hpa.name.clone()),
        uid: Some(hpa.uid.clone()),
    };
    let since = now.saturating_sub(LONGEST).unwrap_or(Timestamp::MIN);
    let points = store.tracks(&query, since, now)?.into_iter().flat_map(|track| track.points);
    let seen = points.filter_map(|point| Some((point.at, point.seen()?.hpa())));
    // Other metrics recommended something else.
    Ok(seen.filter(|(_, seen)| is_alike(&seen.metrics, &hpa.metrics)).collect())
}

fn is_alike(one: &[Metric], other: &[Metric]) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .all(|(one, other)| one.is_of_same_source(other) && one.target == other.target)
}
