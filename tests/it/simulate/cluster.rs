//! `hpa simulate NAME --since`, over the history of a demo cluster's own Prometheus.

use crate::support::Forwards;

#[test]
fn what_prometheus_has_recorded_is_replayed_and_exported() {
    let forwards = Forwards::new();
    let base =
        ["hpa", "simulate", "catalog", "-n", "shop", "--context", "production", "--since", "6h"];
    let json = forwards
        .watchdog(base)
        .args(["--set", "maxReplicas=12", "-o", "json"])
        .run()
        .code(0)
        .json();
    assert_eq!(json["trust"]["measured"], true, "{json}");
    assert!(json["asItWas"]["summary"]["podHours"].as_f64().unwrap() > 0.0, "{json}");
    let (replayed, changed) = (&json["cases"][0], &json["cases"][1]);
    assert_eq!((&replayed["name"], &changed["name"]), (&"replayed".into(), &"changed".into()));
    assert_eq!(changed["spec"]["maxReplicas"], 12);
    assert!(json["load"]["source"].as_str().unwrap().starts_with("Prometheus, "), "{json}");

    let export = [
        "hpa",
        "load",
        "export",
        "catalog",
        "-n",
        "shop",
        "--context",
        "production",
        "--since",
        "6h",
    ];
    let export =
        forwards.watchdog(export).run().code(0).says("for hpa simulate --load: --request cpu=");
    let header = export.lines()[0].to_owned();
    assert!(header.starts_with("time,cpu") && header.ends_with(",replicas"), "{header}");

    let none =
        ["hpa", "simulate", "nothing", "-n", "shop", "--context", "production", "--since", "6h"];
    forwards.watchdog(none).run().code(1).says("no HPA is named nothing");
    forwards.watchdog(["hpa", "simulate", "catalog"]).run().code(64).says("NAME --since 14d");
}

#[test]
fn a_poor_replay_names_the_likely_reason_and_what_cannot_scale_is_refused() {
    let forwards = Forwards::new();
    let run = |name: &str| {
        let place = ["--context", "production", "--since", "6h"];
        forwards.watchdog(["hpa", "simulate", name].into_iter().chain(place)).run()
    };
    // One of the containers has no request: the controller could not scale in all of this time.
    run("shop/storefront")
        .code(1)
        .says("container istio-proxy of Deployment/storefront has no cpu request");
    run("shop/reviews").code(1).says("the controller cannot scale by cpu");
    run("payments/invoices").code(1).says("Deployment/invoices had 0 replicas in all of this time");
    let waiting = run("payments/fraud-scoring").code(0);
    assert!(waiting.stdout.contains("maybe because 2 of 6 pods are not ready now"), "{waiting}");
    assert!(!waiting.stdout.contains("rows are 60 s apart"), "replicas did not move: {waiting}");
}

#[test]
fn the_next_decision_counts_the_pods_one_by_one() {
    let forwards = Forwards::new();
    let get = ["hpa", "get", "payments/fraud-scoring", "--context", "production", "--why"];
    let json = forwards.watchdog(get.into_iter().chain(["-o", "json"])).run().code(0).json();
    let metric = &json["hpas"][0]["why"]["metrics"][0];
    assert_eq!(
        (&metric["from"], &metric["pods"]["unready"]),
        (&"pods".into(), &2.into()),
        "{json}"
    );
    assert!(json["hpas"][0].get("podUsage").is_none(), "usage was not asked for: {json}");
}
