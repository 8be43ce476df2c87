//! What a check could not read, or does not show, is in every document.

use super::{found, text};
use crate::support::{Clusters, HPA, Output, Sandbox};

fn run(sandbox: &Sandbox, line: &str) -> Output {
    sandbox.watchdog(line.split_whitespace()).env("KUBECONFIG", "/nowhere").run()
}

#[test]
fn markdown_names_clusters_that_were_not_read() {
    let clusters = Clusters::broken();
    let output = clusters.run("hpa check -o md --context forbidden --context down").code(3);
    let lines = output.lines();
    assert_eq!(lines[0], "### 0 findings in 0 HPAs; 2 clusters could not be read", "{output}");
    assert!(lines.iter().any(|it| it.starts_with("- **down**: unreachable: ")), "{output}");
    assert!(lines.iter().any(|it| it.starts_with("- **forbidden**: forbidden: ")), "{output}");

    let sandbox = Sandbox::new();
    sandbox.write("bad.yaml", "a: [\n");
    let output = run(&sandbox, "hpa check -f bad.yaml -o md").code(1);
    let heading = "### 0 findings in 0 HPAs; 1 problem is in what could not be checked";
    assert_eq!(output.lines()[0], heading, "{output}");
    assert!(output.stdout.contains("\n- **bad.yaml:1**: not valid YAML"), "{output}");
}

#[test]
fn findings_that_fail_the_check_without_being_shown_are_counted_in_every_format() {
    let sandbox = Sandbox::new();
    sandbox.write("web.yaml", HPA);
    let line = "hpa check -f web.yaml --severity error --fail-on warning";
    let why =
        "1 warning (--severity error); --fail-on warning counts what is not shown too: exit code 2";
    for (form, document) in [
        ("table", "Not shown: "),
        ("md", "Not shown: "),
        ("github", "::warning title=not shown::Not shown: "),
        ("sarif", "\"Not shown: "),
        ("junit", "message=\"Not shown: "),
    ] {
        let output = run(&sandbox, &format!("{line} -o {form}")).code(2);
        let sentence = if form == "md" { why.replace('_', "\\_") } else { why.to_owned() };
        assert!(output.stdout.contains(&format!("{document}{sentence}.")), "{form}: {output}");
    }
    let junit = run(&sandbox, &format!("{line} -o junit"));
    assert!(junit.stdout.contains(" tests=\"2\" failures=\"1\" "), "{junit}");
    for form in ["md", "github", "sarif", "junit", "json", "jsonl", "csv", "name", "wide"] {
        let output = run(&sandbox, &format!("{line} -o {form}")).code(2);
        assert!(output.stderr.contains(&format!("note: not shown: {why}\n")), "{form}: {output}");
    }
    // Nothing of it where the check does not fail.
    let output = run(&sandbox, "hpa check -f web.yaml --severity error -o junit").code(0);
    assert!(!output.stdout.contains("not shown"), "{output}");
}

#[test]
fn a_file_that_is_no_text_hides_nothing_of_the_others() {
    let sandbox = Sandbox::new();
    sandbox.write("k8s/web.yaml", HPA);
    sandbox.write("k8s/latin.yaml", b"# one\n# caf\xe9\n");
    let output = run(&sandbox, "hpa check -f k8s -o json").code(1);
    let output = output.says("error: k8s/latin.yaml:1: not UTF-8 text (line 2)");
    let json = output.json();
    assert_eq!(found(&json), [("low-min".to_owned(), "default/web".to_owned())]);
    assert_eq!(text(&json["problems"][0]["file"]), "k8s/latin.yaml");
    // A file that is named by itself too.
    run(&sandbox, "hpa check -f k8s/latin.yaml").code(1).says("k8s/latin.yaml:1: not UTF-8 text");
}

#[test]
fn utf_16_with_its_mark_is_read() {
    let sandbox = Sandbox::new();
    let little = HPA.encode_utf16().flat_map(u16::to_le_bytes);
    sandbox.write("little.yaml", [0xff, 0xfe].into_iter().chain(little).collect::<Vec<u8>>());
    let big = HPA.encode_utf16().flat_map(u16::to_be_bytes);
    sandbox.write("big.yaml", [0xfe, 0xff].into_iter().chain(big).collect::<Vec<u8>>());
    for file in ["little.yaml", "big.yaml"] {
        let json = run(&sandbox, &format!("hpa check -f {file} -o json")).code(0).json();
        assert_eq!(found(&json), [("low-min".to_owned(), "default/web".to_owned())], "{file}");
        assert_eq!(json["findings"][0]["line"], 6, "{file}");
    }
    sandbox.write("odd.yaml", [0xff, 0xfe, b'a']);
    run(&sandbox, "hpa check -f odd.yaml").code(1).says("odd.yaml:1: not valid UTF-16 text");
}

#[test]
fn a_damaged_history_makes_the_check_incomplete() {
    let clusters = Clusters::new();
    let path = clusters.sandbox.write("base.db", "garbage");
    clusters.sandbox.configure(&format!("history: {{path: {}}}\n", path.display()));
    for line in ["hpa check -n shop cart", "hpa check -n shop cart -q"] {
        let output = clusters.run(line).code(3);
        let output = output.says("error: the history cannot be read: ");
        assert_eq!(output.stderr.matches("is not a watchdog history").count(), 1, "{output}");
    }
    clusters.run("hpa check -n shop cart --only low-min").code(0).quiet();
    // As where a cluster could not be read.
    clusters.run("hpa check -n shop recommendations").code(3);
}

#[test]
fn ignored_findings_that_may_be_more_are_a_minimum() {
    let clusters = Clusters::new();
    let output = clusters.run("hpa check -n shop --ignore *").code(0);
    assert!(output.stdout.contains("\nSilenced: at least "), "{output}");
    let output = clusters.run("hpa check -n shop --ignore *=*/*").code(0);
    assert!(!output.stdout.contains("at least"), "{output}");
}

#[test]
fn a_scaled_object_of_the_same_target_is_a_second_hpa() {
    let sandbox = Sandbox::new();
    let scaled = |more: &str| {
        let object = format!(
            "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {{name: web-queue}}\n\
             spec:\n  scaleTargetRef: {{name: web}}\n{more}"
        );
        sandbox.write("web.yaml", format!("{HPA}---\n{object}"));
        run(&sandbox, "hpa check -f web.yaml -o json --only duplicate-target").json()
    };
    let json = scaled("");
    assert_eq!(found(&json), [("duplicate-target".to_owned(), "default/web".to_owned())]);
    assert_eq!(
        text(&json["findings"][0]["message"]),
        "Deployment/web is also scaled by ScaledObject web-queue, for which KEDA makes HPA keda-hpa-web-queue"
    );
    // KEDA takes over the HPA of that name.
    let own = "  advanced: {horizontalPodAutoscalerConfig: {name: web}}\n";
    assert_eq!(found(&scaled(own)), []);
}
