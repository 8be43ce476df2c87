//! `watchdog config init | show | validate`

use std::fs::DirBuilder;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueHint};

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::print::{print, print_document};
use super::setup::Setup;
use super::signals::interruptible;
use crate::config::{self, DEFAULT_FILE, Env};
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
    let cannot = |error: std::io::Error| {
        CommandError::failed(format!("cannot write {}: {error}", path.display()))
    };
    make_parent(&path).map_err(cannot)?;
    write(&path, force).map_err(|error| {
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            CommandError::failed(format!("{} exists; --force overwrites it", path.display()))
        } else {
            cannot(error)
        }
    })?;
    print(format!("{}\n", sanitize(&path.to_string_lossy())).as_bytes())?;
    Ok(Exit::Done)
}

fn make_parent(path: &Path) -> std::io::Result<()> {
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => DirBuilder::new().recursive(true).mode(0o700).create(parent),
        None => Ok(()),
    }
}

fn write(path: &Path, force: bool) -> std::io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    // Whole or not at all, and 0600 whatever was there before.
    let mut file = tempfile::NamedTempFile::new_in(directory.unwrap_or(Path::new(".")))?;
    file.write_all(DEFAULT_FILE.as_bytes())?;
    if force {
        file.persist(path).map_err(|error| error.error)?;
    } else {
        file.persist_noclobber(path).map_err(|error| error.error)?;
    }
    Ok(())
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
