//! HPAs that KEDA created from its `ScaledObjects`.

use super::record::Hpa;

/// KEDA's label that names the `ScaledObject`.
const SCALED_OBJECT: &str = "scaledobject.keda.sh/name";

impl Hpa {
    /// Whether KEDA created it, judged by its owner or its labels. A `ScaledObject`'s own labels
    /// overwrite those that KEDA sets, so `managed-by` may name another tool.
    pub fn is_of_keda(&self) -> bool {
        let managed_by = self.labels.get("app.kubernetes.io/managed-by");
        self.owner.as_ref().is_some_and(|owner| owner.kind == "ScaledObject")
            || self.labels.contains_key(SCALED_OBJECT)
            || managed_by.is_some_and(|by| by == "keda-operator")
    }

    /// The `ScaledObject` from which it was created, according to its owner or label.
    pub fn scaled_object(&self) -> Option<&str> {
        let owner = self.owner.as_ref().filter(|owner| owner.kind == "ScaledObject");
        let labelled = || self.labels.get(SCALED_OBJECT).map(String::as_str);
        owner.map(|owner| &*owner.name).or_else(labelled)
    }

    /// Whether its controller has scaled the target to zero, and will scale it up again.
    pub fn has_scaled_to_zero(&self) -> bool {
        self.min_replicas == 0
            && self.condition("ScaledToZero").is_some_and(|it| it.is_true() == Some(true))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::hpa;

    #[test]
    fn hpas_created_by_keda_are_recognized() {
        let of = |metadata: &str| {
            let hpa = hpa(&format!(r#"{{"metadata":{metadata}}}"#));
            (hpa.is_of_keda(), hpa.scaled_object().map(str::to_owned))
        };
        let owner = |kind: &str| {
            format!(
                r#"{{"name":"x","ownerReferences":[{{"apiVersion":"keda.sh/v1alpha1","kind":"{kind}","name":"worker","uid":"1","controller":true}}]}}"#
            )
        };
        assert_eq!(of(&owner("ScaledObject")), (true, Some("worker".to_owned())));
        assert_eq!(of(&owner("KafkaConnect")), (false, None));
        let labels = |labels: &str| format!(r#"{{"name":"x","labels":{{{labels}}}}}"#);
        let managed_by = |by: &str| format!(r#""app.kubernetes.io/managed-by":"{by}""#);
        assert_eq!(of(&labels(&managed_by("keda-operator"))), (true, None));
        assert_eq!(of(&labels(&managed_by("Helm"))), (false, None));
        let both = format!(r#"{},"scaledobject.keda.sh/name":"worker""#, managed_by("Helm"));
        assert_eq!(of(&labels(&both)), (true, Some("worker".to_owned())));
    }

    #[test]
    fn a_target_scaled_to_zero_by_its_controller_is_recognized() {
        let of = |min: i32, status: &str| {
            hpa(&format!(
                r#"{{"spec":{{"minReplicas":{min}}},"status":{{"conditions":[{{"type":"ScaledToZero","status":"{status}"}}]}}}}"#
            ))
            .has_scaled_to_zero()
        };
        assert!(of(0, "True"));
        assert!(!of(0, "False") && !of(1, "True"));
    }
}
