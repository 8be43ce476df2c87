//! `demo`, with and without a command.

use std::fs;
use std::path::PathBuf;

use nix::sys::signal::Signal;

use crate::support::{Sandbox, kubectls, until};

fn assert_cleaned_up(sandbox: &Sandbox) {
    let left: Vec<_> =
        fs::read_dir(sandbox.path("tmp")).unwrap().map(|e| e.unwrap().path()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_demo_runs_a_command_and_exits_with_its_code() {
    let sandbox = Sandbox::new();
    // The user's own configuration does not affect the demo.
    sandbox.configure("clusters: {exclude: ['*']}\n");
    sandbox.kubeconfig("nonsense");
    let run = |args: &[&str]| sandbox.watchdog(["demo"]).args(args).run();
    let output = run(&["--", "hpa", "list"]).code(0).quiet();
    assert!(output.stdout.starts_with("CLUSTER ") && output.lines().len() > 40, "{output}");
    assert_eq!(run(&["--", "watchdog", "hpa", "list"]).code(0).stdout, output.stdout);
    run(&["--", "hpa", "list", "--context", "nope"]).code(64).says("\"nope\"");
    run(&["--", "sh", "-c", "exit 7"]).code(7).quiet();
    run(&["--", "sh", "-c", "kill -KILL $$"]).code(137).quiet();
    run(&["--", "no-such-program"]).code(1).says("no-such-program");
    let output = run(&["--clusters", "3", "--hpas", "5", "--", "hpa", "list", "-o", "name", "-A"]);
    let output = output.code(0);
    assert_eq!(output.lines().len(), 15, "{output}");
    assert_cleaned_up(&sandbox);
}

#[test]
fn the_broken_clusters_make_the_result_incomplete() {
    let sandbox = Sandbox::new();
    let args = ["demo", "--broken", "--", "hpa", "list", "--timeout", "6s"];
    let output = sandbox.watchdog(args).run().code(3);
    for line in ["down: unreachable: ", "forbidden: forbidden: ", "silent: timeout: "] {
        assert!(output.stderr.contains(&format!("error: {line}")), "{output}");
    }
    assert!(output.lines().len() > 40, "{output}");
    assert_cleaned_up(&sandbox);
}

#[test]
fn every_cluster_has_a_prometheus_with_all_series() {
    let sandbox = Sandbox::new();
    for args in [vec![], vec!["--hpas", "60", "--clusters", "3"], vec!["--path-prefix"]] {
        let args = [&["demo"], &args[..], &["--", "prometheus", "test", "-o", "json"]].concat();
        let json = sandbox.watchdog(args).run().code(0).json();
        let stores = json["stores"].as_array().unwrap();
        assert!(stores.len() >= 2, "{json}");
        for store in stores {
            assert_eq!(store["outcome"], "ok", "{store}");
            let series = store["series"].as_array().unwrap();
            let missing = series.iter().filter(|it| it["tier"] != "rules" && it["count"].is_null());
            assert_eq!(missing.count(), 0, "{store}");
            assert_eq!(
                (&store["objectsEverySeconds"], &store["usageEverySeconds"]),
                (&30.into(), &30.into())
            );
        }
    }
}

#[test]
fn the_apis_proxy_leads_to_the_same_prometheus() {
    let sandbox = Sandbox::new();
    let config = "monitoring:\n  prometheus: {source: proxy}\n";
    let config = sandbox.write("proxy.yaml", config);
    let args = ["demo", "--", "prometheus", "test", "-o", "json", "--config"];
    let json = sandbox.watchdog(args).arg(config).run().code(0).json();
    let source = json["stores"][0]["source"].as_str().unwrap();
    assert_eq!(source, "monitoring/prometheus-server:80 by the API server's proxy");
}

#[test]
fn kubectl_reads_the_demo() {
    let sandbox = Sandbox::new();
    for kubectl in kubectls() {
        let run =
            |args: &[&str]| sandbox.watchdog(["demo", "--"]).arg(&kubectl).args(args).run().code(0);
        assert!(run(&["get", "hpa", "-A"]).lines().len() > 40);
        let pods = run(&["get", "pods", "-n", "shop", "-l", "app=checkout", "-o", "json"]).json();
        assert!(!pods["items"].as_array().unwrap().is_empty());
        let output = run(&["get", "deploy", "checkout", "-n", "shop", "-o", "name"]);
        assert_eq!(output.stdout, "deployment.apps/checkout\n");
        run(&["describe", "hpa", "checkout", "-n", "shop"]);
        assert_eq!(run(&["get", "namespaces", "shop", "-o", "name"]).stdout, "namespace/shop\n");
    }
    assert_cleaned_up(&sandbox);
}

#[test]
fn without_a_command_the_demo_shows_how_to_use_it_and_runs_until_interrupted() {
    // Ctrl-C is the intended end; other signals interrupt it.
    for (signal, code) in [(Signal::SIGINT, 0), (Signal::SIGTERM, 143), (Signal::SIGHUP, 129)] {
        let sandbox = Sandbox::new();
        let running = sandbox.watchdog(["demo"]).start();
        let said = running.says("kubectl get hpa");
        let variables: Vec<(&str, &str)> = said
            .lines()
            .find_map(|line| line.trim().strip_prefix("export "))
            .unwrap_or_else(|| panic!("{said}"))
            .split(' ')
            .map(|variable| variable.split_once('=').unwrap())
            .collect();
        assert!(variables.iter().any(|(name, _)| *name == "KUBECONFIG"), "{said}");
        if signal == Signal::SIGINT {
            for program in kubectls() {
                let with = |run: crate::support::Run| {
                    variables.iter().fold(run, |run, (name, value)| run.env(name, value))
                };
                let kubectl = with(sandbox.command(&program)).args(["get", "hpa", "-A"]).run();
                assert!(kubectl.clone().code(0).lines().len() > 40, "{kubectl}");
                with(sandbox.watchdog(["hpa", "list"])).run().code(0).quiet();
            }
        }
        running.signal(signal);
        running.wait().code(code).quiet();
        assert_cleaned_up(&sandbox);
    }
}

#[test]
fn a_signal_is_passed_on_to_the_command() {
    let script = "trap 'kill -9 $!; exit 9' INT TERM HUP; echo ready; sleep 600 & wait";
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let sandbox = Sandbox::new();
        let running = sandbox.watchdog(["demo", "--", "sh", "-c", script]).start();
        running.says("ready");
        running.signal(signal);
        running.wait().code(9);
        assert_cleaned_up(&sandbox);
    }
    let sandbox = Sandbox::new();
    let running = sandbox.watchdog(["demo", "--", "sleep", "600"]).start();
    until("sleep runs", || {
        sandbox.processes().iter().any(|process| process.command == "sleep 600").then_some(())
    });
    running.signal(Signal::SIGTERM);
    running.wait().code(143);
    assert_cleaned_up(&sandbox);
}

/// Commands that write files: kubectl's cache, the history, the supervisor's directory.
const WRITING: &str = r#"
    set -e
    "$WATCHDOG" hpa list >/dev/null
    kubectl get hpa -A >/dev/null
    "$WATCHDOG" snapshot take
    "$WATCHDOG" snapshot list
    "$WATCHDOG" forward start svc/echo 0:80 --context production -n default -d
    "$WATCHDOG" forward list
    "$WATCHDOG" doctor || true
    echo all done
"#;

/// The files in the user's directories.
fn of_the_user(sandbox: &Sandbox) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut left: Vec<PathBuf> =
        ["home", "config", "cache", "data", "state", "run"].map(|name| sandbox.path(name)).into();
    while let Some(dir) = left.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                left.push(entry.path());
            }
            files.push(entry.path());
        }
    }
    files.sort();
    files
}

#[test]
fn a_command_of_the_demo_writes_nothing_to_the_users_directories() {
    let sandbox = Sandbox::new();
    sandbox.configure("history: {path: ~/history.db}\n");
    sandbox.kubeconfig("nonsense");
    let before = of_the_user(&sandbox);
    // With a path prefix, kubectl's version is cached too.
    for options in [&["demo", "--"][..], &["demo", "--path-prefix", "--"]] {
        let args = options.iter().copied().chain(["sh", "-c", WRITING]);
        let run = sandbox.watchdog(args).without("KUBECACHEDIR");
        let output = run.env("WATCHDOG", env!("CARGO_BIN_EXE_watchdog")).run().code(0);
        let whole = output.stdout.contains("all done") && output.stdout.contains("svc/echo");
        assert!(whole, "{output}");
        assert_eq!(of_the_user(&sandbox), before, "{options:?}");
    }
    assert_cleaned_up(&sandbox);
}

/// With a path prefix, kubectl's version is asked and cached.
#[test]
fn kubectls_version_is_not_cached_in_the_users_directories() {
    let sandbox = Sandbox::new();
    let before = of_the_user(&sandbox);
    let script = r#"
        set -e
        "$WATCHDOG" hpa list >/dev/null
        cat "$WATCHDOG_CACHE_DIR/kubectl-versions.json"
    "#;
    let run = sandbox.watchdog(["demo", "--path-prefix", "/k8s", "--", "sh", "-c", script]);
    let run = run.without("KUBECACHEDIR").env("WATCHDOG", env!("CARGO_BIN_EXE_watchdog"));
    let output = run.run().code(0);
    assert!(output.stdout.contains("\"version\":\"v1."), "{output}");
    assert_eq!(of_the_user(&sandbox), before);
    assert_cleaned_up(&sandbox);
}

#[test]
fn a_shell_with_the_demos_variables_writes_nothing_there_either() {
    let sandbox = Sandbox::new();
    sandbox.configure("history: {path: ~/history.db}\n");
    sandbox.kubeconfig("nonsense");
    let before = of_the_user(&sandbox);
    let running = sandbox.watchdog(["demo", "--path-prefix"]).without("KUBECACHEDIR").start();
    let said = running.says("kubectl get hpa");
    let export = said.lines().find(|line| line.trim().starts_with("export ")).unwrap();
    let run = sandbox.command("sh").args(["-c", &format!("{export}\n{WRITING}")]);
    let run = run.without("KUBECACHEDIR").env("WATCHDOG", env!("CARGO_BIN_EXE_watchdog")).run();
    let output = run.code(0);
    assert!(output.stdout.contains("all done") && output.stdout.contains("svc/echo"), "{output}");
    running.signal(Signal::SIGTERM);
    running.wait().code(143).quiet();
    assert_eq!(of_the_user(&sandbox), before);
    assert_cleaned_up(&sandbox);
}

/// Flags before the `--` belong to the demo, which reads nothing that they could narrow.
#[test]
fn a_flag_meant_for_the_command_is_refused_with_its_place() {
    let sandbox = Sandbox::new();
    for flag in [
        &["--timeout", "5s"][..],
        &["--context", "staging"],
        &["--cluster", "staging"],
        &["--current"],
        &["--kubeconfig", "/nope"],
        &["--config", "/nope"],
    ] {
        let run = sandbox.watchdog(["demo"]).args(flag).args(["--", "hpa", "list"]);
        let output = run.run().code(64).prints_nothing().says("after the --");
        assert_eq!(output.stderr.matches("error: ").count(), 1, "{output}");
        let command = ["demo", "--", "hpa", "list", "-o", "name"];
        if flag[0] != "--kubeconfig" && flag[0] != "--config" {
            let output = sandbox.watchdog(command).args(flag).run().code(0).quiet();
            let staging = output.lines().iter().filter(|l| l.starts_with("staging/")).count();
            let both = staging < output.lines().len();
            assert_eq!(both, matches!(flag[0], "--timeout" | "--current"), "{output}");
        }
    }
    assert_cleaned_up(&sandbox);
}
