use serde_json::json;

use super::*;
use crate::findings::{Evidence, Finding, Severity};
use crate::history::Recorded;
use crate::kubectl::{Cluster, Error, ErrorKind};
use crate::session::ScannedHpa;
use crate::term::text::width;

const START: &str = "2026-11-23T10:00:00Z";

fn at(seconds: i64) -> Timestamp {
    START.parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_secs(seconds)
}

/// Name, replicas and worst finding of an HPA.
type Given<'a> = (&'a str, i32, Option<(&'static str, Severity)>);

fn scanned((name, replicas, worst): Given<'_>, cluster: &str) -> Arc<ScannedHpa> {
    let text = json!({"kind": "HorizontalPodAutoscalerList", "apiVersion": "autoscaling/v2",
        "items": [{"metadata": {"name": name, "namespace": "shop", "uid": name},
            "spec": {"minReplicas": 1, "maxReplicas": 9,
                "scaleTargetRef": {"kind": "Deployment", "name": name}},
            "status": {"currentReplicas": replicas, "desiredReplicas": replicas}}]})
    .to_string();
    let list = crate::hpa::parse_list(&cluster.into(), &cluster.into(), text.as_bytes());
    let hpa = list.unwrap().hpas.pop().unwrap();
    let finding = |(id, severity)| Finding {
        location: None,
        id,
        severity,
        cluster: cluster.into(),
        namespace: "shop".into(),
        hpa: name.into(),
        message: String::new(),
        action: "".into(),
        evidence: Evidence::default(),
    };
    let findings = worst.map(finding).into_iter().collect();
    Arc::new(ScannedHpa { recorded: Recorded::new(hpa, None), findings })
}

/// A screen and the session behind it.
struct Screen {
    model: Model,
    state: State,
    size: Size,
    widths: Widths,
}

impl Screen {
    fn new(columns: usize, lines: usize) -> Self {
        let options = ListOptions {
            problems: false,
            sort_by: None,
            clusters: 1,
            interval: Duration::from_secs(5),
            style: Style::PLAIN,
        };
        Self {
            model: Model::new(options),
            state: State::default(),
            size: Size { columns, lines },
            widths: Widths::default(),
        }
    }

    fn with_many(columns: usize, lines: usize, hpas: usize) -> Self {
        let mut screen = Self::new(columns, lines);
        let names: Vec<String> = (0..hpas).map(|number| format!("web-{number:04}")).collect();
        let given: Vec<Given<'_>> = names.iter().map(|name| (&**name, 3, None)).collect();
        screen.scan(0, &given);
        screen
    }

    fn scan(&mut self, seconds: i64, hpas: &[Given<'_>]) {
        self.scan_of("prod", seconds, hpas, None);
    }

    fn scan_of(&mut self, name: &str, seconds: i64, hpas: &[Given<'_>], failure: Option<Error>) {
        let cluster = Cluster { name: name.into(), ..Cluster::own_pod() };
        let is_complete = failure.is_none();
        let outcome = Outcome::new(&cluster, Duration::ZERO, failure);
        let hpas = hpas.iter().map(|given| scanned(*given, name)).collect();
        let scanned = ScannedCluster { at: at(seconds), outcome, is_complete, hpas };
        self.state.clusters.insert(name.into(), Arc::new(scanned));
        self.model.follow(&self.state, at(seconds));
    }

    fn keys(&mut self, keys: &[Key]) {
        for key in keys {
            self.frame(0);
            assert_eq!(self.model.key(*key), Asked::Draw);
        }
    }

    fn frame(&mut self, seconds: i64) -> Vec<String> {
        self.model.expire(at(seconds));
        let frame = frame(&mut self.model, self.size, at(seconds), &self.widths);
        self.widths = frame.widths;
        frame.lines
    }

    /// The names on the screen, in their order.
    fn names(&mut self, seconds: i64) -> Vec<String> {
        let lines = self.frame(seconds);
        let table = lines.iter().filter(|line| line.starts_with("prod "));
        table.filter_map(|line| line.split_whitespace().nth(2).map(str::to_owned)).collect()
    }
}

const MISSING: Option<(&str, Severity)> = Some(("target-missing", Severity::Error));
const THROTTLED: Option<(&str, Severity)> = Some(("scale-up-throttled", Severity::Warning));

#[test]
fn columns_without_room_are_named() {
    let keys = |columns| Screen::with_many(columns, 20, 3).frame(0).pop().unwrap();
    assert!(keys(72).contains("j k g G: scroll  no room for REFERENCE"), "{}", keys(72));
    assert!(!keys(200).contains("no room"), "{}", keys(200));
}

#[test]
fn a_frame_fits_exactly_at_every_size() {
    for columns in [1, 5, 19, 40, 47, 60, 80, 200] {
        for lines in 1..40 {
            let mut screen = Screen::with_many(columns, lines, 30);
            screen.scan(1, &[("web-0000", 4, None), ("web-0001", 3, MISSING)]);
            let shown = screen.frame(2);
            assert_eq!(shown.len(), lines, "{columns}x{lines}: {shown:#?}");
            assert!(shown.iter().all(|line| width(line) <= columns), "{columns}: {shown:#?}");
        }
    }
}

/// Replicas are what is watched. Headers are whole; what has no room is left out.
#[test]
fn replicas_stay_where_names_are_long() {
    let headers = ["CLUSTER", "NAME", "TARGETS", "REPLICAS", "STATUS"];
    let mut screen = Screen::new(79, 24);
    for number in 0..4 {
        let name = format!("arn:aws:eks:eu-west-1:12345678901{number}:cluster/platform-{number}");
        let hpas = [("a-service-with-a-long-name", 4, THROTTLED), ("payouts", 3, MISSING)];
        screen.scan_of(&name, 0, &hpas, None);
    }
    let shown = screen.frame(0);
    let header = shown.iter().find(|line| line.starts_with("CLUSTER")).unwrap();
    let words: Vec<&str> = header.split_whitespace().collect();
    assert!(headers.iter().all(|it| words.contains(it)), "{shown:#?}");
    for columns in 24..79 {
        screen = Screen { size: Size { columns, lines: 24 }, widths: Widths::default(), ..screen };
        let shown = screen.frame(0);
        let header = shown.iter().find(|line| line.starts_with("CLUSTER")).unwrap();
        assert!(!header.contains('…'), "{shown:#?}");
    }
}

#[test]
fn three_thousand_hpas_at_usual_sizes() {
    let mut screen = Screen::with_many(79, 24, 3000);
    let shown = screen.frame(0);
    assert!(shown[0].starts_with("10:00:00Z  prod read, 3,000 HPAs in shop, 0 problems"));
    let place = shown.iter().position(|line| line.starts_with("… ")).unwrap();
    assert_eq!((place, &*shown[place]), (22, "… 2,980 more, scroll"), "{shown:#?}");
    assert!(shown[23].starts_with("q: quit"), "{shown:#?}");
    screen.keys(&[Key::End]);
    let shown = screen.frame(0);
    assert!(shown.iter().any(|line| line.contains("web-2999")), "{shown:#?}");
    assert!(!shown.iter().any(|line| line.starts_with("… ")), "{shown:#?}");
    assert!(shown[23].contains("2,979 above") || shown[23].contains("2,980 above"), "{shown:#?}");
}

#[test]
fn keys_scroll_and_stop_at_both_ends() {
    let mut screen = Screen::with_many(100, 13, 30);
    assert_eq!(screen.names(0).first().unwrap(), "web-0000");
    let page = screen.names(0).len();
    screen.keys(&[Key::Up, Key::Down, Key::Char('j'), Key::Char('k')]);
    assert_eq!(screen.names(0).first().unwrap(), "web-0001");
    screen.keys(&[Key::PageDown]);
    assert_eq!(screen.names(0).first().unwrap(), &format!("web-{:04}", page + 1));
    screen.keys(&[Key::PageUp, Key::PageUp, Key::PageUp]);
    assert_eq!(screen.names(0).first().unwrap(), "web-0000");
    screen.keys(&[Key::Char('G'); 3]);
    assert_eq!(screen.names(0).last().unwrap(), "web-0029");
    screen.keys(&[Key::Down; 99]);
    assert_eq!(screen.names(0), ["web-0029"]);
    screen.keys(&[Key::Char('g')]);
    assert_eq!(screen.names(0).first().unwrap(), "web-0000");
    assert_eq!(screen.model.key(Key::Redraw), Asked::Redraw);
    assert_eq!(screen.model.key(Key::Char('q')), Asked::Quit);
    assert_eq!(screen.model.key(Key::Interrupt), Asked::Quit);
}

#[test]
fn pasted_text_is_no_key_but_may_be_a_filter() {
    let mut screen = Screen::with_many(100, 24, 30);
    let paste = |text: &str| text.chars().map(Key::Pasted).collect::<Vec<_>>();
    assert!(paste("jq/G").into_iter().all(|key| screen.model.key(key) == Asked::Draw));
    assert_eq!(screen.names(0).first().unwrap(), "web-0000");
    screen.keys(&[Key::Char('/')]);
    screen.keys(&paste("web-0025"));
    assert_eq!(screen.names(0), ["web-0025"]);
}

#[test]
fn a_question_mark_shows_the_keys() {
    for (columns, lines) in [(100, 24), (40, 12), (5, 2)] {
        let mut screen = Screen::with_many(columns, lines, 30);
        screen.keys(&[Key::Down, Key::Char('?')]);
        let shown = screen.frame(0);
        assert_eq!(shown.len(), lines, "{shown:#?}");
        assert!(shown.iter().all(|line| width(line) <= columns), "{shown:#?}");
        assert!(
            columns < 40 || shown.iter().any(|line| line.contains("a page down")),
            "{shown:#?}"
        );
        assert_eq!(screen.model.key(Key::Char('q')), Asked::Draw);
        assert!(columns < 100 || screen.names(0).first().unwrap() == "web-0001", "where it was");
    }
}

/// At 80 columns the place that all share is left out before what they are scaled by.
#[test]
fn what_is_the_same_in_all_rows_goes_before_targets() {
    let mut screen = Screen::new(79, 24);
    let names = ["a-service-with-a-rather-long-name-in-front", "payouts"];
    let scan = names.map(|name| (name, 4, THROTTLED));
    screen.scan_of("production", 0, &scan, None);
    let header = |screen: &mut Screen| {
        screen.frame(0).into_iter().find(|line| line.contains("NAME")).unwrap()
    };
    let narrow = header(&mut screen);
    for column in ["NAME", "TARGETS", "MIN", "MAX", "REPLICAS", "STATUS"] {
        assert!(narrow.split_whitespace().any(|word| word == column), "{narrow}");
    }
    assert!(!narrow.contains("CLUSTER") && !narrow.contains("AGE"), "{narrow}");
    assert!(screen.frame(0)[0].contains("  production read, 2 HPAs in shop, "));
    // Several clusters have their column.
    screen.scan_of("staging", 0, &scan, None);
    assert!(header(&mut screen).contains("CLUSTER"));
}

#[test]
fn a_filter_is_typed_kept_and_cleared() {
    let mut screen = Screen::with_many(100, 24, 300);
    screen.keys(&[Key::Char('G'), Key::Char('/'), Key::Char('Q'), Key::Backspace]);
    screen.keys(&"Prod 025".chars().map(Key::Char).collect::<Vec<_>>());
    assert!(screen.frame(0)[23].starts_with("/Prod 025"));
    assert_eq!(screen.names(0).len(), 11, "Q is text and not the end");
    screen.keys(&[Key::Enter, Key::Down]);
    assert_eq!(screen.names(0).first().unwrap(), "web-0250");
    assert!(screen.frame(0)[23].starts_with("filter Prod 025: 11 HPAs, Esc clears it"));
    assert!(screen.frame(0)[0].contains(r#", 11 HPAs in shop with "Prod 025", "#));
    screen.keys(&[Key::Escape]);
    assert_eq!(screen.names(0).first().unwrap(), "web-0000");
    // The status counts as well; where nothing is left the frame is empty but whole.
    screen.keys(&[Key::Char('/'), Key::Char('\u{1b}'), Key::Enter]);
    assert_eq!(screen.names(0).len(), 0);
    assert!(screen.frame(0)[23].starts_with(r"filter \u{1b}: 0 HPAs"), "{:?}", screen.frame(0));
    screen.keys(&[Key::Escape, Key::Char('/'), Key::Escape, Key::Char('j')]);
    assert_eq!(screen.names(0).first().unwrap(), "web-0001");
}

#[test]
fn what_is_wrong_and_what_has_changed_floats_up_for_a_minute() {
    let mut screen = Screen::new(120, 24);
    let scan = [("a", 1, None), ("b", 3, THROTTLED), ("c", 1, MISSING), ("d", 1, None)];
    screen.scan(0, &scan);
    assert_eq!(screen.names(0), ["c", "b", "a", "d"], "errors, warnings, the others");
    let scan = [("a", 1, None), ("b", 3, THROTTLED), ("c", 1, MISSING), ("d", 5, None)];
    screen.scan(10, &scan);
    screen.scan(20, &scan);
    assert_eq!(screen.names(20), ["d", "c", "b", "a"]);
    let row = screen.frame(69).into_iter().find(|line| line.contains(" d ")).unwrap();
    assert!(row.contains("1→5"), "marked for a minute: {row}");
    assert_eq!(screen.names(71), ["c", "b", "a", "d"]);
    assert!(!screen.model.expire(at(71)), "nothing is marked any more");
    // What comes and goes is marked as well, and a newer change is above an older one.
    screen.scan(80, &[("a", 1, None), ("b", 3, THROTTLED), ("c", 1, MISSING), ("e", 1, None)]);
    screen.scan(81, &[("a", 2, None), ("b", 3, THROTTLED), ("c", 1, MISSING), ("e", 1, None)]);
    assert_eq!(screen.names(139), ["a", "e", "d", "c", "b"]);
    let shown = screen.frame(139).join("\n");
    assert!(shown.contains("gone") && shown.contains("e (new)"), "{shown}");
    assert_eq!(screen.names(142), ["c", "b", "a", "e"], "d is gone");
    // With an order of the user's own, nothing floats.
    screen.model.options.sort_by = Some(SortBy::Name);
    assert_eq!(screen.names(142).concat(), "abce");
}

#[test]
fn the_last_changes_are_a_log_below_the_list() {
    let mut screen = Screen::with_many(100, 24, 30);
    assert!(!screen.frame(0).join("").contains("last changes"));
    for second in 1..20 {
        let replicas = i32::try_from(second).unwrap() + 3;
        screen.scan(second, &[("web-0000", replicas, None)]);
    }
    let shown = screen.frame(20);
    let title = shown.iter().position(|line| line.starts_with("── last changes ─")).unwrap();
    assert_eq!(title, 23 - 1 - 6);
    assert!(shown[22].starts_with("10:00:19Z  changed   prod "), "{shown:#?}");
    assert!(shown[22].ends_with("  replicas 21→22"), "{shown:#?}");
    screen.size = Size { columns: 30, lines: 24 };
    assert!(screen.frame(20).iter().all(|line| width(line) <= 30));
}

#[test]
fn clusters_that_fail_leave_room_for_the_list() {
    let mut screen = Screen::with_many(100, 24, 30);
    screen.model.options.clusters = 21;
    for number in 0..20 {
        let failure = Error::new(ErrorKind::Timeout, "no answer within 30s");
        screen.scan_of(&format!("eu-{number}"), 0, &[], Some(failure));
    }
    let shown = screen.frame(0);
    assert!(shown[0].contains("1 of 21 clusters read"), "{shown:#?}");
    assert_eq!(shown[6], "15 clusters cannot be read");
    assert!(screen.names(0).len() > 10);
    screen.model.options.problems = true;
    assert_eq!(screen.names(0).len(), 0);
}

#[test]
fn screens_at_several_widths() {
    for columns in [40, 80, 120] {
        let mut screen = Screen::new(columns - 1, 20);
        let scan = [("api", 1, None), ("checkout", 3, THROTTLED), ("pricing", 1, MISSING)];
        screen.scan(0, &scan);
        screen.scan(10, &[("api", 4, None), ("checkout", 3, None), ("search", 1, None)]);
        let frame = screen.frame(12).join("\n");
        insta::assert_snapshot!(format!("at_{columns}_columns"), frame);
    }
}
