//! Where the supervisor's socket, locks, registry and log are: a directory that belongs to the user
//! and is closed to others.

use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use crate::process::{self, Identity, Variables};

/// Names the runtime directory and overrides all other rules. For a supervisor separate from the
/// user's own.
pub const RUNTIME_DIR_VARIABLE: &str = "WATCHDOG_RUNTIME_DIR";

/// The longest path of a socket in bytes: the size of the kernel's field minus its terminating
/// zero.
const SOCKET_LIMIT: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// Why the runtime directory cannot be used, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum PathsError {
    /// The directory cannot be created or inspected.
    #[error(
        "cannot use {path} for the supervisor's socket: {error}; set {RUNTIME_DIR_VARIABLE} to a directory that can be made"
    )]
    Io {
        /// The directory.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// The path is relative, but the supervisor runs in another directory.
    #[error("{path} is not an absolute path; set {RUNTIME_DIR_VARIABLE} to one that is")]
    Relative {
        /// The directory.
        path: PathBuf,
    },
    /// Not a directory, or a symbolic link, by which another user could redirect it.
    #[error("{path} is {what}, not a directory; remove it and try again")]
    NotADirectory {
        /// The directory.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The directory belongs to another user.
    #[error(
        "{path} belongs to user {owner}, not to you (user {own}); its owner could read what is in it: remove it, \
         or set {RUNTIME_DIR_VARIABLE} to a directory of your own"
    )]
    Foreign {
        /// The directory.
        path: PathBuf,
        /// Its owner's id.
        owner: u32,
        /// Our id.
        own: u32,
    },
    /// Others have access to the directory.
    #[error("{path} is open to others (mode {mode:04o}, not 0700); run: chmod 700 '{path}'")]
    Open {
        /// The directory.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The path of the socket is too long.
    #[error(
        "the path of the socket, {path}, is {length} bytes long and this system takes {SOCKET_LIMIT}; \
         set {RUNTIME_DIR_VARIABLE} to a shorter directory"
    )]
    TooLong {
        /// The socket's path.
        path: PathBuf,
        /// Its length in bytes.
        length: usize,
    },
}

/// The files of one user's supervisor, in a directory that has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    base: PathBuf,
}

impl Paths {
    /// $WATCHDOG_RUNTIME_DIR, else `watchdog` in $XDG_RUNTIME_DIR, else `watchdog-UID` in the
    /// temporary directory. Created if missing, and checked.
    pub fn from_env() -> Result<Self, PathsError> {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        Self::new(default_base(variable, &std::env::temp_dir()))
    }

    /// Uses the directory `base`, which is created with mode 0700 if missing (its parents are not),
    /// and checked: owned by this user, no link, closed to others, and short enough for a socket.
    pub fn new(base: impl Into<PathBuf>) -> Result<Self, PathsError> {
        let paths = Self { base: base.into() };
        let path = || paths.base.clone();
        if !paths.base.is_absolute() {
            return Err(PathsError::Relative { path: path() });
        }
        let length = paths.socket().as_os_str().as_bytes().len();
        if length > SOCKET_LIMIT {
            return Err(PathsError::TooLong { path: paths.socket(), length });
        }
        own_directory(&paths.base)?;
        own_directory(&paths.registry())?;
        Ok(paths)
    }

    /// The directory.
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// The socket on which the supervisor listens.
    pub fn socket(&self) -> PathBuf {
        self.base.join("supervisor.sock")
    }

    /// Locked by the supervisor for its life; holds its process id.
    pub fn lock(&self) -> PathBuf {
        self.base.join("supervisor.lock")
    }

    /// Locked by a client while it starts a supervisor.
    pub fn start_lock(&self) -> PathBuf {
        self.base.join("start.lock")
    }

    /// The directory of the registry.
    pub fn registry(&self) -> PathBuf {
        self.base.join("registry")
    }

    /// The process that was started as this directory's supervisor, even if the directory itself
    /// has been removed; `None` if the system does not tell.
    pub(super) fn supervisor(&self) -> Option<Identity> {
        let temporary = |variables: &Variables| {
            variables.get("TMPDIR").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from)
        };
        let found =
            process::started_as(&["supervisor", "run"]).into_iter().find(|(_, variables)| {
                let variable =
                    |name: &str| variables.get(name).filter(|value: &OsString| !value.is_empty());
                default_base(variable, &temporary(variables)) == self.base
            });
        found.map(|(process, _)| process)
    }

    /// The standard error of a supervisor in the background.
    pub fn log(&self) -> PathBuf {
        self.base.join("supervisor.log")
    }
}

fn default_base(variable: impl Fn(&str) -> Option<OsString>, temporary: &Path) -> PathBuf {
    if let Some(base) = variable(RUNTIME_DIR_VARIABLE) {
        return PathBuf::from(base);
    }
    let uid = process::uid();
    // `su` and cron inherit or drop the variable: a directory that belongs to another user, or does
    // not exist, is not for us.
    let ours = |dir: &PathBuf| {
        dir.is_absolute() && fs::metadata(dir).is_ok_and(|it| it.is_dir() && it.uid() == uid)
    };
    variable("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .filter(ours)
        .map_or_else(|| temporary.join(format!("watchdog-{uid}")), |dir| dir.join("watchdog"))
}

/// Creates the directory if missing, then checks what exists: in this order, so that nobody can
/// replace it in between.
fn own_directory(path: &Path) -> Result<(), PathsError> {
    let io_error = |error| PathsError::Io { path: path.to_owned(), error };
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(io_error(error)),
        _ => {}
    }
    let found = fs::symlink_metadata(path).map_err(io_error)?;
    let path = path.to_owned();
    if !found.is_dir() {
        let what = if found.is_symlink() { "a symbolic link" } else { "a file" };
        return Err(PathsError::NotADirectory { path, what });
    }
    let (owner, own) = (found.uid(), process::uid());
    if owner != own {
        return Err(PathsError::Foreign { path, owner, own });
    }
    let mode = found.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(PathsError::Open { path, mode });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};

    fn temporary() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn the_directory_is_made_for_its_user_only() {
        let dir = temporary();
        let base = dir.path().join("watchdog");
        let paths = Paths::new(&base).unwrap();
        assert_eq!(fs::metadata(&base).unwrap().mode() & 0o7777, 0o700);
        assert_eq!(Paths::new(&base).unwrap(), paths, "and taken when it is there");
        assert_eq!(paths.socket(), base.join("supervisor.sock"));
    }

    #[test]
    fn a_directory_open_to_others_is_refused_with_the_remedy() {
        let dir = temporary();
        let base = dir.path().join("watchdog");
        fs::create_dir(&base).unwrap();
        fs::set_permissions(&base, fs::Permissions::from_mode(0o750)).unwrap();
        let error = Paths::new(&base).unwrap_err().to_string();
        let base = base.display();
        assert_eq!(
            error,
            format!("{base} is open to others (mode 0750, not 0700); run: chmod 700 '{base}'")
        );
    }

    #[test]
    fn links_and_files_are_refused() {
        let dir = temporary();
        let target = dir.path().join("target");
        Paths::new(&target).unwrap();
        let link = dir.path().join("link");
        symlink(&target, &link).unwrap();
        let error = Paths::new(&link).unwrap_err();
        assert!(error.to_string().contains("is a symbolic link"), "{error}");
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(Paths::new(&file).unwrap_err().to_string().contains("is a file"));
    }

    #[test]
    fn a_directory_of_another_user_is_refused() {
        let dir = temporary();
        let mut base = PathBuf::from("/");
        if process::uid() == 0 {
            base = dir.path().join("watchdog");
            Paths::new(&base).unwrap();
            chown(&base, Some(4242), None).unwrap();
        }
        let error = Paths::new(&base).unwrap_err();
        assert!(matches!(error, PathsError::Foreign { .. }), "{error}");
    }

    #[test]
    fn a_path_too_long_for_a_socket_is_named() {
        let dir = temporary();
        let socket = |base: &Path| base.join("supervisor.sock").as_os_str().len();
        let room = SOCKET_LIMIT - socket(dir.path()) - 1;
        Paths::new(dir.path().join("x".repeat(room))).unwrap();
        let long = dir.path().join("x".repeat(room + 1));
        let error = Paths::new(&long).unwrap_err().to_string();
        assert!(error.contains(&format!("is {} bytes long", SOCKET_LIMIT + 1)), "{error}");
        assert!(error.contains(&long.display().to_string()), "{error}");
        assert!(!long.exists());
    }

    #[test]
    fn the_environment_chooses_the_directory() {
        let dir = temporary();
        let other = Path::new("/elsewhere");
        let base = |runtime: Option<&str>, xdg: Option<&Path>| {
            let variable = |name: &str| match name {
                RUNTIME_DIR_VARIABLE => runtime.map(OsString::from),
                _ => xdg.map(|path| path.as_os_str().to_owned()),
            };
            default_base(variable, other)
        };
        let fallback = other.join(format!("watchdog-{}", process::uid()));
        assert_eq!(base(Some("/own"), Some(dir.path())), Path::new("/own"));
        assert_eq!(base(None, Some(dir.path())), dir.path().join("watchdog"));
        assert_eq!(base(None, Some(&dir.path().join("missing"))), fallback);
        assert_eq!(base(None, Some(Path::new("relative"))), fallback);
        assert_eq!(base(None, None), fallback);
        assert!(matches!(Paths::new("relative"), Err(PathsError::Relative { .. })));
    }
}
