//! The programs in `examples/`, which use the library without the command line.

use std::env;
use std::path::PathBuf;

use nix::sys::signal::Signal;
use watchdog::demo::Fault;

use crate::support::{Clusters, Forwards, healthy, until};

/// The path of an example, which Cargo builds in a directory beside the tests.
fn example(name: &str) -> PathBuf {
    let program = env::current_exe().unwrap();
    let profile = program.ancestors().nth(2).expect("target/PROFILE/deps/it");
    profile.join("examples").join(name)
}

#[test]
fn list_hpas_agrees_with_hpa_list() {
    let clusters = Clusters::new();
    let output = clusters.sandbox.command(example("list_hpas")).run().code(0);
    let listed = clusters.run("hpa list -A -o json").code(0).json();
    let expected: Vec<String> = listed["hpas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hpa| {
            let word = |key: &str| hpa[key].as_str().unwrap().to_owned();
            format!(
                "{} {} {} {}/{} replicas",
                word("cluster"),
                word("namespace"),
                word("name"),
                hpa["currentReplicas"],
                hpa["maxReplicas"]
            )
        })
        .collect();
    assert!(expected.len() > 10);
    assert_eq!(output.lines(), expected);
}

#[test]
fn list_hpas_reports_a_cluster_that_cannot_be_read() {
    let clusters = Clusters::new();
    clusters
        .cluster("staging")
        .add_fault("/apis/autoscaling/v2/horizontalpodautoscalers", Fault::Status(403));
    let output = clusters.sandbox.command(example("list_hpas")).run().code(0);
    assert!(output.lines().iter().all(|line| line.starts_with("production ")), "{output}");
    assert!(output.stderr.starts_with("staging: "), "{output}");
}

#[test]
fn hold_forward_holds_a_forward_until_it_is_interrupted() {
    let forwards = Forwards::new();
    let running = forwards
        .clusters
        .sandbox
        .command(example("hold_forward"))
        .args(["monitoring", "svc/prometheus-server", "80"])
        .env("WATCHDOG", env!("CARGO_BIN_EXE_watchdog"))
        .start();
    let line = running.says("127.0.0.1:");
    let port = line.trim().rsplit(':').next().unwrap().parse().unwrap();
    healthy(port);
    running.signal(Signal::SIGINT);
    running.wait().code(0);
    until("its lease has ended", || {
        let list = forwards.list();
        let leases = |forward: &serde_json::Value| forward["leases"].as_array().map(Vec::len);
        list["forwards"]
            .as_array()
            .unwrap()
            .iter()
            .all(|forward| leases(forward) == Some(0))
            .then_some(())
    });
}

#[test]
fn a_session_scans_all_clusters_holds_their_forwards_and_ends_them() {
    let forwards = Forwards::new();
    let listed = forwards.clusters.run("hpa list -o json").code(0).json();
    let running = forwards
        .clusters
        .sandbox
        .command(example("session"))
        .arg("1s")
        .env("WATCHDOG", env!("CARGO_BIN_EXE_watchdog"))
        .start();
    let mut text = String::new();
    let mut says = |what: &str| {
        loop {
            let whole = text.rfind('\n').map_or("", |end| &text[..end]);
            if let Some(line) = whole.lines().find(|line| line.contains(what)) {
                return line.to_owned();
            }
            text += &running.says("\n");
        }
    };
    says(" namespaces in 2 clusters");
    for hpa in listed["hpas"].as_array().unwrap() {
        let word = |key: &str| hpa[key].as_str().unwrap();
        says(&format!("{}/{}: {}/", word("namespace"), word("name"), hpa["currentReplicas"]));
    }
    says("production/shop/pricing: its scale target Deployment/pricing-v1 does not exist");
    let line = says("prometheus of production: http://");
    let port = line.split(':').nth(3).unwrap();
    healthy(port.parse().unwrap());
    running.signal(Signal::SIGINT);
    running.wait().code(0);
    until("its forwards have ended", || {
        forwards.list()["forwards"].as_array().unwrap().is_empty().then_some(())
    });
}
