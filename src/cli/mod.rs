//! The command line: flags parsed into types, one file a noun, and exit codes. Each command
//! parses, calls a room below, prints, and says how it ended.

mod args;
mod check;
mod cluster;
mod complete;
mod completions;
mod config;
mod demo;
mod doctor;
mod exit;
mod forward;
mod guard;
mod history;
mod hpa;
mod judge;
mod monitor;
mod newest;
mod ns;
mod pasts;
mod prove;
mod setup;
mod snapshot;
mod watch;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory as _, FromArgMatches as _};

pub use args::Cli;
pub use completions::script as completion_script;
pub use exit::Exit;

use crate::process::Interrupt;
use crate::term::Messages;
use crate::term::messages::{self, Stderr};
use crate::term::text::sanitize;
use args::{Command, Global};
use forward::SupervisorCommand;

/// The command line as clap knows it, for completions and documentation.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the command line `args` (program name first) to its end and returns its exit code.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    complete::answer();
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match parse(&args) {
        Ok(cli) => cli,
        Err(error) => {
            // It quotes what was given, which may hold anything: what is shown is the error about
            // the same words made harmless.
            let harmless: Vec<OsString> = args
                .iter()
                .map(|arg| sanitize(&arg.to_string_lossy()).into_owned().into())
                .collect();
            if harmless == args {
                return explain(&error).into();
            }
            if let Err(error) = parse(&harmless) {
                return explain(&error).into();
            }
            // Harmless, they would have been right: one line says it all.
            let text = error.render().to_string();
            let text = text.lines().next().unwrap_or_default();
            Messages::plain().error(text.strip_prefix("error: ").unwrap_or(text));
            return Exit::Usage.into();
        }
    };
    // Before there is a runtime: it needs none, and lives long.
    if let Command::Guard(args) = cli.command {
        return guard::run(&args).into();
    }
    // One thread, this one: it lives as long as the program, which is what the kernel's
    // parent-death signal on each kubectl goes by.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            Messages::plain().error(&format!("cannot start: {error}"));
            return Exit::Failed.into();
        }
    };
    let exit = runtime.block_on(async {
        crate::process::outlive_file_size_limit();
        let exit = Box::pin(run(cli)).await;
        messages::flush(LAST_WORDS).await;
        exit
    });
    // Ends whatever an interrupted command left running, before the process goes. A database that
    // is in the middle of something is not waited for: it is made for that.
    runtime.shutdown_timeout(LAST_WORDS);
    exit.into()
}

/// How long what is under way at the end may take.
const LAST_WORDS: Duration = Duration::from_millis(300);

fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    Cli::from_arg_matches(&command().try_get_matches_from(args)?)
}

/// Prints help or the version, or what is wrong with the command line.
fn explain(error: &clap::Error) -> Exit {
    if error.use_stderr() {
        // A closed stderr is no further error.
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

/// Runs the command, or is interrupted: dropping the command's future ends its kubectls.
async fn run(cli: Cli) -> Exit {
    let Cli { global, command } = cli;
    trace(&global);
    // The demo passes signals on to the command it runs, and ends when that ends.
    // So does `forward run`; an attached forward ends in good order, and so do the
    // supervisor and the scratch one of `doctor --prove`.
    let command = match command {
        Command::Demo(args) => return demo::run(&global, args).await,
        Command::Forward(command) if command.takes_signals() => {
            return forward::run(&global, command).await;
        }
        Command::Monitor(args) => return monitor::run(&global, &args).await,
        Command::Hpa(args::HpaCommand::Watch(args)) => return watch::run(&global, &args).await,
        Command::Doctor(args) if args.prove => return prove::run(&global, &args).await,
        Command::Supervisor(command @ SupervisorCommand::Run) => {
            return forward::supervisor(&global, command).await;
        }
        command => command,
    };
    // The command runs up to its first wait before signals are listened for: until then it reads
    // files, which may block, and has started nothing that would have to be ended.
    let interrupted = async {
        match Interrupt::listen() {
            Ok(mut interrupt) => Exit::Interrupted(interrupt.next().await),
            Err(error) => {
                Messages::plain().error(&format!("cannot listen for signals: {error}"));
                Exit::Failed
            }
        }
    };
    tokio::select! {
        biased;
        exit = dispatch(&global, command) => exit,
        exit = interrupted => exit,
    }
}

async fn dispatch(global: &Global, command: Command) -> Exit {
    match command {
        Command::Cluster(command) => cluster::run(global, command).await,
        Command::Ns(command) => ns::run(global, command).await,
        Command::Hpa(command) => hpa::run(global, command).await,
        Command::Snapshot(command) => snapshot::run(global, command).await,
        Command::History(args) => history::run(global, &args),
        Command::Forward(command) => forward::run(global, command).await,
        Command::Supervisor(command) => forward::supervisor(global, command).await,
        Command::Config(command) => config::run(global, command),
        Command::Doctor(args) => doctor::run(global, &args).await,
        Command::Completions(args) => completions::run(global, &args),
        Command::ExecNewest(args) => newest::run(global, args).await,
        Command::Demo(_) | Command::Guard(_) | Command::Monitor(_) => Exit::Done,
    }
}

/// `-v` shows what is run and tried again, `-vv` more, on stderr.
fn trace(global: &Global) {
    use tracing_subscriber::filter::LevelFilter;
    let level = match global.verbose {
        0 => return,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(|| Harmless(Stderr))
        .with_ansi(false)
        .with_target(false)
        .init();
}

/// Makes visible what could harm a terminal: lines quote what kubectl and clusters say.
struct Harmless<W>(W);

impl<W: Write> Write for Harmless<W> {
    /// A whole line, as tracing writes them.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        self.0.write_all(format!("{}\n", sanitize(text)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
