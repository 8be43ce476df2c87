//! Tests of clusters with given objects, and of clusters below paths.

use serde_json::{Value, json};

use super::super::{Demo, Fault, Given, Options};
use super::{HPAS, get, request};

const AGGREGATED: &str =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

fn connect() -> Given {
    let hpa = json!({
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "connect", "namespace": "shop"}, "spec": {"maxReplicas": 3},
    });
    let connect = json!({
        "apiVersion": "kafka.strimzi.io/v1beta2", "kind": "KafkaConnect",
        "metadata": {"name": "connect", "namespace": "shop"},
        "spec": {"replicas": 3},
        "status": {"replicas": 2, "labelSelector": "strimzi.io/cluster=connect"},
    });
    let selectors = [("KafkaConnect".to_owned(), ".status.labelSelector".to_owned())];
    Given {
        name: "test".to_owned(),
        objects: vec![hpa, connect],
        scale_selectors: selectors.into(),
        version: Some("v1.33.2".to_owned()),
        ..Given::default()
    }
}

async fn demo(given: Vec<Given>) -> Demo {
    Demo::start(&Options { given: Some(given), ..Options::default() }).await.unwrap()
}

#[tokio::test]
async fn given_objects_of_any_kind_are_served_and_scaled() {
    let demo = demo(vec![connect()]).await;
    let cluster = demo.cluster("test").unwrap();
    assert_eq!(get(cluster, HPAS).await.names(), ["shop/connect"]);
    assert_eq!(get(cluster, "/version").await.json()["minor"], "33");
    assert_eq!(
        get(cluster, "/api/v1/namespaces").await.names(),
        ["/default", "/kube-system", "/shop"]
    );
    let connects = "/apis/kafka.strimzi.io/v1beta2/namespaces/shop/kafkaconnects";
    assert_eq!(get(cluster, connects).await.json()["items"][0]["kind"], "KafkaConnect");
    let object = get(cluster, &format!("{connects}/connect")).await.json();
    assert_eq!(object["apiVersion"], "kafka.strimzi.io/v1beta2");
    let scale = get(cluster, &format!("{connects}/connect/scale")).await.json();
    assert_eq!((&scale["apiVersion"], &scale["kind"]), (&json!("autoscaling/v1"), &json!("Scale")));
    assert_eq!(scale["spec"], json!({"replicas": 3}));
    let status = json!({"replicas": 2, "selector": "strimzi.io/cluster=connect"});
    assert_eq!(scale["status"], status);
    // Other objects do not exist, except those of every cluster.
    assert_eq!(get(cluster, "/apis/keda.sh/v1alpha1/scaledobjects").await.code, 404);
    assert_eq!(get(cluster, "/apis/apps/v1/deployments").await.names(), [""; 0]);

    let classic = get(cluster, "/apis/kafka.strimzi.io/v1beta2").await.json();
    let names: Vec<&str> = classic["resources"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|r| r["name"].as_str())
        .collect();
    assert_eq!(names, ["kafkaconnects", "kafkaconnects/scale", "kafkaconnects/status"]);
    let reply = request(cluster, "GET", "/apis", AGGREGATED).await.unwrap();
    let groups = reply.json();
    let group = groups["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["metadata"]["name"] == "kafka.strimzi.io");
    let resource = &group.unwrap()["versions"][0]["resources"][0];
    assert_eq!(resource["resource"], "kafkaconnects");
    assert_eq!(resource["subresources"][0]["responseKind"]["kind"], "Scale");

    cluster.set_fault(Some(Fault::Forbid("kafkaconnects/scale".to_owned())));
    let refused = get(cluster, &format!("{connects}/connect/scale")).await;
    let message = refused.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("cannot get resource \"kafkaconnects/scale\""), "{message}");
    assert_eq!(get(cluster, &format!("{connects}/connect")).await.code, 200);
}

#[tokio::test]
async fn a_kind_is_served_in_the_given_versions() {
    let mut given = connect();
    given.objects.truncate(1);
    given.objects[0]["apiVersion"] = json!("autoscaling/v2beta2");
    let demo = demo(vec![given]).await;
    let cluster = &demo.clusters()[0];
    assert_eq!(get(cluster, HPAS).await.code, 404);
    let old = "/apis/autoscaling/v2beta2/horizontalpodautoscalers";
    assert_eq!(get(cluster, old).await.names(), ["shop/connect"]);
}

#[tokio::test]
async fn embedded_workloads_have_a_scale() {
    let demo = Demo::start(&Options::default()).await.unwrap();
    let cluster = demo.cluster("production").unwrap();
    for kind in ["deployments", "statefulsets", "replicasets"] {
        let list = get(cluster, &format!("/apis/apps/v1/{kind}")).await.json();
        for object in list["items"].as_array().unwrap() {
            let text = |field: &str| object["metadata"][field].as_str().unwrap();
            let (namespace, name) = (text("namespace"), text("name"));
            let path = format!("/apis/apps/v1/namespaces/{namespace}/{kind}/{name}/scale");
            let scale = get(cluster, &path).await.json();
            let replicas = |value: &Value| value["replicas"].as_i64().unwrap_or(0);
            assert_eq!(replicas(&scale["spec"]), replicas(&object["spec"]), "{path}");
            let selector = scale["status"]["selector"].as_str().unwrap();
            assert!(selector.contains('='), "{path}: {selector}");
        }
    }
    assert_eq!(get(cluster, "/api/v1/namespaces/shop/pods/x/scale").await.code, 404);
}

#[tokio::test]
async fn clusters_below_paths_share_a_port_whose_root_is_another_cluster() {
    let options = Options {
        broken: true,
        path_prefix: Some("k8s/clusters/".to_owned()),
        ..Options::default()
    };
    let demo = Demo::start(&options).await.unwrap();
    let url = |name: &str| demo.cluster(name).unwrap().url();
    let (address, _) =
        url("production").split_once("/k8s").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    for name in ["production", "staging", "silent", "forbidden"] {
        assert_eq!(url(name), format!("{address}/k8s/clusters/{name}"));
        assert!(demo.kubeconfig().contains(&url(name)), "{}", demo.kubeconfig());
    }
    let root = demo.root().unwrap();
    assert_eq!(root.url(), address);
    let (own, production) = (get(root, HPAS).await.names(), demo.cluster("production").unwrap());
    assert!(own.contains(&"cattle-system/rancher".to_owned()), "{own:?}");
    let names = get(production, HPAS).await.names();
    assert_eq!(names.len(), 47);
    assert!(own.iter().all(|name| !names.contains(name)), "{own:?}");
    assert_eq!(get(root, "/k8s/clusters/nobody/version").await.code, 404);
    // Logged paths are relative to the cluster, and so are the paths of faults.
    assert_eq!(production.requests(), [format!("GET {HPAS}")]);
    production.add_fault("/apis/autoscaling/v2", Fault::Status(500));
    assert_eq!(get(production, HPAS).await.code, 500);
    assert_eq!(get(demo.cluster("staging").unwrap(), HPAS).await.code, 200);
    assert_eq!(get(demo.cluster("forbidden").unwrap(), HPAS).await.code, 403);
}

#[tokio::test]
async fn names_that_cannot_be_part_of_a_url_are_refused() {
    for prefix in ["", "/", "a b", "/k8s//c", "/k8s/../c", "/k8s?x"] {
        let options = Options { path_prefix: Some(prefix.to_owned()), ..Options::default() };
        assert!(Demo::start(&options).await.is_err(), "{prefix:?}");
    }
    let given = Given { name: "a/b".to_owned(), ..Given::default() };
    let options = Options { given: Some(vec![given]), ..Options::default() };
    assert!(Demo::start(&options).await.is_err());
}
