//! `watchdog completions SHELL`

use super::args::{CompletionsArgs, Global};
use super::complete::registration;
use super::exit::Exit;
use super::setup::Setup;

pub(super) fn run(global: &Global, args: &CompletionsArgs) -> Exit {
    // Nothing here needs the configuration; a broken one must not keep a shell from starting.
    let setup = Setup::without_config(global);
    let script = if args.dynamic { registration(args.shell) } else { Ok(script(args.shell)) };
    setup.print_document(script).map_or_else(|exit| exit, |()| Exit::Done)
}

/// The completion script for `shell`, as in `completions/`.
pub fn script(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut super::command(), "watchdog", &mut script);
    script
}
