//! `snapshot take | list | show | diff | prune | export`: real kubectl, real SQLite.

mod edge_cases;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::Value;
use watchdog::demo::Fault;
use watchdog::history::Store;

use crate::support::{Clusters, Output, Running, kubectl, until};

fn database(clusters: &Clusters) -> PathBuf {
    clusters.sandbox.path("state/watchdog/history.db")
}

fn ids(clusters: &Clusters) -> Vec<i64> {
    let list = clusters.run("snapshot list -o json").code(0).json();
    assert_eq!(list["kind"], "SnapshotList");
    list["snapshots"].as_array().unwrap().iter().map(|it| it["id"].as_i64().unwrap()).collect()
}

/// The number of entries under `key` in a difference.
fn count(diff: &Value, key: &str) -> usize {
    diff[key].as_array().unwrap().len()
}

#[test]
fn a_snapshot_agrees_with_hpa_list() {
    let clusters = Clusters::new();
    let taken = clusters.run("snapshot take -o json").code(0).quiet().json();
    assert_eq!((&taken["kind"], &taken["id"]), (&"Snapshot".into(), &1.into()));
    assert_eq!(taken["clusters"][0]["outcome"], "ok");
    let listed = clusters.run("hpa list -o json").code(0).json();
    let (taken, listed) = (taken["hpas"].as_array().unwrap(), listed["hpas"].as_array().unwrap());
    assert_eq!(taken.len(), listed.len());
    for (taken, listed) in taken.iter().zip(listed) {
        for (key, value) in listed.as_object().unwrap() {
            // Derived values are not stored.
            if !["status", "controller", "findings", "user"].contains(&key.as_str()) {
                assert_eq!(&taken[key], value, "{key}");
            }
        }
    }
    let checkout = taken.iter().find(|hpa| hpa["name"] == "checkout").unwrap();
    assert_eq!(checkout["workload"]["replicas"], checkout["currentReplicas"]);
    assert!(checkout["workload"]["requests"]["cpu"].is_string(), "{checkout}");

    let shown = clusters.run("snapshot show -o json").code(0).json();
    assert_eq!(shown["hpas"].as_array().unwrap(), taken);
    let table = clusters.run("snapshot show 1").code(0).says("note: snapshot 1, taken 20");
    let list = clusters.run("hpa list").code(0);
    let columns = |output: &Output| output.lines()[0].to_owned();
    assert_eq!(columns(&table), columns(&list));
    let mode = fs::metadata(database(&clusters)).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode, 0o600);
}

/// The requests to a cluster, without kubectl's own request for the version.
fn lists(clusters: &Clusters, cluster: &str) -> Vec<String> {
    let mut requests = clusters.cluster(cluster).requests();
    requests.retain(|line| !line.contains(" /version"));
    requests
}

/// One kubectl for the HPAs, and one for each of the five kinds of targets.
#[test]
fn the_number_of_calls_is_independent_of_the_number_of_hpas() {
    for hpas in [40, 400] {
        let clusters = Clusters::small(1, hpas);
        clusters.run("snapshot take -A").code(0);
        let requests = lists(&clusters, clusters.demo().clusters()[0].name());
        assert!(requests.len() <= 6, "{requests:#?}");
    }
    let clusters = Clusters::new();
    clusters.run("snapshot take --cluster production").code(0);
    let requests = lists(&clusters, "production");
    assert!(requests.len() <= 6, "{requests:#?}");
}

#[test]
fn an_outage_is_not_a_deletion() {
    let clusters = Clusters::new();
    clusters.run("snapshot take").code(0);
    clusters.cluster("staging").set_fault(Some(Fault::Status(503)));
    clusters.sandbox.configure("kubectl: {retries: 0}\n");
    let line = clusters.run("snapshot take").code(3).says("error: staging: ");
    assert!(line.stdout.starts_with("snapshot 2: ") && line.stdout.contains(", 1 not read"));
    let diff = clusters.run("snapshot diff -o json --exit-code").code(3).json();
    assert_eq!(
        (count(&diff, "added"), count(&diff, "removed"), count(&diff, "changed")),
        (0, 0, 0)
    );
    assert!(count(&diff, "unknown") > 1);
    clusters.cluster("staging").set_fault(None);
    clusters.run("snapshot take").code(0);
    let diff = clusters.run("snapshot diff 1 latest -o json --exit-code").code(0).json();
    assert_eq!(count(&diff, "unknown"), 0);
    assert!(clusters.run("snapshot list").code(0).stdout.contains("staging"));
}

#[test]
fn an_unreadable_target_does_not_hide_the_rest() {
    let clusters = Clusters::new();
    clusters.cluster("production").add_fault("/apis/apps/v1/deployments", Fault::Status(403));
    let output = clusters.run("snapshot take -o json --cluster production").code(3);
    let output = output.says("error: production: forbidden: apps/Deployment: ");
    assert!(output.json()["hpas"].as_array().unwrap().len() > 10);
}

#[test]
fn differences_are_shown_field_by_field() {
    let clusters = Clusters::new();
    clusters.run("snapshot take --to before.json").code(0);
    let path = clusters.sandbox.path("files/before.json");
    let mut before: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let hpas = before["hpas"].as_array_mut().unwrap();
    let removed = hpas.pop().unwrap();
    let changed = hpas.iter_mut().find(|hpa| hpa["name"] == "checkout").unwrap();
    changed["maxReplicas"] = 7.into();
    changed["currentReplicas"] = 1.into();
    clusters.sandbox.write("before.json", before.to_string());
    let run = |line: &str, code: i32| clusters.run(line).code(code);
    let text = run("snapshot diff before.json latest --exit-code", 2).quiet().stdout;
    let name = removed["name"].as_str().unwrap();
    assert!(text.contains(&format!("/{name}\n")) && text.contains("+ "), "{text}");
    assert!(text.contains("    maxReplicas: 7 → 20\n"), "{text}");
    assert!(text.contains("    currentReplicas: 1 → "), "{text}");
    let text = run("snapshot diff before.json 1 --spec --exit-code", 2).stdout;
    assert!(text.contains("maxReplicas") && !text.contains("currentReplicas"), "{text}");
    let json = run("snapshot diff latest before.json -o json", 0).json();
    assert_eq!(json["kind"], "SnapshotDiff");
    assert_eq!(json["removed"][0]["name"], removed["name"]);
    assert_eq!(json["changed"][0]["fields"][0]["field"], "maxReplicas");
    assert_eq!(json["changed"][0]["fields"][0]["before"], 20);
    run("snapshot diff 1 latest --exit-code", 0);
    run("snapshot diff latest -0s --exit-code", 0);
    run("snapshot diff -1d latest", 1).says("no such snapshot: 1d ago or earlier");
    run("snapshot diff 1 17", 1).says("no such snapshot: number 17");
    run("snapshot diff 1 no.json", 1).says("no.json: No such file");
    run("snapshot diff 1 lates", 64).says("expected a snapshot: a number, latest");
    clusters.sandbox.write("other.json", r#"{"kind":"HpaList"}"#);
    run("snapshot diff 1 other.json", 1).says("kind \"HpaList\" is not a snapshot");
    before["schemaVersion"] = "2".into();
    clusters.sandbox.write("newer.json", before.to_string());
    for line in ["diff 1 newer.json", "show newer.json", "export newer.json"] {
        let output = run(&format!("snapshot {line}"), 1).prints_nothing();
        output.says("newer.json: schemaVersion \"2\" is not one").says("it reads \"1\"");
    }
}

/// A misspelled name must not look like "no difference".
#[test]
fn what_no_snapshot_has_is_an_error() {
    let clusters = Clusters::new();
    clusters.run("snapshot take").code(0);
    clusters.run("snapshot take -n shop").code(0);
    for line in ["diff 1 2 --exit-code", "show 1", "export 1", "export --since 1h"] {
        let line = format!("snapshot {line}");
        let run = |flags: &str| clusters.run(&format!("{line} {flags}")).code(1);
        run("--cluster prodction").says("there are: production, staging");
        run("-n shpo").says("no HPA is in namespace shpo").says("did you mean shop?");
    }
    // What is only in one of them is a difference.
    clusters.run("snapshot diff 1 2 -n payments").code(0);
}

/// HPAs outside a snapshot's scope are not gone.
#[test]
fn a_narrower_snapshot_removes_nothing() {
    let clusters = Clusters::new();
    clusters.run("snapshot take").code(0);
    clusters.run("snapshot take -n shop --cluster production").code(0);
    let diff = clusters.run("snapshot diff -o json").code(0).json();
    assert_eq!((count(&diff, "removed"), count(&diff, "changed")), (0, 0));
    assert!(count(&diff, "unknown") > 10);
    let narrowed = clusters.run("snapshot diff -o json --cluster production").code(0).json();
    assert!(count(&narrowed, "unknown") < count(&diff, "unknown"));
    // Like other commands, list counts only selected HPAs.
    let list = |flags: &str| {
        let list = clusters.run(&format!("snapshot list -o json {flags}")).code(0).json();
        let of = |it: &Value| (it["id"].as_i64().unwrap(), it["hpas"].as_u64().unwrap());
        list["snapshots"].as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    let hpas = |flags: &str| {
        let shown = clusters.run(&format!("snapshot show 1 -o name {flags}")).code(0);
        u64::try_from(shown.lines().len()).unwrap()
    };
    let staging = hpas("--cluster staging");
    assert!(staging > 0 && staging < hpas(""));
    assert_eq!(list("--cluster staging --limit 1"), [(1, staging)]);
    assert_eq!(list("--context prod* --limit 1"), [(2, list("")[0].1)]);
    assert_eq!(list("")[1].1, hpas(""));
    assert_eq!(list("--cluster nope"), []);
    for line in ["snapshot list", "snapshot show", "snapshot diff", "snapshot export", "history"] {
        clusters.run(&format!("{line} --current")).code(64).says("--current").prints_nothing();
    }
}

#[test]
fn a_file_is_written_atomically() {
    let clusters = Clusters::small(1, 3);
    clusters.sandbox.write("there.json", "old");
    clusters.run("snapshot take --no-store --to there.json").code(0);
    assert!(!database(&clusters).exists() && !clusters.sandbox.path("state/watchdog").exists());
    let there = fs::read_to_string(clusters.sandbox.path("files/there.json")).unwrap();
    assert!(
        there.starts_with("{\n  \"schemaVersion\": \"1\",\n  \"kind\": \"Snapshot\""),
        "{there}"
    );
    let output = clusters.run("snapshot take --to no/such/directory.json").code(1);
    output.says("error: cannot write no/such/directory.json: ").prints_nothing();
    assert_eq!(ids(&clusters), [1], "it is stored all the same");
    let files: Vec<_> = fs::read_dir(clusters.sandbox.path("files")).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
}

/// No HOME, a short PATH, no terminal.
#[test]
fn snapshots_are_taken_under_cron() {
    let clusters = Clusters::small(1, 5);
    let kubeconfig = clusters.sandbox.path("home/.kube/config");
    let path = clusters.sandbox.path("cron/history.db");
    let config = format!("history: {{path: {}, keep: 12h}}\n", path.display());
    let config = clusters.sandbox.write("cron.yaml", config);
    let cron = |args: &[&str]| {
        let run = clusters.watchdog(args.iter().copied());
        let run = run.arg("--kubeconfig").arg(&kubeconfig).arg("--config").arg(&config);
        let run = run.arg("--kubectl").arg(kubectl());
        let names =
            ["HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "TERM", "LANG"];
        let run = names.into_iter().fold(run, crate::support::Run::without);
        run.env("PATH", "/usr/bin:/bin").run()
    };
    cron(&["snapshot", "take", "-q"]).code(0).quiet().prints_nothing();
    let line = cron(&["snapshot", "take"]).code(0).quiet().stdout;
    assert!(line.starts_with("snapshot 2: 5 HPAs of 1 cluster in "), "{line}");
    assert_eq!(cron(&["snapshot", "list", "-o", "name"]).code(0).lines(), ["2", "1"]);
    let mode = fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode, 0o700);
}

#[test]
fn concurrent_runs_wait_or_give_way() {
    let clusters = Clusters::small(1, 2);
    let script = clusters.sandbox.script(
        "slow-kubectl",
        &format!("while [ ! -e go ]; do sleep 0.05; done; exec {} \"$@\"", kubectl().display()),
    );
    let slow = || {
        let run = clusters.watchdog(["snapshot", "take", "--wait", "1m", "--kubectl"]);
        run.arg(&script).start()
    };
    let first = slow();
    until("the lock", || {
        fs::read_to_string(clusters.sandbox.path("state/watchdog/history.db.lock"))
            .ok()
            .filter(|text| text.contains(" since "))
    });
    let holder = format!("another run is taking a snapshot: process {} since 20", first.pid());
    clusters.run("snapshot take").code(1).says(&holder).prints_nothing();
    clusters.run("snapshot take --wait 100ms").code(1).says(&holder).says("(waited 100ms)");
    clusters.run("snapshot take --wait 1m --deadline 100ms").code(1).says(&holder);
    clusters.run("snapshot take --no-store").code(0);
    let second = slow();
    clusters.sandbox.write("go", "");
    first.wait().code(0);
    second.wait().code(0);
    assert_eq!(ids(&clusters).len(), 2);
}

/// Two lines of a crontab at the same minute: the run that gives way names the other one, but not
/// one that was killed.
#[test]
fn the_run_that_holds_the_lock_is_named() {
    let clusters = Clusters::small(1, 2);
    let script = clusters.sandbox.script(
        "slow-kubectl",
        &format!("while [ ! -e go ]; do sleep 0.05; done; exec {} \"$@\"", kubectl().display()),
    );
    let slow = || clusters.watchdog(["snapshot", "take", "--kubectl"]).arg(&script).start();
    let lock = clusters.sandbox.path("state/watchdog/history.db.lock");
    let name = || fs::read_to_string(&lock).ok().filter(|text| text.ends_with('\n'));
    let killed = slow();
    let left = until("the lock", name);
    killed.signal(Signal::SIGKILL);
    killed.wait();
    assert_eq!(name().as_ref(), Some(&left), "the dead leave their names");
    for _ in 0..4 {
        let _ = fs::remove_file(clusters.sandbox.path("files/go"));
        let both = [slow(), slow()];
        let pids = both.each_ref().map(Running::pid);
        until("one to give way", || {
            let ended = |run: &Running| run.status("State").is_none_or(|it| it.starts_with('Z'));
            both.iter().any(ended).then_some(())
        });
        clusters.sandbox.write("go", "");
        let both = both.map(Running::wait);
        let first = both.iter().position(|output| output.code == Some(0)).expect("one is first");
        let holder = format!("another run is taking a snapshot: process {} since 20", pids[first]);
        both[1 - first].clone().code(1).says(&holder);
        assert_eq!(name(), None, "nobody holds it");
    }
}

#[test]
fn the_deadline_applies_to_the_whole_run() {
    let clusters = Clusters::small(2, 2);
    let script = clusters.sandbox.script("kubectl", "exec sleep 600");
    let start = Instant::now();
    let run =
        clusters.watchdog(["snapshot", "take", "--deadline", "1s", "-o", "json", "--kubectl"]);
    let output = run.arg(&script).run().code(3);
    assert!(start.elapsed() < Duration::from_secs(20));
    let output = output.says("timeout: not read within 1s, the deadline of the whole run");
    assert_eq!(output.json()["clusters"][1]["error"]["kind"], "timeout");
    assert_eq!(ids(&clusters), [1], "that nothing could be read is part of the history");
}

/// A session and cron's runs write to one history, and each snapshot is complete.
#[test]
fn cron_and_monitor_write_to_one_history() {
    let clusters = Clusters::small(2, 40);
    let words = ["monitor", "--interval", "1s", "--no-forwards", "-o", "jsonl"];
    let session = clusters.watchdog(words).start();
    let runs = 6;
    for _ in 0..runs {
        clusters.run("snapshot take --keep 12h").code(0).quiet();
    }
    until("looks of the session", || (ids(&clusters).len() >= runs + 2).then_some(()));
    session.signal(Signal::SIGTERM);
    let output = session.wait().quiet();
    assert_eq!(output.lines().iter().filter(|it| it.contains("\"note\"")).count(), 0, "{output}");
    let ids = ids(&clusters);
    for id in &ids {
        assert_eq!(clusters.run(&format!("snapshot show {id} -o name")).code(0).lines().len(), 80);
    }
    let history = clusters.run("history -o json").code(0).json();
    let hpas = history["hpas"].as_array().unwrap();
    assert_eq!(hpas.len(), 80);
    for hpa in hpas {
        assert_eq!(hpa["points"].as_array().unwrap().len(), ids.len());
    }
}

/// Anything but a regular file is written to directly, and a link remains a link.
#[test]
fn a_snapshot_is_written_to_standard_output_and_through_a_link() {
    let clusters = Clusters::small(1, 3);
    let output = clusters.run("snapshot take --no-store -q --to /dev/stdout").code(0).quiet();
    assert_eq!(output.json()["hpas"].as_array().unwrap().len(), 3);
    let path = |name: &str| clusters.sandbox.path(&format!("files/{name}"));
    let script = "exec \"$0\" snapshot take --no-store --to /dev/stdout > both";
    let program = env!("CARGO_BIN_EXE_watchdog");
    clusters.sandbox.command("/bin/sh").args(["-c", script, program]).run().code(0);
    let both = fs::read_to_string(path("both")).unwrap();
    assert!(both.starts_with("{\n") && both.trim_end().ends_with(" s"), "{both}");
    clusters.sandbox.write("real.json", "old");
    std::os::unix::fs::symlink("real.json", path("link.json")).unwrap();
    clusters.run("snapshot take --to link.json").code(0);
    clusters.run("history --html /dev/null").code(0);
    assert!(fs::symlink_metadata(path("link.json")).unwrap().is_symlink());
    assert!(fs::read_to_string(path("real.json")).unwrap().starts_with("{\n"));
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn old_snapshots_are_deleted() {
    let clusters = Clusters::small(1, 3);
    for _ in 0..3 {
        clusters.run("snapshot take").code(0);
    }
    clusters.run("snapshot take --keep 1ms").code(0);
    assert_eq!(ids(&clusters), [4]);
    clusters.run("snapshot take --keep 0").code(0);
    let pruned = clusters.run("snapshot prune").code(0);
    assert!(pruned.stdout.starts_with("0 snapshots deleted, 2 left, "), "{pruned}");
    for flag in ["--context nope", "--cluster *", "--current"] {
        let refused = clusters.run(&format!("snapshot prune --keep 1ms {flag}")).code(64);
        refused.says("snapshot prune deletes whole snapshots").prints_nothing();
        assert_eq!(ids(&clusters).len(), 2);
    }
    let pruned = clusters.run("snapshot prune --keep 1ms").code(0);
    assert!(pruned.stdout.starts_with("1 snapshot deleted, 1 left, "), "{pruned}");
    clusters.sandbox.configure("history: {keep: 0}\n");
    clusters.run("snapshot prune").code(0).says("history.keep: 0 keeps every snapshot");
    assert_eq!(ids(&clusters).len(), 1);
}

#[test]
fn snapshots_are_exported_for_other_programs() {
    let clusters = Clusters::broken();
    clusters.sandbox.configure("kubectl: {retries: 0}\n");
    let scope = "--cluster production --cluster down";
    clusters.run(&format!("snapshot take {scope}")).code(3);
    clusters.run(&format!("snapshot take {scope}")).code(3);
    let metrics = clusters.run("snapshot export -o openmetrics").code(0).quiet();
    for line in [
        "watchdog_cluster_up{cluster=\"down\",context=\"down\"} 0",
        "watchdog_cluster_error{cluster=\"down\",kind=\"unreachable\"} 1",
        "watchdog_hpa_max_replicas{cluster=\"production\",namespace=\"shop\",hpa=\"checkout\"} 20",
        "# EOF",
    ] {
        assert!(metrics.lines().contains(&line), "{line}: {metrics}");
    }
    // Each family once, each series once, and valid lines only.
    let mut seen = std::collections::BTreeSet::new();
    for line in metrics.lines() {
        let series = line.rsplit_once(' ').map_or(line, |(series, _)| series);
        let is_sample = !line.starts_with('#');
        assert!(!is_sample || seen.insert(series.to_owned()), "twice: {series}");
        assert!(!is_sample || line.rsplit(' ').next().unwrap().parse::<f64>().is_ok(), "{line}");
    }
    let hpas = clusters.run("snapshot show -o name").code(0).lines().len();
    let jsonl = clusters.run("snapshot export --since 1h -o jsonl").code(0);
    assert_eq!(jsonl.lines().len(), 2 * hpas);
    let first: Value = serde_json::from_str(jsonl.lines()[0]).unwrap();
    assert_eq!(first["snapshot"], 1);
    let csv = clusters.run("snapshot export --since 1h -o csv").code(0);
    assert_eq!(csv.lines().len(), 2 * hpas + 1);
    clusters.run("snapshot export --to all.json").code(0).prints_nothing();
    clusters.run("snapshot diff all.json latest --exit-code").code(3);
    assert_eq!(clusters.run("snapshot export --since 1h").code(0).stdout, jsonl.stdout);
    clusters
        .run("snapshot export --since 1h -o json")
        .code(64)
        .says("--since needs -o jsonl or -o csv");
}

/// A database written by an earlier version, with its expected contents.
#[test]
fn the_database_of_each_version_can_be_opened() {
    let dir = tempfile::tempdir().unwrap();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/history");
    for version in ["v1", "v2"] {
        let path = dir.path().join(format!("{version}.db"));
        fs::copy(format!("{source}/{version}.db"), &path).unwrap();
        let wanted = fs::read(format!("{source}/{version}.json")).unwrap();
        let wanted = watchdog::history::Snapshot::from_json(&wanted).unwrap();
        let store = Store::open_existing(&path).unwrap();
        assert_eq!(store.snapshot(1).unwrap().unwrap(), wanted);
        drop(store);
        let mut store = Store::open(&path).unwrap();
        assert_eq!(store.snapshot(1).unwrap().unwrap(), wanted);
        let id = store.store(&wanted).unwrap();
        assert_eq!(id, 4);
        assert_eq!(store.snapshot(id).unwrap().unwrap(), wanted);
        assert_eq!(store.snapshots(None, 10).unwrap().len(), 4);
        assert!(store.take_losses().is_empty());
    }
}
