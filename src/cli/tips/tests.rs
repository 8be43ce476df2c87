use super::*;

fn args(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

#[test]
fn kubectls_output_formats_become_filters_of_jq() {
    let line = args("hpa list");
    for (value, filter) in [
        ("jsonpath={.items[*].metadata.name}", "'.hpas[].name'"),
        (
            r#"jsonpath={range .items[*]}{.metadata.name}{"\t"}{.spec.maxReplicas}{"\n"}{end}"#,
            "'.hpas[] | [.name, .maxReplicas] | @tsv'",
        ),
        ("jsonpath={.items[?(@.spec.maxReplicas>3)].metadata.name}", "'.hpas[]'"),
        (
            "custom-columns=N:.metadata.name,T:.spec.scaleTargetRef.name",
            "'.hpas[] | [.name, .target.name] | @tsv'",
        ),
        ("custom-columns=AGE:.metadata.creationTimestamp", "'.hpas[].createdAt'"),
        ("go-template={{.status.desiredReplicas}}", "'.hpas[].desiredReplicas'"),
        ("jsonpath={.x';rm -rf}", "'.hpas[]'"),
        ("jsonpath={.items[0].metadata.name}", "'.hpas[0].name'"),
        ("jsonpath={.items}", "'.hpas[]'"),
        (
            "custom-columns=T:.spec.metrics[0].resource.target.averageUtilization",
            "'.hpas[].metrics[0].target.value'",
        ),
        ("jsonpath={.items[*].metadata.annotations}", "'.hpas[]'"),
        ("jsonpath={.items[*].status.conditions[1].reason}", "'.hpas[].conditions[1].reason'"),
        ("go-template={{range .items}}{{.metadata.name}}{{end}}", "'.hpas[].name'"),
        ("jsonpath", "'.hpas[]'"),
    ] {
        let tip = of_value("--output <OUTPUT>", value, &line).unwrap();
        assert_eq!(tip, format!("with jq: watchdog hpa list -o json | jq -r {filter}"));
    }
    assert_eq!(of_value("--output <OUTPUT>", "jsn", &line), None);
    let line = args("-n shop hpa list -o jsonpath={.x} -l a=b --output=x");
    let tip = of_value("--output <OUTPUT>", "jsonpath={.metadata.uid}", &line).unwrap();
    assert!(tip.ends_with("-n shop hpa list -l a=b -o json | jq -r '.hpas[].uid'"), "{tip}");
    for (line, filter) in [
        (
            "hpa check -o jsonpath={.items[*].metadata.name}",
            "hpa check -o json | jq -r '.findings[].hpa'",
        ),
        ("version -o jsonpath={.clientVersion}", "version -o json | jq -r ."),
        (
            "cluster list -o jsonpath={.metadata.name}",
            "cluster list -o json | jq -r '.clusters[].name'",
        ),
        ("hpa list --template {{.x}} -A -o template", "hpa list -A -o json | jq -r '.hpas[]'"),
    ] {
        let value = line.rsplit("-o ").next().unwrap();
        let tip = of_value("--output <OUTPUT>", value, &args(line)).unwrap();
        assert_eq!(tip, format!("with jq: watchdog {filter}"));
    }
    let tip = of_argument("--field-selector", &args("get hpa --field-selector a=b -n shop"));
    assert!(tip.unwrap().ends_with(": watchdog get hpa -n shop -o json | jq -r '.hpas[]'"));
    let tip = of_value("--sort-by <FIELD>", "{.metadata.creationTimestamp}", &line);
    assert_eq!(tip.as_deref(), Some("here: --sort-by age"));
}

#[test]
fn a_word_of_kubectl_is_answered_with_the_line_to_type() {
    for (line, word, part) in [
        ("pf svc/echo 80 -n shop", "svc/echo", "watchdog forward start svc/echo 80 -n shop"),
        ("scale deploy/x", "scale", "kubectl scale"),
        ("stop", "stop", "watchdog forward stop"),
        ("hpa explain maxed-out", "explain", "watchdog hpa check --explain maxed-out"),
        ("config use-context a", "use-context", "--context NAME"),
        ("port-forward svc/echo 80", "svc/echo", "watchdog forward start svc/echo 80"),
    ] {
        let tip = of_command(word, &args(line)).unwrap_or_default();
        assert!(tip.contains(part), "{line}: {tip}");
    }
    let named = of_name("shop/maxed", &args("hpa shop/maxed"));
    assert!(named.unwrap_or_default().ends_with("watchdog hpa get shop/maxed"));
    assert_eq!(of_name("maxed", &args("maxed")), None);
    assert_eq!(of_command("qwertz", &args("qwertz")), None);
    let limit = of_argument("--limit", &args("hpa list --limit 5"));
    assert!(limit.unwrap().contains("--problems"));
    let shell = of_value("<SHELL>", "tcsh", &args("completions tcsh"));
    assert!(shell.unwrap().contains("bash, elvish"));
    assert!(of_argument("--token=x", &args("hpa list")).unwrap().contains("kubeconfig"));
    for (line, word, part) in [
        ("hpa top -w", "-w", "watchdog hpa watch"),
        ("doctor --prometheus", "--prometheus", "watchdog prometheus test"),
        ("alerts --sort-by=.x", "--sort-by", "sort_by(.startsAt)"),
        ("hpa top --limit -1", "-1", "--limit 0 shows all"),
    ] {
        let tip = of_argument(word, &args(line)).unwrap_or_default();
        assert!(tip.contains(part), "{line}: {tip}");
    }
    assert_eq!(of_argument("-1", &args("hpa top -1")), None);
    let of_top = of_value("--output <OUTPUT>", "name", &args("hpa top -o name"));
    assert!(of_top.unwrap().ends_with("watchdog hpa list -o name"));
    for (flag, pattern) in [("--maxed", "'*max*'"), ("--filter=low-min", "low-min")] {
        let tip = of_argument(flag, &args("hpa list")).unwrap_or_default();
        assert!(tip.ends_with(&format!("watchdog hpa list --status {pattern}")), "{tip}");
    }
}
