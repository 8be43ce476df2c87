//! Where an HPA is changed that a tool keeps as it is.

use crate::hpa::Hpa;

/// What keeps an HPA as it is, so that a patch would be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// KEDA, by this `ScaledObject`.
    Keda(Option<String>),
    /// Another object.
    Object {
        /// Its kind.
        kind: String,
        /// Its name.
        name: String,
    },
    /// A tool that applies manifests, known by a label.
    Tool {
        /// The tool.
        tool: &'static str,
        /// What of it.
        name: String,
    },
}

/// Labels by which tools mark what they apply.
const LABELS: [(&str, &str); 4] = [
    ("argocd.argoproj.io/instance", "Argo CD"),
    ("kustomize.toolkit.fluxcd.io/name", "Flux"),
    ("helm.toolkit.fluxcd.io/name", "Flux"),
    ("fleet.cattle.io/bundle-name", "Fleet"),
];

impl Owner {
    /// The owner of an HPA, by its owner reference and its labels.
    pub fn of(hpa: &Hpa) -> Option<Self> {
        if hpa.is_of_keda() {
            return Some(Self::Keda(hpa.scaled_object().map(str::to_owned)));
        }
        if let Some(owner) = &hpa.owner {
            return Some(Self::Object { kind: owner.kind.clone(), name: owner.name.clone() });
        }
        for (label, tool) in LABELS {
            if let Some(name) = hpa.labels.get(label) {
                return Some(Self::Tool { tool, name: name.clone() });
            }
        }
        let managed_by = hpa.labels.get("app.kubernetes.io/managed-by")?;
        let release = || hpa.labels.get("app.kubernetes.io/instance").cloned().unwrap_or_default();
        managed_by
            .eq_ignore_ascii_case("helm")
            .then(|| Self::Tool { tool: "Helm", name: release() })
    }

    /// Where to make the change instead.
    pub fn sentence(&self) -> String {
        match self {
            Self::Keda(name) => format!(
                "KEDA keeps this HPA: change minReplicaCount, maxReplicaCount, triggers and \
                 advanced.horizontalPodAutoscalerConfig of {} instead",
                name.as_ref()
                    .map_or("its ScaledObject".to_owned(), |name| format!("ScaledObject {name}"))
            ),
            Self::Object { kind, name } => {
                format!("{kind} {name} keeps this HPA: change it there, or a patch is undone")
            }
            Self::Tool { tool, name } if name.is_empty() => {
                format!(
                    "{tool} keeps this HPA: change its manifest there, or the next time it applies it, a patch is undone"
                )
            }
            Self::Tool { tool, name } => {
                format!(
                    "{tool} keeps this HPA ({name}): change its manifest there, or the next time it applies it, a patch is undone"
                )
            }
        }
    }
}
