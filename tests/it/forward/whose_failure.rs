//! The culprit of kubectl's end: an application's resets delay no client, and a refused port or a
//! kubectl that cannot work costs little CPU.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use watchdog::demo::Runtime;

use crate::support::{
    Application, ECHO, Forwards, GREETING, ask, connect, greets, number, postgres,
    resets_unanswered, session, until, wrapped,
};

/// A program that runs `body` for port-forward, and the real kubectl otherwise.
fn instead(forwards: &Forwards, body: &str) -> String {
    let else_real = "case \" $* \" in *\" port-forward \"*) ;; *) exec \"$REAL\" \"$@\";; esac";
    wrapped(forwards, &format!("{else_real}\n{body}"))
}

/// Far less than doubling pauses would add up to (half a minute each).
const SOON: Duration = Duration::from_secs(10);

#[test]
fn an_application_that_resets_each_session_is_served_each_time() {
    for kubectl in crate::support::kubectls() {
        for isolate in ["auto", "always", "never"] {
            let forwards = Forwards::with_usual_pauses();
            let application = Application::new(postgres);
            forwards.lead_to(&application);
            let kubectl = kubectl.display();
            let port = forwards.start(&format!("{ECHO} --isolate {isolate} --kubectl {kubectl}"));
            for number in 0..25 {
                session(port).unwrap_or_else(|error| {
                    let why = forwards.run("why echo").stdout;
                    panic!("{kubectl}, {isolate}, session {number}: {error}\n{why}")
                });
            }
            let forward = forwards.becomes("echo", "ready");
            assert_eq!(number(&forward["totalConnections"]), 25);
        }
    }
}

#[test]
fn resets_and_refusals_of_every_runtime_do_not_delay_the_next_session() {
    for runtime in [Runtime::Containerd, Runtime::CriO, Runtime::Dockershim] {
        let forwards = Forwards::with_usual_pauses();
        forwards.clusters.cluster("production").set_runtime(Some(runtime));
        let port = forwards.start(ECHO);
        for round in 0..3 {
            let application = Application::new(resets_unanswered);
            forwards.lead_to(&application);
            let mut stream = connect(port).unwrap();
            writeln!(stream, "query").unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            assert!(answer.is_empty(), "{runtime:?}, round {round}: {answer:?}");
            drop(application);
            // The application's port refuses connections now.
            let mut stream = connect(port).unwrap();
            let _ = writeln!(stream, "query");
            let _ = stream.read_to_end(&mut answer);
            assert!(answer.is_empty(), "{runtime:?}, round {round}: {answer:?}");
            let application = Application::new(postgres);
            forwards.lead_to(&application);
            let start = Instant::now();
            session(port).unwrap_or_else(|error| {
                let why = forwards.run("why echo").stdout;
                panic!("{runtime:?}, round {round}: {error}\n{why}")
            });
            assert!(start.elapsed() < SOON, "{runtime:?}, round {round}: {:?}", start.elapsed());
        }
    }
}

/// How long a client retries: long enough for pauses that double to be seen.
const POLLED: Duration = Duration::from_secs(4);
/// How long it pauses before it tries again: its behaviour, not a wait.
const CLIENTS_PAUSE: Duration = Duration::from_millis(100);

/// Like `until curl …; do sleep 1; done`, but faster.
#[test]
fn a_polling_client_is_served_once_the_application_is_up() {
    let forwards = Forwards::with_usual_pauses();
    let mut application = Application::refusing();
    forwards.lead_to(&application);
    let port = forwards.start(ECHO);
    let polled = Instant::now();
    until("it was polled for seconds", || {
        assert!(session(port).is_err());
        thread::sleep(CLIENTS_PAUSE);
        (polled.elapsed() > POLLED).then_some(())
    });
    let starts = number(&forwards.forward("echo")["kubectlStarts"]);
    assert!(starts <= 4 * 4 + 20, "{starts} starts in {:?}", polled.elapsed());
    application.listen(postgres);
    let up = Instant::now();
    until("the application is reached", || session(port).ok());
    assert!(up.elapsed() < SOON, "{:?}", up.elapsed());
}

#[test]
fn a_server_that_speaks_first_works_in_each_session() {
    let forwards = Forwards::with_usual_pauses();
    let application = Application::new(greets);
    forwards.lead_to(&application);
    let port = forwards.start(ECHO);
    for _ in 0..5 {
        let mut stream = connect(port).unwrap();
        let mut greeting = [0; GREETING];
        stream.read_exact(&mut greeting).unwrap();
        assert_eq!(ask(&mut stream, "select 1").unwrap(), "row select 1");
    }
    // A health check connects and leaves.
    for _ in 0..10 {
        drop(connect(port).unwrap());
    }
    let mut stream = connect(port).unwrap();
    stream.read_exact(&mut [0; GREETING]).unwrap();
}

/// How often kubectl was started while a client retried for a few seconds: at first as often as
/// allowed, then at most a few times per second.
fn starts_of(forwards: &Forwards, body: &str) -> usize {
    let starts = forwards.clusters.sandbox.path("files/starts");
    let script = instead(forwards, &format!("echo >>{}\n{body}", starts.display()));
    let line = format!("start -d --local-port 0 {ECHO} --ready-timeout 3s --kubectl {script}");
    let run = forwards.prepare(&line).start();
    let start = Instant::now();
    until("it was retried for seconds", || {
        if let Some(forward) = forwards.find("echo") {
            let port = u16::try_from(number(&forward["localPort"])).unwrap();
            if let Ok(mut stream) = connect(port) {
                stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
                let _ = stream.read(&mut [0]);
            }
        }
        (start.elapsed() > POLLED).then_some(())
    });
    run.wait();
    std::fs::read_to_string(starts).unwrap_or_default().lines().count()
}

const MANY: usize = 45;

#[test]
fn restarts_of_a_kubectl_that_announces_port_0_are_limited() {
    let forwards = Forwards::with_usual_pauses();
    let body = "echo 'Forwarding from 127.0.0.1:0 -> 80'; exec sleep 600";
    let starts = starts_of(&forwards, body);
    assert!((1..MANY).contains(&starts), "{starts} starts");
}

#[test]
fn restarts_of_a_kubectl_that_refuses_connections_are_limited() {
    let forwards = Forwards::with_usual_pauses();
    let application = Application::refusing();
    let port = application.address().port();
    let body = format!("echo 'Forwarding from 127.0.0.1:{port} -> 80'; exec sleep 600");
    let starts = starts_of(&forwards, &body);
    assert!((1..MANY).contains(&starts), "{starts} starts");
}

/// kubectl up to 1.22 after its pod was deleted, or any version behind a proxy that does not pass
/// on the pod's end: each connection fails, while the process stays.
#[test]
fn a_running_kubectl_is_replaced_if_each_connection_fails() {
    let forwards = Forwards::with_usual_pauses();
    let application = Application::new(postgres);
    forwards.lead_to(&application);
    for words in [
        "E0101 00:00:00.000000 1 portforward.go:400] an error occurred forwarding 80 -> 80: error \
         forwarding port 80 to pod 0273cdedf829, uid : failed to find sandbox \"0273cdedf829\" in \
         store: not found\n",
        "",
    ] {
        let dead = TcpListener::bind("127.0.0.1:0").unwrap();
        let says = forwards.clusters.sandbox.write("stderr", "");
        let first = forwards.clusters.sandbox.path("files/first");
        let _ = std::fs::remove_file(&first);
        let body = format!(
            "[ -e {first} ] && exec \"$REAL\" \"$@\"\n: >{first}\n\
             echo 'Forwarding from 127.0.0.1:{port} -> 80'\nexec tail -f {says} >&2",
            first = first.display(),
            port = dead.local_addr().unwrap().port(),
            says = says.display(),
        );
        let script = instead(&forwards, &body);
        thread::spawn(move || {
            for stream in dead.incoming() {
                let Ok(mut stream) = stream else { return };
                let _ = stream.read(&mut [0; 100]);
                let mut file = std::fs::OpenOptions::new().append(true).open(&says).unwrap();
                let _ = file.write_all(words.as_bytes());
            }
        });
        let port = forwards.start(&format!("{ECHO} --kubectl {script}"));
        until("a session is served", || session(port).ok());
        let forward = forwards.becomes("echo", "ready");
        assert!(number(&forward["kubectlStarts"]) <= 4, "{forward}");
        forwards.run("stop --all").code(0);
    }
}
