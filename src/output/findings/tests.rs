use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::check::{ClusterReport, Hidden};
use crate::findings::{Evaluation, Evidence, Judged, Rule, Unknown, find};
use crate::hpa::{Hpa, parse_one};
use crate::kubectl::{ErrorKind, Failure, Outcome};
use crate::term::color::Style;
use crate::term::text::width;

const HOSTILE: &str = "a\n::error::b%0A <c> & \"d\", e\u{1b}[31m\u{ffff}";

fn hpa(name: &str) -> Hpa {
    let json = format!(
        r#"{{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{{"namespace":"shop","name":"{name}"}}}}"#
    );
    parse_one(&Arc::from("eu,prod:1"), &Arc::from("x"), json.as_bytes()).unwrap()
}

fn finding(id: &'static str, severity: Severity, hpa: &str, message: &str) -> Finding {
    Finding {
        id,
        severity,
        cluster: Arc::from("eu,prod:1"),
        namespace: "shop".to_owned(),
        hpa: hpa.to_owned(),
        message: message.to_owned(),
        action: "do it".into(),
        evidence: Evidence::new(),
        location: None,
    }
}

fn outcome(error: Option<Failure>) -> Outcome {
    Outcome {
        name: Arc::from("eu,prod:1"),
        context: Arc::from("x"),
        user: "u".into(),
        server: "http://127.0.0.1:1".to_owned(),
        tags: std::sync::Arc::default(),
        error,
        duration: Duration::from_millis(1234),
    }
}

fn undecided(ids: &[&str]) -> Vec<(&'static Rule, Unknown)> {
    ids.iter().map(|id| (find(id).unwrap(), Unknown::Failed(HOSTILE.into()))).collect()
}

/// Two HPAs, one with an error of hostile words and a note, one without findings; and undecided rules.
fn with_report(error: Option<Failure>, test: impl FnOnce(&Report<'_>)) {
    let outcome = outcome(error);
    let (web, api) = (hpa("web"), hpa("api"));
    let report = Report {
        taken_at: "2026-11-23T09:00:00.4Z".parse().unwrap(),
        clusters: vec![ClusterReport {
            outcome: &outcome,
            evaluation: Evaluation {
                hpas: vec![
                    Judged {
                        hpa: &web,
                        findings: vec![
                            finding("maxed-out", Severity::Error, "web", HOSTILE),
                            finding("min-eq-max", Severity::Info, "web", "as it is."),
                        ],
                        undecided: undecided(&["flapping", "config-drift"]),
                        silenced: Vec::new(),
                    },
                    Judged {
                        hpa: &api,
                        findings: Vec::new(),
                        undecided: undecided(&["flapping"]),
                        silenced: Vec::new(),
                    },
                ],
                ..Evaluation::default()
            },
        }],
        accepted: Some(3),
        hidden: Hidden::NOTHING,
        fail_on: Some(Severity::Warning),
        is_offline: false,
        files: 0,
        problems: &[],
        rules: 36,
        unanswered: Vec::new(),
        unread_history: None,
        counts_all_ignored: true,
    };
    test(&report);
}

fn view(width: Option<usize>) -> View {
    View { by: By::Hpa, all: true, not_evaluated: true, style: Style::PLAIN, width }
}

#[test]
fn the_text_for_people() {
    with_report(None, |report| {
        let text = text(report, &view(None));
        insta::assert_snapshot!(text, @r#"
        eu,prod:1/shop/web
          error    maxed-out
                   a\n::error::b%0A <c> & "d", e\u{1b}[31m￿
                   To do: do it
          info     min-eq-max
                   as it is.
                   To do: do it

        Checked 2 HPAs in 1 namespace of 1 cluster: 1 error, 1 info in 1 HPA.
          maxed-out 1, min-eq-max 1
          Explain one: watchdog hpa check --explain ID
          Other views: --by finding, --by cluster, -o wide (one line each)
        Silenced: 3 by the baseline.
        Not evaluated:
          flapping (2 HPAs), config-drift (1 HPA)
            a\n::error::b%0A <c> & "d", e\u{1b}[31m￿
        "#);
    });
    with_report(None, |report| {
        for columns in [60, 80] {
            let text = text(report, &view(Some(columns)));
            assert!(text.lines().all(|line| width(line) <= columns), "{text}");
        }
    });
}

#[test]
fn a_cluster_that_was_not_read_is_never_clean() {
    let failure = Failure { kind: ErrorKind::Timeout, message: HOSTILE.to_owned() };
    with_report(Some(failure), |report| {
        let page = text(report, &view(None));
        assert!(page.contains("1 cluster could not be read") && page.contains("of 1 cluster: 1 e"));
        let github = github(report, true);
        assert!(github.starts_with("::error title=eu%2Cprod%3A1 could not be read::timeout: "));
        assert!(junit(report).contains("<error type=\"timeout\""));
        let sarif: serde_json::Value = serde_json::from_slice(&sarif(report).unwrap()).unwrap();
        assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
    });
}

/// A cluster without findings.
fn clean<'a>(outcome: &'a Outcome, hpas: Vec<&'a Hpa>) -> ClusterReport<'a> {
    let judged =
        |hpa| Judged { hpa, findings: Vec::new(), undecided: Vec::new(), silenced: Vec::new() };
    let hpas = hpas.into_iter().map(judged).collect();
    ClusterReport { outcome, evaluation: Evaluation { hpas, ..Evaluation::default() } }
}

#[test]
fn nothing_is_said_to_be_found_only_where_all_was_looked_at() {
    let failure = Failure { kind: ErrorKind::Timeout, message: "late".to_owned() };
    let (well, ill) = (outcome(None), outcome(Some(failure)));
    let web = hpa("web");
    let first = |clusters| {
        let taken_at = Timestamp::UNIX_EPOCH;
        let report = Report {
            taken_at,
            clusters,
            accepted: None,
            hidden: Hidden::NOTHING,
            fail_on: None,
            is_offline: false,
            files: 0,
            problems: &[],
            rules: 36,
            unanswered: Vec::new(),
            unread_history: None,
            counts_all_ignored: true,
        };
        text(&report, &view(None)).lines().next().unwrap_or_default().to_owned()
    };
    let nothing = "Checked 1 HPA in 1 namespace of 1 cluster: nothing found.";
    assert_eq!(first(vec![clean(&well, vec![&web])]), nothing);
    assert_eq!(first(vec![clean(&ill, Vec::new())]), "Checked 0 HPAs in 0 of 1 cluster.");
    assert_eq!(first(vec![clean(&ill, vec![&web])]), "Checked 1 HPA in 1 namespace of 1 cluster.");
    let both = vec![clean(&well, vec![&web]), clean(&ill, Vec::new())];
    assert_eq!(first(both), "Checked 1 HPA in 1 namespace of 1 of 2 clusters.");
}

/// Nothing in a message can begin a command of its own, or end a title.
#[test]
fn annotations_are_escaped() {
    with_report(None, |report| {
        let github = github(report, true);
        let lines: Vec<&str> = github.lines().collect();
        assert_eq!(lines.len(), 3, "{github}");
        assert_eq!(
            lines[0],
            "::error title=maxed-out%3A eu%2Cprod%3A1/shop/web::a\\n::error::b%250A <c> & \"d\", \
             e\\u{1b}[31m\u{ffff}. To do: do it"
        );
        assert!(lines[1].starts_with("::notice title=min-eq-max%3A"), "{github}");
        assert!(lines[1].ends_with("::as it is. To do: do it"), "{github}");
        assert!(lines[2].starts_with(
            "::notice title=not evaluated::flapping (2 HPAs), config-drift (1 HPA): "
        ));
    });
}

#[test]
fn xml_holds_only_what_it_may() {
    with_report(None, |report| {
        let xml = junit(report);
        assert!(xml.contains(
            "<failure type=\"error\" message=\"maxed-out\">error maxed-out: a\\n::error::b%0A \
             &lt;c&gt; &amp; &quot;d&quot;, e\\u{1b}[31m\u{fffd}\nTo do: do it\n</failure>"
        ));
        assert!(xml.contains("<system-out>info min-eq-max: as it is.\n"), "{xml}");
        assert!(xml.contains(r#"<testcase name="shop/api" classname="eu,prod:1" time="0"/>"#));
        assert!(xml.contains(r#"tests="2" failures="1" errors="0""#), "{xml}");
        assert!(xml.contains(r#"time="1.234" timestamp="2026-11-23T09:00:00""#), "{xml}");
    });
}

#[test]
fn sarif_names_rules_and_places() {
    with_report(None, |report| {
        let sarif: serde_json::Value = serde_json::from_slice(&sarif(report).unwrap()).unwrap();
        let run = &sarif["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 2);
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
        assert_eq!(results[1]["level"], "note");
        let said = results[0]["message"]["text"].as_str().unwrap();
        assert_eq!(said, "a\\n::error::b%0A <c> & \"d\", e\\u{{1b}}[31m\u{ffff}. To do: do it");
        assert_eq!(
            results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "eu%2Cprod%3A1/shop/horizontalpodautoscaler/web"
        );
        let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
        assert_eq!(notes.len(), 2);
    });
}

/// A name from a cluster is no link and no placeholder.
#[test]
fn sarif_texts_are_plain() {
    for (text, plain) in [
        ("pod[0] of a\\b", "pod[0] of a\\b"),
        ("[fix](https://evil.example)", "\\[fix\\](https://evil.example)"),
        (r"\[fix](1)", r"\\\[fix\](1)"),
        ("{0} of {app}", "{{0}} of {{app}}"),
        ("a\u{202e}b", "a\\u{{202e}}b"),
    ] {
        assert_eq!(sarif::message(text), plain);
    }
    for rule in crate::findings::rules() {
        for text in [rule.title, rule.condition, rule.action, rule.explain] {
            assert!(!text.contains(['{', '[', '\\']), "{}: {text}", rule.id);
        }
    }
}

#[test]
fn every_rule_is_explained() {
    for rule in crate::findings::rules() {
        let text = explain(rule, Style::PLAIN, Some(72));
        assert!(text.starts_with(rule.id) && text.contains("Raised when: "), "{text}");
        assert!(text.lines().all(|line| width(line) <= 72), "{text}");
    }
    assert!(explain(find("pdb-blocks").unwrap(), Style::PLAIN, None).contains("Disruption"));
}
