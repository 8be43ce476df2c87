//! The outcome of reading one cluster, as in every JSON document and in the history.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Cluster, Error, ErrorKind};
use crate::config::ClusterTags;

/// Why a cluster, or a part of it, could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The kind of failure, for scripts.
    pub kind: ErrorKind,
    /// The message, for users.
    pub message: String,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { kind: error.kind, message: error.message }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

/// A cluster and the outcome of reading it. In JSON, `outcome` is `ok`, or `error` if anything
/// could not be read, and the duration is in whole milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The kubeconfig's name for the cluster.
    pub name: Arc<str>,
    /// The context used to read it.
    pub context: Arc<str>,
    /// The user of that context; empty if it has none, and in the history.
    pub user: Arc<str>,
    /// The API server's address.
    pub server: String,
    /// The configuration's alias and labels; none in the history.
    pub tags: Arc<ClusterTags>,
    /// Why the cluster could not be read completely, or not at all.
    pub error: Option<Failure>,
    /// How long reading took.
    pub duration: Duration,
}

impl Outcome {
    /// The outcome of reading `cluster`.
    pub fn new(cluster: &Cluster, duration: Duration, error: Option<Error>) -> Self {
        Self {
            name: Arc::clone(&cluster.name),
            context: Arc::clone(&cluster.context),
            user: Arc::clone(&cluster.user),
            server: cluster.server.clone(),
            tags: Arc::clone(&cluster.tags),
            error: error.map(Failure::from),
            duration,
        }
    }

    /// Records that a part of the cluster could not be read. Only the first failure is stored.
    pub fn fail(&mut self, failure: Failure) {
        self.error.get_or_insert(failure);
    }

    /// Removes the user, alias and labels, which snapshots do not store.
    #[must_use]
    pub fn without_user(self) -> Self {
        Self { user: Arc::default(), tags: Arc::default(), ..self }
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let has_user = !self.user.is_empty();
        let ClusterTags { alias, labels } = &*self.tags;
        let optional = [has_user, alias.is_some(), !labels.is_empty(), self.error.is_some()];
        let fields = 5 + optional.into_iter().filter(|it| *it).count();
        let mut json = to.serialize_struct("Outcome", fields)?;
        json.serialize_field("name", &self.name)?;
        if let Some(alias) = alias {
            json.serialize_field("alias", alias)?;
        }
        if !labels.is_empty() {
            json.serialize_field("labels", labels)?;
        }
        json.serialize_field("context", &self.context)?;
        if has_user {
            json.serialize_field("user", &self.user)?;
        }
        json.serialize_field("server", &self.server)?;
        json.serialize_field("outcome", if self.error.is_some() { "error" } else { "ok" })?;
        if let Some(error) = &self.error {
            json.serialize_field("error", error)?;
        }
        let milliseconds = u64::try_from(self.duration.as_millis()).unwrap_or(u64::MAX);
        json.serialize_field("durationMs", &milliseconds)?;
        json.end()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Json {
    name: Arc<str>,
    #[serde(default)]
    alias: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    context: Arc<str>,
    #[serde(default)]
    user: Arc<str>,
    #[serde(default)]
    server: String,
    // Earlier files call it `status`.
    #[serde(alias = "status")]
    outcome: String,
    #[serde(default)]
    error: Option<Failure>,
    #[serde(default)]
    duration_ms: u64,
}

impl<'de> Deserialize<'de> for Outcome {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Json { name, alias, labels, context, user, server, outcome, error, duration_ms } =
            Json::deserialize(from)?;
        let tags = ClusterTags { alias, labels }.into();
        let unexplained = || {
            let message = format!("outcome {outcome}");
            (outcome != "ok").then_some(Failure { kind: ErrorKind::Other, message })
        };
        let error = error.or_else(unexplained);
        let duration = Duration::from_millis(duration_ms);
        Ok(Self { name, context, user, server, tags, error, duration })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_parsed_to_the_written_value() {
        let mut outcome = Outcome::new(&Cluster::own_pod(), Duration::from_millis(12), None);
        let json = serde_json::to_string(&outcome).unwrap();
        assert!(json.contains(r#""outcome":"ok","durationMs":12"#), "{json}");
        assert_eq!(serde_json::from_str::<Outcome>(&json).unwrap(), outcome);

        outcome.user = "admin".into();
        outcome.tags = ClusterTags {
            alias: Some("shop".to_owned()),
            labels: [("env".to_owned(), "prod".to_owned())].into(),
        }
        .into();
        outcome.fail(Failure { kind: ErrorKind::Timeout, message: "no answer".to_owned() });
        outcome.fail(Failure { kind: ErrorKind::Other, message: "later".to_owned() });
        let json = serde_json::to_string(&outcome).unwrap();
        assert!(json.contains(r#""error":{"kind":"timeout","message":"no answer"}"#), "{json}");
        assert_eq!(serde_json::from_str::<Outcome>(&json).unwrap(), outcome);
        assert!(!serde_json::to_string(&outcome.without_user()).unwrap().contains("admin"));
    }

    #[test]
    fn an_error_without_a_reason_is_still_an_error() {
        let read = |json| serde_json::from_str::<Outcome>(json).unwrap().error;
        assert_eq!(read(r#"{"name":"prod","status":"ok"}"#), None);
        let failure = read(r#"{"name":"prod","status":"skipped"}"#).unwrap();
        assert_eq!((failure.kind, &*failure.message), (ErrorKind::Other, "outcome skipped"));
    }
}
