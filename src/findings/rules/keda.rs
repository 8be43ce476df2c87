//! Rules about HPAs that KEDA created.

use super::super::finding::{Severity, Violation};
use super::super::rule::{Need, Rule};
use super::super::subject::Subject;
use crate::kube::ScaledObject;

pub(in super::super) const KEDA_MANAGED: Rule = Rule {
    id: "keda-managed",
    severity: Severity::Info,
    title: "managed by KEDA",
    condition: "The HPA is labelled as managed by keda-operator or owned by a ScaledObject; a warning where that is paused or runs on its fallback.",
    action: "change the ScaledObject; KEDA overwrites what is changed in the HPA",
    explain: "\
KEDA made this HPA from a ScaledObject and keeps it as that says: edits of the HPA do not last.

It is a warning where the ScaledObject is paused (autoscaling is off by intent, perhaps a forgotten one) or runs on \
its fallback (its trigger fails, and a fixed count stands in). Where ScaledObjects \
cannot be read, neither is known; the message says so.",
    needs: &[],
    uses: &[Need::ScaledObjects],
    check: |subject| keda_managed(subject).into(),
};

/// The `ScaledObject` from which KEDA created an HPA.
#[derive(Clone, Copy)]
pub(super) struct Keda<'a> {
    /// The `ScaledObject`'s name.
    name: Option<&'a str>,
    /// The `ScaledObject`, if it was read.
    pub(super) object: Option<&'a ScaledObject>,
}

impl<'a> Keda<'a> {
    /// `None` for an HPA that KEDA did not create.
    pub(super) fn of(subject: &Subject<'a>) -> Option<Self> {
        let hpa = subject.hpa;
        if !hpa.is_of_keda() {
            return None;
        }
        let name = hpa.scaled_object();
        let mut objects = subject.index.scaled_objects(&hpa.namespace);
        let object = objects.find(|object| {
            object.hpa.as_deref() == Some(&*hpa.name) || name == Some(&*object.name)
        });
        Some(Self { name: name.or(object.map(|object| &*object.name)), object })
    }

    /// Whether its `ScaledObject` allows 0 replicas while there is no work; true if it was not
    /// read.
    pub(super) fn rests_at_zero(self) -> bool {
        self.object.is_none_or(|object| {
            object.idle_replicas == Some(0) || object.min_replicas.unwrap_or(0) <= 0
        })
    }

    /// For example `ScaledObject worker`.
    pub(super) fn reference(self) -> String {
        self.name
            .map_or_else(|| "its ScaledObject".to_owned(), |name| format!("ScaledObject {name}"))
    }
}

fn keda_managed(subject: &Subject<'_>) -> Option<Violation> {
    let Keda { name, object } = Keda::of(subject)?;
    let of = match name {
        Some(name) => format!("KEDA made this HPA from ScaledObject {name}"),
        None => "KEDA made this HPA".to_owned(),
    };
    let (severity, so) = match (object, &subject.world.scaled_objects) {
        (Some(object), _) if object.paused => (Severity::Warning, ", which is paused".to_owned()),
        (Some(object), _) if object.fallback => {
            (Severity::Warning, ", which runs on its fallback because its trigger fails".to_owned())
        }
        (None, Err(why)) => {
            (Severity::Info, format!("; whether that is paused is not known: {why}"))
        }
        _ => (Severity::Info, String::new()),
    };
    let mut raise = Violation::new(severity, format!("{of}{so}"));
    if let Some(name) = name {
        raise = raise.with("scaledObject", name);
    }
    if let Some(object) = object {
        raise = raise.with("paused", object.paused).with("fallback", object.fallback);
        if object.paused {
            raise = raise.action(
                "resume the ScaledObject: set or remove its annotation autoscaling.keda.sh/paused",
            );
        } else if object.fallback {
            raise = raise.action("restore the trigger's source: see the ScaledObject's conditions (kubectl describe scaledobject)");
        }
    }
    Some(raise)
}

#[cfg(test)]
mod tests;
