//! Histories from snapshots and a real Prometheus together.

use serde_json::{Value, json};

use super::demo::{MINUTES, Scrape};
use super::since::{configure, with_store};
use crate::support::{Forwards, Output};

fn history(forwards: &Forwards, more: &[&str]) -> Output {
    let args = ["history", "catalog", "--context", "production", "--since", "2h"];
    forwards.watchdog(args.iter().chain(more).copied()).run()
}

fn points(output: &Output) -> Vec<Value> {
    let json = output.json();
    let hpas = json["hpas"].as_array().unwrap();
    assert_eq!(hpas.len(), 1, "{output}");
    hpas[0]["points"].as_array().unwrap().clone()
}

#[test]
fn a_history_from_prometheus_with_its_gap() {
    with_store(Scrape::default(), |forwards| {
        let output = history(forwards, &["--source", "prometheus", "-o", "json"]).code(0).quiet();
        let points = points(&output);
        let gap = MINUTES + 1 - i64::try_from(points.len()).unwrap();
        assert!((13..=17).contains(&gap), "{gap}");
        assert!(points.iter().all(|point| point["source"] == "prometheus"));
        let first = &points[0];
        assert_eq!((&first["currentReplicas"], &first["maxReplicas"]), (&json!(3), &json!(6)));
        assert_eq!((&first["scalingActive"], &first["generation"]), (&json!(true), &json!(1)));
        let metric = &first["metrics"][0];
        assert_eq!(
            (&metric["current"]["value"], &metric["target"]["value"]),
            (&json!("30"), &json!("70"))
        );

        let table = history(forwards, &["--source", "prometheus", "-o", "table"]).code(0).stdout;
        assert!(table.lines().next().unwrap().ends_with("SOURCE"), "{table}");
        assert!(table.contains("prometheus"), "{table}");
        let csv = history(forwards, &["--source", "prometheus", "-o", "csv"]).code(0).stdout;
        assert!(csv.lines().next().unwrap().ends_with(",source,server,stepSeconds"), "{csv}");
        assert!(csv.lines().nth(1).unwrap().contains(",prometheus,http://127.0.0.1:"), "{csv}");
        let chart = history(forwards, &["--source", "prometheus"]).code(0).stdout;
        assert!(chart.contains(" 0 snapshots and 10"), "{chart}");
        assert!(chart.contains("blank: nothing known"), "{chart}");
        let line = chart.lines().skip(1).take(3).collect::<Vec<_>>().join(" ");
        assert!(line.contains("points of Prometheus (http://127.0.0.1:"), "{chart}");
        assert!(line.contains(", a point every 1m)"), "{chart}");
        let page = forwards.clusters.sandbox.path("page.html");
        history(forwards, &["--source", "auto", "--html", page.to_str().unwrap()]).code(0);
        assert!(std::fs::read_to_string(page).unwrap().contains("points of Prometheus"));
    });
}

#[test]
fn snapshots_win_for_what_they_saw() {
    with_store(Scrape::default(), |forwards| {
        forwards.watchdog(["snapshot", "take", "--context", "production"]).run().code(0);
        let output = history(forwards, &["--source", "auto", "-o", "json"]).code(0);
        let points = points(&output);
        let of = |source: &str| points.iter().filter(|it| it["source"] == source).count();
        assert_eq!(of("database"), 1, "{output}");
        assert!(of("prometheus") > 90, "{output}");
        let snapshot = points.iter().find(|point| point["source"] == "database").unwrap();
        assert!(snapshot["workload"].is_object(), "{snapshot}");
        // Nothing is asked by default.
        let output = history(forwards, &["-o", "json"]).code(0).quiet();
        assert_eq!(self::points(&output).len(), 1);
    });
}

#[test]
fn without_snapshots_prometheus_is_named_and_not_asked() {
    let forwards = Forwards::new();
    configure(&forwards, "http://127.0.0.1:1/");
    let output = history(&forwards, &[]).code(1);
    assert!(output.stderr.contains("more in Prometheus: --source auto"), "{output}");
    let output = history(&forwards, &["--source", "auto"]).code(3);
    assert!(output.stderr.contains("Prometheus: http://127.0.0.1:1: no connection"), "{output}");
    let unknown = "catalog is not known: Prometheus could not be read";
    assert!(output.stderr.contains(unknown) && !output.stderr.contains("no HPA"), "{output}");
    let output = history(&forwards, &["--source", "auto", "-o", "json"]).code(3);
    assert_eq!(output.json()["hpas"], json!([]), "{output}");
    // One that is nowhere is known to be nowhere.
    let nosuch = ["history", "nosuch", "--context", "production", "--source", "prometheus"];
    let output = forwards.watchdog(nosuch).run().code(1);
    assert!(output.stderr.contains("no HPA nosuch in the last 24h of Prometheus"), "{output}");
    for (more, expected) in [
        (&["--step", "5m"][..], "--step is for what Prometheus knows of a time: add --source auto"),
        (&["--source", "auto", "--step", "3h"], "a step of 3h does not fit into a time of 2h"),
    ] {
        let output = history(&forwards, more).code(64);
        assert!(output.stderr.contains(expected), "{output}");
    }
    let output = history(&forwards, &["--until", "3h"]).code(64);
    assert!(output.stderr.contains("--until is before --since"), "{output}");
}

fn maxed_out(forwards: &Forwards, source: &str) -> Value {
    let args =
        ["hpa", "check", "shop/catalog", "--context", "production", "--only", "maxed-out", "-o"];
    let output = forwards.watchdog(args.into_iter().chain(["json", "--source", source])).run();
    let json = output.json();
    let findings = json["findings"].as_array().unwrap();
    findings.first().unwrap_or_else(|| panic!("none in {output}")).clone()
}

#[test]
fn findings_have_their_history_from_prometheus_where_snapshots_have_none() {
    with_store(Scrape::default(), |forwards| {
        let finding = maxed_out(forwards, "database");
        assert_eq!(finding["evidence"]["lastedSeconds"], Value::Null);
        for source in ["auto", "prometheus"] {
            let finding = maxed_out(forwards, source);
            let evidence = &finding["evidence"];
            let lasted = evidence["lastedSeconds"].as_i64().unwrap_or_default();
            assert!((38 * 60..=42 * 60).contains(&lasted), "{finding}");
            assert_eq!(evidence["historySource"], "prometheus");
            let message = finding["message"].as_str().unwrap();
            assert!(message.ends_with(" (history: Prometheus)"), "{message}");
        }
    });
}

/// A snapshot or two reach back less far than Prometheus does: without them nothing is known better than with them.
#[test]
fn a_few_snapshots_take_nothing_from_what_prometheus_has() {
    with_store(Scrape::default(), |forwards| {
        let without = maxed_out(forwards, "auto");
        for _ in 0..2 {
            forwards.watchdog(["snapshot", "take", "--context", "production"]).run().code(0);
        }
        let with = maxed_out(forwards, "auto");
        assert_eq!((&without["severity"], &with["severity"]), (&json!("error"), &json!("error")));
        let lasted = |finding: &Value| finding["evidence"]["lastedSeconds"].as_i64().unwrap();
        assert!(lasted(&with) >= lasted(&without) - 60, "{with}, and before {without}");
        assert_eq!(with["evidence"]["historySource"], "databaseAndPrometheus");
        let message = with["message"].as_str().unwrap();
        assert!(message.ends_with(" (history: snapshots and Prometheus)"), "{message}");
        let alone = maxed_out(forwards, "database");
        assert_eq!(alone["severity"], "warning", "{alone}");
        assert_eq!(alone["evidence"]["historySource"], Value::Null, "{alone}");
        // Of one of the sources nothing is mixed in.
        let other = maxed_out(forwards, "prometheus");
        assert_eq!(other["evidence"]["historySource"], "prometheus", "{other}");
    });
}

#[test]
fn what_prometheus_alone_does_not_answer_may_be_in_snapshots() {
    let forwards = Forwards::new();
    configure(&forwards, "http://127.0.0.1:1/");
    let alone = "catalog is not known: Prometheus alone was asked, and could not be read";
    let more = "snapshots of that time have catalog: --source auto";
    let output = history(&forwards, &["--source", "prometheus"]).code(3).says(alone);
    assert!(!output.stderr.contains("snapshot"), "{output}");
    forwards.watchdog(["snapshot", "take", "--context", "production"]).run().code(0);
    history(&forwards, &["--source", "prometheus"]).code(3).says(alone).says(more);
    let output = history(&forwards, &["--source", "auto"]).code(3);
    assert!(output.stdout.contains("catalog") && !output.stderr.contains("not known"), "{output}");
}

#[test]
fn a_check_whose_store_fails_is_whole_and_ends_with_3() {
    let forwards = Forwards::new();
    configure(&forwards, "http://127.0.0.1:1/");
    let args = ["hpa", "check", "--context", "production", "--fail-on", "never", "-o", "json"];
    let output = forwards.watchdog(args.into_iter().chain(["--source", "auto"])).run().code(3);
    assert!(output.stderr.contains("Prometheus: http://127.0.0.1:1: no connection"), "{output}");
    assert!(output.json()["findings"].as_array().unwrap().len() > 20, "{output}");
}

#[test]
fn the_configuration_says_where_readings_come_from_unless_a_flag_does() {
    let forwards = Forwards::new();
    // Nothing listens there.
    let prometheus = "monitoring: {prometheus: {url: 'http://127.0.0.1:1/'}}";
    let configure = |source: &str| {
        let sandbox = &forwards.clusters.sandbox;
        sandbox.configure(&format!("{prometheus}\nhistory: {{source: {source}}}\n"));
    };
    let is_asked = |output: &Output| output.stderr.contains("Prometheus: http://127.0.0.1:1");
    let check = ["hpa", "check", "shop/catalog", "--context", "production", "--fail-on", "never"];
    for source in ["auto", "prometheus"] {
        configure(source);
        assert!(is_asked(&history(&forwards, &[]).code(3)));
        assert!(is_asked(&forwards.watchdog(check).run().code(3)));
        let output = history(&forwards, &["--source", "database"]).code(1);
        assert!(!is_asked(&output), "{output}");
        forwards.watchdog(check).args(["--source", "database"]).run().code(0).quiet();
    }
    configure("database");
    assert!(is_asked(&history(&forwards, &["--source", "auto"]).code(3)));
    configure("prom");
    let output = history(&forwards, &[]);
    let wrong = "history.source: expected one of auto, database, prometheus";
    assert!(output.stderr.contains(wrong), "{output}");
}
