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
    /// Completions that also offer contexts, namespaces and forwards. Source them at shell start
    /// rather than saving them: source <(watchdog completions bash --dynamic)
    #[arg(long)]
    pub dynamic: bool,
}

pub(super) async fn run(
    args: CompletionsArgs,
    command: clap::Command,
) -> Result<Exit, CommandError> {
    interruptible(async {
        // No configuration is read: a broken one must not keep a shell from starting.
        let dynamic = args.dynamic;
        let script =
            if dynamic { registration(args.shell) } else { Ok(script(args.shell, command)) };
        print_document(script)?;
        Ok(Exit::Done)
    })
    .await
}

/// The completion script for `shell`, as in `completions/`.
fn script(shell: clap_complete::Shell, mut command: clap::Command) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "watchdog", &mut script);
    script
}
