//! Tests of the demo clusters over real HTTP connections.

use std::{io, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{Cluster, Demo, Fault, Options};

mod given;
mod monitoring;

const HPAS: &str = "/apis/autoscaling/v2/horizontalpodautoscalers";
const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

struct Reply {
    code: u16,
    head: String,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The `namespace/name` of each item.
    fn names(&self) -> Vec<String> {
        let list = self.json();
        let text = |item: &Value, field: &str| {
            item["metadata"][field].as_str().unwrap_or_default().to_owned()
        };
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| format!("{}/{}", text(item, "namespace"), text(item, "name")))
            .collect()
    }
}

async fn request(cluster: &Cluster, method: &str, path: &str, accept: &str) -> io::Result<Reply> {
    let url = cluster.url();
    let address = url.strip_prefix("http://").unwrap();
    let (address, prefix) = match address.split_once('/') {
        Some((address, prefix)) => (address, format!("/{prefix}")),
        None => (address, String::new()),
    };
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "{method} {prefix}{path} HTTP/1.1\r\nHost: {address}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let code = head.split(' ').nth(1).unwrap().parse().unwrap();
    Ok(Reply { code, head: head.to_lowercase(), body: body.to_owned() })
}

async fn get(cluster: &Cluster, path: &str) -> Reply {
    request(cluster, "GET", path, "application/json").await.unwrap()
}

async fn demo() -> Demo {
    Demo::start(&Options::default()).await.unwrap()
}

#[tokio::test]
async fn lists_select_by_namespace_labels_and_fields() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    assert_eq!(get(cluster, HPAS).await.names().len(), 47);
    let shop = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers";
    assert_eq!(get(cluster, shop).await.names().len(), 10);
    for (query, expected) in [
        ("labelSelector=app%3Dcart", vec!["shop/cart"]),
        ("labelSelector=app+in+(cart,auth)", vec!["platform/auth", "shop/cart"]),
        ("labelSelector=team%3Dshop,app+notin+(cart)&fieldSelector=metadata.name%3Dcart", vec![]),
        ("labelSelector=!team", vec!["media/keda-hpa-thumbnails"]),
        ("fieldSelector=metadata.name%3Dgrafana", vec!["monitoring/grafana"]),
    ] {
        assert_eq!(get(cluster, &format!("{HPAS}?{query}")).await.names(), expected, "{query}");
    }
    let pending = get(cluster, "/api/v1/pods?fieldSelector=status.phase%3DPending").await;
    assert_eq!(pending.names().len(), 8);
    let events = "/api/v1/namespaces/shop/events?fieldSelector=involvedObject.name%3Dpricing";
    assert_eq!(get(cluster, events).await.names().len(), 1);
    assert!(get(cluster, "/api/v1/namespaces/nope/pods").await.names().is_empty());
    for query in ["labelSelector=a+in+b", "fieldSelector=spec.color%3Dred"] {
        let reply = get(cluster, &format!("{HPAS}?{query}")).await;
        assert_eq!((reply.code, reply.json()["reason"].as_str()), (400, Some("BadRequest")));
    }
}

#[tokio::test]
async fn pages_add_up_to_the_whole_list() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let whole = get(cluster, HPAS).await.names();
    let mut joined = Vec::new();
    let mut cont = String::new();
    for _ in 0..100 {
        let page = get(cluster, &format!("{HPAS}?limit=10&continue={cont}")).await;
        joined.extend(page.names());
        let left = page.json()["metadata"]["remainingItemCount"].as_u64().unwrap_or(0);
        assert_eq!(usize::try_from(left).unwrap() + joined.len(), whole.len());
        match page.json()["metadata"]["continue"].as_str() {
            Some(next) => cont = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(joined, whole);
    assert_eq!(get(cluster, &format!("{HPAS}?limit=10&resourceVersion=0")).await.names(), whole);
    let both = get(cluster, &format!("{HPAS}?continue={cont}&resourceVersion=5")).await;
    let recorded: Value = serde_json::from_str(include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/recordings/status-400.json"
    )))
    .unwrap();
    assert_eq!((both.code, both.json()), (400, recorded));
    for bad in ["zz", "abc", "00"] {
        let reply = get(cluster, &format!("{HPAS}?continue={bad}")).await;
        assert_eq!((reply.code, reply.json()["reason"].as_str()), (410, Some("Expired")));
    }
}

#[tokio::test]
async fn single_objects_have_their_kind() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    for (path, kind) in [
        ("/apis/apps/v1/namespaces/shop/deployments/cart", "Deployment"),
        ("/apis/apps/v1/namespaces/payments/statefulsets/ledger", "StatefulSet"),
        ("/apis/argoproj.io/v1alpha1/namespaces/payments/rollouts/card-gateway", "Rollout"),
        ("/apis/apps/v1/namespaces/platform/replicasets/legacy-batch", "ReplicaSet"),
        ("/api/v1/namespaces/platform/replicationcontrollers/mailer", "ReplicationController"),
        ("/api/v1/namespaces/monitoring/services/prometheus-server", "Service"),
        ("/api/v1/namespaces/shop", "Namespace"),
        ("/api/v1/nodes/node-1", "Node"),
        (
            "/apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers/cart",
            "HorizontalPodAutoscaler",
        ),
    ] {
        let reply = get(cluster, path).await;
        assert_eq!((reply.code, reply.json()["kind"].as_str()), (200, Some(kind)), "{path}");
    }
    let pods =
        "/api/v1/namespaces/monitoring/pods?labelSelector=app.kubernetes.io/name%3Dprometheus";
    assert_eq!(get(cluster, pods).await.names().len(), 1);
}

#[tokio::test]
async fn tables_are_printed_as_by_kubectl() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let path = format!("{HPAS}?fieldSelector=metadata.name%3Dlive-edge");
    let table = request(cluster, "GET", &path, TABLE).await.unwrap().json();
    let row = &table["rows"][0];
    assert_eq!(table["kind"], "Table");
    assert_eq!(row["cells"][2], "cpu: 66%/70%, memory: 75%/80% + 1 more...");
    assert_eq!(row["cells"][5], 8);
    assert_eq!(row["object"]["kind"], "PartialObjectMetadata");
    assert_eq!(row["object"]["metadata"]["name"], "live-edge");
    let path = format!("{path}&includeObject=Object");
    let table = request(cluster, "GET", &path, TABLE).await.unwrap().json();
    assert_eq!(table["rows"][0]["object"]["spec"]["maxReplicas"], 30);
    let one = "/apis/apps/v1/namespaces/search/deployments/search-api";
    let table = request(cluster, "GET", one, TABLE).await.unwrap().json();
    assert_eq!(table["rows"][0]["cells"][1], "4/6");
}

#[tokio::test]
async fn discovery_comes_in_three_forms() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    for version in ["v2", "v2beta1"] {
        let accept = format!(
            "application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList,application/json"
        );
        for path in ["/api", "/apis"] {
            let reply = request(cluster, "GET", path, &accept).await.unwrap();
            let document = reply.json();
            assert_eq!(document["kind"], "APIGroupDiscoveryList");
            assert_eq!(document["apiVersion"], format!("apidiscovery.k8s.io/{version}"));
            assert!(reply.head.contains("as=apigroupdiscoverylist"), "{}", reply.head);
        }
    }
    assert_eq!(get(cluster, "/api").await.json()["kind"], "APIVersions");
    let groups = get(cluster, "/apis").await.json();
    for group in groups["groups"].as_array().unwrap() {
        let preferred = group["preferredVersion"]["groupVersion"].as_str().unwrap();
        let resources = get(cluster, &format!("/apis/{preferred}")).await.json();
        assert_eq!(resources["kind"], "APIResourceList");
        let name = group["name"].as_str().unwrap();
        assert_eq!(get(cluster, &format!("/apis/{name}")).await.json()["name"], name);
    }
    assert_eq!(get(cluster, "/version").await.json()["minor"], "36");
    assert_eq!(get(cluster, "/readyz?verbose").await.body, "ok");
}

#[tokio::test]
async fn not_every_cluster_has_every_api() {
    let demo = demo().await;
    for (path, items) in [
        ("/apis/autoscaling.k8s.io/v1/verticalpodautoscalers", 3),
        ("/apis/keda.sh/v1alpha1/namespaces/media/scaledobjects", 1),
    ] {
        let [production, staging] = demo.clusters() else { panic!("two clusters") };
        let group = path.split('/').nth(2).unwrap();
        assert_eq!(get(production, path).await.names().len(), items);
        for path in [path, &format!("/apis/{group}"), &format!("/apis/{group}/v1")] {
            let reply = get(staging, path).await;
            assert_eq!((reply.code, reply.body.as_str()), (404, "404 page not found\n"), "{path}");
        }
        assert!(get(production, "/apis").await.body.contains(group));
        assert!(!get(staging, "/apis").await.body.contains(group));
    }
}

#[tokio::test]
async fn missing_objects_are_refused_as_by_the_real_server() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    for path in ["/nope", "/openapi/v3", "/apis/nope/v1", "/api/v1/pods/x", "/api/v1/a%ff/b"] {
        let reply = get(cluster, path).await;
        assert_eq!((reply.code, reply.body.as_str()), (404, "404 page not found\n"), "{path}");
    }
    let absent = get(cluster, "/api/v1/namespaces/shop/pods/x").await;
    assert_eq!(absent.code, 404);
    assert_eq!(absent.json()["message"], "pods \"x\" not found");
    let deletion = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/cart";
    let reply = request(cluster, "DELETE", deletion, "*/*").await.unwrap();
    assert_eq!((reply.code, reply.json()["reason"].as_str()), (405, Some("MethodNotAllowed")));
    let forward = "/api/v1/namespaces/shop/pods/x/portforward";
    assert_eq!(request(cluster, "POST", forward, "*/*").await.unwrap().code, 400);
    let head = request(cluster, "HEAD", HPAS, "*/*").await.unwrap();
    assert_eq!((head.code, head.body.as_str()), (200, ""));
}

#[tokio::test]
async fn faults_have_the_documented_effect() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    for code in [401, 403, 429, 500, 503] {
        cluster.set_fault(Some(Fault::Status(code)));
        let reply = get(cluster, HPAS).await;
        assert_eq!((reply.code, reply.json()["code"].as_u64()), (code, Some(code.into())));
        assert_eq!(reply.head.contains("retry-after: 1"), code == 429);
    }
    cluster.set_fault(Some(Fault::StatusTimes(500, 2)));
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(get(cluster, HPAS).await.code);
    }
    assert_eq!(codes, [500, 500, 200]);

    cluster.set_fault(Some(Fault::Forbid("pods".to_owned())));
    let forbidden = get(cluster, "/api/v1/namespaces/shop/pods").await;
    assert_eq!(
        forbidden.json()["message"],
        "pods is forbidden: User \"reader\" cannot list resource \"pods\" in API group \"\" in the \
         namespace \"shop\""
    );
    assert_eq!(get(cluster, HPAS).await.code, 200);

    cluster.set_fault(None);
    cluster.add_fault("/apis/autoscaling/v2", Fault::Html);
    assert!(get(cluster, HPAS).await.body.contains("<html>"));
    assert_eq!(get(cluster, "/version").await.code, 200);

    let whole = {
        cluster.set_fault(None);
        get(cluster, HPAS).await.body.len()
    };
    cluster.set_fault(Some(Fault::TruncateBody));
    let reply = get(cluster, HPAS).await;
    assert_eq!(reply.body.len(), whole / 2);
    assert!(reply.head.contains(&format!("content-length: {}", whole / 2)));
    cluster.set_fault(Some(Fault::CutConnection));
    let reply = get(cluster, HPAS).await;
    assert!(reply.body.len() < whole);
    assert!(reply.head.contains(&format!("content-length: {whole}")), "{}", reply.head);

    cluster.set_fault(Some(Fault::Hang));
    let hung = request(cluster, "GET", "/version", "*/*");
    assert!(timeout(Duration::from_millis(100), hung).await.is_err());
    assert_eq!(cluster.requests().last().map(String::as_str), Some("GET /version"));
    assert_eq!(cluster.faults(), [Fault::Hang]);
}

#[tokio::test]
async fn broken_clusters_fail_each_in_its_own_way() {
    let options = Options { clusters: Some(1), hpas: Some(3), broken: true, ..Options::default() };
    let demo = Demo::start(&options).await.unwrap();
    let names: Vec<&str> = demo.clusters().iter().map(Cluster::name).collect();
    assert_eq!(names, ["production", "down", "silent", "forbidden"]);
    let down = request(demo.cluster("down").unwrap(), "GET", "/version", "*/*").await;
    assert_eq!(down.err().map(|error| error.kind()), Some(io::ErrorKind::ConnectionRefused));
    let forbidden = demo.cluster("forbidden").unwrap();
    let recorded: Value = serde_json::from_str(include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/recordings/status-403.json"
    )))
    .unwrap();
    let refused = get(forbidden, HPAS).await;
    assert_eq!((refused.code, refused.json()), (403, recorded));
    assert_eq!(get(forbidden, "/version").await.code, 200);
}

#[tokio::test]
async fn size_and_names_can_be_set_and_dropping_ends_the_demo() {
    let options =
        Options { clusters: Some(12), hpas: Some(60), broken: false, ..Options::default() };
    let demo = Demo::start(&options).await.unwrap();
    let names: Vec<&str> = demo.clusters().iter().map(Cluster::name).collect();
    assert_eq!(names[..3], ["production", "staging", "eu-west-1"]);
    assert_eq!(names[9..], ["ca-central-1", "edge-01", "edge-02"]);
    for cluster in demo.clusters() {
        assert_eq!(get(cluster, HPAS).await.names().len(), 60);
    }
    let kubeconfig: Value = serde_yaml::from_str(&demo.kubeconfig()).unwrap();
    assert_eq!(kubeconfig["contexts"].as_array().unwrap().len(), 12);
    assert_eq!(kubeconfig["current-context"], "production");
    assert_eq!(kubeconfig["clusters"][1]["cluster"]["server"], demo.clusters()[1].url());
    let address = demo.clusters()[0].url().replace("http://", "");
    let mut idle = TcpStream::connect(&address).await.unwrap();
    drop(demo);
    let closed = timeout(Duration::from_secs(5), idle.read(&mut [0; 1])).await.unwrap();
    assert!(matches!(closed, Ok(0) | Err(_)), "{closed:?}");
    assert!(TcpStream::connect(&address).await.is_err());
}
