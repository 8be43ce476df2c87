//! `hpa watch`: redrawn in place on a terminal, one line per change elsewhere.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};

use nix::sys::signal::Signal;
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;
use watchdog::demo::Fault;

use crate::support::{Clusters, Running, Screen, Terminal, hpas, plain, until};

/// A watch whose output goes to a file.
struct Watch {
    running: Running,
    path: std::path::PathBuf,
}

impl Watch {
    fn start(clusters: &Clusters, flags: &str) -> Self {
        let line = format!("hpa watch --interval 2s {flags}");
        let path = clusters.sandbox.path("files/watch.out");
        let run = clusters.watchdog(line.split_whitespace());
        Self { running: run.stdout(File::create(&path).unwrap()).start(), path }
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.path).unwrap()
    }

    /// The complete lines so far, as JSON.
    fn events(&self) -> Vec<Value> {
        let text = self.text();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn ends(self, signal: Signal, code: i32) {
        self.running.signal(signal);
        self.running.wait().code(code).quiet();
    }
}

/// Waits for `times` further scans of a cluster.
fn wait_for_scans(clusters: &Clusters, cluster: &str, times: usize) {
    let wanted = clusters.hpa_requests(cluster) + times;
    until("it looks again", || (clusters.hpa_requests(cluster) >= wanted).then_some(()));
}

#[test]
fn the_first_scan_is_the_present_state_and_unchanged_scans_are_silent() {
    let clusters = Clusters::new();
    let list = clusters.run("hpa list -o json").code(0).json();
    let watch = Watch::start(&clusters, "-o jsonl");
    until("all are present", || {
        (watch.events().len() >= list["hpas"].as_array()?.len()).then_some(())
    });
    wait_for_scans(&clusters, "production", 2);
    let mut events = watch.events();
    // Clusters are printed as they answer.
    events.sort_by_key(|it| ["cluster", "namespace", "name"].map(|field| it[field].to_string()));
    for (events, listed) in events.iter().zip(list["hpas"].as_array().unwrap()) {
        assert_eq!(events["event"], "present");
        for field in
            ["cluster", "namespace", "name", "minReplicas", "maxReplicas", "currentReplicas"]
        {
            assert_eq!(events[field], listed[field], "{events}");
        }
    }
    assert_eq!(events.len(), list["hpas"].as_array().unwrap().len());
    watch.ends(Signal::SIGTERM, 143);
}

#[test]
fn an_unreachable_cluster_removes_no_hpa() {
    let clusters = Clusters::new();
    clusters.sandbox.configure("kubectl: {retries: 0}\n");
    let watch = Watch::start(&clusters, "-o jsonl");
    let event = |name: &str| {
        let events = watch.events();
        events.into_iter().rev().find(|it| it["event"] == name)
    };
    // Either cluster may be the last to answer.
    until("staging is present", || {
        let is_of_staging = |it: &Value| it["event"] == "present" && it["cluster"] == "staging";
        watch.events().into_iter().find(is_of_staging)
    });
    clusters.cluster("staging").set_fault(Some(Fault::Status(503)));
    let failed = until("it is events", || event("cluster"));
    assert_eq!((&failed["cluster"], &failed["outcome"]), (&"staging".into(), &"error".into()));
    assert!(failed["error"]["kind"].is_string(), "{failed}");
    clusters.cluster("staging").set_fault(None);
    until("its end is events", || event("cluster").filter(|it| it["outcome"] == "ok"));
    wait_for_scans(&clusters, "staging", 1);
    assert!(event("gone").is_none() && event("appeared").is_none());
    watch.ends(Signal::SIGINT, 0);
}

#[test]
fn people_get_one_line_per_change() {
    let clusters = Clusters::new();
    let watch = Watch::start(&clusters, "--problems --cluster production");
    let text = until("the problems are events", || {
        Some(watch.text()).filter(|text| text.contains("target-missing"))
    });
    assert!(text.lines().all(|line| line.contains("  present   production/")), "{text}");
    assert!(!text.contains("  OK\n"), "{text}");
    watch.ends(Signal::SIGTERM, 143);
}

#[test]
fn added_changed_and_removed_hpas_are_reported() {
    let clusters = Clusters::small(1, 0);
    let list = clusters.sandbox.write("list", hpas(&[("web", 3), ("api", 1)]));
    let script = clusters.sandbox.script("kubectl", &format!("exec cat '{}'", list.display()));
    // Replaced atomically, or a scan could read half of it.
    let becomes = |now: &[(&str, u32)]| {
        let new = clusters.sandbox.write("list.new", hpas(now));
        fs::rename(new, &list).unwrap();
    };
    let watch = Watch::start(&clusters, &format!("--kubectl {}", script.display()));
    let tells = |what: &str| {
        until(what, || watch.text().lines().find(|line| line.contains(what)).map(str::to_owned))
    };
    tells("/shop/web  replicas 3 (1 to 9)");
    becomes(&[("web", 5), ("api", 1)]);
    assert!(tells("/shop/web  replicas 3→5").contains("  changed   "));
    becomes(&[("web", 5), ("jobs", 2)]);
    assert!(tells("/shop/jobs  replicas 2 (1 to 9)").contains("  appeared  "));
    let gone = until("api is gone", || {
        watch.text().lines().find(|line| line.contains("  gone      ")).map(str::to_owned)
    });
    assert!(gone.contains("/shop/api  "), "{gone}");
    assert_eq!(watch.text().lines().count(), 5, "{}", watch.text());
    watch.ends(Signal::SIGTERM, 143);
}

/// As with `| head`: the first scan is read whole, so that nothing more is written.
#[test]
fn it_ends_with_its_reader_although_nothing_changes() {
    let clusters = Clusters::new();
    let scope = "--cluster production -n payments";
    let count = clusters.run(&format!("hpa list -o name {scope}")).code(0).lines().len();
    for output in ["table", "jsonl"] {
        let (reader, writer) = std::io::pipe().unwrap();
        let line = format!("hpa watch --interval 1h -o {output} {scope}");
        let running = clusters.watchdog(line.split_whitespace()).stdout(writer).start();
        assert_eq!(BufReader::new(reader).lines().take(count).count(), count);
        running.wait().code(0).quiet();
    }
}

#[test]
fn wrong_flags_are_usage_errors() {
    let clusters = Clusters::new();
    for flags in ["--interval 500ms", "--interval soon", "-o json", "--sort-by nothing"] {
        clusters.run(&format!("hpa watch {flags}")).code(64).prints_nothing();
    }
    clusters.run("hpa watch --context nowhere").code(64).prints_nothing();
}

const ENTER: &str = "\x1b[?1049h";
const LEAVE: &str = "\x1b[?1049l";

/// A watch that fills a terminal.
struct Filled {
    running: Running,
    screen: Screen,
    keyboard: File,
    line: File,
    /// Whether keys needed Enter before, and were shown.
    modes: String,
}

fn modes(line: &File) -> String {
    format!("{:?}", rustix::termios::tcgetattr(line).unwrap().local_modes)
}

impl Filled {
    fn start(clusters: &Clusters, flags: &str, columns: u16, rows: u16) -> Self {
        let terminal = Terminal::new(columns, rows);
        let line = format!("hpa watch --interval 1s {flags}");
        let run = clusters.watchdog(line.split_whitespace());
        let run = run.stdin(terminal.stdio()).stdout(terminal.stdio()).stderr(terminal.stdio());
        let (keyboard, line) = (terminal.keyboard(), terminal.line());
        let modes = modes(&line);
        let running = run.start();
        let mut screen = terminal.watched();
        screen.shows(ENTER);
        Self { running, screen, keyboard, line, modes }
    }

    fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits for its end. Returns what is on the terminal afterwards.
    fn ends(self, code: i32) -> String {
        self.running.wait().code(code);
        assert_eq!(modes(&self.line), self.modes, "the terminal is as before");
        drop((self.keyboard, self.line));
        let text = self.screen.text();
        let (_, after) = text.rsplit_once(LEAVE).expect("the alternate screen is left");
        after.to_owned()
    }
}

#[test]
fn a_terminal_is_filled_scrolled_filtered_and_given_back() {
    let clusters = Clusters::new();
    let mut watch = Filled::start(&clusters, "-A", 90, 20);
    watch.screen.shows(" 2 clusters read, ");
    watch.screen.shows("… ");
    watch.screen.shows(" more, scroll");
    assert_ne!(modes(&watch.line), watch.modes, "keys need no Enter");
    watch.types("G");
    watch.screen.shows(" above");
    watch.types("/pricing\r");
    watch.screen.shows("filter pricing: 1 HPA, ");
    watch.types("q");
    let after = plain(&watch.ends(0));
    // The last frame stays, without its empty lines and keys.
    let lines: Vec<&str> = after.lines().collect();
    let headline = " clusters read, 1 HPA in shop with \"pricing\", 1 problem, ";
    assert!(lines[0].contains(headline), "{after}");
    assert!(lines.last().unwrap().contains("pricing") && lines.len() == 3, "{after}");
    assert!(after.ends_with('\n'), "the prompt comes below it: {after:?}");
}

#[test]
fn a_signal_gives_the_terminal_back_and_so_does_a_pause() {
    let clusters = Clusters::new();
    let mut watch = Filled::start(&clusters, "--cluster production", 80, 24);
    watch.screen.shows("production read, ");
    watch.running.signal(Signal::SIGTSTP);
    watch.screen.shows(LEAVE);
    until("it is stopped", || watch.running.status("State").filter(|state| state.starts_with('T')));
    assert_eq!(modes(&watch.line), watch.modes, "the shell has the terminal as it was");
    watch.running.signal(Signal::SIGCONT);
    watch.screen.shows(ENTER);
    watch.screen.shows("q: quit");
    watch.running.signal(Signal::SIGTERM);
    assert!(watch.ends(143).contains("production read, "));
}

#[test]
fn small_terminals_get_what_fits_and_a_terminal_that_goes_ends_it() {
    let clusters = Clusters::new();
    for (columns, rows) in [(20, 3), (40, 5), (200, 50)] {
        let mut watch = Filled::start(&clusters, "-A", columns, rows);
        watch.screen.shows("\x1b[H");
        watch.screen.shows("\x1b[H");
        watch.running.signal(Signal::SIGINT);
        let after = plain(&watch.ends(0));
        assert!(after.lines().count() <= rows.into(), "{after}");
        assert!(after.lines().all(|line| line.width() < columns.into()), "{after}");
    }
    let Filled { running, screen, keyboard, line, .. } = Filled::start(&clusters, "-A", 80, 24);
    drop((screen, keyboard, line));
    running.wait();
}

/// A terminal for the output alone gives no keys: changes are lines.
#[test]
fn without_keys_a_terminal_gets_lines() {
    let clusters = Clusters::new();
    let terminal = Terminal::new(90, 20);
    let run = clusters.watchdog("hpa watch --problems --interval 2s".split_whitespace());
    let output = terminal.run_until(run, || wait_for_scans(&clusters, "staging", 2));
    let output = output.code(0);
    assert!(!output.stdout.contains(ENTER), "{output}");
    assert!(plain(&output.stdout).contains("  present   "), "{output}");
}
