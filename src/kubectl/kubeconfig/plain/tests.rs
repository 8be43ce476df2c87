use super::values::{is_base64, is_text};
use super::*;

#[test]
fn texts_that_only_some_yaml_versions_read_as_text_are_detected() {
    for text in [
        "0042",
        "007",
        "08",
        "1e3",
        "0x1F",
        "1.0",
        "+5",
        "-5",
        "1_000",
        ".inf",
        "-.Inf",
        ".nan",
        "0b1",
        "0o7",
        "1:20",
        "1:20:30.5",
        "2001-01-01",
        "2001-12-14t21:59:43.10-05:00",
        "y",
        "N",
        "yes",
        "No",
        "ON",
        "off",
        "true",
        "False",
        "~",
        "null",
        "NULL",
        "<<",
        "1.",
        ".5",
        "-",
        "1e",
        "2001-12-14 21:59:43.10 -5",
        "0X_1",
    ] {
        assert!(!is_text(text), "{text}");
    }
    for text in [
        "",
        "a",
        "yesterday",
        "node",
        "10-node",
        "10.0.0.1",
        "1.2.3",
        "2024-prod",
        "-a",
        "prod",
        "https://1.2.3.4:6443",
        "arn:aws:eks:eu-west-1:1234:cluster/prod",
        "100%",
        "12ab",
        "..",
    ] {
        assert!(is_text(text), "{text}");
    }
}

#[test]
fn base64_is_accepted_as_go_decodes_it() {
    for text in ["", "TFMw", "TFM=", "TA==", "TFMw\nTFMw\n"] {
        assert!(is_base64(text.as_bytes()), "{text}");
    }
    for text in ["TFM", "T", "TA=", "TA===", "T=FM", "TF M", "TF-_", "===="] {
        assert!(!is_base64(text.as_bytes()), "{text}");
    }
}

#[test]
fn files_written_by_kubectl_are_plain() {
    let text = "apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: TFMw
    extensions:
    - extension: {last-update: \"Mon, 02 Jan\", provider: minikube.sigs.k8s.io, version: v1.2.3, count: 1}
      name: cluster_info
    server: https://127.0.0.1:6443
  name: c
contexts:
- context: {cluster: c, extensions: [], namespace: shop, user: u}
  name: c
current-context: c
kind: Config
preferences: {}
users:
- name: u
  user:
    client-certificate: u.crt
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      args: [eks, get-token]
      command: aws
      env: null
      interactiveMode: IfAvailable
      provideClusterInfo: false
";
    let parsed = parse(text.as_bytes()).unwrap();
    assert_eq!(parsed.contexts[0].user, "u");
    assert_eq!(parsed.users[0].credentials[0].of, "client-certificate of user \"u\"");
    let json =
        serde_json::to_vec(&serde_yaml::from_str::<serde_json::Value>(text).unwrap()).unwrap();
    assert_eq!(parse(&json).unwrap().contexts, parsed.contexts);
    for (from, to) in [
        ("kind: Config", "kind: Pod"),
        ("apiVersion: v1\n", "apiVersion: v2\n"),
        ("apiVersion: v1\n", "apiVersion: 1\n"),
        ("preferences: {}", "preferences: []"),
        ("preferences: {}", "preferences: {colors: 1}"),
        ("TFMw", "TFM"),
        ("extension: {", "extension: {kind: Pod, "),
        ("namespace: shop", "namespace: 0042"),
        ("namespace: shop", "namespace: !!str shop"),
        ("namespace: shop", "<<: {namespace: shop}"),
        ("args: [eks, get-token]", "args: [eks, 5]"),
        ("args: [eks, get-token]", "args: [-? eks, get-token]"),
        ("args: [eks, get-token]", "args: {a: b}"),
        ("provideClusterInfo: false", "provideClusterInfo: \"no\""),
        ("user: u}", "user: no}"),
        ("    server:", "\tserver:"),
        ("kind: Config", "kind: Config\nx-y: 1"),
        ("kind: Config", "kind: Config\n---\na: 1"),
        ("name: u\n", "name: \n"),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text, "{from}");
        assert!(parse(changed.as_bytes()).is_err(), "{to}");
    }
}

#[test]
fn too_deeply_nested_files_are_refused() {
    let deep = format!("x: {}1{}", "{a: ".repeat(40_000), "}".repeat(40_000));
    assert_eq!(parse(deep.as_bytes()).unwrap_err(), "nested more than 64 deep");
    for deep in ["- ".repeat(40_000), "? ".repeat(40_000), "{".repeat(1 << 20)] {
        assert!(parse(deep.as_bytes()).is_err());
    }
}
