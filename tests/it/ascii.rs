//! A terminal whose locale is not UTF-8 gets ASCII only.

use nix::sys::signal::Signal;

use crate::support::{Clusters, ECHO, Forwards, Output, Run, Terminal, until};

/// Everything that it writes to a terminal of this width, escape codes included.
fn shown(run: Run, columns: u16) -> Output {
    Terminal::new(columns, 24).run_both(run.env("LC_ALL", "C"))
}

#[track_caller]
fn is_ascii(what: &str, text: &str) {
    let other: Vec<&str> = text.lines().filter(|line| !line.is_ascii()).collect();
    assert!(other.is_empty(), "{what}: {other:#?}");
}

const LINES: [&str; 27] = [
    "--help",
    "hpa list -A",
    "hpa list -A -o wide",
    "hpa list --nope…",
    "hpa check",
    "hpa check --all",
    "hpa check --by finding",
    "hpa check --by cluster",
    "hpa check -o wide",
    "hpa check --explain all",
    "hpa check --explain vpa-conflict",
    "hpa get checkout",
    "hpa get shop/* payments/*",
    "hpa get checkuot",
    "hpa top",
    "doctor",
    "cluster list",
    "cluster test",
    "ns list",
    "config show",
    "snapshot take",
    "snapshot take",
    "snapshot list",
    "snapshot diff -1h latest",
    "history checkout -n shop",
    "monitor --once --no-store --show-present --actions",
    "forward list",
];

#[test]
fn without_utf8_everything_is_ascii() {
    let clusters = Clusters::new();
    for line in LINES {
        for columns in [40, 80] {
            let text = shown(clusters.watchdog(line.split(' ')), columns).stdout;
            assert!(!text.is_empty(), "{line}");
            is_ascii(&format!("{line} at {columns}"), &text);
        }
    }
}

#[test]
fn without_utf8_failures_and_progress_are_ascii() {
    let clusters = Clusters::broken();
    for line in ["hpa list -A --timeout 2s", "hpa check --timeout 2s"] {
        let text = shown(clusters.watchdog(line.split(' ')), 40).code(3).stdout;
        // Names are cut, and what it waits for is shown.
        assert!(text.contains("reading clusters "), "{text}");
        is_ascii(line, &text);
    }
    let text = shown(clusters.watchdog(["hpa", "list", "--cluster", "production"]), 40).stdout;
    assert!(text.contains("..."), "{text}");
}

#[test]
fn without_utf8_a_watch_is_ascii() {
    let clusters = Clusters::new();
    for columns in [40, 90] {
        let terminal = Terminal::new(columns, 16);
        let run = clusters.watchdog("hpa watch -A --interval 1s".split(' ')).env("LC_ALL", "C");
        let run = run.stdin(terminal.stdio()).stdout(terminal.stdio()).stderr(terminal.stdio());
        let running = run.start();
        let mut screen = terminal.watched();
        let mut text = screen.shows("2 clusters read, ");
        text += &screen.shows(" more, scroll");
        running.signal(Signal::SIGTERM);
        running.wait().code(143);
        text += &screen.text();
        is_ascii("hpa watch", &text);
    }
}

#[test]
fn without_utf8_a_session_is_ascii() {
    let clusters = Clusters::new();
    for columns in [40, 80] {
        let line = "monitor --interval 2s --no-forwards --no-store --show-present";
        let run = clusters.watchdog(line.split(' ')).env("LC_ALL", "C");
        let output = Terminal::new(columns, 24).run_until(run, || {
            let wanted = clusters.hpa_requests("staging") + 2;
            until("two scans", || (clusters.hpa_requests("staging") >= wanted).then_some(()));
        });
        let text = output.code(0).stdout;
        assert!(text.contains("scan ") && text.contains("..."), "{text}");
        is_ascii("monitor", &text);
    }
}

#[test]
fn without_utf8_a_starting_forward_is_ascii() {
    let forwards = Forwards::new();
    for line in [&format!("start -d {ECHO} --local-port 0"), "start svc/pending 80 -n default"] {
        let run = forwards.prepare(&format!("{line} --ready-timeout 2s"));
        let text = shown(run, 80).stdout;
        assert!(text.contains("starting kubectl port-forward"), "{text}");
        is_ascii(line, &text);
    }
    for line in ["list", "status echo", "why echo"] {
        is_ascii(line, &shown(forwards.prepare(line), 40).stdout);
    }
}
