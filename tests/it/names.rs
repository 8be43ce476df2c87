//! Names that watchdog prints are accepted as arguments, and typing errors get suggestions.

use crate::support::{Clusters, Output, Terminal, plain};

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
        ("history catlog", 1, "no HPA catlog in the last 24h of snapshots; did you mean catalog?"),
        ("hpa list --context prod1", 64, "no context named \"prod1\""),
    ] {
        clusters.run(line).code(code).says(said);
    }
}

/// A kubeconfig with two clusters that have long names.
fn long_names() -> (Clusters, [String; 2]) {
    let clusters = Clusters::new();
    let urls = [clusters.cluster("production").url(), clusters.cluster("staging").url()];
    let names = ["shop-prod", "shop-staging"]
        .map(|name| format!("arn:aws:eks:eu-west-1:123456789012:cluster/{name}"));
    let [one, two] = &names;
    clusters.sandbox.kubeconfig(&format!(
        "clusters:
- {{name: '{one}', cluster: {{server: '{}'}}}}
- {{name: '{two}', cluster: {{server: '{}'}}}}
contexts:
- {{name: '{one}', context: {{cluster: '{one}', user: u}}}}
- {{name: '{two}', context: {{cluster: '{two}', user: u}}}}
users:
- {{name: u, user: {{}}}}
",
        urls[0], urls[1]
    ));
    (clusters, names)
}

#[test]
fn a_terminal_leaves_out_what_all_names_share_and_takes_the_rest_back() {
    let (clusters, [one, two]) = long_names();
    let terminal = Terminal::new(120, 40);
    let shown = plain(&terminal.run(clusters.watchdog(["hpa", "list", "cart"])).stdout);
    assert!(shown.contains("shop-prod") && shown.contains("shop-staging"), "{shown}");
    assert!(!shown.contains("arn:aws"), "{shown}");
    // A pipe has whole names.
    let piped = clusters.run("hpa list cart").code(0);
    assert!(piped.stdout.contains(&one) && piped.stdout.contains(&two), "{piped}");
    for line in [
        "hpa list -o name shop-prod/shop/cart",
        "hpa list -o name cart --cluster shop-prod",
        "hpa list -o name cart --context eu-west-1…shop-prod",
    ] {
        let output = clusters.run(line).code(0).quiet();
        assert_eq!(lines(&output), [format!("{one}/shop/cart")], "{line}");
    }
}

#[test]
fn names_of_several_forms_are_told_apart_and_taken_back() {
    let clusters = Clusters::new();
    let url = clusters.cluster("production").url();
    let mut names: Vec<String> = (0..3)
        .map(|number| format!("arn:aws:eks:eu-west-{number}:123456789012:cluster/common-prod"))
        .collect();
    names.extend((0..2).map(|it| format!("gke_acme-prod-{it}_europe-west1-b_cluster-00{it}")));
    names.push("rancher-production-000".to_owned());
    let entries: Vec<String> = names
        .iter()
        .map(|name| format!("- {{name: '{name}', cluster: {{server: '{url}'}}, context: {{cluster: '{name}', user: u}}}}"))
        .collect();
    let entries = entries.join("\n");
    clusters.sandbox.kubeconfig(&format!(
        "clusters:\n{entries}\ncontexts:\n{entries}\nusers:\n- {{name: u, user: {{}}}}\n"
    ));
    let terminal = Terminal::new(80, 40);
    let shown = plain(&terminal.run(clusters.watchdog(["hpa", "list", "shop/cart"])).stdout);
    let expected = [
        ("eu-west-0:common-prod", &names[0]),
        ("eu-west-2:common-prod", &names[2]),
        ("acme-prod-1_cluster-001", &names[4]),
        ("rancher-production-000", &names[5]),
    ];
    for (text, name) in expected {
        assert!(shown.contains(text), "{text}: {shown}");
        let output = clusters.run(&format!("hpa list -o name {text}/shop/cart")).code(0);
        assert_eq!(lines(&output), [format!("{name}/shop/cart")]);
        let output = clusters.run(&format!("hpa list -o name shop/cart --cluster {text}")).code(0);
        assert_eq!(lines(&output), [format!("{name}/shop/cart")]);
    }
}

#[test]
fn a_workload_is_answered_with_the_hpa_that_scales_it() {
    let clusters = Clusters::new();
    for line in ["hpa get deploy/cart -n shop", "hpa list deployments/cart"] {
        let output = clusters.run(line).code(1).prints_nothing();
        output.says(
            "cart is a Deployment, not an HPA; shop/cart scales it: watchdog hpa get shop/cart",
        );
    }
    clusters.run("hpa get sts/nope").code(1).says("no HPA that scales it was found");
}

#[test]
fn aliases_are_shown_and_labels_select() {
    let (clusters, [one, two]) = long_names();
    clusters.sandbox.configure(&format!(
        "clusters: {{aliases: {{'{one}': prod}}, labels: {{'*prod': {{env: prod, tier: gold}}, '*': {{cloud: aws}}}}}}\n"
    ));
    let table = clusters.run("hpa list cart").code(0);
    assert!(table.stdout.contains("\nprod ") && !table.stdout.contains(&one), "{table}");
    let json = clusters.run("hpa list -o json --cluster prod shop/cart").code(0).json();
    let cluster = &json["clusters"][0];
    assert_eq!((&cluster["name"], &cluster["alias"]), (&one.as_str().into(), &"prod".into()));
    assert_eq!(cluster["labels"]["tier"], "gold");
    assert_eq!(json["hpas"][0]["cluster"], one);
    clusters.run("snapshot take").code(0);
    for (flags, expected) in [
        ("--cluster-label env=prod", &[&one][..]),
        ("--cluster-label !env", &[&two]),
        ("--cluster-label cloud=aws,tier!=gold", &[&two]),
        ("--cluster-label cloud --cluster-label env", &[&one]),
        ("--cluster prod", &[&one]),
    ] {
        for command in ["hpa list -o json", "history -o json", "snapshot show -o json"] {
            let json = clusters.run(&format!("{command} {flags}")).code(0).json();
            let mut found: Vec<&str> = json["hpas"]
                .as_array()
                .unwrap()
                .iter()
                .map(|hpa| hpa["cluster"].as_str().unwrap())
                .collect();
            found.dedup();
            assert_eq!(
                found,
                expected.iter().map(|it| it.as_str()).collect::<Vec<_>>(),
                "{command} {flags}"
            );
        }
    }
    let list = clusters.run("cluster list").code(0);
    assert!(list.stdout.contains("ALIAS") && list.stdout.contains("env=prod"), "{list}");
    clusters
        .run("hpa list --cluster-label env=dev")
        .code(64)
        .says("no cluster has the labels env=dev");
    clusters.run("hpa list --cluster-label =x").code(64).prints_nothing();
    clusters.sandbox.configure("clusters: {aliases: {a: x, b: x}}\n");
    clusters.run("hpa list").code(1).says("x is the alias of a already");
}
