//! The names of HPAs: those of the last snapshot if it is recent, else those that one call to kubectl lists.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::{CLUSTER, Line, Suggestion, harmless, list};
use crate::config::{Clusters, Pattern, PatternList};
use crate::history::{self, Filter, Moment, Store};
use crate::hpa::HpaName;
use crate::kubectl::Resource;

/// A snapshot of this age still names the HPAs that there are.
const RECENT: Duration = Duration::from_hours(24);
/// How long the history may take, which may be on a slow disk.
const HISTORY: Duration = Duration::from_secs(1);

/// An HPA's place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    cluster: String,
    namespace: String,
    name: String,
}

/// The HPAs that the line's flags select. `word` is what has been typed of the name: with a slash, names with their
/// namespace, and with their cluster, are suggested.
pub fn hpas(line: &Line, word: &str) -> Vec<Suggestion> {
    if let Some((kind, name)) = word.split_once('/')
        && HpaName::is_type(kind)
    {
        let found = places(line, name).into_iter();
        return found
            .map(|it| Suggestion { value: format!("{kind}/{}", it.value), ..it })
            .collect();
    }
    places(line, word)
}

/// As [`hpas`], without kubectl's types before the name.
fn places(line: &Line, word: &str) -> Vec<Suggestion> {
    if word.contains('/') { qualified(line, word) } else { found(line, word, false) }
}

/// HPAs with their namespace, and with their cluster.
pub(super) fn qualified(line: &Line, word: &str) -> Vec<Suggestion> {
    found(line, word, true)
}

fn found(line: &Line, word: &str, is_qualified: bool) -> Vec<Suggestion> {
    let config = line.config();
    let places = recent(line, &config).or_else(|| listed(line)).unwrap_or_default();
    suggestions(&places, word, is_qualified, &config.clusters)
}

fn suggestions(
    places: &[Place],
    word: &str,
    is_qualified: bool,
    clusters: &Clusters,
) -> Vec<Suggestion> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for Place { cluster, namespace, name } in places {
        if !is_qualified {
            found.entry(name.clone()).or_default().insert(format!("{cluster}/{namespace}"));
            continue;
        }
        found.entry(format!("{namespace}/{name}")).or_default().insert(cluster.clone());
        let alias = clusters.alias(&[cluster]);
        for cluster in [cluster.as_str()].into_iter().chain(alias).filter(|it| !it.is_empty()) {
            found.entry(format!("{cluster}/{namespace}/{name}")).or_default();
        }
    }
    harmless(found.into_iter().filter(|(text, _)| text.starts_with(word)).map(|(text, places)| {
        let help = match places.len() {
            0 | 1 => places.into_iter().next().unwrap_or_default(),
            many => format!("{many} of them"),
        };
        (text, help)
    }))
}

/// The HPAs of the last snapshot; `None` if it is old, or there is none.
fn recent(line: &Line, config: &crate::config::Config) -> Option<Vec<Place>> {
    let path = history::path(config.history.path.as_deref(), &history::Env::current()).ok()?;
    let filter = filter(line, &config.clusters);
    let (sender, receiver) = mpsc::channel();
    // Not joined: the program ends when its suggestions are printed.
    std::thread::spawn(move || sender.send(stored(&path, &filter, Timestamp::now())));
    receiver.recv_timeout(HISTORY).ok().flatten()
}

/// The last snapshots with the times at which they were taken.
pub(super) fn snapshots(line: &Line) -> Option<Vec<(i64, String)>> {
    const MOST: usize = 20;
    let config = line.config();
    let path = history::path(config.history.path.as_deref(), &history::Env::current()).ok()?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let stored = Store::open_existing(&path).and_then(|store| store.snapshots(None, MOST));
        sender.send(stored.ok())
    });
    let stored = receiver.recv_timeout(HISTORY).ok().flatten()?;
    Some(stored.into_iter().map(|it| (it.id, it.taken_at.to_string())).collect())
}

fn stored(path: &Path, filter: &Filter, now: Timestamp) -> Option<Vec<Place>> {
    let store = Store::open_existing(path).ok()?;
    let named = store.named(Moment::Latest(0), now).ok()?;
    let age = now.duration_since(named.snapshot.taken_at).unsigned_abs();
    if age > RECENT {
        return None;
    }
    let hpas = named.filtered(filter).snapshot.hpas;
    // Of a cluster that was not stored, kubectl knows more.
    (!hpas.is_empty()).then(|| {
        let place = |hpa: crate::hpa::Hpa| Place {
            cluster: hpa.cluster.to_string(),
            namespace: hpa.namespace,
            name: hpa.name,
        };
        hpas.into_iter().map(|recorded| place(recorded.hpa)).collect()
    })
}

fn filter(line: &Line, clusters: &Clusters) -> Filter {
    let patterns = |text: &Option<String>| {
        let list = text.as_deref().and_then(|text| PatternList::parse(text).ok());
        list.map(|list| PatternList::patterns(&[list])).unwrap_or_default()
    };
    let mut filter = Filter {
        clusters: patterns(&line.cluster),
        contexts: patterns(&line.context),
        namespaces: patterns(&line.namespace),
        ..Filter::default()
    };
    let given = filter.clusters.iter().chain(&filter.contexts);
    let aliased = given.filter_map(|it| clusters.aliased(it.as_str()));
    let aliased: Vec<Pattern> = aliased.map(Pattern::exact).collect();
    filter.clusters.extend(aliased.iter().cloned());
    filter.contexts.extend(aliased);
    filter
}

/// The HPAs of the cluster that the line selects, or else of the current context's.
fn listed(line: &Line) -> Option<Vec<Place>> {
    let json = list(line, Resource::HorizontalPodAutoscalers, CLUSTER)?;
    let (_, cluster) = line.chosen()?;
    let place = |item: &Value| {
        let text = |key: &str| Some(item["metadata"][key].as_str()?.to_owned());
        Some(Place { cluster: cluster.clone(), namespace: text("namespace")?, name: text("name")? })
    };
    let namespaces = filter(line, &Clusters::default());
    let places = json["items"].as_array()?.iter().filter_map(place);
    Some(places.filter(|it| namespaces.has_namespace(&it.namespace)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(word: &str) -> Vec<String> {
        let place = |cluster: &str, namespace: &str, name: &str| Place {
            cluster: cluster.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        };
        let places = [
            place("eks/one", "shop", "web"),
            place("two", "shop", "web"),
            place("two", "b", "api"),
        ];
        let aliases = [("eks/one".to_owned(), "one".to_owned())].into();
        let clusters = Clusters { aliases, ..Clusters::default() };
        let found = suggestions(&places, word, word.contains('/'), &clusters);
        found.into_iter().map(|it| format!("{} {}", it.value, it.help)).collect()
    }

    #[test]
    fn names_then_with_a_slash_their_places() {
        assert_eq!(values(""), ["api two/b", "web 2 of them"]);
        assert_eq!(values("w"), ["web 2 of them"]);
        assert_eq!(values("shop/"), ["shop/web 2 of them"]);
        assert_eq!(values("one/"), ["one/shop/web "]);
        assert_eq!(values("two/"), ["two/b/api ", "two/shop/web "]);
        assert_eq!(values("nope"), [""; 0]);
    }
}
