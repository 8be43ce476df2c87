//! No request is delivered twice or after its client has given up, and no partial answer looks
//! complete.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use socket2::SockRef;

use crate::support::{
    Application, Download, ECHO, Forwards, GREETING, Payments, connect, greets, kubectls, number,
    sigkill, until, wrapped,
};

/// Sends one request and reads its complete answer.
fn http(port: u16, method: &str, id: &str) -> io::Result<()> {
    let mut stream = connect(port)?;
    ask(&mut stream, method, id)?;
    answered(&mut stream, id)
}

fn ask(stream: &mut TcpStream, method: &str, id: &str) -> io::Result<()> {
    let body = if method == "POST" { "amount=100" } else { "" };
    let head = format!("Host: localhost\r\nContent-Length: {}", body.len());
    // In one write, as clients send it: a partial request cannot be judged.
    let request = format!("{method} /pay?id={id} HTTP/1.1\r\n{head}\r\n\r\n{body}");
    stream.write_all(request.as_bytes())
}

/// An orderly end before the answer is complete is `UnexpectedEof`: a client could not tell it from
/// the end of an answer without a length.
fn answered(stream: &mut TcpStream, id: &str) -> io::Result<()> {
    let whole = format!("\r\n\r\ndone {id}");
    let mut answer = Vec::new();
    while !answer.ends_with(whole.as_bytes()) {
        let mut piece = [0; 1024];
        match stream.read(&mut piece)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => answer.extend(&piece[..length]),
        }
    }
    Ok(())
}

/// The requests of a client, by how they ended.
#[derive(Debug, Default)]
struct Tally {
    served: Vec<String>,
    failed: Vec<(String, io::ErrorKind)>,
}

/// Clients that send one request after another until `over` is set.
fn load(port: u16, method: &str, clients: usize, over: &AtomicBool, tally: &Mutex<Tally>) {
    thread::scope(|scope| {
        for client in 0..clients {
            scope.spawn(move || {
                for number in 0.. {
                    if over.load(Ordering::SeqCst) {
                        return;
                    }
                    let id = format!("{method}-{client}-{number}");
                    let result = http(port, method, &id);
                    let mut tally = tally.lock().unwrap();
                    match result {
                        Ok(()) => tally.served.push(id),
                        Err(error) => tally.failed.push((id, error.kind())),
                    }
                }
            });
        }
    });
}

/// Kills the forward's kubectls repeatedly while clients send requests.
fn killed_under_load(kubectl: &Path, how: &str, method: &str) -> (Payments, Tally) {
    let forwards = Forwards::with_usual_pauses();
    let payments = Payments::default();
    let application = payments.application(Duration::from_millis(20));
    forwards.lead_to(&application);
    let port = forwards.start(&format!("{ECHO} {how} --kubectl {}", kubectl.display()));
    let (over, tally) = (AtomicBool::new(false), Mutex::default());
    thread::scope(|scope| {
        let clients = scope.spawn(|| load(port, method, 4, &over, &tally));
        let served = || tally.lock().unwrap().served.len();
        for _ in 0..8 {
            let before = served();
            until("a few more are served", || (served() > before + 5).then_some(()));
            until("something is being worked on", || (payments.working() > 0).then_some(()));
            for victim in forwards.kubectls() {
                let _ = kill(victim.pid, Signal::SIGKILL);
            }
        }
        let before = served();
        until("it goes on after the last", || (served() > before + 5).then_some(()));
        over.store(true, Ordering::SeqCst);
        clients.join().unwrap();
    });
    (payments, tally.into_inner().unwrap())
}

#[test]
fn a_post_is_never_delivered_twice_and_breaks_with_a_reset() {
    for kubectl in kubectls() {
        let (payments, tally) = killed_under_load(&kubectl, "", "POST");
        assert_eq!(payments.repeated(), [], "{}", kubectl.display());
        assert!(tally.served.iter().all(|id| payments.of(id) == 1), "{tally:?}");
        // Requests that were being processed were cut.
        assert!(!tally.failed.is_empty());
        let reset = |kind: &io::ErrorKind| {
            matches!(kind, io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
        };
        assert!(tally.failed.iter().all(|(_, kind)| reset(kind)), "{:?}", tally.failed);
    }
}

#[test]
fn a_post_is_not_repeated_even_if_idempotent_requests_may_be() {
    let (payments, _) = killed_under_load(Path::new("kubectl"), "--retry-idempotent", "POST");
    assert_eq!(payments.repeated(), []);
}

#[test]
fn a_get_never_fails_if_it_may_be_repeated() {
    for kubectl in kubectls() {
        let (payments, tally) = killed_under_load(&kubectl, "--retry-idempotent", "GET");
        assert!(tally.failed.is_empty(), "{}: {:?}", kubectl.display(), tally.failed);
        assert!(tally.served.iter().all(|id| payments.of(id) >= 1));
    }
}

#[test]
fn a_get_is_not_repeated_unless_allowed() {
    let (payments, tally) = killed_under_load(Path::new("kubectl"), "", "GET");
    assert_eq!(payments.repeated(), []);
    assert!(!tally.failed.is_empty());
}

/// Whether a process with all its threads has ended and its sockets are closed; a zombie's may
/// still be open.
fn is_over(pid: Pid) -> bool {
    !Path::new(&format!("/proc/{pid}")).exists()
}

/// Open connections on which the client has not sent anything yet.
#[test]
fn connections_without_sent_bytes_survive_kubectls_end() {
    for kubectl in kubectls() {
        let forwards = Forwards::with_usual_pauses();
        let payments = Payments::default();
        let application = payments.application(Duration::ZERO);
        forwards.lead_to(&application);
        let port = forwards.start(&format!("{ECHO} --kubectl {}", kubectl.display()));
        for round in 0..5 {
            let mut streams: Vec<_> = (0..8).map(|_| connect(port).unwrap()).collect();
            until("they are open", || {
                let open = number(&forwards.forward("echo")["openConnections"]);
                (open >= 8).then_some(())
            });
            let victims: Vec<_> = forwards.kubectls().iter().map(|it| it.pid).collect();
            for victim in &victims {
                let _ = kill(*victim, Signal::SIGKILL);
            }
            // A request sent to a dying kubectl might have reached the pod.
            until("its sockets are closed", || victims.iter().all(|it| is_over(*it)).then_some(()));
            for (number, stream) in streams.iter_mut().enumerate() {
                let id = format!("{round}-{number}");
                let result = ask(stream, "POST", &id).and_then(|()| answered(stream, &id));
                let why = || forwards.run("why echo").stdout;
                assert!(result.is_ok(), "{}, {id}: {result:?}\n{}", kubectl.display(), why());
            }
        }
        assert_eq!(payments.executed(), 40);
        assert_eq!(payments.repeated(), []);
    }
}

#[test]
fn a_server_that_speaks_first_is_retried() {
    let forwards = Forwards::with_usual_pauses();
    let application = Application::new(greets);
    forwards.lead_to(&application);
    let port = forwards.start(ECHO);
    let (over, greeted) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        let clients: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut failures = Vec::new();
                    while !over.load(Ordering::SeqCst) {
                        let greeting = connect(port)
                            .and_then(|mut stream| stream.read_exact(&mut [0; GREETING]));
                        match greeting {
                            Ok(()) => _ = greeted.fetch_add(1, Ordering::SeqCst),
                            Err(error) => failures.push(error),
                        }
                    }
                    failures
                })
            })
            .collect();
        for _ in 0..8 {
            let before = greeted.load(Ordering::SeqCst);
            until("more are greeted, or fail", || {
                let more = greeted.load(Ordering::SeqCst) > before + 10;
                (more || clients.iter().any(thread::ScopedJoinHandle::is_finished)).then_some(())
            });
            forwards.kubectls().iter().for_each(|it| {
                let _ = kill(it.pid, Signal::SIGKILL);
            });
        }
        over.store(true, Ordering::SeqCst);
        let failures: Vec<_> = clients.into_iter().flat_map(|it| it.join().unwrap()).collect();
        // A greeting that was cut off cannot be restarted.
        assert!(failures.is_empty(), "of {greeted:?}: {failures:?}");
    });
}

#[test]
fn a_download_cut_by_kubectls_death_ends_in_a_reset() {
    for kubectl in kubectls() {
        let forwards = Forwards::new();
        let download = Download::default();
        let application = download.application();
        forwards.lead_to(&application);
        let port = forwards.start(&format!("{ECHO} --kubectl {}", kubectl.display()));
        for by_api in [false, true] {
            let came = AtomicU64::new(0);
            let stream = connect(port).unwrap();
            thread::scope(|scope| {
                let reader = scope.spawn(|| Download::read(&stream, &came));
                until("some of it came", || (came.load(Ordering::SeqCst) > 100_000).then_some(()));
                if by_api {
                    forwards.clusters.cluster("production").cut_forwards();
                } else {
                    sigkill(forwards.kubectl("echo"));
                }
                let error = reader.join().unwrap().expect_err("it is not whole");
                let what = format!("{}, by_api {by_api}", kubectl.display());
                assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{what}");
            });
            forwards.becomes("echo", "ready");
        }
    }
}

/// Requests that are being processed when the connection to the API server breaks: none of them
/// ends in order, which a client might take for an answer, and none is repeated.
#[test]
fn a_request_cut_by_the_api_connection_ends_in_a_reset() {
    for kubectl in kubectls() {
        for websockets in [true, false] {
            let forwards = Forwards::with_usual_pauses();
            let cluster = forwards.clusters.cluster("production");
            cluster.set_forward_websockets(websockets);
            let payments = Payments::default();
            let application = payments.application(Duration::from_secs(2));
            forwards.lead_to(&application);
            let port = forwards.start(&format!("{ECHO} --kubectl {}", kubectl.display()));
            let what = format!("{}, websockets {websockets}", kubectl.display());
            let mut streams: Vec<_> = (0..6).map(|_| connect(port).unwrap()).collect();
            for (number, stream) in streams.iter_mut().enumerate() {
                ask(stream, "POST", &number.to_string()).unwrap();
            }
            until("all are being worked on", || (payments.working() == 6).then_some(()));
            cluster.cut_forwards();
            for (number, stream) in streams.iter_mut().enumerate() {
                let error = answered(stream, &number.to_string()).expect_err("it was cut");
                assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{what}");
            }
            until("the application is done", || (payments.working() == 0).then_some(()));
            assert_eq!(payments.repeated(), [], "{what}");
            assert_eq!(payments.executed(), 6, "{what}");
        }
    }
}

/// A kubectl that does not start while a file exists.
fn held(forwards: &Forwards) -> (String, PathBuf) {
    let hold = forwards.clusters.sandbox.path("files/hold");
    let body =
        format!("while [ -e {} ]; do sleep 0.02; done; exec \"$REAL\" \"$@\"", hold.display());
    (wrapped(forwards, &body), hold)
}

/// `curl -m 1 -d amount=100`, Ctrl-C, a closed browser tab: a request sent while there was no
/// kubectl is not delivered after its client has left. A request of a client that has only closed
/// its sending half is (`nc -N`).
#[test]
fn a_request_of_a_client_that_has_left_is_not_delivered() {
    let forwards = Forwards::with_usual_pauses();
    let payments = Payments::default();
    let application = payments.application(Duration::ZERO);
    forwards.lead_to(&application);
    let (script, hold) = held(&forwards);
    let port = forwards.start(&format!("{ECHO} --kubectl {script}"));
    std::fs::write(&hold, "").unwrap();
    sigkill(forwards.kubectl("echo"));
    forwards.becomes("echo", "reconnecting");

    let send = |id: &str| {
        let mut stream = connect(port).unwrap();
        ask(&mut stream, "POST", id).unwrap();
        stream
    };
    let (closed, reset, mut half, mut open) =
        (send("closed"), send("reset"), send("half"), send("open"));
    half.shutdown(Shutdown::Write).unwrap();
    until("all of them are there", || {
        (number(&forwards.forward("echo")["openConnections"]) == 4).then_some(())
    });
    drop(closed);
    SockRef::from(&reset).set_linger(Some(Duration::ZERO)).unwrap();
    drop(reset);
    until("two of them are forgotten", || {
        (number(&forwards.forward("echo")["openConnections"]) == 2).then_some(())
    });
    std::fs::remove_file(&hold).unwrap();
    answered(&mut half, "half").unwrap();
    answered(&mut open, "open").unwrap();
    http(port, "POST", "after").unwrap();
    let counts = ["closed", "reset", "half", "open", "after"].map(|id| payments.of(id));
    assert_eq!(counts, [0, 0, 1, 1, 1]);
}
