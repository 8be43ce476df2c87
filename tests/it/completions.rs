//! `completions SHELL`, and the scripts in `completions/`.

use std::io::{self, Write as _};
use std::path::Path;

use watchdog::demo::{Cluster, Fault};

use crate::support::{Clusters, Forwards, PROMETHEUS, Sandbox};

const SCRIPTS: [(&str, &str); 5] = [
    ("bash", "watchdog.bash"),
    ("zsh", "_watchdog"),
    ("fish", "watchdog.fish"),
    ("elvish", "watchdog.elv"),
    ("powershell", "_watchdog.ps1"),
];

#[test]
fn the_scripts_in_the_repository_are_those_that_the_program_prints() {
    let sandbox = Sandbox::new();
    for (shell, file) in SCRIPTS {
        let printed = sandbox.watchdog(["completions", shell]).run().code(0).quiet().stdout;
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(file);
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == printed, "{} is stale: make completions", path.display());
    }
}

#[test]
fn completions_work_with_a_broken_configuration() {
    let sandbox = Sandbox::new();
    sandbox.configure("nonsense: [");
    let output = sandbox.watchdog(["completions", "bash"]).run().code(0).quiet();
    assert!(output.stdout.contains("watchdog"), "{output}");
}

/// The values that are suggested for the last of the words.
fn suggested(sandbox: &Sandbox, words: &[&str]) -> Vec<String> {
    let output = sandbox
        .watchdog(["--", "watchdog"])
        .args(words)
        .env("WATCHDOG_COMPLETE", "bash")
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", words.len().to_string())
        .run()
        .code(0)
        .quiet();
    // For an empty word flags are suggested too, after the values.
    let values = output.lines().into_iter().filter(|value| !value.starts_with('-'));
    values.map(str::to_owned).collect()
}

#[test]
fn findings_and_labels_of_clusters_are_suggested() {
    let sandbox = Sandbox::new();
    sandbox.configure(
        "clusters: {aliases: {arn/one: one}, labels: {'*prod*': {env: prod}, '*dev*': {env: dev}}}",
    );
    for words in [
        &["hpa", "check", "--only", "low-m"][..],
        &["hpa", "check", "--ignore", "low-m"],
        &["hpa", "check", "--explain", "low-m"],
        &["hpa", "list", "--status", "low-m"],
        &["monitor", "--ignore", "low-m"],
        &["explain", "low-m"],
    ] {
        assert_eq!(suggested(&sandbox, words), ["low-min"], "{words:?}");
    }
    let second = suggested(&sandbox, &["hpa", "check", "--only", "maxed-out,low-m"]);
    assert_eq!(second, ["maxed-out,low-min"]);
    let labels = suggested(&sandbox, &["hpa", "list", "--cluster-label", "env"]);
    assert_eq!(labels, ["env=dev", "env=prod"]);
    assert_eq!(suggested(&sandbox, &["hpa", "list", "--cluster", "o"]), ["one"]);
}

/// The names of the HPAs of a cluster, as completions give them.
fn names_of(clusters: &Clusters, flags: &str) -> Vec<String> {
    let listed = clusters.run(&format!("hpa list -o name {flags}")).code(0);
    let names = listed.lines().into_iter().map(|line| line.rsplit('/').next().unwrap().to_owned());
    let names: std::collections::BTreeSet<String> = names.collect();
    names.into_iter().collect()
}

#[test]
fn hpas_of_a_recent_snapshot_are_suggested_without_reading_a_cluster() {
    let clusters = Clusters::new();
    let (all, shop) = (names_of(&clusters, "-A"), names_of(&clusters, "-n shop"));
    clusters.run("snapshot take -A").code(0);
    for name in clusters.names() {
        clusters.cluster(name).set_fault(Some(Fault::Hang));
    }
    let read = || clusters.names().into_iter().map(|name| clusters.cluster(name).requests().len());
    let before: Vec<usize> = read().collect();
    let suggest = |words: &[&str]| suggested(&clusters.sandbox, words);
    for words in [
        &["hpa", "get", ""][..],
        &["hpa", "list", ""],
        &["hpa", "check", ""],
        &["hpa", "watch", ""],
        &["history", ""],
        &["describe", "hpa", ""],
    ] {
        assert_eq!(suggest(words), all, "{words:?}");
    }
    assert_eq!(suggest(&["hpa", "get", "-n", "shop", ""]), shop);
    assert_eq!(suggest(&["-n", "shop", "hpa", "get", ""]), shop);
    assert_eq!(suggest(&["hpa", "get", "checko"]), ["checkout"]);
    // What other commands print is completed too, and several may be named.
    assert_eq!(suggest(&["hpa", "get", "shop/checko"]), ["shop/checkout"]);
    assert_eq!(suggest(&["hpa", "get", "staging/shop/checko"]), ["staging/shop/checkout"]);
    assert_eq!(suggest(&["hpa", "get", "pricing", "checko"]), ["checkout"]);
    let of_one = suggest(&["hpa", "get", "--cluster", "staging", ""]);
    assert!(!of_one.is_empty() && of_one.len() < all.len(), "{of_one:?}");
    assert_eq!(read().collect::<Vec<_>>(), before, "no cluster is read");
}

#[test]
fn without_a_snapshot_one_bounded_call_lists_the_hpas() {
    let clusters = Clusters::new();
    let of_production = names_of(&clusters, "-A --cluster production");
    let of_staging = names_of(&clusters, "-A --cluster staging");
    assert_ne!(of_production, of_staging);
    let suggest = |words: &[&str]| suggested(&clusters.sandbox, words);
    let before = [clusters.hpa_requests("production"), clusters.hpa_requests("staging")];
    // Of the current context.
    assert_eq!(suggest(&["hpa", "get", ""]), of_production);
    assert_eq!(clusters.hpa_requests("production"), before[0] + 1);
    assert_eq!(clusters.hpa_requests("staging"), before[1]);
    for flag in ["--cluster", "--context"] {
        let context = clusters.cluster("staging").context().to_owned();
        let value = if flag == "--context" { context.as_str() } else { "staging" };
        assert_eq!(suggest(&["hpa", "get", flag, value, ""]), of_staging, "{flag}");
    }
    assert_eq!(suggest(&["hpa", "get", "-n", "shop", "checko"]), ["checkout"]);
    assert!(suggest(&["hpa", "get", "-n", "media", "checko"]).is_empty());
    // A silent or failing cluster costs the user neither a message nor the shell.
    for fault in [Fault::Hang, Fault::Status(500)] {
        clusters.cluster("production").set_fault(Some(fault));
        assert!(suggest(&["hpa", "get", ""]).is_empty());
    }
}

#[test]
fn forwards_contexts_clusters_and_namespaces_are_suggested() {
    let forwards = Forwards::new();
    let sandbox = &forwards.clusters.sandbox;
    let entry = |name: &str| {
        format!(
            "- {{name: {name}, namespace: monitoring, resource: svc/prometheus-server, port: 80}}\n"
        )
    };
    let aliases = "clusters: {aliases: {staging: stage}}\n";
    let text = format!(
        "{}{aliases}forwards:\n{}{}",
        crate::support::SHORT,
        entry("prom"),
        entry("graphs")
    );
    sandbox.configure(&text);
    // Those that can be started are of the configuration, those that can be ended are running.
    for command in ["start", "run"] {
        assert_eq!(suggested(sandbox, &["forward", command, "pro"]), ["prom"], "{command}");
    }
    assert!(suggested(sandbox, &["forward", "stop", "pro"]).is_empty());
    forwards.start(PROMETHEUS);
    for command in ["stop", "status", "why", "endpoint"] {
        let found = suggested(sandbox, &["forward", command, "pro"]);
        assert_eq!(found, ["prometheus-server"], "{command}");
    }
    assert_eq!(suggested(sandbox, &["hpa", "list", "--cluster", "s"]), ["staging", "stage"]);
    let contexts = suggested(sandbox, &["hpa", "list", "--context", ""]);
    let expected: Vec<&str> =
        forwards.clusters.demo().clusters().iter().map(Cluster::context).collect();
    assert_eq!(contexts, expected);
    assert_eq!(suggested(sandbox, &["hpa", "list", "-n", "sho"]), ["shop"]);
}

#[test]
fn bash_accepts_its_static_script() {
    let Ok(bash) = which::which("bash") else {
        let _ =
            writeln!(io::stderr(), "bash_accepts_its_static_script was not run: no bash on PATH");
        return;
    };
    let sandbox = Sandbox::new();
    let script = sandbox.watchdog(["completions", "bash", "--static"]).run().code(0).stdout;
    let file = sandbox.write("watchdog.bash", script);
    // The completions that the shell would offer after `watchdog hpa `.
    let ask = format!(
        ". '{}'; COMP_WORDS=(watchdog hpa ''); COMP_CWORD=2; _watchdog watchdog '' hpa; \
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        file.display()
    );
    let output = sandbox.command(bash).args(["-c", &ask]).run().code(0).quiet();
    assert!(output.lines().contains(&"list") && output.lines().contains(&"get"), "{output}");
}

#[test]
fn contexts_are_suggested_from_a_kubeconfig_that_kubectl_alone_reads() {
    let clusters = Clusters::new();
    let path = clusters.sandbox.path(".kube/config");
    let path = if path.exists() { path } else { clusters.sandbox.path("home/.kube/config") };
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("contexts:\n", "contexts:\n- {name: '123', context: {}}\n"))
        .unwrap();
    let contexts = suggested(&clusters.sandbox, &["hpa", "list", "--context", ""]);
    assert!(contexts.contains(&"123".to_owned()), "{contexts:?}");
    assert!(contexts.contains(&"production".to_owned()), "{contexts:?}");
}

#[test]
fn lists_types_snapshots_and_places_are_completed() {
    let clusters = Clusters::new();
    clusters.run("snapshot take -A").code(0);
    let suggest = |words: &[&str]| suggested(&clusters.sandbox, words);
    assert_eq!(suggest(&["hpa", "list", "--context", "production,"]), ["production,staging"]);
    assert_eq!(suggest(&["hpa", "list", "-n", "shop,medi"]), ["shop,media"]);
    assert_eq!(suggest(&["hpa", "get", "hpa/checko"]), ["hpa/checkout"]);
    let ignored = suggest(&["hpa", "check", "--ignore", "low-min=shop/checko"]);
    assert_eq!(ignored, ["low-min=shop/checkout"]);
    let ignored = suggest(&["hpa", "check", "--ignore", "low-min=sea"]);
    assert!(ignored.contains(&"low-min=search/query-router".to_owned()), "{ignored:?}");
    assert_eq!(suggest(&["snapshot", "show", "l"]), ["latest"]);
    assert_eq!(suggest(&["snapshot", "diff", "1"]), ["1"]);
    for internal in ["gua", "exec-n"] {
        assert_eq!(suggest(&[internal]), [""; 0], "{internal}");
    }
}
