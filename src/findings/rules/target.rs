//! Rules about the link between an HPA and its target.

use super::super::finding::{Severity, Verdict, Violation};
use super::super::index::same;
use super::super::rule::{Need, Rule};
use super::super::streak::span;
use super::super::subject::Subject;
use super::super::unknown::{Known, Unknown};
use super::keda::Keda;
use super::named::{described, described_some};
use super::{MOST_NAMES, and_more, cause, few, requests, some};
use crate::hpa::{Hpa, conditions, reasons};
use crate::kube::{Pod, ScaledObject};

use std::collections::BTreeSet;

use jiff::SignedDuration;

/// How long a new HPA may have no conditions.
const UNRECONCILED: SignedDuration = SignedDuration::from_mins(2);

pub(in super::super) const TARGET_MISSING: Rule = Rule {
    id: "target-missing",
    severity: Severity::Error,
    title: "scale target missing",
    condition: "The scale target does not exist, or the controller cannot read its scale (AbleToScale is False: FailedGetScale).",
    action: "correct spec.scaleTargetRef (apiVersion, kind, name), or delete the HPA",
    explain: "\
The HPA scales nothing: the object that spec.scaleTargetRef names is not there, or the controller \
cannot read its /scale.

It is raised where the target was looked for and not found, and where AbleToScale is False with the \
reason FailedGetScale. In the second case the target may well exist: its kind may have no /scale, its \
API group may be wrong (extensions/v1beta1 is long gone), or the controller may lack the right to read it. \
The message has the controller's own words.

Where the target is not there, nothing else about it, its pods, its metrics and its replicas is reported: what \
the HPA's status says of them is of before. What is wrong with the HPA itself is: another HPA with the same target \
(duplicate-target), its bounds, its behavior.",
    needs: &[],
    uses: &[Need::Target],
    check: target_missing,
};

fn target_missing(subject: &Subject<'_>) -> Verdict {
    let hpa = subject.hpa;
    let reference = hpa.reference();
    let failed = subject
        .condition(conditions::ABLE_TO_SCALE, false)
        .filter(|condition| condition.reason == reasons::FAILED_GET_SCALE);
    let raise = |message: String| {
        let raise = Violation::new(Severity::Error, message)
            .with("target", reference.clone())
            .with("apiVersion", hpa.target.api_version.as_str());
        match failed {
            Some(condition) => raise.with("controllerMessage", condition.message.as_str()),
            None => raise,
        }
    };
    if subject.world.of_manifests && matches!(subject.target, Ok(None)) {
        let message = format!("its scale target {reference} is not among the manifests");
        let raise = raise(message)
            .action("correct spec.scaleTargetRef (apiVersion, kind, name), or check the target's manifest too (-f)");
        return Violation { severity: Severity::Warning, ..raise }.into();
    }
    match (&subject.target, failed) {
        (Ok(None), _) => raise(format!("its scale target {reference} does not exist")).into(),
        (Ok(Some(_)), Some(condition)) => raise(format!(
            "its scale target {reference} exists, but the controller cannot read its scale: {}",
            cause(&condition.message)
        ))
        .action("see that the target's kind has the subresource scale, and that the controller may read it (RBAC)")
        .into(),
        (Err(_), Some(condition)) => raise(format!(
            "the controller cannot read the scale of {reference}: {}",
            cause(&condition.message)
        ))
        .into(),
        (Ok(Some(_)), None) => Verdict::Clear,
        // A controller that reads the scale has found the target.
        (Err(_), None) if hpa.able_to_scale == Some(true) => Verdict::Clear,
        (Err(why), None) => Verdict::NotEvaluated(why.clone()),
    }
}

pub(in super::super) const SCALE_WRITE_FAILED: Rule = Rule {
    id: "scale-write-failed",
    severity: Severity::Error,
    title: "replica count cannot be written",
    condition: "The controller knows a replica count and cannot write it (AbleToScale is False: FailedUpdateScale, or any reason but FailedGetScale).",
    action: "remove what refuses the write to the target's /scale: an admission webhook, a quota, or missing RBAC of the controller",
    explain: "\
The controller has computed a replica count, but writing it to the target's /scale fails, so the target \
stays as it is whatever the load.

It is raised where AbleToScale is False with the reason FailedUpdateScale. The usual causes are an \
admission webhook or policy that refuses changes to the target, missing RBAC on a custom resource's \
/scale, and conflicts with another writer. The message has the API server's words. While it holds, \
metrics and ScalingLimited are not judged: they may be from an earlier round.",
    needs: &[],
    uses: &[],
    check: scale_write_failed,
};

fn scale_write_failed(subject: &Subject<'_>) -> Verdict {
    let failed = subject
        .condition(conditions::ABLE_TO_SCALE, false)
        .filter(|condition| condition.reason != reasons::FAILED_GET_SCALE);
    let raise = |condition: &crate::kube::Condition| {
        let reference = subject.hpa.reference();
        let text = cause(&condition.message);
        let message = if condition.reason == reasons::FAILED_UPDATE_SCALE {
            format!("the controller cannot write the replica count of {reference}: {text}")
        } else {
            format!("the controller cannot scale {reference} ({}): {text}", condition.reason)
        };
        Violation::new(Severity::Error, message)
            .with("reason", condition.reason.as_str())
            .with("currentReplicas", subject.hpa.current_replicas)
            .with("controllerMessage", condition.message.as_str())
    };
    failed.map(raise).into()
}

pub(in super::super) const NEVER_RECONCILED: Rule = Rule {
    id: "never-reconciled",
    severity: Severity::Error,
    title: "no controller has reconciled it",
    condition: "The HPA is older than 2 minutes and has no conditions.",
    action: "see that kube-controller-manager runs with its HPA controller enabled, and read its log",
    explain: "\
The HPA controller writes conditions within its first round, by default after 15 seconds. An HPA \
that has none after two minutes is not being looked at: kube-controller-manager is down, runs \
without the controller, cannot be the leader, or is far behind.

Nothing is known of the metrics and replicas of such an HPA, and nothing is reported of them. Where \
it holds for every HPA of a cluster, look at the control plane first.",
    needs: &[],
    uses: &[],
    check: never_reconciled,
};

fn never_reconciled(subject: &Subject<'_>) -> Verdict {
    if !subject.hpa.conditions.is_empty() || subject.is_younger(UNRECONCILED) {
        return Verdict::Clear;
    }
    let raise = match subject.hpa.created_at {
        Some(created) => Violation::new(
            Severity::Error,
            format!(
                "no controller has reconciled this HPA in the {} since it was created",
                span(subject.since(created))
            ),
        )
        .with("createdAt", created.to_string()),
        None => Violation::new(Severity::Error, "no controller has reconciled this HPA"),
    };
    raise.into()
}

pub(in super::super) const DUPLICATE_TARGET: Rule = Rule {
    id: "duplicate-target",
    severity: Severity::Error,
    title: "several HPAs for one target",
    condition: "Another HPA of the namespace has the same target, or ScalingActive is False with the reason AmbiguousSelector.",
    action: "delete all but one of these HPAs; one HPA may have several metrics",
    explain: "\
Two HPAs act on the same pods. A current controller notices and acts for none of them (reason \
AmbiguousSelector); an older one lets them overwrite each other's replica count, back and forth.

It is raised for each HPA whose target (namespace, API group, kind and name) another HPA has too (in \
manifests also a ScaledObject, for which KEDA makes an HPA), and for each that the controller calls ambiguous: then two different targets have selectors that match the \
same pods. To scale by several metrics put them into one HPA: the largest proposal wins.",
    needs: &[],
    uses: &[],
    check: duplicate_target,
};

/// The controller's condition that several HPAs act on the same pods.
fn is_ambiguous<'a>(subject: &Subject<'a>) -> Option<&'a crate::kube::Condition> {
    subject
        .condition(conditions::SCALING_ACTIVE, false)
        .filter(|condition| condition.reason == reasons::AMBIGUOUS_SELECTOR)
}

/// For example `HPA a, b, c and 4 more`; or, if KEDA created one of the first,
/// `HPA a, KEDA HPA keda-hpa-x of ScaledObject x`.
fn name_rivals(rivals: &[&Hpa]) -> String {
    let one = |hpa: &&Hpa| match (hpa.is_of_keda(), hpa.scaled_object()) {
        (true, Some(object)) => format!("KEDA HPA {} of ScaledObject {object}", hpa.name),
        (true, None) => format!("KEDA HPA {}", hpa.name),
        (false, _) => format!("HPA {}", hpa.name),
    };
    let names: Vec<String> = rivals.iter().take(MOST_NAMES).map(one).collect();
    if rivals.iter().take(MOST_NAMES).any(|hpa| hpa.is_of_keda()) {
        return and_more(&names.join(", "), rivals.len());
    }
    let names: Vec<&str> = rivals.iter().map(|hpa| &*hpa.name).collect();
    format!("HPA {}", some(&names))
}

/// What to do if HPAs of different targets act on the same pods.
const SHARED_PODS: &str = "delete all but one of these HPAs; if they have different targets and all are needed, give \
    each target and its pods labels of their own (a Deployment's selector cannot be changed, it has to be recreated)";

fn duplicate_target(subject: &Subject<'_>) -> Verdict {
    let reference = subject.hpa.reference();
    let rivals: Vec<&Hpa> = subject.index.rivals(subject.hpa).collect();
    let others: Vec<&str> = rivals.iter().map(|hpa| &*hpa.name).collect();
    let ambiguous = is_ambiguous(subject);
    let message = match (others.is_empty(), ambiguous) {
        (true, None) => return beside_keda(subject),
        (true, Some(condition)) => {
            format!(
                "several HPAs act on the same pods, and the controller acts for none: {}",
                cause(&condition.message)
            )
        }
        (false, ambiguous) => {
            let so =
                if ambiguous.is_some() { ", so the controller acts for none of them" } else { "" };
            format!("{reference} is also scaled by {}{so}", name_rivals(&rivals))
        }
    };
    let raise = Violation::new(Severity::Error, message)
        .with("target", reference)
        .with("otherCount", others.len())
        .with("others", few(others));
    let Some(condition) = ambiguous else { return raise.into() };
    let raise = raise.with("controllerMessage", condition.message.as_str());
    if rivals.is_empty() { raise.action(SHARED_PODS) } else { raise }.into()
}

/// A `ScaledObject` of manifests with the same target. In a cluster, KEDA has made its HPA.
fn beside_keda(subject: &Subject<'_>) -> Verdict {
    let hpa = subject.hpa;
    if !subject.world.of_manifests || hpa.is_of_keda() {
        return Verdict::Clear;
    }
    let reference = hpa.reference();
    let has_target = |object: &&ScaledObject| {
        let target = object.target.as_ref();
        // KEDA takes over an HPA of the name that it would give its own.
        target.is_some_and(|it| same(it, &hpa.target)) && object.hpa.as_deref() != Some(&*hpa.name)
    };
    let Some(object) = subject.index.scaled_objects(&hpa.namespace).find(has_target) else {
        return Verdict::Clear;
    };
    let made = object.hpa.as_deref().unwrap_or_default();
    let message = format!(
        "{reference} is also scaled by ScaledObject {}, for which KEDA makes HPA {made}",
        object.name
    );
    Violation::new(Severity::Error, message)
        .with("target", reference)
        .with("otherCount", 1)
        .with("others", made)
        .with("scaledObject", object.name.as_str())
        .action("delete this HPA; its metrics can be triggers of the ScaledObject")
        .into()
}

pub(in super::super) const SELECTOR_OVERLAP: Rule = Rule {
    id: "selector-overlap",
    severity: Severity::Warning,
    title: "selector also matches other workloads' pods",
    condition: "The target's selector matches running pods that the target does not own, or finished ones that fail a metric; an error where one of them lacks a request that a metric needs.",
    action: "give the target and its pods labels of their own; a Deployment's selector cannot be changed, it has to be recreated",
    explain: "\
The HPA averages its metrics over all pods that the target's selector matches, also those that belong \
to something else. A job or a second Deployment with the same label then raises or lowers the reading, \
and one of its pods without a request stops utilization metrics altogether, though the target itself \
looks fine: also when it has long finished.

The selector is that of the target's /scale. It is raised where a pod that is neither finished nor terminating matches it, and is owned \
neither by the target nor by a ReplicaSet of it, and where a finished or terminating one lacks a request. It is an error where such pods lack a request that a metric of the \
HPA needs and has no reading for; where they alone do, missing-requests is not reported besides. Of a custom resource, whose pods \
may be owned by anything, it is raised for pods of Jobs.",
    needs: &[Need::Target, Need::Pods],
    uses: &[],
    check: |subject| selector_overlap(subject).into(),
};

fn selector_overlap(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let Some(workload) = subject.target.clone()? else { return Ok(None) };
    if workload.measured_by().is_none() && workload.no_selector.is_none() {
        return Ok(None);
    }
    let pods = subject.index.measured(workload)?;
    let selector = workload.measured_by().unwrap_or_default();
    let mut strangers: Vec<&Pod> =
        pods.iter().copied().filter(|pod| !subject.owns(pod) && !pod.is_deployer()).collect();
    let lacking: Vec<&Pod> = requests::lacking(subject)
        .into_iter()
        .filter(|pod| strangers.iter().any(|it| std::ptr::eq(*it, *pod)))
        .collect();
    let is_live = |pod: &&Pod| pod.deleted_at.is_none() && !pod.is_finished();
    strangers.retain(is_live);
    if strangers.is_empty() && lacking.is_empty() {
        let known = workload.owns_its_pods()
            || workload.kind == "Rollout"
            || one_owner(&pods)
            || pods.iter().any(|pod| pod.is_owned_by(workload));
        return if known { Ok(None) } else { Err(Unknown::pods_of(&workload.kind)) };
    }
    let Some(first) = strangers.first() else {
        return Ok(Some(finished_overlap(subject, selector, &lacking)));
    };
    let owner = match &first.owner {
        Some(owner) => format!("of {}/{}", owner.kind, owner.name),
        None => "without an owner".to_owned(),
    };
    let names: Vec<&str> = strangers.iter().map(|pod| &*pod.name).collect();
    let which = match names.len() {
        1 => format!("a pod that it does not own, {} {owner}: its usage", first.name),
        many => {
            format!("{many} pods that it does not own, such as {} {owner}: their usage", first.name)
        }
    };
    let mut message = format!(
        "the selector {selector} of {} also matches {which} counts for this HPA",
        subject.hpa.reference(),
    );
    let mut raise = Violation::new(Severity::Warning, "");
    if let Some(pod) = lacking.first() {
        raise.severity = Severity::Error;
        let what = if is_live(pod) { pod.name.clone() } else { described(pod) };
        message = format!("{message}, and {what} lacks a request, which stops its metric");
        raise = raise.action(requests::cure(&lacking));
    }
    let template = workload.template_of.as_ref().filter(|of| of.kind == "Deployment");
    let is_template =
        |pod: &&Pod| template.is_some_and(|of| pod.owner_above() == Some(("Deployment", &of.name)));
    if strangers.iter().any(is_template)
        && let Some(of) = template
    {
        message = format!(
            "{message}; Deployment/{} is what its workloadRef names, and runs pods beside it",
            of.name,
        );
        raise = raise.action(format!(
            "scale Deployment/{} to 0 (kubectl scale): the Rollout runs pods by its template",
            of.name,
        ));
    }
    raise.message = message;
    Ok(Some(
        raise.with("selector", selector).with("podCount", names.len()).with("pods", few(names)),
    ))
}

/// Whether all pods have the same owner: then the selector has not matched another owner's pods.
fn one_owner(pods: &[&Pod]) -> bool {
    let owner = |pod: &Pod| {
        let direct = || pod.owner.as_ref().map(|owner| (owner.kind.clone(), owner.name.clone()));
        let above = pod.owner_above().map(|(kind, name)| (kind.to_owned(), name.to_owned()));
        above.or_else(direct)
    };
    let owners: BTreeSet<_> = pods.iter().map(|pod| owner(pod)).collect();
    owners.len() < 2 && !owners.contains(&None)
}

/// Finished or terminating pods of other owners that make a metric fail.
fn finished_overlap(subject: &Subject<'_>, selector: &str, pods: &[&Pod]) -> Violation {
    let which = match pods.len() {
        1 => "a pod that it does not own and that lacks a request".to_owned(),
        many => format!("{many} pods that it does not own and that lack a request"),
    };
    let message = format!(
        "the selector {selector} of {} also matches {which}: {}; the controller asks pods that have ended too, \
         which stops its metric",
        subject.hpa.reference(),
        described_some(pods),
    );
    let names: Vec<&str> = pods.iter().map(|pod| &*pod.name).collect();
    Violation::new(Severity::Error, message)
        .action(requests::cure(pods))
        .with("selector", selector)
        .with("podCount", names.len())
        .with("pods", few(names))
}

pub(in super::super) const SCALED_TO_ZERO: Rule = Rule {
    id: "scaled-to-zero",
    severity: Severity::Warning,
    title: "target scaled to zero",
    condition: "The target has 0 replicas and the controller does nothing about it (ScalingActive is False: ScalingDisabled), and neither KEDA nor the controller itself (ScaledToZero is True) keeps it at 0.",
    action: "to turn autoscaling on again, scale the target to 1 or more (kubectl scale)",
    explain: "\
Somebody or something has set the target's replicas to 0. That turns autoscaling off: the controller \
does nothing until they are 1 or more again, and minReplicas does not bring them back. Nor does it where \
minReplicas is 0: the controller wakes only what it has put to sleep itself, which the condition ScaledToZero tells.

It is raised where ScalingActive is False with the reason ScalingDisabled. Where KEDA made the HPA, 0 replicas are \
its normal state while there is nothing to do, and KEDA wakes the target: it is raised only where the ScaledObject \
was read and keeps more than 0 (minReplicaCount without idleReplicaCount 0), or is not ready, so that nothing wakes \
the target. A ScaledObject that is paused has a finding of its own (keda-managed).",
    needs: &[],
    uses: &[Need::ScaledObjects],
    check: |subject| scaled_to_zero(subject).into(),
};

fn scaled_to_zero(subject: &Subject<'_>) -> Option<Violation> {
    let hpa = subject.hpa;
    let off = subject.condition(conditions::SCALING_ACTIVE, false);
    off.filter(|condition| condition.reason == reasons::SCALING_DISABLED)?;
    if hpa.has_scaled_to_zero() {
        return None;
    }
    let raise = |why: &str| {
        let message =
            format!("{} has 0 replicas, which turns autoscaling off; {why}", hpa.reference());
        Violation::new(Severity::Warning, message).with("minReplicas", hpa.min_replicas)
    };
    let Some(keda) = Keda::of(subject) else {
        return Some(match hpa.min_replicas {
            0 => {
                raise("the controller wakes only what it has scaled to zero itself (minReplicas 0)")
            }
            min => raise(&format!("minReplicas ({min}) does not bring it back")),
        });
    };
    let object = keda.object.filter(|object| !object.paused)?;
    let reference = keda.reference();
    if object.ready == Some(false) {
        let raise = raise(&format!("{reference} is not ready, so that nothing wakes it"));
        return Some(raise.action(
            "see why the ScaledObject is not ready (kubectl describe scaledobject), above all its triggers",
        ));
    }
    if keda.rests_at_zero() {
        return None;
    }
    let min = object.min_replicas.unwrap_or_default();
    let raise = raise(&format!("{reference} keeps at least {min} (minReplicaCount)"));
    Some(raise.action(format!(
        "scale the target to {min} (kubectl scale), and see why KEDA does not (the log of keda-operator)"
    )))
}

#[cfg(test)]
mod tests;
