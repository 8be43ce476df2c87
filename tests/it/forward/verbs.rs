//! What each verb does and prints if all is well, and the messages for what cannot be done.

use std::net::{Ipv4Addr, TcpListener};

use nix::sys::signal::Signal;

use crate::support::{
    Forwards, PROMETHEUS, free, healthy, number, port_of, request, text, until, wrapped,
};

#[test]
fn a_detached_start_prints_the_endpoint_and_it_answers() {
    let forwards = Forwards::new();
    let output = forwards.run(&format!("start -d --local-port 0 --idle 0 {PROMETHEUS}"));
    let output = output
        .code(0)
        .says("leads to svc/prometheus-server:80 in monitoring, cluster production\n");
    let [endpoint] = output.lines()[..] else { panic!("{output}") };
    let port = port_of(endpoint);
    healthy(port);
    let name = "prometheus-server";
    assert_eq!(forwards.run(&format!("endpoint {name}")).code(0).stdout.trim(), endpoint);
    let env = forwards.run(&format!("env {name}")).code(0).stdout;
    for line in [
        format!("export WATCHDOG_ENDPOINT='{endpoint}'"),
        "export WATCHDOG_HOST='127.0.0.1'".to_owned(),
        format!("export WATCHDOG_PORT='{port}'"),
        format!("export PROMETHEUS_SERVER_ENDPOINT='{endpoint}'"),
    ] {
        assert!(env.lines().any(|it| it == line), "{line} in {env}");
    }
    let table = forwards.run("list").code(0).stdout;
    assert!(table.contains(name) && table.contains("ready"), "{table}");
    assert_eq!(forwards.run("list -o name").code(0).stdout, format!("{name}\n"));
    let status = forwards.run(&format!("status {name}")).code(0).stdout;
    assert!(status.contains(endpoint) && status.contains("0 restarts"), "{status}");
    let why = forwards.run(&format!("why {name}")).code(0).stdout;
    assert!(why.contains("kubectl started (pid ") && why.contains("ready at 127.0.0.1"), "{why}");
    forwards.clusters.cluster("production").cut_forwards();
    until("kubectl's words are kept", || {
        let logs = forwards.run(&format!("logs {name}")).code(0).stdout;
        logs.contains("lost connection to pod").then_some(())
    });
    healthy(port);

    forwards.run(&format!("stop {name}")).code(0).quiet().prints_nothing();
    assert_eq!(forwards.find(name), None);
    assert!(forwards.kubectls().is_empty(), "stop returns when kubectl has ended");
    free(port);
    let why = forwards.run(&format!("why {name}")).code(0).stdout;
    assert!(why.contains("has ended") && why.contains("stopped by request"), "{why}");
}

#[test]
fn the_list_has_every_field() {
    let forwards = Forwards::new();
    let port = forwards.start(&format!("{PROMETHEUS} --context production"));
    healthy(port);
    let list = forwards.list();
    assert_eq!(list["schemaVersion"], "1");
    assert_eq!(list["kind"], "ForwardList");
    let supervisor = &list["supervisor"];
    assert!(number(&supervisor["pid"]) > 1 && number(&supervisor["guardPid"]) > 1, "{supervisor}");
    assert_eq!(supervisor["version"], env!("CARGO_PKG_VERSION"));
    let forward = until("its only connection is over", || {
        let forward = forwards.forward("prometheus-server");
        (forward["openConnections"] == 0).then_some(forward)
    });
    for (key, expected) in [
        ("cluster", "production"),
        ("context", "production"),
        ("namespace", "monitoring"),
        ("resource", "svc/prometheus-server"),
        ("remotePort", "80"),
        ("localAddress", "127.0.0.1"),
        ("state", "ready"),
    ] {
        assert_eq!(forward[key], expected, "{key} of {forward}");
    }
    assert_eq!(forward["localPort"], port);
    assert_eq!(forward["endpoint"], format!("http://127.0.0.1:{port}"));
    assert_eq!((&forward["restarts"], &forward["totalConnections"]), (&0.into(), &1.into()));
    assert!(number(&forward["bytesIn"]) > 30 && number(&forward["bytesOut"]) > 30, "{forward}");
    for key in ["startedAt", "lastUsedAt", "idleDeadline"] {
        assert!(text(&forward[key]).parse::<jiff::Timestamp>().is_ok(), "{key} of {forward}");
    }
    assert_eq!(forward["leases"], serde_json::json!([{"kind": "none"}]));
    let pid = i64::try_from(number(&forward["pid"])).unwrap();
    assert!(forwards.kubectls().iter().any(|it| i64::from(it.pid.as_raw()) == pid), "{forward}");
    assert!(forward.get("lastError").is_none(), "{forward}");
}

#[test]
fn the_same_target_twice_is_one_forward_with_two_leases() {
    let forwards = Forwards::new();
    let attached = forwards.attached(PROMETHEUS);
    let port = number(&forwards.forward("prometheus-server")["localPort"]);
    let output = forwards.run(&format!("start -d {PROMETHEUS}")).code(0).says("already runs");
    assert_eq!(u64::from(port_of(output.stdout.trim())), port);
    let own = std::process::id().to_string();
    forwards.run(&format!("start -d --owner-pid {own} {PROMETHEUS}")).code(0);
    let forward = forwards.forward("prometheus-server");
    let leases = forward["leases"].as_array().unwrap();
    let kinds: Vec<&str> = leases.iter().map(|lease| text(&lease["kind"])).collect();
    assert_eq!(kinds, ["session", "none", "pid"], "{forward}");
    assert_eq!(leases[0]["pid"], attached.pid().as_raw());
    assert_eq!(leases[2]["pid"].to_string(), own);
    assert_eq!(forwards.kubectls().len(), 1);
    attached.signal(Signal::SIGINT);
    attached.wait().code(0);
    let forward = forwards.forward("prometheus-server");
    assert_eq!(forward["leases"].as_array().unwrap().len(), 2, "{forward}");
    assert_eq!(forward["state"], "ready");
}

#[test]
fn the_end_of_the_last_lease_ends_the_forward() {
    let forwards = Forwards::new();
    let attached = forwards.attached(PROMETHEUS);
    let port = u16::try_from(number(&forwards.forward("prometheus-server")["localPort"])).unwrap();
    attached.signal(Signal::SIGINT);
    attached.wait().code(0);
    until("the forward is gone", || forwards.find("prometheus-server").is_none().then_some(()));
    free(port);
    forwards.no_kubectl();
}

#[test]
fn the_exit_of_the_owning_process_ends_the_forward() {
    let forwards = Forwards::new();
    let owner = forwards.clusters.sandbox.command("sleep").args(["600"]).start();
    forwards.start(&format!("{PROMETHEUS} --owner-pid {}", owner.pid()));
    owner.signal(Signal::SIGKILL);
    owner.wait();
    forwards.no_kubectl();
    let why = forwards.run("why prometheus-server").code(0).stdout;
    assert!(why.contains("owner process"), "{why}");
}

/// 55553, else the next free one. Only this test requests the port: if another process holds it,
/// that is reported.
#[test]
fn the_default_port_is_55553_or_the_next_free_one() {
    let forwards = Forwards::new();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 55553));
    if let Err(error) = &taken {
        let held = forwards.run("start -d svc/echo 80 -n default --local-port 55553").code(1);
        eprintln!("55553 is not to be had ({error}): {}", held.stderr);
    }
    let output = forwards.run(&format!("start -d {PROMETHEUS}")).code(0);
    assert!((55554..55654).contains(&port_of(output.stdout.trim())), "{output}");
    if taken.is_ok() {
        drop(taken);
        let output = forwards.run("start -d svc/echo 80 -n default").code(0);
        assert_eq!(port_of(output.stdout.trim()), 55553, "{output}");
    }
}

#[test]
fn a_taken_port_is_reported_with_its_holder() {
    let forwards = Forwards::new();
    let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = held.local_addr().unwrap().port();
    let output = forwards.run(&format!("start -d --local-port {port} {PROMETHEUS}"));
    let own = format!("held by pid {} (", std::process::id());
    output.code(1).says(&own).says("--local-port 0").prints_nothing();
    assert!(forwards.list()["forwards"].as_array().unwrap().is_empty());
}

#[test]
fn a_port_of_another_forward_is_reported_as_such() {
    let forwards = Forwards::new();
    let port = forwards.start("svc/echo 80 -n default");
    let output = forwards.run(&format!("start -d --local-port {port} {PROMETHEUS}"));
    output.code(1).says("is the port of forward echo").says("--local-port 0").prints_nothing();
    assert!(forwards.find("prometheus-server").is_none());
}

#[test]
fn unknown_names_are_reported() {
    let forwards = Forwards::new();
    for verb in ["endpoint", "env", "status", "logs", "why", "heartbeat", "restart", "stop"] {
        forwards.run(&format!("{verb} nothing")).code(1).says("nothing").says("no supervisor");
    }
    assert!(forwards.list()["supervisor"].is_null());
    forwards.start(PROMETHEUS);
    for verb in ["endpoint", "env", "status", "logs", "why", "heartbeat", "restart", "stop"] {
        let output = forwards.run(&format!("{verb} prometheus-servr")).code(1).prints_nothing();
        output.says("did you mean prometheus-server?");
    }
    forwards.run("stop --all").code(0);
    assert!(forwards.list()["forwards"].as_array().unwrap().is_empty());
}

#[test]
fn a_restart_keeps_the_port() {
    let forwards = Forwards::new();
    let port = forwards.start(PROMETHEUS);
    let before = forwards.kubectl("prometheus-server");
    forwards.run("restart prometheus-server").code(0).quiet();
    let after = until("another kubectl is ready", || {
        let forward = forwards.becomes("prometheus-server", "ready");
        (forward["restarts"] == 1).then_some(forward)
    });
    assert_ne!(after["pid"], before.as_raw());
    assert_eq!(after["localPort"], port);
    healthy(port);
    assert_eq!(forwards.kubectls().len(), 1);
}

#[test]
fn a_heartbeat_lease_ends_without_heartbeats_and_lasts_with_them() {
    let forwards = Forwards::impatient(10);
    forwards.start(&format!("{PROMETHEUS} --require-heartbeat --name beaten"));
    forwards.start("svc/echo 80 -n default --require-heartbeat");
    forwards.run("heartbeat nobody").code(1);
    until("the one without heartbeats is gone", || {
        forwards.run("heartbeat beaten").code(0);
        // A start counts as a heartbeat.
        forwards.start("svc/bulk 80 -n default --require-heartbeat");
        forwards.find("echo").is_none().then_some(())
    });
    for name in ["beaten", "bulk"] {
        assert_eq!(forwards.forward(name)["state"], "ready", "{name}");
        assert!(forwards.moment(name, "no heartbeat").is_none(), "{name}");
    }
    let (ready, ended) =
        (forwards.moment("echo", "ready at"), forwards.moment("echo", "no heartbeat for 10s"));
    let silent = crate::support::between(ready.unwrap(), ended.unwrap());
    assert!(silent.as_millis() >= 9_500, "{silent:?}");
    until("then the other one goes too", || forwards.find("beaten").is_none().then_some(()));
}

#[test]
fn permanent_errors_fail_the_start_with_kubectls_message() {
    let forwards = Forwards::new();
    for (target, words) in [
        ("svc/nothing 80 -n monitoring", "services \"nothing\" not found"),
        ("pod/nothing 80 -n monitoring", "pods \"nothing\" not found"),
        ("svc/prometheus-server 81 -n monitoring", "does not have a service port 81"),
        ("svc/prometheus-server 80 -n nowhere", "not found"),
        ("svc/external-database 80 -n default", "selector"),
    ] {
        let output = forwards.run(&format!("start -d --local-port 0 {target}"));
        output.code(1).says(words).prints_nothing();
    }
    let cluster = forwards.clusters.cluster("production");
    cluster.set_forward_fault(Some(watchdog::demo::ForwardFault::Refuse(403)));
    forwards.run(&format!("start -d --local-port 0 {PROMETHEUS}")).code(1).says("forbidden");
    cluster.set_forward_fault(None);
    assert!(forwards.list()["forwards"].as_array().unwrap().is_empty());
    // These failures leave no trace.
    healthy(forwards.start(PROMETHEUS));
}

#[test]
fn a_forward_that_is_not_ready_in_time_is_rolled_back() {
    let forwards = Forwards::new();
    let script = wrapped(&forwards, "exec sleep 600");
    let args = ["start", "-d", "--local-port", "0", "--ready-timeout", "1s", "--kubectl", &script];
    let output = forwards.prepare(&format!("{} {PROMETHEUS}", args.join(" "))).run();
    output.code(1).says("not ready in time").says("--ready-timeout").prints_nothing();
    until("it is gone", || {
        forwards.list()["forwards"].as_array().unwrap().is_empty().then_some(())
    });
    until("its kubectl is gone", || {
        let all = forwards.clusters.sandbox.processes();
        (!all.iter().any(|process| process.command.starts_with("sleep"))).then_some(())
    });
}

#[test]
fn the_demos_prometheus_is_queried() {
    let forwards = Forwards::new();
    let port = forwards.start(PROMETHEUS);
    let answer = request(port, "/api/v1/query?query=up").unwrap();
    assert!(answer.contains("\"status\":\"success\""), "{answer}");
}

#[test]
fn configured_forwards_are_started_by_name() {
    let forwards = Forwards::new();
    let config = format!(
        "{}forwards:\n\
         - {{name: prom, cluster: production, namespace: monitoring, resource: svc/prometheus-server, port: 80}}\n\
         - {{name: echo-staging, context: staging, namespace: default, resource: svc/echo, port: 80}}\n",
        crate::support::SHORT
    );
    forwards.clusters.sandbox.configure(&config);
    let output = forwards.run("start -d --all").code(0);
    assert_eq!(output.lines().len(), 2, "{output}");
    assert_eq!(forwards.run("list -o name").stdout, "echo-staging\nprom\n");
    assert_eq!(forwards.forward("echo-staging")["cluster"], "staging");
    healthy(port_of(forwards.run("endpoint prom").code(0).stdout.trim()));
}
