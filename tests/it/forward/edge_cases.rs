//! Edge cases: a runtime directory in an unusual state, two clients at once, and kubectls that
//! misbehave.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::thread;

use nix::sys::signal::{Signal, kill};

use crate::support::{
    Forwards, PROMETHEUS, connect, healthy, number, sigkill, text, until, wrapped,
};

fn runtime(forwards: &Forwards) -> PathBuf {
    forwards.clusters.sandbox.path("run/watchdog")
}

/// The runtime directory, created before its first use.
fn made(forwards: &Forwards) -> PathBuf {
    let path = runtime(forwards);
    fs::create_dir(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}

/// The record of a child, as a killed supervisor leaves it, but with the pid of another process.
#[test]
fn a_recycled_pid_in_the_registry_harms_no_process() {
    let forwards = Forwards::new();
    forwards.start(PROMETHEUS);
    let registry = runtime(&forwards).join("registry");
    let pid = forwards.kubectl("prometheus-server");
    let child = registry.join(format!("child-{pid}.json"));
    let record = fs::read_to_string(&child).unwrap();
    let instance = fs::read_dir(&registry).unwrap().map(|entry| entry.unwrap().path());
    let instance = instance.into_iter().find(|path| *path != child).unwrap();
    let instance_record = fs::read_to_string(&instance).unwrap();
    forwards.watchdog(["supervisor", "stop"]).run().code(0);
    forwards.nothing();

    // An unrelated process, and this test itself.
    let stranger = forwards.clusters.sandbox.command("sleep").args(["600"]).start();
    let pids = [stranger.pid().as_raw(), std::process::id().cast_signed()];
    for other in pids {
        let text = record.replace(&format!("\"pid\":{pid}"), &format!("\"pid\":{other}"));
        let text = text.replace(&format!("\"pid\": {pid}"), &format!("\"pid\": {other}"));
        assert_ne!(text, record, "the record names the process");
        fs::write(registry.join(format!("child-{other}.json")), text).unwrap();
    }
    fs::write(&instance, instance_record).unwrap();
    fs::write(registry.join("child-1.json"), "{").unwrap();
    forwards.run("reap").code(0).says("nothing was left behind");
    assert!(forwards.clusters.sandbox.processes().iter().any(|it| it.pid == stranger.pid()));
    healthy(forwards.start(PROMETHEUS));
    assert!(forwards.clusters.sandbox.processes().iter().any(|it| it.pid == stranger.pid()));
    stranger.signal(Signal::SIGKILL);
    stranger.wait();
}

#[test]
fn concurrent_clients_get_one_supervisor() {
    let forwards = Forwards::new();
    let targets = ["svc/echo", "svc/bulk", "svc/hangup", "svc/reset"];
    let start = |target: &str| {
        let line = format!("start -d --local-port 0 {target} 80 -n default -o json");
        let output = forwards.run(&line).code(0);
        number(&output.json()["supervisor"]["pid"])
    };
    let pids = thread::scope(|scope| {
        let clients: Vec<_> = targets.iter().map(|target| scope.spawn(|| start(target))).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(pids.iter().all(|pid| *pid == pids[0]), "{pids:?}");
    assert_eq!(forwards.list()["forwards"].as_array().unwrap().len(), targets.len());
    let all = forwards.clusters.sandbox.processes();
    let count = |words: &str| all.iter().filter(|it| it.command == words).count();
    assert_eq!((count("watchdog guard"), count("watchdog supervisor run")), (1, 1), "{all:#?}");
}

#[test]
fn leftovers_of_a_dead_supervisor_are_no_obstacle() {
    let forwards = Forwards::new();
    let dir = made(&forwards);
    drop(UnixListener::bind(dir.join("supervisor.sock")).unwrap());
    // A killed process that held the lock.
    let holder = forwards.clusters.sandbox.command("flock");
    let script = "echo locked; exec sleep 600";
    let lock = dir.join("supervisor.lock");
    let holder = holder.arg(&lock).args(["sh", "-c", script]).start();
    holder.says("locked");
    // In the middle of the exec it would not be found.
    let here = || forwards.clusters.sandbox.processes();
    until("it sleeps", || here().iter().any(|it| it.command == "sleep 600").then_some(()));
    for process in here() {
        process.kill();
    }
    holder.wait();
    fs::write(&lock, "1\n").unwrap();
    fs::write(dir.join("start.lock"), "").unwrap();
    healthy(forwards.start(PROMETHEUS));
}

#[test]
fn a_runtime_directory_open_to_others_is_refused() {
    let forwards = Forwards::new();
    let start = format!("start -d --local-port 0 {PROMETHEUS}");
    let dir = made(&forwards);
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
    forwards.run(&start).code(1).says("mode 0755").says("chmod 700").prints_nothing();
    forwards.run("list").code(1).says("chmod 700");
    fs::remove_dir_all(&dir).unwrap();

    symlink(forwards.clusters.sandbox.path("files"), &dir).unwrap();
    forwards.run(&start).code(1).says("is a symbolic link").prints_nothing();
    fs::remove_file(&dir).unwrap();

    fs::write(&dir, "").unwrap();
    forwards.run(&start).code(1).says("is a file").prints_nothing();
    fs::remove_file(&dir).unwrap();

    let long = forwards.clusters.sandbox.path(&"long".repeat(30));
    let output = forwards.prepare(&start).env("WATCHDOG_RUNTIME_DIR", &long).run();
    output.code(1).says("bytes long").says("WATCHDOG_RUNTIME_DIR").prints_nothing();
    let output = forwards.prepare(&start).env("WATCHDOG_RUNTIME_DIR", "relative").run();
    output.code(1).says("is not an absolute path").prints_nothing();
    let output = forwards.prepare(&start).env("WATCHDOG_RUNTIME_DIR", "/proc/nothing").run();
    output.code(1).says("/proc/nothing").prints_nothing();
    healthy(forwards.start(PROMETHEUS));
}

/// A supervisor of another version identifies itself, and the client reports what to do.
#[test]
fn a_supervisor_of_another_protocol_is_reported_with_the_remedy() {
    let forwards = Forwards::new();
    let dir = made(&forwards);
    let socket = UnixListener::bind(dir.join("supervisor.sock")).unwrap();
    let hello = r#"{"reply":"hello","protocol":9,"version":"9.9.9","pid":4242,"guardPid":null,"startedAt":"2026-11-23T05:00:00Z"}"#;
    let server = thread::spawn(move || {
        // As many connections as the commands below make.
        for _ in 0..2 {
            let (mut client, _) = socket.accept().unwrap();
            let mut length = [0; 4];
            client.read_exact(&mut length).unwrap();
            let mut request = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap()];
            client.read_exact(&mut request).unwrap();
            let request = String::from_utf8(request).unwrap();
            assert!(request.contains("\"hello\""), "{request}");
            let length = u32::try_from(hello.len()).unwrap().to_be_bytes();
            client.write_all(&[&length, hello.as_bytes()].concat()).unwrap();
            // Wait until the client has left.
            let _ = client.read_to_end(&mut Vec::new());
        }
    });
    let start = format!("start -d --local-port 0 {PROMETHEUS}");
    forwards.run(&start).code(1).says("9.9.9").says("supervisor stop").prints_nothing();
    forwards.run("list").code(1).says("9.9.9").says("supervisor stop");
    server.join().unwrap();
    fs::remove_file(dir.join("supervisor.sock")).unwrap();
}

/// The client does not wait forever, and reports what to do.
#[test]
fn a_supervisor_that_hangs_is_named() {
    let forwards = Forwards::new();
    forwards.start(PROMETHEUS);
    let supervisor = forwards.supervisor();
    kill(supervisor, Signal::SIGSTOP).unwrap();
    let advice = format!("kill -9 {supervisor}");
    let verbs = ["list", "stop --all", "start -d --local-port 0 svc/echo 80 -n default"];
    let asked: Vec<_> = verbs.iter().map(|verb| forwards.prepare(verb).start()).collect();
    for running in asked {
        running.wait().code(1).says("does not answer").says(&advice).prints_nothing();
    }
    kill(supervisor, Signal::SIGKILL).unwrap();
    forwards.nothing();
    healthy(forwards.start(PROMETHEUS));
}

/// In a file system of 256 KiB, in its own mount namespace.
#[test]
fn a_full_disk_stops_only_new_forwards() {
    const SCRIPT: &str = r#"
        mount -t tmpfs -o size=256k,mode=700 tmpfs "$WATCHDOG_RUNTIME_DIR" || exit 77
        start() { "$WATCHDOG" forward start -d --local-port 0 "$@" -n "$NS"; echo "code $?"; }
        NS=default; start svc/echo 80
        head -c 1000000 /dev/zero >"$WATCHDOG_RUNTIME_DIR/fill" 2>/dev/null
        NS=monitoring; start svc/prometheus-server 80
        "$WATCHDOG" forward endpoint echo; echo "code $?"
        rm "$WATCHDOG_RUNTIME_DIR/fill"
        start svc/prometheus-server 80
        "$WATCHDOG" supervisor stop; echo "code $?"
    "#;
    let forwards = Forwards::new();
    let dir = made(&forwards);
    let run = forwards.clusters.sandbox.command("unshare").args(["-rm", "sh", "-c", SCRIPT]);
    let output =
        run.env("WATCHDOG_RUNTIME_DIR", &dir).env("WATCHDOG", env!("CARGO_BIN_EXE_watchdog")).run();
    if output.code == Some(77) || output.stderr.contains("unshare") {
        eprintln!("not run: a_full_disk_stops_only_new_forwards ({})", output.stderr);
        return;
    }
    let lines: Vec<&str> = output.stdout.lines().collect();
    let [first, "code 0", "code 1", same, "code 0", second, "code 0", "code 0"] = lines[..] else {
        panic!("{output}")
    };
    assert_eq!(first, same);
    assert_ne!(first, second);
    output.says("registry").says("No space left on device");
}

#[test]
fn a_context_that_points_to_another_server_is_not_followed() {
    let forwards = Forwards::new();
    forwards
        .start(&format!("{PROMETHEUS} --context production --owner-pid {}", std::process::id()));
    let (production, staging) =
        (forwards.clusters.cluster("production").url(), forwards.clusters.cluster("staging").url());
    let kubeconfig = forwards.clusters.demo().kubeconfig().replace(&production, &staging);
    forwards.clusters.sandbox.kubeconfig(&kubeconfig);
    let before = forwards.clusters.cluster("staging").requests().len();
    crate::support::sigkill(forwards.kubectl("prometheus-server"));
    let forward = forwards.becomes("prometheus-server", "failed");
    let error = crate::support::text(&forward["lastError"]);
    assert!(error.contains("now points to") && error.contains(&*staging), "{error}");
    assert_eq!(forwards.clusters.cluster("staging").requests().len(), before);
    forwards.no_kubectl();
    // After a stop, the changed context is used deliberately.
    forwards.run("stop prometheus-server").code(0);
    healthy(forwards.start(&format!("{PROMETHEUS} --context production")));
}

/// Each attempt may open a browser: there must be few attempts.
#[test]
fn a_lost_login_waits_for_the_user() {
    let forwards = Forwards::new();
    let path = |name: &str| forwards.clusters.sandbox.path("files").join(name);
    let (lost, starts) = (path("lost"), path("starts"));
    let body = format!(
        "echo start >>{starts}; [ -e {lost} ] && {{ echo 'error: You must be logged in to the server (Unauthorized)' >&2; exit 1; }}; exec \"$REAL\" \"$@\"",
        starts = starts.display(),
        lost = lost.display(),
    );
    let script = wrapped(&forwards, &body);
    let port = forwards.start(&format!("{PROMETHEUS} --kubectl {script}"));
    healthy(port);
    fs::write(&lost, "").unwrap();
    sigkill(forwards.kubectl("prometheus-server"));
    let forward = forwards.becomes("prometheus-server", "needsLogin");
    assert!(text(&forward["lastError"]).contains("logged in"), "{forward}");
    // Connections that arrive meanwhile cause no further attempts.
    for _ in 0..3 {
        drop(connect(port).unwrap());
    }
    assert_eq!(forwards.forward("prometheus-server")["state"], "needsLogin");
    assert_eq!(fs::read_to_string(&starts).unwrap().lines().count(), 2);
    fs::remove_file(&lost).unwrap();
    forwards.run("restart prometheus-server").code(0);
    healthy(port);
}

#[test]
fn a_kubectl_that_ignores_term_is_killed() {
    let forwards = Forwards::new();
    let body = "trap '' TERM INT HUP; (trap '' TERM; sleep 601) & \"$REAL\" \"$@\"; sleep 602";
    let script = wrapped(&forwards, body);
    healthy(forwards.start(&format!("{PROMETHEUS} --kubectl {script}")));
    forwards.run("stop prometheus-server").code(0);
    let all = forwards.clusters.sandbox.processes();
    assert!(!all.iter().any(|it| it.command.starts_with("sleep")), "{all:#?}");
    forwards.no_kubectl();
}

#[test]
fn a_kubectl_that_floods_its_output_still_serves() {
    let forwards = Forwards::new();
    let noise = "echo 'Handling connection for 1'; echo noise; echo 'E1123 noise' >&2";
    for body in [
        // Continuously.
        format!("(while :; do {noise}; done) & sleep 0.2; \"$REAL\" \"$@\""),
        // At the beginning, as much as the pipes take.
        "(yes | head -c 2000000) & (yes E1123 | head -c 2000000 >&2) & exec \"$REAL\" \"$@\""
            .to_owned(),
    ] {
        let script = wrapped(&forwards, &body);
        let port = forwards.start(&format!("{PROMETHEUS} --kubectl {script}"));
        healthy(port);
        let logs = forwards.run("logs prometheus-server").code(0).stdout;
        assert!(logs.lines().count() <= 500, "{} lines are kept", logs.lines().count());
        forwards.run("stop prometheus-server").code(0);
        forwards.no_kubectl();
    }
}

/// It reports that it is ready, then closes its output.
#[test]
fn a_kubectl_that_closes_its_output_still_serves() {
    let forwards = Forwards::new();
    // The real kubectl writes to a file whose first line is passed on; then stdout is closed.
    let log = forwards.clusters.sandbox.path("files/said");
    let body = format!(
        "\"$REAL\" \"$@\" >{0} 2>&1 & until grep -q Forwarding {0}; do sleep 0.02; done; head -1 {0}; \
         exec >&-; wait",
        log.display()
    );
    let script = wrapped(&forwards, &body);
    let port = forwards.start(&format!("{PROMETHEUS} --kubectl {script}"));
    healthy(port);
    healthy(port);
    let forward = forwards.forward("prometheus-server");
    assert_eq!((&forward["state"], &forward["restarts"]), (&"ready".into(), &0.into()));
}

#[test]
fn a_kubectl_that_reports_ready_without_listening_is_replaced() {
    let forwards = Forwards::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let wrong = free.local_addr().unwrap().port();
    drop(free);
    let lied = forwards.clusters.sandbox.path("files/lied");
    let body = format!(
        "if [ ! -e {0} ]; then touch {0}; echo 'Forwarding from 127.0.0.1:{wrong} -> 9090'; exec sleep 600; fi; \
         exec \"$REAL\" \"$@\"",
        lied.display()
    );
    let script = wrapped(&forwards, &body);
    let port = forwards.start(&format!("{PROMETHEUS} --kubectl {script}"));
    healthy(port);
    assert_eq!(forwards.becomes("prometheus-server", "ready")["restarts"], 1);
}

#[test]
fn a_kubectl_that_always_ends_at_once_is_restarted_with_backoff() {
    let forwards = Forwards::new();
    let count = forwards.clusters.sandbox.path("files/count");
    let body = format!("echo >>{}; echo 'error: it broke' >&2; exit 1", count.display());
    let script = wrapped(&forwards, &body);
    let line =
        format!("start -d --local-port 0 --ready-timeout 2s {PROMETHEUS} --kubectl {script}");
    forwards.run(&line).code(1).says("not ready in time: it broke").prints_nothing();
    let started = fs::read_to_string(&count).unwrap().lines().count();
    assert!((3..=12).contains(&started), "{started} times in two seconds");
    until("it is given up", || {
        forwards.list()["forwards"].as_array().unwrap().is_empty().then_some(())
    });
}
