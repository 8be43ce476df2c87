//! One HPA over time.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::course::{Course, Identity};
use super::error::Error;
use super::observed::FilledFrom;
use super::read::Reader;
use super::schema::Store;
use super::seen::Seen;

/// Selects HPAs: those that match every field that is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrackQuery {
    /// The cluster's name in the kubeconfig.
    pub cluster: Option<String>,
    /// The namespace.
    pub namespace: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The uid.
    pub uid: Option<String>,
}

/// One HPA over time. Another one under the same name (another uid) is another track.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// The cluster's name in the kubeconfig.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The uid.
    pub uid: String,
    /// A point for each snapshot whose scope includes the HPA, oldest first: from the first in
    /// which it was seen (or from the beginning of the period, if it existed before) to the end of
    /// the period, or until another HPA has its name.
    pub points: Vec<Point>,
    /// The last reading before the period, if the first point is no reading.
    pub before: Option<Arc<Seen>>,
    /// When another HPA was first seen under its name.
    pub replaced: Option<Timestamp>,
    /// When and why the track ended, if the cluster's name does not lead to the cluster any more.
    pub ended: Option<Ended>,
    /// The store that has filled it, if any has.
    pub filled_from: Option<FilledFrom>,
}

/// Why nothing more is known about an HPA, which may still exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The cluster's name now belongs to another cluster: at another server, with none of the
    /// HPAs.
    OtherCluster {
        /// When that was first seen.
        at: Timestamp,
        /// The other cluster's server.
        server: String,
    },
    /// The cluster has since been read under another name only.
    Renamed {
        /// When that was first seen.
        at: Timestamp,
        /// The cluster's new name.
        cluster: String,
    },
}

impl Ended {
    /// When that was first seen.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::OtherCluster { at, .. } | Self::Renamed { at, .. } => *at,
        }
    }
}

/// One HPA in one snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// When the snapshot was taken.
    pub at: Timestamp,
    /// What was seen.
    pub sight: Sight,
}

/// What was seen of an HPA.
#[derive(Debug, Clone, PartialEq)]
pub enum Sight {
    /// This reading.
    Seen(Arc<Seen>),
    /// The HPA did not exist.
    Absent,
    /// Unknown: the cluster could not be read.
    Unknown,
    /// Unknown: the stored data is damaged.
    Lost,
}

impl Point {
    /// The reading, if there is one.
    pub fn seen(&self) -> Option<&Seen> {
        match &self.sight {
            Sight::Seen(seen) => Some(seen),
            Sight::Absent | Sight::Unknown | Sight::Lost => None,
        }
    }
}

impl Track {
    /// The last reading, which may be long ago.
    pub fn last(&self) -> Option<&Seen> {
        self.points.iter().rev().find_map(Point::seen).or(self.before.as_deref())
    }

    /// The state at the end of the period.
    pub fn end(&self) -> Sight {
        match self.points.last() {
            Some(point) if self.replaced.is_none() && self.ended.is_none() => point.sight.clone(),
            _ => Sight::Absent,
        }
    }
}

impl Store {
    /// The tracks of the HPAs that `query` selects, with their points within `since..until`,
    /// ordered by cluster, namespace, name and first point. Tracks without points are omitted.
    pub fn tracks(
        &self,
        query: &TrackQuery,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Track>, Error> {
        let mut reader = Reader::new(self)?;
        let mut tracks = Vec::new();
        for identity in reader.identities(query)? {
            let course = reader.course(&identity, since, until)?;
            let Course { points, before, replaced, ended } = course;
            if !points.is_empty() {
                let Identity { cluster, namespace, name, uid, .. } = (*identity).clone();
                tracks.push(Track {
                    cluster,
                    namespace,
                    name,
                    uid,
                    points,
                    before,
                    replaced,
                    ended,
                    filled_from: None,
                });
            }
        }
        reader.check_names(since, until)?;
        follow_names(&mut tracks);
        tracks.sort_by_cached_key(|track| {
            let first = track.points.first().map(|point| point.at);
            (track.cluster.clone(), track.namespace.clone(), track.name.clone(), first)
        });
        Ok(tracks)
    }
}

/// Ends the tracks of HPAs whose cluster has been read under another name since.
fn follow_names(tracks: &mut [Track]) {
    let mut by_uid: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, track) in tracks.iter().enumerate().filter(|(_, track)| !track.uid.is_empty()) {
        by_uid.entry(track.uid.clone()).or_default().push(index);
    }
    for same in by_uid.into_values().filter(|same| same.len() > 1) {
        let last_of = |track: &Track| track.points.last().map(|point| point.at);
        let first_of = |track: &Track| track.points.first().map(|point| point.at);
        for index in &same {
            let Some(track) = tracks.get(*index) else { continue };
            let last = last_of(track);
            // A cluster that is read under both names has two tracks, and was not renamed.
            let follower = same.iter().filter_map(|other| tracks.get(*other)).find(|other| {
                other.cluster != track.cluster && other.name == track.name && first_of(other) > last
            });
            let ended = follower.and_then(|it| {
                Some(Ended::Renamed { at: first_of(it)?, cluster: it.cluster.clone() })
            });
            if let (Some(track), Some(ended)) = (tracks.get_mut(*index), ended) {
                track.ended.get_or_insert(ended);
            }
        }
    }
}
