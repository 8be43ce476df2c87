//! Why a value is unknown. An unknown value must never be treated as healthy.

use std::fmt;
use std::sync::Arc;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

/// A value, or why it is unknown.
pub type Known<T> = Result<T, Unknown>;

/// Why a value is unknown. The sentence ([`fmt::Display`]) is the same for all HPAs concerned, and
/// may contain text from a cluster, including control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unknown {
    /// This run did not need it.
    NotRequested,
    /// Manifests do not say it.
    NeedsCluster,
    /// The API server denies access to this user.
    Forbidden(Arc<str>),
    /// It could not be read.
    Failed(Arc<str>),
    /// No earlier readings are stored.
    NoHistory,
    /// The stored readings are too few, too far apart, or not old enough.
    TooFewReadings(&'static str),
    /// The objects that were read do not contain it.
    Undetermined(Arc<str>),
}

impl Unknown {
    /// Which pods belong to an object of this kind.
    pub(crate) fn pods_of(kind: &str) -> Self {
        Self::Undetermined(format!("the pods of a {kind} cannot be determined").into())
    }

    /// The kind, for scripts.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotRequested => "notRequested",
            Self::NeedsCluster => "needsCluster",
            Self::Forbidden(_) => "forbidden",
            Self::Failed(_) => "failed",
            Self::NoHistory => "noHistory",
            Self::TooFewReadings(_) => "tooFewReadings",
            Self::Undetermined(_) => "undetermined",
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRequested => "not read by this command (watchdog hpa check reads it)",
            Self::NeedsCluster => "needs a cluster",
            Self::NoHistory => "there is no history yet (watchdog snapshot take records it)",
            Self::TooFewReadings(why) => why,
            Self::Forbidden(why) | Self::Failed(why) | Self::Undetermined(why) => why,
        })
    }
}

/// `{"kind","reason"}`
impl Serialize for Unknown {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut fields = to.serialize_struct("Unknown", 2)?;
        fields.serialize_field("kind", self.kind())?;
        fields.serialize_field("reason", &self.to_string())?;
        fields.end()
    }
}
