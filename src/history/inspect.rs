//! Inspects the database for `doctor` without changing it or any file next to it.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::OpenFlags;

use super::error::Error;
use super::location;
use super::loss::Losses;
use super::pieces::Piece;
use super::read::Reader;
use super::schema::{Sharing, Store, VERSION, uri};

/// The state of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The schema version.
    pub schema: i64,
    /// The number of snapshots.
    pub snapshots: usize,
    /// When the earliest snapshot was taken.
    pub since: Option<Timestamp>,
    /// When the last stored snapshot was taken.
    pub latest: Option<Timestamp>,
    /// The size of the database with its journal, in bytes.
    pub size: u64,
    /// The damage that was found.
    pub losses: Losses,
    /// Whether everything was checked for damage, or only the latest data because time ran out.
    pub checked: bool,
    /// Pairs of cluster names that had the same HPAs in the latest snapshots.
    pub doubles: Vec<(String, String)>,
}

/// How long the check for damage may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Inspects the database at `path` and checks as much of it as time allows, the latest data first.
/// Returns [`Error::Missing`] if there is no database.
pub fn inspect(path: &Path) -> Result<Inspection, Error> {
    let first = try_inspect(path);
    // Another process may have written in the meantime: try once more.
    if matches!(first, Err(Error::Damaged { .. })) { try_inspect(path) } else { first }
}

fn try_inspect(path: &Path) -> Result<Inspection, Error> {
    let size = location::size(path);
    let store = open(path)?;
    let mut reader = Reader::new(&store)?;
    let pieces = reader.pieces()?;
    let mut snapshots = 0;
    let (mut since, mut latest) = (None, None);
    for piece in &pieces.all {
        if let Piece::Bucket(head) = piece {
            snapshots += usize::try_from(head.snapshots).unwrap_or_default();
            since = Some(since.map_or(head.since, |since: i64| since.min(head.since)));
        }
    }
    if let Some(piece) = pieces.all.last()
        && let Some(entries) = reader.entries_or_lose(piece)?
    {
        latest = entries.last().map(|entry| entry.at);
    }
    let doubles = reader.doubles()?;
    let checked = reader.check(Instant::now() + PATIENCE)?;
    drop(reader);
    let time = |time: Option<i64>| time.and_then(|it| Timestamp::from_millisecond(it).ok());
    Ok(Inspection {
        schema: VERSION,
        snapshots,
        since: time(since),
        latest: time(latest),
        size,
        losses: store.take_losses(),
        checked,
        doubles,
    })
}

fn open(path: &Path) -> Result<Store, Error> {
    Store::is_there(path)?;
    let has =
        |suffix: &str| fs::metadata(location::beside(path, suffix)).is_ok_and(|it| it.len() > 0);
    let read_only = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    // An ordinary connection would create files next to the database, and write the journal back
    // when it closes.
    if !has("-wal") {
        return Store::open_immutable(path);
    }
    if has("-shm") {
        let name = uri(path, "readonly_shm=1");
        return Store::reader(path, &name, read_only, Sharing::Shared);
    }
    Store::reader(path, path, OpenFlags::SQLITE_OPEN_READ_WRITE, Sharing::AloneAndIdle)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use super::super::tests::{minute, shop, snapshot, temporary};
    use super::*;

    /// The files of the directory with their contents, without the index of the journal: it
    /// records the readers, and holds nothing of the history.
    fn files(path: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = fs::read_dir(path.parent().unwrap()).unwrap().map(|it| it.unwrap().path());
        let is_index = |path: &Path| path.to_string_lossy().ends_with("-shm");
        let content =
            |path: &Path| if is_index(path) { Vec::new() } else { fs::read(path).unwrap() };
        files.map(|path| (path.clone(), content(&path))).collect()
    }

    #[test]
    fn it_changes_nothing_whoever_else_is_there() {
        let (_dir, path) = temporary();
        assert!(matches!(inspect(&path), Err(Error::Missing { .. })));
        assert!(!path.exists() && !path.parent().unwrap().exists());
        let mut store = Store::open(&path).unwrap();
        for at in [3, 1, 2] {
            store.store(&snapshot(minute(at), shop())).unwrap();
        }
        let check = |snapshots, what: &str| {
            let before = files(&path);
            let look = inspect(&path).unwrap();
            assert_eq!((look.schema, look.snapshots), (VERSION, snapshots), "{what}");
            assert_eq!((look.since, look.latest), (Some(minute(1)), Some(minute(2))), "{what}");
            assert!(look.size > 10_000, "{what}: {look:?}");
            let after = files(&path);
            assert_eq!(
                before.keys().collect::<Vec<_>>(),
                after.keys().collect::<Vec<_>>(),
                "{what}"
            );
            assert!(before == after, "{what}");
        };
        check(3, "somebody has it open");
        let left = files(&path);
        drop(store);
        check(3, "nobody has");
        let at = |suffix: &str| location::beside(&path, suffix);
        for (name, content) in &left {
            fs::write(name, content).unwrap();
        }
        fs::write(at("-shm"), vec![7; 32 << 10]).unwrap();
        check(3, "as a crash leaves it");
        fs::remove_file(at("-shm")).unwrap();
        check(3, "with its journal alone");
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        let (_dir, path) = temporary();
        drop(Store::open(&path).unwrap());
        let good = fs::read(&path).unwrap();
        let empty = inspect(&path).unwrap();
        assert_eq!((empty.snapshots, empty.since, empty.latest), (0, None, None));
        let mut store = Store::open(&path).unwrap();
        store.store(&snapshot(minute(0), shop())).unwrap();
        store.connection.pragma_update(None, "user_version", VERSION + 1).unwrap();
        drop(store);
        assert!(matches!(inspect(&path), Err(Error::Newer { .. })));
        fs::write(&path, good.get(..good.len() / 2).unwrap()).unwrap();
        let error = inspect(&path).unwrap_err();
        assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
        fs::write(&path, "this is no database ".repeat(500)).unwrap();
        assert!(matches!(inspect(&path), Err(Error::Damaged { .. })));
        let directory = path.parent().unwrap();
        let error = inspect(directory).unwrap_err().to_string();
        assert!(error.ends_with(": is a directory"), "{error}");
        for error in [Store::open(directory), Store::open_existing(directory)] {
            assert!(error.unwrap_err().to_string().ends_with(": is a directory"));
        }
    }
}
