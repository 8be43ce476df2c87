//! What is said of forwards in messages.

use std::time::Duration;

use crate::cli::setup::Setup;
use crate::config::duration;
use crate::config::target::Resource;
use crate::supervisor::{ForwardStatus, Spec};

/// Says that a forward was there already: by which names it is found, whether it was `leased` once
/// more, and what of this request does not apply to it.
pub(super) fn joined(
    setup: &Setup,
    spec: &Spec,
    forward: &ForwardStatus,
    Joined { leased, differs }: &Joined,
) {
    let name = &forward.name;
    let mut text = match &spec.name {
        Some(asked) if asked != name => {
            format!("{asked} is {name}, which was there already and is found by both names")
        }
        _ => format!("{name} was there already"),
    };
    if *leased {
        text += "; it has one lease more";
    }
    if spec.idle_ms != forward.idle_ms {
        text += &match forward.idle_ms {
            0 => "; it stays without an idle time".to_owned(),
            ms => format!("; its idle time stays {}", duration::format(Duration::from_millis(ms))),
        };
    }
    setup.messages.note(&text);
    if !differs.is_empty() {
        setup.messages.note(&format!(
            "{name} goes on with the environment of its first client, in which {} is not as here; \
             another --local-port makes a forward of its own",
            differs.join(", ")
        ));
    }
}

/// How a forward that was there already was joined.
pub(super) struct Joined {
    /// It has a lease more by it.
    pub(super) leased: bool,
    /// The variables that it runs with otherwise.
    pub(super) differs: Vec<String>,
}

/// What a forward is called in a message: its name where it has one, its target, and where that is.
pub(super) fn title(spec: &Spec) -> String {
    let resource = Resource::parse(&spec.resource);
    let resource = resource.map_or_else(|_| spec.resource.clone(), |it| it.short());
    let ports: Vec<&str> = spec.ports.iter().map(|port| port.remote.as_str()).collect();
    let (ports, namespace, cluster) = (ports.join(","), &spec.namespace, &spec.cluster);
    let target = format!("{resource}:{ports} in {namespace}, cluster {cluster}");
    match &spec.name {
        Some(name) => format!("{name} ({target})"),
        None => target,
    }
}
