//! Converts the API's objects to records.

use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use super::api;
use super::condition_names::conditions;
use super::metrics::metrics;
use super::record::{Behavior, Hpa, Page, Policy, ScalingRules, Source};
use super::silence::Silences;
use crate::kube::read::{Kinded, read_list, read_one, wrong_kind};
use crate::kube::{Condition, InternedStr, ObjectRef, ParseError};

const KIND: &str = "HorizontalPodAutoscaler";
/// `v2beta2` has the same structure; `v1` and `v2beta1` do not, and would be misread.
const VERSIONS: [&str; 2] = ["autoscaling/v2", "autoscaling/v2beta2"];

/// Parses a list; see [`super::parse_list`].
pub(super) fn list(source: &Source<'_>, json: &[u8]) -> Result<Page, ParseError> {
    let list = read_list::<Item>(json, Some(KIND))?;
    // Items of a typed list omit the fields that the list states for all of them.
    let typed = !list.item_kind.is_empty();
    if typed {
        check_version(list.api_version.as_str())?;
    }
    let hpa = |item: Item| {
        if !(typed && item.kind.as_str().is_empty()) {
            item.check()?;
        }
        item.hpa(source)
    };
    let hpas = list.items.into_iter().map(hpa).collect::<Result<_, _>>()?;
    Ok(Page { hpas, continue_token: list.continue_token })
}

/// Parses one HPA; see [`super::parse_one`].
pub(super) fn one(source: &Source<'_>, json: &[u8]) -> Result<Hpa, ParseError> {
    let item: Item = read_one(json, |kind| kind == KIND, KIND)?;
    item.check()?;
    item.hpa(source)
}

/// An HPA that is converted as soon as it is parsed, so that only the records of a long list are
/// held in memory. `kind` and `api_version` are empty if an item omits them.
struct Item {
    kind: InternedStr,
    api_version: InternedStr,
    silences: Silences,
    hpa: Hpa,
}

impl Item {
    fn check(&self) -> Result<(), ParseError> {
        match self.kind.as_str() {
            KIND => check_version(self.api_version.as_str()),
            kind => Err(wrong_kind(kind, KIND)),
        }
    }

    fn hpa(self, source: &Source<'_>) -> Result<Hpa, ParseError> {
        if self.hpa.name.is_empty() {
            return Err(ParseError::Malformed { detail: format!("a {KIND} without a name") });
        }
        Ok(Hpa {
            cluster: Arc::clone(source.cluster),
            context: Arc::clone(source.context),
            ignore: self.silences.of(source.annotation_prefix),
            ..self.hpa
        })
    }
}

impl Kinded for Item {
    fn kind(&self) -> &str {
        self.kind.as_str()
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut object = api::HorizontalPodAutoscaler::deserialize(deserializer)?;
        let annotations = object.metadata.as_mut().map(|metadata| &mut metadata.annotations);
        Ok(Self {
            silences: annotations.map(std::mem::take).unwrap_or_default(),
            kind: InternedStr::from(object.kind.as_str()),
            api_version: InternedStr::from(object.api_version.as_str()),
            hpa: hpa(object.metadata, object.spec, object.status),
        })
    }
}

fn check_version(version: &str) -> Result<(), ParseError> {
    if VERSIONS.contains(&version) {
        return Ok(());
    }
    let found = if version.is_empty() { "of no version" } else { version };
    Err(wrong_kind(&format!("{KIND} {found}"), &format!("{KIND} autoscaling/v2")))
}

/// The record without cluster and context.
fn hpa(
    metadata: Option<api::Metadata<'_>>,
    spec: Option<api::Spec<'_>>,
    status: Option<api::Status<'_>>,
) -> Hpa {
    let metadata = metadata.unwrap_or_default();
    let spec = spec.unwrap_or_default();
    let status = status.unwrap_or_default();
    let conditions: Vec<Condition> =
        status.conditions.unwrap_or_default().into_iter().map(Condition::from).collect();
    let is_true = |kind| conditions.iter().find(|c| c.kind == kind).and_then(Condition::is_true);
    Hpa {
        cluster: Arc::default(),
        context: Arc::default(),
        namespace: metadata.namespace.into_string(),
        name: metadata.name.into_string(),
        uid: metadata.uid.into_string(),
        created_at: metadata.creation_timestamp.time(),
        labels: metadata.labels.0,
        target: spec.scale_target_ref.map(ObjectRef::from).unwrap_or_default(),
        min_replicas: spec.min_replicas.as_i32().unwrap_or(1),
        max_replicas: spec.max_replicas.as_i32().unwrap_or(0),
        current_replicas: status.current_replicas.as_i32().unwrap_or(0),
        desired_replicas: status.desired_replicas.as_i32().unwrap_or(0),
        last_scale_time: status.last_scale_time.time(),
        metrics: metrics(
            spec.metrics.unwrap_or_default(),
            status.current_metrics.unwrap_or_default(),
        ),
        scaling_active: is_true(conditions::SCALING_ACTIVE),
        able_to_scale: is_true(conditions::ABLE_TO_SCALE),
        conditions,
        behavior: spec.behavior.map(|behavior| Behavior {
            scale_up: behavior.scale_up.map(scaling_rules),
            scale_down: behavior.scale_down.map(scaling_rules),
        }),
        owner: metadata.owner_references.controller(),
        ignore: None,
    }
}

fn scaling_rules(rules: api::ScalingRules<'_>) -> ScalingRules {
    let policies = rules.policies.unwrap_or_default().into_iter();
    ScalingRules {
        stabilization_window_seconds: rules.stabilization_window_seconds.as_i32(),
        select_policy: rules.select_policy.into_option(),
        policies: policies
            .map(|policy| Policy {
                kind: policy.kind.into_string(),
                value: policy.value.as_i32().unwrap_or(0),
                period_seconds: policy.period_seconds.as_i32().unwrap_or(0),
            })
            .collect(),
        tolerance: rules.tolerance.into_option(),
    }
}
