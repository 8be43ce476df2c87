//! `hpa check -f`: manifests before they reach a cluster.

use std::fs::File;

use super::{found, ids, list, text};
use crate::support::{Output, Run, Sandbox};

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: x}]}
";

const HPA: &str = "\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 1
  maxReplicas: 5
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}
";

/// A run without kubectl, a kubeconfig or a cluster.
fn watchdog(sandbox: &Sandbox, line: &str) -> Run {
    sandbox.watchdog(line.split_whitespace()).env("PATH", "").env("KUBECONFIG", "/nowhere")
}

fn run(sandbox: &Sandbox, line: &str) -> Output {
    watchdog(sandbox, line).run()
}

fn finding(id: &str, place: &str) -> (String, String) {
    (id.to_owned(), place.to_owned())
}

#[test]
fn findings_of_a_file_have_its_lines() {
    let sandbox = Sandbox::new();
    sandbox.write("k8s/web.yaml", format!("# the web\n{DEPLOYMENT}---\n{HPA}"));
    let json = run(&sandbox, "hpa check -f k8s/web.yaml -o json").code(0).quiet().json();
    let expected = [finding("missing-requests", "default/web"), finding("low-min", "default/web")];
    assert_eq!(found(&json), expected);
    let lines: Vec<(&str, u64)> = list(&json, "findings")
        .iter()
        .map(|it| (text(&it["file"]), it["line"].as_u64().unwrap()))
        .collect();
    assert_eq!(lines, [("k8s/web.yaml", 19), ("k8s/web.yaml", 17)]);
    assert_eq!(list(&json, "findings")[0]["cluster"], "k8s/web.yaml");
    let undecided = list(&json, "notEvaluated").iter().find(|it| it["id"] == "crash-oom").unwrap();
    assert_eq!(undecided["kind"], "needsCluster");

    let github = run(&sandbox, "hpa check -f k8s -o github").code(0).quiet();
    let error = "::warning file=k8s/web.yaml,line=19,title=missing-requests%3A ";
    assert!(github.lines()[0].starts_with(error), "{github}");
    let sarif = run(&sandbox, "hpa check -f ./k8s -o sarif").code(0).json();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "k8s/web.yaml");
    assert_eq!(place["region"]["startLine"], 19);
    let table = run(&sandbox, "hpa check -f k8s").code(0);
    assert!(table.stdout.starts_with("k8s/web.yaml/default/web (line 17)\n"), "{table}");
    assert!(table.stdout.contains("\nChecked 1 HPA in 1 namespace of 1 file: "), "{table}");
    run(&sandbox, "hpa check -f k8s --only crash-oom").code(3).says("crash-oom could not be");
    run(&sandbox, "hpa check -f k8s --ignore missing-requests").code(0);
}

#[test]
fn objects_stand_together_by_directory_and_alternatives_apart() {
    let sandbox = Sandbox::new();
    let fixed = DEPLOYMENT.replace("image: x", "image: x, resources: {requests: {cpu: 1}}");
    sandbox.write("chart/deployment.yaml", &fixed);
    sandbox.write("chart/hpa.yaml", HPA);
    sandbox.write(
        "chart/pdb.json",
        r#"{"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"},
         "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}}]}"#,
    );
    let json = run(&sandbox, "hpa check -f chart -o json").code(0).quiet().json();
    let both = [finding("low-min", "default/web"), finding("pdb-blocks", "default/web")];
    assert_eq!(found(&json), both);
    // Without its target an HPA says nothing of it.
    let json = run(&sandbox, "hpa check -f chart/hpa.yaml -o json").code(0).json();
    assert_eq!(found(&json), [finding("low-min", "default/web")]);
    // The same HPA for another environment is no rival.
    sandbox.write("overlays/prod/hpa.yaml", HPA.replace("minReplicas: 1", "minReplicas: 2"));
    sandbox.write("chart/hpa-prod.yaml", HPA);
    let json = run(&sandbox, "hpa check -f chart -f overlays -o json").code(0).json();
    assert!(!ids(&json).contains("duplicate-target"), "{json}");
    assert_eq!(json["hpas"], 3);
    // Another HPA of the same target beside it is one.
    sandbox.write("chart/second.yaml", HPA.replace("name: web\nspec", "name: second\nspec"));
    let json = run(&sandbox, "hpa check -f chart -o json").code(2).json();
    assert!(ids(&json).contains("duplicate-target"), "{json}");
    // A misspelled target among workloads.
    sandbox.write("chart/second.yaml", HPA.replace("name: web}", "name: webb}"));
    let json = run(&sandbox, "hpa check -f chart -o json --only target-missing").code(0).json();
    assert_eq!(list(&json, "findings")[0]["severity"], "warning");
}

#[test]
fn replicas_in_a_manifest_undo_the_hpa() {
    let sandbox = Sandbox::new();
    let replicas = DEPLOYMENT.replace("spec:\n  selector", "spec:\n  replicas: 3\n  selector");
    sandbox.write("all.yaml", format!("{replicas}---\n{HPA}"));
    let line = "hpa check -f all.yaml --only replicas-fight -o json";
    let json = run(&sandbox, line).code(0).json();
    assert_eq!(list(&json, "findings")[0]["evidence"]["setTo"], 3);
    // What was read from a cluster has them from the HPA.
    sandbox.write(
        "all.yaml",
        format!("{}---\n{HPA}", replicas.replacen("name: web}", "name: web, uid: u}", 1)),
    );
    assert!(found(&run(&sandbox, line).code(0).json()).is_empty());
}

#[test]
fn earlier_versions_and_standard_input_are_read() {
    let sandbox = Sandbox::new();
    let v1 = "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n\
              spec: {maxReplicas: 4, minReplicas: 2, targetCPUUtilizationPercentage: 50,\n\
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}\n";
    let input = sandbox.write("input", format!("{DEPLOYMENT}---\n{v1}"));
    let check = |args: &str| {
        let line = format!("hpa check -f - -o json {args}");
        watchdog(&sandbox, &line).stdin(File::open(&input).unwrap()).run()
    };
    let json = check("").code(0).json();
    assert_eq!(found(&json), [finding("missing-requests", "default/web")]);
    assert_eq!(list(&json, "findings")[0]["file"], "stdin");
    // As kubectl would apply them into the namespace.
    let json = check("-n shop").code(0).json();
    assert_eq!(found(&json), [finding("missing-requests", "shop/web")]);
    assert_eq!(check("-n shop -n other").code(1).stdout, "");
}

#[test]
fn broken_files_fail_and_the_others_are_checked() {
    let sandbox = Sandbox::new();
    sandbox.write("m/a.yaml", format!("a: [\n---\n{HPA}"));
    sandbox.write("m/values.yaml", "replicas: 3\n");
    sandbox.write("m/templates/hpa.yaml", "kind: {{ .Values.kind }}\nspec:\n  {{- if x }}\n");
    sandbox.write("m/bounds.yaml", HPA.replace("minReplicas: 1", "minReplicas: 9"));
    sandbox.write("m/notes.txt", "a: [");
    sandbox.write("m/.git/x.yaml", "a: [");
    let output = run(&sandbox, "hpa check -f m -o json").code(1);
    for line in [
        "error: m/a.yaml:",
        "error: m/templates/hpa.yaml:",
        "(a Helm template? helm template CHART | watchdog hpa check -f -)",
        "error: m/bounds.yaml:7: spec.minReplicas (9) is more than spec.maxReplicas (5)",
        "note: skipped: m/values.yaml:1 is not a Kubernetes object",
    ] {
        output.clone().says(line);
    }
    assert_eq!(output.stderr.lines().count(), 4, "{output}");
    let json = output.json();
    assert_eq!(found(&json), [finding("low-min", "default/web")]);
    let outcomes: Vec<&str> =
        list(&json, "clusters").iter().map(|it| text(&it["outcome"])).collect();
    assert_eq!(outcomes, ["error", "error", "error"]);
    let problems = list(&json, "problems");
    let bounds = problems.iter().find(|it| it["file"] == "m/bounds.yaml").unwrap();
    assert_eq!(bounds["line"], 7, "{json}");
    let output = run(&sandbox, "hpa check -f m").code(1);
    assert!(output.stdout.contains("3 files are not valid."), "{output}");
    run(&sandbox, "hpa check -f m --write-baseline b.json").code(1).says("baseline not written");
}

#[test]
fn what_is_not_valid_is_shown_at_its_line() {
    let sandbox = Sandbox::new();
    sandbox.write("bounds.yaml", HPA.replace("minReplicas: 1", "minReplicas: 9"));
    let line = HPA.lines().position(|line| line.contains("minReplicas")).unwrap() + 1;
    let output = run(&sandbox, "hpa check -f bounds.yaml -o github").code(1);
    let annotation =
        format!("::error file=bounds.yaml,line={line},title=bounds.yaml is not valid::spec.minR");
    assert!(output.stdout.starts_with(&annotation), "{output}");
    assert_eq!(output.stdout.matches("::error").count(), 1, "{output}");

    sandbox.write("cut.yaml", "a: 1\nb: [\n");
    let output = run(&sandbox, "hpa check -f cut.yaml -o github").code(1);
    assert!(output.stdout.starts_with("::error file=cut.yaml,line=2,title="), "{output}");
    let output = run(&sandbox, "hpa check -f cut.yaml").code(1);
    assert_eq!(output.stdout, "Checked 0 HPAs in 1 file.\n1 file is not valid.\n");

    let sarif = run(&sandbox, "hpa check -f bounds.yaml -o sarif").code(1).json();
    let run_of = &sarif["runs"][0];
    let result = &run_of["results"][0];
    assert_eq!(result["ruleId"], "invalid-manifest");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "bounds.yaml");
    assert_eq!(place["region"]["startLine"], line);
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run_of["tool"]["driver"]["rules"][index]["id"], "invalid-manifest");
    assert_eq!(run_of["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn what_is_not_there_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.write("m/hpa.yaml", HPA);
    sandbox.write("d.yaml", DEPLOYMENT);
    sandbox.write("empty/x.txt", "");
    let fails = |line: &str, why: &str| {
        run(&sandbox, &format!("hpa check -f {line}")).code(1).prints_nothing().says(why);
    };
    fails("nope", "cannot read nope: No such file");
    fails("empty", "empty: no *.yaml, *.yml or *.json below it");
    fails("d.yaml,m", "note: -f takes one file and may be repeated: -f d.yaml -f m");
    fails(
        "https://example.org/hpa.yaml",
        "curl -fsSL https://example.org/hpa.yaml | watchdog hpa check -f -",
    );
    fails("m nope", "no HPA is named nope in the manifests");
    let output = run(&sandbox, "hpa check -f d.yaml").code(0).says("note: no HPA found in 1 file");
    assert!(output.stdout.starts_with("No HPA in 1 file: nothing was checked."), "{output}");
    run(&sandbox, "hpa check -f d.yaml --fail-on-empty").code(1).says("no HPA was checked");
    run(&sandbox, "hpa check -f m --context x").code(64).says("cannot be used with '--context");
}

#[test]
fn versions_that_clusters_no_longer_serve_are_noted() {
    let sandbox = Sandbox::new();
    sandbox.write("old.yaml", HPA.replace("autoscaling/v2", "autoscaling/v2beta2"));
    let note =
        "note: old.yaml:1: Kubernetes 1.26 removed autoscaling/v2beta2; write autoscaling/v2";
    run(&sandbox, "hpa check -f old.yaml --fail-on never").code(0).says(note);
    // What was never served was never removed.
    sandbox.write("old.yaml", HPA.replace("autoscaling/v2", "autoscaling/v2beta3"));
    let output = run(&sandbox, "hpa check -f old.yaml").code(1);
    assert!(output.stderr.contains("did you mean autoscaling/v2?"), "{output}");
    assert!(!output.stderr.contains("removed"), "{output}");
}

#[test]
fn what_has_no_object_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.write("empty.yaml", "");
    sandbox.write("m/comments.yaml", "# nothing\n---\n# rendered\n");
    sandbox.write("values/values.yaml", "replicas: 3\n");
    sandbox.write("web/hpa.yaml", HPA);
    sandbox.write("web/disabled.yaml", "# off\n");
    let fails = |line: &str, why: &str| {
        run(&sandbox, &format!("hpa check -f {line}")).code(1).prints_nothing().says(why);
    };
    fails("empty.yaml", "error: no Kubernetes object in empty.yaml");
    fails("web -f empty.yaml -o junit", "error: no Kubernetes object in empty.yaml");
    fails("m", "error: no Kubernetes object in m");
    fails("values", "error: no Kubernetes object in values/values.yaml");
    for text in ["", "---\n# Source: chart/templates/hpa.yaml\n"] {
        let input = sandbox.write("input", text);
        let check = watchdog(&sandbox, "hpa check -f -").stdin(File::open(&input).unwrap());
        check.run().code(1).prints_nothing().says("error: no Kubernetes object in standard input");
    }
    // An empty file beside others.
    run(&sandbox, "hpa check -f web").code(0);
}

#[test]
fn annotations_baselines_and_labels_hold_for_manifests() {
    let sandbox = Sandbox::new();
    let annotated = HPA.replace(
        "  name: web\nspec",
        "  name: web\n  labels: {app: web}\n  annotations: {watchdog.dev/ignore: low-min}\nspec",
    );
    sandbox.write("m/a.yaml", annotated);
    let json = run(&sandbox, "hpa check -f m -l app=web -o json").code(0).json();
    assert!(found(&json).is_empty(), "{json}");
    assert_eq!(json["silenced"]["annotation"], 1);
    assert_eq!(json["hpas"], 1);
    let json = run(&sandbox, "hpa check -f m -l app=x -o json").code(0).json();
    assert_eq!(json["hpas"], 0);
    sandbox.write("m/a.yaml", HPA);
    run(&sandbox, "hpa check -f m --write-baseline b.json").code(0).says("1 finding accepted");
    run(&sandbox, "hpa check -f m --baseline b.json --fail-on info").code(0).quiet();
}

#[test]
fn a_missing_request_is_a_warning_unless_a_limit_range_adds_it() {
    let sandbox = Sandbox::new();
    sandbox.write("m/web.yaml", format!("{DEPLOYMENT}---\n{HPA}"));
    let line = "hpa check -f m -o json --only missing-requests";
    let json = run(&sandbox, line).code(0).json();
    let finding = &list(&json, "findings")[0];
    assert_eq!(finding["severity"], "warning");
    assert!(text(&finding["message"]).ends_with(", unless a LimitRange in the cluster adds it"));
    let limits = |namespace: &str| {
        format!(
            "apiVersion: v1\nkind: LimitRange\nmetadata: {{name: x, namespace: {namespace}}}\n\
             spec: {{limits: [{{type: Container, default: {{cpu: 500m}}}}]}}\n"
        )
    };
    sandbox.write("m/limits.yaml", limits("other"));
    assert_eq!(list(&run(&sandbox, line).code(0).json(), "findings").len(), 1);
    sandbox.write("m/limits.yaml", limits("default"));
    assert!(list(&run(&sandbox, line).code(0).json(), "findings").is_empty());
}

#[test]
fn a_name_that_is_not_there_fails_beside_others_that_are() {
    let sandbox = Sandbox::new();
    sandbox.write("m/hpa.yaml", HPA);
    let output = run(&sandbox, "hpa check -f m web webb");
    output.code(1).says("error: no HPA is named webb in the manifests");
    run(&sandbox, "hpa check -f m web w*b").code(0).quiet();
    run(&sandbox, "hpa check -f m web x*").code(1).says("no HPA matches x* in the manifests");
    let written = run(&sandbox, "hpa check -f m web webb --write-baseline b.json");
    written.code(1).says("baseline not written");
    let empty = "hpa check -f m -l app=none --fail-on-empty --write-baseline b.json";
    run(&sandbox, empty).code(1).says("no HPA was checked");
    assert!(!sandbox.path("files/b.json").exists());
}

#[test]
fn a_baseline_of_manifests_holds_from_every_directory() {
    let sandbox = Sandbox::new();
    sandbox.write("repo/k8s/web.yaml", HPA);
    sandbox.write("repo/other/web.yaml", HPA.replace("name: web\nspec", "name: two\nspec"));
    let within = |directory: &str, line: &str| {
        watchdog(&sandbox, line).dir(sandbox.path("files").join(directory)).run()
    };
    let written = within("repo", "hpa check -f k8s --write-baseline ci.json");
    written.code(0).says("note: 1 finding accepted in ci.json");
    let text = std::fs::read_to_string(sandbox.path("files/repo/ci.json")).unwrap();
    assert!(text.contains(r#""cluster": "k8s/web.yaml""#), "{text}");
    let check = "hpa check --fail-on info";
    within("repo/k8s", &format!("{check} -f web.yaml --baseline ../ci.json")).code(0).quiet();
    within("repo/k8s", &format!("{check} -f ../k8s --baseline ../ci.json")).code(0).quiet();
    let absolute = sandbox.path("files/repo/k8s");
    within("repo", &format!("{check} -f {} --baseline ci.json", absolute.display())).code(0);
    let other = within("repo", &format!("{check} -f other --baseline ci.json")).code(2);
    other.says("entries match on the file's path, relative to the baseline's directory");
}
