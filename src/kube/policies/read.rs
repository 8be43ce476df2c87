//! Parses lists of these objects, as printed by `--raw` or `-o json`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::api::{Condition, CrossVersionObjectReference};
use super::super::containers::amounts;
use super::super::interned::InternedStr;
use super::super::json::{Int, Opt, Seq, StringMap, Text};
use super::super::read::{ParseError, read_list};
use super::super::reference::ObjectRef;
use super::super::selector::Selector;
use super::{Amount, DisruptionBudget, Quota, ScaledObject, VerticalAutoscaler};

/// The objects of a page, and the token for the next one.
type Listed<T> = Result<(Vec<T>, Option<String>), ParseError>;

fn list<'a, R: Deserialize<'a>, T>(
    json: &'a [u8],
    kind: &str,
    convert: impl Fn(R) -> T,
) -> Listed<T> {
    let list = read_list::<Opt<R>>(json, Some(kind))?;
    let items = list.items.into_iter().filter_map(|item| item.0);
    Ok((items.map(convert).collect(), list.continue_token))
}

impl DisruptionBudget {
    /// Parses a list of `PodDisruptionBudget`; the second part is the token for the next page.
    pub fn parse_list(json: &[u8]) -> Listed<Self> {
        list(json, "PodDisruptionBudget", |raw: RawBudget<'_>| {
            let metadata = raw.metadata.0.unwrap_or_default();
            let spec = raw.spec.0.unwrap_or_default();
            Self {
                namespace: metadata.namespace.into_string(),
                name: metadata.name.into_string(),
                selector: spec.selector.0.map(|selector| selector.to_string()),
                min_available: amount(&spec.min_available),
                max_unavailable: amount(&spec.max_unavailable),
                disruptions_allowed: raw.status.0.unwrap_or_default().disruptions_allowed.as_i32(),
            }
        })
    }
}

impl Quota {
    /// Parses a list of `ResourceQuota`; the second part is the token for the next page.
    pub fn parse_list(json: &[u8]) -> Listed<Self> {
        list(json, "ResourceQuota", |raw: RawQuota<'_>| {
            let metadata = raw.metadata.0.unwrap_or_default();
            let spec = raw.spec.0.unwrap_or_default();
            let status = raw.status.0.unwrap_or_default();
            // Changes of the spec that the controller has not processed yet are not in force.
            let hard = if status.hard.0.is_empty() { &spec.hard } else { &status.hard };
            Self {
                namespace: metadata.namespace.into_string(),
                name: metadata.name.into_string(),
                scoped: spec.scopes.is_some_and(|scopes| !scopes.is_empty())
                    || spec.scope_selector.0.is_some(),
                hard: amounts(hard),
                used: amounts(&status.used),
            }
        })
    }
}

impl VerticalAutoscaler {
    /// Parses a list of `VerticalPodAutoscaler`; the second part is the token for the next page.
    pub fn parse_list(json: &[u8]) -> Listed<Self> {
        list(json, "VerticalPodAutoscaler", |raw: RawVertical<'_>| {
            let metadata = raw.metadata.0.unwrap_or_default();
            let spec = raw.spec.0.unwrap_or_default();
            let target = spec.target_ref.0.unwrap_or_default();
            let mode = spec.update_policy.0.unwrap_or_default().update_mode.into_option();
            let policies = spec.resource_policy.0.unwrap_or_default().container_policies.0;
            let (containers, others) = controlled(&policies);
            Self {
                namespace: metadata.namespace.into_string(),
                name: metadata.name.into_string(),
                target: ObjectRef {
                    api_version: InternedStr::from(target.api_version),
                    kind: InternedStr::from(target.kind),
                    name: target.name.into_string(),
                },
                mode: mode.unwrap_or_else(|| "Auto".to_owned()),
                containers,
                others,
            }
        })
    }
}

/// What a `ScaledObject` scales, with KEDA's defaults.
fn scaled(target: ObjectRef) -> Option<ObjectRef> {
    if target.name.is_empty() {
        return None;
    }
    let or = |text: InternedStr, default: &str| {
        if text.is_empty() { InternedStr::from(default) } else { text }
    };
    Some(ObjectRef {
        api_version: or(target.api_version, "apps/v1"),
        kind: or(target.kind, "Deployment"),
        name: target.name,
    })
}

impl ScaledObject {
    /// Parses a list of `ScaledObject`; the second part is the token for the next page.
    pub fn parse_list(json: &[u8]) -> Listed<Self> {
        list(json, "ScaledObject", |raw: RawScaledObject<'_>| {
            let metadata = raw.metadata.0.unwrap_or_default();
            let status = raw.status.0.unwrap_or_default();
            let spec = raw.spec.0.unwrap_or_default();
            let advanced = spec.advanced.0.unwrap_or_default();
            let config = advanced.horizontal_pod_autoscaler_config.0.unwrap_or_default();
            let name = metadata.name.into_string();
            let has = |kind: &str, is: &str| {
                let conditions = &status.conditions.0;
                conditions.iter().any(|c| c.kind.as_str() == kind && c.status.as_str() == is)
            };
            let holds = |kind: &str| has(kind, "True");
            let paused = |annotations: &StringMap| {
                let annotation =
                    |key: &str| annotations.0.get(&format!("autoscaling.keda.sh/{key}"));
                annotation("paused").is_some_and(|value| value != "false")
                    || annotation("paused-replicas").is_some()
            };
            Self {
                namespace: metadata.namespace.into_string(),
                target: spec.scale_target_ref.0.map(ObjectRef::from).and_then(scaled),
                paused: holds("Paused") || paused(&metadata.annotations),
                fallback: holds("Fallback"),
                min_replicas: spec.min_replica_count.as_i32(),
                idle_replicas: spec.idle_replica_count.as_i32(),
                ready: match (holds("Ready"), has("Ready", "False")) {
                    (false, false) => None,
                    (ready, _) => Some(ready),
                },
                hpa: status
                    .hpa_name
                    .into_option()
                    .or_else(|| config.name.into_option())
                    .or_else(|| Some(format!("keda-hpa-{name}"))),
                name,
            }
        })
    }
}

/// A number, or a number with a percent sign; `None` for anything else.
fn amount(text: &Text<'_>) -> Option<Amount> {
    let text = text.as_str();
    match text.strip_suffix('%') {
        Some(percent) => percent.parse().ok().map(Amount::Percent),
        None => text.parse().ok().map(Amount::Count),
    }
}

/// The resources that a VPA sets by its container policies: in the named containers, and in all
/// others. A container without a policy is sized.
fn controlled(policies: &[ContainerPolicy<'_>]) -> (BTreeMap<String, Vec<String>>, Vec<String>) {
    let both = || ["cpu", "memory"].map(str::to_owned).to_vec();
    let of = |policy: &ContainerPolicy<'_>| match &policy.controlled_resources {
        _ if policy.mode.as_str() == "Off" => Vec::new(),
        Some(named) => named.iter().map(|name| name.as_str().to_owned()).collect(),
        None => both(),
    };
    let mut containers: BTreeMap<_, _> = policies
        .iter()
        .map(|policy| (policy.container_name.as_str().to_owned(), of(policy)))
        .collect();
    let others = containers.remove("*").unwrap_or_else(both);
    (containers, others)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta<'a> {
    #[serde(borrow)]
    namespace: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    annotations: StringMap,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawBudget<'a> {
    #[serde(borrow)]
    metadata: Opt<Meta<'a>>,
    #[serde(borrow)]
    spec: Opt<BudgetSpec<'a>>,
    status: Opt<BudgetStatus>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BudgetSpec<'a> {
    selector: Opt<Selector>,
    #[serde(borrow)]
    min_available: Text<'a>,
    #[serde(borrow)]
    max_unavailable: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BudgetStatus {
    disruptions_allowed: Int,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawQuota<'a> {
    #[serde(borrow)]
    metadata: Opt<Meta<'a>>,
    #[serde(borrow)]
    spec: Opt<QuotaSpec<'a>>,
    status: Opt<QuotaStatus>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct QuotaSpec<'a> {
    hard: StringMap,
    #[serde(borrow)]
    scopes: Option<Vec<Text<'a>>>,
    scope_selector: Opt<StringMap>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct QuotaStatus {
    hard: StringMap,
    used: StringMap,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawVertical<'a> {
    #[serde(borrow)]
    metadata: Opt<Meta<'a>>,
    #[serde(borrow)]
    spec: Opt<VerticalSpec<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct VerticalSpec<'a> {
    #[serde(borrow)]
    target_ref: Opt<CrossVersionObjectReference<'a>>,
    #[serde(borrow)]
    update_policy: Opt<UpdatePolicy<'a>>,
    #[serde(borrow)]
    resource_policy: Opt<ResourcePolicy<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct UpdatePolicy<'a> {
    #[serde(borrow)]
    update_mode: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ResourcePolicy<'a> {
    #[serde(borrow)]
    container_policies: Seq<ContainerPolicy<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ContainerPolicy<'a> {
    #[serde(borrow)]
    container_name: Text<'a>,
    #[serde(borrow)]
    mode: Text<'a>,
    #[serde(borrow)]
    controlled_resources: Option<Vec<Text<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawScaledObject<'a> {
    #[serde(borrow)]
    metadata: Opt<Meta<'a>>,
    #[serde(borrow)]
    spec: Opt<ScaledSpec<'a>>,
    #[serde(borrow)]
    status: Opt<ScaledStatus<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ScaledSpec<'a> {
    #[serde(borrow)]
    scale_target_ref: Opt<CrossVersionObjectReference<'a>>,
    min_replica_count: Int,
    idle_replica_count: Int,
    #[serde(borrow)]
    advanced: Opt<Advanced<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Advanced<'a> {
    #[serde(borrow)]
    horizontal_pod_autoscaler_config: Opt<HpaConfig<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HpaConfig<'a> {
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ScaledStatus<'a> {
    #[serde(borrow)]
    hpa_name: Text<'a>,
    #[serde(borrow)]
    conditions: Seq<Condition<'a>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(kind: &str, items: &str) -> Vec<u8> {
        format!(
            r#"{{"kind":"{kind}List","apiVersion":"x/v1","metadata":{{"continue":"next"}},"items":[{items}]}}"#
        )
        .into_bytes()
    }

    #[test]
    fn disruption_budgets_are_parsed() {
        let json = items(
            "PodDisruptionBudget",
            r#"{"metadata":{"namespace":"shop","name":"web"},
                "spec":{"minAvailable":2,"selector":{"matchLabels":{"app":"web"}}},"status":{"disruptionsAllowed":0}},
               {"metadata":{"name":"all"},"spec":{"maxUnavailable":"25%","selector":{}}},
               {"metadata":{"name":"none"},"spec":{"minAvailable":"lots"}}"#,
        );
        let (budgets, next) = DisruptionBudget::parse_list(&json).unwrap();
        assert_eq!(next.as_deref(), Some("next"));
        assert_eq!((&*budgets[0].namespace, &*budgets[0].name), ("shop", "web"));
        assert_eq!(budgets[0].selector.as_deref(), Some("app=web"));
        assert_eq!(budgets[0].min_available, Some(Amount::Count(2)));
        assert_eq!(budgets[0].disruptions_allowed, Some(0));
        assert_eq!(budgets[1].selector.as_deref(), Some(""));
        assert_eq!(budgets[1].max_unavailable, Some(Amount::Percent(25)));
        assert_eq!((&budgets[2].selector, budgets[2].min_available), (&None, None));
        assert!(Quota::parse_list(&json).is_err(), "of another kind");
    }

    #[test]
    fn resource_quotas_are_parsed() {
        let json = items(
            "ResourceQuota",
            r#"{"metadata":{"namespace":"shop","name":"compute"},
                "spec":{"hard":{"pods":"5"},"scopes":["BestEffort"]},
                "status":{"hard":{"requests.cpu":"4","pods":10},"used":{"requests.cpu":"1500m","pods":"x"}}},
               {"metadata":{"name":"new"},"spec":{"hard":{"pods":"5"}}}"#,
        );
        let (quotas, _) = Quota::parse_list(&json).unwrap();
        assert!(quotas[0].scoped && !quotas[1].scoped);
        assert_eq!(quotas[0].hard["pods"].to_string(), "10");
        assert_eq!(quotas[0].used["requests.cpu"].to_string(), "1500m");
        assert_eq!(quotas[0].used.get("pods"), None);
        assert_eq!(quotas[1].hard["pods"].to_string(), "5");
    }

    #[test]
    fn vertical_autoscalers_are_parsed() {
        let json = items(
            "VerticalPodAutoscaler",
            r#"{"metadata":{"namespace":"shop","name":"web"},
                "spec":{"targetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"},
                        "updatePolicy":{"updateMode":"Off"},
                        "resourcePolicy":{"containerPolicies":[
                            {"containerName":"a","mode":"Off"},
                            {"containerName":"*","controlledResources":["memory"]}]}}},
               {"metadata":{"name":"plain"},"spec":{"targetRef":{"kind":"Deployment","name":"x"}}},
               {"metadata":{"name":"istio"},"spec":{"resourcePolicy":{"containerPolicies":[
                            {"containerName":"istio-proxy","mode":"Off"},
                            {"containerName":"app","controlledResources":["cpu"]}]}}}"#,
        );
        let (all, _) = VerticalAutoscaler::parse_list(&json).unwrap();
        assert_eq!((&*all[0].mode, &*all[0].target.name), ("Off", "web"));
        assert!(!all[0].sets("a", "memory") && all[0].sets("b", "memory"));
        assert!(!all[0].sets_any("cpu"));
        assert_eq!((&*all[1].mode, &*all[1].others.join(" ")), ("Auto", "cpu memory"));
        // A container without a policy is sized.
        assert!(!all[2].sets("istio-proxy", "cpu") && all[2].sets("other", "memory"));
        assert!(all[2].sets("app", "cpu") && !all[2].sets("app", "memory"));
    }

    #[test]
    fn scaled_objects_are_parsed() {
        let json = items(
            "ScaledObject",
            r#"{"metadata":{"namespace":"media","name":"a","annotations":{"autoscaling.keda.sh/paused-replicas":"0"}},
                "status":{"hpaName":"mine","conditions":[{"type":"Fallback","status":"True"},{"type":"Paused","status":"False"}]}},
               {"metadata":{"name":"b","annotations":{"autoscaling.keda.sh/paused":"false"}},
                "status":{"conditions":[{"type":"Ready","status":"False"}]},
                "spec":{"minReplicaCount":2,"idleReplicaCount":0,"advanced":{"horizontalPodAutoscalerConfig":{"name":"given"}}}},
               {"metadata":{"name":"c"}}"#,
        );
        let (all, _) = ScaledObject::parse_list(&json).unwrap();
        assert_eq!(all[0].hpa.as_deref(), Some("mine"));
        assert!(all[0].paused && all[0].fallback);
        assert_eq!((all[1].hpa.as_deref(), all[1].paused), (Some("given"), false));
        assert_eq!((all[1].min_replicas, all[1].idle_replicas), (Some(2), Some(0)));
        assert_eq!((all[0].min_replicas, all[0].ready, all[1].ready), (None, None, Some(false)));
        assert_eq!(all[2].hpa.as_deref(), Some("keda-hpa-c"));
    }

    #[test]
    fn invalid_values_count_as_absent() {
        let odd = r#"{"metadata":7,"spec":[],"status":"x"},{},3,null,{"spec":{"selector":[],"targetRef":1,"minAvailable":{}}}"#;
        let odd = |kind| items(kind, odd);
        assert_eq!(DisruptionBudget::parse_list(&odd("PodDisruptionBudget")).unwrap().0.len(), 3);
        assert_eq!(Quota::parse_list(&odd("ResourceQuota")).unwrap().0.len(), 3);
        let vertical = VerticalAutoscaler::parse_list(&odd("VerticalPodAutoscaler")).unwrap().0;
        assert_eq!((vertical.len(), &*vertical[0].target.name), (3, ""));
        assert_eq!(ScaledObject::parse_list(&odd("ScaledObject")).unwrap().0.len(), 3);
    }
}
