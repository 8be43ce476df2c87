//! The controller's next decision, for `hpa get --why`.

use super::{Detailed, Page};
use crate::hpa::why;

impl Detailed<'_> {
    /// With the next decision explained, if that is wanted.
    #[must_use]
    pub fn with_why(mut self, is_wanted: bool) -> Self {
        let ready =
            self.pod_summary.as_ref().map(|pods| i32::try_from(pods.ready).unwrap_or(i32::MAX));
        self.why = is_wanted.then(|| why(self.hpa, ready));
        self
    }
}

impl Page {
    pub(super) fn why(&mut self, detail: &Detailed<'_>) {
        let Some(why) = &detail.why else { return };
        self.heading("Next decision");
        for metric in &why.metrics {
            let proposes = match metric.proposes {
                Some(replicas) => format!("proposes {replicas}"),
                None => "proposes nothing".to_owned(),
            };
            let decides = if metric.decides { ", which decides" } else { "" };
            self.entry(
                "-",
                1,
                &format!("{} {proposes}{decides}: {}", metric.metric, metric.reason),
            );
        }
        let mut steps = why.steps.join("; ");
        if let Some(first) = steps.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        self.indented(2, &format!("{steps}."));
        if !why.unknown.is_empty() {
            self.indented(2, &format!("Not known: {}.", why.unknown.join("; ")));
        }
    }
}
