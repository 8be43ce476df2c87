//! The controller's next decision, for `hpa get --why`.

use jiff::Timestamp;

use super::{Detailed, Page};
use crate::hpa::{Evidence, Hpa, MeasuredPod, Origin, PodGroups, PodNumbers, TargetScale, why};
use crate::kubectl::ErrorKind;

impl<'a> Detailed<'a> {
    /// With the next decision explained, from what was seen of the HPA before too.
    #[must_use]
    pub fn with_why(mut self, past: Vec<(Timestamp, Hpa)>) -> Self {
        let evidence = Evidence {
            now: self.now,
            target: self.target_scale(),
            pod_numbers: self.pods.map(|pods| PodNumbers::of(pods.iter().copied())),
            pods: self.measured_pods(),
            past,
        };
        self.why = Some(why(self.hpa, &evidence));
        self
    }

    fn target_scale(&self) -> TargetScale {
        let Some(workload) = self.workload else {
            let is_missing =
                self.workload_error.is_some_and(|error| error.kind == ErrorKind::NotFound);
            return if is_missing { TargetScale::Missing } else { TargetScale::Unknown };
        };
        match workload.replicas.spec {
            Some(replicas) => TargetScale::Known {
                replicas,
                status_replicas: workload.replicas.status.unwrap_or(replicas),
            },
            None => TargetScale::Unknown,
        }
    }

    /// The pods with what they use, or why that is not known.
    fn measured_pods(&self) -> Result<Vec<MeasuredPod<'a>>, String> {
        let used = self.used.as_ref().ok_or("it was not read")?;
        let usage = used.target().map_err(ToString::to_string)?;
        if usage.with_metrics == 0 {
            return Err(usage.unmeasured().unwrap_or_else(|| "no pod has metrics".to_owned()));
        }
        Ok(usage.by_pod.iter().map(|it| (it.pod, it.metrics)).collect())
    }

    /// Without what the pods use: it was read for another purpose.
    #[must_use]
    pub fn without_usage(mut self) -> Self {
        self.used = None;
        self
    }
}

/// `5 ready, 1 not ready, 0 without metrics`.
fn groups(pods: PodGroups) -> String {
    let PodGroups { ready, unready, missing } = pods;
    format!("{ready} ready, {unready} not ready, {missing} without metrics")
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
            let from = match (metric.from, metric.pods) {
                (Origin::Pods, Some(pods)) => format!(" (pods: {})", groups(pods)),
                (Origin::Pods, None) => String::new(),
                (Origin::Status, _) => " (from the HPA's status)".to_owned(),
            };
            let reason = &metric.reason;
            self.entry("-", 1, &format!("{} {proposes}{decides}: {reason}{from}", metric.metric));
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
