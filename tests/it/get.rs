//! `hpa get`: one HPA.

use watchdog::demo::Fault;

use crate::support::Clusters;

#[test]
fn an_hpa_is_found_in_any_cluster_and_namespace() {
    let clusters = Clusters::new();
    let everywhere = clusters.run("hpa get checkout -o json").code(0).json();
    assert_eq!(everywhere["kind"], "HpaDetailList");
    assert_eq!(everywhere["clusters"].as_array().unwrap().len(), 2);
    let found: Vec<[&str; 3]> = everywhere["hpas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hpa| ["cluster", "namespace", "name"].map(|key| hpa[key].as_str().unwrap()))
        .collect();
    assert_eq!(found, [["production", "shop", "checkout"], ["staging", "shop", "checkout"]]);
    let one = clusters.run("hpa get checkout -n shop --cluster staging -o json").code(0).json();
    assert_eq!(one["hpas"].as_array().unwrap().len(), 1);
    // The record is the same as in the list.
    let list = clusters.run("hpa list -n shop --cluster staging -o json").code(0).json();
    let listed = list["hpas"].as_array().unwrap().iter().find(|hpa| hpa["name"] == "checkout");
    for (key, value) in listed.unwrap().as_object().unwrap() {
        if key != "target" {
            assert_eq!(&one["hpas"][0][key], value, "{key}");
        }
    }
}

#[test]
fn a_missing_hpa_is_a_failure() {
    let clusters = Clusters::new();
    let output = clusters.run("hpa get nope -n shop").code(1).prints_nothing();
    output.says("no HPA is named nope in namespace shop");
    clusters.run("hpa get checkout -n media").code(1).prints_nothing().says("media");
    let broken = Clusters::broken();
    // If a cluster cannot be read, its existence is unknown.
    let output = broken.run("hpa get nope --cluster production --cluster down").code(3);
    output.says("down: unreachable");
}

#[test]
fn an_unreadable_part_does_not_hide_the_rest() {
    let clusters = Clusters::new();
    for (prefix, part) in
        [("/api/v1/namespaces/shop/pods", "pods"), ("/apis/apps/v1/namespaces/shop", "target")]
    {
        let cluster = clusters.cluster("production");
        cluster.set_fault(None);
        cluster.add_fault(prefix, Fault::Status(403));
        let output = clusters.run("hpa get checkout -n shop --cluster production -o json").code(3);
        assert_eq!(output.json()["hpas"][0]["name"], "checkout", "{output}");
        let line = format!("error: production: forbidden: {part} of shop/checkout: ");
        assert!(output.stderr.contains(&line), "{line}: {output}");
    }
}

/// A missing target is a valid result.
#[test]
fn a_missing_target_is_not_a_failure() {
    let clusters = Clusters::new();
    let output = clusters.run("hpa get pricing -n shop --cluster production -o json").code(0);
    assert_eq!(output.json()["hpas"][0]["name"], "pricing", "{output}");
}

#[test]
fn targets_of_every_kind_are_read() {
    let clusters = Clusters::new();
    for (namespace, name) in [
        ("payments", "card-gateway"),
        ("payments", "ledger"),
        ("platform", "legacy-batch"),
        ("platform", "mailer"),
        ("shop", "checkout"),
    ] {
        let line = format!("hpa get {name} -n {namespace} --cluster production -o json");
        clusters.run(&line).code(0).quiet();
    }
}
