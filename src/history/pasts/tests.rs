use std::slice::from_ref;

use super::super::Snapshot;
use super::super::tests::{minute, outcome, shop, snapshot};
use super::*;

fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("history.db")).unwrap();
    // Not a disk's test: the commits need not reach one.
    store.connection.pragma_update(None, "synchronous", "OFF").unwrap();
    (dir, store)
}

fn read<'a>(pasts: &'a mut Pasts, store: &Store, hpas: &[Hpa], now: Timestamp) -> &'a mut Pasts {
    pasts.read(store, &"prod".into(), hpas, now).unwrap();
    pasts
}

fn times(past: &Past) -> Vec<Timestamp> {
    past.readings.iter().map(|reading| reading.at).collect()
}

/// One HPA with that many replicas, wanted and allowed.
fn one(replicas: i32, max: i32) -> Hpa {
    let mut hpa = shop().swap_remove(0);
    (hpa.current_replicas, hpa.max_replicas) = (replicas, max);
    hpa
}

#[test]
fn an_outage_and_a_deletion_have_no_reading() {
    let (_dir, mut store) = store();
    let hpa = one(3, 9);
    let of = |at, hpas| snapshot(at, hpas);
    let outage =
        Snapshot { clusters: vec![outcome("prod", Some("refused"))], ..of(minute(1), Vec::new()) };
    store.store(&of(minute(0), vec![hpa.clone()])).unwrap();
    store.store(&outage).unwrap();
    store.store(&of(minute(2), vec![hpa.clone()])).unwrap();
    store.store(&of(minute(3), Vec::new())).unwrap();
    store.store(&of(minute(4), vec![hpa.clone()])).unwrap();
    store.store(&of(minute(6), vec![hpa.clone()])).unwrap();
    let mut pasts = Pasts::default();
    let past = read(&mut pasts, &store, from_ref(&hpa), minute(6)).of(&hpa).unwrap();
    assert_eq!(times(past), [minute(0), minute(2), minute(4)]);
    assert_eq!(past.readings[0].hpa(), hpa);
    let stranger = Hpa { uid: "another".to_owned(), ..hpa.clone() };
    assert_eq!(
        times(read(&mut pasts, &store, from_ref(&stranger), minute(6)).of(&stranger).unwrap()),
        []
    );
    assert!(pasts.of(&hpa).unwrap_err().to_string().contains("not read"), "it is forgotten");
}

type Timed<T> = Vec<(Timestamp, T)>;

/// The readings, and each spec's maximum with its last reading.
fn contents(past: &Past) -> (Timed<Hpa>, Timed<i32>) {
    (
        past.readings.iter().map(|it| (it.at, it.hpa())).collect(),
        past.specs.iter().map(|it| (it.until, it.what.max_replicas)).collect(),
    )
}

#[test]
fn reading_on_is_as_reading_anew() {
    let (_dir, mut store) = store();
    let mut kept = Pasts::default();
    // More than a day, and several buckets.
    for at in (0..400).map(|n| n * 6) {
        let hpa = one(i32::try_from(at / 7 % 5).unwrap(), if at < 1800 { 9 } else { 12 });
        if at % 60 == 0 || at > 2340 {
            let hpas = [hpa.clone()];
            let past = contents(read(&mut kept, &store, &hpas, minute(at)).of(&hpa).unwrap());
            let mut anew = Pasts::default();
            let anew = read(&mut anew, &store, &hpas, minute(at));
            assert_eq!(past, contents(anew.of(&hpa).unwrap()), "{at}");
        }
        store.store(&snapshot(minute(at), vec![hpa])).unwrap();
    }
    let hpa = one(0, 0);
    let past = read(&mut kept, &store, from_ref(&hpa), minute(2400)).of(&hpa).unwrap();
    assert_eq!(past.readings.len(), 11);
    // Configurations go back further than readings.
    assert_eq!(contents(past).1, [(minute(1794), 9), (minute(2394), 12)]);
    assert_eq!(past.specs[1].from, minute(1800));
}

#[test]
fn equal_readings_are_one_in_memory() {
    let (_dir, mut store) = store();
    let hpa = one(3, 9);
    for at in 0..200 {
        store.store(&snapshot(minute(at), vec![hpa.clone()])).unwrap();
    }
    let mut pasts = Pasts::default();
    read(&mut pasts, &store, from_ref(&hpa), minute(200));
    let own = pasts.hpas.values().next().unwrap();
    assert_eq!(own.past.readings.len(), 61);
    assert_eq!(Arc::strong_count(own.last.as_ref().unwrap()), 62);
}

#[test]
fn damage_costs_one_hpa() {
    let (_dir, mut store) = store();
    let hpas = shop();
    for at in 0..3 {
        store.store(&snapshot(minute(at), hpas.clone())).unwrap();
    }
    let sql = "UPDATE chunk SET body = ?1 WHERE hpa = (SELECT id FROM hpa WHERE uid = ?2)";
    let good: Vec<u8> = store
        .connection
        .query_row(
            "SELECT body FROM chunk WHERE hpa = (SELECT id FROM hpa WHERE uid = ?1)",
            [&hpas[1].uid],
            |row| row.get(0),
        )
        .unwrap();
    store.connection.execute(sql, rusqlite::params![vec![5_u8, 1], hpas[1].uid]).unwrap();
    let mut pasts = Pasts::default();
    read(&mut pasts, &store, &hpas, minute(9));
    let why = pasts.of(&hpas[1]).unwrap_err().to_string();
    assert!(why.starts_with("its history is damaged: ") && why.contains(&hpas[1].name), "{why}");
    for hpa in hpas.iter().filter(|hpa| hpa.uid != hpas[1].uid) {
        assert_eq!(pasts.of(hpa).unwrap().readings.len(), 3);
    }
    // Once it is mended, it is read.
    store.connection.execute(sql, rusqlite::params![good, hpas[1].uid]).unwrap();
    assert_eq!(read(&mut pasts, &store, &hpas, minute(9)).of(&hpas[1]).unwrap().readings.len(), 3);
}
