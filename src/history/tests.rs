mod random;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::config::Scope;
use crate::findings::PastTarget;
use crate::hpa::{Hpa, MetricCurrent, parse_list};
use crate::kube::Condition;
use crate::kubectl::{ErrorKind, Failure, Outcome};

pub(super) fn shop() -> Vec<Hpa> {
    let json =
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/hpas-shop.json"));
    parse_list(&Arc::from("prod"), &Arc::from("prod-admin"), json).unwrap().hpas
}

pub(super) fn start() -> Timestamp {
    "2026-11-23T08:00:00Z".parse().unwrap()
}

pub(super) fn minute(minutes: i64) -> Timestamp {
    start() + SignedDuration::from_mins(minutes)
}

pub(super) fn outcome(name: &str, error: Option<&str>) -> Outcome {
    Outcome {
        name: name.into(),
        context: format!("{name}-admin").into(),
        user: Arc::default(),
        server: format!("https://{name}.example:6443"),
        tags: Arc::default(),
        error: error
            .map(|message| Failure { kind: ErrorKind::Unreachable, message: message.to_owned() }),
        duration: Duration::from_millis(120),
    }
}

pub(super) fn snapshot(taken_at: Timestamp, hpas: Vec<Hpa>) -> Snapshot {
    let hpas = hpas.into_iter().map(|hpa| Recorded::new(hpa, None)).collect();
    Snapshot { taken_at, scope: Scope::default(), clusters: vec![outcome("prod", None)], hpas }
}

pub(super) fn temporary() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/watchdog/history.db");
    (dir, path)
}

pub(super) fn count(store: &Store, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    store.connection.query_row(&sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn it_is_made_for_its_user_only() {
    let (_dir, path) = temporary();
    assert!(matches!(Store::open_existing(&path), Err(Error::Missing { .. })));
    assert!(!path.exists());
    drop(Store::open(&path).unwrap());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    let mut store = Store::open(&path).unwrap();
    store.store(&snapshot(minute(0), shop())).unwrap();
    for suffix in ["-wal", "-shm"] {
        assert_eq!(mode(&location::beside(&path, suffix)), 0o600, "{suffix}");
    }
    Store::open_existing(&path).unwrap();
}

#[test]
fn a_recording_comes_back() {
    let (_dir, path) = temporary();
    let mut store = Store::open(&path).unwrap();
    let mut taken = snapshot(minute(0), shop());
    taken
        .hpas
        .sort_by(|a, b| (&a.hpa.namespace, &a.hpa.name).cmp(&(&b.hpa.namespace, &b.hpa.name)));
    taken.clusters.push(outcome("down", Some("connection refused")));
    taken.scope.namespaces.push(crate::config::Pattern::parse("shop-*").unwrap());
    let id = store.store(&taken).unwrap();
    assert_eq!(store.snapshot(id).unwrap().unwrap(), taken);
    assert_eq!(store.snapshot(id + 1).unwrap(), None);
    let [summary] = &store.snapshots(None, 9).unwrap()[..] else { panic!() };
    assert_eq!((summary.id, summary.hpas), (id, taken.hpas.len()));
    assert_eq!(summary.clusters, taken.clusters);
}

#[test]
fn what_has_not_changed_is_not_stored_again() {
    let (_dir, path) = temporary();
    let mut store = Store::open(&path).unwrap();
    let bytes = |store: &Store| -> i64 {
        store
            .connection
            .query_row("SELECT sum(length(body)) FROM chunk", [], |row| row.get(0))
            .unwrap()
    };
    // The first bucket has 63 places: there is no snapshot 0.
    store.store(&snapshot(minute(0), shop())).unwrap();
    let (chunks, parts, first) = (count(&store, "chunk"), count(&store, "part"), bytes(&store));
    for at in 1..63 {
        store.store(&snapshot(minute(at), shop())).unwrap();
    }
    assert_eq!(
        (count(&store, "chunk"), count(&store, "part"), bytes(&store)),
        (chunks, parts, first)
    );
    store.store(&snapshot(minute(63), shop())).unwrap();
    assert_eq!((count(&store, "chunk"), count(&store, "part")), (2 * chunks, parts));
}

#[test]
fn an_outage_is_no_deletion() {
    let (_dir, path) = temporary();
    let mut store = Store::open(&path).unwrap();
    let hpa = shop().swap_remove(0);
    store.store(&snapshot(minute(0), vec![hpa.clone()])).unwrap();
    let mut outage = snapshot(minute(1), Vec::new());
    outage.clusters = vec![outcome("prod", Some("refused"))];
    store.store(&outage).unwrap();
    store.store(&snapshot(minute(2), vec![hpa.clone()])).unwrap();
    let mut elsewhere = snapshot(minute(3), Vec::new());
    elsewhere.scope.namespaces.push(crate::config::Pattern::exact("elsewhere"));
    store.store(&elsewhere).unwrap();
    store.store(&snapshot(minute(4), Vec::new())).unwrap();
    store.store(&snapshot(minute(5), vec![hpa.clone()])).unwrap();
    store.store(&snapshot(minute(6), Vec::new())).unwrap();

    let tracks = store.tracks(&TrackQuery::default(), Timestamp::MIN, Timestamp::MAX).unwrap();
    let [track] = &tracks[..] else { panic!("{tracks:?}") };
    assert_eq!((&track.name, &track.uid), (&hpa.name, &hpa.uid));
    assert_eq!((sights(track).as_str(), track.end()), ("susasa", Sight::Absent));
}

/// A letter for each point: seen, absent, unknown.
fn sights(track: &Track) -> String {
    let letter = |point: &Point| match &point.sight {
        Sight::Seen(_) => 's',
        Sight::Absent => 'a',
        Sight::Unknown => 'u',
        Sight::Lost => 'l',
    };
    track.points.iter().map(letter).collect()
}

/// A store with a snapshot a minute: an HPA by its uid (`a`, `b`), an outage (`u`), nothing (`-`), one of
/// another namespace alone (`e`), another cluster of the same name (`o`).
fn stored(path: &Path, course: &str) -> Store {
    let mut store = Store::open(path).unwrap();
    for (at, letter) in course.chars().enumerate() {
        let mut hpa = shop().swap_remove(0);
        hpa.uid = letter.to_string();
        let mut taken = snapshot(minute(i64::try_from(at).unwrap()), Vec::new());
        match letter {
            'u' => taken.clusters = vec![outcome("prod", Some("refused"))],
            'e' => taken.scope.namespaces.push(crate::config::Pattern::exact("elsewhere")),
            'o' => taken.clusters[0].server = "https://other.example".into(),
            '-' => {}
            _ => taken.hpas.push(Recorded::new(hpa, None)),
        }
        store.store(&taken).unwrap();
    }
    store
}

/// The part of a course that a query from a minute on returns, and what is known from before that.
#[test]
fn tracks_end_as_they_ended() {
    for (course, since, expected) in [
        // An outage at the end, and one that fills the time.
        ("aauu", 0, "a:ssuu"),
        ("aauu", 2, "a:uu<"),
        ("aaeuu", 3, "a:uu<"),
        // One that begins with the time, and one before the HPA was there.
        ("aauua", 2, "a:uus<"),
        ("-uua", 1, "a:s"),
        ("uua", 1, "a:s"),
        // A deletion, in an outage or just before the time too; what was gone before that stays so.
        ("aa--", 0, "a:ssaa"),
        ("aauu-", 2, "a:uua<"),
        ("aa--", 2, "a:aa<"),
        ("aa-u-", 3, ""),
        ("aa-euu", 4, ""),
        // Another one under the name: the first is over, and both have each time but once.
        ("aabb", 0, "a:ss! b:ss"),
        ("aau-bbu", 0, "a:ssua! b:ssu"),
        ("aaubb", 3, "b:ss"),
        ("aaub-", 2, "a:u<! b:sa"),
        ("abuu", 2, "b:uu<"),
        // Another cluster of the name says nothing.
        ("aoao", 0, "a:ss"),
        ("aaou", 3, "a:u<"),
        ("aaoou", 2, "a:u<"),
        ("aa-ou", 4, ""),
    ] {
        let (_dir, path) = temporary();
        let store = stored(&path, course);
        let tracks = store.tracks(&TrackQuery::default(), minute(since), minute(99)).unwrap();
        let found: Vec<String> = tracks
            .iter()
            .map(|track| {
                let before = if track.before.is_some() { "<" } else { "" };
                let replaced = if track.replaced.is_some() { "!" } else { "" };
                assert_eq!(track.last().unwrap().spec().uid, track.uid);
                format!("{}:{}{before}{replaced}", track.uid, sights(track))
            })
            .collect();
        assert_eq!(found.join(" "), expected, "{course} from {since}");
    }
}

/// However long the outage.
#[test]
fn what_was_before_a_long_outage_is_found() {
    let (_dir, path) = temporary();
    let mut course = "a".repeat(70);
    course.push_str(&"u".repeat(330));
    let store = stored(&path, &course);
    let tracks = store.tracks(&TrackQuery::default(), minute(395), minute(400)).unwrap();
    assert_eq!((sights(&tracks[0]).as_str(), tracks[0].before.is_some()), ("uuuuu", true));
    assert_eq!(tracks[0].end(), Sight::Unknown);
}

/// Two clusters of one name, as two kubeconfigs have them: one says nothing of the other's HPAs.
#[test]
fn another_server_is_another_cluster() {
    let (_dir, path) = temporary();
    let mut store = Store::open(&path).unwrap();
    let hpa = shop().swap_remove(0);
    for at in 0..6 {
        let mut taken = snapshot(minute(at), vec![hpa.clone()]);
        if at % 2 == 1 {
            taken.clusters[0].server = "https://other.example".into();
            taken.hpas.clear();
        }
        if at == 2 {
            taken.hpas.clear();
        }
        store.store(&taken).unwrap();
    }
    let tracks = store.tracks(&TrackQuery::default(), Timestamp::MIN, Timestamp::MAX).unwrap();
    let points: Vec<_> = tracks[0].points.iter().map(|it| (it.at, it.seen().is_some())).collect();
    assert_eq!(points, [(minute(0), true), (minute(2), false), (minute(4), true)]);
}

#[test]
fn snapshots_are_found() {
    let (_dir, path) = temporary();
    let mut store = Store::open(&path).unwrap();
    let find = |store: &Store, text: &str| store.find(text.parse().unwrap(), minute(10)).unwrap();
    assert_eq!(find(&store, "latest"), None);
    for at in [0, 2, 4] {
        store.store(&snapshot(minute(at), Vec::new())).unwrap();
    }
    for (text, id) in [
        ("latest", Some(3)),
        ("latest~2", Some(1)),
        ("latest~3", None),
        ("2", Some(2)),
        ("4", None),
        ("-6m", Some(3)),
        ("-7m", Some(2)),
        ("-11m", None),
        ("2026-11-23T08:03:59Z", Some(2)),
    ] {
        assert_eq!(find(&store, text), id, "{text}");
    }
    // Within a second: without a fraction, all of it is meant.
    let part = |millis| minute(20) + SignedDuration::from_millis(millis);
    for millis in [335, 999, 1000] {
        store.store(&snapshot(part(millis), Vec::new())).unwrap();
    }
    for (text, id) in [
        ("2026-11-23T08:19:59Z", 3),
        ("2026-11-23T08:20:00Z", 5),
        ("2026-11-23T09:20:00+01:00", 5),
        ("2026-11-23T08:20:00.000Z", 3),
        ("2026-11-23T08:20:00.335Z", 4),
        ("2026-11-23T08:20:01Z", 6),
    ] {
        assert_eq!(find(&store, text), Some(id), "{text}");
    }
    let since: Vec<i64> =
        store.snapshots(Some(minute(1)), 3).unwrap().iter().map(|it| it.id).collect();
    assert_eq!(since, [6, 5, 4]);
}

#[test]
fn other_files_are_refused_and_left_alone() {
    let (dir, path) = temporary();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let refused = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let error = Store::open(&path).unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), bytes);
        error
    };
    let error = refused(&[b'x'; 5000]);
    assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
    let other = dir.path().join("other.db");
    let connection = rusqlite::Connection::open(&other).unwrap();
    connection.execute_batch("CREATE TABLE theirs (x); PRAGMA user_version = 1").unwrap();
    drop(connection);
    let error = refused(&fs::read(&other).unwrap());
    assert!(error.to_string().contains("a database of another program"), "{error}");

    fs::remove_file(&path).unwrap();
    let store = Store::open(&path).unwrap();
    store.connection.pragma_update(None, "user_version", 99).unwrap();
    drop(store);
    let error = Store::open(&path).unwrap_err();
    assert!(error.to_string().contains("has schema 99, and this watchdog knows up to"), "{error}");
}

#[test]
fn damage_within_is_told() {
    let (_dir, path) = temporary();
    let mut store = Store::open(&path).unwrap();
    let id = store.store(&snapshot(minute(0), shop())).unwrap();
    store.connection.execute("UPDATE chunk SET body = x'0501'", []).unwrap();
    let left = store.snapshot(id).unwrap().unwrap();
    assert_eq!(left.hpas, []);
    let Failure { kind, message } = left.clusters[0].error.clone().unwrap();
    assert_eq!(kind, ErrorKind::Other);
    assert!(message.starts_with("the history is damaged: HPA prod/shop/"), "{message}");
    let losses = store.take_losses();
    assert!(losses.to_string().contains(" in snapshot 1 (2026-11-23T08:00:00Z)"), "{losses}");
    store.connection.execute("DELETE FROM part", []).unwrap();
    let left = store.snapshot(id).unwrap().unwrap();
    assert_eq!(left.clusters[0].error.clone().unwrap().message, "the history is damaged");
    let losses = store.take_losses().to_string();
    assert!(
        losses.contains("cluster prod in snapshot 1") && losses.contains("the requested scope"),
        "{losses}"
    );
}

/// What a chunk of the bucket that is being written said is lost; what is stored after is not.
#[test]
fn damage_does_not_last() {
    for damage in ["x'0501'", "x'00ff'", "unhex(hex(body) || '80')", "x''", "substr(body, 1, 9)"] {
        let (_dir, path) = temporary();
        let mut store = Store::open(&path).unwrap();
        store.store(&snapshot(minute(0), shop())).unwrap();
        store.connection.execute(&format!("UPDATE chunk SET body = {damage}"), []).unwrap();
        for at in 1..3 {
            let taken = snapshot(minute(at), shop());
            let id = store.store(&taken).unwrap();
            let back = store.snapshot(id).unwrap().unwrap();
            assert_eq!(back.hpas.len(), taken.hpas.len(), "{damage}");
            assert!(taken.hpas.iter().all(|it| back.hpas.contains(it)), "{damage}");
        }
    }
}

#[test]
fn a_clock_that_was_wrong_has_not_the_last_word() {
    let (_dir, path) = temporary();
    let mut store = Store::open(&path).unwrap();
    for at in [0, 5_000_000, 5, 10] {
        store.store(&snapshot(minute(at), Vec::new())).unwrap();
    }
    let find = |text: &str| store.find(text.parse().unwrap(), minute(11)).unwrap();
    assert_eq!((find("latest"), find("latest~2"), find("-1m")), (Some(4), Some(2), Some(4)));
    assert_eq!(find("-2m"), Some(3));
    let listed: Vec<i64> = store.snapshots(None, 9).unwrap().iter().map(|it| it.id).collect();
    assert_eq!(listed, [4, 3, 2, 1]);
}

/// An HPA is read from a database that cannot be written, as a reader that has no other way.
#[test]
fn a_reader_changes_nothing() {
    let (_dir, path) = temporary();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "").unwrap();
    assert!(matches!(Store::open_existing(&path), Err(Error::Missing { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"");
    let mut store = Store::open(&path).unwrap();
    let id = store.store(&snapshot(minute(0), shop())).unwrap();
    drop(store);
    let name = path.with_file_name("a b?%#\u{e9}.db");
    fs::rename(&path, &name).unwrap();
    let store = Store::open_immutable(&name).unwrap();
    assert_eq!(store.snapshot(id).unwrap().unwrap().hpas.len(), shop().len());
    let mut store = store;
    let error = store.store(&snapshot(minute(1), shop())).unwrap_err();
    assert!(matches!(error, Error::ReadOnly { .. }), "{error:?}");
    fs::write(location::beside(&name, "-wal"), "something").unwrap();
    let error = Store::open_immutable(&name).unwrap_err();
    assert!(error.to_string().contains("#\u{e9}.db-wal is not written back"), "{error}");
}

#[test]
fn a_full_disk_takes_one_snapshot_and_no_more() {
    let (_dir, path) = temporary();
    let mut store = Store::open(&path).unwrap();
    let first = store.store(&snapshot(minute(0), shop())).unwrap();
    let pages: i64 =
        store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.connection.pragma_update(None, "max_page_count", pages).unwrap();
    let mut more = shop();
    for (index, hpa) in more.iter_mut().enumerate() {
        hpa.labels.insert("filler".into(), format!("{index}-").repeat(2000));
    }
    let error = store.store(&snapshot(minute(1), more.clone())).unwrap_err();
    assert!(matches!(error, Error::Full { .. }), "{error:?}");
    assert_eq!(store.snapshots(None, 9).unwrap().len(), 1);
    assert_eq!(store.snapshot(first).unwrap().unwrap().hpas.len(), shop().len());
    store.connection.pragma_update(None, "max_page_count", 1_000_000).unwrap();
    store.store(&snapshot(minute(1), more)).unwrap();
}

#[test]
fn many_write_at_once() {
    let (_dir, path) = temporary();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let path = &path;
            scope.spawn(move || {
                let mut store = Store::open(path).unwrap();
                for at in 0..25 {
                    let mut hpas = shop();
                    hpas[0].current_replicas = writer * 100 + i32::try_from(at).unwrap();
                    let id = store.store(&snapshot(minute(at), hpas.clone())).unwrap();
                    let back = store.snapshot(id).unwrap().unwrap();
                    let name = &hpas[0].name;
                    let found = back.hpas.iter().find(|it| it.hpa.name == *name).unwrap();
                    assert_eq!(found.hpa, hpas[0]);
                }
            });
        }
    });
    let store = Store::open_existing(&path).unwrap();
    assert_eq!(store.snapshots(None, 1000).unwrap().len(), 100);
}
