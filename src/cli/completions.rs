//! `watchdog completions SHELL`

use clap::Args;

use super::complete::registration;
use super::error::CommandError;
use super::exit::Exit;
use super::print::print_document;
use super::signals::interruptible;

/// `watchdog completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
    /// Completions without the program: commands and flags only, no names of contexts, HPAs and forwards
    #[arg(long = "static")]
    pub is_static: bool,
    /// The default
    #[arg(long, hide = true, conflicts_with = "is_static")]
    pub dynamic: bool,
}

pub(super) async fn run(
    args: CompletionsArgs,
    command: clap::Command,
) -> Result<Exit, CommandError> {
    interruptible(async {
        // No configuration is read: a broken one must not keep a shell from starting.
        let CompletionsArgs { shell, is_static, .. } = args;
        let script = if is_static { Ok(script(shell, command)) } else { registration(shell) };
        print_document(script)?;
        Ok(Exit::Done)
    })
    .await
}

/// The completion script for `shell` that has commands and flags in itself.
fn script(shell: clap_complete::Shell, mut command: clap::Command) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "watchdog", &mut script);
    script
}
