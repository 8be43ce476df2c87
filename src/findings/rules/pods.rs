//! Rules about whether the HPA's replicas really run.

use jiff::SignedDuration;

use super::super::finding::{Severity, Violation};
use super::super::rule::{Need, Rule};
use super::super::streak::{Lasted, Streak, TOO_LITTLE, span};
use super::super::subject::Subject;
use super::super::unknown::{Known, Unknown};
use super::{cause, count, few, replicas_of};
use crate::kube::{Condition, Pod, Workload};

/// The number of ready pods, by the target's status, or else by counting pods.
pub(super) fn ready(subject: &Subject<'_>) -> Option<i32> {
    let workload = subject.workload()?;
    let counted = || {
        let pods = subject.live_pods().ok()?;
        i32::try_from(pods.iter().filter(|pod| pod.ready).count()).ok()
    };
    workload.replicas.ready.or_else(counted)
}

/// Below this fraction of the replicas, ready pods are too few.
const ENOUGH: f64 = 0.7;
const UNREADY: SignedDuration = SignedDuration::from_mins(3);

fn too_few(ready: i32, of: i32) -> bool {
    of > 0 && f64::from(ready) < ENOUGH * f64::from(of)
}

pub(in super::super) const NOT_READY: Rule = Rule {
    id: "not-ready",
    severity: Severity::Error,
    title: "too few pods are ready",
    condition: "Fewer than 70 % of the target's replicas are ready, for 3 minutes.",
    action: "find out why the pods are not ready (kubectl describe pod, kubectl logs)",
    explain: "\
An HPA's status counts the replicas that are asked for, not those that serve. Where fewer than 70 % of them are \
ready the real capacity is far below what the HPA shows, and it scales by the few that are measured.

How long it has been so comes from the history. Without one the Deployment's condition Available is used, \
once it has been False for 3 minutes: it has a threshold of its own (maxUnavailable), so the message then says only \
how long it has been False. Without either it is not evaluated. It is left out where crashing pods (crash-oom), pods \
without a node (unschedulable) or a stuck or paused rollout are the reason.",
    needs: &[Need::Target],
    uses: &[Need::Pods, Need::History],
    check: |subject| not_ready(subject).into(),
};

fn not_ready(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let Some(workload) = subject.target.clone()? else { return Ok(None) };
    let Some(wanted) = workload.replicas.spec.filter(|replicas| *replicas > 0) else {
        return Ok(None);
    };
    // Its pods are being deleted on purpose.
    if workload.deleted_at.is_some() {
        return Ok(None);
    }
    let Some(ready) = ready(subject) else {
        let why = subject.pods.as_ref().err().cloned();
        let uncounted = || Unknown::Undetermined("the target reports no ready pods".into());
        return Err(why.unwrap_or_else(uncounted));
    };
    if !too_few(ready, wanted) {
        return Ok(None);
    }
    let unavailable = workload
        .condition("Available")
        .filter(|condition| condition.is_true() == Some(false))
        .and_then(|condition| condition.last_transition_time)
        .map(|since| subject.since(since));
    let lasted = match &subject.past {
        Ok(past) => {
            let run = Streak::of(past, subject.now, |reading| {
                let target = reading.target()?;
                Some(too_few(target.ready?, target.replicas?))
            });
            run.lasted(subject, UNREADY, 2)
        }
        Err(_) => Lasted::Unknown,
    };
    let new = workload.created_at.is_some_and(|created| subject.since(created) < UNREADY);
    let raise = |since: String| {
        let reference = subject.hpa.reference();
        let are = if ready == 1 || wanted == 1 { "is" } else { "are" };
        let of = replicas_of(wanted);
        let message = format!("{ready} of {of} of {reference} {are} ready, {since}");
        Violation::new(Severity::Error, message)
            .with("readyReplicas", ready)
            .with("replicas", wanted)
    };
    match lasted {
        Lasted::Yes(length) => {
            let raise = raise(format!("for {}", span(length)));
            Ok(Some(raise.with("lastedSeconds", length.as_secs())))
        }
        Lasted::Unknown if let Some(length) = unavailable.filter(|length| *length >= UNREADY) => {
            let since =
                format!("and it has been unavailable (Available is False) for {}", span(length));
            Ok(Some(raise(since).with("unavailableSeconds", length.as_secs())))
        }
        // A Deployment that was available three minutes ago had its pods then.
        Lasted::Unknown if !new && unavailable.is_none() => {
            Err(subject.past.as_ref().err().cloned().unwrap_or(TOO_LITTLE))
        }
        _ => Ok(None),
    }
}

pub(in super::super) const UNSCHEDULABLE: Rule = Rule {
    id: "unschedulable",
    severity: Severity::Error,
    title: "pods cannot be scheduled or created",
    condition: "Pods of the target are pending because no node takes them, or cannot be created (ReplicaFailure); a warning while the oldest of them is under 2 minutes old.",
    action: "add nodes or raise the quota, lower the requests, or lower maxReplicas to what the cluster can hold",
    explain: "\
The HPA has asked for replicas that cannot run: no node has room for them, or the API server refuses to \
create them (a quota, a webhook). The HPA counts them as replicas all the same.

It is raised for pods whose condition PodScheduled is False with the reason Unschedulable, and where the \
target's condition ReplicaFailure is True. The message has the scheduler's own words. A cluster autoscaler \
needs a minute or two to bring a node: for so long it is a warning.",
    needs: &[Need::Target, Need::Pods],
    uses: &[],
    check: |subject| unschedulable(subject).into(),
};

const NEW_NODE: SignedDuration = SignedDuration::from_mins(2);

fn replica_failure(workload: &Workload) -> Option<&Condition> {
    workload.condition("ReplicaFailure").filter(|condition| condition.is_true() == Some(true))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as filters give it")]
fn has_no_node(pod: &&Pod) -> bool {
    pod.unschedulable.is_some()
}

fn unschedulable(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let Some(workload) = subject.target.clone()? else { return Ok(None) };
    let failure = replica_failure(workload);
    let pods = match (subject.live_pods(), failure) {
        (Ok(pods), _) => pods,
        (Err(_), Some(_)) => Vec::new(),
        (Err(why), None) => return Err(why),
    };
    let pending: Vec<&Pod> = pods.iter().copied().filter(has_no_node).collect();
    let names: Vec<&str> = pending.iter().map(|pod| &*pod.name).collect();
    let said = pending.first().and_then(|pod| pod.unschedulable.as_deref());
    let raise = match (said, failure) {
        (Some(said), _) => {
            let is_new = |pod: &&Pod| {
                pod.created_at.is_some_and(|created| subject.since(created) < NEW_NODE)
            };
            let severity =
                if pending.iter().all(is_new) { Severity::Warning } else { Severity::Error };
            let have = if names.len() == 1 { "has" } else { "have" };
            let message = format!(
                "{} of {} {have} no node: {}",
                names.len(),
                count(pods.len(), "pod"),
                cause(said),
            );
            Violation::new(severity, message).with("schedulerMessage", said)
        }
        (None, Some(failure)) => {
            let message = format!(
                "pods of {} cannot be created ({}): {}",
                subject.hpa.reference(),
                failure.reason,
                cause(&failure.message),
            );
            Violation::new(Severity::Error, message)
                .with("controllerMessage", failure.message.as_str())
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(raise.with("podCount", names.len()).with("pods", few(names))))
}

pub(in super::super) const ROLLOUT_STUCK: Rule = Rule {
    id: "rollout-stuck",
    severity: Severity::Error,
    title: "the rollout does not finish",
    condition: "The target's condition Progressing is False with the reason ProgressDeadlineExceeded.",
    action: "find out why the new pods do not become ready (kubectl rollout status, kubectl describe pod), then fix the template or undo it (kubectl rollout undo)",
    explain: "\
A rollout of the target has made no progress within its progressDeadlineSeconds (600 by default). Old and \
new pods run side by side, and the HPA scales both; its metrics are a mixture.

It is left out where all pods that are not ready crash (crash-oom) or have no node (unschedulable): that is the reason \
then, and is reported itself.",
    needs: &[Need::Target],
    uses: &[],
    check: |subject| rollout_stuck(subject).into(),
};

fn rollout_stuck(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let Some(workload) = subject.target.clone()? else { return Ok(None) };
    let stuck = workload.condition("Progressing").filter(|condition| {
        condition.is_true() == Some(false) && condition.reason == "ProgressDeadlineExceeded"
    });
    let raise = |condition: &Condition| {
        let updated = match (workload.replicas.updated, workload.replicas.spec) {
            (Some(updated), Some(of)) => format!(" with {updated} of {} updated", replicas_of(of)),
            _ => String::new(),
        };
        let message = format!(
            "the rollout of {} is stuck{updated}: {}",
            subject.hpa.reference(),
            cause(&condition.message),
        );
        let raise = Violation::new(Severity::Error, message)
            .with("controllerMessage", condition.message.as_str());
        match condition.last_transition_time {
            Some(since) => raise.with("since", since.to_string()),
            None => raise,
        }
    };
    Ok(stuck.map(raise))
}

pub(in super::super) const ROLLOUT_PAUSED: Rule = Rule {
    id: "rollout-paused",
    severity: Severity::Warning,
    title: "the rollout is paused",
    condition: "The target's spec.paused is true; an error where it has no pods at all because of that.",
    action: "resume it (kubectl rollout resume)",
    explain: "\
While the target's rollout is paused the HPA still scales it, but by the old template: a change that was \
made meanwhile does not reach the pods. A Deployment that was created paused has no pods whatever the HPA \
asks for; then it is an error.",
    needs: &[Need::Target],
    uses: &[],
    check: |subject| rollout_paused(subject).into(),
};

fn rollout_paused(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let Some(workload) = subject.target.clone()?.filter(|workload| workload.paused) else {
        return Ok(None);
    };
    let reference = subject.hpa.reference();
    let raise = if has_no_pods(subject) {
        let wanted = workload.replicas.spec.unwrap_or_default();
        let message = match wanted {
            1 => format!("{reference} is paused and has no pod"),
            _ => format!("{reference} is paused and has none of its {wanted} pods"),
        };
        Violation::new(Severity::Error, message).with("replicas", wanted)
    } else {
        Violation::new(
            Severity::Warning,
            format!(
                "the rollout of {reference} is paused: changes to its template do not reach its pods"
            ),
        )
    };
    Ok(Some(raise))
}

/// Whether the target should have replicas and none exists.
pub(in super::super) fn has_no_pods(subject: &Subject<'_>) -> bool {
    subject.workload().is_some_and(|workload| {
        workload.replicas.spec.is_some_and(|wanted| wanted > 0)
            && workload.replicas.status == Some(0)
    })
}

pub(in super::super) const CRASH_OOM: Rule = Rule {
    id: "crash-oom",
    severity: Severity::Error,
    title: "pods crash or run out of memory",
    condition: "A pod of the target is in CrashLoopBackOff, or one of its containers was OOMKilled within the last 10 minutes.",
    action: "read the log of the ended container (kubectl logs --previous); where it was OOMKilled raise its memory limit: more replicas do not help",
    explain: "\
Pods that crash carry no load, and while they start they burn cpu: the HPA sees either no metrics or \
misleading ones. It is a defect of the program or its limits, not a matter of load, and scaling does not cure it.

It is raised for pods of the target that are neither finished nor terminating, with a container waiting \
in CrashLoopBackOff, or with one that was OOMKilled within ten minutes. What follows from it (unready pods, missing metrics, a stuck \
rollout, an HPA that does not scale) is not reported besides, unless all of them are ready again.",
    needs: &[Need::Target, Need::Pods],
    uses: &[],
    check: |subject| crash_oom(subject).into(),
};

const RECENT: SignedDuration = SignedDuration::from_mins(10);

fn is_oom(subject: &Subject<'_>, pod: &Pod) -> bool {
    let at = pod.last_oom.as_ref().and_then(|end| end.at);
    at.is_some_and(|at| subject.since(at) <= RECENT)
}

fn is_crashing(subject: &Subject<'_>, pod: &Pod) -> bool {
    pod.is_crash_looping() || is_oom(subject, pod)
}

fn crash_oom(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let pods = subject.live_pods()?;
    let crashing: Vec<&Pod> =
        pods.iter().copied().filter(|pod| is_crashing(subject, pod)).collect();
    let Some(worst) = crashing.iter().max_by_key(|pod| pod.restarts) else { return Ok(None) };
    let oom = crashing.iter().filter(|pod| is_oom(subject, pod)).count();
    let verb = if crashing.len() == 1 { "crashes" } else { "crash" };
    let mut message = format!("{} of {} {verb}", crashing.len(), count(pods.len(), "pod"));
    if oom > 0 {
        message = format!("{message}, {oom} out of memory");
    }
    let end = worst.last_oom.as_ref().filter(|_| is_oom(subject, worst));
    if let Some(end) = end.or(worst.last_termination.as_ref()) {
        let code = end.exit_code.map(|code| format!(", exit code {code}")).unwrap_or_default();
        message = format!(
            "{message}: container {} of {} last ended by {}{code}, {}",
            end.container,
            worst.name,
            end.reason,
            count(usize::try_from(worst.restarts).unwrap_or_default(), "restart"),
        );
    }
    let names: Vec<&str> = crashing.iter().map(|pod| &*pod.name).collect();
    let restarts = crashing.iter().fold(0_i32, |sum, pod| sum.saturating_add(pod.restarts));
    Ok(Some(
        Violation::new(Severity::Error, message)
            .with("podCount", names.len())
            .with("oomKilled", oom)
            .with("restarts", restarts)
            .with("pods", few(names)),
    ))
}

/// Whether the pod has a finding of its own.
fn is_broken(subject: &Subject<'_>, pod: &Pod) -> bool {
    pod.unschedulable.is_some() || is_crashing(subject, pod)
}

/// Whether enough pods would be ready if none crashed and all had a node.
pub(in super::super) fn broken_explain_unready(subject: &Subject<'_>) -> bool {
    let (Some(workload), Ok(pods)) = (subject.workload(), subject.live_pods()) else {
        return false;
    };
    let broken = pods.iter().filter(|pod| !pod.ready && is_broken(subject, pod)).count();
    let wanted = workload.replicas.spec.unwrap_or_default();
    let never_made = match replica_failure(workload) {
        Some(_) => usize::try_from(wanted).unwrap_or_default().saturating_sub(pods.len()),
        None => 0,
    };
    let excused = i32::try_from(broken + never_made).unwrap_or(i32::MAX);
    ready(subject).is_some_and(|ready| !too_few(ready.saturating_add(excused), wanted))
}

/// Whether all missing pods were refused, or crash, or have no node.
pub(in super::super) fn only_broken_unready(subject: &Subject<'_>) -> bool {
    let (Some(workload), Ok(mut unready)) = (subject.workload(), subject.live_pods()) else {
        return false;
    };
    unready.retain(|pod| !pod.ready);
    let lacking = !unready.is_empty() || replica_failure(workload).is_some();
    lacking && unready.iter().all(|pod| is_broken(subject, pod))
}

/// Whether a crashing pod is not ready now.
pub(in super::super) fn crashing_unready(subject: &Subject<'_>) -> bool {
    let is = |pod: &&Pod| !pod.ready && is_crashing(subject, pod);
    subject.live_pods().is_ok_and(|pods| pods.iter().any(is))
}

/// Whether a quota refuses the target's pods, and no pod waits for a node.
pub(in super::super) fn refused_by_quota(subject: &Subject<'_>) -> bool {
    let failure = subject.workload().and_then(replica_failure);
    let pending = || subject.live_pods().is_ok_and(|pods| pods.iter().any(has_no_node));
    failure.is_some_and(|failure| failure.message.contains("exceeded quota")) && !pending()
}

#[cfg(test)]
mod tests;
