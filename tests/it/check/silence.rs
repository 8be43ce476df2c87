//! What silences findings: flags, the configuration, annotations; and that it is counted.

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
