//! `hpa list` agrees with kubectl, object by object and field by field.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::support::{Clusters, Sandbox, kubectl_json, kubectls};

/// The HPAs listed by `kubectl`, converted to the JSON contract here, independently of the program
/// under test.
pub fn expected(sandbox: &Sandbox, kubectl: &PathBuf, cluster: &str, context: &str) -> Vec<Value> {
    let args = ["get", "horizontalpodautoscalers.v2.autoscaling", "-A", "-o", "json"];
    let context_arg = format!("--context={context}");
    let args: Vec<&str> = [context_arg.as_str()].into_iter().chain(args).collect();
    expected_of(&kubectl_json(sandbox, kubectl, &args), cluster, context)
}

/// A list of HPAs, converted to the JSON contract.
pub fn expected_of(list: &Value, cluster: &str, context: &str) -> Vec<Value> {
    let mut hpas: Vec<Value> =
        list["items"].as_array().unwrap().iter().map(|item| hpa(cluster, context, item)).collect();
    hpas.sort_by_key(|hpa| [text(&hpa["namespace"]), text(&hpa["name"])]);
    hpas
}

/// The HPAs of a list without the fields that are not in the objects: status, findings, and the
/// user.
pub fn as_served(list: &Value) -> Vec<Value> {
    let mut hpas = list["hpas"].as_array().unwrap().clone();
    for hpa in &mut hpas {
        let hpa = hpa.as_object_mut().unwrap();
        let findings = hpa.shift_remove("findings").unwrap();
        let ids: Vec<&Value> =
            findings.as_array().unwrap().iter().map(|finding| &finding["id"]).collect();
        let status = hpa.shift_remove("status").unwrap();
        assert!(ids.contains(&&status) || ids.is_empty() && status == "OK", "{status} of {ids:?}");
        let controller = hpa.shift_remove("controller").unwrap();
        let (reason, severity) = (&controller["reason"], &controller["severity"]);
        assert!(reason.is_string() && severity.is_string(), "{controller}");
        assert!(hpa.shift_remove("user").is_some_and(|user| user.is_string()));
    }
    hpas
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn or(value: &Value, default: Value) -> Value {
    if value.is_null() { default } else { value.clone() }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn hpa(cluster: &str, context: &str, item: &Value) -> Value {
    let (metadata, spec, status) = (&item["metadata"], &item["spec"], &item["status"]);
    let conditions: Vec<Value> = list(&status["conditions"])
        .iter()
        .map(|condition| {
            let field = |name: &str| or(&condition[name], json!(""));
            json!({
                "type": field("type"), "status": field("status"), "reason": field("reason"),
                "message": field("message"), "lastTransitionTime": condition["lastTransitionTime"],
            })
        })
        .collect();
    let is_true = |kind: &str| {
        let found = conditions.iter().find(|condition| condition["type"] == kind);
        match found.and_then(|condition| condition["status"].as_str()) {
            Some("True") => json!(true),
            Some("False") => json!(false),
            _ => Value::Null,
        }
    };
    let mut hpa = json!({
        "cluster": cluster, "context": context,
        "namespace": metadata["namespace"], "name": metadata["name"], "uid": metadata["uid"],
        "createdAt": metadata["creationTimestamp"], "labels": or(&metadata["labels"], json!({})),
        "target": reference(&spec["scaleTargetRef"]),
        "minReplicas": or(&spec["minReplicas"], json!(1)), "maxReplicas": spec["maxReplicas"],
        "currentReplicas": or(&status["currentReplicas"], json!(0)),
        "desiredReplicas": or(&status["desiredReplicas"], json!(0)),
        "lastScaleTime": status["lastScaleTime"],
        "metrics": metrics(&spec["metrics"], &status["currentMetrics"]),
        "conditions": conditions,
        "scalingActive": is_true("ScalingActive"), "ableToScale": is_true("AbleToScale"),
    });
    if !spec["behavior"].is_null() {
        hpa["behavior"] = spec["behavior"].clone();
    }
    let owners = list(&metadata["ownerReferences"]).iter();
    if let Some(owner) = owners.into_iter().find(|owner| owner["controller"] == true) {
        let field = |name: &str| or(&owner[name], json!(""));
        hpa["owner"] = reference(owner);
        hpa["owner"]["uid"] = field("uid");
    }
    hpa
}

fn reference(value: &Value) -> Value {
    let field = |name: &str| or(&value[name], json!(""));
    json!({"apiVersion": field("apiVersion"), "kind": field("kind"), "name": field("name")})
}

/// The identity of a metric of a spec or a status: type, name, container, selector, object.
fn identity(metric: &Value) -> Map<String, Value> {
    let kind = text(&metric["type"]);
    let source = &metric[source_key(&kind)];
    let name = if source["metric"].is_null() { &source["name"] } else { &source["metric"]["name"] };
    let mut identity = Map::new();
    identity.insert("type".into(), json!(kind));
    identity.insert("name".into(), or(name, json!("")));
    if !source["container"].is_null() {
        identity.insert("container".into(), source["container"].clone());
    }
    if let Some(labels) = source["metric"]["selector"]["matchLabels"].as_object() {
        let sorted: BTreeMap<_, _> = labels.iter().map(|(key, value)| (key, text(value))).collect();
        let terms: Vec<String> =
            sorted.iter().map(|(key, value)| format!("{key}={value}")).collect();
        identity.insert("selector".into(), json!(terms.join(",")));
    }
    if !source["describedObject"].is_null() {
        identity.insert("object".into(), reference(&source["describedObject"]));
    }
    identity
}

/// The JSON key of a metric type: `ContainerResource` is at `containerResource`.
fn source_key(kind: &str) -> String {
    let mut letters = kind.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn metrics(spec: &Value, status: &Value) -> Value {
    let standard = [json!({"type": "Resource", "resource": {
        "name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80},
    }})];
    let spec = if list(spec).is_empty() { &standard } else { list(spec) };
    let one = |metric: &Value| {
        let mut made = identity(metric);
        let target = &metric[source_key(&text(&metric["type"]))]["target"];
        let reading = list(status)
            .iter()
            .find(|reading| identity(reading) == made && !text(&reading["type"]).is_empty())
            .map(|reading| &reading[source_key(&text(&reading["type"]))]["current"]);
        // The field that is set decides, whatever the type.
        let is_of_pods = made["type"] == "Resource" || made["type"] == "ContainerResource";
        let kind = match target.as_object() {
            Some(it) if it.contains_key("averageValue") => json!("AverageValue"),
            Some(it) if is_of_pods && it.contains_key("averageUtilization") => json!("Utilization"),
            Some(it) if it.contains_key("value") => json!("Value"),
            _ => target["type"].clone(),
        };
        let value_of = |values: &Value| match kind.as_str() {
            Some("Utilization") => values["averageUtilization"].as_i64().map(|n| n.to_string()),
            Some("AverageValue") => values["averageValue"].as_str().map(str::to_owned),
            _ => values["value"].as_str().map(str::to_owned),
        };
        made.insert("target".into(), json!({"type": kind, "value": value_of(target)}));
        let current = reading.map_or(Value::Null, |values| {
            let mut current = json!({"value": value_of(values)});
            if !values["averageValue"].is_null() {
                current["averageValue"] = values["averageValue"].clone();
            }
            if !values["averageUtilization"].is_null() {
                current["utilization"] = values["averageUtilization"].clone();
            }
            current
        });
        made.insert("current".into(), current);
        Value::Object(made)
    };
    Value::Array(spec.iter().map(one).collect())
}

/// Asserts that the two lists are equal, naming the first field that differs.
#[track_caller]
pub fn assert_same(what: &str, ours: &[Value], theirs: &[Value]) {
    let id = |hpa: &Value| {
        let part = |name: &str| text(&hpa[name]);
        format!("{}/{}/{}", part("cluster"), part("namespace"), part("name"))
    };
    let ids = |hpas: &[Value]| hpas.iter().map(id).collect::<Vec<_>>();
    assert_eq!(ids(ours), ids(theirs), "{what}: which HPAs, and in which order");
    for (mine, theirs) in ours.iter().zip(theirs) {
        let keys = |hpa: &Value| {
            let mut keys: Vec<String> = hpa.as_object().unwrap().keys().cloned().collect();
            keys.sort();
            keys
        };
        assert_eq!(keys(mine), keys(theirs), "{what}: the fields of {}", id(mine));
        for key in keys(theirs) {
            assert_eq!(mine[&key], theirs[&key], "{what}: {key} of {}", id(mine));
        }
    }
}

#[test]
fn json_agrees_with_kubectl_object_by_object() {
    let clusters = Clusters::new();
    for kubectl in kubectls() {
        let mut theirs = Vec::new();
        for name in clusters.names() {
            theirs.extend(expected(&clusters.sandbox, &kubectl, name, name));
        }
        assert!(theirs.len() > 40, "the demo has HPAs to compare");
        for lists in ["raw", "json"] {
            let what = format!("{} with kubectl.lists: {lists}", kubectl.display());
            clusters.sandbox.configure(&format!("kubectl: {{lists: {lists}}}\n"));
            let run = clusters.watchdog(["hpa", "list", "-A", "-o", "json"]);
            let output = run.arg("--kubectl").arg(&kubectl).run().code(0).quiet();
            let json = output.json();
            assert_eq!(json["schemaVersion"], "1", "{what}");
            assert_eq!(json["kind"], "HpaList", "{what}");
            let taken = json["takenAt"].as_str().unwrap();
            assert!(taken.parse::<jiff::Timestamp>().is_ok() && taken.ends_with('Z'), "{taken}");
            // Status and findings are watchdog's own; everything else is the server's.
            let hpas = as_served(&json);
            assert_same(&what, &hpas, &theirs);
            let outcomes = json["clusters"].as_array().unwrap();
            let names: Vec<String> =
                outcomes.iter().map(|outcome| text(&outcome["name"])).collect();
            assert_eq!(names, clusters.names(), "{what}");
            for outcome in outcomes {
                let name = text(&outcome["name"]);
                assert_eq!(outcome["context"], name, "{what}");
                assert_eq!(outcome["server"], clusters.cluster(&name).url(), "{what}");
                assert_eq!(outcome["outcome"], "ok", "{what}");
                assert!(outcome["durationMs"].is_u64() && outcome["error"].is_null(), "{outcome}");
            }
        }
    }
}

/// Whether one of these metrics is the one shown by kubectl, which shows the server's text: people
/// see a reading in the unit of its target, rounded.
fn shows(targets: &str, theirs: &str) -> bool {
    let pair = |text: &str| -> Option<(f64, f64)> {
        let (current, target) = text.split_once('/')?;
        Some((amount(current)?, amount(target.split(' ').next()?)?))
    };
    let Some(theirs) = pair(theirs) else { return targets.contains(theirs) };
    let near = |ours: f64, theirs: f64| (ours - theirs).abs() <= theirs.abs() / 100.0;
    let ours = targets.split([' ', ',']).filter_map(pair);
    ours.into_iter().any(|ours| near(ours.0, theirs.0) && near(ours.1, theirs.1))
}

/// A quantity or a percentage as a number.
fn amount(text: &str) -> Option<f64> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = text.strip_suffix(unit)?.parse().ok()?;
    let factor = match unit {
        "" | "%" => 1.0,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some(number * factor)
}

#[test]
fn a_reading_in_another_unit_is_the_same_reading() {
    assert!(shows("rps on Ingress/streaming: 1.9k/2k", "1900/2k"));
    assert!(shows("lag: <unknown>/10 (avg)", "<unknown>/10 (avg)"));
    assert!(shows("cpu: 84%/70%, memory: 163.6Mi/325Mi", "171548672/325Mi"));
    assert!(!shows("rps: 1.9k/2k", "190/2k") && !shows("cpu: 84%/70%", "85%/71%"));
    assert!(!shows("lag: 3/10", "<unknown>/10") && !shows("a: 1.9k/2k", "1900/20k"));
}

/// kubectl's own table shows at most four metrics, followed by the number of the others.
#[test]
fn the_table_agrees_with_kubectls_table() {
    let clusters = Clusters::new();
    for kubectl in kubectls() {
        let ours = clusters.watchdog(["hpa", "list", "-A", "-o", "csv"]).arg("--kubectl");
        let ours = ours.arg(&kubectl).run().code(0);
        let mut reader = csv::Reader::from_reader(ours.stdout.as_bytes());
        let rows: Vec<BTreeMap<String, String>> =
            reader.deserialize().collect::<Result<_, _>>().unwrap();
        let mut compared = 0;
        for cluster in clusters.names() {
            let args = ["get", "hpa", "-A", &format!("--context={cluster}")];
            let theirs = clusters.sandbox.command(&kubectl).args(args).run().code(0);
            let mut lines = theirs.stdout.lines();
            let _header = lines.next();
            for line in lines {
                // Three spaces separate columns; no cell contains more than one.
                let cells: Vec<&str> =
                    line.split("   ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
                let &[namespace, name, reference, targets, min, max, replicas, _age] = &cells[..]
                else {
                    panic!("not kubectl's eight columns: {line}")
                };
                let what = format!("{}: {cluster}/{namespace}/{name}", kubectl.display());
                let row = rows
                    .iter()
                    .find(|row| {
                        row["cluster"] == cluster
                            && row["namespace"] == namespace
                            && row["name"] == name
                    })
                    .unwrap_or_else(|| panic!("{what} is missing"));
                assert_eq!(
                    format!("{}/{}", row["targetKind"], row["targetName"]),
                    reference,
                    "{what}"
                );
                // kubectl shows `<unset>` if the API server omits the minimum.
                if min != "<unset>" {
                    assert_eq!(row["minReplicas"], min, "{what}");
                }
                assert_eq!(row["maxReplicas"], max, "{what}");
                assert_eq!(row["currentReplicas"], replicas, "{what}");
                let metrics: Vec<&str> = targets.trim_end_matches('.').split(", ").collect();
                for text in metrics {
                    let text = text.split(" + ").next().unwrap();
                    // Each metric is `name: current/target`; kubectl omits some names.
                    let value = text.rsplit(": ").next().unwrap();
                    if value != "<none>" {
                        let targets = &row["targets"];
                        assert!(shows(targets, value), "{what}: {text} in {targets}");
                        compared += 1;
                    }
                }
            }
        }
        assert!(compared > 40, "{compared} metrics compared");
    }
}
