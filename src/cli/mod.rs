//! The command line: flags parsed into types, one file a noun, and exit codes. Each command
//! parses, calls a room below, prints, and says how it ended.
//!
//! From the ground up: `exit` and `flags`, which all commands use; `setup` and the other helpers;
//! a file a command; the tree of commands (`command`), and this file, which runs one of them.

mod absent;
mod advise;
mod alerts;
mod check;
mod cluster;
mod command;
mod complete;
mod completions;
mod config;
mod database;
mod demo;
mod doctor;
mod emit;
mod environment;
mod error;
mod exit;
mod flags;
mod forward;
mod gathered;
mod guard;
mod history;
mod hpa;
mod hpa_args;
mod kubectl_forms;
mod monitor;
mod named;
mod namespaces;
mod newest;
mod ns;
mod observe;
mod past;
mod print;
mod prometheus;
mod prove;
mod rules;
mod seen;
mod sending;
mod setup;
mod shortcuts;
mod signals;
mod simulate;
mod snapshot;
mod tips;
mod top;
mod trace;
mod watch;

use std::ffi::OsString;
use std::io::Write as _;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory as _, FromArgMatches as _};

use command::Cli;
use exit::Exit;

use crate::output::chart::Charset;
use crate::term::messages;
use crate::term::text::{self, sanitize};
use crate::term::{ColorChoice, Messages};
use command::Command;
use error::CommandError;

/// The command line as clap knows it, for completions and documentation.
pub fn command() -> clap::Command {
    namespaces::hide_where_unused(Cli::command())
}

/// Runs the command line `args` (program name first) to its end and returns its exit code.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    complete::answer(command);
    if Charset::of_locale(|name| std::env::var(name).ok()) == Charset::Ascii {
        text::use_ascii();
    }
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match parse(&args) {
        Ok(cli) => cli,
        Err(mut error) => {
            // The error quotes the arguments, which may contain control characters: parse the
            // sanitized arguments instead, and show the error about those.
            let harmless: Vec<OsString> = args
                .iter()
                .map(|arg| sanitize(&arg.to_string_lossy()).into_owned().into())
                .collect();
            tips::add(&mut error, &words(&args));
            if harmless == args {
                return explain(&error).into();
            }
            if let Err(mut error) = parse(&harmless) {
                tips::add(&mut error, &words(&harmless));
                return explain(&error).into();
            }
            // The sanitized arguments are valid: the first line of the original error is enough.
            let text = error.render().to_string();
            let text = text.lines().next().unwrap_or_default();
            Messages::plain().error(text.strip_prefix("error: ").unwrap_or(text));
            return Exit::Usage.into();
        }
    };
    run(cli).into()
}

/// How long pending work may take at the end.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// The arguments after the program's name.
fn words(args: &[OsString]) -> Vec<String> {
    args.iter().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect()
}

fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    let args = kubectl_forms::plain(args, command);
    let args = gathered::gathered(&args, command);
    Cli::from_arg_matches(&command().try_get_matches_from(args)?)
}

/// Prints help, the version, or the error in the command line.
fn explain(error: &clap::Error) -> Exit {
    if error.use_stderr() {
        // A closed stderr is not a further error.
        let _ = error.print();
        return Exit::Usage;
    }
    match error.print() {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Messages::plain().error(&format!("cannot write to standard output: {error}"));
            Exit::Failed
        }
        _ => Exit::Done,
    }
}

/// Prints the short screen for a command line without a command, which is not valid: a script that
/// lost its arguments should fail.
fn first_screen() -> Exit {
    // A closed stderr is not a further error.
    let _ = std::io::stderr().write_all(command::FIRST_SCREEN.as_bytes());
    Exit::Usage
}

/// Runs the command to its end.
fn run(cli: Cli) -> Exit {
    let Cli { global, command } = cli;
    let Some(command) = command else { return first_screen() };
    trace::start(global.verbose);
    environment::proxies().make_current();
    let global = &global;
    // A configuration, if one is read, may override this.
    let color = global.color.map_or(ColorChoice::Auto, ColorChoice::from);
    Messages::new(color, global.quiet).make_current();
    let running: Pin<Box<dyn Future<Output = Result<Exit, CommandError>> + '_>> = match command {
        // Before the runtime is created: the guard needs none, and lives long.
        Command::Guard(args) => return guard::run(&args),
        Command::Cluster(command) => Box::pin(cluster::run(global, command)),
        Command::Ns(command) => Box::pin(ns::run(global, command)),
        Command::Hpa(command) => Box::pin(hpa::run(global, command)),
        Command::Monitor(args) => Box::pin(monitor::run(global, args)),
        Command::Snapshot(command) => Box::pin(snapshot::run(global, command)),
        Command::Alerts(args) => Box::pin(alerts::run(global, args)),
        Command::Rules(args) => Box::pin(async move { rules::run(global, &args) }),
        Command::Prometheus(command) => Box::pin(prometheus::run(global, command)),
        Command::History(args) => Box::pin(history::run(global, args)),
        Command::Forward(command) => Box::pin(forward::run(global, command)),
        Command::Supervisor(command) => Box::pin(forward::supervisor(global, command)),
        Command::Config(command) => Box::pin(config::run(global, command)),
        Command::Doctor(args) if args.prove => Box::pin(prove::run(global, args)),
        Command::Doctor(args) => Box::pin(doctor::run(global, args)),
        Command::Completions(args) => Box::pin(completions::run(args, self::command())),
        Command::Shortcut(shortcut) => Box::pin(shortcuts::run(global, *shortcut)),
        Command::ExecNewest(args) => Box::pin(newest::run(global, args)),
        Command::Demo(args) => Box::pin(demo::run(global, args, self::command())),
    };
    // A single thread, this one: the kernel sends each kubectl its parent-death signal when the
    // thread that started it ends, and this thread lives as long as the program.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            Messages::plain().error(&format!("cannot start: {error}"));
            return Exit::Failed;
        }
    };
    let exit = runtime.block_on(async {
        crate::process::outlive_file_size_limit();
        let exit = running.await.unwrap_or_else(|error| error.report(Messages::current()));
        messages::flush(LAST_WORDS).await;
        exit
    });
    // Ends tasks that an interrupted command left running, before the process exits. A database
    // access is not waited for any longer: the database survives an interruption.
    runtime.shutdown_timeout(LAST_WORDS);
    exit
}
