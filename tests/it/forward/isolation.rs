//! Connections of a forward do not affect one another.

use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use serde_json::Value;

use crate::support::{
    Application, Download, ECHO, Forwards, ask, connect, echo, kubectls, number, postgres, session,
    until,
};

/// An application that resets after the first line; a connection that sends nothing gets the
/// download.
fn both(download: &Download) -> Application {
    let streams = download.clone();
    let first = AtomicBool::new(true);
    Application::new(move |stream| {
        if first.swap(false, Ordering::SeqCst) { streams.serve(stream) } else { postgres(stream) }
    })
}

/// Starts the download, and waits until other connections have their own kubectl.
fn begins(forwards: &Forwards, port: u16, download: &Download) -> TcpStream {
    let stream = connect(port).unwrap();
    until("the download has begun", || (download.sent() > 0).then_some(()));
    until("there is a kubectl for the others", || {
        let forward = forwards.forward("echo");
        let mut kubectls = forward["kubectls"].as_array().unwrap().iter();
        let idle = |it: &Value| it["serves"] == true && it["openConnections"] == 0;
        kubectls.any(idle).then_some(())
    });
    stream
}

#[test]
fn a_download_is_complete_despite_other_sessions_that_are_reset() {
    for kubectl in kubectls() {
        for isolate in ["auto", "always"] {
            let forwards = Forwards::with_usual_pauses();
            let download = Download::default();
            let application = both(&download);
            forwards.lead_to(&application);
            let kubectl = kubectl.display();
            let port = forwards.start(&format!("{ECHO} --isolate {isolate} --kubectl {kubectl}"));
            let stream = begins(&forwards, port, &download);
            let came = AtomicU64::new(0);
            thread::scope(|scope| {
                let reader = scope.spawn(|| Download::read(&stream, &came));
                for number in 0..20 {
                    session(port).unwrap_or_else(|error| {
                        download.finish();
                        let why = forwards.run("why echo").stdout;
                        panic!("{kubectl}, {isolate}, session {number}: {error}\n{why}")
                    });
                }
                let before = came.load(Ordering::SeqCst);
                download.finish();
                let read = reader.join().unwrap();
                let (came, sent) = (came.load(Ordering::SeqCst), download.sent());
                let why = || forwards.run("why echo").stdout;
                let text = format!("{kubectl}, {isolate}: {read:?}, {came} of {sent}, {before}");
                assert!(read.is_ok(), "{text}\n{}", why());
            });
            assert_eq!(came.into_inner(), download.sent(), "{kubectl}, {isolate}");
        }
    }
}

/// As documented: all connections share one kubectl. Even so the client learns that its download is
/// incomplete.
#[test]
fn without_isolation_a_download_is_cut_by_a_reset() {
    let forwards = Forwards::with_usual_pauses();
    let download = Download::default();
    let application = both(&download);
    forwards.lead_to(&application);
    let port = forwards.start(&format!("{ECHO} --isolate never"));
    let stream = connect(port).unwrap();
    until("the download has begun", || (download.sent() > 0).then_some(()));
    session(port).unwrap();
    let error = Download::read(&stream, &AtomicU64::new(0)).expect_err("it is not whole");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(forwards.forward("echo")["kubectls"].as_array().unwrap().len(), 1);
}

#[test]
fn the_pool_is_limited_and_shrinks_back_to_one() {
    let forwards = Forwards::with_usual_pauses();
    let application = Application::new(postgres);
    forwards.lead_to(&application);
    let port = forwards.start(&format!("{ECHO} --isolate always"));
    let mut streams: Vec<_> = (0..20).map(|_| connect(port).unwrap()).collect();
    for (number, stream) in streams.iter_mut().enumerate() {
        assert_eq!(ask(stream, &number.to_string()).unwrap(), format!("row {number}"));
    }
    let most = forwards.kubectls().len();
    assert!((2..=8).contains(&most), "{most} kubectls");
    let wide = forwards.run("list -o wide").code(0).stdout;
    assert!(wide.contains(&most.to_string()), "{wide}");
    for stream in &mut streams {
        ask(stream, "still there").unwrap();
    }
    drop(streams);
    until("there is one kubectl", || (forwards.kubectls().len() == 1).then_some(()));
    session(port).unwrap();
}

/// kubernetes/kubernetes#74551: 27 connections held open, and one more.
#[test]
fn twenty_seven_held_connections_and_one_more() {
    for kubectl in kubectls() {
        let forwards = Forwards::new();
        let port = forwards.start(&format!("{ECHO} --kubectl {}", kubectl.display()));
        let mut held: Vec<_> = (0..27).map(|_| connect(port).unwrap()).collect();
        for round in 0..3 {
            for (number, stream) in held.iter_mut().enumerate() {
                echo(stream, &format!("round {round} of {number}")).unwrap();
            }
            for _ in 0..5 {
                echo(&mut connect(port).unwrap(), "one more").unwrap();
            }
        }
        until("the others are closed", || {
            (number(&forwards.forward("echo")["openConnections"]) == 27).then_some(())
        });
    }
}

#[test]
fn stopping_a_forward_under_load_does_not_affect_others() {
    let forwards = Forwards::new();
    let download = Download::default();
    let application = download.application();
    let names = ["echo", "bulk", "hangup", "reset"];
    let cluster = forwards.clusters.cluster("production");
    let ports = names.map(|name| {
        cluster.forward_target("default", name, 8080, application.address());
        forwards.start(&format!("svc/{name} 80 -n default"))
    });
    let counts: Vec<_> = ports.iter().map(|_| AtomicU64::new(0)).collect();
    thread::scope(|scope| {
        let readers: Vec<_> = ports
            .iter()
            .zip(&counts)
            .map(|(port, count)| scope.spawn(|| Download::read(&connect(*port).unwrap(), count)))
            .collect();
        until("all of them flow", || {
            counts.iter().all(|count| count.load(Ordering::SeqCst) > 0).then_some(())
        });
        forwards.run("stop echo").code(0);
        let before: Vec<_> = counts.iter().map(|count| count.load(Ordering::SeqCst)).collect();
        until("the others go on", || {
            let on = |at: usize| counts[at].load(Ordering::SeqCst) > before[at] + 200_000;
            (1..ports.len()).all(on).then_some(())
        });
        download.finish();
        let mut ends = readers.into_iter().map(|reader| reader.join().unwrap());
        assert!(ends.next().unwrap().is_err(), "the one that was stopped");
        assert!(ends.all(|end| end.is_ok()));
    });
}
