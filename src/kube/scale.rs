//! The subresource `scale` of an object: what an HPA sees of its target.

use serde::Deserialize;

use super::json::{Int, Opt, Text};
use super::read::{Kinded, ParseError, read_one};
use super::selector::Selector;
use super::workload::Workload;

/// A `Scale`, which the HPA controller reads first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scale {
    /// The requested replicas.
    pub spec_replicas: Option<i32>,
    /// The existing replicas.
    pub status_replicas: Option<i32>,
    /// The selector of the measured pods, in the syntax of `kubectl -l`. An HPA cannot scale a kind
    /// without one.
    pub selector: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Raw<'a> {
    #[serde(borrow)]
    kind: Text<'a>,
    spec: Opt<Counts>,
    #[serde(borrow)]
    status: Opt<Status<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Counts {
    replicas: Int,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status<'a> {
    replicas: Int,
    /// Text in autoscaling/v1; a map in extensions/v1beta1, which has the text in another field.
    selector: TextOrMap,
    #[serde(borrow)]
    target_selector: Text<'a>,
}

/// A selector as text, or as an object.
#[derive(Default)]
struct TextOrMap(Option<String>);

impl<'de> Deserialize<'de> for TextOrMap {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Text(String),
            Other(Selector),
        }
        Ok(Self(match Either::deserialize(deserializer)? {
            Either::Text(text) => Some(text).filter(|text| !text.is_empty()),
            Either::Other(selector) => selector.text(),
        }))
    }
}

impl Kinded for Raw<'_> {
    fn kind(&self) -> &str {
        self.kind.as_str()
    }
}

impl Scale {
    /// Parses a `Scale`.
    pub fn parse(json: &[u8]) -> Result<Self, ParseError> {
        let raw = read_one::<Raw<'_>>(json, |kind| kind == "Scale", "a Scale")?;
        let status = raw.status.0.unwrap_or_default();
        let spec = raw.spec.0.unwrap_or_default();
        // The API omits zeros.
        let count = |number: Int| Some(number.as_i32().unwrap_or(0));
        Ok(Self {
            spec_replicas: count(spec.replicas),
            status_replicas: count(status.replicas),
            selector: status.target_selector.into_option().or(status.selector.0),
        })
    }
}

impl Workload {
    /// Takes over the replicas and the selector that an HPA sees, wherever the object's kind stores
    /// them.
    pub fn scaled_as(&mut self, scale: Scale) {
        self.replicas.spec = scale.spec_replicas.or(self.replicas.spec);
        self.replicas.status = scale.status_replicas.or(self.replicas.status);
        self.no_selector = match scale.selector {
            Some(_) => None,
            None => Some(format!("the /scale of a {} has no selector of its pods", self.kind)),
        };
        self.scale_selector = scale.selector;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_parsed() {
        let scale = |status: &str| {
            let json = format!(
                r#"{{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{{"name":"llm"}},"spec":{{"replicas":2}},"status":{status}}}"#
            );
            Scale::parse(json.as_bytes()).unwrap()
        };
        let seen = scale(r#"{"replicas":3,"selector":"app=llm,worker-index=0"}"#);
        assert_eq!((seen.spec_replicas, seen.status_replicas), (Some(2), Some(3)));
        assert_eq!(seen.selector.as_deref(), Some("app=llm,worker-index=0"));
        let old = scale(r#"{"selector":{"app":"llm"},"targetSelector":"app=llm,x!=y"}"#);
        assert_eq!(old.selector.as_deref(), Some("app=llm,x!=y"));
        assert_eq!(scale(r#"{"selector":{"app":"llm"}}"#).selector.as_deref(), Some("app=llm"));
        for none in [r#"{"replicas":3}"#, r#"{"selector":""}"#, r#"{"selector":7}"#, "null", "[]"] {
            assert_eq!(scale(none).selector, None, "{none}");
        }
        assert_eq!(scale("null").status_replicas, Some(0));
    }

    #[test]
    fn a_scale_takes_precedence_over_the_object() {
        let mut connect = Workload::parse(
            br#"{"apiVersion":"kafka.strimzi.io/v1beta2","kind":"KafkaConnect","metadata":{"name":"c"},"spec":{"replicas":9}}"#,
        )
        .unwrap();
        let seen = Scale {
            spec_replicas: Some(3),
            status_replicas: Some(2),
            selector: Some("app=c".into()),
        };
        connect.scaled_as(seen.clone());
        assert_eq!((connect.replicas.spec, connect.replicas.status), (Some(3), Some(2)));
        assert_eq!(connect.measured_by(), Some("app=c"));
        connect.scaled_as(Scale { selector: None, ..seen });
        assert_eq!(connect.measured_by(), None);
        let why = connect.no_selector.unwrap();
        assert_eq!(why, "the /scale of a KafkaConnect has no selector of its pods");
    }

    #[test]
    fn other_kinds_are_rejected() {
        let object = Scale::parse(br#"{"apiVersion":"x/v1","kind":"Farm"}"#).unwrap_err();
        assert_eq!(object.to_string(), "the answer is Farm, not a Scale");
        let status = br#"{"kind":"Status","status":"Failure","code":404,"message":"not found"}"#;
        assert!(matches!(Scale::parse(status), Err(ParseError::Status { code: 404, .. })));
    }
}
