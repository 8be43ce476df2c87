//! Findings that are not reported, within their HPA.

use serde::Serialize;

use crate::findings::{Silenced, SilencedBy};
use crate::output::hpas::Own;

/// A silenced finding within its HPA, without the HPA's name.
#[derive(Clone, Debug, Serialize)]
pub(super) struct OwnSilenced<'a> {
    #[serde(flatten)]
    finding: Own<'a>,
    by: SilencedBy,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl<'a> From<&'a Silenced> for OwnSilenced<'a> {
    fn from(Silenced { finding, by, reason }: &'a Silenced) -> Self {
        Self { finding: Own::from(finding), by: *by, reason: reason.as_deref() }
    }
}
