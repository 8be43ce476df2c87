//! `-n` and `-A`, the namespaces of a command.

use clap::{Arg, Args, Command};

use crate::config::target::namespace_name;
use crate::config::{Namespaces, Pattern, PatternList, Scope};

/// `-n` and `-A`: on every command, before it or after it, as kubectl has them. The help of a
/// command that reads no namespace does not show them ([`hide_where_unused`]).
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct NamespaceArgs {
    /// Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)
    #[arg(short, long, global = true, value_name = "NS", value_parser = PatternList::parse,
          add = super::complete::namespaces())]
    namespace: Vec<PatternList>,
    /// All namespaces, including those that the configuration excludes; -n has no effect
    #[arg(short = 'A', long, global = true)]
    all_namespaces: bool,
}

impl NamespaceArgs {
    /// The selected namespaces; none where all are.
    pub fn patterns(&self) -> Vec<Pattern> {
        if self.all_namespaces { Vec::new() } else { PatternList::patterns(&self.namespace) }
    }

    /// What is read: the selected namespaces, or those that the configuration does not exclude.
    pub fn scope(&self, configured: &Namespaces) -> Scope {
        match self.patterns() {
            _ if self.all_namespaces => Scope::default(),
            none if none.is_empty() => Scope::configured(configured),
            only => Scope::only(only),
        }
    }

    /// The namespace, for a command that takes one by its name.
    pub fn single(&self) -> Result<Option<String>, String> {
        if self.all_namespaces {
            return Err("a port-forward is in one namespace: -n NAME instead of -A".to_owned());
        }
        let patterns = PatternList::patterns(&self.namespace);
        match &patterns[..] {
            [] => Ok(None),
            [only] => namespace_name(only.as_str()).map(Some).map_err(|error| error.to_string()),
            [first, second, ..] => Err(format!(
                "a port-forward is in one namespace, and -n names {first} and {second}"
            )),
        }
    }

    /// Whether either flag is given.
    pub fn is_given(&self) -> bool {
        self.all_namespaces || !self.namespace.is_empty()
    }
}

/// The commands that read namespaces, each with all its subcommands.
const NAMESPACED: [&[&str]; 10] = [
    &["hpa"],
    &["ns"],
    &["monitor"],
    &["history"],
    &["snapshot", "take"],
    &["snapshot", "show"],
    &["snapshot", "diff"],
    &["snapshot", "export"],
    &["forward", "start"],
    &["forward", "run"],
];

const ONE_NAMESPACE: &str =
    "The namespace [default: the forward's, else the context's, else `default`]";

/// Hides `-n` and `-A` in the help of commands that do not use them: they are accepted and ignored there, as
/// by kubectl.
pub(super) fn hide_where_unused(root: Command) -> Command {
    let flags: Vec<Arg> = ["namespace", "all_namespaces"]
        .iter()
        .filter_map(|id| root.get_arguments().find(|arg| arg.get_id() == id).cloned())
        .collect();
    root.mut_subcommands(|command| hide(command, &[], &flags))
}

fn hide(command: Command, above: &[&str], flags: &[Arg]) -> Command {
    let name = command.get_name().to_owned();
    let path: Vec<&str> = above.iter().copied().chain([name.as_str()]).collect();
    if matches!(path[..], ["forward", "start" | "run"]) {
        return command.args(flags.iter().map(|arg| match arg.get_id().as_str() {
            "namespace" => arg.clone().help(ONE_NAMESPACE).long_help(None),
            _ => arg.clone().hide(true),
        }));
    }
    if NAMESPACED.iter().any(|used| path.starts_with(used)) {
        return command;
    }
    let leads_to_one = NAMESPACED.iter().any(|used| used.starts_with(&path));
    let flags_here = flags.iter().filter(|_| !leads_to_one).map(|arg| arg.clone().hide(true));
    command.args(flags_here).mut_subcommands(|command| hide(command, &path, flags))
}
