//! One HPA over time.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::course::{Course, Identity};
use super::error::Error;
use super::read::Reader;
use super::schema::Store;
use super::seen::Seen;

/// Which HPAs are meant: those to which all that is given applies.
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
    /// A point for each snapshot that must have held it, oldest first: from the first in which it
    /// was seen, or from the beginning of the time where it is known from before that, to the end
    /// of the time, or to where another one has its name.
    pub points: Vec<Point>,
    /// What it was before that time, where the first point is no reading.
    pub before: Option<Arc<Seen>>,
    /// When another HPA was first seen under its name.
    pub replaced: Option<Timestamp>,
    /// From when on its cluster's name has led elsewhere.
    pub ended: Option<Ended>,
}

/// Why nothing more is known of an HPA, which may live on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// From then on the cluster's name has been that of another cluster: another server, and none of
    /// its HPAs.
    OtherCluster {
        /// When that was first seen.
        at: Timestamp,
        /// The other cluster's server.
        server: String,
    },
    /// From then on its cluster has been read under another name only.
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
    /// This.
    Seen(Arc<Seen>),
    /// It did not exist.
    Absent,
    /// Nothing is known: its cluster could not be read.
    Unknown,
    /// Nothing is known: what was stored of it is damaged.
    Lost,
}

impl Point {
    /// What was seen, if anything.
    pub fn seen(&self) -> Option<&Seen> {
        match &self.sight {
            Sight::Seen(seen) => Some(seen),
            Sight::Absent | Sight::Unknown | Sight::Lost => None,
        }
    }
}

impl Track {
    /// What was seen of it last, which may be long ago.
    pub fn last(&self) -> Option<&Seen> {
        self.points.iter().rev().find_map(Point::seen).or(self.before.as_deref())
    }

    /// What is known of it at the end.
    pub fn end(&self) -> Sight {
        match self.points.last() {
            Some(point) if self.replaced.is_none() && self.ended.is_none() => point.sight.clone(),
            _ => Sight::Absent,
        }
    }
}

impl Store {
    /// The HPAs that `query` means, each with its points of `since..until`. Those without any are
    /// left out. Ordered by cluster, namespace, name and first point.
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
            // Read under both names it has two of them, and has not been renamed.
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
