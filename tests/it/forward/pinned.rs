//! A kubeconfig that only kubectl can read: a restart still checks where it would lead, or is
//! postponed.

use crate::support::{Forwards, PROMETHEUS, healthy, sigkill, text, until};

/// A kubeconfig with a duplicate key, of which kubectl takes the last.
fn doubled(kubeconfig: &str) -> String {
    format!("clusters: []\n{kubeconfig}")
}

fn started() -> (Forwards, u16) {
    let forwards = Forwards::new();
    let owner = std::process::id();
    let port = forwards.start(&format!("{PROMETHEUS} --context production --owner-pid {owner}"));
    (forwards, port)
}

#[test]
fn a_context_that_leads_to_another_server_is_not_followed() {
    let (forwards, _) = started();
    let (production, staging) =
        (forwards.clusters.cluster("production").url(), forwards.clusters.cluster("staging").url());
    let kubeconfig = forwards.clusters.demo().kubeconfig().replace(&production, &staging);
    forwards.clusters.sandbox.kubeconfig(&doubled(&kubeconfig));
    let before = forwards.clusters.cluster("staging").requests().len();
    sigkill(forwards.kubectl("prometheus-server"));
    let forward = forwards.becomes("prometheus-server", "failed");
    let error = text(&forward["lastError"]);
    assert!(error.contains("now points to") && error.contains(&*staging), "{error}");
    let requests = forwards.clusters.cluster("staging").requests();
    // Some vendors' kubectls ask for the server's version on every start.
    let forwards = requests[before..].iter().filter(|it| !it.starts_with("GET /version"));
    assert_eq!(forwards.collect::<Vec<_>>(), [] as [&String; 0]);
}

#[test]
fn a_context_that_leads_to_the_same_server_is_followed() {
    let (forwards, port) = started();
    let kubeconfig = doubled(&forwards.clusters.demo().kubeconfig());
    forwards.clusters.sandbox.kubeconfig(&kubeconfig);
    sigkill(forwards.kubectl("prometheus-server"));
    forwards.restarted("prometheus-server", 1);
    healthy(port);
}

#[test]
fn an_unreadable_kubeconfig_postpones_the_restart() {
    let (forwards, port) = started();
    forwards.clusters.sandbox.kubeconfig("clusters: [");
    sigkill(forwards.kubectl("prometheus-server"));
    until("it is said", || {
        let forward = forwards.forward("prometheus-server");
        let said = forward["lastError"].as_str().unwrap_or_default().to_owned();
        assert_ne!(forward["state"], "failed");
        said.contains("the server of context production cannot be checked").then_some(())
    });
    let kubeconfig = forwards.clusters.demo().kubeconfig();
    forwards.clusters.sandbox.kubeconfig(&kubeconfig);
    forwards.restarted("prometheus-server", 1);
    healthy(port);
}
