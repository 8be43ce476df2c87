//! What the `/scale` of a target says (autoscaling/v1 `Scale`), by which the controller scales.

use serde::Deserialize;

use super::json::{Int, Opt, Text};
use super::read::{Kinded, ParseError, read_one};

/// The `/scale` of a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scale {
    /// How many replicas are asked for. Kubernetes leaves out a 0.
    pub spec_replicas: i64,
    /// How many there are.
    pub status_replicas: i64,
    /// The label selector of the pods, as `kubectl -l` takes it; none where the kind does not tell it.
    pub selector: Option<String>,
}

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow, default)]
    kind: Text<'a>,
    #[serde(borrow, default)]
    spec: Opt<Counted<'a>>,
    #[serde(borrow, default)]
    status: Opt<Counted<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Counted<'a> {
    replicas: Int,
    #[serde(borrow)]
    selector: Text<'a>,
}

impl Kinded for Raw<'_> {
    fn kind(&self) -> &str {
        self.kind.as_str()
    }
}

impl Scale {
    /// Reads a `Scale`.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn parse(json: &[u8]) -> Result<Self, ParseError> {
        let raw = read_one::<Raw<'_>>(json, |kind| kind == "Scale", "a Scale")?;
        let (spec, status) = (raw.spec.0.unwrap_or_default(), raw.status.0.unwrap_or_default());
        Ok(Self {
            spec_replicas: spec.replicas.0.unwrap_or_default(),
            status_replicas: status.replicas.0.unwrap_or_default(),
            selector: status.selector.into_option(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replicas_and_selector_are_read() {
        let json = br#"{"kind":"Scale","apiVersion":"autoscaling/v1","metadata":{"name":"x"},
            "spec":{"replicas":3},"status":{"replicas":2,"selector":"app=x,tier in (a,b)"}}"#;
        let selector = Some("app=x,tier in (a,b)".to_owned());
        let expected = Scale { spec_replicas: 3, status_replicas: 2, selector };
        assert_eq!(Scale::parse(json), Ok(expected));
    }

    #[test]
    fn what_is_left_out_is_zero_and_no_selector() {
        for json in [
            r#"{"kind":"Scale","spec":{},"status":{"replicas":0}}"#,
            r#"{"kind":"Scale","spec":null,"status":{"replicas":0,"selector":""}}"#,
            r#"{"kind":"Scale"}"#,
        ] {
            assert_eq!(Scale::parse(json.as_bytes()), Ok(Scale::default()), "{json}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for json in ["", "[]", r#"{"kind":"Deployment","spec":{"replicas":3}}"#, "<html>"] {
            assert!(Scale::parse(json.as_bytes()).is_err(), "{json}");
        }
    }
}
