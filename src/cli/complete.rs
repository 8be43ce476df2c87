//! Completion by this program (dynamic completion): the completers of the flags and arguments.
//!
//! A shell that has run the script of `watchdog completions SHELL` calls this program with
//! [`VARIABLE`] set.

use std::ffi::OsStr;

use clap_complete::CompleteEnv;
use clap_complete::engine::{
    ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter as _,
};
use clap_complete::env::Shells;

use super::environment::go_is_tuned;
use crate::complete::{self, Line, Suggestion};

/// What the shell sets; a name of our own, because other programs use `COMPLETE`.
const VARIABLE: &str = "WATCHDOG_COMPLETE";

/// Answers a shell's completion request and ends the process; without one, returns at once.
pub(super) fn answer(command: impl Fn() -> clap::Command) {
    let command = || super::tips::INTERNAL.iter().fold(command(), hidden);
    CompleteEnv::with_factory(command).var(VARIABLE).bin("watchdog").complete();
}

/// The command without an internal subcommand: clap suggests a hidden one where nothing else begins like it. It cannot
/// be removed, so it gets a name that cannot be typed.
fn hidden(command: clap::Command, internal: &&'static str) -> clap::Command {
    let name = format!("\u{1}{internal}");
    command.mut_subcommand(internal, |it| it.name(name))
}

/// The script that makes a shell call this program for completions, as in `completions/`.
pub(super) fn registration(shell: clap_complete::Shell) -> std::io::Result<Vec<u8>> {
    let shells = Shells::builtins();
    let shell = shell.to_string();
    let completer = shells.completer(&shell);
    let completer = completer.ok_or_else(|| {
        std::io::Error::other(format!("there is no dynamic completion for {shell}"))
    })?;
    let mut script = Vec::new();
    completer.write_registration(VARIABLE, "watchdog", "watchdog", "watchdog", &mut script)?;
    Ok(script)
}

/// Forwards that the supervisor holds.
pub(super) fn forwards() -> ArgValueCandidates {
    candidates(|_| complete::forwards())
}

/// Forwards of the configuration.
pub(super) fn configured() -> ArgValueCandidates {
    candidates(complete::configured)
}

/// Addresses to listen on.
pub(super) fn addresses() -> ArgValueCandidates {
    candidates(|_| complete::addresses())
}

/// Contexts of the kubeconfig.
pub(super) fn contexts() -> ArgValueCompleter {
    completer(|line, word| complete::last_of_list(word, || complete::contexts(line)))
}

/// Clusters of the kubeconfig.
pub(super) fn clusters() -> ArgValueCompleter {
    completer(|line, word| complete::last_of_list(word, || complete::clusters(line)))
}

/// Namespaces of the cluster.
pub(super) fn namespaces() -> ArgValueCompleter {
    completer(|line, word| complete::last_of_list(word, || complete::namespaces(line)))
}

/// Labels of clusters.
pub(super) fn cluster_labels() -> ArgValueCandidates {
    candidates(complete::cluster_labels)
}

/// Names of HPAs.
pub(super) fn hpas() -> ArgValueCompleter {
    completer(complete::hpas)
}

/// Ids of findings.
pub(super) fn findings() -> ArgValueCompleter {
    completer(|_, word| complete::findings(word))
}

/// Values of STATUS: `OK` and ids of findings.
pub(super) fn statuses() -> ArgValueCompleter {
    completer(|_, word| complete::statuses(word))
}

/// Ids of findings, with the HPAs for which they are ignored.
pub(super) fn ignores() -> ArgValueCompleter {
    completer(complete::ignores)
}

/// Snapshots of the history, then files.
pub(super) fn snapshots() -> ArgValueCompleter {
    ArgValueCompleter::new(|word: &OsStr| {
        let found = word.to_str().map(|word| complete::snapshots(&line(), word));
        let stored = found.unwrap_or_default().into_iter().map(candidate);
        stored.chain(PathCompleter::file().complete(word)).collect()
    })
}

fn candidates(suggest: fn(&Line) -> Vec<Suggestion>) -> ArgValueCandidates {
    ArgValueCandidates::new(move || suggest(&line()).into_iter().map(candidate).collect())
}

/// What depends on what has been typed of the word.
fn completer(suggest: fn(&Line, &str) -> Vec<Suggestion>) -> ArgValueCompleter {
    ArgValueCompleter::new(move |word: &OsStr| {
        let Some(word) = word.to_str() else { return Vec::new() };
        suggest(&line(), word).into_iter().map(candidate).collect()
    })
}

/// The command line to complete, which follows `--` in this program's arguments.
fn line() -> Line {
    let words: Vec<_> = std::env::args_os().collect();
    Line {
        kubectl_variable: std::env::var_os("WATCHDOG_KUBECTL"),
        go_is_tuned: go_is_tuned(),
        ..Line::parse(&words)
    }
}

fn candidate(Suggestion { value, help }: Suggestion) -> CompletionCandidate {
    let help = Some(help).filter(|help| !help.is_empty());
    CompletionCandidate::new(value).help(help.map(Into::into))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_has_a_script_that_sets_our_variable() {
        use clap::ValueEnum as _;
        for shell in clap_complete::Shell::value_variants() {
            let script = String::from_utf8(registration(*shell).unwrap()).unwrap();
            assert!(script.contains(VARIABLE), "{shell}: {script}");
        }
    }
}
