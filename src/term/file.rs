//! Writes files that were named on the command line.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

/// How many links in a row are followed, as in the kernel.
const LINKS: usize = 40;

/// Writes a file atomically: a reader sees either the old or the new content. Anything but a
/// regular file (a pipe, a device) is written to directly, and a link remains a link.
///
/// # Errors
///
/// The system's error without a path: it would be that of the temporary file, which the user does
/// not know.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write(path, bytes).map_err(|error| {
        let plain = error.raw_os_error().map(io::Error::from_raw_os_error);
        plain.unwrap_or_else(|| error.kind().into())
    })
}

/// Writes a file that only its user may read, at once or not at all, and makes the directories above
/// it for that user. One that is there is replaced only with `overwrite`.
///
/// # Errors
///
/// `AlreadyExists` where there is one that is not to be replaced.
pub fn write_private(path: &Path, bytes: &[u8], overwrite: bool) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(directory) = directory {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
        made.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => io::ErrorKind::NotADirectory.into(),
            _ => error,
        })?;
    }
    // Its mode is 0600, whatever that of a file there is.
    let mut file = tempfile::NamedTempFile::new_in(directory.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    if overwrite { file.persist(path) } else { file.persist_noclobber(path) }?;
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let there = match fs::metadata(path) {
        Ok(there) => Some(there),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let target = resolve(path)?;
    // Files that a process has open can be written to but not replaced.
    let open = ["/proc", "/dev/fd"].iter().any(|it| target.starts_with(it));
    if open || there.as_ref().is_some_and(|it| !it.is_file()) {
        // Opening a pipe may block until it has a reader.
        crate::process::default_interrupts();
        return OpenOptions::new().append(true).open(path)?.write_all(bytes);
    }
    replace(&target, there.as_ref(), bytes)
}

/// The file at the end of a path's links, which need not exist; links in `/proc` are not followed,
/// because their text is not always a path.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Ok(path);
        };
        let directory = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        let directory = fs::canonicalize(directory)?;
        path = directory.join(name);
        match fs::read_link(&path) {
            Ok(link) if !directory.starts_with("/proc") => path = directory.join(link),
            _ => return Ok(path),
        }
    }
    Err(io::Error::other("too many levels of symbolic links"))
}

fn replace(path: &Path, there: Option<&Metadata>, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::Builder::new()
        .prefix(".watchdog-")
        // The umask is applied to this: others may be allowed to read it.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(directory)?;
    file.write_all(bytes)?;
    if let Some(there) = there {
        let ours = file.as_file().metadata()?;
        if (ours.uid(), ours.gid()) != (there.uid(), there.gid()) {
            // Only root may do this.
            let _ = fchown(file.as_file(), Some(there.uid()), Some(there.gid()));
        }
        file.as_file().set_permissions(Permissions::from_mode(there.mode() & 0o777))?;
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    // Makes the new name durable too.
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{FileTypeExt as _, symlink};

    use super::*;

    #[test]
    fn a_link_remains_a_link_and_a_file_keeps_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir(at("deep")).unwrap();
        fs::write(at("deep/file"), "old").unwrap();
        fs::set_permissions(at("deep/file"), Permissions::from_mode(0o640)).unwrap();
        symlink("deep/link", at("link")).unwrap();
        symlink("file", at("deep/link")).unwrap();
        symlink("deep/new", at("dangling")).unwrap();
        write(&at("link"), b"new").unwrap();
        write(&at("dangling"), b"made").unwrap();
        for link in ["link", "deep/link", "dangling"] {
            assert!(fs::symlink_metadata(at(link)).unwrap().is_symlink(), "{link}");
        }
        assert_eq!(fs::read(at("deep/file")).unwrap(), b"new");
        assert_eq!(fs::read(at("deep/new")).unwrap(), b"made");
        assert_eq!(fs::metadata(at("deep/file")).unwrap().mode() & 0o7777, 0o640);
        symlink("round", at("round")).unwrap();
        write(&at("round"), b"x").unwrap_err();
        write(&at("deep"), b"x").unwrap_err();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 4);
    }

    #[test]
    fn anything_but_a_regular_file_is_written_to_directly() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        write(&pipe, b"through").unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
        write(Path::new("/dev/null"), b"x").unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
        // An open file, by its descriptor: its existing content stays.
        let open = File::create(dir.path().join("open")).unwrap();
        (&open).write_all(b"before ").unwrap();
        let number = std::os::fd::AsRawFd::as_raw_fd(&open);
        write(Path::new(&format!("/dev/fd/{number}")), b"after").unwrap();
        assert_eq!(fs::read(dir.path().join("open")).unwrap(), b"before after");
    }

    #[test]
    fn a_private_file_is_replaced_only_where_that_is_wanted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b/file");
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
        write_private(&path, b"first", false).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        let error = write_private(&path, b"second", false).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        let error = write_private(&path.join("below"), b"", true).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotADirectory);
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        write_private(&path, b"second", true).unwrap();
        assert_eq!((fs::read(&path).unwrap(), mode(&path)), (b"second".to_vec(), 0o600));
    }
}
