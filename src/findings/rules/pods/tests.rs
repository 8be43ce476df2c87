use super::super::super::fixtures::{Case, HOUR_AGO, MINUTE_AGO, condition};
use super::*;

fn unready(pod: &mut Pod) {
    pod.ready = false;
}

fn crashing(pod: &mut Pod) {
    pod.ready = false;
    pod.waiting_reasons = vec!["CrashLoopBackOff".to_owned()];
    pod.restarts = 7;
}

fn pending(pod: &mut Pod) {
    pod.ready = false;
    pod.phase = "Pending".to_owned();
    pod.unschedulable = Some("0/1 nodes are available: 1 Insufficient cpu.".to_owned());
}

/// With the Deployment's condition `Available` false since that time.
fn unavailable(case: Case, since: &str) -> Case {
    let condition = condition("Available", "False", "MinimumReplicasUnavailable", "", since);
    case.target(|target| target.conditions.push(condition))
}

fn ready_of(ready: usize, all: usize) -> Case {
    Case::new().pods(ready, |_| {}).pods(all - ready, unready)
}

#[test]
fn too_few_ready() {
    assert_eq!(
        unavailable(ready_of(6, 9), HOUR_AGO).message("not-ready"),
        "6 of 9 replicas of Deployment/web are ready, and it has been unavailable (Available is False) for 1 h"
    );
    unavailable(ready_of(7, 10), HOUR_AGO).clear("not-ready");
    unavailable(ready_of(6, 9), MINUTE_AGO).clear("not-ready");
    Case::new().replicas(2, 0, 10).clear("not-ready");
    // A target that reports no ready replicas: its pods are counted.
    let uncounted = ready_of(1, 4).target(|target| target.replicas.ready = None);
    unavailable(uncounted.clone(), HOUR_AGO).raised("not-ready");
    let unread = uncounted.world(|world| world.pods = Err(Case::unread()));
    assert_eq!(unread.unknown("not-ready"), "forbidden");
}

#[test]
fn for_how_long_by_history() {
    assert_eq!(ready_of(1, 4).why_unknown("not-ready"), Unknown::NoHistory);
    assert_eq!(ready_of(1, 4).minutes([2, 1]).why_unknown("not-ready"), TOO_LITTLE);
    assert!(ready_of(1, 4).minutes([3, 2, 1]).message("not-ready").ends_with("for 3 min or more"));
    let recovered = Case::new().pods(4, |_| {}).minutes([4, 3, 2]).target(|target| {
        target.replicas.ready = Some(1);
    });
    recovered.clear("not-ready");
    let new = ready_of(1, 4).target(|target| target.created_at = MINUTE_AGO.parse().ok());
    new.clear("not-ready");
}

#[test]
fn no_node() {
    let case = Case::new().pods(4, |_| {}).pods(2, pending);
    assert_eq!(
        case.message("unschedulable"),
        "2 of 6 pods have no node: 0/1 nodes are available: 1 Insufficient cpu"
    );
    assert_eq!(case.severity("unschedulable"), Severity::Error);
    let new = Case::new().pods(4, |_| {}).pods(2, |pod| {
        pending(pod);
        pod.created_at = MINUTE_AGO.parse().ok();
    });
    assert_eq!(new.severity("unschedulable"), Severity::Warning);
    assert_eq!(new.pods(1, pending).severity("unschedulable"), Severity::Error);
    Case::new().pods(4, unready).clear("unschedulable");
    let leaving = |pod: &mut Pod| {
        pending(pod);
        pod.deleted_at = MINUTE_AGO.parse().ok();
    };
    Case::new().pods(4, leaving).clear("unschedulable");
}

#[test]
fn pods_that_are_refused() {
    let failure = |status: &str| {
        condition("ReplicaFailure", status, "FailedCreate", "exceeded quota: small", HOUR_AGO)
    };
    let refused = |status: &str| {
        let case = Case::new().pods(1, |_| {}).target(|target| {
            target.replicas.spec = Some(4);
            target.conditions.push(failure(status));
        });
        unavailable(case, HOUR_AGO)
    };
    assert_eq!(
        refused("True").message("unschedulable"),
        "pods of Deployment/web cannot be created (FailedCreate): exceeded quota: small"
    );
    assert_eq!(refused("True").ids(), ["unschedulable"], "that is why they are not ready");
    assert_eq!(refused("False").ids(), ["not-ready"]);
    let stuck = |status: &str| progressing(refused(status), "False", "ProgressDeadlineExceeded");
    assert_eq!(stuck("True").ids(), ["unschedulable"], "nor is the rollout at fault");
    assert_eq!(stuck("False").ids(), ["rollout-stuck"]);
    let unread = refused("True").world(|world| world.pods = Err(Case::unread()));
    unread.raised("unschedulable");
    assert_eq!(
        Case::new().world(|world| world.pods = Err(Case::unread())).unknown("unschedulable"),
        "forbidden"
    );
}

fn progressing(case: Case, status: &str, reason: &str) -> Case {
    let said =
        condition("Progressing", status, reason, "ReplicaSet \"web-2\" has timed out.", HOUR_AGO);
    case.target(|target| target.conditions.push(said))
}

#[test]
fn stuck_rollouts() {
    let case = progressing(ready_of(3, 4), "False", "ProgressDeadlineExceeded");
    assert_eq!(
        case.message("rollout-stuck"),
        "the rollout of Deployment/web is stuck with 4 of 4 replicas updated: ReplicaSet \"web-2\" has timed out"
    );
    progressing(ready_of(3, 4), "True", "ReplicaSetUpdated").clear("rollout-stuck");
    let few =
        unavailable(progressing(ready_of(1, 4), "False", "ProgressDeadlineExceeded"), HOUR_AGO);
    assert_eq!(few.ids(), ["rollout-stuck"], "and not not-ready");
    let crash = |other: fn(&mut Pod)| {
        let case = Case::new().pods(3, |_| {}).pods(1, crashing).pods(1, other);
        progressing(case, "False", "ProgressDeadlineExceeded")
    };
    assert_eq!(crash(|_| {}).ids(), ["crash-oom"]);
    assert_eq!(crash(unready).ids(), ["rollout-stuck", "crash-oom"]);
}

#[test]
fn paused_rollouts() {
    let paused = |case: Case| case.target(|target| target.paused = true);
    assert_eq!(paused(Case::new()).severity("rollout-paused"), Severity::Warning);
    Case::new().clear("rollout-paused");
    let never = unavailable(paused(Case::new()), HOUR_AGO).target(|target| {
        (target.replicas.status, target.replicas.ready) = (Some(0), Some(0));
    });
    let raise = never.raised("rollout-paused");
    assert_eq!(raise.message, "Deployment/web is paused and has none of its 4 pods");
    assert_eq!(raise.severity, Severity::Error);
    assert_eq!(never.ids(), ["rollout-paused"]);
    let unready = unavailable(paused(ready_of(1, 4)), HOUR_AGO);
    assert_eq!(unready.ids(), ["not-ready", "rollout-paused"], "pausing stops no pod");
}

#[test]
fn crashes() {
    let ended = |reason: &'static str, at: &'static str| {
        move |pod: &mut Pod| {
            let end = crate::kube::LastTermination {
                container: "app".to_owned(),
                reason: reason.to_owned(),
                exit_code: Some(137),
                at: at.parse().ok(),
            };
            pod.last_oom = (reason == "OOMKilled").then(|| end.clone());
            pod.last_termination = Some(end);
        }
    };
    assert_eq!(
        Case::new().pods(3, |_| {}).pods(1, crashing).message("crash-oom"),
        "1 of 4 pods crashes"
    );
    let oom = Case::new().pods(1, |_| {}).pods(2, ended("OOMKilled", MINUTE_AGO));
    assert_eq!(
        oom.message("crash-oom"),
        "2 of 3 pods crash, 2 out of memory: container app of web-5d4b9d8b47-2 last ended by OOMKilled, \
         exit code 137, 0 restarts"
    );
    Case::new().pods(2, ended("OOMKilled", HOUR_AGO)).clear("crash-oom");
    Case::new().pods(2, ended("OOMKilled", "2026-11-23T11:50:00Z")).raised("crash-oom");
    Case::new().pods(2, ended("Error", MINUTE_AGO)).clear("crash-oom");
    let pulling = |pod: &mut Pod| pod.waiting_reasons = vec!["ImagePullBackOff".to_owned()];
    Case::new().pods(2, pulling).clear("crash-oom");
    // A sidecar that ended later does not hide it.
    let both = Case::new().pods(1, |pod| {
        ended("OOMKilled", MINUTE_AGO)(pod);
        let end = pod.last_termination.as_mut().unwrap();
        (end.container, end.reason, end.exit_code) = ("proxy".into(), "Error".into(), Some(3));
    });
    assert_eq!(
        both.message("crash-oom"),
        "1 of 1 pod crashes, 1 out of memory: container app of web-5d4b9d8b47-0 last ended by OOMKilled, \
         exit code 137, 0 restarts"
    );
    let unread = Case::new().world(|world| world.pods = Err(Case::unread()));
    assert_eq!(unread.unknown("crash-oom"), "forbidden");
}

#[test]
fn one_cause_is_reported_once() {
    let of = |broken: usize, unready_too: usize| {
        let case = Case::new().pods(4, |_| {}).pods(broken, crashing).pods(unready_too, unready);
        unavailable(case.hpa(|hpa| hpa.max_replicas = 20), HOUR_AGO).ids()
    };
    assert_eq!(of(5, 0), ["crash-oom"]);
    assert_eq!(of(5, 1), ["crash-oom"], "9 of 10 would do");
    assert_eq!(of(1, 5), ["not-ready", "crash-oom"], "5 of 10 would not");
    // The quota already refuses pods, so its future refusal is not reported too.
    let quota = |left: &str| {
        let text = |text: &str| [("pods".to_owned(), text.parse().unwrap())].into();
        let quota = crate::kube::Quota {
            namespace: "shop".to_owned(),
            name: "small".to_owned(),
            scoped: false,
            hard: text("4"),
            used: text("4"),
        };
        let said = format!("pods \"web-1\" is forbidden: {left}");
        let failure = condition("ReplicaFailure", "True", "FailedCreate", &said, HOUR_AGO);
        Case::new()
            .pods(4, |_| {})
            .target(|target| {
                target.replicas.spec = Some(5);
                target.conditions.push(failure);
            })
            .world(|world| world.quotas = Ok(vec![quota]))
            .ids()
    };
    assert_eq!(quota("exceeded quota: small, requested: pods=1"), ["unschedulable"]);
    assert_eq!(quota("denied by a webhook"), ["unschedulable", "burst-over-quota"]);
}
