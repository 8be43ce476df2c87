//! `hpa advise`: other settings over a recorded load, as patches that are printed and never applied.

use serde_json::Value;

use nix::sys::signal::Signal;

use crate::support::{Forwards, Output, Sandbox, kubectl, kubectl_json, until};

const HPA: &str = "\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 5
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}
";

/// Rows are seldom, so that a build without optimization is fast.
const PERIOD: usize = 300;

/// From 1 to 9 cores and back, every day.
fn load(days: usize) -> String {
    let mut csv = "time,cpu\n".to_owned();
    for row in 0..days * 86_400 / PERIOD {
        let of_day = row % 288;
        csv += &format!("{},{}m\n", row * PERIOD, 1000 + 8000 * of_day.min(288 - of_day) / 144);
    }
    csv
}

fn run(sandbox: &Sandbox, line: &str) -> Output {
    sandbox.watchdog(line.split_whitespace()).env("PATH", "").env("KUBECONFIG", "/nowhere").run()
}

const FLAGS: &str = "-f hpa.yaml --request cpu=1 --sync-period 5m";

/// A manifest, and its load with the replicas that its controller made of it.
fn sandbox(manifest: &str, days: usize) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("hpa.yaml", manifest);
    sandbox.write("load.csv", load(days));
    let line = format!("hpa simulate {FLAGS} --load load.csv --replicas 4 --decisions -o json");
    let replayed = run(&sandbox, &line).code(0).json();
    let decisions = replayed["cases"][0]["decisions"].as_array().unwrap().clone();
    let mut csv = "time,cpu,replicas\n".to_owned();
    for (row, decision) in load(days).lines().skip(1).zip(&decisions) {
        csv += &format!("{row},{}\n", decision["current"]);
    }
    sandbox.write("load.csv", csv);
    sandbox
}

fn advise(sandbox: &Sandbox, more: &str) -> Output {
    run(sandbox, &format!("hpa advise {FLAGS} --load load.csv --max-scalings 10000 {more}"))
}

#[test]
fn a_maximum_that_was_too_low_gets_a_patch_that_the_api_and_the_check_accept() {
    let sandbox = sandbox(HPA, 14);
    let json = advise(&sandbox, "-o json").code(0).json();
    let hpa = &json["hpas"][0];
    assert_eq!(hpa["now"]["keepsPromise"], false, "{json}");
    let proposal = &hpa["proposals"][0];
    assert_eq!((&proposal["name"], &proposal["keepsPromise"]), (&"cheapest".into(), &true.into()));
    assert!(proposal["patch"]["spec"]["maxReplicas"].as_i64().unwrap() > 9, "{proposal}");
    assert!(json["totals"]["preventedUnmetPodMinutesADay"].as_f64().unwrap() > 100.0);

    // The manifest is what the page says, valid, and does in `hpa simulate` what was said of it.
    let manifest = advise(&sandbox, "-o yaml").code(0);
    assert!(manifest.stdout.starts_with("# shop/web: cheapest that keeps the promise: "));
    sandbox.write("new.yaml", &manifest.stdout);
    run(&sandbox, "hpa check -f new.yaml --fail-on warning").code(0);
    let line = format!("hpa simulate {FLAGS} --load load.csv --with new.yaml -o json");
    let simulated = run(&sandbox, &line).code(0).json();
    assert_eq!(simulated["cases"][1]["summary"], proposal["summary"]);

    // kubectl makes the same manifest of the patch.
    let patch = advise(&sandbox, "-o patch").code(0);
    let command = patch.stdout.lines().last().unwrap();
    assert!(
        command.starts_with("kubectl patch hpa/web --namespace=shop --type=merge -p '{"),
        "{command}"
    );
    let text = command.split_once("-p '").unwrap().1.trim_end_matches('\'');
    assert_eq!(&serde_json::from_str::<Value>(text).unwrap(), &proposal["patch"]);
    let args = ["patch", "--local", "-f", "hpa.yaml", "--type=merge", "-p", text, "-o", "json"];
    let patched = kubectl_json(&sandbox, &kubectl(), &args);
    assert_eq!(patched["spec"], simulated["cases"][1]["spec"]);
}

#[test]
fn the_page_has_both_parts_of_the_days_and_the_risks() {
    let sandbox = sandbox(HPA, 14);
    let page = advise(&sandbox, "").code(0);
    for part in [
        "shop/web\n",
        "Proposals are chosen on the first 10d and judged on the last 4d",
        "Trust: good.",
        "CHEAPEST",
        "unmet pod-minutes, judged on",
        "  maxReplicas: 5 -> ",
        "  risk: the demand was cut off for ",
    ] {
        assert!(page.stdout.contains(part), "{part} in\n{page}");
    }
    assert!(!page.stderr.contains("--request"), "{page}");
    let csv = advise(&sandbox, "--request memory=1Gi --request cpu/app=1 -o csv")
        .code(0)
        .says("--request cpu/app changes nothing: no target");
    // What any pod requests may be given.
    assert!(!csv.stderr.contains("--request cpu "), "{csv}");
    assert!(!csv.stderr.contains("--request memory"), "{csv}");
    assert!(csv.stdout.lines().nth(1).unwrap().contains(",shop,web,cheapest,true,"), "{csv}");
    let lines = advise(&sandbox, "-o jsonl").code(0);
    assert_eq!(lines.stdout.lines().count(), 1);
    // Where a tool keeps the HPA, the line is not one to run.
    sandbox.write("hpa.yaml", HPA.replace("app: web", "argocd.argoproj.io/instance: shop"));
    let patch = advise(&sandbox, "-o patch").code(0);
    assert!(patch.stdout.contains("# Argo CD keeps this HPA (shop)"), "{patch}");
    assert!(patch.stdout.lines().all(|line| line.starts_with('#')), "{patch}");
}

#[test]
fn what_cannot_be_judged_says_why() {
    let short = sandbox(HPA, 3);
    let page = advise(&short, "").code(0);
    assert!(page.stdout.contains("cannot be judged: only 2d23h"), "{page}");
    advise(&short, "-o patch").code(0).says("shop/web: cannot be judged");
    let memory = Sandbox::new();
    memory.write("hpa.yaml", HPA.replace("name: cpu", "name: memory"));
    memory.write("load.csv", "time,memory,replicas\n0,1,2\n1209600,1,2\n");
    let json = advise(&memory, "--request memory=1 -o json").code(0).json();
    assert_eq!(json["hpas"][0]["notEvaluated"]["reason"], "memory-only", "{json}");
    assert_eq!(json["totals"]["reasons"]["memory-only"], 1);
    assert!(json["hpas"][0].get("proposals").is_none());
    advise(&memory, "--max-unmet -1").code(64);
    // What a file lacks is a mistake, as for hpa simulate.
    let without = "hpa advise -f hpa.yaml --sync-period 5m --load load.csv";
    let refused = run(&short, without).code(1).says("these are not known: --request cpu=500m");
    assert_eq!(refused.stdout, "");
    short.write("load.csv", "time,cpu,replicas\n0,,2\n1209600,,2\n");
    run(&short, without).code(1).says("no value of cpu is known");
    run(&memory, "hpa advise -f hpa.yaml").code(64).says("--load");
}

/// With a period of five seconds a search takes far longer than it takes to interrupt it.
#[test]
fn a_search_over_a_file_ends_at_the_first_interruption() {
    let sandbox = sandbox(HPA, 14);
    let line = "hpa advise -f hpa.yaml --request cpu=1 --sync-period 5s --load load.csv -o json";
    let running = sandbox.watchdog(line.split_whitespace()).env("KUBECONFIG", "/nowhere").start();
    until("it listens for Ctrl-C", || {
        let caught = u64::from_str_radix(&running.status("SigCgt")?, 16).ok()?;
        (caught & (1 << (Signal::SIGINT as u32 - 1)) != 0).then_some(())
    });
    running.signal(Signal::SIGINT);
    let ended = running.wait().code(130).says("interrupted: 0 of 1 HPAs were judged");
    assert_eq!(ended.stdout, "");
}

/// The demo's `catalog` has too low a maximum. The least time that is judged, and few points: the demo computes each.
#[test]
fn what_prometheus_has_recorded_is_advised_on_and_findings_learn_from_it() {
    let forwards = Forwards::new();
    let scope = ["-n", "shop", "--context", "production"];
    let json = forwards
        .watchdog(["hpa", "advise", "catalog", "inventory-memory"])
        .args(scope)
        .args(["--since", "7d", "--step", "10m", "--sync-period", "10m", "-o", "json"])
        .run()
        .code(0)
        .json();
    assert_eq!(json["clusters"][0]["outcome"], "ok", "{json}");
    let of = |name: &str| {
        let hpas = json["hpas"].as_array().unwrap();
        hpas.iter().find(|hpa| hpa["name"] == name).unwrap().clone()
    };
    let catalog = of("catalog");
    assert_eq!(catalog["now"]["keepsPromise"], false, "{catalog}");
    assert!(catalog["source"].as_str().unwrap().starts_with("Prometheus, "), "{catalog}");
    assert_eq!(of("inventory-memory")["notEvaluated"]["reason"], "memory-only");
    let check = forwards
        .watchdog(["hpa", "check", "catalog", "--only", "maxed-out", "--since", "7d"])
        .args(scope)
        .args(["--fail-on", "never", "-o", "json"])
        .run()
        .code(0)
        .json();
    let finding = &check["findings"][0];
    assert_eq!(finding["evidence"]["wouldHavePrevented"]["path"], "maxReplicas", "{check}");
    assert!(
        finding["action"].as_str().unwrap().contains("would have been needed over the last 7d")
    );
}
