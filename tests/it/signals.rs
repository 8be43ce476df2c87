//! Being told to end, or being ended, in the middle.

use nix::sys::signal::Signal;

use crate::support::{Clusters, Running, until};

/// `hpa list` with a kubectl that starts others, hears no signal and never ends.
fn hanging(body: &str) -> (Clusters, Running) {
    let clusters = Clusters::new();
    let script = clusters.sandbox.script("kubectl", &format!("echo started >>started; {body}"));
    let args = ["hpa", "list", "--timeout", "10m", "--kubectl", script.to_str().unwrap()];
    let running = clusters.watchdog(args).start();
    let started = clusters.sandbox.path("files/started");
    until("both kubectls start", || {
        let text = std::fs::read_to_string(&started).ok()?;
        (text.lines().count() == 2).then_some(())
    });
    (clusters, running)
}

const STUBBORN: &str = "trap '' INT TERM HUP; sleep 600 & (sleep 600 & sleep 600) & sleep 600";

#[test]
fn a_signal_ends_it_and_all_it_started() {
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143), (Signal::SIGHUP, 129)] {
        let (clusters, running) = hanging(STUBBORN);
        running.signal(signal);
        running.wait().code(code).prints_nothing();
        assert_eq!(clusters.sandbox.left(), Vec::<String>::new());
    }
}

/// Not even a chance to clean up: the kernel ends its kubectls.
#[cfg(target_os = "linux")]
#[test]
fn killed_it_leaves_no_kubectl() {
    let (clusters, running) = hanging("trap '' INT TERM HUP; exec sleep 600");
    running.signal(Signal::SIGKILL);
    assert_eq!(running.wait().signal, Some(9));
    assert_eq!(clusters.sandbox.left(), Vec::<String>::new());
}

#[test]
fn a_real_kubectl_goes_too() {
    let signals = [Signal::SIGINT, Signal::SIGTERM];
    let killed = cfg!(target_os = "linux").then_some(Signal::SIGKILL);
    for signal in signals.into_iter().chain(killed) {
        let clusters = Clusters::broken();
        let args = ["hpa", "list", "--cluster", "silent", "--timeout", "10m"];
        let running = clusters.watchdog(args).start();
        until("kubectl asks", || clusters.cluster("silent").requests().first().cloned());
        running.signal(signal);
        let output = running.wait().prints_nothing();
        assert!(output.code.is_some() || output.signal == Some(9), "{output}");
        assert_eq!(clusters.sandbox.left(), Vec::<String>::new());
    }
}

/// `nohup`, and shells that start a job in the background.
#[test]
fn a_signal_that_was_ignored_before_stays_ignored() {
    let clusters = Clusters::broken();
    let script = "trap '' HUP; exec \"$0\" hpa list --cluster silent --timeout 10m";
    let running = clusters
        .sandbox
        .command("/bin/sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_watchdog")])
        .start();
    until("kubectl asks", || clusters.cluster("silent").requests().first().cloned());
    running.signal(Signal::SIGHUP);
    running.signal(Signal::SIGTERM);
    running.wait().code(143);
}
