//! The earlier readings of HPAs, for the findings that go by them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::setup::Setup;
use crate::collect::ClusterWorld;
use crate::findings::{Known, Past};
use crate::history::{self, Error, Store};
use crate::hpa::Hpa;

/// How far back the findings look.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// The earlier readings of a cluster's HPAs, by uid; or why there are none.
pub(super) struct Pasts(Known<BTreeMap<String, Past>>);

impl Pasts {
    /// None, for that reason.
    pub(super) fn none(why: &str) -> Self {
        Self(Err(why.to_owned()))
    }

    /// Those of the HPAs of `world` that are judged.
    pub(super) fn read(store: &Store, world: &ClusterWorld, now: Timestamp) -> Result<Self, Error> {
        let since = now.checked_sub(WINDOW).unwrap_or(Timestamp::MIN);
        let cluster = &*world.outcome.name;
        let past = |hpa: &Hpa| {
            store.past(cluster, &hpa.uid, since, now).map(|past| (hpa.uid.clone(), past))
        };
        let pasts: Result<_, _> = world.judged().map(past).collect();
        pasts.map(|pasts| Self(Ok(pasts)))
    }

    /// Those of one HPA.
    pub(super) fn of(&self, hpa: &Hpa) -> Known<&Past> {
        match &self.0 {
            Ok(pasts) => pasts.get(&hpa.uid).ok_or_else(|| "there is no history".to_owned()),
            Err(why) => Err(why.clone()),
        }
    }
}

/// The history for somebody who only reads it; or why there is none, of which the user has been told
/// where it is no ordinary reason.
pub(super) fn open(setup: &Setup) -> Known<Store> {
    let path = history::path(setup.config.history.path.as_deref(), &history::Env::current())
        .map_err(|error| error.to_string())?;
    if !path.exists() {
        return Err("there is no history yet (watchdog snapshot take records it)".to_owned());
    }
    Store::open_existing(&path).map_err(|error| {
        setup.messages.note(&format!("history: {error}"));
        "the history cannot be read".to_owned()
    })
}
