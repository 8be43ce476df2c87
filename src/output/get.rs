//! One HPA explained.

use jiff::Timestamp;
use serde::Serialize;

use super::color::Style;
use crate::collect::Detail;
use crate::hpa::Hpa;

/// An HPA with everything that `hpa get` says of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detailed<'a> {
    #[serde(flatten)]
    hpa: &'a Hpa,
}

impl<'a> Detailed<'a> {
    /// Joins what was collected with what can be said of it at `now`.
    pub fn new(detail: &'a Detail, _now: Timestamp) -> Self {
        Self { hpa: &detail.hpa }
    }
}

/// For people.
pub fn text(_details: &[Detailed<'_>], _style: Style, _width: Option<usize>) -> String {
    String::new()
}
