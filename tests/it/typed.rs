//! What people type: names as they are shown, flags in kubectl's forms, files where an HPA would stand, days where a
//! snapshot would.

use crate::support::{Clusters, HPA, Output, Sandbox};

fn lines(output: &Output) -> Vec<String> {
    output.stdout.lines().map(str::to_owned).collect()
}

/// The output in one line: what a terminal shows is broken.
fn says(output: &Output, text: &str) {
    let words = output.both();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(text), "expected {text:?}: {output}");
}

#[test]
fn names_as_they_are_shown_and_globs_of_clusters() {
    let clusters = Clusters::new();
    let one = ["production/payments/settlement".to_owned()];
    for form in
        ["production/payments/set…ment", "prod*/payments/settlement", "pro*/pay…nts/set...ment"]
    {
        let output = clusters.run(&format!("hpa list -o name {form}")).code(0);
        assert_eq!(lines(&output), one, "{form}");
    }
    let both = clusters.run("hpa list -o name *o*/shop/cart stag*/shop/catalog");
    assert_eq!(lines(&both.code(0)), ["production/shop/cart", "staging/shop/catalog"]);
    says(&clusters.run("hpa list x*/shop/cart").code(64), "no cluster matches \"x*\"");

    clusters.sandbox.configure("clusters: {aliases: {production: x}}\n");
    let output = clusters.run("hpa check -n shop -o name --ignore *=x/*/*").code(2);
    assert!(!output.stdout.contains("production/"), "{output}");
    clusters
        .sandbox
        .configure("clusters: {aliases: {production: x}}\ncheck: {ignore: ['*=x/*/*']}\n");
    let output = clusters.run("hpa check -n shop -o name").code(2);
    assert!(!output.stdout.contains("production/"), "{output}");
}

#[test]
fn flags_in_kubectls_forms() {
    let clusters = Clusters::new();
    let all = clusters.run("hpa list -A -o name").code(0).stdout;
    for flags in ["-A=true", "--all-namespaces=true --watch=false", "-A --request-timeout=0"] {
        let output = clusters.run(&format!("get hpa -o name {flags}")).code(0).quiet();
        assert_eq!(output.stdout, all, "{flags}");
    }
    clusters.run("hpa list -n shop --request-timeout 20").code(0).quiet();
    let output = clusters.run("hpa list -n shop -v=6").code(0);
    assert!(output.stderr.contains("DEBUG"), "{output}");
    clusters.sandbox.configure("clusters: {labels: {production: {env: prod}}}\n");
    let output = clusters.run("hpa list --cluster-label env=prod --context staging").code(64);
    says(&output, "selects has the labels env=prod; others have them");
    clusters.sandbox.configure("namespaces: {exclude: ['*']}\n");
    says(&clusters.run("hpa list").code(0), "namespaces.exclude of the configuration leaves all");
}

fn offline(sandbox: &Sandbox, line: &str) -> Output {
    sandbox.watchdog(line.split_whitespace()).env("KUBECONFIG", "/nowhere").run()
}

#[test]
fn files_where_the_name_of_an_hpa_would_stand() {
    let sandbox = Sandbox::new();
    sandbox.write("base.yaml", HPA);
    sandbox.write("more.yaml", HPA);
    sandbox.write("deploy/web.yaml", HPA);
    for (line, said) in [
        ("hpa check base.yaml", "manifests: watchdog hpa check -f base.yaml"),
        ("check deploy/web.yaml", "watchdog hpa check -f deploy/web.yaml"),
        ("hpa check -f base.yaml more.yaml", "watchdog hpa check -f base.yaml -f more.yaml"),
        ("hpa check deploy/", "watchdog hpa check -f deploy/"),
        ("hpa check -k deploy", "kubectl kustomize DIR | watchdog hpa check -f -"),
    ] {
        says(&offline(&sandbox, line).code(64), said);
    }
    says(
        &offline(&sandbox, "hpa check -f deploy/*.yaml").code(1),
        "all manifests of a directory: -f deploy",
    );
    says(&offline(&sandbox, "hpa check -f base.yaml wob").code(1), "did you mean web?");
    let output = offline(&sandbox, "hpa check -f base.yaml -n x*");
    says(&output, "no HPA found in namespace x* in 1 file");
    assert!(!output.stderr.contains("ns list"), "{output}");
    let output = offline(&sandbox, "hpa check -f base.yaml -f ./base.yaml").code(0);
    says(&output, "Checked 1 HPA in 1 namespace of 1 file");

    for kustomization in
        ["namespace: x\n", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"]
    {
        sandbox.write("deploy/kustomization.yaml", kustomization);
        let output = offline(&sandbox, "hpa check -f deploy").code(0);
        says(&output, "kubectl kustomize deploy | watchdog hpa check -f -");
        assert!(!output.stderr.contains("skipped"), "{output}");
    }
}

#[test]
fn a_baseline_that_is_out_of_date() {
    let sandbox = Sandbox::new();
    sandbox.write("base.yaml", HPA);
    let printed = offline(&sandbox, "hpa check -f base.yaml --write-baseline -").code(0);
    assert_eq!(printed.json()["kind"], "FindingBaseline");
    assert!(!sandbox.path("files/-").exists());
    offline(&sandbox, "hpa check -f base.yaml --write-baseline b.json").code(0);
    offline(&sandbox, "hpa check -f base.yaml --baseline b.json").code(0).quiet();
    sandbox.write("base.yaml", HPA.replace("minReplicas: 1", "minReplicas: 2"));
    let output = offline(&sandbox, "hpa check -f base.yaml --baseline b.json").code(0);
    says(&output, "1 entry of the baseline accept");
    let output = offline(&sandbox, "hpa check -f base.yaml --baseline b.json --only low-min");
    assert!(!output.stderr.contains("baseline"), "{output}");

    let clusters = Clusters::new();
    clusters.run("hpa check -n shop --write-baseline b.json").code(0);
    let written = std::fs::read(clusters.sandbox.path("files/b.json")).unwrap();
    clusters.run("hpa check -n nosuch* --write-baseline b.json").code(1).says("stays as it is");
    assert_eq!(std::fs::read(clusters.sandbox.path("files/b.json")).unwrap(), written);
    let output = clusters.run("hpa check -n shop --baseline b.json").code(0);
    assert!(!output.stderr.contains("any more"), "{output}");
}

#[test]
fn snapshots_by_day_and_time() {
    let clusters = Clusters::small(1, 2);
    clusters.run("snapshot take -A").code(0);
    for reference in ["now", "today"] {
        let output = clusters.run(&format!("snapshot show {reference} -o name")).code(0);
        assert_eq!(output.lines().len(), 2, "{output}");
    }
    for reference in ["2020-01-01", "2020-01-01T15:00", "-1w"] {
        clusters.run(&format!("snapshot show {reference}")).code(1).says("no such snapshot");
    }
    says(&clusters.run("snapshot show tomorow").code(64), "yesterday");
    clusters.run("snapshot prune --keep -1h").code(0);
}

#[test]
fn a_list_of_clusters_notes_files_and_aliases_that_stand_for_nothing() {
    let clusters = Clusters::new();
    clusters.sandbox.configure("clusters: {aliases: {production: staging, nosuch: y}}\n");
    let config = clusters.sandbox.path("home/.kube/config");
    let list = format!("/nofile:{}", config.display());
    let output = clusters.watchdog(["cluster", "list"]).env("KUBECONFIG", list).run().code(0);
    says(&output, "note: KUBECONFIG: /nofile does not exist");
    says(&output, "staging of production is not used: a cluster is named so");
    says(&output, "no cluster or context is named nosuch (y)");
}
