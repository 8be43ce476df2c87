//! Where a forward is, as environment variables.

use crate::supervisor::ForwardStatus;

/// `WATCHDOG_ENDPOINT`, `WATCHDOG_HOST` and `WATCHDOG_PORT` of the first forward, and
/// `<NAME>_ENDPOINT`, `<NAME>_HOST`, `<NAME>_PORT` of each.
pub fn variables(forwards: &[ForwardStatus]) -> Vec<(String, String)> {
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
    if let Some(first) = forwards.first() {
        add("WATCHDOG", first);
    }
    for forward in forwards {
        add(&variable_prefix(&forward.name), forward);
    }
    variables
}

/// The name in upper case, everything but letters and digits as `_`; never a digit first.
fn variable_prefix(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let prefix: String = name.chars().map(plain).collect();
    if prefix.starts_with(|c: char| c.is_ascii_digit()) { format!("_{prefix}") } else { prefix }
}

/// The variables as a shell reads them: `export NAME='VALUE'`, one a line.
pub fn exports(forwards: &[ForwardStatus]) -> String {
    let line = |(name, value): (String, String)| {
        format!("export {name}='{}'\n", value.replace('\'', r"'\''"))
    };
    variables(forwards).into_iter().map(line).collect()
}
