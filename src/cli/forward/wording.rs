//! What is said of forwards in messages.

use std::time::Duration;

use crate::cli::setup::Setup;
use crate::config::duration;
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
            format!("{asked} already runs as {name}; both names work")
        }
        _ => format!("{name} already runs"),
    };
    if *leased {
        text += "; lease added";
    }
    if spec.idle_ms != forward.idle_ms {
        text += &match forward.idle_ms {
            0 => "; its idle timeout stays off".to_owned(),
            ms => {
                format!("; its idle timeout stays {}", duration::format(Duration::from_millis(ms)))
            }
        };
    }
    setup.messages.note(&text);
    if !differs.is_empty() {
        setup.messages.note(&format!(
            "{name} keeps the environment of its first client, which differs in {}; \
             pass another --local-port for a forward of its own",
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
