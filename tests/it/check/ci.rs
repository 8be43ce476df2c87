//! What must not pass in CI: names that exist nowhere, and checks of nothing.

use watchdog::demo::Fault;

use crate::support::Clusters;

#[test]
fn a_namespace_that_no_cluster_has_is_an_error() {
    let clusters = Clusters::new();
    let says = "error: namespace shpo does not exist in any of the 2 clusters that were read; \
                did you mean shop?";
    for line in ["hpa check -n shpo", "hpa check web -n shpo", "hpa check -n shpo -o junit"] {
        clusters.run(line).code(1).prints_nothing().says(says);
    }
    clusters.run("hpa list -n shpo").code(1).prints_nothing().says(says);
    clusters.run("hpa get web -n shpo").code(1).prints_nothing().says(says);
    let taken = clusters.run("snapshot take -n shpo").code(1).says(says).says("nothing stored");
    assert!(taken.stdout.is_empty(), "{taken}");
    // What exists is checked.
    let output = clusters.run("hpa check -n shop -n shpo --fail-on never").code(1).says(says);
    assert!(output.stdout.contains("\nChecked "), "{output}");
    clusters.run("hpa check -n shpo --write-baseline b.json").code(1).says(says);
    assert!(!clusters.sandbox.path("files/b.json").exists());
}

#[test]
fn a_namespace_without_hpas_or_a_glob_is_none() {
    let clusters = Clusters::new();
    clusters.run("hpa check -n default").code(0).says("note: no HPA found in namespace default");
    clusters.run("hpa check -n shp*").code(0).says("note: no HPA found in namespace shp*");
    // A namespace of one of the clusters is enough.
    clusters.run("hpa check -n search --fail-on never").code(0).quiet();
}

#[test]
fn an_unread_cluster_may_have_the_namespace() {
    let clusters = Clusters::broken();
    let line = "hpa check -n shpo --cluster production --cluster down";
    let output = clusters.run(line).code(3);
    assert!(!output.stderr.contains("does not exist"), "{output}");
}

#[test]
fn where_namespaces_may_not_be_listed_an_empty_answer_is_a_note() {
    let clusters = Clusters::new();
    let cluster = clusters.cluster("production");
    cluster.set_fault(Some(Fault::Forbid("namespaces".to_owned())));
    clusters.run("hpa check --cluster production -n shpo").code(0).says(
        "whether it exists is not known, because listing namespaces is forbidden in production",
    );
    cluster.set_fault(None);
    cluster.add_fault("/api/v1/namespaces", Fault::TruncateBody);
    clusters.run("hpa check --cluster production -n shpo").code(3).says("error: production: ");
}

#[test]
fn an_hpa_that_no_cluster_has_is_the_only_message() {
    let clusters = Clusters::new();
    for form in ["table", "json", "junit"] {
        let output = clusters.run(&format!("hpa check nope -o {form}")).code(1).prints_nothing();
        assert_eq!(output.stderr.lines().count(), 1, "{output}");
    }
    let broken = Clusters::broken();
    let output = broken.run("hpa check nope --cluster production --cluster down").code(3);
    assert!(!output.stderr.contains("no HPA is named"), "{output}");
}

#[test]
fn a_check_of_nothing_fails_where_that_is_requested() {
    let clusters = Clusters::new();
    let line = "hpa check -l app=nope --fail-on-empty";
    let output = clusters.run(line).code(1).says("error: no HPA was checked (--fail-on-empty)");
    assert!(output.stdout.contains("No HPA in 2 clusters: nothing was checked."), "{output}");
    clusters.run("hpa check -l app=nope").code(0);
    clusters.run("hpa check -n shop --fail-on-empty --fail-on never").code(0).quiet();
    clusters.run("hpa check -l app=nope --fail-on-empty --cluster nope").code(64);
}
