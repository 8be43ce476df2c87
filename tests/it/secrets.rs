//! Secrets of a kubeconfig stay out of every output, and so do secrets in other programs' output
//! and on their command lines.

use std::net::TcpListener;
use std::os::fd::OwnedFd;

use crate::support::{Clusters, Sandbox, until};

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
      apiVersion: client.authentication.k8s.io/v1beta1
      command: no-such-plugin
      interactiveMode: Never
      env: [{{name: TOKEN, value: s3cr3t-env}}]
",
        with(good),
        with(closed)
    )
}

#[test]
fn no_output_contains_secrets() {
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
                // The output does not depend on these two.
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
    // The converse: the secrets are really used, since the server is read with them.
    let output = clusters.run("hpa list --context token").code(0);
    assert!(output.lines().len() > 40, "{output}");
}

#[test]
fn the_query_of_a_stores_url_is_in_no_output() {
    let clusters = Clusters::small(1, 1);
    clusters.sandbox.configure(
        "monitoring:
  prometheus:
    url: http://127.0.0.1:9/p?token=s3cr3t-token
    clusters:
      nowhere: {url: 'http://127.0.0.1:9/q?token=s3cr3t-token'}
  alertmanager:
    url: ['http://127.0.0.1:9/a?token=s3cr3t-token']
",
    );
    for command in ["config show", "config show -vv", "doctor", "prometheus test", "alerts"] {
        let output = clusters.run(command);
        assert!(!output.both().contains("s3cr3t-token"), "{output}");
    }
    let shown = clusters.run("config show").code(0).stdout;
    for url in ["p", "q", "a"].map(|path| format!("http://127.0.0.1:9/{path}?(hidden)")) {
        assert!(shown.contains(&url), "{shown}");
    }
}

/// An unreadable kubeconfig is not quoted.
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

/// Plugins and proxies print their own arguments.
#[test]
fn secrets_in_kubectls_output_are_not_repeated() {
    for said in [
        "plugin --token hunter2secret failed",
        "plugin --token=hunter2secret failed",
        "plugin --password hunter2secret --region eu failed",
        "plugin --client-secret 'hunter2secret' failed",
        "AWS_SECRET_ACCESS_KEY=hunter2secret",
        "AWS_SESSION_TOKEN=hunter2secret",
        "export AZURE_CLIENT_SECRET=\"hunter2secret\"",
        "{\"id_token\": \"hunter2secret\"}",
        "{\"client_secret\":\"hunter2secret\", \"x\": 1}",
        "Authorization: Bearer hunter2secret",
        "authorization: Basic hunter2secret",
        "Get \"https://h/x?sig=1&token=hunter2secret&y=2\": EOF",
        "dial https://me:hunter2secret@h:1/x: no",
        "dial http://me:pa/hunter2secret@127.0.0.1:1: no",
    ] {
        let clusters = Clusters::small(1, 0);
        clusters.sandbox.configure("kubectl: {retries: 1}\n");
        clusters.sandbox.write("said", format!("{said}\n"));
        for first in ["", "Error from server (InternalError): "] {
            let body = format!("printf '%s' '{first}' >&2; cat said >&2; exit 1");
            let script = clusters.sandbox.script("kubectl", &body);
            for command in ["hpa list -vv", "cluster test -o json"] {
                let run = clusters.watchdog(command.split(' ')).arg("--kubectl").arg(&script);
                let output = run.run().code(3);
                assert!(!output.both().contains("hunter2secret"), "{first}{said}: {output}");
                // The rest of the sentence is still shown.
                let word = said.split(['=', ':', ' ', '"']).find(|word| word.len() > 2).unwrap();
                assert!(output.both().contains(word), "{word} of {first}{said}: {output}");
            }
        }
    }
}

/// A slash in a password ends the authority for parsers that split at slashes.
#[test]
fn a_password_with_a_slash_in_a_server_is_not_shown() {
    for server in [
        "http://u:pa/s3cr3t@127.0.0.1:1",
        "http://u:s3cr3t/ss@127.0.0.1:1",
        "https://u:s3cr3t?s3cr3t#s3cr3t@127.0.0.1:1/x",
        "https://u:p@s3cr3t@127.0.0.1:1",
    ] {
        assert_never_shown(server);
    }
}

/// kubectl treats a server without a scheme as http.
#[test]
fn a_password_in_a_server_without_a_scheme_is_not_shown() {
    assert_never_shown("u:s3cr3t@127.0.0.1:1");
}

#[track_caller]
fn assert_never_shown(server: &str) {
    let sandbox = Sandbox::new();
    sandbox.kubeconfig(&format!(
        "contexts: [{{name: c, context: {{cluster: c}}}}]\n\
             clusters: [{{name: c, cluster: {{server: '{server}'}}}}]\n\
             current-context: c\n"
    ));
    for contexts in ["file", "kubectl"] {
        let yaml = format!("kubectl: {{contexts: {contexts}, retries: 0}}\n");
        sandbox.configure(&yaml);
        for command in [
            "cluster list",
            "cluster list -o json",
            "cluster test -o json",
            "hpa list -o json -vv",
            "doctor",
        ] {
            let output = sandbox.watchdog(command.split(' ')).args(["--timeout", "20s"]).run();
            assert!(!output.both().is_empty(), "{output}");
            assert!(!output.both().contains("s3cr3t"), "{server}: {output}");
        }
    }
}

/// Processes of other users may have a secret among their arguments.
#[cfg(target_os = "linux")]
#[test]
fn doctor_names_programs_and_not_their_arguments() {
    let sandbox = Sandbox::new();
    sandbox.kubeconfig("");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    sandbox.configure(&format!("monitoring: {{prometheus: {{local_port: {port}}}}}\n"));
    sandbox.command("mkfifo").arg(sandbox.path("files/fifo")).run().code(0);

    // A process that holds the port, and a stray `kubectl port-forward`: an orphan of that name.
    let args = ["-c", "echo up; read line <fifo", "port-forward", "--token", "hunter2secret"];
    let holder = sandbox.command("/bin/sh").args(args).stdin(OwnedFd::from(listener)).start();
    holder.says("up");
    let orphan = "cp /bin/sh kubectl && exec 3>&1 >/dev/null 2>&1 </dev/null && \
        ./kubectl -c 'echo $$ >pid; mv pid stray; read line <fifo' \
            port-forward --token hunter2secret 3>&- &";
    sandbox.command("/bin/sh").args(["-c", orphan]).run().code(0);
    let stray = until("the orphan runs", || {
        let pid = std::fs::read_to_string(sandbox.path("files/stray")).ok()?.trim().to_owned();
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let parent = stat.rsplit_once(") ").unwrap().1.split(' ').nth(1).unwrap().to_owned();
        Some((pid, parent))
    });

    for command in ["doctor", "doctor -o json", "doctor -vv"] {
        let output = sandbox.watchdog(command.split(' ')).run();
        let held = format!("held by pid {} (sh)", holder.pid());
        assert!(output.stdout.contains(&held), "{held}: {output}");
        // If another process adopts orphans, doctor does not look for it.
        if stray.1 == "1" {
            assert!(output.stdout.contains(&format!("pid {}", stray.0)), "{output}");
        }
        for part in ["hunter2secret", "--token", "read line", "fifo"] {
            assert!(!output.both().contains(part), "{part}: {output}");
        }
    }
    assert_eq!(sandbox.end().len(), 2);
}
