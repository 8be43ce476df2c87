//! `history`: one HPA over time.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use unicode_width::UnicodeWidthStr as _;
use watchdog::config::Scope;
use watchdog::history::{Recorded, Snapshot, Store};
use watchdog::hpa::{Hpa, MetricCurrent, parse_list};
use watchdog::kubectl::{ErrorKind, Failure, Outcome};

use crate::support::{Sandbox, Terminal, plain};

const SHOP: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/hpas-shop.json"));

/// One day of `healthy` and `podsmetric`, with a snapshot every ten minutes and an outage of one
/// hour.
fn day() -> Sandbox {
    let sandbox = Sandbox::new();
    let path = sandbox.path("state/watchdog/history.db");
    let mut store = Store::open(&path).unwrap();
    let cluster: Arc<str> = Arc::from("production");
    let mut hpas = parse_list(&cluster, &cluster, SHOP).unwrap().hpas;
    hpas.retain(|hpa| ["healthy", "podsmetric"].contains(&hpa.name.as_str()));
    let now = Timestamp::now();
    for step in (0..140).rev() {
        let up = !(60..66).contains(&step);
        for hpa in &mut hpas {
            hpa.current_replicas = 2 + (step / 10) % 5;
            hpa.desired_replicas = hpa.current_replicas + i32::from(step % 10 == 0);
            let utilization = 30 + step % 50;
            hpa.metrics[0].current = Some(MetricCurrent {
                value: Some(utilization.to_string()),
                average_value: Some(format!("{utilization}m")),
                utilization: Some(utilization),
            });
        }
        let at = now - SignedDuration::from_mins(i64::from(step) * 10);
        keep(&mut store, &cluster, at, up.then_some(&hpas));
    }
    sandbox
}

/// Stores a snapshot of one cluster, which could not be read if there are no HPAs.
fn keep(store: &mut Store, cluster: &Arc<str>, at: Timestamp, hpas: Option<&Vec<Hpa>>) {
    keep_of(store, cluster, "https://production.example", at, hpas);
}

fn keep_of(
    store: &mut Store,
    cluster: &Arc<str>,
    server: &str,
    at: Timestamp,
    hpas: Option<&Vec<Hpa>>,
) {
    let outcome = Outcome {
        tags: std::sync::Arc::default(),
        name: Arc::clone(cluster),
        context: Arc::clone(cluster),
        user: Arc::default(),
        server: server.to_owned(),
        error: hpas.is_none().then(|| Failure {
            kind: ErrorKind::Unreachable,
            message: "connection refused".to_owned(),
        }),
        duration: Duration::from_millis(100),
    };
    let recorded = hpas.into_iter().flatten().map(|hpa| Recorded::new(hpa.clone(), None));
    let snapshot = Snapshot {
        taken_at: at,
        scope: Scope::default(),
        clusters: vec![outcome],
        hpas: recorded.collect(),
    };
    store.store(&snapshot).unwrap();
}

#[test]
fn charts_fit_and_are_complete_without_colour() {
    let sandbox = day();
    let run = |columns: u16, line: &str| {
        Terminal::new(columns, 50).run(sandbox.watchdog(line.split_whitespace())).code(0)
    };
    for columns in [80, 160, 300] {
        let output = run(columns, "history healthy --color never");
        for text in [
            "production/shop/healthy, Deployment/healthy",
            "140 snapshots, in 6 of them",
            "replicas: 2, wanted 3, allowed 2 to 10; lowest 2, highest 6",
            "cpu: 30%, target 70%",
            "? cluster not read",
            "○ wanted",
        ] {
            assert!(output.stdout.contains(text), "{text} at {columns}: {output}");
        }
        assert!(!output.stdout.contains('\u{1b}'));
        let widest = output.stdout.lines().map(str::width).max().unwrap();
        assert!(widest <= usize::from(columns.min(160)) && widest > 70, "{widest} at {columns}");
        let axis = output.stdout.lines().find(|line| line.contains('└')).unwrap();
        assert!(axis.contains("??"), "{axis}");
    }
    let colored = run(80, "history healthy --color always");
    let bare = run(80, "history healthy --color never");
    // The minute may have changed.
    assert_eq!(plain(&colored.stdout).lines().count(), bare.stdout.lines().count());
    let ascii = run(80, "history podsmetric --ascii --color never");
    assert!(ascii.stdout.is_ascii(), "{ascii}");
    assert!(ascii.stdout.contains("****") && ascii.stdout.contains("http_requests_per_second"));
    let locale = sandbox.watchdog(["history", "healthy"]).env("LC_ALL", "C").run().code(0);
    assert!(locale.stdout.is_ascii(), "{locale}");
}

#[test]
fn all_hpas_are_listed_one_per_line() {
    let sandbox = day();
    let output = sandbox.watchdog(["history", "-n", "shop"]).run().code(0);
    assert_eq!(output.lines().len(), 3, "{output}");
    assert!(output.stdout.contains('▆'), "{output}");
    sandbox.watchdog(["history", "-n", "sho?", "--cluster", "prod*"]).run().code(0);
    for args in [
        ["history", "nope"].as_slice(),
        &["history", "-n", "other"],
        &["history", "--cluster", "staging"],
    ] {
        let output = sandbox.watchdog(args.iter().copied()).run().code(1).prints_nothing();
        output.says("in the last 24h of snapshots");
    }
}

#[test]
fn output_formats_for_scripts() {
    let sandbox = day();
    let run = |line: &str| sandbox.watchdog(line.split_whitespace()).run().code(0);
    let json = run("history healthy -o json --since 10h").json();
    assert_eq!(json["kind"], "History");
    let points = json["hpas"][0]["points"].as_array().unwrap();
    assert!((59..=60).contains(&points.len()), "{}", points.len());
    let last = points.last().unwrap();
    assert_eq!((&last["presence"], &last["currentReplicas"]), (&"seen".into(), &2.into()));
    assert_eq!(last["metrics"][0]["current"]["value"], "30");
    let all = run("history healthy -o json").json();
    let statuses = all["hpas"][0]["points"].as_array().unwrap();
    assert_eq!(statuses.iter().filter(|point| point["presence"] == "unknown").count(), 6);
    assert_eq!(run("history healthy -o csv").lines().len(), 141);
    let table = run("history healthy -o table");
    assert!(table.stdout.contains("cluster not read") && table.lines().len() < 140, "{table}");
}

#[test]
fn the_html_page_is_self_contained() {
    let sandbox = day();
    sandbox.watchdog(["history", "--html", "page.html"]).run().code(0).quiet().prints_nothing();
    let page = fs::read_to_string(sandbox.path("files/page.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>"));
    assert_eq!(page.matches("<svg ").count(), 5, "two HPAs' replicas, and three metrics");
    assert!(page.contains("prefers-color-scheme:dark"));
    assert!(page.contains("<title>the cluster could not be read</title>"));
    for forbidden in ["<script", "http:", "https:", "url(", "@import", "NaN", "inf"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

/// One hour of three HPAs, with a snapshot every ten minutes. In the second half `podsmetric` is
/// gone and `min-eq-max` is another HPA of that name, and in the last twenty minutes the cluster
/// cannot be read.
fn endings() -> Sandbox {
    let sandbox = Sandbox::new();
    let mut store = Store::open(&sandbox.path("state/watchdog/history.db")).unwrap();
    let cluster: Arc<str> = Arc::from("production");
    let mut hpas = parse_list(&cluster, &cluster, SHOP).unwrap().hpas;
    hpas.retain(|hpa| ["healthy", "podsmetric", "min-eq-max"].contains(&hpa.name.as_str()));
    assert_eq!(hpas.len(), 3);
    let now = Timestamp::now();
    for ago in (0..7).rev() {
        if ago == 3 {
            hpas.retain(|hpa| hpa.name != "podsmetric");
            let again = hpas.iter_mut().find(|hpa| hpa.name == "min-eq-max").unwrap();
            again.uid = String::from("made anew");
        }
        let up = ago > 1;
        keep(&mut store, &cluster, now - SignedDuration::from_mins(ago * 10), up.then_some(&hpas));
    }
    sandbox
}

#[test]
fn an_outage_and_a_deletion_at_the_end_are_reported() {
    let sandbox = endings();
    let run = |line: &str| sandbox.watchdog(line.split_whitespace()).run().code(0);
    let statuses = |name: &str| -> Vec<Vec<String>> {
        let json = run(&format!("history {name} -o json")).json();
        let points = |hpa: &serde_json::Value| {
            let points = hpa["points"].as_array().unwrap().iter();
            points.map(|it| it["presence"].as_str().unwrap().to_owned()).collect()
        };
        json["hpas"].as_array().unwrap().iter().map(points).collect()
    };
    assert_eq!(
        statuses("healthy"),
        [["seen", "seen", "seen", "seen", "seen", "unknown", "unknown"]]
    );
    let gone = ["seen", "seen", "seen", "absent", "absent", "unknown", "unknown"];
    assert_eq!(statuses("podsmetric"), [gone]);
    let [first, second] = &statuses("min-eq-max")[..] else { panic!() };
    assert_eq!(first, &["seen"; 3]);
    assert_eq!(second, &["seen", "seen", "unknown", "unknown"]);

    let csv = run("history healthy -o csv");
    assert!(csv.lines().last().unwrap().contains(",unknown,,,,,"), "{csv}");
    let table = run("history -o table");
    let with = |name: &str, text: &str| {
        table.lines().iter().filter(|it| it.contains(name) && it.contains(text)).count()
    };
    assert_eq!((with("healthy", "cluster not read"), with("healthy", "did not exist")), (1, 0));
    assert_eq!((with("podsmetric", "did not exist"), with("min-eq-max", "did not exist")), (1, 0));

    let list = run("history");
    let now = |name: &str| -> Vec<String> {
        let lines = list.lines().into_iter().filter(|line| line.contains(name));
        lines.map(|it| it.split_whitespace().nth_back(5).unwrap().to_owned()).collect()
    };
    assert_eq!(now("healthy"), ["?"], "{list}");
    // Gone before the outage: whether it is back is unknown.
    assert_eq!(now("podsmetric"), ["?"], "{list}");
    assert_eq!(now("min-eq-max"), ["gone", "?"], "{list}");

    let chart = run("history healthy --ascii");
    assert!(chart.stdout.contains("replicas: not known now, last "), "{chart}");
    assert!(
        chart.stdout.contains("? cluster not read") && !chart.stdout.contains("blank"),
        "{chart}"
    );
    sandbox.watchdog(["history", "healthy", "--html", "page.html"]).run().code(0);
    let page = fs::read_to_string(sandbox.path("files/page.html")).unwrap();
    assert!(page.contains("<title>the cluster could not be read</title>"));
    assert!(!page.contains("no snapshot was taken"), "{page}");
}

#[test]
fn an_outage_of_the_whole_time_is_reported_as_such() {
    let sandbox = endings();
    let run = |line: &str| sandbox.watchdog(line.split_whitespace()).run().code(0);
    let chart = run("history healthy --since 15m --context prod* --ascii");
    for text in ["2 snapshots, in all of them", "before this time", "no reading in all", "???"] {
        assert!(chart.stdout.contains(text), "{text}: {chart}");
    }
    let json = run("history healthy --since 15m -o json").json();
    assert_eq!(json["hpas"][0]["points"][1]["presence"], "unknown");
    let list = run("history --since 15m");
    // The HPA that was gone before, and the first one of its name, are not included.
    assert_eq!(list.lines().len(), 3, "{list}");
    run("history --since 15m --html page.html");
    sandbox
        .watchdog(["history", "podsmetric", "--since", "15m"])
        .run()
        .code(1)
        .says("no HPA podsmetric in the last 15m of snapshots");
}

#[test]
fn without_a_database_there_is_nothing_to_show() {
    let sandbox = Sandbox::new();
    let output = sandbox.watchdog(["history"]).run().code(1).prints_nothing();
    output.says("no history at ").says("create one: watchdog snapshot take");
    assert!(!sandbox.path("state/watchdog").exists());
}

fn statuses(json: &serde_json::Value) -> Vec<String> {
    let points = json["hpas"][0]["points"].as_array().unwrap().iter();
    points.map(|it| it["presence"].as_str().unwrap().to_owned()).collect()
}

/// Damaged parts are named, everything else is read, and the exit code shows that the result is
/// incomplete.
#[test]
fn damage_is_reported_and_the_rest_is_read() {
    let sandbox = day();
    let path = sandbox.path("state/watchdog/history.db");
    let run = |line: &str| sandbox.watchdog(line.split_whitespace()).run();
    let damage = |sql: &str| {
        let connection = rusqlite::Connection::open(&path).unwrap();
        assert_eq!(connection.execute(sql, []).unwrap(), 1, "{sql}");
    };
    let whole = statuses(&run("history healthy -o json").code(0).json());
    damage(
        "UPDATE chunk SET body = substr(body, 1, length(body) - 1) || x'55'
         WHERE bucket = 1 AND hpa = (SELECT id FROM hpa WHERE name = 'healthy')",
    );
    let output = run("history healthy -o json")
        .code(3)
        .says(" is damaged: HPA production/shop/healthy in snapshots ");
    let left = statuses(&output.json());
    assert_eq!(left.len(), whole.len());
    for (left, whole) in left.iter().zip(&whole) {
        assert!(left == whole || (left == "lost" && whole == "seen"), "{left} {whole}");
    }
    assert_eq!(
        left.iter().filter(|status| *status == "lost").count(),
        58,
        "64, with an outage of 6"
    );
    run("history healthy --ascii").code(3);
    run("history podsmetric").code(0).quiet();
    run("snapshot list --limit 0").code(0).quiet();
    run("snapshot show 10").code(0);
    let shown = run("snapshot show 127 -o name").code(3);
    assert!(shown.stdout.contains("podsmetric") && !shown.stdout.contains("healthy"), "{shown}");
    let different = run("snapshot diff 10 127 -o json").code(3);
    let json = different.json();
    assert_eq!(
        (&json["removed"], &json["added"]),
        (&serde_json::json!([]), &serde_json::json!([]))
    );
    let unknown = json["unknown"].as_array().unwrap();
    let because = |why: &str| unknown.iter().any(|it| it["reason"].as_str().unwrap().contains(why));
    assert!(because("the history is damaged: HPA production/shop/healthy is lost"), "{different}");
    let csv = run("snapshot export --since 2d -o csv").code(3);
    assert_eq!(csv.lines().len(), 1 + 2 * 134 - 58);
    let doctor = run("doctor");
    assert!(doctor.stdout.contains("the file is damaged: HPA production/shop/healthy"), "{doctor}");

    damage("UPDATE bucket SET body = x'00' WHERE id = 2");
    run("snapshot show latest").code(1).says("snapshots 128 to 191 (20");
    run("snapshot show 127").code(3);
    let list = run("snapshot list --limit 0 -o name").code(3).says("snapshots 128 to 191 (20");
    assert_eq!(list.lines().len(), 127);
    let overview = run("history").code(3);
    assert_eq!(overview.stdout.matches(" lost ").count(), 2, "{overview}");
}

/// The same name for another cluster: each has its own series, and NOW is that of the present one.
#[test]
fn another_cluster_of_the_same_name_starts_a_new_series() {
    let sandbox = Sandbox::new();
    let mut store = Store::open(&sandbox.path("state/watchdog/history.db")).unwrap();
    let cluster: Arc<str> = Arc::from("production");
    let mut hpas = parse_list(&cluster, &cluster, SHOP).unwrap().hpas;
    hpas.retain(|hpa| hpa.name == "healthy");
    let now = Timestamp::now();
    let at = |ago: i64| now - SignedDuration::from_mins(ago * 10);
    let servers = ["https://old.example", "https://moved.example", "https://other.example"];
    for (ago, server) in (0..6).rev().zip(servers.into_iter().flat_map(|it| [it, it])) {
        if server == servers[2] {
            hpas[0].uid = "another".to_owned();
            hpas[0].current_replicas = 9;
        }
        keep_of(&mut store, &cluster, server, at(ago), Some(&hpas));
    }
    let run = |line: &str| sandbox.watchdog(line.split_whitespace()).run();
    let overview = run("history").code(0);
    let lines: Vec<_> = overview.lines().into_iter().filter(|it| it.contains("healthy")).collect();
    assert_eq!(lines.len(), 2, "{overview}");
    assert!(lines[0].contains(" ended ") && !lines[0].contains('9'), "{overview}");
    assert!(lines[1].contains(" 9 "), "{overview}");
    overview.says("production is another cluster since ").says("at https://other.example");
    let json = run("history healthy -o json").code(0).json();
    assert_eq!(statuses(&json), ["seen"; 4]);
    assert_eq!(json["hpas"][0]["ended"]["reason"], "otherCluster");
    assert_eq!(json["hpas"][0]["ended"]["server"], servers[2]);
    assert!(json["hpas"][1]["ended"].is_null());
    let chart = run("history healthy --ascii").code(0);
    assert!(chart.stdout.contains("is another cluster, at"), "{chart}");
    let table = run("history healthy -o table").code(0);
    assert!(table.stdout.contains("another cluster: https://other.example"), "{table}");
    let different = run("snapshot diff 1 latest").code(0);
    assert!(
        different.stdout.contains("1 unknown") && !different.stdout.contains("currentReplicas"),
        "{different}"
    );
    assert_eq!(run("snapshot diff 1 3 -o json").code(0).json()["unchanged"], 1);
}

#[test]
fn doctor_reports_one_cluster_under_two_names() {
    let sandbox = Sandbox::new();
    let mut store = Store::open(&sandbox.path("state/watchdog/history.db")).unwrap();
    let now = Timestamp::now();
    for (ago, name) in [(2, "prod"), (1, "prod-fqdn"), (0, "prod")] {
        let cluster: Arc<str> = Arc::from(name);
        let hpas = parse_list(&cluster, &cluster, SHOP).unwrap().hpas;
        keep(&mut store, &cluster, now - SignedDuration::from_mins(ago), Some(&hpas));
    }
    let doctor = sandbox.watchdog(["doctor", "-o", "json"]).run().json();
    let checks = doctor["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == "cluster names").unwrap();
    let message = check["message"].as_str().unwrap();
    assert!(message.starts_with("prod and prod-fqdn have the same HPAs"), "{message}");
    assert!(message.contains("clusters.exclude"), "{message}");
}
