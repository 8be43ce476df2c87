//! Compares the output of a run with the expectations of a report.

use std::fmt::Debug;

use serde_json::Value;

use super::format::{Texts, Wanted};
use crate::support::Output;

/// The expectations in `wanted` that are not met.
pub fn failures(wanted: &Wanted, output: &Output) -> Vec<String> {
    let mut failures = Vec::new();
    if let Some(exit) = wanted.exit
        && output.code != Some(exit)
    {
        let signal = output.signal.map(|signal| format!(", signal {signal}")).unwrap_or_default();
        failures.push(format!("exit: wanted {exit}, is {:?}{signal}", output.code));
    }
    for (stream, texts, said) in
        [("stdout", &wanted.stdout, &output.stdout), ("stderr", &wanted.stderr, &output.stderr)]
    {
        failures.extend(of_texts(stream, texts, said));
    }
    let by_json = !wanted.json.is_empty()
        || !wanted.findings.is_empty()
        || !wanted.lacks_findings.is_empty()
        || !wanted.severities.is_empty();
    if by_json {
        match serde_json::from_str(&output.stdout) {
            Ok(json) => failures.extend(of_json(wanted, &json)),
            Err(error) => failures.push(format!("stdout is not JSON: {error}")),
        }
    }
    failures
}

fn of_texts(stream: &str, texts: &Texts, said: &str) -> Vec<String> {
    let missing = texts.has.iter().filter(|text| !said.contains(*text));
    let unwanted = texts.lacks.iter().filter(|text| said.contains(*text));
    missing
        .map(|text| format!("{stream} lacks {text:?}"))
        .chain(unwanted.map(|text| format!("{stream} has {text:?}")))
        .collect()
}

fn of_json(wanted: &Wanted, json: &Value) -> Vec<String> {
    let mut failures = Vec::new();
    for (pointer, value) in &wanted.json {
        let found = json.pointer(pointer).unwrap_or(&Value::Null);
        if found != value {
            failures.push(format!("json {pointer}: wanted {value}, is {found}"));
        }
    }
    let mut differs = |what: &str, hpa: &str, wanted: &dyn Debug, found: &dyn Debug| {
        failures.push(format!("{what} of {hpa}: wanted {wanted:?}, found {found:?}"));
    };
    for (hpa, ids) in &wanted.findings {
        match findings(json, hpa) {
            Ok(found) => {
                let mut found: Vec<&str> = found.iter().map(|(id, _)| *id).collect();
                found.sort_unstable();
                let mut wanted: Vec<&str> = ids.iter().map(String::as_str).collect();
                wanted.sort_unstable();
                if found != wanted {
                    differs("findings", hpa, &wanted, &found);
                }
            }
            Err(error) => differs("findings", hpa, ids, &error),
        }
    }
    for (hpa, ids) in &wanted.lacks_findings {
        match findings(json, hpa) {
            Ok(found) => {
                for id in ids.iter().filter(|id| found.iter().any(|(found, _)| found == id)) {
                    differs("findings", hpa, &format_args!("no {id}"), &found);
                }
            }
            Err(error) => differs("findings", hpa, ids, &error),
        }
    }
    for (hpa, severities) in &wanted.severities {
        match findings(json, hpa) {
            Ok(found) => {
                for (id, severity) in severities {
                    if !found.contains(&(id.as_str(), severity.as_str())) {
                        differs("severities", hpa, &(id, severity), &found);
                    }
                }
            }
            Err(error) => differs("severities", hpa, severities, &error),
        }
    }
    failures
}

/// Id and severity of each finding of an HPA, from a list of findings or of HPAs.
fn findings<'a>(json: &'a Value, hpa: &str) -> Result<Vec<(&'a str, &'a str)>, String> {
    let parts: Vec<&str> = hpa.split('/').collect();
    let (cluster, namespace, name) = match parts[..] {
        [namespace, name] => (None, namespace, name),
        [cluster, namespace, name] => (Some(cluster), namespace, name),
        _ => return Err(format!("{hpa} is not NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME")),
    };
    let is_it = |value: &Value, field: &str| {
        value["namespace"] == namespace
            && value[field] == name
            && cluster.is_none_or(|cluster| value["cluster"] == cluster)
    };
    let of_list: Vec<&Value> = match json["kind"].as_str() {
        Some("FindingList") => {
            let all = json["findings"].as_array().into_iter().flatten();
            all.filter(|finding| is_it(finding, "hpa")).collect()
        }
        Some("HpaList") => {
            let all = json["hpas"].as_array().into_iter().flatten();
            let hpas: Vec<&Value> = all.filter(|hpa| is_it(hpa, "name")).collect();
            let [hpa] = hpas[..] else {
                return Err(format!("{} such HPAs are listed", hpas.len()));
            };
            hpa["findings"].as_array().into_iter().flatten().collect()
        }
        kind => return Err(format!("a document of kind {kind:?} has no findings")),
    };
    let text = |value: &'a Value| value.as_str().unwrap_or_default();
    Ok(of_list.into_iter().map(|found| (text(&found["id"]), text(&found["severity"]))).collect())
}

#[cfg(test)]
mod tests {
    use super::super::format::Report;
    use super::*;

    fn said(stdout: &str) -> Output {
        Output {
            text: "watchdog".to_owned(),
            code: Some(1),
            signal: None,
            stdout: stdout.to_owned(),
            stderr: "error: a".to_owned(),
        }
    }

    #[track_caller]
    fn assert_fails(run: &str, stdout: &str, expected: &[&str]) {
        let text = format!("report: X1\ntitle: t\nsources: []\nruns: [{run}]");
        let failures = failures(&Report::parse(&text).unwrap().runs[0], &said(stdout));
        assert_eq!(failures, expected, "{run}");
    }

    #[test]
    fn unmet_expectations_are_named() {
        assert_fails("{args: [], exit: 1, stderr: {has: [error], lacks: [b]}}", "", &[]);
        assert_fails(
            "{args: [], exit: 0, stdout: {has: [x], lacks: [y]}}",
            "y",
            &["exit: wanted 0, is Some(1)", "stdout lacks \"x\"", "stdout has \"y\""],
        );
        assert_fails("{args: [], json: {/a/0: 1, /b: null}}", r#"{"a": [1]}"#, &[]);
        assert_fails(
            "{args: [], json: {/a/0: 2}}",
            r#"{"a": [1]}"#,
            &["json /a/0: wanted 2, is 1"],
        );
        let list = r#"{"kind": "FindingList", "findings": [
            {"cluster": "c", "namespace": "shop", "hpa": "api", "id": "low-min", "severity": "info"}
        ]}"#;
        assert_fails("{args: [], findings: {shop/api: [low-min], shop/web: []}}", list, &[]);
        assert_fails(
            "{args: [], findings: {shop/api: []}}",
            list,
            &[r#"findings of shop/api: wanted [], found ["low-min"]"#],
        );
        assert_fails(
            "{args: [], lacks_findings: {c/shop/api: [low-min, at-max]}}",
            list,
            &[r#"findings of c/shop/api: wanted no low-min, found [("low-min", "info")]"#],
        );
        assert_fails(
            "{args: [], severities: {shop/api: {low-min: warning}}}",
            list,
            &[
                r#"severities of shop/api: wanted ("low-min", "warning"), found [("low-min", "info")]"#,
            ],
        );
        let list = r#"{"kind": "HpaList", "hpas": []}"#;
        assert_fails(
            "{args: [], findings: {shop/api: []}}",
            list,
            &[r#"findings of shop/api: wanted [], found "0 such HPAs are listed""#],
        );
    }
}
