//! Tests of cluster identity: the same cluster moved, or another one of the same name.

use super::inspect::inspect;
use super::tests::{minute, outcome, shop, snapshot, temporary};
use super::*;

/// A letter is the uid of an HPA, which has that name too, but for capitals: these are of the name of
/// the small letter. `!` is an outage.
fn take(store: &mut Store, at: i64, cluster: &str, server: &str, hpas: &str) {
    let mut taken = snapshot(minute(at), Vec::new());
    let mut asked = outcome(cluster, (hpas == "!").then_some("refused"));
    asked.server = format!("https://{server}.example");
    taken.clusters = vec![asked];
    for letter in hpas.chars().filter(|letter| *letter != '!') {
        let mut hpa = shop().swap_remove(0);
        hpa.cluster = cluster.into();
        hpa.uid = letter.to_string();
        hpa.name = letter.to_lowercase().to_string();
        taken.hpas.push(Recorded::new(hpa, None));
    }
    store.store(&taken).unwrap();
}

/// Each track: cluster, uid, sights and how it ended.
fn listing(store: &Store, since: i64) -> String {
    let tracks = store.tracks(&TrackQuery::default(), minute(since), minute(99)).unwrap();
    let line = |track: &Track| {
        let sights = track.points.iter().map(|point| match &point.sight {
            Sight::Seen(_) => 's',
            Sight::Absent => 'a',
            Sight::Unknown => 'u',
            Sight::Lost => 'l',
        });
        let sights: String = sights.collect();
        let ended = match &track.ended {
            None if track.replaced.is_some() => " replaced".to_owned(),
            None => String::new(),
            Some(Ended::OtherCluster { server, .. }) => {
                assert_eq!(track.end(), Sight::Absent);
                format!(
                    " then {}",
                    server.trim_start_matches("https://").trim_end_matches(".example")
                )
            }
            Some(Ended::Renamed { cluster, .. }) => format!(" now {cluster}"),
        };
        format!("{} {} {sights}{ended}", track.cluster, track.uid)
    };
    assert!(store.take_losses().is_empty());
    tracks.iter().map(line).collect::<Vec<_>>().join("; ")
}

#[test]
fn a_series_ends_where_its_cluster_does() {
    for (course, since, expected) in [
        // Made anew under the same name, as kind does it: another port, other uids.
        ("1:a 1:a 2:A 2:A", 0, "prod a ss then 2; prod A ss"),
        ("1:a 1:a 2:A 2:A", 2, "prod A ss"),
        // Moved: another address, the same uids.
        ("1:ab 1:ab 2:ab 2:ab", 0, "prod a ssss; prod b ssss"),
        ("1:ab 2:a 2:a", 0, "prod a sss; prod b saa"),
        ("1:a 2:ab 3:b", 0, "prod a ssa; prod b ss"),
        // The same address, and all made anew: the same cluster.
        ("1:a 1:A 1:A", 0, "prod a s replaced; prod A ss"),
        // Where nothing can be read there, it may be either.
        ("1:a 2:!", 0, "prod a su"),
        ("1:a 2:b 2:!", 0, "prod a s then 2; prod b su"),
        ("1:a 2:", 0, "prod a s then 2"),
        // Two kubeconfigs that have one name for two clusters.
        ("1:a 2:b 1:a 2:b", 0, "prod a ss then 2; prod b ss"),
        ("1:a 2:b 1: 2:b", 0, "prod a sa then 2; prod b ss"),
        // In an outage, before which it was elsewhere.
        ("1:ab 2:! 2:a", 1, "prod a us; prod b ua"),
    ] {
        let (_dir, path) = temporary();
        let mut store = Store::open(&path).unwrap();
        for (at, one) in (0..).zip(course.split(' ')) {
            let (server, hpas) = one.split_once(':').unwrap();
            take(&mut store, at, "prod", server, hpas);
        }
        assert_eq!(listing(&store, since), expected, "{course}");
    }
}

#[test]
fn a_cluster_under_another_name() {
    let (_dir, path) = temporary();
    let mut store = Store::open(&path).unwrap();
    for at in 0..2 {
        take(&mut store, at, "prod", "1", "ab");
    }
    take(&mut store, 2, "eu", "1", "ab");
    let renamed = "eu a s; eu b s; prod a ss now eu; prod b ss now eu";
    assert_eq!(listing(&store, 0), renamed);
    assert_eq!(inspect(&path).unwrap().doubles, []);
    // Read under both, it is one that is read twice.
    take(&mut store, 3, "prod", "2", "ab");
    take(&mut store, 4, "other", "3", "c");
    let both = [("eu".to_owned(), "prod".to_owned())];
    assert_eq!(inspect(&path).unwrap().doubles, both);
    assert!(!listing(&store, 0).contains("now"));
}
