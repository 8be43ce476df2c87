//! Where a forward is, as environment variables.

use crate::config::target::variable_prefix;
use crate::supervisor::ForwardStatus;

/// `WATCHDOG_ENDPOINT`, `WATCHDOG_HOST` and `WATCHDOG_PORT` of the first forward, and
/// `<NAME>_ENDPOINT`, `<NAME>_HOST`, `<NAME>_PORT` of each, by the name that it was asked for by.
pub fn variables(forwards: &[(String, ForwardStatus)]) -> Vec<(String, String)> {
    let mut variables = Vec::new();
    let mut add = |prefix: &str, forward: &ForwardStatus| {
        for (name, value) in [
            ("ENDPOINT", forward.endpoint.clone()),
            ("HOST", forward.local_address.clone()),
            ("PORT", forward.local_port.to_string()),
        ] {
            variables.push((format!("{prefix}_{name}"), value));
        }
    };
    if let Some((_, first)) = forwards.first() {
        add("WATCHDOG", first);
    }
    for (name, forward) in forwards {
        add(&variable_prefix(name), forward);
    }
    variables
}

/// The variables as a shell reads them: `export NAME='VALUE'`, one a line.
pub fn exports(forwards: &[(String, ForwardStatus)]) -> String {
    let line = |(name, value): (String, String)| {
        format!("export {name}='{}'\n", value.replace('\'', r"'\''"))
    };
    variables(forwards).into_iter().map(line).collect()
}
