//! Signals during a run.

use std::io::Write as _;

use nix::fcntl::FcntlArg;
use nix::sys::signal::Signal;
use unicode_width::UnicodeWidthStr as _;

use watchdog::demo::Fault;

use crate::support::{Clusters, Running, Sandbox, Screen, Terminal, plain, until};

/// `hpa list` with a kubectl that starts other processes, ignores signals and never ends.
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
fn a_signal_ends_watchdog_and_all_its_children() {
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143), (Signal::SIGHUP, 129)] {
        let (clusters, running) = hanging(STUBBORN);
        running.signal(signal);
        let output = running.wait().code(code).prints_nothing();
        assert!(output.stderr.contains("0 of 2 clusters read"), "{output}");
        assert_eq!(clusters.sandbox.left(), Vec::<String>::new());
    }
}

/// What has been read is printed, and that it is incomplete; documents are whole.
#[test]
fn an_interrupted_command_prints_what_it_has() {
    let interrupted = |line: &str| {
        let clusters = Clusters::new();
        clusters.cluster("staging").set_fault(Some(Fault::Hang));
        let running = clusters.watchdog(line.split(' ')).args(["--timeout", "10m", "-v"]).start();
        until("kubectl asks", || clusters.cluster("staging").requests().first().cloned());
        // `-v` prints when a cluster has been read.
        running.complains("cluster read cluster=production");
        running.signal(Signal::SIGINT);
        let output = running.wait().code(130);
        assert_eq!(clusters.sandbox.left(), Vec::<String>::new());
        assert!(output.stderr.contains("note: 1 of 2 clusters read"), "{output}");
        assert!(output.stderr.contains("staging: interrupted: not read"), "{output}");
        output
    };
    let table = interrupted("hpa list");
    assert!(table.stdout.contains("production") && table.stdout.contains("checkout"), "{table}");
    for line in ["hpa list -o json", "hpa check -o json", "ns list -o json"] {
        let json = interrupted(line).json();
        let clusters = json["clusters"].as_array().unwrap();
        assert_eq!(clusters[0]["outcome"], "ok", "{json}");
        assert_eq!(clusters[1]["error"]["kind"], "interrupted", "{json}");
    }
    let check = interrupted("hpa check");
    assert!(check.stdout.contains("production/"), "{check}");
    let sarif = interrupted("hpa check -o sarif").json();
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false, "{sarif}");
}

/// On a terminal a silent server is not waited for as long as a script waits.
#[test]
fn a_person_does_not_wait_long_for_a_silent_server() {
    let clusters = Clusters::new();
    clusters.cluster("staging").set_fault(Some(Fault::Hang));
    let terminal = Terminal::new(120, 40);
    let output = terminal.run_both(clusters.watchdog(["hpa", "list", "-n", "shop"]));
    let output = output.code(3);
    assert!(output.stdout.contains("staging 3s"), "the slow cluster has its time: {output}");
    assert!(output.stdout.contains("no answer within 10 s"), "{output}");
    assert!(output.stdout.contains("checkout"), "{output}");
}

/// Without a chance to clean up: the kernel ends the kubectls.
#[cfg(target_os = "linux")]
#[test]
fn a_killed_watchdog_leaves_no_kubectl() {
    let (clusters, running) = hanging("trap '' INT TERM HUP; exec sleep 600");
    running.signal(Signal::SIGKILL);
    assert_eq!(running.wait().signal, Some(9));
    assert_eq!(clusters.sandbox.left(), Vec::<String>::new());
}

#[test]
fn a_real_kubectl_is_ended_too() {
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

/// As with `nohup`, and shells that start background jobs.
#[cfg(target_os = "linux")]
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
    // It handles signals by now: the kernel reports which ones it catches and which it ignores.
    let has = |key: &str, signal: Signal| {
        let mask = running.status(key).expect("it runs");
        u64::from_str_radix(&mask, 16).unwrap() & (1 << (signal as i32 - 1)) != 0
    };
    assert!(has("SigIgn", Signal::SIGHUP) && !has("SigCgt", Signal::SIGHUP));
    assert!(has("SigCgt", Signal::SIGTERM) && has("SigCgt", Signal::SIGINT));
    running.signal(Signal::SIGHUP);
    assert!(!has("ShdPnd", Signal::SIGHUP), "thrown away on arrival");
    until("it waits on", || running.status("State")?.starts_with('S').then_some(()));
    assert!(!clusters.sandbox.processes().is_empty());
    running.signal(Signal::SIGTERM);
    running.wait().code(143);
}

/// As with `| less` and no key pressed: the document is longer than a pipe holds.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_watchdog_while_its_output_is_not_read() {
    let clusters = Clusters::small(1, 400);
    for (signal, code) in [(Signal::SIGTERM, 143), (Signal::SIGINT, 130)] {
        let (reader, writer) = std::io::pipe().unwrap();
        let holds = nix::fcntl::fcntl(&writer, FcntlArg::F_GETPIPE_SZ).unwrap();
        let running = clusters.watchdog(["hpa", "list", "-o", "json"]).stdout(writer).start();
        until("the pipe is full", || {
            let waiting = rustix::io::ioctl_fionread(&reader).unwrap();
            (waiting >= u64::try_from(holds).unwrap()).then_some(())
        });
        running.signal(signal);
        let output = running.wait();
        // As a shell counts: there is nothing to clean up, so the signal itself may end it.
        assert_eq!(
            output.code.or(output.signal.map(|signal| 128 + signal)),
            Some(code),
            "{output}"
        );
    }
}

/// Opening a FIFO would wait for a writer, and kubectl could not read its content again.
#[test]
fn a_kubeconfig_that_is_a_fifo_is_refused_at_once() {
    let sandbox = Sandbox::new();
    let fifo = sandbox.path("files/fifo");
    sandbox.command("mkfifo").arg(&fifo).run().code(0);
    for command in ["hpa list", "cluster list", "cluster test", "doctor --timeout 2s"] {
        let run = || sandbox.watchdog(command.split(' '));
        for run in [run().arg("--kubeconfig").arg(&fifo), run().env("KUBECONFIG", &fifo)] {
            let output = run.run().code(1);
            assert!(output.both().contains("not a regular file"), "{output}");
            assert!(output.both().contains("files/fifo"), "{output}");
        }
    }
}

/// The terminal shows the keys of signals after the line of progress: they vanish with it.
#[test]
fn the_line_of_progress_leaves_nothing_behind() {
    let clusters = Clusters::new();
    clusters.cluster("staging").set_fault(Some(Fault::Hang));
    let terminal = Terminal::new(80, 24);
    let run = clusters.watchdog(["hpa", "list", "--timeout", "10m"]).stderr(terminal.stdio());
    let mut keyboard = terminal.keyboard();
    let running = run.start();
    let mut screen = terminal.watched();
    let mut press = |key: u8, echo: &str, screen: &mut Screen| {
        screen.shows("waiting for staging");
        keyboard.write_all(&[key]).unwrap();
        let before = screen.shows(echo);
        // The last column stays free.
        let row = plain(before.rsplit(['\r', '\n']).next().unwrap()).replace("\x1b[K", "");
        assert!(row.width() + echo.len() < 80, "{row:?}");
    };
    press(0x1a, "^Z", &mut screen);
    until("it listens for Ctrl-Z", || {
        let caught = u64::from_str_radix(&running.status("SigCgt")?, 16).ok()?;
        (caught & (1 << (Signal::SIGTSTP as u32 - 1)) != 0).then_some(())
    });
    running.signal(Signal::SIGTSTP);
    screen.shows("\r\x1b[K");
    until("it is stopped", || running.status("State").filter(|state| state.starts_with('T')));
    running.signal(Signal::SIGCONT);
    press(0x03, "^C", &mut screen);
    running.signal(Signal::SIGINT);
    running.wait().code(130);
    drop(keyboard);
    let text = screen.text();
    let (_, after) = text.rsplit_once("\r\x1b[K").expect("the line is cleared");
    assert!(!after.contains("reading clusters"), "{text:?}");
}

/// What other clusters have answered by then is printed.
#[test]
fn a_test_of_clusters_prints_what_it_has_when_it_is_interrupted() {
    let clusters = Clusters::broken();
    let args = ["cluster", "test", "-o", "json", "--timeout", "10m", "-vv"];
    let running = clusters.watchdog(args).start();
    running.complains("cluster read cluster=production");
    running.signal(Signal::SIGINT);
    let json = running.wait().code(130).json();
    let outcome = |name: &str| {
        let all = json["clusters"].as_array().unwrap();
        all.iter().find(|it| it["name"] == name).unwrap().clone()
    };
    assert!(outcome("production")["version"].is_string(), "{json}");
    assert_eq!(outcome("silent")["error"]["kind"], "interrupted", "{json}");
}
