//! The named HPAs and their workloads: every relevant state, among plausible healthy ones.

use serde_json::json;

use super::{
    Pair,
    names::{DAY, HOUR, MINUTE},
    pod,
    spec::{Container, Goal, Hpa, Kind, Metric, Outcome, Pods, Source, Workload},
};

const NO_METRICS: &str = "failed to get cpu utilization: unable to get metrics for resource cpu: \
                          no metrics returned from resource metrics API";
const UNREADY: &str = "failed to get cpu utilization: did not receive metrics for targeted pods \
                       (pods might be unready)";

fn missing_request(container: &str, workload: &Workload) -> String {
    format!(
        "failed to get cpu utilization: missing request for cpu in container {container} of Pod {}",
        pod::name(workload, 0)
    )
}

/// All HPAs of production, the most interesting ones first.
pub(super) fn production() -> Vec<Pair> {
    [shop(), payments(), search(), media(), platform(), system()].concat()
}

fn shop() -> Vec<Pair> {
    let new = |name: &str, replicas: i64| Workload::new("shop", name, replicas);
    let hpa = |name: &str, max: i64| Hpa::new("shop", name, max);
    let reviews = new("reviews", 2).without_cpu_request();
    let storefront = new("storefront", 4).sidecar(None);
    let (no_app_request, no_sidecar_request) =
        (missing_request("app", &reviews), missing_request("istio-proxy", &storefront));
    let server = Source::Container { resource: "cpu", container: "server" };
    let careful = json!({
        "scaleUp": {
            "stabilizationWindowSeconds": 0,
            "selectPolicy": "Max",
            "policies": [
                {"type": "Pods", "value": 4, "periodSeconds": 15},
                {"type": "Percent", "value": 100, "periodSeconds": 15},
            ],
        },
        "scaleDown": {
            "stabilizationWindowSeconds": 600,
            "selectPolicy": "Max",
            "policies": [{"type": "Percent", "value": 25, "periodSeconds": 60}],
        },
    });
    vec![
        (
            hpa("checkout", 20).min(3).cpu(170).behavior(careful),
            Some(new("checkout", 4).resources(250, 256)),
        ),
        (hpa("cart", 10).cpu(64), Some(new("cart", 3))),
        (hpa("catalog", 6).cpu(185).since(52 * MINUTE), Some(new("catalog", 6))),
        (
            hpa("recommendations", 10).cpu(0).failed(true, NO_METRICS).since(41 * MINUTE),
            Some(new("recommendations", 5)),
        ),
        (hpa("reviews", 10).cpu(0).failed(false, &no_app_request), Some(reviews)),
        (
            hpa("storefront", 12).cpu(0).failed(true, &no_sidecar_request).since(26 * HOUR),
            Some(storefront),
        ),
        (
            hpa("wishlist", 8).metric(Metric::new(server, Goal::Utilization(70), None)).outcome(
                Outcome::Failed {
                    reason: "FailedGetContainerResourceMetric",
                    error: UNREADY.to_owned(),
                    worked: false,
                },
            ),
            Some(new("wishlist", 2)),
        ),
        (hpa("pricing", 10).on(Kind::Deployment, "pricing-v1").cpu(0), None),
        (
            hpa("inventory", 10).cpu(60).outcome(Outcome::Ambiguous("inventory-memory")),
            Some(new("inventory", 3)),
        ),
        (
            hpa("inventory-memory", 6)
                .on(Kind::Deployment, "inventory")
                .metric(Metric::memory(80, 90))
                .outcome(Outcome::Ambiguous("inventory")),
            None,
        ),
    ]
}

fn payments() -> Vec<Pair> {
    let new = |name: &str, replicas: i64| Workload::new("payments", name, replicas);
    let hpa = |name: &str, max: i64| Hpa::new("payments", name, max);
    let denied = "admission webhook \"replicas.policy.example.com\" denied the request: replicas \
                  of payouts are set in Git";
    vec![
        (
            hpa("payments-api", 15).min(3).cpu(345).aged(40 * DAY),
            Some({
                let mut api = new("payments-api", 6).resources(500, 512);
                api.age = 40 * DAY + 10 * MINUTE;
                api.sidecar(Some((10, 64)))
            }),
        ),
        (
            hpa("settlement", 10).cpu(0).failed(true, UNREADY).since(6 * HOUR),
            Some(new("settlement", 3).pods(Pods::Crashing)),
        ),
        (
            hpa("fraud-scoring", 10).cpu(1680).since(25 * MINUTE),
            Some(new("fraud-scoring", 6).resources(2000, 4096).pods(Pods::Unschedulable(2))),
        ),
        (
            hpa("ledger", 7).min(3).on(Kind::StatefulSet, "ledger").cpu(350),
            Some(new("ledger", 3).resources(500, 1024).kind(Kind::StatefulSet)),
        ),
        (hpa("invoices", 10).cpu(0), Some(new("invoices", 0))),
        (hpa("refunds", 2).cpu(60), Some(new("refunds", 2))),
        (hpa("webhooks", 10).cpu(0).failed(false, NO_METRICS), {
            let mut webhooks = new("webhooks", 2).pods(Pods::NeverMade);
            webhooks.paused = true;
            Some(webhooks)
        }),
        (
            hpa("payouts", 6)
                .cpu(140)
                .outcome(Outcome::WriteRefused(denied.to_owned()))
                .since(3 * HOUR),
            Some(new("payouts", 3)),
        ),
        (
            hpa("card-gateway", 10).on(Kind::Rollout, "card-gateway").cpu(68),
            Some(new("card-gateway", 4).kind(Kind::Rollout)),
        ),
    ]
}

fn search() -> Vec<Pair> {
    let new = |name: &str, replicas: i64| Workload::new("search", name, replicas);
    let hpa = |name: &str, max: i64| Hpa::new("search", name, max);
    let app = Source::Container { resource: "cpu", container: "app" };
    let queue = Source::External { metric: "queue_depth", selector: Some(("queue", "crawl")) };
    vec![
        (
            hpa("search-api", 12).cpu(100).rescaled(4, 20),
            Some(new("search-api", 6).pods(Pods::Starting(2))),
        ),
        (hpa("aggregator", 10).cpu(50).rescaled(5, 12), Some(new("aggregator", 4))),
        (hpa("indexer", 10).cpu(5).since(3 * HOUR), Some(new("indexer", 2))),
        (hpa("suggest", 10).cpu(30).outcome(Outcome::Stabilized), Some(new("suggest", 6))),
        (
            hpa("query-router", 20).cpu(350).rescaled(3, 9),
            Some(new("query-router", 6).pods(Pods::Starting(3))),
        ),
        (
            hpa("ranking", 10).metric(Metric::new(app, Goal::Utilization(70), Some(68))),
            Some(new("ranking", 3).sidecar(Some((100, 128)))),
        ),
        (
            hpa("crawler", 10).metric(Metric::new(queue, Goal::Average(50_000), Some(47_000))),
            Some(new("crawler", 3)),
        ),
    ]
}

fn media() -> Vec<Pair> {
    let new = |name: &str, replicas: i64| Workload::new("media", name, replicas);
    let hpa = |name: &str, max: i64| Hpa::new("media", name, max);
    let jobs = Source::External { metric: "transcode_jobs_waiting", selector: None };
    let ingress = Source::Object { metric: "requests_per_second", ingress: "streaming" };
    let mut keda =
        hpa("keda-hpa-thumbnails", 10).on(Kind::Deployment, "thumbnails").metric(Metric::new(
            Source::External {
                metric: "s0-rabbitmq-thumbnails",
                selector: Some(("scaledobject.keda.sh/name", "thumbnails")),
            },
            Goal::Average(20_000),
            Some(19_000),
        ));
    keda.scaled_object = Some("thumbnails".to_owned());
    keda.labels = [
        ("app.kubernetes.io/managed-by", "keda-operator"),
        ("app.kubernetes.io/name", "keda-hpa-thumbnails"),
        ("app.kubernetes.io/part-of", "thumbnails"),
        ("scaledobject.keda.sh/name", "thumbnails"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .to_vec();
    vec![
        (
            hpa("transcoder", 20).metric(Metric::new(jobs, Goal::Value(30_000), Some(29_000))),
            Some(new("transcoder", 5).resources(1000, 2048)),
        ),
        (keda, Some(new("thumbnails", 2))),
        (
            hpa("uploads", 10).metric(Metric::requests_per_second(1_000_000, Some(930_000))),
            Some(new("uploads", 4)),
        ),
        (
            hpa("streaming", 10).metric(Metric::new(
                ingress,
                Goal::Value(2_000_000),
                Some(1_900_000),
            )),
            Some(new("streaming", 3).stuck()),
        ),
        (hpa("image-proxy", 10).metric(Metric::memory(80, 100)), Some(new("image-proxy", 2))),
        (
            hpa("subtitles", 10).metric(Metric::requests_per_second(100_000, None)).cpu(60),
            Some(new("subtitles", 2)),
        ),
        (
            hpa("live-edge", 30)
                .min(4)
                .cpu(66)
                .metric(Metric::memory(80, 96))
                .metric(Metric::requests_per_second(500_000, Some(480_000))),
            Some(new("live-edge", 8)),
        ),
    ]
}

fn platform() -> Vec<Pair> {
    let new = |name: &str, replicas: i64| Workload::new("platform", name, replicas);
    let hpa = |name: &str, max: i64| Hpa::new("platform", name, max);
    let policies = json!([{"type": "Percent", "value": 100, "periodSeconds": 15}]);
    let up_only = json!({
        "scaleUp": {"stabilizationWindowSeconds": 0, "selectPolicy": "Max", "policies": policies},
        "scaleDown": {"selectPolicy": "Disabled", "policies": policies},
    });
    let eager = json!({
        "scaleUp": {
            "stabilizationWindowSeconds": 0,
            "selectPolicy": "Max",
            "policies": policies,
            "tolerance": "50m",
        },
        "scaleDown": {"stabilizationWindowSeconds": 0, "selectPolicy": "Max", "policies": policies},
    });
    let average = Metric::new(Source::Resource("cpu"), Goal::Average(100), Some(90));
    let mut auth = new("auth", 3);
    auth.replicas_applied = true;
    vec![
        (hpa("auth", 9).min(3).cpu(68), Some(auth)),
        (
            hpa("api-gateway", 24)
                .min(4)
                .cpu(340)
                .metric(Metric::requests_per_second(800_000, Some(790_000))),
            Some(new("api-gateway", 6).resources(500, 512)),
        ),
        (hpa("session-cache", 10).metric(average), Some(new("session-cache", 2))),
        (hpa("feature-flags", 10).min(1).cpu(60), Some(new("feature-flags", 1))),
        // Created without minReplicas: the server fills in 1.
        (hpa("audit-log", 10).min(1).cpu(60), Some(new("audit-log", 1))),
        (hpa("notifications", 10).cpu(68).behavior(up_only), Some(new("notifications", 2))),
        (hpa("scheduler", 10).cpu(70).behavior(eager), Some(new("scheduler", 3))),
        (
            hpa("rate-limiter", 4).metric(Metric::cpu(130, 480)),
            Some(new("rate-limiter", 2).app(|app| app.cpu = Some(400))),
        ),
        (
            hpa("legacy-batch", 6).on(Kind::ReplicaSet, "legacy-batch").cpu(66),
            Some(new("legacy-batch", 3).kind(Kind::ReplicaSet)),
        ),
        (
            hpa("mailer", 5).on(Kind::ReplicationController, "mailer").cpu(72),
            Some(new("mailer", 2).kind(Kind::ReplicationController)),
        ),
        (
            hpa("config-sync", 6).cpu(0).outcome(Outcome::NeverReconciled).aged(11 * MINUTE),
            Some(new("config-sync", 2)),
        ),
        (hpa("billing-export", 4).cpu(69), Some(new("billing-export", 4))),
    ]
}

/// HPAs of the cluster's own components.
fn system() -> Vec<Pair> {
    let mut coredns =
        Workload::new("kube-system", "coredns", 6).selector(&[("k8s-app", "kube-dns")]);
    // As old as the history at least, so that all of that can be judged.
    coredns.age = 60 * DAY + 10 * MINUTE;
    // Its target is so low that a third of its pods is never needed.
    let low = Metric::cpu(45, 43);
    vec![
        (Hpa::new("monitoring", "grafana", 4).cpu(67), Some(grafana())),
        (Hpa::new("kube-system", "coredns", 12).metric(low).aged(60 * DAY), Some(coredns)),
    ]
}

fn grafana() -> Workload {
    let grafana = Workload::new("monitoring", "grafana", 2);
    grafana.selector(&[("app.kubernetes.io/name", "grafana")]).app(|app| {
        "grafana".clone_into(&mut app.name);
        "docker.io/grafana/grafana:12.3.0".clone_into(&mut app.image);
        app.port = Some(("http", 3000));
    })
}

/// A small cluster: all healthy but two.
pub(super) fn staging() -> Vec<Pair> {
    let well = |namespace: &str, name: &str, replicas: i64, usage: i64| {
        let hpa = Hpa::new(namespace, name, 5).cpu(usage);
        (hpa, Some(Workload::new(namespace, name, replicas)))
    };
    vec![
        well("shop", "checkout", 2, 68),
        well("shop", "cart", 2, 65),
        well("shop", "catalog", 2, 40),
        (
            Hpa::new("shop", "recommendations", 5).cpu(0).failed(true, NO_METRICS),
            Some(Workload::new("shop", "recommendations", 2)),
        ),
        well("payments", "payments-api", 2, 72),
        well("payments", "settlement", 2, 66),
        (
            Hpa::new("payments", "ledger", 3).on(Kind::StatefulSet, "ledger").cpu(64),
            Some(Workload::new("payments", "ledger", 2).kind(Kind::StatefulSet)),
        ),
        well("search", "search-api", 2, 20),
        well("search", "indexer", 3, 69),
        (
            Hpa::new("media", "image-proxy", 5).min(1).cpu(60),
            Some(Workload::new("media", "image-proxy", 1)),
        ),
        well("platform", "auth", 2, 71),
        (Hpa::new("platform", "api-gateway", 3).cpu(145), {
            Some(Workload::new("platform", "api-gateway", 3))
        }),
    ]
}

/// A cluster that manages others, like Rancher's own: its objects exist in no other cluster.
pub(super) fn manager() -> Vec<Pair> {
    let own = |namespace: &str, name: &str, replicas: i64, usage: i64| {
        let hpa = Hpa::new(namespace, name, 5).cpu(usage);
        (hpa, Some(Workload::new(namespace, name, replicas)))
    };
    vec![
        own("cattle-system", "rancher", 3, 61),
        own("cattle-system", "rancher-webhook", 2, 66),
        own("cattle-fleet-system", "fleet-controller", 2, 70),
    ]
}

/// Workloads of production without an HPA: a canary whose pods match the selector of another
/// Deployment.
pub(super) fn unscaled() -> Vec<Workload> {
    let labels = [("app", "uploads"), ("track", "canary")];
    vec![Workload::new("media", "uploads-canary", 1).selector(&labels)]
}

/// The monitoring stack, which has no HPA.
pub(super) fn monitoring() -> Vec<Workload> {
    let server = |name: &str, labels: &[(&str, &str)], image: &str, port: u16| {
        let image = image.to_owned();
        let container = name.to_owned();
        Workload::new("monitoring", name, 1).selector(labels).resources(200, 1024).app(
            |app: &mut Container| {
                app.name = container;
                app.image = image;
                app.port = Some(("http", port));
            },
        )
    };
    let prometheus =
        [("app.kubernetes.io/name", "prometheus"), ("app.kubernetes.io/component", "server")];
    let prometheus =
        server("prometheus-server", &prometheus, "quay.io/prometheus/prometheus:v3.7.3", 9090);
    let labels = [("app.kubernetes.io/name", "alertmanager")];
    let mut alertmanager =
        server("alertmanager", &labels, "quay.io/prometheus/alertmanager:v0.29.0", 9093)
            .kind(Kind::StatefulSet);
    alertmanager.service_port = 9093;
    let labels = [("app.kubernetes.io/name", "kube-state-metrics")];
    let mut state = server(
        "kube-state-metrics",
        &labels,
        "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.17.0",
        8080,
    );
    state.service_port = 8080;
    vec![prometheus, alertmanager, state]
}
