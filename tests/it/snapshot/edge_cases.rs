//! Edge cases: problems around the history that must not damage it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use nix::sys::signal::{Signal, kill};
use watchdog::history::Store;

use super::{database, ids};
use crate::support::{Clusters, Output, until};

/// At whatever moment SIGKILL arrives, listed snapshots are complete, and the next run works.
#[test]
fn a_run_killed_during_a_write_leaves_a_consistent_history() {
    let clusters = Clusters::small(1, 300);
    clusters.run("snapshot take -A").code(0);
    let journal = clusters.sandbox.path("state/watchdog/history.db-wal");
    let mut stored = 1;
    for round in 0..8 {
        let served = || clusters.cluster(clusters.names()[0]).requests().len();
        let before = served();
        let running = clusters.watchdog(["snapshot", "take", "-A"]).start();
        let ended = || running.status("State").is_none_or(|it| it.starts_with('Z'));
        if round % 2 == 0 {
            // The write has begun, or is over.
            until("a write", || {
                let grown = fs::metadata(&journal).is_ok_and(|it| it.len() > 0);
                (grown || ended()).then_some(())
            });
        } else {
            // Later in each such round.
            until("it reads", || (served() >= before + round / 2 || ended()).then_some(()));
        }
        // It may have finished already.
        let _ = kill(running.pid(), Signal::SIGKILL);
        running.wait();
        // Its kubectl, if any, ends by itself.
        let now = ids(&clusters);
        assert!((stored..=stored + 1).contains(&now.len()), "{now:?}");
        stored = now.len();
        for id in now {
            let hpas = clusters.run(&format!("snapshot show {id} -o name")).code(0);
            assert_eq!(hpas.lines().len(), 300);
        }
    }
    clusters.run("snapshot take -A").code(0);
    assert_eq!(ids(&clusters).len(), stored + 1);
}

/// Runs `line` of watchdog with file sizes limited to `blocks` times 512 bytes, which simulates a
/// full disk.
fn limited(clusters: &Clusters, blocks: u32, line: &str) -> Output {
    let script = format!("ulimit -f {blocks}; exec \"$0\" {line}");
    let program = env!("CARGO_BIN_EXE_watchdog");
    clusters.sandbox.command("/bin/sh").args(["-c", &script, program]).run()
}

#[test]
fn a_full_disk_harms_neither_the_database_nor_readers() {
    let clusters = Clusters::small(1, 200);
    let line = "snapshot take -A -o json";
    let output = limited(&clusters, 100, line).code(1);
    let text = "no room on the disk; nothing of this was stored";
    assert_eq!(output.says(text).json()["hpas"].as_array().unwrap().len(), 200);
    clusters.run("snapshot take -A").code(0);
    let output = limited(&clusters, 8, line).code(1).says(text);
    assert_eq!(output.json()["hpas"].as_array().unwrap().len(), 200);
    assert_eq!(ids(&clusters).len(), 1);
    clusters.run("snapshot show -o name").code(0);
    clusters.run("snapshot take -A").code(0);
}

/// On a full disk a reader has the database exclusively, but not while its output is read slowly.
#[test]
fn on_a_full_disk_a_slow_reader_does_not_lock_others_out() {
    // More than a pipe holds.
    let clusters = Clusters::small(1, 200);
    for _ in 0..2 {
        clusters.run("snapshot take -A").code(0);
    }
    for line in ["snapshot export --since 1h -o jsonl", "history --since 1h -o json"] {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let script = format!("ulimit -f 0; exec \"$0\" {line}");
        let words = ["-c", &script, env!("CARGO_BIN_EXE_watchdog")];
        let running = clusters.sandbox.command("/bin/sh").args(words).stdout(writer).start();
        until("the pipe is full", || {
            (rustix::io::ioctl_fionread(&reader).unwrap() > 50_000).then_some(())
        });
        let before = ids(&clusters).len();
        clusters.run("snapshot take -A").code(0);
        assert_eq!(ids(&clusters).len(), before + 1, "{line}");
        let mut all = String::new();
        std::io::Read::read_to_string(&mut reader, &mut all).unwrap();
        running.wait().code(0);
        assert!(all.len() > 65_536, "{line}");
    }
}

/// SQLite creates files beside a database even to read it.
#[test]
fn on_a_full_disk_the_history_can_be_read() {
    let clusters = Clusters::small(1, 40);
    for _ in 0..2 {
        clusters.run("snapshot take").code(0);
    }
    let reads = |newest: &str| {
        for blocks in [0, 1, 16] {
            let read = |line: &str| limited(&clusters, blocks, line).code(0).quiet();
            assert_eq!(read("-q snapshot list -o name --limit 1").lines(), [newest], "{blocks}");
            assert_eq!(read("snapshot show -o name").lines().len(), 40);
            read("snapshot diff latest~1 latest");
            read("history");
            read("-q hpa check --fail-on never");
        }
    };
    reads("2");
    // As after a crash: the last snapshot is only in the journal.
    let database = database(&clusters);
    let mut store = Store::open(&database).unwrap();
    store.store(&store.snapshot(2).unwrap().unwrap()).unwrap();
    let names = ["history.db", "history.db-wal"].map(|name| database.with_file_name(name));
    let left = names.each_ref().map(|name| fs::read(name).unwrap());
    drop(store);
    assert!(!left[1].is_empty());
    for (name, left) in names.iter().zip(left) {
        fs::write(name, left).unwrap();
    }
    reads("3");
    let output = limited(&clusters, 0, "snapshot prune --keep 1ms").code(1).prints_nothing();
    output.says("no room on the disk to work in; nothing was deleted");
    assert_eq!(ids(&clusters), [3, 2, 1]);
    clusters.run("snapshot prune --keep 1ms").code(0);
    assert_eq!(ids(&clusters), [3]);
}

#[test]
fn an_unwritable_location_is_reported_and_the_snapshot_printed() {
    let clusters = Clusters::small(1, 3);
    let config = |path: &str| clusters.sandbox.configure(&format!("history: {{path: {path}}}\n"));
    config("/proc/no/history.db");
    let output = clusters.run("snapshot take -o json").code(1).says("error: history /proc/no: ");
    assert_eq!(output.json()["hpas"].as_array().unwrap().len(), 3);
    assert!(output.json()["id"].is_null());
    clusters.run("snapshot take --to there.json").code(1).says("/proc/no: ").prints_nothing();
    clusters.run("snapshot show there.json -o name").code(0);
    clusters.run("snapshot take").code(1).says("error: history /proc/no: ").prints_nothing();
    clusters.run("snapshot list").code(1).says("no history at /proc/no/history.db");

    let damaged = clusters.sandbox.write("damaged.db", "this is no database ".repeat(500));
    config(&damaged.display().to_string());
    let output = clusters.run("snapshot take -o json").code(1);
    let output = output.says("damaged.db is not a watchdog history, or is damaged");
    assert_eq!(output.json()["hpas"].as_array().unwrap().len(), 3);
    assert!(output.json()["id"].is_null());
    clusters.run("snapshot list").code(1).says("move it aside to start a new one");
    assert!(fs::read_to_string(damaged).unwrap().starts_with("this is no database"));
}

/// After an unusually large step in time, the clock is not trusted at once.
#[test]
fn a_clock_step_deletes_no_snapshots() {
    let clusters = Clusters::small(1, 1);
    let taken = clusters.run("snapshot take --no-store -o json").code(0);
    let mut taken = watchdog::history::Snapshot::from_json(taken.stdout.as_bytes()).unwrap();
    let mut store = Store::open(&database(&clusters)).unwrap();
    for minutes in [5, 0] {
        taken.taken_at = jiff::Timestamp::now()
            - jiff::SignedDuration::from_hours(90 * 24)
            - jiff::SignedDuration::from_mins(minutes);
        store.store(&taken).unwrap();
    }
    drop(store);
    for stored in [3, 4] {
        clusters.run("snapshot take").code(0).says("note: old snapshots kept: ");
        assert_eq!(ids(&clusters).len(), stored);
    }
    clusters.run("monitor --once").code(0).says("note: old snapshots kept: ");
    let pruned = clusters.run("snapshot prune").code(0);
    assert!(pruned.stdout.starts_with("2 snapshots deleted, 3 left, "), "{pruned}");
    clusters.run("snapshot take").code(0).quiet();
}

/// The time printed in a list or a difference refers to that snapshot.
#[test]
fn a_printed_time_refers_to_its_snapshot() {
    let clusters = Clusters::small(1, 1);
    let taken = clusters.run("snapshot take --no-store -o json").code(0);
    let mut taken = watchdog::history::Snapshot::from_json(taken.stdout.as_bytes()).unwrap();
    let mut store = Store::open(&database(&clusters)).unwrap();
    let hour_ago = jiff::Timestamp::now().as_second() - 3600;
    let at = |second, millis: i32| jiff::Timestamp::new(second, millis * 1_000_000).unwrap();
    for (second, millis) in [(hour_ago, 999), (hour_ago + 1, 335), (hour_ago + 2, 500)] {
        taken.taken_at = at(second, millis);
        store.store(&taken).unwrap();
    }
    drop(store);
    let list = clusters.run("snapshot list").code(0);
    for (row, id) in list.lines()[1..].iter().zip(["3", "2", "1"]) {
        let cells: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(cells[0], id, "{list}");
        let diff = clusters.run(&format!("snapshot diff {} latest", cells[1])).code(0);
        let from = format!("from snapshot {id}, taken {}", cells[1]);
        assert_eq!(diff.lines()[0], from, "{list}{diff}");
    }
    assert_eq!(list.lines().len(), 4);
    let table = clusters.run("history -o table").code(0);
    assert!(table.lines()[1].starts_with(&at(hour_ago, 0).to_string()), "{table}");
}

/// A reader needs only read permission.
#[test]
fn a_read_only_history_can_be_read() {
    let root = nix::unistd::geteuid().is_root();
    if root && Command::new("setpriv").arg("--version").output().is_err() {
        eprintln!("not run: a_read_only_history_can_be_read, for want of setpriv");
        return;
    }
    let clusters = Clusters::small(1, 3);
    clusters.run("snapshot take").code(0);
    let database = database(&clusters);
    let directory = database.parent().unwrap();
    let read_only = |yes: bool| {
        let mode = |mode| fs::Permissions::from_mode(mode);
        fs::set_permissions(&database, mode(if yes { 0o444 } else { 0o600 })).unwrap();
        fs::set_permissions(directory, mode(if yes { 0o555 } else { 0o700 })).unwrap();
    };
    let ordinary = |line: &str| {
        let words = line.split_whitespace();
        if !root {
            return clusters.watchdog(words).run();
        }
        // Without its capabilities root is an ordinary user.
        let run =
            clusters.sandbox.command("setpriv").args(["--bounding-set=-all", "--inh-caps=-all"]);
        run.arg("--").arg(env!("CARGO_BIN_EXE_watchdog")).args(words).run()
    };
    read_only(true);
    assert_eq!(ordinary("snapshot show -o name").code(0).lines().len(), 3);
    assert_eq!(ordinary("snapshot list -o name").code(0).lines(), ["1"]);
    ordinary("history").code(0);
    ordinary("snapshot prune").code(1).says("it may not be written");
    let doctor = ordinary("doctor").code(0);
    let line =
        doctor.lines().into_iter().find(|line| line.contains("history.db: 1 snapshot since"));
    let found = line.is_some_and(|line| {
        line.starts_with("warning") && line.contains("history.db may not be written, so nothing")
    });
    assert!(found, "{doctor}");
    let files: Vec<_> = fs::read_dir(directory).unwrap().map(|it| it.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "the database and its lock: {files:?}");
    fs::set_permissions(directory, fs::Permissions::from_mode(0o700)).unwrap();
    let journal = directory.join("history.db-wal");
    fs::write(&journal, "not written back").unwrap();
    read_only(true);
    ordinary("snapshot list").code(1).says("history.db-wal is not written back");
    read_only(false);
    fs::remove_file(&journal).unwrap();
    // SQLite's files get the permissions that the database had when they were created.
    fs::set_permissions(&database, fs::Permissions::from_mode(0o400)).unwrap();
    ordinary("snapshot take").code(1).says("history.db: it may not be written");
    fs::set_permissions(&database, fs::Permissions::from_mode(0o600)).unwrap();
    let index = directory.join("history.db-shm");
    fs::write(&index, vec![0; 32 << 10]).unwrap();
    fs::set_permissions(&index, fs::Permissions::from_mode(0o400)).unwrap();
    ordinary("snapshot take").code(1).says("history.db-shm may not be written");
    let _ = fs::remove_file(&index);
    ordinary("snapshot take").code(0);
}

/// A misspelled namespace leaves no empty snapshot as the latest one; a deleted namespace does.
#[test]
fn a_snapshot_of_a_namespace_that_is_nowhere_is_not_stored() {
    let clusters = Clusters::new();
    clusters.run("snapshot take -n shop").code(0);
    let output = clusters.run("snapshot take -n shpo").code(1);
    output.says("did you mean shop?").says("note: nothing stored");
    assert_eq!(ids(&clusters).len(), 1);
    clusters.run("snapshot take -n shop,shpo").code(1);
    assert_eq!(ids(&clusters).len(), 2, "what is there is stored");
}
