//! Events: what controllers report about an object.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::api;
use super::json::{Int, Opt, Text};
use super::read::{ParseError, read_list};

/// An event of core/v1. The server deletes events, after an hour by default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// `Normal` or `Warning`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A one-word reason, such as `SuccessfulRescale`.
    pub reason: String,
    /// The reason as a sentence.
    pub message: String,
    /// How often it has happened.
    pub count: u32,
    /// When it happened first, if known.
    pub first_at: Option<Timestamp>,
    /// When it happened last, if known.
    pub last_at: Option<Timestamp>,
    /// The kind of the object that it is about.
    pub object_kind: String,
    /// The object's name.
    pub object_name: String,
}

impl Event {
    /// Parses a list of events.
    pub fn parse_list(json: &[u8]) -> Result<Vec<Self>, ParseError> {
        let list = read_list::<Raw<'_>>(json, Some("Event"))?;
        Ok(list.items.into_iter().map(Raw::convert).collect())
    }

    /// Whether it reports a problem.
    pub fn is_warning(&self) -> bool {
        self.kind == "Warning"
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Raw<'a> {
    #[serde(borrow)]
    metadata: Opt<Metadata<'a>>,
    #[serde(borrow)]
    involved_object: Opt<api::CrossVersionObjectReference<'a>>,
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    reason: Text<'a>,
    #[serde(borrow)]
    message: Text<'a>,
    count: Int,
    #[serde(borrow)]
    first_timestamp: Text<'a>,
    #[serde(borrow)]
    last_timestamp: Text<'a>,
    #[serde(borrow)]
    event_time: Text<'a>,
    #[serde(borrow)]
    series: Opt<Series<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata<'a> {
    #[serde(borrow)]
    creation_timestamp: Text<'a>,
}

/// How events.k8s.io repeats an event.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Series<'a> {
    count: Int,
    #[serde(borrow)]
    last_observed_time: Text<'a>,
}

impl Raw<'_> {
    fn convert(self) -> Event {
        let metadata = self.metadata.0.unwrap_or_default();
        let object = self.involved_object.0.unwrap_or_default();
        let series = self.series.0.unwrap_or_default();
        let made = self.event_time.time().or_else(|| metadata.creation_timestamp.time());
        let last = series.last_observed_time.time().or_else(|| self.last_timestamp.time());
        let count = series.count.0.or(self.count.0).unwrap_or(1);
        Event {
            kind: self.kind.into_string(),
            reason: self.reason.into_string(),
            message: self.message.into_string(),
            count: u32::try_from(count.max(1)).unwrap_or(u32::MAX),
            first_at: self.first_timestamp.time().or(made),
            last_at: last.or(made),
            object_kind: object.kind.into_string(),
            object_name: object.name.into_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_repeating_an_event_are_read() {
        let json = br#"{"kind":"EventList","apiVersion":"v1","metadata":{},"items":[
            {"metadata":{"creationTimestamp":"2026-01-01T00:00:00Z"},
             "involvedObject":{"kind":"Deployment","name":"web"},"type":"Normal",
             "reason":"ScalingReplicaSet","message":"Scaled up","count":3,
             "firstTimestamp":"2026-01-01T00:00:00Z","lastTimestamp":"2026-01-01T00:05:00Z"},
            {"metadata":{"creationTimestamp":"2026-01-01T00:00:00Z"},"eventTime":"2026-01-01T00:00:01Z",
             "series":{"count":9,"lastObservedTime":"2026-01-01T00:09:00Z"},
             "firstTimestamp":null,"lastTimestamp":null,"type":"Warning"},
            {}]}"#;
        let events = Event::parse_list(json).unwrap();
        let time = |text: &str| Some(text.parse().unwrap());
        assert_eq!((events[0].count, events[0].last_at), (3, time("2026-01-01T00:05:00Z")));
        assert_eq!((events[1].count, events[1].last_at), (9, time("2026-01-01T00:09:00Z")));
        assert_eq!(events[1].first_at, time("2026-01-01T00:00:01Z"));
        assert!(events[1].is_warning() && !events[0].is_warning());
        assert_eq!((events[2].count, events[2].last_at), (1, None));
    }
}
