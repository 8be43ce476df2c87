//! Which clusters and namespaces a command reads.

use serde_json::Value;

use crate::support::{Clusters, Output};

/// The contexts through which clusters were read, in order.
#[track_caller]
fn contexts(output: &Output) -> Vec<String> {
    let json = output.json();
    let clusters = json["clusters"].as_array().unwrap();
    clusters.iter().map(|cluster| cluster["context"].as_str().unwrap().to_owned()).collect()
}

/// The distinct values of an HPA field, sorted.
fn distinct(output: &Output, field: &str) -> Vec<String> {
    let json = output.json();
    let hpas = json["hpas"].as_array().unwrap().iter();
    let mut values: Vec<String> = hpas.map(|hpa| hpa[field].as_str().unwrap().to_owned()).collect();
    values.sort();
    values.dedup();
    values
}

/// Two clusters, one of which has two contexts.
fn shared() -> Clusters {
    let clusters = Clusters::new();
    let (one, two) = (clusters.cluster("production").url(), clusters.cluster("staging").url());
    clusters.sandbox.kubeconfig(&format!(
        "clusters:
- {{name: prod, cluster: {{server: '{one}'}}}}
- {{name: stage, cluster: {{server: '{two}'}}}}
contexts:
- {{name: admin@prod, context: {{cluster: prod, user: u}}}}
- {{name: me@prod, context: {{cluster: prod, user: u, namespace: shop}}}}
- {{name: me@stage, context: {{cluster: stage, user: u}}}}
current-context: me@prod
users:
- {{name: u, user: {{}}}}
"
    ));
    clusters
}

#[test]
fn each_cluster_is_read_once_by_the_current_context() {
    let clusters = shared();
    let output = clusters.run("hpa list -o json").code(0).quiet();
    assert_eq!(contexts(&output), ["me@prod", "me@stage"]);
    // A context's default namespace does not limit the read.
    assert!(distinct(&output, "namespace").len() > 2, "{output}");
}

#[test]
fn flags_narrow_the_scope() {
    let clusters = shared();
    for (flags, expected) in [
        ("--context admin@prod", &["admin@prod"][..]),
        ("--context me@*", &["me@prod", "me@stage"]),
        ("--context /^.*@stage$/", &["me@stage"]),
        ("--context admin@prod --context me@stage", &["admin@prod", "me@stage"]),
        ("--cluster stage", &["me@stage"]),
        ("--cluster s*", &["me@stage"]),
        ("--context admin@prod,me@stage", &["admin@prod", "me@stage"]),
        ("--cluster stage,prod", &["me@prod", "me@stage"]),
        ("--cluster prod --context admin*", &["admin@prod"]),
        ("--current", &["me@prod"]),
    ] {
        for command in ["hpa list", "ns list"] {
            let output = clusters.run(&format!("{command} -o json {flags}")).code(0);
            assert_eq!(contexts(&output), expected, "{flags}");
        }
    }
}

#[test]
fn scope_flags_stand_before_or_after_the_command_at_every_level() {
    let clusters = shared();
    clusters.run("snapshot take").code(0);
    let namespaces = |line: &str, expected: &[&str]| {
        let output = clusters.run(line).code(0);
        assert_eq!(distinct(&output, "namespace"), expected, "{line}");
    };
    for line in [
        "-n shop hpa list -o json",
        "hpa -n shop list -o json",
        "hpa list -n shop -o json",
        "hpa list -nshop -ojson",
        "hpa list -n=shop -o=json",
        "--namespace=shop hpa list -o json",
        "-n shop snapshot show -o json",
        "snapshot -n shop show -o json",
        "-n shop history -o json",
    ] {
        namespaces(line, &["shop"]);
    }
    namespaces("hpa list -n shop,payments -o json", &["payments", "shop"]);
    namespaces("hpa list -n shop -n pay*,x* -o json", &["payments", "shop"]);
    let all = distinct(&clusters.run("hpa list -A -o json").code(0), "namespace");
    assert!(all.contains(&"kube-system".to_owned()), "{all:?}");
    for line in ["hpa list -A -n shop -o json", "-A hpa list -n shop -o json"] {
        namespaces(line, &all.iter().map(String::as_str).collect::<Vec<_>>());
    }
    for line in ["--context me@stage hpa list -o json", "hpa --cluster stage list -o json"] {
        assert_eq!(contexts(&clusters.run(line).code(0)), ["me@stage"], "{line}");
    }
    clusters.run("-n shop hpa check --fail-on never").code(0);
    clusters.run("-n shop hpa get checkout --context me@stage").code(0);
    // Commands without namespaces ignore the flags, as kubectl does.
    for line in ["-n shop config show", "cluster list -A", "supervisor status -n shop"] {
        assert_ne!(clusters.run(line).code, Some(64), "{line}");
    }
    let help = clusters.run("cluster list --help").code(0);
    assert!(!help.stdout.contains("--namespace"), "{help}");
    let help = clusters.run("hpa list --help").code(0);
    assert!(help.stdout.contains("-A, --all-namespaces"), "{help}");
}

#[test]
fn a_forward_takes_one_namespace() {
    let clusters = Clusters::new();
    for (flags, said) in [
        ("-A", "a port-forward is in one namespace: -n NAME instead of -A"),
        ("-n shop,media", "a port-forward is in one namespace, and -n names shop and media"),
        ("-n s*", "\"s*\" is not a namespace"),
    ] {
        for line in [
            "{} forward start svc/web 80",
            "forward start svc/web 80 {}",
            "forward {} run svc/web 80 -- true",
        ] {
            clusters.run(&line.replace("{}", flags)).code(64).says(said).prints_nothing();
        }
    }
    clusters.run("-n shop forward start --all").code(64).says("leave out -n and -A");
    clusters.run("-n shop snapshot prune --keep 1h").code(64).says("it takes no");
}

#[test]
fn the_configuration_excludes_clusters() {
    let clusters = shared();
    clusters.sandbox.configure("clusters: {exclude: [prod]}\n");
    let read = |flags: &str| clusters.run(&format!("hpa list -o json {flags}"));
    assert_eq!(contexts(&read("").code(0)), ["me@stage"]);
    // A cluster that is named explicitly is still read; a glob is not explicit.
    assert_eq!(contexts(&read("--context admin@prod").code(0)), ["admin@prod"]);
    assert_eq!(contexts(&read("--cluster prod").code(0)), ["me@prod"]);
    assert_eq!(contexts(&read("--context me@*").code(0)), ["me@stage"]);
    assert_eq!(contexts(&read("--current").code(0)), ["me@prod"]);
    let output = read("--context *@prod").prints_nothing();
    assert!(output.code != Some(0) && output.stderr.contains("exclude"), "{output}");
    clusters.sandbox.configure("clusters: {auto_discover: false, include: ['*stage']}\n");
    assert_eq!(contexts(&read("").code(0)), ["me@stage"]);
}

#[test]
fn a_pattern_without_a_match_is_a_usage_error_with_suggestions() {
    let clusters = Clusters::new();
    for (flags, said) in [
        ("--context produktion", "no context named \"produktion\"; did you mean \"production\"?"),
        ("--cluster stagin", "no cluster named \"stagin\"; did you mean \"staging\"?"),
        ("--context production --context nope", "no context named \"nope\""),
        ("--context nope*", "no context matches \"nope*\" among 2"),
        ("--context /^nope/", "no context matches"),
        (
            "--context production --cluster staging",
            "no context matches both --cluster staging and --context production",
        ),
        ("--context /(/", "/(/"),
        ("--context [z-a]", "[z-a]"),
        ("--context=", "--context"),
        ("--current --context production", "--current"),
    ] {
        for command in ["hpa list", "hpa get web", "ns list", "cluster list", "cluster test"] {
            let output = clusters.run(&format!("{command} {flags}"));
            output.code(64).says(said).prints_nothing();
        }
    }
}

#[test]
fn current_fails_without_a_current_context() {
    let clusters = Clusters::new();
    let path = clusters.sandbox.path("home/.kube/config");
    let text = std::fs::read_to_string(&path).unwrap();
    for current in ["\"\"", "gone"] {
        let replaced = "current-context: \"production\"";
        assert!(text.contains(replaced), "{text}");
        let text = text.replace(replaced, &format!("current-context: {current}"));
        std::fs::write(&path, text).unwrap();
        clusters.run("hpa list --current").code(1).says("no current context").prints_nothing();
        clusters.run("hpa list").code(0);
    }
}

#[test]
fn a_context_without_its_cluster_is_skipped_unless_named() {
    let clusters = Clusters::new();
    let path = clusters.sandbox.path("home/.kube/config");
    let text = std::fs::read_to_string(&path).unwrap();
    let dangling = "contexts:\n- {name: dangling, context: {cluster: gone, user: demo}}\n";
    std::fs::write(&path, text.replacen("contexts:\n", dangling, 1)).unwrap();
    let output = clusters.run("hpa list -o json").code(0).says("dangling").says("gone");
    assert_eq!(contexts(&output), ["production", "staging"]);
    clusters.run("hpa list --context dangling").code(64).says("gone").prints_nothing();
    let list = clusters.run("cluster list -o json").code(0);
    let json = list.json();
    let row = json["clusters"].as_array().unwrap().iter().find(|row| row["context"] == "dangling");
    assert_eq!(row.unwrap()["server"], Value::Null, "{list}");
    assert_eq!(row.unwrap()["selected"], false, "{list}");
}

#[test]
fn only_the_requested_namespaces_are_read() {
    let clusters = Clusters::new();
    let read = |flags: &str| clusters.run(&format!("hpa list -o json {flags}")).code(0);
    let all = distinct(&read("-A"), "namespace");
    assert!(all.contains(&"kube-system".to_owned()), "the demo has an HPA there: {all:?}");
    let default = distinct(&read(""), "namespace");
    assert_eq!(default, all.iter().filter(|n| *n != "kube-system").cloned().collect::<Vec<_>>());
    assert_eq!(distinct(&read("-n shop"), "namespace"), ["shop"]);
    assert_eq!(distinct(&read("-n shop -n media"), "namespace"), ["media", "shop"]);
    assert_eq!(distinct(&read("-n s*"), "namespace"), ["search", "shop"]);
    assert_eq!(distinct(&read("-n /^(shop|media)$/"), "namespace"), ["media", "shop"]);
    assert_eq!(distinct(&read("-n kube-system"), "namespace"), ["kube-system"]);
    let both = clusters.run("hpa list -o json -n shop -n nope").code(1);
    assert_eq!(distinct(&both, "namespace"), ["shop"], "what there is is listed");
    clusters.sandbox.configure("namespaces: {exclude: ['s*']}\n");
    let rest: Vec<String> = all.iter().filter(|n| !n.starts_with('s')).cloned().collect();
    assert_eq!(distinct(&read(""), "namespace"), rest);
}

#[test]
fn a_namespace_that_does_not_exist_is_an_error_and_an_empty_list() {
    let clusters = Clusters::new();
    let output = clusters.run("hpa list -n nope").code(1).prints_nothing();
    output.says("error: namespace nope does not exist in any of the 2 clusters that were read");
    let output = clusters.run("hpa list -n nope -o json").code(1).says("nope");
    assert_eq!(output.json()["hpas"], Value::Array(Vec::new()));
    clusters.run("hpa list -n default -q").code(0).prints_nothing().quiet();
    clusters.run("hpa list -n nope*").code(0).prints_nothing().says("nope*");
    clusters.run("ns list -n nope").code(1).says("namespace nope does not exist");
    clusters.run("ns list -n shopp").code(1).says("did you mean shop?");
    clusters.run("ns list -n nope*").code(0).says("no namespace");
    clusters.run("hpa list -l app=nope").code(0).prints_nothing().says("app=nope");
}

#[test]
fn selectors_are_evaluated_by_the_server() {
    let clusters = Clusters::new();
    let all = clusters.run("hpa list -A -o json").code(0).json();
    let with = all["hpas"]
        .as_array()
        .unwrap()
        .iter()
        .find(|hpa| hpa["labels"].as_object().is_some_and(|labels| !labels.is_empty()));
    let (key, value) = with.unwrap()["labels"].as_object().unwrap().iter().next().unwrap();
    let value = value.as_str().unwrap();
    let count = |matches: &dyn Fn(Option<&Value>) -> bool| {
        let hpas = all["hpas"].as_array().unwrap().iter();
        hpas.filter(|hpa| matches(hpa["labels"].get(key))).count()
    };
    for lists in ["raw", "json"] {
        clusters.sandbox.configure(&format!("kubectl: {{lists: {lists}}}\n"));
        for (selector, expected) in [
            (format!("{key}={value}"), count(&|label| label.is_some_and(|l| l == value))),
            (format!("{key}!={value}"), count(&|label| label.is_none_or(|l| l != value))),
            (format!("{key} in ({value},nope)"), count(&|label| label.is_some_and(|l| l == value))),
            (format!("!{key}"), count(&|label| label.is_none())),
            (key.clone(), count(&|label| label.is_some())),
        ] {
            let args = ["hpa", "list", "-A", "-o", "json", "-l", &selector];
            let output = clusters.watchdog(args).run().code(0);
            let found = output.json()["hpas"].as_array().unwrap().len();
            assert_eq!(found, expected, "{lists}: {selector}");
        }
    }
}

#[test]
fn an_invalid_selector_or_name_is_a_usage_error() {
    let clusters = Clusters::new();
    for args in [
        &["hpa", "list", "-l", "app===web"][..],
        &["hpa", "list", "-l", "app in web"],
        &["hpa", "list", "-l", "=web"],
        &["hpa", "list", "-l", "a=b&limit=1"],
        &["hpa", "list", "-l", ","],
        &["hpa", "list", "-n", "/(/"],
        &["hpa", "list", "-n", "-A"],
        &["hpa", "list", "-n", "a/b"],
        &["hpa", "get", "a/b", "-n", "shop"],
        &["hpa", "get", "--", "--all"],
        &["hpa", "get", ""],
    ] {
        let output = clusters.watchdog(args.iter().copied()).run();
        assert_eq!(output.code, Some(64), "{output}");
        assert!(!output.stderr.is_empty(), "{output}");
        output.prints_nothing();
    }
    assert_eq!(clusters.cluster("production").requests(), Vec::<String>::new());
}
