//! The tools that set `spec.replicas`, recognized by the name of their field manager and by the
//! marks that they leave on an object.

use serde::Deserialize;

use super::super::json::Text;

/// What is known about a field manager that has updated an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    /// A tool that resets an object to its manifest on each of its runs.
    Applier(Tool),
    /// A person's client, or one that fills in a default: its change is not repeated.
    Once,
    /// An autoscaler, whose task is to set replicas.
    Autoscaler,
    /// Any other, such as an operator.
    Other,
}

/// A tool that applies manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tool {
    /// Its usual name.
    pub(crate) name: &'static str,
    /// Whether it stores what it applied in `kubectl`'s annotation, which then shows whether that
    /// includes the field.
    pub(crate) keeps_last_applied: bool,
}

const fn tool(name: &'static str) -> Tool {
    Tool { name, keeps_last_applied: false }
}

const fn like_kubectl(name: &'static str) -> Tool {
    Tool { name, keeps_last_applied: true }
}

pub(crate) const KUBECTL_APPLY: Tool = like_kubectl("kubectl apply");
const HELM: Tool = tool("helm");
const ARGOCD: Tool = like_kubectl("argocd");
const FLUX: Tool = tool("flux");
const TERRAFORM: Tool = tool("terraform");
const PULUMI: Tool = like_kubectl("pulumi");
const ANSIBLE: Tool = like_kubectl("ansible");
pub(crate) const KAPP: Tool = tool("kapp");
const FLEET: Tool = tool("rancher fleet");
pub(crate) const CONFIG_SYNC: Tool = tool("config sync");
const SPINNAKER: Tool = like_kubectl("spinnaker");
const CROSSPLANE: Tool = like_kubectl("crossplane");
const K3S: Tool = tool("k3s");
const ADDON_MANAGER: Tool = like_kubectl("addon-manager");

/// Field managers of tools, in lower case. The first entry that matches a whole word at the
/// beginning of the manager's name counts (`pulumi-kubernetes-3b1c` is `pulumi`).
const TOOLS: &[(&str, Tool)] = &[
    ("helm-controller", FLUX),
    ("kustomize-controller", FLUX),
    ("flux", FLUX),
    ("fluxcd", FLUX),
    ("gotk", FLUX),
    ("helm", HELM),
    ("helmfile", HELM),
    ("helm3", HELM),
    ("terraform-provider-helm", HELM),
    ("argocd", ARGOCD),
    ("argocd-controller", ARGOCD),
    ("argocd-application-controller", ARGOCD),
    ("hashicorp", TERRAFORM),
    ("terraform", TERRAFORM),
    ("opentofu", TERRAFORM),
    ("tofu", TERRAFORM),
    ("pulumi", PULUMI),
    ("ansible", ANSIBLE),
    ("kapp", KAPP),
    ("carvel", KAPP),
    ("fleet", FLEET),
    ("fleetagent", FLEET),
    ("rancher-fleet", FLEET),
    ("configsync", CONFIG_SYNC),
    ("config-sync", CONFIG_SYNC),
    ("spinnaker", SPINNAKER),
    ("clouddriver", SPINNAKER),
    ("crossplane", CROSSPLANE),
    ("provider-kubernetes", CROSSPLANE),
    ("deploy@", K3S),
    ("kube-addon-manager", ADDON_MANAGER),
    ("addon-manager", ADDON_MANAGER),
    ("olm", tool("olm")),
    ("work-agent", tool("open cluster management")),
    ("karmada", tool("karmada")),
    ("vela-core", tool("kubevela")),
    ("kubevela", tool("kubevela")),
    ("agentk", tool("gitlab agent")),
    ("gitlab-agent", tool("gitlab agent")),
    ("kluctl", tool("kluctl")),
    ("timoni", tool("timoni")),
    ("kpt", tool("kpt")),
    ("werf", tool("werf")),
    ("nelm", tool("nelm")),
    ("skaffold", tool("skaffold")),
    ("tilt", tool("tilt")),
    ("sveltos", tool("sveltos")),
    ("octopus", tool("octopus")),
    ("harness", tool("harness")),
    ("devtron", tool("devtron")),
];

/// Clients that a person uses once, or that only fill in missing values, by their complete name in
/// lower case. `kubectl` and its verbs (`kubectl-edit`) are among them.
const ONCE: &[&str] = &[
    "oc",
    "before-first-apply",
    "mozilla",
    "chrome",
    "safari",
    "dashboard",
    "dashboard-api",
    "kubernetes-dashboard",
    "k9s",
    "lens",
    "openlens",
    "freelens",
    "headlamp",
    "octant",
    "kubesphere",
    "curl",
    "postmanruntime",
    "insomnia",
    "node-fetch",
    "rancher",
    "argocd-server",
    // Writes the default of 1 into a Rollout without a number.
    "rollouts-controller",
    "argo-rollouts",
];

/// Names of autoscalers in writes that do not use the `scale` subresource.
const AUTOSCALERS: &[&str] =
    &["keda", "keda-operator", "keda-adapter", "horizontal-pod-autoscaler"];

/// Whether the manager's name is `known`, or begins with `known` as a whole word.
fn begins(manager: &str, known: &str) -> bool {
    manager.strip_prefix(known).is_some_and(|rest| {
        rest.chars().next().is_none_or(|c| !c.is_alphanumeric()) || known.ends_with('@')
    })
}

impl Client {
    /// Classifies the name of a field manager.
    pub(crate) fn of(manager: &str, kind: &str) -> Self {
        let manager = manager.to_ascii_lowercase();
        if manager == "kube-controller-manager" {
            // It also scales the ReplicaSets of a Deployment, and resets an autoscaler's change to
            // one.
            return if kind == "ReplicaSet" { Self::Other } else { Self::Autoscaler };
        }
        if AUTOSCALERS.contains(&manager.as_str()) {
            return Self::Autoscaler;
        }
        if manager == "kubectl-client-side-apply" {
            return Self::Applier(KUBECTL_APPLY);
        }
        if begins(&manager, "kubectl") || ONCE.contains(&manager.as_str()) {
            return Self::Once;
        }
        match TOOLS.iter().find(|(known, _)| begins(&manager, known)) {
            Some((_, tool)) => Self::Applier(*tool),
            None => Self::Other,
        }
    }
}

/// The labels and annotations by which tools recognize their own objects.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in super::super) struct Marks<'a> {
    #[serde(borrow, rename = "app.kubernetes.io/managed-by")]
    managed_by: Text<'a>,
    #[serde(borrow, rename = "meta.helm.sh/release-name")]
    helm_release: Text<'a>,
    #[serde(borrow, rename = "argocd.argoproj.io/tracking-id")]
    argocd_tracking: Text<'a>,
    #[serde(borrow, rename = "argocd.argoproj.io/instance")]
    argocd_instance: Text<'a>,
    #[serde(borrow, rename = "kustomize.toolkit.fluxcd.io/name")]
    flux_kustomization: Text<'a>,
    #[serde(borrow, rename = "helm.toolkit.fluxcd.io/name")]
    flux_release: Text<'a>,
    #[serde(borrow, rename = "kapp.k14s.io/app")]
    kapp: Text<'a>,
    #[serde(borrow, rename = "objectset.rio.cattle.io/hash")]
    fleet: Text<'a>,
    #[serde(borrow, rename = "configmanagement.gke.io/managed")]
    config_sync: Text<'a>,
    #[serde(borrow, rename = "moniker.spinnaker.io/application")]
    spinnaker: Text<'a>,
    #[serde(borrow, rename = "addonmanager.kubernetes.io/mode")]
    addon_mode: Text<'a>,
    #[serde(borrow, rename = "kustomize.toolkit.fluxcd.io/reconcile")]
    flux_reconcile: Text<'a>,
    #[serde(borrow, rename = "kustomize.toolkit.fluxcd.io/ssa")]
    flux_apply: Text<'a>,
    #[serde(borrow, rename = "client.lifecycle.config.k8s.io/mutation")]
    mutation: Text<'a>,
}

impl Marks<'_> {
    /// The tool whose marks are among an object's labels and annotations; of several, the one that
    /// works through the others.
    pub(crate) fn tool(sets: [&Self; 2]) -> Option<Tool> {
        let has = |mark: fn(&Self) -> &str| sets.iter().any(|marks| !mark(marks).is_empty());
        let is_value = |mark: fn(&Self) -> &str, text: &str| sets.iter().any(|it| mark(it) == text);
        [
            (
                has(|it| it.argocd_tracking.as_str()) || has(|it| it.argocd_instance.as_str()),
                ARGOCD,
            ),
            (has(|it| it.flux_kustomization.as_str()) || has(|it| it.flux_release.as_str()), FLUX),
            (is_value(|it| it.config_sync.as_str(), "enabled"), CONFIG_SYNC),
            (has(|it| it.fleet.as_str()), FLEET),
            (has(|it| it.spinnaker.as_str()), SPINNAKER),
            (has(|it| it.kapp.as_str()), KAPP),
            (is_value(|it| it.addon_mode.as_str(), "Reconcile"), ADDON_MANAGER),
            (has(|it| it.helm_release.as_str()), HELM),
        ]
        .into_iter()
        .find_map(|(marked, tool)| marked.then_some(tool))
        .or_else(|| {
            sets.iter().find_map(|marks| match Client::of(marks.managed_by.as_str(), "") {
                Client::Applier(tool) => Some(tool),
                _ => None,
            })
        })
    }

    /// Whether they tell that tool to leave the object alone.
    pub(crate) fn excuse(&self, tool: Tool) -> bool {
        match tool {
            FLUX => {
                self.flux_reconcile.as_str() == "disabled"
                    || matches!(self.flux_apply.as_str(), "Ignore" | "IfNotPresent")
            }
            CONFIG_SYNC => {
                self.mutation.as_str() == "ignore" || self.config_sync.as_str() == "disabled"
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_recognized_by_the_managers_name() {
        let tool = |manager: &str| match Client::of(manager, "Deployment") {
            Client::Applier(tool) => tool.name,
            Client::Once => "once",
            Client::Autoscaler => "autoscaler",
            Client::Other => "other",
        };
        for (manager, expected) in [
            ("helm", "helm"),
            ("Helm", "helm"),
            ("terraform-provider-helm_v2.11.0_x5", "helm"),
            ("helm-controller", "flux"),
            ("kustomize-controller", "flux"),
            ("argocd-controller", "argocd"),
            ("argocd-server", "once"),
            ("HashiCorp", "terraform"),
            ("Terraform", "terraform"),
            ("terraform-provider-kubernetes_v2.23.0_x5", "terraform"),
            ("pulumi-kubernetes-3b1c9d0e", "pulumi"),
            ("kapp-controller", "kapp"),
            ("fleetagent", "rancher fleet"),
            ("deploy@node-1", "k3s"),
            ("configsync", "config sync"),
            ("kubectl-client-side-apply", "kubectl apply"),
            ("kubectl-create", "once"),
            ("kubectl-argo-rollouts", "once"),
            ("kubectl", "once"),
            ("oc", "once"),
            ("octavia-operator", "other"),
            ("Mozilla", "once"),
            ("kube-controller-manager", "autoscaler"),
            ("keda-operator", "autoscaler"),
            ("keda-workload-operator", "other"),
            ("helmsman-of-mine", "other"),
            ("fluxion", "other"),
            ("manager", "other"),
            ("unknown", "other"),
            ("", "other"),
        ] {
            assert_eq!(tool(manager), expected, "{manager}");
        }
        assert_eq!(Client::of("kube-controller-manager", "ReplicaSet"), Client::Other);
    }

    #[test]
    fn tools_are_recognized_by_their_marks() {
        let tool = |json: &str| {
            let marks: Marks<'_> = serde_json::from_str(json).unwrap();
            Marks::tool([&Marks::default(), &marks]).map(|tool| tool.name)
        };
        for (json, expected) in [
            (r#"{"app.kubernetes.io/managed-by":"Helm"}"#, Some("helm")),
            (r#"{"meta.helm.sh/release-name":"web"}"#, Some("helm")),
            (
                r#"{"meta.helm.sh/release-name":"web","helm.toolkit.fluxcd.io/name":"web"}"#,
                Some("flux"),
            ),
            (
                r#"{"argocd.argoproj.io/tracking-id":"a:apps/Deployment:shop/web","app.kubernetes.io/managed-by":"Helm"}"#,
                Some("argocd"),
            ),
            (r#"{"app.kubernetes.io/managed-by":"my-operator"}"#, None),
            (r#"{"configmanagement.gke.io/managed":"disabled"}"#, None),
            (r#"{"addonmanager.kubernetes.io/mode":"EnsureExists"}"#, None),
            ("{}", None),
        ] {
            assert_eq!(tool(json), expected, "{json}");
        }
    }

    #[test]
    fn tools_can_be_told_to_leave_an_object_alone() {
        let excused =
            |json: &str, tool| serde_json::from_str::<Marks<'_>>(json).unwrap().excuse(tool);
        assert!(excused(r#"{"kustomize.toolkit.fluxcd.io/ssa":"IfNotPresent"}"#, FLUX));
        assert!(excused(r#"{"kustomize.toolkit.fluxcd.io/reconcile":"disabled"}"#, FLUX));
        assert!(!excused(r#"{"kustomize.toolkit.fluxcd.io/ssa":"Merge"}"#, FLUX));
        assert!(!excused(r#"{"kustomize.toolkit.fluxcd.io/ssa":"Ignore"}"#, HELM));
        assert!(excused(r#"{"client.lifecycle.config.k8s.io/mutation":"ignore"}"#, CONFIG_SYNC));
    }
}
