//! `hpa check`: its findings, output formats and exit codes.

mod ci;
mod forms;
mod groups;
mod incomplete;
mod manifests;
mod silence;

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::Value;
use watchdog::demo::Fault;
use watchdog::history::Store;

use crate::support::{Clusters, Sandbox};

/// Every finding of the demo's production cluster that needs no history and does not depend on the
/// moment, with its HPA.
const FOUND: [(&str, &str); 34] = [
    ("above-target", "search/query-router"),
    ("above-target", "search/search-api"),
    ("at-max-satisfied", "platform/billing-export"),
    ("burst-over-quota", "search/query-router"),
    ("burst-over-quota", "search/ranking"),
    ("container-missing", "shop/wishlist"),
    ("crash-oom", "payments/settlement"),
    ("direction-disabled", "platform/notifications"),
    ("duplicate-target", "shop/inventory"),
    ("duplicate-target", "shop/inventory-memory"),
    ("keda-managed", "media/keda-hpa-thumbnails"),
    ("low-min", "platform/audit-log"),
    ("low-min", "platform/feature-flags"),
    ("maxed-out", "shop/catalog"),
    ("memory-only", "media/image-proxy"),
    ("memory-only", "shop/inventory-memory"),
    ("metrics-partial", "media/subtitles"),
    ("metrics-unavailable", "shop/recommendations"),
    ("min-eq-max", "payments/refunds"),
    ("missing-requests", "shop/reviews"),
    ("missing-requests", "shop/storefront"),
    ("never-reconciled", "platform/config-sync"),
    ("pdb-blocks", "platform/session-cache"),
    ("replicas-fight", "platform/auth"),
    ("rollout-paused", "payments/webhooks"),
    ("rollout-stuck", "media/streaming"),
    ("scale-write-failed", "payments/payouts"),
    ("scaled-to-zero", "payments/invoices"),
    ("selector-overlap", "media/uploads"),
    ("target-missing", "shop/pricing"),
    ("target-over-limit", "platform/rate-limiter"),
    ("unschedulable", "payments/fraud-scoring"),
    ("vpa-conflict", "payments/payments-api"),
    ("window-zero", "platform/scheduler"),
];

fn list<'a>(document: &'a Value, key: &str) -> &'a [Value] {
    document[key].as_array().map(Vec::as_slice).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// Id and HPA of each finding of a document.
fn found(document: &Value) -> Vec<(String, String)> {
    let place = |f: &Value| format!("{}/{}", text(&f["namespace"]), text(&f["hpa"]));
    list(document, "findings").iter().map(|f| (text(&f["id"]).to_owned(), place(f))).collect()
}

fn ids(document: &Value) -> BTreeSet<String> {
    found(document).into_iter().map(|(id, _)| id).collect()
}

/// The requests to a cluster, without those that kubectl makes by itself.
fn requests(clusters: &Clusters, cluster: &str) -> Vec<String> {
    let all = clusters.cluster(cluster).requests();
    let path = |line: &str| line.split('?').next().unwrap().trim_start_matches("GET ").to_owned();
    let paths = all.iter().map(|line| path(line));
    paths.filter(|path| !["/api", "/apis", "/version"].contains(&path.as_str())).collect()
}

#[test]
fn the_demo_has_most_findings() {
    let clusters = Clusters::new();
    let output = clusters.run("hpa check --cluster production -o json").code(2).quiet();
    let json = output.json();
    assert_eq!((text(&json["schemaVersion"]), text(&json["kind"])), ("1", "FindingList"));
    assert_eq!(json["clusters"][0]["outcome"], "ok");
    assert_eq!(json["hpas"], 46, "coredns is of a namespace that is left out");
    let mut found = found(&json);
    found.sort_unstable();
    let expected: Vec<(String, String)> =
        FOUND.iter().map(|(id, place)| ((*id).to_owned(), (*place).to_owned())).collect();
    assert_eq!(found, expected);
    for finding in list(&json, "findings") {
        let keys: Vec<&String> = finding.as_object().unwrap().keys().collect();
        let contract = "id severity cluster namespace hpa message action evidence";
        assert_eq!(keys, contract.split(' ').collect::<Vec<_>>());
        assert_eq!(finding["cluster"], "production");
        assert!(!text(&finding["message"]).is_empty() && !text(&finding["action"]).is_empty());
        assert!(finding["evidence"].is_object(), "{finding}");
    }
    // A finding that needs history is not raised, and is reported as not evaluated.
    let not_evaluated: Vec<&str> =
        list(&json, "notEvaluated").iter().map(|it| text(&it["id"])).collect();
    for id in ["flapping", "config-drift", "underused"] {
        assert!(not_evaluated.contains(&id), "{id}: {not_evaluated:?}");
    }
    for one in list(&json, "notEvaluated") {
        assert!(text(&one["reason"]).contains("history") && one["count"].as_u64() > Some(0));
    }
    let staging = clusters.run("hpa check --cluster staging -o json").code(2).quiet().json();
    assert!(ids(&staging).contains("metrics-unavailable"), "{staging}");
    assert!(!ids(&staging).contains("vpa-conflict"), "it has no such API");
}

#[test]
fn the_exit_code_depends_on_the_severity() {
    let clusters = Clusters::new();
    for (args, code) in [
        ("--only low-min", 0),
        ("--only low-min --fail-on error", 0),
        ("--only low-min --fail-on warning", 2),
        ("--only low-min --fail-on info", 2),
        ("--only min-eq-max --fail-on warning", 0),
        ("--only min-eq-max --fail-on info", 2),
        ("--only target-missing", 2),
        ("--only target-missing --fail-on never", 0),
        ("-n media --ignore rollout-stuck", 0),
    ] {
        let output = clusters.run(&format!("hpa check -o json {args}")).code(code).quiet();
        assert!(!list(&output.json(), "findings").is_empty(), "{output}");
    }
    // An unreadable cluster outranks findings in the exit code.
    let broken = Clusters::broken();
    let output = broken.run("hpa check --cluster production --cluster down -o json").code(3);
    assert!(ids(&output.json()).contains("target-missing"), "{output}");
    output.says("error: down: unreachable: ");
    let output = broken.run("hpa check --cluster down --fail-on never").code(3);
    assert!(output.stdout.contains("1 cluster could not be read"), "{output}");
}

#[test]
fn ignored_findings_are_omitted() {
    let clusters = Clusters::new();
    let check = |args: &str| clusters.run(&format!("hpa check --fail-on never -o json {args}"));
    let json = check("--ignore low-min --ignore pdb-*").code(0).json();
    assert!(!ids(&json).contains("low-min") && !ids(&json).contains("pdb-blocks"));
    assert!(ids(&json).contains("maxed-out"));
    let json = check("--only maxed-out --ignore maxed-out=shop/*").code(0).json();
    assert_eq!(found(&json), [("maxed-out".to_owned(), "platform/api-gateway".to_owned())]);
    let json = check("--only maxed-out --ignore maxed-out=staging/*/*").code(0).json();
    assert_eq!(found(&json), [("maxed-out".to_owned(), "shop/catalog".to_owned())]);
    // The namespace `staging` is not the cluster of that name.
    let json = check("--only maxed-out --ignore maxed-out=staging/*").code(0).json();
    assert_eq!(found(&json).len(), 2);
    clusters.run("hpa check --ignore maxd-out").code(64).says("did you mean maxed-out");
    clusters.run("hpa check --ignore maxed-out=web").code(64).says("NAMESPACE/NAME");
}

#[test]
fn a_baseline_accepts_existing_findings_but_no_new_ones() {
    let clusters = Clusters::new();
    let check = |args: &str| clusters.run(&format!("hpa check --cluster production {args}"));
    let output = check("--ignore target-missing --write-baseline known.json").code(0);
    output.clone().prints_nothing().says("33 findings accepted in known.json");
    let output = check("--baseline known.json -o json").code(2).quiet();
    assert_eq!(found(&output.json()), [("target-missing".to_owned(), "shop/pricing".to_owned())]);
    assert_eq!(output.json()["accepted"], 33);
    check("--write-baseline known.json").code(0);
    let output = check("--baseline known.json").code(0);
    assert!(output.stdout.contains("nothing found"), "{output}");
    assert!(output.stdout.contains("Silenced: 34 by the baseline."), "{output}");
    // A report is also a valid baseline.
    clusters.sandbox.write("report.json", check("-o json").stdout);
    check("--baseline report.json").code(0);

    let asked = clusters.cluster("production").requests().len();
    check("--baseline nope.json").code(1).prints_nothing().says("nope.json");
    clusters.sandbox.write("other.json", r#"{"schemaVersion":"1","kind":"HpaList"}"#);
    check("--baseline other.json").code(1).prints_nothing().says("not a baseline");
    assert_eq!(clusters.cluster("production").requests().len(), asked, "nobody was asked");
    check("--write-baseline no/such/directory/b.json")
        .code(1)
        .says("cannot write no/such/directory/b.json: No such file");
}

#[test]
fn a_baseline_is_not_written_from_half_the_clusters() {
    let clusters = Clusters::broken();
    let line = "hpa check --cluster production --cluster down --write-baseline known.json";
    clusters.run(line).code(3).prints_nothing().says("baseline not written");
    assert!(!clusters.sandbox.path("files/known.json").exists());
}

#[test]
fn explaining_a_finding_reads_no_cluster() {
    let sandbox = Sandbox::new();
    let run = |id: &str| sandbox.watchdog(["hpa", "check", "--explain", id]).env("PATH", "").run();
    let output = run("pdb-blocks").code(0).quiet();
    assert!(output.stdout.starts_with("pdb-blocks  warning\n"), "{output}");
    assert!(output.stdout.contains("To do: "), "{output}");
    run("pdb-block").code(64).says("did you mean pdb-blocks");
}

/// A forbidden list is reported but is not a failure, because somebody decided so. Any other failed
/// list is a failure.
#[test]
fn an_unreadable_part_of_a_cluster_is_reported() {
    let clusters = Clusters::new();
    let cluster = clusters.cluster("production");
    let check = || clusters.run("hpa check --cluster production --fail-on never -o json");
    let why = |json: &Value, id: &str| {
        let one = list(json, "notEvaluated").iter().find(|it| it["id"] == id);
        one.map(|one| text(&one["reason"]).to_owned())
    };
    for (resource, id) in [
        ("pods", "crash-oom"),
        ("poddisruptionbudgets", "pdb-blocks"),
        ("resourcequotas", "burst-over-quota"),
        ("verticalpodautoscalers", "vpa-conflict"),
        ("deployments", "replicas-fight"),
    ] {
        cluster.set_fault(Some(Fault::Forbid(resource.to_owned())));
        let json = check().code(0).quiet().json();
        assert!(!ids(&json).contains(id), "{id}");
        let why = why(&json, id).unwrap_or_else(|| panic!("{id} is passed over"));
        assert!(why.contains("orbidden") && why.contains(resource), "{id}: {why}");
        assert!(ids(&json).contains("maxed-out"), "the rest is told");
    }
    // A rule selected with `--only` that could be evaluated for no HPA is not a clean result.
    cluster.set_fault(Some(Fault::Forbid("pods".to_owned())));
    let asked = |flags: &str| clusters.run(&format!("hpa check --cluster production {flags}"));
    let output = asked("--only crash-oom")
        .code(3)
        .says("crash-oom could not be evaluated for any HPA in at least one cluster");
    assert!(output.stdout.contains("nothing found in what could be evaluated."), "{output}");
    let junit = asked("--only crash-oom -o junit").code(3).stdout;
    let cases = junit.matches("<testcase ").count();
    // The HPA whose target is missing has no pods.
    assert!(cases > 40 && junit.matches("<skipped/>").count() == cases - 1, "{junit}");
    assert!(junit.contains(&format!("skipped=\"{}\"", cases - 1)), "{junit}");
    let junit = asked("--only crash-oom --only min-eq-max --fail-on never -o junit").code(3).stdout;
    assert!(!junit.contains("<skipped"), "{junit}");
    cluster.set_fault(None);
    cluster.add_fault("/apis/policy/v1", Fault::TruncateBody);
    let output = check().code(3).says("error: production: badResponse: poddisruptionbudgets: ");
    assert!(why(&output.json(), "pdb-blocks").is_some(), "{output}");
    assert!(ids(&output.json()).contains("crash-oom"), "{output}");
    cluster.set_fault(Some(Fault::Forbid("horizontalpodautoscalers".to_owned())));
    check().code(3).says("error: production: forbidden: ");
}

#[test]
fn only_the_needed_lists_are_read() {
    const HPAS: &str = "/apis/autoscaling/v2/horizontalpodautoscalers";
    let clusters = Clusters::new();
    let asked = |args: &str| {
        let before = requests(&clusters, "production").len();
        clusters.run(&format!("hpa check --cluster production --fail-on never {args}")).code(0);
        requests(&clusters, "production").split_off(before)
    };
    assert_eq!(asked("--only min-eq-max --only window-zero"), [HPAS]);
    let paths = asked("--only vpa-conflict");
    assert!(!paths.iter().any(|path| path.contains("/pods")), "{paths:#?}");
    // For one HPA: the HPAs of its namespace, because two may have the same target, and the related
    // objects.
    let clusters = Clusters::new();
    clusters.run("hpa check checkout -n shop --cluster production --fail-on never").code(0);
    let paths = requests(&clusters, "production");
    assert!(paths.contains(&"/apis/apps/v1/namespaces/shop/deployments/checkout".to_owned()));
    assert!(paths.iter().all(|path| path.contains("/namespaces/shop/")), "{paths:#?}");
}

/// Stores a snapshot as if it had been taken every hour for four hours; in the first two,
/// shop/checkout has another maximum.
fn hourly(clusters: &Clusters) {
    clusters.run("snapshot take -q --cluster production").code(0);
    let path = clusters.sandbox.path("state/watchdog/history.db");
    let taken = Store::open(&path).unwrap().snapshot(1).unwrap().unwrap();
    std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    let mut store = Store::open(&path).unwrap();
    for hour in (1..=4).rev() {
        let mut earlier = taken.clone();
        earlier.taken_at -= SignedDuration::from_hours(hour);
        let checkout = earlier.hpas.iter_mut().find(|it| it.hpa.name == "checkout").unwrap();
        checkout.hpa.max_replicas = if hour > 2 { 7 } else { 20 };
        store.store(&earlier).unwrap();
    }
}

#[test]
fn hourly_snapshots_show_durations_and_changes() {
    let clusters = Clusters::new();
    hourly(&clusters);
    let only = "hpa check --cluster production -o json --only maxed-out --only config-drift --only flapping";
    let json = clusters.run(only).code(2).quiet().json();
    let of = |id: &str| {
        let mut all = list(&json, "findings").iter().filter(|it| it["id"] == id);
        (all.next().unwrap_or_else(|| panic!("{id}: {json}")).clone(), all.count())
    };
    let (maxed, _) = of("maxed-out");
    assert_eq!(maxed["severity"], "error", "{maxed}");
    assert!(text(&maxed["message"]).ends_with(", for 4 h or more"), "{maxed}");
    let (drift, more) = of("config-drift");
    assert_eq!((text(&drift["hpa"]), more), ("checkout", 0));
    assert_eq!(drift["message"], "changed 2 h to 3 h ago: maxReplicas 7 → 20");
    for one in list(&json, "notEvaluated") {
        let reason = text(&one["reason"]);
        assert!(one["id"] == "flapping" && reason.contains("at most 2 min apart"), "{one}");
    }
}

#[test]
fn the_history_is_not_read_if_no_rule_needs_it() {
    let clusters = Clusters::new();
    let path = clusters.sandbox.path("state/watchdog/history.db");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "no database").unwrap();
    let line = "hpa check --cluster production -o json --fail-on never --only";
    clusters.run(&format!("{line} min-eq-max")).code(0).quiet();
    let output = clusters.run(&format!("{line} config-drift")).code(3);
    assert!(output.stderr.contains("history"), "{output}");
}

#[test]
fn checks_are_narrowed_by_name_namespace_and_label() {
    let clusters = Clusters::new();
    let check = |args: &str| {
        let line = format!("hpa check --cluster production --fail-on never -o json {args}");
        let json = clusters.run(&line).code(0).json();
        (json["hpas"].as_u64().unwrap(), found(&json))
    };
    let finding = |id: &str, place: &str| (id.to_owned(), place.to_owned());
    assert_eq!(check("catalog"), (1, vec![finding("maxed-out", "shop/catalog")]));
    assert_eq!(check("-n shop -l app=catalog"), (1, vec![finding("maxed-out", "shop/catalog")]));
    // The other HPA of the same target is not selected, but is taken into account.
    let (one, found) = check("inventory");
    assert_eq!((one, &*found[0].0), (1, "duplicate-target"));
    assert_eq!(check("-n kube-system").0, 1);
    assert_eq!(check("-A").0, 47);
    assert_eq!(check("coredns").0, 1, "an HPA that is named is meant wherever it is");
    clusters.run("hpa check nope").code(1).says("no HPA is named nope (");
    let line = "hpa check catalog -n shop -l app=cart";
    clusters
        .run(line)
        .code(1)
        .says("no HPA is named catalog in namespace shop with labels app=cart");
    clusters.run("hpa check nope --write-baseline b.json").code(1).says("no HPA is named nope");
    assert!(!clusters.sandbox.path("files/b.json").exists());
    clusters.run("hpa check -l app=nope").code(0).says("no HPA found");
}

/// However many HPAs there are, not counting pages of pods.
#[test]
fn the_number_of_calls_is_fixed() {
    let calls = |hpas: usize| {
        let clusters = Clusters::small(1, hpas);
        clusters.run("hpa check --fail-on never -o json").code(0);
        let name = clusters.names()[0].to_owned();
        let requests = requests(&clusters, &name);
        let pages = requests.iter().filter(|line| line.ends_with("/pods")).count();
        (requests.len() - pages, pages)
    };
    assert_eq!(calls(60).0, calls(400).0);
    assert_eq!(calls(60).1, 1);
    assert!(calls(400).1 > 1, "more pods than fit a page");
}

#[test]
fn an_explained_hpa_shows_its_findings() {
    let clusters = Clusters::new();
    let get = |name: &str| {
        let line = format!("hpa get {name} --cluster production");
        let json = clusters.run(&format!("{line} -o json")).code(0).quiet().json();
        let findings = list(&json["hpas"][0], "findings").to_vec();
        (clusters.run(&line).code(0).quiet().stdout, findings)
    };
    for (name, id) in [
        ("settlement", "crash-oom"),
        ("pricing", "target-missing"),
        ("uploads", "selector-overlap"),
        ("reviews", "missing-requests"),
        ("catalog", "maxed-out"),
    ] {
        let (page, findings) = get(name);
        let ids: Vec<&str> = findings.iter().map(|finding| text(&finding["id"])).collect();
        assert_eq!(ids, [id], "{name}");
        let head = page.lines().next().unwrap();
        assert!(head.ends_with(&format!("  {id}")), "{page}");
        assert!(page.contains(&format!("To do: {}", text(&findings[0]["action"]))), "{page}");
    }
    let (page, findings) = get("checkout");
    assert!(
        findings.is_empty() && page.contains("\nFindings\n  none (checked: this HPA, "),
        "{page}"
    );
}
