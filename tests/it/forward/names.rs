//! Joining existing forwards: the names by which a forward is found, what joining does not change,
//! and several forwards at once.

use nix::sys::signal::Signal;

use crate::support::{Forwards, PROMETHEUS, Terminal, healthy, number, plain, port_of, text};

const VERBS: [&str; 8] =
    ["endpoint", "env", "status", "logs", "why", "heartbeat", "restart", "stop"];

#[test]
fn a_forward_is_found_by_every_requested_name() {
    let forwards = Forwards::new();
    let port = forwards.start(&format!("{PROMETHEUS} --require-heartbeat"));
    let output = forwards.run(&format!("start -d --name prom {PROMETHEUS}")).code(0);
    let output = output.says("prom already runs as prometheus-server").says("both names work");
    assert_eq!(port_of(output.stdout.trim()), port);
    assert_eq!(forwards.forward("prometheus-server")["aliases"], serde_json::json!(["prom"]));
    let table = forwards.run("list").code(0).stdout;
    assert!(table.contains("prometheus-server (prom)"), "{table}");
    let env = forwards.run("env prom").code(0).stdout;
    assert!(env.contains("export PROM_ENDPOINT=") && !env.contains("PROMETHEUS_SERVER"), "{env}");
    let run = forwards.prepare(&format!("run {PROMETHEUS} -- sh -c"));
    let output = run.arg("echo $PROMETHEUS_SERVER_PORT").run().code(0);
    assert_eq!(output.stdout.trim(), port.to_string());

    // Neither name is available for another target.
    for name in ["prom", "prometheus-server"] {
        let output = forwards.run(&format!("start -d --name {name} svc/echo 80 -n default"));
        output.code(1).says("is there already, to another target").prints_nothing();
    }
    forwards.start("svc/echo 80 -n default");
    let output = forwards.run(&format!("start -d --name echo {PROMETHEUS}"));
    output.code(1).says("is there already, to another target").prints_nothing();

    // Stopping by the second name ends it.
    for verb in VERBS {
        let output = forwards.run(&format!("{verb} prom")).code(0);
        if verb == "status" {
            assert!(output.stdout.contains("also called  prom\n"), "{output}");
        }
    }
    assert!(forwards.find("prometheus-server").is_none());
    let why = forwards.run("why prom").code(0).stdout;
    assert!(why.contains("prometheus-server has ended"), "{why}");
}

#[test]
fn run_sets_the_variables_of_the_requested_name() {
    let forwards = Forwards::new();
    let config = format!(
        "{}forwards:\n- {{name: prom, namespace: monitoring, resource: svc/prometheus-server, port: 80}}\n",
        crate::support::SHORT
    );
    forwards.clusters.sandbox.configure(&config);
    let port = forwards.start(PROMETHEUS);
    let run = forwards.prepare("run --all -- sh -c");
    let output =
        run.arg("echo $PROM_PORT").run().code(0).says("prom already runs as prometheus-server");
    assert_eq!(output.stdout.trim(), port.to_string());
}

#[test]
fn settings_that_joining_does_not_change_are_reported() {
    let forwards = Forwards::new();
    forwards.start(&format!("{PROMETHEUS} --idle 7m"));
    let start = format!("start -d {PROMETHEUS} --idle");
    forwards.run(&format!("{start} 1h")).code(0).says("its idle timeout stays 7m");
    let same = forwards.run(&format!("{start} 7m")).code(0);
    assert!(!same.stderr.contains("idle timeout"), "{same}");
    // It was requested without a lease before.
    assert!(!same.stderr.contains("lease added"), "{same}");
    assert_eq!(forwards.forward("prometheus-server")["idleMs"], 7 * 60 * 1000);
    let table = forwards.run("list").code(0).stdout;
    let row = table.lines().nth(1).unwrap();
    assert!(row.contains("s/7m ") && row.contains(" idle "), "{table}");
    // In the foreground too.
    let attached = forwards.attached(PROMETHEUS);
    attached.signal(Signal::SIGINT);
    let output = attached.wait().code(0).says("already runs").says("lease added").says("stays 7m");
    assert!(output.stdout.contains("still leased by others"), "{output}");
}

#[test]
fn the_same_name_at_another_port_is_refused_with_the_reason() {
    let forwards = Forwards::new();
    let port = forwards.start(&format!("{PROMETHEUS} --name prom"));
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let output = forwards.run(&format!("start -d --name prom --local-port {free} {PROMETHEUS}"));
    output.code(1).says(&format!("at another local port, 127.0.0.1:{port}")).prints_nothing();
}

#[test]
fn several_forwards_are_started_atomically() {
    let forwards = Forwards::new();
    let port = forwards.start("svc/echo 80 -n default");
    let echo = forwards.forward("echo");
    for lease in ["", "--owner-pid 1", "--require-heartbeat"] {
        let targets = "svc/echo 80 svc/bulk 80 svc/nothing 80 -n default";
        let output = forwards.run(&format!("start -d {lease} {targets}"));
        output.code(1).says("not found").says("also rolled back: echo, bulk").prints_nothing();
        assert!(forwards.find("bulk").is_none(), "{lease}");
        assert_eq!(forwards.forward("echo")["leases"], echo["leases"], "{lease}");
    }
    // An added name is rolled back too.
    let config = format!(
        "{}forwards:\n\
         - {{name: e, namespace: default, resource: svc/echo, port: 80}}\n\
         - {{name: n, namespace: default, resource: svc/nothing, port: 80}}\n",
        crate::support::SHORT
    );
    forwards.clusters.sandbox.configure(&config);
    forwards.run("start -d --all").code(1);
    assert_eq!(forwards.forward("echo").get("aliases"), None);
    assert_eq!(number(&forwards.forward("echo")["localPort"]), u64::from(port));
    assert_eq!(forwards.kubectls().len(), 1);
}

#[test]
fn a_name_known_to_an_earlier_supervisor_is_reported_as_such() {
    let forwards = Forwards::new();
    forwards.start(PROMETHEUS);
    crate::support::sigkill(forwards.supervisor());
    forwards.nothing();
    forwards.start("svc/echo 80 -n default");
    for verb in ["status", "endpoint", "why"] {
        let output = forwards.run(&format!("{verb} prometheus-server")).code(1);
        output
            .says("the supervisor was started at ")
            .says("forwards of an earlier supervisor have ended");
    }
}

#[test]
fn an_invalid_name_is_quoted_once_and_shortened() {
    let forwards = Forwards::new();
    let name = "1".repeat(300);
    let output = forwards.run(&format!("start -d --name {name} {PROMETHEUS}"));
    let output = output.code(64).says("is not a forward name").prints_nothing();
    assert!(output.stderr.len() < 250 && output.stderr.matches("\"11").count() == 1, "{output}");
    let empty = forwards.watchdog(["forward", "start", ""]).run();
    empty.code(64).says("an empty word is not a target").prints_nothing();
}

/// The last line on the terminal.
#[test]
fn a_foreground_start_reports_its_end() {
    let forwards = Forwards::new();
    let terminal = Terminal::new(80, 24);
    let run = forwards.prepare(&format!("start --local-port 0 {PROMETHEUS}"));
    let client = run.stdout(terminal.stdio()).start();
    let screen = terminal.watched();
    let forward = forwards.becomes("prometheus-server", "ready");
    healthy(u16::try_from(number(&forward["localPort"])).unwrap());
    client.signal(Signal::SIGINT);
    client.wait().code(0);
    let shown = plain(&screen.text());
    assert!(shown.ends_with("\nprometheus-server: ended\n"), "{shown:?}");
    assert!(shown.contains(text(&forward["endpoint"])), "{shown:?}");
}
