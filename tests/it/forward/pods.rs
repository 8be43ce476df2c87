//! The pod to which a forward leads.

use std::time::Instant;

use watchdog::demo::Fault;

use crate::support::{Forwards, number, request, text, until};

const STOREFRONT: &str = "svc/storefront 80 -n shop";

/// The target and ports in the arguments of the only forwarding kubectl.
fn forwarded(forwards: &Forwards) -> String {
    until("one kubectl forwards", || {
        let all = forwards.kubectls();
        let [one] = all.as_slice() else { return None };
        one.command.split(" -- ").last().map(|words| words.trim().to_owned())
    })
}

/// The names of the pods of an app in namespace `shop`, oldest first.
fn pods(forwards: &Forwards, app: &str) -> Vec<String> {
    let command = format!(
        "get pods -n shop -l app={app} --sort-by=.metadata.creationTimestamp -o jsonpath={{.items[*].metadata.name}}"
    );
    let sandbox = &forwards.clusters.sandbox;
    let kubectl = sandbox.command(crate::support::kubectl());
    let output = kubectl.args(command.split(' ')).run().code(0);
    output.stdout.split_whitespace().map(str::to_owned).collect()
}

#[track_caller]
fn answers(port: u16) {
    let answer = request(port, "/").unwrap();
    assert!(answer.contains(" 200 OK"), "{answer:?}");
}

#[test]
fn the_newest_pod_is_chosen_at_each_start_of_kubectl_if_requested() {
    let forwards = Forwards::new();
    forwards.start(&format!("{STOREFRONT} --name kubectls"));
    // By default kubectl itself resolves the Service, at no extra cost.
    assert_eq!(forwarded(&forwards), "svc/storefront :80");
    forwards.run("stop --all").code(0);
    let before = pods(&forwards, "storefront");
    assert!(before.len() > 1, "{before:?}");
    let port = forwards.start(&format!("{STOREFRONT} --pod-selection newest --name newest"));
    let newest = before.last().unwrap();
    let words = forwarded(&forwards);
    assert!(words.starts_with(&format!("pod/{newest} :")), "{words}, of {before:?}");
    answers(port);
    // The pid is that of kubectl itself.
    assert_eq!(forwards.kubectls()[0].pid, forwards.kubectl("newest"));
    // In a rollout another pod becomes the newest.
    assert!(forwards.clusters.cluster("production").delete_pod("shop", newest));
    until("it is served again", || request(port, "/").ok().filter(|it| it.contains(" 200 OK")));
    let now = pods(&forwards, "storefront");
    let next = now.last().unwrap();
    assert!(!before.contains(next), "{next}, of {before:?}");
    assert!(forwarded(&forwards).starts_with(&format!("pod/{next} :")));
    assert!(number(&forwards.forward("newest")["restarts"]) >= 1);
}

#[test]
fn kubectl_reports_unreadable_services_and_wrong_ports() {
    let forwards = Forwards::new();
    let cluster = forwards.clusters.cluster("production");
    // The first reader of the Service is not kubectl port-forward.
    cluster.add_fault("/api/v1/namespaces/shop/services/", Fault::StatusTimes(403, 1));
    forwards.start(&format!("{STOREFRONT} --pod-selection newest"));
    assert_eq!(forwarded(&forwards), "svc/storefront :80");
    forwards.run("stop --all").code(0);
    for (target, words) in [
        ("svc/udp-only 80 -n default", "UDP protocol is not supported"),
        ("svc/storefront 81 -n shop", "does not have a service port 81"),
        ("svc/external-database 80 -n default", "without a selector"),
    ] {
        forwards.run(&format!("start -d {target} --pod-selection newest")).code(1).says(words);
    }
}

#[test]
fn the_configuration_chooses_the_pod_selection() {
    let forwards = Forwards::new();
    let config = format!("{}forward: {{pod_selection: newest}}\n", crate::support::SHORT);
    forwards.clusters.sandbox.configure(&config);
    forwards.start(STOREFRONT);
    assert!(forwarded(&forwards).starts_with("pod/storefront-"));
    forwards.run("stop --all").code(0);
    forwards.start(&format!("{STOREFRONT} --pod-selection kubectl"));
    assert_eq!(forwarded(&forwards), "svc/storefront :80");
}

#[test]
fn a_ready_pod_is_awaited_if_requested() {
    let forwards = Forwards::new();
    forwards.start("svc/echo 80 -n default --wait pod");
    forwards
        .run("start -d svc/pending 80 -n default --wait pod --ready-timeout 6s")
        .code(1)
        .says("no pod was ready in time: pod pending-")
        .says("not ready yet: pod pending-");
    // No forward was created.
    assert!(forwards.run("why pending").code(1).stderr.contains("no forward is named"));
    // The time is for everything, an API server that does not answer included.
    let production = forwards.clusters.cluster("production");
    production.set_fault(Some(Fault::Hang));
    let began = Instant::now();
    let silent = forwards.run("start -d svc/echo 80 -n default --wait pod --ready-timeout 2s");
    silent.code(1).says("no pod was ready in time: the API server has not answered yet");
    assert!(began.elapsed().as_secs() < 20, "the default timeout of a call is 30 s");
    production.set_fault(None);
    // A target without pods is an error at once.
    forwards
        .run("start -d svc/external-database 80 -n default --wait pod --ready-timeout 10m")
        .code(1)
        .says("without a selector");
    forwards
        .run("start -d svc/nothing 80 -n default --wait pod --ready-timeout 10m")
        .code(1)
        .says("not found");
}

#[test]
fn a_statefulset_pod_is_followed_by_its_name() {
    let forwards = Forwards::new();
    let port = forwards.start("pod/ledger-0 http -n payments");
    answers(port);
    assert!(forwards.clusters.cluster("production").delete_pod("payments", "ledger-0"));
    until("it is served by the pod that has its name now", || {
        request(port, "/").ok().filter(|answer| answer.contains(" 200 OK"))
    });
    let forward = forwards.restarted("ledger-0", 1);
    assert_eq!(text(&forward["resource"]), "pod/ledger-0");
    let states: Vec<String> =
        forwards.story("ledger-0").iter().map(|event| text(&event["state"]).to_owned()).collect();
    assert!(states.windows(2).any(|it| it[0] == "ready" && it[1] != "ready"), "{states:?}");
    assert_eq!(states.last().map(String::as_str), Some("ready"));
}
