//! Finding and reading the configuration file.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::nesting::{DEEPEST, flow_depth};
use super::node::{self, Node};
use super::{Config, ConfigError, Problem, keys};

/// The maximum size in bytes. A larger file is a wrong one, or endless, and is refused.
const MAX_BYTES: u64 = 1 << 20;

/// The environment variables that locate the file. Empty values count as absent.
#[derive(Debug, Clone, Default)]
pub struct Env {
    /// `$WATCHDOG_CONFIG`: the file.
    pub watchdog_config: Option<OsString>,
    /// `$XDG_CONFIG_HOME`: the directory of configurations; ignored unless absolute, as the XDG
    /// Base Directory Specification says.
    pub xdg_config_home: Option<OsString>,
    /// `$HOME`.
    pub home: Option<OsString>,
}

impl Env {
    /// The environment of this process.
    pub fn current() -> Self {
        Self {
            watchdog_config: std::env::var_os("WATCHDOG_CONFIG"),
            xdg_config_home: std::env::var_os("XDG_CONFIG_HOME"),
            home: std::env::var_os("HOME"),
        }
    }
}

/// A configuration, and the file from which it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The configuration, with defaults.
    pub config: Config,
    /// The file; `None` if there is none and the defaults apply.
    pub path: Option<PathBuf>,
    /// Warnings about the file.
    pub warnings: Vec<Problem>,
}

impl Loaded {
    fn defaults() -> Self {
        Self { config: Config::default(), path: None, warnings: Vec::new() }
    }
}

/// The default file: `$XDG_CONFIG_HOME/watchdog/watchdog.yaml`, else
/// `~/.config/watchdog/watchdog.yaml`. `None` without a home directory.
pub fn default_path(env: &Env) -> Option<PathBuf> {
    let absolute = |value: &Option<OsString>| {
        value.as_ref().map(PathBuf::from).filter(|path| path.is_absolute())
    };
    let directory = absolute(&env.xdg_config_home)
        .or_else(|| absolute(&env.home).map(|home| home.join(".config")))?;
    Some(directory.join("watchdog").join("watchdog.yaml"))
}

/// Reads the configuration from `explicit` (`--config`), else `$WATCHDOG_CONFIG`, else
/// [`default_path`], else returns the defaults. A file that was named explicitly must exist.
pub fn load(explicit: Option<&Path>, env: &Env) -> Result<Loaded, ConfigError> {
    let named = explicit.map(|path| (path.to_owned(), "--config")).or_else(|| {
        let value = env.watchdog_config.as_ref().filter(|value| !value.is_empty())?;
        Some((PathBuf::from(value), "$WATCHDOG_CONFIG"))
    });
    let (path, named_by) = match named {
        Some((path, named_by)) => (path, Some(named_by)),
        None => match default_path(env) {
            Some(path) => (path, None),
            None => return Ok(Loaded::defaults()),
        },
    };
    let bytes = match read(&path) {
        Ok(bytes) => bytes,
        Err(source) => {
            let absent =
                matches!(source.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
            return match named_by {
                None if absent => Ok(Loaded::defaults()),
                Some(named_by) if source.kind() == io::ErrorKind::NotFound => {
                    Err(ConfigError::NotFound { path, named_by })
                }
                _ => Err(ConfigError::Read { path, source }),
            };
        }
    };
    let (config, warnings) = parse_with_warnings(&bytes, &path)?;
    Ok(Loaded { config, path: Some(path), warnings })
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a directory, not a file"));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "is longer than 1 MiB"));
    }
    Ok(bytes)
}

/// Parses a configuration file. `path` only occurs in messages.
pub fn parse(bytes: &[u8], path: &Path) -> Result<Config, ConfigError> {
    parse_with_warnings(bytes, path).map(|(config, _)| config)
}

/// Like [`parse`], with warnings.
pub(super) fn parse_with_warnings(
    bytes: &[u8],
    path: &Path,
) -> Result<(Config, Vec<Problem>), ConfigError> {
    let invalid = |at, message| ConfigError::Invalid {
        problems: vec![Problem { path: path.to_owned(), at, message }],
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let lines: Vec<&[u8]> = before.split(|byte| *byte == b'\n').collect();
        let last = lines.last().copied().unwrap_or_default();
        let (line, column) = (lines.len(), 1 + String::from_utf8_lossy(last).chars().count());
        invalid(Some((line, column)), "not UTF-8 text".to_owned())
    })?;
    if is_blank(text) {
        return Ok((Config::default(), Vec::new()));
    }
    if flow_depth(bytes) > DEEPEST {
        return Err(invalid(None, format!("not valid YAML: nested more than {DEEPEST} deep")));
    }
    let document: Node = serde_yaml::from_str(text).map_err(|error| {
        let at = error.location().map(|location| (location.line(), location.column()));
        invalid(at, syntax(&error, text, at))
    })?;
    let problems = |findings: Vec<keys::Finding>| {
        let problems = findings.into_iter().map(|finding| Problem {
            path: path.to_owned(),
            at: node::locate(text, &finding.entries, finding.part),
            message: finding.message,
        });
        let mut problems: Vec<Problem> = problems.collect();
        problems.sort_by_key(|problem| problem.at);
        problems
    };
    match keys::judge(&document) {
        Ok((config, warnings)) => Ok((config, problems(warnings))),
        Err(findings) => Err(ConfigError::Invalid { problems: problems(findings) }),
    }
}

/// Whether the text has only comments; the parser would report an unexpected end of the stream.
fn is_blank(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

/// The parser's message without the position, which is printed before it. A tab is named, because
/// it is invisible.
fn syntax(error: &serde_yaml::Error, text: &str, at: Option<(usize, usize)>) -> String {
    let mut message = error.to_string();
    if let Some((line, column)) = at {
        message = message.replacen(&format!(" at line {line} column {column}"), "", 1);
        let offender =
            text.lines().nth(line.saturating_sub(1)).and_then(|l| l.chars().nth(column - 1));
        if offender == Some('\t') {
            return "a tab; YAML is indented with spaces".to_owned();
        }
    } else if message.contains("more than one document") {
        return "more than one YAML document (a line of ---); one is expected".to_owned();
    }
    format!("not valid YAML: {message}")
}
