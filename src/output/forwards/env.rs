//! The addresses of forwards as environment variables.

use crate::config::target::variable_prefix;
use crate::supervisor::ForwardStatus;

/// `WATCHDOG_ENDPOINT`, `WATCHDOG_HOST` and `WATCHDOG_PORT` of the first forward, and
/// `<NAME>_ENDPOINT`, `<NAME>_HOST` and `<NAME>_PORT` of each, by the requested name. For a
/// forward with several ports, these describe its first port, and `<NAME>_PORT_80` and
/// `<NAME>_ENDPOINT_80` each port.
pub fn variables(forwards: &[(String, ForwardStatus)]) -> Vec<(String, String)> {
    let mut variables = Vec::new();
    if let Some((_, first)) = forwards.first() {
        variables.extend(of("WATCHDOG", first));
    }
    for (name, forward) in forwards {
        variables.extend(of(&variable_prefix(name), forward));
    }
    variables
}

fn of(prefix: &str, forward: &ForwardStatus) -> Vec<(String, String)> {
    let mut variables = vec![
        (format!("{prefix}_ENDPOINT"), forward.endpoint.clone()),
        (format!("{prefix}_HOST"), forward.local_address.clone()),
        (format!("{prefix}_PORT"), forward.local_port.to_string()),
    ];
    if forward.ports.len() < 2 {
        return variables;
    }
    let mut seen = Vec::new();
    for port in &forward.ports {
        let suffix = suffix(&port.remote);
        // If two local ports lead to the same port, the first counts.
        if !seen.contains(&suffix) {
            variables.push((format!("{prefix}_ENDPOINT_{suffix}"), port.endpoint.clone()));
            variables.push((format!("{prefix}_PORT_{suffix}"), port.local.to_string()));
            seen.push(suffix);
        }
    }
    variables
}

/// `80`, `HTTP_WEB`
fn suffix(remote: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    remote.chars().map(plain).collect()
}

/// The variables as shell commands: `export NAME='VALUE'`, one per line.
pub fn exports(forwards: &[(String, ForwardStatus)]) -> String {
    let line = |(name, value): (String, String)| {
        format!("export {name}='{}'\n", value.replace('\'', r"'\''"))
    };
    variables(forwards).into_iter().map(line).collect()
}
