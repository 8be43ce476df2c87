//! Alerts that a finding contradicts.

use crate::findings::Finding;
use crate::prometheus::Alert;

/// The alert of kubernetes-mixin for an HPA whose replicas equal its maximum, whether it lacks any or not.
const MAXED_OUT: &str = "KubeHpaMaxedOut";

/// Why an alert of an HPA with these findings is a false alarm, if it is one.
pub fn false_alarm(alert: &Alert, findings: &[Finding]) -> Option<&'static str> {
    let has = |id: &str| findings.iter().any(|finding| finding.id == id);
    (alert.name() == MAXED_OUT && has("at-max-satisfied")).then_some(
        "a false alarm: it is at its maximum and needs no more (finding at-max-satisfied)",
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::alert;
    use super::*;
    use crate::findings::{Evidence, Severity};

    #[test]
    fn at_the_maximum_with_nothing_lacking_is_a_false_alarm() {
        let finding = |id| Finding {
            id,
            severity: Severity::Info,
            cluster: "prod".into(),
            namespace: "shop".to_owned(),
            hpa: "api".to_owned(),
            message: String::new(),
            action: "".into(),
            evidence: Evidence::default(),
            location: None,
        };
        let maxed_out = alert(&[("alertname", "KubeHpaMaxedOut")]);
        assert!(false_alarm(&maxed_out, &[finding("at-max-satisfied")]).is_some());
        assert_eq!(false_alarm(&maxed_out, &[finding("maxed-out")]), None);
        let mismatch = alert(&[("alertname", "KubeHpaReplicasMismatch")]);
        assert_eq!(false_alarm(&mismatch, &[finding("at-max-satisfied")]), None);
    }
}
