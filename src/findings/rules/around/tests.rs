use super::super::super::fixtures::{Case, pod};
use super::*;
use crate::kube::{ObjectRef, Resources, VerticalAutoscaler};
use serde_json::json;

fn budget(min_available: Option<Amount>, max_unavailable: Option<Amount>) -> Case {
    let budget = DisruptionBudget {
        namespace: "shop".to_owned(),
        name: "web-pdb".to_owned(),
        selector: Some("app=web".to_owned()),
        min_available,
        max_unavailable,
        disruptions_allowed: Some(0),
    };
    Case::new().pods(4, |_| {}).world(|world| world.budgets = Ok(vec![budget]))
}

#[test]
fn budgets() {
    use Amount::{Count, Percent};
    assert_eq!(
        budget(Some(Count(2)), None).message("pdb-blocks"),
        "the disruption budget web-pdb lets no pod go while there are 2 replicas: its minAvailable is 2"
    );
    for (min, max, blocks) in [
        (Some(Count(1)), None, false),
        (Some(Percent(100)), None, true),
        (Some(Percent(51)), None, true),
        (Some(Percent(50)), None, false),
        (None, Some(Count(0)), true),
        (None, Some(Percent(0)), true),
        (None, Some(Percent(1)), false),
        (None, Some(Count(1)), false),
        (None, None, false),
    ] {
        let raised = matches!(
            budget(min, max).verdict("pdb-blocks"),
            super::super::super::Verdict::Raised(_)
        );
        assert_eq!(raised, blocks, "{min:?} {max:?}");
    }
    let other = |change: fn(&mut DisruptionBudget)| {
        budget(Some(Count(2)), None).world(|world| change(&mut world.budgets.as_mut().unwrap()[0]))
    };
    other(|budget| budget.selector = Some("app=api".to_owned())).clear("pdb-blocks");
    other(|budget| budget.selector = None).clear("pdb-blocks");
    other(|budget| budget.namespace = "other".to_owned()).clear("pdb-blocks");
    let unread = Case::new().world(|world| world.budgets = Err(Case::unread()));
    assert_eq!(unread.unknown("pdb-blocks"), "forbidden");
}

/// With a minimum of 5: cases that other tools got wrong.
#[test]
fn budgets_at_the_edge() {
    use Amount::{Count, Percent};
    for (min, available, unavailable, blocks) in [
        (5, Some(Count(5)), None, true),
        (5, Some(Count(6)), None, true),
        (5, Some(Count(4)), None, false),
        (5, Some(Count(0)), None, false),
        (4, None, Some(Count(1)), false),
        (5, Some(Percent(100)), None, true),
        (5, Some(Percent(81)), None, true),
        (5, Some(Percent(80)), None, false),
        (5, Some(Percent(0)), None, false),
        (5, None, Some(Percent(0)), true),
        (5, None, Some(Percent(1)), false),
        (5, None, Some(Percent(100)), false),
        (1, Some(Count(1)), None, true),
        (1, Some(Percent(1)), None, true),
        (1, None, Some(Count(1)), false),
    ] {
        let case = budget(available, unavailable).hpa(|hpa| hpa.min_replicas = min);
        let raised = matches!(case.verdict("pdb-blocks"), super::super::super::Verdict::Raised(_));
        assert_eq!(raised, blocks, "{min}: {available:?} {unavailable:?}");
    }
}

/// A budget counts all the pods that it covers.
#[test]
fn budgets_of_several_targets() {
    use Amount::{Count, Percent};
    let shared = |min_available, others: usize| {
        budget(Some(min_available), None).world(|world| {
            world.budgets.as_mut().unwrap()[0].selector = Some(String::new());
            for number in 0..others {
                let mut pod = pod(100 + number);
                pod.name = format!("api-{number}");
                pod.labels = [("app".to_owned(), "api".to_owned())].into();
                pod.owner = None;
                world.pods.as_mut().unwrap().push(pod);
            }
        })
    };
    shared(Count(2), 0).raised("pdb-blocks");
    shared(Count(2), 3).clear("pdb-blocks");
    let all = shared(Count(5), 3).message("pdb-blocks");
    assert!(all.contains("2 replicas (and 3 pods of others under it)"), "{all}");
    // Half of 2 plus 3 pods, rounded up.
    shared(Percent(50), 3).clear("pdb-blocks");
    shared(Percent(81), 3).raised("pdb-blocks");
}

#[test]
fn two_budgets() {
    let generous = || budget(None, Some(Amount::Count(1)));
    let with = |selector: Option<&str>, namespace: &str| {
        let selector = selector.map(str::to_owned);
        generous().world(|world| {
            let budgets = world.budgets.as_mut().unwrap();
            let mut other = budgets[0].clone();
            (other.name, other.selector) = ("another".to_owned(), selector);
            other.namespace = namespace.to_owned();
            budgets.push(other);
        })
    };
    let raise = with(Some("app=web"), "shop").raised("pdb-blocks");
    assert_eq!(
        raise.message,
        "two PodDisruptionBudgets (another, web-pdb) cover its pods: the eviction API refuses any eviction, \
         whatever they allow"
    );
    assert!(raise.action.unwrap().starts_with("leave one"));
    // All pods of the namespace; an expression; a single pod.
    with(Some(""), "shop").raised("pdb-blocks");
    with(Some("app in (api,web)"), "shop").raised("pdb-blocks");
    with(Some("!canary"), "shop").raised("pdb-blocks");
    let one = with(Some("first"), "shop").pods(1, |pod| {
        pod.labels.insert("first".to_owned(), "yes".to_owned());
    });
    one.raised("pdb-blocks");
    with(None, "shop").clear("pdb-blocks");
    with(Some(""), "other").clear("pdb-blocks");
    with(Some("app=api"), "shop").clear("pdb-blocks");
    with(Some("app notin (web)"), "shop").clear("pdb-blocks");
    let three = with(Some(""), "shop").world(|world| {
        let budgets = world.budgets.as_mut().unwrap();
        let mut third = budgets[0].clone();
        third.name = "third".to_owned();
        budgets.push(third);
    });
    assert!(
        three.message("pdb-blocks").starts_with("3 PodDisruptionBudgets (another, third, web-pdb)")
    );
}

fn resources(amounts: &[(&str, &str)]) -> Resources {
    amounts.iter().map(|(name, text)| ((*name).to_owned(), text.parse().unwrap())).collect()
}

/// A target with 4 of at most 10 replicas, each with 100m and 128Mi.
fn quota(hard: &[(&str, &str)], used: &[(&str, &str)]) -> Case {
    let quota = Quota {
        namespace: "shop".to_owned(),
        name: "small".to_owned(),
        scoped: false,
        hard: resources(hard),
        used: resources(used),
    };
    Case::new().world(|world| world.quotas = Ok(vec![quota]))
}

#[test]
fn quotas() {
    assert_eq!(
        quota(&[("requests.cpu", "1")], &[("requests.cpu", "750m")]).message("burst-over-quota"),
        "can reach 6 of its maximum of 10 replicas: quota small has 250m of requests.cpu left, enough for 2 \
         of 6 more pods"
    );
    for (hard, used, raised) in [
        (("requests.cpu", "1"), "400m", false),
        (("requests.cpu", "1"), "401m", true),
        (("cpu", "1"), "401m", true),
        (("memory", "1Gi"), "512Mi", true),
        (("requests.memory", "1280Mi"), "512Mi", false),
        (("limits.cpu", "4"), "2", true),
        (("pods", "9"), "4", true),
        (("pods", "10"), "4", false),
        (("pods", "3"), "4", true),
        (("requests.nvidia.com/gpu", "1"), "1", false),
        (("configmaps", "1"), "1", false),
    ] {
        let case = quota(&[hard], &[(hard.0, used)]);
        let verdict = case.verdict("burst-over-quota");
        let is = matches!(verdict, super::super::super::Verdict::Raised(_));
        assert_eq!(is, raised, "{hard:?} {used}: {verdict:?}");
    }
    let tight = || quota(&[("pods", "4"), ("cpu", "400m")], &[("pods", "3"), ("cpu", "400m")]);
    assert!(tight().message("burst-over-quota").contains("0 of cpu left"), "the tightest");
    tight().replicas(2, 10, 10).clear("burst-over-quota");
    tight()
        .world(|world| world.quotas.as_mut().unwrap()[0].scoped = true)
        .clear("burst-over-quota");
    let unread = Case::new().world(|world| world.quotas = Err(Case::unread()));
    assert_eq!(unread.unknown("burst-over-quota"), "forbidden");
    // Requested replicas that do not exist yet have to fit as well.
    let short = tight().replicas(2, 6, 12).target(|target| target.replicas.spec = Some(10));
    assert_eq!(
        short.message("burst-over-quota"),
        "can reach 6 of its maximum of 12 replicas: quota small has 0 of cpu left, enough for 0 of 6 more pods"
    );
}

/// A Rollout with a workloadRef has no template of its own.
#[test]
fn quotas_without_a_template() {
    let bare = |case: Case| {
        case.target(|target| {
            target.containers.clear();
            (target.requests, target.limits) = (Resources::new(), Resources::new());
        })
    };
    let cpu = || quota(&[("requests.cpu", "1")], &[("requests.cpu", "750m")]);
    assert_eq!(
        bare(cpu().pods(4, |_| {})).message("burst-over-quota"),
        cpu().message("burst-over-quota")
    );
    assert_eq!(
        bare(cpu()).unknown("burst-over-quota"),
        "what a pod of the target requests is not known"
    );
    bare(quota(&[("configmaps", "1")], &[])).clear("burst-over-quota");
    bare(quota(&[("pods", "4")], &[("pods", "4")])).raised("burst-over-quota");
    // Requests filled in by a LimitRange count.
    let filled = cpu().target(|target| target.requests = Resources::new());
    filled.clone().clear("burst-over-quota");
    filled.pods(4, |_| {}).raised("burst-over-quota");
}

fn vertical(change: impl FnOnce(&mut VerticalAutoscaler)) -> Case {
    let mut vertical = VerticalAutoscaler {
        namespace: "shop".to_owned(),
        name: "web-vpa".to_owned(),
        target: ObjectRef {
            api_version: "apps/v1".into(),
            kind: "Deployment".into(),
            name: "web".to_owned(),
        },
        mode: "Auto".to_owned(),
        containers: std::collections::BTreeMap::new(),
        others: vec!["cpu".to_owned(), "memory".to_owned()],
    };
    change(&mut vertical);
    Case::new().world(|world| world.vertical = Ok(vec![vertical]))
}

#[test]
fn vertical_autoscalers() {
    assert_eq!(
        vertical(|_| {}).message("vpa-conflict"),
        "the VerticalPodAutoscaler web-vpa (mode Auto) sets cpu of Deployment/web, which this HPA scales by"
    );
    vertical(|v| v.mode = "Off".to_owned()).clear("vpa-conflict");
    vertical(|v| v.others = vec!["memory".to_owned()]).clear("vpa-conflict");
    let named = |name: &str, sets: &[&str]| {
        let sets = sets.iter().map(|name| (*name).to_owned()).collect();
        vertical(|v| v.containers = [(name.to_owned(), sets)].into())
    };
    // The VPA does not size the sidecar, but sizes the rest.
    named("istio-proxy", &[]).raised("vpa-conflict");
    named("app", &[]).clear("vpa-conflict");
    let unread = |case: Case| {
        let case = case.no_target();
        case.world(|world| _ = world.unread.insert("apps/Deployment".to_owned(), Case::unread()))
    };
    unread(named("istio-proxy", &[])).raised("vpa-conflict");
    let by_container = json!([{"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "app",
        "target": {"type": "Utilization", "averageUtilization": 70}}}]);
    let of_app = |case: Case| case.metrics(&by_container, &json!(null));
    of_app(named("istio-proxy", &[])).raised("vpa-conflict");
    of_app(named("app", &[])).clear("vpa-conflict");
    vertical(|v| v.target.name = "api".to_owned()).clear("vpa-conflict");
    vertical(|v| v.namespace = "other".to_owned()).clear("vpa-conflict");
    vertical(|_| {}).hpa(|hpa| hpa.metrics.clear()).external("q", "5", None).clear("vpa-conflict");
    let unread = Case::new().world(|world| world.vertical = Err(Case::unread()));
    assert_eq!(unread.unknown("vpa-conflict"), "forbidden");
}
