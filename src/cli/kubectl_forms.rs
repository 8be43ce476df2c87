//! Flags in forms that kubectl takes and clap does not: `--watch=false`, `-A=true`, `-v=6`, `--request-timeout=0`.

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::{ArgAction, Command};

/// The arguments in the forms that clap takes. What stands behind `--` is no flag.
pub(super) fn plain(args: &[OsString], command: impl FnOnce() -> Command) -> Vec<OsString> {
    let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    let (own, behind) = args.split_at(end);
    let is_odd = |arg: &OsString| {
        arg.to_str().is_some_and(|it| {
            it.starts_with('-') && (it.contains('=') || it.starts_with("--request-timeout"))
        })
    };
    if !own.iter().any(is_odd) {
        return args.to_vec();
    }
    let mut switches = BTreeSet::new();
    find(&command(), &mut switches);
    let mut words = Vec::new();
    let mut rest = own.iter();
    while let Some(word) = rest.next() {
        let text = word.to_str().unwrap_or_default();
        if text == "--request-timeout"
            && let Some(value) = rest.as_slice().first().and_then(|it| it.to_str())
            && let Some(timeout) = timeout(value)
        {
            rest.next();
            words.push(timeout);
            continue;
        }
        match text.split_once('=').and_then(|(flag, value)| one(flag, value, &switches)) {
            Some(plain) => words.extend(plain),
            None => words.push(word.clone()),
        }
    }
    words.extend_from_slice(behind);
    words
}

/// What a flag with its value stands for; `None` if clap takes it as it is, or refuses it.
fn one(flag: &str, value: &str, switches: &BTreeSet<String>) -> Option<Vec<OsString>> {
    if matches!(flag, "-v" | "--v" | "--verbose") {
        // kubectl prints its requests from 6 on.
        return Some(match value.parse::<u8>().ok()? {
            0 => Vec::new(),
            1..=5 => vec!["-v".into()],
            _ => vec!["-vv".into()],
        });
    }
    if flag == "--request-timeout" {
        return timeout(value).map(|it| vec![it]);
    }
    let is_on = value.parse::<bool>().ok().filter(|_| switches.contains(flag))?;
    Some(if is_on { vec![flag.into()] } else { Vec::new() })
}

/// A number of seconds, or 0 for no limit: then the longest one.
fn timeout(value: &str) -> Option<OsString> {
    let seconds = value.parse::<u32>().ok()?;
    Some(if seconds == 0 { "--timeout=1h".into() } else { format!("--timeout={seconds}s").into() })
}

/// The flags without a value, of the command and of all below it.
fn find(command: &Command, switches: &mut BTreeSet<String>) {
    for arg in command.get_arguments() {
        if matches!(arg.get_action(), ArgAction::SetTrue) {
            switches.extend(arg.get_long().map(|it| format!("--{it}")));
            switches.extend(arg.get_short().map(|it| format!("-{it}")));
        }
    }
    command.get_subcommands().for_each(|it| find(it, switches));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubectls_forms_become_clap_s() {
        for (typed, plain) in [
            ("w get hpa -A=true", "w get hpa -A"),
            ("w hpa list --all-namespaces=true --watch=false", "w hpa list --all-namespaces"),
            ("w hpa list -v=6", "w hpa list -vv"),
            ("w hpa list --v=2 --verbose=0", "w hpa list -v"),
            ("w hpa list --request-timeout=0", "w hpa list --timeout=1h"),
            ("w hpa list --request-timeout 5", "w hpa list --timeout=5s"),
            ("w hpa list --request-timeout 5s", "w hpa list --request-timeout 5s"),
            ("w hpa list -l a=true --context=true", "w hpa list -l a=true --context=true"),
            ("w demo -- hpa list -A=true", "w demo -- hpa list -A=true"),
            ("w hpa list -A=yes --quiet=1 -v=x", "w hpa list -A=yes --quiet=1 -v=x"),
        ] {
            let args: Vec<OsString> = typed.split(' ').map(Into::into).collect();
            let words = super::plain(&args, crate::cli::command);
            let words: Vec<&str> = words.iter().filter_map(|it| it.to_str()).collect();
            assert_eq!(words.join(" "), plain);
        }
    }
}
