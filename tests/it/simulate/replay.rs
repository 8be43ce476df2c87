//! The replay of what a real Prometheus has of the worlds: for how much of the time it has as many replicas as the real
//! controller had.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use nix::sys::signal::Signal;
use serde_json::Value;
use watchdog::demo::{Given, Options};

use super::scraped::{Scraped, anchor, write_anchor};
use super::worlds::worlds;
use crate::prometheus::serve;
use crate::support::Clusters;

/// Of this many worlds one is replayed, or all with `HPA_REPLAY=all`.
const ONE_OF: usize = 8;

/// Compared minutes, and percent of them with equal replicas and with a difference of at most one.
#[derive(Debug, Default, Clone, Copy)]
struct Share {
    worlds: usize,
    minutes: f64,
    equal: f64,
    within_one: f64,
}

impl Share {
    fn add(&mut self, trust: &Value) {
        let number = |key: &str| trust[key].as_f64().unwrap();
        let minutes = number("comparedMinutes");
        self.worlds += 1;
        self.minutes += minutes;
        self.equal += minutes * number("equalPercent");
        self.within_one += minutes * number("withinOnePercent");
    }

    fn equal(&self) -> f64 {
        self.equal / self.minutes
    }
}

/// What a world's HPA scales by.
fn kind(world: &Value) -> String {
    let metrics = world["spec"]["metrics"].as_array().unwrap();
    let [metric] = metrics.as_slice() else { return "several metrics".to_owned() };
    let kind = metric["type"].as_str().unwrap();
    let own = &metric[kind.to_lowercase()];
    let what = own["name"].as_str().unwrap_or(kind);
    format!("{what}, {}", own["target"]["type"].as_str().unwrap())
}

/// The shares by what is scaled by; none where there is no Prometheus.
fn replayed(every: i64) -> Option<BTreeMap<String, Share>> {
    let is_whole = std::env::var("HPA_REPLAY").is_ok_and(|it| it == "all");
    let worlds: Vec<Value> =
        worlds().into_iter().filter(|world| world["startupSeconds"] == 0).collect();
    let worlds: Vec<&Value> = worlds.iter().step_by(if is_whole { 1 } else { ONE_OF }).collect();
    let now = jiff::Timestamp::now().as_second();
    // The worlds go on after now, so that none ends while they are read.
    let end = now + if is_whole { 600 } else { 180 };
    let scraped: Vec<Scraped<'_>> = worlds
        .iter()
        .map(|world| {
            let syncs = world["decisions"]["current"].as_array().unwrap().len();
            let start = end - i64::try_from(syncs).unwrap() * 15;
            Scraped { world, start: start - start.rem_euclid(60), every }
        })
        .collect();
    let first = scraped.iter().map(|it| it.start).min().unwrap();
    let mut series = String::new();
    write_anchor(&mut series, (first, end), every);
    for it in &scraped {
        it.write(&mut series);
    }
    series.push_str("# EOF\n");
    let objects = scraped.iter().flat_map(Scraped::objects).chain([anchor()]).collect();
    let given = Given { name: "worlds".to_owned(), objects, ..Given::default() };
    let clusters = Clusters::start(Options { given: Some(vec![given]), ..Options::default() });
    let (running, address) = serve(&clusters.sandbox, &series)?;
    clusters.sandbox.configure(&format!(
        "monitoring:\n  prometheus: {{url: 'http://{address}/'}}\nkubectl: {{timeout_seconds: 60}}\n"
    ));
    let left_out = Mutex::new(Vec::<String>::new());
    let (next, shares) = (AtomicUsize::new(0), Mutex::new(BTreeMap::<String, Share>::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(it) = scraped.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // Those that have not begun yet have nothing to compare.
                    if it.start + 120 > now {
                        continue;
                    }
                    let line = format!(
                        "hpa simulate {}/d --since 5h --step {every}s --startup 0s -o json",
                        it.namespace()
                    );
                    let output = clusters.run(&line);
                    let json: Value = serde_json::from_str(&output.stdout).unwrap_or_default();
                    let trust = &json["trust"];
                    if trust["measured"] != true {
                        left_out.lock().unwrap().push(format!(
                            "{}: {}",
                            it.namespace(),
                            output.stderr
                        ));
                        continue;
                    }
                    if std::env::var_os("HPA_REPLAY").is_some() {
                        eprintln!("{} {} {trust}", it.namespace(), kind(it.world));
                    }
                    shares.lock().unwrap().entry(kind(it.world)).or_default().add(trust);
                }
            });
        }
    });
    running.signal(Signal::SIGTERM);
    running.wait();
    let mut shares = shares.into_inner().unwrap();
    let mut all = Share::default();
    eprintln!("scraped every {every} s: worlds, minutes, equal, within one");
    for (kind, share) in &shares {
        all.worlds += share.worlds;
        all.minutes += share.minutes;
        all.equal += share.equal;
        all.within_one += share.within_one;
        print(kind, share);
    }
    print("all", &all);
    let left_out = left_out.into_inner().unwrap();
    for why in &left_out {
        eprintln!("not replayed: {why}");
    }
    assert!(left_out.len() * 10 <= all.worlds, "too many worlds are not replayed");
    shares.insert("all".to_owned(), all);
    Some(shares)
}

fn print(kind: &str, share: &Share) {
    let Share { worlds, minutes, within_one, .. } = share;
    let (equal, within_one) = (share.equal(), within_one / minutes);
    eprintln!("{kind:24} {worlds:4} {minutes:8.0} {equal:6.2} % {within_one:6.2} %");
}

#[test]
fn worlds_that_were_scraped_at_the_sync_period_are_replayed_as_they_were() {
    let Some(shares) = replayed(15) else { return };
    // What the HPA's status tells is what the controller saw, in whole percent or thousandths.
    for (kind, least) in [("Pods", 99.0), ("Object", 99.0), ("External", 99.0), ("cpu", 90.0)] {
        if let Some(share) = shares.get(&format!("{kind}, AverageValue")) {
            assert!(share.equal() >= least, "{kind}: {shares:?}");
        }
    }
    assert!(shares["all"].equal() >= 95.0, "{shares:?}");
}

#[test]
fn worlds_that_were_scraped_every_minute_are_replayed_nearly_as_they_were() {
    let Some(shares) = replayed(60) else { return };
    assert!(shares["all"].equal() >= 60.0, "{shares:?}");
}
