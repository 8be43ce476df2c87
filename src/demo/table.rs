//! Objects as rows of a `Table`, which `kubectl get` prints: columns and cells like those of the
//! API server's own printers.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::resources::Resource;

/// A cell of a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Text(String),
    Number(i64),
    /// The time elapsed since then (seconds since 1970) when the request is answered.
    Age(i64),
    /// The number of restarts, and when the last one was.
    Restarts(i64, Option<i64>),
}

/// Name, type and priority (1 is only for `-o wide`) of each column.
type Columns = &'static [(&'static str, &'static str, u8)];

const WORKLOAD: Columns = &[
    ("Name", "string", 0),
    ("Desired", "integer", 0),
    ("Current", "integer", 0),
    ("Ready", "integer", 0),
    ("Age", "string", 0),
    ("Containers", "string", 1),
    ("Images", "string", 1),
    ("Selector", "string", 1),
];

fn columns_of(kind: &str) -> Columns {
    match kind {
        "HorizontalPodAutoscaler" => &[
            ("Name", "string", 0),
            ("Reference", "string", 0),
            ("Targets", "string", 0),
            ("MinPods", "string", 0),
            ("MaxPods", "string", 0),
            ("Replicas", "string", 0),
            ("Age", "string", 0),
        ],
        "Pod" => &[
            ("Name", "string", 0),
            ("Ready", "string", 0),
            ("Status", "string", 0),
            ("Restarts", "string", 0),
            ("Age", "string", 0),
            ("IP", "string", 1),
            ("Node", "string", 1),
            ("Nominated Node", "string", 1),
            ("Readiness Gates", "string", 1),
        ],
        "Deployment" => &[
            ("Name", "string", 0),
            ("Ready", "string", 0),
            ("Up-to-date", "string", 0),
            ("Available", "string", 0),
            ("Age", "string", 0),
            ("Containers", "string", 1),
            ("Images", "string", 1),
            ("Selector", "string", 1),
        ],
        "StatefulSet" => &[
            ("Name", "string", 0),
            ("Ready", "string", 0),
            ("Age", "string", 0),
            ("Containers", "string", 1),
            ("Images", "string", 1),
        ],
        "Rollout" => &[
            ("Name", "string", 0),
            ("Desired", "integer", 0),
            ("Current", "integer", 0),
            ("Up-to-date", "integer", 0),
            ("Available", "integer", 0),
            ("Age", "date", 0),
        ],
        "ReplicaSet" | "ReplicationController" => WORKLOAD,
        "Service" => &[
            ("Name", "string", 0),
            ("Type", "string", 0),
            ("Cluster-IP", "string", 0),
            ("External-IP", "string", 0),
            ("Port(s)", "string", 0),
            ("Age", "string", 0),
            ("Selector", "string", 1),
        ],
        "Namespace" => &[("Name", "string", 0), ("Status", "string", 0), ("Age", "string", 0)],
        "Node" => &[
            ("Name", "string", 0),
            ("Status", "string", 0),
            ("Roles", "string", 0),
            ("Age", "string", 0),
            ("Version", "string", 0),
        ],
        "Event" => &[
            ("Last Seen", "string", 0),
            ("Type", "string", 0),
            ("Reason", "string", 0),
            ("Object", "string", 0),
            ("Source", "string", 1),
            ("Message", "string", 0),
            ("Count", "string", 1),
            ("Name", "string", 1),
        ],
        "PodDisruptionBudget" => &[
            ("Name", "string", 0),
            ("Min Available", "string", 0),
            ("Max Unavailable", "string", 0),
            ("Allowed Disruptions", "integer", 0),
            ("Age", "string", 0),
        ],
        "ResourceQuota" => &[
            ("Name", "string", 0),
            ("Request", "string", 0),
            ("Limit", "string", 0),
            ("Age", "string", 0),
        ],
        _ => &[("Name", "string", 0), ("Age", "string", 0)],
    }
}

/// The `columnDefinitions` of a resource type.
pub(super) fn columns(resource: &Resource) -> Value {
    columns_of(&resource.kind)
        .iter()
        .map(|(name, kind, priority)| {
            let format = if *name == "Name" { "name" } else { "" };
            let description = "";
            json!({
                "name": name,
                "type": kind,
                "format": format,
                "description": description,
                "priority": priority,
            })
        })
        .collect()
}

/// The cells of an object, one per column.
pub(super) fn cells(resource: &Resource, object: &Value) -> Vec<Cell> {
    let columns = columns_of(&resource.kind);
    columns.iter().map(|(column, ..)| cell(&resource.kind, column, object)).collect()
}

/// Appends cells to a row, as JSON separated by commas.
pub(super) fn write_cells(out: &mut Vec<u8>, cells: &[Cell], now: i64) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        let value = match cell {
            Cell::Text(text) => json!(text),
            Cell::Number(number) => json!(number),
            Cell::Age(since) => json!(age(now - since)),
            Cell::Restarts(count, None) => json!(count.to_string()),
            Cell::Restarts(count, Some(last)) => {
                json!(format!("{count} ({} ago)", age(now - last)))
            }
        };
        out.extend_from_slice(value.to_string().as_bytes());
    }
}

fn cell(kind: &str, column: &str, object: &Value) -> Cell {
    let (spec, status) = (&object["spec"], &object["status"]);
    let number = |value: &Value| Cell::Number(value.as_i64().unwrap_or(0));
    match (kind, column) {
        (_, "Name") => text(&object["metadata"]["name"]),
        (_, "Age") => Cell::Age(time(&object["metadata"]["creationTimestamp"]).unwrap_or(0)),
        (_, "Containers") => joined(&spec["template"]["spec"]["containers"], "name"),
        (_, "Images") => joined(&spec["template"]["spec"]["containers"], "image"),
        ("HorizontalPodAutoscaler", column) => hpa(column, spec, status),
        ("Pod", column) => pod(column, object),
        ("Deployment" | "StatefulSet", "Ready") => Cell::Text(format!(
            "{}/{}",
            status["readyReplicas"].as_i64().unwrap_or(0),
            spec["replicas"].as_i64().unwrap_or(0)
        )),
        (_, "Desired") => number(&spec["replicas"]),
        (_, "Current") => number(&status["replicas"]),
        (_, "Ready") => number(&status["readyReplicas"]),
        (_, "Up-to-date") => number(&status["updatedReplicas"]),
        (_, "Available") => number(&status["availableReplicas"]),
        ("Service", column) => service(column, spec),
        (_, "Selector") => {
            let labels = spec["selector"].get("matchLabels").unwrap_or(&spec["selector"]);
            Cell::Text(labels_text(labels))
        }
        ("Namespace", "Status") => text(&status["phase"]),
        ("Node", "Status") => Cell::Text("Ready".to_owned()),
        ("Node", "Version") => text(&status["nodeInfo"]["kubeletVersion"]),
        ("Event", column) => event(column, object),
        ("PodDisruptionBudget", "Min Available") => or_na(&spec["minAvailable"]),
        ("PodDisruptionBudget", "Max Unavailable") => or_na(&spec["maxUnavailable"]),
        ("PodDisruptionBudget", _) => number(&status["disruptionsAllowed"]),
        ("ResourceQuota", "Request") => Cell::Text(quota(status, false)),
        ("ResourceQuota", _) => Cell::Text(quota(status, true)),
        _ => Cell::Text("<none>".to_owned()),
    }
}

fn hpa(column: &str, spec: &Value, status: &Value) -> Cell {
    let target = &spec["scaleTargetRef"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match column {
        "Reference" => Cell::Text(format!("{}/{}", text(&target["kind"]), text(&target["name"]))),
        "Targets" => Cell::Text(targets(spec, status)),
        "MinPods" => Cell::Text(
            spec["minReplicas"].as_i64().map_or("<unset>".to_owned(), |min| min.to_string()),
        ),
        "MaxPods" => Cell::Number(spec["maxReplicas"].as_i64().unwrap_or(0)),
        _ => Cell::Number(status["currentReplicas"].as_i64().unwrap_or(0)),
    }
}

/// The TARGETS column. Like the API server it matches metrics with readings by position, names only
/// resource metrics, and shows two.
fn targets(spec: &Value, status: &Value) -> String {
    // autoscaling/v1 only has the CPU.
    if let Some(target) = spec["targetCPUUtilizationPercentage"].as_i64() {
        let current = status["currentCPUUtilizationPercentage"].as_i64();
        let current = current.map_or("<unknown>".to_owned(), |current| format!("{current}%"));
        return format!("cpu: {current}/{target}%");
    }
    let empty = Vec::new();
    let metrics = spec["metrics"].as_array().unwrap_or(&empty);
    if metrics.is_empty() {
        return "<none>".to_owned();
    }
    let mut shown: Vec<String> = Vec::new();
    for (index, metric) in metrics.iter().take(2).enumerate() {
        let kind = metric["type"].as_str().unwrap_or_default();
        let field = match kind {
            "Resource" => "resource",
            "ContainerResource" => "containerResource",
            "Pods" => "pods",
            "Object" => "object",
            "External" => "external",
            _ => {
                shown.push("<unknown type>".to_owned());
                continue;
            }
        };
        let target = &metric[field]["target"];
        let current = &status["currentMetrics"][index][field]["current"];
        let quantity = |value: &Value| value.as_str().unwrap_or("<unknown>").to_owned();
        let percent = |value: &Value, absent: &str| {
            value.as_i64().map_or(absent.to_owned(), |value| format!("{value}%"))
        };
        let average = target.get("averageValue");
        shown.push(match (kind, average) {
            ("Resource" | "ContainerResource", Some(average)) => format!(
                "{}: {}/{}",
                quantity(&metric[field]["name"]),
                quantity(&current["averageValue"]),
                quantity(average)
            ),
            ("Resource" | "ContainerResource", None) => format!(
                "{}: {}/{}",
                quantity(&metric[field]["name"]),
                percent(&current["averageUtilization"], "<unknown>"),
                percent(&target["averageUtilization"], "<auto>")
            ),
            ("Pods", Some(average)) => {
                format!("{}/{}", quantity(&current["averageValue"]), quantity(average))
            }
            (_, Some(average)) => {
                format!("{}/{} (avg)", quantity(&current["averageValue"]), quantity(average))
            }
            (_, None) => format!("{}/{}", quantity(&current["value"]), quantity(&target["value"])),
        });
    }
    let mut out = shown.join(", ");
    if metrics.len() > 2 {
        let _ = write!(out, " + {} more...", metrics.len() - 2);
    }
    out
}

fn pod(column: &str, object: &Value) -> Cell {
    let (spec, status) = (&object["spec"], &object["status"]);
    let empty = Vec::new();
    let containers = status["containerStatuses"].as_array().unwrap_or(&empty);
    match column {
        "Ready" => {
            let total = spec["containers"].as_array().map_or(0, Vec::len);
            let ready = containers.iter().filter(|c| c["ready"] == true).count();
            Cell::Text(format!("{ready}/{total}"))
        }
        "Status" => {
            let waiting = containers
                .iter()
                .find_map(|c| c["state"]["waiting"]["reason"].as_str().filter(|r| !r.is_empty()));
            waiting.map_or_else(|| text(&status["phase"]), |reason| Cell::Text(reason.to_owned()))
        }
        "Restarts" => {
            let count = containers.iter().filter_map(|c| c["restartCount"].as_i64()).sum();
            let last = containers
                .iter()
                .filter_map(|c| time(&c["lastState"]["terminated"]["finishedAt"]))
                .max();
            Cell::Restarts(count, last)
        }
        "IP" => or_none(&status["podIP"]),
        "Node" => or_none(&spec["nodeName"]),
        _ => Cell::Text("<none>".to_owned()),
    }
}

fn service(column: &str, spec: &Value) -> Cell {
    match column {
        "Type" => text(&spec["type"]),
        "Cluster-IP" => or_none(&spec["clusterIP"]),
        "Port(s)" => {
            let ports = spec["ports"].as_array().into_iter().flatten();
            let ports: Vec<String> = ports
                .map(|port| {
                    let protocol = port["protocol"].as_str().unwrap_or("TCP");
                    format!("{}/{protocol}", port["port"])
                })
                .collect();
            Cell::Text(ports.join(","))
        }
        "Selector" => Cell::Text(labels_text(&spec["selector"])),
        _ => Cell::Text("<none>".to_owned()),
    }
}

fn event(column: &str, event: &Value) -> Cell {
    match column {
        "Last Seen" => Cell::Age(time(&event["lastTimestamp"]).unwrap_or(0)),
        "Type" => text(&event["type"]),
        "Reason" => text(&event["reason"]),
        "Object" => {
            let object = &event["involvedObject"];
            let part = |name: &str| object[name].as_str().unwrap_or_default();
            Cell::Text(format!("{}/{}", part("kind").to_lowercase(), part("name")))
        }
        "Source" => text(&event["source"]["component"]),
        "Count" => Cell::Text(event["count"].as_i64().unwrap_or(1).to_string()),
        _ => text(&event["message"]),
    }
}

fn quota(status: &Value, limits: bool) -> String {
    let hard = status["hard"].as_object().into_iter().flatten();
    let parts: Vec<String> = hard
        .filter(|(name, _)| name.starts_with("limits.") == limits)
        .map(|(name, hard)| {
            let used = status["used"][name].as_str().unwrap_or("0");
            format!("{name}: {used}/{}", hard.as_str().unwrap_or_default())
        })
        .collect();
    parts.join(", ")
}

fn text(value: &Value) -> Cell {
    Cell::Text(value.as_str().unwrap_or_default().to_owned())
}

fn or_none(value: &Value) -> Cell {
    Cell::Text(value.as_str().unwrap_or("<none>").to_owned())
}

fn or_na(value: &Value) -> Cell {
    Cell::Text(match value {
        Value::Null => "N/A".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    })
}

fn joined(containers: &Value, field: &str) -> Cell {
    let all = containers.as_array().into_iter().flatten();
    let names: Vec<&str> = all.filter_map(|container| container[field].as_str()).collect();
    Cell::Text(names.join(","))
}

fn labels_text(labels: &Value) -> String {
    let pairs = labels.as_object().into_iter().flatten();
    let pairs: Vec<String> =
        pairs.map(|(k, v)| format!("{k}={}", v.as_str().unwrap_or_default())).collect();
    if pairs.is_empty() { "<none>".to_owned() } else { pairs.join(",") }
}

fn time(value: &Value) -> Option<i64> {
    let time: jiff::Timestamp = value.as_str()?.parse().ok()?;
    Some(time.as_second())
}

/// A duration in seconds, as kubectl prints it (`HumanDuration` of k8s.io/apimachinery).
fn age(seconds: i64) -> String {
    let pair = |a: i64, unit: char, b: i64, rest: char| {
        if b == 0 { format!("{a}{unit}") } else { format!("{a}{unit}{b}{rest}") }
    };
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    match seconds {
        ..-1 => "<invalid>".to_owned(),
        -1 => "0s".to_owned(),
        0..120 => format!("{seconds}s"),
        _ if minutes < 10 => pair(minutes, 'm', seconds % 60, 's'),
        _ if minutes < 180 => format!("{minutes}m"),
        _ if hours < 8 => pair(hours, 'h', minutes % 60, 'm'),
        _ if hours < 48 => format!("{hours}h"),
        _ if hours < 192 => pair(hours / 24, 'd', hours % 24, 'h'),
        _ if hours < 2 * 365 * 24 => format!("{}d", hours / 24),
        _ if hours < 8 * 365 * 24 => pair(hours / 24 / 365, 'y', hours / 24 % 365, 'd'),
        _ => format!("{}y", hours / 24 / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::resources::embedded;

    #[test]
    fn hpas_are_printed_as_recorded() {
        let read = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
        let hpas = read(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/recordings/hpas-shop.json"
        )));
        let table = read(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/recordings/hpas-shop.table.json"
        )));
        let resource = &embedded("autoscaling", "v2", "horizontalpodautoscalers");
        let mut expected_columns = table["columnDefinitions"].clone();
        for column in expected_columns.as_array_mut().unwrap() {
            column["description"] = json!("");
        }
        assert_eq!(columns(resource), expected_columns);
        let rows = table["rows"].as_array().unwrap();
        let items = hpas["items"].as_array().unwrap();
        assert_eq!(rows.len(), items.len());
        for (row, item) in rows.iter().zip(items) {
            let created = time(&item["metadata"]["creationTimestamp"]).unwrap();
            let mut out = vec![b'['];
            write_cells(&mut out, &cells(resource, item), created);
            out.push(b']');
            let mut written: Value = serde_json::from_slice(&out).unwrap();
            assert_eq!(written[6], "0s");
            written[6] = row["cells"][6].clone();
            assert_eq!(written, row["cells"]);
        }
    }

    #[test]
    fn ages_are_formatted_as_by_kubectl() {
        for (seconds, expected) in [
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (349, "5m49s"),
            (3600, "60m"),
            (3 * 3600 + 120, "3h2m"),
            (30 * 3600, "30h"),
            (49 * 3600, "2d1h"),
            (20 * 86400, "20d"),
            (800 * 86400, "2y70d"),
            (-5, "<invalid>"),
        ] {
            assert_eq!(age(seconds), expected);
        }
    }
}
