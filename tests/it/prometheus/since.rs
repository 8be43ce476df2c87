//! What a real Prometheus knows over time, in the commands, on the demo clusters.

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::command::answering;
use super::demo::{LOAD, MINUTES, Scrape, scraped};
use super::serve;
use crate::support::{Forwards, Output};

/// Runs `test` with a Prometheus behind the URL of the configuration that has scraped the cluster `production`.
pub fn with_store(scrape: Scrape, test: impl FnOnce(&Forwards)) {
    let forwards = Forwards::new();
    let series = scraped(&forwards, "production", scrape) + "# EOF\n";
    let Some((running, address)) = serve(&forwards.clusters.sandbox, &series) else { return };
    configure(&forwards, &format!("http://{address}/"));
    test(&forwards);
    running.signal(Signal::SIGTERM);
    running.wait();
}

pub fn configure(forwards: &Forwards, url: &str) {
    forwards.clusters.sandbox.configure(&format!(
        "monitoring:\n  prometheus: {{url: '{url}'}}\nkubectl: {{timeout_seconds: 20}}\n"
    ));
}

fn top(forwards: &Forwards, more: &[&str]) -> Output {
    let args = ["hpa", "top", "--context", "production", "--since", "2h"];
    forwards.watchdog(args.iter().chain(more).copied()).run()
}

pub fn row<'a>(json: &'a Value, name: &str) -> &'a Value {
    let rows = json["hpas"].as_array().unwrap();
    rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

#[track_caller]
fn close(number: &Value, expected: f64) {
    let number = number.as_f64().unwrap_or_else(|| panic!("{number} for {expected}"));
    assert!((number - expected).abs() <= expected * 0.01, "{number}, expected {expected}");
}

/// The figures of `shop/catalog`, which was at its maximum for the last 40 minutes after a gap.
#[track_caller]
fn catalog_is_true(json: &Value) {
    let history = &row(json, "catalog")["history"];
    assert_eq!((&history["source"], &history["stepSeconds"]), (&json!("prometheus"), &json!(60)));
    // Prometheus goes on with the last value for five minutes after the gap begins.
    let seen = history["pointsSeen"].as_i64().unwrap();
    let gap = MINUTES + 1 - seen;
    assert!((13..=17).contains(&gap), "{history}");
    let at_max = &history["atMax"];
    let seconds = at_max["seconds"].as_i64().unwrap();
    assert!((39 * 60..=41 * 60).contains(&seconds), "{history}");
    assert_eq!(at_max["ofSeconds"].as_i64().unwrap(), seen * 60);
    let replicas = &history["replicas"];
    assert_eq!((&replicas["lowest"], &replicas["highest"]), (&json!(3.0), &json!(6.0)));
    // It scaled while nothing was seen.
    assert_eq!((&replicas["scaleUps"], &replicas["scaleDowns"]), (&json!(0), &json!(0)));
    close(&history["cpuOfRequested"]["p95"], LOAD);
    close(&history["memoryOfRequested"]["p95"], LOAD);
}

#[test]
fn top_since_is_true_however_it_is_scraped() {
    let variants = [
        Scrape::default(),
        Scrape { is_exported: true, ..Scrape::default() },
        Scrape { is_pair: true, label: Some(("cluster", "prod")), ..Scrape::default() },
    ];
    for scrape in variants {
        with_store(scrape, |forwards| {
            let json = top(forwards, &["-o", "json"]).code(0).quiet().json();
            catalog_is_true(&json);
            let source = &json["sources"][0];
            assert_eq!((&source["outcome"], &source["warnings"]), (&json!("ok"), &json!([])));
            // Two of its two pods have a container without requests.
            let reviews = &row(&json, "reviews")["history"];
            assert_eq!(reviews["cpuOfRequested"], Value::Null);
            let why = reviews["cpuOfRequestedUnknown"]["reason"].as_str().unwrap();
            assert!(!why.is_empty(), "{reviews}");
        });
    }
}

#[test]
fn top_since_as_a_table() {
    with_store(Scrape::default(), |forwards| {
        let table = top(forwards, &["--sort-by", "at-max"]).code(0).quiet();
        let line = |name: &str| {
            let line = table.stdout.lines().find(|line| line.contains(&format!(" {name} ")));
            line.unwrap_or_else(|| panic!("no {name} in {table}")).to_owned()
        };
        let header = table.stdout.lines().next().unwrap();
        for column in ["AT MAX", "HIGHEST", "SCALINGS", "P95 CPU"] {
            assert!(header.contains(column), "{header}");
        }
        assert!(line("catalog").contains("50%"), "{table}");
        let wide = top(forwards, &["-o", "wide"]).code(0).stdout;
        assert!(wide.contains("minReplicas and maxReplicas are the same"), "{wide}");
        let csv = top(forwards, &["-o", "csv"]).code(0).stdout;
        let header = csv.lines().next().unwrap();
        assert!(header.contains("shareAtMax,secondsAtMax"), "{csv}");
        assert!(header.contains("usageSource,usageWindowSeconds,"), "{csv}");
        assert!(header.contains("historyServer,historySince,historyUntil,historyStepSeconds"));
        let catalog = csv.lines().find(|line| line.contains(",catalog,")).unwrap();
        assert!(catalog.contains(",metrics.k8s.io,"), "{csv}");
        assert!(catalog.contains(",http://127.0.0.1:") && catalog.contains(",60,"), "{csv}");
    });
}

#[test]
fn top_since_of_two_clusters_in_one_store() {
    let forwards = Forwards::new();
    let label = |value| Scrape { label: Some(("cluster", value)), ..Scrape::default() };
    let series = scraped(&forwards, "production", label("prod"))
        + &scraped(&forwards, "staging", label("stage"))
        + "# EOF\n";
    let Some((running, address)) = serve(&forwards.clusters.sandbox, &series) else { return };
    configure(&forwards, &format!("http://{address}/"));
    let args = ["hpa", "top", "--context", "production,staging", "--since", "2h", "-o", "json"];
    let json = forwards.watchdog(args).run().code(0).quiet().json();
    catalog_is_true(&json);
    for row in json["hpas"].as_array().unwrap() {
        let load = &row["history"]["cpuOfRequested"]["p95"];
        assert!(load.is_null() || (load.as_f64().unwrap() - LOAD).abs() < 0.01, "{row}");
    }
    running.signal(Signal::SIGTERM);
    running.wait();
}

/// What a store lacks is a dash with the reason; the command is whole.
#[test]
fn top_since_with_four_series_alone() {
    with_store(Scrape { is_minimal: true, ..Scrape::default() }, |forwards| {
        let output = top(forwards, &["-o", "json"]).code(3);
        assert_eq!(output.stderr.matches("no series of usage").count(), 1, "{output}");
        assert!(output.stderr.contains("others: there is no series of usage"), "{output}");
        let json = output.json();
        let history = &row(&json, "catalog")["history"];
        assert_eq!(history["replicas"]["highest"], 6.0);
        assert_eq!(history["cpuOfRequested"], Value::Null);
        let why = &history["cpuOfRequestedUnknown"]["reason"];
        assert_eq!(why, "the store has no usage of its target's pods in this time");
    });
}

#[test]
fn too_many_points_are_refused_before_the_first_question() {
    let forwards = Forwards::new();
    // Nothing listens there, and nothing is asked.
    configure(&forwards, "http://127.0.0.1:1/");
    let output = top(&forwards, &["--max-points", "1000"]).code(64);
    for expected in ["more than --max-points 1000", "nothing was asked", "larger --step"] {
        assert!(output.stderr.contains(expected), "{output}");
    }
    for (args, expected) in [
        ("hpa top --since 1h --step 2h", "a step of 2h does not fit into a time of 1h"),
        ("hpa get catalog --since 1h --step 2h", "a step of 2h does not fit into a time of 1h"),
        ("hpa advise --since 10d --step 11d", "a step of 11d does not fit into a time of 10d"),
        ("hpa top --step 5m", "--step is for what Prometheus knows of a time: add --since"),
        ("hpa get catalog --max-points 9", "--max-points is for what Prometheus knows of a time"),
        ("hpa top --since -24h", "a time back from now has no minus: 24h"),
        ("hpa top --since 1h --max-points -5", "invalid value '-5' for '--max-points <N>'"),
        ("hpa check --max-points -5", "invalid value '-5' for '--max-points <N>'"),
    ] {
        let output = forwards.watchdog(args.split(' ')).run().code(64);
        assert!(output.stderr.contains(expected), "{output}");
        assert!(!output.stderr.contains("-- -5"), "{output}");
    }
    let output = forwards.watchdog(["hpa", "top", "--sort-by", "at-max"]).run().code(64);
    assert!(output.stderr.contains("add --since"), "{output}");
}

/// HPAs are read group by group.
#[test]
fn a_store_that_fails_is_reported_once_for_a_fleet() {
    let forwards = Forwards::new();
    let port = answering("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
    configure(&forwards, &format!("http://127.0.0.1:{port}"));
    let args = ["hpa", "advise", "-n", "shop", "--context", "production"];
    let output = forwards.watchdog(args).run().code(3);
    let errors = output.stderr.lines().filter(|line| line.contains("the server answered 503"));
    assert_eq!(errors.count(), 1, "{output}");
}

#[test]
fn a_store_that_fails_leaves_the_rest_whole() {
    let forwards = Forwards::new();
    for (answer, expected) in [
        (
            "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
            "credentials are missing or not accepted",
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", "the answer is an HTML page"),
        ("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "the server answered 503"),
    ] {
        let port = answering(answer);
        configure(&forwards, &format!("http://127.0.0.1:{port}/select/0/?key=s3cret"));
        let output = top(&forwards, &["-o", "json"]).code(3);
        assert!(output.stderr.contains(expected), "{output}");
        // Which one it was.
        let from = "production: Prometheus: http://127.0.0.1:";
        assert!(output.stderr.contains(from), "{output}");
        assert!(output.stderr.contains("/select/0: "), "{output}");
        assert!(!output.stderr.contains("s3cret"), "{output}");
        let json = output.json();
        let source = &json["sources"][0];
        assert_eq!(
            (&source["cluster"], &source["outcome"]),
            (&json!("production"), &json!("error"))
        );
        assert!(source["error"].as_str().unwrap().contains(expected), "{source}");
        assert!(source["source"].as_str().unwrap().ends_with("/select/0"), "{source}");
        let catalog = row(&json, "catalog");
        assert_eq!(
            (&catalog["history"], &catalog["headroom"]["replicas"]),
            (&Value::Null, &json!(0))
        );
        assert!(catalog["historyUnknown"].as_str().unwrap().contains(expected), "{catalog}");
        assert!(catalog["usage"]["cpu"]["usedMilli"].is_number(), "{catalog}");
    }
}

#[test]
fn get_since_shows_a_chart_and_figures() {
    with_store(Scrape::default(), |forwards| {
        let args = ["hpa", "get", "--context", "production", "catalog", "--since", "2h"];
        let json = forwards.watchdog(args.into_iter().chain(["-o", "json"])).run().code(0).json();
        catalog_is_true(&json);
        let history = &row(&json, "catalog")["history"];
        close(&history["throttled"]["median"], 0.25);
        let series = history["series"].as_array().unwrap();
        assert_eq!(series.len(), usize::try_from(MINUTES + 1).unwrap());
        let last = &series[series.len() - 2];
        assert_eq!((&last["currentReplicas"], &last["maxReplicas"]), (&json!(6.0), &json!(6.0)));
        assert_eq!(last["metrics"], json!([{"current": 60.0, "target": 70.0}]));
        let gap = &series[75];
        assert_eq!((&gap["currentReplicas"], &gap["maxReplicas"]), (&Value::Null, &json!(6.0)));

        let text = forwards.watchdog(args).env("LC_ALL", "C").run().code(0).stdout;
        let history = text.split("\nHistory (Prometheus, last 2h)\n").nth(1).unwrap();
        for expected in [
            "  replicas       lowest 3, highest 6 (first at ",
            "  throttled      in 25% of the CPU periods (median)",
            "  ** cpu; -- its target\n",
            "----",
        ] {
            assert!(history.contains(expected), "{expected} in {history}");
        }
        let chart = history.split(" replicas; -- minReplicas and maxReplicas\n").nth(1).unwrap();
        let chart: Vec<&str> = chart.lines().take_while(|line| !line.is_empty()).collect();
        assert!(chart.iter().all(|line| line.is_ascii() && line.len() <= 80), "{history}");
        assert!(chart.iter().any(|line| line.contains("***")), "{history}");
    });
}

#[test]
fn get_since_without_the_full_tier_says_so() {
    with_store(Scrape { is_minimal: true, ..Scrape::default() }, |forwards| {
        let args = ["hpa", "get", "--context", "production", "catalog", "--since", "2h"];
        let text = forwards.watchdog(args).run().code(3).stdout;
        for expected in [
            "cpu            unknown: the store has no usage of its target's pods in this time",
            "throttled      unknown: the store has no container_cpu_cfs_throttled_periods_total in",
            "metrics        unknown: the store has no kube_horizontalpodautoscaler_status_target_",
        ] {
            assert!(text.contains(expected), "{expected} in {text}");
        }
    });
}
