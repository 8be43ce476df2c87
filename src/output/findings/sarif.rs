//! SARIF 2.1.0, for GitHub code scanning and other collectors.

use serde_json::{Value, json};

use crate::check::Report;
use crate::findings::{Finding, Rule, Severity, rules};
use crate::manifests::Problem;
use crate::term::json::pretty;
use crate::term::text::sanitize;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The document: one run, its rules the whole catalogue, its results the findings. Clusters that
/// could not be read and rules that could not be decided are notifications of the invocation. What
/// is wrong with manifests are results, since collectors show nothing else, of a rule of its own.
pub fn sarif(report: &Report<'_>) -> Result<Vec<u8>, serde_json::Error> {
    let unread = report.clusters.iter().filter_map(|cluster| {
        let failure = cluster.outcome.error.as_ref().filter(|_| !report.is_offline)?;
        let text = format!("{}: {}: {}", cluster.outcome.name, failure.kind, failure.message);
        Some(json!({
            "descriptor": {"id": "cluster-unread"},
            "level": "error",
            "message": {"text": message(&text)},
        }))
    });
    let not_evaluated = report.not_evaluated();
    let not_evaluated = not_evaluated.iter().map(|one| {
        let text = format!("not evaluated for {}: {}", super::hpas(one.count), one.reason);
        let mut rule = json!({"id": one.id});
        if let Some(index) = index(one.id) {
            rule["index"] = json!(index);
        }
        json!({
            "descriptor": {"id": "not-evaluated"},
            "associatedRule": rule,
            "level": "note",
            "message": {"text": message(&text)},
        })
    });
    let not_shown = super::not_shown(report).map(|sentence| {
        let level = if report.hidden.fails { "warning" } else { "note" };
        json!({
            "descriptor": {"id": "not-shown"},
            "level": level,
            "message": {"text": message(&sentence)},
        })
    });
    let notifications: Vec<Value> = unread.chain(not_evaluated).chain(not_shown).collect();
    let complete = report.clusters.iter().all(|cluster| cluster.outcome.error.is_none());
    let mut rules: Vec<Value> = rules().iter().map(rule).collect();
    let invalid = report.problems.iter().map(|it| invalid(it, rules.len()));
    let results: Vec<Value> = invalid.chain(report.findings().map(result)).collect();
    if !report.problems.is_empty() {
        rules.push(invalid_rule());
    }
    let end = crate::term::time::whole_seconds(report.taken_at);
    pretty(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "watchdog",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
                "notifications": [
                    {
                        "id": "cluster-unread",
                        "shortDescription": {"text": "A cluster could not be read completely"},
                        "defaultConfiguration": {"level": "error"},
                    },
                    {
                        "id": "not-evaluated",
                        "shortDescription": {"text": "A rule could not be checked"},
                        "defaultConfiguration": {"level": "note"},
                    },
                    {
                        "id": "not-shown",
                        "shortDescription": {"text": "Findings that --severity leaves out"},
                        "defaultConfiguration": {"level": "note"},
                    },
                ],
            }},
            "automationDetails": {"id": "watchdog/hpa-check/"},
            "invocations": [{
                "executionSuccessful": complete,
                "endTimeUtc": end,
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    }))
}

fn rule(rule: &Rule) -> Value {
    let level = level(rule.severity);
    json!({
        "id": rule.id,
        "name": pascal_case(rule.id),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.condition},
        "help": {"text": format!("{}\n\nTo do: {}", rule.explain, rule.action)},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["kubernetes", "autoscaling"], "problem.severity": match level {
            "note" => "recommendation",
            level => level,
        }},
    })
}

const INVALID: &str = "invalid-manifest";

/// The rule of manifests that are not valid. It follows the catalogue's.
fn invalid_rule() -> Value {
    json!({
        "id": INVALID,
        "name": pascal_case(INVALID),
        "shortDescription": {"text": "The manifest is not valid"},
        "fullDescription": {"text": "The manifest is not YAML, or the API server would refuse it."},
        "help": {"text": "Correct the manifest; what is not valid is not checked."},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["kubernetes"], "problem.severity": "error"},
    })
}

fn invalid(problem: &Problem, rule_index: usize) -> Value {
    let Problem { place, message: text } = problem;
    json!({
        "ruleId": INVALID,
        "ruleIndex": rule_index,
        "level": "error",
        "message": {"text": message(text)},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": file_uri(&place.path)},
                "region": {"startLine": place.line},
            },
        }],
        "partialFingerprints": {"watchdogFinding/v1": format!("{} {INVALID} {text}", place.path)},
    })
}

fn result(finding: &Finding) -> Value {
    let place = finding.place();
    let mut result = json!({
        "ruleId": finding.id,
        "level": level(finding.severity),
        "message": {"text": message(&super::sentences(finding))},
        "locations": [{
            // A finding of a cluster has no file, but collectors such as GitHub reject results without one, and
            // the path distinguishes the HPAs.
            "physicalLocation": {
                "artifactLocation": {"uri": uri(finding)},
                "region": {"startLine": finding.location.as_ref().map_or(1, |it| it.line)},
            },
            "logicalLocations": [{
                "name": finding.hpa,
                "fullyQualifiedName": place,
                "kind": "resource",
            }],
        }],
        "partialFingerprints": {"watchdogFinding/v1": format!("{place} {}", finding.id)},
        "properties": {"evidence": finding.evidence, "action": finding.action},
    });
    if let Some(index) = index(finding.id) {
        result["ruleIndex"] = json!(index);
    }
    result
}

/// Escapes a plain text message, so that names from a cluster are not read as placeholders or
/// links.
///
/// Braces are doubled whether or not there are arguments (SARIF 2.1.0, 3.11.5). Brackets and
/// backslashes are literal save in a link (3.11.6), and are escaped only where there would be one.
pub(super) fn message(text: &str) -> String {
    let mut plain = sanitize(text).replace('{', "{{").replace('}', "}}");
    if plain.contains("](") {
        for special in ["\\", "[", "]"] {
            plain = plain.replace(special, &format!("\\{special}"));
        }
    }
    plain
}

fn index(id: &str) -> Option<usize> {
    rules().iter().position(|rule| rule.id == id)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// The manifest, or `cluster/namespace/horizontalpodautoscaler/name`; percent-encoded.
fn uri(finding: &Finding) -> String {
    if let Some(location) = &finding.location {
        return file_uri(&location.file);
    }
    let parts = [&*finding.cluster, &finding.namespace, "horizontalpodautoscaler", &finding.hpa];
    parts.map(encode).join("/")
}

fn file_uri(path: &str) -> String {
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded += &format!("%{byte:02X}");
        }
    }
    encoded
}

/// `target-missing` as `TargetMissing`.
fn pascal_case(id: &str) -> String {
    id.split('-')
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|c| c.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
                .collect::<String>()
        })
        .collect()
}
