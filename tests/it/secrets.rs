//! What a kubeconfig keeps secret stays out of every output.

use crate::support::Clusters;

const SECRETS: [&str; 6] =
    ["s3cr3t-token", "s3cr3t-pass", "czNjcjN0LWtleQ", "s3cr3t-user", "s3cr3t-env", "s3cr3t-url"];

fn kubeconfig(good: &str, closed: &str) -> String {
    let with = |server: &str| server.replace("http://", "http://s3cr3t-user:s3cr3t-url@");
    format!(
        "apiVersion: v1
kind: Config
clusters:
- name: good
  cluster: {{server: '{}'}}
- name: closed
  cluster: {{server: '{}'}}
- name: nowhere
  cluster: {{server: 'https://s3cr3t-user:s3cr3t-url@host.invalid:6443'}}
contexts:
- {{name: token, context: {{cluster: good, user: token}}}}
- {{name: password, context: {{cluster: closed, user: password}}}}
- {{name: plugin, context: {{cluster: nowhere, user: plugin}}}}
current-context: token
users:
- name: token
  user: {{token: s3cr3t-token}}
- name: password
  user: {{username: s3cr3t-user, password: s3cr3t-pass}}
- name: key
  user: {{client-key-data: czNjcjN0LWtleQ==, client-certificate-data: czNjcjN0LWtleQ==}}
- name: plugin
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: no-such-plugin
      interactiveMode: Never
      env: [{{name: TOKEN, value: s3cr3t-env}}]
",
        with(good),
        with(closed)
    )
}

#[test]
fn no_output_has_them() {
    let clusters = Clusters::broken();
    let (good, closed) = (clusters.cluster("production").url(), clusters.cluster("down").url());
    clusters.sandbox.kubeconfig(&kubeconfig(&good, &closed));
    let commands = [
        "cluster list",
        "cluster list -o json",
        "cluster list -o yaml",
        "cluster test",
        "cluster test -o json",
        "ns list",
        "hpa list",
        "hpa list -o wide",
        "hpa list -o json",
        "hpa list -o csv",
        "hpa get checkout -n shop -o json",
        "hpa list --context nope",
        "doctor",
        "doctor -o json",
        "config show",
    ];
    for contexts in ["file", "kubectl"] {
        clusters.sandbox.configure(&format!("kubectl: {{contexts: {contexts}, retries: 0}}\n"));
        for command in commands {
            for verbose in ["", " -vv"] {
                // What is printed depends on neither of the two.
                if command.contains(" -o ") && (!verbose.is_empty() || contexts == "kubectl") {
                    continue;
                }
                let output = clusters.run(&format!("{command}{verbose} --timeout 20s"));
                let said = output.both();
                assert!(!said.is_empty(), "{output}");
                for secret in SECRETS {
                    assert!(!said.contains(secret), "{secret}: {output}");
                }
            }
        }
    }
    // The other way round: that the server is read at all is what makes this worth anything.
    let output = clusters.run("hpa list --context token").code(0);
    assert!(output.lines().len() > 40, "{output}");
}

/// A kubeconfig that cannot be read is not quoted.
#[test]
fn an_unreadable_file_is_not_quoted() {
    let clusters = Clusters::small(1, 0);
    for text in [
        "users:\n- name: a\n  user: {token: s3cr3t-token\n",
        "s3cr3t-token",
        "- s3cr3t-token\n",
        "contexts: s3cr3t-token\n",
        "contexts:\n- name: a\n  context: s3cr3t-token\n",
        "users: [{name: a, user: {password: [s3cr3t-pass]}}]\ncontexts: [{name: [s3cr3t-user]}]\n",
        "current-context: {a: s3cr3t-token}\n",
        "{\"users\": [{\"name\": \"a\", \"user\": {\"token\": \"s3cr3t-token\"}}",
    ] {
        clusters.sandbox.kubeconfig(text);
        for command in ["hpa list", "hpa list -vv", "cluster list", "doctor"] {
            let output = clusters.run(command);
            assert_ne!(output.code, Some(0), "{output}");
            for secret in SECRETS {
                assert!(!output.both().contains(secret), "{secret} of {text:?}: {output}");
            }
        }
    }
}
