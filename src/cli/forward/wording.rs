//! Messages about forwards.

use std::time::Duration;

use crate::cli::setup::Setup;
use crate::config::duration;
use crate::supervisor::JoinedForward;

/// Reports that a forward existed before: the names it is found by, whether it has another lease,
/// and what of this request does not apply to it.
pub(super) fn joined(setup: &Setup, joined: JoinedForward<'_>) {
    let JoinedForward { spec, status: forward, leased, differs } = joined;
    let name = &forward.name;
    let mut text = match &spec.name {
        Some(requested) if requested != name => {
            format!("{requested} already runs as {name}; both names work")
        }
        _ => format!("{name} already runs"),
    };
    if leased {
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
