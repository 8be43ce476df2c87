//! Pods that have finished but still exist: the controller counts them as busy when it scales down.

use super::super::subject::Subject;
use super::count;
use super::named::{delete, them};
use crate::hpa::{Metric, MetricType, TargetType};
use crate::kube::Pod;

/// The succeeded pods among those that the controller measures. They have no metrics, and the
/// controller assumes that they are on target, or use their whole request. It ignores failed pods.
pub(super) struct Finished<'a> {
    pods: Vec<&'a Pod>,
    running: usize,
    selector: Option<&'a str>,
}

impl<'a> Finished<'a> {
    pub(super) fn of(subject: &Subject<'a>) -> Option<Self> {
        let measured = subject.measured_pods().ok()?;
        let is_here = |pod: &&&Pod| pod.deleted_at.is_none();
        let phase = |name: &'static str| move |pod: &&&Pod| pod.phase == name;
        let running = measured.iter().filter(is_here).filter(phase("Running")).count();
        let pods: Vec<&Pod> =
            measured.iter().filter(is_here).filter(phase("Succeeded")).copied().collect();
        let selector = subject.workload().and_then(|workload| workload.measured_by());
        (!pods.is_empty()).then_some(Self { pods, running, selector })
    }

    /// Whether the finished pods prevent scaling down: `ratio` is current over target of this
    /// metric for the running pods, `within` the tolerance, `current` the replicas.
    pub(super) fn pin(&self, metric: &Metric, ratio: f64, within: f64, current: i32) -> bool {
        let each = match (&metric.kind, &metric.target.kind) {
            // The whole request, or the target if that is larger.
            (MetricType::Resource | MetricType::ContainerResource, TargetType::Utilization) => {
                let target = metric.target.quantity().map(|target| target.as_f64() / 100.0);
                match target {
                    Some(target) if target > 0.0 => 1.0_f64.max(target) / target,
                    _ => return false,
                }
            }
            (MetricType::Resource | MetricType::ContainerResource | MetricType::Pods, _) => 1.0,
            _ => return false,
        };
        let number = |pods: usize| u32::try_from(pods).map_or(f64::MAX, f64::from);
        let (running, finished) = (number(self.running), number(self.pods.len()));
        if running == 0.0 {
            return false;
        }
        let usage = running * ratio + finished * each;
        usage / (running + finished) >= 1.0 - within || usage.ceil() >= f64::from(current)
    }

    /// For example `4 finished pods count as busy`.
    pub(super) fn note(&self) -> String {
        let s = if self.pods.len() == 1 { "s" } else { "" };
        format!("{} count{s} as busy", count(self.pods.len(), "finished pod"))
    }

    pub(super) fn len(&self) -> usize {
        self.pods.len()
    }

    /// How to delete all finished pods.
    pub(super) fn action(&self) -> String {
        // The command must be safe to paste into a shell.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._/,=!() ".contains(c);
        let selector = self.selector.filter(|text| text.chars().all(is_plain));
        let plain = |pod: &&&Pod| delete(&[**pod]).contains("--namespace");
        let command = match (selector, self.pods.iter().find(plain)) {
            (Some(selector), Some(pod)) => format!(
                "kubectl delete pod --namespace {} --selector='{selector}' --field-selector=status.phase==Succeeded",
                pod.namespace,
            ),
            _ => delete(&self.pods),
        };
        format!(
            "delete the finished pods ({command}): without {} it can scale down",
            them(&self.pods)
        )
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::super::super::fixtures::Case;
    use super::super::super::unknown::Unknown;
    use super::*;

    fn finished(pod: &mut Pod) {
        (pod.phase, pod.ready) = ("Succeeded".to_owned(), false);
    }

    /// A target of 50 % with `running` pods at 10 %, `replicas` replicas, and `others` finished
    /// pods.
    fn cold(running: usize, replicas: i32, others: usize, change: fn(&mut Pod)) -> Case {
        let case = Case::new().cpu(50, Some(10)).pods(running, |_| {}).pods(others, change);
        case.replicas(2, replicas, 9)
    }

    #[test]
    fn they_pin_the_replicas() {
        let pinned = cold(2, 6, 4, finished);
        let raise = pinned.raised("not-scaling");
        assert_eq!(
            raise.message,
            "does not scale down: cpu is at 10% (target 50%), and 6 replicas (min 2) do not change: 4 finished pods \
             count as busy"
        );
        assert_eq!(
            raise.action.unwrap(),
            "delete the finished pods (kubectl delete pod --namespace shop --selector='app=web' \
             --field-selector=status.phase==Succeeded): without them it can scale down"
        );
        let long = pinned.clone().minutes((1..=6).rev()).message("not-scaling");
        assert!(
            long.ends_with("have not changed for 6 min or more: 4 finished pods count as busy"),
            "{long}"
        );
        // The replicas have changed since: nothing pins them.
        let moved = pinned.before(SignedDuration::from_mins(1), |hpa| hpa.current_replicas = 7);
        moved.clear("not-scaling");
        // One of many is not enough: six running pods scale down to four.
        assert_eq!(cold(6, 6, 1, finished).why_unknown("not-scaling"), Unknown::NoHistory);
        assert!(
            cold(3, 3, 1, finished)
                .message("not-scaling")
                .ends_with("1 finished pod counts as busy")
        );
        // The controller ignores failed and terminating pods.
        let failed = |pod: &mut Pod| pod.phase = "Failed".to_owned();
        assert_eq!(cold(2, 6, 4, failed).why_unknown("not-scaling"), Unknown::NoHistory);
        let leaving = |pod: &mut Pod| {
            finished(pod);
            pod.deleted_at = pod.created_at;
        };
        assert_eq!(cold(2, 6, 4, leaving).why_unknown("not-scaling"), Unknown::NoHistory);
        // A metric that is not measured per pod is not affected.
        let external = cold(2, 6, 4, finished).hpa(|hpa| hpa.metrics.clear());
        let external = external.external("queue", "50", Some("10"));
        assert_eq!(external.why_unknown("not-scaling"), Unknown::NoHistory);
        // A stabilization window explains the count.
        let window =
            cold(2, 6, 4, finished).condition("AbleToScale", "True", "ScaleDownStabilized", "");
        window.clear("not-scaling");
    }

    #[test]
    fn what_is_underused_names_them() {
        let case = cold(7, 7, 1, finished).minutes((1..=20).rev());
        let raise = case.raised("underused");
        assert!(raise.message.ends_with("; 1 finished pod counts as busy"), "{}", raise.message);
        assert!(raise.action.unwrap().contains("kubectl delete pod"));
        let message = cold(7, 7, 0, finished).minutes((1..=20).rev()).message("underused");
        assert!(!message.contains("finished"), "{message}");
    }
}
