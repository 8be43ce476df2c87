//! The kubeconfig is read as by kubectl.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Clusters, Run, Sandbox, kubectl, kubectls};

const ARN: &str = "arn:aws:eks:eu-west-1:123456789012:cluster/prod.one";

/// A kubeconfig with everything that names may contain.
fn strange() -> String {
    let names =
        [ARN, "gke_proj_europe-west1-b_c.1", "a b", "x/y", "tenant:7", "100%", "über", "12"];
    let clusters = names.map(|name| {
        format!("- name: \"{name}\"\n  cluster: {{server: 'https://h.example:6443'}}\n")
    });
    let contexts = names.map(|name| {
        let namespace = name.len();
        format!(
            "- name: \"ctx {name}\"\n  context: {{cluster: \"{name}\", user: u, namespace: ns-{namespace}}}\n"
        )
    });
    format!(
        "apiVersion: v1\nkind: Config\nclusters:\n{}contexts:\n{}\
         current-context: \"ctx {ARN}\"\nusers: [{{name: u, user: {{}}}}]\n",
        clusters.concat(),
        contexts.concat()
    )
}

/// Contexts by name: cluster, server, namespace, whether current.
type Contexts = BTreeMap<String, (String, Option<String>, Option<String>, bool)>;

/// The contexts according to kubectl.
fn by_kubectl(run: Run) -> Contexts {
    let view = run.args(["config", "view", "-o", "json"]).run().code(0).json();
    let items = |key: &str| view[key].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let servers: BTreeMap<String, Option<String>> = items("clusters")
        .iter()
        .map(|item| (text(&item["name"]).unwrap(), text(&item["cluster"]["server"])))
        .collect();
    let current = text(&view["current-context"]);
    items("contexts")
        .iter()
        .map(|item| {
            let name = text(&item["name"]).unwrap();
            let cluster = text(&item["context"]["cluster"]).unwrap_or_default();
            let server = servers.get(&cluster).cloned().flatten();
            let namespace = text(&item["context"]["namespace"]);
            let is_current = current.as_ref() == Some(&name);
            (name, (cluster, server, namespace, is_current))
        })
        .collect()
}

/// The contexts according to `cluster list`.
fn by_watchdog(run: Run) -> Contexts {
    let output = run.args(["cluster", "list", "-o", "json"]).run().code(0);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let json = output.json();
    let rows = json["clusters"].as_array().unwrap().iter();
    rows.map(|row| {
        let (name, cluster) = (text(&row["context"]).unwrap(), text(&row["name"]).unwrap());
        let current = row["current"].as_bool().unwrap();
        (name, (cluster, text(&row["server"]), text(&row["namespace"]), current))
    })
    .collect()
}

/// Asserts that both agree, with the kubeconfig read directly and through kubectl.
#[track_caller]
fn assert_agree(sandbox: &Sandbox, what: &str, with: &dyn Fn(Run) -> Run) {
    for kubectl in kubectls() {
        let theirs = by_kubectl(with(sandbox.command(&kubectl)));
        assert!(!theirs.is_empty(), "{what}");
        for contexts in ["file", "kubectl"] {
            sandbox.configure(&format!("kubectl: {{contexts: {contexts}}}\n"));
            let run = sandbox.watchdog([]).env("WATCHDOG_KUBECTL", &kubectl);
            let what = format!("{what}, {}, contexts: {contexts}", kubectl.display());
            assert_eq!(by_watchdog(with(run)), theirs, "{what}");
        }
    }
}

fn joined(files: &[&Path]) -> OsString {
    std::env::join_paths(files).unwrap()
}

#[test]
fn names_servers_namespaces_and_the_current_context_agree_with_kubectl() {
    let sandbox = Sandbox::new();
    sandbox.kubeconfig(&strange());
    assert_agree(&sandbox, "~/.kube/config", &|run| run);
    let json: Value = serde_yaml::from_str(&strange()).unwrap();
    let json = sandbox.write("config.json", json.to_string());
    assert_agree(&sandbox, "a JSON kubeconfig", &|run| run.env("KUBECONFIG", &json));
    let other = sandbox.write(
        "other",
        "contexts: [{name: only, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'http://h'}}]\n",
    );
    assert_agree(&sandbox, "--kubeconfig", &|run| {
        run.env("KUBECONFIG", &json).arg("--kubeconfig").arg(&other)
    });
    let dangling = sandbox.write(
        "dangling",
        "contexts: [{name: a, context: {cluster: gone}}, {name: b, context: {}}, {name: c, context: {cluster: c}}]\n\
         clusters: [{name: c, cluster: {server: 'http://h'}}, {name: unused, cluster: {server: 'http://u'}}]\n\
         current-context: gone\n",
    );
    assert_agree(&sandbox, "contexts that lead nowhere", &|run| run.env("KUBECONFIG", &dangling));
}

#[test]
fn several_files_are_merged_as_by_kubectl() {
    let sandbox = Sandbox::new();
    let one = sandbox.write(
        "one",
        "contexts: [{name: a, context: {cluster: x, namespace: one}}]\n\
         clusters: [{name: x, cluster: {server: 'https://one:1'}}]\n",
    );
    let two = sandbox.write(
        "two",
        "contexts: [{name: a, context: {cluster: yy}}, {name: b, context: {cluster: x}}]\n\
         clusters: [{name: x, cluster: {server: 'https://two:2'}}, {name: yy, cluster: {server: 'https://y'}}]\n\
         current-context: b\n",
    );
    let three = sandbox.write("three", "current-context: a\ncontexts: null\nclusters: []\n");
    let empty = sandbox.write("empty", "");
    let missing = sandbox.path("files/missing");
    sandbox.kubeconfig(&strange());
    let lists: [&[&PathBuf]; 6] = [
        &[&one, &two],
        &[&two, &one],
        &[&missing, &one, &empty, &two, &three],
        &[&three, &two, &one, &two],
        &[&empty, &one],
        &[&two, &missing],
    ];
    for list in lists {
        let files: Vec<&Path> = list.iter().map(|file| file.as_path()).collect();
        let variable = joined(&files);
        let what = variable.to_string_lossy().into_owned();
        assert_agree(&sandbox, &what, &|run| run.env("KUBECONFIG", &variable));
    }
    let mut gaps = OsString::from(":");
    gaps.push(&one);
    gaps.push("::");
    assert_agree(&sandbox, "empty entries", &|run| run.env("KUBECONFIG", &gaps));
    assert_agree(&sandbox, "an empty variable", &|run| run.env("KUBECONFIG", ""));
}

#[test]
fn without_a_context_there_is_nothing_to_read() {
    let sandbox = Sandbox::new();
    let empty = sandbox.write("empty", "");
    let missing = sandbox.path("files/missing");
    for command in ["hpa list", "ns list", "cluster list", "cluster test", "hpa get web"] {
        let run = || sandbox.watchdog(command.split(' '));
        let output = run().run();
        assert!(output.code != Some(0), "{output}");
        let output = output.prints_nothing().says("no kubeconfig with contexts");
        output.says(".kube/config").says("KUBECONFIG");
        run().env("KUBECONFIG", &empty).run().prints_nothing().says("empty");
        run().env("KUBECONFIG", &missing).run().prints_nothing().says("missing");
        // A named file must exist.
        let output = run().arg("--kubeconfig").arg(&missing).run().code(1).prints_nothing();
        output.says("cannot read kubeconfig").says("missing");
    }
    let output = sandbox.watchdog(["doctor"]).run().code(1);
    assert!(output.stdout.contains("no contexts"), "{output}");
}

/// There are contexts: a message that there are none would not help.
#[test]
fn contexts_that_all_name_missing_clusters_are_reported_as_such() {
    let sandbox = Sandbox::new();
    let kubeconfig = "contexts:\n\
        - {name: one, context: {cluster: gone}}\n\
        - {name: two, context: {cluster: lost}}\n\
        - {name: three, context: {}}\n\
        current-context: one\n";
    sandbox.kubeconfig(kubeconfig);
    for command in ["hpa list", "ns list", "cluster test", "hpa get web"] {
        let output = sandbox.watchdog(command.split(' ')).run().code(1).prints_nothing();
        assert!(!output.stderr.contains("no contexts"), "{output}");
        for name in ["one", "gone", "two", "lost"] {
            assert!(output.stderr.contains(&format!("\"{name}\"")), "{name}: {output}");
        }
        assert_eq!(output.stderr.matches("error: ").count(), 1, "{output}");
        // No name was mistyped.
        let output = sandbox.watchdog(command.split(' ')).arg("--current").run();
        let output = output.code(1).prints_nothing();
        output.says("\"one\"").says("\"gone\"");
    }
    let output = sandbox.watchdog(["cluster", "list"]).run();
    assert!(!output.both().contains("no contexts"), "{output}");
    let output = sandbox.watchdog(["doctor"]).run().code(1);
    assert!(!output.both().contains("no contexts") && output.stdout.contains("gone"), "{output}");
    // A context with a cluster is read; it is not the current one.
    let clusters = Clusters::small(1, 3);
    let url = clusters.cluster("production").url();
    clusters.sandbox.kubeconfig(
        &format!("{kubeconfig}clusters: [{{name: here, cluster: {{server: '{url}'}}}}]\n")
            .replace("- {name: two", "- {name: here, context: {cluster: here}}\n- {name: two"),
    );
    clusters.run("hpa list").code(0).says("\"one\"");
    clusters.run("hpa list --current").code(1).says("\"gone\"").prints_nothing();
}

/// A file that is not plain is left to kubectl, and kubectl's refusal is reported with its message.
#[test]
fn an_irregular_file_is_judged_by_kubectl() {
    let sandbox = Sandbox::new();
    for (name, text) in [
        ("twice", "contexts: [{name: a, context: {cluster: x}}, {name: a, context: {cluster: z}}]"),
        ("list", "- a\n- b\n"),
        ("tab", "\tcontexts: [\n"),
        ("types", "contexts: {a: b}\n"),
        ("binary", "\u{0}\u{1}\u{2}"),
    ] {
        let file = sandbox.write(name, text);
        let theirs = sandbox.command(kubectl()).args(["config", "view"]).env("KUBECONFIG", &file);
        let theirs = theirs.run();
        assert_ne!(theirs.code, Some(0), "{theirs}");
        let output = sandbox.watchdog(["hpa", "list"]).env("KUBECONFIG", &file).run();
        let output = output.code(1).prints_nothing().says("cannot read the kubeconfig");
        let words = theirs.stderr.trim().trim_start_matches("error: ");
        assert!(output.stderr.contains(words), "{words:?}\n{output}");
    }
}

#[test]
fn a_directory_or_a_locked_file_is_named() {
    let sandbox = Sandbox::new();
    let directory = sandbox.path("files/dir");
    fs::create_dir(&directory).unwrap();
    let output = sandbox.watchdog(["hpa", "list"]).env("KUBECONFIG", &directory).run();
    output.code(1).prints_nothing().says("files/dir");
}

/// Every name must reach kubectl as one argument and select its cluster.
#[test]
fn strange_names_are_read() {
    let clusters = Clusters::small(1, 3);
    let url = clusters.cluster("production").url();
    let yaml = strange().replace("https://h.example:6443", &url);
    clusters.sandbox.kubeconfig(&yaml);
    for lists in ["raw", "json"] {
        clusters.sandbox.configure(&format!("kubectl: {{lists: {lists}}}\n"));
        // All names stand for one cluster, which is reported.
        let output = clusters.run("hpa list -A -o json").code(0).says("show the same HPAs");
        let json = output.json();
        let outcomes = json["clusters"].as_array().unwrap();
        assert_eq!(outcomes.len(), 8);
        assert!(outcomes.iter().all(|outcome| outcome["outcome"] == "ok"), "{outcomes:?}");
        let hpas = json["hpas"].as_array().unwrap();
        let of = |cluster: &str| hpas.iter().filter(|hpa| hpa["cluster"] == cluster).count();
        assert!(of(ARN) > 0);
        assert_eq!(of(ARN) * 8, hpas.len());
    }
    let one =
        clusters.watchdog(["hpa", "list", "-o", "name", "--context", "ctx a b"]).run().code(0);
    assert!(!one.lines().is_empty() && one.lines().iter().all(|l| l.starts_with("a b/")), "{one}");
    clusters.watchdog(["hpa", "list", "--cluster", ARN]).run().code(0);
}
