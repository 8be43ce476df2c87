//! Command lines as users of kubectl type them: each works, or the error shows the line to type.

use crate::support::{Clusters, Output};

/// The error of a command line that is refused; it contains `tip`.
#[track_caller]
fn tip(output: Output, tip: &str) {
    let output = output.code(64).prints_nothing();
    let words = output.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(tip), "expected {tip:?}: {output}");
    assert!(!words.contains("guard") && !words.contains("exec-newest"), "{output}");
}

#[test]
fn kubectls_words_run_the_command_they_mean() {
    let clusters = Clusters::new();
    let names = clusters.run("hpa list -n shop -o name").code(0).stdout;
    assert!(names.contains("production/shop/cart\n"), "{names}");
    for line in ["get hpa", "get hpas.autoscaling", "list", "ls", "hpas ls", "hpa ls"] {
        let output = clusters.run(&format!("{line} -n shop -o name")).code(0);
        assert_eq!(output.stdout, names, "{line}");
    }
    let page = clusters.run("hpa get cart -n shop").code(0).stdout;
    for line in ["describe hpa cart", "hpa describe cart", "hpa show cart"] {
        let output = clusters.run(&format!("{line} -n shop")).code(0);
        assert_eq!(output.stdout.lines().next(), page.lines().next(), "{line}");
    }
    for line in ["get hpa/cart", "describe hpa/cart", "get hpa cart catalog"] {
        let output = clusters.run(&format!("{line} -n shop")).code(0).stdout;
        assert!(output.contains("cart"), "{line}: {output}");
    }
    tip(clusters.run("describe hpa"), "watchdog hpa get NAME");
    let checked = clusters.run("check -n shop -o jsonl").code(2).stdout;
    assert_eq!(checked, clusters.run("hpa check -n shop -o jsonl").code(2).stdout);
    clusters.run("explain maxed-out").code(0);
    clusters.run("hpa list -n shop --request-timeout=20s").code(0);
    for line in ["ns ls", "namespaces list", "cluster ls", "contexts ls", "snapshots ls"] {
        assert_ne!(clusters.run(line).code, Some(64), "{line}");
    }
    for line in ["fwd ls", "pf list", "port-forward ls"] {
        clusters.run(line).code(0);
    }
    let version = clusters.run("version").code(0).stdout;
    assert_eq!(version, clusters.run("--version").code(0).stdout);
    let json = clusters.run("version --client -o json").code(0).json();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn what_works_otherwise_is_answered_with_the_line_to_type() {
    let clusters = Clusters::new();
    for (line, expected) in [
        ("get pods", "kubectl get pods"),
        ("hpa maxed", "watchdog hpa get maxed"),
        ("hpa history", "watchdog history"),
        ("scale deploy/web", "kubectl scale"),
        ("stop echo", "watchdog forward stop"),
        ("take", "watchdog snapshot take"),
        ("pf svc/echo 80 -n shop", "watchdog forward start svc/echo 80 -n shop"),
        ("describe pods x", "kubectl get pods"),
        ("describe cart", "watchdog hpa get cart"),
        ("get ns", "watchdog ns list"),
        ("hpa explain maxed-out", "watchdog hpa check --explain maxed-out"),
        ("hpa list --token abc", "kubeconfig"),
        ("hpa list --sort-by=.metadata.creationTimestamp", "--sort-by age"),
        (
            "ns list -o custom-columns=N:.metadata.name",
            "watchdog ns list -o json | jq -r '.namespaces[].name'",
        ),
        (
            "hpa list -o jsonpath={.items[*].metadata.name}",
            "watchdog hpa list -o json | jq -r '.hpas[].name'",
        ),
        ("get hpa -o go-template={{.spec.maxReplicas}}", "jq -r '.hpas[].maxReplicas'"),
    ] {
        tip(clusters.run(line), expected);
    }
    // A typing error still has the nearest name.
    tip(clusters.run("hpa lits"), "'list'");
    tip(clusters.run("gard"), "unrecognized subcommand 'gard'");
}

#[test]
fn the_program_alone_shows_where_to_begin() {
    let clusters = Clusters::new();
    for line in [&[][..], &["-v"]] {
        let output = clusters.watchdog(line.iter().copied()).run().code(64).prints_nothing();
        let screen = &output.stderr;
        assert!(screen.lines().count() < 24, "{output}");
        assert!(screen.lines().all(|line| line.len() < 80), "{output}");
        assert!(screen.contains("watchdog hpa list"), "{output}");
    }
}

#[test]
fn labels_are_columns() {
    let clusters = Clusters::new();
    let line = "hpa list -n shop --cluster production -L app.kubernetes.io/name,nope";
    let table = clusters.run(line).code(0).stdout;
    let header = table.lines().next().unwrap();
    assert_eq!(header.split_whitespace().next_back(), Some("NOPE"), "{table}");
    assert!(table.contains("<none>"), "{table}");
    let csv = clusters.run(&format!("{line} -o csv")).code(0).stdout;
    assert!(csv.lines().next().unwrap().ends_with(",app.kubernetes.io/name,nope"), "{csv}");
    let json = clusters.run("hpa list -n shop --cluster production -o json").code(0).json();
    let (key, value) = json["hpas"][0]["labels"].as_object().unwrap().iter().next().unwrap();
    let all = clusters.run("hpa list -n shop --cluster production --show-labels").code(0).stdout;
    assert!(all.lines().next().unwrap().ends_with("LABELS"), "{all}");
    assert!(all.contains(&format!("{key}={}", value.as_str().unwrap())), "{all}");
    let csv = clusters.run(&format!("{line} --show-labels -o csv")).code(0).stdout;
    assert!(csv.lines().next().unwrap().ends_with(",nope,labels"), "{csv}");
    assert!(csv.contains(&format!("{key}={}", value.as_str().unwrap())), "{csv}");
    for flag in ["-L app", "--show-labels"] {
        let refused = clusters.run(&format!("hpa list {flag} -o name"));
        refused.code(64).prints_nothing().says("-o name does not have");
    }
}

#[test]
fn times_take_the_same_forms_with_and_without_a_minus() {
    let clusters = Clusters::new();
    clusters.run("snapshot take").code(0);
    for line in [
        "history --since 4h",
        "history --since -4h",
        "history --since=-4h",
        "snapshot list --since -4h",
        "snapshot export --since -4h",
        "snapshot export --since 4h -o csv",
    ] {
        let output = clusters.run(line).code(0);
        assert!(!output.stdout.is_empty(), "{output}");
    }
    let lines = clusters.run("snapshot export --since 1h").code(0).stdout;
    assert!(lines.lines().all(|line| line.starts_with('{')), "{lines}");
    for reference in ["0s", "-0s"] {
        clusters.run(&format!("snapshot show {reference} -o name")).code(0);
    }
    let kept = clusters.run("snapshot prune --keep 0").code(0);
    assert!(kept.stderr.contains("nothing deleted"), "{kept}");
    assert_eq!(clusters.run("snapshot list -o name").code(0).lines().len(), 1);
}

#[test]
fn watch_is_a_flag_of_list() {
    let clusters = Clusters::new();
    tip(clusters.run("hpa list -w -o yaml"), "-o table or -o jsonl");
    let watched = clusters.watchdog(["hpa", "list", "-w", "-o", "jsonl", "-n", "shop"]).start();
    watched.says("maxed");
    watched.signal(nix::sys::signal::Signal::SIGTERM);
    watched.wait().code(143);
}
