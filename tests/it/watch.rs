//! `hpa watch`: redrawn in place on a terminal, one line per change elsewhere.

use std::fs::{self, File};

use nix::sys::signal::Signal;
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;
use watchdog::demo::Fault;

use crate::support::{Clusters, Running, Terminal, hpas, plain, until};

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

#[test]
fn wrong_flags_are_usage_errors() {
    let clusters = Clusters::new();
    for flags in ["--interval 500ms", "--interval soon", "-o json", "--sort-by nothing"] {
        clusters.run(&format!("hpa watch {flags}")).code(64).prints_nothing();
    }
    clusters.run("hpa watch --context nowhere").code(64).prints_nothing();
}

/// Redrawn in the same place, and left on the screen at the end.
#[test]
fn on_a_terminal_the_list_is_drawn_in_place() {
    let clusters = Clusters::new();
    clusters.sandbox.configure("kubectl: {retries: 0}\n");
    let terminal = Terminal::new(90, 20);
    let run = clusters.watchdog("hpa watch -A --interval 2s".split_whitespace());
    let output = terminal.run_until(run, || {
        until("it has looked", || (clusters.hpa_requests("staging") > 0).then_some(()));
        wait_for_scans(&clusters, "staging", 1);
        clusters.cluster("staging").set_fault(Some(Fault::Status(503)));
        wait_for_scans(&clusters, "production", 3);
    });
    let output = output.code(0);
    let frames: Vec<&str> = output.stdout.split("\x1b[J").collect();
    assert!(frames.len() >= 3, "{output}");
    // The first frames contain clusters that have not answered yet.
    for frame in frames.iter().filter(|frame| !frame.contains("not yet")) {
        let frame = plain(frame);
        let lines: Vec<&str> = frame.trim_end().lines().collect();
        // Each frame ends with the codes that clear it.
        let lines: Vec<&str> =
            lines.iter().map(|line| line.split('\r').next().unwrap_or_default()).collect();
        assert!(lines.len() <= 19, "{lines:#?}");
        assert!(lines[0].contains("clusters read, "), "{lines:#?}");
        assert!(lines.iter().all(|line| line.width() < 90), "{lines:#?}");
        assert!(lines.last().unwrap().contains(" more not shown"), "{lines:#?}");
    }
    let last = plain(frames.last().unwrap());
    assert!(last.contains("1 of 2 clusters read") && last.contains("staging: "), "{last}");
    assert!(last.ends_with('\n'), "the prompt comes below it: {last:?}");
    assert!(
        !output.stdout.contains("\x1b[?1049h"),
        "no alternate screen: the list would go with it"
    );
}
