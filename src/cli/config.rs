//! `watchdog config init | show | validate`

use std::io::ErrorKind;
use std::path::PathBuf;

use clap::{Subcommand, ValueHint};

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::print::{print, print_document};
use super::setup::Setup;
use super::signals::interruptible;
use crate::config::{self, DEFAULT_FILE, Env};
use crate::term::file::write_private;
use crate::term::text::sanitize;

/// `watchdog config …`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Write the configuration with every key, its default and a comment
    Init {
        /// Overwrite an existing file
        #[arg(long)]
        force: bool,
    },
    /// Print the configuration in force, defaults filled in
    Show,
    /// Check a configuration file
    Validate {
        /// The file, instead of the one in force
        #[arg(value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
    },
}

pub(super) async fn run(global: &Global, command: ConfigCommand) -> Result<Exit, CommandError> {
    interruptible(async {
        match command {
            ConfigCommand::Init { force } => init(global, force),
            ConfigCommand::Show => show(global),
            ConfigCommand::Validate { file } => validate(global, file),
        }
    })
    .await
}

/// Writes the default file where it would be read from.
fn init(global: &Global, force: bool) -> Result<Exit, CommandError> {
    let env = Env::current();
    let path = global.config.clone().or_else(|| config::default_path(&env));
    let Some(path) = path else {
        return Err(CommandError::failed("no home directory; name the file with --config FILE"));
    };
    write_private(&path, DEFAULT_FILE.as_bytes(), force).map_err(|error| {
        let path = path.display();
        CommandError::failed(match error.kind() {
            ErrorKind::AlreadyExists => format!("{path} exists; --force overwrites it"),
            _ => format!("cannot write {path}: {error}"),
        })
    })?;
    print(format!("{}\n", sanitize(&path.to_string_lossy())).as_bytes())?;
    Ok(Exit::Done)
}

fn show(global: &Global) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    setup.messages.note(&match &setup.config_path {
        Some(path) => format!("from {}", path.display()),
        None => "no configuration file: these are the defaults".to_owned(),
    });
    print_document(crate::term::yaml::document(&setup.config))?;
    Ok(Exit::Done)
}

fn validate(global: &Global, file: Option<PathBuf>) -> Result<Exit, CommandError> {
    let setup = Setup::without_config(global);
    let file = file.or_else(|| global.config.clone());
    let loaded = config::load(file.as_deref(), &Env::current()).map_err(CommandError::from)?;
    for warning in &loaded.warnings {
        setup.messages.note(&warning.to_string());
    }
    let text = match loaded.path {
        Some(path) => format!("{}: OK\n", sanitize(&path.to_string_lossy())),
        None => "no configuration file: the defaults are in force\n".to_owned(),
    };
    print(text.as_bytes())?;
    Ok(Exit::Done)
}
