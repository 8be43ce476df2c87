//! Whatever byte of a database changes: an answer is the one that it was, or says that something is
//! missing. Never another number in silence.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::inspect::inspect;
use super::tests::{minute, outcome, shop, snapshot, temporary};
use super::*;
use crate::findings::PastTarget;

const SNAPSHOTS: i64 = 150;

/// Three buckets of two clusters, with outages, an HPA that goes, one that is made anew and a scope.
fn fill(path: &std::path::Path) {
    let mut store = Store::open(path).unwrap();
    store.connection.pragma_update(None, "synchronous", "OFF").unwrap();
    for at in 0..SNAPSHOTS {
        let mut hpas = shop();
        hpas.truncate(4);
        for (index, hpa) in (0_i32..).zip(&mut hpas) {
            let step = i32::try_from(at).unwrap() / (3 + index);
            (hpa.current_replicas, hpa.desired_replicas) = (1 + step % 7, 1 + step % 5);
            hpa.max_replicas = 10 + step / 20;
        }
        if at > 100 {
            hpas.remove(3);
            hpas[2].uid = "made-anew".to_owned();
        }
        let mut taken = snapshot(minute(at), hpas.clone());
        for hpa in &mut hpas {
            hpa.cluster = "staging".into();
            hpa.uid = format!("staging-{}", hpa.uid);
        }
        let target = PastTarget {
            replicas: Some(i32::try_from(at % 4).unwrap()),
            ready: Some(1),
            ..PastTarget::default()
        };
        taken.hpas[0].workload = Some(target);
        if at % 10 == 3 {
            taken.clusters.push(outcome("staging", Some("connection refused")));
        } else {
            taken.clusters.push(outcome("staging", None));
            taken.hpas.extend(hpas.into_iter().map(|hpa| Recorded::new(hpa, None)));
        }
        if at % 50 == 7 {
            taken.scope.namespaces.push(crate::config::Pattern::exact("shop"));
        }
        store.store(&taken).unwrap();
    }
}

/// An answer, and the numbers in it, each under what it is of. `Err` where it says that it is not whole.
type Answer = (String, BTreeMap<String, String>);
type Read = fn(&std::path::Path) -> Result<(Answer, bool), Error>;

fn of_snapshot(store: &Store, id: i64) -> Result<Answer, Error> {
    let found = store.snapshot(id)?;
    let mut numbers = BTreeMap::new();
    for it in found.iter().flat_map(|snapshot| &snapshot.hpas) {
        let key = format!("{id} {} {} {}", it.hpa.cluster, it.hpa.name, it.hpa.uid);
        numbers.insert(key, format!("{it:?}"));
    }
    Ok((format!("{found:?}"), numbers))
}

fn of_tracks(store: &Store, query: &TrackQuery, since: i64) -> Result<Answer, Error> {
    let tracks = store.tracks(query, minute(since), minute(SNAPSHOTS + 5))?;
    let mut numbers = BTreeMap::new();
    for track in &tracks {
        for point in &track.points {
            if let Some(seen) = point.seen() {
                let key = format!("{} {} {} {}", track.cluster, track.name, track.uid, point.at);
                numbers.insert(key, format!("{:?}", (seen.hpa(), seen.target())));
            }
        }
    }
    let text = tracks.iter().map(|it| format!("{} {:?} {:?}\n", it.name, it.end(), it.points));
    Ok((text.collect(), numbers))
}

/// Opens it to read, and whether all was there.
fn with(
    path: &std::path::Path,
    read: impl Fn(&Store) -> Result<Answer, Error>,
) -> Result<(Answer, bool), Error> {
    let store = Store::open_existing(path)?;
    let answer = read(&store)?;
    Ok((answer, store.take_losses().is_empty()))
}

fn text(value: impl std::fmt::Debug) -> Answer {
    (format!("{value:?}"), BTreeMap::new())
}

const READS: &[(&str, Read)] = &[
    ("list", |path| with(path, |store| Ok(text(store.snapshots(None, 1000)?)))),
    ("list of one", |path| {
        with(path, |store| Ok(text(store.snapshots_of(None, 20, |it| *it.name == *"staging")?)))
    }),
    ("latest", |path| {
        with(path, |store| {
            let id = store.find(Moment::Latest(0), minute(0))?;
            of_snapshot(store, id.unwrap_or_default())
        })
    }),
    ("by time", |path| {
        with(path, |store| {
            let id = store.find(Moment::At(minute(40)), minute(0))?;
            of_snapshot(store, id.unwrap_or_default())
        })
    }),
    ("tracks", |path| with(path, |store| of_tracks(store, &TrackQuery::default(), 0))),
    ("one track", |path| {
        with(path, |store| {
            let name = Some(shop().swap_remove(1).name);
            of_tracks(store, &TrackQuery { name, ..TrackQuery::default() }, SNAPSHOTS - 20)
        })
    }),
    ("pasts", |path| {
        with(path, |store| {
            let mut pasts = Pasts::default();
            let mut hpas = shop();
            hpas.truncate(4);
            pasts.read(store, &"prod".into(), &hpas, minute(SNAPSHOTS))?;
            let of = |hpa| match pasts.of(hpa) {
                Ok(past) => format!(
                    "{:?}",
                    (
                        past.readings.iter().map(|it| (it.at, it.hpa())).collect::<Vec<_>>(),
                        past.specs.iter().map(|it| (it.from, it.until)).collect::<Vec<_>>(),
                    )
                ),
                Err(why) => format!("unknown: {why}"),
            };
            Ok(text(hpas.iter().map(of).collect::<Vec<_>>()))
        })
    }),
    ("doctor", |path| {
        let look = inspect(path)?;
        let whole = look.losses.is_empty();
        Ok((text((look.snapshots, look.since, look.latest, look.doubles)), whole))
    }),
];

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

fn damage(good: &[u8], kind: usize, random: &mut Random) -> Vec<u8> {
    const PAGE: usize = 4096;
    let mut bytes = good.to_vec();
    let at = random.below(bytes.len());
    let pages = bytes.len() / PAGE;
    match kind % 6 {
        0 | 1 => bytes[at] ^= 1 << random.below(8),
        2 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
        3 => {
            let end = (at + 16).min(bytes.len());
            bytes[at..end].fill_with(|| u8::try_from(random.below(256)).unwrap());
        }
        4 => {
            let end = (at + 512).min(bytes.len());
            bytes[at..end].fill(0);
        }
        // A page that was written to another's place.
        _ => {
            let (from, to) = (random.below(pages) * PAGE, random.below(pages) * PAGE);
            bytes.copy_within(from..from + PAGE, to);
        }
    }
    bytes
}

/// With `WATCHDOG_DAMAGE=N` so many databases.
#[test]
fn nothing_is_wrong_in_silence() {
    let (dir, path) = temporary();
    fill(&path);
    let good = std::fs::read(&path).unwrap();
    let answers: Vec<Answer> = READS
        .iter()
        .map(|(name, read)| {
            let (answer, whole) = read(&path).unwrap();
            assert!(whole, "{name}");
            answer
        })
        .collect();
    // What any snapshot really said.
    let truth: BTreeMap<String, String> = {
        let store = Store::open_existing(&path).unwrap();
        (1..=SNAPSHOTS).flat_map(|id| of_snapshot(&store, id).unwrap().1).collect()
    };
    let wanted = std::env::var("WATCHDOG_DAMAGE").ok().and_then(|it| it.parse().ok());
    let count: usize = wanted.unwrap_or(120);
    let mut random = Random(42);
    let (mut same, mut partial, mut refused) = (0, 0, 0);
    let mut silent = BTreeSet::new();
    for index in 0..count {
        let place = dir.path().join(format!("{index}.db"));
        std::fs::write(&place, damage(&good, index, &mut random)).unwrap();
        for ((name, read), (text, numbers)) in READS.iter().zip(&answers) {
            let start = Instant::now();
            let read = read(&place);
            assert!(start.elapsed() < Duration::from_secs(20), "{index} {name}: too long");
            match read {
                Err(_) => refused += 1,
                Ok(((found, _), true)) if found == *text => same += 1,
                Ok((_, true)) => drop(silent.insert(format!("{index} {name}"))),
                Ok(((_, found), false)) => {
                    partial += 1;
                    // What is left is true.
                    for (key, value) in &found {
                        let known = numbers.get(key).or_else(|| truth.get(key));
                        assert_eq!(Some(value), known, "{index} {name}: {key}");
                    }
                }
            }
        }
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(location::beside(&place, suffix));
        }
    }
    println!(
        "{same} as ever, {partial} partial and saying so, {refused} refused, {} silent",
        silent.len()
    );
    assert_eq!(silent, BTreeSet::new());
    assert!(partial > count / 4 && same > count, "{partial} {same}");
}

/// A damaged database is stored to as far as it can be, and what is stored is read back.
#[test]
fn what_is_stored_after_damage_is_there() {
    let (dir, path) = temporary();
    fill(&path);
    let good = std::fs::read(&path).unwrap();
    let mut random = Random(7);
    let mut stored = 0;
    for index in 0..40 {
        let place = dir.path().join(format!("{index}.db"));
        std::fs::write(&place, damage(&good, index, &mut random)).unwrap();
        let mut hpas = shop();
        hpas.truncate(2);
        let taken = snapshot(minute(SNAPSHOTS + 1), hpas);
        let Ok(mut store) = Store::open(&place) else { continue };
        let Ok(id) = store.store(&taken) else { continue };
        stored += 1;
        assert!(id > SNAPSHOTS, "{index}");
        let mut back = store.snapshot(id).unwrap().unwrap();
        assert!(store.take_losses().is_empty(), "{index}");
        back.hpas.sort_by_key(|it| it.hpa.uid.clone());
        let mut wanted = taken.hpas.clone();
        wanted.sort_by_key(|it| it.hpa.uid.clone());
        assert_eq!(back.hpas, wanted, "{index}");
        let _ = store.prune(minute(SNAPSHOTS - 70));
        let _ = store.purge(minute(SNAPSHOTS));
    }
    assert!(stored > 20, "{stored}");
}
