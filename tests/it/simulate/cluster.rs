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
