//! Every decision of every world, against the real controller's.

use std::fmt::Write as _;

use super::super::{Controller, Settings, Tick, simulate};
use super::worlds::{World, worlds};

#[test]
fn every_decision_of_every_world_is_the_controllers() {
    let worlds = worlds();
    let settings = Settings::default();
    let (mut decisions, mut wrong, mut first) = (0, 0, None);
    for world in &worlds {
        let mut differs = false;
        let loads = world.loads();
        let mut controller = Controller::new(&world.spec, &settings);
        simulate(&mut controller, &world.simulation(&loads), |tick| {
            decisions += 1;
            // What follows from a difference is none of its own.
            if !differs && let Some(difference) = difference(world, &tick) {
                differs = true;
                wrong += 1;
                first.get_or_insert(difference);
            }
        });
    }
    println!("{} worlds, {decisions} decisions, {wrong} worlds differ", worlds.len());
    if let Some(first) = first {
        panic!("{wrong} of {} worlds differ. The first:\n{first}", worlds.len());
    }
    assert!(decisions > 0);
}

/// What differs at a tick, with the ticks before it.
fn difference(world: &World, tick: &Tick<'_>) -> Option<String> {
    let at = tick.number;
    let decision = tick.decision;
    let shown = |condition: Option<String>| condition.unwrap_or_default();
    let conditions = decision.conditions;
    let ours = [
        shown(conditions.able_to_scale.map(|it| it.to_string())),
        shown(conditions.scaling_active.map(|it| it.to_string())),
        shown(conditions.scaling_limited.map(|it| it.to_string())),
    ];
    let mut lines = String::new();
    let mut compare = |what: &str, ours: &str, theirs: &str| {
        if ours != theirs {
            writeln!(lines, "  {what}: {ours:?}, the controller has {theirs:?}").unwrap();
        }
    };
    compare("ready", &tick.pods.ready.to_string(), &world.ready[at].to_string());
    compare("current", &decision.current.to_string(), &world.current[at].to_string());
    compare("desired", &decision.desired.to_string(), &world.desired[at].to_string());
    for (condition, ours) in world.conditions.iter().zip(&ours) {
        compare(condition.kind, ours, condition.at(at));
    }
    if lines.is_empty() {
        return None;
    }
    let from = at.saturating_sub(5);
    let mut text = format!("world {}, tick {at}:\n{lines}", world.name);
    writeln!(text, "  decided by {:?}\n  proposals {:?}", decision.grounds, tick.proposals)
        .unwrap();
    writeln!(text, "  pods {:?}\n  spec {}", tick.pods, world.json["spec"]).unwrap();
    writeln!(
        text,
        "  replicas {}, startup {} s, requests {}, set {}",
        world.json["replicas"],
        world.json["startupSeconds"],
        world.json["requests"],
        world.json["setReplicas"]
    )
    .unwrap();
    writeln!(text, "  the controller at ticks {from} to {at}:").unwrap();
    for tick in from..=at {
        let [able, active, limited] = &world.conditions;
        writeln!(
            text,
            "    {tick}: ready {} current {} desired {} | {} | {} | {}",
            world.ready[tick],
            world.current[tick],
            world.desired[tick],
            able.at(tick),
            active.at(tick),
            limited.at(tick)
        )
        .unwrap();
    }
    for (name, values) in world.json["readings"].as_object().unwrap() {
        let values: Vec<String> = (from..=at).map(|tick| values[tick].to_string()).collect();
        writeln!(text, "  {name}: {}", values.join(" ")).unwrap();
    }
    Some(text)
}
