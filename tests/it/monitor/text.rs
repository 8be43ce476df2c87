//! What a person sees of a session: a summary at the start, then a line an event.

use std::io::{BufRead as _, BufReader};

use nix::sys::signal::Signal;
use unicode_width::UnicodeWidthStr as _;

use crate::support::{Clusters, Terminal, plain, until};

const ONCE: &str = "monitor --once --no-store --timeout 2m";

/// The findings of a fleet are summarised by kind; each of them is printed where it is asked for.
#[test]
fn the_findings_at_the_start_are_a_summary_unless_each_is_asked_for() {
    let clusters = Clusters::small(12, 40);
    let text = clusters.run(ONCE).code(0);
    let lines = text.lines();
    assert!(lines.len() < 30, "{text}");
    assert!(lines[0].contains("  start     scanning 12 clusters once: "), "{text}");
    assert!(lines[1].contains(" findings already present"), "{text}");
    assert!(lines.last().unwrap().contains("  scan      12 of 12 clusters read, "), "{text}");
    let each = clusters.run(&format!("{ONCE} --show-present")).code(0);
    let json = clusters.run("hpa check -o json --timeout 2m --fail-on never").code(0).json();
    let found = json["findings"].as_array().unwrap().len();
    assert!(found > 12, "{found}");
    assert_eq!(each.lines().iter().filter(|line| line.contains("  present: ")).count(), found);
    // Few are printed one by one.
    let few = clusters.run(&format!("{ONCE} --cluster eu-west-1 -n shop")).code(0);
    assert!(!few.stdout.contains(" findings already present"), "{few}");
}

/// A fleet's first screen: where it looks, what it has found, and the line at the bottom.
#[test]
fn the_first_screen_of_forty_clusters_is_short() {
    let clusters = Clusters::small(40, 10);
    let terminal = Terminal::new(80, 24);
    let line = "monitor --interval 1h --no-forwards --no-store --timeout 2m";
    let running = clusters.watchdog(line.split_whitespace()).stdout(terminal.stdio()).start();
    let mut screen = terminal.watched();
    let mut shown = screen.shows("last scan ");
    running.signal(Signal::SIGINT);
    running.wait().code(0);
    shown += &screen.text();
    let shown = plain(&shown);
    assert!(shown.contains("watching 40 clusters every 1h: "), "{shown}");
    assert!(shown.contains(" findings already present"), "{shown}");
    assert!(shown.contains("scan      40 of 40 clusters read, "), "{shown}");
    // The rows that stay; the line at the bottom takes one more while it is there.
    let lines = shown.lines().map(|line| line.rsplit("\r\x1b[J").next().unwrap());
    let lines: Vec<&str> = lines.collect();
    // On a machine that is busy not all clusters may answer in time; what comes of the rest later is another screen.
    let late = lines.iter().position(|line| line.contains(" not answered yet: "));
    let first = late.map_or(&*lines, |late| &lines[..=late]);
    assert!(first.len() < 29, "{} lines: {shown}", first.len());
    assert!(lines.iter().all(|line| line.width() <= 80), "{shown}");
}

/// A cluster that never answers holds back the findings of no other, and is named.
#[test]
fn the_findings_at_the_start_do_not_wait_for_a_silent_cluster() {
    let clusters = Clusters::broken();
    clusters.sandbox.configure("kubectl: {retries: 0}\n");
    let terminal = Terminal::new(80, 24);
    let line = "monitor --interval 1h --no-forwards --no-store";
    let running = clusters.watchdog(line.split_whitespace()).stdout(terminal.stdio()).start();
    let mut screen = terminal.watched();
    let waiting = "not answered yet: ";
    let mut shown = screen.shows(waiting) + waiting;
    running.signal(Signal::SIGINT);
    running.wait().code(0);
    shown += &screen.text();
    let shown = plain(&shown);
    assert!(shown.contains(" findings already present"), "{shown}");
    assert!(shown.contains("waiting   1 of 5 clusters not answered yet: silent"), "{shown}");
    assert!(shown.contains("5 clusters have answered, waiting for "), "{shown}");
    for cluster in ["down: unreachable: ", "forbidden: forbidden: "] {
        assert!(shown.contains(&format!("Z  error     {cluster}")), "{shown}");
    }
    let lines = shown.lines().map(|line| line.rsplit("\r\x1b[J").next().unwrap());
    let lines: Vec<&str> = lines.collect();
    assert!(lines.len() < 29, "{} lines: {shown}", lines.len());
    assert!(lines.iter().all(|line| line.width() <= 80), "{shown}");
}

#[test]
fn milder_findings_and_actions_are_a_matter_of_flags() {
    let clusters = Clusters::new();
    let shown =
        |flags: &str| clusters.run(&format!("{ONCE} --show-present {flags}")).code(0).stdout;
    let has = |text: &str, kind: &str| text.contains(&format!("Z  {kind:<8}  "));
    let all = shown("");
    assert!(["error", "warning", "info"].iter().all(|kind| has(&all, kind)), "{all}");
    assert!(!all.contains("\n    to do: "), "{all}");
    let errors = shown("--severity error --actions");
    assert!(has(&errors, "error") && !has(&errors, "warning") && !has(&errors, "info"), "{errors}");
    assert!(errors.contains("\n    to do: "), "{errors}");
    let jsonl = shown("--severity error -o jsonl");
    assert!(jsonl.contains("\"severity\":\"error\""), "{jsonl}");
    assert!(!jsonl.contains("\"severity\":\"warning\""), "{jsonl}");
}

/// A command of the user's gets the events that are asked for, and cannot harm the session.
#[test]
fn a_command_gets_events_as_json() {
    let clusters = Clusters::new();
    let path = clusters.sandbox.path("files/events");
    let configure = |command: &str| {
        let events = "events: {severity: error, kinds: [present, scan], timeout_seconds: 20}";
        clusters.sandbox.configure(&format!("monitoring:\n  on_event: {command}\n  {events}\n"));
    };
    configure(&format!("[sh, -c, \"cat >> '{}'\"]", path.display()));
    clusters.run(ONCE).code(0).quiet();
    let text = std::fs::read_to_string(&path).unwrap();
    let events: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let json = clusters.run("hpa check -o json --fail-on never").code(0).json();
    let errors = json["findings"].as_array().unwrap();
    let errors = errors.iter().filter(|it| it["severity"] == "error").count();
    assert!(errors > 0);
    assert_eq!(events.iter().filter(|it| it["event"] == "present").count(), errors);
    assert_eq!(events.last().unwrap()["event"], "scan", "in their order");
    // The same problem is reported once, and the scan is none the worse for it.
    configure("[sh, -c, 'exit 7', s3cret]");
    let failing = clusters.run(ONCE).code(0);
    assert_eq!(failing.stderr, "warning: monitoring.on_event (sh): exit status: 7\n");
}

#[test]
fn a_webhook_s_url_is_never_shown() {
    let clusters = Clusters::new();
    let file = clusters.sandbox.write("url", "http://127.0.0.1:1/s3cret\n");
    let webhook = |keys: &str| {
        let events = "events: {kinds: [scan]}";
        clusters.sandbox.configure(&format!("monitoring:\n  webhook: {{{keys}}}\n  {events}\n"));
    };
    webhook(&format!("url_file: {}", file.display()));
    let output = clusters.run(ONCE).code(0);
    let refused = "warning: monitoring.webhook (127.0.0.1:1): no connection: ";
    assert!(output.stderr.starts_with(refused), "{output}");
    assert!(!output.both().contains("s3cret"), "{output}");
    webhook("url_env: HOOK");
    let run = || clusters.watchdog(ONCE.split_whitespace());
    run().without("HOOK").run().code(1).says("url_env: $HOOK is not set");
    let ftp = run().env("HOOK", "ftp://hooks.example/s3cret").run().code(1);
    assert!(ftp.stderr.contains("begins with https:// or http://"), "{ftp}");
    assert!(!ftp.both().contains("s3cret"), "{ftp}");
}

/// The line at the bottom is redrawn in place, and taken away at the end.
#[test]
fn a_terminal_has_a_status_line_and_no_line_is_wrapped() {
    for columns in [60, 80, 160] {
        let clusters = Clusters::new();
        let terminal = Terminal::new(columns, 24);
        let line = "monitor --interval 2s --no-forwards --no-store";
        let run = clusters.watchdog(line.split_whitespace());
        let output = terminal.run_until(run, || {
            let wanted = clusters.hpa_requests("staging") + 3;
            until("three scans", || (clusters.hpa_requests("staging") >= wanted).then_some(()));
        });
        let shown = plain(&output.code(0).stdout);
        assert!(shown.contains("Z  2/2 clusters  "), "{shown}");
        let (kept, last) = shown.rsplit_once("\r\x1b[J").unwrap();
        assert_eq!(last, "", "nothing is left of it");
        assert!(kept.contains("\r\x1b[J"), "redrawn: {kept:?}");
        for line in shown.split(['\n', '\r']) {
            let line = line.trim_start_matches("\x1b[J");
            assert!(line.width() <= columns.into(), "{columns}: {line:?}");
        }
    }
}

/// Ctrl-Z takes the line away before the shell writes its own, and it comes back with the session.
#[test]
fn a_pause_takes_the_status_line_away() {
    let clusters = Clusters::new();
    let terminal = Terminal::new(80, 24);
    let line = "monitor --interval 1h --no-forwards --no-store";
    let run = clusters.watchdog(line.split_whitespace());
    let running = run.stdout(terminal.stdio()).start();
    let mut screen = terminal.watched();
    screen.shows("last scan ");
    running.signal(Signal::SIGTSTP);
    screen.shows("\r\x1b[J");
    until("it is stopped", || running.status("State").filter(|state| state.starts_with('T')));
    running.signal(Signal::SIGCONT);
    screen.shows("last scan ");
    running.signal(Signal::SIGINT);
    running.wait().code(0);
    assert!(screen.text().ends_with("\r\x1b[J"));
}

/// A log has neither a status line nor colour, and its lines are whole.
#[test]
fn a_pipe_gets_whole_lines_only() {
    let clusters = Clusters::new();
    let path = clusters.sandbox.path("files/log");
    let line = "monitor --interval 1s --no-forwards --no-store --show-present";
    let run = clusters.watchdog(line.split_whitespace());
    let running = run.stdout(std::fs::File::create(&path).unwrap()).start();
    let log = || std::fs::read_to_string(&path).unwrap();
    until("a scan", || log().contains("  scan  ").then_some(()));
    running.signal(Signal::SIGTERM);
    running.wait().code(0).quiet();
    let log = log();
    assert!(!log.contains('\x1b') && !log.contains("last scan") && !log.contains('…'), "{log}");
    assert!(log.lines().all(|line| line.starts_with("20")), "{log}");
}

/// As with `| head`: the first scan is read whole, so that nothing more is written.
#[test]
fn it_ends_with_its_reader_although_nothing_changes() {
    let clusters = Clusters::new();
    for (output, scan) in [("text", "  scan  "), ("jsonl", "\"event\":\"scan\"")] {
        let (reader, writer) = std::io::pipe().unwrap();
        let line = format!("monitor --interval 1h --no-forwards --no-store -o {output}");
        let running = clusters.watchdog(line.split_whitespace()).stdout(writer).start();
        let mut lines = BufReader::new(reader).lines();
        assert!(lines.any(|line| line.unwrap().contains(scan)));
        drop(lines);
        running.wait().code(0).quiet();
    }
}
