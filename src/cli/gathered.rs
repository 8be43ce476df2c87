//! Lists of every command (`-n`, `--context`, …) that are given both before the command and after it.

use std::ffi::OsString;

use clap::{ArgAction, Command};

/// The arguments, in which what stands before the command in lists of every command stands after it. clap drops what
/// stands before where both are given. Arguments that clap will refuse are left as they are.
pub(super) fn gathered(args: &[OsString], command: impl FnOnce() -> Command) -> Vec<OsString> {
    let is_flag = |arg: &OsString| arg.to_str().is_some_and(|it| it.starts_with('-'));
    // A command has at most two words.
    if !args.iter().skip(1).take(2).any(is_flag) {
        return args.to_vec();
    }
    let mut root = command();
    root.build();
    moved(args, &root).unwrap_or_else(|| args.to_vec())
}

fn moved(args: &[OsString], root: &Command) -> Option<Vec<OsString>> {
    let (program, mut rest) = args.split_first()?;
    let (mut command, mut before, mut lists) = (root, vec![program.clone()], Vec::new());
    while command.has_subcommands() {
        let (word, after) = rest.split_first()?;
        rest = after;
        let text = word.to_str()?;
        if !text.starts_with('-') {
            command = command.find_subcommand(text)?;
            before.push(word.clone());
            continue;
        }
        let (flag, mut words) = (Flag::find(text, command)?, vec![word.clone()]);
        if flag.value_follows {
            let (value, after) = rest.split_first()?;
            rest = after;
            words.push(value.clone());
        }
        if flag.is_list { &mut lists } else { &mut before }.extend(words);
    }
    Some([before, lists, rest.to_vec()].concat())
}

/// What a word with flags contains.
struct Flag {
    /// Whether it is one list.
    is_list: bool,
    /// Whether the next word is its value.
    value_follows: bool,
}

impl Flag {
    fn find(word: &str, command: &Command) -> Option<Self> {
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = long.split_once('=').map_or((long, None), |(n, v)| (n, Some(v)));
            let arg = command.get_arguments().find(|arg| arg.get_long() == Some(name))?;
            let takes_values = arg.get_action().takes_values();
            return Some(Self {
                is_list: matches!(arg.get_action(), ArgAction::Append),
                value_follows: takes_values && value.is_none(),
            });
        }
        let shorts = word.strip_prefix('-')?;
        for (at, short) in shorts.char_indices() {
            let arg = command.get_arguments().find(|arg| arg.get_short() == Some(short))?;
            if arg.get_action().takes_values() {
                return Some(Self {
                    is_list: at == 0 && matches!(arg.get_action(), ArgAction::Append),
                    value_follows: at + short.len_utf8() == shorts.len(),
                });
            }
        }
        (!shorts.is_empty()).then_some(Self { is_list: false, value_follows: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> String {
        let args: Vec<OsString> = line.split(' ').map(Into::into).collect();
        let gathered = gathered(&args, crate::cli::command);
        gathered.iter().filter_map(|it| it.to_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn lists_stand_after_the_command() {
        for (typed, gathered) in [
            ("w -n a hpa list -n b", "w hpa list -n a -n b"),
            ("w -na -v hpa --namespace=b list x -n c", "w -v hpa list -na --namespace=b x -n c"),
            (
                "w --kubeconfig f --context a hpas ls --context b",
                "w --kubeconfig f hpas ls --context a --context b",
            ),
            ("w -qn a monitor -n b", "w -qn a monitor -n b"),
            ("w --cluster a get hpa --cluster b", "w get --cluster a hpa --cluster b"),
            ("w -n a demo -- hpa -n b", "w demo -n a -- hpa -n b"),
        ] {
            assert_eq!(words(typed), gathered, "{typed}");
        }
    }

    #[test]
    fn what_is_refused_or_has_no_command_stays() {
        for line in [
            "w",
            "w -n",
            "w -n a",
            "w -n a nope -n b",
            "w --nope hpa list",
            "w -- -n a",
            "w -",
            "w -V",
        ] {
            assert_eq!(words(line), line);
        }
    }
}
