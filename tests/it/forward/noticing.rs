//! A connection that passes no bytes is noticed, at the latest on a client's attempt; one that is
//! only slow is left alone.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use serde_json::Value;

use crate::support::{
    ApiPath, Application, ECHO, Forwards, GREETING, answers_after, ask, connect, echo, greets,
    kubectls, number, postgres, session, text, until, works_for,
};

/// Longer than the wait for a greeting.
const SLOW_GREETING: Duration = Duration::from_secs(6);
/// kubectl itself notices after half a minute or more.
const SOONER_THAN_KUBECTL: Duration = Duration::from_secs(20);

struct Setting {
    path: ApiPath,
    forwards: Forwards,
    port: u16,
    _application: Application,
}

/// An application that answers lines, behind a proxy; it has answered one line.
fn setting(kubectl: &Path) -> Setting {
    let forwards = Forwards::with_usual_pauses();
    let path = forwards.through();
    let application = Application::new(answers_after(Duration::ZERO));
    forwards.lead_to(&application);
    let port = forwards.start(&format!("{ECHO} --kubectl {}", kubectl.display()));
    session(port).unwrap();
    forwards.becomes("echo", "ready");
    Setting { path, forwards, port, _application: application }
}

/// Asserts that a session is served again, long before kubectl alone would recover, and checks the
/// states in between.
fn served_again(setting: &Setting, what: &str) {
    let start = Instant::now();
    // A request sent to a dying kubectl is not repeated: the client retries.
    until(&format!("a session is served: {what}"), || {
        let mut stream = connect(setting.port).ok()?;
        stream.set_read_timeout(Some(SOONER_THAN_KUBECTL)).unwrap();
        ask(&mut stream, "select 1").ok()
    });
    let took = start.elapsed();
    assert!(took < SOONER_THAN_KUBECTL, "{what}: {took:?}\n{}", story(&setting.forwards));
    setting.forwards.becomes("echo", "ready");
}

/// The events, one per line.
fn story(forwards: &Forwards) -> String {
    let line = |event: &Value| {
        let of = |key| text(&event[key]).to_owned();
        format!("{} {}: {}", of("at"), of("state"), of("message"))
    };
    forwards.story("echo").iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Whether the state has left `ready` after it was first reached, and come back.
fn left_ready(forwards: &Forwards) -> bool {
    let story = forwards.story("echo");
    let states: Vec<_> = story.iter().map(|event| text(&event["state"])).collect();
    let first = states.iter().position(|state| *state == "ready").unwrap_or_default();
    states[first..].iter().any(|state| ["recovering", "reconnecting"].contains(state))
}

#[test]
fn a_route_that_loses_all_packets_is_replaced_at_the_next_request() {
    for kubectl in kubectls() {
        let setting = setting(&kubectl);
        let mut open = connect(setting.port).unwrap();
        assert_eq!(ask(&mut open, "one").unwrap(), "row one");
        setting.path.lose_open();
        served_again(&setting, &format!("{} lost", kubectl.display()));
        assert!(left_ready(&setting.forwards), "{}", story(&setting.forwards));
        // A client that waits on the old route does not hang.
        let error = ask(&mut open, "two").expect_err("it was cut");
        let reset = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe].contains(&error.kind());
        assert!(reset, "{}: {error}\n{}", kubectl.display(), story(&setting.forwards));
    }
}

/// Without a new connection: unacknowledged bytes are noticed on the open one.
#[test]
fn an_open_connection_on_a_route_that_loses_all_packets_is_cut() {
    for kubectl in kubectls() {
        let setting = setting(&kubectl);
        let mut open = connect(setting.port).unwrap();
        assert_eq!(ask(&mut open, "one").unwrap(), "row one");
        setting.path.lose_open();
        let start = Instant::now();
        let error = ask(&mut open, "two").expect_err("it was cut");
        let what = format!("{}: {error}\n{}", kubectl.display(), story(&setting.forwards));
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{what}");
        assert!(start.elapsed() < SOONER_THAN_KUBECTL, "{what}");
        served_again(&setting, "another connection");
    }
}

#[test]
fn a_route_that_swallows_all_bytes_is_replaced_at_the_next_request() {
    for kubectl in kubectls() {
        let setting = setting(&kubectl);
        setting.path.swallow_open();
        served_again(&setting, &format!("{} swallowed", kubectl.display()));
        assert!(left_ready(&setting.forwards), "{}", story(&setting.forwards));
    }
}

/// The client sends nothing, so there are no unread bytes: the only sign is that the application
/// spoke first before, and does no longer.
#[test]
fn a_server_that_speaks_first_works_again_on_a_new_route() {
    for kubectl in kubectls() {
        let forwards = Forwards::with_usual_pauses();
        let path = forwards.through();
        let application = Application::new(greets);
        forwards.lead_to(&application);
        let port = forwards.start(&format!("{ECHO} --kubectl {}", kubectl.display()));
        let greeted = || {
            let mut stream = connect(port).unwrap();
            stream.set_read_timeout(Some(SOONER_THAN_KUBECTL)).unwrap();
            stream.read_exact(&mut [0; GREETING])
        };
        greeted().unwrap();
        path.swallow_open();
        let why = |error| format!("{}: {error}\n{}", kubectl.display(), story(&forwards));
        greeted().unwrap_or_else(|error| panic!("{}", why(error)));
        assert!(left_ready(&forwards), "{}", story(&forwards));
    }
}

/// A greeting that is only slow arrives, and other connections are not cut.
#[test]
fn a_server_that_is_slow_to_speak_first_cuts_no_other_connection() {
    let forwards = Forwards::with_usual_pauses();
    let first = AtomicBool::new(true);
    let application = Application::new(move |stream: &TcpStream| {
        if !first.swap(false, Ordering::SeqCst) {
            works_for(SLOW_GREETING);
        }
        greets(stream)
    });
    forwards.lead_to(&application);
    let port = forwards.start(&format!("{ECHO} --isolate never"));
    let mut open = connect(port).unwrap();
    open.read_exact(&mut [0; GREETING]).unwrap();
    let mut slow = connect(port).unwrap();
    slow.set_read_timeout(Some(SOONER_THAN_KUBECTL)).unwrap();
    slow.read_exact(&mut [0; GREETING]).unwrap();
    for stream in [&mut open, &mut slow] {
        assert_eq!(ask(stream, "select 1").unwrap(), "row select 1");
    }
}

#[test]
fn a_waiting_client_is_served_when_the_network_comes_back() {
    let setting = setting(Path::new("kubectl"));
    setting.path.go_away();
    // While the network is away clients wait and give up.
    for _ in 0..2 {
        let mut stream = connect(setting.port).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        assert!(ask(&mut stream, "nobody there").is_err());
    }
    setting.path.come_back();
    served_again(&setting, "the network is back");
}

#[test]
fn api_connections_that_are_reset_or_dropped_are_replaced() {
    for kubectl in kubectls() {
        let setting = setting(&kubectl);
        for round in 0..3 {
            setting.path.reset();
            served_again(&setting, &format!("{} reset {round}", kubectl.display()));
        }
        setting.path.forget_idle(Duration::from_secs(2));
        until("its connections are forgotten", || setting.path.has_forgotten().then_some(()));
        served_again(&setting, &format!("{} forgotten", kubectl.display()));
    }
}

#[test]
fn a_stopped_kubectl_is_replaced_at_the_next_request() {
    for kubectl in kubectls() {
        let setting = setting(&kubectl);
        for victim in setting.forwards.kubectls() {
            kill(victim.pid, Signal::SIGSTOP).unwrap();
        }
        // kubectl has not read the request: it is sent to the next one.
        let answer = ask(&mut connect(setting.port).unwrap(), "select 1");
        let why = || format!("{}\n{}", kubectl.display(), story(&setting.forwards));
        assert_eq!(answer.unwrap_or_else(|error| format!("{error}: {}", why())), "row select 1");
        until("the stopped one is gone", || (setting.forwards.kubectls().len() == 1).then_some(()));
    }
}

/// The pod is removed below its connections, as behind a proxy that does not pass on its end.
#[test]
fn a_pod_that_disappears_unnoticed_is_replaced_at_the_next_request() {
    for kubectl in kubectls() {
        let forwards = Forwards::with_usual_pauses();
        let cluster = forwards.clusters.cluster("production");
        let port = forwards.start(&format!("{ECHO} --kubectl {}", kubectl.display()));
        echo(&mut connect(port).unwrap(), "before").unwrap();
        let log = cluster.requests();
        let pod = log.iter().rev().find_map(|line| {
            let path = line.split_once("/namespaces/default/pods/")?.1;
            Some(path.split_once("/portforward")?.0.to_owned())
        });
        assert!(cluster.lose_sandbox("default", &pod.unwrap()));
        // kubectl's message proves that nothing was delivered.
        echo(&mut connect(port).unwrap(), "after").unwrap_or_else(|error| {
            panic!("{}: {error}\n{}", kubectl.display(), forwards.run("why echo").stdout)
        });
        forwards.becomes("echo", "ready");
    }
}

/// Longer than a connection may wait for a kubectl, and than kubectl waits for a stream.
const LONG: Duration = Duration::from_secs(35);
/// How often a line is logged, and the states are read, meanwhile.
const LOG_EVERY: Duration = Duration::from_millis(500);

/// Long silence is not failure: a slow answer, an idle WebSocket or prompt, a sink that never
/// answers. None of them makes kubectl be replaced.
#[test]
fn slow_connections_are_left_alone() {
    let forwards = Forwards::with_usual_pauses();
    let application = Application::new(answers_after(LONG));
    forwards.lead_to(&application);
    let names = ["echo", "hangup", "bulk"];
    let cluster = forwards.clusters.cluster("production");
    let prompt = Application::new(postgres);
    cluster.forward_target("default", "hangup", 8080, prompt.address());
    let slow = forwards.start(ECHO);
    let silent = forwards.start("svc/hangup 80 -n default");
    let sink = forwards.start("svc/bulk 81 -n default");
    let mut slow_one = connect(slow).unwrap();
    let mut idle = connect(silent).unwrap();
    assert_eq!(ask(&mut idle, "select 1").unwrap(), "row select 1");
    let mut log: TcpStream = connect(sink).unwrap();
    thread::scope(|scope| {
        let (answered, answers) = channel();
        scope.spawn(|| {
            let answered = answered;
            answered.send(ask(&mut slow_one, "report"))
        });
        let mut seen = Vec::new();
        let answer = loop {
            writeln!(log, "a line of a log").unwrap();
            for name in names {
                let forward = forwards.forward(name);
                seen.push((name, forward["state"].clone(), number(&forward["restarts"])));
            }
            match answers.recv_timeout(LOG_EVERY) {
                Err(RecvTimeoutError::Timeout) => {}
                answer => break answer,
            }
        };
        assert_eq!(answer.unwrap().unwrap(), "row report");
        let odd: Vec<_> = seen.iter().filter(|(_, state, n)| state != "ready" || *n > 0).collect();
        assert!(odd.is_empty(), "{odd:?}");
    });
    assert_eq!(ask(&mut idle, "select 2").unwrap(), "row select 2");
    writeln!(log, "and one more").unwrap();
    for name in names {
        let forward = forwards.forward(name);
        assert_eq!(number(&forward["restarts"]), 0, "{forward}");
    }
}
