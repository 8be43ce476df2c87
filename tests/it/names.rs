//! Names that watchdog prints are accepted as arguments, and typing errors get suggestions.

use crate::support::{Clusters, Output};

fn lines(output: &Output) -> Vec<&str> {
    output.stdout.lines().collect()
}

#[test]
fn every_name_that_is_printed_is_accepted() {
    let clusters = Clusters::new();
    let all = clusters.run("hpa list -A -o name").code(0);
    let names = lines(&all);
    assert!(names.len() > 20, "{all}");
    let listed =
        clusters.watchdog(["hpa", "list", "-o", "name"].into_iter().chain(names.clone())).run();
    assert_eq!(lines(&listed), names);
    for form in [
        "production/shop/catalog",
        "catalog --cluster production",
        "shop/catalog --context production",
        "hpa/catalog -n shop --context production",
        "horizontalpodautoscalers.autoscaling/catalog --context production",
        "cat?log --context production",
        "s*p/catalog --context production",
    ] {
        let output = clusters.run(&format!("hpa list -o name {form}")).code(0).quiet();
        assert_eq!(lines(&output), ["production/shop/catalog"], "{form}");
        let output = clusters.run(&format!("hpa get -o json {form}")).code(0);
        assert_eq!(output.json()["hpas"].as_array().unwrap().len(), 1, "{form}");
        let output = clusters.run(&format!("hpa check -o json --fail-on never {form}")).code(0);
        assert_eq!(output.json()["hpas"], 1, "{form}: {output}");
    }
    let several = clusters.run("hpa list -o name shop/cart catalog production/media/encoder nope");
    let several = several.code(1).says("no HPA is named nope");
    assert!(lines(&several).contains(&"staging/shop/cart"), "{several}");
    // An HPA that is named is read in a namespace that the configuration leaves out.
    let output = clusters.run("hpa list -o name kube-system/coredns --context production").code(0);
    assert_eq!(lines(&output), ["production/kube-system/coredns"]);
}

#[test]
fn a_cluster_in_a_name_is_the_only_one_read() {
    let clusters = Clusters::new();
    clusters.sandbox.configure("clusters: {exclude: [staging]}\n");
    let output = clusters.run("hpa list -o name staging/shop/cart").code(0).quiet();
    assert_eq!(lines(&output), ["staging/shop/cart"]);
    assert_eq!(clusters.hpa_requests("production"), 0);
    let requests = clusters.cluster("staging").requests();
    let narrow = |line: &String| {
        line.contains("/namespaces/shop/horizontalpodautoscalers")
            && line.contains("metadata.name%3Dcart")
    };
    assert!(requests.iter().any(narrow), "{requests:?}");
    for (line, said) in [
        ("hpa list staging/shop/cart --context production", "leaves out cluster \"staging\""),
        (
            "hpa list staging/shop/cart production/shop/cart shop/cart",
            "the configuration leaves out",
        ),
        ("hpa list stagin/shop/cart", "no cluster named \"stagin\"; did you mean \"staging\"?"),
        ("hpa get shop/cart -n media", "shop/cart is not in namespace media, which -n selects"),
        ("hpa get /shop/cart", "has an empty part"),
    ] {
        clusters.run(line).code(64).says(said).prints_nothing();
    }
}

#[test]
fn cluster_names_may_contain_slashes_and_colons() {
    let clusters = Clusters::new();
    let (one, two) = (clusters.cluster("production").url(), clusters.cluster("staging").url());
    let arn = "arn:aws:eks:eu-west-1:123456789012:cluster/shop-prod";
    let openshift = "default/api-host:6443/admin";
    clusters.sandbox.kubeconfig(&format!(
        "clusters:
- {{name: '{arn}', cluster: {{server: '{one}'}}}}
- {{name: 'api-host:6443', cluster: {{server: '{two}'}}}}
contexts:
- {{name: '{arn}', context: {{cluster: '{arn}', user: u}}}}
- {{name: '{openshift}', context: {{cluster: 'api-host:6443', user: u}}}}
users:
- {{name: u, user: {{}}}}
"
    ));
    for (typed, printed) in
        [(arn, arn), ("api-host:6443", "api-host:6443"), (openshift, "api-host:6443")]
    {
        let output = clusters.run(&format!("hpa list -o name {typed}/shop/cart")).code(0).quiet();
        assert_eq!(lines(&output), [format!("{printed}/shop/cart")]);
    }
    clusters.run("snapshot take").code(0);
    let history = clusters.run(&format!("history -o json {arn}/shop/cart")).code(0);
    assert_eq!(history.json()["hpas"].as_array().unwrap().len(), 1, "{history}");
}

#[test]
fn typing_errors_get_suggestions() {
    let clusters = Clusters::new();
    clusters.run("snapshot take").code(0);
    for (line, code, said) in [
        (
            "hpa get catlog -n shop",
            1,
            "no HPA is named catlog in namespace shop; did you mean catalog?",
        ),
        ("hpa list shopp/catalog", 1, "no HPA is named shopp/catalog; did you mean shop/catalog?"),
        ("hpa check catlog", 1, "did you mean catalog?"),
        ("hpa list -n shopp", 1, "any of the 2 clusters that were read; did you mean shop?"),
        ("history catlog", 1, "no HPA catlog in the last 1d of snapshots; did you mean catalog?"),
        ("hpa list --context prod1", 64, "no context named \"prod1\""),
    ] {
        clusters.run(line).code(code).says(said);
    }
}
