//! Explains how an HPA may scale, with the defaults of the API and of the controller.

use super::super::record::{Hpa, Policy, ScalingRules};
use super::decimal;
use crate::kube::Quantity;

/// The controller's default: within 10 % of the target nothing happens.
const TOLERANCE: f64 = 0.1;
/// The API's default for scaling down, in seconds. For scaling up it is 0.
const DOWN_WINDOW: i32 = 300;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Direction {
    Up,
    Down,
}

fn rules(hpa: &Hpa, direction: Direction) -> Option<&ScalingRules> {
    let behavior = hpa.behavior.as_ref()?;
    match direction {
        Direction::Up => behavior.scale_up.as_ref(),
        Direction::Down => behavior.scale_down.as_ref(),
    }
}

/// The deviation from the target up to which the HPA does not scale in that direction.
pub(super) fn tolerance(hpa: &Hpa, direction: Direction) -> f64 {
    rules(hpa, direction)
        .and_then(|rules| rules.tolerance.as_deref()?.parse::<Quantity>().ok())
        .map_or(TOLERANCE, Quantity::as_f64)
}

/// One line each for scaling up, for scaling down, and for the tolerance.
pub(super) fn lines(hpa: &Hpa, replicas: i32) -> Vec<String> {
    let (up, down) = (tolerance(hpa, Direction::Up), tolerance(hpa, Direction::Down));
    let percent = |tolerance: f64| decimal(tolerance * 100.0);
    let tolerance = if up.total_cmp(&down).is_eq() {
        format!("nothing happens within {} % of the target", percent(up))
    } else {
        format!(
            "nothing happens less than {} % above or {} % below the target",
            percent(up),
            percent(down)
        )
    };
    vec![
        direction(hpa, replicas, Direction::Up),
        direction(hpa, replicas, Direction::Down),
        tolerance,
    ]
}

fn direction(hpa: &Hpa, replicas: i32, direction: Direction) -> String {
    let rules = rules(hpa, direction);
    let (name, extreme, default_window) = match direction {
        Direction::Up => ("up", "lowest", 0),
        Direction::Down => ("down", "highest", DOWN_WINDOW),
    };
    let select = rules.and_then(|rules| rules.select_policy.as_deref()).unwrap_or("Max");
    if select == "Disabled" {
        return format!("{name}: never (selectPolicy is Disabled)");
    }
    let window =
        rules.and_then(|rules| rules.stabilization_window_seconds).unwrap_or(default_window);
    let when = if window > 0 {
        format!("to the {extreme} count that the metrics asked for in the last {window} s")
    } else {
        "at once".to_owned()
    };
    let limit = match (&hpa.behavior, direction) {
        (None, Direction::Up) => {
            let cap = replicas.saturating_mul(2).max(4);
            format!("to at most twice the replicas or 4, whichever is more (now {cap})")
        }
        (None, Direction::Down) => "without a further limit".to_owned(),
        _ => limit(rules, select, direction),
    };
    format!("{name}: {when}, {limit}")
}

fn limit(rules: Option<&ScalingRules>, select: &str, direction: Direction) -> String {
    let policy = |kind: &str, value| Policy { kind: kind.to_owned(), value, period_seconds: 15 };
    let policies = match rules {
        Some(rules) if !rules.policies.is_empty() => rules.policies.clone(),
        _ if direction == Direction::Up => vec![policy("Pods", 4), policy("Percent", 100)],
        _ => vec![policy("Percent", 100)],
    };
    let texts: Vec<String> = policies
        .iter()
        .map(|Policy { kind, value, period_seconds }| {
            let amount = match kind.as_str() {
                "Percent" => format!("{value} %"),
                "Pods" if *value == 1 => "1 pod".to_owned(),
                "Pods" => format!("{value} pods"),
                other => format!("{value} ({other})"),
            };
            format!("{amount} every {period_seconds} s")
        })
        .collect();
    let which = match (texts.len(), select) {
        (1, _) => "",
        (_, "Min") => ", whichever is less",
        _ => ", whichever is more",
    };
    format!("by at most {}{which}", texts.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::super::super::fixtures::{hpa, shop_hpa};
    use super::*;

    fn own(hpa: &Hpa) -> Vec<String> {
        lines(hpa, hpa.current_replicas)
    }

    #[test]
    fn defaults_are_explained() {
        assert_eq!(
            own(&shop_hpa("external")),
            [
                "up: at once, to at most twice the replicas or 4, whichever is more (now 6)",
                "down: to the highest count that the metrics asked for in the last 300 s, without a further limit",
                "nothing happens within 10 % of the target",
            ]
        );
    }

    #[test]
    fn the_rules_of_the_spec_are_explained() {
        assert_eq!(
            own(&shop_hpa("behavior"))[..2],
            ["up: at once, by at most 4 pods every 15 s", "down: never (selectPolicy is Disabled)"]
        );
        let hpa = hpa(r#"{"spec":{"behavior":{
            "scaleUp":{"stabilizationWindowSeconds":60,"tolerance":"0"},
            "scaleDown":{"selectPolicy":"Min","policies":[
                {"type":"Pods","value":1,"periodSeconds":60},
                {"type":"Percent","value":10,"periodSeconds":30}]}}}}"#);
        assert_eq!(
            own(&hpa),
            [
                "up: to the lowest count that the metrics asked for in the last 60 s, by at most 4 pods every \
                 15 s or 100 % every 15 s, whichever is more",
                "down: to the highest count that the metrics asked for in the last 300 s, by at most 1 pod \
                 every 60 s or 10 % every 30 s, whichever is less",
                "nothing happens less than 0 % above or 10 % below the target",
            ]
        );
    }
}
