//! A cache of kubectl versions across runs: asking kubectl takes as long as the read that needs the
//! version.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File};
use std::future::Future;
use std::hash::{Hash as _, Hasher as _};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use tracing::debug;

use super::version::ClientVersion;

/// How long the version of a program that may run different kubectls is valid.
const OF_A_WRAPPER: Duration = Duration::from_mins(5);
/// How long a kubectl whose version could not be read is not asked again.
const OF_A_FAILURE: Duration = Duration::from_mins(1);
/// The maximum number of cached programs.
const MOST_ENTRIES: usize = 64;
/// The maximum number of bytes read from the cache file.
const MOST_BYTES: u64 = 256 << 10;

/// The cache directory, instead of the user's default.
pub const CACHE_DIR_VARIABLE: &str = "WATCHDOG_CACHE_DIR";

/// The cache file: in `$WATCHDOG_CACHE_DIR`, else in `watchdog` below `$XDG_CACHE_HOME` or
/// `~/.cache`; none if all of these are unknown.
pub fn versions_file() -> Option<PathBuf> {
    const NAME: &str = "kubectl-versions.json";
    let absolute = |name| {
        std::env::var_os(name).map(PathBuf::from).filter(|path: &PathBuf| path.is_absolute())
    };
    if let Some(own) = absolute(CACHE_DIR_VARIABLE) {
        return Some(own.join(NAME));
    }
    let cache =
        absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")))?;
    Some(cache.join("watchdog").join(NAME))
}

/// The versions of programs.
#[derive(Debug, Default)]
pub(super) struct Versions {
    /// The cache file; without it versions are not stored.
    file: Option<PathBuf>,
    /// Held while the file is written, so that none of our own entries is lost.
    writing: Mutex<()>,
    /// One lock per program: a program that does not answer does not block questions to others.
    known: Mutex<HashMap<Program, Slot>>,
}

/// What is known about a program. Locked while the program is asked, since other callers wait for
/// the same answer.
type Slot = Arc<tokio::sync::Mutex<Option<Known>>>;

#[derive(Debug)]
struct Known {
    version: Option<ClientVersion>,
    until: Option<Instant>,
}

/// A program on disk, with everything else that decides which kubectl it runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Program {
    path: PathBuf,
    /// The path with links resolved.
    real: PathBuf,
    size: u64,
    seconds: i64,
    nanoseconds: i64,
    /// For a program that runs another one: a hash of the environment, the directory and the
    /// script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    circumstances: Option<u64>,
}

/// An entry of the file.
#[derive(Debug, Deserialize, Serialize)]
struct Entry {
    #[serde(flatten)]
    program: Program,
    /// When the program was asked, in seconds since 1970.
    asked: u64,
    version: String,
}

#[derive(Debug, Default, Deserialize, Serialize)]
struct Entries {
    kubectls: Vec<Entry>,
}

impl Versions {
    pub(super) fn new(file: Option<PathBuf>) -> Self {
        Self { file, ..Self::default() }
    }

    /// The version of `program` when it runs for `context`: from the cache, or else from `ask`.
    /// `None` if it is unknown.
    pub(super) async fn of(
        &self,
        program: &Path,
        context: &str,
        ask: impl Future<Output = Option<ClientVersion>>,
    ) -> Option<ClientVersion> {
        let program = Program::find(program, context).ok()?;
        let slot = self.slot(&program);
        let mut known = slot.lock().await;
        let holds = |known: &&Known| known.until.is_none_or(|until| Instant::now() < until);
        if let Some(known) = known.as_ref().filter(holds) {
            return known.version.clone();
        }
        let limit = program.circumstances.map(|_| OF_A_WRAPPER);
        let mut version = self.remembered(&program);
        if version.is_none() {
            version = ask.await;
            if let Some(version) = &version {
                self.remember(&program, version);
            }
        }
        let limit = if version.is_none() { Some(OF_A_FAILURE) } else { limit };
        let until = limit.map(|limit| Instant::now() + limit);
        *known = Some(Known { version: version.clone(), until });
        version
    }

    fn slot(&self, program: &Program) -> Slot {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(program.clone()).or_default())
    }

    fn remembered(&self, program: &Program) -> Option<ClientVersion> {
        let entries = read(self.file.as_ref()?).ok()?;
        let entry = entries.kubectls.into_iter().find(|entry| entry.program == *program)?;
        let age = now().checked_sub(entry.asked)?;
        let holds = program.circumstances.is_none() || age < OF_A_WRAPPER.as_secs();
        holds.then(|| ClientVersion::from_text(&entry.version))
    }

    /// A cache file that cannot be read or written is not an error: kubectl is asked again next
    /// time.
    fn remember(&self, program: &Program, version: &ClientVersion) {
        let Some(file) = &self.file else { return };
        let _alone = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut entries = read(file).unwrap_or_default();
        entries.kubectls.retain(|entry| {
            let other = &entry.program;
            let replaced = other.path == program.path && other.circumstances.is_none();
            *other != *program && !(replaced && program.circumstances.is_none())
        });
        let version = version.as_str().to_owned();
        entries.kubectls.insert(0, Entry { program: program.clone(), asked: now(), version });
        entries.kubectls.truncate(MOST_ENTRIES);
        if let Err(error) = write(file, &entries) {
            debug!(%error, "kubectl's version is not remembered");
        }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn read(file: &Path) -> io::Result<Entries> {
    // Reading a pipe, for example, could block.
    if !fs::metadata(file)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut json = Vec::new();
    File::open(file)?.take(MOST_BYTES).read_to_end(&mut json)?;
    serde_json::from_slice(&json).map_err(io::Error::from)
}

/// Writes atomically, readable for the user only.
fn write(file: &Path, entries: &Entries) -> io::Result<()> {
    let directory = file.parent().ok_or(io::ErrorKind::InvalidInput)?;
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let mut written = tempfile::NamedTempFile::new_in(directory)?;
    written.write_all(&serde_json::to_vec(entries)?)?;
    written.persist(file)?;
    Ok(())
}

impl Program {
    fn find(path: &Path, context: &str) -> io::Result<Self> {
        let real = fs::canonicalize(path)?;
        let meta = fs::metadata(&real)?;
        let circumstances = ProgramKind::of(&real).circumstances(context);
        Ok(Self {
            path: path.to_owned(),
            real,
            size: meta.len(),
            seconds: meta.mtime(),
            nanoseconds: meta.mtime_nsec(),
            circumstances,
        })
    }
}

/// Programs that choose a kubectl by the directory and their own files, never by the cluster.
const VERSION_MANAGERS: [&str; 8] =
    ["mise", "rtx", "asdf", "aqua", "aqua-proxy", "proto-shim", "vfox", "snap"];

/// What kind of program is called as kubectl.
enum ProgramKind {
    /// kubectl itself.
    Kubectl,
    /// A program that runs a kubectl, always the same one in the same circumstances: a version
    /// manager's shim, or a script.
    Wrapper(Vec<u8>),
    /// A program that chooses a kubectl by the cluster.
    Dispatcher(Vec<u8>),
}

impl ProgramKind {
    fn of(real: &Path) -> Self {
        let mut head = Vec::new();
        // An executable that is not readable reveals nothing about itself.
        let _ = File::open(real).and_then(|file| file.take(16 << 10).read_to_end(&mut head));
        if head.starts_with(b"#!") || !is_binary(&head) {
            // A script that mentions the context may choose by it; kuberlr chooses by the server.
            let by_context = head.windows(7).any(|word| word == b"context" || word == b"kuberlr");
            return if by_context { Self::Dispatcher(head) } else { Self::Wrapper(head) };
        }
        let name = real.file_name().unwrap_or_default().to_string_lossy();
        if VERSION_MANAGERS.contains(&&*name) {
            return Self::Wrapper(Vec::new());
        }
        // kuberlr, for example, which Rancher Desktop installs as kubectl, asks the server for its
        // version. Assume the same of unknown programs.
        if !name.starts_with("kubectl") {
            return Self::Dispatcher(Vec::new());
        }
        // Google's dispatcher is called kubectl too, and has kubectl.1.30 and others in its
        // directory.
        let beside = real.parent().and_then(|directory| fs::read_dir(directory).ok());
        let has_versions = name == "kubectl"
            && beside
                .into_iter()
                .flatten()
                .flatten()
                .any(|entry| entry.file_name().to_string_lossy().starts_with("kubectl.1."));
        if has_versions { Self::Dispatcher(Vec::new()) } else { Self::Kubectl }
    }

    fn circumstances(self, context: &str) -> Option<u64> {
        let (script, context) = match self {
            Self::Kubectl => return None,
            Self::Wrapper(script) => (script, None),
            Self::Dispatcher(script) => (script, Some(context)),
        };
        // These variables differ in every shell.
        let idle = |name: &OsString| ["_", "SHLVL", "OLDPWD"].iter().any(|idle| name == idle);
        let mut environment: Vec<_> = std::env::vars_os().filter(|(name, _)| !idle(name)).collect();
        environment.sort();
        let mut hasher = DefaultHasher::new();
        (script, context, environment, std::env::current_dir().ok()).hash(&mut hasher);
        Some(hasher.finish())
    }
}

/// ELF, or Mach-O for one or several architectures.
fn is_binary(head: &[u8]) -> bool {
    const MAGIC: [&[u8]; 4] =
        [b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"];
    MAGIC.iter().any(|magic| head.starts_with(magic))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Asks with an empty cache in memory, and counts the questions to the program.
    fn ask(
        file: Option<&Path>,
        program: &Path,
        context: &str,
        says: &str,
        asked: &AtomicU32,
    ) -> Option<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let answer = async {
            asked.fetch_add(1, Ordering::Relaxed);
            (!says.is_empty()).then(|| ClientVersion::from_text(says))
        };
        let versions = Versions::new(file.map(Path::to_owned));
        let version = runtime.block_on(versions.of(program, context, answer));
        version.map(|version| version.as_str().to_owned())
    }

    struct Place {
        directory: tempfile::TempDir,
        asked: AtomicU32,
    }

    impl Place {
        fn new() -> Self {
            Self { directory: tempfile::tempdir().unwrap(), asked: AtomicU32::new(0) }
        }

        fn file(&self) -> PathBuf {
            self.directory.path().join("cache/watchdog/kubectl-versions.json")
        }

        fn program(&self, name: &str, bytes: &[u8]) -> PathBuf {
            let program = self.directory.path().join(name);
            fs::write(&program, bytes).unwrap();
            program
        }

        fn ask(&self, program: &Path, context: &str, says: &str) -> Option<String> {
            ask(Some(&self.file()), program, context, says, &self.asked)
        }

        fn asked(&self) -> u32 {
            self.asked.swap(0, Ordering::Relaxed)
        }
    }

    const BINARY: &[u8] = b"\x7fELF kubectl";

    #[test]
    fn a_version_is_asked_once_for_one_program() {
        let place = Place::new();
        let program = place.program("kubectl", BINARY);
        for context in ["a", "b"] {
            assert_eq!(place.ask(&program, context, "v1.33.1").as_deref(), Some("v1.33.1"));
        }
        assert_eq!(place.asked(), 1);
        let mode = fs::metadata(place.file()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        // Another size, then another modification time: another program.
        fs::write(&program, b"\x7fELF kubectl 2").unwrap();
        assert_eq!(place.ask(&program, "a", "v1.34.1").as_deref(), Some("v1.34.1"));
        let file = File::options().write(true).open(&program).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_hours(1)).unwrap();
        assert_eq!(place.ask(&program, "a", "v1.35.1").as_deref(), Some("v1.35.1"));
        assert_eq!(place.asked(), 2);
        assert_eq!(read(&place.file()).unwrap().kubectls.len(), 1, "the old ones are forgotten");
    }

    #[test]
    fn a_failure_is_not_remembered() {
        let place = Place::new();
        let program = place.program("kubectl", BINARY);
        assert_eq!(place.ask(&program, "a", ""), None);
        assert_eq!(place.ask(&program, "a", "v1.33.1").as_deref(), Some("v1.33.1"));
        assert_eq!(place.asked(), 2);
        assert_eq!(place.ask(&place.directory.path().join("gone"), "a", "v1.33.1"), None);
        assert_eq!(place.asked(), 0, "there is nobody to ask");
    }

    #[test]
    fn a_broken_or_unwritable_cache_file_is_not_an_error() {
        let place = Place::new();
        let program = place.program("kubectl", BINARY);
        fs::create_dir_all(place.file().parent().unwrap()).unwrap();
        for broken in ["", "{", "[]", r#"{"kubectls":[{"path":7}]}"#] {
            fs::write(place.file(), broken).unwrap();
            assert_eq!(place.ask(&program, "a", "v1.33.1").as_deref(), Some("v1.33.1"));
            assert_eq!(place.asked(), 1, "{broken}");
            place.ask(&program, "a", "v1.33.1");
            assert_eq!(place.asked(), 0, "it is mended");
        }
        fs::remove_file(place.file()).unwrap();
        fs::create_dir(place.file()).unwrap();
        assert_eq!(place.ask(&program, "a", "v1.33.1").as_deref(), Some("v1.33.1"));
        assert_eq!(ask(None, &program, "a", "v1.33.2", &place.asked).as_deref(), Some("v1.33.2"));
        let below_a_file = program.join("kubectl-versions.json");
        let answer = ask(Some(&below_a_file), &program, "a", "v1.33.3", &place.asked);
        assert_eq!(answer.as_deref(), Some("v1.33.3"));
    }

    #[test]
    fn a_script_is_cached_for_a_while_and_per_context_if_it_reads_the_context() {
        let place = Place::new();
        let script = place.program("kubectl", b"#!/bin/sh\nexec asdf exec kubectl \"$@\"\n");
        place.ask(&script, "a", "v1.33.1");
        place.ask(&script, "b", "v1.33.1");
        assert_eq!(place.asked(), 1);
        let mut entries = read(&place.file()).unwrap();
        entries.kubectls[0].asked -= OF_A_WRAPPER.as_secs();
        write(&place.file(), &entries).unwrap();
        assert_eq!(place.ask(&script, "a", "v1.34.1").as_deref(), Some("v1.34.1"));
        assert_eq!(place.asked(), 1);

        let script = b"#!/bin/sh\ncase $1 in --context=old) exec kubectl-1.20 \"$@\"; esac\n";
        let script = place.program("kubectl", script);
        place.ask(&script, "old", "v1.20.1");
        assert_eq!(place.ask(&script, "new", "v1.34.1").as_deref(), Some("v1.34.1"));
        assert_eq!(place.ask(&script, "old", "v1.34.1").as_deref(), Some("v1.20.1"));
        assert_eq!(place.asked(), 2);
    }

    #[test]
    fn a_kubectl_with_versioned_siblings_is_a_dispatcher() {
        let place = Place::new();
        let program = place.program("kubectl", BINARY);
        assert!(matches!(ProgramKind::of(&program), ProgramKind::Kubectl));
        place.program("kubectl.1.30", BINARY);
        assert!(matches!(ProgramKind::of(&program), ProgramKind::Dispatcher(_)));
        let shim = place.directory.path().join("shims-kubectl");
        std::os::unix::fs::symlink(place.program("mise", BINARY), &shim).unwrap();
        assert!(matches!(
            ProgramKind::of(&fs::canonicalize(shim).unwrap()),
            ProgramKind::Wrapper(_)
        ));
        // Rancher Desktop's kubectl.
        let kuberlr = place.directory.path().join("rd-kubectl");
        std::os::unix::fs::symlink(place.program("kuberlr", BINARY), &kuberlr).unwrap();
        place.ask(&kuberlr, "old", "v1.33.1");
        assert_eq!(place.ask(&kuberlr, "new", "v1.34.1").as_deref(), Some("v1.34.1"));
        let script = place.program("k", b"#!/bin/sh\nexec /opt/kuberlr \"$@\"\n");
        assert!(matches!(ProgramKind::of(&script), ProgramKind::Dispatcher(_)));
    }

    #[test]
    fn a_program_that_does_not_answer_does_not_block_others() {
        let place = Place::new();
        let script = b"#!/bin/sh\ncase $1 in --context=old) exec kubectl-1.20 \"$@\"; esac\n";
        let program = place.program("kubectl", script);
        let versions = Versions::new(Some(place.file()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let version = runtime.block_on(async {
            let answer = async { Some(ClientVersion::from_text("v1.34.1")) };
            let mut hangs = std::pin::pin!(versions.of(&program, "a", std::future::pending()));
            tokio::select! {
                biased;
                _ = &mut hangs => None,
                version = versions.of(&program, "b", answer) => version,
                () = tokio::time::sleep(Duration::from_mins(1)) => None,
            }
        });
        assert_eq!(version.as_ref().map(ClientVersion::as_str), Some("v1.34.1"));
    }
}
