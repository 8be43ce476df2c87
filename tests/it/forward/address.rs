//! Where a forward listens.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};

use crate::support::{Forwards, PROMETHEUS, free, healthy, port_of};

/// An address of this machine that is not loopback, from the route to nowhere; none without a network.
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
fn localhost_is_both_families() {
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

/// What another program has on one family is not shared, whichever it is.
#[test]
fn a_port_that_is_taken_on_one_family_is_said_with_its_holder() {
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
        // One that is chosen is the next that is free on both.
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
fn beyond_loopback_only_where_it_is_asked_for_and_with_a_warning() {
    let forwards = Forwards::new();
    let output = forwards.run(&format!("start -d {PROMETHEUS} --address 0.0.0.0")).code(0);
    let warnings = output.stderr.lines().filter(|line| line.starts_with("warning: ")).count();
    assert_eq!(warnings, 1, "{output}");
    let port = port_of(output.stdout.trim());
    healthy(port);
    if let Some(outside) = outside() {
        reaches(outside, port).unwrap();
    }
    // It serves loopback of IPv4 alone: who wants both gets another.
    forwards.run(&format!("start -d {PROMETHEUS} --address 127.0.0.1")).code(0).says("already");
    forwards.run(&format!("start -d {PROMETHEUS}")).code(0);
    assert_eq!(forwards.forward("prometheus-server-2")["addresses"][0], "127.0.0.1");
    let quiet = forwards.prepare(&format!("-q start -d {PROMETHEUS} --address 0.0.0.0"));
    assert_eq!(quiet.run().code(0).stderr, "");
}

#[test]
fn addresses_come_from_the_config_too_and_the_flag_outranks_it() {
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
fn what_is_no_address_and_what_this_machine_has_not_are_said() {
    let forwards = Forwards::new();
    let start = |address: &str| forwards.run(&format!("start -d {PROMETHEUS} --address {address}"));
    start("example.org").code(64).says("is not an address to listen on");
    start("192.0.2.77").code(1).says("this machine does not have that address");
    assert_eq!(forwards.list()["forwards"].as_array().unwrap().len(), 0);
}

/// Where this user may listen on every port, there is nothing to try.
#[test]
fn a_port_that_needs_a_privilege_says_which() {
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
