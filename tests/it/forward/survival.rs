//! Processes are killed, and nothing of them is left. Every kill here is a real one.

use std::path::Path;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{
    Forwards, PROMETHEUS, Terminal, between, connect, free, healthy, number, request, sigkill,
    until, wrapped,
};

/// A kubectl with grandchildren: one in its group, one in its own session, one orphan; none of them
/// reacts to TERM.
const FAMILY: &str = "\
(trap '' TERM HUP; exec sleep 601) &
setsid sh -c \"trap '' TERM HUP; sleep 602; sleep 603\" &
(setsid sleep 604 &)
exec \"$REAL\" \"$@\"";

fn port_of(forwards: &Forwards, name: &str) -> u16 {
    u16::try_from(number(&forwards.forward(name)["localPort"])).unwrap()
}

/// Waits until the whole family is running.
fn family(forwards: &Forwards) {
    until("the family is up", || {
        let all = forwards.clusters.sandbox.processes();
        let up = |command: &str| all.iter().any(|process| process.command == command);
        ["sleep 601", "sleep 602", "sleep 604"].iter().all(|it| up(it)).then_some(())
    });
}

#[test]
fn a_killed_clients_kubectl_is_ended() {
    let forwards = Forwards::new();
    let other = forwards.start("svc/echo 80 -n default");
    let client = forwards.attached(PROMETHEUS);
    let port = port_of(&forwards, "prometheus-server");
    let pid = forwards.kubectl("prometheus-server");
    client.signal(Signal::SIGKILL);
    client.wait();
    forwards.gone(&[pid]);
    free(port);
    let why = forwards.run("why prometheus-server").code(0).stdout;
    assert!(why.contains("the client has ended"), "{why}");
    // The other forward is not affected.
    connect(other).unwrap();
    assert_eq!(forwards.kubectls().len(), 1);
}

#[test]
fn every_kubectl_of_a_killed_supervisor_is_ended() {
    let forwards = Forwards::new();
    let ports = [forwards.start(PROMETHEUS), forwards.start("svc/echo 80 -n default")];
    sigkill(forwards.supervisor());
    forwards.nothing();
    ports.into_iter().for_each(free);
    healthy(forwards.start(PROMETHEUS));
}

#[test]
fn children_of_kubectl_are_ended_after_the_supervisor_was_killed() {
    let forwards = Forwards::new();
    let script = wrapped(&forwards, FAMILY);
    forwards.start(&format!("{PROMETHEUS} --kubectl {script}"));
    family(&forwards);
    sigkill(forwards.supervisor());
    forwards.nothing();
}

/// In good order, with a grace period for kubectl.
#[test]
fn the_supervisor_of_a_killed_guard_ends_everything_and_itself() {
    let forwards = Forwards::new();
    let port = forwards.start(PROMETHEUS);
    let told = forwards.clusters.sandbox.path("files/told");
    let body = format!("trap 'echo told >{}; exit' TERM; \"$REAL\" \"$@\" & wait", told.display());
    let script = wrapped(&forwards, &body);
    forwards.start(&format!("svc/echo 80 -n default --kubectl {script}"));
    sigkill(forwards.guard());
    forwards.nothing();
    assert!(told.exists(), "kubectl was asked to end");
    free(port);
    healthy(forwards.start(PROMETHEUS));
}

/// Without a guard to inherit them, processes in their own sessions are found by their mark.
#[test]
fn children_of_kubectl_are_ended_after_the_guard_was_killed() {
    let forwards = Forwards::new();
    let script = wrapped(&forwards, FAMILY);
    forwards.start(&format!("{PROMETHEUS} --kubectl {script}"));
    family(&forwards);
    sigkill(forwards.guard());
    forwards.nothing();
}

#[test]
fn reap_ends_what_a_killed_guard_and_supervisor_left() {
    for by_start in [false, true] {
        let forwards = Forwards::new();
        let script = wrapped(&forwards, FAMILY);
        forwards.start(&format!("{PROMETHEUS} --kubectl {script}"));
        family(&forwards);
        let (supervisor, guard) = (forwards.supervisor(), forwards.guard());
        // Both are stopped first, so that neither notices the other's end.
        for pid in [guard, supervisor] {
            kill(pid, Signal::SIGSTOP).unwrap();
        }
        sigkill(guard);
        sigkill(supervisor);
        forwards.gone(&[guard, supervisor]);
        assert!(!forwards.clusters.sandbox.processes().is_empty(), "there is something to end");
        if by_start {
            healthy(forwards.start(PROMETHEUS));
            forwards.run("stop --all").code(0);
            forwards.watchdog(["supervisor", "stop"]).run().code(0);
        } else {
            let output = forwards.run("reap").code(0);
            assert!(output.stdout.contains("ended pid "), "{output}");
            forwards.nothing();
            forwards.run("reap").code(0).says("nothing was left behind").prints_nothing();
        }
        forwards.nothing();
    }
}

#[test]
fn processes_of_a_living_supervisor_are_not_reaped() {
    let forwards = Forwards::new();
    let port = forwards.start(PROMETHEUS);
    forwards.run("reap").code(0).says("nothing was left behind");
    healthy(port);
    assert_eq!(forwards.forward("prometheus-server")["restarts"], 0);
}

#[test]
fn a_killed_kubectl_is_restarted_on_the_same_port() {
    let forwards = Forwards::new();
    let port = forwards.start(PROMETHEUS);
    for restarts in 1..=3 {
        let pid = forwards.kubectl("prometheus-server");
        sigkill(pid);
        // Until it has ended, the kernel accepts connections to it that are then reset.
        until("kubectl is reaped", || (!Path::new(&format!("/proc/{pid}")).exists()).then_some(()));
        healthy(port);
        let forward = forwards.restarted("prometheus-server", restarts);
        assert_eq!(forward["restarts"], restarts, "{forward}");
        assert_eq!(forward["localPort"], port);
        assert_ne!(forward["pid"], pid.as_raw());
    }
    assert_eq!(forwards.kubectls().len(), 1);
    let why = forwards.run("why prometheus-server").code(0).stdout;
    assert!(why.contains("SIGKILL"), "{why}");
}

/// Processes left in the group of a dead kubectl are ended before the next one starts.
#[test]
fn children_of_killed_kubectls_do_not_accumulate() {
    let forwards = Forwards::new();
    let body = "(trap '' TERM HUP; exec sleep 601) & \"$REAL\" \"$@\"";
    let script = wrapped(&forwards, body);
    let port = forwards.start(&format!("{PROMETHEUS} --kubectl {script}"));
    for _ in 0..2 {
        let forward = forwards.forward("prometheus-server");
        sigkill(forwards.kubectl("prometheus-server"));
        // A child of the killed shell may answer until it is ended with its group.
        forwards.restarted("prometheus-server", number(&forward["restarts"]) + 1);
        healthy(port);
    }
    let all = forwards.clusters.sandbox.processes();
    let count = all.iter().filter(|process| process.command == "sleep 601").count();
    assert_eq!(count, 1, "{all:#?}");
}

/// By Ctrl-S, or a screen in scroll mode: output that cannot be shown must not end the forwards.
/// The status line is drawn every second; without precautions the second heartbeat after it would
/// never be sent.
#[test]
fn a_stopped_terminal_does_not_stop_heartbeats() {
    let forwards = Forwards::impatient(10);
    let terminal = Terminal::new(80, 24);
    let run = forwards.prepare(&format!("start --local-port 0 {PROMETHEUS}"));
    let client = run.stdout(terminal.stdio()).start();
    forwards.becomes("prometheus-server", "ready");
    terminal.hold(true);
    let silence = || number(&forwards.forward("prometheus-server")["leases"][0]["lastHeartbeatMs"]);
    let (mut beats, mut last) = (0, silence());
    until("six heartbeats", || {
        let now = silence();
        beats += u32::from(now < last);
        last = now;
        (beats == 6).then_some(())
    });
    // It can still be ended.
    client.signal(Signal::SIGINT);
    client.wait().code(0);
    forwards.no_kubectl();
}

/// Ctrl-Z is announced to the supervisor first, so that missing heartbeats do not end the lease.
#[test]
fn a_suspended_client_keeps_its_forward() {
    let forwards = Forwards::impatient(5);
    let client = forwards.attached(PROMETHEUS);
    let kubectl = forwards.kubectl("prometheus-server");
    client.signal(Signal::SIGTSTP);
    until("it is stopped", || client.status("State")?.starts_with('T').then_some(()));
    let silence = || number(&forwards.forward("prometheus-server")["leases"][0]["lastHeartbeatMs"]);
    // The timeout is 5 s, checked every second.
    until("it has been silent for longer than the timeout", || (silence() > 7500).then_some(()));
    client.signal(Signal::SIGCONT);
    until("it is heard of again", || (silence() < 2000).then_some(()));
    assert_eq!(forwards.kubectl("prometheus-server"), kubectl);
    client.signal(Signal::SIGINT);
    client.wait().code(0);
    forwards.no_kubectl();
}

/// At least 3 s without heartbeats, and at most 3 s plus a check interval of 1 s and a moment.
/// Measured by the supervisor's own events, so that a slow machine does not matter: heartbeats come
/// every second, so the last one was at most 1 s before the stop.
#[test]
fn a_stopped_clients_lease_ends_after_the_timeout_but_not_before() {
    let forwards = Forwards::impatient(3);
    let client = forwards.attached(PROMETHEUS);
    let pid = forwards.kubectl("prometheus-server");
    let stopped = jiff::Timestamp::now();
    client.signal(Signal::SIGSTOP);
    let lease = |forward: &serde_json::Value| number(&forward["leases"][0]["lastHeartbeatMs"]);
    let mut longest = 0;
    until("the forward is ended", || match forwards.find("prometheus-server") {
        Some(forward) if forward["state"] == "ready" => {
            longest = longest.max(lease(&forward));
            None
        }
        _ => Some(()),
    });
    let ended = forwards.moment("prometheus-server", "no heartbeat for 3s").unwrap();
    let silent = between(stopped, ended);
    assert!(silent >= Duration::from_millis(1_900), "{silent:?} after the stop");
    assert!(longest >= 1_500, "it was still there after {longest} ms of silence");
    forwards.gone(&[pid]);
    client.signal(Signal::SIGKILL);
    client.wait();
}

#[test]
fn run_passes_on_the_code_and_the_endpoint() {
    let forwards = Forwards::new();
    let script = "printf %s \"$WATCHDOG_ENDPOINT\"; exit 42";
    let run = forwards.prepare(&format!("run {PROMETHEUS} -- sh -c"));
    let output = run.arg(script).run().code(42);
    assert!(output.stdout.starts_with("http://127.0.0.1:"), "{output}");
    forwards.no_kubectl();
    let run = forwards.prepare(&format!("run {PROMETHEUS} -- /no/such/program"));
    run.run().code(127).says("/no/such/program");
    forwards.no_kubectl();
}

#[test]
fn the_forward_and_the_command_of_a_killed_run_are_ended() {
    let forwards = Forwards::new();
    let run = forwards.prepare(&format!("run {PROMETHEUS} -- sh -c"));
    let running = run.arg("echo up; sleep 605").start();
    running.says("up");
    running.signal(Signal::SIGKILL);
    forwards.no_kubectl();
    until("the command is gone", || {
        let all = forwards.clusters.sandbox.processes();
        (!all.iter().any(|process| process.command == "sh -c echo up; sleep 605")).then_some(())
    });
    // watchdog cannot know the command's own children; end them for the test.
    forwards.clusters.sandbox.processes().iter().filter(|it| it.command == "sleep 605").for_each(
        |it| {
            eprintln!("outlived its parent, the command of forward run: {}", it.command);
            it.kill();
        },
    );
    running.wait();
}

#[test]
fn an_attached_client_gets_its_forward_back_from_a_new_supervisor() {
    let forwards = Forwards::new();
    let client = forwards.attached(PROMETHEUS);
    let port = port_of(&forwards, "prometheus-server");
    let old = forwards.supervisor();
    sigkill(old);
    comes_back(&forwards, port, old);
    client.signal(Signal::SIGINT);
    client.wait().code(0);
    forwards.no_kubectl();
}

#[test]
fn an_attached_client_gets_its_forward_back_when_the_guard_is_killed() {
    let forwards = Forwards::new();
    let client = forwards.attached(PROMETHEUS);
    let port = port_of(&forwards, "prometheus-server");
    let (old, kubectl) = (forwards.supervisor(), forwards.kubectl("prometheus-server"));
    sigkill(forwards.guard());
    comes_back(&forwards, port, old);
    forwards.gone(&[old, kubectl]);
    client.signal(Signal::SIGINT);
    let output = client.wait().code(0);
    assert!(output.stdout.contains("the supervisor's guard was killed"), "{output}");
    assert!(!output.stdout.contains("SIGTERM"), "{output}");
    forwards.no_kubectl();
}

/// Waits until a supervisor other than `old` has the forward on the port.
fn comes_back(forwards: &Forwards, port: u16, old: Pid) {
    until("a new supervisor has it at the old port", || {
        // At the very moment of the supervisor's end, `list` may fail.
        let output = forwards.run("list -o json");
        let list = (output.code == Some(0)).then(|| output.json())?;
        let forward = &list["forwards"][0];
        let new = list["supervisor"]["pid"] != old.as_raw();
        (new && forward["state"] == "ready" && forward["localPort"] == port).then_some(())
    });
    assert!(request(port, "/-/healthy").unwrap().contains("Healthy"));
}

#[test]
fn stopping_the_supervisor_ends_everything_in_good_order() {
    for by_signal in [false, true] {
        let forwards = Forwards::new();
        let port = forwards.start(PROMETHEUS);
        let supervisor = forwards.supervisor();
        if by_signal {
            kill(supervisor, Signal::SIGTERM).unwrap();
        } else {
            forwards.watchdog(["supervisor", "stop"]).run().code(0);
        }
        forwards.nothing();
        free(port);
        let runtime = forwards.clusters.sandbox.path("run/watchdog");
        assert!(!runtime.join("supervisor.sock").exists());
        assert_eq!(std::fs::read_dir(runtime.join("registry")).unwrap().count(), 0);
    }
}

#[test]
fn the_supervisor_ends_by_itself_when_idle() {
    let forwards = Forwards::new();
    let config = crate::support::SHORT.replace("stop_grace", "exit_after_seconds: 1, stop_grace");
    forwards.clusters.sandbox.configure(&config);
    forwards.start(PROMETHEUS);
    forwards.run("stop --all").code(0);
    forwards.nothing();
}
