//! What the real controller decided in random worlds, each written as a manifest and a CSV file in some way that people
//! write them, and read back from the program's JSON.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::watchdog;
use crate::support::Sandbox;

const WORLDS: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/worlds.jsonl.gz"));

/// The worlds, or those of another file of the same kind that `HPA_WORLDS` names.
pub(super) fn worlds() -> Vec<Value> {
    let file = std::env::var_os("HPA_WORLDS").map(|path| std::fs::read(path).unwrap());
    let lines = BufReader::new(GzDecoder::new(file.as_deref().unwrap_or(WORLDS))).lines();
    lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
}

#[test]
fn every_decision_of_every_world_is_that_of_the_real_controller() {
    let worlds = worlds();
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let sandbox = Sandbox::new();
                loop {
                    let way = next.fetch_add(1, Ordering::Relaxed);
                    let Some(world) = worlds.get(way) else { break };
                    if let Some(difference) = difference(&sandbox, world, way) {
                        wrong.lock().unwrap().push(difference);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {} worlds differ:\n{}", wrong.len(), worlds.len(), wrong[0]);
}

/// The first decision that differs.
fn difference(sandbox: &Sandbox, world: &Value, way: usize) -> Option<String> {
    let hpa = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
                     "metadata": {"name": "web"}, "spec": world["spec"]});
    let yaml = match way % 3 {
        0 => hpa.to_string(),
        1 => serde_json::to_string_pretty(&hpa).unwrap(),
        _ => format!("# written by hand\n---\n{}", serde_yaml::to_string(&hpa).unwrap()),
    };
    sandbox.write("hpa.yaml", yaml);
    sandbox.write("load.csv", csv(world, way));
    let number = |value: &Value| value.as_i64().unwrap();
    let (replicas, startup) = (number(&world["replicas"]), number(&world["startupSeconds"]));
    let (cpu, memory) = (number(&world["requests"]["cpu"]), number(&world["requests"]["memory"]));
    let line = format!(
        "hpa simulate --file hpa.yaml --load load.csv --replicas {replicas} --startup {startup}s \
         --request cpu={cpu}m --request memory={memory}m -o json --decisions"
    );
    let json = watchdog(sandbox, &line).run().code(0).quiet().json();
    assert_eq!(json["kind"], "HpaSimulation");
    let ours = json["cases"][0]["decisions"].as_array().unwrap();
    let theirs = &world["decisions"];
    let ready = theirs["ready"].as_array().unwrap();
    if ours.len() != ready.len() {
        return Some(format!("{}: {} decisions of {}", world["name"], ours.len(), ready.len()));
    }
    for (tick, ours) in ours.iter().enumerate() {
        let condition = |kind: &str| {
            let place = theirs[kind]["at"][tick].as_u64().unwrap();
            theirs[kind]["names"][usize::try_from(place).unwrap()].clone()
        };
        let expected = json!({
            "t": tick * 15, "ready": ready[tick], "current": theirs["current"][tick],
            "desired": theirs["desired"][tick], "ableToScale": condition("ableToScale"),
            "scalingActive": condition("scalingActive"), "scalingLimited": condition("scalingLimited"),
        });
        if *ours != expected {
            let name = &world["name"];
            return Some(format!(
                "{name}, written in way {way}, tick {tick}:\n{ours}\nexpected {expected}\n{line}"
            ));
        }
    }
    None
}

/// The readings as CSV; `way` says how it is written.
fn csv(world: &Value, way: usize) -> String {
    let readings = world["readings"].as_object().unwrap();
    let names: Vec<&String> = readings.keys().collect();
    let ticks = readings.values().next().unwrap().as_array().unwrap().len();
    let sets = world["setReplicas"].as_object().unwrap();
    let end = if way % 4 == 1 { "\r\n" } else { "\n" };
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut header = vec!["time".to_owned()];
    header.extend(names.iter().map(|name| (*name).clone()));
    if !sets.is_empty() || way.is_multiple_of(5) {
        header.push("setReplicas".to_owned());
    }
    rows.push(header);
    for tick in 0..ticks {
        let mut row = vec![time(tick * 15, way)];
        row.extend(names.iter().map(|name| quantity(readings[*name][tick].as_i64(), way)));
        if rows[0].len() > row.len() {
            row.push(sets.get(&tick.to_string()).map_or(String::new(), ToString::to_string));
        }
        rows.push(row);
    }
    let mut text = String::new();
    if way % 7 == 3 {
        text.push('\u{feff}');
    }
    for (number, mut row) in rows.into_iter().enumerate() {
        if way % 6 == 2 {
            row.reverse();
        }
        let quoted =
            |cell: &String| if way % 8 == 5 { format!("\"{cell}\"") } else { cell.clone() };
        let row: Vec<String> = row.iter().map(quoted).collect();
        let separator = if way % 9 == 4 { " , " } else { "," };
        write!(text, "{}{end}", row.join(separator)).unwrap();
        if way % 10 == 6 && number % 50 == 7 {
            text.push_str(end);
        }
    }
    if way % 11 == 8 { text.trim_end().to_owned() } else { text }
}

fn time(seconds: usize, way: usize) -> String {
    match way % 5 {
        0 => seconds.to_string(),
        1 => format!("{seconds}.0"),
        2 => (seconds + 1_769_860_800).to_string(),
        3 => {
            let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            format!("2026-01-31T{hours:02}:{minutes:02}:{seconds:02}Z")
        }
        _ => {
            let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            format!("2026-01-31T{hours:02}:{minutes:02}:{seconds:02}.500+02:00")
        }
    }
}

/// Thousandths as a quantity.
fn quantity(thousandths: Option<i64>, way: usize) -> String {
    let Some(thousandths) = thousandths else { return String::new() };
    let kibi = 1024 * 1000;
    match way % 6 {
        0 => format!("{thousandths}m"),
        1 => format!("{}.{:03}", thousandths / 1000, thousandths % 1000),
        2 => format!("{thousandths}e-3"),
        3 if thousandths % kibi == 0 && thousandths > 0 => format!("{}Ki", thousandths / kibi),
        4 => format!("{thousandths}000u"),
        5 if thousandths % 1_000_000 == 0 => format!("{}k", thousandths / 1_000_000),
        _ if thousandths % 1000 == 0 => (thousandths / 1000).to_string(),
        _ => format!("+{thousandths}m"),
    }
}
