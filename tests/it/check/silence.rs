//! What silences findings: flags, the configuration, annotations; and that it is counted.

use serde_json::{Value, json};
use watchdog::demo::{Given, Options};

use super::{found, ids, list};
use crate::support::Clusters;

#[test]
fn the_configuration_ignores_fails_and_accepts() {
    let clusters = Clusters::new();
    let check = |args: &str| clusters.run(&format!("--config c/w.yaml hpa check {args}"));
    let write = |text: &str| clusters.sandbox.write("c/w.yaml", text);
    write("check: {ignore: [low-min, maxed-out=staging/*/*], fail_on: warning}\n");
    let json = check("--only low-min,maxed-out -o json").code(2).json();
    assert_eq!(found(&json), [("maxed-out".to_owned(), "shop/catalog".to_owned())]);
    assert_eq!(json["silenced"]["ignore"], 3 + 1);
    // Flags are added, and override.
    let json = check("--only low-min,maxed-out --ignore max* -o json").code(0).json();
    assert!(found(&json).is_empty(), "{json}");
    check("--only maxed-out --fail-on error").code(0);
    let output = check("--only low-min,maxed-out");
    assert!(output.stdout.contains("\nSilenced: 4 by --ignore or check.ignore.\n"), "{output}");

    // The baseline is beside the configuration, wherever the command is run.
    write("check: {baseline: known.json}\n");
    check("--only low-min").code(1).says("cannot read the baseline c/known.json: ");
    clusters.run("hpa check --write-baseline c/known.json").code(0);
    let json = check("-o json").code(0).json();
    assert!(found(&json).is_empty() && json["accepted"].as_u64() > Some(30), "{json}");
    assert_eq!(json["accepted"], json["silenced"]["baseline"]);

    write("check: {ignore: [lowmin]}\n");
    check("").code(1).says("check.ignore: there is no finding \"lowmin\"; did you mean low-min?");
    write("check: {fail_on: warn, annotation_prefix: A/b, ignore: low-min}\n");
    let output = check("").code(1);
    for problem in ["error, warning, info, never", "a DNS name", "a list of texts"] {
        assert!(output.stderr.contains(problem), "{output}");
    }
}

#[test]
fn ignored_findings_are_counted() {
    let clusters = Clusters::new();
    let line = "hpa check --cluster production --ignore low-min --ignore pdb-*=platform/* -o json";
    let json = clusters.run(line).code(2).json();
    assert!(!ids(&json).contains("low-min") && !ids(&json).contains("pdb-blocks"));
    let silenced = &json["silenced"];
    assert_eq!(
        (&silenced["ignore"], &silenced["annotation"]),
        (&3.into(), &0.into()),
        "{silenced}"
    );
    assert!(list(&json, "findings").len() == 34 - 3);
}

/// A cluster with two HPAs without a fault but their minimum; the first one's team accepts that.
fn annotated(prefix: &str) -> Clusters {
    let hpa = |name: &str, annotations: Value| {
        json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": name, "namespace": "shop", "uid": name, "annotations": annotations,
                "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"minReplicas": 1, "maxReplicas": 5,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}},
            "status": {"currentReplicas": 1, "desiredReplicas": 1, "conditions": [
                {"type": "AbleToScale", "status": "True", "reason": "ReadyForNewScale", "message": ""}]},
        })
    };
    let annotations = json!({
        format!("{prefix}/ignore"): "low-min, lowmin",
        format!("{prefix}/ignore-reason"): "a batch job",
    });
    Clusters::start(Options {
        given: Some(vec![Given {
            name: "prod".to_owned(),
            objects: vec![hpa("batch", annotations), hpa("web", json!({}))],
            ..Given::default()
        }]),
        ..Options::default()
    })
}

#[test]
fn an_annotation_silences_its_hpa_in_every_command() {
    let clusters = annotated("watchdog.dev");
    let unknown = "note: there is no finding \"lowmin\"; did you mean low-min? (annotation \
                   watchdog.dev/ignore of prod/shop/batch)";
    let output = clusters.run("hpa check --only low-min -o json").code(0).says(unknown);
    let json = output.json();
    assert_eq!(found(&json), [("low-min".to_owned(), "shop/web".to_owned())]);
    assert_eq!(json["silenced"]["annotation"], 1);
    let text = clusters.run("hpa check --only low-min").code(0);
    assert!(text.stdout.contains("\nSilenced: 1 by annotations of the HPAs.\n"), "{text}");

    let list = clusters.run("hpa list -o json").code(0).json();
    let status = |hpa: &Value| hpa["status"].as_str().unwrap().to_owned();
    let statuses: Vec<String> = list_of(&list).iter().map(status).collect();
    assert_eq!(statuses, ["OK", "low-min"]);
    let ignored = json!({"findings": ["low-min", "lowmin"], "reason": "a batch job"});
    assert_eq!(list_of(&list)[0]["ignore"], ignored);
    assert_eq!(list_of(&list)[1]["ignore"], Value::Null);

    let page = clusters.run("hpa get batch").code(0).says(unknown).stdout;
    assert!(page.contains("silenced by an annotation: warning low-min\n"), "{page}");
    assert!(page.contains("    Reason: a batch job\n"), "{page}");
    let json = clusters.run("hpa get batch -o json").code(0).json();
    let silenced = &list_of(&json)[0]["silenced"][0];
    assert_eq!((&silenced["id"], &silenced["by"]), (&"low-min".into(), &"annotation".into()));
    assert_eq!(silenced["reason"], "a batch job");

    clusters.run("snapshot take -q").code(0);
    let stored = clusters.run("snapshot show").code(0);
    let row = |name: &str| stored.lines().into_iter().find(|line| line.contains(name)).unwrap();
    assert!(row(" batch ").contains(" OK "), "{stored}");
    assert!(row(" web ").contains(" low-min "), "{stored}");
}

#[test]
fn the_prefix_of_the_annotation_is_configurable() {
    let clusters = annotated("team.example.com");
    let silenced = || {
        let json = clusters.run("hpa check --only low-min -o json").code(0).json();
        json["silenced"]["annotation"].clone()
    };
    assert_eq!(silenced(), 0);
    clusters.sandbox.configure("check: {annotation_prefix: team.example.com}\n");
    assert_eq!(silenced(), 1);
    let list = clusters.run("hpa list -o json").code(0).json();
    assert_eq!(list_of(&list)[0]["status"], "OK");
}

fn list_of(document: &Value) -> &[Value] {
    list(document, "hpas")
}
