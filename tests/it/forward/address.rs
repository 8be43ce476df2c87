//! The addresses on which a forward listens.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};

use crate::support::{Forwards, PROMETHEUS, free, healthy, port_of};

/// A non-loopback address of this machine, from the route to a test network; `None` without a
/// network.
fn outside() -> Option<IpAddr> {
    let socket = std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    socket.local_addr().ok().map(|at| at.ip()).filter(|ip| !ip.is_loopback())
}

fn has_ipv6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

fn reaches(ip: impl Into<IpAddr>, port: u16) -> io::Result<TcpStream> {
    TcpStream::connect(SocketAddr::new(ip.into(), port))
}

#[test]
fn localhost_works_with_both_address_families() {
    let forwards = Forwards::new();
    let port = forwards.start(PROMETHEUS);
    healthy(port);
    let forward = forwards.forward("prometheus-server");
    assert_eq!(forward["addresses"][0], "127.0.0.1");
    if has_ipv6() {
        use std::io::{Read as _, Write as _};
        let mut stream = reaches(Ipv6Addr::LOCALHOST, port).unwrap();
        stream.write_all(b"GET /-/healthy HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("200 OK"), "{answer}");
        assert_eq!(forward["addresses"][1], "::1");
    }
    if let Some(outside) = outside() {
        assert!(reaches(outside, port).is_err());
    }
    forwards.run("stop --all").code(0);
    free(port);
}

/// A port that another program has on one address family is not shared.
#[test]
fn a_port_taken_on_one_family_is_reported_with_its_holder() {
    let forwards = Forwards::new();
    let mut locals: Vec<IpAddr> = vec![Ipv4Addr::LOCALHOST.into()];
    locals.extend(has_ipv6().then_some(IpAddr::from(Ipv6Addr::LOCALHOST)));
    for local in locals {
        let taken = TcpListener::bind((local, 0)).unwrap();
        let at = taken.local_addr().unwrap();
        let port = at.port();
        for wanted in [format!("{PROMETHEUS} --local-port {port}"), {
            format!("svc/prometheus-server {port}:80 -n monitoring")
        }] {
            forwards
                .run(&format!("start -d {wanted}"))
                .code(1)
                .says(&format!("cannot listen on {at}: held by pid {} ", std::process::id()))
                .says("--local-port 0 takes any that is free")
                .prints_nothing();
        }
        // An automatically chosen port is the next one that is free on both families.
        let config = crate::support::SHORT
            .replace("prometheus: {", &format!("prometheus: {{local_port: {port}, "));
        forwards.clusters.sandbox.configure(&config);
        let output = forwards.run(&format!("start -d {PROMETHEUS}")).code(0);
        let next = port_of(output.stdout.trim());
        assert!(next > port, "{output}");
        healthy(next);
        forwards.run("stop --all").code(0);
    }
}

#[test]
fn other_addresses_than_loopback_need_a_flag_and_cause_a_warning() {
    let forwards = Forwards::new();
    let output = forwards.run(&format!("start -d {PROMETHEUS} --address 0.0.0.0")).code(0);
    let warnings = output.stderr.lines().filter(|line| line.starts_with("warning: ")).count();
    assert_eq!(warnings, 1, "{output}");
    let port = port_of(output.stdout.trim());
    healthy(port);
    if let Some(outside) = outside() {
        reaches(outside, port).unwrap();
    }
    // It serves only IPv4 loopback: a request for both families gets another forward.
    forwards.run(&format!("start -d {PROMETHEUS} --address 127.0.0.1")).code(0).says("already");
    forwards.run(&format!("start -d {PROMETHEUS}")).code(0);
    assert_eq!(forwards.forward("prometheus-server-2")["addresses"][0], "127.0.0.1");
    let quiet = forwards.prepare(&format!("-q start -d {PROMETHEUS} --address 0.0.0.0"));
    assert_eq!(quiet.run().code(0).stderr, "");
}

#[test]
fn addresses_come_from_the_configuration_unless_the_flag_is_given() {
    let forwards = Forwards::new();
    let config = format!(
        "{}forwards:\n- {{name: prom, namespace: monitoring, resource: svc/prometheus-server, port: 80, local_port: 0, address: 127.0.0.2}}\n",
        crate::support::SHORT
    );
    forwards.clusters.sandbox.configure(&config);
    let output = forwards.run("start -d prom").code(0);
    assert!(output.stdout.starts_with("http://127.0.0.2:"), "{output}");
    assert!(!output.stderr.contains("warning"), "{output}");
    assert_eq!(forwards.forward("prom")["localAddress"], "127.0.0.2");
    let output = forwards.run("env prom").code(0);
    assert!(output.stdout.contains("PROM_HOST='127.0.0.2'"), "{output}");
    forwards.run("stop prom").code(0);
    let output = forwards.run("start -d prom --address 127.0.0.3,127.0.0.1").code(0);
    assert!(output.stdout.starts_with("http://127.0.0.1:"), "{output}");
    assert_eq!(forwards.forward("prom")["addresses"][0], "127.0.0.3");
}

#[test]
fn invalid_addresses_and_addresses_of_other_machines_are_refused() {
    let forwards = Forwards::new();
    let start = |address: &str| forwards.run(&format!("start -d {PROMETHEUS} --address {address}"));
    start("example.org").code(64).says("is not an address to listen on");
    start("192.0.2.77").code(1).says("this machine does not have that address");
    assert_eq!(forwards.list()["forwards"].as_array().unwrap().len(), 0);
}

/// If this user may listen on every port, there is nothing to test.
#[test]
fn a_privileged_port_is_refused_with_the_needed_privilege() {
    let forwards = Forwards::new();
    let denied = |port: &u16| {
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, *port));
        bound.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
    };
    let low = (1..1024).find(denied);
    let Some(port) = low else { return };
    let output = forwards.run(&format!("start -d {PROMETHEUS} --local-port {port}")).code(1);
    output.says("CAP_NET_BIND_SERVICE");
}
