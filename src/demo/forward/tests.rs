//! Port-forward from the client's side, over real connections.

use std::{collections::HashMap, io, net::SocketAddr, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use super::{
    ForwardCounts, ForwardFault, Runtime,
    client::{Client, Found, PATIENCE, SPDY, TUNNEL, code, request_upgrade},
};
use crate::demo::{
    Cluster, Demo, Options,
    spdy::{Frame, Headers, status},
};

async fn demo() -> Demo {
    let options = Options { clusters: Some(1), hpas: Some(5), broken: false, ..Options::default() };
    Demo::start(&options).await.unwrap()
}

/// The `namespace/name` of the only pod of a workload.
async fn pod(cluster: &Cluster, namespace: &str, name: &str) -> String {
    let address = cluster.url().replace("http://", "");
    let mut socket = TcpStream::connect(&address).await.unwrap();
    let request = format!(
        "GET /api/v1/namespaces/{namespace}/pods HTTP/1.1\r\nHost: {address}\r\nConnection: \
         close\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    let list: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    let mut names = list["items"].as_array().unwrap().iter();
    let names = names.by_ref().map(|pod| pod["metadata"]["name"].as_str().unwrap().to_owned());
    let found: Vec<String> = names.filter(|pod| pod.starts_with(&format!("{name}-"))).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    format!("{namespace}/{}", found[0])
}

/// Waits until the cluster counts this many connections and streams.
async fn counted(cluster: &Cluster, connections: usize, streams: usize) {
    let wanted = ForwardCounts { connections, streams };
    let wait = async {
        while cluster.forwards() != wanted {
            tokio::task::yield_now().await;
        }
    };
    assert!(timeout(PATIENCE, wait).await.is_ok(), "{:?}", cluster.forwards());
}

#[tokio::test]
async fn prometheus_answers_through_both_transports() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let pod = pod(cluster, "monitoring", "prometheus-server").await;
    for tunnel in [false, true] {
        let mut client = Client::connect(cluster, &pod, tunnel).await;
        counted(cluster, 1, 0).await;
        let get =
            |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        let (words, answer) = client.exchange(9090, get("/-/healthy").as_bytes()).await;
        let answer = String::from_utf8(answer).unwrap();
        assert_eq!(words, "");
        assert!(answer.ends_with("\r\n\r\nPrometheus Server is Healthy.\n"), "{answer}");
        let query = "count(kube_horizontalpodautoscaler_spec_max_replicas)";
        let now = jiff::Timestamp::now().as_second();
        let range = format!("query_range?start={}&end={now}&step=30s&query=", now - 60);
        for (path, kind, value) in [
            ("query?query=", "vector", "/data/result/0/value/1"),
            (range.as_str(), "matrix", "/data/result/0/values/2/1"),
        ] {
            let path = format!("/api/v1/{path}{query}");
            let (_, answer) = client.exchange(9090, get(&path).as_bytes()).await;
            let answer = String::from_utf8(answer).unwrap();
            let body: Value =
                serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
            assert_eq!(body["data"]["resultType"], kind, "{body}");
            assert_eq!(body.pointer(value).and_then(Value::as_str), Some("5"), "{body}");
        }
        drop(client);
        counted(cluster, 0, 0).await;
    }
}

#[tokio::test]
async fn each_side_may_end_before_the_other() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    cluster.forward_target("default", "echo", 7, listener.local_addr().unwrap());
    let pod = pod(cluster, "default", "echo").await;
    for tunnel in [false, true] {
        let mut client = Client::connect(cluster, &pod, tunnel).await;
        let (error, data) = client.open(7).await;
        let (mut target, _) = listener.accept().await.unwrap();
        // The client ends; the target is told and goes on.
        client.data(data, b"question", true).await.unwrap();
        let mut asked = String::new();
        target.read_to_string(&mut asked).await.unwrap();
        assert_eq!(asked, "question");
        target.write_all(b"answer").await.unwrap();
        drop(target);
        let all = client.ended(&[error, data]).await;
        assert_eq!((&all[&data][..], &all[&error][..]), (&b"answer"[..], &b""[..]));
        // The target ends, and still receives the client's data.
        let (error, data) = client.open(7).await;
        let (mut target, _) = listener.accept().await.unwrap();
        target.shutdown().await.unwrap();
        client.ended(&[error, data]).await;
        client.data(data, b"late", true).await.unwrap();
        let mut late = String::new();
        target.read_to_string(&mut late).await.unwrap();
        assert_eq!(late, "late");
        counted(cluster, 1, 0).await;
    }
}

#[tokio::test]
async fn two_hundred_connections_share_one() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let pod = pod(cluster, "default", "echo").await;
    for tunnel in [false, true] {
        let mut client = Client::connect(cluster, &pod, tunnel).await;
        let mut expected = HashMap::new();
        let mut ids = Vec::new();
        for number in 0..200u32 {
            let (error, data) = client.open(8080).await;
            let sent = number.to_string().repeat(200).into_bytes();
            client.data(data, &sent, true).await.unwrap();
            ids.extend([error, data]);
            expected.insert(data, sent);
            expected.insert(error, Vec::new());
        }
        assert_eq!(client.ended(&ids).await, expected);
        counted(cluster, 1, 0).await;
    }
}

#[tokio::test]
async fn a_reset_by_the_client_ends_one_stream_only() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let bulk = pod(cluster, "default", "bulk").await;
    let mut client = Client::connect(cluster, &bulk, false).await;
    let (error, data) = client.open(8080).await;
    let mut length = 0;
    while length < 8 << 20 {
        if let Found::Data(id, piece, false) = client.next().await.unwrap() {
            assert_eq!(id, data);
            length += piece.len();
        }
    }
    counted(cluster, 1, 1).await;
    client.frame(&Frame::RstStream { id: data, status: status::CANCEL }).await;
    assert_eq!(client.ended(&[error]).await[&error], b"");
    counted(cluster, 1, 0).await;
    // The other port of the pod receives everything.
    let (words, answer) = client.exchange(8081, &vec![1; 3 << 20]).await;
    assert_eq!((words.as_str(), answer.len()), ("", 0));
}

#[tokio::test]
async fn failures_are_reported_on_the_error_stream() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let echo = pod(cluster, "default", "echo").await;
    let reset = pod(cluster, "default", "reset").await;
    let hang_up = pod(cluster, "default", "hangup").await;
    let mut client = Client::connect(cluster, &echo, true).await;
    let (words, answer) = client.exchange(9999, b"").await;
    assert!(words.starts_with("error forwarding port 9999 to pod "), "{words}");
    assert!(words.contains("127.0.0.1:9999: connect: connection refused"), "{words}");
    assert!(answer.is_empty());
    cluster.set_forward_fault(Some(ForwardFault::ResetTarget));
    let (words, _) = client.exchange(8080, b"x").await;
    assert!(words.ends_with("read: connection reset by peer"), "{words}");
    // The fault happens only once.
    assert_eq!(client.exchange(8080, b"x").await, (String::new(), b"x".to_vec()));
    let mut client = Client::connect(cluster, &reset, false).await;
    let (words, _) = client.exchange(8080, b"x").await;
    assert!(words.contains("connection reset by peer"), "{words}");
    let mut client = Client::connect(cluster, &hang_up, false).await;
    assert_eq!(client.exchange(8080, b"").await, (String::new(), Vec::new()));
}

/// With the error texts of each runtime, as kubectl's users see them.
#[tokio::test]
async fn each_runtime_has_its_own_error_texts() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let reset = pod(cluster, "default", "reset").await;
    for (runtime, refused, by_reset, gone) in [
        (
            Runtime::Containerd,
            "in network namespace \"",
            "read tcp4 127.0.0.1:43210->127.0.0.1:8080: read: connection reset by peer",
            "\" in store: not found",
        ),
        (
            Runtime::CriO,
            "port forward into network namespace \"",
            "read tcp 127.0.0.1:43210->127.0.0.1:8080: read: connection reset by peer",
            " not found: ID does not exist",
        ),
        (
            Runtime::Dockershim,
            "socat[43210] E connect(5, AF=2 127.0.0.1:9999, 16): Connection refused",
            "",
            "Error: No such container: ",
        ),
    ] {
        cluster.set_runtime(Some(runtime));
        let mut client = Client::connect(cluster, &reset, false).await;
        let (words, _) = client.exchange(9999, b"").await;
        assert!(words.contains(refused) && words.contains("onnection refused"), "{words}");
        let (words, _) = client.exchange(8080, b"x").await;
        assert!(words.ends_with(by_reset) && words.is_empty() == by_reset.is_empty(), "{words}");
        let echo = pod(cluster, "default", "echo").await;
        let mut client = Client::connect(cluster, &echo, true).await;
        assert_eq!(client.exchange(8080, b"x").await, (String::new(), b"x".to_vec()));
        let (namespace, name) = echo.split_once('/').unwrap();
        assert!(cluster.lose_sandbox(namespace, name));
        let (words, answer) = client.exchange(8080, b"x").await;
        assert!(words.contains(gone) && answer.is_empty(), "{words}");
    }
}

/// containerd and CRI-O close one second after the client's end, which the application does not
/// notice until then; socat passes the end on, and waits half as long.
#[tokio::test]
async fn each_runtime_ends_connections_in_its_own_way() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    cluster.forward_target("default", "echo", 7, listener.local_addr().unwrap());
    let pod = pod(cluster, "default", "echo").await;
    for (runtime, passed_on) in
        [(Runtime::Containerd, false), (Runtime::CriO, false), (Runtime::Dockershim, true)]
    {
        cluster.set_runtime(Some(runtime));
        let mut client = Client::connect(cluster, &pod, false).await;
        let (error, data) = client.open(7).await;
        let (mut target, _) = listener.accept().await.unwrap();
        client.data(data, b"q", true).await.unwrap();
        assert_eq!(target.read_u8().await.unwrap(), b'q');
        let early = timeout(Duration::from_millis(100), target.read_u8()).await;
        assert_eq!(early.is_ok(), passed_on, "{runtime:?}");
        target.write_all(b"soon enough").await.unwrap();
        let all = client.ended(&[error, data]).await;
        assert_eq!((&all[&data][..], &all[&error][..]), (&b"soon enough"[..], &b""[..]));
    }
}

#[tokio::test]
async fn streams_can_be_stalled_and_reset() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let pod = pod(cluster, "default", "echo").await;
    let mut client = Client::connect(cluster, &pod, false).await;
    cluster.set_forward_fault(Some(ForwardFault::StallData));
    client.open(8080).await;
    client.frame(&Frame::Ping(1)).await;
    assert_eq!(client.next().await.unwrap(), Found::Ping(1));
    cluster.set_forward_fault(Some(ForwardFault::ResetStream));
    let (error, data) = client.open(8080).await;
    assert_eq!(client.next().await.unwrap(), Found::Reply(error));
    assert_eq!(client.next().await.unwrap(), Found::Reply(data));
    assert_eq!(client.next().await.unwrap(), Found::Reset(data, status::CANCEL));
    assert_eq!(client.next().await.unwrap(), Found::Data(error, Vec::new(), true));
    assert_eq!(client.exchange(8080, b"x").await, (String::new(), b"x".to_vec()));
}

#[tokio::test]
async fn invalid_requests_are_refused() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let pod = pod(cluster, "default", "echo").await;
    let mut client = Client::connect(cluster, &pod, false).await;
    for headers in [
        &[("streamtype", "data")][..],
        &[("streamtype", "data"), ("port", "0")],
        &[("streamtype", "data"), ("port", "65536")],
        &[("streamtype", "other"), ("port", "80")],
    ] {
        let id = client.stream(headers).await;
        assert_eq!(client.next().await.unwrap(), Found::Reset(id, status::CANCEL));
    }
    for id in [2, 1] {
        client.frame(&Frame::SynStream { id, fin: false, headers: Headers::default() }).await;
        assert_eq!(client.next().await.unwrap(), Found::Reset(id, status::PROTOCOL_ERROR));
    }
    // Without a request id, consecutive streams are a pair.
    let error = client.stream(&[("streamtype", "error"), ("port", "8080")]).await;
    let data = client.stream(&[("streamtype", "data"), ("port", "8080")]).await;
    client.data(data, b"x", true).await.unwrap();
    assert_eq!(client.ended(&[error, data]).await[&data], b"x");
    client.data(77, b"nobody's", true).await.unwrap();
    client.raw(&[0x80, 9, 9, 9, 0, 0, 0, 0]).await.unwrap();
    assert!(client.next().await.is_err());
    counted(cluster, 0, 0).await;
}

#[tokio::test]
async fn a_target_that_does_not_read_holds_back_the_client() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let pod = pod(cluster, "default", "echo").await;
    cluster.forward_target("default", pod.split_once('/').unwrap().1, 8080, address);
    let mut client = Client::connect(cluster, &pod, false).await;
    let (_, data) = client.open(8080).await;
    let (target, _) = listener.accept().await.unwrap();
    let piece = vec![0; 32 * 1024];
    let mut sent = 0;
    while let Ok(result) =
        timeout(Duration::from_millis(500), client.data(data, &piece, false)).await
    {
        result.unwrap();
        sent += piece.len();
        assert!(sent < 64 << 20, "nothing holds it back");
    }
    // Neither a cut nor the target's end waits for the unread data.
    assert_eq!(cluster.forwards().streams, 1);
    cluster.cut_forwards();
    counted(cluster, 0, 0).await;
    drop(target);
}

#[tokio::test]
async fn a_cut_resets_and_a_deleted_pod_is_replaced() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let echo = pod(cluster, "default", "echo").await;
    let manager = pod(cluster, "monitoring", "alertmanager").await;
    for tunnel in [false, true] {
        let mut client = Client::connect(cluster, &echo, tunnel).await;
        client.open(8080).await;
        counted(cluster, 1, 1).await;
        cluster.cut_forwards();
        let end = loop {
            if let Err(error) = client.next().await {
                break error;
            }
        };
        assert_eq!(end.kind(), io::ErrorKind::ConnectionReset);
        counted(cluster, 0, 0).await;
    }
    let mut deleted = Client::connect(cluster, &echo, false).await;
    let mut other = Client::connect(cluster, &manager, false).await;
    counted(cluster, 2, 0).await;
    let (namespace, name) = echo.split_once('/').unwrap();
    assert!(cluster.delete_pod(namespace, name));
    assert!(!cluster.delete_pod(namespace, name));
    assert!(deleted.next().await.is_err());
    assert_eq!(code(cluster, &echo, SPDY).await, 404);
    let replacement = pod(cluster, "default", "echo").await;
    assert_ne!(replacement, echo);
    let mut client = Client::connect(cluster, &replacement, false).await;
    assert_eq!(client.exchange(8080, b"x").await, (String::new(), b"x".to_vec()));
    other.frame(&Frame::Ping(1)).await;
    assert_eq!(other.next().await.unwrap(), Found::Ping(1));
    let mut tunnelled = Client::connect(cluster, &manager, true).await;
    tunnelled.frame(&Frame::Ping(1)).await;
    assert_eq!(tunnelled.next().await.unwrap(), Found::Ping(1));
    assert!(cluster.delete_pod("monitoring", "alertmanager-0"));
    assert_eq!(other.next().await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    // In a WebSocket the server closes only when the client sends something.
    counted(cluster, 2, 0).await;
    assert!(timeout(Duration::from_millis(50), tunnelled.next()).await.is_err());
    tunnelled.frame(&Frame::Ping(1)).await;
    assert_eq!(tunnelled.next().await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    counted(cluster, 1, 0).await;
    assert_eq!(pod(cluster, "monitoring", "alertmanager").await, manager);
}

#[tokio::test]
async fn an_upgrade_can_be_refused() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let echo = pod(cluster, "default", "echo").await;
    let pending = pod(cluster, "default", "pending").await;
    assert_eq!(code(cluster, &echo, "Upgrade: h2c\r\n").await, 400);
    assert_eq!(code(cluster, &pending, SPDY).await, 400);
    assert_eq!(code(cluster, "default/nope", TUNNEL).await, 404);
    assert_eq!(code(cluster, &echo, &SPDY.replace("portforward", "exec")).await, 403);
    cluster.set_forward_websockets(false);
    assert_eq!(code(cluster, &echo, TUNNEL).await, 403);
    assert_eq!(code(cluster, &echo, SPDY).await, 101);
    cluster.set_forward_websockets(true);
    assert_eq!(code(cluster, &echo, TUNNEL).await, 101);
    for refusal in [403, 500] {
        cluster.set_forward_fault(Some(ForwardFault::Refuse(refusal)));
        assert_eq!(code(cluster, &echo, SPDY).await, refusal);
    }
    cluster.set_forward_fault(Some(ForwardFault::StallUpgrade));
    let stalled = timeout(Duration::from_millis(100), request_upgrade(cluster, &echo, SPDY));
    assert!(stalled.await.is_err());
    cluster.set_forward_fault(None);
    assert_eq!(code(cluster, &echo, SPDY).await, 101);
    drop(demo);
}
