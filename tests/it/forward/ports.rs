//! Several ports of one target, and every way to write a target and its ports.

use std::io::{Read as _, Write as _};

use crate::support::{
    Forwards, PROMETHEUS, connect, echo, healthy, number, port_of, sigkill, text,
};

/// Whether the application sends without a request.
fn is_source(port: u16) -> bool {
    let mut stream = connect(port).unwrap();
    let mut byte = [7];
    stream.read_exact(&mut byte).is_ok() && byte == [0]
}

/// Whether the application reads everything and answers nothing.
fn is_sink(port: u16) -> bool {
    let mut stream = connect(port).unwrap();
    stream.write_all(&[1; 4096]).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).is_ok() && answer.is_empty()
}

#[test]
fn several_ports_share_one_forward_and_one_kubectl() {
    let forwards = Forwards::new();
    let output = forwards.run("start -d svc/bulk :80 :sink -n default").code(0);
    let ports: Vec<u16> = output.stdout.lines().map(port_of).collect();
    let [source, sink] = ports[..] else { panic!("{output}") };
    assert!(is_source(source) && is_sink(sink));
    let forward = forwards.forward("bulk");
    assert_eq!(forward["remotePort"], "80");
    assert_eq!(number(&forward["localPort"]), u64::from(source));
    assert_eq!(text(&forward["ports"][1]["remote"]), "sink");
    assert_eq!(number(&forward["ports"][1]["local"]), u64::from(sink));
    assert_eq!(forwards.kubectls().len(), 1);
    // A new kubectl listens on other ports; the assignment of local ports stays.
    sigkill(forwards.kubectl("bulk"));
    forwards.restarted("bulk", 1);
    assert!(is_source(source) && is_sink(sink));
    // A request for the same ports is the same forward; other ports are another one.
    forwards.run("start -d svc/bulk 80 sink -n default").code(0).says("already runs");
    forwards.run("start -d svc/bulk sink -n default").code(0);
    assert_eq!(text(&forwards.forward("bulk-2")["remotePort"]), "sink");
}

#[test]
fn every_output_shows_all_ports_of_a_forward() {
    let forwards = Forwards::new();
    let output = forwards.run("start -d svc/bulk :80 :sink -n default --name both").code(0);
    let ports: Vec<u16> = output.stdout.lines().map(port_of).collect();
    let [source, sink] = ports[..] else { panic!("{output}") };
    let table = forwards.run("list").code(0).stdout;
    assert!(table.contains("svc/bulk:80,sink "), "{table}");
    assert!(table.contains(&format!("127.0.0.1:{source},{sink} ")), "{table}");
    let wide = forwards.run("list -o wide").code(0).stdout;
    assert!(wide.contains("ADDRESSES") && wide.contains("127.0.0.1"), "{wide}");
    let status = forwards.run("status both").code(0).stdout;
    assert!(status.contains(&format!("http://127.0.0.1:{sink}  to sink")), "{status}");
    let endpoint = |args: &str| forwards.run(&format!("endpoint both {args}"));
    assert_eq!(port_of(endpoint("").code(0).stdout.trim()), source);
    assert_eq!(port_of(endpoint("sink").code(0).stdout.trim()), sink);
    endpoint("http").code(1).says(r#"both has no port "http"; it has 80, sink"#);
    let env = forwards.run("env both").code(0).stdout;
    for line in [
        format!("export BOTH_PORT='{source}'\n"),
        format!("export BOTH_PORT_80='{source}'\n"),
        format!("export BOTH_PORT_SINK='{sink}'\n"),
        format!("export WATCHDOG_ENDPOINT_SINK='http://127.0.0.1:{sink}'\n"),
    ] {
        assert!(env.contains(&line), "{env}");
    }
    let command = "run svc/bulk :80 :sink -n default -- sh -c";
    let mut words: Vec<&str> = ["forward"].into_iter().chain(command.split(' ')).collect();
    words.push("echo $BOTH_PORT_SINK");
    let output = forwards.watchdog(words).run().code(0);
    assert_eq!(output.stdout.trim(), sink.to_string());
}

#[test]
fn names_printed_by_kubectl_are_accepted_as_targets() {
    let forwards = Forwards::new();
    for target in ["deployment.apps/echo", "Deployments.v1.apps/echo", "svc/echo"] {
        let remote = if target == "svc/echo" { "80" } else { "tcp-echo" };
        let port = forwards.start(&format!("{target} {remote} -n default --name it"));
        echo(&mut connect(port).unwrap(), target).unwrap();
        forwards.run("stop it").code(0);
    }
}

#[test]
fn a_service_port_name_may_have_63_characters() {
    let forwards = Forwards::new();
    let name = format!("tcp--{}", "servicemonitor".repeat(4));
    let port = forwards.start(&format!("svc/long-names {name} -n default"));
    echo(&mut connect(port).unwrap(), "long").unwrap();
    // Validating ports further is left to kubectl.
    forwards
        .run(&format!("start -d svc/echo {name} -n default"))
        .code(1)
        .says("does not have a named port")
        .prints_nothing();
}

#[test]
fn several_ports_of_a_configured_forward() {
    let forwards = Forwards::new();
    let config = format!(
        "{}forwards:\n- {{name: both, namespace: default, resource: svc/bulk, ports: [\":80\", \":sink\"]}}\n",
        crate::support::SHORT
    );
    forwards.clusters.sandbox.configure(&config);
    let output = forwards.run("start -d both").code(0);
    let ports: Vec<u16> = output.stdout.lines().map(port_of).collect();
    assert!(is_source(ports[0]) && is_sink(ports[1]), "{output}");
}

#[test]
fn local_ports_are_for_one_port_each() {
    let forwards = Forwards::new();
    forwards
        .run("start -d svc/bulk 80 sink -n default --local-port 0")
        .code(64)
        .says("--local-port is for one port");
    forwards.run("start -d svc/bulk 9:80 9:sink").code(64).says("the local port 9 is given twice");
    forwards.run("start -d svc/bulk 80 80").code(64).says("given twice");
    let port = forwards.start(PROMETHEUS);
    forwards
        .run(&format!("start -d svc/bulk :80 {port}:sink -n default"))
        .code(1)
        .says("is the port of forward prometheus-server");
    healthy(port);
    assert!(forwards.find("bulk").is_none());
}
