//! `doctor`: what is wrong is one line among others, never the end of them.

use serde_json::Value;

use crate::support::{Clusters, Forwards, Output, PROMETHEUS, Run, healthy};

/// What is done to a run.
type Change<'a> = dyn Fn(Run) -> Run + 'a;

/// The checks by name, and the words of one.
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
fn every_check_is_made_whatever_the_others_found() {
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
        // Which clusters are read is not known without a kubeconfig; all else is checked.
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

/// With processes of its own only: a forward that is there before is there after.
#[test]
fn what_it_proves_it_has_done() {
    let forwards = Forwards::new();
    let port = forwards.start(PROMETHEUS);
    let output = forwards.watchdog(["doctor", "--prove"]).run().code(0);
    println!("{output}");
    assert!(output.stdout.lines().filter(|line| line.contains("SIGKILL")).count() >= 2, "{output}");
    healthy(port);
    assert_eq!(forwards.forward("prometheus-server")["restarts"], 0);
    assert_eq!(forwards.kubectls().len(), 1);
}
