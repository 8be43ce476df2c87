use super::super::fixtures::{alert, hpa, pod};
use super::*;

/// HPAs `api` and `api-gateway` of Deployments, `db` of a StatefulSet, in namespace shop.
struct World {
    hpas: Vec<Hpa>,
    pods: Vec<Pod>,
    services: Vec<Service>,
}

impl World {
    fn new() -> Self {
        let service = |name: &str, app: &str| Service {
            namespace: "shop".to_owned(),
            name: name.to_owned(),
            selector: [("app".to_owned(), app.to_owned())].into(),
            ..Service::default()
        };
        Self {
            hpas: vec![
                hpa("api", "Deployment/api"),
                hpa("api-gateway", "Deployment/api-gateway"),
                hpa("db", "StatefulSet/db"),
            ],
            pods: vec![
                pod("api-5c9d-x1", "ReplicaSet/api-5c9d", "node-1"),
                pod("api-gateway-7f-y1", "ReplicaSet/gateway-7f", "node-2"),
                pod("db-0", "StatefulSet/db", "node-2"),
                pod("batch-1", "Job/batch", "node-1"),
                pod("exporter-1", "DaemonSet/exporter", "node-1"),
            ],
            services: vec![service("public", "gateway"), service("exporters", "exporter")],
        }
    }

    fn objects(&self) -> Objects<'_> {
        let of = |index: usize| vec![&self.pods[index]];
        let hpas = self.hpas.iter().enumerate().map(|(index, hpa)| (hpa, of(index)));
        Objects::new(hpas, &self.pods, &self.services)
    }

    /// `PLACE HPA,…: labels`.
    fn matched(&self, labels: &[(&str, &str)]) -> String {
        let alert = alert(labels);
        let objects = self.objects();
        let matches = objects.matches([&alert]);
        let all = [&matches.of_hpas, &matches.of_namespaces, &matches.of_nodes];
        let text = |it: &AlertMatch<'_>| {
            let hpas: Vec<&str> = it.hpas.iter().map(|hpa| hpa.name.as_str()).collect();
            let labels: Vec<&str> = it.by.labels.iter().map(|(name, _)| name.as_str()).collect();
            format!("{} {}: {}", it.by.place.name(), hpas.join(","), labels.join(" "))
        };
        let all: Vec<String> = all.into_iter().flatten().map(text).collect();
        all.join("; ")
    }
}

#[test]
fn an_alert_is_of_the_object_that_its_labels_name() {
    let world = World::new();
    let shop = ("namespace", "shop");
    for (labels, expected) in [
        (
            vec![shop, ("horizontalpodautoscaler", "api")],
            "hpa api: namespace horizontalpodautoscaler",
        ),
        (vec![shop, ("hpa", "api")], "hpa api: namespace hpa"),
        (vec![shop, ("deployment", "api")], "target api: namespace deployment"),
        (vec![shop, ("statefulset", "db")], "target db: namespace statefulset"),
        (vec![shop, ("replicaset", "api-5c9d")], "target api: namespace replicaset"),
        (
            vec![shop, ("workload", "db"), ("workload_type", "statefulset")],
            "workload db: namespace workload workload_type",
        ),
        (vec![shop, ("workload", "db"), ("workload_type", "deployment")], ""),
        (vec![shop, ("workload", "db")], "workload db: namespace workload"),
        (vec![shop, ("pod", "db-0"), ("container", "app")], "pod db: namespace pod"),
        (vec![shop, ("service", "public")], "service api-gateway: namespace service"),
    ] {
        assert_eq!(world.matched(&labels), expected, "{labels:?}");
    }
}

/// The names of these pods begin as others do.
#[test]
fn a_pod_is_of_the_target_that_the_api_says() {
    let world = World::new();
    let of = |pod: &str| world.matched(&[("namespace", "shop"), ("pod", pod)]);
    assert_eq!(of("api-gateway-7f-y1"), "pod api-gateway: namespace pod");
    assert_eq!(of("api-5c9d-x1"), "pod api: namespace pod");
    // A pod that is no longer there could be of any.
    assert_eq!(of("api-gateway-old"), "namespace api,api-gateway,db: namespace");
    assert_eq!(of("batch-1"), "", "of another workload");
    assert_eq!(world.matched(&[("namespace", "other"), ("pod", "db-0")]), "");
    assert_eq!(world.matched(&[("pod", "db-0")]), "", "in which namespace?");
}

#[test]
fn labels_of_the_scrapes_target_are_not_those_of_the_object() {
    let world = World::new();
    let taken = |more: &[(&str, &str)]| {
        let labels =
            [("exported_namespace", "shop"), ("namespace", "monitoring"), ("pod", "ksm-1")];
        world.matched(&[&labels, more].concat())
    };
    assert_eq!(
        taken(&[("horizontalpodautoscaler", "db")]),
        "hpa db: exported_namespace horizontalpodautoscaler"
    );
    assert_eq!(taken(&[("exported_pod", "db-0")]), "pod db: exported_namespace exported_pod");
    assert_eq!(taken(&[("service", "public")]), "namespace api,api-gateway,db: exported_namespace");
    // The other way: the object's namespace, and the pod of kube-state-metrics.
    let honored =
        [("namespace", "shop"), ("pod", "ksm-1"), ("service", "ksm"), ("deployment", "api")];
    assert_eq!(world.matched(&honored), "target api: namespace deployment");
    assert_eq!(world.matched(&honored[..3]), "namespace api,api-gateway,db: namespace");
}

#[test]
fn what_is_of_the_namespace_or_a_node_alone_is_apart() {
    let world = World::new();
    let shop = ("namespace", "shop");
    for (labels, expected) in [
        (vec![shop, ("resourcequota", "q")], "namespace api,api-gateway,db: namespace"),
        (vec![shop, ("deployment", "other")], ""),
        (vec![shop, ("horizontalpodautoscaler", "other")], ""),
        (vec![shop, ("persistentvolumeclaim", "data-db-0")], ""),
        (vec![("node", "node-2")], "node api-gateway,db: node"),
        (vec![("instance", "node-1:9100"), ("namespace", "monitoring")], "node api: instance"),
        (vec![("node", "node-9")], ""),
        (vec![shop, ("node", "node-1"), ("pod", "exporter-1")], "node api: node"),
        (vec![shop, ("node", "node-1"), ("alertname", "NodeDiskPressure")], "node api: node"),
        // The node of kube-state-metrics.
        (
            vec![shop, ("node", "node-1"), ("resourcequota", "q")],
            "namespace api,api-gateway,db: namespace",
        ),
        (vec![("alertname", "Watchdog")], ""),
    ] {
        assert_eq!(world.matched(&labels), expected, "{labels:?}");
    }
}

#[test]
fn hpas_of_one_target_share_its_alerts() {
    let mut world = World::new();
    world.hpas[2] = hpa("api-2", "Deployment/api");
    let target = [("namespace", "shop"), ("deployment", "api")];
    assert_eq!(world.matched(&target), "target api,api-2: namespace deployment");
}

#[test]
fn a_custom_kind_named_like_a_label_of_every_alert_is_no_owner() {
    let mut world = World::new();
    world.hpas[0] = hpa("pg", "Cluster/prod");
    let labels = [("namespace", "shop"), ("cluster", "prod"), ("resourcequota", "q")];
    assert_eq!(world.matched(&labels), "namespace pg,api-gateway,db: namespace");
    world.hpas[0] = hpa("roll", "Rollout/roll");
    let rollout = [("namespace", "shop"), ("rollout", "roll")];
    assert_eq!(world.matched(&rollout), "target roll: namespace rollout");
}
