//! `doctor`: each problem is one line, and never prevents the other checks.

use std::fs;

use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::support::{Clusters, Forwards, Output, PROMETHEUS, Run, Terminal, healthy, plain};

/// A change to a run.
type Change<'a> = dyn Fn(Run) -> Run + 'a;

/// The names of the checks, and a function for the verdict and message of one.
fn checks(output: &Output) -> (Vec<String>, impl Fn(&str) -> (String, String)) {
    let json = output.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let checks: Vec<(String, String, String)> = json["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| (text(&check["name"]), text(&check["verdict"]), text(&check["message"])))
        .collect();
    let names = checks.iter().map(|check| check.0.clone()).collect();
    let find = move |name: &str| {
        let found = checks.iter().find(|check| check.0 == name);
        found.map(|check| (check.1.clone(), check.2.clone())).unwrap()
    };
    (names, find)
}

#[test]
fn every_check_is_made_whatever_the_others_find() {
    let clusters = Clusters::small(1, 0);
    let run = || clusters.watchdog(["doctor"]);
    let (all, _) = checks(&run().args(["-o", "json"]).run().code(0).quiet());
    assert_eq!(
        all,
        [
            "configuration",
            "kubectl",
            "kubeconfig",
            "clusters",
            "history",
            "local port",
            "supervisor",
            "stray kubectl"
        ]
    );
    let directory = clusters.sandbox.path("files");
    let bad = clusters.sandbox.write("bad.yaml", "nonsense: 1\n");
    let irregular = clusters.sandbox.write("irregular", "contexts: {a: b}\n");
    let empty = clusters.sandbox.write("empty", "");
    let broken: [(&str, &str, Box<Change<'_>>); 7] = [
        ("kubeconfig", "files", Box::new(|run| run.env("KUBECONFIG", &directory))),
        ("kubeconfig", "/nope", Box::new(|run| run.args(["--kubeconfig", "/nope"]))),
        ("kubeconfig", "kubeconfig", Box::new(|run| run.env("KUBECONFIG", &irregular))),
        ("kubeconfig", "no contexts", Box::new(|run| run.env("KUBECONFIG", &empty))),
        ("configuration", "nonsense", Box::new(|run| run.arg("--config").arg(&bad))),
        ("configuration", "/nope", Box::new(|run| run.env("WATCHDOG_CONFIG", "/nope"))),
        ("kubectl", "/nope", Box::new(|run| run.args(["--kubectl", "/nope"]))),
    ];
    for (name, said, with) in broken {
        let output = with(run()).args(["-o", "json"]).run().code(1);
        let (names, find) = checks(&output);
        // Without a kubeconfig it is unknown which clusters are read; everything else is checked.
        let expected: Vec<&String> = all
            .iter()
            .filter(|check| *check != "clusters" || names.contains(check) || name != "kubeconfig")
            .collect();
        assert_eq!(names.iter().collect::<Vec<_>>(), expected, "{output}");
        let (verdict, message) = find(name);
        assert_eq!(verdict, "error", "{output}");
        assert!(message.contains(said), "{said:?} in {message:?}");
        let output = with(run()).run().code(1);
        for name in &names {
            let lines = output.lines();
            let found = lines.iter().any(|line| line.split("  ").any(|part| part.trim() == name));
            assert!(found, "{name}: {output}");
        }
    }
}

#[test]
fn a_terminal_gets_no_line_that_is_wider_than_it() {
    let clusters = Clusters::small(30, 0);
    // The longest messages: an error and a remedy.
    clusters.sandbox.write("bad.yaml", "nonsense: 1\n");
    // A port that is taken all the time: another process may take the default one between two runs.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    clusters.sandbox.write("good.yaml", format!("forward: {{local_port: {port}}}\n"));
    // With a configuration that cannot be read the port is the default one, which another process may take in between.
    let without_blanks = |text: &str| -> String {
        let text: String = text.chars().filter(|it| !it.is_whitespace()).collect();
        match text.split_once("localport127.0.0.1:55553:") {
            Some((before, after)) => {
                let rest = after.find("oksupervisor").map_or("", |place| &after[place..]);
                format!("{}{rest}", before.trim_end_matches("warning"))
            }
            None => text.replace("oklocalport127.0.0.1:55553isfree", ""),
        }
    };
    for (line, code) in
        [("doctor --config good.yaml", 0), ("doctor --config bad.yaml --kubectl /nope", 1)]
    {
        let run = || clusters.watchdog(line.split(' '));
        let piped = run().run().code(code).stdout;
        assert!(piped.lines().any(|line| line.width() > 80), "{piped}");
        for columns in [80, 40] {
            let shown = plain(&Terminal::new(columns, 40).run(run()).code(code).stdout);
            for line in shown.lines() {
                assert!(line.width() <= columns.into(), "{columns}: {line:?}");
            }
            assert_eq!(without_blanks(&shown), without_blanks(&piped), "nothing is cut");
        }
    }
}

/// The history is checked without being changed.
#[test]
fn the_history_is_checked() {
    let clusters = Clusters::small(1, 2);
    let database = clusters.sandbox.path("state/watchdog/history.db");
    let check = |code| {
        let output = clusters.run("doctor -o json").code(code);
        let (_, find) = checks(&output);
        find("history")
    };
    let (verdict, message) = check(0);
    let path = database.display();
    assert_eq!(verdict, "ok");
    assert_eq!(message, format!("none yet at {path}; create one: watchdog snapshot take"));
    assert!(!database.parent().unwrap().exists());
    clusters.run("snapshot take").code(0);
    clusters.run("snapshot take").code(0);
    let listed = clusters.run("snapshot list").code(0).stdout;
    let since = listed.lines().last().unwrap().split_whitespace().nth(1).unwrap().to_owned();
    let before = fs::read(&database).unwrap();
    let (verdict, message) = check(0);
    assert_eq!(verdict, "ok");
    let text = format!("{path}: 2 snapshots since {since}, the latest of 20");
    assert!(message.starts_with(&text) && message.contains(", schema 2, "), "{message}");
    assert_eq!(fs::read(&database).unwrap(), before);
    let beside = fs::read_dir(database.parent().unwrap()).unwrap().count();
    assert_eq!(beside, 2, "the database and its lock");

    fs::write(&database, "this is no database ".repeat(500)).unwrap();
    let (verdict, message) = check(1);
    assert_eq!(verdict, "error");
    assert!(message.contains("move it aside to start a new one"), "{message}");
    let config = |path: &str| clusters.sandbox.configure(&format!("history: {{path: {path}}}\n"));
    config(clusters.sandbox.path("state").to_str().unwrap());
    let (verdict, message) = check(1);
    assert_eq!(verdict, "error");
    assert!(message.contains("state: is a directory"), "{message}");
    clusters.run("snapshot list").code(1).says("state: is a directory");
    clusters.run("snapshot take").code(1).says("state: is a directory");
}

/// The proof uses only its own processes: existing forwards remain.
#[test]
fn the_proof_really_kills_and_checks_its_processes() {
    let forwards = Forwards::new();
    let port = forwards.start(PROMETHEUS);
    let output = forwards.watchdog(["doctor", "--prove"]).run().code(0);
    println!("{output}");
    assert!(output.stdout.lines().filter(|line| line.contains("SIGKILL")).count() >= 2, "{output}");
    for step in ["SIGSTOP kubectl", "at most once", "isolation", "left behind"] {
        assert!(output.stdout.contains(&format!("ok       {step} ")), "{output}");
    }
    healthy(port);
    assert_eq!(forwards.forward("prometheus-server")["restarts"], 0);
    assert_eq!(forwards.kubectls().len(), 1);
}

#[test]
fn configured_urls_are_shown_without_what_is_secret_and_not_asked() {
    let clusters = Clusters::new();
    let config = "monitoring:\n  prometheus: {url: 'http://me:s3cret@127.0.0.1:1/p?token=s3cret', clusters: {a: {url: 'http://127.0.0.1:2'}}}\n  alertmanager: {url: 'http://127.0.0.1:3'}\n";
    clusters.sandbox.configure(config);
    let output = clusters.run("doctor");
    assert!(!output.both().contains("s3cret"), "{output}");
    clusters.sandbox.configure(&config.replace("me:s3cret@", "").replace("?token=s3cret", ""));
    let output = clusters.run("doctor");
    for part in [
        "http://127.0.0.1:1/p, http://127.0.0.1:2 (watchdog prometheus test checks it)",
        "http://127.0.0.1:3 (watchdog alerts reads it)",
    ] {
        assert!(output.stdout.contains(part), "{output}");
    }
}
