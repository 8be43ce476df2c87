//! `watchdog guard [-- COMMAND]`

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use clap::Args;

use super::exit::Exit;
use crate::term::Messages;

/// `watchdog guard`
#[derive(Debug, Args)]
pub struct GuardArgs {
    /// What to guard, instead of `watchdog supervisor run`
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<std::ffi::OsString>,
}

/// Runs the supervisor until it ends, and then ends all processes it left behind.
pub(super) fn run(args: &GuardArgs) -> Exit {
    match command(args).and_then(crate::process::guard) {
        Ok(code) => Exit::Child(code),
        Err(error) => {
            // The process that started us in the background reads only our standard output.
            let report = crate::supervisor::failure(&format!("cannot run the supervisor: {error}"));
            let _ = std::io::stdout().write_all(report.as_bytes());
            Messages::plain().error(&format!("cannot run the supervisor: {error}"));
            Exit::Failed
        }
    }
}

fn command(args: &GuardArgs) -> std::io::Result<Command> {
    if let Some((program, rest)) = args.command.split_first() {
        let mut command = Command::new(program);
        command.args(rest);
        return Ok(command);
    }
    let mut command = Command::new(crate::process::own_program()?);
    command.arg0("watchdog").args(["supervisor", "run"]);
    Ok(command)
}
