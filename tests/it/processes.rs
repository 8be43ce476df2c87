//! How many kubectls are started, and with which arguments.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use watchdog::demo::Options;

use crate::support::{Clusters, Output, WRAPPER, kubectl};

/// Runs a command with a kubectl that records its arguments; returns the arguments of each process.
fn recorded(clusters: &Clusters, args: &[&str]) -> (Output, Vec<Vec<String>>) {
    recorded_by(&kubectl(), clusters, args)
}

/// The same with another program instead of kubectl.
fn recorded_by(real: &Path, clusters: &Clusters, args: &[&str]) -> (Output, Vec<Vec<String>>) {
    let script = clusters.sandbox.path("files/recorder");
    // The recorder must not be rewritten: its version is cached by file identity.
    let script =
        if script.exists() { script } else { clusters.sandbox.script("recorder", WRAPPER) };
    let log = clusters.sandbox.path("files/log");
    let _ = fs::remove_dir_all(&log);
    fs::create_dir(&log).unwrap();
    let run = clusters.watchdog(args.iter().copied()).env("WATCHDOG_KUBECTL", script);
    let output = run.env("LOG", &log).env("REAL", real).run();
    let words = |text: &str| text.split_terminator('\0').map(str::to_owned).collect();
    let calls = fs::read_dir(&log).unwrap().map(|entry| entry.unwrap().path());
    (output, calls.map(|path| words(&fs::read_to_string(path).unwrap())).collect())
}

#[test]
fn a_list_takes_one_process_per_cluster() {
    for (clusters, hpas) in [(1, 3), (4, 60)] {
        let demo = Clusters::small(clusters, hpas);
        for lists in ["raw", "json"] {
            demo.sandbox.configure(&format!("kubectl: {{lists: {lists}}}\n"));
            for args in [
                &["hpa", "list"][..],
                &["hpa", "list", "-A", "-o", "json"],
                // A namespace by name without HPAs costs one call more, to see whether it exists.
                &["hpa", "list", "-n", "shop*", "-n", "medi*", "-l", "app"],
                &["ns", "list"],
            ] {
                let (output, calls) = recorded(&demo, args);
                assert_eq!(calls.len(), clusters, "{lists}: {calls:#?}\n{output}");
                let mut contexts: Vec<&str> = calls
                    .iter()
                    .filter_map(|call| call.iter().find_map(|word| word.strip_prefix("--context=")))
                    .collect();
                contexts.sort_unstable();
                assert_eq!(contexts, demo.names());
            }
        }
    }
}

#[test]
fn commands_about_the_kubeconfig_alone_start_no_process() {
    let demo = Clusters::new();
    for args in [&["cluster", "list"][..], &["config", "show"], &["hpa", "list", "--context", "no"]]
    {
        assert_eq!(recorded(&demo, args).1, Vec::<Vec<String>>::new());
    }
}

/// However many other HPAs there are.
#[test]
fn one_hpa_takes_a_fixed_number_of_processes() {
    let count = |hpas: usize| {
        let demo = Clusters::small(1, hpas);
        let (all, _) = recorded(&demo, &["hpa", "list", "-o", "name"]);
        let first = all.lines()[0].to_owned();
        let parts: Vec<&str> = first.split('/').collect();
        let args = ["hpa", "get", parts[2], "-n", parts[1], "-o", "json"];
        let (output, calls) = recorded(&demo, &args);
        assert_eq!(output.clone().code(0).json()["hpas"][0]["name"], parts[2], "{output}");
        calls.len()
    };
    let few = count(3);
    assert!((1..=5).contains(&few), "{few}");
    assert_eq!(count(300), few);
}

/// The label selectors used in this file, and the pod selectors of the requested HPAs.
const SELECTORS: [&str; 4] = ["app in (web,--all)", "app=web", "app=checkout", "app=card-gateway"];
const NAMESPACES: [&str; 2] = ["shop", "payments"];
const NAMED: [&str; 10] = [
    // The object whose uid identifies a cluster.
    "metadata.name=kube-system",
    "metadata.name=checkout",
    "metadata.name=card-gateway",
    "metadata.name=delete",
    "metadata.name=web",
    "metadata.name=kube-system",
    // Events.
    "involvedObject.name=checkout",
    "involvedObject.name=card-gateway",
    "involvedObject.name=delete",
    "involvedObject.name=web",
];
const LISTS: [&str; 4] =
    ["horizontalpodautoscalers.v2.autoscaling", "namespaces", "pods", "events"];
const OBJECTS: [&str; 1] = ["Gateway.v1.example.org/edge"];
/// Arguments that are the same for every call.
const FIXED: [&str; 22] = [
    "--all-namespaces=false",
    "--cluster=",
    "--field-selector=",
    "--filename=",
    "--flatten=false",
    "--ignore-not-found=false",
    "--kubeconfig=",
    "--kustomize=",
    "--match-server-version=false",
    "--merge=true",
    "--output-watch-events=false",
    "--raw=",
    "--selector=",
    "--server=",
    "--show-labels=false",
    "--sort-by=",
    "--subresource=",
    "--user=",
    "--warnings-as-errors=false",
    "--watch-only=false",
    "--watch=false",
    "--context=",
];
/// What follows these paths is percent-encoded.
const PATHS: [&str; 5] = [
    "/version",
    "/readyz",
    "/apis/autoscaling/v2/horizontalpodautoscalers",
    "/apis/autoscaling/v2/namespaces/",
    "/api/v1/namespaces",
];
const OBJECTS_OF: [&str; 2] =
    ["/apis/apps/v1/namespaces/", "/apis/argoproj.io/v1alpha1/namespaces/"];

/// The first argument that is not in the closed list, in kubectl's way of parsing: the order of
/// arguments matters too.
fn unknown(call: &[String]) -> Option<String> {
    let mut words = call.iter().map(String::as_str).peekable();
    let global = |word: &str| {
        ["--context=production", "--context=staging", "--request-timeout=31s"].contains(&word)
            || word.starts_with("--kubeconfig=/") && word.ends_with("/home/.kube/config")
    };
    while words.next_if(|word| global(word)).is_some() {}
    let mut rest: Vec<&str> = words.collect();
    // The managed fields of a target show who sets its replicas.
    if rest.get(1) == Some(&"--show-managed-fields=true") {
        rest.remove(1);
    }
    // Arguments that override a kuberc.
    rest.retain(|word| !FIXED.contains(word));
    let value = |word: &str, flag: &str, known: &[&str]| {
        word.strip_prefix(flag).is_some_and(|value| known.contains(&value))
    };
    let scope =
        |word: &str| word == "--all-namespaces=true" || value(word, "--namespace=", &NAMESPACES);
    let known = match rest[..] {
        ["version", "--client", "--output=json"]
        | ["config", "view", "--output=json", "--raw=false", "--minify=false"] => true,
        ["get", raw, "--output="] => raw.strip_prefix("--raw=").is_some_and(|path| {
            PATHS.iter().chain(&OBJECTS_OF).any(|start| path.starts_with(start))
                && path.chars().all(|c| c.is_ascii_alphanumeric() || "/-._~?&=%".contains(c))
                && path.matches('?').count() <= 1
                && !path.contains("/../")
        }),
        ["get", namespace, "--output=json", "--", object] => {
            value(namespace, "--namespace=", &NAMESPACES) && OBJECTS.contains(&object)
        }
        ["get", list, of, "--output=json", ref narrowed @ .., "--chunk-size=500"] => {
            let narrows = |word: &&str| {
                value(word, "--selector=", &SELECTORS) || value(word, "--field-selector=", &NAMED)
            };
            LISTS.contains(&list) && scope(of) && narrowed.iter().all(narrows)
        }
        _ => false,
    };
    (!known).then(|| format!("{call:?}"))
}

/// kubectl is only called for reads, and user input is never an argument of its own.
#[test]
fn every_argument_is_in_the_closed_list() {
    let demo = Clusters::new();
    let mut calls = Vec::new();
    for lists in ["raw", "json"] {
        demo.sandbox.configure(&format!("kubectl: {{lists: {lists}, contexts: kubectl}}\n"));
        for args in [
            &["hpa", "list", "-l", "app in (web,--all)"][..],
            &["hpa", "list", "-n", "shop", "-l", "app=web"],
            &["hpa", "list", "-n", "--all-namespaces=true"],
            &["hpa", "get", "checkout", "-n", "shop"],
            &["hpa", "get", "card-gateway"],
            &["ns", "list", "-n", "*"],
        ] {
            calls.extend(recorded(&demo, args).1);
        }
    }
    let kubeconfig = demo.sandbox.path("home/.kube/config");
    let kubeconfig = ["hpa", "list", "--kubeconfig", kubeconfig.to_str().unwrap()];
    for args in [&["hpa", "get", "delete"][..], &["cluster", "test"], &["doctor"], &kubeconfig] {
        calls.extend(recorded(&demo, args).1);
    }
    assert!(calls.len() > 20, "{calls:#?}");
    let unknown: Vec<String> = calls.iter().filter_map(|call| unknown(call)).collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// The target of an HPA is any text chosen by its author.
#[test]
fn every_argument_is_in_the_closed_list_for_any_target_reference() {
    let demo = Clusters::small(1, 0);
    let targets = [
        ("example.org/v1", "Gateway", "edge"),
        ("example.org/v1", "--all", "edge"),
        ("example.org/v1", "Gateway", "--all"),
        ("example.org/v1", "Gateway,secrets", "edge"),
        ("example.org/v1", "Gateway", "edge,secrets/x"),
        ("-o/v1", "Gateway", "edge"),
        ("apps/v1", "Deployment", "../../../../api/v1/secrets?x=y#z"),
        ("apps/v1", "Deployment", ".."),
        ("apps/v1", "Deployment", "web?watch=true"),
        ("apps/v1", "Deployment", "-A"),
    ];
    let items = targets.map(|(api, kind, name)| {
        json!({
            "metadata": {"name": "web", "namespace": "shop", "uid": format!("{api}{kind}{name}")},
            "spec": {"maxReplicas": 2,
                "scaleTargetRef": {"apiVersion": api, "kind": kind, "name": name}},
        })
    });
    let list: Value = json!({"kind": "HorizontalPodAutoscalerList", "apiVersion": "autoscaling/v2",
        "items": items});
    demo.sandbox.write("list.json", list.to_string());
    let answer = demo.sandbox.script("answer", "cat list.json");
    for lists in ["raw", "json"] {
        demo.sandbox.configure(&format!("kubectl: {{lists: {lists}}}\n"));
        let (output, calls) = recorded_by(&answer, &demo, &["hpa", "get", "web", "-o", "json"]);
        assert_eq!(output.json()["hpas"].as_array().unwrap().len(), targets.len(), "{output}");
        let object = |call: &Vec<String>| call.last().unwrap() == OBJECTS[0];
        assert!(calls.iter().any(object), "{calls:#?}");
        let unknown: Vec<String> = calls.iter().filter_map(|call| unknown(call)).collect();
        assert!(unknown.is_empty(), "{unknown:#?}");
    }
}

/// The closed list is only useful if it rejects other arguments.
#[test]
fn arguments_outside_the_closed_list_are_rejected() {
    for call in [
        "delete hpa web",
        "get secrets --all-namespaces=true --output=json --watch=false --chunk-size=500",
        "get pods --all-namespaces=true --output=json --watch=true --chunk-size=500",
        "get pods --namespace=--all --output=json --watch=false --chunk-size=500",
        "get pods --all-namespaces=true --output=json --watch=false --chunk-size=500 -A",
        "get --raw=/api/v1/secrets --output= --watch=false",
        "get --raw=/version --output= --watch=false --kubeconfig=/x",
        "get --namespace=shop --output=json --watch=false edge",
        "config view --output=json --raw=true --minify=false",
        "--context=other get --raw=/version --output= --watch=false",
        "--token=x get --raw=/version --output= --watch=false",
        "get",
        "",
    ] {
        let call: Vec<String> = call.split(' ').map(str::to_owned).collect();
        assert!(unknown(&call).is_some(), "{call:?}");
    }
}

/// How kubectl treats a server's path is asked once and cached.
#[test]
fn the_version_is_asked_once_and_only_if_a_server_has_a_path() {
    let version = |calls: &[Vec<String>]| {
        calls.iter().filter(|call| call.iter().any(|word| word == "version")).count()
    };
    let prefix = Some("/k8s/clusters".to_owned());
    for (path_prefix, asked) in [(None, [0, 0]), (prefix, [1, 0])] {
        let demo = Clusters::start(Options { path_prefix, ..Options::default() });
        for asked in asked {
            let (output, calls) = recorded(&demo, &["hpa", "list"]);
            assert_eq!(version(&calls), asked, "{calls:#?}");
            assert_eq!(calls.len(), asked + demo.names().len(), "{calls:#?}");
            output.code(0);
        }
    }
}

/// A cluster that refused, and whose retry was cut off by the run's deadline, is reported as
/// unreachable, not as slow.
#[test]
fn the_deadline_does_not_hide_an_earlier_failure() {
    let demo = Clusters::small(1, 0);
    let tried = demo.sandbox.path("tried");
    let script = demo.sandbox.script(
        "refused-then-silent",
        &format!(
            "test -e {0} && exec sleep 600\n: >{0}\n\
             echo 'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?' >&2\n\
             exit 1",
            tried.display()
        ),
    );
    let run = demo.watchdog(["hpa", "list", "-o", "json", "--deadline", "3s"]);
    let output = run.env("WATCHDOG_KUBECTL", &script).run().code(3).says("was refused");
    assert_eq!(output.json()["clusters"][0]["error"]["kind"], "unreachable");
}

/// An unresponsive fleet does not take longer than the deadline of the run.
#[test]
fn all_calls_end_by_the_deadline_of_the_run() {
    let demo = Clusters::small(30, 0);
    // One after the other: thirty timeouts exceed a limit of twenty, however fast the machine is.
    demo.sandbox.configure("clusters: {max_parallel: 1}\n");
    let script = demo.sandbox.script("silent", "exec sleep 600");
    for args in [
        &["cluster", "test", "-o", "json", "--deadline", "1s"][..],
        &["hpa", "list", "-o", "json", "--deadline", "1s"],
        &["hpa", "check", "-o", "json", "--deadline", "1s"],
        // Without a deadline the limit is twenty timeouts.
        &["cluster", "test", "-o", "json", "--timeout", "50ms"],
    ] {
        let run = demo.watchdog(args.iter().copied()).env("WATCHDOG_KUBECTL", &script);
        let output = run.run().code(3).says("not read within 1s, the deadline of the whole run");
        let clusters = &output.json()["clusters"];
        assert_eq!(clusters.as_array().unwrap().len(), 30);
        assert_eq!(clusters[29]["error"]["kind"], "timeout");
    }
}
