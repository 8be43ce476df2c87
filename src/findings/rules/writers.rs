//! Rules about clients that set the replicas of an HPA's target.

use std::borrow::Cow;

use super::super::finding::{Severity, Violation};
use super::super::rule::{Need, Rule};
use super::super::subject::Subject;
use super::super::unknown::Known;
use super::{few, some};
use crate::hpa::Hpa;
use crate::kube::{ReplicasWriter, Workload};

pub(in super::super) const REPLICAS_FIGHT: Rule = Rule {
    id: "replicas-fight",
    severity: Severity::Warning,
    title: "something else sets the replicas too",
    condition: "A client that applies manifests again and again (server-side apply, kubectl apply, Helm, Argo CD, Flux, Terraform, …) sets the target's spec.replicas, or another one has set them again after the HPA had scaled.",
    action: "remove spec.replicas from the manifest or chart that is applied again and again",
    explain: "\
Whoever applies a manifest with spec.replicas sets the count back to what stands there, whatever the HPA \
has made of it: with every deployment a loaded service drops to its start size, and climbs back by the HPA.

It is raised where metadata.managedFields has an owner of spec.replicas by server-side apply, or by an update of a \
tool that applies manifests (known by its name, or by its labels and annotations); where the manifest that \
kubectl apply keeps in its annotation last-applied-configuration has the field; and where any other client, such as \
an operator, owns the field although the HPA has scaled since the target was created: it has set the field again.

Who created the target with a number, or edited it once (kubectl create, edit, scale, a dashboard), does not repeat \
that, and nothing is raised. Nor is it where the HPA holds the very same count (min equals max), or for an update \
to 1 replica before the HPA has scaled: that may be the API server's default. Whether Argo CD ignores the field \
(ignoreDifferences) cannot be seen from the cluster. To hand the field over without a jump, first \
remove it from what is last applied (kubectl apply edit-last-applied), then from the manifest.",
    needs: &[Need::Target],
    uses: &[],
    check: |subject| replicas_fight(subject).into(),
};

fn replicas_fight(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let Some(workload) = subject.target.clone()? else { return Ok(None) };
    let hpa = subject.hpa;
    if subject.world.of_manifests {
        return Ok(set_by_manifest(hpa, workload));
    }
    let writers = &workload.replicas_owners.writers;
    // The HPA sets the same count.
    let agrees = |writer: &ReplicasWriter| {
        hpa.min_replicas == hpa.max_replicas && writer.replicas == Some(hpa.min_replicas)
    };
    let repeats = |writer: &ReplicasWriter| writer.applies || sets_again(subject, workload, writer);
    let fighting: Vec<&ReplicasWriter> =
        writers.iter().filter(|writer| !agrees(writer) && repeats(writer)).collect();
    // A client that applies manifests comes first, because that can be fixed at once.
    let first = fighting.iter().find(|writer| writer.applies).or(fighting.first());
    let Some(first) = first.copied() else { return Ok(None) };
    let names: Vec<&str> = fighting.iter().map(|writer| &*writer.name).collect();
    let again = if first.applies { "" } else { ", again after the HPA had scaled" };
    let message = format!(
        "spec.replicas of {} is also set by {}, against the HPA{again}",
        hpa.reference(),
        some(&names),
    );
    let mut raise = Violation::new(Severity::Warning, message).with("managers", few(names));
    if let Some(replicas) = first.replicas {
        raise = raise.with("setTo", replicas);
    }
    Ok(Some(raise.action(action(first))))
}

/// A manifest that sets the replicas. That of an object read from a cluster (it has a uid) has them
/// from the HPA.
fn set_by_manifest(hpa: &Hpa, workload: &Workload) -> Option<Violation> {
    let replicas = workload.replicas.spec.filter(|_| workload.uid.is_empty())?;
    if hpa.min_replicas == hpa.max_replicas && replicas == hpa.min_replicas {
        return None;
    }
    let message = format!(
        "the manifest of {} sets spec.replicas to {replicas}: each time it is applied it undoes what \
         the HPA has set",
        hpa.reference()
    );
    let action = "remove spec.replicas from the manifest or chart";
    Some(Violation::new(Severity::Warning, message).with("setTo", replicas).action(action))
}

/// Whether a client has set the field after an autoscaler, which had taken over its ownership.
fn sets_again(subject: &Subject<'_>, workload: &Workload, writer: &ReplicasWriter) -> bool {
    let owners = &workload.replicas_owners;
    let Some(at) = writer.at else { return false };
    let last = subject.hpa.last_scale_time;
    if owners.scaled {
        return owners.scaled_at.or(last).is_some_and(|scaled| at > scaled);
    }
    // Scaling a custom resource does not change its managedFields.
    let is_tracked = matches!(
        workload.kind.as_str(),
        "Deployment" | "StatefulSet" | "ReplicaSet" | "ReplicationController"
    );
    let since_it_exists =
        |scaled: &jiff::Timestamp| workload.created_at.is_some_and(|created| created < *scaled);
    is_tracked && last.filter(since_it_exists).is_some_and(|scaled| at >= scaled)
}

fn action(writer: &ReplicasWriter) -> Cow<'static, str> {
    let name = &writer.name;
    match writer.tool.as_deref() {
        Some("kubectl apply") => "remove spec.replicas from the manifest that is applied; first \
            from what is last applied (kubectl apply edit-last-applied), so that the count does not jump"
            .into(),
        Some("helm") => "leave replicas out of the chart's template while autoscaling is on".into(),
        Some("argocd") => "remove spec.replicas from the manifest that argocd applies; nothing is to be \
            done where the Application ignores it (ignoreDifferences on /spec/replicas with \
            RespectIgnoreDifferences=true), which cannot be seen from the cluster"
            .into(),
        Some(tool @ ("terraform" | "pulumi")) => format!(
            "remove replicas from what {tool} applies, or have it ignored ({}), which cannot be seen \
             from the cluster",
            if tool == "pulumi" { "ignoreChanges" } else { "lifecycle.ignore_changes" },
        )
        .into(),
        Some(_) => format!("remove spec.replicas from the manifest that {name} applies").into(),
        None if writer.applies => {
            format!("remove spec.replicas from what {name} applies (server-side apply)").into()
        }
        None => format!(
            "have {name} leave spec.replicas to the HPA (an operator mostly takes the count from its \
             custom resource: leave it empty there), or delete the HPA"
        )
        .into(),
    }
}

#[cfg(test)]
mod tests;
