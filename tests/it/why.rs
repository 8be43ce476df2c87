//! `hpa get --why`: what the controller will decide next.

use serde_json::Value;

use crate::support::Clusters;

/// The section of a page, its lines joined.
fn next_decision(clusters: &Clusters, hpa: &str) -> String {
    let page = clusters.run(&format!("hpa get {hpa} --context production --why")).code(0).stdout;
    let section = page.split("\nNext decision\n").nth(1).unwrap_or_else(|| panic!("{page}"));
    let lines = section.lines().take_while(|line| !line.is_empty());
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

fn why(clusters: &Clusters, hpa: &str) -> Value {
    let line = format!("hpa get {hpa} --context production --why -o json");
    clusters.run(&line).code(0).json()["hpas"][0]["why"].clone()
}

#[test]
fn where_the_controller_decides_nothing_nothing_is_predicted() {
    let clusters = Clusters::new();
    for (hpa, expected) in [
        ("platform/config-sync", "Nothing is decided: no controller has reconciled this HPA yet."),
        (
            "shop/inventory-memory",
            "Nothing is decided: several HPAs act on the same pods, and the controller acts for none of them (AmbiguousSelector).",
        ),
    ] {
        assert_eq!(next_decision(&clusters, hpa), expected);
        let why = why(&clusters, hpa);
        assert_eq!((&why["wanted"], &why["notBefore"]), (&Value::Null, &Value::Null), "{why}");
        assert_eq!(why["unknown"].as_array().unwrap().len(), 0, "{why}");
    }
    assert_eq!(why(&clusters, "platform/config-sync")["current"], 2, "those of its target");
}

#[test]
fn a_write_that_was_refused_is_expected_to_be_refused_again() {
    let decision = next_decision(&Clusters::new(), "payments/payouts");
    let expected = "- cpu proposes 6, which decides: 140% against a target of 70%: 2.00 times (pods: 3 ready, 0 not ready, \
                    0 without metrics) Wants 6; the write will probably be refused, as the last one was \
                    (FailedUpdateScale).";
    assert_eq!(decision, expected);
}

#[test]
fn the_replicas_are_those_of_the_target_and_pods_that_start_count_as_0() {
    let clusters = Clusters::new();
    let decision = next_decision(&clusters, "search/search-api");
    let expected = "- cpu proposes 6, which decides: 100% against a target of 70%: 1.43 times; with 2 pods that are not ready \
                    counted as 0: 66%, 0.94 times, within the tolerance (pods: 4 ready, 2 not ready, 0 without metrics) \
                    The target has 6 replicas now, and the HPA's status still 4; stays at 6.";
    assert_eq!(decision, expected);
    let decision = next_decision(&clusters, "search/query-router");
    assert!(decision.contains("may rise to 12 at the next sync: at most twice"), "{decision}");
    assert!(!decision.contains("Not known"), "{decision}");
    let page = clusters.run("hpa get search/query-router --context production").code(0).stdout;
    assert!(
        page.contains("to at most twice the replicas or 4, whichever is more (now 12)"),
        "{page}"
    );
}

#[test]
fn the_container_without_a_request_is_named() {
    let decision = next_decision(&Clusters::new(), "shop/storefront");
    let expected = "- cpu proposes nothing: container istio-proxy of 4 of 4 pods has no cpu request \
                    No metric proposes anything: nothing changes.";
    assert_eq!(decision, expected);
}
