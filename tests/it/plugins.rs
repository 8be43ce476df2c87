//! Credential plugins in a kubeconfig.

use std::time::Instant;

use crate::support::{Clusters, Terminal, kubectls};

/// Demo clusters, with `staging` using the plugin `command`, and TLS, without which kubectl sends
/// no credentials and starts no plugin.
fn with_plugin(command: &str) -> Clusters {
    let clusters = Clusters::new();
    let url = clusters.cluster("staging").url();
    let yaml = clusters
        .demo()
        .kubeconfig()
        .replace("cluster: \"staging\"\n    user: demo", "cluster: staging\n    user: plugin")
        .replace(&url, &url.replace("http:", "https:"))
        + &format!(
            "- name: plugin
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: {command}
      interactiveMode: Never
"
        );
    assert!(yaml.contains("user: plugin"), "{yaml}");
    clusters.sandbox.kubeconfig(&yaml);
    clusters
}

fn script(clusters: &Clusters, body: &str) {
    let path = clusters.sandbox.script("plugin", body);
    let yaml = std::fs::read_to_string(clusters.sandbox.path("home/.kube/config")).unwrap();
    clusters.sandbox.kubeconfig(&yaml.replace("PLUGIN", path.to_str().unwrap()));
}

#[track_caller]
fn assert_plugin_error(clusters: &Clusters, flags: &str, part: &str) {
    for kubectl in kubectls() {
        let run = clusters.watchdog(["hpa", "list", "-o", "json"]).arg("--kubectl").arg(&kubectl);
        let output = run.args(flags.split_whitespace()).run().code(3);
        let json = output.json();
        let staging = &json["clusters"][1];
        assert_eq!(staging["error"]["kind"], "credentialPlugin", "{output}");
        let message = staging["error"]["message"].as_str().unwrap();
        assert!(message.contains(part), "{part:?} in {message:?}");
        assert_eq!(json["clusters"][0]["outcome"], "ok", "{output}");
        assert!(!json["hpas"].as_array().unwrap().is_empty(), "{output}");
        // The error says what to do.
        assert!(output.stderr.contains("kubectl --context staging get namespaces"), "{output}");
        assert!(!output.both().contains("s3cr3t"), "{output}");
    }
}

#[test]
fn a_missing_plugin_is_reported() {
    let clusters = with_plugin("no-such-plugin");
    assert_plugin_error(&clusters, "", "no-such-plugin");
}

#[test]
fn a_failing_plugins_secret_is_not_shown() {
    let clusters = with_plugin("PLUGIN");
    script(&clusters, "echo 'login failed: token=s3cr3t-refresh' >&2; exit 3");
    assert_plugin_error(&clusters, "", "exit code 3");
    let output = clusters.run("hpa list -vv").code(3);
    assert!(!output.both().contains("s3cr3t"), "{output}");
}

/// It is ended with its kubectl at the deadline; otherwise the sandbox would fail the test.
#[test]
fn a_hanging_plugin_is_ended_and_reported() {
    let clusters = with_plugin("PLUGIN");
    script(&clusters, "trap '' TERM; sleep 600 & sleep 600");
    let start = Instant::now();
    assert_plugin_error(&clusters, "--timeout 6s", "did not answer within 6 s");
    assert!(start.elapsed().as_secs() < 120, "{:?}", start.elapsed());
}

#[test]
fn a_working_plugins_token_is_never_shown() {
    let clusters = with_plugin("PLUGIN");
    let credential = r#"{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"s3cr3t-token"}}"#;
    script(&clusters, &format!("touch asked; echo '{credential}'"));
    let output = clusters.run("hpa list -o json -vv --timeout 20s").code(3);
    // The demo has no TLS, so kubectl fails after running the plugin.
    assert_eq!(output.json()["clusters"][1]["error"]["kind"], "unreachable", "{output}");
    assert!(clusters.sandbox.path("files/asked").exists());
    assert!(!output.both().contains("s3cr3t"), "{output}");
}

/// A person sees the login page that a plugin names while it waits for the login.
#[test]
fn what_a_plugin_says_is_shown_while_it_waits() {
    let clusters = with_plugin("PLUGIN");
    let login = clusters.sandbox.path("files/login");
    let body = format!(
        "echo 'open https://login.example.com/device and enter ABCD-EFGH' >&2
echo '-----BEGIN PRIVATE KEY-----' >&2; sleep 0.2; echo MIIs3cr3t >&2; sleep 0.2
echo '-----END PRIVATE KEY-----' >&2; echo done >&2
while [ ! -e {} ]; do sleep 0.1; done
exit 1",
        login.display()
    );
    script(&clusters, &body);
    let terminal = Terminal::new(120, 40);
    let run = clusters.watchdog(["hpa", "list", "--cluster", "staging"]).stderr(terminal.stdio());
    let running = run.stdout(terminal.stdio()).start();
    let mut screen = terminal.watched();
    screen.shows("staging: open https://login.example.com/device");
    // The lines of a key come one by one.
    let key = screen.shows("staging: done");
    assert!(key.contains("REDACTED") && !key.contains("MIIs3cr3t"), "{key}");
    std::fs::write(&login, "").unwrap();
    running.wait().code(3);
}
