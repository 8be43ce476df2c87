//! How many kubectls are started, and with which words.

use std::fs;

use crate::support::{Clusters, Output, WRAPPER, kubectl};

/// Runs a command by way of a kubectl that is recorded; what each process was asked.
fn recorded(clusters: &Clusters, args: &[&str]) -> (Output, Vec<String>) {
    let script = clusters.sandbox.script("recorder", WRAPPER);
    let log = clusters.sandbox.path("files/log");
    let _ = fs::remove_file(&log);
    let run = clusters.watchdog(args.iter().copied()).env("WATCHDOG_KUBECTL", script);
    let output = run.env("LOG", &log).env("REAL", kubectl()).run();
    let calls = fs::read_to_string(&log).unwrap_or_default();
    (output, calls.lines().map(str::to_owned).collect())
}

#[test]
fn a_list_takes_one_process_a_cluster() {
    for (clusters, hpas) in [(1, 3), (4, 60)] {
        let demo = Clusters::small(clusters, hpas);
        for lists in ["raw", "json"] {
            demo.sandbox.configure(&format!("kubectl: {{lists: {lists}}}\n"));
            for args in [
                &["hpa", "list"][..],
                &["hpa", "list", "-A", "-o", "json"],
                &["hpa", "list", "-n", "shop", "-n", "media", "-l", "app"],
                &["ns", "list"],
            ] {
                let (output, calls) = recorded(&demo, args);
                assert_eq!(calls.len(), clusters, "{lists}: {calls:#?}\n{output}");
                let mut contexts: Vec<&str> = calls
                    .iter()
                    .filter_map(|call| call.split(' ').find_map(|w| w.strip_prefix("--context=")))
                    .collect();
                contexts.sort_unstable();
                assert_eq!(contexts, demo.names());
            }
        }
    }
}

#[test]
fn what_is_in_the_kubeconfig_takes_no_process() {
    let demo = Clusters::new();
    for args in [&["cluster", "list"][..], &["config", "show"], &["hpa", "list", "--context", "no"]]
    {
        assert_eq!(recorded(&demo, args).1, Vec::<String>::new());
    }
}

/// However many HPAs there are beside it.
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

/// kubectl is only ever asked to read, and nothing that a user gave stands alone among its words.
#[test]
fn every_word_is_known() {
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
    for args in [&["hpa", "get", "delete"][..], &["cluster", "test"], &["doctor"]] {
        calls.extend(recorded(&demo, args).1);
    }
    assert!(calls.len() > 20, "{calls:#?}");
    let verbs = ["get ", "version --client ", "config view "];
    for call in &calls {
        let words: Vec<&str> = call.split_whitespace().collect();
        let first = words.iter().position(|word| !word.starts_with('-')).unwrap();
        let rest = words[first..].join(" ") + " ";
        assert!(verbs.iter().any(|verb| rest.starts_with(verb)), "{call}");
        let globals = ["--kubeconfig=", "--context=", "--request-timeout="];
        for word in &words[..first] {
            assert!(globals.iter().any(|global| word.starts_with(global)), "{word} in {call}");
        }
        for (index, word) in words.iter().enumerate().skip(first) {
            // The words of a selector in parentheses are behind one `=`; the recorder splits them.
            let behind = |flag: &str| words[..index].iter().any(|word| word.starts_with(flag));
            let known = verbs.iter().any(|verb| verb.split(' ').any(|part| part == *word))
                || word.split_once('=').is_some_and(|(flag, _)| flag.starts_with("--"))
                || ["--", "namespaces", "pods"].contains(word)
                || word.contains(".v") && !word.starts_with('-')
                || behind("--selector=");
            assert!(known, "{word} in {call}");
        }
    }
}
