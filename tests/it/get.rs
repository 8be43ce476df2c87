//! `hpa get`: one HPA.

use watchdog::demo::Fault;

use crate::support::{Clusters, Terminal, plain};

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

#[test]
fn recent_events_of_the_hpa_and_its_target_are_shown() {
    let clusters = Clusters::new();
    let line = "hpa get settlement -n payments --cluster production";
    let json = clusters.run(&format!("{line} -o json")).code(0).json();
    let events = json["hpas"][0]["events"].as_array().unwrap();
    assert!(!events.is_empty(), "{json}");
    for event in events {
        assert_eq!(event["objectName"], "settlement", "{event}");
    }
    let reason = events[0]["reason"].as_str().unwrap();
    let text = clusters.run(line).code(0).stdout;
    let section = text.split("\nEvents\n").nth(1).unwrap();
    assert!(section.starts_with(&format!("  {reason}  hpa, ")), "{text}");

    // Where they may not be read, all the rest is complete.
    let cluster = clusters.cluster("production");
    cluster.add_fault("/api/v1/namespaces/payments/events", Fault::Status(403));
    let refused = clusters.run(line).code(0).stdout;
    assert!(
        refused.contains("could not be read") && refused.contains("events is forbidden"),
        "{refused}"
    );
    cluster.set_fault(None);
    cluster.add_fault("/api/v1/namespaces/payments/events", Fault::Status(500));
    clusters.run(line).code(3);
}

#[test]
fn several_hpas_of_one_name_begin_with_a_table() {
    let clusters = Clusters::new();
    let text = clusters.run("hpa get checkout").code(0).stdout;
    assert!(text.starts_with("CLUSTER "), "{text}");
    let table = text.split("\n\n").next().unwrap();
    assert_eq!(table.lines().count(), 3, "{text}");
    let one = clusters.run("hpa get checkout --cluster staging").code(0).stdout;
    assert!(one.starts_with("staging/shop/checkout"), "{one}");
}

/// In a fleet one name is in every cluster.
#[test]
fn many_hpas_of_one_name_are_a_table_and_the_line_for_one_of_them() {
    let clusters = Clusters::small(6, 75);
    let output = clusters.run("hpa get checkout").code(0);
    assert_eq!(output.lines().len(), 7, "{output}");
    let said = "note: 6 HPAs; to explain one: watchdog hpa get ";
    let line = output.stderr.strip_prefix(said).unwrap_or_else(|| panic!("{output}"));
    let (place, _) = line.split_once("; all: --all").unwrap();
    let one = clusters.run(&format!("hpa get {place}")).code(0).quiet().stdout;
    assert!(one.starts_with(place), "{one}");
    let all = clusters.run("hpa get checkout --all").code(0).quiet().stdout;
    assert_eq!(all.matches("\nConditions\n").count(), 6, "{all}");
    let json = clusters.run("hpa get checkout -o json").code(0).quiet().json();
    assert!(json["hpas"].as_array().unwrap().iter().all(|hpa| hpa["explanation"].is_object()));
}

#[test]
fn on_a_terminal_the_worst_of_them_comes_last() {
    let clusters = Clusters::new();
    let run = clusters.watchdog(["hpa", "get", "c*", "-n", "shop"]);
    let shown = plain(&Terminal::new(80, 24).run(run).code(0).stdout);
    let rows: Vec<&str> = shown.lines().collect();
    assert!(rows.len() > 4 && rows[0].starts_with("CLUSTER "), "{shown}");
    let last = rows.last().unwrap();
    assert!(last.starts_with("production") && last.ends_with("maxed-out"), "{shown}");
}

#[test]
fn pods_are_counted_of_what_the_target_asks_for() {
    let clusters = Clusters::new();
    let text = clusters.run("hpa get production/payments/webhooks").code(0).stdout;
    let stale = "replicas       0/2 ready; 2 now, desired count unknown\n";
    assert!(text.contains(stale), "{text}");
    let text = clusters.run("hpa get production/shop/catalog").code(0).stdout;
    assert!(text.contains("replicas       6/6 ready; 6 now, 6 desired\n"), "{text}");
}

#[test]
fn of_two_hpas_for_one_target_all_but_one_are_to_go() {
    let clusters = Clusters::new();
    let text = clusters.run("hpa get production/shop/inventory").code(0).stdout;
    assert!(text.contains("To do: delete all but one of these HPAs"), "{text}");
}

#[test]
fn the_kubectl_lines_to_go_on_with_are_kubectls_own_syntax() {
    let clusters = Clusters::new();
    let line = "hpa get checkout -n shop --cluster staging --print-kubectl";
    let text = clusters.run(line).code(0).quiet().stdout;
    assert!(text.lines().count() >= 4, "{text}");
    for line in text.lines().filter(|line| !line.contains(" top ")) {
        // kubectl accepts each and finds what it names.
        clusters.sandbox.command("sh").args(["-c", line]).run().code(0);
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
